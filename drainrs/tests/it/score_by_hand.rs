//! Frequency, silence, drift and novelty: golden cases with numbers that were worked out by hand.

use drainrs::score::{
    Drift, DriftConfig, FrequencyConfig, FrequencyModel, Mode, Novelty, NoveltyConfig, Prediction, Scorer, Silence,
    SilenceConfig,
};
use drainrs::{
    Change, Closed, ContentId, Direction, Level, Observation, ScoreKind, Series, ServiceId, Tally, TemplateId,
    Timestamp, Window,
};

use crate::cases;

/// A Monday at midnight.
const START: i64 = 1_704_067_200;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

fn minute(n: i64) -> Window {
    Window { start: at(60 * n), end: at(60 * (n + 1)) }
}

fn series(template: u64) -> Series {
    Series { service: ServiceId::UNNAMED, template: TemplateId(template) }
}

fn near(name: &str, found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{name}: {found}, not {wanted}");
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FrequencyCase {
    name: String,
    history: Vec<(u64, usize)>,
    count: u64,
    expected: f64,
    direction: Direction,
    surprise: f64,
}

#[test]
fn frequency() {
    for case in cases::of::<FrequencyCase>("score/frequency.toml") {
        let mut model = FrequencyModel::build(&FrequencyConfig::default()).unwrap();
        let counts = case.history.iter().flat_map(|&(count, times)| std::iter::repeat_n(count, times));
        let mut n = 0;
        for count in counts {
            model.learn(minute(n), count);
            n += 1;
        }
        let judged = model.judge(minute(n), case.count);
        near(&case.name, judged.expected, case.expected, 1e-9);
        near(&case.name, judged.surprise, case.surprise, 1e-5);
        assert_eq!(judged.direction, case.direction, "{}", case.name);
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TailsCase {
    name: String,
    mean: f64,
    variance: f64,
    count: u64,
    below: f64,
    above: f64,
}

#[test]
fn tails() {
    for case in cases::of::<TailsCase>("score/tails.toml") {
        let mut expected = Prediction::default();
        (expected.mean, expected.variance) = (case.mean, case.variance);
        let (below, above) = expected.surprises(case.count);
        near(&case.name, below, case.below, 2e-6);
        near(&case.name, above, case.above, 2e-6);
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SilenceCase {
    name: String,
    gaps: [i64; 2],
    /// None: never.
    told_after: Option<f64>,
    silence: i64,
    surprise: f64,
}

#[test]
fn silence() {
    for case in cases::of::<SilenceCase>("score/silence.toml") {
        let mut silence = Silence::build(&SilenceConfig::default()).unwrap();
        let mut scores = Vec::new();
        let mut last = 0;
        for n in 0..2001 {
            silence.observe(&Observation::new(at(last), TemplateId(1)), &mut scores);
            last += case.gaps[n % 2];
        }
        last -= case.gaps[0];
        silence.advance(at(last), &mut scores);
        let deadline = silence.next_deadline().map(|deadline| deadline.since(at(last)) as f64 / 1e9);
        match (deadline, case.told_after) {
            // Means are weighted towards the recent gaps, so of two lengths they are not quite the middle.
            (Some(found), Some(wanted)) => near(&case.name, found, wanted, 0.03 * wanted),
            (found, wanted) => assert_eq!(found, wanted, "{}", case.name),
        }
        silence.advance(at(last + case.silence), &mut scores);
        assert_eq!(scores.len(), usize::from(case.told_after.is_some()), "{}: {scores:?}", case.name);
        for score in scores {
            assert_eq!(score.kind, ScoreKind::ServiceSilence, "it was all there was");
            near(&case.name, score.surprise.min(300.0), case.surprise.min(300.0), 0.1 * case.surprise);
            near(&case.name, score.observed, case.silence as f64, 1e-6);
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DriftCase {
    name: String,
    count: u64,
    /// None: never.
    told: Option<i64>,
}

#[test]
fn drift() {
    for case in cases::of::<DriftCase>("score/drift.toml") {
        let mut drift = Drift::build(&DriftConfig::default()).unwrap();
        let mut scores = Vec::new();
        let told = (1..=500).find(|&n| {
            let tallies = [Tally::new(series(1), case.count, minute(n))];
            drift.close_with(&Closed::new(minute(n), &tallies), |_| Some((100.0, 100.0)), &mut scores);
            !scores.is_empty()
        });
        assert_eq!(told, case.told, "{}", case.name);
        assert!(scores.iter().all(|score| score.kind == ScoreKind::Drift));
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NoveltyCase {
    name: String,
    events: u64,
    new: u64,
    surprise: f64,
}

#[test]
fn novelty() {
    let born = |template: u64, second: i64| {
        let mut event = Observation::new(at(second), TemplateId(template));
        (event.change, event.level, event.content) = (Change::Created, Level::Error, ContentId(template));
        event
    };
    for case in cases::of::<NoveltyCase>("score/novelty.toml") {
        let mut novelty = Novelty::build(&NoveltyConfig::default()).unwrap();
        let mut scores = Vec::new();
        novelty.set_mode(Mode::Learn);
        (0..case.new).for_each(|template| novelty.observe(&born(template, 1), &mut scores));
        let tallies = [Tally::new(series(0), case.events, minute(0))];
        novelty.close(&Closed::new(minute(0), &tallies), &mut scores);
        novelty.set_mode(Mode::Adaptive);
        novelty.observe(&born(1_000_000, 61), &mut scores);
        assert_eq!(scores.len(), 1, "{}: {scores:?}", case.name);
        // A minute has passed, and half of a day's counts is forgotten in a day.
        near(&case.name, scores[0].surprise, case.surprise, 2e-3);
    }
}
