//! `drainrs report`: what a log consists of.
//!
//! The input runs through the pipeline once and is counted by template ([`gather`]); what was unusual is looked at across
//! services ([`together`]); what comes out is plain data ([`findings`]), drawn on a terminal ([`terminal`]) or written as JSON.
//! [`report_of`] does it for the command line and for other programs ([`request`]).

mod axis;
mod findings;
mod gather;
mod request;
mod terminal;
pub(crate) mod together;

use std::io::{self, BufWriter, Write};
use std::time::Instant;

use serde::{Serialize, Serializer};
use serde_json::Value;

use self::findings::{Findings, Read, Selection};
use self::gather::Gather;
pub use self::request::{ReportError, ReportRequest, Source};
use self::terminal::Page;
use self::together::Together;
use super::failure::Failure;
use super::input::Input;
use super::lines::Lines;
use super::options::ReportOptions;
use super::style::Pen;
use super::{alerts, output, settings};
use crate::{Alert, Pipeline, Timestamp};

/// How many templates the text shows unless told.
const TOP: usize = 20;
/// How many bytes are read between two questions whether to go on: a few milliseconds of work. A line costs something however
/// short it is.
const MAX_WORK: usize = 1 << 20;
const LINE_WORK: usize = 128;

pub(crate) fn run(options: &ReportOptions) -> Result<(), Failure> {
    let mut request = ReportRequest {
        level: options.level.unwrap_or_default(),
        top: options.top,
        service: options.service.clone(),
        detect: !options.no_detect,
        config: settings::read(&options.miner)?.config,
        ..ReportRequest::default()
    };
    if options.format.is_some() {
        request.config.parse.format.clone_from(&options.format);
    }
    if let Some(path) = &options.topology {
        request.topology = together::read_topology(path)?;
    }
    let (inputs, remark) = inputs(options);
    let report = report_of(inputs.into_iter().map(|input| Source::of(input, true)), &request)?;
    let mut out = BufWriter::new(io::stdout().lock());
    if options.json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    } else {
        out.write_all(report.page(output::coloured(), output::width(), remark).as_bytes())?;
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

/// Reads logs, in the order of their times, and reports on all of them together, as `drainrs report` does.
///
/// ```
/// use drainrs::program::{ReportRequest, Source, report_of};
///
/// let log = "10:00:01 INFO user 17 logged in\n10:00:02 INFO user 23 logged in\n";
/// let report = report_of([Source::reader("app.log", Box::new(log.as_bytes()))], &ReportRequest::default())?;
/// assert_eq!(report.document()["templates"][0]["template"], "user <NUM> logged in");
/// assert!(report.text(Some(100)).contains("user <NUM> logged in"));
/// # Ok::<(), drainrs::program::ReportError>(())
/// ```
///
/// # Errors
///
/// If settings are wrong, which is told before anything is read, or if a source cannot be read to its end.
pub fn report_of(sources: impl IntoIterator<Item = Source>, request: &ReportRequest) -> Result<Report, ReportError> {
    report_while(sources, request, || true)
}

/// As [`report_of`], for hosts whose users may change their minds: asks every few thousand lines whether to go on.
///
/// # Errors
///
/// Those of [`report_of`], and [`ReportError::Stopped`] once the answer is no.
#[allow(clippy::disallowed_methods, reason = "the program is a host: it has a clock")]
pub fn report_while(
    sources: impl IntoIterator<Item = Source>,
    request: &ReportRequest,
    mut go_on: impl FnMut() -> bool,
) -> Result<Report, ReportError> {
    let begun = Instant::now();
    let mut config = request.config.clone();
    if request.detect {
        config.detect.get_or_insert_default();
    } else {
        config.detect = None;
    }
    let mut pipeline = Pipeline::build(&config)?;
    let correlator = together::correlator(&request.topology)?;
    let mut told = Vec::new();
    let mut gather = Gather::new(request.service.as_deref());
    let (mut names, mut bytes) = (Vec::new(), 0);
    for source in sources {
        let (name, now) = (source.name().to_owned(), source.present());
        let counted = source.open().and_then(|(mut lines, _bar)| {
            let whole = read(&mut lines, &mut pipeline, &mut gather, &mut told, now, &mut go_on)?;
            Ok(whole.then(|| lines.bytes_unpacked()))
        });
        match counted {
            Ok(Some(counted)) => bytes += counted,
            Ok(None) => return Err(ReportError::Stopped),
            Err(error) => return Err(ReportError::Read { name, error }),
        }
        names.push(name);
    }
    alerts::finish(&mut pipeline, &mut told);
    gather.follow(pipeline.miner_mut());
    gather.forget_evicted(pipeline.miner());
    let together = together::find(&told, &pipeline, correlator);
    let read = Read { names, bytes, elapsed: begun.elapsed() };
    let ReportRequest { level, top, cells, .. } = *request;
    let whole = Selection { level, top: top.unwrap_or(usize::MAX), cells };
    let page = Selection { level, top: top.unwrap_or(TOP), cells: terminal::CELLS };
    Ok(Report { pipeline, gather, told, together, read, whole, page })
}

/// What logs consist of, as [`report_of`] found it. Serialized it is the document of `drainrs report --json`, with its fields in
/// their order.
#[derive(Debug)]
pub struct Report {
    pipeline: Pipeline,
    gather: Gather,
    told: Vec<Alert>,
    together: Vec<Together>,
    read: Read,
    /// What the document shows, and what the text.
    whole: Selection,
    page: Selection,
}

impl Report {
    /// The document of `drainrs report --json`.
    pub fn document(&self) -> Value {
        // Its keys are texts, and a number that JSON does not know becomes null: it cannot fail.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The text that `drainrs report` shows, without colours, laid out for so many columns: long names, templates and reasons are
    /// cut to fit. Without a width none is.
    pub fn text(&self, width: Option<usize>) -> String {
        self.page(false, width.map_or(output::UNCUT, |width| width.min(output::UNCUT)), None)
    }

    fn page(&self, coloured: bool, width: usize, remark: Option<&str>) -> String {
        let pen = Pen::new(coloured, self.pipeline.miner().placeholders());
        Page { pen: &pen, width, remark }.draw(&self.findings(&self.page), &self.told)
    }

    fn findings(&self, selection: &Selection) -> Findings<'_> {
        Findings::new(&self.gather, &self.pipeline, &self.read, &self.told, &self.together, selection)
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.findings(&self.whole).serialize(serializer)
    }
}

/// Reads to the end, unless it is told to stop before; false then.
fn read(
    lines: &mut Lines,
    pipeline: &mut Pipeline,
    gather: &mut Gather,
    told: &mut Vec<Alert>,
    now: Timestamp,
    go_on: &mut dyn FnMut() -> bool,
) -> io::Result<bool> {
    let mut work = 0;
    while let Some(line) = lines.next_line()? {
        work += line.len() + LINE_WORK;
        if work >= MAX_WORK {
            work = 0;
            if !go_on() {
                return Ok(false);
            }
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if pipeline.push(line, now).is_some_and(|event| gather.take(&event)) {
            gather.follow(pipeline.miner_mut());
        }
        alerts::take(pipeline, told);
    }
    if pipeline.finish(now).is_some_and(|event| gather.take(&event)) {
        gather.follow(pipeline.miner_mut());
    }
    Ok(true)
}
