//! What a desk says of tasks and answers, and what it counts.

use serde_json::Value;

use crate::prompt::{Accepted, Task, TaskKind, Verdict};
use crate::time::Timestamp;

/// What became of a task that was offered.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Offer {
    /// It waits for [`Desk::next`](super::Desk::next).
    Queued,
    /// It was answered lately: the answer again, with the task that it answered, whose ids and placeholders it uses.
    Cached(Box<Cached>),
    /// It waits or is asked already.
    Repeated,
    /// It does not wait.
    Refused(Refusal),
}

/// Why a task does not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// As many wait as may, and all are worth more.
    Full,
    /// It expired before it was offered.
    Expired,
    /// The whole budget of a day has no room for it.
    TooDear,
    /// An answer about the same did not come, or was refused in the end: it is too early to ask again.
    Resting,
    /// It lacks what stays in the host, see [`Task::save`].
    Incomplete,
}

/// An answer that is given again.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Cached {
    /// What was asked then, without its texts: what its placeholders stand for, and the texts that the answer names by their ids.
    pub task: Task,
    /// What was answered.
    pub accepted: Accepted,
}

/// What became of a task: of its answer, or that none came.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Answered {
    /// The task as it was asked.
    pub task: Task,
    /// The verdict; `None` if no answer came in time.
    pub verdict: Option<Verdict>,
    /// The task to be asked instead, if the answer was refused and may be repaired.
    pub repair: Option<Task>,
    /// The answer by rules, if there will be none by the model.
    pub fallback: Option<Value>,
    /// Whether the same was answered within `repeat_ns`: no news.
    pub repeated: bool,
}

impl Answered {
    /// Whether the model has said what it can: an answer that may be used, or none of its rounds was.
    pub(crate) fn is_settled(&self) -> bool {
        match self.verdict {
            Some(Verdict::Accepted(_)) => true,
            Some(Verdict::Rejected(_)) => self.repair.is_none(),
            _ => false,
        }
    }
}

/// What somebody thinks of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Thumb {
    Up,
    Down,
}

/// Feedback on an answer: a labelled example.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Feedback {
    /// When it was given.
    pub at: Timestamp,
    /// What was asked.
    pub kind: TaskKind,
    /// The task.
    pub task: String,
    /// What was sent: system, instruction and data.
    pub input: String,
    /// What was answered, by the model or by rules.
    pub answer: Value,
    /// What somebody thinks of it.
    pub thumb: Thumb,
    /// Who.
    pub by: String,
    /// Why; may be empty.
    pub comment: String,
}

/// What has been counted.
///
/// `offered == queued + cached + repeated + refused`, `queued == handed_out + made_room + expired_waiting + waiting`, and
/// `handed_out + repairs == accepted + rejected + stale + lost + open`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the sums above say what each is")]
pub struct DeskCounters {
    pub offered: u64,
    pub queued: u64,
    pub cached: u64,
    pub repeated: u64,
    pub refused: u64,
    pub made_room: u64,
    pub expired_waiting: u64,
    pub handed_out: u64,
    pub repairs: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub stale: u64,
    pub lost: u64,
    /// How often [`Desk::next`](super::Desk::next) gave nothing because the day's budget had no room for anything that waits.
    pub over_budget: u64,
    /// Answers to tasks that are not waited for.
    pub unknown: u64,
    /// Feedback that made room.
    pub dropped_feedback: u64,
}
