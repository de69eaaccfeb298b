//! The combinations of counts that usual sessions had, and what can be said about one that none of them had.
//!
//! A vector is known if a usual session had it. It is *as good as known* if a known vector differs from it only in *free*
//! types. A type is free when known vectors were seen that differ in its count and in nothing else, and that in at least two
//! different surroundings: a block that is read once more, a retry, an optional step. Without this the number of vectors to
//! be learned is the product of all such counts, and each combination not met yet would be a false alarm. A session with a
//! rare type must be known as it is.

use super::counts::{self, Count, OTHERS, part};
use super::types::Types;
use crate::error::Error;
use crate::stats::Table;
use crate::wire::{Reader, Writer, state};

/// What the count of one type was while everything else was equal.
#[derive(Debug, Clone, Copy)]
struct Surrounding {
    first: u32,
    varied: bool,
}

state! { Surrounding { first, varied } }

/// The known vectors.
#[derive(Debug, Clone)]
pub(super) struct Vectors {
    /// By hash.
    known: Table<u64, u32>,
    /// The ones used last, number by number.
    explicit: Table<u64, Vec<Count>>,
    /// By the hash of what is left when free types are taken out; made of `explicit` anew when a type becomes free.
    cores: Table<u64, u32>,
    /// By type and hash of everything else.
    surroundings: Table<(u64, u64), Surrounding>,
}

/// The usual vectors that are next to one that is not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nearest<'a> {
    /// To the nearest, 0 to 1.
    pub(super) distance: f64,
    /// The one that differs in the fewest types, for the reason: one count far out must not hide that another is wrong.
    pub(super) example: &'a [Count],
}

impl Vectors {
    pub(super) fn new(max_vectors: usize, max_explicit: usize) -> Vectors {
        Vectors {
            known: Table::new(max_vectors),
            explicit: Table::new(max_explicit),
            cores: Table::new(max_vectors),
            surroundings: Table::new(max_vectors),
        }
    }

    /// The number of known vectors.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether a session of these counts is usual; types that are not rare occurred in at least `least` sessions.
    #[inline]
    pub(super) fn is_usual(&self, vector: &[Count], types: &Types, least: f64) -> bool {
        self.known.get(&counts::hash(vector)).is_some() || self.is_as_good_as_known(vector, types, least)
    }

    fn is_as_good_as_known(&self, vector: &[Count], types: &Types, least: f64) -> bool {
        let covered = |&(id, count): &Count| {
            let one = types.get(id);
            !one.is_free() || one.covers(count)
        };
        is_common(vector, types, least) && vector.iter().all(covered) && self.cores.get(&core(vector, types)).is_some()
    }

    /// Learns the counts of a usual session.
    pub(super) fn learn(&mut self, vector: &[Count], types: &mut Types) {
        let hash = counts::hash(vector);
        if let Some(sessions) = self.known.touch(&hash) {
            *sessions = sessions.saturating_add(1);
            if self.explicit.touch(&hash).is_some() {
                return;
            }
        }
        let freed = self.note_surroundings(vector, hash, types);
        self.known.touch_or_insert(hash, || 1);
        self.explicit.touch_or_insert(hash, || vector.to_vec());
        if freed {
            self.project(types);
        } else {
            self.cores.touch_or_insert(core(vector, types), || 1);
        }
    }

    /// Notes of every type with which count it occurs among the others. Says whether cores look different now.
    fn note_surroundings(&mut self, vector: &[Count], hash: u64, types: &mut Types) -> bool {
        let mut freed = false;
        for &(id, count) in vector.iter().filter(|&&(id, _)| id != OTHERS) {
            let rest = hash.wrapping_sub(part(id, count));
            let without = self.known.get(&rest).is_some();
            let seen = self.surroundings.touch_or_insert((id, rest), || Surrounding { first: count, varied: false });
            if without || seen.first != count {
                let least = if without { 0 } else { seen.first.min(count) };
                freed |= vary(types, id, seen, least, count);
            }
        }
        // The same for types that do not occur, where a known vector differs in having one.
        let absent: Vec<u64> = types.ids().filter(|&id| self.surroundings.get(&(id, hash)).is_some()).collect();
        for id in absent {
            if let Some(seen) = self.surroundings.touch(&(id, hash)) {
                let most = seen.first;
                freed |= vary(types, id, seen, 0, most);
            }
        }
        freed
    }

    /// Makes the cores anew.
    fn project(&mut self, types: &Types) {
        self.cores.clear();
        for (_, vector) in self.explicit.iter() {
            self.cores.touch_or_insert(core(vector, types), || 1);
        }
    }

    /// The usual vectors next to one that is not. The distance is the sum of the differences over the sum of the greater
    /// counts, where covered differences of free types are none. `None` if no vector is known.
    pub(super) fn nearest(&self, vector: &[Count], types: &Types, least: f64) -> Option<Nearest<'_>> {
        let common = is_common(vector, types, least);
        let mut best: Option<Nearest<'_>> = None;
        let mut fewest = (usize::MAX, f64::INFINITY);
        for (_, other) in self.explicit.iter() {
            let (mut apart, mut all, mut differing) = (0_u64, 0_u64, 0_usize);
            for (id, here, there) in counts::zip(vector, other) {
                all += u64::from(here.max(there));
                if here != there && !(common && types.get(id).covers(here)) {
                    apart += u64::from(here.abs_diff(there));
                    differing += 1;
                }
            }
            let distance = if all == 0 { 0.0 } else { apart as f64 / all as f64 };
            let nearest = best.map_or(f64::INFINITY, |best| best.distance).min(distance);
            let closer = (differing, distance) < fewest;
            let example = best.filter(|_| !closer).map_or(other.as_slice(), |best| best.example);
            fewest = if closer { (differing, distance) } else { fewest };
            best = Some(Nearest { distance: nearest, example });
        }
        best
    }

    /// Counts one type as another in all vectors that are known number by number; the hashes of others keep the old one.
    pub(super) fn unite(&mut self, gone: u64, into: u64, types: &Types) {
        let mut changed: Vec<(u64, Vec<Count>)> = Vec::new();
        for (hash, vector) in self.explicit.iter() {
            let mut entries = vector.clone();
            if counts::unite(&mut entries, gone, into) {
                entries.sort_unstable();
                changed.push((*hash, entries));
            }
        }
        for (hash, entries) in changed {
            self.explicit.remove(&hash);
            let sessions = self.known.remove(&hash).unwrap_or(1);
            let new = counts::hash(&entries);
            let known = self.known.touch_or_insert(new, || 0);
            *known = known.saturating_add(sessions);
            self.explicit.touch_or_insert(new, || entries);
        }
        self.surroundings.retain_values(|key, _| key.0 != gone && key.0 != into);
        self.project(types);
    }

    /// Vectors that made room for others: known by hash, and number by number.
    pub(super) fn evicted(&self) -> (u64, u64) {
        (self.known.evicted(), self.explicit.evicted())
    }

    pub(super) fn memory(&self) -> usize {
        let vectors: usize = self.explicit.iter().map(|(_, vector)| vector.capacity() * size_of::<Count>()).sum();
        self.known.memory() + self.explicit.memory() + self.cores.memory() + self.surroundings.memory() + vectors
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.known.write(to);
        self.cores.write(to);
        self.surroundings.write(to);
        self.explicit.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>, max_vectors: usize, max_explicit: usize) -> Result<Vectors, Error> {
        let known = Table::read(from, max_vectors)?;
        let cores = Table::read(from, max_vectors)?;
        let surroundings = Table::read(from, max_vectors)?;
        let explicit: Table<u64, Vec<Count>> = Table::read(from, max_explicit)?;
        if explicit.iter().any(|(_, vector)| !vector.is_sorted_by_key(|entry| entry.0)) {
            return Err(Reader::damaged("the types of a session are out of order"));
        }
        Ok(Vectors { known, explicit, cores, surroundings })
    }
}

/// Notes that the count of a type varies, from `least` to `most`, while everything else is equal. Says whether cores look
/// different now.
fn vary(types: &mut Types, id: u64, seen: &mut Surrounding, least: u32, most: u32) -> bool {
    let one = types.touch(id);
    let before = (one.is_free(), one.low == 0);
    one.low = if one.surroundings == 0 { least } else { one.low.min(least) };
    one.high = one.high.max(most);
    if !seen.varied {
        seen.varied = true;
        one.surroundings = one.surroundings.saturating_add(1);
    }
    one.is_free() && before != (true, one.low == 0)
}

/// Whether every type of a vector occurred in at least so many usual sessions. With a rare one, too few vectors are known to say
/// what else is free to vary beside it.
pub(super) fn is_common(vector: &[Count], types: &Types, least: f64) -> bool {
    vector.iter().all(|&(id, _)| types.get(id).sessions as f64 >= least)
}

/// The hash of a vector without its free types; of those that were always there when they varied, the presence is left.
fn core(vector: &[Count], types: &Types) -> u64 {
    vector.iter().fold(0, |sum, &(id, count)| {
        let one = types.get(id);
        let rest = match (one.is_free(), one.low) {
            (false, _) => part(id, count),
            (true, 0) => 0,
            (true, _) => part(id, u32::MAX),
        };
        sum.wrapping_add(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(vectors: &[&[Count]]) -> (Vectors, Types) {
        let (mut known, mut types) = (Vectors::new(100, 100), Types::new(100, 100));
        for vector in vectors {
            types.count_recent(vector.iter().map(|entry| entry.0));
            known.learn(vector, &mut types);
        }
        (known, types)
    }

    #[test]
    fn a_type_that_varies_alone_in_two_surroundings_is_free() {
        // Type 2 varies from 1 to 3 beside {1: 1}, and from 1 to 2 beside {1: 1, 5: 1}.
        let (one, types) = learned(&[&[(1, 1), (2, 1)], &[(1, 1), (2, 3)], &[(1, 1), (2, 1), (5, 1)]]);
        assert!(!one.is_usual(&[(1, 1), (2, 2)], &types, 0.0), "one surrounding proves nothing");
        let (two, types) =
            learned(&[&[(1, 1), (2, 1)], &[(1, 1), (2, 3)], &[(1, 1), (2, 1), (5, 1)], &[(1, 1), (2, 2), (5, 1)]]);
        assert!(two.is_usual(&[(1, 1), (2, 2)], &types, 0.0));
        assert!(two.is_usual(&[(1, 1), (2, 6)], &types, 0.0), "up to twice what was seen");
        assert!(!two.is_usual(&[(1, 1), (2, 7)], &types, 0.0), "but not any number");
        assert!(!two.is_usual(&[(1, 1)], &types, 0.0), "it was always there");
        assert!(!two.is_usual(&[(1, 2), (2, 2)], &types, 0.0), "the others are as strict as ever");
        assert_eq!(types.get(2).low..=types.get(2).high, 1..=3);
    }

    #[test]
    fn a_type_that_may_be_missing_is_free_in_whatever_order_it_is_learned() {
        let with: [&[Count]; 4] = [&[(1, 1)], &[(1, 1), (2, 1)], &[(1, 1), (3, 1)], &[(1, 1), (2, 1), (3, 1)]];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 1, 3, 0]] {
            let (_, types) = learned(&order.map(|at| with[at]));
            assert_eq!((types.get(2).is_free(), types.get(2).low, types.get(2).high), (true, 0, 1), "{order:?}");
            assert_eq!((types.get(3).is_free(), types.get(1).is_free()), (true, false), "{order:?}");
        }
    }

    #[test]
    fn distances_are_those_of_the_formula() {
        let (known, types) = learned(&[&[(1, 3), (2, 1)], &[(1, 1), (9, 1)]]);
        // |1-3| + |0-1| + |1-0| = 4 over 3 + 1 + 1 = 5; |1-1| + |1-0| + |0-1| = 2 over 1 + 1 + 1 = 3.
        let nearest = known.nearest(&[(1, 1), (4, 1)], &types, 0.0).unwrap();
        assert!((nearest.distance - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(nearest.example, [(1, 1), (9, 1)]);
        assert!(Vectors::new(1, 1).nearest(&[(1, 1)], &types, 0.0).is_none());
    }

    #[test]
    fn united_types_are_one_in_every_vector() {
        let (mut known, mut types) = learned(&[&[(1, 1), (2, 1)], &[(1, 1), (3, 2)]]);
        types.unite(3, 2);
        known.unite(3, 2, &types);
        assert!(known.is_usual(&[(1, 1), (2, 2)], &types, 0.0));
        assert_eq!(known.len(), 2);
    }
}
