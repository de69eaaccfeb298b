//! What the benchmarks of drainrs share: corpora, a clock, a counter of bytes.
//!
//! A benchmark that cannot be repeated is an anecdote, so everything here is seeded: the [corpora](corpus) are written by
//! generators that ship with the package, and no data has to be fetched. Real logs can take their place: name them in the
//! environment variable `DRAINRS_CORPUS`, separated by colons, raw or as `.zst`.
//!
//! - `benches/subjects`: criterion benches, one file per subject (`cargo bench -p drainrs-bench`);
//! - `benches/examples/throughput.rs`: one table of speed, templates, memory and ratios to the peers;
//! - `benches/examples/signals.rs`: the memory of counter and scorers;
//! - `benches/examples/detect`: how well the scorers detect, on labelled data;
//! - `benches/peers.py`: the same corpus through Drain3, the Python original.
//!
//! Times are processor times of the thread ([`clock`]), because a shared machine makes a wall clock measure the neighbours.

pub mod clock;
pub mod corpus;
pub mod events;
pub mod heap;
