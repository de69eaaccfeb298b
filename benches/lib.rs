//! What the benchmarks of drainrs share: corpora, a clock, a counter of bytes.
//!
//! A benchmark that cannot be repeated is an anecdote, so everything here is seeded: the [corpora](corpus) are written by
//! generators that ship with the package, and no data has to be fetched. Real logs can take their place: name them in the
//! environment variable `DRAINRS_CORPUS`, separated by colons, raw or as `.zst`.
//!
//! - `benches/subjects`: criterion benches, one file per subject (`cargo bench -p drainrs-bench`);
//! - `benches/examples/throughput.rs`: one table of speed, templates, memory and ratios to the peers;
//! - `benches/examples/hostile`: every stage on inputs made to be slow;
//! - `benches/examples/flat.rs`: memory over many lines of random shapes;
//! - `benches/examples/signals.rs`: the memory of counter and scorers;
//! - `benches/examples/hostile`: how slow the worst input is that somebody can think of;
//! - `benches/examples/detect`: how well the scorers detect, on labelled data;
//! - `benches/peers.py`: the same corpus through Drain3, the Python original.
//!
//! Times are processor times of the thread ([`clock`]), because a shared machine makes a wall clock measure the neighbours.

pub mod clock;
pub mod corpus;
pub mod events;
pub mod heap;

use drainrs::Mask;

/// The masks of Drain3's demonstration, which most of its users start from; `benches/peers.py` gives Drain3 the same.
pub fn demonstration_masks() -> Vec<Mask> {
    let edged =
        |name: &str, middle: &str| Mask::new(name, format!("((?<=[^A-Za-z0-9])|^)({middle})((?=[^A-Za-z0-9])|$)"));
    vec![
        edged("ID", r"([0-9a-f]{2,}:){3,}([0-9a-f]{2,})"),
        edged("IP", r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"),
        Mask::new("SEQ", r"((?<=[^A-Za-z0-9])|^)([0-9a-f]{6,} ?){3,}((?=[^A-Za-z0-9])|$)"),
        Mask::new("SEQ", r"((?<=[^A-Za-z0-9])|^)([0-9A-F]{4} ?){4,}((?=[^A-Za-z0-9])|$)"),
        edged("HEX", r"0x[a-f0-9A-F]+"),
        edged("NUM", r"[\-\+]?\d+"),
        Mask::new("CMD", "(?<=executed cmd )(\".+?\")"),
    ]
}
