//! The scorer on observations: places, modes, limits, merging, state.

use super::*;
use crate::flow::{Class, Observation, Parameter, Score, ScoreKind, Series, Slot};
use crate::id::{ServiceId, TemplateId};
use crate::score::{Mode, Scorer};
use crate::stats::mix;
use crate::text::{Span, Unit};
use crate::time::Timestamp;
use crate::wire::{Reader, Writer};

const SLOT: Slot = Slot { token: 2, ordinal: 0 };

/// A line that is one value.
fn observe(content: &mut Content, at: i64, template: u64, class: Class, value: &str) -> Vec<Score> {
    let parameters = [Parameter::new(Span { start: 0, end: value.len() as u32 }, class, 2)];
    let mut event = Observation::new(Timestamp::from_seconds(at), TemplateId(template));
    event.text = value.as_bytes();
    event.parameters = &parameters;
    let mut scores = Vec::new();
    content.observe(&event, &mut scores);
    scores
}

fn series(template: u64) -> Series {
    Series { service: ServiceId::UNNAMED, template: TemplateId(template) }
}

fn content(mode: Mode) -> Content {
    let mut content = Content::build(&ContentConfig::default()).unwrap();
    content.set_mode(mode);
    content
}

/// 20 to 80 ms, always the same.
fn duration(at: u64) -> String {
    format!("{}ms", 20 + mix(at) % 61)
}

fn trained(mode: Mode) -> Content {
    let mut content = content(Mode::Learn);
    (0..1000).for_each(|at| assert_eq!(observe(&mut content, 0, 1, Class::Duration, &duration(at)), []));
    content.set_mode(mode);
    content
}

#[test]
fn a_request_that_took_a_thousand_times_as_long() {
    let mut content = trained(Mode::Adaptive);
    assert_eq!(observe(&mut content, 1, 1, Class::Duration, "79ms"), []);
    let scores = observe(&mut content, 1, 1, Class::Duration, "50000ms");
    let [score] = scores.as_slice() else { panic!("{scores:?}") };
    assert_eq!((score.kind.clone(), score.slot, score.template), (ScoreKind::Value, Some(SLOT), Some(TemplateId(1))));
    assert!((score.observed - 50.0).abs() < 1e-9);
    assert!((score.expected - 0.05).abs() < 0.003 && score.low < 0.025 && score.high > 0.075, "{score:?}");
    assert_eq!(score.sample.as_deref(), Some("50000ms"));
    assert!(score.reason.starts_with("50 s where 24.0"), "{}", score.reason);
    assert!(score.reason.ends_with(" ms, 1,001 values); less than one in 10^30"), "{}", score.reason);
    assert!(!score.unverified);
    let (_, slot, summary) = content.slots().next().unwrap();
    assert_eq!((slot, summary.count, summary.unit, summary.distinct), (SLOT, 1001, Unit::Seconds, None));
    assert!((content.quantile(series(1), SLOT, 0.5).unwrap() - summary.median.unwrap()).abs() < 1e-12);
    assert_eq!(content.quantile(series(2), SLOT, 0.5), None);
}

#[test]
fn what_comes_back_in_three_hours_is_usual() {
    let mut content = trained(Mode::Adaptive);
    for (hour, flagged) in [(0, 1), (0, 1), (1, 1), (5, 1), (6, 0), (7, 0)] {
        let scores = observe(&mut content, hour * 3600, 1, Class::Duration, "900ms");
        assert_eq!(scores.len(), flagged, "hour {hour}: {scores:?}");
        assert_eq!(scores.iter().any(|score| score.reason.ends_with("usual from now on")), hour == 5);
    }
    assert_eq!(content.counters().adopted, 1);
    assert_eq!(observe(&mut content, 9 * 3600, 1, Class::Duration, "9000ms").len(), 1, "farther out is another matter");

    (0..200).for_each(|_| assert_eq!(observe(&mut content, 0, 2, Class::Word, "GET"), []));
    for (hour, flagged) in [(0, 1), (1, 1), (2, 1), (3, 0)] {
        let scores = observe(&mut content, hour * 3600, 2, Class::Word, "PURGE");
        assert_eq!(scores.len(), flagged, "hour {hour}: {scores:?}");
        assert!(scores.iter().all(|score| score.kind == ScoreKind::NewValue));
    }
}

#[test]
fn detecting_changes_no_sets_and_adopts_nothing() {
    let mut content = trained(Mode::Learn);
    (0..200).for_each(|_| assert_eq!(observe(&mut content, 0, 2, Class::Word, "GET"), []));
    content.set_mode(Mode::Detect);
    for hour in 0..10 {
        assert_eq!(observe(&mut content, hour * 3600, 2, Class::Word, "PURGE").len(), 1);
        assert_eq!(observe(&mut content, hour * 3600, 1, Class::Duration, "900ms").len(), 1);
        assert_eq!(observe(&mut content, hour * 3600, 3, Class::Word, "new"), [], "a place never seen is not judged");
    }
    assert_eq!(content.slots().count(), 2);
    observe(&mut content, 0, 1, Class::Duration, "50ms");
    observe(&mut content, 0, 2, Class::Word, "GET");
    let counts: Vec<u64> = content.slots().map(|(_, _, summary)| summary.count).collect();
    assert_eq!(counts, [1001, 200], "distributions follow what is usual");
}

#[test]
fn a_person_can_accept_a_value() {
    let mut content = trained(Mode::Detect);
    assert!(content.accept(series(1), SLOT, Class::Duration, b"900ms"));
    assert_eq!(observe(&mut content, 0, 1, Class::Duration, "900ms"), []);
    assert!(!content.accept(series(9), SLOT, Class::Duration, b"900ms"));
}

#[test]
fn identifiers_and_times_say_nothing() {
    let mut content = content(Mode::Adaptive);
    for at in 0..3000_u64 {
        let random = mix(at);
        for (template, class, value) in [
            (1, Class::Number, (at * 7).to_string()),
            (2, Class::Number, (random >> 33).to_string()),
            (3, Class::Word, format!("user{}", random >> 40)),
            (4, Class::Uuid, format!("{random:032x}")),
            (5, Class::Timestamp, at.to_string()),
            (6, Class::Ip, format!("10.0.{}.{}", random % 200, random >> 56)),
            (7, Class::Number, format!("-{}", 1_000_000 - at * 3)),
        ] {
            assert_eq!(observe(&mut content, at.cast_signed() * 60, template, class, &value), [], "{value}");
        }
    }
    for (template, class, value) in [
        (1, Class::Number, "1000000000000"),
        (2, Class::Number, "1000000000000000"),
        (3, Class::Word, "a name that is much longer than all of the others"),
        (6, Class::Ip, "192.168.1.1"),
    ] {
        assert_eq!(observe(&mut content, 0, template, class, value), []);
    }
    assert!(
        content.slots().all(|(series, _, summary)| !summary.judged && series.template.0 != 4),
        "or not even followed"
    );
}

#[test]
fn texts_are_judged_by_their_length_when_they_are_many() {
    let mut content = content(Mode::Adaptive);
    // Of a hundred the first come more often.
    let path =
        |at: u64| format!("/item/{}", mix((mix(at) % 10) * ((mix(at) >> 32) % 10) * ((mix(at) >> 48) % 10)) % 100_000);
    (0..2000).for_each(|at| assert_eq!(observe(&mut content, 0, 1, Class::Path, &path(at)), []));
    let long = format!("/item/{}", "../".repeat(400));
    let scores = observe(&mut content, 0, 1, Class::Path, &long);
    assert_eq!(scores.len(), 1);
    assert!(scores[0].reason.starts_with("1,206 bytes long where "), "{}", scores[0].reason);
    assert_eq!(scores[0].sample.as_ref().map(String::len), Some(256));
    assert!(content.slots().all(|(_, _, summary)| summary.lengths && summary.unit == Unit::Plain));
}

#[test]
fn one_unit_is_compared_with_itself() {
    let mut content = trained(Mode::Adaptive);
    assert_eq!(observe(&mut content, 0, 1, Class::Duration, "0.05 s"), []);
    assert_eq!(observe(&mut content, 0, 1, Class::Size, "50 MB"), [], "another kind of number is left out");
    assert_eq!(observe(&mut content, 0, 1, Class::Word, "soon"), []);
    assert_eq!(observe(&mut content, 0, 1, Class::Duration, "50 s").len(), 1);
}

#[test]
fn the_limits_are_reached() {
    let config = ContentConfig { max_slots: 8, max_quarantined: 2, ..ContentConfig::default() };
    let mut content = Content::build(&config).unwrap();
    (0..100).for_each(|template| assert_eq!(observe(&mut content, 0, template, Class::Word, "x"), []));
    assert_eq!(content.slots().count(), 8);
    assert_eq!(content.counters().evicted, 92);
    (0..200).for_each(|_| assert_eq!(observe(&mut content, 0, 1, Class::Word, "GET"), []));
    for word in ["a", "b", "c", "d", "e"] {
        assert_eq!(observe(&mut content, 0, 1, Class::Word, word).len(), 1);
    }
    assert_eq!(content.counters().displaced, 3);
    let most = 200 + 3 * size_of::<Score>();
    assert!(content.memory() < 8 * most, "{}", content.memory());
}

#[test]
fn a_place_of_many_numbers_stays_below_two_kilobytes() {
    let mut content = content(Mode::Learn);
    for at in 0..50_000_u64 {
        let value = (mix(at) as f64 / 1e9).powi(3);
        observe(&mut content, 0, 1, Class::Number, &format!("{value:.6}"));
        if at % 1000 == 0 {
            assert!(content.memory() < 2048, "{}", content.memory());
        }
    }
}

#[test]
fn histograms_add_when_templates_are_united() {
    let mut content = trained(Mode::Adaptive);
    (1000..2000).for_each(|at| drop(observe(&mut content, 0, 2, Class::Duration, &duration(at))));
    (0..50).for_each(|_| drop(observe(&mut content, 0, 3, Class::Word, "GET")));
    content.merged(TemplateId(2), TemplateId(1));
    content.merged(TemplateId(3), TemplateId(4));
    content.merged(TemplateId(1), TemplateId(1));
    content.merged(TemplateId(77), TemplateId(1));
    let mut once = trained(Mode::Adaptive);
    (1000..2000).for_each(|at| drop(observe(&mut once, 0, 1, Class::Duration, &duration(at))));
    for share in [0.05, 0.5, 0.95, 1.0] {
        assert_eq!(content.quantile(series(1), SLOT, share), once.quantile(series(1), SLOT, share));
    }
    let counts: Vec<(u64, u64)> =
        content.slots().map(|(series, _, summary)| (series.template.0, summary.count)).collect();
    assert!(counts.contains(&(1, 2000)) && counts.contains(&(4, 50)), "{counts:?}");
    assert_eq!(observe(&mut content, 0, 1, Class::Duration, "50000ms").len(), 1);
}

fn written(content: &Content) -> Vec<u8> {
    let mut to = Writer::new();
    content.write(&mut to);
    to.finish()
}

/// A stream with places of all kinds and a strange value now and then.
fn mixed(content: &mut Content, from: u64, to: u64) -> Vec<Score> {
    let mut scores = Vec::new();
    for at in from..to {
        let random = mix(at);
        let strange = at % 97 == 0;
        let value = match random % 5 {
            0 => {
                if strange {
                    "90 s".to_owned()
                } else {
                    duration(at)
                }
            }
            1 => {
                if strange {
                    "BREW".to_owned()
                } else {
                    ["GET", "PUT", "POST"][(random >> 20) as usize % 3].to_owned()
                }
            }
            2 => {
                format!("/item/{}", if strange { "x".repeat(900) } else { (random >> 30).wrapping_rem(90).to_string() })
            }
            3 => at.to_string(),
            _ => (random >> 33).wrapping_rem(if strange { 100_000 } else { 7 }).to_string(),
        };
        scores.extend(observe(content, at.cast_signed() * 30, random % 5, Class::Word, &value));
    }
    scores
}

#[test]
fn restoring_in_the_middle_is_never_having_stopped() {
    let mut content = content(Mode::Adaptive);
    mixed(&mut content, 0, 3000);
    let body = written(&content);
    let mut restored = Content::read(&mut Reader::new(&body), &ContentConfig::default()).unwrap();
    assert_eq!(written(&restored), body);
    let scores = mixed(&mut content, 3000, 9000);
    assert!(scores.len() > 10, "{}", scores.len());
    assert_eq!(mixed(&mut restored, 3000, 9000), scores);
    assert_eq!(written(&restored), written(&content));
    assert_eq!(restored.counters(), content.counters());
}

#[test]
fn forged_state_is_refused_or_harmless() {
    let mut content = content(Mode::Adaptive);
    mixed(&mut content, 0, 2000);
    let body = written(&content);
    let config = ContentConfig::default();
    for cut in (0..body.len()).step_by(7) {
        assert!(Content::read(&mut Reader::new(&body[..cut]), &config).is_err(), "cut at {cut}");
    }
    for at in 0..body.len() {
        let mut forged = body.clone();
        forged[at] ^= 1 << (at % 8);
        if let Ok(mut forged) = Content::read(&mut Reader::new(&forged), &config) {
            for score in mixed(&mut forged, 2000, 2050) {
                assert!(score.surprise.is_finite() && score.observed.is_finite() && score.high.is_finite());
            }
            forged.merged(TemplateId(1), TemplateId(2));
        }
    }
}
