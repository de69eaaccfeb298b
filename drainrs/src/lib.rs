//! drainrs turns a stream of log lines into templates: online, bounded, and fast enough to stand in the way of the
//! firehose.
//!
//! ```
//! use drainrs::{Change, Miner, MinerConfig};
//!
//! let mut miner = Miner::build(&MinerConfig::default())?;
//! for line in ["user 17 logged in from 10.0.0.7", "user 23 logged in from 10.0.0.9", "disk sda is full"] {
//!     let hit = miner.insert(line.as_bytes());
//!     if hit.change == Change::Created {
//!         println!("new: {line}");
//!     }
//!     for parameter in hit.parameters() {
//!         println!("  {:?} = {}", parameter.class, String::from_utf8_lossy(parameter.span.of(line.as_bytes())));
//!     }
//! }
//! let texts: Vec<String> = miner.templates().map(|template| template.text).collect();
//! assert_eq!(texts, ["user <NUM> logged in from <IP>", "disk sda is full"]);
//! # Ok::<(), drainrs::Error>(())
//! ```
//!
//! # Which machine
//!
//! | you have | take |
//! |---|---|
//! | messages, without headers | [`Miner`] |
//! | raw lines of a file, a socket, a container | [`Pipeline`]: joins stack traces, reads time, level and service, mines the message |
//! | a Drain3 installation to leave | [`MinerConfig::drain3`] and [`read_drain3_ini`]: the same results, line by line |
//! | a doubt whether the settings fit your logs | [`Fit`]: measures them on a sample, tries what may help |
//! | a model to ask about a stream, and answers to judge | [`Asker`](ask::Asker) |
//! | texts that leave, with secrets in them | [`Redactor`] |
//! | a need for one stage alone | [`Joiner`], [`Parser`], [`Normalizer`], [`Drain`] |
//!
//! # What to rely on
//!
//! - **Lines never cause errors.** Building can fail, with an [`Error`] that lists every wrong setting by its path; running
//!   cannot. What had to be degraded is flagged and counted.
//! - **Bounded.** Every collection has a limit; the least recently used template makes room ([`DrainConfig::max_templates`],
//!   [`DrainConfig::max_memory`]).
//!   Counts survive eviction: `seen == matched + created`, always.
//! - **Deterministic.** The same lines and settings give the same results and the same [snapshot](Miner::snapshot) bytes, on
//!   every host. No clock, no threads, no input or output; time arrives as an argument.
//! - **Typed parameters from the same call**, as spans of the line: nothing is copied, no regular expression runs again.
//! - **Mergeable.** Miners fed apart by [`Miner::shard_key`] [merge](Miner::merge) into what one miner would have.
//! - **Safe Rust.** This crate forbids `unsafe`.
//!
//! # Features
//!
//! None is on by default. `cli` builds the program `drainrs` and adds the module `program`, which runs it inside another process
//! and is the one part with files, threads and a clock; `arrow` writes template indexes as Arrow files and streams.
#![forbid(unsafe_code)]

pub mod alert;
pub mod ask;
pub mod baseline;
pub mod correlate;
pub mod count;
pub mod detect;
mod error;
pub mod fit;
mod flow;
pub mod guard;
mod id;
pub mod index;
pub mod join;
pub mod mine;
pub mod miner;
pub mod normalize;
pub mod parse;
pub mod pipeline;
#[cfg(feature = "cli")]
pub mod program;
pub mod prompt;
pub mod redact;
pub mod score;
mod stats;
mod text;
mod time;
mod wire;

pub use alert::{AlertConfig, AlertCounters, AlertRule, Alerter};
pub use count::{CountConfig, CountCounters, Counted, Counter, Metrics, Placed, SlotQuantiles};
pub use detect::{DetectConfig, DetectCounters, Detector, SessionSource};
pub use error::{Error, ErrorKind, Problem};
pub use fit::{
    Adjustment, Finding, FindingKind, Fit, FitConfig, FitCost, FitLimits, FitReport, FitStatus, FitThresholds, Measure,
    Place, SampleFacts, Suggestion, TemplateEvidence,
};
pub use flow::{
    Alert, AlertStatus, Change, Class, Closed, Direction, Evidence, Joined, Level, MaskSpan, Observation, Parameter,
    Parsed, Placeholders, Priority, Record, Score, ScoreKind, Series, Severity, Slot, Tally, Tokens, Window,
};
pub use guard::{Guard, GuardConfig};
pub use id::{AlertId, ContentId, ServiceId, TemplateId};
pub use index::{IncidentLibrary, Index, IndexRow};
pub use join::{Cause, JoinConfig, JoinMode, Joiner, Runtime, TraceSummary, summarise};
pub use mine::{
    Branch, Candidate, Counters, Drain, DrainConfig, Encoded, Explanation, Hit, Lineage, MergeMap, Part, Pattern, Rule,
    SearchStrategy, Seen, Step, TemplateView, TreeNode,
};
pub use miner::{Columns, Drain3Ini, Miner, MinerConfig, MinerStats, OnOtherSettings, read_drain3_ini};
pub use normalize::{Mask, NormalizeConfig, Normalizer, Tokenizer};
pub use parse::{CustomFormat, KeyNames, ParseConfig, ParseCounters, Parser, level_in_text, level_of_word};
pub use pipeline::{
    Event, EventColumns, FilterConfig, Outcome, Pipeline, PipelineConfig, PipelineCounters, SkipReason, SurgeConfig,
};
pub use redact::{RedactConfig, RedactMode, RedactRule, Redaction, Redactor, SecretKind};
pub use text::{LineBatch, Lines, MaskedKey, Span, TokenKey};
pub use time::{Civil, NANOS_PER_SECOND, Timestamp};

/// The README's example is compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
