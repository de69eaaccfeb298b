//! What no window shows, because too little is expected of one: five failures spread over an hour are one a window at most, and
//! two where one is usual is nothing. Added up they are seen.
//!
//! *Rare* events, less than one an hour: when some come, this hour of the clock and the one before are judged together, by what
//! was expected when each began. All others, up to 2,000 an hour: when an hour is over it is judged as a whole, by what was expected
//! of its windows; but only if its last quarter is still off, or it would be told of what is over.
//!
//! The variance of a sum is that of its parts where they are independent; a part of the noise is not, and neither is what the level
//! is off by. So for `n` windows of mean `m` and variance `v` it is `n v + 0.1 n^2 (v - m) + (0.1 n m)^2`.

use super::model::Prediction;
use crate::flow::Window;
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::state;

const HOUR: i64 = 3600 * NANOS_PER_SECOND;
/// Series of which more than this is expected in an hour are not rare.
const MOST_OF_RARE: f64 = 1.0;
/// What is more than this in an hour shows in its windows.
const MOST: f64 = 2000.0;
/// The share of the noise beyond Poisson's that the windows of an hour have in common.
const TOGETHER: f64 = 0.1;
/// How far the level of an hour may be off, as a share of it.
const LEVEL_ERROR: f64 = 0.1;
/// Where the last quarter of an hour begins.
const LATE: i64 = HOUR / 4 * 3;
/// So many windows make an hour at least, or there is nothing to add up.
const LEAST_WINDOWS: i64 = 4;

/// Events of an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Hour {
    count: u32,
    /// What was expected of it when it began.
    mean: f32,
    variance: f32,
}

state! { Hour { count, mean, variance } }

/// This hour of the clock and the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Slow {
    /// Its number since 1970.
    hour: i32,
    this: Hour,
    before: Hour,
    /// What was expected of the windows of this hour.
    mean: f32,
    variance: f32,
    /// What came in its last quarter, and what was expected.
    late_count: u32,
    late_mean: f32,
    /// Whether enough was known when it began to judge by it.
    ready: bool,
    /// It was told of this hour.
    told: bool,
}

state! { Slow { hour, this, before, mean, variance, late_count, late_mean, ready, told } }

/// What came in up to two hours, and what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    pub(super) count: u64,
    pub(super) expected: Prediction,
    pub(super) window: Window,
}

fn start(hour: i32) -> Timestamp {
    Timestamp::from_nanos(i64::from(hour).saturating_mul(HOUR))
}

/// The square of the greatest count is more than an `f32` holds.
fn finite(number: f64) -> f32 {
    number.min(f64::from(f32::MAX)) as f32
}

impl Slow {
    /// Adds a window; `ready`: whether what is expected of it is known well enough. Gives what there is to judge: an hour that is
    /// over, or rare events of which some have just come.
    pub(super) fn add(&mut self, count: u64, expected: Prediction, window: Window, ready: bool) -> Option<Stretch> {
        if window.nanos().saturating_mul(LEAST_WINDOWS) > HOUR {
            return None;
        }
        // All hours that nanoseconds can tell fit.
        let hour = i32::try_from(window.start.as_nanos().div_euclid(HOUR)).unwrap_or_default();
        let over = if hour == self.hour { None } else { self.turn(hour, expected, window, ready) };
        let few = u32::try_from(count).unwrap_or(u32::MAX);
        self.this.count = self.this.count.saturating_add(few);
        if window.start.as_nanos().rem_euclid(HOUR) >= LATE {
            self.late_count = self.late_count.saturating_add(few);
            self.late_mean = finite(f64::from(self.late_mean) + expected.mean);
        }
        self.mean = finite(f64::from(self.mean) + expected.mean);
        self.variance = finite(f64::from(self.variance) + expected.variance);
        over.or_else(|| self.rare(count, window))
    }

    /// Begins an hour; gives the one that is over, if it is to be judged.
    fn turn(&mut self, hour: i32, expected: Prediction, window: Window, ready: bool) -> Option<Stretch> {
        let windows = HOUR as f64 / window.nanos().max(1) as f64;
        let (mean, variance) = (finite(expected.mean * windows), finite(expected.variance * windows));
        let next = self.ready && self.hour.saturating_add(1) == hour;
        let (sum, parts) = (f64::from(self.mean), f64::from(self.variance));
        let common = TOGETHER * windows * (parts - sum).max(0.0) + (LEVEL_ERROR * sum).powi(2);
        let judged = next && !self.told && sum > MOST_OF_RARE && sum <= MOST && self.goes_on();
        let over = Stretch {
            count: u64::from(self.this.count),
            expected: Prediction { mean: sum, variance: parts + common },
            window: Window { start: start(self.hour), end: start(hour) },
        };
        self.before = if next { self.this } else { Hour { count: 0, mean, variance } };
        *self = Slow { hour, this: Hour { count: 0, mean, variance }, before: self.before, ready, ..Slow::default() };
        judged.then_some(over)
    }

    /// Whether the last quarter is off by at least half of what the hour is, the same way.
    fn goes_on(&self) -> bool {
        let hour = f64::from(self.this.count) / f64::from(self.mean) - 1.0;
        let late = f64::from(self.late_count) / f64::from(self.late_mean) - 1.0;
        if hour < 0.0 { late <= 0.5 * hour } else { late >= 0.5 * hour }
    }

    fn rare(&self, count: u64, window: Window) -> Option<Stretch> {
        let rare = f64::from(self.this.mean.max(self.before.mean)) <= MOST_OF_RARE;
        if count == 0 || self.told || !self.ready || !rare {
            return None;
        }
        let both = |of: fn(&Hour) -> f32| f64::from(of(&self.before)) + f64::from(of(&self.this));
        Some(Stretch {
            count: u64::from(self.before.count) + u64::from(self.this.count),
            expected: Prediction { mean: both(|hour| hour.mean), variance: both(|hour| hour.variance) },
            window: Window { start: start(self.hour.saturating_sub(1)), end: window.end },
        })
    }

    /// Something was told of this hour: once is enough.
    pub(super) fn note_told(&mut self) {
        self.told = true;
        self.this.count = 0;
    }
}

impl Stretch {
    /// Whether it goes on: a whole hour that is over does not.
    pub(super) fn goes_on(&self) -> bool {
        self.window.end.as_nanos().rem_euclid(HOUR) != 0 || self.window.nanos() > HOUR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(n: i64) -> Window {
        Window { start: Timestamp::from_seconds(60 * n), end: Timestamp::from_seconds(60 * (n + 1)) }
    }

    #[test]
    fn by_hand() {
        let rare = Prediction { mean: 0.001, variance: 0.002 };
        let mut slow = Slow::default();
        assert_eq!(slow.add(0, rare, minute(600), true), None, "nothing came");
        let one = slow.add(1, rare, minute(630), true).unwrap();
        assert_eq!(one.count, 1);
        // Two hours of 0.06 each, of which the one before was not seen and had no events.
        assert!((one.expected.mean - 0.12).abs() < 1e-6 && (one.expected.variance - 0.24).abs() < 1e-6);
        assert_eq!((one.window.start, one.window.end), (minute(540).start, minute(630).end));
        // The next hour has the first with it, the one after that has not; what is expected meanwhile changes nothing.
        let more = Prediction { mean: 0.01, variance: 0.01 };
        assert_eq!(slow.add(2, more, minute(659), true).unwrap().expected, one.expected);
        let next = slow.add(1, more, minute(660), true).unwrap();
        assert_eq!(next.count, 4);
        assert!((next.expected.mean - 0.66).abs() < 1e-6, "0.06 and 0.6");
        slow.note_told();
        assert_eq!(slow.add(1, more, minute(661), true), None, "told");
        assert_eq!(slow.add(1, more, minute(720), true).unwrap().count, 2, "and what was told is not counted again");
        assert_eq!(slow.add(1, more, minute(1440), true).unwrap().count, 1);
        let long = Window { start: Timestamp::from_seconds(0), end: Timestamp::from_seconds(1800) };
        assert_eq!(Slow::default().add(9, rare, long, true), None, "windows of half an hour are long enough");
    }

    #[test]
    fn an_hour_is_judged_as_a_whole() {
        let mut slow = Slow::default();
        let few = Prediction { mean: 0.5, variance: 0.6 };
        for n in 600..660 {
            assert_eq!(slow.add(1, few, minute(n), true), None, "it goes on");
        }
        let hour = slow.add(7, few, minute(660), true).unwrap();
        assert_eq!((hour.count, hour.window.start, hour.window.end), (60, minute(600).start, minute(659).end));
        assert!((hour.expected.mean - 30.0).abs() < 1e-4);
        // 60 * 0.6 + 0.1 * 60 * 60 * (0.6 - 0.5) + (0.1 * 30)^2 = 36 + 36 + 9
        assert!((hour.expected.variance - 81.0).abs() < 1e-3, "{}", hour.expected.variance);
        // The next hour has twice as many, but not in its last quarter.
        for n in 661..720 {
            assert_eq!(slow.add(u64::from(n < 705), few, minute(n), true), None);
        }
        assert_eq!(slow.add(0, few, minute(720), true), None, "it is over");
        (721..780).for_each(|n| _ = slow.add(1, few, minute(n), true));
        assert_eq!(slow.add(0, few, minute(780), true).map(|hour| hour.count), Some(59));
        // Where a window of it was told, the hour is not; nor is one that was not seen to its end.
        slow.note_told();
        assert_eq!(slow.add(0, few, minute(840), true), None);
        assert_eq!(slow.add(0, few, minute(1020), true), None);
        let many = Prediction { mean: 40.0, variance: 50.0 };
        let mut slow = Slow::default();
        assert!(
            (600..=660).all(|n| slow.add(40, many, minute(n), true).is_none()),
            "2,400 an hour show in their windows"
        );
    }
}
