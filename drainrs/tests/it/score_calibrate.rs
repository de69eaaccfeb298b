//! Calibration: the worked example, a naive reference, bad input.

use drainrs::score::calibrate::{CalibrateConfig, Calibration, calibrate, false_alarm_threshold};
use proptest::prelude::*;

use crate::cases;

/// A hundred normal scores, 0.000, 0.005, ... 0.495, and twenty anomalous ones, 0.20, 0.23, ... 0.77.
fn example() -> Vec<(f64, bool)> {
    let normal = (0..100).map(|i| (f64::from(i) / 200.0, false));
    let anomalous = (0..20).map(|j| (f64::from(20 + 3 * j) / 100.0, true));
    normal.chain(anomalous).collect()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    threshold: f64,
    hits: u64,
    alarms: u64,
    precision: [f64; 3],
    recall: [f64; 3],
    f1: f64,
}

#[derive(serde::Deserialize)]
struct File {
    point: Vec<Point>,
    best: f64,
    precise: f64,
}

#[test]
fn the_worked_example_by_hand() {
    let text = cases::read("score").into_iter().find(|file| file.name == "calibrate.toml").unwrap().text;
    let file: File = toml::from_str(&text).unwrap();
    let config = CalibrateConfig { min_precision: Some(0.5), ..CalibrateConfig::default() };
    let found = calibrate(&example(), &config).unwrap();
    assert_eq!((found.positives, found.negatives), (20, 100));
    for wanted in file.point {
        let point = found.at(wanted.threshold);
        assert_eq!((point.true_positives, point.false_positives), (wanted.hits, wanted.alarms), "{point:?}");
        assert_eq!((point.false_negatives, point.true_negatives), (20 - wanted.hits, 100 - wanted.alarms));
        for (share, wanted) in [(point.precision, wanted.precision), (point.recall, wanted.recall)] {
            let found = [share.value, share.low, share.high];
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-4), "{found:?}, not {wanted:?}");
        }
        assert!((point.f1 - wanted.f1).abs() < 1e-4, "{point:?}");
    }
    assert!((found.best.threshold - file.best).abs() < 1e-12, "{:?}", found.best);
    assert!((found.precise.unwrap().threshold - file.precise).abs() < 1e-12, "{:?}", found.precise);
    // Every distinct score: 100 and 20, of which 0.20, 0.23, ... 0.47 stand in both lists.
    assert_eq!(found.points.len(), 110);
    let document = serde_json::to_value(&found).unwrap();
    assert_eq!(document["best"]["precision"]["value"], 1.0);
}

/// The same, threshold by threshold.
fn naive(scored: &[(f64, bool)], threshold: f64) -> (u64, u64) {
    let count = |wanted| scored.iter().filter(|(score, is)| *is == wanted && *score >= threshold).count() as u64;
    (count(true), count(false))
}

fn check(scored: &[(f64, bool)], found: &Calibration) {
    let mut best: Option<(f64, f64)> = None;
    for (score, _) in scored {
        let (hits, alarms) = naive(scored, *score);
        let point = found.at(*score);
        assert_eq!((point.true_positives, point.false_positives), (hits, alarms));
        let f1 = 2.0 * hits as f64 / (hits + alarms + found.positives) as f64;
        if best.is_none_or(|(most, at)| f1 > most || (f1 >= most && *score > at)) {
            best = Some((f1, *score));
        }
        let numbers = [point.precision, point.recall, point.false_positive_rate];
        assert!(numbers.iter().all(|s| 0.0 <= s.low && s.low <= s.value && s.value <= s.high && s.high <= 1.0));
    }
    let (f1, threshold) = best.unwrap();
    assert!((found.best.f1 - f1).abs() < 1e-12 && (found.best.threshold - threshold).abs() < 1e-12, "{:?}", found.best);
    assert!(found.points.windows(2).all(|two| two[0].threshold > two[1].threshold));
}

proptest! {
    #![proptest_config(cases::properties(64))]

    #[test]
    fn every_threshold_does_what_counting_says(scores in prop::collection::vec((-20_i32..20, any::<bool>()), 1..80)) {
        let scored: Vec<(f64, bool)> = scores.iter().map(|&(score, is)| (f64::from(score) / 4.0, is)).collect();
        let config = CalibrateConfig { min_positives: 0, min_negatives: 0, min_precision: Some(0.6) };
        match calibrate(&scored, &config) {
            Ok(found) => {
                check(&scored, &found);
                let fits = |at: f64| {
                    let (hits, alarms) = naive(&scored, at);
                    (hits as f64 >= 0.6 * (hits + alarms) as f64).then_some(hits)
                };
                let most = scored.iter().filter_map(|(score, _)| fits(*score)).max();
                prop_assert_eq!(found.precise.map(|point| point.true_positives), most);
            }
            Err(error) => prop_assert_eq!(error.path(), "scored", "one of the two is missing"),
        }
    }

    #[test]
    fn the_rate_of_false_alarms_is_kept(scores in prop::collection::vec(0_i32..30, 20..200), rate in 0.05_f64..0.5) {
        let normal: Vec<f64> = scores.iter().map(|&score| f64::from(score)).collect();
        let found = false_alarm_threshold(&normal, rate).unwrap();
        let p_value = |score: f64| {
            (normal.iter().filter(|other| **other >= score).count() + 1) as f64 / (normal.len() + 1) as f64
        };
        for score in 0..31 {
            let score = f64::from(score);
            prop_assert_eq!(score >= found.threshold, p_value(score) <= rate * (1.0 + 1e-12), "score {}", score);
        }
        prop_assert!(found.rate <= rate * (1.0 + 1e-12));
        prop_assert_eq!(found.flagged, normal.iter().filter(|score| **score >= found.threshold).count() as u64);
    }
}

#[test]
fn equal_f1_goes_to_the_greater_threshold() {
    // Of three anomalous scores one without alarms, 2 / (1 + 3) = 0.5, or two with three, 4 / (5 + 3) = 0.5, or three with
    // seven, 6 / (10 + 3).
    let scored: Vec<(f64, bool)> = [(0.9, 1, 0), (0.5, 1, 3), (0.0, 1, 4)]
        .into_iter()
        .flat_map(|(score, anomalous, normal)| {
            (0..anomalous).map(move |_| (score, true)).chain((0..normal).map(move |_| (score, false)))
        })
        .collect();
    let config = CalibrateConfig { min_positives: 1, min_negatives: 1, ..CalibrateConfig::default() };
    let found = calibrate(&scored, &config).unwrap();
    assert!((found.at(0.9).f1 - 0.5).abs() < 1e-12 && (found.at(0.5).f1 - 0.5).abs() < 1e-12);
    assert!((found.best.threshold - 0.9).abs() < 1e-12, "{:?}", found.best);
}

#[test]
fn too_little_is_refused_with_the_reason() {
    let few: Vec<(f64, bool)> = (0..30).map(|i| (f64::from(i), i < 9)).collect();
    let error = calibrate(&few, &CalibrateConfig::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "scored: 9 anomalous scores are too few, at least 10 are needed: a share of 9 is known to 30 points"
    );
    let none = CalibrateConfig { min_precision: Some(f64::NAN), ..CalibrateConfig::default() };
    let error = calibrate(&[], &none).unwrap_err();
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["min_precision", "scored", "scored"]);
}

#[test]
fn scores_that_are_no_numbers_are_named() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut scored = example();
        scored[17].0 = bad;
        assert_eq!(calibrate(&scored, &CalibrateConfig::default()).unwrap_err().path(), "scored[17]");
        assert_eq!(false_alarm_threshold(&[0.0, bad], 0.5).unwrap_err().path(), "normal[1]");
        assert_eq!(false_alarm_threshold(&[0.0; 10], bad).unwrap_err().path(), "rate");
        let point = calibrate(&example(), &CalibrateConfig::default()).unwrap().at(bad);
        assert!(point.f1.is_finite() && point.threshold.is_finite());
    }
    for rate in [0.0, 1.0, -0.1] {
        assert_eq!(false_alarm_threshold(&[0.0; 10], rate).unwrap_err().path(), "rate");
    }
}

#[test]
fn a_rate_needs_as_many_scores_as_it_says() {
    let normal: Vec<f64> = (0..1000).map(f64::from).collect();
    let error = false_alarm_threshold(&normal[..999], 0.001).unwrap_err();
    assert_eq!(error.to_string(), "normal: 999 scores are too few for a rate of 0.001: at least 1000 are needed");
    // (0 + 1) / (1000 + 1) is under one in a thousand, (1 + 1) / 1001 is not.
    let found = false_alarm_threshold(&normal, 0.001).unwrap();
    assert_eq!((found.flagged, found.scores), (0, 1000));
    assert!(found.threshold > 999.0 && found.threshold < 999.000_001);
    // All equal: none is flagged.
    let found = false_alarm_threshold(&[-0.0; 50], 0.1).unwrap();
    assert!(found.flagged == 0 && found.threshold > 0.0);
    assert!(false_alarm_threshold(&[f64::MAX; 50], 0.1).unwrap().threshold.is_finite());
}
