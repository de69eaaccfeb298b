//! Lines put together at random from what the recognisers look for: the shapes of the table were found here, and the next one
//! that hurts will be.

use std::time::Duration;

use drainrs_bench::clock::timed;
use drainrs_bench::corpus::Random;

use super::input::Input;
use super::shapes::repeated;
use super::stages::{Limits, Stage};
use super::{measure_usual, shown};

/// What units are made of.
#[rustfmt::skip]
const PIECES: &[&[u8]] = &[
    b"a", b"b", b"z", b"A", b"x", b"m", b"s", b"h", b"e", b"T", b"Z", b"0", b"1", b"7", b"12", b"255", b"2024", b"00", b"ab", b"cafe",
    b".", b",", b":", b";", b"-", b"_", b"=", b"/", b"\\", b"|", b"@", b"%", b"#", b"+", b"~", b"*", b"&", b"?", b"!", b"$", b"^",
    b"(", b")", b"[", b"]", b"{", b"}", b"<", b">", b"\"", b"'", b"`", b" ", b"  ", b"\t", b"\0", b"\xff", b"\xc3\xa9", b"\xe2\x82",
    b"://", b"::", b"--", b"..", b"==", b"=\"", b"\":\"", b"\\\"", b"\\n", b"\\u00", b"0x", b"10.0.0.1", b"com", b".com", b"user ", b"host",
    b"ms", b"KB", b" ms", b" KB", b"Jun ", b"Mon ", b"12:00", b":00", b"2024-05-06", b"T12:00:00", b"true", b"null", b"blk_", b"req_",
    b"ERROR", b"INFO ", b"at ", b"Bearer ", b"password", b"token=", b"eyJ", b"BEGIN", b"-----", b"key", b"secret:", b"AKIA", b"ghp_", b"Basic ",
    b"{\"a\":", b"[x", b"<134>", b"4111", b"+49", b"DE89", b"www.", b"mailto:", b"C:\\", b"\\\\",
];

struct Found {
    slower: f64,
    growth: f64,
    head: Vec<u8>,
    unit: Vec<u8>,
    tail: Vec<u8>,
}

/// Tries lines on the stages that look at bytes.
pub(crate) fn run(count: usize, seed: u64, wanted: &str) {
    const BYTES: usize = 16 * 1024;
    for stage in Stage::named(wanted) {
        if stage == Stage::Pipeline || stage == Stage::Drain3 || (stage == Stage::Miner && wanted.is_empty()) {
            continue;
        }
        let mut random = Random::new(seed);
        let usual = measure_usual(stage, Limits::None, 1_000_000).0;
        let mut all = Vec::new();
        for _ in 0..count {
            let mut pieces = |most: u64| {
                (0..random.between(u64::from(most > 3), most))
                    .flat_map(|_| random.pick(PIECES).to_vec())
                    .collect::<Vec<u8>>()
            };
            let (head, unit, tail) = (pieces(3), pieces(5), pieces(2));
            let unit: Vec<u8> = if unit.is_empty() { b"a".to_vec() } else { unit };
            let time = |bytes: usize| {
                let mut input = Input::default();
                let line = repeated(&head, &unit, &tail, bytes);
                (0..4).for_each(|_| input.push(&line));
                let time = timed(|| stage.run(Limits::None, &input)).0;
                (time.as_secs_f64(), input.bytes() as f64)
            };
            let (half, _) = time(BYTES);
            let (whole, bytes) = time(BYTES * 2);
            all.push(Found {
                slower: usual / (bytes / whole),
                growth: whole / half.max(Duration::from_micros(20).as_secs_f64()),
                head,
                unit,
                tail,
            });
        }
        println!("\n**{}**: {count} lines at random, the slowest and the steepest\n", stage.name());
        println!("| head | unit | tail | times slower | growth |\n|---|---|---|---|---|");
        all.sort_by(|a, b| b.slower.total_cmp(&a.slower));
        let slowest = all.len().min(10);
        let (top, rest) = all.split_at_mut(slowest);
        rest.sort_by(|a, b| b.growth.total_cmp(&a.growth));
        for found in top.iter().chain(rest.iter().take(6)) {
            println!(
                "| {} | {} | {} | {:.1} | {:.1} |",
                shown(&found.head),
                shown(&found.unit),
                shown(&found.tail),
                found.slower,
                found.growth
            );
        }
    }
}
