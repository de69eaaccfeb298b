//! `drainrs baseline`: learns what is usual from good logs, and judges others by it.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::alerts::{self, Document};
use super::failure::Failure;
use super::input::{Input, LineReader};
use super::options::{LearnOptions, ScoreOptions};
use super::style::{Ink, Pen, grouped};
use super::{SUCCESS, output, settings};
use crate::baseline::Baseline;
use crate::{Alert, Pipeline, Priority, Timestamp};

/// The exit code of a judgement that found something.
const FOUND: u8 = 3;

pub(crate) fn learn(options: &LearnOptions) -> Result<(), Failure> {
    let mut settings = settings::read(&options.miner)?;
    if options.format.is_some() {
        settings.config.parse.format.clone_from(&options.format);
    }
    let mut baseline = Baseline::build(&settings.config)?;
    for path in &options.files {
        learn_from(&Input::named(path), &mut baseline)?;
    }
    let bytes = baseline.save()?;
    fs::write(&options.output, &bytes).map_err(|error| Failure::file("write", &options.output, &error))?;
    let (counters, templates) = (baseline.pipeline().counters(), baseline.pipeline().miner().len());
    let windows = baseline.pipeline().detector().map_or(0, |detector| detector.counters().count.windows);
    let mut out = BufWriter::new(io::stdout().lock());
    if options.json {
        let document = serde_json::json!({
            "baseline": options.output.display().to_string(),
            "bytes": bytes.len(),
            "lines": counters.lines,
            "events": counters.events,
            "templates": templates,
            "windows": windows,
        });
        writeln!(out, "{document}")?;
    } else {
        writeln!(
            out,
            "learned {} templates from {} events in {} windows; {} has {} bytes",
            grouped(templates as u64),
            grouped(counters.events),
            grouped(windows),
            options.output.display(),
            grouped(bytes.len() as u64)
        )?;
    }
    Ok(out.flush()?)
}

/// Learns from a whole input.
pub(crate) fn learn_from(input: &Input, baseline: &mut Baseline) -> Result<(), Failure> {
    let (mut lines, now) = (input.open(true)?, input.present());
    while let Some(line) = lines.next_line()? {
        baseline.push(line.strip_suffix(b"\r").unwrap_or(line), now);
    }
    baseline.finish(now);
    Ok(())
}

/// Reads a baseline.
pub(crate) fn load(path: &Path) -> Result<Baseline, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    Baseline::load(&bytes).map_err(|error| Failure::wrong(format!("{}: {error}", path.display())))
}

pub(crate) fn score(options: &ScoreOptions) -> Result<u8, Failure> {
    let mut pipeline = load(&options.baseline)?.into_judge();
    let learned = pipeline.counters().events;
    let mut out = BufWriter::new(io::stdout().lock());
    let pen = Pen::new(output::coloured(), pipeline.miner().placeholders());
    let mut found = (0_u64, 0_u64);
    let mut tell = |alerts: &mut Vec<Alert>, out: &mut dyn Write| -> Result<(), Failure> {
        for alert in alerts.drain(..) {
            found.0 += 1;
            found.1 += u64::from(alert.priority >= Priority::High);
            if options.json {
                Document::of(&alert).write(&mut &mut *out)?;
            } else {
                let mut text = String::new();
                alerts::draw(&alert, &pen, "", output::width(), &mut text);
                out.write_all(text.as_bytes())?;
            }
        }
        Ok(())
    };
    let mut waiting = Vec::new();
    for path in &options.files {
        let input = Input::named(path);
        let mut lines = input.open(true)?;
        judge(&mut lines, &mut pipeline, input.present(), &mut |pipeline| {
            alerts::take(pipeline, &mut waiting);
            if waiting.is_empty() { Ok(()) } else { tell(&mut waiting, &mut out) }
        })?;
    }
    alerts::finish(&mut pipeline, &mut waiting);
    tell(&mut waiting, &mut out)?;
    if !options.json {
        let mut text = String::new();
        let events = grouped(pipeline.counters().events - learned);
        let sentence = match found.0 {
            0 => format!("nothing unusual in {events} events"),
            1 => format!("1 alert in {events} events"),
            alerts => format!("{} alerts in {events} events", grouped(alerts)),
        };
        pen.put(&mut text, Ink::Dim, &sentence);
        writeln!(out, "{text}")?;
    }
    out.flush()?;
    Ok(if options.check && found.1 > 0 { FOUND } else { SUCCESS })
}

fn judge(
    lines: &mut LineReader,
    pipeline: &mut Pipeline,
    now: Timestamp,
    after: &mut dyn FnMut(&mut Pipeline) -> Result<(), Failure>,
) -> Result<(), Failure> {
    while let Some(line) = lines.next_line()? {
        let _ = pipeline.push(line.strip_suffix(b"\r").unwrap_or(line), now);
        after(pipeline)?;
    }
    let _ = pipeline.finish(now);
    after(pipeline)
}
