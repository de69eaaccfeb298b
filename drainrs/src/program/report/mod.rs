//! `drainrs report`: what a log consists of.
//!
//! The input runs through the pipeline once and is counted by template ([`gather`]); what was unusual is looked at across
//! services ([`together`]); what comes out is plain data ([`findings`]), drawn on a terminal ([`terminal`]) or written as JSON.

mod axis;
mod findings;
mod gather;
mod terminal;
pub(crate) mod together;

use std::io::{self, BufWriter, Write};
use std::time::Instant;

use self::findings::{Findings, Read, Selection};
use self::gather::Gather;
use self::terminal::Page;
use super::failure::Failure;
use super::input::{Input, LineReader};
use super::options::ReportOptions;
use super::style::Pen;
use super::{alerts, output, settings};
use crate::{Alert, Pipeline, Timestamp};

/// How many templates the terminal shows unless told.
const TOP: usize = 20;
/// The length of the series in JSON.
const JSON_CELLS: usize = 60;

#[allow(clippy::disallowed_methods, reason = "the program is a host: it has a clock")]
pub(crate) fn run(options: &ReportOptions) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut settings = settings::read(&options.miner)?;
    if options.format.is_some() {
        settings.config.parse.format.clone_from(&options.format);
    }
    if options.no_detect {
        settings.config.detect = None;
    } else {
        settings.config.detect.get_or_insert_default();
    }
    let mut pipeline = Pipeline::build(&settings.config)?;
    let mut told = Vec::new();
    let (inputs, remark) = inputs(options);
    let mut gather = Gather::new(options.service.as_deref());
    let mut bytes = 0;
    for input in &inputs {
        let mut lines = input.open(true)?;
        read(&mut lines, &mut pipeline, &mut gather, &mut told, input.present())?;
        bytes += lines.bytes();
    }
    alerts::finish(&mut pipeline, &mut told);
    gather.follow(pipeline.miner_mut());
    gather.forget_evicted(pipeline.miner());

    let selection = Selection {
        level: options.level.unwrap_or_default(),
        top: options.top.unwrap_or(if options.json { usize::MAX } else { TOP }),
        cells: if options.json { JSON_CELLS } else { terminal::CELLS },
    };
    let names = inputs.iter().map(|input| input.path().display().to_string()).collect();
    let together = together::find(&told, &pipeline, options.topology.as_deref())?;
    let read = Read { names, bytes, elapsed: begun.elapsed() };
    let found = Findings::new(&gather, &pipeline, read, &told, together, &selection);
    let mut out = BufWriter::new(io::stdout().lock());
    if options.json {
        serde_json::to_writer_pretty(&mut out, &found).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    } else {
        let pen = Pen::new(output::coloured(), pipeline.miner().placeholders());
        Page { pen: &pen, width: output::width(), remark }.draw(&found, &told, &mut out)?;
    }
    Ok(out.flush()?)
}

/// What to read, and what to say about it.
fn inputs(options: &ReportOptions) -> (Vec<Input>, Option<&'static str>) {
    // Never standard input unasked: a pipe that nobody writes to would keep a newcomer waiting.
    if options.sample || options.files.is_empty() {
        return (vec![Input::Sample], Some("a sample; `report FILE` reads your own log, `report -` standard input"));
    }
    (options.files.iter().map(|path| Input::named(path)).collect(), None)
}

fn read(
    lines: &mut LineReader,
    pipeline: &mut Pipeline,
    gather: &mut Gather,
    told: &mut Vec<Alert>,
    now: Timestamp,
) -> Result<(), Failure> {
    while let Some(line) = lines.next_line()? {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if pipeline.push(line, now).is_some_and(|event| gather.take(&event)) {
            gather.follow(pipeline.miner_mut());
        }
        alerts::take(pipeline, told);
    }
    if pipeline.finish(now).is_some_and(|event| gather.take(&event)) {
        gather.follow(pipeline.miner_mut());
    }
    Ok(())
}
