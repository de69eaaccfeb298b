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
pub use normalize::{Lexer, LexerOptions, masked_text};
pub use parse::{CustomFormat, KeyNames, ParseConfig, ParseCounters, Parser, level_in_text};
pub use text::{LineBatch, Lines, Span, TokenKey};
pub use time::{Civil, NANOS_PER_SECOND, Timestamp};
