//! One table: lines and bytes per second, templates, memory, and how many times faster than the peers.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example throughput -- [options] [FILE ...]
//!     FILE            a log, raw or .zst; without any, the generated streams are measured
//!     --lines N       take the first N lines (default 200000)
//!     --reps N        repetitions, of which the fastest counts (default 5)
//!     --no-peers      only drainrs
//!     --tsv           bare columns, for programs
//!     --write STREAM  write a generated stream to standard output and stop
//! ```
//!
//! All contenders take turns, so that a slow minute of the machine hits them all. Times are processor times of the thread.
//! The table is followed by the memory of a miner after a million mixed lines.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, reason = "a program that prints a table")]

#[path = "../support/peers.rs"]
#[allow(unreachable_pub, reason = "shared by path")]
mod peers;

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use drainrs::{
    DrainConfig, Miner, MinerConfig, NormalizeConfig, Normalizer, Pipeline, PipelineConfig, Timestamp, Tokens,
};
use drainrs_bench::clock::{median, timed};
use drainrs_bench::corpus::{Corpus, Stream};
use drainrs_bench::heap::{self, Counting};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One who is measured: a name, and work that gives a number of templates (or of tokens, for a front end alone).
struct Contender<'a> {
    name: &'static str,
    /// Where its ratio to the peers would compare unlike work: a front end alone is not compared.
    mines: bool,
    work: Box<dyn Fn() -> usize + 'a>,
}

/// What was measured of one.
struct Row {
    name: &'static str,
    mines: bool,
    result: usize,
    peak: usize,
    times: Vec<Duration>,
}

struct Options {
    files: Vec<String>,
    lines: usize,
    reps: usize,
    peers: bool,
    tsv: bool,
    write: Option<String>,
}

fn options() -> Options {
    let mut options = Options { files: Vec::new(), lines: 200_000, reps: 5, peers: true, tsv: false, write: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|n| n.parse().ok()).expect("a number follows");
        match word.as_str() {
            "--lines" => options.lines = number(),
            "--reps" => options.reps = number().max(1),
            "--no-peers" => options.peers = false,
            "--tsv" => options.tsv = true,
            "--write" => options.write = words.next(),
            file => options.files.push(file.to_owned()),
        }
    }
    options
}

fn main() {
    let options = options();
    if let Some(name) = &options.write {
        let stream = Stream::ALL.into_iter().find(|stream| stream.name() == name).expect("a stream's name");
        std::io::stdout().write_all(&stream.generate(options.lines).data).expect("standard output");
        return;
    }
    let read = |file: &String| {
        Corpus::read(Path::new(file)).unwrap_or_else(|error| {
            eprintln!(
                "throughput: cannot read {file}: {error}; see the comment at the top of the example for its options"
            );
            std::process::exit(2);
        })
    };
    let mut corpora: Vec<Corpus> = options.files.iter().map(read).collect();
    if corpora.is_empty() {
        corpora = Corpus::from_environment();
    }
    let generated = corpora.is_empty();
    if generated {
        corpora.extend(
            [Stream::Hdfs, Stream::HdfsRaw, Stream::Kernel, Stream::Mixed].map(|stream| stream.generate(options.lines)),
        );
        // Every line founds a template where there are no masks, and quadratic peers need minutes for more.
        corpora.push(Stream::Json.generate(options.lines.min(8000)));
    }
    for corpus in &mut corpora {
        corpus.keep_first(options.lines);
        measure(corpus, &options);
    }
    if generated && !options.tsv {
        linearity(&options);
        memory(&Stream::Mixed.generate(1_000_000));
        memory(&Stream::Kernel.generate(1_000_000));
    }
}

/// Measures all contenders on a corpus and prints the table.
fn measure(corpus: &Corpus, options: &Options) {
    let (lines, strings) = (corpus.lines(), if options.peers { corpus.strings() } else { Vec::new() });
    let contenders = contenders(&lines, &strings);
    let mut rows: Vec<Row> = Vec::new();
    for contender in &contenders {
        // The first round warms up and measures memory.
        let (heap, result) = heap::used(|| (contender.work)());
        assert!(result > 0, "{} did nothing", contender.name);
        rows.push(Row { name: contender.name, mines: contender.mines, result, peak: heap.peak, times: Vec::new() });
    }
    for _ in 0..options.reps {
        for (contender, row) in contenders.iter().zip(&mut rows) {
            let (time, result) = timed(|| (contender.work)());
            assert_eq!(result, row.result, "{}: the same lines give the same result", row.name);
            row.times.push(time);
        }
    }
    if options.tsv {
        for row in &rows {
            let best = row.times.iter().min().copied().unwrap_or_default().as_secs_f64();
            println!("{}\t{}\t{}\t{best}\t{}\t{}", corpus.name, row.name, lines.len(), row.result, row.peak);
        }
        return;
    }
    table(corpus, lines.len(), &rows);
}

fn contenders<'a>(lines: &'a [&'a [u8]], strings: &'a [String]) -> Vec<Contender<'a>> {
    let raw = MinerConfig { normalize: NormalizeConfig::drain3(), mine: DrainConfig::default() };
    let mut masked = MinerConfig::drain3();
    masked.normalize.masks = drainrs_bench::demonstration_masks();
    let mut all = vec![
        front("lexer alone", NormalizeConfig::default(), lines),
        front("drain3 tokenizer alone", NormalizeConfig::drain3(), lines),
        miner("drainrs, Drain3's rule, raw tokens", MinerConfig::drain3(), lines),
        miner("drainrs, Drain3's rule, Drain3's masks", masked, lines),
        miner("drainrs, default rule, raw tokens", raw, lines),
        miner("drainrs, default", MinerConfig::default(), lines),
        pipeline("drainrs, pipeline of raw lines", lines),
    ];
    if !strings.is_empty() {
        let mut peer = |name, work| all.push(Contender { name, mines: true, work });
        peer("crate drain3 0.3.0", Box::new(|| peers::drain3(strings)) as Box<dyn Fn() -> usize>);
        peer("crate logdrain 0.3.2", Box::new(|| peers::logdrain(strings, false)));
        peer("crate logdrain 0.3.2, 2 masks", Box::new(|| peers::logdrain(strings, true)));
    }
    all
}

fn front<'a>(name: &'static str, config: NormalizeConfig, lines: &'a [&'a [u8]]) -> Contender<'a> {
    let work = move || {
        let normalizer = Normalizer::build(&config).expect("settings of a bench");
        let mut tokens = Tokens::new();
        let mut count = 0;
        for line in lines {
            normalizer.normalize(line, &mut tokens);
            count += black_box(&tokens).len();
        }
        count
    };
    Contender { name, mines: false, work: Box::new(work) }
}

fn miner<'a>(name: &'static str, config: MinerConfig, lines: &'a [&'a [u8]]) -> Contender<'a> {
    let work = move || {
        let mut miner = Miner::build(&config).expect("settings of a bench");
        for line in lines {
            black_box(miner.insert(line));
        }
        assert_eq!(miner.stats().counters.seen, lines.len() as u64, "every line was mined");
        miner.len()
    };
    Contender { name, mines: true, work: Box::new(work) }
}

fn pipeline<'a>(name: &'static str, lines: &'a [&'a [u8]]) -> Contender<'a> {
    let work = move || {
        let mut pipeline = Pipeline::build(&PipelineConfig::default()).expect("settings of a bench");
        for line in lines {
            black_box(pipeline.push(line, Timestamp::from_seconds(0)));
        }
        black_box(pipeline.finish(Timestamp::from_seconds(0)));
        assert_eq!(pipeline.counters().lines, lines.len() as u64, "every line was taken");
        pipeline.miner().len()
    };
    Contender { name, mines: true, work: Box::new(work) }
}

fn table(corpus: &Corpus, lines: usize, rows: &[Row]) {
    let bytes = corpus.line_bytes();
    let best = |row: &Row| row.times.iter().min().copied().unwrap_or_default().as_secs_f64();
    let of = |name: &str| rows.iter().find(|row| row.name.starts_with(name)).map(best);
    let (drain3, logdrain) = (of("crate drain3"), of("crate logdrain"));
    println!(
        "\n**{}**: {lines} lines, {} bytes per line, {} statements\n",
        corpus.name,
        bytes / lines,
        corpus.statements
    );
    println!("| | M lines/s | MB/s | ns/line | median ns | templates | peak MB | x drain3 | x logdrain |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for row in rows {
        let seconds = best(row);
        let ns = |seconds: f64| seconds * 1e9 / lines as f64;
        let times = |peer: Option<f64>| match peer {
            Some(peer) if row.mines => format!("{:.1}", peer / seconds),
            _ => String::new(),
        };
        println!(
            "| {} | {:.2} | {:.0} | {:.0} | {:.0} | {} | {:.1} | {} | {} |",
            row.name,
            lines as f64 / seconds / 1e6,
            bytes as f64 / seconds / 1e6,
            ns(seconds),
            ns(median(row.times.clone()).as_secs_f64()),
            if row.mines { row.result.to_string() } else { String::new() },
            row.peak as f64 / 1e6,
            times(drain3),
            times(logdrain),
        );
    }
}

/// Ten times as many one-token lines, each a template of its own: what is linear takes as long per line.
fn linearity(options: &Options) {
    println!("\n**one token per line, no masks, every line a template** (drainrs, Drain3's rule, no limit)\n");
    println!("| lines | ns/line | templates |\n|---|---|---|");
    for count in [8_000, 80_000, 800_000] {
        let corpus = Stream::Json.generate(count);
        let lines = corpus.lines();
        let contender = miner("drainrs", MinerConfig::drain3(), &lines);
        let rounds = (0..options.reps).map(|_| timed(|| (contender.work)()));
        let (best, templates) = rounds.min_by_key(|&(time, _)| time).expect("at least one round");
        println!("| {count} | {:.0} | {templates} |", best.as_secs_f64() * 1e9 / count as f64);
    }
}

/// What a miner with default limits holds after many lines.
fn memory(corpus: &Corpus) {
    let lines = corpus.lines();
    println!("\n**memory after {} lines of {}, default limits**\n", lines.len(), corpus.name);
    println!("| | held MB | peak MB | allocations per line | templates | reported MB |\n|---|---|---|---|---|---|");
    let raw = MinerConfig { normalize: NormalizeConfig::drain3(), mine: DrainConfig::default() };
    for (name, config) in [("default", MinerConfig::default()), ("default rule, raw tokens", raw)] {
        let (used, miner) = heap::used(|| {
            let mut miner = Miner::build(&config).expect("settings of a bench");
            for line in &lines {
                black_box(miner.insert(line));
            }
            miner
        });
        println!(
            "| {name} | {:.1} | {:.1} | {:.4} | {} | {:.1} |",
            used.held as f64 / 1e6,
            used.peak as f64 / 1e6,
            used.calls as f64 / lines.len() as f64,
            miner.len(),
            miner.stats().memory as f64 / 1e6
        );
    }
}
