//! The host's clock as the desk believes it.

use crate::time::{NANOS_PER_SECOND, Timestamp};

/// A time so far from the last one is believed when there were so many in a row.
const FAR: i64 = 86_400 * NANOS_PER_SECOND;
const MANY_STRAYS: u32 = 8;

/// Times as they are given, without single ones that lie: one call with a time out of another year neither expires what waits nor
/// spends the budgets of the years between.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clock {
    latest: Option<Timestamp>,
    strays: u32,
}

impl Clock {
    /// The time to go by, and whether the clock was changed for good.
    pub(super) fn believe(&mut self, now: Timestamp) -> (Timestamp, bool) {
        let Some(latest) = self.latest.filter(|latest| now.since(*latest).saturating_abs() > FAR) else {
            (self.latest, self.strays) = (Some(now), 0);
            return (now, false);
        };
        self.strays += 1;
        if self.strays < MANY_STRAYS {
            return (latest, false);
        }
        (self.latest, self.strays) = (Some(now), 0);
        (now, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_time_that_lies_is_not_believed_and_many_are() {
        let mut clock = Clock::default();
        let day = |n: i64| Timestamp::from_seconds(n * 86_400);
        assert_eq!(clock.believe(day(100)), (day(100), false));
        assert_eq!(clock.believe(day(9_000)), (day(100), false));
        assert_eq!(clock.believe(day(101)), (day(101), false), "as if nothing had been");
        assert_eq!(clock.believe(day(100)), (day(100), false), "a little back is taken as it is");
        let believed: Vec<bool> = (0..9).map(|_| clock.believe(day(500)).1).collect();
        assert_eq!(believed.iter().position(|&changed| changed), Some(7));
        assert_eq!(clock.believe(day(501)), (day(501), false));
        assert_eq!(clock.believe(Timestamp::from_nanos(i64::MIN)).0, day(501));
        assert_eq!(clock.believe(Timestamp::from_nanos(i64::MAX)).0, day(501));
    }
}
