//! Asking a model, without talking to it: tasks go out, answers come in and are judged.
//!
//! **Takes** what is known of a stream as a [`Subject`], its texts redacted; and later the bytes of an answer. **Gives** a
//! [`Task`]: a system part, an instruction, a DATA part, the JSON Schema of the answer, and bounds; and a [`Verdict`] on the
//! answer. **Promises**: no socket, no key, no clock; the same subject and settings give the same bytes; no task is larger
//! than its [`Budget`], and what was left out is said; log text stands in the DATA part only, between delimiters that do not
//! occur in it; an answer is used only after it was judged, and losing the model loses nothing: the rules have an answer of their own
//! ([`fallback`]). **Costs**: linear in what is shown, per task; nothing per line.
//!
//! # Trust
//!
//! Log text is written by strangers, and so are templates, which are made of it. Both are data, never instructions: they stand on
//! lines that begin with our own words, nothing in them is invisible, and a text that speaks to a model is told
//! ([`Task::suspicious`]). None of this makes a model deaf. What makes its answer harmless is the judgement: evidence must have been
//! sent, sets are closed, patterns are tried, and what acts on an answer is the host, by its [`guard`](crate::guard).
//!
//! # Schemas
//!
//! Each kind has a ready schema; [`PromptConfig::schemas`] replaces it. Heeded are `type` (also a list), `enum`, `const`,
//! `properties`, `required`, `additionalProperties` (true or false), `items`, `minItems`, `maxItems`, `minLength`, `maxLength`, `minimum`,
//! `maximum`; anything else is refused when settings are built. `x-check` asks for more, and is not sent: `evidence`, `id`,
//! `confidence`, `name`, `unit`, `line_count`, `header_pattern`, `each_id_once`.
//!
//! # Parts
//!
//! `subject` is what a task is made of, `pieces` its texts one by one, `entries` how it is shown, `data` writes and cuts it, `words` are ours, `make` puts them
//! together; `answer` judges; `fallback` answers by rules; `desk` keeps tasks, answers, budgets and feedback.

mod answer;
mod config;
mod data;
mod desk;
mod entries;
mod fallback;
mod make;
mod pieces;
mod repair;
mod schema;
mod subject;
mod task;
mod tokens;
mod words;

use std::collections::BTreeMap;

pub(crate) use answer::HeaderPattern;
pub use answer::{Accepted, CurrentTemplates, JudgeLimits, Note, Reason, ReasonCode, Rejected, Stale, Verdict, judge};
pub use config::{Budget, PromptConfig};
pub(crate) use data::{clean, shorten};
pub(crate) use desk::DeskState;
pub use desk::{Answered, Cached, Desk, DeskConfig, DeskCounters, Feedback, Offer, Refusal, Thumb};
pub use fallback::fallback;
pub(crate) use fallback::informs;
pub(crate) use make::make;
pub use repair::repair;
pub use subject::{Notice, Place, Samples, ShownLine, ShownTemplate, Subject};
pub use task::{Sent, Task, TaskKind};
pub use tokens::{CountTokens, tokens_about, tokens_at_most};

use crate::time::Timestamp;

/// The version of schemas and wording.
pub const SCHEMA_VERSION: u32 = 1;

/// What is known of a task besides its subject.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) now: Timestamp,
    pub(crate) value: f64,
    pub(crate) per_day: f64,
    /// The values behind placeholders.
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) redacted: BTreeMap<String, u64>,
    /// What was left out before, in sentences.
    pub(crate) cut: Vec<String>,
    /// A hash of what it is about.
    pub(crate) topic: String,
    /// The number of what it is made of, where that is asked about once.
    pub(crate) source: Option<u64>,
}
