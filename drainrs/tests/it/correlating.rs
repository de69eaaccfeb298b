//! What moved together: golden cases with scores by hand, windows, limits, bad input; and that no order of arrival matters.

use std::collections::BTreeMap;

use drainrs::correlate::{CorrelateConfig, Correlation, Correlator, Movement};
use drainrs::{Score, ScoreKind, Severity, TemplateId, Timestamp};
use proptest::prelude::*;

use crate::cases;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_704_067_200 + seconds)
}

fn spike(service: &str, template: &str, seconds: i64) -> Movement {
    Movement::new(service, template, at(seconds), ScoreKind::Spike, Severity::ALARM)
}

fn correlator(change: impl FnOnce(&mut CorrelateConfig)) -> Correlator {
    let mut config = CorrelateConfig::default();
    change(&mut config);
    Correlator::build(&config).unwrap()
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    topology: BTreeMap<String, Vec<String>>,
    movements: Vec<(String, String, i64, ScoreKind, f64)>,
    services: Vec<String>,
    candidates: Vec<(String, f64)>,
}

fn check(case: &Case, found: Option<&Correlation>) {
    let candidates: Vec<(&str, f64)> =
        found.iter().flat_map(|found| &found.candidates).map(|one| (one.service.as_str(), one.score)).collect();
    let names: Vec<&str> = candidates.iter().map(|one| one.0).collect();
    let wanted: Vec<&str> = case.candidates.iter().map(|one| one.0.as_str()).collect();
    assert_eq!(names, wanted, "{}: {candidates:?}", case.name);
    for ((_, score), (service, wanted)) in candidates.iter().zip(&case.candidates) {
        assert!((score - wanted).abs() < 1e-6, "{}: {service} has {score}, not {wanted}", case.name);
    }
    assert_eq!(found.map_or(&[][..], |found| &found.services), case.services, "{}", case.name);
}

#[test]
fn golden_cases() {
    for case in cases::of::<Case>("correlate/candidates.toml") {
        let mut correlator = correlator(|config| config.topology = case.topology.clone());
        let movements: Vec<Movement> = case
            .movements
            .iter()
            .map(|(service, template, seconds, kind, severity)| {
                Movement::new(service, template, at(*seconds), kind.clone(), Severity::new(*severity))
            })
            .collect();
        check(&case, correlator.correlate(&movements).as_ref());
        movements.into_iter().for_each(|movement| correlator.take(movement));
        correlator.finish();
        check(&case, correlator.poll().as_ref());
        assert!(correlator.poll().is_none());
    }
}

#[test]
fn a_window_ends_when_its_time_is_over() {
    let mut correlator = correlator(|_| {});
    assert_eq!(correlator.next_deadline(), None);
    for (service, seconds) in [("a", 0), ("b", 100), ("c", 300)] {
        correlator.take(spike(service, "x", seconds));
    }
    assert_eq!(correlator.next_deadline(), Some(at(300).plus_nanos(1)));
    correlator.advance(at(300));
    assert!(correlator.poll().is_none(), "what moves now belongs to it");
    correlator.take(spike("d", "x", 301));
    let found = correlator.poll().unwrap();
    assert_eq!((found.services, found.templates), (vec!["a".to_owned(), "b".into(), "c".into()], 3));
    assert_eq!((found.window.start, found.window.end), (at(0), at(300)));
    // A movement from long before, as after a clock that was set back, begins a window, too.
    correlator.take(spike("e", "x", -86_400));
    correlator.take(spike("f", "y", -86_399));
    correlator.take(spike("f", "z", -86_399));
    correlator.finish();
    assert_eq!(correlator.poll().unwrap().services, ["e", "f"]);
    assert_eq!(correlator.next_deadline(), None);
}

#[test]
fn it_says_why_and_never_that_it_knows() {
    let correlator = correlator(|config| {
        config.topology = BTreeMap::from([("web".to_owned(), vec!["db".to_owned()])]);
    });
    let movements = [spike("db", "timeout", 0), spike("web", "5xx", 30), spike("web", "slow", 31)];
    let found = correlator.correlate(&movements).unwrap();
    assert_eq!(
        found.candidates[0].reasons,
        [
            "moved first, 30 s before the last",
            "1 service that depends on it moved after it: web",
            "its strongest movement is spike of severity 0.50",
        ]
    );
    assert_eq!(found.candidates[1].reasons[0], "moved 30 s after the first");
    let document = serde_json::to_string(&found).unwrap();
    assert!(!document.contains("cause"), "candidates, no causes: {document}");
}

#[test]
fn scores_become_movements_unless_they_only_inform() {
    let mut score = Score::new("silence", ScoreKind::Silence, at(300), 9.0, "nothing for 5 min");
    (score.template, score.window.start) = (Some(TemplateId(17)), at(0));
    let movement = Movement::of(&score, "db").unwrap();
    assert_eq!((movement.template.as_str(), movement.at), ("#17", at(0)), "when it began, not when it was noticed");
    for kind in [ScoreKind::Recovered, ScoreKind::Adopted, ScoreKind::InputGap, ScoreKind::InvariantDrift] {
        score.kind = kind;
        assert!(Movement::of(&score, "db").is_none());
    }
}

#[test]
fn limits_are_kept_and_counted() {
    let mut correlator = correlator(|config| {
        (config.max_movements, config.max_candidates, config.max_waiting) = (10, 2, 3);
    });
    for round in 0..5 {
        for service in 0..100 {
            correlator.take(spike(&format!("s{service}"), "x", 1000 * round + service));
        }
    }
    correlator.finish();
    assert_eq!(correlator.dropped(), 2);
    assert!(correlator.memory() < 10_000, "{}", correlator.memory());
    let found = correlator.poll().unwrap();
    assert_eq!((found.services.len(), found.candidates.len(), found.uncounted), (10, 2, 90));
    // A cascade through a thousand services in a row.
    let chain = |at: usize| format!("s{at}");
    let deep = Correlator::build(&CorrelateConfig {
        topology: (1..1000).map(|at| (chain(at), vec![chain(at - 1)])).collect(),
        ..CorrelateConfig::default()
    })
    .unwrap();
    let movements: Vec<Movement> = (0..1000).map(|at| spike(&chain(at), "x", at as i64 / 10)).collect();
    assert_eq!(deep.correlate(&movements).unwrap().candidates[0].followers.len(), 999);
}

#[test]
fn wrong_settings_are_named_all_at_once() {
    let config = CorrelateConfig {
        window_ns: 0,
        min_services: 0,
        max_waiting: 0,
        topology: BTreeMap::from([("a".to_owned(), vec!["b".to_owned(); 100_001])]),
        ..CorrelateConfig::default()
    };
    let error = Correlator::build(&config).unwrap_err();
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    let wrong = ["correlate.window_ns", "correlate.min_services", "correlate.max_waiting", "correlate.topology"];
    assert_eq!(paths, wrong);
}

proptest! {
    #![proptest_config(cases::properties(200))]
    /// Candidates do not depend on the order in which movements arrive; every number is between 0 and 1.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        movements in prop::collection::vec((0..6_u8, 0..4_u8, 0..300_i64), 0..40),
        edges in prop::collection::vec((0..6_u8, 0..6_u8), 0..12),
    ) {
        let name = |service: u8| format!("s{service}");
        let mut topology: BTreeMap<String, Vec<String>> = BTreeMap::new();
        edges.iter().for_each(|(a, b)| topology.entry(name(*a)).or_default().push(name(*b)));
        let correlator = correlator(|config| config.topology = topology);
        let mut movements: Vec<Movement> =
            movements.iter().map(|(service, template, at)| spike(&name(*service), &name(*template), *at)).collect();
        let found = correlator.correlate(&movements);
        movements.reverse();
        let turned = correlator.correlate(&movements);
        let summary = |found: &Option<Correlation>| {
            found.as_ref().map(|found| {
                let scores: Vec<_> = found.candidates.iter().map(|one| (one.service.clone(), one.score)).collect();
                (scores, found.services.clone(), found.templates)
            })
        };
        prop_assert_eq!(summary(&found), summary(&turned));
        for candidate in found.iter().flat_map(|found| &found.candidates) {
            prop_assert!((0.0..=1.0).contains(&candidate.score), "{}", candidate.score);
            prop_assert!(!candidate.followers.contains(&candidate.service));
        }
    }
}
