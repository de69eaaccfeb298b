//! Machines that are used alone go on where their snapshot was taken, and take nothing else for one.

use drainrs::score::{
    Battery, Centroid, CentroidConfig, Content, ContentConfig, Drift, DriftConfig, Frequency, FrequencyConfig,
    FrequencyModel, KMeans, KMeansConfig, Novelty, NoveltyConfig, ScoreConfig, Scorer, Sequence, SequenceConfig,
    SequenceModel, Silence, SilenceConfig, ValueModel,
};
use drainrs::{
    AlertConfig, Alerter, Closed, CountConfig, Counter, DetectConfig, Detector, Error, ErrorKind, Observation, Score,
    Series, ServiceId, Tally, TemplateId, Timestamp, Window,
};

fn minute(number: i64) -> Window {
    Window { start: Timestamp::from_seconds(60 * number), end: Timestamp::from_seconds(60 * (number + 1)) }
}

fn event(second: i64) -> Observation<'static> {
    let mut event = Observation::new(Timestamp::from_seconds(second), TemplateId(1 + second.unsigned_abs() % 3));
    event.text = b"worker took 17 ms";
    event.session = Some(b"a session");
    event
}

/// Feeds a scorer some hours, the last of them with more of everything, and gives what it says.
fn feed(scorer: &mut dyn Scorer, hours: std::ops::Range<i64>) -> Vec<Score> {
    let mut scores = Vec::new();
    for number in hours.start * 60..hours.end * 60 {
        scorer.observe(&event(60 * number), &mut scores);
        let count = if number % 60 == 59 { 900 } else { 60 };
        let series = Series { service: ServiceId::UNNAMED, template: TemplateId(1) };
        let tallies = [Tally::new(series, count, minute(number))];
        scorer.close(&Closed::new(minute(number), &tallies), &mut scores);
        scorer.advance(minute(number).end, &mut scores);
    }
    scores
}

type Taken = fn(&[u8]) -> Result<Box<dyn Scorer>, Error>;

/// Damage is told by its kind, whatever is damaged.
fn refuses<T>(snapshot: &[u8], restore: impl Fn(&[u8]) -> Result<T, Error>) {
    let kind = |bytes: &[u8]| restore(bytes).err().map(|error| error.kind());
    for cut in [0, 3, snapshot.len() / 2, snapshot.len() - 1] {
        assert_eq!(kind(&snapshot[..cut]), Some(ErrorKind::Snapshot), "cut at {cut}");
    }
    let mut later = snapshot.to_vec();
    later[4] = 9;
    assert_eq!(kind(&later), Some(ErrorKind::SnapshotVersion));
    let other = drainrs::Miner::build(&drainrs::MinerConfig::default()).unwrap().snapshot().unwrap();
    assert_eq!(kind(&other), Some(ErrorKind::Snapshot));
}

macro_rules! scorers {
    ($($machine:ident of $config:ident),* $(,)?) => {
        [$((
            stringify!($machine),
            {
                let mut scorer = $machine::build(&$config::default()).unwrap();
                feed(&mut scorer, 0..30);
                let snapshot = scorer.snapshot();
                (Box::new(scorer) as Box<dyn Scorer>, snapshot)
            },
            (|bytes| $machine::restore(bytes, &$config::default()).map(|scorer| Box::new(scorer) as Box<dyn Scorer>)) as Taken,
        )),*]
    };
}

#[test]
fn scorers_go_on() {
    let all = scorers![
        Battery of ScoreConfig,
        Centroid of CentroidConfig,
        Content of ContentConfig,
        Drift of DriftConfig,
        Frequency of FrequencyConfig,
        Novelty of NoveltyConfig,
        Sequence of SequenceConfig,
        Silence of SilenceConfig,
    ];
    for (name, (mut scorer, snapshot), restore) in all {
        let mut again = restore(&snapshot).unwrap();
        assert_eq!(feed(&mut *scorer, 30..33), feed(&mut *again, 30..33), "{name}");
        refuses(&snapshot, restore);
    }
}

#[test]
fn models_go_on() {
    let mut counts = FrequencyModel::build(&FrequencyConfig::default()).unwrap();
    let mut values = ValueModel::new(&ContentConfig::default()).unwrap();
    let mut sessions = SequenceModel::build(&SequenceConfig::default()).unwrap();
    for number in 0..2000 {
        counts.learn(minute(number), 60 + number.unsigned_abs() % 7);
        values.learn(30.0 + (number % 40) as f64);
        sessions.learn(&[TemplateId(1), TemplateId(2), TemplateId(3)]);
    }
    let again = FrequencyModel::restore(&counts.snapshot(), &FrequencyConfig::default()).unwrap();
    assert_eq!(again.judge(minute(2000), 500).surprise.to_bits(), counts.judge(minute(2000), 500).surprise.to_bits());
    let again = ValueModel::restore(&values.snapshot(), &ContentConfig::default()).unwrap();
    assert_eq!((again.judge(5e9), again.quantile(0.5)), (values.judge(5e9), values.quantile(0.5)));
    let again = SequenceModel::restore(&sessions.snapshot(), &SequenceConfig::default()).unwrap();
    let unusual = [TemplateId(3), TemplateId(1)];
    assert_eq!(again.judge(&unusual), sessions.judge(&unusual));
    refuses(&counts.snapshot(), |bytes| FrequencyModel::restore(bytes, &FrequencyConfig::default()));
    refuses(&values.snapshot(), |bytes| ValueModel::restore(bytes, &ContentConfig::default()));
    refuses(&sessions.snapshot(), |bytes| SequenceModel::restore(bytes, &SequenceConfig::default()));
}

#[test]
fn clusters_are_kept() {
    let points = ndarray::array![[1.0_f32, 0.1], [0.9, 0.0], [0.0, 1.0], [0.1, 2.0]];
    let found = KMeans::fit(points.view(), &KMeansConfig { clusters: 2, ..KMeansConfig::default() }).unwrap();
    assert_eq!(KMeans::restore(&found.snapshot()).unwrap(), found);
    refuses(&found.snapshot(), KMeans::restore);
}

#[test]
fn counters_alerters_and_detectors_go_on() {
    let mut counter = Counter::build(&CountConfig::default()).unwrap();
    let mut detector = Detector::build(&DetectConfig::default()).unwrap();
    for second in 0..7200 {
        counter.observe(&event(second));
        detector.observe(&event(second));
    }
    let mut again = Counter::restore(&counter.snapshot(), &CountConfig::default()).unwrap();
    assert_eq!(again.counters(), counter.counters());
    let windows = |counter: &mut Counter| {
        let mut windows = Vec::new();
        while let Some(counted) = counter.poll() {
            windows.push((counted.closed.window, counted.closed.tallies.to_vec(), counted.metrics));
        }
        windows
    };
    assert_eq!(windows(&mut again), windows(&mut counter));

    let mut again = Detector::restore(&detector.snapshot(), &DetectConfig::default()).unwrap();
    for detector in [&mut detector, &mut again] {
        (7200..7300).for_each(|second| detector.observe(&event(second)));
        detector.finish();
    }
    assert_eq!(again.counters(), detector.counters());
    assert_eq!(again.poll(), detector.poll());

    let mut alerter = Alerter::build(&AlertConfig::default()).unwrap();
    let mut frequency = Frequency::build(&FrequencyConfig::default()).unwrap();
    feed(&mut frequency, 0..30).into_iter().for_each(|score| alerter.take(score));
    let mut again = Alerter::restore(&alerter.snapshot(), &AlertConfig::default()).unwrap();
    for alerter in [&mut alerter, &mut again] {
        alerter.finish();
    }
    assert_eq!((again.counters(), again.poll()), (alerter.counters(), alerter.poll()));
    refuses(&alerter.snapshot(), |bytes| Alerter::restore(bytes, &AlertConfig::default()));
    refuses(&counter.snapshot(), |bytes| Counter::restore(bytes, &CountConfig::default()));
    refuses(&detector.snapshot(), |bytes| Detector::restore(bytes, &DetectConfig::default()));
}
