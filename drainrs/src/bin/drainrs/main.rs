//! The program `drainrs`: templates out of log files, on a terminal and for other programs.
//!
//! `report` shows what a log consists of, `fit` whether the miner fits it, `mine` writes a record per line, `watch` follows a growing file and tells of every
//! template that is born. The library does the work; here are files, terminals, signals and the clock, which it knows nothing
//! of.
//!
//! What ends the program: success is 0, and so is a reader of the output that went away. Everything else (an option, a file,
//! a setting, a snapshot that is wrong) is one line on standard error, and 2. `fit --check` gives 3 when it found something.
#![forbid(unsafe_code)]

mod ahead;
mod clock;
mod failure;
mod fit;
mod input;
mod mine;
mod options;
mod output;
mod progress;
mod report;
mod settings;
mod style;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use failure::Failure;
use options::{Command, Options};

fn main() -> ExitCode {
    let done = match Options::try_parse() {
        Ok(Options { command }) => match command {
            Command::Report(options) => report::run(&options).map(|()| ExitCode::SUCCESS),
            Command::Fit(options) => fit::run(&options),
            Command::Mine(options) => mine::run(&options).map(|()| ExitCode::SUCCESS),
            Command::Watch(options) => watch::run(&options).map(|()| ExitCode::SUCCESS),
        },
        Err(error) => Err(Failure::of_options(&error)),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}
