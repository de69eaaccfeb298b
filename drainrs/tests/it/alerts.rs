//! What a person is told: suppression, escalation, cascades, the budget, endings, rules; and that nothing is lost on the way.

use std::collections::BTreeMap;

use drainrs::alert::{AlertConfig, AlertRule, Alerter, guess_level, priority};
use drainrs::{
    Alert, AlertStatus, ErrorKind, Level, Observation, Priority, Score, ScoreKind, ServiceId, TemplateId, Timestamp,
};
use proptest::prelude::*;

use crate::cases;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_704_067_200 + seconds)
}

fn score(seconds: i64, kind: ScoreKind, template: u64, surprise: f64, level: Level) -> Score {
    let mut score = Score::new("test", kind, at(seconds), surprise, format!("about {template}"));
    (score.template, score.level) = (Some(TemplateId(template)), level);
    score
}

fn spike(seconds: i64, template: u64) -> Score {
    score(seconds, ScoreKind::Spike, template, 6.0, Level::Error)
}

fn alerter(change: impl FnOnce(&mut AlertConfig)) -> Alerter {
    let mut config = AlertConfig::default();
    change(&mut config);
    Alerter::build(&config).unwrap()
}

fn told(alerter: &mut Alerter) -> Vec<Alert> {
    std::iter::from_fn(|| alerter.poll()).collect()
}

/// What the header of the module promises.
fn assert_nothing_lost(alerter: &Alerter) {
    let c = alerter.counters();
    assert_eq!(c.scores, c.told + c.grouped + c.suppressed + c.over_budget + c.recoveries + c.pending, "{c:?}");
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PriorityCase {
    kind: ScoreKind,
    surprise: f64,
    level: Level,
    #[serde(default)]
    unverified: bool,
    priority: Priority,
    why: String,
}

#[test]
fn priorities_are_those_of_the_table() {
    for case in cases::of::<PriorityCase>("alert/priority.toml") {
        let mut score = score(0, case.kind.clone(), 1, case.surprise, case.level);
        score.unverified = case.unverified;
        assert_eq!(priority(&score), case.priority, "{case:?}");
        assert!(!case.why.is_empty(), "{case:?}");
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsCase {
    text: String,
    /// None: no guess.
    level: Option<Level>,
}

#[test]
fn levels_are_guessed_from_words() {
    for case in cases::of::<WordsCase>("alert/words.toml") {
        assert_eq!(guess_level(case.text.as_bytes()), case.level, "{}", case.text);
    }
}

#[test]
fn the_same_is_told_once_in_fifteen_minutes_and_then_as_ongoing() {
    let mut alerter = alerter(|_| {});
    for minute in 0..=15 {
        alerter.take(spike(60 * minute, 1));
    }
    alerter.finish();
    let alerts = told(&mut alerter);
    assert_eq!(alerts.len(), 2);
    assert_eq!((alerts[0].status, alerts[0].at, alerts[0].suppressed), (AlertStatus::Opened, at(0), 0));
    assert_eq!((alerts[1].status, alerts[1].at, alerts[1].suppressed), (AlertStatus::Ongoing, at(900), 14));
    assert_eq!((alerts[1].first_at, alerts[1].id), (at(0), alerts[0].id), "the same alert");
    assert_nothing_lost(&alerter);
    // Another template, another service, another kind: another alert each.
    alerter.take(spike(910, 2));
    let mut other = spike(910, 1);
    other.service = ServiceId(9);
    alerter.take(other);
    alerter.take(score(910, ScoreKind::NewValue, 1, 6.0, Level::Error));
    alerter.finish();
    let alerts = told(&mut alerter);
    assert_eq!((alerts.len(), alerts[0].grouped), (1, 2), "at once, so one cascade");
}

#[test]
fn what_becomes_more_urgent_is_told_again_at_once() {
    let mut alerter = alerter(|_| {});
    alerter.take(score(0, ScoreKind::Spike, 1, 6.0, Level::Warn));
    alerter.advance(at(60));
    alerter.take(score(70, ScoreKind::Spike, 1, 6.5, Level::Warn));
    alerter.take(score(80, ScoreKind::Spike, 1, 6.5, Level::Error));
    alerter.advance(at(120));
    let alerts = told(&mut alerter);
    let seen: Vec<_> = alerts.iter().map(|alert| (alert.status, alert.priority, alert.suppressed)).collect();
    let first = (AlertStatus::Opened, Priority::Medium, 0);
    assert_eq!(seen, [first, (AlertStatus::Escalated, Priority::High, 1)]);
    // Less urgent again is no news.
    alerter.take(score(130, ScoreKind::Spike, 1, 6.0, Level::Warn));
    alerter.advance(at(200));
    assert!(told(&mut alerter).is_empty());
    assert_nothing_lost(&alerter);
}

#[test]
fn a_cascade_is_one_alert_led_by_the_most_urgent_and_then_the_earliest() {
    let mut alerter = alerter(|config| config.max_group = 3);
    for template in 0..10 {
        alerter.take(score(template, ScoreKind::Spike, template as u64, 6.0, Level::Warn));
    }
    alerter.take(score(10, ScoreKind::NewTemplate, 50, 6.0, Level::Error));
    alerter.take(score(11, ScoreKind::NewTemplate, 51, 6.0, Level::Error));
    assert!(alerter.poll().is_none(), "a cascade is told when it is over");
    assert_eq!(alerter.next_deadline(), Some(at(30)));
    assert_eq!(alerter.counters().pending, 12);
    alerter.advance(at(30));
    let alerts = told(&mut alerter);
    assert_eq!(alerts.len(), 1);
    let cascade = &alerts[0];
    assert_eq!((cascade.score.template, cascade.priority), (Some(TemplateId(50)), Priority::High));
    let others: Vec<_> = cascade.others.iter().map(|score| score.template.unwrap().0).collect();
    assert_eq!(others, [51, 0, 1], "the most urgent, then the earliest");
    assert_eq!(cascade.grouped, 11, "those that are not listed included");
    assert_nothing_lost(&alerter);
}

#[test]
fn critical_scores_and_rules_do_not_wait() {
    let mut alerter = alerter(|config| {
        let oom = AlertRule { name: "oom".into(), pattern: "Out of memory".into(), priority: Priority::Critical };
        let disk = AlertRule { name: "disk".into(), pattern: r"disk \w+ is full".into(), priority: Priority::Medium };
        config.rules = vec![oom, disk];
        config.routes = BTreeMap::from([(Priority::Critical, "pager".to_owned())]);
    });
    alerter.take(spike(0, 7));
    alerter.take(score(1, ScoreKind::Spike, 8, 20.0, Level::Fatal));
    let mut line = |seconds, text: &str| {
        let mut event = Observation::new(at(seconds), TemplateId(3));
        event.text = text.as_bytes();
        alerter.check(&event);
    };
    line(2, "Out of memory: killed process 17");
    line(3, "Out of memory: killed process 18");
    line(4, "disk sda is full");
    line(5, "all is well");
    let alerts = told(&mut alerter);
    let reasons: Vec<&str> = alerts.iter().map(|alert| alert.score.reason.as_str()).collect();
    assert_eq!(reasons, ["about 8", "the rule 'oom' matches", "the rule 'disk' matches"]);
    assert_eq!(alerts[1].samples, ["Out of memory: killed process 17"]);
    let routes: Vec<_> = alerts.iter().map(|alert| alert.route.as_deref()).collect();
    assert_eq!(routes, [Some("pager"), Some("pager"), None], "a priority without a route has none");
    assert_eq!((alerter.counters().suppressed, alerter.counters().pending), (1, 1));
    assert_nothing_lost(&alerter);
}

#[test]
fn the_budget_is_kept_and_critical_ones_pass() {
    let mut alerter = alerter(|config| (config.max_per_hour, config.group_ns) = (4, 0));
    // Low ones may use half of it, medium ones three quarters.
    for (template, level) in (0..).zip([Level::Debug; 5]) {
        alerter.take(score(0, ScoreKind::NewValue, template, 6.0, level));
    }
    let count = |alerter: &mut Alerter, priority| told(alerter).iter().filter(|a| a.priority == priority).count();
    assert_eq!(count(&mut alerter, Priority::Low), 2);
    (10..15).for_each(|template| alerter.take(score(1, ScoreKind::NewValue, template, 6.0, Level::Warn)));
    assert_eq!(count(&mut alerter, Priority::Medium), 1);
    (20..25).for_each(|template| alerter.take(spike(2, template)));
    assert_eq!(count(&mut alerter, Priority::High), 1);
    (30..35).for_each(|template| alerter.take(score(3, ScoreKind::Spike, template, 20.0, Level::Fatal)));
    assert_eq!(count(&mut alerter, Priority::Critical), 5);
    assert_eq!(alerter.counters().over_budget, 3 + 4 + 4);
    // A quarter of an hour fills it by one.
    (40..42).for_each(|template| alerter.take(spike(903, template)));
    assert_eq!(count(&mut alerter, Priority::High), 1);
    assert_nothing_lost(&alerter);
}

#[test]
fn what_the_budget_did_not_allow_is_no_repetition_and_has_no_end() {
    let mut alerter = alerter(|config| (config.max_per_hour, config.group_ns) = (1, 0));
    alerter.take(spike(0, 1));
    alerter.take(spike(1, 2));
    assert_eq!((told(&mut alerter).len(), alerter.counters().over_budget), (1, 1));
    // Ten minutes later there is still no room; an hour later there is, and it is told as what it is: new.
    alerter.take(spike(600, 2));
    alerter.take(spike(3700, 2));
    let alerts = told(&mut alerter);
    let second: Vec<_> = alerts.iter().filter(|alert| alert.score.template == Some(TemplateId(2))).collect();
    assert_eq!(second.len(), 1, "{alerts:#?}");
    assert_eq!((second[0].status, second[0].at), (AlertStatus::Opened, at(3700)));
    assert_eq!((alerter.counters().over_budget, alerter.counters().suppressed), (2, 0));
    // Told again as going on, where the budget allows it no more: the end is that of what was told.
    alerter.take(spike(3700 + 901, 2));
    assert_eq!(alerter.counters().over_budget, 3);
    alerter.advance(at(3700 + 901 + 900));
    let end = told(&mut alerter).pop().unwrap();
    assert_eq!((end.status, end.id), (AlertStatus::Resolved, second[0].id));
    assert_nothing_lost(&alerter);
}

#[test]
fn what_is_over_is_told() {
    let mut alerter = alerter(|_| {});
    alerter.take(spike(0, 1));
    alerter.take(score(1, ScoreKind::Silence, 2, 9.0, Level::Info));
    alerter.take(score(2, ScoreKind::NewTemplate, 3, 6.0, Level::Error));
    alerter.advance(at(60));
    let opened = told(&mut alerter);
    assert_eq!((opened.len(), opened[0].grouped), (1, 2));
    assert_eq!(alerter.next_deadline(), Some(at(900)), "when the spike is over");
    alerter.advance(at(899));
    assert!(told(&mut alerter).is_empty());
    alerter.advance(at(900));
    let over = told(&mut alerter);
    assert_eq!(over.len(), 1, "a birth has no end, a silence ends when lines are back");
    assert_eq!((over[0].status, over[0].score.kind.clone()), (AlertStatus::Resolved, ScoreKind::Spike));
    assert_eq!(over[0].score.reason, "not noticed any more for 15 min");
    assert_eq!(alerter.next_deadline(), None);
    // Two hours later the lines are back.
    alerter.advance(at(7200));
    assert!(told(&mut alerter).is_empty());
    let mut back = Score::new("silence", ScoreKind::Recovered, at(7201), 0.0, "back after 2.0 h of silence");
    back.template = Some(TemplateId(2));
    alerter.take(back.clone());
    let over = told(&mut alerter);
    assert_eq!(over.len(), 1);
    assert_eq!((over[0].status, over[0].first_at), (AlertStatus::Resolved, at(1)));
    alerter.take(back);
    assert!(told(&mut alerter).is_empty(), "once");
    assert_eq!((alerter.counters().resolved, alerter.counters().recoveries), (2, 2));
    assert_nothing_lost(&alerter);
    // And a host that does not want to hear of it does not.
    let mut quiet = self::alerter(|config| config.tell_resolved = false);
    quiet.take(spike(0, 1));
    quiet.advance(at(3000));
    assert_eq!(told(&mut quiet).len(), 1);
}

#[test]
fn limits_are_kept_and_counted() {
    let mut alerter = alerter(|config| {
        (config.max_open, config.max_waiting, config.group_ns, config.max_per_hour) = (8, 3, 0, 1000);
    });
    for template in 0..100 {
        alerter.take(spike(0, template));
    }
    assert_eq!(alerter.counters().dropped, 97);
    assert_eq!(told(&mut alerter).len(), 3);
    assert!(alerter.memory() < 10_000, "{}", alerter.memory());
    // The last few are still known, the first are not.
    alerter.take(spike(1, 99));
    alerter.take(spike(1, 0));
    assert_eq!((told(&mut alerter).len(), alerter.counters().suppressed), (1, 1));
    let mut picky = self::alerter(|config| config.min_priority = Priority::High);
    picky.take(score(0, ScoreKind::Spike, 1, 6.0, Level::Warn));
    picky.take(spike(0, 2));
    picky.finish();
    assert_eq!((told(&mut picky).len(), picky.counters().suppressed), (1, 1));
    assert_nothing_lost(&picky);
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_up() {
    let mut alerter = alerter(|_| {});
    alerter.take(spike(86_400, 1));
    alerter.take(spike(10, 2));
    let alerts = told(&mut alerter);
    assert_eq!(alerts.len(), 1, "the cascade of tomorrow is over");
    alerter.advance(at(5));
    alerter.finish();
    assert_eq!(told(&mut alerter).len(), 1);
    assert_nothing_lost(&alerter);
    // What was told tomorrow is told again today, and the budget fills by today's clock.
    let mut alerter = self::alerter(|config| (config.max_per_hour, config.group_ns) = (2, 0));
    for seconds in [86_400, 86_401, 0, 1, 3700, 3701] {
        alerter.take(spike(seconds, 1));
        alerter.take(spike(seconds, 2));
    }
    let seen: Vec<_> = told(&mut alerter).iter().map(|alert| (alert.at, alert.status)).collect();
    let (opened, ongoing) = (AlertStatus::Opened, AlertStatus::Ongoing);
    let (tomorrow, later) = (at(86_400), at(3700));
    assert_eq!(seen, [(tomorrow, opened), (tomorrow, opened), (later, ongoing), (later, ongoing)]);
}

#[test]
fn wrong_settings_are_named_all_at_once() {
    let rule = |name: &str, pattern: &str| AlertRule {
        name: name.into(),
        pattern: pattern.into(),
        priority: Priority::Critical,
    };
    let config = AlertConfig {
        suppress_ns: -1,
        group_ns: 5,
        max_per_hour: 0,
        max_open: 0,
        rules: vec![rule("", "a"), rule("b", "("), rule("c", "x*"), rule("d", "fine")],
        ..AlertConfig::default()
    };
    let error = Alerter::build(&config).unwrap_err();
    let problems: Vec<_> = error.problems().iter().map(|problem| (problem.path.as_str(), problem.kind)).collect();
    let wrong = ErrorKind::Config;
    assert_eq!(
        problems,
        [
            ("alert.suppress_ns", wrong),
            ("alert.group_ns", wrong),
            ("alert.max_open", wrong),
            ("alert.max_per_hour", wrong),
            ("alert.rules[0].name", wrong),
            ("alert.rules[1].pattern", ErrorKind::Pattern),
            ("alert.rules[2].pattern", ErrorKind::Pattern),
        ]
    );
    let text = error.to_string();
    assert!(text.contains("\"x*\" matches every line; write what has to stand there"), "{text}");
    let many = AlertConfig { rules: vec![rule("r", "x"); 257], ..AlertConfig::default() };
    assert!(Alerter::build(&many).unwrap_err().to_string().contains("257 rules are more than 256; join some by |"));
    let large = AlertConfig { rules: vec![rule("r", r"(\w{500}x){500}")], ..AlertConfig::default() };
    assert_eq!(Alerter::build(&large).unwrap_err().problems()[0].path, "alert.rules[0].pattern");
}

proptest! {
    #![proptest_config(cases::properties(200))]
    /// Whatever comes in whatever order: every score is accounted for, every end has a beginning, the bounds hold.
    #[test]
    fn nothing_is_lost_and_every_end_has_a_beginning(
        scores in prop::collection::vec((0..7200_i64, 0..5_usize, 0..6_u64, 0..4_u32, 0.0..25.0_f64, 0..9_u8), 0..200),
        (max_group, max_per_hour, group) in (0..4_usize, 1..30_u32, 0..60_i64),
    ) {
        let kinds = [
            ScoreKind::Spike, ScoreKind::Drop, ScoreKind::Silence, ScoreKind::NewTemplate, ScoreKind::Recovered,
        ];
        let mut alerter = alerter(|config| {
            (config.max_group, config.max_per_hour) = (max_group, max_per_hour);
            config.group_ns = group * 1_000_000_000;
        });
        let mut alerts = Vec::new();
        for (seconds, kind, template, service, surprise, level) in scores {
            let level = [Level::Unknown, Level::Debug, Level::Info, Level::Warn, Level::Error, Level::Fatal][usize::from(level) % 6];
            let mut one = score(seconds, kinds[kind].clone(), template, surprise, level);
            one.service = ServiceId(service);
            alerter.take(one);
            if template == 0 {
                alerter.advance(at(seconds));
            }
            assert_nothing_lost(&alerter);
            alerts.extend(std::iter::from_fn(|| alerter.poll()));
        }
        alerter.finish();
        alerter.advance(at(20_000));
        alerts.extend(std::iter::from_fn(|| alerter.poll()));
        let counters = alerter.counters();
        prop_assert_eq!(counters.pending, 0);
        let ends = alerts.iter().filter(|alert| alert.status == AlertStatus::Resolved).count() as u64;
        prop_assert_eq!(alerts.len() as u64, counters.told + counters.resolved);
        prop_assert_eq!(ends, counters.resolved);
        let mut open = std::collections::BTreeSet::new();
        for alert in &alerts {
            prop_assert!(alert.others.len() <= max_group);
            prop_assert!(alert.first_at <= alert.at || alert.status == AlertStatus::Resolved);
            // Members of a cascade have ids of their own, of which only the leading one's is told: their ends may be told, too.
            match alert.status {
                AlertStatus::Opened if max_group == 0 => prop_assert!(open.insert(alert.id), "{:?} is opened twice", alert.id),
                AlertStatus::Opened => _ = open.insert(alert.id),
                AlertStatus::Resolved if group == 0 => prop_assert!(open.contains(&alert.id), "{:?} was never opened", alert.id),
                _ => {}
            }
        }
    }
}

#[test]
fn trouble_that_stopped_is_no_emergency() {
    let score = |kind: ScoreKind, level: Level| {
        let mut score = Score::new("silence", kind, at(0), 40.0, "");
        score.level = level;
        priority(&score)
    };
    assert_eq!(score(ScoreKind::Silence, Level::Error), Priority::Medium);
    assert_eq!(score(ScoreKind::Drop, Level::Fatal), Priority::Medium);
    assert_eq!(score(ScoreKind::Silence, Level::Info), Priority::High, "a heartbeat that stopped");
    assert_eq!(score(ScoreKind::Spike, Level::Error), Priority::Critical);
}
