//! Closed windows: what was counted of each series.

use super::{Level, Series};
use crate::time::Timestamp;
use crate::wire::state;

/// A stretch of event time, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Window {
    /// Its first moment.
    pub start: Timestamp,
    /// The first moment after it.
    pub end: Timestamp,
}

state! { Window { start, end } }

impl Window {
    /// Its length in nanoseconds; never negative.
    pub fn nanos(&self) -> i64 {
        self.end.since(self.start).max(0)
    }

    /// Whether a moment lies in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

/// What was counted of one series in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Tally {
    /// The template in its service.
    pub series: Series,
    /// Events.
    pub count: u64,
    /// Events in the window before; 0 after a gap.
    pub previous: u64,
    /// The greatest level among them.
    pub level: Level,
    /// The first event.
    pub first: Timestamp,
    /// The last event.
    pub last: Timestamp,
}

impl Tally {
    /// Of a series that had so many events.
    pub fn new(series: Series, count: u64, window: Window) -> Tally {
        Tally { series, count, previous: 0, level: Level::Unknown, first: window.start, last: window.start }
    }

    /// How much the rate has changed since the window before: 1 is twice as much, -0.5 half; `None` if nothing came before.
    pub fn change(&self) -> Option<f64> {
        (self.previous > 0).then(|| self.count as f64 / self.previous as f64 - 1.0)
    }
}

/// A window that is over: no event will be counted in it any more. Series without events are not listed.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Closed<'a> {
    /// When.
    pub window: Window,
    /// What was counted, by series in ascending order.
    pub tallies: &'a [Tally],
    /// Nothing at all arrived for many windows, from any template: the collector was away, or the clock jumped. Such a gap is
    /// one long window; it says nothing about the services.
    pub gap: bool,
}

impl<'a> Closed<'a> {
    /// A window with what was counted in it, by series in ascending order.
    pub fn new(window: Window, tallies: &'a [Tally]) -> Closed<'a> {
        Closed { window, tallies, gap: false }
    }

    /// A stretch in which the input was away.
    pub fn gap(window: Window) -> Closed<'a> {
        Closed { window, tallies: &[], gap: true }
    }

    /// The tally of a series, if it had events.
    pub fn tally(&self, series: Series) -> Option<&'a Tally> {
        self.tallies.binary_search_by_key(&series, |tally| tally.series).ok().and_then(|at| self.tallies.get(at))
    }

    /// All events of the window.
    pub fn events(&self) -> u64 {
        self.tallies.iter().fold(0, |sum, tally| sum.saturating_add(tally.count))
    }
}
