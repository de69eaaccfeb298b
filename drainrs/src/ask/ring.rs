//! The last lines of each service: the context of what is noticed.

use std::collections::{BTreeMap, VecDeque};

use super::remembered::Remembered;
use crate::flow::Level;
use crate::time::Timestamp;

/// A line that is remembered.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// From 1.
    pub(super) number: u64,
    pub(super) at: Option<Timestamp>,
    pub(super) level: Level,
    pub(super) service: Vec<u8>,
    pub(super) text: Remembered,
}

impl Kept {
    /// Takes another line's contents, in its own memory.
    pub(super) fn set(&mut self, line: &Borrowed<'_>, max_bytes: usize) {
        (self.number, self.at, self.level) = (line.number, line.at, line.level);
        self.service.clear();
        self.service.extend_from_slice(line.service);
        self.text.set(line.name, line.text, max_bytes);
    }

    pub(super) fn memory(&self) -> usize {
        size_of::<Kept>() + self.service.capacity() + self.text.memory()
    }
}

/// A line as it passes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borrowed<'a> {
    pub(super) number: u64,
    pub(super) at: Option<Timestamp>,
    pub(super) level: Level,
    pub(super) service: &'a [u8],
    /// The name that the header took, see [`Remembered`].
    pub(super) name: &'a [u8],
    pub(super) text: &'a [u8],
}

/// A ring per service, up to a number of services; the others share one.
#[derive(Debug, Clone, Default)]
pub(super) struct Rings {
    own: BTreeMap<Vec<u8>, VecDeque<Kept>>,
    shared: VecDeque<Kept>,
}

impl Rings {
    /// Remembers a line. No allocation once a ring is full and its lines have room.
    pub(super) fn push(&mut self, line: &Borrowed<'_>, lines: usize, max_services: usize, max_bytes: usize) {
        if lines == 0 {
            return;
        }
        if !self.own.contains_key(line.service) && self.own.len() < max_services {
            self.own.insert(line.service.to_vec(), VecDeque::new());
        }
        let ring = self.own.get_mut(line.service).unwrap_or(&mut self.shared);
        let mut kept = if ring.len() < lines { Kept::default() } else { ring.pop_front().unwrap_or_default() };
        kept.set(line, max_bytes);
        ring.push_back(kept);
    }

    /// The last lines of a service, the oldest first.
    pub(super) fn of(&self, service: &[u8]) -> impl DoubleEndedIterator<Item = &Kept> {
        self.own.get(service).unwrap_or(&self.shared).iter()
    }

    /// The last lines of all services, in the order of their numbers.
    pub(super) fn all(&self) -> Vec<&Kept> {
        let mut lines: Vec<&Kept> = self.own.values().chain([&self.shared]).flatten().collect();
        lines.sort_by_key(|line| line.number);
        lines
    }

    pub(super) fn memory(&self) -> usize {
        let rings = self.own.iter().map(|(name, ring)| name.capacity() + ring.iter().map(Kept::memory).sum::<usize>());
        rings.sum::<usize>() + self.shared.iter().map(Kept::memory).sum::<usize>()
    }
}
