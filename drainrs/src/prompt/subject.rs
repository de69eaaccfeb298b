//! What a task is about: plain data, redacted before it comes here.

use crate::flow::{Level, Priority, ScoreKind};
use crate::id::{ContentId, TemplateId};
use crate::time::Timestamp;

/// A log event as it is shown.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct ShownLine {
    /// The number of its first line in the stream, from 1; 0 where it is not known.
    pub number: u64,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// How severe it says it is.
    pub level: Level,
    /// Who wrote it; empty where nobody is named.
    pub service: String,
    /// Its text.
    pub text: String,
}

/// A template as it is shown.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ShownTemplate {
    /// Its number inside the miner.
    pub template: TemplateId,
    /// What it was when the task was made.
    pub content: ContentId,
    /// The service that writes it most; empty where none is named.
    pub service: String,
    /// The greatest severity among its events.
    pub level: Level,
    /// Its text.
    pub text: String,
    /// Its events in the window.
    pub count: u64,
    /// How many are usual in a window; `None` where nothing is known.
    pub usual: Option<f64>,
    /// The first event of all.
    pub first_seen: Option<Timestamp>,
    /// The last event.
    pub last_seen: Option<Timestamp>,
    /// The number of the first line in the stream, from 1.
    pub first_line: u64,
    /// Whether it was born in the window.
    pub is_new: bool,
    /// How severe what was noticed about it is, 0 to 1.
    pub anomaly: f64,
    /// What was noticed about it; empty where nothing was.
    pub reason: String,
    /// Some of its events.
    pub examples: Vec<String>,
    /// Its rank: what is greater is shown first.
    pub value: f64,
}

/// Something that was noticed.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Notice {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: ScoreKind,
    /// How urgent.
    pub priority: Priority,
    /// The service; empty where none is named.
    pub service: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The template, if one is meant.
    pub template: Option<TemplateId>,
    /// The text of the template, or the line.
    pub text: String,
}

/// A place for values in a template.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The class of its values, such as `NUM`.
    pub class: String,
    /// Some of its values, each in the same order of events.
    pub values: Vec<String>,
}

/// What a task is about.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "subject", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// A window of time, or a whole file.
    Window {
        /// The first and the last time in it.
        span: Option<(Timestamp, Timestamp)>,
        /// How many events it has, those below the least level included.
        events: u64,
        /// How many templates they have.
        templates: u64,
        /// Those to be shown, of which some may not fit.
        shown: Vec<ShownTemplate>,
        /// What was noticed.
        notices: Vec<Notice>,
    },
    /// Templates without labels.
    Templates {
        /// The templates.
        shown: Vec<ShownTemplate>,
    },
    /// One thing that was noticed.
    Anomaly {
        /// What.
        notice: Notice,
        /// The line that it is about, if there is one.
        line: Option<ShownLine>,
        /// The lines before it, in the order of time.
        context: Vec<ShownLine>,
        /// The nearest templates that are usual, the nearest first.
        normal: Vec<ShownTemplate>,
    },
    /// What moved together.
    Cause {
        /// The first and the last movement.
        span: (Timestamp, Timestamp),
        /// What moved, in the order of time.
        steps: Vec<Notice>,
        /// Who may have been first, in sentences, the best first.
        candidates: Vec<String>,
        /// Which service depends on which.
        depends: Vec<(String, Vec<String>)>,
    },
    /// Lines of a short time.
    Batch {
        /// The lines, in the order of time.
        lines: Vec<ShownLine>,
    },
    /// Lines whose header nobody reads.
    Header {
        /// Some of them.
        lines: Vec<ShownLine>,
        /// Lines that a pattern must read, and lines that it must not read: as they are, not redacted. They are never sent.
        samples: Samples,
    },
    /// The parameters of a template.
    Parameters {
        /// The template.
        shown: ShownTemplate,
        /// Its places, in the order of the text.
        places: Vec<Place>,
    },
}

/// What a pattern is tried on. Stays in the host.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Samples {
    /// Lines that it must read.
    pub must: Vec<String>,
    /// Lines that it must not read.
    pub must_not: Vec<String>,
}

// The lines are not redacted: they do not belong into anybody's debug output.
impl std::fmt::Debug for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Samples({} lines, {} others)", self.must.len(), self.must_not.len())
    }
}
