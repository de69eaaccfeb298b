//! The pipeline: stages in a row, time from outside, nothing lost.

use drainrs::{
    Change, EventColumns, Level, LineBatch, Lines, OnOtherSettings, Outcome, Pipeline, PipelineConfig, SkipReason,
    SurgeConfig, Timestamp,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

fn later(millis: i64) -> Timestamp {
    NOW.plus_nanos(millis * 1_000_000)
}

/// What a test wants to know of an event.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    first_line: u64,
    lines: u32,
    level: Level,
    text: Option<String>,
}

fn seen(pipeline: &mut Pipeline, text: &str) -> Vec<Seen> {
    let mut all: Vec<(u64, u32, Level, Option<drainrs::TemplateId>)> = Vec::new();
    let mut note = |event: drainrs::Event<'_>| {
        all.push((event.first_line, event.lines, event.record.level, event.outcome.template()));
    };
    for line in Lines::new(text.as_bytes()) {
        pipeline.push(line, NOW).map(&mut note);
    }
    pipeline.finish(NOW).map(&mut note);
    let text_of = |id| pipeline.miner().template(id).unwrap().text;
    all.into_iter()
        .map(|(first_line, lines, level, id)| Seen { first_line, lines, level, text: id.map(text_of) })
        .collect()
}

fn pipeline(json: &str) -> Pipeline {
    let config: PipelineConfig = serde_json::from_str(json).unwrap();
    Pipeline::build(&config).unwrap()
}

/// `events == matched + created + skipped`.
fn assert_accounts(pipeline: &Pipeline) {
    let (own, mined) = (pipeline.counters(), pipeline.miner().stats().counters);
    assert_eq!(own.events, mined.matched + mined.created + own.skipped_below_level + own.skipped_surge);
}

const LOG: &str = "\
2024-03-01 10:00:00,000 INFO [main] shop.Cart: added 3 items for user 17
2024-03-01 10:00:01,000 DEBUG [main] shop.Cart: cache hit
2024-03-01 10:00:02,000 ERROR [main] shop.Orders: could not place order 99
shop.OrderException: no stock
\tat shop.Orders.place(Orders.java:31)
\tat shop.Web.handle(Web.java:12)
Caused by: java.sql.SQLException: timeout after 30 s
\tat shop.Db.query(Db.java:9)
\t... 2 more
2024-03-01 10:00:03,000 INFO [main] shop.Cart: added 1 items for user 4
";

#[test]
fn raw_lines_become_events_with_templates() {
    let mut pipeline = pipeline("{}");
    let events = seen(&mut pipeline, LOG);
    let event = |first_line, lines, level, text: &str| Seen { first_line, lines, level, text: Some(text.to_owned()) };
    let trace = "could not place order <NUM> | shop.OrderException: no stock | \
                 Caused by: java.sql.SQLException: timeout after <NUM> s";
    assert_eq!(
        events,
        [
            event(0, 1, Level::Info, "added <NUM> items for user <NUM>"),
            event(1, 1, Level::Debug, "cache hit"),
            event(2, 7, Level::Error, trace),
            event(9, 1, Level::Info, "added <NUM> items for user <NUM>"),
        ]
    );
    assert_accounts(&pipeline);
    let counters = pipeline.counters();
    assert_eq!((counters.lines, counters.events), (10, 4));
}

#[test]
fn event_times_reach_the_templates() {
    let mut pipeline = pipeline("{}");
    seen(&mut pipeline, LOG);
    let cart = pipeline.miner().templates().find(|t| t.text.starts_with("added")).unwrap();
    assert_eq!(cart.first_seen.unwrap().to_string(), "2024-03-01T10:00:00Z");
    assert_eq!(cart.last_seen.unwrap().to_string(), "2024-03-01T10:00:03Z");
    assert_eq!(cart.level, Level::Info);
}

#[test]
fn parameters_point_into_what_was_mined() {
    let mut pipeline = pipeline("{}");
    let line = b"2024-03-01 10:00:00,000 INFO [main] shop.Cart: added 3 items for user 17";
    assert!(pipeline.push(line, NOW).is_none());
    let event = pipeline.finish(NOW).unwrap();
    let Outcome::Mined(hit) = &event.outcome else { panic!("skipped") };
    let values: Vec<&[u8]> = hit.parameters().map(|p| p.span.of(event.mined)).collect();
    assert_eq!(values, [b"3".as_slice(), b"17"]);
    let start = event.record.message_start.unwrap() as usize;
    assert_eq!(&event.text[start..], event.record.message);
}

#[test]
fn advance_gives_what_waited_and_nothing_before() {
    let mut pipeline = pipeline("{}");
    let line = b"2024-03-01 10:00:00,000 INFO [main] shop.Cart: cache hit";
    assert!(pipeline.push(line, NOW).is_none());
    let deadline = pipeline.next_deadline().unwrap();
    assert_eq!(deadline, later(1000));
    assert!(pipeline.advance(later(999)).is_none());
    assert!(pipeline.advance(later(-5000)).is_none(), "time that goes back flushes nothing");
    assert!(pipeline.advance(deadline).is_some());
    assert!(pipeline.advance(later(60_000)).is_none());
    assert_eq!(pipeline.next_deadline(), None);
}

#[test]
fn events_below_the_least_level_are_skipped_and_counted() {
    let mut pipeline = pipeline(r#"{ "filter": { "min_level": "info" } }"#);
    let events = seen(&mut pipeline, LOG);
    assert_eq!(events[1].text, None);
    assert_eq!(pipeline.counters().skipped_below_level, 1);
    assert_accounts(&pipeline);
}

#[test]
fn an_unknown_level_passes_the_filter() {
    let mut pipeline = pipeline(r#"{ "filter": { "min_level": "fatal" } }"#);
    assert!(seen(&mut pipeline, "just some words\n")[0].text.is_some());
}

#[test]
fn a_surge_is_thinned_out_but_warnings_stay() {
    let mut config = PipelineConfig::default();
    config.filter.surge = Some(SurgeConfig { events_per_second: 10, keep_every: 5 });
    let mut pipeline = Pipeline::build(&config).unwrap();
    let (mut kept, mut warned, mut skipped) = (0, 0, 0);
    for n in 0..201_i64 {
        let level = if n % 20 == 3 { "WARN" } else { "INFO" };
        let line = format!("2024-03-01 10:00:00,000 {level} [main] shop.Cart: tick {n}");
        // A hundred lines in the first second, a hundred in the next.
        let now = later(n / 100 * 1000);
        if let Some(event) = pipeline.push(line.as_bytes(), now) {
            match event.outcome {
                Outcome::Mined(_) if event.record.level == Level::Warn => warned += 1,
                Outcome::Mined(_) => kept += 1,
                Outcome::Skipped(reason) => {
                    assert_eq!(reason, SkipReason::Surge);
                    skipped += 1;
                }
                _ => unreachable!("no other outcome is known"),
            }
        }
    }
    assert_eq!(warned, 10, "every warning is kept");
    assert_eq!(kept + warned + skipped, 200);
    assert!((30..=70).contains(&kept), "ten a second, and a fifth of the rest: {kept}");
    assert_eq!(pipeline.counters().skipped_surge, skipped);
    assert_accounts(&pipeline);
}

#[test]
fn a_pipeline_goes_on_from_a_snapshot() {
    let config = PipelineConfig::default();
    let mut first = Pipeline::build(&config).unwrap();
    seen(&mut first, LOG);
    let mut second = Pipeline::restore(&first.snapshot().unwrap(), &config, OnOtherSettings::Refuse).unwrap();
    assert_eq!(second.counters(), first.counters());
    second.push(b"2024-03-01 10:01:00,000 DEBUG [main] shop.Cart: cache hit", NOW);
    let event = second.finish(NOW).unwrap();
    assert_eq!(event.outcome.change(), Some(Change::Unchanged));
    assert_accounts(&second);
    let of_a_miner = first.miner().snapshot().unwrap();
    assert_accounts(&Pipeline::restore(&of_a_miner, &config, OnOtherSettings::Refuse).unwrap());
}

#[test]
fn wrong_settings_of_all_stages_are_told_together() {
    let json = r#"{ "join": { "max_lines": 0 }, "parse": { "format": "no-such-format" },
                    "filter": { "surge": { "events_per_second": 1, "keep_every": 0 } },
                    "normalize": { "keep": ["NOTHING"] }, "mine": { "depth": 1 } }"#;
    let error = Pipeline::build(&serde_json::from_str(json).unwrap()).unwrap_err();
    let mut paths: Vec<&str> = error.problems().iter().map(|p| p.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["filter.surge.keep_every", "join.max_lines", "mine.depth", "normalize.keep[0]", "parse.format"]);
}

proptest! {
    #![proptest_config(crate::cases::properties(64))]

    #[test]
    fn a_batch_equals_its_lines_one_by_one(lines in prop::collection::vec("[ -~\t]{0,60}", 0..60)) {
        let config = PipelineConfig::default();
        let (mut single, mut batched) = (Pipeline::build(&config).unwrap(), Pipeline::build(&config).unwrap());
        let mut expected = EventColumns::new();
        let (mut buffer, mut ends) = (Vec::new(), Vec::new());
        for line in &lines {
            if let Some(event) = single.push(line.as_bytes(), NOW) {
                expected.push(&event);
            }
            buffer.extend_from_slice(line.as_bytes());
            ends.push(buffer.len() as u32);
        }
        let mut columns = EventColumns::new();
        batched.push_batch(LineBatch::new(&buffer, &ends), NOW, &mut columns);
        prop_assert_eq!(columns, expected);
        prop_assert_eq!(batched.snapshot().unwrap(), single.snapshot().unwrap());
    }

    #[test]
    fn any_bytes_are_taken_and_every_line_is_accounted_for(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..60),
    ) {
        let mut pipeline = Pipeline::build(&PipelineConfig::default()).unwrap();
        let mut counted = 0;
        for line in &lines {
            if let Some(event) = pipeline.push(line, NOW) {
                counted += u64::from(event.lines);
            }
        }
        counted += pipeline.finish(NOW).map_or(0, |event| u64::from(event.lines));
        prop_assert_eq!(counted, lines.len() as u64);
        assert_accounts(&pipeline);
    }
}

#[test]
fn records_that_somebody_else_read_give_what_their_lines_give() {
    let config = r#"{ "detect": {}, "filter": { "min_level": "info" } }"#;
    let (mut of_lines, mut of_records) = (pipeline(config), pipeline(config));
    let mut parser = drainrs::Parser::build(&drainrs::ParseConfig::default()).unwrap();
    let (mut lines, mut records) = (EventColumns::new(), EventColumns::new());
    for number in 0..400 {
        let second = number % 60;
        let (level, what) = [("INFO", "took"), ("DEBUG", "saw"), ("ERROR", "lost")][number % 3];
        let line =
            format!("2024-03-01 10:{:02}:{second:02},000 {level} [main] a.B: {what} {number} items", number / 60);
        parser.set_reference_time(NOW);
        records.push(&of_records.push_record(parser.parse(line.as_bytes()), NOW));
        if let Some(event) = of_lines.push(line.as_bytes(), NOW) {
            lines.push(&event);
        }
    }
    lines.push(&of_lines.finish(NOW).unwrap());
    assert_eq!(lines, records);
    assert_eq!(of_lines.counters(), of_records.counters());
    assert!(of_records.counters().skipped_below_level > 0 && records.len() == 400);
    assert_accounts(&of_records);
    for pipeline in [&mut of_lines, &mut of_records] {
        pipeline.detector_mut().unwrap().finish();
    }
    let alerts = |pipeline: &mut Pipeline| std::iter::from_fn(|| pipeline.poll_alert()).collect::<Vec<_>>();
    let (by_line, by_record) = (alerts(&mut of_lines), alerts(&mut of_records));
    assert!(!by_line.is_empty());
    assert_eq!(by_line, by_record);
}

#[test]
fn a_record_with_several_lines_is_mined_by_its_summary() {
    let mut pipeline = pipeline("{}");
    let mut record = drainrs::Record::default();
    record.message = b"it broke\nshop.Down: no\n\tat shop.A.b(A.java:7)\n\tat shop.C.d(C.java:9)";
    let event = pipeline.push_record(record, NOW);
    assert_eq!(event.lines, 4);
    assert_eq!(String::from_utf8_lossy(event.mined), "it broke | shop.Down: no");
    assert_eq!(event.record.at, None);
}
