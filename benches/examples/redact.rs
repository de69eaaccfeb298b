//! What redaction finds in real logs: how often each rule speaks, what it speaks of, and how fast all of them are.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example redact -- [--all] FILE...
//! ```
//!
//! Plain text, `.gz` or `.zst`. Every line is looked at by itself; `--all` switches on the rules that are off by default, too.
//! Samples are printed as they stand in the file, so that a person can judge them.
#![allow(clippy::print_stdout, reason = "a program that prints tables")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use drainrs::redact::{RedactConfig, Redactor};
use drainrs_bench::clock::timed;
use drainrs_bench::corpus::Corpus;

/// How many findings of each rule are shown.
const SAMPLES: usize = 3;
/// How much of the line is shown on either side of one.
const AROUND: usize = 48;
/// The rules that are off by default.
const OPT_IN: [&str; 5] = ["high_entropy", "ssn", "mac", "host", "user_path"];

/// What one rule found.
#[derive(Default)]
struct Tally {
    hits: u64,
    per_file: BTreeMap<String, u64>,
    samples: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut config = RedactConfig::default();
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--all" => config.enable = OPT_IN.map(str::to_owned).to_vec(),
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        return Err("say which log files: redact [--all] FILE...".into());
    }
    let redactor = Redactor::build(&config)?;
    let mut rules: BTreeMap<String, Tally> = BTreeMap::new();
    let (mut lines, mut bytes, mut time, mut unclean) = (0_usize, 0_usize, Duration::ZERO, 0_usize);

    println!("| file | lines | lines with a finding | findings | MB/s |");
    println!("|---|---|---|---|---|");
    for file in &files {
        let corpus = read(Path::new(file))?;
        let all: Vec<&[u8]> = corpus.data.split(|&b| b == b'\n').filter(|line| !line.is_empty()).collect();
        let (took, found) = timed(|| all.iter().map(|line| redactor.find(line).len()).collect::<Vec<_>>());
        let (touched, findings) = (found.iter().filter(|n| **n > 0).count(), found.iter().sum::<usize>());
        let speed = speed(corpus.data.len(), took);
        println!("| {} | {} | {touched} | {findings} | {speed:.0} |", corpus.name, all.len());
        (lines, bytes, time) = (lines + all.len(), bytes + corpus.data.len(), time + took);
        for line in all {
            for finding in redactor.find(line) {
                let tally = rules.entry(finding.rule.to_owned()).or_default();
                tally.hits += 1;
                let here = tally.per_file.entry(corpus.name.clone()).or_default();
                *here += 1;
                // One of each file first, so that the samples are not three of a kind.
                if tally.samples.len() < SAMPLES && *here == 1 {
                    tally.samples.push(shown(line, finding.span.start as usize, finding.span.end as usize));
                }
            }
            unclean += usize::from(!redactor.is_clean(redactor.redact(line).as_bytes()));
        }
    }

    println!("\n| rule | findings | per 100,000 lines | where |");
    println!("|---|---|---|---|");
    for name in redactor.rules() {
        let Some(tally) = rules.get(name) else {
            println!("| {name} | 0 | 0 | |");
            continue;
        };
        let share = tally.hits as f64 * 1e5 / lines as f64;
        let places: Vec<_> = tally.per_file.iter().map(|(file, n)| format!("{file} {n}")).collect();
        println!("| {name} | {} | {share:.1} | {} |", tally.hits, places.join(", "));
    }
    println!();
    for (name, tally) in &rules {
        for sample in &tally.samples {
            println!("{name}: {sample}");
        }
    }
    let total = speed(bytes, time);
    println!(
        "\n{lines} lines, {bytes} bytes, {total:.0} MB/s; {unclean} lines in which something is found after redaction"
    );
    Ok(())
}

fn read(path: &Path) -> Result<Corpus, Box<dyn Error>> {
    if path.extension().is_none_or(|ending| ending != "gz") {
        return Ok(Corpus::read(path)?);
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = name.split('.').next().unwrap_or_default().to_owned();
    let mut data = Vec::new();
    flate2::read::MultiGzDecoder::new(File::open(path)?).read_to_end(&mut data)?;
    Ok(Corpus { name, data, statements: 0 })
}

fn speed(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

/// A finding between marks, with what stands around it.
fn shown(line: &[u8], start: usize, end: usize) -> String {
    let text = |from: usize, to: usize| String::from_utf8_lossy(&line[from..to]).into_owned();
    let (from, to) = (start.saturating_sub(AROUND), line.len().min(end + AROUND));
    format!("{}\u{ab}{}\u{bb}{}", text(from, start), text(start, end), text(end, to))
}
