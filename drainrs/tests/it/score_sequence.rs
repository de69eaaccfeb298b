//! The sequence scorer: golden cases, the clock, the limits, bad input, and sessions of a make of its own.

use drainrs::score::{Deviation, Mode, Scorer, Sequence, SequenceBaseline, SequenceConfig, SequenceModel};
use drainrs::{Level, NANOS_PER_SECOND, Observation, Score, ScoreKind, TemplateId, Timestamp};

use crate::cases;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    config: SequenceConfig,
    learn: Vec<Learned>,
    judge: Vec<Judged>,
}

#[derive(serde::Deserialize)]
struct Learned {
    times: u32,
    session: Vec<TemplateId>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    session: Vec<TemplateId>,
    #[serde(default)]
    distance: f64,
    #[serde(default)]
    surprise: f64,
    reason: String,
}

#[derive(serde::Deserialize)]
struct File {
    case: Vec<Case>,
}

#[test]
fn golden_cases() {
    let file = cases::read("score").into_iter().find(|file| file.name == "sequence.toml").unwrap();
    let parsed: File = toml::from_str(&file.text).unwrap();
    for case in parsed.case {
        let mut model = SequenceModel::build(&case.config).unwrap();
        for learned in &case.learn {
            (0..learned.times).for_each(|_| model.learn(&learned.session));
        }
        for judged in &case.judge {
            let found = model.judge(&judged.session);
            assert_eq!(found.reason(), judged.reason, "{}", case.name);
            assert!((found.surprise - judged.surprise).abs() < 1e-6, "{}: {found:?}", case.name);
            assert!((found.distance - judged.distance).abs() < 1e-6, "{}: {found:?}", case.name);
            assert_eq!(found.flagged, judged.surprise > 0.0, "{}", case.name);
        }
    }
}

fn clean() -> SequenceConfig {
    SequenceConfig { baseline: SequenceBaseline::Clean, ..SequenceConfig::default() }
}

fn ids(session: &[u64]) -> Vec<TemplateId> {
    session.iter().copied().map(TemplateId).collect()
}

/// A scorer with what it said.
struct Stage {
    scorer: Sequence,
    scores: Vec<Score>,
}

impl Stage {
    fn new(config: &SequenceConfig, mode: Mode) -> Stage {
        let mut scorer = Sequence::build(config).unwrap();
        scorer.set_mode(mode);
        Stage { scorer, scores: Vec::new() }
    }

    /// That has learned 100 sessions of these events, and now judges.
    fn learned(config: &SequenceConfig, session: &[u64]) -> Stage {
        let mut stage = Stage::new(config, Mode::Learn);
        for key in 0..100 {
            session.iter().for_each(|&id| stage.event(&format!("good {key}"), 0, id));
            stage.close(&format!("good {key}"));
        }
        stage.scorer.set_mode(Mode::Detect);
        stage
    }

    fn event(&mut self, key: &str, second: i64, id: u64) {
        let mut event = Observation::new(Timestamp::from_seconds(second), TemplateId(id));
        event.session = Some(key.as_bytes());
        self.scorer.observe(&event, &mut self.scores);
    }

    fn close(&mut self, key: &str) {
        self.scorer.close_session(key.as_bytes(), &mut self.scores);
    }

    fn advance(&mut self, second: i64) {
        self.scorer.advance(Timestamp::from_seconds(second), &mut self.scores);
    }
}

#[test]
fn login_and_dashboard_without_the_auth_step() {
    let mut stage = Stage::learned(&clean(), &[1, 2, 3]);
    [1, 3].into_iter().for_each(|id| stage.event("alice", 100, id));
    [1, 2, 3].into_iter().for_each(|id| stage.event("bob", 100, id));
    stage.close("alice");
    stage.close("bob");
    let [score] = stage.scores.as_slice() else { panic!("{:?}", stage.scores) };
    assert_eq!((score.scorer.as_ref(), &score.kind), ("sequence", &ScoreKind::Sequence));
    assert_eq!((score.session.as_deref(), score.template), (Some("alice"), Some(TemplateId(2))));
    assert_eq!(score.reason, "session of 2 events: 0 x #2 where 1 is usual (distance 0.33); #1 -> #3 never seen");
    assert!((score.observed, score.expected) == (0.0, 1.0) && score.severity > drainrs::Severity::ALARM);
}

#[test]
fn a_session_that_falls_silent_before_its_end_is_incomplete() {
    let mut stage = Stage::learned(&clean(), &[1, 2, 3]);
    [1, 2].into_iter().for_each(|id| stage.event("cut short", 100, id));
    [1, 3].into_iter().for_each(|id| stage.event("at its end", 101, id));
    stage.advance(159);
    assert!(stage.scores.is_empty());
    stage.advance(200);
    let kinds: Vec<_> = stage.scores.iter().map(|score| (score.session.as_deref().unwrap(), &score.kind)).collect();
    assert_eq!(kinds, [("cut short", &ScoreKind::Incomplete), ("at its end", &ScoreKind::Sequence)]);
    assert_eq!(
        stage.scores[0].reason,
        "no event for 60 s and not at its end; session of 2 events: 0 x #3 where 1 is usual (distance 0.33); #2 -> end never seen"
    );
}

#[test]
fn a_clock_that_jumps_from_deadline_to_deadline_closes_each_session_when_it_is_due() {
    let mut stage = Stage::learned(&clean(), &[1]);
    let closed_before = stage.scorer.counters().closed;
    // The last session has its last event first; every session is flagged when it is closed.
    for n in 0..50 {
        stage.event(&n.to_string(), 1000, 2);
    }
    for n in (0..50).rev() {
        stage.event(&n.to_string(), 1000 + i64::from(49 - n), 2);
    }
    let mut due = Vec::new();
    while let Some(deadline) = stage.scorer.next_deadline() {
        stage.scorer.advance(deadline.plus_nanos(-1), &mut stage.scores);
        assert_eq!(stage.scores.len(), due.len(), "nothing before the deadline");
        stage.scorer.advance(deadline, &mut stage.scores);
        assert!(stage.scores.len() > due.len(), "something at the deadline");
        due.push(deadline);
    }
    let expected: Vec<Timestamp> = (0..50).map(|n| Timestamp::from_seconds(1060 + n)).collect();
    assert_eq!(due, expected);
    let keys: Vec<&str> = stage.scores.iter().map(|score| score.session.as_deref().unwrap()).collect();
    assert_eq!((keys[0], keys[49]), ("49", "0"));
    assert_eq!((stage.scorer.open_sessions(), stage.scorer.counters().closed - closed_before), (0, 50));
}

#[test]
fn an_event_after_the_idle_time_begins_a_new_session() {
    let mut stage = Stage::learned(&clean(), &[1, 2]);
    stage.event("k", 0, 1);
    stage.event("k", 59, 2);
    stage.event("k", 119, 1);
    assert_eq!(stage.scorer.counters().closed, 101, "the first is over, and was usual");
    stage.event("k", 120, 2);
    stage.close("k");
    assert!(stage.scores.is_empty());
}

#[test]
fn the_session_untouched_for_longest_makes_room_and_is_judged_by_its_types_alone() {
    let config = SequenceConfig { max_sessions: 10, ..clean() };
    let mut stage = Stage::learned(&config, &[1, 2, 3]);
    for n in 0..25 {
        stage.event(&n.to_string(), 5, 1);
        stage.event("0", 5, 1);
    }
    assert_eq!((stage.scorer.open_sessions(), stage.scorer.counters().evicted), (10, 15));
    assert!(stage.scores.is_empty(), "what did not come yet is not missing");
    stage.event("24", 5, 99);
    (100..110).for_each(|n| stage.event(&n.to_string(), 5, 1));
    let flagged: Vec<_> = stage.scores.iter().map(|score| score.session.as_deref().unwrap()).collect();
    assert_eq!(flagged, ["24"], "a type never seen is unusual at any time");
    assert!(stage.scores[0].unverified);
}

#[test]
fn a_session_is_cut_at_its_limits() {
    let mut stage = Stage::learned(&clean(), &[1, 2]);
    (0..10_000).for_each(|_| stage.event("long", 5, 1));
    assert_eq!((stage.scorer.counters().cut, stage.scorer.open_sessions(), stage.scores.len()), (1, 0, 1));
    assert!(stage.scores[0].reason.starts_with("session of 10000 events: 0 x #2 where 1 is usual, 10000 x #1 where 1"));
    (1000..1100).for_each(|id| stage.event("wide", 5, id));
    stage.close("wide");
    let types = "further types of events";
    let reason = &stage.scores[1].reason;
    assert!(!reason.contains(types) && reason.contains("never seen in 100 sessions"), "{reason}");
    assert!(stage.scorer.memory() < 1 << 20);
}

#[test]
fn memory_is_bounded_whatever_comes() {
    let config = SequenceConfig {
        max_types: 50,
        max_vectors: 40,
        max_explicit_vectors: 30,
        max_pairs: 60,
        max_invariants: 5,
        max_steps: 70,
        max_contexts: 80,
        max_sessions: 20,
        max_windows: 3,
        max_types_per_session: 8,
        max_steps_per_session: 4,
        max_markov_events: 6,
        markov: true,
        windows: true,
        min_sessions: 50,
        ..SequenceConfig::default()
    };
    for mode in [Mode::Learn, Mode::Detect, Mode::Adaptive] {
        let mut stage = Stage::new(&config, mode);
        let mut random = 7_u64;
        let mut largest = 0;
        for n in 0..60_000_i64 {
            let key = (next(&mut random) % 40).to_string();
            let id = next(&mut random) % 300;
            stage.event(&key, n / 10, id);
            if n % 7 == 0 {
                stage.close(&key);
                let mut event = Observation::new(Timestamp::from_seconds(n / 10), TemplateId(id));
                event.service = drainrs::ServiceId((id % 9) as u32);
                stage.scorer.observe(&event, &mut stage.scores);
            }
            if n == 30_000 {
                largest = stage.scorer.memory();
            }
        }
        assert!(stage.scorer.memory() <= largest + largest / 4 && stage.scorer.open_sessions() <= 20);
        assert!(mode == Mode::Detect || stage.scorer.model().dropped() > 0);
        assert!(stage.scores.iter().all(|score| score.surprise.is_finite() && score.observed.is_finite()));
        assert_eq!(mode == Mode::Learn, stage.scores.is_empty() && mode != Mode::Detect);
    }
}

#[test]
fn input_that_nobody_should_give() {
    let mut model = SequenceModel::build(&clean()).unwrap();
    assert!(model.judge(&[]).unready.is_none() && !model.judge(&[]).flagged);
    assert_eq!(model.judge(&ids(&[1])).unready.map(|unready| (unready.have, unready.need)), Some((0, 30)));
    model.learn(&[]);
    assert_eq!(model.learned(), 0, "a session without events is none");
    model.learn(&ids(&[1]));
    let judgement = model.judge(&ids(&[1]));
    assert_eq!(judgement.reason(), "1 of 30 sessions learned: too few to judge by");
    assert!(!model.adapt(&ids(&[0, u64::MAX, u64::MAX])).flagged);
    (0..30).for_each(|_| model.learn(&ids(&[5])));
    assert!(model.judge(&ids(&[u64::MAX])).flagged);

    for config in [clean(), SequenceConfig::default()] {
        let mut stage = Stage::new(&config, Mode::Adaptive);
        for nanos in [0, i64::MAX, i64::MIN, 1, i64::MAX - 1, 0] {
            let mut event = Observation::new(Timestamp::from_nanos(nanos), TemplateId(1));
            event.session = Some(b"");
            event.level = Level::Fatal;
            stage.scorer.observe(&event, &mut stage.scores);
            stage.scorer.advance(Timestamp::from_nanos(nanos), &mut stage.scores);
        }
        assert_eq!(stage.scorer.next_deadline(), None, "time ends before");
        stage.close("no such session");
        stage.close("");
        assert!(stage.scorer.open_sessions() == 0 && stage.scores.is_empty());
    }
}

#[test]
fn a_clock_that_jumps_back_a_day_breaks_no_session_and_is_followed_in_the_end() {
    let mut stage = Stage::learned(&clean(), &[1, 2]);
    let day = 86_400;
    stage.event("over", 2 * day, 1);
    stage.event("over", day, 2);
    stage.close("over");
    assert!(stage.scores.is_empty());
    stage.event("before", 2 * day, 1);
    for n in 0..200 {
        stage.event(&n.to_string(), day + n, 1);
        stage.event(&n.to_string(), day + n, 2);
    }
    assert!(stage.scorer.open_sessions() < 140, "the new time is believed, and sessions end by it");
    let broken: Vec<_> = stage.scores.iter().map(|score| score.session.as_deref().unwrap()).collect();
    assert_eq!(broken, ["before"]);
}

#[test]
fn a_retry_storm_does_not_hide_that_a_step_is_missing_nor_other_sessions() {
    let mut stage = Stage::learned(&clean(), &[1, 2, 3, 4]);
    stage.event("storm", 10, 1);
    for n in 0..5000 {
        stage.event("storm", 10, 4);
        if n % 1000 == 0 {
            let key = format!("quiet {n}");
            [1, 3, 4].into_iter().for_each(|id| stage.event(&key, 10, id));
            stage.close(&key);
        }
    }
    stage.event("storm", 10, 3);
    stage.close("storm");
    let told: Vec<_> = stage.scores.iter().map(|score| score.session.as_deref().unwrap()).collect();
    assert_eq!(told, ["quiet 0", "quiet 1000", "quiet 2000", "quiet 3000", "quiet 4000", "storm"]);
    for score in &stage.scores {
        assert!(score.reason.contains("0 x #2 where 1 is usual"), "{}", score.reason);
        assert_eq!(score.template, Some(TemplateId(2)));
    }
    assert!(stage.scores[5].reason.contains("5000 x #4 where 1 is usual"));
}

#[test]
fn templates_that_were_united_are_one_in_what_is_known_and_in_what_is_open() {
    let mut stage = Stage::learned(&clean(), &[1, 2, 3]);
    stage.event("k", 5, 1);
    stage.event("k", 5, 2);
    stage.scorer.merged(TemplateId(2), TemplateId(7));
    stage.scorer.merged(TemplateId(7), TemplateId(8));
    stage.scorer.merged(TemplateId(8), TemplateId(2));
    stage.event("k", 5, 3);
    stage.close("k");
    for id in [2, 7, 8] {
        [1, id, 3].into_iter().for_each(|id| stage.event("l", 5, id));
        stage.close("l");
    }
    assert!(stage.scores.is_empty(), "{:?}", stage.scores);
    [1, 3].into_iter().for_each(|id| stage.event("m", 5, id));
    stage.close("m");
    assert_eq!(stage.scores.len(), 1);
}

#[test]
fn when_sessions_change_the_rules_go_and_that_is_told_once() {
    let mut stage = Stage::new(&SequenceConfig::default(), Mode::Adaptive);
    let play = |stage: &mut Stage, from: i64, to: i64, session: &[u64]| {
        for n in from..to {
            session.iter().for_each(|&id| stage.event(&n.to_string(), n, id));
            stage.close(&n.to_string());
        }
    };
    play(&mut stage, 0, 400, &[1, 2, 3, 3]);
    assert_eq!((stage.scores.len(), stage.scorer.model().rules()), (0, (3, 0)));
    // A release writes the third event once: both its rules go at the fourth session.
    play(&mut stage, 400, 500, &[1, 2, 3]);
    let kinds: Vec<&str> = stage.scores.iter().map(|score| score.kind.name()).collect();
    assert_eq!(kinds, ["sequence", "sequence", "sequence", "sequence", "invariant_drift"]);
    assert_eq!(
        stage.scores[4].reason,
        "sessions changed: 2 count rules no longer hold, among them 2 x #1 = #3, which held in 400 of 404 sessions"
    );
    assert_eq!(stage.scorer.model().rules(), (1, 2));
    // Counts halve every 1,000 sessions: the old 400 are under 5 % of all when the fourth thousand is full.
    play(&mut stage, 500, 4500, &[1, 2, 3]);
    assert_eq!((stage.scores.len(), stage.scorer.model().rules()), (5, (3, 0)), "and others come");
}

#[test]
fn modes_learn_speak_or_do_both() {
    let mut frozen = Stage::learned(&clean(), &[1, 2]);
    let mut adaptive = Stage::learned(&clean(), &[1, 2]);
    adaptive.scorer.set_mode(Mode::Adaptive);
    for stage in [&mut frozen, &mut adaptive] {
        for n in 0..20 {
            [1, 9].into_iter().for_each(|id| stage.event(&n.to_string(), n, id));
            stage.close(&n.to_string());
        }
        assert_eq!(stage.scores.len(), 20, "what was flagged is not learned");
        stage.event("usual", 30, 1);
        stage.event("usual", 30, 2);
        stage.close("usual");
    }
    assert_eq!((frozen.scorer.model().learned(), adaptive.scorer.model().learned()), (100, 101));
}

#[test]
fn events_without_a_key_are_judged_by_steps_on_request() {
    let mut stage = Stage::new(&SequenceConfig { windows: true, ..SequenceConfig::default() }, Mode::Adaptive);
    let play = |stage: &mut Stage, id: u64| {
        let event = Observation::new(Timestamp::from_seconds(1), TemplateId(id));
        stage.scorer.observe(&event, &mut stage.scores);
    };
    (0..3000).for_each(|n| play(&mut stage, 1 + n % 3));
    assert!(stage.scores.is_empty());
    [3, 2, 1, 3].into_iter().for_each(|id| play(&mut stage, id));
    let [score] = stage.scores.as_slice() else { panic!("one in a window of 20 events: {:?}", stage.scores) };
    assert_eq!(score.reason, "#3 after #3, a step never seen in this service");
    assert_eq!(stage.scorer.counters().without_key, 3004);
}

#[test]
fn all_wrong_settings_are_listed() {
    let config = SequenceConfig {
        idle_timeout_ns: 0,
        max_sessions: 0,
        min_support: f64::NAN,
        restore_below: 0.5,
        alpha: Some(2.0),
        ..SequenceConfig::default()
    };
    let error = Sequence::build(&config).unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    let names = ["idle_timeout_ns", "max_sessions", "min_support", "restore_below", "alpha", "alpha"];
    assert_eq!(paths, names.map(|name| format!("score.sequence.{name}")));
    assert!(serde_json::from_str::<SequenceConfig>(r#"{ "idle": 1 }"#).is_err());
}

/// Xorshift.
fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random >> 11
}

/// A shop: a session opens, looks at articles, puts some in the basket (request and reply each), may pay, closes. Optional
/// steps, loops, retries, interleaved noise.
#[allow(clippy::same_item_push, reason = "an optional step follows each")]
fn shop(random: &mut u64) -> Vec<u64> {
    let mut session = vec![1, 2];
    for _ in 0..next(random) % 6 {
        session.push(10);
        if next(random).is_multiple_of(3) {
            session.push(11);
        }
    }
    for _ in 0..next(random) % 4 {
        session.extend([20, 21]);
    }
    if next(random) % 10 < 6 {
        session.push(30);
        (0..next(random) % 10 / 8).for_each(|_| session.extend([31]));
        session.extend([32, 33]);
    }
    if next(random).is_multiple_of(20) {
        session.push(40);
    }
    session.push(50);
    session
}

/// The same with a fault: a step left out, an early end, one reply too many, an error, payment taken twice.
fn faulty(random: &mut u64) -> Vec<u64> {
    loop {
        let mut session = shop(random);
        let pays = session.contains(&32);
        match next(random) % 5 {
            0 => session.retain(|&id| id != 2),
            1 => session.truncate(session.len() - 1),
            2 if session.contains(&21) => {
                let at = session.iter().position(|&id| id == 21).unwrap();
                session.remove(at);
            }
            3 => session.insert(2, 90),
            4 if pays => session.insert(session.len() - 1, 32),
            _ => continue,
        }
        return session;
    }
}

/// Sessions of which hardly two are alike: three loops of any length, three optional steps, requests with their replies.
fn varied(random: &mut u64) -> Vec<u64> {
    let mut session = vec![1, 2];
    for id in [10, 11, 12] {
        while session.len() < 100 && next(random) % 10 < 7 {
            session.push(id);
        }
    }
    session.extend([20, 21, 22].into_iter().filter(|_| next(random) % 10 < 3));
    (0..=next(random) % 6).for_each(|_| session.extend([30, 31]));
    session.push(50);
    session
}

#[test]
fn what_varies_freely_is_no_false_alarm() {
    let mut random = 77;
    let mut model = SequenceModel::build(&clean()).unwrap();
    (0..500).for_each(|_| model.learn(&ids(&varied(&mut random))));
    let mut flagged = [0; 4];
    for _ in 0..1000 {
        let session = varied(&mut random);
        let without = |id: u64| {
            let at = session.iter().position(|&other| other == id).unwrap();
            ids(&[&session[..at], &session[at + 1..]].concat())
        };
        for (at, session) in [ids(&session), without(2), without(31), without(50)].iter().enumerate() {
            flagged[at] += u32::from(model.judge(session).flagged);
        }
    }
    eprintln!("varied: {} of 1000 good ones flagged; of those with a fault {:?}", flagged[0], &flagged[1..]);
    assert!(flagged[0] <= 10 && flagged[1..].iter().all(|&found| found >= 980), "{flagged:?}");
}

/// Precision and recall of 200 faulty sessions among 10,000.
fn shop_rates(config: &SequenceConfig, contamination: u64, seed: u64) -> (f64, f64) {
    let mut random = 0x9E37_79B9 + seed;
    let mut model = SequenceModel::build(config).unwrap();
    for _ in 0..3000 {
        let session = if next(&mut random) % 1000 < contamination { faulty(&mut random) } else { shop(&mut random) };
        model.learn(&ids(&session));
    }
    let (mut hits, mut false_alarms) = (0.0, 0.0);
    for n in 0..10_000 {
        let bad = n % 50 == 0;
        let session = if bad { faulty(&mut random) } else { shop(&mut random) };
        let flagged = model.adapt(&ids(&session)).flagged;
        hits += f64::from(u8::from(bad && flagged));
        false_alarms += f64::from(u8::from(!bad && flagged));
    }
    (hits / f64::max(hits + false_alarms, 1.0), hits / 200.0)
}

#[test]
fn the_defaults_hold_on_sessions_of_another_make() {
    for seed in 1..=3 {
        let (precision, recall) = shop_rates(&clean(), 0, seed);
        eprintln!("shop, clean, seed {seed}: precision {precision:.3}, recall {recall:.3}");
        assert!(precision > 0.9 && recall > 0.95, "clean, seed {seed}: {precision} {recall}");
        let (precision, recall) = shop_rates(&SequenceConfig::default(), 30, seed);
        eprintln!("shop, unlabelled, seed {seed}: precision {precision:.3}, recall {recall:.3}");
        assert!(precision > 0.9 && recall > 0.8, "unlabelled, seed {seed}: {precision} {recall}");
    }
}

#[test]
fn what_is_said_of_a_session_is_in_its_judgement() {
    let mut model = SequenceModel::build(&SequenceConfig { markov: true, min_sessions: 50, ..clean() }).unwrap();
    for n in 0..2000 {
        model.learn(&ids(if n % 2 == 0 { &[1, 2, 3, 4] } else { &[1, 3, 2, 4] }));
    }
    let judgement = model.judge(&ids(&[1, 2, 4, 3]));
    assert!(judgement.flagged, "the counts are usual, the course is not");
    assert!(matches!(judgement.deviations[0], Deviation::Step { .. }));
    assert!(matches!(judgement.deviations[1], Deviation::Course { share, .. } if share < 0.003));
    assert!(!judgement.ended && judgement.distance == 0.0);
    let document = serde_json::to_value(&judgement).unwrap();
    assert_eq!(document["deviations"][1]["kind"], "course");
    assert!(i64::from(judgement.events) < NANOS_PER_SECOND);
}
