//! What whoever writes a log does not know: numbers that are drawn when the process begins.
//!
//! Hash tables are fast while their keys spread. An attacker who knows the arithmetic makes keys that do not, and every lookup
//! becomes a walk. Under a secret nobody can: hashes of texts, and the places of keys in tables, are other ones in each process.
//!
//! **Nothing else depends on it.** Equal hashes are never taken for equal texts, and no table is walked in the order of its hashes;
//! so the same lines give the same results, and the same snapshot bytes, under any secret. Snapshots hold no hash of this kind.
//!
//! The numbers come from the standard library's source for its own hash maps. On `wasm32-unknown-unknown` that source is a constant,
//! because there is no other: there the tables are as good as their arithmetic.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// Drawn once.
static SECRET: LazyLock<[u64; 3]> = LazyLock::new(|| {
    let source = RandomState::new();
    // Odd, so that no multiplication loses bits.
    [1_u64, 2, 3].map(|n| source.hash_one(n) | 1)
});

/// The secret of this process.
#[inline]
pub(super) fn secret() -> &'static [u64; 3] {
    &SECRET
}

/// Multiplies to 128 bits and folds the halves: the mixing step of wyhash and its relatives.
#[inline]
pub(super) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// The place of a number in a hash table.
#[inline]
pub(crate) fn spread(number: u64) -> u64 {
    let [first, second, _] = *secret();
    fold(number ^ first, second)
}

/// The place of a pair of numbers in a hash table.
#[inline]
pub(crate) fn spread_pair(one: u64, other: u64) -> u64 {
    let [first, second, third] = *secret();
    fold(one ^ first ^ other.wrapping_mul(third), second)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_that_differ_little_spread() {
        let places: BTreeSet<u64> = (0..10_000_u64).map(|n| spread(n << 20) >> 48).collect();
        assert!(places.len() > 8000, "{}", places.len());
        let pairs: BTreeSet<u64> = (0..10_000_u64).map(|n| spread_pair(n % 100, n / 100) & 0xFFFF).collect();
        assert!(pairs.len() > 8000, "{}", pairs.len());
    }

    #[test]
    fn a_process_has_one_secret() {
        assert_eq!(spread(7), spread(7));
        assert_eq!(secret(), secret());
        assert!(secret().iter().all(|number| number % 2 == 1));
    }
}
