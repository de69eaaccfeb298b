//! Mining from nothing: Drain3's rule and the default rule on raw tokens, the default with its lexer, and the peers.

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "every subject uses its part")]
mod support;

#[path = "../support/peers.rs"]
#[allow(unreachable_pub, reason = "shared by path")]
mod peers;

use criterion::BatchSize;
use drainrs_bench::corpus::{Corpus, Stream};

fn main() {
    support::main(|criterion| {
        for corpus in Corpus::from_environment_or(&[Stream::Hdfs, Stream::Mixed], 50_000) {
            let (lines, strings) = (corpus.lines(), corpus.strings());
            let mut group = criterion.benchmark_group(format!("mine/{}", corpus.name));
            support::throughput(&mut group, &corpus);
            for (name, config) in support::settings() {
                group.bench_function(name, |bencher| {
                    let fresh = || support::miner(&config);
                    bencher.iter_batched_ref(fresh, |miner| support::mine(miner, &lines), BatchSize::PerIteration);
                });
            }
            group.bench_function("drain3-crate", |bencher| bencher.iter(|| peers::drain3(&strings)));
            group.bench_function("logdrain", |bencher| bencher.iter(|| peers::logdrain(&strings, false)));
            group.bench_function("logdrain-masks", |bencher| bencher.iter(|| peers::logdrain(&strings, true)));
            group.finish();
        }
    });
}
