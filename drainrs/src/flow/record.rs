//! A parsed line: the fields of its header, and its message.

use super::Level;
use crate::time::Timestamp;

/// How well a line was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Parsed {
    /// Not at all: the whole line is the message.
    #[default]
    Raw,
    /// By the generic header parser: a time or level was found and the rest guessed.
    Generic,
    /// By a known format.
    Exact,
}

/// A parsed line. Every text is a slice of the line, or of the parser's scratch where the line had escapes.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Record<'a> {
    /// When the line was written, as it says itself.
    pub at: Option<Timestamp>,
    /// Whether the line names no zone, so that the configured one was taken.
    pub zone_assumed: bool,
    /// Whether the line names no year or no date, so that the nearest past one was taken.
    pub date_assumed: bool,
    /// The severity.
    pub level: Level,
    /// Whether the severity was found in the message's words instead of a field of its own.
    pub level_inferred: bool,
    /// The program, application or component.
    pub service: Option<&'a [u8]>,
    /// The host or node.
    pub host: Option<&'a [u8]>,
    /// The process id.
    pub process: Option<&'a [u8]>,
    /// The thread, connection or request context.
    pub thread: Option<&'a [u8]>,
    /// The logger, class or module.
    pub logger: Option<&'a [u8]>,
    /// The place in the source, `file:line`.
    pub source: Option<&'a [u8]>,
    /// The stream of a container: `stdout` or `stderr`.
    pub stream: Option<&'a [u8]>,
    /// The trace id.
    pub trace: Option<&'a [u8]>,
    /// The span id.
    pub span: Option<&'a [u8]>,
    /// What the line says: what templates are made of.
    pub message: &'a [u8],
    /// The offset of the message in the line; `None` when it had to be unescaped.
    pub message_start: Option<u32>,
    /// The name of the format that fitted: `syslog3164`, `json`, a user's name, `generic`, `raw`.
    pub format: &'a str,
    /// How well the line was understood.
    pub parsed: Parsed,
}
