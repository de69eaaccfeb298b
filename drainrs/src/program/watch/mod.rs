//! `drainrs watch`: follows a growing file and tells of every template that is born.
//!
//! One loop: read what is new, let the pipeline's time pass, tell, now and then keep the state, sleep. The file is looked at
//! every [`PAUSE`] rather than by way of the operating system's notices, which network and container file systems lack.

mod follow;
mod state;

use std::collections::VecDeque;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use self::follow::{Follower, Step};
use self::state::State;
use super::failure::Failure;
use super::options::WatchOptions;
use super::style::{Ink, Pen, columns, fit, grouped, padding};
use super::{alerts, clock, output, settings};
use crate::{Alert, Change, Event, Level, Outcome, Pipeline, TemplateId, Timestamp};

/// Between two looks at a file that does not grow.
const PAUSE: Duration = Duration::from_millis(100);
/// Events that are younger than this are of the present.
const LIVE: i64 = 3600 * crate::NANOS_PER_SECOND;
/// The exit code of a program that was interrupted twice.
const INTERRUPTED: i32 = 130;

/// A template that was born.
struct Birth {
    template: TemplateId,
    /// Where its line begins in the file.
    begin: u64,
    at: Timestamp,
    level: Level,
    service: String,
    line: u64,
    content: String,
    text: String,
    example: String,
}

/// The pipeline, and what happened in it since somebody looked.
struct Watch {
    pipeline: Pipeline,
    births: Vec<Birth>,
    alerts: Vec<Alert>,
    /// Where the lines begin that were pushed and are not part of an event yet.
    held: VecDeque<u64>,
    /// How many lines there were when the state was kept.
    kept_lines: u64,
}

#[allow(clippy::disallowed_methods, reason = "the program is a host: it has a clock")]
pub(crate) fn run(options: &WatchOptions) -> Result<(), Failure> {
    let mut settings = settings::read(&options.miner)?;
    if options.format.is_some() {
        settings.config.parse.format.clone_from(&options.format);
    }
    if options.no_detect {
        settings.config.detect = None;
    } else {
        settings.config.detect.get_or_insert_default();
    }
    let mut state = options.snapshot.as_deref().map(State::at).transpose()?;
    let restored = match &mut state {
        Some(state) => state.restore(&settings.config, options.adopt, &options.file)?,
        None => None,
    };
    let (pipeline, offset) = match restored {
        Some(restored) => {
            if restored.offset.is_none() {
                tell(&format!("{} is read from its beginning", options.file.display()));
            }
            (restored.pipeline, restored.offset)
        }
        None => (Pipeline::build(&settings.config)?, Some(0)),
    };
    let stop = signals()?;
    let (kept_lines, held) = (pipeline.counters().lines, pipeline.held_lines());
    // Where the lines begin that are held back since the last run, nobody asks any more: before all others.
    let held = std::iter::repeat_n(0, held as usize).collect();
    let mut watch = Watch { pipeline, births: Vec::new(), alerts: Vec::new(), held, kept_lines };
    if offset.is_none() {
        // The rest of the event that is held back was in another file.
        watch.end(clock::now());
    }
    let mut follower = Follower::new(options.file.clone(), offset.unwrap_or_default());
    let mut teller = Teller::new(options, watch.pipeline.miner().placeholders());
    // What the file holds now is not told of, if it is only to be learned.
    let mut learn_until = if options.learn { options.file.metadata().map_or(0, |about| about.len()) } else { 0 };
    // Whether the end of the file was reached for the first time.
    let mut arrived = false;
    let mut waiting = false;
    let mut kept = Instant::now();
    let outcome = loop {
        if stop.load(Ordering::Relaxed) {
            break Ok(());
        }
        let now = clock::now();
        let step = match follower.poll(&mut |line, offset| watch.line(line, offset, now)) {
            Ok(step) => step,
            Err(error) => break Err(Failure::file("read", &options.file, &error)),
        };
        match step {
            Step::Restarted => watch.end(now),
            _ => watch.advance(now),
        }
        if arrived {
            watch.wait(now);
        }
        watch.births.retain(|birth| birth.begin >= learn_until);
        if follower.position() <= learn_until {
            watch.alerts.clear();
        }
        if step == Step::Restarted {
            learn_until = 0;
        }
        if let Err(failure) = teller.tell(&mut watch) {
            break Err(failure);
        }
        match step {
            Step::Missing if !waiting => {
                (waiting, arrived) = (true, true);
                tell(&format!("waiting for {}", options.file.display()));
            }
            Step::Idle if !arrived && !watch.is_holding() => {
                arrived = true;
                watch.greet(&options.file);
            }
            _ => {}
        }
        if let Some(state) = &mut state
            && kept.elapsed() >= Duration::from_secs(options.snapshot_every)
            && watch.has_changed()
        {
            // A full disk is no reason to stop watching; the next attempt may succeed.
            match state.save(&watch.pipeline, &options.file, follower.position()) {
                Ok(()) => watch.kept_lines = watch.pipeline.counters().lines,
                Err(Failure::Wrong(sentence)) => tell(&sentence),
                Err(_) => {}
            }
            kept = Instant::now();
        }
        if step != Step::Read {
            thread::sleep(PAUSE);
        }
    };
    watch.end(clock::now());
    watch.births.retain(|birth| birth.begin >= learn_until);
    alerts::finish(&mut watch.pipeline, &mut watch.alerts);
    let told = teller.tell(&mut watch);
    if let Some(state) = &mut state {
        state.save(&watch.pipeline, &options.file, follower.position())?;
    }
    outcome.and(told)
}

/// A flag that is set when the program is told to end. Told twice, it ends at once.
fn signals() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)))
            .map_err(|error| Failure::wrong(format!("cannot listen for signals: {error}")))?;
    }
    Ok(stop)
}

/// A remark about the program itself; where nobody sees it, nothing is lost.
fn tell(sentence: &str) {
    let _ = writeln!(io::stderr().lock(), "drainrs: {sentence}");
}

impl Watch {
    fn line(&mut self, line: &[u8], offset: u64, now: Timestamp) {
        self.held.push_back(offset);
        let born = self.pipeline.push(line, now).and_then(|event| note(&event, &mut self.held, now));
        self.took(born);
    }

    /// Lets time pass.
    fn advance(&mut self, now: Timestamp) {
        let born = self.pipeline.advance(now).and_then(|event| note(&event, &mut self.held, now));
        self.took(born);
    }

    /// Lets the time of the events pass, if they are of the present: what stopped is missed. The time of an old log does not
    /// pass.
    fn wait(&mut self, now: Timestamp) {
        if let Some(detector) = self.pipeline.detector_mut()
            && detector.latest().is_some_and(|latest| now.since(latest).abs() < LIVE)
        {
            detector.advance(now);
        }
        alerts::take(&mut self.pipeline, &mut self.alerts);
    }

    /// Nothing more comes from this file.
    fn end(&mut self, now: Timestamp) {
        let born = self.pipeline.finish(now).and_then(|event| note(&event, &mut self.held, now));
        self.took(born);
        self.held.clear();
    }

    fn has_changed(&self) -> bool {
        self.pipeline.counters().lines != self.kept_lines
    }

    fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    fn took(&mut self, born: Option<Birth>) {
        // The lineage is for stores of rows, of which there is none here.
        while self.pipeline.miner_mut().poll_lineage().is_some() {}
        alerts::take(&mut self.pipeline, &mut self.alerts);
        let Some(mut birth) = born else { return };
        if let Some(view) = self.pipeline.miner().template(birth.template) {
            birth.text = view.text;
            birth.content = view.content_id.to_string();
        }
        self.births.push(birth);
    }

    /// Says on a terminal that all is well although nothing happens.
    fn greet(&self, file: &Path) {
        if !io::stderr().is_terminal() {
            return;
        }
        let (templates, lines) = (self.pipeline.miner().len(), self.pipeline.counters().lines);
        let templates = grouped(templates as u64);
        tell(&format!("{templates} templates, {} lines so far; watching {}", grouped(lines), file.display()));
    }
}

/// Takes from an event what a birth shows, if it is one.
fn note(event: &Event<'_>, held: &mut VecDeque<u64>, now: Timestamp) -> Option<Birth> {
    let begin = held.front().copied().unwrap_or_default();
    held.drain(..held.len().min(event.lines as usize));
    let Outcome::Mined(hit) = &event.outcome else { return None };
    (hit.change == Change::Created).then(|| Birth {
        template: hit.template,
        begin,
        at: event.record.at.unwrap_or(now),
        level: event.record.level,
        service: String::from_utf8_lossy(event.record.service.unwrap_or_default()).into_owned(),
        line: event.first_line + 1,
        content: String::new(),
        text: String::new(),
        example: String::from_utf8_lossy(event.mined).into_owned(),
    })
}

/// Writes births: a line each.
struct Teller {
    out: BufWriter<io::Stdout>,
    pen: Pen,
    json: bool,
    least: Level,
    alerts_only: bool,
}

/// The columns of a time and of a level.
const TIME: usize = 19;
const LEVEL: usize = 8;

impl Teller {
    fn new(options: &WatchOptions, placeholders: &crate::Placeholders) -> Teller {
        Teller {
            out: BufWriter::new(io::stdout()),
            pen: Pen::new(output::coloured(), placeholders),
            json: options.json,
            least: options.level.unwrap_or_default(),
            alerts_only: options.alerts_only,
        }
    }

    /// Tells of births that are severe enough, and of alerts.
    fn tell(&mut self, watch: &mut Watch) -> Result<(), Failure> {
        for birth in watch.births.drain(..) {
            if birth.level < self.least || self.alerts_only {
                continue;
            }
            if self.json { self.document(&birth)? } else { self.line(&birth)? }
        }
        for alert in watch.alerts.drain(..) {
            // A birth is told already.
            if !self.alerts_only && alert.score.unverified {
                continue;
            }
            if self.json {
                alerts::Document::of(&alert).write(&mut self.out)?;
            } else {
                let mut text = String::new();
                alerts::draw(&alert, &self.pen, "", output::width(), &mut text);
                self.out.write_all(text.as_bytes())?;
            }
        }
        Ok(self.out.flush()?)
    }

    fn line(&mut self, birth: &Birth) -> io::Result<()> {
        let pen = &self.pen;
        let mut text = String::new();
        let at = output::moment(birth.at);
        pen.put(&mut text, Ink::Dim, &at);
        text.push_str(&padding(&at, TIME + 2));
        let level = if birth.level == Level::Unknown { "-" } else { birth.level.name() };
        pen.put(&mut text, Ink::of_level(birth.level), level);
        text.push_str(&padding(level, LEVEL + 2));
        let mut used = TIME + 2 + LEVEL + 2;
        if !birth.service.is_empty() {
            let service = fit(&birth.service, 24);
            pen.put(&mut text, Ink::Dim, &service);
            text.push_str("  ");
            used += columns(&service) + 2;
        }
        pen.put_template(&mut text, &birth.text, output::width().saturating_sub(used));
        text.push('\n');
        self.out.write_all(text.as_bytes())
    }

    /// `{"at":...,"level":...,"service":...,"template_id":...,"content_id":...,"template":...,"line":...,"example":...}`
    fn document(&mut self, birth: &Birth) -> io::Result<()> {
        let out = &mut self.out;
        write!(out, "{{\"at\":\"{}\",\"level\":\"{}\",\"service\":", birth.at, birth.level.name())?;
        if birth.service.is_empty() {
            out.write_all(b"null")?;
        } else {
            output::json_text(out, birth.service.as_bytes())?;
        }
        write!(out, ",\"template_id\":{},\"content_id\":\"{}\",\"template\":", birth.template, birth.content)?;
        output::json_text(out, birth.text.as_bytes())?;
        write!(out, ",\"line\":{},\"example\":", birth.line)?;
        output::json_text(out, birth.example.as_bytes())?;
        out.write_all(b"}\n")
    }
}
