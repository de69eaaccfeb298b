//! What was run in the last hour, and what is in its cooldown.

use std::collections::{BTreeMap, VecDeque};

use crate::error::Error;
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::{Reader, State, Writer};

pub(super) const HOUR: i64 = 3_600 * NANOS_PER_SECOND;

/// The times of the runs of the last hour, the earliest first. Never more than the limit.
#[derive(Debug, Clone, Default)]
pub(super) struct Hourly(VecDeque<Timestamp>);

impl Hourly {
    /// When there is room for one more: none if now.
    pub(super) fn full_until(&mut self, most: u32, now: Timestamp) -> Option<Timestamp> {
        while self.0.front().is_some_and(|first| now.since(*first) >= HOUR) {
            self.0.pop_front();
        }
        let over = self.0.len().checked_sub(most as usize)?;
        self.0.get(over).map(|first| first.plus_nanos(HOUR))
    }

    /// Notes a run. Those of more than an hour ago are forgotten.
    pub(super) fn push(&mut self, now: Timestamp) {
        while self.0.front().is_some_and(|first| now.since(*first) >= HOUR) {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Moves all times back.
    pub(super) fn shift_back(&mut self, nanos: i64) {
        self.0.iter_mut().for_each(|time| *time = time.plus_nanos(nanos.saturating_neg()));
    }
}

impl State for Hourly {
    fn write(&self, to: &mut Writer) {
        to.number(self.0.len() as u64);
        self.0.iter().for_each(|time| time.write(to));
    }

    fn read(from: &mut Reader<'_>) -> Result<Hourly, Error> {
        let times = Vec::<Timestamp>::read(from)?;
        if !times.is_sorted() {
            return Err(Reader::damaged("runs are not in the order of their times"));
        }
        Ok(Hourly(times.into()))
    }
}

/// Until when each action rests on each target.
#[derive(Debug, Clone, Default)]
pub(super) struct Cooldowns(BTreeMap<(String, String), Timestamp>);

impl Cooldowns {
    /// Until when it rests: none if it does not.
    pub(super) fn until(&self, action: &str, target: &str, now: Timestamp) -> Option<Timestamp> {
        // Looked up by a pair of texts of its own: proposals are rare.
        self.0.get(&(action.to_owned(), target.to_owned())).copied().filter(|until| now < *until)
    }

    /// Whether there is room for one more, after those that are over have gone.
    pub(super) fn has_room(&mut self, most: usize, now: Timestamp) -> bool {
        if self.0.len() >= most {
            self.0.retain(|_, until| now < *until);
        }
        self.0.len() < most
    }

    pub(super) fn insert(&mut self, action: &str, target: &str, until: Timestamp) {
        self.0.insert((action.to_owned(), target.to_owned()), until);
    }

    /// Moves all times back.
    pub(super) fn shift_back(&mut self, nanos: i64) {
        self.0.values_mut().for_each(|until| *until = until.plus_nanos(nanos.saturating_neg()));
    }

    pub(super) fn memory(&self) -> usize {
        let texts: usize = self.0.keys().map(|(action, target)| action.len() + target.len()).sum();
        texts + self.0.len() * (2 * size_of::<String>() + 24)
    }
}

impl State for Cooldowns {
    fn write(&self, to: &mut Writer) {
        to.number(self.0.len() as u64);
        for ((action, target), until) in &self.0 {
            action.write(to);
            target.write(to);
            until.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Cooldowns, Error> {
        let list = Vec::<((String, String), Timestamp)>::read(from)?;
        Ok(Cooldowns(list.into_iter().collect()))
    }
}
