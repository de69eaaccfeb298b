//! Made-up statements, for streams that need thousands of different ones.

use super::random::Random;

const VERBS: [&str; 40] = [
    "enabling",
    "disabling",
    "registered",
    "probing",
    "loading",
    "mapped",
    "allocated",
    "released",
    "detected",
    "attached",
    "removed",
    "resetting",
    "flushed",
    "starting",
    "stopped",
    "resumed",
    "suspending",
    "found",
    "ignoring",
    "using",
    "skipping",
    "rejected",
    "accepted",
    "retrying",
    "polling",
    "routing",
    "binding",
    "exported",
    "locked",
    "unlocked",
    "queued",
    "dropped",
    "renewed",
    "expired",
    "scheduled",
    "cancelled",
    "merged",
    "split",
    "verified",
    "refused",
];
const ADJECTIVES: [&str; 32] = [
    "new",
    "spurious",
    "primary",
    "secondary",
    "virtual",
    "physical",
    "default",
    "stale",
    "shared",
    "private",
    "pending",
    "legacy",
    "coherent",
    "early",
    "late",
    "remote",
    "local",
    "static",
    "dynamic",
    "broken",
    "invalid",
    "active",
    "idle",
    "partial",
    "full",
    "internal",
    "external",
    "unknown",
    "generic",
    "reserved",
    "empty",
    "slow",
];
const NOUNS: [&str; 64] = [
    "interrupt",
    "controller",
    "device",
    "buffer",
    "channel",
    "region",
    "bridge",
    "port",
    "table",
    "window",
    "queue",
    "timer",
    "clock",
    "domain",
    "firmware",
    "descriptor",
    "endpoint",
    "link",
    "cache",
    "page",
    "sensor",
    "bus",
    "watchdog",
    "register",
    "partition",
    "journal",
    "volume",
    "filesystem",
    "module",
    "policy",
    "request",
    "response",
    "session",
    "certificate",
    "cursor",
    "index",
    "shard",
    "replica",
    "snapshot",
    "lease",
    "worker",
    "scheduler",
    "listener",
    "socket",
    "handshake",
    "stream",
    "topic",
    "consumer",
    "offset",
    "schema",
    "migration",
    "transaction",
    "checkpoint",
    "segment",
    "compaction",
    "bucket",
    "object",
    "template",
    "mailbox",
    "tenant",
    "quota",
    "webhook",
    "gateway",
    "resolver",
];
const LINKS: [&str; 10] = ["for", "on", "from", "with", "after", "in", "before", "at", "via", "of"];

/// Where a statement has its values: on average one in three tokens.
pub(crate) struct Holes<'a> {
    /// What may follow a preposition.
    pub(crate) values: &'a [&'a str],
    /// The fewest and the most preposition groups.
    pub(crate) groups: (u64, u64),
}

/// Makes up a statement: a verb and its object, then groups of a preposition, a noun, and perhaps a value.
pub(crate) fn statement(random: &mut Random, holes: &Holes<'_>) -> String {
    let mut text = random.pick(&VERBS).to_owned();
    if random.below(3) > 0 {
        text.push(' ');
        text.push_str(random.pick(&ADJECTIVES));
    }
    text.push(' ');
    text.push_str(random.pick(&NOUNS));
    for _ in 0..random.between(holes.groups.0, holes.groups.1) {
        for word in [random.pick(&LINKS), random.pick(&NOUNS)] {
            text.push(' ');
            text.push_str(word);
        }
        if random.below(3) > 0 {
            text.push(' ');
            text.push_str(random.pick(holes.values));
        }
    }
    text
}
