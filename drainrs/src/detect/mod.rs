//! Detecting: mined events in, alerts out. Count, score and alert in a row, for one stream of events.
//!
//! **Takes** [`Observation`](crate::Observation)s, from a pipeline or made by the host, and the time. **Gives**
//! [`Alert`](crate::Alert)s, and on request every [`Score`](crate::Score) behind them and the
//! [`Metrics`](crate::Metrics) of every window. **Promises**: total, bounded, deterministic, no clock; restoring a snapshot and
//! going on equals never having stopped. **Costs**: one count, one look of each scorer per event; about a microsecond per
//! series whenever a window closes.
//!
//! A [`Pipeline`](crate::Pipeline) has a detector inside when its settings have a `detect` part; this module is for hosts
//! that have events from elsewhere.
//!
//! ```
//! use drainrs::detect::{DetectConfig, Detector};
//! use drainrs::{Change, Level, Observation, TemplateId, Timestamp};
//!
//! let mut detector = Detector::build(&DetectConfig::default())?;
//! // A heartbeat a second, for two hours, then nothing for five minutes.
//! for second in 0..7200 {
//!     detector.observe(&Observation::new(Timestamp::from_seconds(second), TemplateId(1)));
//! }
//! detector.advance(Timestamp::from_seconds(7200 + 300));
//! detector.finish();
//! let alert = detector.poll().expect("an alert");
//! assert_eq!(alert.score.kind.name(), "service_silence", "it was all that there was");
//! # Ok::<(), drainrs::Error>(())
//! ```

mod config;
mod detector;

pub use config::{DetectConfig, SessionSource};
pub use detector::{DetectCounters, Detector};

crate::wire::alone! {
    Detector of DetectConfig, b"DETC";
}
