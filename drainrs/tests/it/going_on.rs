//! A pipeline that was restored from a snapshot goes on as one that never stopped: whatever the stream holds, wherever the
//! snapshot was taken, in the middle of an event and of the search for formats too.

use drainrs::score::ScorerName;
use drainrs::{
    CustomFormat, DetectConfig, EventColumns, OnOtherSettings, Pipeline, PipelineConfig, SurgeConfig, Timestamp,
};
use proptest::prelude::*;

/// When the `n`-th line comes: some a second apart, some together, some minutes later.
fn moment(n: usize) -> Timestamp {
    let seconds = [0, 0, 1, 1, 2, 70][n % 6] + n as i64 / 6 * 71;
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

/// One of many kinds of lines: headers of several formats, traces, containers' envelopes, columns, prose, bytes.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let n = 0_u32..60;
    prop_oneof![
        4 => n.clone().prop_map(|n| format!("2024-03-01 10:00:{n:02},000 INFO [main] a.B: took {n} items")),
        1 => n.clone().prop_map(|n| format!("2024-03-01 10:00:{n:02},000 ERROR [main] a.B: lost item {n}")),
        1 => Just("java.io.IOException: closed".to_owned()),
        2 => n.clone().prop_map(|n| format!("\tat a.b.C.d(C.java:{n})")),
        1 => Just("Caused by: java.lang.Error: x".to_owned()),
        1 => n.clone().prop_map(|n| format!("Feb 11 13:15:{n:02} web-1 sshd[{n}]: session {n} opened")),
        1 => n.clone().prop_map(|n| format!("{{\"time\":\"2024-03-01T10:00:{n:02}Z\",\"level\":\"warn\",\"msg\":\"{n} left\"}}")),
        1 => Just("{".to_owned()),
        1 => n.clone().prop_map(|n| format!("  \"a\": {n}")),
        1 => Just("}".to_owned()),
        1 => (n.clone(), "[FP]").prop_map(|(n, end)| format!("2024-03-01T10:00:00.1Z stdout {end} part {n} of it")),
        1 => n.clone().prop_map(|n| format!("{{\"log\":\"part {n}\\\\n\",\"stream\":\"stderr\",\"time\":\"2024-03-01T10:00:00Z\"}}")),
        1 => Just("#Fields: date time c-ip cs-method sc-status".to_owned()),
        1 => n.clone().prop_map(|n| format!("2024-03-01 10:00:{n:02} 10.0.0.{n} GET 500")),
        1 => n.prop_map(|n| format!("own|{n}|warn|thing number {n}")),
        1 => "[a-c ]{0,12}",
    ]
    .prop_map(String::into_bytes)
    .boxed()
    .prop_union(prop::collection::vec(any::<u8>(), 0..20).boxed())
}

fn config(surge: bool, join_lines: u32) -> PipelineConfig {
    let mut config = PipelineConfig::default();
    config.parse.max_sample_lines = 24;
    config.join.max_lines = join_lines;
    config.filter.surge = surge.then_some(SurgeConfig { events_per_second: 1, keep_every: 3 });
    config.mine.max_templates = Some(12);
    let mut detect = DetectConfig::default();
    detect.score.scorers = ScorerName::all().to_vec();
    config.detect = Some(detect);
    config
}

fn own_format() -> CustomFormat {
    serde_json::from_str(
        r#"{ "name": "own", "pattern": "own\\|(?P<pid>[0-9]+)\\|(?P<level>[a-z]+)\\|(?P<message>.*)" }"#,
    )
    .unwrap()
}

/// What a pipeline gives for a line, and what it tells.
fn push(pipeline: &mut Pipeline, lines: &[Vec<u8>], at: usize, columns: &mut EventColumns, alerts: &mut Vec<String>) {
    if at == 5 {
        pipeline.add_format(&own_format()).unwrap();
    }
    // Time passes before the line.
    if at % 4 == 3
        && let Some(event) = pipeline.advance(moment(at))
    {
        columns.push(&event);
    }
    if let Some(event) = pipeline.push(&lines[at], moment(at)) {
        columns.push(&event);
    }
    while let Some(alert) = pipeline.poll_alert() {
        alerts.push(serde_json::to_string(&alert).unwrap());
    }
}

proptest! {
    #![proptest_config(crate::cases::properties(48))]

    #[test]
    fn at_every_point_of_a_stream(
        lines in prop::collection::vec(line(), 1..70),
        surge in any::<bool>(),
        pinned in prop_oneof![Just(None), Just(Some("log4j_thread")), Just(Some("generic")), Just(Some("raw"))],
        join_lines in 1_u32..6,
    ) {
        let mut config = config(surge, join_lines);
        config.parse.format = pinned.map(str::to_owned);
        let restored = |pipeline: &Pipeline| {
            let bytes = pipeline.snapshot().unwrap();
            let restored = Pipeline::restore(&bytes, &config, OnOtherSettings::Refuse).unwrap();
            assert!(restored.snapshot().unwrap() == bytes, "the same state, the same bytes");
            restored
        };
        let mut never_stopped = Pipeline::build(&config).unwrap();
        let mut always_stopped = Pipeline::build(&config).unwrap();
        let (mut expected, mut found) = (EventColumns::new(), EventColumns::new());
        let (mut expected_alerts, mut found_alerts) = (Vec::new(), Vec::new());
        for at in 0..lines.len() {
            push(&mut never_stopped, &lines, at, &mut expected, &mut expected_alerts);
            always_stopped = restored(&always_stopped);
            push(&mut always_stopped, &lines, at, &mut found, &mut found_alerts);
            prop_assert_eq!(&found, &expected, "after line {}", at);
            prop_assert_eq!(always_stopped.held_lines(), never_stopped.held_lines());
            prop_assert!(always_stopped.snapshot().unwrap() == never_stopped.snapshot().unwrap(), "after line {at}");
        }
        prop_assert_eq!(found_alerts, expected_alerts);
        prop_assert_eq!(always_stopped.parser().counters(), never_stopped.parser().counters());
        let of_events: u64 = found.lines.iter().map(|lines| u64::from(*lines)).sum();
        prop_assert_eq!(of_events + u64::from(always_stopped.held_lines()), lines.len() as u64);
    }
}

/// Written by the first version, which kept neither the joiner nor the parser; kept for good.
const FIRST: &[u8] = include_bytes!("../golden/snapshot/v1-pipeline.snapshot");

#[test]
fn snapshots_of_the_first_version_are_read() {
    let settings = include_str!("../golden/doors/sample/config.json");
    let config: PipelineConfig = serde_json::from_str(settings).unwrap();
    let mut pipeline = Pipeline::restore(FIRST, &config, OnOtherSettings::Refuse).unwrap();
    let counters = pipeline.counters();
    assert_eq!((counters.lines, counters.events, pipeline.held_lines()), (2200, 2120, 0));
    assert_eq!(pipeline.miner().len(), 27);
    assert!(pipeline.detector().unwrap().counters().count.observed > 2000);
    let log = include_str!("../../src/program/sample.log");
    for line in log.lines().take(200) {
        let created = pipeline.push(line.as_bytes(), moment(0)).and_then(|event| event.outcome.change());
        assert_ne!(created, Some(drainrs::Change::Created), "{line}");
    }
}

#[test]
fn every_flipped_byte_and_every_cut_is_noticed() {
    let mut pipeline = Pipeline::build(&PipelineConfig::default()).unwrap();
    let config = PipelineConfig { detect: Some(DetectConfig::default()), ..PipelineConfig::default() };
    for at in 0..40 {
        pipeline.push(format!("2024-03-01 10:00:{at:02},000 INFO [main] a.B: took {at} items").as_bytes(), moment(at));
    }
    let good = pipeline.snapshot().unwrap();
    let restore = |bytes: &[u8]| Pipeline::restore(bytes, &config, OnOtherSettings::Adopt);
    assert!(restore(&good).is_ok());
    for at in 0..good.len() {
        assert!(restore(&good[..at]).is_err(), "cut at {at}");
        for bit in 0..8 {
            let mut flipped = good.clone();
            flipped[at] ^= 1 << bit;
            assert!(restore(&flipped).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn a_stack_trace_is_not_cut_by_a_restart() {
    let config = PipelineConfig::default();
    let mut pipeline = Pipeline::build(&config).unwrap();
    let now = moment(0);
    for line in ["2024-03-01 10:00:00,000 ERROR a.B: lost", "java.io.IOException: closed", "\tat a.b.C.d(C.java:1)"] {
        assert!(pipeline.push(line.as_bytes(), now).is_none());
    }
    let mut pipeline = Pipeline::restore(&pipeline.snapshot().unwrap(), &config, OnOtherSettings::Refuse).unwrap();
    assert_eq!((pipeline.held_lines(), pipeline.next_deadline()), (3, Some(now.plus_nanos(1_000_000_000))));
    assert!(pipeline.push(b"\tat a.b.E.f(E.java:2)", now).is_none());
    let event = pipeline.finish(now).unwrap();
    assert_eq!((event.first_line, event.lines), (0, 4));
}

#[test]
fn formats_of_the_settings_may_be_others_after_a_restart() {
    let named = |name: &str| CustomFormat { name: name.to_owned(), ..own_format() };
    let mut config = PipelineConfig::default();
    config.parse.formats = vec![named("first"), named("second")];
    let mut pipeline = Pipeline::build(&config).unwrap();
    pipeline.add_format(&named("added")).unwrap();
    assert!(pipeline.remove_format("first"));
    let names = |pipeline: &Pipeline| -> Vec<String> {
        pipeline.parser().formats().iter().map(|format| format.name.clone()).collect()
    };
    let snapshot = pipeline.snapshot().unwrap();
    let restore = |config: &PipelineConfig| Pipeline::restore(&snapshot, config, OnOtherSettings::Refuse).unwrap();
    assert_eq!(names(&restore(&config)), ["second", "added"], "as it was");
    config.parse.formats = vec![named("third")];
    let mut other = restore(&config);
    assert_eq!(names(&other), ["third", "added"], "the settings' own, and what was added");
    config.parse.formats = vec![named("added")];
    assert_eq!(names(&restore(&config)), ["added"], "the settings know it now");
    other.push(b"own|7|warn|thing", moment(0));
    assert_eq!(other.finish(moment(0)).unwrap().record.format, "third");
}
