//! Counting: events in, closed windows of event time out.
//!
//! **Takes** [`Observation`](crate::Observation)s, in any order that real clocks produce. **Gives** windows that are over
//! ([`Closed`](crate::Closed)): how many events of each series (template and service), and the [`Metrics`] that follow.
//! **Promises**: total; deterministic; bounded (`max_series`, `max_open`); every event is accounted for:
//! `observed == counted + late + over_limit`, and every window is delivered once, in order. **Costs**: one hash lookup per
//! event; closing sorts the series of the window.
//!
//! # Time
//!
//! Windows tumble: they begin at multiples of their length since 1970. A window closes when the *watermark*, the latest event
//! time less the allowed lateness, has passed its end; it is never opened again.
//!
//! | an event that | is |
//! |---|---|
//! | falls into an open window or starts a new one | counted there |
//! | is late: its window has closed, but not long ago | left out, `late` |
//! | lies further back than `max_gap_windows` before the open windows: a clock was set back | counted in the newest window, `skewed` |
//! | lies more than `max_jump_ns` ahead: garbage, or a clock that leapt | counted in the newest window, `out_of_range` |
//!
//! When `confirm_events` events in a row are out of reach in the same direction and near each other, they are right and the
//! clock has really moved: all windows close, and counting goes on at the new time. So neither a line from 2262 nor a host
//! whose clock is set back a day stops the windows.
//!
//! More than `max_gap_windows` windows without a single event are a *gap*: the collector was away, or slept. A jump over so many is
//! delivered as one long window that says so, not as thousands of empty ones.

mod config;
mod counter;
mod metrics;
mod window;

pub use config::CountConfig;
pub use counter::{CountCounters, Counted, Counter, Placed};
pub use metrics::{Metrics, SlotQuantiles};

crate::wire::alone! {
    Counter of CountConfig, b"COUN";
}
