//! Counts of templates in windows of five minutes, with planted anomalies.
//!
//! The first 2,016 windows (a week) are learned from, the rest is scored; counts begin on a Monday at midnight. An *episode* is
//! a run of alarms of one template with at most three quiet windows between them. It is a hit if it overlaps the windows of a
//! planted event of that template, with one window of grace behind the end (where a silence is told); otherwise it is a false
//! alarm. Recall is the share of planted events that an episode overlaps. Precision is over episodes.
//!
//! The silence scorer gets the events of a window one by one, at seeded random moments of it: counts know no more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use drainrs::score::{
    Battery, Frequency, FrequencyConfig, FrequencyMethod, ScoreConfig, Scorer, ScorerName, Silence, SilenceConfig,
    naive_z,
};
use drainrs::{Closed, Observation, Score, ScoreKind, Series, ServiceId, Tally, TemplateId, Timestamp, Window};
use drainrs_bench::corpus::Random;
use flate2::read::GzDecoder;

use crate::Failure;
use crate::table::{Row, Table, rates};

const LENGTH: i64 = 300;
const WARM_UP: usize = 2016;
/// A Monday.
const START: i64 = 1_704_067_200;
const GRACE: usize = 1;
const MAX_QUIET: usize = 3;

/// Counts by template and window.
pub struct Counts(pub Vec<Vec<u64>>);

/// A planted event.
#[derive(Debug, Clone)]
pub struct Planted {
    pub kind: String,
    pub template: usize,
    pub start: usize,
    pub end: usize,
}

pub fn run(path: &Path, table: &mut Table) -> Result<(), Failure> {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut GzDecoder::new(std::fs::File::open(path)?), &mut text)?;
    let mut counts = Vec::new();
    for line in text.lines().skip(1) {
        let column = line.split('\t').nth(2).ok_or("a line of counts has no third column")?;
        counts.push(column.split_ascii_whitespace().map(str::parse).collect::<Result<Vec<u64>, _>>()?);
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let events = path.with_file_name(name.replace(".tsv.gz", "_events.json"));
    let json: serde_json::Value = serde_json::from_reader(std::fs::File::open(&events)?)?;
    let number = |event: &serde_json::Value, field: &str| event[field].as_u64().unwrap_or_default() as usize;
    let planted: Vec<Planted> = json
        .as_array()
        .ok_or("the events are no list")?
        .iter()
        .map(|event| Planted {
            kind: event["kind"].as_str().unwrap_or_default().to_owned(),
            template: number(event, "template"),
            start: number(event, "start"),
            end: number(event, "end"),
        })
        .collect();
    score(&name, &Counts(counts), &planted, table, true)
}

/// Scores one set of counts by all methods; `barred`: whether it is held to the bars.
pub fn score(name: &str, counts: &Counts, planted: &[Planted], table: &mut Table, barred: bool) -> Result<(), Failure> {
    let windows = counts.0.iter().map(Vec::len).min().unwrap_or_default();
    let days = windows.saturating_sub(WARM_UP) as f64 * LENGTH as f64 / 86_400.0;
    let mut row = |scorer: &str, alarms: &Alarms, bar: &str, holds: Option<&dyn Fn(&Outcome) -> bool>| {
        let result = judge(alarms, planted, days);
        let (precision, recall, f1) = rates(result.hits, result.false_episodes, result.missed);
        let _ = recall;
        table.row(&Row {
            file: name.to_owned(),
            scorer: scorer.to_owned(),
            precision: Some(precision),
            recall: Some(result.recall),
            f1: Some(if precision + result.recall > 0.0 {
                2.0 * precision * result.recall / (precision + result.recall)
            } else {
                f1
            }),
            false_alarms: Some(format!("{:.2} a day", result.false_a_day)),
            bar: if barred { bar.to_owned() } else { String::new() },
            held: holds.filter(|_| barred).map(|holds| holds(&result)),
        });
        println!("    recall by kind: {}", result.by_kind);
    };
    let frequency = by_scorer(counts, &FrequencyConfig::default())?;
    row(
        "frequency (default)",
        &frequency,
        "precision >= 0.95, recall >= 0.70, <= 0.5 a day",
        Some(&|r: &Outcome| r.precision() >= 0.95 && r.recall >= 0.70 && r.false_a_day <= 0.5),
    );
    let silence = by_silence(counts)?;
    row("silence alone, without season", &silence, "", None);
    let within = by_battery(counts, &[ScoreKind::Silence])?;
    row(
        "silence (default)",
        &within,
        "recall >= 0.80 of silences, <= 0.2 a day",
        Some(&|r: &Outcome| r.silence_recall >= 0.80 && r.false_a_day <= 0.2),
    );
    let both = by_battery(counts, &[ScoreKind::Spike, ScoreKind::Drop, ScoreKind::Silence])?;
    row(
        "frequency + silence (default)",
        &both,
        "recall >= 0.75, <= 0.6 a day",
        Some(&|r: &Outcome| r.recall >= 0.75 && r.false_a_day <= 0.6),
    );
    let method = |method| FrequencyConfig { method, ..FrequencyConfig::default() };
    row(
        "frequency, tempered",
        &by_scorer(counts, &FrequencyConfig { temper: true, ..FrequencyConfig::default() })?,
        "",
        None,
    );
    row("z-score of 288, current excluded", &by_scorer(counts, &method(FrequencyMethod::ZScore))?, "", None);
    let mad = FrequencyConfig { deviations: 3.5, ..method(FrequencyMethod::Mad) };
    row("MAD of 288 > 3.5", &by_scorer(counts, &mad)?, "", None);
    row("EWMA", &by_scorer(counts, &method(FrequencyMethod::Ewma))?, "", None);
    row("Poisson", &by_scorer(counts, &method(FrequencyMethod::Poisson))?, "", None);
    row("naive z of 12, current included", &by_naive_z(counts, 12), "", None);
    row("naive z of 288, current included", &by_naive_z(counts, 288), "", None);
    Ok(())
}

/// Windows with an alarm, by template.
type Alarms = BTreeMap<usize, BTreeSet<usize>>;

fn window(at: usize) -> Window {
    let start = START + at as i64 * LENGTH;
    Window { start: Timestamp::from_seconds(start), end: Timestamp::from_seconds(start + LENGTH) }
}

fn series(template: usize) -> Series {
    Series { service: ServiceId::UNNAMED, template: TemplateId(template as u64 + 1) }
}

/// A moment of a window, in milliseconds.
fn moment(random: &mut Random) -> u32 {
    (random.bits() % (LENGTH as u64 * 1000)) as u32
}

/// Feeds counts window by window: events first, then the window that is over.
fn feed(counts: &Counts, scorer: &mut dyn Scorer, events: bool) -> Alarms {
    feed_kinds(counts, scorer, events, &[ScoreKind::Spike, ScoreKind::Drop, ScoreKind::Silence])
}

/// The same, keeping scores of some kinds only.
fn feed_kinds(counts: &Counts, scorer: &mut dyn Scorer, events: bool, kinds: &[ScoreKind]) -> Alarms {
    let mut alarms = Alarms::new();
    let mut scores: Vec<Score> = Vec::new();
    let windows = counts.0.iter().map(Vec::len).min().unwrap_or_default();
    let mut tallies = Vec::new();
    let mut hits: Vec<(u32, u32)> = Vec::new();
    let mut random = Random::new(1);
    for at in 0..windows {
        let window = window(at);
        tallies.clear();
        hits.clear();
        for (template, row) in counts.0.iter().enumerate() {
            if row[at] > 0 {
                tallies.push(Tally::new(series(template), row[at], window));
                if events {
                    hits.extend((0..row[at]).map(|_| (moment(&mut random), template as u32)));
                }
            }
        }
        if events {
            hits.sort_unstable();
            for &(millis, template) in &hits {
                let at = window.start.plus_nanos(i64::from(millis) * 1_000_000);
                scorer.observe(&Observation::new(at, series(template as usize).template), &mut scores);
            }
        }
        scorer.close(&Closed::new(window, &tallies), &mut scores);
        scorer.advance(window.end, &mut scores);
        for score in scores.drain(..) {
            let told = kinds.contains(&score.kind);
            if let Some(template) = score.template.filter(|_| told && at >= WARM_UP) {
                alarms.entry(template.0 as usize - 1).or_default().insert(at);
            }
        }
    }
    alarms
}

fn by_scorer(counts: &Counts, config: &FrequencyConfig) -> Result<Alarms, Failure> {
    Ok(feed(counts, &mut Frequency::build(config)?, false))
}

fn by_silence(counts: &Counts) -> Result<Alarms, Failure> {
    Ok(feed(counts, &mut Silence::build(&SilenceConfig::default())?, true))
}

fn by_battery(counts: &Counts, kinds: &[ScoreKind]) -> Result<Alarms, Failure> {
    let scorers = vec![ScorerName::Frequency, ScorerName::Silence];
    Ok(feed_kinds(counts, &mut Battery::build(&ScoreConfig { scorers, ..ScoreConfig::default() })?, true, kinds))
}

fn by_naive_z(counts: &Counts, n: usize) -> Alarms {
    let mut alarms = Alarms::new();
    for (template, row) in counts.0.iter().enumerate() {
        for at in WARM_UP..row.len() {
            if naive_z(&row[at + 1 - n..=at]) > 3.0 {
                alarms.entry(template).or_default().insert(at);
            }
        }
    }
    alarms
}

struct Outcome {
    hits: f64,
    false_episodes: f64,
    missed: f64,
    recall: f64,
    silence_recall: f64,
    false_a_day: f64,
    by_kind: String,
}

impl Outcome {
    fn precision(&self) -> f64 {
        rates(self.hits, self.false_episodes, 0.0).0
    }
}

fn judge(alarms: &Alarms, planted: &[Planted], days: f64) -> Outcome {
    let (mut hits, mut false_episodes) = (0.0, 0.0);
    let mut found = vec![false; planted.len()];
    for (&template, windows) in alarms {
        let own: Vec<usize> = (0..planted.len()).filter(|&at| planted[at].template == template).collect();
        let mut episodes: Vec<(usize, usize)> = Vec::new();
        for &at in windows {
            match episodes.last_mut() {
                Some(last) if at - last.1 <= MAX_QUIET + 1 => last.1 = at,
                _ => episodes.push((at, at)),
            }
        }
        for (first, last) in episodes {
            let mut hit = false;
            for &at in &own {
                let event = &planted[at];
                if first < event.end + GRACE && last >= event.start {
                    found[at] = true;
                    hit = true;
                }
            }
            if hit {
                hits += 1.0;
            } else {
                false_episodes += 1.0;
            }
        }
    }
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (event, found) in planted.iter().zip(&found) {
        let kind = kinds.entry(&event.kind).or_default();
        kind.0 += usize::from(*found);
        kind.1 += 1;
    }
    let all = found.iter().filter(|found| **found).count() as f64;
    let share = |kind: &str| kinds.get(kind).map_or(0.0, |&(found, all)| found as f64 / all.max(1) as f64);
    Outcome {
        hits,
        false_episodes,
        missed: planted.len() as f64 - all,
        recall: all / planted.len().max(1) as f64,
        silence_recall: share("silence"),
        false_a_day: false_episodes / days.max(f64::MIN_POSITIVE),
        by_kind: kinds
            .iter()
            .map(|(kind, (found, all))| format!("{kind} {:.2}", *found as f64 / *all as f64))
            .collect::<Vec<_>>()
            .join(", "),
    }
}
