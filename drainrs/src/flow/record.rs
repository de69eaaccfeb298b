//! A parsed line: the fields of its header, and its message.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::Level;
use crate::text::Lossy;
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
/// In documents the texts are text; what is not UTF-8 is replaced.
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

// By hand: a derived one would have to be told of every text that it is text.
impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("Record", 18)?;
        record.serialize_field("at", &self.at)?;
        record.serialize_field("zone_assumed", &self.zone_assumed)?;
        record.serialize_field("date_assumed", &self.date_assumed)?;
        record.serialize_field("level", &self.level)?;
        record.serialize_field("level_inferred", &self.level_inferred)?;
        record.serialize_field("service", &self.service.map(Lossy))?;
        record.serialize_field("host", &self.host.map(Lossy))?;
        record.serialize_field("process", &self.process.map(Lossy))?;
        record.serialize_field("thread", &self.thread.map(Lossy))?;
        record.serialize_field("logger", &self.logger.map(Lossy))?;
        record.serialize_field("source", &self.source.map(Lossy))?;
        record.serialize_field("stream", &self.stream.map(Lossy))?;
        record.serialize_field("trace", &self.trace.map(Lossy))?;
        record.serialize_field("span", &self.span.map(Lossy))?;
        record.serialize_field("message", &Lossy(self.message))?;
        record.serialize_field("message_start", &self.message_start)?;
        record.serialize_field("format", &self.format)?;
        record.serialize_field("parsed", &self.parsed)?;
        record.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_all_fields_and_the_bytes_as_text() {
        let record = Record { host: Some(b"h\xffst"), message: b"up", format: "raw", ..Record::default() };
        let document = serde_json::to_value(&record).unwrap();
        // `Debug` is derived, so it lists every field.
        let shown = format!("{record:#?}");
        for line in shown.lines().filter_map(|line| line.strip_prefix("    ")) {
            if let Some((field, _)) = line.split_once(": ").filter(|(field, _)| !field.starts_with(' ')) {
                assert!(document.get(field).is_some(), "{field} is missing");
            }
        }
        assert_eq!(document["host"], "h\u{fffd}st");
        assert_eq!(document["message"], "up");
        assert!(document["thread"].is_null() && document["level"] == "unknown" && document["parsed"] == "raw");
    }
}
