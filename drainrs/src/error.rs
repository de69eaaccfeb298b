//! The one error of the library.
//!
//! Building a machine can fail, running it cannot: a log line never causes an [`Error`]. An error lists **all** problems
//! that were found, each with a stable number ([`ErrorKind`]), the path of the setting, and a sentence that shows the value
//! and the remedy. The C library and the Python package carry the same numbers.

use std::fmt;

/// What kind of thing went wrong. The numbers are part of the interface: they are never changed or reused. So are the names
/// that stand for them in documents: `config`, `snapshot_version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[repr(u32)]
pub enum ErrorKind {
    /// A setting is unknown, missing, of the wrong type or out of its range.
    Config = 100,
    /// A pattern (a mask, a format) does not compile.
    Pattern = 101,
    /// A value is larger than a fixed limit of the library.
    Limit = 102,
    /// A snapshot is damaged, truncated or not a snapshot.
    Snapshot = 200,
    /// A snapshot was written by a format version that this library does not know.
    SnapshotVersion = 201,
    /// A snapshot was taken under other settings than the ones given.
    SnapshotConfig = 202,
    /// What should be a saved task is none.
    Task = 300,
    /// The part that was asked for is not compiled in. No call needs one yet: what a feature adds is not there without it.
    Feature = 900,
}

impl ErrorKind {
    /// The stable number, the same in every language.
    pub fn code(self) -> u32 {
        self as u32
    }
}

/// One thing that is wrong: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("{path}: {message}")]
#[non_exhaustive]
pub struct Problem {
    /// The kind, with its stable number.
    pub kind: ErrorKind,
    /// The path of the setting (`normalize.masks[3].pattern`), or the place in the input.
    pub path: String,
    /// A sentence that shows the value and the remedy; lower case, no full stop.
    pub message: String,
}

/// Everything that was wrong, in the order of the settings. Two words wide, `Clone`, `Send`, `Sync`.
///
/// # Example: all problems at once
///
/// ```
/// use drainrs::{Miner, MinerConfig, ErrorKind};
///
/// let mut config = MinerConfig::default();
/// config.mine.depth = 1;
/// config.mine.similarity_threshold = 7.0;
/// let error = Miner::build(&config).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// assert_eq!(error.problems().len(), 2);
/// assert_eq!(error.path(), "mine.depth");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    // Never empty, see `Problems::finish`.
    problems: Box<[Problem]>,
}

impl Error {
    /// An error with a single problem.
    pub(crate) fn new(kind: ErrorKind, path: impl Into<String>, message: impl Into<String>) -> Error {
        Error { problems: Box::new([Problem { kind, path: path.into(), message: message.into() }]) }
    }

    /// The kind of the first problem.
    pub fn kind(&self) -> ErrorKind {
        self.problems.first().map_or(ErrorKind::Config, |p| p.kind)
    }

    /// The path of the first problem.
    pub fn path(&self) -> &str {
        self.problems.first().map_or("", |p| p.path.as_str())
    }

    /// All problems, at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.problems {
            [only] => write!(f, "{only}"),
            many => {
                write!(f, "{} problems:", many.len())?;
                many.iter().try_for_each(|p| write!(f, "\n  {p}"))
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {}

/// Collects problems while a configuration is checked, so that the user sees all of them in one go.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Notes a problem.
    pub(crate) fn add(&mut self, kind: ErrorKind, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { kind, path: path.into(), message: message.into() });
    }

    /// Notes a problem of kind [`ErrorKind::Config`] unless `ok`.
    pub(crate) fn require(&mut self, ok: bool, path: &str, message: impl FnOnce() -> String) {
        if !ok {
            self.add(ErrorKind::Config, path, message());
        }
    }

    /// Takes over the problems of an error, below a path prefix.
    pub(crate) fn absorb(&mut self, prefix: &str, error: Error) {
        for problem in error.problems {
            let path = if prefix.is_empty() { problem.path } else { format!("{prefix}.{}", problem.path) };
            self.0.push(Problem { path, ..problem });
        }
    }

    /// An error if anything was noted.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error { problems: self.0.into_boxed_slice() }) }
    }
}
