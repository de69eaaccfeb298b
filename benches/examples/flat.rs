//! Memory over many lines of random shapes: a pipeline with all scorers and default limits, and what it holds as it goes on.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example flat -- [LINES [BIRTHS]]
//!     LINES     how many (default 100 million)
//!     BIRTHS    one line in so many has words that never come again (default 40; each founds a template)
//! ```
//!
//! A row for each twentieth of the lines: what the pipeline reports, what the allocator has given it, and the lines per second of the
//! processor, making them included. Ends with 1 if the second half holds more than the first half did at its most, plus a tenth.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, reason = "a program that prints a table")]

use std::process::ExitCode;

use drainrs::score::ScorerName;
use drainrs::{DetectConfig, Pipeline, PipelineConfig, SessionSource, Timestamp};
use drainrs_bench::clock::timed;
use drainrs_bench::corpus::{Random, odd_line};
use drainrs_bench::heap::{self, Counting};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let lines: u64 = std::env::args().nth(1).map_or(Ok(100_000_000), |count| count.parse()).expect("a number of lines");
    let births: u64 = std::env::args().nth(2).map_or(Ok(40), |count| count.parse()).expect("a number of lines");
    let mut detect = DetectConfig { session: SessionSource::Thread, ..DetectConfig::default() };
    detect.score.scorers = ScorerName::all().to_vec();
    let config = PipelineConfig { detect: Some(detect), ..PipelineConfig::default() };
    let before = heap::live();
    let mut pipeline = Pipeline::build(&config).expect("settings that are right");
    let (mut random, mut line) = (Random::new(1), Vec::with_capacity(4096));
    let mut now = Timestamp::from_seconds(1_709_251_200);
    let (mut n, mut first_half, mut second_half) = (0_u64, 0, 0);
    println!("| M lines | reported MB | allocated MB | templates | evicted | M lines/s |\n|---|---|---|---|---|---|");
    for part in 1..=20 {
        let until = lines * part / 20;
        let count = until - n;
        let (time, ()) = timed(|| {
            while n < until {
                odd_line(&mut random, n, births, &mut line);
                pipeline.push(&line, now);
                now = now.plus_nanos(1_000_000);
                n += 1;
                if n.is_multiple_of(4096) {
                    while pipeline.poll_alert().is_some() {}
                }
            }
        });
        let (reported, held, stats) = (pipeline.memory(), heap::live() - before, pipeline.miner().stats());
        let most = if part <= 10 { &mut first_half } else { &mut second_half };
        *most = held.max(*most);
        println!(
            "| {:.1} | {:.1} | {:.1} | {} | {} | {:.2} |",
            n as f64 / 1e6,
            reported as f64 / 1e6,
            held as f64 / 1e6,
            stats.templates,
            stats.counters.evicted_templates,
            count as f64 / time.as_secs_f64() / 1e6
        );
    }
    let counters = pipeline.counters();
    assert_eq!(counters.lines, lines, "every line was taken");
    if second_half > first_half + first_half / 10 {
        eprintln!("flat: the second half held {second_half} bytes, the first half {first_half}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
