//! Names that stand for values under a key.

use std::hash::Hasher as _;

use siphasher::sip128::{Hasher128 as _, SipHasher24};

/// The names that one key gives.
#[derive(Clone)]
pub(super) struct Pseudonyms {
    key: [u8; 16],
    /// How many characters a name has.
    len: usize,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pseudonyms").field("len", &self.len).finish_non_exhaustive()
    }
}

impl Pseudonyms {
    /// With names of so many bits, five to a character.
    pub(super) fn new(key: [u8; 16], bits: u32) -> Pseudonyms {
        Pseudonyms { key, len: bits as usize / 5 }
    }

    /// The name of a value of a kind: the first bits of SipHash-2-4-128 over the kind's word, a zero and the value, in Base32.
    pub(super) fn of(&self, word: &str, canonical: &str) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut hasher = SipHasher24::new_with_key(&self.key);
        for part in [word.as_bytes(), &[0], canonical.as_bytes()] {
            hasher.write(part);
        }
        let hash = hasher.finish128().as_u128();
        let digit = |at: usize| ALPHABET[(hash >> (123 - 5 * at) & 31) as usize];
        (0..self.len).map(|at| char::from(digit(at))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_depend_on_key_kind_and_value() {
        let names = Pseudonyms::new([1; 16], 40);
        let name = names.of("EMAIL", "a@b.test");
        assert_eq!(name.len(), 8);
        assert_eq!(name, names.of("EMAIL", "a@b.test"));
        assert_ne!(name, names.of("IP", "a@b.test"));
        assert_ne!(name, names.of("EMAIL", "b@b.test"));
        assert_ne!(name, Pseudonyms::new([2; 16], 40).of("EMAIL", "a@b.test"));
        assert_eq!(Pseudonyms::new([1; 16], 120).of("EMAIL", "a@b.test").len(), 24);
        assert!(!format!("{names:?}").contains("key"));
    }
}
