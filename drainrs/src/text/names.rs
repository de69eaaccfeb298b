//! Names as numbers, up to a limit.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::secret::secret;

/// Gives every name that it meets a number: 0, 1, 2, ... in the order of their coming. Equal names are compared byte by byte,
/// so that two never share a number.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    max: usize,
    places: HashTable<u32>,
    known: Vec<Box<[u8]>>,
    /// The last one asked for: neighbours in a log are often of the same service.
    last: u32,
}

/// The place of a name.
fn place_of(name: &[u8]) -> u64 {
    xxh3_64_with_seed(name, secret()[0])
}

impl Names {
    /// With room for so many.
    pub(crate) fn new(max: usize) -> Names {
        Names { max: max.min(u32::MAX as usize), places: HashTable::new(), known: Vec::new(), last: 0 }
    }

    /// The number of a name; `None` if it is new and there is no room.
    #[inline]
    pub(crate) fn number(&mut self, name: &[u8]) -> Option<u32> {
        if self.known.get(self.last as usize).is_some_and(|last| **last == *name) {
            return Some(self.last);
        }
        let hash = place_of(name);
        let names = &self.known;
        let is_it = |&at: &u32| names.get(at as usize).is_some_and(|known| **known == *name);
        if let Some(&found) = self.places.find(hash, is_it) {
            self.last = found;
            return Some(found);
        }
        if self.known.len() >= self.max {
            return None;
        }
        let number = self.known.len() as u32;
        self.known.push(name.into());
        let names = &self.known;
        self.places.insert_unique(hash, number, |&at| names.get(at as usize).map_or(0, |name| place_of(name)));
        self.last = number;
        Some(number)
    }

    /// A name by its number.
    pub(crate) fn name(&self, number: u32) -> Option<&[u8]> {
        self.known.get(number as usize).map(|name| &**name)
    }

    /// All names, in the order of their numbers.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.known.iter().map(|name| &**name)
    }

    /// Memory in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.known.iter().map(|name| name.len() + size_of::<Box<[u8]>>() + 5).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_given_in_order_and_the_limit_holds() {
        let mut names = Names::new(2);
        assert_eq!(
            [b"a", b"b", b"a", b"c", b"b"].map(|name| names.number(name)),
            [Some(0), Some(1), Some(0), None, Some(1)]
        );
        assert_eq!((names.name(1), names.name(2)), (Some(&b"b"[..]), None));
        assert_eq!(names.iter().len(), 2);
    }
}
