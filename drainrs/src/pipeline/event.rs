//! What the pipeline gives.

use crate::flow::{Change, Level, Record};
use crate::id::TemplateId;
use crate::mine::Hit;
use crate::time::Timestamp;

/// Why an event was not mined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SkipReason {
    /// Its level is below `filter.min_level`.
    BelowLevel,
    /// It was thinned out in a surge.
    Surge,
}

/// What became of an event.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// It was mined.
    Mined(Hit<'a>),
    /// It was left out, and counted.
    Skipped(SkipReason),
}

impl Outcome<'_> {
    /// The template, if the event was mined.
    pub fn template(&self) -> Option<TemplateId> {
        match self {
            Outcome::Mined(hit) => Some(hit.template),
            Outcome::Skipped(_) => None,
        }
    }

    /// What the event did to its template, if it was mined.
    pub fn change(&self) -> Option<Change> {
        match self {
            Outcome::Mined(hit) => Some(hit.change),
            Outcome::Skipped(_) => None,
        }
    }
}

/// One log event. Everything is borrowed until the next call on the pipeline.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The number of its first line in the stream, from 0.
    pub first_line: u64,
    /// How many lines it has.
    pub lines: u32,
    /// Whether it was cut at a limit of the joiner.
    pub truncated: bool,
    /// The raw text, lines joined by `\n`.
    pub text: &'a [u8],
    /// Its header fields and message.
    pub record: Record<'a>,
    /// What was mined: the message, or for a stack trace its summary. The spans of the hit's parameters lie in it.
    pub mined: &'a [u8],
    /// What became of it.
    pub outcome: Outcome<'a>,
}

/// The events of a batch as columns, one entry per event.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct EventColumns {
    /// The number of each event's first line in the stream.
    pub first_lines: Vec<u64>,
    /// How many lines each has.
    pub lines: Vec<u32>,
    /// Event times.
    pub at: Vec<Option<Timestamp>>,
    /// Levels.
    pub levels: Vec<Level>,
    /// Templates; `None` where the event was skipped.
    pub templates: Vec<Option<TemplateId>>,
    /// What each event did to its template; `None` where it was skipped.
    pub changes: Vec<Option<Change>>,
}

impl EventColumns {
    /// Without entries.
    pub fn new() -> EventColumns {
        EventColumns::default()
    }

    /// The number of events.
    pub fn len(&self) -> usize {
        self.first_lines.len()
    }

    /// Whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.first_lines.is_empty()
    }

    /// Forgets the entries, keeps the memory.
    pub fn clear(&mut self) {
        self.first_lines.clear();
        self.lines.clear();
        self.at.clear();
        self.levels.clear();
        self.templates.clear();
        self.changes.clear();
    }

    /// Appends an event.
    pub fn push(&mut self, event: &Event<'_>) {
        self.first_lines.push(event.first_line);
        self.lines.push(event.lines);
        self.at.push(event.record.at);
        self.levels.push(event.record.level);
        self.templates.push(event.outcome.template());
        self.changes.push(event.outcome.change());
    }
}
