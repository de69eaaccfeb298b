//! The miner against the naive one, line by line, on lines made for all that the default rule looks at.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::fuzzed::miner_naive::{agree, agree_on_hits, lines, settings};
use crate::reference::drain as naive;

proptest! {
    #![proptest_config(crate::cases::properties(400))]

    #[test]
    fn the_miner_equals_the_naive_one_line_by_line(settings in settings(), lines in lines(120)) {
        agree(&settings, &lines);
    }

    #[test]
    fn a_deep_tree_is_searched_as_a_shallow_one(
        mut settings in settings(), depth in 9_usize..20, lines in prop::collection::vec("[ab]( [abc7]){8,10}", 1..150),
    ) {
        settings.depth = depth;
        settings.max_children = settings.max_children.min(3);
        agree_on_hits(&settings, &lines);
    }

    #[test]
    fn the_index_of_a_large_leaf_changes_no_result(
        mut settings in settings(),
        words in prop::collection::vec(prop::collection::vec(0_u8..12, 5), 300..600),
    ) {
        // One leaf, five words a line, templates by the hundred: the naive miner scans, the library must not.
        settings.depth = 3;
        settings.threshold = settings.threshold.max(0.7);
        settings.distinct_values *= 3;
        settings.max_templates = settings.max_templates.map(|limit| limit * 15);
        let word = |n: &u8| if *n < 6 { "w".repeat((*n).into()) + "x" } else { format!("{n}-long-word") };
        let lines: Vec<String> =
            words.iter().map(|words| words.iter().map(word).collect::<Vec<_>>().join(" ")).collect();
        agree_on_hits(&settings, &lines);
    }
}

/// Whether the lines above are what they are made for: each way of the default rule is taken by its share of the runs.
#[test]
fn the_lines_take_every_way_of_the_rule() {
    const RUNS: usize = 200;
    let mut runner = TestRunner::new(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        ..ProptestConfig::default()
    });
    let mut runs_with = [0_usize; 13];
    for _ in 0..RUNS {
        let (mut settings, lines) = (settings(), lines(120)).new_tree(&mut runner).unwrap().current();
        settings.rule = naive::Rule::Default;
        let mut reference = naive::Drain::new(settings);
        lines.iter().for_each(|line| _ = reference.insert(line));
        for (runs, (_, times, _)) in runs_with.iter_mut().zip(ways(&reference.tally)) {
            *runs += usize::from(times > 0);
        }
    }
    for (runs, (way, _, least)) in runs_with.into_iter().zip(ways(&naive::Tally::default())) {
        assert!(runs >= least, "{way}: {runs} of {RUNS} runs; all: {runs_with:?}");
    }
}

/// The ways of the default rule: how often each was taken, and the least number of runs in which it has to be.
fn ways(tally: &naive::Tally) -> [(&'static str, usize, usize); 13] {
    let [token, values, parameters, together] = tally.gathered;
    [
        ("proven", tally.proven, 100),
        ("narrowed", tally.narrowed, 20),
        ("token", token, 80),
        ("values", values, 45),
        ("parameters", parameters, 8),
        ("together", together, 15),
        ("left apart", tally.left_apart, 10),
        ("numbers", tally.numbers, 6),
        ("first valued", tally.first_valued, 15),
        ("taken along", tally.taken_along, 15),
        ("edged", tally.edged, 25),
        ("relocated", tally.relocated, 25),
        ("evicted", tally.evicted, 40),
    ]
}
