//! Counting in windows of event time: against a naive counter, on a simulated clock, and with clocks that lie.

use std::collections::BTreeMap;

use drainrs::{
    Change, CountConfig, CountCounters, Counter, ErrorKind, Level, Observation, Placed, Series, ServiceId, TemplateId,
    Timestamp, Window,
};
use proptest::prelude::*;

const MINUTE: i64 = 60;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn event(seconds: i64, template: u64) -> Observation<'static> {
    Observation::new(at(seconds), TemplateId(template))
}

/// What a test wants to know of a closed window: start and end in seconds, counts by template, gap.
type Seen = (i64, i64, Vec<(u64, u64)>, bool);

fn take(counter: &mut Counter, seen: &mut Vec<Seen>) {
    while let Some(counted) = counter.poll() {
        let Window { start, end } = counted.closed.window;
        let counts = counted.closed.tallies.iter().map(|tally| (tally.series.template.0, tally.count)).collect();
        let second = |at: Timestamp| at.as_nanos() / 1_000_000_000;
        seen.push((second(start), second(end), counts, counted.closed.gap));
    }
}

fn run(counter: &mut Counter, events: &[(i64, u64)]) -> Vec<Seen> {
    let mut seen = Vec::new();
    for &(seconds, template) in events {
        counter.observe(&event(seconds, template));
        take(counter, &mut seen);
    }
    counter.finish();
    take(counter, &mut seen);
    seen
}

fn counter() -> Counter {
    Counter::build(&CountConfig::default()).unwrap()
}

fn balanced(counters: CountCounters) -> bool {
    counters.observed == counters.counted + counters.late_events + counters.over_limit
}

#[test]
fn windows_tumble_and_empty_ones_are_told() {
    let seen = run(&mut counter(), &[(0, 1), (59, 1), (60, 2), (250, 1)]);
    let expected: Vec<Seen> = vec![
        (0, 60, vec![(1, 2)], false),
        (60, 120, vec![(2, 1)], false),
        (120, 180, vec![], false),
        (180, 240, vec![], false),
        (240, 300, vec![(1, 1)], false),
    ];
    assert_eq!(seen, expected, "nothing is told of the time before the first event");
}

#[test]
fn the_watermark_closes_and_late_events_are_counted_as_such() {
    let mut counter = counter();
    assert_eq!(counter.observe(&event(0, 1)), Placed::Counted);
    assert_eq!(counter.observe(&event(179, 1)), Placed::Counted);
    assert_eq!(counter.observe(&event(59, 1)), Placed::Counted, "two windows of lateness are allowed");
    assert!(counter.poll().is_none());
    assert_eq!(counter.observe(&event(180, 1)), Placed::Counted);
    let counted = counter.poll().unwrap();
    assert_eq!((counted.closed.tallies[0].count, counted.closed.events()), (2, 2));
    assert_eq!(counter.observe(&event(59, 1)), Placed::Late);
    assert_eq!(counter.counters().late_events, 1);
    assert!(balanced(counter.counters()));
}

#[test]
fn a_gap_is_one_window_that_says_so() {
    let mut counter = counter();
    let seen = run(&mut counter, &[(0, 1), (20 * MINUTE, 1)]);
    assert_eq!(
        seen,
        [
            (0, 60, vec![(1, 1)], false),
            (60, 18 * 60, vec![], true),
            (18 * 60, 19 * 60, vec![], true),
            (19 * 60, 20 * 60, vec![], true),
            (20 * 60, 21 * 60, vec![(1, 1)], false)
        ]
    );
    assert_eq!(counter.counters().gaps, 1);
}

#[test]
fn a_gap_that_is_waited_through_is_one_all_the_same() {
    let mut counter = counter();
    let mut seen = Vec::new();
    counter.observe(&event(0, 1));
    for second in 0..30 * MINUTE {
        counter.advance(at(second));
        take(&mut counter, &mut seen);
    }
    let gaps: Vec<bool> = seen.iter().map(|window| window.3).collect();
    assert_eq!(gaps.iter().take_while(|gap| !**gap).count(), 11, "the one with the event, and ten empty ones");
    assert!(gaps[11..].iter().all(|gap| *gap) && gaps.len() > 20);
    assert_eq!(counter.counters().gaps, 1);
}

#[test]
fn a_line_from_the_future_moves_nothing() {
    let mut counter = counter();
    let mut events: Vec<(i64, u64)> = (0..300).map(|second| (second, 1)).collect();
    events.insert(100, (7_000_000_000, 1));
    let seen = run(&mut counter, &events);
    assert_eq!(seen.iter().map(|window| window.2[0].1).collect::<Vec<_>>(), [60, 61, 60, 60, 60]);
    assert_eq!((counter.counters().out_of_range, counter.counters().clock_moves), (1, 0));
    assert!(balanced(counter.counters()));
}

#[test]
fn one_host_whose_clock_is_a_day_behind_does_not_stop_the_windows() {
    let mut counter = counter();
    let events: Vec<(i64, u64)> =
        (0..600).map(|second| if second % 10 == 9 { (second - 86_400, 2) } else { (second, 1) }).collect();
    let seen = run(&mut counter, &events);
    assert_eq!(seen.len(), 10);
    assert!(seen.iter().all(|window| window.2.iter().map(|count| count.1).sum::<u64>() == 60));
    assert_eq!((counter.counters().skewed, counter.counters().clock_moves), (60, 0));
}

#[test]
fn a_clock_that_jumps_back_a_day_for_good_is_followed() {
    let mut counter = counter();
    let events: Vec<(i64, u64)> = (0..300).map(|s| (s + 86_400, 1)).chain((0..300).map(|second| (second, 1))).collect();
    let seen = run(&mut counter, &events);
    assert_eq!(counter.counters().clock_moves, 1);
    assert_eq!(counter.counters().skewed, 7, "the eighth moved the clock");
    let total: u64 = seen.iter().flat_map(|window| &window.2).map(|count| count.1).sum();
    assert_eq!(total, 600, "no event is lost");
    assert_eq!(seen.last().unwrap().0, 240);
    assert!(balanced(counter.counters()));
}

#[test]
fn a_clock_that_leaps_ahead_for_good_is_followed() {
    let mut counter = counter();
    let events: Vec<(i64, u64)> =
        (0..60).map(|second| (second, 1)).chain((0..60).map(|s| (s + 400 * 86_400, 1))).collect();
    let seen = run(&mut counter, &events);
    assert_eq!((counter.counters().out_of_range, counter.counters().clock_moves), (7, 1));
    assert!(seen.iter().any(|window| window.3));
    assert_eq!(counter.counters().gaps, 1, "the time between is a gap");
}

#[test]
fn the_ends_of_time_are_survived() {
    let mut counter = counter();
    let ends = [i64::MIN, -1, 0, i64::MAX, i64::MAX, i64::MIN];
    let mut seen = Vec::new();
    for nanos in ends.iter().cycle().take(600) {
        counter.observe(&Observation::new(Timestamp::from_nanos(*nanos), TemplateId(1)));
        take(&mut counter, &mut seen);
    }
    for _ in 0..20 {
        counter.observe(&Observation::new(Timestamp::from_nanos(i64::MAX), TemplateId(1)));
        take(&mut counter, &mut seen);
    }
    counter.advance(Timestamp::from_nanos(i64::MAX));
    counter.finish();
    take(&mut counter, &mut seen);
    assert!(balanced(counter.counters()));
    let total: u64 = seen.iter().flat_map(|window| &window.2).map(|count| count.1).sum();
    assert_eq!(total, counter.counters().counted, "every counted event is in a window");
}

#[test]
fn a_million_services_are_counted_up_to_the_limit() {
    let config = CountConfig { max_series: 1000, ..CountConfig::default() };
    let mut counter = Counter::build(&config).unwrap();
    let mut event = event(0, 1);
    for service in 0..1_000_000 {
        event.service = ServiceId(service);
        counter.observe(&event);
    }
    assert_eq!((counter.counters().counted, counter.counters().over_limit), (1000, 999_000));
    assert!(counter.memory() < 200_000, "{}", counter.memory());
}

#[test]
fn windows_that_nobody_takes_are_bounded() {
    let mut counter = counter();
    for window in 0..1000 {
        counter.observe(&event(window * MINUTE, 1));
    }
    assert!(counter.counters().dropped_windows > 900);
    assert!(counter.memory() < 100_000, "{}", counter.memory());
}

#[test]
fn metrics_and_changes_by_hand() {
    let mut counter = counter();
    let mut observe = |seconds, template, level, change| {
        let mut event = event(seconds, template);
        (event.level, event.change) = (level, change);
        counter.observe(&event);
    };
    (0..10).for_each(|second| observe(second, 1, Level::Info, Change::Unchanged));
    observe(20, 2, Level::Error, Change::Created);
    observe(21, 2, Level::Error, Change::Unchanged);
    (60..85).for_each(|second| observe(second, 1, Level::Info, Change::Unchanged));
    observe(90, 3, Level::Warn, Change::Created);
    counter.finish();
    let first = counter.poll().unwrap();
    let metrics = first.metrics;
    assert_eq!((metrics.events, metrics.errors, metrics.new_templates, metrics.new_errors), (12, 2, 1, 1));
    // 12 events in 60 s; 2 of 12 are errors; 1 of 2 errors was new; 1 of 12 founded a template.
    assert_eq!((metrics.rate, metrics.error_rate), (0.2, 2.0 / 12.0));
    assert_eq!((metrics.new_error_rate, metrics.novelty_rate), (0.5, 1.0 / 12.0));
    assert_eq!(first.closed.tallies[1].level, Level::Error);
    assert_eq!((first.closed.tallies[1].first, first.closed.tallies[1].last), (at(20), at(21)));
    let second = counter.poll().unwrap();
    // 25 after 10 is half as much again and one more: +1.5.
    assert_eq!(second.closed.tallies[0].change(), Some(1.5));
    assert_eq!(second.closed.tallies[1].change(), None, "nothing came before");
    let series = Series { service: ServiceId::UNNAMED, template: TemplateId(3) };
    assert_eq!(second.closed.tally(series).map(|tally| tally.count), Some(1));
}

#[test]
fn a_clock_that_jumps_from_deadline_to_deadline_closes_what_a_ticking_one_closes() {
    let events = [(0, 1), (70, 2), (75, 1), (400, 3)];
    let (mut ticking, mut jumping) = (counter(), counter());
    let (mut by_ticks, mut by_jumps) = (Vec::new(), Vec::new());
    for &(seconds, template) in &events {
        ticking.observe(&event(seconds, template));
        jumping.observe(&event(seconds, template));
    }
    take(&mut ticking, &mut by_ticks);
    take(&mut jumping, &mut by_jumps);
    for second in 400..1000 {
        ticking.advance(at(second));
        take(&mut ticking, &mut by_ticks);
    }
    while let Some(deadline) = jumping.next_deadline() {
        jumping.advance(deadline);
        take(&mut jumping, &mut by_jumps);
    }
    let full = |seen: &[Seen]| seen.iter().filter(|window| !window.2.is_empty()).cloned().collect::<Vec<_>>();
    assert_eq!(full(&by_ticks), full(&by_jumps));
    assert_eq!(full(&by_jumps).len(), 3);
}

#[test]
fn wrong_settings_are_all_told() {
    let config = CountConfig {
        window_ns: 60,
        max_gap_windows: 0,
        confirm_events: 0,
        max_series: 0,
        max_open: 1,
        ..CountConfig::default()
    };
    let error = Counter::build(&config).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    for path in ["window_ns", "max_gap_windows", "confirm_events", "max_series", "max_open"] {
        assert!(paths.contains(&format!("count.{path}").as_str()), "{path} of {paths:?}");
    }
}

proptest! {
    /// Within the allowed lateness, the order of events does not matter, and the counts are those of a plain map.
    #[test]
    fn counts_are_those_of_a_plain_map(mut events in prop::collection::vec((0..1200_i64, 1..5_u64), 1..300), swaps in prop::collection::vec(0..300_usize, 0..40)) {
        events.sort_unstable();
        for at in swaps {
            let at = at % events.len();
            // Neighbours at most two minutes apart may change places.
            if at > 0 && events[at].0 - events[at - 1].0 < 120 {
                events.swap(at - 1, at);
            }
        }
        let mut plain: BTreeMap<(i64, u64), u64> = BTreeMap::new();
        events.iter().for_each(|&(second, template)| *plain.entry((second.div_euclid(60) * 60, template)).or_default() += 1);
        let mut counter = counter();
        let seen = run(&mut counter, &events);
        let counts: BTreeMap<(i64, u64), u64> =
            seen.iter().flat_map(|window| window.2.iter().map(|&(template, count)| ((window.0, template), count))).collect();
        prop_assert_eq!(counts, plain);
        prop_assert!(seen.windows(2).all(|pair| pair[0].1 == pair[1].0), "no window is left out, none comes twice");
        prop_assert_eq!(counter.counters().late_events, 0);
    }
}
