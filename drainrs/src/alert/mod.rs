//! Alerting: scores in, and out comes what a person can bear.
//!
//! **Takes** [`Score`](crate::Score)s, and lines for the fixed rules. **Gives** [`Alert`](crate::Alert)s. **Promises**: nothing
//! is lost silently: `scores == told + grouped + suppressed + over_budget + recoveries + pending`; bounded; deterministic. **Costs**:
//! nothing for an event without a score, but one look of an automaton where fixed rules are given.
//!
//! What happens to a score, in this order:
//!
//! 1. *Priority*, by a table that can be explained ([`priority`]): how unusual, how severe its level, how sure.
//! 2. *Suppression*: what was told within the last 15 minutes (same kind, service, template, session or value) is counted, not
//!    told, unless it has become more urgent.
//! 3. *Grouping*: what is noticed within half a minute is one cascade, one alert, led by its most urgent score; of several
//!    by an error, then the most severe, then the earliest. Fixed rules and critical ones do not wait.
//! 4. *Budget*: so many alerts an hour. Low ones may use half of it, medium ones three quarters, critical ones always pass. What
//!    the budget does not allow was not told, so it is tried again when it is noticed again.
//! 5. *Routing*: each priority has a name that the host maps to a person or a channel.
//!
//! What is over is told as resolved: a spike when nothing more was noticed for the suppression window and the window that it was
//! noticed in, a silence when the lines are back.
//!
//! ```
//! use drainrs::alert::{AlertConfig, Alerter};
//! use drainrs::{AlertStatus, Score, ScoreKind, Timestamp};
//!
//! let mut alerter = Alerter::build(&AlertConfig::default())?;
//! for minute in 0..10 {
//!     alerter.take(Score::new("frequency", ScoreKind::Spike, Timestamp::from_seconds(60 * minute), 12.0, "1,000 where 10 are usual"));
//! }
//! alerter.advance(Timestamp::from_seconds(600));
//! assert_eq!(alerter.poll().map(|alert| alert.status), Some(AlertStatus::Opened));
//! assert!(alerter.poll().is_none());
//! assert_eq!(alerter.counters().suppressed, 9);
//! # Ok::<(), drainrs::Error>(())
//! ```

mod alerter;
mod config;
mod priority;
mod rules;
mod words;

pub use alerter::{AlertCounters, Alerter};
pub use config::{AlertConfig, AlertRule};
pub use priority::priority;
pub use words::guess_level;

crate::wire::alone! {
    Alerter of AlertConfig, b"ALRT";
}
