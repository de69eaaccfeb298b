//! The memory of signals: what the counter and each scorer hold per template, on generated streams.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example signals
//! ```
//!
//! Windows of five minutes, fifty events a second, the settings' defaults otherwise.
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

use drainrs::Error;
use drainrs::detect::{DetectConfig, Detector};
use drainrs::score::{Scorer as _, ScorerName};
use drainrs_bench::corpus::{Corpus, Stream};
use drainrs_bench::events::{Mined, mined, observe};
use drainrs_bench::heap::{self, Counting};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Nanoseconds from one event to the next.
const STEP: i64 = 20_000_000;
const LENGTH: i64 = 4 * 3600 * 1_000_000_000;

fn main() -> Result<(), Error> {
    println!("| stream | templates | values' places | what runs | scorers | with the counter | measured |");
    println!("|---|---|---|---|---|---|---|");
    for (stream, lines) in [(Stream::Mixed, 400_000), (Stream::Kernel, 4_000), (Stream::Kernel, 100_000)] {
        table(&stream.generate(lines))?;
    }
    Ok(())
}

/// Bytes per template of nothing but the counter, of each scorer, and of several.
fn table(corpus: &Corpus) -> Result<(), Error> {
    let (events, templates) = mined(&corpus.lines())?;
    let mut subjects = vec![("counter", Vec::new())];
    subjects.extend(ScorerName::all().iter().map(|&scorer| (scorer.name(), vec![scorer])));
    subjects.push(("default scorers", DetectConfig::default().score.scorers));
    subjects.push(("all scorers", ScorerName::all().to_vec()));
    for (name, scorers) in subjects {
        let (used, detector) = heap::used(|| run(&events, scorers));
        let detector = detector?;
        let battery = detector.battery();
        let places = battery.content().map_or_else(String::new, |content| content.slots().count().to_string());
        let [scorers, whole, measured] =
            [battery.memory(), detector.memory(), used.held].map(|bytes| bytes / templates);
        println!("| {} | {templates} | {places} | {name} | {scorers} | {whole} | {measured} |", corpus.name);
    }
    Ok(())
}

/// A detector that has seen the events again and again, for four hours of their time.
fn run(events: &[Mined<'_>], scorers: Vec<ScorerName>) -> Result<Detector, Error> {
    let mut config = DetectConfig::default();
    config.count.window_ns = 300_000_000_000;
    config.score.scorers = scorers;
    let mut detector = Detector::build(&config)?;
    let start = observe(&mut detector, events, None, STEP);
    let mut at = start;
    while at.since(start) < LENGTH {
        at = observe(&mut detector, events, Some(at), STEP);
    }
    Ok(detector)
}
