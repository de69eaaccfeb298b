//! A long run with everything that happens to a pipeline in production, and what must hold throughout.
//!
//! ```text
//! cargo run --release -p drainrs-bench --example soak -- [--minutes N] [--threads N] [--seed N]
//! ```
//!
//! Each thread has some pipelines, and runs rounds until the time is over. In a round every pipeline gets a stream of its own under
//! settings of its own, and is stopped and restored from its snapshot at random points, sometimes with other settings; lines come one by
//! one or in batches of any size. A twin gets the same stream line by line, and is stopped only where the settings change. Then
//!
//! - both have given the same events and alerts, and their snapshots are the same bytes;
//! - at every look `lines == lines of events + held`, `events == matched + created + skipped`, the living templates and the evicted ones
//!   have all lines that were mined, and memory and templates keep to their limits.
//!
//! Then the lines are split among three miners, by chance and by their shard keys, and merged in two orders: the templates and counts are
//! the same, and for shard keys those of one miner. All threads mine into one more miner, and read it while others write.
//!
//! A broken promise is a panic that names the seed of its round: `--seed` repeats it as the first round.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, reason = "a program that prints a table")]
#![allow(clippy::disallowed_methods, reason = "a program has a clock and threads")]

use std::collections::BTreeMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use drainrs::score::ScorerName;
use drainrs::{
    DetectConfig, EventColumns, Level, LineBatch, Miner, MinerConfig, OnOtherSettings, Pipeline, PipelineConfig,
    SessionSource, SurgeConfig, Timestamp,
};
use drainrs_bench::corpus::{Random, odd_line};

/// What was done, by all threads.
#[derive(Default)]
struct Tally {
    lines: AtomicU64,
    rounds: AtomicU64,
    restarts: AtomicU64,
    changes: AtomicU64,
    alerts: AtomicU64,
    merges: AtomicU64,
    looks: AtomicU64,
    most_memory: AtomicU64,
}

/// No pipeline of these settings may hold more.
const MOST_MEMORY: usize = 96 << 20;

fn settings(random: &mut Random) -> PipelineConfig {
    let mut config = PipelineConfig::default();
    config.mine.max_templates = random.pick(&[Some(10), Some(200), Some(10_000)]);
    config.mine.max_memory = random.pick(&[Some(1 << 20), Some(8 << 20), Some(64 << 20)]);
    config.join.max_lines = random.pick(&[2, 50, 500]);
    config.parse.max_sample_lines = random.pick(&[8, 200]);
    if random.below(3) == 0 {
        config.filter.surge = Some(SurgeConfig { events_per_second: 300, keep_every: 7 });
    }
    if random.below(4) > 0 {
        let mut detect = DetectConfig { session: SessionSource::Thread, ..DetectConfig::default() };
        if random.below(2) == 0 {
            detect.score.scorers = ScorerName::all().to_vec();
        }
        config.detect = Some(detect);
    }
    config
}

/// What may differ from run to run of one pipeline.
fn changed(config: &PipelineConfig, random: &mut Random) -> PipelineConfig {
    let mut config = config.clone();
    config.join.max_lines = random.pick(&[2, 50, 500]);
    config.filter.min_level = random.pick(&[Level::Unknown, Level::Info, Level::Warn]);
    config
}

/// A pipeline and what it has given.
struct Watched {
    pipeline: Pipeline,
    events: EventColumns,
    alerts: Vec<String>,
}

impl Watched {
    fn new(config: &PipelineConfig) -> Watched {
        let pipeline = Pipeline::build(config).expect("settings that are right");
        Watched { pipeline, events: EventColumns::new(), alerts: Vec::new() }
    }

    fn push(&mut self, line: &[u8], now: Timestamp) {
        if let Some(event) = self.pipeline.push(line, now) {
            self.events.push(&event);
        }
    }

    fn take_alerts(&mut self) {
        while let Some(alert) = self.pipeline.poll_alert() {
            self.alerts.push(serde_json::to_string(&alert).expect("an alert"));
        }
    }

    fn restart(&mut self, config: &PipelineConfig) {
        let bytes = self.pipeline.snapshot().expect("a snapshot");
        self.pipeline = Pipeline::restore(&bytes, config, OnOtherSettings::Refuse).expect("its own snapshot");
    }

    /// What holds at every moment.
    fn look(&self, pushed: u64, tally: &Tally) {
        let (own, stats) = (self.pipeline.counters(), self.pipeline.miner().stats());
        let mined = stats.counters;
        let of_events: u64 = self.events.lines.iter().map(|lines| u64::from(*lines)).sum();
        assert_eq!(own.lines, pushed, "lines");
        assert_eq!(of_events + u64::from(self.pipeline.held_lines()), pushed, "lines of events");
        assert_eq!(own.events, mined.matched + mined.created + own.skipped_below_level + own.skipped_surge, "events");
        let alive: u64 = self.pipeline.miner().templates().map(|template| template.count).sum();
        assert_eq!(alive + mined.evicted_lines, mined.seen, "lines of templates");
        let limits = &self.pipeline.miner().config().mine;
        assert!(limits.max_templates.is_none_or(|most| stats.templates <= most), "{} templates", stats.templates);
        assert!(limits.max_memory.is_none_or(|most| stats.memory <= most), "{} bytes of templates", stats.memory);
        let memory = self.pipeline.memory();
        assert!(memory <= MOST_MEMORY, "{memory} bytes");
        tally.most_memory.fetch_max(memory as u64, Relaxed);
        tally.looks.fetch_add(1, Relaxed);
    }
}

/// One stream through a pipeline and its twin. Gives the lines.
fn stream(seed: u64, tally: &Tally) -> Vec<Vec<u8>> {
    let random = &mut Random::new(seed);
    let mut config = settings(random);
    let count = random.between(2_000, 20_000);
    let pace = random.pick(&[1_000_000, 50_000_000, 3_000_000_000]);
    let (mut stopped, mut twin) = (Watched::new(&config), Watched::new(&config));
    let mut lines = Vec::new();
    let mut now = Timestamp::from_seconds(1_709_251_200);
    let mut n = 0;
    while n < count {
        // Lines of a batch come at one time.
        let batch = random.between(1, 64).min(count - n);
        let (mut data, mut ends) = (Vec::new(), Vec::new());
        for _ in 0..batch {
            let mut line = Vec::new();
            odd_line(random, n, 4, &mut line);
            data.extend_from_slice(&line);
            ends.push(data.len() as u32);
            twin.push(&line, now);
            lines.push(line);
            n += 1;
        }
        if random.below(2) == 0 {
            stopped.pipeline.push_batch(LineBatch::new(&data, &ends), now, &mut stopped.events);
        } else {
            LineBatch::new(&data, &ends).iter().for_each(|line| stopped.push(line, now));
        }
        // An alert has the text that its template has when it is taken.
        stopped.take_alerts();
        twin.take_alerts();
        now = ends.iter().fold(now, |now, _| now.plus_nanos(pace));
        if random.below(40) == 0 {
            stopped.restart(&config);
            tally.restarts.fetch_add(1, Relaxed);
        }
        if random.below(150) == 0 {
            config = changed(&config, random);
            stopped.restart(&config);
            twin.restart(&config);
            tally.changes.fetch_add(1, Relaxed);
        }
        if random.below(60) == 0 {
            stopped.look(n, tally);
        }
    }
    for watched in [&mut stopped, &mut twin] {
        if let Some(event) = watched.pipeline.finish(now) {
            watched.events.push(&event);
        }
        if let Some(detector) = watched.pipeline.detector_mut() {
            detector.finish();
        }
        watched.take_alerts();
        watched.look(count, tally);
    }
    assert_eq!(stopped.events, twin.events, "events");
    assert_eq!(stopped.alerts, twin.alerts, "alerts");
    let bytes = |watched: &Watched| watched.pipeline.snapshot().expect("a snapshot");
    assert!(bytes(&stopped) == bytes(&twin), "snapshots");
    tally.lines.fetch_add(2 * count, Relaxed);
    tally.alerts.fetch_add(twin.alerts.len() as u64, Relaxed);
    lines
}

/// The templates of a miner with their counts.
fn contents(miner: &Miner) -> BTreeMap<(u64, String), u64> {
    miner.templates().map(|view| ((view.content_id.0, view.text), view.count)).collect()
}

/// Miners that were fed apart converge, whatever the order in which they are merged.
fn merges(lines: &[Vec<u8>], random: &mut Random, tally: &Tally) {
    // Below the limits: what makes room depends on the order.
    let mut config = MinerConfig::default();
    (config.mine.max_templates, config.mine.max_memory) = (None, None);
    let build = || Miner::build(&config).expect("default settings");
    let mut whole = build();
    let (mut by_chance, mut by_key) = ([build(), build(), build()], [build(), build(), build()]);
    for line in lines {
        whole.insert(line);
        by_chance[random.below(3) as usize].insert(line);
        let key = whole.shard_key(line) % 3;
        by_key[key as usize].insert(line);
    }
    for (parts, exact) in [(&by_chance, false), (&by_key, true)] {
        let merged = |order: [usize; 3]| {
            let mut all = parts[order[0]].clone();
            all.merge(&parts[order[1]]).expect("miners of the same settings");
            all.merge(&parts[order[2]]).expect("miners of the same settings");
            contents(&all)
        };
        let one = merged([0, 1, 2]);
        assert_eq!(one, merged([2, 0, 1]), "merged in another order");
        // The right side first.
        let mut right = parts[1].clone();
        right.merge(&parts[2]).expect("miners of the same settings");
        let mut all = parts[0].clone();
        all.merge(&right).expect("miners of the same settings");
        assert_eq!(one, contents(&all), "merged from the right");
        assert_eq!(one.values().sum::<u64>(), lines.len() as u64, "lines");
        if exact {
            assert_eq!(one, contents(&whole), "apart by shard keys, and together");
        }
        tally.merges.fetch_add(6, Relaxed);
    }
    tally.lines.fetch_add(3 * lines.len() as u64, Relaxed);
}

/// A miner that all threads share: written by one at a time, read by any.
fn shared(miner: &RwLock<Miner>, lines: &[Vec<u8>]) {
    for (n, line) in lines.iter().enumerate() {
        if n % 8 == 0 {
            miner.write().expect("no thread has panicked").insert(line);
        } else {
            let miner = miner.read().expect("no thread has panicked");
            let found = miner.find(line);
            assert!(found.is_none_or(|id| miner.template(id).is_some()), "what is found is there");
        }
    }
}

fn main() {
    let (mut minutes, mut threads, mut seed) = (1.0, 4_u64, 1);
    let mut words = std::env::args().skip(1);
    while let Some(option) = words.next() {
        let value = words.next().and_then(|value| value.parse::<f64>().ok()).expect("a number follows each option");
        #[allow(clippy::cast_sign_loss, reason = "counts are positive")]
        match option.as_str() {
            "--minutes" => minutes = value,
            "--threads" => threads = value as u64,
            "--seed" => seed = value as u64,
            other => {
                eprintln!("soak: {other} is no option; see the comment at the top of the example");
                std::process::exit(2);
            }
        }
    }
    let (begun, length) = (Instant::now(), Duration::from_secs_f64(minutes * 60.0));
    let tally = Tally::default();
    let common = RwLock::new(Miner::build(&MinerConfig::default()).expect("default settings"));
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (tally, common) = (&tally, &common);
            scope.spawn(move || {
                for round in 0.. {
                    let seed = seed + thread + round * threads;
                    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        let lines = stream(seed, tally);
                        merges(&lines[..lines.len().min(3000)], &mut Random::new(!seed), tally);
                        shared(common, &lines[..lines.len().min(2000)]);
                    }));
                    if let Err(panic) = result {
                        eprintln!("soak: round {seed} broke a promise; --threads 1 --seed {seed} repeats it");
                        std::panic::resume_unwind(panic);
                    }
                    tally.rounds.fetch_add(1, Relaxed);
                    if begun.elapsed() > length {
                        break;
                    }
                }
            });
        }
    });
    let miner = common.into_inner().expect("no thread has panicked");
    let counters = miner.stats().counters;
    assert_eq!(counters.seen, counters.matched + counters.created);
    let of = |count: &AtomicU64| count.load(Relaxed);
    println!(
        "soaked for {:.0} s on {threads} threads: {} rounds, {} lines, {} restarts, {} changes of settings, {} merges, {} alerts, \
         {} looks, at most {:.1} MB in a pipeline; every promise held",
        begun.elapsed().as_secs_f64(),
        of(&tally.rounds),
        of(&tally.lines),
        of(&tally.restarts),
        of(&tally.changes),
        of(&tally.merges),
        of(&tally.alerts),
        of(&tally.looks),
        of(&tally.most_memory) as f64 / 1e6,
    );
}
