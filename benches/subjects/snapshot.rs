//! Writing and reading the state of a miner with thousands of templates.

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "every subject uses its part")]
mod support;

use criterion::Throughput;
use drainrs::{Miner, MinerConfig, OnOtherSettings};
use drainrs_bench::corpus::{Corpus, Stream};

#[allow(clippy::expect_used, reason = "what was just written can be read")]
fn main() {
    support::main(|criterion| {
        for corpus in Corpus::from_environment_or(&[Stream::Kernel, Stream::Mixed], 100_000) {
            let config = MinerConfig::default();
            let mut miner = support::miner(&config);
            let templates = support::mine(&mut miner, &corpus.lines());
            let bytes = miner.snapshot().expect("a snapshot");
            let mut group = criterion.benchmark_group(format!("snapshot/{}-{templates}-templates", corpus.name));
            group.throughput(Throughput::ElementsAndBytes { elements: templates as u64, bytes: bytes.len() as u64 });
            group.bench_function("write", |bencher| {
                bencher.iter(|| {
                    let written = miner.snapshot().expect("a snapshot");
                    assert_eq!(written.len(), bytes.len(), "the same state gives the same bytes");
                    written
                });
            });
            group.bench_function("load", |bencher| {
                bencher.iter_with_large_drop(|| {
                    let loaded = Miner::restore(&bytes, &config, OnOtherSettings::Refuse).expect("a snapshot");
                    assert_eq!(loaded.len(), templates);
                    loaded
                });
            });
            group.finish();
        }
    });
}
