//! The shapes that travel between the stages: plain data, no logic beyond small questions.
//!
//! ```text
//! bytes -> join -> Joined -> parse -> Record -> normalize -> Tokens -> mine -> Hit -> Observation
//!       -> count -> Closed -> score -> Score -> alert -> Alert -> (prompt)
//! ```
//!
//! Text is never copied into a shape: a shape borrows it, or holds [`Span`](crate::Span)s into the caller's line.

mod alert;
mod class;
mod hit;
mod joined;
mod level;
mod observation;
mod record;
mod score;
mod tally;
mod tokens;

pub use alert::{Alert, AlertStatus, Priority};
pub use class::{Class, Placeholders};
pub use hit::{Change, Parameter};
pub use joined::Joined;
pub use level::Level;
pub use observation::{Observation, Series, Slot};
pub use record::{Parsed, Record};
pub use score::{Direction, Evidence, Score, ScoreKind, Severity};
pub use tally::{Closed, Tally, Window};
pub use tokens::{MaskSpan, Tokens};
pub(crate) use tokens::{RewriteScratch, RewrittenPart};
