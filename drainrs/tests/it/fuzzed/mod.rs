//! What the fuzzer runs: any bytes go in, and a broken promise is a panic.
//!
//! `fuzz/` builds each target into a program of libFuzzer's. Here the same targets run on the golden cases of all stages, on what
//! a random generator makes of them, and on every input that once broke one: such inputs stay in `tests/golden/fuzz/TARGET/`.

pub(crate) mod accounts;
mod answer;
mod batch;
mod choices;
mod config;
mod joiner;
pub(crate) mod lexer_naive;
mod lines;
mod made;
pub(crate) mod miner_naive;
mod normalizer;
mod parser;
mod pipeline;
mod redactor;
mod restore;
mod seeds;

pub(crate) use normalizer::check_tokens;
pub(crate) use seeds::seeds;

/// A target.
pub(crate) type Target = fn(&[u8]);

/// All of them, by name.
pub(crate) const TARGETS: [(&str, Target); 11] = [
    ("answer", answer::run),
    ("batch", batch::run),
    ("config", config::run),
    ("joiner", joiner::run),
    ("lexer_naive", lexer_naive::run),
    ("miner_naive", miner_naive::run),
    ("normalizer", normalizer::run),
    ("parser", parser::run),
    ("pipeline", pipeline::run),
    ("redactor", redactor::run),
    ("restore", restore::run),
];
