//! The program `drainrs`: templates out of log files, on a terminal and for other programs.
//!
//! `report` shows what a log consists of and what was unusual in it, `fit` whether the miner fits it, `mine` writes a record per
//! line, `watch` follows a growing file and tells of every template that is born and of what is unusual, `baseline` learns what
//! is usual and judges by it, `diff` compares two logs, `calibrate` says what a threshold is worth. `digest` is the best so many
//! tokens about a log, `ask` prepares a question to a model and judges the answer, `redact` hides what is nobody's business, `index`
//! writes templates for a store. The library does the work; here are files, terminals, signals and the clock, which it knows
//! nothing of.
//!
//! What ends the program: success is 0, and so is a reader of the output that went away. Everything else (an option, a file,
//! a setting, a snapshot that is wrong) is one line on standard error, and 2. `fit --check`, `baseline
//! score --check` and `diff --fail-on` give 3 when they found something, `ask apply` when the answer must not be used, and 4 when it wrote the
//! question to be asked again.
#![forbid(unsafe_code)]

mod ahead;
mod alerts;
mod ask;
mod baseline;
mod calibrate;
mod clock;
mod diff;
mod digest;
mod failure;
mod fit;
mod index;
mod input;
mod mine;
mod options;
mod output;
mod progress;
mod redact;
mod replace;
mod report;
mod settings;
mod style;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use failure::Failure;
use options::{AskCommand, BaselineCommand, Command, Options};

fn main() -> ExitCode {
    let done = match Options::try_parse() {
        Ok(Options { command }) => match command {
            Command::Report(options) => report::run(&options).map(|()| ExitCode::SUCCESS),
            Command::Fit(options) => fit::run(&options),
            Command::Mine(options) => mine::run(&options).map(|()| ExitCode::SUCCESS),
            Command::Watch(options) => watch::run(&options).map(|()| ExitCode::SUCCESS),
            Command::Baseline(BaselineCommand::Learn(options)) => baseline::learn(&options).map(|()| ExitCode::SUCCESS),
            Command::Baseline(BaselineCommand::Score(options)) => baseline::score(&options),
            Command::Diff(options) => diff::run(&options),
            Command::Calibrate(options) => calibrate::run(&options).map(|()| ExitCode::SUCCESS),
            Command::Digest(options) => digest::run(&options).map(|()| ExitCode::SUCCESS),
            Command::Ask(AskCommand::Plan(options)) => ask::plan(&options).map(|()| ExitCode::SUCCESS),
            Command::Ask(AskCommand::Apply(options)) => ask::apply(&options),
            Command::Redact(options) => redact::run(&options).map(|()| ExitCode::SUCCESS),
            Command::Index(options) => index::run(&options).map(|()| ExitCode::SUCCESS),
        },
        Err(error) => Err(Failure::of_options(&error)),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}
