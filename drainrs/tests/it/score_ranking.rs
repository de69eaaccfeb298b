//! What changed: golden cases, a naive reference, the worked example, groups, bad input.

use std::collections::BTreeMap;

use drainrs::score::ranking::{Changes, Scale, Shift, rank, rank_tallies};
use drainrs::{Level, Series, ServiceId, Tally, TemplateId, Timestamp, Window};
use proptest::prelude::*;

use crate::cases;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    by: Scale,
    before: BTreeMap<String, u64>,
    after: BTreeMap<String, u64>,
    scale: f64,
    rises: Vec<(String, f64, f64)>,
    drops: Vec<(String, f64, f64)>,
}

#[derive(serde::Deserialize)]
struct File {
    case: Vec<Case>,
}

fn same(name: &str, found: &[Shift<String>], wanted: &[(String, f64, f64)], tolerance: f64) {
    let shown = || format!("{name}: {found:?}, not {wanted:?}");
    assert_eq!(found.len(), wanted.len(), "{}", shown());
    for (found, (key, expected, deviance)) in found.iter().zip(wanted) {
        assert_eq!(&found.key, key, "{}", shown());
        assert!((found.expected - expected).abs() < 1e-6, "{}", shown());
        assert!((found.deviance - deviance).abs() < tolerance, "{}", shown());
    }
}

#[test]
fn golden_cases() {
    let text = cases::read("score").into_iter().find(|file| file.name == "ranking.toml").unwrap().text;
    let file: File = toml::from_str(&text).unwrap();
    for case in file.case {
        let list = |counts: &BTreeMap<String, u64>| counts.iter().map(|(key, &n)| (key.clone(), n)).collect::<Vec<_>>();
        let found = rank(&list(&case.before), &list(&case.after), case.by).unwrap();
        same(&case.name, &found.rises, &case.rises, 2e-6);
        same(&case.name, &found.drops, &case.drops, 2e-6);
        assert!((found.scale - case.scale).abs() < 1e-8, "{}: {}", case.name, found.scale);
        let sum = |counts: &BTreeMap<String, u64>| counts.values().sum::<u64>();
        assert_eq!((found.total_before, found.total_after), (sum(&case.before), sum(&case.after)));
    }
}

/// One key at a time, one formula.
fn naive(before: &[(u8, u64)], after: &[(u8, u64)], scale: f64) -> Vec<(u8, f64)> {
    let count =
        |list: &[(u8, u64)], key: u8| list.iter().filter(|(own, _)| *own == key).map(|(_, n)| *n).sum::<u64>() as f64;
    let mut found: Vec<(u8, f64)> = (0..=u8::MAX)
        .filter_map(|key| {
            let (x, e) = (count(after, key), (count(before, key) * scale).max(0.05));
            let log_part = if x > 0.0 { x * libm::log(x / e) } else { 0.0 };
            let deviance = (2.0 * (log_part - (x - e))).max(0.0).sqrt().copysign(x - e);
            (deviance.abs() > 0.0 && (x > 0.0 || e > 0.05)).then_some((key, deviance))
        })
        .collect();
    found.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    found
}

proptest! {
    #![proptest_config(cases::properties(128))]

    #[test]
    fn ranks_are_those_of_the_formula(
        before in prop::collection::vec((0_u8..20, 0_u64..200), 0..40),
        after in prop::collection::vec((0_u8..20, 0_u64..200), 0..40),
    ) {
        let sum = |list: &[(u8, u64)]| list.iter().map(|(_, n)| n).sum::<u64>() as f64;
        let scale = if sum(&before) > 0.0 { sum(&after) / sum(&before) } else { 1.0 };
        let found = rank(&before, &after, Scale::Total).unwrap();
        let wanted = naive(&before, &after, scale);
        for (shifts, sign) in [(&found.rises, 1.0), (&found.drops, -1.0)] {
            let keys: Vec<(u8, f64)> = shifts.iter().map(|shift| (shift.key, shift.deviance)).collect();
            let wanted: Vec<(u8, f64)> = wanted.iter().copied().filter(|(_, deviance)| deviance * sign > 0.0).collect();
            prop_assert_eq!(keys, wanted);
        }
    }

    #[test]
    fn any_counts_give_numbers(
        before in prop::collection::vec((any::<u8>(), any::<u64>()), 0..20),
        after in prop::collection::vec((any::<u8>(), any::<u64>()), 0..20),
        nanos in 1_i64..i64::MAX,
    ) {
        for scale in [Scale::Total, Scale::Typical, Scale::Time { before_ns: nanos, after_ns: 1 }, Scale::Time { before_ns: 1, after_ns: nanos }] {
            let found: Changes<u8> = rank(&before, &after, scale).unwrap();
            for shift in found.rises.iter().chain(&found.drops) {
                prop_assert!(shift.deviance.is_finite() && shift.expected.is_finite());
            }
        }
    }
}

#[test]
fn health_checks_never_outrank_an_error_that_doubled() {
    // 95 % health checks whose number wanders by five standard deviations either way; an error from 20 up that doubles.
    for error in [20_u64, 50, 500] {
        for health in (94_000..=96_000).step_by(250) {
            let before = [("health", 95_000), ("error", error), ("other", 5_000 - error)];
            let after = [("health", health), ("error", 2 * error), ("other", 5_000 - error)];
            for scale in [Scale::Total, Scale::Time { before_ns: 1, after_ns: 1 }, Scale::Typical] {
                let found = rank(&before, &after, scale).unwrap();
                let of = |key| found.rises.iter().find(|shift| shift.key == key).map_or(0.0, |shift| shift.deviance);
                assert!(of("error") > of("health"), "{error} {health} {scale:?}: {found:?}");
            }
        }
    }
}

#[test]
fn levels_are_shown_and_services_ranked_by_the_template_that_moved_most() {
    let window = Window { start: Timestamp::from_seconds(0), end: Timestamp::from_seconds(60) };
    let tally = |service, template, count, level| {
        let mut tally =
            Tally::new(Series { service: ServiceId(service), template: TemplateId(template) }, count, window);
        tally.level = level;
        tally
    };
    // Service 1: an info template of 400 is gone; service 2: an error doubles; service 3: as ever.
    let before = [
        tally(1, 1, 400, Level::Info),
        tally(1, 2, 10, Level::Info),
        tally(2, 1, 20, Level::Warn),
        tally(3, 1, 570, Level::Info),
    ];
    let after = [tally(1, 2, 12, Level::Info), tally(2, 1, 40, Level::Error), tally(3, 1, 570, Level::Info)];
    let scale = Scale::Time { before_ns: window.nanos(), after_ns: window.nanos() };
    let found = rank_tallies(&before, &after, scale).unwrap();
    assert_eq!((found.rises[0].level, found.rises[0].key.service), (Level::Error, ServiceId(2)));
    assert_eq!(found.drops[0].level, Level::Info, "what is no longer said counts as much");
    let groups = found.groups(|series| series.service);
    let order: Vec<u32> = groups.iter().map(|group| group.group.0).collect();
    assert_eq!(order, [1, 2], "what did not change is not there");
    // sqrt(2 * 400) = 28.28.
    assert!((groups[0].deviance + 28.284_271).abs() < 1e-6 && groups[0].leading.template == TemplateId(1));
    assert_eq!((groups[0].rises, groups[0].drops), (1, 1));
    // Windows may be chained: the same key twice is one.
    let twice = rank_tallies(before.iter().chain(&before), after.iter().chain(&after), scale).unwrap();
    assert_eq!((twice.total_before, twice.drops[0].before), (2000, 800));
}

#[test]
fn windows_without_length_are_named() {
    let none: [(u8, u64); 0] = [];
    let path =
        |before_ns, after_ns| rank(&none, &none, Scale::Time { before_ns, after_ns }).unwrap_err().path().to_owned();
    assert_eq!(path(0, 1), "scale.before_ns");
    assert_eq!(path(1, -5), "scale.after_ns");
}
