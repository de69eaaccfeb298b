//! The program `drainrs`: templates out of log files, on a terminal and for other programs.
//!
//! `report` shows what a log consists of and what was unusual in it, `fit` whether the miner fits it, `mine` writes a record per
//! line, `watch` follows a growing file and tells of every template that is born and of what is unusual, `baseline` learns what
//! is usual and judges by it, `diff` compares two logs, `calibrate` says what a threshold is worth. `digest` is the best so many
//! tokens about a log, `ask` prepares a question to a model and judges the answer, `redact` hides what is nobody's business, `index`
//! writes templates for a store. The rest of the library does the work; here are files, terminals, signals, threads and the clock,
//! which it knows nothing of: this module is a host like any other, uses what is public only, and is there with the feature `cli`.
//!
//! [`run`] is the whole program, for its executable and for a package in another language that offers the same commands.
//! [`report_of`] makes a report without a terminal, as data and as text; [`Lines`] reads files as the program reads them.
//!
//! What ends the program: success is 0, and so is a reader of the output that went away. Everything else (an option, a file,
//! a setting, a snapshot that is wrong) is one line on standard error, and 2. `fit --check`, `baseline
//! score --check` and `diff --fail-on` give 3 when they found something, `ask apply` when the answer must not be used, and 4 when it wrote the
//! question to be asked again.

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
mod lines;
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

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Parser;

use self::failure::Failure;
pub use self::lines::Lines;
use self::options::{AskCommand, BaselineCommand, Command, Options};
pub use self::report::{Report, ReportError, ReportRequest, Source, report_of, report_while};

/// The exit code of what went well.
const SUCCESS: u8 = 0;

/// Runs the program with its arguments, the first of which is its name, and gives its exit code.
///
/// Reads and writes the process's own standard input, output and error. `watch` listens for the signals that end a program
/// from then on, so a host that runs it should have nothing else to do.
///
/// ```
/// assert_eq!(drainrs::program::run(["drainrs".into(), "report".into(), "--no-such-option".into()]), 2);
/// ```
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let done = match Options::try_parse_from(arguments) {
        Ok(Options { command }) => obey(command),
        Err(error) => Err(Failure::of_options(&error)),
    };
    let code = done.unwrap_or_else(Failure::tell);
    // An executable would do it at its end, a host has none. Whoever could be told of a failure has gone away.
    let _ = io::stdout().lock().flush();
    code
}

/// The log that comes with the program: a web shop on the evening of a deploy.
pub fn sample() -> &'static [u8] {
    input::SAMPLE
}

/// Does what was asked for.
fn obey(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Fit(options) => return fit::run(&options),
        Command::Baseline(BaselineCommand::Score(options)) => return baseline::score(&options),
        Command::Diff(options) => return diff::run(&options),
        Command::Ask(AskCommand::Apply(options)) => return ask::apply(&options),
        Command::Report(options) => report::run(&options),
        Command::Mine(options) => mine::run(&options),
        Command::Watch(options) => watch::run(&options),
        Command::Baseline(BaselineCommand::Learn(options)) => baseline::learn(&options),
        Command::Calibrate(options) => calibrate::run(&options),
        Command::Digest(options) => digest::run(&options),
        Command::Ask(AskCommand::Plan(options)) => ask::plan(&options),
        Command::Redact(options) => redact::run(&options),
        Command::Index(options) => index::run(&options),
    }?;
    Ok(SUCCESS)
}
