//! Scorers, alerters and correlators that are fed by hand, beside the core's own.

use std::ptr::{null, null_mut};

use drainrs::correlate::{Correlator, Movement};
use drainrs::score::{Content, Frequency, Scorer};
use drainrs::{Alerter, Closed, Observation, Series, ServiceId, Tally, TemplateId, Timestamp, Window};
use drainrs_c::alerter::*;
use drainrs_c::correlator::*;
use drainrs_c::events::DRAINRS_NO_TIME;
use drainrs_c::observation::DRAINRS_MODE_DETECT;
use drainrs_c::scorer::*;
use drainrs_c::status::DRAINRS_ERR_ARGUMENT;
use serde_json::json;

use crate::support::{Buffer, fails, fine, made};

const MINUTE: i64 = 60_000_000_000;
/// What scorers there are.
pub(crate) const NAMES: [&str; 7] = ["frequency", "novelty", "silence", "sequence", "content", "centroid", "all"];

/// A scorer by its name.
pub(crate) fn scorer(name: &str, config: &str) -> *mut drainrs_scorer {
    let mut out = null_mut();
    // SAFETY: all pointers are good.
    fine(|error| unsafe {
        drainrs_scorer_new(name.as_ptr(), name.len(), config.as_ptr(), config.len(), &raw mut out, error)
    });
    out
}

/// Closes window `at` with so many events of template 7 in services 0 and 1.
fn close(own: *mut drainrs_scorer, at: i64, count: u64, out: &Buffer) {
    let (services, templates, counts) = ([1, 0], [7, 7], [count, count]);
    // SAFETY: all pointers are good.
    fine(|error| unsafe {
        drainrs_scorer_close(
            own,
            at * MINUTE,
            (at + 1) * MINUTE,
            services.as_ptr(),
            templates.as_ptr(),
            counts.as_ptr(),
            2,
            0,
            out.0,
            error,
        )
    });
}

#[test]
fn a_spike_becomes_scores_alerts_and_a_correlation_as_in_the_core() {
    let mut core = Frequency::build(&drainrs::score::FrequencyConfig::default()).unwrap();
    let mut own = scorer("frequency", "");
    let out = Buffer::new();
    let mut expected = Vec::new();
    for at in 0..=120 {
        let count = if at == 120 { 400 } else { 60 };
        let window =
            Window { start: Timestamp::from_nanos(at * MINUTE), end: Timestamp::from_nanos((at + 1) * MINUTE) };
        let tally = |service| {
            let series = Series { service: ServiceId(service), template: TemplateId(7) };
            Tally::new(series, count, window)
        };
        core.close(&Closed::new(window, &[tally(0), tally(1)]), &mut expected);
        close(own, at, count, &out);
    }
    assert_eq!(expected.len(), 2);
    assert_eq!(out.json(), json!(expected));
    let scores = out.text();
    // SAFETY: all pointers are good.
    unsafe {
        assert!(drainrs_scorer_memory(own) > 0);
        assert_eq!(
            drainrs_scorer_next_deadline(own),
            core.next_deadline().map_or(DRAINRS_NO_TIME, Timestamp::as_nanos)
        );
        fine(|error| drainrs_scorer_snapshot(own, out.0, error));
        assert_eq!(out.bytes(), core.snapshot());
        fine(|error| drainrs_scorer_merged(own, 7, 8, error));
        fine(|error| drainrs_scorer_set_mode(own, DRAINRS_MODE_DETECT, error));
        fails(DRAINRS_ERR_ARGUMENT, |error| drainrs_scorer_set_mode(own, 3, error));
        fine(|error| drainrs_scorer_advance(own, 200 * MINUTE, out.0, error));
        core.merged(TemplateId(7), TemplateId(8));
        core.set_mode(drainrs::score::Mode::Detect);
        let mut later = Vec::new();
        core.advance(Timestamp::from_nanos(200 * MINUTE), &mut later);
        assert_eq!(out.json(), json!(later));
        drainrs_scorer_free(&raw mut own);
    }

    let mut core = Alerter::build(&drainrs::AlertConfig::default()).unwrap();
    let mut own = made(drainrs_alerter_new, "");
    for score in &expected {
        core.take(score.clone());
    }
    core.finish();
    let alerts: Vec<_> = std::iter::from_fn(|| core.poll()).collect();
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_alerter_take(own, scores.as_ptr(), scores.len(), error));
        assert_ne!(drainrs_alerter_next_deadline(own), DRAINRS_NO_TIME);
        fine(|error| drainrs_alerter_finish(own, error));
        fine(|error| drainrs_alerter_take_alerts(own, usize::MAX, out.0, error));
        assert!(!alerts.is_empty());
        assert_eq!(out.json(), json!(alerts));
        fine(|error| drainrs_alerter_counters(own, out.0, error));
        assert_eq!(out.json(), json!(core.counters()));
        fine(|error| drainrs_alerter_snapshot(own, out.0, error));
        assert_eq!(out.bytes(), core.snapshot());
        drainrs_alerter_free(&raw mut own);
    }

    let mut core = Correlator::build(&drainrs::correlate::CorrelateConfig::default()).unwrap();
    let mut own = made(drainrs_correlator_new, "");
    for service in ["db", "web", "cart"] {
        let moved = expected.iter().filter_map(|score| Movement::of(score, service));
        moved.for_each(|movement| core.take(movement));
        // SAFETY: all pointers are good.
        fine(|error| unsafe {
            drainrs_correlator_take(own, scores.as_ptr(), scores.len(), service.as_ptr(), service.len(), error)
        });
    }
    core.finish();
    let found: Vec<_> = std::iter::from_fn(|| core.poll()).collect();
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| drainrs_correlator_finish(own, error));
        fine(|error| drainrs_correlator_take_correlations(own, usize::MAX, out.0, error));
        assert_eq!(out.json(), json!(found));
        assert_eq!(drainrs_correlator_dropped(own), 0);
        drainrs_correlator_free(&raw mut own);
    }
}

#[test]
fn a_value_far_out_is_scored_as_in_the_core() {
    let mut core = Content::build(&drainrs::score::ContentConfig::default()).unwrap();
    let mut own = scorer("content", "");
    let out = Buffer::new();
    let mut expected = Vec::new();
    for at in 0..2000 {
        let text = if at == 1999 { "took 50s".to_owned() } else { format!("took {}ms", 30 + at * 7919 % 41) };
        expected.clear();
        let parameter = json!({ "span": { "start": 5, "end": text.len() }, "class": "DURATION", "token": 1 });
        let parameters = [serde_json::from_value(parameter).unwrap()];
        let mut event = Observation::new(Timestamp::from_nanos(at), TemplateId(3));
        (event.text, event.parameters) = (text.as_bytes(), &parameters);
        core.observe(&event, &mut expected);
        let (starts, stops, tokens) = ([5], [u32::try_from(text.len()).unwrap()], [1]);
        let classes = [drainrs::Class::Duration.index()];
        // SAFETY: all pointers are good.
        fine(|error| unsafe {
            drainrs_scorer_observe(
                own,
                at,
                0,
                3,
                0,
                0,
                0,
                null(),
                0,
                text.as_ptr(),
                text.len(),
                starts.as_ptr(),
                stops.as_ptr(),
                classes.as_ptr(),
                tokens.as_ptr(),
                1,
                out.0,
                error,
            )
        });
        assert_eq!(out.json(), json!(expected));
    }
    assert_eq!(expected.len(), 1, "the last one is far out");
    // SAFETY: it was given by `_new`.
    unsafe { drainrs_scorer_free(&raw mut own) };
}

#[test]
fn what_makes_no_sense_is_said() {
    let mut own = scorer("all", "");
    let out = Buffer::new();
    let mut none = null_mut();
    let (templates, counts) = ([7, 7], [1, 2]);
    // SAFETY: all pointers are good.
    unsafe {
        let message = fails(DRAINRS_ERR_ARGUMENT, |error| {
            drainrs_scorer_new(b"luck".as_ptr(), 4, null(), 0, &raw mut none, error)
        });
        assert!(message.contains("frequency, novelty"), "{message}");
        fails(DRAINRS_ERR_ARGUMENT, |error| {
            drainrs_scorer_close(own, 0, 1, null(), templates.as_ptr(), counts.as_ptr(), 2, 0, out.0, error)
        });
        drainrs_scorer_free(&raw mut own);
    }
    assert!(none.is_null());
}
