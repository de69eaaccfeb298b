//! What the criterion benches share: the clock they run on, and how they mine.

use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BenchmarkGroup, Criterion, Throughput};
use drainrs::{DrainConfig, Miner, MinerConfig, NormalizeConfig};
use drainrs_bench::corpus::Corpus;

/// Criterion's measurement of processor time.
#[derive(Debug, Clone, Copy)]
pub struct ThreadClock;

impl Measurement for ThreadClock {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, start: ThreadTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        // Nanoseconds are written the same way, whoever counted them.
        WallTime.formatter()
    }
}

/// Runs the benches of a subject under the options of the command line.
pub fn main(define: impl FnOnce(&mut Criterion<ThreadClock>)) {
    let criterion = Criterion::default().with_measurement(ThreadClock).sample_size(10);
    let mut criterion = criterion.warm_up_time(Duration::from_secs(1)).configure_from_args();
    define(&mut criterion);
    criterion.final_summary();
}

/// Reports lines and bytes per second for what follows in a group.
pub fn throughput(group: &mut BenchmarkGroup<'_, ThreadClock>, corpus: &Corpus) {
    let elements = corpus.lines().len() as u64;
    group.throughput(Throughput::ElementsAndBytes { elements, bytes: corpus.line_bytes() as u64 });
}

/// The settings that are measured, by the names they have in the tables.
pub fn settings() -> [(&'static str, MinerConfig); 3] {
    // The default rule on raw tokens: what the rule costs without the lexer.
    let raw = MinerConfig { normalize: NormalizeConfig::drain3(), mine: DrainConfig::default() };
    [("drainrs-drain3", MinerConfig::drain3()), ("drainrs-raw", raw), ("drainrs", MinerConfig::default())]
}

/// A miner that has seen nothing.
#[allow(clippy::expect_used, reason = "the settings of the benches are known to be right")]
pub fn miner(config: &MinerConfig) -> Miner {
    Miner::build(config).expect("settings of a bench")
}

/// Mines all lines; the number of templates proves that something was done.
pub fn mine(miner: &mut Miner, lines: &[&[u8]]) -> usize {
    let before = miner.stats().counters.seen;
    for line in lines {
        miner.insert(line);
    }
    assert_eq!(miner.stats().counters.seen - before, lines.len() as u64, "every line was mined");
    assert!(!miner.is_empty(), "templates were found");
    miner.len()
}
