//! Settings of the desk.

use crate::error::Problems;
use crate::prompt::TaskKind;
use crate::time::NANOS_PER_SECOND;

/// The most of anything that is kept.
const MOST: usize = 1_000_000;

/// Settings of a [`Desk`](super::Desk).
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeskConfig {
    /// For so long a summary of the same templates is not asked again, in nanoseconds. Default 5 min.
    pub summary_ttl_ns: i64,
    /// The same for all other kinds. Default 1 h.
    pub ttl_ns: i64,
    /// For so long the same answer is not news, in nanoseconds. Default 15 min.
    pub repeat_ns: i64,
    /// After so long a topic is asked about again whose answer did not come, in nanoseconds; twice as long each time, up to
    /// `ttl_ns`. Default 1 min.
    pub retry_ns: i64,
    /// How often a refused answer is asked for again. Default 1.
    pub max_repairs: u32,
    /// The most tasks of a day (UTC), repairs included. Default 500.
    pub tasks_per_day: u64,
    /// The most tokens of a day, at their bounds: input and output. Default 5 million.
    pub tokens_per_day: u64,
    /// The most tasks that wait; the least valuable makes room. Default 64.
    pub max_waiting: usize,
    /// The most tasks whose answers are waited for. Default 32.
    pub max_open: usize,
    /// The most answers that are kept to be given again. Default 256.
    pub max_cached: usize,
    /// The most answered tasks that are kept, for feedback on them. Default 64.
    pub max_answered: usize,
    /// The most pieces of feedback; the oldest makes room and is counted. Default 1,000.
    pub max_feedback: usize,
}

impl Default for DeskConfig {
    fn default() -> DeskConfig {
        DeskConfig {
            summary_ttl_ns: 5 * 60 * NANOS_PER_SECOND,
            ttl_ns: 3600 * NANOS_PER_SECOND,
            repeat_ns: 15 * 60 * NANOS_PER_SECOND,
            retry_ns: 60 * NANOS_PER_SECOND,
            max_repairs: 1,
            tasks_per_day: 500,
            tokens_per_day: 5_000_000,
            max_waiting: 64,
            max_open: 32,
            max_cached: 256,
            max_answered: 64,
            max_feedback: 1_000,
        }
    }
}

impl DeskConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        let times = [
            ("summary_ttl_ns", self.summary_ttl_ns),
            ("ttl_ns", self.ttl_ns),
            ("repeat_ns", self.repeat_ns),
            ("retry_ns", self.retry_ns),
        ];
        for (name, nanos) in times {
            problems.require(nanos >= 0, &format!("desk.{name}"), || {
                format!("{nanos} is negative; write a time in nanoseconds, or 0 for none")
            });
        }
        let limits = [
            ("max_waiting", self.max_waiting, 1),
            ("max_open", self.max_open, 1),
            ("max_cached", self.max_cached, 0),
            ("max_answered", self.max_answered, 0),
            ("max_feedback", self.max_feedback, 0),
        ];
        for (name, value, least) in limits {
            problems.require((least..=MOST).contains(&value), &format!("desk.{name}"), || {
                format!("must be from {least} to {MOST}, got {value}")
            });
        }
    }

    pub(super) fn ttl(&self, kind: TaskKind) -> i64 {
        if kind == TaskKind::SummariseWindow { self.summary_ttl_ns } else { self.ttl_ns }
    }
}
