//! Where lines come from: files, standard input, the sample; with a progress bar, and failures that name what was read.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use super::clock;
use super::failure::Failure;
use super::lines::{Lines, open_file};
use super::progress::{self, Counted};
use crate::Timestamp;

/// A web shop on the evening of a deploy; written by `sample.py`.
pub(super) const SAMPLE: &[u8] = include_bytes!("sample.log");

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    File(PathBuf),
    Stdin,
    /// The log that is part of the program.
    Sample,
}

impl Input {
    /// As named on the command line: `-` is standard input.
    pub(crate) fn named(path: &Path) -> Input {
        if path == Path::new("-") { Input::Stdin } else { Input::File(path.to_path_buf()) }
    }

    /// The path to show in messages.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Input::File(path) => path,
            Input::Stdin => Path::new("standard input"),
            Input::Sample => Path::new("sample.log"),
        }
    }

    /// The bare name, from which names of output files are made; without what tells of compression.
    pub(crate) fn name(&self) -> String {
        let path = match self {
            Input::File(path) => path,
            Input::Stdin => Path::new("stdin"),
            Input::Sample => self.path(),
        };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let plain = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
        plain.filter(|plain| !plain.is_empty()).map_or(name.clone(), str::to_owned)
    }

    /// The present of its last line, by which missing years are filled in: when a file was last written.
    pub(crate) fn present(&self) -> Timestamp {
        let now = clock::now();
        let Input::File(path) = self else { return now };
        let written = path.metadata().and_then(|about| about.modified());
        written.map_or(now, |written| clock::of_system(written).min(now))
    }

    /// Opens it; with a progress bar unless that would stand in the way of the output.
    pub(crate) fn open(&self, with_bar: bool) -> Result<LineReader, Failure> {
        let path = self.path().to_path_buf();
        match self.lines(with_bar) {
            Ok((lines, bar)) => Ok(LineReader { lines, _bar: bar, path }),
            Err(error) => Err(Failure::file("read", &path, &error)),
        }
    }

    /// Its lines, and the bar that they move.
    pub(crate) fn lines(&self, with_bar: bool) -> io::Result<(Lines, Bar)> {
        let (source, bar): (Box<dyn Read + Send>, ProgressBar) = match self {
            Input::File(path) => {
                let file = open_file(path)?;
                let about = file.metadata()?;
                (Box::new(file), progress::bar(with_bar, about.is_file().then_some(about.len())))
            }
            Input::Stdin => (Box::new(io::stdin()), progress::bar(with_bar, None)),
            Input::Sample => (Box::new(SAMPLE), ProgressBar::hidden()),
        };
        let lines = Lines::of(Box::new(Counted::new(source, bar.clone())))?;
        Ok((lines, Bar(bar)))
    }
}

/// A bar that goes away with its input.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Lines of an input, whose failures name it.
#[derive(Debug)]
pub(crate) struct LineReader {
    lines: Lines,
    /// Only to be dropped with the lines.
    _bar: Bar,
    path: PathBuf,
}

impl LineReader {
    /// As [`Lines::next_line`].
    pub(crate) fn next_line(&mut self) -> Result<Option<&[u8]>, Failure> {
        let LineReader { lines, path, .. } = self;
        lines.next_line().map_err(|error| Failure::file("read", path, &error))
    }
}
