//! How probable a session's course is: a Markov model of order 5 with the smoothing of Witten and Bell (method C of "The
//! zero-frequency problem", IEEE Transactions on Information Theory 37(4), 1991).
//!
//! The probability of an event after a context is `(n + d * lower) / (N + d)`: n times it followed, of N events that followed
//! the context, d of them different; `lower` is the probability after the context without its oldest event, down to one in
//! as many types as there are. A session's number is the mean surprise of its events and its end, in bits.

use super::ngram::EDGE;
use crate::error::Error;
use crate::stats::Portable;
use crate::stats::{Table, mix};
use crate::wire::{Reader, Writer};

/// Events in a context.
const ORDER: usize = 5;

/// The model.
#[derive(Debug, Clone)]
pub(super) struct WittenBell {
    /// By context: events that followed, and how many different ones.
    contexts: Table<u64, (u32, u32)>,
    /// By context and event: how often it followed.
    follows: Table<(u64, u64), u32>,
}

/// The hashes of the contexts before an event, from the empty one to the longest.
fn contexts(path: &[u64], at: usize) -> impl Iterator<Item = u64> + use<'_> {
    // Before the first event stands the edge, once.
    let before = move |back: usize| match at.checked_sub(back) {
        Some(at) => path.get(at).copied(),
        None => (back == at + 1).then_some(EDGE),
    };
    let mut hash = 0;
    std::iter::once(0).chain((1..=ORDER).map_while(move |back| {
        hash = mix(hash ^ before(back)?).rotate_left(1) ^ back as u64;
        Some(hash)
    }))
}

impl WittenBell {
    pub(super) fn new(max: usize) -> WittenBell {
        WittenBell { contexts: Table::new(max), follows: Table::new(max) }
    }

    /// Mean surprise in bits of a path and its end.
    pub(super) fn bits(&self, path: &[u64], types: usize) -> f64 {
        let sum: f64 = (0..=path.len()).map(|at| -self.probability(path, at, types).portable_log2()).sum();
        sum / (path.len() + 1) as f64
    }

    fn probability(&self, path: &[u64], at: usize, types: usize) -> f64 {
        let event = path.get(at).copied().unwrap_or(EDGE);
        contexts(path, at).fold(1.0 / (types as f64 + 2.0), |lower, context| {
            let Some(&(all, different)) = self.contexts.get(&context) else { return lower };
            let times = self.follows.get(&(context, event)).copied().unwrap_or_default();
            (f64::from(times) + f64::from(different) * lower) / (f64::from(all) + f64::from(different)).max(1.0)
        })
    }

    /// Learns a path and its end.
    pub(super) fn learn(&mut self, path: &[u64]) {
        for at in 0..=path.len() {
            let event = path.get(at).copied().unwrap_or(EDGE);
            for context in contexts(path, at) {
                let follows = self.follows.touch_or_insert((context, event), || 0);
                *follows = follows.saturating_add(1);
                let is_new = *follows == 1;
                let (all, different) = self.contexts.touch_or_insert(context, || (0, 0));
                *all = all.saturating_add(1);
                *different = different.saturating_add(u32::from(is_new));
            }
        }
    }

    /// Contexts and followers that made room for others.
    pub(super) fn evicted(&self) -> u64 {
        self.contexts.evicted() + self.follows.evicted()
    }

    pub(super) fn memory(&self) -> usize {
        self.contexts.memory() + self.follows.memory()
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.contexts.write(to);
        self.follows.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>, max: usize) -> Result<WittenBell, Error> {
        Ok(WittenBell { contexts: Table::read(from, max)?, follows: Table::read(from, max)? })
    }
}

/// The bin of a mean surprise: quarters of a bit.
pub(super) fn rank_of(bits: f64) -> f64 {
    bits * 4.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_those_of_the_formula() {
        let mut model = WittenBell::new(1000);
        model.learn(&[1, 2]);
        model.learn(&[1, 3]);
        // After nothing: 1 twice, 2, 3, and the end twice: N = 6, d = 4; of the 3 types, uniform 1/5.
        // p(2) = (1 + 4/5) / 10 = 0.18. After 1: 2 and 3, N = 2, d = 2: (1 + 2 * 0.18) / 4 = 0.34.
        // After the edge and 1 the same counts: (1 + 2 * 0.34) / 4 = 0.42.
        assert!((model.probability(&[1, 2], 1, 3) - 0.42).abs() < 1e-12);
        // Never seen after 1, nor at all: 4/5/10 = 0.08, then 2 * 0.08 / 4 = 0.04, then 0.02.
        assert!((model.probability(&[1, 9], 1, 3) - 0.02).abs() < 1e-12);
        assert!(model.bits(&[1, 9], 3) > model.bits(&[1, 2], 3));
        assert!(model.bits(&[], 3).is_finite());
    }

    #[test]
    fn probabilities_of_all_that_may_follow_add_up_to_one() {
        let mut model = WittenBell::new(1000);
        [[1, 2, 3], [1, 3, 3], [2, 2, 1]].iter().for_each(|path| model.learn(path));
        // Three types, the end, and one for what was never seen: five of a fifth each.
        let sum: f64 = [1, 2, 3, 9].iter().map(|&next| model.probability(&[1, 2, next], 2, 3)).sum::<f64>()
            + model.probability(&[1, 2], 2, 3);
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
}
