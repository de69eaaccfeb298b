//! The host's clock as the desk believes it.

use crate::time::{NANOS_PER_SECOND, Timestamp};

/// A time so far from the last one is believed when there were so many in a row.
const FAR: i64 = 86_400 * NANOS_PER_SECOND;
const MANY_STRAYS: u32 = 8;

/// A clock that goes back by more was set back; by less several hosts differ.
const BACK: i64 = 600 * NANOS_PER_SECOND;

/// A time that is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Believed {
    pub(super) now: Timestamp,
    /// Whether it is far from the one before.
    pub(super) jumped: bool,
    /// By how much the clock was set back, in nanoseconds.
    pub(super) back: i64,
}

/// Times as they are given, without single ones that lie: one call with a time out of another year neither expires what waits nor
/// spends the budgets of the years between.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clock {
    latest: Option<Timestamp>,
    strays: u32,
}

impl Clock {
    /// The time to go by.
    pub(super) fn believe(&mut self, now: Timestamp) -> Believed {
        let latest = self.latest.unwrap_or(now);
        let jumped = now.since(latest).saturating_abs() > FAR;
        self.strays = if jumped { self.strays + 1 } else { 0 };
        if jumped && self.strays < MANY_STRAYS {
            return Believed { now: latest, jumped: false, back: 0 };
        }
        let back = latest.since(now);
        (self.latest, self.strays) = (Some(now), 0);
        Believed { now, jumped, back: if back > BACK { back } else { 0 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_time_that_lies_is_not_believed_and_many_are() {
        let mut clock = Clock::default();
        let mut believe = |now: Timestamp| {
            let believed = clock.believe(now);
            (believed.now, believed.jumped)
        };
        let day = |n: i64| Timestamp::from_seconds(n * 86_400);
        assert_eq!(believe(day(100)), (day(100), false));
        assert_eq!(believe(day(9_000)), (day(100), false));
        assert_eq!(believe(day(101)), (day(101), false), "as if nothing had been");
        assert_eq!(believe(day(100)), (day(100), false), "a little back is taken as it is");
        let believed: Vec<bool> = (0..9).map(|_| believe(day(500)).1).collect();
        assert_eq!(believed.iter().position(|&changed| changed), Some(7));
        assert_eq!(believe(day(501)), (day(501), false));
        assert_eq!(believe(Timestamp::from_nanos(i64::MIN)).0, day(501));
        assert_eq!(believe(Timestamp::from_nanos(i64::MAX)).0, day(501));
    }

    #[test]
    fn a_clock_that_is_set_back_says_by_how_much() {
        let mut clock = Clock::default();
        let minute = |n: i64| Timestamp::from_seconds(1_000_000_000 + 60 * n);
        let back = |clock: &mut Clock, n: i64| clock.believe(minute(n)).back / (60 * NANOS_PER_SECOND);
        assert_eq!([0, 100, 95, 80, 200, 20].map(|n| back(&mut clock, n)), [0, 0, 0, 15, 0, 180]);
        let year: Vec<i64> = (0..8).map(|_| back(&mut clock, -500_000)).collect();
        assert_eq!(year, [0, 0, 0, 0, 0, 0, 0, 500_020], "once it is believed");
    }
}
