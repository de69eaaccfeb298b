//! `drainrs fit`: whether the miner fits a log, and what to change.
//!
//! The input runs through the pipeline as in `mine`, so that messages are judged and not their headers; what the pipeline
//! would mine goes to the library's `Fit`, and its report is drawn ([`terminal`]) or written as JSON.

mod fragment;
mod terminal;

use std::io::{self, BufWriter, Write};

use self::terminal::Page;
use super::failure::Failure;
use super::input::{Input, LineReader};
use super::options::FitOptions;
use super::style::Pen;
use super::{SUCCESS, output, settings};
use crate::{Event, Fit, FitConfig, FitStatus, Outcome, Pipeline, Timestamp};

/// The exit code of `--check` when there are findings; 2 says that the question was wrong.
const WARN: u8 = 3;

pub(crate) fn run(options: &FitOptions) -> Result<u8, Failure> {
    let mut settings = settings::read(&options.miner)?;
    // Drain3 knows no headers.
    let raw = options.format.as_deref().map_or(settings.drain3, |format| format == "raw");
    if options.format.is_some() {
        settings.config.parse.format.clone_from(&options.format);
    }
    let mut config = FitConfig { miner: settings.config.miner(), ..FitConfig::default() };
    if let Some(lines) = options.lines {
        config.limits.max_sample_lines = lines;
    }
    if let Some(trials) = options.trials {
        config.limits.max_trials = trials;
    }
    let mut fit = Fit::build(&config)?;
    let pipeline = Pipeline::build(&settings.config)?;
    let pen = Pen::new(output::coloured(), pipeline.miner().placeholders());
    // Never standard input unasked, as in `report`.
    let input = options.file.as_deref().map_or(Input::Sample, Input::named);
    let mut lines = input.open(true)?;
    if raw {
        while let Some(line) = lines.next_line()? {
            fit.push(if settings.drain3 { line } else { line.strip_suffix(b"\r").unwrap_or(line) });
        }
    } else {
        read(&mut lines, pipeline, &mut fit, input.present())?;
    }
    drop(lines);
    let report = fit.finish();
    let mut out = BufWriter::new(io::stdout().lock());
    if options.json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    } else {
        let remark =
            options.file.is_none().then_some("a sample; `fit FILE` judges your own log, `fit -` standard input");
        let name = input.path().display().to_string();
        Page { pen: &pen, width: output::width(), name, remark }.draw(&report, &mut out)?;
    }
    out.flush()?;
    let failed = options.check && report.status != FitStatus::Ok;
    Ok(if failed { WARN } else { SUCCESS })
}

/// What the pipeline would mine.
fn read(lines: &mut LineReader, mut pipeline: Pipeline, fit: &mut Fit, now: Timestamp) -> Result<(), Failure> {
    let mut take = |event: Event<'_>| {
        if matches!(event.outcome, Outcome::Mined(_)) {
            fit.push(event.mined);
        }
    };
    while let Some(line) = lines.next_line()? {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        pipeline.push(line, now).map(&mut take);
    }
    pipeline.finish(now).map(&mut take);
    Ok(())
}
