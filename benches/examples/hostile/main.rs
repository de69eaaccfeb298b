//! The speed of every stage on inputs made to be slow, beside its speed on ordinary lines.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example hostile -- [--bytes N] [--check] [--only WORD]
//!     --bytes N    bytes of each input (default 4000000)
//!     --check      end with 1 if an input is slower than a twentieth of the ordinary speed, or its time grows faster than its size
//!     --only WORD  inputs whose names contain it
//! ```
//!
//! A cell is the speed as a share of the ordinary one: of bytes per second or, where lines are shorter than ordinary ones, of lines
//! per second. Behind it the time of the whole input by that of its first half, where that is above 2.5: twice the lines should take
//! twice the time. Times are processor times of the thread, the best of two.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, reason = "a program that prints a table")]
#![allow(unreachable_pub, reason = "files of one program")]

mod inputs;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use drainrs::score::ScorerName;
use drainrs::{
    DetectConfig, JoinConfig, Joiner, Miner, MinerConfig, NormalizeConfig, Normalizer, ParseConfig, Parser, Pipeline,
    PipelineConfig, RedactConfig, Redactor, SessionSource, Timestamp, Tokens,
};
use drainrs_bench::clock::timed;
use drainrs_bench::corpus::Stream;

/// Takes all lines, from a fresh machine on.
type Stage = fn(&[&[u8]]);

const STAGES: [(&str, Stage); 8] = [
    ("lexer", lexer),
    ("miner", |lines| miner(&MinerConfig::default(), lines)),
    ("drain3", |lines| miner(&drain3(), lines)),
    ("joiner", joiner),
    ("parser", parser),
    ("pipeline", |lines| pipeline(false, lines)),
    ("scorers", |lines| pipeline(true, lines)),
    ("redactor", redactor),
];

fn lexer(lines: &[&[u8]]) {
    let lexer = Normalizer::build(&NormalizeConfig::default()).expect("settings of a bench");
    let mut tokens = Tokens::new();
    lines.iter().for_each(|line| lexer.normalize(black_box(line), &mut tokens));
}

/// Drain3's rule as its users have it: with a limit, or its memory would not end.
fn drain3() -> MinerConfig {
    let mut config = MinerConfig::drain3();
    config.mine.max_templates = Some(10_000);
    config.normalize.masks = drainrs_bench::demonstration_masks();
    config
}

fn miner(config: &MinerConfig, lines: &[&[u8]]) {
    let mut miner = Miner::build(config).expect("settings of a bench");
    lines.iter().for_each(|line| _ = black_box(miner.insert(line)));
}

fn joiner(lines: &[&[u8]]) {
    let mut joiner = Joiner::build(&JoinConfig::default()).expect("settings of a bench");
    lines.iter().for_each(|line| _ = black_box(joiner.push(line, Timestamp::from_seconds(0))));
}

fn parser(lines: &[&[u8]]) {
    let mut parser = Parser::build(&ParseConfig::default()).expect("settings of a bench");
    lines.iter().for_each(|line| _ = black_box(parser.parse(line)));
}

fn pipeline(all: bool, lines: &[&[u8]]) {
    let mut detect = DetectConfig { session: SessionSource::Thread, ..DetectConfig::default() };
    if all {
        detect.score.scorers = ScorerName::all().to_vec();
    }
    let config = PipelineConfig { detect: Some(detect), ..PipelineConfig::default() };
    let mut pipeline = Pipeline::build(&config).expect("settings of a bench");
    let mut now = Timestamp::from_seconds(1_709_251_200);
    for line in lines {
        now = now.plus_nanos(1_000_000);
        black_box(pipeline.push(line, now).is_some());
        while pipeline.poll_alert().is_some() {}
    }
}

fn redactor(lines: &[&[u8]]) {
    let redactor = Redactor::build(&RedactConfig::default()).expect("settings of a bench");
    // The redactor takes what is about to leave, which is cut before.
    lines.iter().for_each(|line| _ = black_box(redactor.redact(&line[..line.len().min(16 << 10)])));
}

fn best(stage: Stage, lines: &[&[u8]]) -> Duration {
    (0..2).map(|_| timed(|| stage(lines)).0).min().unwrap_or_default()
}

struct Ordinary {
    bytes_per_second: f64,
    lines_per_second: f64,
    bytes_per_line: f64,
}

fn main() -> ExitCode {
    let (mut bytes, mut check, mut only) = (4_000_000, false, String::new());
    let mut words = std::env::args().skip(1);
    while let Some(option) = words.next() {
        match option.as_str() {
            "--bytes" => bytes = words.next().and_then(|n| n.parse().ok()).expect("a number follows"),
            "--check" => check = true,
            "--only" => only = words.next().expect("a word follows"),
            other => {
                eprintln!("hostile: {other} is no option; see the comment at the top of the example");
                return ExitCode::from(2);
            }
        }
    }
    let corpus = Stream::Mixed.generate(bytes / 70);
    let lines = corpus.lines();
    let (size, count) = (corpus.line_bytes() as f64, lines.len() as f64);
    let ordinary: Vec<Ordinary> = STAGES
        .iter()
        .map(|(_, stage)| {
            let seconds = best(*stage, &lines).as_secs_f64();
            Ordinary {
                bytes_per_second: size / seconds,
                lines_per_second: count / seconds,
                bytes_per_line: size / count,
            }
        })
        .collect();
    let names: Vec<&str> = STAGES.iter().map(|(name, _)| *name).collect();
    println!("| input | {} |\n|---|{}", names.join(" | "), "---|".repeat(STAGES.len()));
    let speeds: Vec<String> = ordinary.iter().map(|one| format!("{:.0} MB/s", one.bytes_per_second / 1e6)).collect();
    println!("| ordinary lines | {} |", speeds.join(" | "));
    let mut worst: Vec<(f64, String)> = vec![(f64::MAX, String::new()); STAGES.len()];
    let mut grows = false;
    for input in inputs::inputs(bytes).into_iter().filter(|input| input.name.contains(&only)) {
        let lines: Vec<&[u8]> = input.lines.iter().map(Vec::as_slice).collect();
        let size = lines.iter().map(|line| line.len()).sum::<usize>() as f64;
        let mut cells = Vec::new();
        for (at, (_, stage)) in STAGES.iter().enumerate() {
            let seconds = best(*stage, &lines).as_secs_f64();
            let (usual, count) = (&ordinary[at], lines.len() as f64);
            let share = if size / count < usual.bytes_per_line {
                count / seconds / usual.lines_per_second
            } else {
                size / seconds / usual.bytes_per_second
            };
            if share < worst[at].0 {
                worst[at] = (share, input.name.clone());
            }
            let half = best(*stage, &lines[..lines.len() / 2]).as_secs_f64();
            let growth = seconds / half.max(1e-9);
            // What takes no time does not grow.
            let much = growth > 2.5 && share < 1.0 && lines.len() > 1000;
            grows |= much && growth > 3.0;
            cells.push(if much { format!("{share:.2} ({growth:.1})") } else { format!("{share:.2}") });
        }
        println!("| {} | {} |", input.name.replace('|', "\\|"), cells.join(" | "));
    }
    println!();
    for ((share, input), name) in worst.iter().zip(names) {
        println!("{name}: at worst 1/{:.1} of its ordinary speed: {input}", 1.0 / share);
    }
    let slow = worst.iter().any(|(share, _)| *share < 0.05);
    if check && (slow || grows) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
