//! What ends the program early, and how it is told: one line, and the exit code.

use std::io::{self, Write};
use std::path::Path;

use super::SUCCESS;
use super::report::ReportError;

/// Why the program ends before its work is done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Whoever read the output has enough (`drainrs mine x.log | head`): nothing to say, and no failure.
    Quiet,
    /// Something is wrong that the user can put right.
    Wrong(String),
    /// Help or version was asked for.
    Help(String),
}

/// The exit code of everything that is wrong.
const WRONG: u8 = 2;

impl Failure {
    /// With a sentence: lower case, no full stop.
    pub(crate) fn wrong(sentence: impl Into<String>) -> Failure {
        Failure::Wrong(sentence.into())
    }

    /// A file could not be read or written.
    pub(crate) fn file(verb: &str, path: &Path, error: &io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::Quiet;
        }
        Failure::Wrong(format!("cannot {verb} {}: {}", path.display(), reason(error)))
    }

    /// clap's answer, cut to what is wrong; the whole usage on a typo hides the typo.
    pub(crate) fn of_options(error: &clap::Error) -> Failure {
        if !error.use_stderr() {
            return Failure::Help(error.render().ansi().to_string());
        }
        let text = error.render().to_string();
        if !text.starts_with("error:") {
            return Failure::Wrong(
                "a command is missing: report, fit, mine, watch, baseline, diff, calibrate, digest, ask, redact or index; `drainrs --help` explains them".to_owned(),
            );
        }
        // The first paragraph says what is wrong, one that begins with `tip:` how to say it.
        let paragraphs = text.trim_start_matches("error:").split("\n\n").map(str::trim);
        let told = |paragraph: &&str| !paragraph.starts_with("Usage:") && !paragraph.starts_with("For more");
        Failure::Wrong(paragraphs.filter(told).collect::<Vec<_>>().join("; "))
    }

    /// Tells the user, and gives the exit code.
    pub(crate) fn tell(self) -> u8 {
        match self {
            Failure::Quiet => SUCCESS,
            Failure::Help(text) => {
                // Help that nobody reads is no failure.
                let _ = io::stdout().lock().write_all(without_style(&text).as_bytes());
                SUCCESS
            }
            Failure::Wrong(sentence) => {
                let line = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
                let _ = writeln!(io::stderr().lock(), "drainrs: {line}");
                WRONG
            }
        }
    }
}

/// Help keeps its bold type on a terminal only.
fn without_style(text: &str) -> String {
    if super::output::coloured() {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

/// What went wrong, without the number that Rust adds.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// From the output: reading wraps its errors itself, with the name of the file.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::Quiet;
        }
        Failure::Wrong(format!("cannot write the output: {}", reason(&error)))
    }
}

/// All problems of the settings, in one line.
impl From<crate::Error> for Failure {
    fn from(error: crate::Error) -> Failure {
        let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
        Failure::Wrong(problems.join("; "))
    }
}

/// A source by its name, settings with all their problems.
impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Failure {
        match error {
            ReportError::Read { name, error } => Failure::file("read", Path::new(&name), &error),
            ReportError::Settings(error) => Failure::from(error),
            ReportError::Stopped => Failure::Quiet,
        }
    }
}
