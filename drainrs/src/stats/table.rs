//! A map with a limit: the entries that were not used for longest make room.
//!
//! Entries are stamped when they are used, and when the map is full an eighth of it, the oldest, goes at once: reading a
//! stamp costs nothing, where a linked list of the order of use would cost two cache lines for every event. The amortised
//! cost of an insertion into a full map is constant. Iteration is in the order of a slab, which depends on nothing but the
//! calls made: the same calls give the same order on every host.

use hashbrown::HashTable;

use crate::error::Error;
use crate::text::spread;
use crate::wire::{Reader, State, Writer};

/// What can be a key of a [`Table`].
pub(crate) trait Key: Copy + Eq + Ord {
    /// A hash that is the same on every host.
    fn hash(&self) -> u64;
}

/// Mixes the bits of a number: a multiplication whose halves are folded.
#[inline]
pub(crate) fn mix(number: u64) -> u64 {
    let product = u128::from(number ^ 0x9E37_79B9_7F4A_7C15) * u128::from(0xD6E8_FEB8_6659_FD93_u64);
    (product as u64) ^ ((product >> 64) as u64)
}

impl Key for u64 {
    #[inline]
    fn hash(&self) -> u64 {
        mix(*self)
    }
}

impl Key for u32 {
    #[inline]
    fn hash(&self) -> u64 {
        mix(u64::from(*self))
    }
}

impl<A: Key, B: Key> Key for (A, B) {
    #[inline]
    fn hash(&self) -> u64 {
        mix(self.0.hash() ^ self.1.hash().rotate_left(32))
    }
}

#[derive(Debug, Clone)]
struct Entry<K, V> {
    key: K,
    /// When it was used last, in calls.
    used: u64,
    value: V,
}

/// The map.
#[derive(Debug, Clone)]
pub(crate) struct Table<K, V> {
    max: usize,
    places: HashTable<u32>,
    entries: Vec<Entry<K, V>>,
    clock: u64,
    evicted: u64,
}

/// The place of a key.
#[inline]
fn hash(key: &impl Key) -> u64 {
    spread(key.hash())
}

impl<K: Key, V> Table<K, V> {
    /// With room for so many entries, at least one.
    pub(crate) fn new(max: usize) -> Table<K, V> {
        let max = max.clamp(1, u32::MAX as usize / 2);
        Table { max, places: HashTable::new(), entries: Vec::new(), clock: 0, evicted: 0 }
    }

    #[inline]
    fn place(&self, key: &K) -> Option<usize> {
        let entries = &self.entries;
        let is_it = |&at: &u32| entries.get(at as usize).is_some_and(|entry| entry.key == *key);
        self.places.find(hash(key), is_it).map(|&at| at as usize)
    }

    /// A value; looking is not use.
    #[inline]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.place(key).and_then(|at| self.entries.get(at)).map(|entry| &entry.value)
    }

    /// A value to change; not use either.
    #[inline]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.place(key).and_then(|at| self.entries.get_mut(at)).map(|entry| &mut entry.value)
    }

    /// A value, used now.
    #[inline]
    pub(crate) fn touch(&mut self, key: &K) -> Option<&mut V> {
        self.clock += 1;
        let clock = self.clock;
        let entry = self.place(key).and_then(|at| self.entries.get_mut(at))?;
        entry.used = clock;
        Some(&mut entry.value)
    }

    /// A value, used now, made if it is missing; others may make room for it.
    #[inline]
    pub(crate) fn touch_or_insert(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        self.clock += 1;
        let at = match self.place(&key) {
            Some(at) => at,
            None => self.insert_new(key, make()),
        };
        let entry = &mut self.entries[at];
        entry.used = self.clock;
        &mut entry.value
    }

    /// Puts in an entry whose key is not there; gives its place.
    #[cold]
    fn insert_new(&mut self, key: K, value: V) -> usize {
        if self.entries.len() >= self.max {
            self.make_room();
        }
        let at = self.entries.len();
        if at == self.entries.capacity() {
            // By an eighth, not by as much again: entries are large, and copying them is cheap beside what founds one.
            self.entries.reserve_exact((at / 8).max(4));
        }
        self.entries.push(Entry { key, used: self.clock, value });
        let entries = &self.entries;
        self.places.insert_unique(hash(&key), at as u32, |&at| hash(&entries[at as usize].key));
        at
    }

    /// Drops the eighth that was not used for longest, at least one.
    fn make_room(&mut self) {
        let going = (self.entries.len() / 8).max(1);
        let mut stamps: Vec<u64> = self.entries.iter().map(|entry| entry.used).collect();
        let (_, &mut newest_going, _) = stamps.select_nth_unstable(going - 1);
        self.evicted += going as u64;
        // Stamps are different from each other, except of entries that were never used since they were read.
        let mut left = going;
        self.retain(|_, _, used| {
            let goes = left > 0 && used <= newest_going;
            left -= usize::from(goes);
            !goes
        });
    }

    /// Keeps the entries that a test lets pass; it is told key, value and stamp.
    fn retain(&mut self, mut keep: impl FnMut(&K, &V, u64) -> bool) {
        self.entries.retain(|entry| keep(&entry.key, &entry.value, entry.used));
        self.index();
    }

    /// Drops the entries that a test does not let pass.
    pub(crate) fn retain_values(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.retain(|key, value, _| keep(key, value));
    }

    /// Makes the index anew.
    fn index(&mut self) {
        self.places.clear();
        let entries = &self.entries;
        for (at, entry) in entries.iter().enumerate() {
            self.places.insert_unique(hash(&entry.key), at as u32, |&at| hash(&entries[at as usize].key));
        }
    }

    /// Takes an entry out. The last one takes its place in the order of iteration.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.place(key)?;
        let entry = self.places.find_entry(hash(key), |&other| other as usize == at).ok()?;
        entry.remove();
        let gone = self.entries.swap_remove(at);
        if let Some(moved) = self.entries.get(at) {
            let last = self.entries.len();
            if let Some(place) = self.places.find_mut(hash(&moved.key), |&other| other as usize == last) {
                *place = at as u32;
            }
        }
        Some(gone.value)
    }

    /// The number of entries.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many entries have made room for others.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Forgets the entries, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.places.clear();
    }

    /// All entries, in the order of the slab.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|entry| (&entry.key, &entry.value))
    }

    /// All entries to change, in the order of the slab; not use.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.entries.iter_mut().map(|entry| (&entry.key, &mut entry.value))
    }

    /// Memory in bytes, without what the values hold on the heap.
    pub(crate) fn memory(&self) -> usize {
        self.places.capacity() * (size_of::<u32>() + 1) + self.entries.capacity() * size_of::<Entry<K, V>>()
    }
}

impl<K: Key + State, V: State> Table<K, V> {
    /// Writes the entries; the limit is a setting and is not written.
    pub(crate) fn write(&self, to: &mut Writer) {
        to.number(self.evicted);
        to.number(self.clock);
        to.number(self.entries.len() as u64);
        for entry in &self.entries {
            entry.key.write(to);
            to.number(entry.used);
            entry.value.write(to);
        }
    }

    /// Reads what was written, into a table with room for `max` entries.
    pub(crate) fn read(from: &mut Reader<'_>, max: usize) -> Result<Table<K, V>, Error> {
        let mut table = Table::new(max);
        table.evicted = from.counter()?;
        let clock = from.counter()?;
        for _ in 0..from.count()? {
            let key = K::read(from)?;
            let used = from.counter()?;
            let value = V::read(from)?;
            if table.place(&key).is_some() {
                return Err(Reader::damaged("an entry of a table stands there twice"));
            }
            if used > clock {
                return Err(Reader::damaged("an entry of a table was used in the future"));
            }
            table.clock = used;
            table.insert_new(key, value);
        }
        table.clock = clock;
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entries_not_used_for_longest_make_room() {
        let mut table = Table::new(16);
        for key in 0..16_u64 {
            table.touch_or_insert(key, || key * 10);
        }
        table.touch(&0);
        assert!(table.get(&1).is_some(), "looking is not use");
        table.touch_or_insert(16, || 160);
        let kept: Vec<u64> = table.iter().map(|(key, _)| *key).collect();
        assert_eq!(kept, [0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], "1 and 2 were the oldest");
        assert_eq!(table.evicted(), 2);
        assert!(kept.iter().all(|key| table.get(key) == Some(&(key * 10))), "the index follows");
    }

    #[test]
    fn it_agrees_with_a_plain_map_under_insertions_and_removals() {
        let mut table = Table::new(1000);
        let mut plain = std::collections::BTreeMap::new();
        let mut random = 1_u64;
        for _ in 0..10_000 {
            random = mix(random);
            let key = random % 500;
            if random & (1 << 40) == 0 {
                *table.touch_or_insert(key, || 0_u64) += 1;
                *plain.entry(key).or_insert(0) += 1;
            } else {
                assert_eq!(table.remove(&key), plain.remove(&key));
            }
        }
        let mut found: Vec<(u64, u64)> = table.iter().map(|(key, value)| (*key, *value)).collect();
        found.sort_unstable();
        assert_eq!(found, plain.into_iter().collect::<Vec<_>>());
        assert_eq!(table.evicted(), 0);
    }

    #[test]
    fn what_is_written_is_read() {
        let mut table: Table<u64, u64> = Table::new(8);
        (0..20).for_each(|key| *table.touch_or_insert(key % 11, || 0) += key);
        let mut to = Writer::new();
        table.write(&mut to);
        let body = to.finish();
        let mut read: Table<u64, u64> = Table::read(&mut Reader::new(&body), 8).unwrap();
        let entries = |table: &Table<u64, u64>| table.iter().map(|(key, value)| (*key, *value)).collect::<Vec<_>>();
        assert_eq!(entries(&read), entries(&table));
        (0..20).for_each(|key| {
            *table.touch_or_insert(key * 7 % 13, || 0) += 1;
            *read.touch_or_insert(key * 7 % 13, || 0) += 1;
        });
        assert_eq!(entries(&read), entries(&table), "and it goes on as it would have");
    }
}
