//! Asking: what the journal costs per line, next to the pipeline alone, and what a plan, a digest and the redactor cost.

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "every subject uses its part")]
mod support;

use criterion::BatchSize;
use drainrs::ask::{AskConfig, Asker};
use drainrs::prompt::{Budget, tokens_about};
use drainrs::redact::{Redaction, Redactor};
use drainrs::{Pipeline, PipelineConfig, Timestamp};
use drainrs_bench::corpus::{Corpus, Stream};

/// A thousand lines a second.
const STEP: i64 = 1_000_000;

#[allow(clippy::expect_used, reason = "the settings of the benches are known to be right")]
fn main() {
    support::main(|criterion| {
        for corpus in Corpus::from_environment_or(&[Stream::HdfsRaw, Stream::Mixed], 50_000) {
            let lines = corpus.lines();
            let mut group = criterion.benchmark_group(format!("ask/{}", corpus.name));
            support::throughput(&mut group, &corpus);
            let fresh = || {
                let pipeline = Pipeline::build(&PipelineConfig::default()).expect("default settings");
                (pipeline, Asker::build(&AskConfig::default()).expect("default settings"))
            };
            for (name, asking) in [("pipeline", false), ("pipeline, with the journal", true)] {
                group.bench_function(name, |bencher| {
                    bencher.iter_batched_ref(
                        fresh,
                        |(pipeline, asker)| run(&lines, pipeline, asker, asking),
                        BatchSize::PerIteration,
                    );
                });
            }
            let (mut pipeline, mut asker) = fresh();
            let now = run(&lines, &mut pipeline, &mut asker, true);
            let budget = Budget::default();
            group.bench_function("a plan", |bencher| {
                bencher.iter(|| asker.plan(&pipeline, now, &budget).map(|plan| plan.tasks.len()));
            });
            group.bench_function("a digest", |bencher| {
                bencher.iter(|| asker.digest(&pipeline, "bench", 4_000, &tokens_about).tokens);
            });
            let redactor = Redactor::build(&AskConfig::default().redact).expect("default settings");
            group.bench_function("the redactor, all lines", |bencher| {
                bencher.iter(|| {
                    let mut redaction = Redaction::default();
                    lines.iter().map(|line| redaction.redact(&redactor, line).len()).sum::<usize>()
                });
            });
            group.finish();
        }
    });
}

fn run(lines: &[&[u8]], pipeline: &mut Pipeline, asker: &mut Asker, asking: bool) -> Timestamp {
    let mut now = Timestamp::from_seconds(0);
    for line in lines {
        now = now.plus_nanos(STEP);
        if let Some(event) = pipeline.push(line, now)
            && asking
        {
            asker.observe(&event);
        }
    }
    if asking {
        asker.finish();
        assert!(asker.counters().events > 0, "events were seen");
    }
    now
}
