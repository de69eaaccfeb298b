//! What needs the inside: restoring, forged bytes, limits.

use super::*;
use crate::flow::{Change, Level, Observation, Score};
use crate::id::TemplateId;
use crate::score::{Mode, Scorer};
use crate::stats::mix;
use crate::time::Timestamp;
use crate::wire::{Reader, Writer};

const HOUR: i64 = 3600;

fn small() -> CentroidConfig {
    CentroidConfig {
        learn_ns: 0,
        max_known: 16,
        max_unusual: 4,
        vectoriser: VectoriserConfig { max_features: 64, ..VectoriserConfig::default() },
        ..CentroidConfig::default()
    }
}

/// Lines of words that come and go.
fn line(number: u64) -> String {
    const WORDS: [&str; 12] =
        ["disk", "full", "user", "login", "failed", "retry", "cache", "miss", "node", "lost", "write", "read"];
    (0..4).map(|at| WORDS[(mix(number * 4 + at) % (3 + number / 40).min(12)) as usize]).collect::<Vec<_>>().join(" ")
}

fn feed(centroid: &mut Centroid, from: u64, to: u64) -> Vec<Score> {
    let mut scores = Vec::new();
    for number in from..to {
        let text = line(number);
        let mut event =
            Observation::new(Timestamp::from_seconds(number.cast_signed() * HOUR / 5), TemplateId(number % 40));
        event.text = text.as_bytes();
        event.level = Level::Warn;
        event.change = [Change::Unchanged, Change::Created, Change::Widened][(mix(number) % 3) as usize];
        centroid.observe(&event, &mut scores);
    }
    scores
}

fn written(centroid: &Centroid) -> Vec<u8> {
    let mut to = Writer::new();
    centroid.write(&mut to);
    to.finish()
}

#[test]
fn restoring_in_the_middle_is_never_having_stopped() {
    for stop in [0, 1, 77, 200, 399] {
        let mut one = Centroid::build(&small()).unwrap();
        one.learn_vector(&[1.0, 2.0, 0.0][..], "embedded").unwrap();
        feed(&mut one, 0, stop);
        let body = written(&one);
        let mut from = Reader::new(&body);
        let mut other = Centroid::read(&mut from, &small()).unwrap();
        assert!(from.is_empty());
        assert_eq!(written(&other), body);
        let (left, right) = (feed(&mut one, stop, 600), feed(&mut other, stop, 600));
        assert_eq!(left, right);
        assert!(!left.is_empty());
        assert_eq!(written(&one), written(&other));
        assert_eq!(one.score_text("disk of user lost"), other.score_text("disk of user lost"));
    }
}

#[test]
fn limits_hold_and_what_was_dropped_is_counted() {
    let mut centroid = Centroid::build(&CentroidConfig { max_text_bytes: 16, ..small() }).unwrap();
    let mut most = 0;
    for number in 0..300 {
        feed(&mut centroid, number * 40, number * 40 + 1);
        feed(&mut centroid, number, number + 1);
        most = most.max(centroid.memory());
        centroid.learn_vector(&[1.0, number as f32][..], &"x".repeat(100)).unwrap();
        assert!(centroid.known_texts() <= 16 && centroid.known_vectors() <= 16 && centroid.unusual().len() <= 4);
    }
    let counters = centroid.counters();
    assert!(counters.evicted > 0 && counters.displaced > 0 && counters.cut > 0, "{counters:?}");
    assert!(centroid.vectoriser().evicted() > 0);
    assert!(centroid.memory() < 100_000, "{}", centroid.memory());
}

#[test]
fn an_unusual_template_is_told_once_and_learned_when_it_was_seen_in_three_hours() {
    let mut centroid = Centroid::build(&CentroidConfig { learn_ns: 0, ..CentroidConfig::default() }).unwrap();
    centroid.learn_text("retry succeeded");
    let mut scores = Vec::new();
    let mut at = |seconds, change, scores: &mut Vec<Score>| {
        let mut event = Observation::new(Timestamp::from_seconds(seconds), TemplateId(7));
        (event.text, event.change) = (b"connection refused", change);
        centroid.observe(&event, scores);
        centroid.counters()
    };
    at(0, Change::Created, &mut scores);
    at(60, Change::Widened, &mut scores);
    at(HOUR, Change::Unchanged, &mut scores);
    let counters = at(HOUR + 60, Change::Unchanged, &mut scores);
    assert_eq!((scores.len(), counters.flagged, counters.adopted), (1, 1, 0), "{scores:?}");
    assert_eq!(at(2 * HOUR, Change::Unchanged, &mut scores).adopted, 1);
    assert_eq!((scores.len(), centroid.known_texts(), centroid.unusual().len()), (1, 2, 0));
    assert!(!centroid.score_text("connection refused").unwrap().unusual);
}

#[test]
fn modes_learn_and_judge_as_they_say() {
    let known = |mode: Mode| {
        let mut centroid = Centroid::build(&small()).unwrap();
        centroid.set_mode(Mode::Learn);
        assert!(feed(&mut centroid, 0, 30).is_empty());
        let learned = centroid.known_texts();
        centroid.set_mode(mode);
        (feed(&mut centroid, 400, 500).len(), learned, centroid.known_texts())
    };
    let (told, learned, after) = known(Mode::Detect);
    assert!(told > 0 && learned == after);
    let (told, _, _) = known(Mode::Adaptive);
    assert!(told > 0);
    // In adaptive mode a day is learned first.
    let mut centroid = Centroid::build(&CentroidConfig::default()).unwrap();
    assert!(feed(&mut centroid, 0, 120).is_empty(), "five events an hour");
    assert!(!feed(&mut centroid, 120, 500).is_empty());
}

#[test]
fn forged_bytes_are_an_error_or_a_scorer_that_works() {
    let mut centroid = Centroid::build(&small()).unwrap();
    centroid.learn_vector(&[1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0][..], "embedded").unwrap();
    feed(&mut centroid, 0, 30);
    assert!(centroid.calibrate_texts(vec![line(1); 200]).unwrap() > 0.0);
    let body = written(&centroid);
    for cut in 0..body.len() {
        assert!(Centroid::read(&mut Reader::new(&body[..cut]), &small()).is_err(), "cut at {cut}");
    }
    for at in 0..body.len() {
        for flip in [0x01, 0xFF] {
            let mut forged = body.clone();
            forged[at] ^= flip;
            if let Ok(mut read) = Centroid::read(&mut Reader::new(&forged), &small()) {
                for score in feed(&mut read, 60, 70) {
                    assert!(score.surprise.is_finite() && score.observed.is_finite());
                }
                read.calibrate_texts(["disk full"; 200]).ok();
            }
        }
    }
}
