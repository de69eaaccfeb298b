//! Raw lines in, events out: join, parse, normalize and mine for one source of lines.
//!
//! **Takes** raw lines as they stand in a file or arrive from a socket, and the time at which they arrive. **Gives** an
//! [`Event`] per log event: its header fields, and the [`Hit`](crate::Hit) of its message. **Promises**: total, bounded,
//! deterministic, no clock of its own; nothing is lost silently: `events == matched + created + skipped`. **Costs**: the
//! sum of its stages, and one copy of the line into the joiner, which has to hold it back until it knows that no
//! continuation follows.
//!
//! With a `detect` part in its settings a [`Detector`](crate::Detector) stands behind the miner; its alerts are taken with
//! [`Pipeline::poll_alert`].
//!
//! ```
//! use drainrs::{Level, Pipeline, PipelineConfig, Timestamp};
//!
//! let mut pipeline = Pipeline::build(&PipelineConfig::default())?;
//! let now = Timestamp::from_seconds(1_700_000_000);
//! assert!(pipeline.push(b"2023-11-14 22:13:20,001 ERROR [main] app.Db: lost connection to 10.0.0.7", now).is_none());
//! let event = pipeline.finish(now).unwrap();
//! assert_eq!(event.record.level, Level::Error);
//! let template = event.outcome.template().unwrap();
//! assert_eq!(pipeline.miner().template(template).unwrap().text, "lost connection to <IP>");
//! # Ok::<(), drainrs::Error>(())
//! ```

mod config;
mod event;
mod filter;
mod machine;
mod snapshot;
mod summary;
mod watch;

pub use config::PipelineConfig;
pub use event::{Event, EventColumns, Outcome, SkipReason};
pub use filter::{FilterConfig, SurgeConfig};
pub use machine::{Pipeline, PipelineCounters};
