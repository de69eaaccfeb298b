//! `drainrs mine`: a record per line.
//!
//! The input runs through the miner once; a [`Sink`] writes as it goes, except where the form wants the final templates.

mod drain3;
mod logparser;
mod records;
mod texts;

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use super::failure::Failure;
use super::input::{Input, LineReader};
use super::options::{Form, MineOptions};
use super::settings;
use crate::{Change, Event, Hit, Miner, MinerConfig, Outcome, Parameter, Pipeline, Seen, TemplateId, Timestamp};

/// What mining a line gave.
#[derive(Debug)]
struct Row<'a> {
    /// The number of the line, from 1.
    line: u64,
    template: TemplateId,
    change: Change,
    /// How many lines the template has now.
    size: u64,
    seen: Seen,
    service: Option<&'a [u8]>,
    /// What was mined: the message of the line.
    content: &'a [u8],
    /// Their spans lie in the content.
    parameters: &'a [Parameter],
}

/// Takes rows.
trait Sink {
    /// Whether rows need their parameters.
    fn wants_parameters(&self) -> bool;
    fn row(&mut self, row: &Row<'_>, miner: &mut Miner) -> Result<(), Failure>;
    fn finish(&mut self, miner: &mut Miner) -> Result<(), Failure>;
}

pub(crate) fn run(options: &MineOptions) -> Result<(), Failure> {
    let mut settings = settings::read(&options.miner)?;
    let input = options.file.as_deref().map_or(Input::Stdin, Input::named);
    if options.r#match && !settings.drain3 {
        return Err(Failure::wrong("--match tells what Drain3 would find; it needs --drain3"));
    }
    // Drain3 knows no headers.
    let raw = options.format.as_deref().map_or(settings.drain3, |format| format == "raw");
    if options.format.is_some() {
        settings.config.parse.format.clone_from(&options.format);
    }
    let mut pipeline = Pipeline::build(&settings.config)?;
    if let Some(path) = &options.drain3_state {
        let state = fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
        let config = MinerConfig { normalize: settings.config.normalize.clone(), mine: settings.config.mine.clone() };
        *pipeline.miner_mut() = Miner::from_drain3_state(&state, &config)?;
    }
    let into_files = options.out_dir.is_some() || options.output == Form::Logparser;
    let onto_terminal = !into_files && io::stdout().is_terminal();
    let mut lines = input.open(!onto_terminal)?;
    let mut matching = options.r#match.then(drain3::Matching::default);
    let mut sink: Box<dyn Sink> = match options.output {
        Form::Logparser => {
            let folder = options.out_dir.as_deref().unwrap_or(Path::new("."));
            fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
            Box::new(logparser::Logparser::new(folder, &input.name()))
        }
        Form::Jsonl if settings.drain3 => Box::new(drain3::Results::new(writer(options, &input, "jsonl")?)),
        Form::Jsonl => Box::new(records::Jsonl::new(writer(options, &input, "jsonl")?)),
        Form::Csv => Box::new(records::Csv::new(writer(options, &input, "csv")?)?),
    };
    if raw {
        // Drain3 strips lines by itself, and its `strip` knows more blanks than a carriage return.
        let bare: fn(&[u8]) -> &[u8] = if settings.drain3 { |line| line } else { without_return };
        mine_raw(&mut lines, bare, pipeline.miner_mut(), sink.as_mut(), matching.as_mut())?;
    } else {
        mine_events(&mut lines, &mut pipeline, input.present(), sink.as_mut(), matching.as_mut())?;
    }
    sink.finish(pipeline.miner_mut())?;
    drop(sink);
    matching.map_or(Ok(()), |matching| matching.write(pipeline.miner(), &mut stdout()))
}

/// Every line is a message.
fn mine_raw(
    lines: &mut LineReader,
    bare: fn(&[u8]) -> &[u8],
    miner: &mut Miner,
    sink: &mut dyn Sink,
    mut matching: Option<&mut drain3::Matching>,
) -> Result<(), Failure> {
    let mut parameters = Vec::new();
    let mut number = 0;
    while let Some(line) = lines.next_line()? {
        let content = bare(line);
        number += 1;
        let hit = miner.insert(content);
        parameters.clear();
        if sink.wants_parameters() {
            parameters.extend(hit.parameters());
        }
        let Hit { template, change, size, .. } = hit;
        let seen = Seen::default();
        let row = Row { line: number, template, change, size, seen, service: None, content, parameters: &parameters };
        sink.row(&row, miner)?;
        if let Some(matching) = &mut matching {
            matching.keep(content);
        }
    }
    Ok(())
}

/// Lines become events, events messages.
fn mine_events(
    lines: &mut LineReader,
    pipeline: &mut Pipeline,
    now: Timestamp,
    sink: &mut dyn Sink,
    mut matching: Option<&mut drain3::Matching>,
) -> Result<(), Failure> {
    let mut kept = Kept::default();
    loop {
        let line = lines.next_line()?;
        let ended = line.is_none();
        let event = match line {
            Some(line) => pipeline.push(without_return(line), now),
            None => pipeline.finish(now),
        };
        if event.is_some_and(|event| kept.take(&event, sink.wants_parameters())) {
            sink.row(&kept.row(), pipeline.miner_mut())?;
            if let Some(matching) = &mut matching {
                matching.keep(&kept.content);
            }
        }
        if ended {
            return Ok(());
        }
    }
}

/// A copy of what a row shows of an event: the event itself borrows the pipeline, and the sink needs its miner.
#[derive(Default)]
struct Kept {
    line: u64,
    mined: Option<(TemplateId, Change, u64)>,
    seen: Seen,
    named: bool,
    service: Vec<u8>,
    content: Vec<u8>,
    parameters: Vec<Parameter>,
}

impl Kept {
    /// False if the event was not mined.
    fn take(&mut self, event: &Event<'_>, with_parameters: bool) -> bool {
        let Outcome::Mined(hit) = &event.outcome else { return false };
        self.line = event.first_line + 1;
        self.mined = Some((hit.template, hit.change, hit.size));
        self.seen = Seen { at: event.record.at, level: event.record.level };
        self.named = event.record.service.is_some();
        self.service.clear();
        self.service.extend_from_slice(event.record.service.unwrap_or_default());
        self.content.clear();
        self.content.extend_from_slice(event.mined);
        self.parameters.clear();
        if with_parameters {
            self.parameters.extend(hit.parameters());
        }
        true
    }

    fn row(&self) -> Row<'_> {
        let (template, change, size) = self.mined.unwrap_or((TemplateId(0), Change::Unchanged, 0));
        Row {
            line: self.line,
            template,
            change,
            size,
            seen: self.seen,
            service: self.named.then_some(&self.service),
            content: &self.content,
            parameters: &self.parameters,
        }
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Standard output, or a file of the folder that was asked for.
fn writer(options: &MineOptions, input: &Input, ending: &str) -> Result<Box<dyn Write>, Failure> {
    let Some(folder) = &options.out_dir else { return Ok(Box::new(stdout())) };
    fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
    Ok(Box::new(create(&folder.join(format!("{}.{ending}", input.name())))?))
}

fn create(path: &Path) -> Result<BufWriter<File>, Failure> {
    let file = File::create(path).map_err(|error| Failure::file("write", path, &error))?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}

fn stdout() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 18, io::stdout().lock())
}
