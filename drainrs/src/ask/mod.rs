//! Asking about a stream: what to ask a model, what came back, and what it changes.
//!
//! **Takes** the events and alerts of a [`Pipeline`](crate::Pipeline). **Gives** a [`Plan`] of tasks, redacted and bounded; verdicts
//! on answers; and, where the host wants it, labels on templates and formats for the parser, each with a record of who said so,
//! each reversible. **Promises**: those of [`prompt`](crate::prompt) and [`redact`](crate::redact); bounded memory; no line is ever lost
//! for the sake of a model. **Costs**: a copy of each line into a ring and a count per template; planning is linear in the templates.
//!
//! ```
//! use drainrs::ask::{AskConfig, Asker};
//! use drainrs::prompt::{Budget, TaskKind};
//! use drainrs::{Pipeline, PipelineConfig, Timestamp};
//!
//! let mut pipeline = Pipeline::build(&PipelineConfig::default())?;
//! let mut asker = Asker::build(&AskConfig::default())?;
//! let now = Timestamp::from_seconds(1_700_000_000);
//! for user in ["ann@example.org", "bob@example.org", "ann@example.org"] {
//!     let line = format!("2023-11-14 22:13:20 ERROR auth: login of {user} failed");
//!     if let Some(event) = pipeline.push(line.as_bytes(), now) {
//!         asker.observe(&event);
//!     }
//! }
//! if let Some(event) = pipeline.finish(now) {
//!     asker.observe(&event);
//! }
//! let plan = asker.plan(&pipeline, now, &Budget::default())?;
//! let task = &plan.tasks[0];
//! assert_eq!(task.kind, TaskKind::SummariseWindow);
//! assert!(task.data.contains("login of <EMAIL_1> failed") && !task.data.contains("ann@"));
//! // The host sends task.messages() and brings back bytes; here nobody answers sensibly.
//! asker.offer(plan, now);
//! let task = asker.next(now).unwrap();
//! let answered = asker.answer(&task.id, b"I would rather not.", now, &pipeline).unwrap();
//! assert!(answered.repair.is_some());
//! # Ok::<(), drainrs::Error>(())
//! ```

mod adopt;
mod asker;
mod conceal;
mod config;
mod digest;
mod gather;
mod incidents;
mod index;
mod journal;
mod plan;
mod remembered;
mod ring;
mod state;

pub use adopt::{Adoption, Change, Label, ParameterName, ParameterNames, format_of};
pub use asker::Asker;
pub use config::{AskConfig, JournalConfig};
pub use digest::{Coverage, Digest};
pub use journal::JournalCounters;
pub use plan::{DayCost, Plan, Prices};
