//! Signals: what each scorer costs per event once it knows the stream, next to what mining the same lines costs. A thousand
//! events a second of event time, so windows close; the first identifier of a line is its session.

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "every subject uses its part")]
mod support;

use drainrs::MinerConfig;
use drainrs::detect::{DetectConfig, Detector};
use drainrs::score::ScorerName;
use drainrs_bench::corpus::{Corpus, Stream};
use drainrs_bench::events::{mined, observe};

/// Nanoseconds from one event to the next.
const STEP: i64 = 1_000_000;

#[allow(clippy::expect_used, reason = "the settings of the benches are known to be right")]
fn main() {
    support::main(|criterion| {
        for corpus in Corpus::from_environment_or(&[Stream::Hdfs, Stream::Mixed], 200_000) {
            let lines = corpus.lines();
            let mut group = criterion.benchmark_group(format!("detect/{}", corpus.name));
            support::throughput(&mut group, &corpus);
            let mut miner = support::miner(&MinerConfig::default());
            support::mine(&mut miner, &lines);
            group.bench_function("mining", |bencher| bencher.iter(|| support::mine(&mut miner, &lines)));

            let (events, _) = mined(&lines).expect("default settings");
            let all = ScorerName::all();
            let mut subjects = vec![("counting", Vec::new())];
            subjects.extend(all.iter().map(|&scorer| (scorer.name(), vec![scorer])));
            subjects.push(("all scorers", all.to_vec()));
            for (name, scorers) in subjects {
                let mut config = DetectConfig::default();
                config.score.scorers = scorers;
                let mut detector = Detector::build(&config).expect("settings of a bench");
                let mut at = observe(&mut detector, &events, None, STEP);
                group.bench_function(name, |bencher| {
                    bencher.iter(|| at = observe(&mut detector, &events, Some(at), STEP));
                });
                let counted = detector.counters().count;
                assert_eq!(counted.counted, counted.observed, "every event was counted");
                assert!(counted.windows > 0, "windows closed");
            }
            group.finish();
        }
    });
}
