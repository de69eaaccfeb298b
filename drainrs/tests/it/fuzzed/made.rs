//! Values that strategies make of an input's bytes: four bytes choose one, so that a mutation of the input changes one of many.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The value that these bytes choose.
pub(super) fn made<S: Strategy>(strategy: &S, choice: &[u8]) -> S::Value {
    let mut seed = [1; 16];
    seed.iter_mut().zip(choice).for_each(|(byte, chosen)| *byte = *chosen);
    let rng = TestRng::from_seed(RngAlgorithm::XorShift, &seed);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    strategy.new_tree(&mut runner).expect("a strategy without conditions").current()
}

/// A value for each four bytes, some of them at most.
pub(super) fn many<S: Strategy>(strategy: &S, data: &[u8], most: usize) -> Vec<S::Value> {
    data.chunks(4).take(most).map(|choice| made(strategy, choice)).collect()
}
