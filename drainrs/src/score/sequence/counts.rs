//! How often each type of event occurred in a session.

use crate::stats::mix;

/// A type of event and how often it occurred.
pub(super) type Count = (u64, u32);

/// In place of a type: all types beyond the limit, counted together. In a step: the edge of the session.
pub(super) const OTHERS: u64 = u64::MAX;

/// Counts while they grow, in the order in which the types were met.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    entries: Vec<Count>,
    /// Where the last event was counted: the likeliest place for the next.
    hint: usize,
}

impl Counts {
    /// Counts an event.
    #[inline]
    pub(super) fn add(&mut self, id: u64, max_types: usize) {
        if let Some(entry) = self.entries.get_mut(self.hint)
            && entry.0 == id
        {
            entry.1 = entry.1.saturating_add(1);
            return;
        }
        if let Some(at) = self.entries.iter().position(|entry| entry.0 == id) {
            self.hint = at;
            if let Some(entry) = self.entries.get_mut(at) {
                entry.1 = entry.1.saturating_add(1);
            }
        } else if self.entries.len() < max_types || id == OTHERS {
            self.hint = self.entries.len();
            self.entries.push((id, 1));
        } else {
            self.add(OTHERS, max_types);
        }
    }

    /// Forgets everything but the memory.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.hint = 0;
    }

    /// Puts the types in ascending order and gives them; counting can go on afterwards.
    pub(super) fn sorted(&mut self) -> &[Count] {
        self.entries.sort_unstable();
        self.hint = 0;
        &self.entries
    }

    /// The types as they stand.
    pub(super) fn entries(&self) -> &[Count] {
        &self.entries
    }

    /// From what was written.
    pub(super) fn of(entries: Vec<Count>) -> Counts {
        Counts { entries, hint: 0 }
    }

    /// Counts one type as another from now on and for the past.
    pub(super) fn rename(&mut self, gone: u64, into: u64) {
        unite(&mut self.entries, gone, into);
        self.hint = 0;
    }

    /// Memory in bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<Count>()
    }
}

/// Adds the count of a type to that of another. Says whether the type was there.
pub(super) fn unite(entries: &mut Vec<Count>, gone: u64, into: u64) -> bool {
    let Some(at) = entries.iter().position(|entry| entry.0 == gone) else { return false };
    let (_, count) = entries.remove(at);
    match entries.iter_mut().find(|entry| entry.0 == into) {
        Some(entry) => entry.1 = entry.1.saturating_add(count),
        None => entries.push((into, count)),
    }
    true
}

/// How often a type occurs in sorted counts.
#[inline]
pub(super) fn count_of(counts: &[Count], id: u64) -> u32 {
    let at = counts.partition_point(|entry| entry.0 < id);
    counts.get(at).filter(|entry| entry.0 == id).map_or(0, |entry| entry.1)
}

/// The part that one type has in the hash of a vector. The hash is the sum of the parts, so that a part can be taken out.
#[inline]
pub(super) fn part(id: u64, count: u32) -> u64 {
    mix(mix(id) ^ u64::from(count).rotate_left(32))
}

/// The hash of a vector.
#[inline]
pub(super) fn hash(counts: &[Count]) -> u64 {
    counts.iter().fold(0, |sum, &(id, count)| sum.wrapping_add(part(id, count)))
}

/// Both counts of every type that occurs in either of two sorted vectors.
pub(super) fn zip<'a>(left: &'a [Count], right: &'a [Count]) -> impl Iterator<Item = (u64, u32, u32)> + use<'a> {
    let (mut left, mut right) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    std::iter::from_fn(move || match (left.peek().copied(), right.peek().copied()) {
        (Some((id, count)), other) if other.is_none_or(|(other, _)| id < other) => {
            left.next();
            Some((id, count, 0))
        }
        (Some((id, count)), Some((other, its))) if id == other => {
            left.next();
            right.next();
            Some((id, count, its))
        }
        (_, Some((id, count))) => {
            right.next();
            Some((id, 0, count))
        }
        (_, None) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_beyond_the_limit_are_counted_together() {
        let mut counts = Counts::default();
        [7, 3, 7, 5, 6, 5, 3].into_iter().for_each(|id| counts.add(id, 2));
        assert_eq!(counts.sorted(), [(3, 2), (7, 2), (OTHERS, 3)]);
        counts.add(7, 2);
        counts.rename(7, 3);
        assert_eq!(counts.sorted(), [(3, 5), (OTHERS, 3)]);
    }

    #[test]
    fn vectors_are_compared_type_by_type() {
        let both: Vec<_> = zip(&[(1, 2), (4, 1)], &[(2, 3), (4, 5), (9, 1)]).collect();
        assert_eq!(both, [(1, 2, 0), (2, 0, 3), (4, 1, 5), (9, 0, 1)]);
        assert_eq!(hash(&[(1, 2), (4, 1)]).wrapping_sub(part(4, 1)), hash(&[(1, 2)]));
        assert_ne!(hash(&[(1, 2), (2, 1)]), hash(&[(1, 1), (2, 2)]));
    }
}
