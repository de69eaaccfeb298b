//! `drainrs calibrate`: what a threshold is worth, from labelled scores.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::Value;

use super::failure::Failure;
use super::input::Input;
use super::options::CalibrateOptions;
use super::output;
use super::style::{Ink, Pen, grouped};
use crate::score::calibrate::{CalibrateConfig, Calibration, OperatingPoint, calibrate, false_alarm_threshold};

/// So many thresholds are shown around the best one.
const SHOWN: usize = 9;

pub(crate) fn run(options: &CalibrateOptions) -> Result<(), Failure> {
    let input = options.file.as_deref().map_or(Input::Stdin, Input::named);
    let mut scored = Vec::new();
    let mut lines = input.open(true)?;
    let mut number = 0_u64;
    while let Some(line) = lines.next_line()? {
        number += 1;
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        match read(text) {
            Some(pair) => scored.push(pair),
            // A first line of names.
            None if number == 1 && !text.starts_with('{') => {}
            None => {
                let name = input.path().display();
                return Err(Failure::wrong(format!(
                    "{name}: line {number} is no score with a label: write `0.73 1`, or {{\"score\": 0.73, \"label\": 1}}"
                )));
            }
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    if let Some(rate) = options.false_alarm_rate {
        let normal: Vec<f64> =
            scored.iter().filter(|(_, label)| *label != Some(true)).map(|(score, _)| *score).collect();
        let found = false_alarm_threshold(&normal, rate).map_err(|error| within(input.path(), error))?;
        if options.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&found).map_err(io::Error::from)?)?;
        } else {
            writeln!(
                out,
                "threshold {:.6}: of {} normal scores a share of {rate} reaches it",
                found.threshold,
                normal.len()
            )?;
        }
        return Ok(out.flush()?);
    }
    let unlabelled = scored.iter().filter(|(_, label)| label.is_none()).count();
    if unlabelled > 0 {
        return Err(Failure::wrong(format!(
            "{}: {unlabelled} scores have no label; with normal scores alone, say --false-alarm-rate",
            input.path().display()
        )));
    }
    let labelled: Vec<(f64, bool)> = scored.into_iter().map(|(score, label)| (score, label == Some(true))).collect();
    let found = calibrate(&labelled, &CalibrateConfig::default()).map_err(|error| within(input.path(), error))?;
    if options.json {
        serde_json::to_writer_pretty(&mut out, &found).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    } else {
        draw(&found, &mut out)?;
    }
    Ok(out.flush()?)
}

fn within(path: &Path, error: crate::Error) -> Failure {
    match Failure::from(error) {
        Failure::Wrong(sentence) => Failure::Wrong(format!("{}: {sentence}", path.display())),
        other => other,
    }
}

/// A score and its label, if it has one.
fn read(text: &str) -> Option<(f64, Option<bool>)> {
    if text.starts_with('{') {
        let document: Value = serde_json::from_str(text).ok()?;
        let label = match document.get("label") {
            None | Some(Value::Null) => None,
            Some(Value::Bool(label)) => Some(*label),
            Some(Value::Number(label)) => Some(label.as_f64()? != 0.0),
            Some(_) => return None,
        };
        return Some((document.get("score")?.as_f64()?, label));
    }
    let mut fields = text.split([',', '\t', ' ', ';']).filter(|field| !field.is_empty());
    let score = fields.next()?.parse().ok()?;
    let label = match fields.next() {
        None => None,
        Some("1" | "true" | "anomaly") => Some(true),
        Some("0" | "false" | "normal" | "-") => Some(false),
        Some(_) => return None,
    };
    Some((score, label))
}

fn draw(found: &Calibration, out: &mut impl Write) -> io::Result<()> {
    let pen = Pen::new(output::coloured(), &crate::Placeholders::default());
    writeln!(out)?;
    writeln!(
        out,
        "  {} anomalous and {} normal scores; a score is flagged when it is at least the threshold",
        grouped(found.positives),
        grouped(found.negatives)
    )?;
    writeln!(out)?;
    let mut text = String::new();
    let head = format!(
        "  {:>12}  {:>22}  {:>22}  {:>6}  {:>8}  {:>8}",
        "threshold", "precision", "recall", "F1", "flagged", "missed"
    );
    pen.put(&mut text, Ink::Dim, &head);
    writeln!(out, "{text}")?;
    let at = found.points.iter().position(|point| point.threshold <= found.best.threshold).unwrap_or_default();
    let last = found.points.len();
    let first = at.saturating_sub(SHOWN / 2).min(last.saturating_sub(SHOWN));
    for point in found.points.get(first..last.min(first + SHOWN)).unwrap_or_default() {
        let best = point.threshold.to_bits() == found.best.threshold.to_bits();
        let mut text = String::new();
        pen.put(&mut text, if best { Ink::Bold } else { Ink::Plain }, &line(point));
        writeln!(out, "{text}{}", if best { "  best" } else { "" })?;
    }
    writeln!(out)
}

fn line(point: &OperatingPoint) -> String {
    let share =
        |share: &crate::score::calibrate::Share| format!("{:.3} ({:.3} to {:.3})", share.value, share.low, share.high);
    format!(
        "  {:>12.6}  {:>22}  {:>22}  {:>6.3}  {:>8}  {:>8}",
        point.threshold,
        share(&point.precision),
        share(&point.recall),
        point.f1,
        grouped(point.true_positives + point.false_positives),
        grouped(point.false_negatives)
    )
}
