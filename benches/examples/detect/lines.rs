//! Raw lines with a session key each: mined by drainrs itself, then judged session by session, in random halves and in the
//! order of time.
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use drainrs::score::SequenceConfig;
use drainrs::{Lineage, Miner, MinerConfig, TemplateId};

use crate::Failure;
use crate::sessions::{Labelled, Tally, clean, learned, shuffle};
use crate::table::Table;

pub fn run(path: &Path, labels: &Path, table: &mut Table) -> Result<(), Failure> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let sessions = sessions(path, labels)?;
    let bar = |least: f64, words: &'static str| Some((least, words));
    halves(&sessions, |tally, scorer, bar| table.row(&tally.row(name, scorer, bar)), "chronological", bar)?;
    for seed in 1..=3 {
        let mut shuffled: Vec<&Labelled> = sessions.iter().collect();
        shuffle(&mut shuffled, seed);
        let none = |_: f64, _: &'static str| None;
        let kind = format!("random {seed}");
        halves_of(&shuffled, |tally, scorer, bar| table.row(&tally.row(name, scorer, bar)), &kind, none)?;
    }
    Ok(())
}

type Bar = Option<(f64, &'static str)>;

fn halves(
    sessions: &[Labelled],
    row: impl FnMut(&Tally, &str, Bar),
    kind: &str,
    bar: impl Fn(f64, &'static str) -> Bar,
) -> Result<(), Failure> {
    halves_of(&sessions.iter().collect::<Vec<_>>(), row, kind, bar)
}

/// Learns from the first half, judges the second: by a clean baseline frozen and adapting, and by an unlabelled one that
/// judges first and then learns.
fn halves_of(
    sessions: &[&Labelled],
    mut row: impl FnMut(&Tally, &str, Bar),
    kind: &str,
    bar: impl Fn(f64, &'static str) -> Bar,
) -> Result<(), Failure> {
    let (first, second) = sessions.split_at(sessions.len() / 2);
    let good = || first.iter().filter(|session| !session.anomaly).map(|session| session.events.as_slice());
    let model = learned(&clean(), good())?;
    let mut tally = Tally::default();
    second.iter().for_each(|one| tally.add(one.anomaly, model.judge(&one.events).flagged, 1.0));
    row(&tally, &format!("sequence, {kind}, clean"), bar(0.91, "F1 >= 0.91, chronological, clean"));

    let mut model = learned(&clean(), good())?;
    let mut tally = Tally::default();
    second.iter().for_each(|one| tally.add(one.anomaly, model.adapt(&one.events).flagged, 1.0));
    row(&tally, &format!("sequence, {kind}, clean, adaptive"), None);

    let mut model = learned(&SequenceConfig::default(), first.iter().map(|session| session.events.as_slice()))?;
    let mut tally = Tally::default();
    second.iter().for_each(|one| tally.add(one.anomaly, model.adapt(&one.events).flagged, 1.0));
    row(&tally, &format!("sequence, {kind}, unlabelled"), bar(0.75, "F1 >= 0.75, chronological, 2.9 % bad sessions"));
    Ok(())
}

/// The sessions in the order of their first event, their events being the templates that the miner ends with.
fn sessions(path: &Path, labels: &Path) -> Result<Vec<Labelled>, Failure> {
    let mut anomalies = BTreeMap::new();
    for line in std::fs::read_to_string(labels)?.lines().skip(1) {
        if let Some((session, label)) = line.split_once(',') {
            anomalies.insert(session.to_owned(), label.trim() == "1");
        }
    }
    let mut miner = Miner::build(&MinerConfig::default())?;
    let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut sessions: Vec<Labelled> = Vec::new();
    let mut united: BTreeMap<TemplateId, TemplateId> = BTreeMap::new();
    let file = std::fs::File::open(path)?;
    let mut lines = BufReader::new(ruzstd::decoding::StreamingDecoder::new(file)?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let mut columns = text.splitn(4, |&byte| byte == b'\t');
        let (Some(session), Some(message)) = (columns.next(), columns.nth(2)) else {
            return Err("a line without session and message".into());
        };
        let template = miner.insert(message).template;
        while let Some(news) = miner.poll_lineage() {
            if let Lineage::MergedInto { template, into, .. } = news {
                united.insert(template, into);
            }
        }
        let place = *places.entry(session.to_vec()).or_insert_with(|| {
            let key = String::from_utf8_lossy(session);
            let anomaly = anomalies.get(&*key).copied().unwrap_or_default();
            sessions.push(Labelled { events: Vec::new(), anomaly });
            sessions.len() - 1
        });
        sessions[place].events.push(template);
        line.clear();
    }
    for session in &mut sessions {
        for event in &mut session.events {
            while let Some(&into) = united.get(event) {
                *event = into;
            }
        }
    }
    println!("hdfs lines: {} templates, {} sessions", miner.len(), sessions.len());
    Ok(sessions)
}
