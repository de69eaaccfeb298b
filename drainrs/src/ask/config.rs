//! Settings of the asker: one field per part.

use crate::correlate::CorrelateConfig;
use crate::error::Problems;
use crate::prompt::{DeskConfig, PromptConfig};
use crate::redact::RedactConfig;
use crate::time::NANOS_PER_SECOND;

/// Settings of an [`Asker`](super::Asker).
///
/// ```
/// let config: drainrs::ask::AskConfig = toml::from_str(r#"
///     [prompt]
///     notes = ["background jobs every 5 minutes are normal"]
///     [desk]
///     tasks_per_day = 100
/// "#).unwrap();
/// assert_eq!(config.desk.tasks_per_day, 100);
/// ```
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AskConfig {
    /// What is remembered of the stream.
    pub journal: JournalConfig,
    /// What is hidden before anything is shown.
    pub redact: RedactConfig,
    /// What tasks look like.
    pub prompt: PromptConfig,
    /// How often and for how much is asked.
    pub desk: DeskConfig,
    /// What counts as moved together, for root causes; with the dependencies of services.
    pub correlate: CorrelateConfig,
}

/// What is remembered of a stream, for asking about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JournalConfig {
    /// The length of a window in nanoseconds, in event time; 0 takes all that is seen for one. Default 5 min.
    pub window_ns: i64,
    /// The most templates that are remembered; beyond it those of the least rank make room. Default 5,000.
    pub max_templates: usize,
    /// The most bytes of a line that are remembered. Default 4,096.
    pub max_line_bytes: usize,
    /// How many lines of a service are remembered, as context of what is noticed. Default 50.
    pub ring_lines: usize,
    /// The most services with a ring of their own; the others share one. Default 64.
    pub max_services: usize,
    /// The most things noticed that are remembered; the oldest makes room. Default 64.
    pub max_notices: usize,
    /// What was noticed longer ago than this, in nanoseconds of event time, is not asked about any more; 0 for never. Default 24 h. Does
    /// not matter where all is one window.
    pub keep_ns: i64,
    /// A batch is over after this time in nanoseconds, in event time, once it has enough lines. Default 1 min.
    pub batch_ns: i64,
    /// The most batches that wait to be asked about; the most harmless makes room and is counted. Default 4.
    pub max_batches: usize,
    /// The least level of the lines of a batch. Default unknown: all lines.
    pub batch_level: crate::flow::Level,
    /// The most lines without a header that are remembered, and the most with one, to try patterns on. Default 200.
    pub max_header_samples: usize,
}

impl Default for JournalConfig {
    fn default() -> JournalConfig {
        JournalConfig {
            window_ns: 300 * NANOS_PER_SECOND,
            max_templates: 5_000,
            max_line_bytes: 4_096,
            ring_lines: 50,
            max_services: 64,
            max_notices: 64,
            keep_ns: 24 * 3600 * NANOS_PER_SECOND,
            batch_ns: 60 * NANOS_PER_SECOND,
            max_batches: 4,
            batch_level: crate::flow::Level::Unknown,
            max_header_samples: 200,
        }
    }
}

impl JournalConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require(self.window_ns >= 0, "journal.window_ns", || {
            format!("{} is negative; write a time in nanoseconds, or 0 for one window of all", self.window_ns)
        });
        problems.require(self.batch_ns > 0, "journal.batch_ns", || {
            format!("must be a time in nanoseconds above 0, got {}", self.batch_ns)
        });
        problems.require(self.keep_ns >= 0, "journal.keep_ns", || {
            format!("{} is negative; write a time in nanoseconds, or 0 for no end", self.keep_ns)
        });
        let limits = [
            ("max_templates", self.max_templates, 16, 1_000_000),
            ("max_line_bytes", self.max_line_bytes, 64, 1 << 20),
            ("max_notices", self.max_notices, 1, 10_000),
            ("max_services", self.max_services, 1, 100_000),
            ("ring_lines", self.ring_lines, 0, 10_000),
            ("max_batches", self.max_batches, 0, 10_000),
            ("max_header_samples", self.max_header_samples, 0, 10_000),
        ];
        for (name, value, least, most) in limits {
            problems.require((least..=most).contains(&value), &format!("journal.{name}"), || {
                format!("must be from {least} to {most}, got {value}")
            });
        }
    }
}
