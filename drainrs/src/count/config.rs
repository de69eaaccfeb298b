//! Settings of the counter.

use crate::error::Problems;
use crate::time::NANOS_PER_SECOND;

/// How events are counted in windows.
///
/// ```
/// let config: drainrs::count::CountConfig = serde_json::from_str(r#"{ "window_ns": 300000000000 }"#).unwrap();
/// assert_eq!(config.lateness_ns, None, "two windows");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CountConfig {
    /// The length of a window in nanoseconds, at least a millisecond. Default 60 s.
    pub window_ns: i64,
    /// How much later than the latest event an event may arrive and still be counted, in nanoseconds. Default two windows.
    pub lateness_ns: Option<i64>,
    /// A stretch of more windows than this without any event is a gap of the input, and what lies further back than this
    /// is a clock that was set back. Default 10.
    pub max_gap_windows: u32,
    /// An event further ahead of all others than this is not believed until others confirm it, in nanoseconds. Default a day.
    pub max_jump_ns: i64,
    /// So many events in a row that are out of reach move the clock. Default 8.
    pub confirm_events: u32,
    /// The most series (template and service) that are counted in one window; events of others are `over_limit`.
    /// Default 100,000.
    pub max_series: usize,
    /// The most windows that wait to be taken; beyond it the oldest is dropped and counted. Default 64.
    pub max_open: usize,
    /// The most places of numeric parameters (a slot of a series) whose distribution is kept per window. 0 keeps none.
    /// Default 1,000.
    pub max_slots: usize,
}

impl Default for CountConfig {
    fn default() -> CountConfig {
        CountConfig {
            window_ns: 60 * NANOS_PER_SECOND,
            lateness_ns: None,
            max_gap_windows: 10,
            max_jump_ns: 24 * 3600 * NANOS_PER_SECOND,
            confirm_events: 8,
            max_series: 100_000,
            max_open: 64,
            max_slots: 1_000,
        }
    }
}

/// A year: longer windows, lateness or jumps are a mistake in the unit.
const YEAR: i64 = 366 * 24 * 3600 * NANOS_PER_SECOND;

impl CountConfig {
    /// The allowed lateness in nanoseconds.
    pub fn lateness(&self) -> i64 {
        self.lateness_ns.unwrap_or_else(|| self.window_ns.saturating_mul(2))
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require((1_000_000..=YEAR).contains(&self.window_ns), "count.window_ns", || {
            format!("{} is not between a millisecond (1000000) and a year; the unit is nanoseconds", self.window_ns)
        });
        problems.require((0..=YEAR).contains(&self.lateness()), "count.lateness_ns", || {
            format!("{} is not between 0 and a year; the unit is nanoseconds", self.lateness())
        });
        let windows = self.lateness().checked_div(self.window_ns).unwrap_or_default();
        problems.require(windows < i64::try_from(self.max_open / 2).unwrap_or(i64::MAX), "count.lateness_ns", || {
            format!(
                "a lateness of {windows} windows does not fit max_open = {}; allow less, or longer windows, or raise max_open",
                self.max_open
            )
        });
        let gap = self.max_gap_windows as usize;
        problems.require((1..=self.max_open.max(1)).contains(&gap), "count.max_gap_windows", || {
            format!("{gap} is not between 1 and max_open = {}", self.max_open)
        });
        problems.require((self.window_ns..=YEAR).contains(&self.max_jump_ns), "count.max_jump_ns", || {
            format!("{} is not between one window and a year; the unit is nanoseconds", self.max_jump_ns)
        });
        problems.require(self.confirm_events >= 1, "count.confirm_events", || {
            "must be at least 1, got 0; 1 believes every time".to_owned()
        });
        problems.require(self.max_series >= 1, "count.max_series", || "must be at least 1, got 0".to_owned());
        problems.require((4..=4096).contains(&self.max_open), "count.max_open", || {
            format!("{} is not between 4 and 4096", self.max_open)
        });
    }
}
