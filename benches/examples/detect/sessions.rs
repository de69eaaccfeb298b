//! Sessions of event ids with split and label: what the sequence scorer finds, by each of its rules.
use std::io::Read;
use std::path::Path;

use drainrs::TemplateId;
use drainrs::score::{Deviation, SequenceBaseline, SequenceConfig, SequenceJudgement as Judgement, SequenceModel};

use crate::Failure;
use crate::table::{Row, Table, rates};

/// A session and whether it is labelled an anomaly.
pub struct Labelled {
    pub events: Vec<TemplateId>,
    pub anomaly: bool,
}

/// Flagged sessions by label, weighted.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    hits: f64,
    false_alarms: f64,
    missed: f64,
    quiet: f64,
}

impl Tally {
    pub fn add(&mut self, anomaly: bool, flagged: bool, weight: f64) {
        let cell = match (anomaly, flagged) {
            (true, true) => &mut self.hits,
            (true, false) => &mut self.missed,
            (false, true) => &mut self.false_alarms,
            (false, false) => &mut self.quiet,
        };
        *cell += weight;
    }

    /// A row, held against a least F1 if there is a bar.
    pub fn row(&self, file: &str, scorer: &str, bar: Option<(f64, &str)>) -> Row {
        let (precision, recall, f1) = rates(self.hits, self.false_alarms, self.missed);
        let share = self.false_alarms / (self.false_alarms + self.quiet).max(1.0);
        Row {
            file: file.to_owned(),
            scorer: scorer.to_owned(),
            precision: Some(precision),
            recall: Some(recall),
            f1: Some(f1),
            false_alarms: Some(format!("{:.3} %", 100.0 * share)),
            bar: bar.map(|(_, words)| words.to_owned()).unwrap_or_default(),
            held: bar.map(|(least, _)| f1 >= least),
        }
    }
}

pub fn clean() -> SequenceConfig {
    SequenceConfig { baseline: SequenceBaseline::Clean, ..SequenceConfig::default() }
}

pub fn learned<'a>(
    config: &SequenceConfig,
    sessions: impl Iterator<Item = &'a [TemplateId]>,
) -> Result<SequenceModel, Failure> {
    let mut model = SequenceModel::build(config)?;
    sessions.for_each(|session| model.learn(session));
    Ok(model)
}

/// A generator for shuffles and choices, seeded.
pub fn next(random: &mut u64) -> u64 {
    // Marsaglia's xorshift.
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}

pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for at in (1..items.len()).rev() {
        items.swap(at, (next(&mut random) >> 16) as usize % (at + 1));
    }
}

fn has_step(judgement: &Judgement) -> bool {
    judgement.deviations.iter().any(|one| matches!(one, Deviation::Step { .. }))
}

fn has_course(judgement: &Judgement) -> bool {
    judgement.deviations.iter().any(|one| matches!(one, Deviation::Course { .. }))
}

pub fn run(path: &Path, table: &mut Table) -> Result<(), Failure> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path)?).read_to_string(&mut text)?;
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for line in text.lines().skip(1) {
        let mut columns = line.split('\t');
        let (Some(split), Some(label), Some(events)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(format!("{name}: a line without split, label and events").into());
        };
        let ids: Result<Vec<_>, _> = events.split_whitespace().map(|id| id.parse().map(TemplateId)).collect();
        let session = Labelled { events: ids?, anomaly: label == "1" };
        if split == "train" { train.push(session) } else { test.push(session) }
    }
    // 7,000 of the 553,366 normal sessions of the test split are in this file, and all anomalies.
    let is_hdfs = name.starts_with("hdfs_deeplog");
    let weight = if is_hdfs { 553_366.0 / 7000.0 } else { 1.0 };
    let weigh = |session: &Labelled| if session.anomaly { 1.0 } else { weight };

    let good = || train.iter().filter(|session| !session.anomaly).map(|session| session.events.as_slice());
    let model = learned(&SequenceConfig { markov: true, ..clean() }, good())?;
    let (mut default, mut steps, mut course, mut either) =
        (Tally::default(), Tally::default(), Tally::default(), Tally::default());
    let plain = learned(&clean(), good())?;
    for session in &test {
        let judgement = model.judge(&session.events);
        let flagged = plain.judge(&session.events).flagged;
        default.add(session.anomaly, flagged, weigh(session));
        steps.add(session.anomaly, has_step(&judgement), weigh(session));
        course.add(session.anomaly, has_course(&judgement), weigh(session));
        either.add(session.anomaly, judgement.flagged, weigh(session));
    }
    let bar = is_hdfs.then_some((0.93, "F1 >= 0.93 from a clean baseline, by default"));
    table.row(&default.row(name, "sequence, clean (default rule)", bar));
    table.row(&steps.row(name, "sequence, clean, steps alone", None));
    table.row(&course.row(name, "sequence, clean, Markov alone", None));
    table.row(&either.row(name, "sequence, clean, with Markov", None));
    for alpha in [0.01, 0.003, 0.001] {
        let model = learned(&SequenceConfig { alpha: Some(alpha), ..clean() }, good())?;
        let mut tally = Tally::default();
        let mut unready = false;
        for session in &test {
            let judgement = model.judge(&session.events);
            unready |= judgement.unready.is_some();
            tally.add(session.anomaly, judgement.flagged, weigh(session));
        }
        if !unready {
            table.row(&tally.row(name, &format!("sequence, clean, alpha {alpha}"), None));
        }
    }

    // Unlabelled: anomalies of the test split are mixed in at the share that they have, and not tested again.
    let share = if is_hdfs { 0.0293 } else { 0.03 };
    let mut anomalies: Vec<usize> = (0..test.len()).filter(|&at| test[at].anomaly).collect();
    shuffle(&mut anomalies, 1);
    anomalies.truncate((train.len() as f64 * share / (1.0 - share)).round() as usize);
    let mut mix: Vec<&[TemplateId]> = good().chain(anomalies.iter().map(|&at| test[at].events.as_slice())).collect();
    shuffle(&mut mix, 2);
    let model = learned(&SequenceConfig::default(), mix.iter().copied())?;
    let mut tally = Tally::default();
    let mut unready = None;
    for (at, session) in test.iter().enumerate() {
        if !anomalies.contains(&at) {
            let judgement = model.judge(&session.events);
            unready = judgement.unready;
            tally.add(session.anomaly, judgement.flagged, weigh(session));
        }
    }
    match unready {
        Some(unready) => println!("{name}: unlabelled baseline: {unready}"),
        None => table.row(&tally.row(name, &format!("sequence, unlabelled, {:.1} % bad", 100.0 * share), None)),
    }
    Ok(())
}
