//! What people expect of such a library, end to end: lines in, templates, parameters and alerts out.

use drainrs::score::ScorerName;
use drainrs::{
    Alert, DetectConfig, Level, Miner, MinerConfig, Pipeline, PipelineConfig, Priority, Score, ScoreKind, Timestamp,
};

/// A Monday at midnight.
const START: i64 = 1_704_067_200;
const DAY: i64 = 86_400;
const NOW: Timestamp = Timestamp::from_seconds(START + 30 * DAY);

/// A pipeline, and the alerts it gave.
struct Watched {
    pipeline: Pipeline,
    alerts: Vec<Alert>,
}

impl Watched {
    fn new(change: impl FnOnce(&mut DetectConfig)) -> Watched {
        let mut detect = DetectConfig::default();
        change(&mut detect);
        let pipeline = Pipeline::build(&PipelineConfig { detect: Some(detect), ..PipelineConfig::default() }).unwrap();
        Watched { pipeline, alerts: Vec::new() }
    }

    fn push(&mut self, second: i64, text: &str) {
        let c = Timestamp::from_seconds(START + second).to_civil();
        let (day, time) = ((c.year, c.month, c.day), (c.hour, c.minute, c.second));
        let line = format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z {text}", day.0, day.1, day.2, time.0, time.1, time.2);
        let _ = self.pipeline.push(line.as_bytes(), NOW);
        self.alerts.extend(std::iter::from_fn(|| self.pipeline.poll_alert()));
    }

    fn finish(mut self) -> Vec<Alert> {
        let _ = self.pipeline.finish(NOW);
        self.pipeline.detector_mut().unwrap().finish();
        self.alerts.extend(std::iter::from_fn(|| self.pipeline.poll_alert()));
        self.alerts
    }
}

/// All scores that were told, whether they led an alert or went with one.
fn told(alerts: &[Alert]) -> Vec<&Score> {
    alerts.iter().flat_map(|alert| std::iter::once(&alert.score).chain(&alert.others)).collect()
}

fn names(alerts: &[Alert]) -> Vec<String> {
    alerts
        .iter()
        .map(|alert| {
            let (kind, at) = (alert.score.kind.name(), alert.at.since(Timestamp::from_seconds(START)) / 1_000_000_000);
            let score = &alert.score;
            format!(
                "{at} {:?} {kind} {:?}: {} [{:.1} for {:.3}]",
                alert.priority, alert.template, score.reason, score.surprise, score.expected
            )
        })
        .collect()
}

#[test]
fn addresses_and_names_are_parameters() {
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let refused = ["192.168.1.10", "10.0.0.5", "172.16.0.1", "10.1.2.3"];
    let first: Vec<_> = refused
        .iter()
        .map(|address| miner.insert(format!("Error: Connection refused {address}:5432").as_bytes()).template)
        .collect();
    assert!(first.iter().all(|template| *template == first[0]), "{first:?}");
    assert_eq!(miner.len(), 1);
    let logins = [("john", "192.168.1.1"), ("alice", "10.0.0.5"), ("bob", "172.16.0.1")];
    let lines = logins.map(|(user, address)| format!("User {user} logged in from {address}"));
    for line in &lines {
        miner.insert(line.as_bytes());
    }
    assert_eq!(miner.len(), 2);
    for ((user, address), line) in logins.iter().zip(&lines) {
        let hit = miner.insert(line.as_bytes());
        let values: Vec<&[u8]> = hit.parameters().map(|parameter| parameter.span.of(line.as_bytes())).collect();
        assert_eq!(values, [user.as_bytes(), address.as_bytes()], "{line}");
    }
}

/// A shop that retries now and then, and where a login fails once a day: half past three in the morning.
fn shop(watched: &mut Watched, days: i64) {
    for second in 0..days * DAY {
        if second % 10 == 0 {
            watched.push(second, &format!("INFO web: Request {second} completed in {}ms", 40 + second * 7 % 23));
        }
        if second % 120 == 5 {
            watched.push(second, &format!("WARN web: retry {} of 5 succeeded", 1 + second % 3));
        }
        if second % DAY == 12_600 {
            watched.push(second, &format!("ERROR auth: authentication failed for user u{second}"));
        }
    }
}

#[test]
fn a_retry_storm_does_not_hide_five_failed_logins_spread_over_an_hour() {
    let mut watched = Watched::new(|_| {});
    shop(&mut watched, 3);
    let noon = 3 * DAY + 43_200;
    for second in 3 * DAY..noon + 3600 {
        if second % 10 == 0 {
            watched.push(second, &format!("INFO web: Request {second} completed in {}ms", 40 + second * 7 % 23));
        }
        // Ten retries a second instead of one in two minutes.
        let retries = if second >= noon { 10 } else { i32::from(second % 120 == 5) };
        (0..retries).for_each(|n| watched.push(second, &format!("WARN web: retry {} of 5 succeeded", 1 + n % 3)));
        if second % DAY == 12_600 || (second >= noon && second % 720 == 300) {
            watched.push(second, &format!("ERROR auth: authentication failed for user u{second}"));
        }
    }
    let alerts = watched.finish();
    let during: Vec<Alert> =
        alerts.into_iter().filter(|alert| alert.at >= Timestamp::from_seconds(START + noon)).collect();
    let about = |text: &str| -> Vec<&Score> {
        during
            .iter()
            .filter(|alert| alert.template.as_deref().is_some_and(|template| template.contains(text)))
            .map(|alert| &alert.score)
            .collect()
    };
    let (storm, logins) = (about("retry"), about("authentication failed"));
    assert!(storm.iter().any(|score| score.kind == ScoreKind::Spike), "{:#?}", names(&during));
    let spike = logins.iter().find(|score| score.kind == ScoreKind::Spike);
    let spike = spike.unwrap_or_else(|| panic!("the failed logins are told: {:#?}", names(&during)));
    assert!(spike.observed >= 3.0 && spike.observed <= 5.0 && spike.expected < 0.5, "{}", spike.reason);
    assert!(spike.reason.contains("within 2 h"), "{}", spike.reason);
    let of = |text: &str| {
        let own = during.iter().filter(|alert| alert.template.as_deref().is_some_and(|t| t.contains(text)));
        own.map(|alert| alert.priority).max()
    };
    assert!(of("authentication failed") >= Some(Priority::Medium), "{:#?}", names(&during));
}

#[test]
fn what_is_known_does_not_absorb_what_says_another_thing() {
    let mut watched = Watched::new(|detect| detect.score.scorers.push(ScorerName::Centroid));
    shop(&mut watched, 2);
    watched.push(2 * DAY + 10, "WARN web: retry 3 of 5 succeeded");
    watched.push(2 * DAY + 20, "ERROR web: connection refused");
    watched.push(2 * DAY + 30, "WARN web: retry 3 of 5 succeeded");
    let texts: Vec<String> = watched.pipeline.miner().templates().map(|template| template.text).collect();
    assert!(texts.contains(&"retry <NUM> of <NUM> succeeded".to_owned()), "{texts:?}");
    assert!(texts.contains(&"connection refused".to_owned()), "{texts:?}");
    let alerts = watched.finish();
    let news: Vec<&Score> =
        told(&alerts).into_iter().filter(|score| score.sample.as_deref() == Some("connection refused")).collect();
    assert!(news.iter().any(|score| score.kind == ScoreKind::NewTemplate), "{:#?}", names(&alerts));
    let distance =
        news.iter().find(|score| score.kind == ScoreKind::Distance).expect("it is far from all that is known");
    assert!(distance.observed > 0.9, "{}", distance.reason);
}

#[test]
fn health_checks_never_outrank_an_error_that_doubled() {
    let mut watched = Watched::new(|_| {});
    let from = 2 * DAY + 36_000;
    for second in 0..from + 7300 {
        let more = second >= from;
        // 95 of 100 lines are health checks: six a minute, then thirty times as many.
        let checks = if more { 3 } else { i32::from(second % 10 == 0) };
        (0..checks).for_each(|_| watched.push(second, "INFO lb: GET /health 200 OK"));
        // An error every two minutes, then twice as many.
        if second % if more { 60 } else { 120 } == 7 {
            watched.push(second, "ERROR cart: could not reserve stock");
        }
    }
    let alerts = watched.finish();
    let after: Vec<Alert> =
        alerts.into_iter().filter(|alert| alert.at >= Timestamp::from_seconds(START + from)).collect();
    let most = |level: Level| {
        let scores = told(&after).into_iter().filter(move |score| score.level == level);
        scores.map(drainrs::alert::priority).max()
    };
    assert_eq!(most(Level::Info), Some(Priority::Medium), "{:#?}", names(&after));
    assert!(most(Level::Error) >= most(Level::Info), "{:#?}", names(&after));
    // Where both are in one cascade, the error leads it.
    for alert in &after {
        let error = alert.others.iter().any(|score| score.level == Level::Error);
        assert!(!error || alert.score.level == Level::Error, "{:#?}", names(&after));
    }
}

#[test]
fn a_stack_trace_is_one_event_summed_up_by_its_exceptions() {
    let mut pipeline = Pipeline::build(&PipelineConfig::default()).unwrap();
    let trace = [
        "2024-01-01 00:00:01,000 ERROR store: request 17 failed",
        "java.io.IOException: disk full",
        "\tat com.example.Store.write(Store.java:10)",
        "\tat com.example.Store.run(Store.java:20)",
        "Caused by: java.lang.IllegalStateException: no space",
        "\tat com.example.Disk.grow(Disk.java:7)",
        "\t... 2 more",
        "2024-01-01 00:00:02,000 INFO store: request 18 done",
    ];
    let mut events = Vec::new();
    for line in trace {
        events.extend(pipeline.push(line.as_bytes(), NOW).map(|event| (event.lines, event.mined.to_vec())));
    }
    let summary = b"request 17 failed | java.io.IOException: disk full | \
                    Caused by: java.lang.IllegalStateException: no space";
    assert_eq!(events, [(7, summary.to_vec())], "{}", String::from_utf8_lossy(&events[0].1));
}
