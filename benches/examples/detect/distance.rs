//! Distances of texts: BGL's alert labels, and templates left out of labelled sets.
//!
//! `BGL/BGL_*.log`: the first word of a line is `-`, or the name of an alert. Half of the normal lines are learned, the
//! other half and all alerts are judged; five seeded splits, means of them. A line is taken apart by the parser, without its
//! label; only the message is looked at. `calibrated` learns half of its half, takes the threshold from those of the other
//! lines whose template (by our own miner) is known, and learns the rest.
//!
//! `*/*_structured.csv` with the columns `Content` and `EventId`: a fifth of the templates is left out, half of the lines of
//! the others is learned. Recall: templates left out whose first line is flagged. False alarms: of the lines that were not
//! learned, and whose template was. Five seeded draws; means over draws and sets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use drainrs::score::{Centroid, CentroidConfig, KMeansConfig};
use drainrs::{Miner, MinerConfig, ParseConfig, Parser};

use crate::Failure;
use crate::table::{Row, Table, rates};

const SEEDS: u64 = 5;
const BAR: &str = "F1 >= 0.88 at <= 4 % false positives";

/// `SplitMix64`: Steele, Lea, Flood 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Fisher and Yates.
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, (self.next() % (last as u64 + 1)) as usize);
        }
    }
}

pub fn run(loghub: &Path, table: &mut Table) -> Result<(), Failure> {
    let mut sets: Vec<PathBuf> =
        std::fs::read_dir(loghub)?.map(|entry| entry.map(|it| it.path())).collect::<Result<_, _>>()?;
    sets.sort();
    let mut structured = Vec::new();
    for set in sets.iter().filter(|set| set.is_dir()) {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(set)?.map(|entry| entry.map(|it| it.path())).collect::<Result<_, _>>()?;
        files.sort();
        for file in files {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if name.starts_with("BGL") && name.ends_with("k.log") {
                alerts(&name, &std::fs::read(&file)?, table)?;
            } else if name.ends_with("_structured.csv") {
                structured.push(file);
            }
        }
    }
    left_out(&structured, table)
}

/// The messages of a labelled log, and whether they are alerts.
fn messages(log: &[u8]) -> Result<Vec<(Vec<u8>, bool)>, Failure> {
    let mut parser = Parser::build(&ParseConfig::default())?;
    let mut found = Vec::new();
    for line in log.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let label = line.split(|&byte| byte == b' ').next().unwrap_or_default();
        let rest = line.get(label.len() + 1..).unwrap_or_default();
        found.push((parser.parse(rest).message.to_vec(), label != b"-"));
    }
    Ok(found)
}

#[derive(Default)]
struct Means {
    precision: f64,
    recall: f64,
    f1: f64,
    false_positives: f64,
    note: String,
}

fn alerts(name: &str, log: &[u8], table: &mut Table) -> Result<(), Failure> {
    let messages = messages(log)?;
    let (alerts, normal): (Vec<_>, Vec<_>) = messages.into_iter().partition(|(_, alert)| *alert);
    let mut means: BTreeMap<&str, Means> = BTreeMap::new();
    for seed in 1..=SEEDS {
        let mut normal: Vec<&[u8]> = normal.iter().map(|(message, _)| message.as_slice()).collect();
        Random(seed).shuffle(&mut normal);
        let (train, rest) = normal.split_at(normal.len() / 2);
        let mut nearest = Centroid::build(&CentroidConfig::default())?;
        train.iter().for_each(|message| {
            nearest.learn_text(message);
        });
        let known = format!("{} texts", nearest.known_texts());
        judge(&nearest, rest, &alerts, known, means.entry("1 centroid (nearest)").or_default());
        let mut condensed = nearest.clone();
        let found = condensed.condense_texts(&KMeansConfig { clusters: 50, ..KMeansConfig::default() })?;
        judge(
            &condensed,
            rest,
            &alerts,
            format!("{found} centroids"),
            means.entry("2 centroid, k-means 50").or_default(),
        );
        let calibrated = calibrated(train)?;
        let threshold = format!("at {:.3}", calibrated.threshold());
        judge(&calibrated, rest, &alerts, threshold, means.entry("3 centroid, calibrated").or_default());
    }
    for (scorer, means) in means {
        let of = |sum: f64| sum / SEEDS as f64;
        let default = scorer.starts_with('1');
        table.row(&Row {
            file: name.to_owned(),
            scorer: format!("{} ({})", &scorer[2..], means.note),
            precision: Some(of(means.precision)),
            recall: Some(of(means.recall)),
            f1: Some(of(means.f1)),
            false_alarms: Some(format!("{:.2} %", 100.0 * of(means.false_positives))),
            bar: if default { BAR.to_owned() } else { String::new() },
            held: default.then(|| of(means.f1) >= 0.88 && of(means.false_positives) <= 0.04),
        });
    }
    Ok(())
}

fn judge(centroid: &Centroid, normal: &[&[u8]], alerts: &[(Vec<u8>, bool)], note: String, means: &mut Means) {
    let flagged = |text: &[u8]| centroid.score_text(text).is_some_and(|judgement| judgement.unusual);
    let false_alarms = normal.iter().filter(|text| flagged(text)).count() as f64;
    let hits = alerts.iter().filter(|(text, _)| flagged(text)).count() as f64;
    let (precision, recall, f1) = rates(hits, false_alarms, alerts.len() as f64 - hits);
    means.precision += precision;
    means.recall += recall;
    means.f1 += f1;
    means.false_positives += false_alarms / normal.len().max(1) as f64;
    means.note = note;
}

fn calibrated(train: &[&[u8]]) -> Result<Centroid, Failure> {
    let mut centroid = Centroid::build(&CentroidConfig::default())?;
    let mut miner = Miner::build(&MinerConfig::default())?;
    for message in train {
        let _ = miner.insert(message);
    }
    let (learned, held_out) = train.split_at(train.len() / 2);
    let known: BTreeSet<_> = learned.iter().filter_map(|message| miner.find(message)).collect();
    learned.iter().for_each(|message| {
        centroid.learn_text(message);
    });
    let is_known = |message: &&&[u8]| miner.find(message).is_some_and(|template| known.contains(&template));
    centroid.calibrate_texts(held_out.iter().filter(is_known))?;
    held_out.iter().for_each(|message| {
        centroid.learn_text(message);
    });
    Ok(centroid)
}

/// Recall and false alarms of a draw.
fn draw(lines: &[(String, String)], seed: u64) -> Result<Option<(f64, f64)>, Failure> {
    let mut random = Random(seed);
    let mut templates: Vec<&str> = lines.iter().map(|(event, _)| event.as_str()).collect();
    templates.sort_unstable();
    templates.dedup();
    random.shuffle(&mut templates);
    let out: BTreeSet<&str> = templates.iter().take(templates.len() / 5).copied().collect();
    let mut others: Vec<&(String, String)> = lines.iter().filter(|(event, _)| !out.contains(event.as_str())).collect();
    random.shuffle(&mut others);
    let (learned, unseen) = others.split_at(others.len() / 2);
    let mut centroid = Centroid::build(&CentroidConfig::default())?;
    learned.iter().for_each(|(_, text)| {
        centroid.learn_text(text);
    });
    let known: BTreeSet<&str> = learned.iter().map(|(event, _)| event.as_str()).collect();
    let flagged = |text: &str| centroid.score_text(text).is_some_and(|judgement| judgement.unusual);
    let firsts = out.iter().filter_map(|event| lines.iter().find(|(own, _)| own == event));
    let hits = firsts.filter(|(_, text)| flagged(text)).count();
    let unseen: Vec<_> = unseen.iter().filter(|(event, _)| known.contains(event.as_str())).collect();
    let alarms = unseen.iter().filter(|(_, text)| flagged(text)).count();
    if out.is_empty() || unseen.is_empty() {
        return Ok(None);
    }
    Ok(Some((hits as f64 / out.len() as f64, alarms as f64 / unseen.len() as f64)))
}

fn left_out(files: &[PathBuf], table: &mut Table) -> Result<(), Failure> {
    let (mut recalls, mut alarms, mut sets) = (0.0, 0.0, 0.0);
    for file in files {
        let Some(lines) = events(&std::fs::read_to_string(file)?) else { continue };
        let draws: Vec<(f64, f64)> =
            (1..=SEEDS).filter_map(|seed| draw(&lines, seed).transpose()).collect::<Result<_, _>>()?;
        if draws.is_empty() {
            continue;
        }
        let mean = |of: fn(&(f64, f64)) -> f64| draws.iter().map(of).sum::<f64>() / draws.len() as f64;
        let (recall, rate) = (mean(|draw| draw.0), mean(|draw| draw.1));
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        row(name.split("_2k").next().unwrap_or(name), recall, rate, table);
        recalls += recall;
        alarms += rate;
        sets += 1.0;
    }
    if sets > 0.0 {
        row(&format!("mean of {sets} sets"), recalls / sets, alarms / sets, table);
    }
    Ok(())
}

fn row(file: &str, recall: f64, rate: f64, table: &mut Table) {
    table.row(&Row {
        file: file.to_owned(),
        scorer: "centroid, templates left out".to_owned(),
        recall: Some(recall),
        false_alarms: Some(format!("{:.2} %", 100.0 * rate)),
        ..Row::default()
    });
}

/// Event id and content of each record.
fn events(csv: &str) -> Option<Vec<(String, String)>> {
    let mut records = records(csv).into_iter();
    let heads = records.next()?;
    let column = |name: &str| heads.iter().position(|head| head == name);
    let (content, event) = (column("Content")?, column("EventId")?);
    Some(records.filter_map(|record| Some((record.get(event)?.clone(), record.get(content)?.clone()))).collect())
}

/// The records of a CSV file, as in RFC 4180.
fn records(csv: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = csv.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            other => field.push(other),
        }
    }
    if !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    records
}
