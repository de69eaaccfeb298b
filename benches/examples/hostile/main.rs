//! Hostile input: how much slower than a usual stream the worst lines are that somebody can think of, stage by stage.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example hostile -- [options]
//!     --bytes N        bytes of each input (default 1000000), four times as many where it is about templates
//!     --stage WORD     only the stage of that name, or those whose names hold the word
//!     --shape WORD     only the shapes whose name holds the word
//!     --worst N        print the N worst rows of each stage (default 8); 0 prints all rows
//!     --check          leave with 1 if a row is below a twentieth of the usual speed, or grows faster than its input
//!     --explore N      instead of the table: try N lines put together at random on each stage, and print the worst
//!     --seed N         which random lines (default 1)
//! ```
//!
//! A row is a shape of input at a stage. *Ratio* is its speed over that of the usual stream (`mixed`) of as many bytes at the
//! same stage and with the same limits. Where lines are tiny, bytes per second compare nothing but the length of the lines,
//! since a line has a fixed cost: rows with less than 24 bytes a line, a third of a usual one, are judged by lines per second.
//! *Growth* is the time of the input over the time of its first half: 2 is linear. Inputs that take long are measured shorter.
//! Times are processor times of the thread.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, reason = "a program that prints a table")]

mod collide;
mod explore;
mod input;
mod shapes;
mod stages;
mod templates;

use std::time::Duration;

use drainrs_bench::clock::timed;

use input::{Input, usual};
use shapes::Shape;
use stages::{Limits, Stage};

/// No shape may be slower than the usual stream by more than this factor.
const FLOOR: f64 = 1.0 / 20.0;
/// More than this is no longer linear, with room for what a shared machine adds.
const STEEP: f64 = 3.5;
/// Rows with shorter lines are judged by lines per second.
const TINY_LINE: f64 = 24.0;
/// Inputs that are about templates are so many times as long: they have to fill a miner first.
const FILLING: usize = 4;
/// An input is not doubled any more when it has taken so long.
const ENOUGH: Duration = Duration::from_millis(250);

struct Options {
    bytes: usize,
    stage: String,
    shape: String,
    worst: usize,
    check: bool,
    explore: usize,
    seed: u64,
}

fn options() -> Options {
    let mut options = Options {
        bytes: 1_000_000,
        stage: String::new(),
        shape: String::new(),
        worst: 8,
        check: false,
        explore: 0,
        seed: 1,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut next = || words.next().expect("a value follows the option");
        match word.as_str() {
            "--bytes" => options.bytes = next().parse().expect("a number of bytes"),
            "--stage" => options.stage = next(),
            "--shape" => options.shape = next(),
            "--worst" => options.worst = next().parse().expect("a number of rows"),
            "--check" => options.check = true,
            "--explore" => options.explore = next().parse().expect("a number of lines"),
            "--seed" => options.seed = next().parse().expect("a number"),
            _ => {
                eprintln!("hostile: {word} is no option; see the comment at the top of the example");
                std::process::exit(2);
            }
        }
    }
    options
}

/// What was measured of a shape at a stage.
struct Row {
    name: String,
    bytes: usize,
    lines: usize,
    seconds: f64,
    growth: f64,
    by_bytes: f64,
    by_lines: f64,
}

impl Row {
    /// The ratio that counts.
    fn ratio(&self) -> f64 {
        let tiny = self.bytes as f64 / (self.lines as f64) < TINY_LINE;
        if tiny { self.by_lines.max(self.by_bytes) } else { self.by_bytes }
    }

    fn is_slow(&self) -> bool {
        self.ratio() < FLOOR
    }

    /// A steep growth counts where the time is no longer that of a machine waking up.
    fn is_steep(&self) -> bool {
        self.growth > STEEP && self.seconds > 2e-3
    }
}

fn main() {
    let options = options();
    if options.explore > 0 {
        explore::run(options.explore, options.seed, &options.stage);
        return;
    }
    let shapes = shapes::all();
    let (mut slow, mut steep) = (0, 0);
    for stage in Stage::named(&options.stage) {
        let mut rows = Vec::new();
        let mut speeds = Vec::new();
        for limits in Limits::ALL {
            let usual = |bytes: usize| measure_usual(stage, limits, bytes);
            let (few, many) = (usual(options.bytes), usual(options.bytes * FILLING));
            speeds.push(format!("{:.0}", few.0 / 1e6));
            let wanted =
                |shape: &&Shape| shape.limits == limits && shape.suits(stage) && shape.name.contains(&options.shape);
            for shape in shapes.iter().filter(wanted) {
                let (times, (usual_bytes, usual_lines)) =
                    if shape.about_templates { (FILLING, many) } else { (1, few) };
                rows.push(measure(shape, stage, options.bytes * times, usual_bytes, usual_lines));
            }
        }
        rows.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
        slow += rows.iter().filter(|row| row.is_slow()).count();
        steep += rows.iter().filter(|row| row.is_steep()).count();
        table(stage, &rows, &speeds.join(", without limits "), options.worst);
    }
    println!("\n{slow} rows below 1/20 of the usual speed, {steep} rows that grow faster than their input");
    if options.check && slow + steep > 0 {
        std::process::exit(1);
    }
}

/// Bytes and lines per second of the usual stream.
fn measure_usual(stage: Stage, limits: Limits, bytes: usize) -> (f64, f64) {
    let input = usual(bytes);
    let seconds = (0..3).map(|_| timed(|| stage.run(limits, &input)).0).min().unwrap_or_default().as_secs_f64();
    (input.bytes() as f64 / seconds, input.lines() as f64 / seconds)
}

/// Doubles the input until it is as long as asked for or takes long enough.
fn measure(shape: &Shape, stage: Stage, bytes: usize, usual_bytes: f64, usual_lines: f64) -> Row {
    let mut size = (bytes / 32).max(1);
    let mut half = Duration::ZERO;
    loop {
        let input = shape.input(size);
        let mut best = time(stage, shape.limits, &input);
        // Short times are those of a machine that does something else, too.
        for _ in 0..2 {
            if best < ENOUGH / 4 {
                best = best.min(time(stage, shape.limits, &input));
            }
        }
        if (size * 2 > bytes || best > ENOUGH) && !half.is_zero() {
            let seconds = best.as_secs_f64().max(1e-9);
            return Row {
                name: shape.name.clone(),
                bytes: input.bytes(),
                lines: input.lines().max(1),
                seconds,
                growth: seconds / half.as_secs_f64().max(1e-9),
                by_bytes: input.bytes() as f64 / seconds / usual_bytes,
                by_lines: input.lines() as f64 / seconds / usual_lines,
            };
        }
        half = best;
        size *= 2;
    }
}

fn time(stage: Stage, limits: Limits, input: &Input) -> Duration {
    timed(|| stage.run(limits, input)).0
}

/// Bytes for people.
fn shown(bytes: &[u8]) -> String {
    format!("`{}`", bytes.escape_ascii())
}

fn table(stage: Stage, rows: &[Row], usual: &str, worst: usize) {
    println!("\n**{}**: {} rows, the worst first; usual MB/s: {usual}\n", stage.name(), rows.len());
    println!("| shape | bytes | bytes/line | MB/s | ratio | M lines/s | ratio by lines | growth | |");
    println!("|---|---|---|---|---|---|---|---|---|");
    // What grows too fast is shown wherever it stands.
    let shown = |at: usize, row: &Row| worst == 0 || at < worst || row.is_slow() || row.is_steep();
    for (_, row) in rows.iter().enumerate().filter(|&(at, row)| shown(at, row)) {
        println!(
            "| {} | {} | {:.0} | {:.2} | 1/{:.1} | {:.3} | 1/{:.1} | {:.1} | {}{} |",
            row.name,
            row.bytes,
            row.bytes as f64 / row.lines as f64,
            row.bytes as f64 / row.seconds / 1e6,
            1.0 / row.by_bytes,
            row.lines as f64 / row.seconds / 1e6,
            1.0 / row.by_lines,
            row.growth,
            if row.is_slow() { "slow" } else { "" },
            if row.is_steep() { " steep" } else { "" },
        );
    }
}
