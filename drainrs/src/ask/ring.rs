//! The last lines of each service: the context of what is noticed.

use std::collections::{BTreeMap, VecDeque};

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
    pub(super) text: Vec<u8>,
}

impl Kept {
    /// Takes another line's contents, in its own memory.
    pub(super) fn set(&mut self, line: &Borrowed<'_>, max_bytes: usize) {
        (self.number, self.at, self.level) = (line.number, line.at, line.level);
        self.service.clear();
        self.service.extend_from_slice(line.service);
        self.text.clear();
        keep_whole(line.text, max_bytes, &mut self.text);
    }

    pub(super) fn memory(&self) -> usize {
        size_of::<Kept>() + self.service.capacity() + self.text.capacity()
    }
}

/// Appends a text of at most so many bytes. What is longer is cut in front of a word, because half a secret is not seen to be one,
/// and says so.
pub(super) fn keep_whole(text: &[u8], max_bytes: usize, to: &mut Vec<u8>) {
    if text.len() <= max_bytes {
        return to.extend_from_slice(text);
    }
    let head = whole_words(text, max_bytes);
    to.extend_from_slice(head);
    if !head.is_empty() {
        to.push(b' ');
    }
    to.extend_from_slice(format!("[cut: {} bytes more]", text.len() - head.len()).as_bytes());
}

/// As many whole words of a text as fit.
pub(super) fn whole_words(text: &[u8], max_bytes: usize) -> &[u8] {
    let fits = text.get(..=max_bytes).unwrap_or(text);
    if fits.len() == text.len() && text.len() <= max_bytes {
        return text;
    }
    let end = fits.iter().rposition(u8::is_ascii_whitespace).unwrap_or_default();
    fits.get(..end).unwrap_or_default().trim_ascii_end()
}

/// A line as it passes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borrowed<'a> {
    pub(super) number: u64,
    pub(super) at: Option<Timestamp>,
    pub(super) level: Level,
    pub(super) service: &'a [u8],
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
