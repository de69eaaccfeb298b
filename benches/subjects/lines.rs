//! Splitting a buffer into lines: the floor under everything else.

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "every subject uses its part")]
mod support;

use std::hint::black_box;

use drainrs::Lines;
use drainrs_bench::corpus::{Corpus, Stream};

fn main() {
    support::main(|criterion| {
        for corpus in Corpus::from_environment_or(&[Stream::Hdfs, Stream::Kernel, Stream::Mixed], 200_000) {
            let mut group = criterion.benchmark_group(format!("lines/{}", corpus.name));
            support::throughput(&mut group, &corpus);
            let expected = corpus.data.split(|&byte| byte == b'\n').count() - usize::from(corpus.data.ends_with(b"\n"));
            group.bench_function("drainrs", |bencher| {
                bencher.iter(|| {
                    let count = Lines::new(black_box(&corpus.data)).map(black_box).count();
                    assert_eq!(count, expected);
                });
            });
            group.finish();
        }
    });
}
