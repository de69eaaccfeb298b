//! Whether the estimate of tokens is enough: real log lines, and what two vocabularies make of them.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example tokens -- FILE...
//! ```
//!
//! Plain text files; the first 300,000 bytes of each.
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

use std::error::Error;
use std::fs::File;
use std::io::Read;

use drainrs::prompt::tokens_about;
use tiktoken_rs::{cl100k_base, o200k_base};

const MOST: u64 = 300_000;
/// Shorter lines are not looked at one by one.
const SHORT: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        return Err("say which log files: tokens FILE...".into());
    }
    let vocabularies = [("cl100k", cl100k_base()?), ("o200k", o200k_base()?)];
    println!(
        "| file | bytes | cl100k | o200k | estimate | the line with the least to spare | lines above the estimate |"
    );
    println!("|---|---|---|---|---|---|---|");
    for file in files {
        let mut bytes = Vec::new();
        File::open(&file)?.take(MOST).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let whole: Vec<usize> =
            vocabularies.iter().map(|(_, vocabulary)| vocabulary.encode_ordinary(&text).len()).collect();
        let (mut tightest, mut above) = (0.0_f64, 0);
        for line in text.lines().filter(|line| line.len() >= SHORT) {
            let most = vocabularies.iter().map(|(_, vocabulary)| vocabulary.encode_ordinary(line).len()).max();
            let share = most.unwrap_or_default() as f64 / tokens_about(line) as f64;
            tightest = tightest.max(share);
            above += usize::from(share > 1.0);
        }
        let name = file.rsplit('/').next().unwrap_or_default();
        let estimate = tokens_about(&text);
        println!("| {name} | {} | {} | {} | {estimate} | {tightest:.2} | {above} |", text.len(), whole[0], whole[1]);
    }
    Ok(())
}
