//! Statements: text with named holes, as a program's format strings are.

use std::io::Write as _;

use super::random::Random;

/// Appends a statement, its holes filled. `{name}` is a hole; the names are those of [`value`].
pub(crate) fn fill(shape: &str, random: &mut Random, out: &mut Vec<u8>) {
    let mut rest = shape;
    while let Some((literal, after)) = rest.split_once('{') {
        out.extend_from_slice(literal.as_bytes());
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            continue;
        };
        value(name, random, out);
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
}

const HOSTS: [&str; 12] =
    ["db", "cache", "web", "edge", "auth", "queue", "search", "mail", "proxy", "build", "store", "batch"];
const USERS: [&str; 16] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj", "olivia",
    "peggy", "rupert", "sybil",
];
const FOLDERS: [&str; 12] =
    ["var", "data", "lib", "spool", "cache", "export", "archive", "current", "tmp", "shared", "backup", "index"];
const ENDINGS: [&str; 6] = ["log", "json", "dat", "idx", "conf", "tmp"];
const WORDS: [&str; 24] = [
    "orders", "invoices", "sessions", "profiles", "metrics", "payments", "tokens", "events", "reports", "images",
    "carts", "ratings", "devices", "regions", "quotas", "labels", "shards", "replicas", "leases", "topics", "alerts",
    "themes", "grants", "routes",
];

/// The addresses on one machine's bus: a handful, as on real ones.
const BUSES: [&str; 12] = [
    "00:00.0", "00:02.0", "00:14.0", "00:16.0", "00:1c.4", "00:1d.0", "00:1f.2", "00:1f.3", "01:00.0", "02:00.0",
    "03:00.1", "0a:00.0",
];

/// Appends a value of a kind.
fn value(kind: &str, random: &mut Random, out: &mut Vec<u8>) {
    // Writing into a vector cannot fail.
    let _ = match kind {
        "digit" => write!(out, "{}", random.below(8)),
        "num" => {
            // As many small numbers as large ones: every length from one digit to six.
            let digits = random.between(1, 6) as u32;
            write!(out, "{}", random.below(10_u64.pow(digits)))
        }
        "big" => write!(out, "{}", random.between(1 << 20, 1 << 27)),
        "block" => write!(out, "blk_{}", random.bits().cast_signed()),
        "ip" => write!(out, "10.{}.{}.{}", random.between(0, 255), random.between(0, 31), random.between(1, 254)),
        "port" => write!(out, "{}", random.between(1024, 65_535)),
        "ms" => write!(out, "{}ms", random.between(1, 9000)),
        "float" => write!(out, "{}.{:03}", random.between(0, 99), random.below(1000)),
        "hex" => write!(out, "0x{:08x}", random.bits() >> 32),
        "sum" => write!(out, "{:016x}", random.bits()),
        "uuid" => {
            let (a, b) = (random.bits(), random.bits());
            let (first, second, third) = (a >> 32, a >> 16 & 0xFFFF, a & 0xFFF);
            write!(
                out,
                "{first:08x}-{second:04x}-4{third:03x}-{:04x}-{:012x}",
                b >> 48 & 0x3FFF | 0x8000,
                b & 0xFFFF_FFFF_FFFF
            )
        }
        "host" => write!(out, "{}-{:02}", random.pick(&HOSTS), random.between(1, 40)),
        "user" => write!(out, "{}", random.pick(&USERS)),
        "word" => write!(out, "{}", random.pick(&WORDS)),
        "path" => {
            for _ in 0..random.between(2, 4) {
                let _ = write!(out, "/{}", random.pick(&FOLDERS));
            }
            write!(out, "/part-{:05}.{}", random.below(100_000), random.pick(&ENDINGS))
        }
        "bus" => write!(out, "{}", random.pick(&BUSES)),
        "mac" => {
            let _ = write!(out, "02");
            random.bits().to_le_bytes()[..5].iter().try_for_each(|octet| write!(out, ":{octet:02x}"))
        }
        "opaque" => {
            // Letters only: nothing but its place tells a miner that it varies.
            for _ in 0..10 {
                out.push(b'a' + random.below(26) as u8);
            }
            Ok(())
        }
        other => write!(out, "{{{other}}}"),
    };
}
