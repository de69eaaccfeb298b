//! What is known of each type of event: how many sessions had it, whether sessions end with it, how its count varies.

use crate::error::Error;
use crate::stats::Table;
use crate::wire::{Reader, State, Writer, state};

/// A type of event.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Type {
    /// Usual sessions that had it; never halved.
    pub(super) sessions: u64,
    /// Usual sessions that ended with it.
    pub(super) ends: u64,
    /// Sessions of late that had it, usual or not.
    pub(super) recent: u32,
    /// In how many surroundings it occurred with different counts, everything else being equal.
    pub(super) surroundings: u32,
    /// The least count among those.
    pub(super) low: u32,
    /// The greatest count among those.
    pub(super) high: u32,
}

state! { Type { sessions, ends, recent, surroundings, low, high } }

/// In one surrounding a type may have varied by accident; in two it varies whatever stands around it.
const FREE_FROM: u32 = 2;

impl Type {
    /// Whether sessions are usual whatever the count of this type is.
    #[inline]
    pub(super) fn is_free(&self) -> bool {
        self.surroundings >= FREE_FROM
    }

    /// Whether a count is within what the freedom is known to cover: up to twice what was seen.
    #[inline]
    pub(super) fn covers(&self, count: u32) -> bool {
        self.is_free() && count >= self.low && count <= self.high.saturating_mul(2)
    }
}

/// All types.
#[derive(Debug, Clone)]
pub(super) struct Types {
    table: Table<u64, Type>,
    /// Sessions of late.
    recent: u32,
    half_life: u32,
}

impl Types {
    pub(super) fn new(max: usize, half_life: u32) -> Types {
        Types { table: Table::new(max), recent: 0, half_life }
    }

    /// What is known of a type.
    #[inline]
    pub(super) fn get(&self, id: u64) -> Type {
        self.table.get(&id).copied().unwrap_or_default()
    }

    /// A type to change.
    #[inline]
    pub(super) fn touch(&mut self, id: u64) -> &mut Type {
        self.table.touch_or_insert(id, Type::default)
    }

    /// Sessions of late.
    pub(super) fn recent(&self) -> u32 {
        self.recent
    }

    /// Counts the types of a session, usual or not. Says whether it is time to halve all counts of late.
    pub(super) fn count_recent(&mut self, ids: impl Iterator<Item = u64>) -> bool {
        self.recent += 1;
        for id in ids {
            self.touch(id).recent += 1;
        }
        let halves = self.recent >= self.half_life.saturating_mul(2);
        if halves {
            self.recent /= 2;
            self.table.iter_mut().for_each(|(_, one)| one.recent /= 2);
        }
        halves
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// The numbers of all types.
    pub(super) fn ids(&self) -> impl Iterator<Item = u64> {
        self.table.iter().map(|(id, _)| *id)
    }

    /// Counts one type as another.
    pub(super) fn unite(&mut self, gone: u64, into: u64) {
        let Some(old) = self.table.remove(&gone) else { return };
        let recent = self.recent;
        let new = self.touch(into);
        new.sessions = new.sessions.saturating_add(old.sessions);
        new.ends = new.ends.saturating_add(old.ends);
        new.recent = new.recent.saturating_add(old.recent).min(recent);
        new.low = if new.surroundings == 0 { old.low } else { new.low.min(old.low) };
        new.high = new.high.max(old.high);
        new.surroundings = new.surroundings.max(old.surroundings);
    }

    /// Types that made room for others.
    pub(super) fn evicted(&self) -> u64 {
        self.table.evicted()
    }

    pub(super) fn memory(&self) -> usize {
        self.table.memory()
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.table.write(to);
        self.recent.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>, max: usize, half_life: u32) -> Result<Types, Error> {
        let table: Table<u64, Type> = Table::read(from, max)?;
        let recent = u32::read(from)?;
        if recent > half_life.saturating_mul(2) || table.iter().any(|(_, one)| one.recent > recent) {
            return Err(Reader::damaged("a type of event occurs in more sessions than there were"));
        }
        Ok(Types { table, recent, half_life })
    }
}
