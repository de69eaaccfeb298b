//! Judging an answer: size, JSON, schema, meaning, in this order; the first that fails says why.

mod extract;
mod header;
mod meaning;
mod reason;
mod strict;
mod validate;

use serde_json::Value;

pub(crate) use header::HeaderPattern;
pub use reason::{Note, Reason, ReasonCode};

use self::meaning::Meaning;
use super::task::Task;
use crate::error::Problems;
use crate::id::{ContentId, TemplateId};
use crate::time::Timestamp;

/// What an answer must keep to.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JudgeLimits {
    /// The most bytes of an answer. Default 256 KiB.
    pub max_answer_bytes: usize,
    /// The share of the sample lines that a header pattern must read. Default 0.95.
    pub min_parse_share: f64,
    /// Below this confidence an answer is not acted on, 0 to 1. Default 0.7.
    pub min_confidence: f64,
}

impl Default for JudgeLimits {
    fn default() -> JudgeLimits {
        JudgeLimits { max_answer_bytes: 256 << 10, min_parse_share: 0.95, min_confidence: 0.7 }
    }
}

impl JudgeLimits {
    pub(crate) fn check(&self, path: &str, problems: &mut Problems) {
        problems.require(self.max_answer_bytes >= 2, &format!("{path}.max_answer_bytes"), || {
            format!("must be at least 2, got {}", self.max_answer_bytes)
        });
        for (name, share) in [("min_parse_share", self.min_parse_share), ("min_confidence", self.min_confidence)] {
            problems.require((0.0..=1.0).contains(&share), &format!("{path}.{name}"), || {
                format!("must be a share from 0 to 1, got {share}")
            });
        }
    }
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// It may be used.
    Accepted(Accepted),
    /// It must not be used.
    Rejected(Rejected),
    /// It came too late.
    Stale(Stale),
}

/// An answer that may be used.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Accepted {
    /// What it says, with placeholders; see [`Task::restore_value`].
    pub value: Value,
    /// What is worth knowing.
    pub notes: Vec<Note>,
    /// The least confidence that it states; `None` if it states none.
    pub confidence: Option<f64>,
    /// Whether that reaches [`JudgeLimits::min_confidence`]. What states none is not sure.
    pub sure: bool,
}

/// An answer that must not be used.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Rejected {
    /// Everything that is wrong, at most 20 things.
    pub reasons: Vec<Reason>,
}

/// Why an answer came too late.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "why", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stale {
    /// The task expired.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// A template that it is about is gone.
    TemplateGone {
        /// Which.
        template: TemplateId,
    },
    /// A template that it is about reads differently now.
    TemplateChanged {
        /// Which.
        template: TemplateId,
    },
}

/// What templates are at present: `None` for those that are gone.
pub type CurrentTemplates<'a> = &'a dyn Fn(TemplateId) -> Option<ContentId>;

/// Judges an answer to a task at `now`. Total: any bytes will do. Linear in the answer, times the texts that were sent for each
/// quotation.
///
/// Checked in this order: whether the task still stands; the size; UTF-8 and one JSON object, alone or with prose around it; the
/// schema; what a schema cannot say (evidence, ids, names, patterns).
pub fn judge(
    task: &Task,
    answer: &[u8],
    now: Timestamp,
    limits: &JudgeLimits,
    current: CurrentTemplates<'_>,
) -> Verdict {
    if let Some(stale) = stale(task, now, current) {
        return Verdict::Stale(stale);
    }
    let rejected = |reasons: Vec<Reason>| Verdict::Rejected(Rejected { reasons });
    let schema = &task.kept.checks;
    if !schema.is_object() || task.subject().is_none() {
        let message = "the task lacks what stays in the host; keep it with `Task::save` and read it with `Task::load`";
        return rejected(vec![Reason::new(ReasonCode::IncompleteTask, "", message)]);
    }
    if answer.len() > limits.max_answer_bytes {
        let message = format!("the answer has {} bytes, at most {} are read", answer.len(), limits.max_answer_bytes);
        return rejected(vec![Reason::new(ReasonCode::TooLarge, "", message)]);
    }
    let Ok(text) = std::str::from_utf8(answer) else {
        return rejected(vec![Reason::new(ReasonCode::NotUtf8, "", "the answer is not UTF-8")]);
    };
    let read = extract::object(text).and_then(|(object, notes)| strict::read(object).map(|value| (value, notes)));
    let (value, notes) = match read {
        Ok(read) => read,
        Err(reason) => return rejected(vec![reason]),
    };
    let mut reasons = Vec::new();
    validate::validate(&value, schema, "", &mut reasons);
    if !reasons.is_empty() {
        return rejected(reasons);
    }
    let mut meaning = Meaning::new(task, limits, notes);
    meaning.look(&value, schema, "");
    if !meaning.reasons.is_empty() {
        return rejected(meaning.reasons);
    }
    let confidence = meaning.confidence;
    let sure = confidence.is_some_and(|confidence| confidence >= limits.min_confidence);
    Verdict::Accepted(Accepted { value, notes: meaning.notes, confidence, sure })
}

fn stale(task: &Task, now: Timestamp, current: CurrentTemplates<'_>) -> Option<Stale> {
    if now > task.expires_at {
        return Some(Stale::Expired { at: task.expires_at });
    }
    task.kept.depends_on.iter().find_map(|&(template, content)| match current(template) {
        None => Some(Stale::TemplateGone { template }),
        Some(now) if now != content => Some(Stale::TemplateChanged { template }),
        Some(_) => None,
    })
}
