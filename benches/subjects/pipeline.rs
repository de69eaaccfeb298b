//! The whole way: raw lines with headers through the joiner, the parser, the lexer and the miner; and the stages before
//! the miner alone, and with scorers behind it.

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "every subject uses its part")]
mod support;

use criterion::BatchSize;
use drainrs::score::ScorerName;
use drainrs::{DetectConfig, ParseConfig, Parser, Pipeline, PipelineConfig, Timestamp};
use drainrs_bench::corpus::{Corpus, Stream};

#[allow(clippy::expect_used, reason = "the settings of the benches are known to be right")]
fn main() {
    support::main(|criterion| {
        for corpus in Corpus::from_environment_or(&[Stream::HdfsRaw, Stream::Mixed], 50_000) {
            let lines = corpus.lines();
            let now = Timestamp::from_seconds(0);
            let mut group = criterion.benchmark_group(format!("pipeline/{}", corpus.name));
            support::throughput(&mut group, &corpus);
            group.bench_function("parse", |bencher| {
                let fresh = || Parser::build(&ParseConfig::default()).expect("settings of a bench");
                bencher.iter_batched_ref(
                    fresh,
                    |parser| {
                        let bytes: usize = lines.iter().map(|line| parser.parse(line).message.len()).sum();
                        assert!(bytes > 0, "messages were found");
                    },
                    BatchSize::PerIteration,
                );
            });
            // Mining alone, the default scorers behind it, and all of them.
            let with = |scorers: Option<&[ScorerName]>| {
                let detect = scorers.map(|scorers| {
                    let mut detect = DetectConfig::default();
                    detect.score.scorers.extend_from_slice(scorers);
                    detect
                });
                PipelineConfig { detect, ..PipelineConfig::default() }
            };
            for (name, config) in [
                ("all", with(None)),
                ("all, detecting", with(Some(&[]))),
                ("all, detecting with all scorers", with(Some(&[ScorerName::Centroid, ScorerName::Drift]))),
            ] {
                group.bench_function(name, |bencher| {
                    let fresh = || Pipeline::build(&config).expect("settings of a bench");
                    bencher.iter_batched_ref(
                        fresh,
                        |pipeline| {
                            // A thousand lines a second: where lines have no times of their own, windows close all the same.
                            let mut now = now;
                            let mut push = |line: &&[u8]| {
                                now = now.plus_nanos(1_000_000);
                                usize::from(pipeline.push(line, now).is_some())
                            };
                            let mut events: usize = lines.iter().map(&mut push).sum();
                            events += usize::from(pipeline.finish(now).is_some());
                            assert!(events > 0 && !pipeline.miner().is_empty(), "events were mined");
                            assert_eq!(pipeline.counters().lines, lines.len() as u64);
                        },
                        BatchSize::PerIteration,
                    );
                });
            }
            group.finish();
        }
    });
}
