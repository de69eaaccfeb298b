//! drainrs turns a stream of log lines into templates.
//!
//! (The essay follows with the public surface.)
#![forbid(unsafe_code)]

mod error;
mod flow;
mod id;
mod join;
mod mine;
mod miner;
mod normalize;
mod parse;
mod pipeline;
mod text;
mod time;
mod wire;

pub use error::{Error, ErrorKind, Problem};
pub use flow::{Change, Class, Joined, Level, MaskSpan, Parameter, Parsed, Placeholders, Record, Tokens};
pub use id::{ContentId, TemplateId};
pub use join::{Cause, JoinConfig, JoinMode, Joiner, Runtime, TraceSummary, summarise};
pub use mine::{
    Branch, Candidate, Counters, Drain, DrainConfig, Explanation, Hit, Lineage, MergeMap, Rule, SearchStrategy, Seen,
    Step, TemplateView,
};
pub use miner::{Columns, Drain3Ini, Miner, MinerConfig, MinerStats, OnOtherSettings, read_drain3_ini};
pub use normalize::{Lexer, LexerOptions, Mask, NormalizeConfig, Normalizer, Tokenizer, masked_text};
pub use parse::{CustomFormat, KeyNames, ParseConfig, ParseCounters, Parser};
pub use pipeline::{
    Event, EventColumns, FilterConfig, Outcome, Pipeline, PipelineConfig, PipelineCounters, SkipReason, SurgeConfig,
};
pub use text::{LineBatch, Lines, Span, TokenKey};
pub use time::{Civil, NANOS_PER_SECOND, Timestamp};
