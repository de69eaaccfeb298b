//! Streams whose shape hurts a Drain: thousands of templates in few leaves, and lines of a single token.
//!
//! The one-token streams come in two lengths: what grows linearly has the same time per line in both.

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "every subject uses its part")]
mod support;

#[path = "../support/peers.rs"]
#[allow(unreachable_pub, reason = "shared by path")]
mod peers;

use criterion::BatchSize;
use drainrs_bench::corpus::Stream;

fn main() {
    support::main(|criterion| {
        // A peer that is quadratic gets the shorter stream only.
        for (stream, lines, with_peers) in
            [(Stream::Kernel, 50_000, true), (Stream::Json, 8_000, true), (Stream::Json, 80_000, false)]
        {
            let corpus = stream.generate(lines);
            let (lines, strings) = (corpus.lines(), corpus.strings());
            let mut group = criterion.benchmark_group(format!("shapes/{}-{}", corpus.name, lines.len()));
            support::throughput(&mut group, &corpus);
            for (name, config) in support::settings() {
                group.bench_function(name, |bencher| {
                    let fresh = || support::miner(&config);
                    bencher.iter_batched_ref(fresh, |miner| support::mine(miner, &lines), BatchSize::PerIteration);
                });
            }
            if with_peers {
                group.bench_function("drain3-crate", |bencher| bencher.iter(|| peers::drain3(&strings)));
                group.bench_function("logdrain", |bencher| bencher.iter(|| peers::logdrain(&strings, false)));
            }
            group.finish();
        }
    });
}
