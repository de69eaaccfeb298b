//! What was spent of the budget of a day, whatever the clock does.

use std::collections::BTreeMap;

/// The most days that are remembered; the earliest makes room.
const MAX_DAYS: usize = 64;

/// The tasks and tokens of the days that were counted. A day goes on where it was left. A clock that jumps takes along what was
/// spent, unless to a day later than all: a clock that is set back opens no budget, nor does one that jumps to and fro.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spent {
    /// The day that is counted, in days since 1970.
    today: i64,
    /// Tasks and tokens, by day.
    days: BTreeMap<i64, (u64, u64)>,
}

impl Spent {
    /// It is that day now. Without a jump the day only goes on: midnight comes to several hosts at several times.
    pub(super) fn turn_to(&mut self, day: i64, jumped: bool) {
        if !jumped && day <= self.today {
            return;
        }
        let (tasks, tokens) = self.today();
        let is_latest = self.days.last_key_value().is_none_or(|(&latest, _)| day > latest);
        self.today = day;
        if jumped && !is_latest {
            let there = self.days.entry(day).or_default();
            *there = (there.0.max(tasks), there.1.max(tokens));
            self.make_room();
        }
    }

    /// The day that is counted.
    pub(super) fn day(&self) -> i64 {
        self.today
    }

    /// The tasks and tokens of the day.
    pub(super) fn today(&self) -> (u64, u64) {
        self.days.get(&self.today).copied().unwrap_or_default()
    }

    /// A task is paid; gives the day.
    pub(super) fn pay(&mut self, tokens: u64) -> i64 {
        let today = self.days.entry(self.today).or_default();
        *today = (today.0.saturating_add(1), today.1.saturating_add(tokens));
        self.make_room();
        self.today
    }

    fn make_room(&mut self) {
        if self.days.len() > MAX_DAYS {
            let earliest = self.days.keys().find(|&&day| day != self.today).copied();
            earliest.and_then(|day| self.days.remove(&day));
        }
    }

    /// Gives it back, if the day is not over.
    pub(super) fn refund(&mut self, tokens: u64, day: i64) {
        if day == self.today
            && let Some(today) = self.days.get_mut(&day)
        {
            *today = (today.0.saturating_sub(1), today.1.saturating_sub(tokens));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_goes_on_where_it_was_left() {
        let mut spent = Spent::default();
        spent.turn_to(100, false);
        spent.pay(7);
        spent.turn_to(99, false);
        assert_eq!(spent.today(), (1, 7), "a little back is no other day");
        spent.turn_to(101, false);
        assert_eq!(spent.today(), (0, 0));
        spent.pay(5);
        // Back by a jump, on by days, back again: no day has more than one budget.
        spent.turn_to(98, true);
        assert_eq!(spent.today(), (1, 5), "taken along");
        spent.turn_to(99, false);
        assert_eq!(spent.today(), (0, 0), "a day of its own");
        let day = spent.pay(3);
        for (day, jumped, expected) in
            [(100, false, (1, 7)), (101, false, (1, 5)), (70, true, (1, 5)), (99, true, (1, 5)), (101, true, (1, 5))]
        {
            spent.turn_to(day, jumped);
            assert_eq!(spent.today(), expected, "{day}");
        }
        spent.refund(3, day);
        assert_eq!(spent.today(), (1, 5), "that day is over");
        spent.refund(5, 101);
        assert_eq!(spent.today(), (0, 0));
        spent.turn_to(500, true);
        assert_eq!(spent.today(), (0, 0), "later than all");
    }

    #[test]
    fn the_days_are_bounded() {
        let mut spent = Spent::default();
        for day in 0..1_000 {
            spent.turn_to(day, false);
            spent.pay(1);
        }
        assert_eq!(spent.days.len(), MAX_DAYS);
        assert_eq!(spent.today(), (1, 1));
        for day in 0..1_000 {
            spent.turn_to(-day, true);
            assert_eq!(spent.today(), (1, 1), "taken along into days that nobody remembers");
        }
        assert_eq!(spent.days.len(), MAX_DAYS);
    }
}
