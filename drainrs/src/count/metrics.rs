//! What a window says besides its counts.

use crate::flow::{Series, Slot, Window};
use crate::time::NANOS_PER_SECOND;
use crate::wire::state;

/// What is added up while a window is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) events: u64,
    pub(super) errors: u64,
    pub(super) new_templates: u64,
    pub(super) new_errors: u64,
}

state! { Seen { events, errors, new_templates, new_errors } }

/// Metrics derived from the log: those that a dashboard wants of a window. Rates are 0 in a window without events.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Metrics {
    /// The window.
    pub window: Window,
    /// Events.
    pub events: u64,
    /// Events of level error and above.
    pub errors: u64,
    /// Templates that were born in it.
    pub new_templates: u64,
    /// Templates that were born of an event of level error or above.
    pub new_errors: u64,
    /// Events a second.
    pub rate: f64,
    /// Errors as a share of the events, `0..=1`.
    pub error_rate: f64,
    /// New error templates as a share of the errors, `0..=1`.
    pub new_error_rate: f64,
    /// New templates as a share of the events, `0..=1`: near 1 for a service nobody knows, near 0 for one that is known.
    pub novelty_rate: f64,
}

impl Metrics {
    pub(super) fn of(seen: Seen, window: Window) -> Metrics {
        let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let seconds = window.nanos() as f64 / NANOS_PER_SECOND as f64;
        Metrics {
            window,
            events: seen.events,
            errors: seen.errors,
            new_templates: seen.new_templates,
            new_errors: seen.new_errors,
            rate: if seconds > 0.0 { seen.events as f64 / seconds } else { 0.0 },
            error_rate: share(seen.errors, seen.events),
            new_error_rate: share(seen.new_errors, seen.errors),
            novelty_rate: share(seen.new_templates, seen.events),
        }
    }
}

/// How the values of a numeric parameter were distributed in a window, to a relative accuracy of 2 %. Durations are seconds,
/// sizes bytes.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct SlotQuantiles {
    /// The template in its service.
    pub series: Series,
    /// The place of the parameter.
    pub slot: Slot,
    /// How many values.
    pub count: u64,
    /// The median.
    pub p50: f64,
    /// 95 % are at most this.
    pub p95: f64,
    /// 99 % are at most this.
    pub p99: f64,
}
