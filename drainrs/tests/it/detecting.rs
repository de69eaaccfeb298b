//! From raw lines to alerts: the worked examples, learning, snapshots, a simulated clock, and the promises of the detector.

use drainrs::baseline::{Baseline, CompareConfig, compare};
use drainrs::score::{Mode, Scorer, ScorerName};
use drainrs::{
    Alert, AlertStatus, Change, Class, Closed, DetectConfig, Detector, ErrorKind, Level, Miner, MinerConfig,
    Observation, OnOtherSettings, Parameter, Pipeline, PipelineConfig, Priority, Score, ScoreKind, ServiceId,
    SessionSource, TemplateId, Timestamp,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
/// A Monday at midnight.
const START: i64 = 1_704_067_200;

fn config() -> PipelineConfig {
    PipelineConfig { detect: Some(DetectConfig::default()), ..PipelineConfig::default() }
}

fn stamp(second: i64) -> String {
    let c = Timestamp::from_seconds(START + second).to_civil();
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

fn push(pipeline: &mut Pipeline, second: i64, text: &str, alerts: &mut Vec<Alert>) {
    let line = format!("{} {text}", stamp(second));
    let _ = pipeline.push(line.as_bytes(), NOW);
    alerts.extend(std::iter::from_fn(|| pipeline.poll_alert()));
}

fn finish(pipeline: &mut Pipeline, alerts: &mut Vec<Alert>) {
    let _ = pipeline.finish(NOW);
    pipeline.detector_mut().unwrap().finish();
    alerts.extend(std::iter::from_fn(|| pipeline.poll_alert()));
}

/// A day of a shop: a request a second or so, an error now and then.
fn ordinary_day(pipeline: &mut Pipeline, alerts: &mut Vec<Alert>) {
    for second in 0..86_400_i64 {
        if second % 2 == 0 {
            let millis = 40 + second * 7 % 23;
            push(pipeline, second, &format!("INFO web: Request completed in {millis}ms"), alerts);
        }
        if second % 360 == 7 {
            push(
                pipeline,
                second,
                &format!("ERROR cart: Error: Connection refused 10.0.{}.5:5432", second % 200),
                alerts,
            );
        }
    }
}

fn about<'a>(alerts: &'a [Alert], kind: &ScoreKind) -> Vec<&'a Alert> {
    alerts.iter().filter(|alert| alert.score.kind == *kind && alert.status != AlertStatus::Resolved).collect()
}

#[test]
fn what_goes_wrong_after_an_ordinary_day_is_told_with_its_numbers() {
    let mut pipeline = Pipeline::build(&config()).unwrap();
    let mut alerts = Vec::new();
    ordinary_day(&mut pipeline, &mut alerts);
    let of_the_day = alerts.len();
    assert!(of_the_day <= 1, "an ordinary day: {alerts:#?}");
    let noon = 86_400 + 43_200;
    for second in 86_400..noon + 3600 {
        if second % 2 == 0 {
            push(
                &mut pipeline,
                second,
                &format!("INFO web: Request completed in {}ms", 40 + second * 7 % 23),
                &mut alerts,
            );
        }
        // Ten errors an hour are usual, now a thousand; all the rest as before.
        let errors = if second >= noon { second % 4 == 1 } else { second % 360 == 7 };
        if errors {
            push(&mut pipeline, second, "ERROR cart: Error: Connection refused 10.1.2.3:5432", &mut alerts);
        }
        if second == noon + 600 {
            push(&mut pipeline, second, "INFO web: Request completed in 50000ms", &mut alerts);
            push(&mut pipeline, second, "CRITICAL auth: Unknown state XYZ", &mut alerts);
        }
    }
    finish(&mut pipeline, &mut alerts);
    let spikes = about(&alerts, &ScoreKind::Spike);
    let spike = spikes.first().expect("a spike");
    assert_eq!(spike.template.as_deref(), Some("Error: Connection refused <IP>"), "one template for all addresses");
    assert_eq!((spike.service.as_deref(), spike.score.level), (Some("cart"), Level::Error));
    assert!(spike.priority >= Priority::High && spike.score.observed >= 10.0 && spike.score.expected < 1.0);
    assert!(spikes.iter().map(|alert| alert.suppressed).sum::<u64>() > 10, "told now and then, not every minute");
    let values: Vec<&Score> = alerts
        .iter()
        .flat_map(|alert| std::iter::once(&alert.score).chain(&alert.others))
        .filter(|score| score.kind == ScoreKind::Value)
        .collect();
    assert_eq!(values.len(), 1, "{values:?}");
    assert!((values[0].observed - 50.0).abs() < 0.01, "in seconds");
    let news: Vec<&Score> = alerts
        .iter()
        .flat_map(|alert| std::iter::once(&alert.score).chain(&alert.others))
        .filter(|score| score.kind == ScoreKind::NewTemplate && score.level == Level::Critical)
        .collect();
    assert_eq!(news.len(), 1);
    assert!(news[0].reason.starts_with("never seen before"));
}

#[test]
fn a_heartbeat_that_stops_is_missed_while_others_go_on() {
    let mut pipeline = Pipeline::build(&config()).unwrap();
    let mut alerts = Vec::new();
    for second in 0..7500 {
        if second < 7200 {
            push(&mut pipeline, second, "INFO beat: still alive", &mut alerts);
        }
        push(&mut pipeline, second, &format!("INFO web: served {second} requests"), &mut alerts);
    }
    pipeline.detector_mut().unwrap().advance(Timestamp::from_seconds(START + 7500));
    finish(&mut pipeline, &mut alerts);
    let is_silent = |alert: &&Alert| alert.score.kind == ScoreKind::ServiceSilence;
    let silent: Vec<Alert> = alerts.iter().filter(is_silent).cloned().collect();
    let told: Vec<String> = silent.iter().map(|a| format!("{:?} {}", a.service, a.score.reason)).collect();
    assert_eq!(silent.len(), 1, "{told:#?}");
    assert_eq!(silent[0].service.as_deref(), Some("beat"));
    assert!(about(&alerts, &ScoreKind::Silence).is_empty(), "its template is absorbed by the service");
    // It comes back, and that is told under the same number.
    push(&mut pipeline, 7600, "INFO beat: still alive", &mut alerts);
    finish(&mut pipeline, &mut alerts);
    let back = alerts.iter().find(|alert| alert.status == AlertStatus::Resolved && alert.id == silent[0].id);
    assert!(back.is_some_and(|alert| alert.score.kind == ScoreKind::Recovered));
}

#[test]
fn a_gap_of_the_whole_input_is_no_silence() {
    let mut pipeline = Pipeline::build(&config()).unwrap();
    let mut alerts = Vec::new();
    for second in (0..7200).chain(7200 + 6 * 3600..7200 + 7 * 3600) {
        push(&mut pipeline, second, "INFO beat: still alive", &mut alerts);
        push(&mut pipeline, second, &format!("INFO web: served {second} requests"), &mut alerts);
    }
    finish(&mut pipeline, &mut alerts);
    let told: Vec<&str> = alerts.iter().map(|alert| alert.score.reason.as_str()).collect();
    assert!(alerts.is_empty(), "{told:#?}");
    assert_eq!(pipeline.detector().unwrap().counters().count.gaps, 1);
}

#[test]
fn a_new_service_learns_first() {
    let mut detector = Detector::build(&DetectConfig::default()).unwrap();
    let service = detector.service(Some(b"new"));
    let mut rates = Vec::new();
    let mut alerts = Vec::new();
    for second in 0..14_400_i64 {
        // Sixty kinds of lines, met one after the other in the first minute.
        let (template, change) = if second < 60 {
            (second as u64 + 1, Change::Created)
        } else {
            (second as u64 % 60 + 1, Change::Unchanged)
        };
        let mut event = Observation::new(Timestamp::from_seconds(START + second), TemplateId(template));
        (event.service, event.change) = (service, change);
        event.level = if template == 30 { Level::Error } else { Level::Info };
        detector.observe(&event);
        let novelty = detector.battery().novelty().unwrap();
        if second % 600 == 200 {
            rates.push((novelty.novelty_rate(service), novelty.is_learning(service)));
        }
        alerts.extend(std::iter::from_fn(|| detector.poll()));
    }
    assert!(rates[0].0 > 0.3 && rates[0].1, "{rates:?}");
    assert!(rates.last().unwrap().0 < 0.1 && !rates.last().unwrap().1, "{rates:?}");
    // Of what was new while it learned only the error was told, as unverified.
    let news = about(&alerts, &ScoreKind::NewTemplate);
    assert_eq!(news.len(), 1, "{alerts:#?}");
    assert!(news[0].score.unverified && news[0].score.level == Level::Error);
    // Afterwards whatever is new is told.
    let mut event = Observation::new(Timestamp::from_seconds(START + 14_400), TemplateId(99));
    (event.service, event.change, event.level) = (service, Change::Created, Level::Info);
    detector.observe(&event);
    detector.finish();
    let last = detector.poll().expect("news");
    assert!(!last.score.unverified && last.score.kind == ScoreKind::NewTemplate);
    assert!(last.priority <= Priority::Medium, "an info line");
}

#[test]
fn a_deployment_is_one_flood_not_a_hundred_news() {
    let mut detector = Detector::build(&DetectConfig::default()).unwrap();
    let mut alerts = Vec::new();
    for second in 0..200_000_i64 {
        if second % 10 == 0 {
            let mut event = Observation::new(Timestamp::from_seconds(START + second), TemplateId(1));
            event.change = if second == 0 { Change::Created } else { Change::Unchanged };
            detector.observe(&event);
        }
    }
    alerts.extend(std::iter::from_fn(|| detector.poll()));
    alerts.clear();
    for new in 0..100_i64 {
        let at = Timestamp::from_seconds(START + 200_000 + new);
        let mut event = Observation::new(at, TemplateId(100 + new as u64));
        (event.change, event.level) = (Change::Created, Level::Info);
        detector.observe(&event);
    }
    detector.finish();
    alerts.extend(std::iter::from_fn(|| detector.poll()));
    let told: Vec<&Score> =
        alerts.iter().flat_map(|alert| std::iter::once(&alert.score).chain(&alert.others)).collect();
    let floods = told.iter().filter(|score| score.kind == ScoreKind::TemplateFlood).count();
    let news = told.iter().filter(|score| score.kind == ScoreKind::NewTemplate).count();
    assert_eq!(floods, 1);
    assert!(news <= 20, "{news}");
}

#[test]
fn sessions_are_followed_by_a_parameter_of_the_message() {
    let mut config = config();
    let detect = config.detect.as_mut().unwrap();
    detect.session = SessionSource::Parameter("UUID".to_owned());
    detect.score.sequence.baseline = drainrs::score::SequenceBaseline::Clean;
    detect.score.mode = Mode::Learn;
    let mut pipeline = Pipeline::build(&config).unwrap();
    let mut alerts = Vec::new();
    let session = |n: i64| format!("{:08x}-1234-4234-8234-123456789abc", n * 2_654_435_761 % 4_294_967_296);
    let visit = |pipeline: &mut Pipeline, n: i64, steps: &[&str], alerts: &mut Vec<Alert>| {
        for (at, step) in steps.iter().enumerate() {
            push(pipeline, n * 5 + at as i64, &format!("INFO web: {} {step}", session(n)), alerts);
        }
    };
    for n in 0..400 {
        visit(&mut pipeline, n, &["login started", "auth passed", "dashboard shown"], &mut alerts);
    }
    push(&mut pipeline, 3000, "INFO web: all quiet", &mut alerts);
    pipeline.detector_mut().unwrap().set_mode(Mode::Detect);
    visit(&mut pipeline, 700, &["login started", "dashboard shown"], &mut alerts);
    visit(&mut pipeline, 720, &["login started", "auth passed", "dashboard shown"], &mut alerts);
    push(&mut pipeline, 4000, "INFO web: all quiet", &mut alerts);
    pipeline.detector_mut().unwrap().advance(Timestamp::from_seconds(START + 4000));
    finish(&mut pipeline, &mut alerts);
    let told: Vec<&Score> =
        alerts.iter().flat_map(|alert| std::iter::once(&alert.score).chain(&alert.others)).collect();
    let skipped: Vec<&&Score> =
        told.iter().filter(|score| matches!(score.kind, ScoreKind::Sequence | ScoreKind::Incomplete)).collect();
    assert_eq!(skipped.len(), 1, "{alerts:#?}");
    assert_eq!(skipped[0].session, Some(session(700)));
}

#[test]
fn a_snapshot_in_the_middle_changes_nothing() {
    let lines: Vec<(i64, String)> = (0..5000_i64)
        .map(|n| {
            let text = match n {
                n if n % 400 == 399 => format!("ERROR db: failed with code {}", n % 7),
                n if n > 4600 => format!("INFO web: Request completed in {}ms", 9000 + n),
                n if n % 3 == 0 => "INFO beat: alive".to_owned(),
                n => format!("INFO web: Request completed in {}ms", 40 + n * 7 % 23),
            };
            (n * 3, text)
        })
        .collect();
    let run = |restart: Option<usize>| {
        let mut pipeline = Pipeline::build(&config()).unwrap();
        let mut alerts = Vec::new();
        for (at, (second, text)) in lines.iter().enumerate() {
            if restart == Some(at) {
                let _ = pipeline.finish(NOW);
                let bytes = pipeline.snapshot().unwrap();
                pipeline = Pipeline::restore(&bytes, &config(), OnOtherSettings::Refuse).unwrap();
                assert!(pipeline.snapshot().unwrap() == bytes, "the same state, the same bytes");
            }
            push(&mut pipeline, *second, text, &mut alerts);
            if restart.is_none() && [1000, 2500, 4700].contains(&(at + 1)) {
                let _ = pipeline.finish(NOW);
            }
        }
        finish(&mut pipeline, &mut alerts);
        (alerts, pipeline.detector().unwrap().counters())
    };
    let whole = run(None);
    assert!(!whole.0.is_empty());
    for restart in [1000, 2500, 4700] {
        let resumed = run(Some(restart));
        assert_eq!(resumed.0.len(), whole.0.len());
        for (a, b) in resumed.0.iter().zip(&whole.0) {
            assert_eq!(a, b, "restarted at {restart}");
        }
        assert_eq!(resumed.1, whole.1);
    }
}

#[test]
fn other_settings_of_a_snapshot_are_named_and_the_mode_is_free() {
    let mut pipeline = Pipeline::build(&config()).unwrap();
    let mut alerts = Vec::new();
    push(&mut pipeline, 0, "INFO web: up", &mut alerts);
    let bytes = pipeline.snapshot().unwrap();
    let mut other = config();
    other.detect.as_mut().unwrap().count.window_ns *= 5;
    let error = Pipeline::restore(&bytes, &other, OnOtherSettings::Refuse).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::SnapshotConfig, "detect.count.window_ns"));
    let adopted = Pipeline::restore(&bytes, &other, OnOtherSettings::Adopt).unwrap();
    assert_eq!(adopted.detector().unwrap().config().count.window_ns, 60_000_000_000);
    let mut judging = config();
    judging.detect.as_mut().unwrap().score.mode = Mode::Detect;
    assert!(Pipeline::restore(&bytes, &judging, OnOtherSettings::Refuse).is_ok());
}

#[test]
fn wrong_settings_of_all_stages_are_told_at_once() {
    let mut config = config();
    let detect = config.detect.as_mut().unwrap();
    detect.count.window_ns = 0;
    detect.score.frequency.history = 3;
    detect.score.silence.threshold = f64::NAN;
    detect.score.novelty.max_known = 0;
    detect.alert.max_per_hour = 0;
    detect.alert.rules.push(serde_json::from_str(r#"{ "name": "x", "pattern": "(" }"#).unwrap());
    let error = Pipeline::build(&config).unwrap_err();
    let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    for path in [
        "detect.count.window_ns",
        "detect.score.frequency.history",
        "detect.score.silence.threshold",
        "detect.score.novelty.max_known",
        "detect.alert.max_per_hour",
        "detect.alert.rules[0].pattern",
    ] {
        assert!(paths.contains(&path), "{path} of {paths:?}");
    }
    let mut config = self::config();
    config.detect.as_mut().unwrap().session = SessionSource::Parameter("NOPE".to_owned());
    assert_eq!(Pipeline::build(&config).unwrap_err().path(), "detect.session.parameter");
}

#[test]
fn a_host_adds_scorers_of_its_own() {
    #[derive(Debug)]
    struct Third(u32);
    impl Scorer for Third {
        fn name(&self) -> &'static str {
            "third"
        }
        fn observe(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
            self.0 += 1;
            if self.0 == 3 {
                scores.push(Score::new("third", ScoreKind::Other("third".into()), event.at, 8.0, "the third event"));
            }
        }
        fn close(&mut self, _: &Closed<'_>, _: &mut Vec<Score>) {}
        fn advance(&mut self, _: Timestamp, _: &mut Vec<Score>) {}
        fn next_deadline(&self) -> Option<Timestamp> {
            None
        }
        fn memory(&self) -> usize {
            4
        }
    }
    let mut pipeline = Pipeline::build(&config()).unwrap();
    pipeline.detector_mut().unwrap().add_scorer(Box::new(Third(0)));
    let mut alerts = Vec::new();
    (0..5).for_each(|second| push(&mut pipeline, second, "INFO web: up", &mut alerts));
    finish(&mut pipeline, &mut alerts);
    assert_eq!(alerts.len(), 1);
    assert_eq!(serde_json::to_value(&alerts[0]).unwrap()["score"]["kind"], "third");
}

#[test]
fn a_million_services_stay_bounded_and_are_counted() {
    let config = DetectConfig { max_services: 100, ..DetectConfig::default() };
    let mut detector = Detector::build(&config).unwrap();
    for n in 0..1_000_000_u32 {
        let service = detector.service(Some(&n.to_le_bytes()));
        let mut event = Observation::new(Timestamp::from_seconds(START + i64::from(n / 1000)), TemplateId(1));
        event.service = service;
        detector.observe(&event);
    }
    assert_eq!(detector.counters().other_services, 999_900);
    assert_eq!(detector.service_name(ServiceId::OTHER).as_deref(), Some("(other)"));
    assert!(detector.memory() < 4 << 20, "{}", detector.memory());
}

#[test]
fn a_baseline_is_kept_and_judges_another_log() {
    let learned = {
        let mut baseline = Baseline::build(&PipelineConfig::default()).unwrap();
        for second in 0..7200_i64 {
            let line = format!("{} INFO web: Request completed in {}ms", stamp(second), 40 + second * 7 % 23);
            baseline.push(line.as_bytes(), NOW);
        }
        baseline.finish(NOW);
        baseline.save().unwrap()
    };
    let baseline = Baseline::load(&learned).unwrap();
    assert!(baseline.save().unwrap() == learned, "loading changes nothing");
    let mut judge = baseline.into_judge();
    let mut alerts = Vec::new();
    for second in 7200..7300 {
        push(&mut judge, second, &format!("INFO web: Request completed in {}ms", 40 + second * 7 % 23), &mut alerts);
    }
    push(&mut judge, 7300, "ERROR web: database is gone", &mut alerts);
    push(&mut judge, 7301, "INFO web: Request completed in 50000ms", &mut alerts);
    finish(&mut judge, &mut alerts);
    let mut kinds: Vec<&str> = alerts
        .iter()
        .flat_map(|alert| std::iter::once(&alert.score).chain(&alert.others))
        .map(|score| score.kind.name())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["new_template", "value"]);
    assert!(alerts.iter().all(|alert| !alert.score.unverified), "what was learned is no longer learning");
    assert!(Baseline::load(b"DRNRgarbage").is_err());
}

#[test]
fn two_baselines_are_compared() {
    let learn = |lines: &mut dyn Iterator<Item = String>| {
        let mut baseline = Baseline::build(&PipelineConfig::default()).unwrap();
        for (second, line) in lines.enumerate() {
            baseline.push(format!("{} {line}", stamp(second as i64)).as_bytes(), NOW);
        }
        baseline.finish(NOW);
        baseline
    };
    let before = learn(&mut (0..2000).map(|n| match n % 20 {
        0 => "INFO web: cache refreshed".to_owned(),
        1 => "WARN web: old protocol used".to_owned(),
        _ => format!("INFO web: Request completed in {} ms", 40 + n * 7 % 23),
    }));
    let after = learn(&mut (0..2000).map(|n| match n % 20 {
        0..5 => "INFO web: cache refreshed".to_owned(),
        5 => "ERROR web: no route to db".to_owned(),
        6 => "INFO web: new protocol used".to_owned(),
        _ => format!("INFO web: Request completed in {} ms", 80 + n * 7 % 23),
    }));
    let changes = compare(&before, &after, &CompareConfig::default());
    let texts = |list: &[drainrs::baseline::Standing]| list.iter().map(|s| s.template.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&changes.new), ["no route to db", "new protocol used"], "errors first");
    assert_eq!(changes.new_errors().count(), 1);
    assert_eq!(texts(&changes.gone), ["old protocol used"]);
    assert_eq!(changes.rises.len(), 1);
    // 100 before, 500 after: five times. 2 (500 ln 5 - 400) = 809.4, its root is 28.45.
    assert!((changes.rises[0].ratio - 5.0).abs() < 1e-9 && (changes.rises[0].deviance - 28.45).abs() < 0.01);
    assert!(changes.drops.is_empty(), "fewer, but not by half");
    assert_eq!(changes.values.len(), 1);
    let [was, is] = changes.values[0].median;
    assert!((was - 51.0).abs() < 2.0 && (is - 91.0).abs() < 3.0, "{was} {is}");
    assert!(compare(&before, &before, &CompareConfig::default()).is_empty());
}

#[test]
fn an_empty_baseline_calls_everything_new_and_nothing_breaks() {
    let empty = Baseline::build(&PipelineConfig::default()).unwrap();
    let changes = compare(&empty, &empty, &CompareConfig::default());
    assert!(changes.is_empty());
    let mut judge = Baseline::load(&empty.save().unwrap()).unwrap().into_judge();
    let mut alerts = Vec::new();
    push(&mut judge, 0, "ERROR web: down", &mut alerts);
    finish(&mut judge, &mut alerts);
    assert_eq!(alerts.len(), 1);
}

/// Bytes per template that scorers hold after 2,000 templates, each once in a hundred seconds, in windows of five minutes.
/// `numbers`: every line has a length of time in it, of which there are many.
fn memory_of_a_template(scorers: &[ScorerName], numbers: bool) -> usize {
    // A parameter is what a miner gives.
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let mut detect = DetectConfig::default();
    detect.count.window_ns = 300_000_000_000;
    detect.score.scorers = scorers.to_vec();
    let mut detector = Detector::build(&detect).unwrap();
    for second in 0..12_000_u64 {
        for template in (0..2000_u64).filter(|template| (second + template).is_multiple_of(100)) {
            let text = format!("part{template} of unit{} finished in {}ms", template % 50, second * 7919 % 9_973 + 1);
            let parameters: Vec<Parameter> =
                miner.insert(text.as_bytes()).parameters().filter(|one| one.class == Class::Duration).collect();
            assert_eq!(parameters.len(), 1, "{text}");
            let at = Timestamp::from_seconds(START + second as i64);
            let mut event = Observation::new(at, TemplateId(template + 1));
            event.text = text.as_bytes();
            event.parameters = if numbers { &parameters } else { &[] };
            event.change = if second < 100 { Change::Created } else { Change::Unchanged };
            detector.observe(&event);
        }
    }
    let summed = detector.battery().memory() / 2000;
    assert!(numbers == detector.battery().content().is_some_and(|content| content.slots().count() == 2000));
    summed
}

#[test]
fn the_memory_of_a_template_is_bounded() {
    let defaults = DetectConfig::default().score.scorers;
    let bare = memory_of_a_template(&defaults, false);
    assert!(bare < 600, "{bare} bytes");
    let all = memory_of_a_template(ScorerName::all(), false);
    assert!(all < 1000, "{all} bytes");
    // A distribution of numbers: 128 buckets of four bytes, and what stands around them.
    let numbers = memory_of_a_template(&defaults, true);
    assert!(numbers < bare + 760, "{numbers} bytes");
}

proptest! {
    /// Whatever the order of events and of clocks: nothing is lost, no number is none, the bounds hold.
    #[test]
    fn any_stream_is_survived(events in prop::collection::vec((any::<i64>(), 0..8_u64, 0..5_u32, 0..9_u8, 0..3_u8), 0..400)) {
        let mut detect = DetectConfig { max_scores: 10_000, ..DetectConfig::default() };
        detect.score.scorers = vec![
            ScorerName::Frequency, ScorerName::Novelty, ScorerName::Silence, ScorerName::Sequence, ScorerName::Content,
            ScorerName::Centroid, ScorerName::Drift,
        ];
        let mut detector = Detector::build(&detect).unwrap();
        for (at, template, service, level, change) in events {
            let text = format!("session {template} took {at} ms");
            let mut event = Observation::new(Timestamp::from_nanos(at), TemplateId(template));
            (event.service, event.level) = (ServiceId(service), Level::from_index(level));
            event.change = [Change::Unchanged, Change::Created, Change::Widened][usize::from(change)];
            event.text = text.as_bytes();
            event.session = Some(&text.as_bytes()[..9]);
            detector.observe(&event);
            if change == 2 {
                detector.advance(Timestamp::from_nanos(at));
            }
            if change == 1 && template == 3 {
                detector.merged(TemplateId(4), TemplateId(5));
            }
        }
        detector.finish();
        let counters = detector.counters();
        prop_assert_eq!(counters.count.observed, counters.count.counted + counters.count.late_events + counters.count.over_limit);
        let alert = counters.alert;
        prop_assert_eq!(
            alert.scores,
            alert.told + alert.grouped + alert.suppressed + alert.over_budget + alert.recoveries + alert.pending
        );
        while let Some(score) = detector.poll_score() {
            let severity = score.severity.get();
            prop_assert!((0.0..=1.0).contains(&severity));
            for number in [score.surprise, score.observed, score.expected, score.low, score.high] {
                prop_assert!(number.is_finite(), "{:?}", score);
            }
        }
    }
}
