//! What a report is asked for: what to read, and what to show.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;

use thiserror::Error;

use crate::program::clock;
use crate::program::input::{Bar, Input};
use crate::program::lines::Lines;
use crate::{Level, PipelineConfig, Timestamp};

/// What a report is made of: a file, or another source of bytes with a name. Plain, gzip or Zstandard, told by the first bytes.
pub struct Source {
    name: String,
    place: Place,
}

enum Place {
    /// Whether a bar shows how far it is.
    Input(Input, bool),
    Reader(Box<dyn Read + Send>),
}

impl Source {
    /// A file; its path is its name.
    pub fn file(path: impl Into<PathBuf>) -> Source {
        Source::of(Input::File(path.into()), false)
    }

    /// Any source of bytes.
    pub fn reader(name: impl Into<String>, reader: Box<dyn Read + Send>) -> Source {
        Source { name: name.into(), place: Place::Reader(reader) }
    }

    /// The log that comes with the program.
    pub fn sample() -> Source {
        Source::of(Input::Sample, false)
    }

    /// An input of the command line.
    pub(crate) fn of(input: Input, with_bar: bool) -> Source {
        Source { name: input.path().display().to_string(), place: Place::Input(input, with_bar) }
    }

    /// What it is called in the report.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The present of its last line, by which missing years are filled in.
    pub(super) fn present(&self) -> Timestamp {
        match &self.place {
            Place::Input(input, _) => input.present(),
            Place::Reader(_) => clock::now(),
        }
    }

    /// Its lines, and the bar that they move as long as it is kept.
    pub(super) fn open(self) -> io::Result<(Lines, Option<Bar>)> {
        match self.place {
            Place::Input(input, with_bar) => input.lines(with_bar).map(|(lines, bar)| (lines, Some(bar))),
            Place::Reader(reader) => Lines::of(reader).map(|lines| (lines, None)),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a report shows, and with which settings its logs are read: the options of `drainrs report`.
///
/// ```
/// use drainrs::program::ReportRequest;
///
/// let mut request = ReportRequest::default();
/// request.top = Some(5);
/// request.config.parse.format = Some("syslog".to_owned());
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReportRequest {
    /// Only templates of this level and above; [`Level::Unknown`], the default, shows all.
    pub level: Level,
    /// So many templates besides the new errors; unless told, the text shows 20 and the document all.
    pub top: Option<usize>,
    /// The length of the series in the document; 60 by default. The text always draws 24.
    pub cells: usize,
    /// Only the events of a service, or of a logger where no service is named.
    pub service: Option<String>,
    /// Whether to look for anomalies; true by default. Then `config.detect`, or its defaults, says how.
    pub detect: bool,
    /// Which service depends on which: orders what moved together.
    pub topology: BTreeMap<String, Vec<String>>,
    /// How lines are read and mined.
    pub config: PipelineConfig,
}

/// The length of the series in the document.
const CELLS: usize = 60;

impl Default for ReportRequest {
    fn default() -> ReportRequest {
        ReportRequest {
            level: Level::default(),
            top: None,
            cells: CELLS,
            service: None,
            detect: true,
            topology: BTreeMap::new(),
            config: PipelineConfig::default(),
        }
    }
}

/// Why there is no report.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A source could not be read, or what is packed in it is damaged.
    #[error("cannot read {name}: {error}")]
    #[non_exhaustive]
    Read {
        /// The name of the source.
        name: String,
        /// What was wrong with it.
        #[source]
        error: io::Error,
    },
    /// Settings are wrong.
    #[error(transparent)]
    Settings(#[from] crate::Error),
    /// The host did not want to go on.
    #[error("stopped before the end")]
    Stopped,
}
