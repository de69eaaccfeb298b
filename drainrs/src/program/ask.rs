//! `drainrs ask`: a question to a model goes out, an answer comes in and is judged. The model is somebody else's.

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use serde_json::json;

use super::failure::Failure;
use super::input::Input;
use super::options::{ApplyOptions, AskReading, PlanOptions, Sending};
use super::replace::{Readers, replace};
use super::report::together::read_topology;
use super::style::{grouped, padding};
use super::{SUCCESS, clock, settings};
use crate::Pipeline;
use crate::ask::{AskConfig, Asker, Plan, format_of};
use crate::prompt::{Budget, Task, Verdict, fallback, judge, repair};

/// The exit code of an answer that must not be used.
const REFUSED: u8 = 3;
/// The exit code when the question to be asked again was written.
const AGAIN: u8 = 4;
/// The most bytes that are read of an answer: what is beyond is refused anyway.
const MAX_ANSWER: u64 = 8 << 20;

/// The most scores that wait between two events.
const MAX_SCORES: usize = 64;

/// A log that was read to its end, and what is remembered of it.
pub(crate) struct Reading {
    pub(crate) pipeline: Pipeline,
    pub(crate) asker: Asker,
}

/// The settings of asking.
pub(crate) fn config(path: Option<&Path>) -> Result<AskConfig, Failure> {
    let Some(path) = path else { return Ok(AskConfig::default()) };
    let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    let wrong = |sentence: String| Failure::wrong(format!("{}: {sentence}", path.display()));
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return serde_json::from_str(&text).map_err(|error| wrong(error.to_string()));
    }
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        wrong(format!("{}{}", line.map(|line| format!("line {line}: ")).unwrap_or_default(), error.message()))
    })
}

/// Reads logs and remembers what is worth asking about.
pub(crate) fn read(files: &[std::path::PathBuf], reading: &AskReading) -> Result<Reading, Failure> {
    let mut settings = settings::read(&reading.miner)?;
    if reading.format.is_some() {
        settings.config.parse.format.clone_from(&reading.format);
    }
    // Scores are taken at once, with the lines around them.
    settings.config.detect.get_or_insert_default().max_scores = MAX_SCORES;
    let mut config = config(reading.ask_config.as_deref())?;
    config.journal.window_ns = i64::from(reading.window) * 60 * crate::NANOS_PER_SECOND;
    if let Some(path) = &reading.topology {
        config.correlate.topology = read_topology(path)?;
    }
    let mut pipeline = Pipeline::build(&settings.config)?;
    let mut asker = Asker::build(&config)?;
    for file in files {
        let input = Input::named(file);
        let mut lines = input.open(true)?;
        let now = input.present();
        while let Some(line) = lines.next_line()? {
            if let Some(event) = pipeline.push(line.strip_suffix(b"\r").unwrap_or(line), now) {
                asker.observe(&event);
            }
            asker.take(&mut pipeline);
        }
        if let Some(event) = pipeline.finish(now) {
            asker.observe(&event);
        }
        asker.take(&mut pipeline);
    }
    if let Some(detector) = pipeline.detector_mut() {
        detector.finish();
    }
    asker.take(&mut pipeline);
    asker.finish();
    Ok(Reading { pipeline, asker })
}

pub(crate) fn plan(options: &PlanOptions) -> Result<(), Failure> {
    if !options.list {
        // Who waits for an answer in the same pipe must not judge it by the task of another day if this goes wrong.
        match fs::remove_file(&options.task) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Failure::file("replace", &options.task, &error));
            }
            _ => {}
        }
    }
    let Reading { pipeline, asker } = read(&options.files, &options.reading)?;
    let count = options.count.counter();
    let budget = Budget {
        max_tokens: options.tokens,
        max_bytes: usize::MAX,
        max_tasks: usize::MAX,
        count: &count,
        ..Budget::default()
    };
    // An answer is waited for from now on, however old the log is.
    let mut plan = asker.plan(&pipeline, clock::now(), &budget)?;
    if let Some(kind) = options.kind {
        plan.tasks.retain(|task| task.kind == kind);
    }
    if options.list {
        return list(&plan, &asker, options);
    }
    let Some(task) = plan.tasks.first() else {
        return Err(Failure::wrong(
            "there is nothing to ask about: nothing of level warn or above, and nothing was noticed",
        ));
    };
    // Before anything is written: who reads the answer in the same pipe needs it.
    save(task, &options.task)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match options.output {
        Sending::Text => out.write_all(task.text().as_bytes())?,
        Sending::Messages => writeln!(out, "{}", task.messages())?,
        Sending::Task => writeln!(out, "{}", json!(task))?,
    }
    Ok(out.flush()?)
}

/// Keeps a task, for its owner alone: it holds what was redacted.
fn save(task: &Task, path: &Path) -> Result<(), Failure> {
    let bytes = task.save()?;
    replace(path, &bytes, Readers::Owner).map_err(|error| Failure::file("write", path, &error))
}

fn list(plan: &Plan, asker: &Asker, options: &PlanOptions) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    for task in &plan.tasks {
        let kind = task.kind.name();
        let about = task.evidence.first().map(|sent| sent.text.as_str()).unwrap_or_default();
        let about: String = about.chars().take(60).collect();
        let tokens =
            format!("{:>7} in {:>6} out", grouped(task.input_tokens as u64), grouped(task.max_output_tokens as u64));
        writeln!(out, "{kind}{}{:>6.1}  {tokens}  {about}", padding(kind, 22), task.value)?;
    }
    let day = plan.day(options.price.unwrap_or_default(), &asker.config().desk);
    let capped = if day.is_capped { " (what the budget of a day allows)" } else { "" };
    write!(
        out,
        "a day at this pace, at most: {:.0} tasks, {:.0} tokens in, {:.0} out",
        day.tasks, day.input_tokens, day.output_tokens
    )?;
    if options.price.is_some() {
        write!(out, ", {:.2} at these prices", day.price)?;
    }
    writeln!(out, "{capped}")?;
    Ok(out.flush()?)
}

pub(crate) fn apply(options: &ApplyOptions) -> Result<u8, Failure> {
    // First the answer, to its end: in a pipe with `ask plan` the task is there by then.
    let answer = answer(options.answer.as_deref())?;
    let bytes = fs::read(&options.task).map_err(|error| Failure::file("read", &options.task, &error))?;
    let task = Task::load(&bytes).map_err(|error| Failure::wrong(format!("{}: {error}", options.task.display())))?;
    let config = config(options.ask_config.as_deref())?;
    // Wrong settings are told here as everywhere.
    Asker::build(&config)?;
    let limits = config.prompt.answers;
    let verdict = judge(&task, &answer, clock::now(), &limits, &task.as_sent());
    let mut out = BufWriter::new(io::stdout().lock());
    let may_repair = options.repair && task.round < config.desk.max_repairs;
    if let (true, Verdict::Rejected(rejected)) = (may_repair, &verdict)
        && let Some(again) = repair(&task, &rejected.reasons)
    {
        save(&again, &options.task)?;
        out.write_all(again.text().as_bytes())?;
        out.flush()?;
        return Ok(AGAIN);
    }
    let mut document = json!(verdict);
    document["kind"] = json!(task.kind);
    document["task"] = json!(task.id);
    let accepted = match &verdict {
        Verdict::Accepted(accepted) => {
            if !options.redacted {
                document["value"] = task.restore_value(&accepted.value);
            }
            if let Some(format) = format_of(&task, accepted) {
                document["format"] = json!(format);
            }
            true
        }
        _ => {
            let by_rules = fallback(&task);
            document["fallback"] = match by_rules {
                Some(value) if !options.redacted => task.restore_value(&value),
                other => json!(other),
            };
            false
        }
    };
    serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(if accepted { SUCCESS } else { REFUSED })
}

fn answer(path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match path.filter(|path| *path != Path::new("-")) {
        Some(path) => {
            let file = fs::File::open(path).map_err(|error| Failure::file("read", path, &error))?;
            file.take(MAX_ANSWER).read_to_end(&mut bytes).map_err(|error| Failure::file("read", path, &error))?;
        }
        None => {
            let mut input = io::stdin().lock();
            let stdin = Path::new("standard input");
            input
                .by_ref()
                .take(MAX_ANSWER)
                .read_to_end(&mut bytes)
                .map_err(|error| Failure::file("read", stdin, &error))?;
            // Whoever writes it should not fail because nobody reads on.
            io::copy(&mut input, &mut io::sink()).map_err(|error| Failure::file("read", stdin, &error))?;
        }
    }
    Ok(bytes)
}
