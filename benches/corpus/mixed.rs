//! A stream of many services through one pipe: several hundred statements of all kinds.

use super::phrase::{Holes, statement};
use super::random::Random;
use super::shape::fill;

/// Statements in the way of servers, applications and jobs.
const COMMON: [&str; 48] = [
    "Accepted publickey for {user} from {ip} port {port} ssh2: RSA {sum}",
    "Failed password for invalid user {user} from {ip} port {port} ssh2",
    "session opened for user {user} by (uid={digit})",
    "GET /api/v1/{word}/{num} HTTP/1.1 200 {num} {ms}",
    "POST /api/v1/{word} HTTP/1.1 201 {num} {ms}",
    "{ip} - - GET /static/{word}.js 304 0",
    "Connection to {host}:{port} timed out after {ms}",
    "Retrying request {uuid} (attempt {digit} of 5)",
    "Loaded configuration from {path}",
    "cache miss for key {word}:{num}",
    "cache hit for key {word}:{num} age={num}s",
    "Job {uuid} finished in {float} seconds with status SUCCEEDED",
    "Job {uuid} failed: exit code {digit}",
    "Starting worker {host} pid {num}",
    "worker {host} heartbeat latency={ms} queue={num}",
    "Replicated {num} records of table {word} to {host} in {ms}",
    "slow query ({ms}): SELECT * FROM {word} WHERE id = {num}",
    "deadlock detected between transactions {num} and {num} on table {word}",
    "checkpoint complete: wrote {num} buffers; write={float} s, sync={float} s",
    "GC pause {float}ms heap {num}M->{num}M",
    "Evicted {num} entries from {word} cache, {num} bytes free",
    "Reading {path} offset={num} length={num}",
    "Uploaded {path} ({num} bytes) to bucket {word}",
    "User {user} logged in from {ip}",
    "User {user} requested export of {word}",
    "token for {user} expired at epoch {big}",
    "lease {sum} renewed for {num} seconds by {host}",
    "partition {digit} of topic {word} moved to {host}",
    "Leader for {word}-{digit} is now {host}",
    "TLS handshake with {ip}:{port} failed: certificate expired",
    "disk usage on {host} at {num}% of {num} GB",
    "upstream {ip}:{port} marked unhealthy after {digit} failures",
    "upstream {ip}:{port} is healthy again",
    "rate limit exceeded for client {ip}: {num} requests",
    "mail from <{user}@example.com> queued as {sum}",
    "message {uuid} delivered to {user}@example.com relay={host} delay={float}",
    "snapshot {sum} of volume {word} created",
    "Scheduler assigned task {num}.{digit} in stage {num} to {host}",
    "Finished task {num}.{digit} in stage {num} on {host} in {num} ms",
    "memory at address {hex} corrected by ECC",
    "dropping packet from {mac}: unknown VLAN {num}",
    "DHCP lease {ip} for {mac} expires in {num}",
    "container {sum} exited with {digit}",
    "pulling image registry.local/{word}:{digit}.{digit}.{digit}",
    "cursor {opaque} closed after {num} rows",
    "span {sum} parent {sum} took {ms}",
    "feature {opaque} enabled for tenant {word}",
    "{opaque} joined the cluster",
];

const SERVICES: [&str; 24] = [
    "billing",
    "catalog",
    "checkout",
    "search",
    "gateway",
    "identity",
    "inventory",
    "ledger",
    "mailer",
    "notifier",
    "orders",
    "payments",
    "planner",
    "profile",
    "pricing",
    "queue",
    "recommender",
    "replica",
    "reports",
    "scheduler",
    "session",
    "shipping",
    "storage",
    "webhook",
];

/// Made-up statements per service.
const OWN: usize = 22;

/// All statements: the common ones first, which makes them the most frequent.
pub(crate) fn statements(seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let values = ["{num}", "{ip}", "{uuid}", "{path}", "{ms}", "{user}", "\"{word}\"", "{host}", "{sum}", "id={num}"];
    let holes = Holes { values: &values, groups: (1, 3) };
    let mut all: Vec<String> = COMMON.iter().map(|&shape| shape.to_owned()).collect();
    for service in SERVICES {
        all.extend((0..OWN).map(|_| format!("{service}: {}", statement(&mut random, &holes))));
    }
    all
}

/// Lines of a mixed stream.
pub(crate) fn write(lines: usize, seed: u64, out: &mut Vec<u8>) -> usize {
    let statements = statements(seed);
    let mut random = Random::new(seed ^ 1);
    for _ in 0..lines {
        fill(&statements[random.skewed(statements.len(), 3)], &mut random, out);
        out.push(b'\n');
    }
    statements.len()
}
