//! The pipeline and the baseline that is learned by one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use drainrs::baseline::{Baseline as BaselineMachine, CompareConfig, compare as compare_machines};
use drainrs::{Outcome, Pipeline as Machine, PipelineConfig, TemplateId, Timestamp};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::convert::{plain, read, settings, settings_with, shaped, shown_time, time_or_now, word};
use crate::error::OrRaise;
use crate::lines::{bytes_of, feed};
use crate::miner::{CHANGES, Hit, Locked, class_words, level_words, locked, on_other, templates_of};
use crate::table::{Column, Table, Texts, Values};

/// A log event: a line, or several that belong together, with what its header says and the template of its message.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Event {
    /// The number of its first line in the stream, from 0.
    #[pyo3(get)]
    first_line: u64,
    /// How many lines it has.
    #[pyo3(get)]
    lines: u32,
    /// Whether it was longer than the limits, so that its text is cut.
    #[pyo3(get)]
    truncated: bool,
    /// Its lines as they came, with newlines between them.
    #[pyo3(get)]
    text: String,
    at: Option<Timestamp>,
    /// Its level, `"unknown"` if nothing tells it.
    #[pyo3(get)]
    level: &'static str,
    /// Whose it is, by its header; `None` if that does not say.
    #[pyo3(get)]
    service: Option<String>,
    /// Its text without the header.
    #[pyo3(get)]
    message: String,
    /// What was mined: the message's first line, with the cause that a stack trace names.
    #[pyo3(get)]
    mined: String,
    /// Its template and values; `None` if it was skipped.
    #[pyo3(get)]
    hit: Option<Py<Hit>>,
    /// Why it was not mined: `"below_level"` or `"surge"`; `None` if it was.
    #[pyo3(get)]
    skipped: Option<String>,
}

impl Event {
    pub(crate) fn of(py: Python<'_>, event: &drainrs::Event<'_>, words: &Arc<Vec<String>>) -> PyResult<Event> {
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (hit, skipped) = match &event.outcome {
            Outcome::Mined(hit) => {
                let line = PyBytes::new(py, event.mined);
                (Some(Py::new(py, Hit::of(hit, line.as_any(), words))?), None)
            }
            Outcome::Skipped(reason) => (None, Some(plain(py, reason)?.extract()?)),
            _ => (None, None),
        };
        Ok(Event {
            first_line: event.first_line,
            lines: event.lines,
            truncated: event.truncated,
            text: lossy(event.text),
            at: event.record.at,
            level: event.record.level.name(),
            service: event.record.service.map(lossy),
            message: lossy(event.record.message),
            mined: lossy(event.mined),
            hit,
            skipped,
        })
    }
}

#[pymethods]
impl Event {
    /// When it happened, by its header; `None` if that does not say.
    #[getter]
    fn at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.at.map(|at| shown_time(py, at)).transpose()
    }

    /// The number of its template; `None` if it was skipped.
    #[getter]
    fn template(&self) -> Option<u64> {
        self.hit.as_ref().map(|hit| hit.get().template)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let at = self.at.map_or("None".to_owned(), |at| at.to_string());
        let message = pyo3::types::PyString::new(py, &self.message).repr()?;
        let template = self.template().map_or("None".to_owned(), |template| template.to_string());
        Ok(format!("Event(at={at}, level={:?}, template={template}, message={message})", self.level))
    }
}

/// The most services that a batch names apart.
const MAX_SERVICES: usize = 4096;

/// The columns of a batch of events.
#[derive(Debug)]
pub(crate) struct Events {
    first_lines: Vec<u64>,
    lines: Vec<u32>,
    at: Vec<Option<Timestamp>>,
    levels: Vec<i32>,
    services: Vec<i32>,
    service_places: BTreeMap<Vec<u8>, i32>,
    service_names: Texts,
    templates: Vec<Option<TemplateId>>,
    changes: Vec<i32>,
    messages: Option<Texts>,
    parameters: Option<(Vec<i64>, Texts, Vec<i32>)>,
}

impl Events {
    pub(crate) fn new(with_messages: bool, with_parameters: bool) -> Events {
        Events {
            first_lines: Vec::new(),
            lines: Vec::new(),
            at: Vec::new(),
            levels: Vec::new(),
            services: Vec::new(),
            service_places: BTreeMap::new(),
            service_names: Texts::default(),
            templates: Vec::new(),
            changes: Vec::new(),
            messages: with_messages.then(Texts::default),
            parameters: with_parameters.then(|| (vec![0], Texts::default(), Vec::new())),
        }
    }

    pub(crate) fn push(&mut self, event: &drainrs::Event<'_>) {
        self.first_lines.push(event.first_line);
        self.lines.push(event.lines);
        self.at.push(event.record.at);
        self.levels.push(event.record.level as i32);
        let service = event.record.service.map_or(-1, |service| self.service(service));
        self.services.push(service);
        self.templates.push(event.outcome.template());
        self.changes.push(event.outcome.change().map_or(-1, |change| change as i32));
        if let Some(messages) = &mut self.messages {
            messages.push(event.record.message);
        }
        if let Some((ends, values, classes)) = &mut self.parameters {
            if let Outcome::Mined(hit) = &event.outcome {
                for parameter in hit.parameters() {
                    values.push(parameter.span.of(event.mined));
                    classes.push(i32::from(parameter.class.index()));
                }
            }
            ends.push(values.len() as i64);
        }
    }

    /// The place of a service among those of this batch; those beyond the limit are called `(other)`.
    fn service(&mut self, name: &[u8]) -> i32 {
        if let Some(place) = self.service_places.get(name) {
            return *place;
        }
        let place = self.service_names.len();
        if place < MAX_SERVICES {
            self.service_places.insert(name.to_vec(), place as i32);
            self.service_names.push(name);
            return place as i32;
        }
        if place == MAX_SERVICES {
            self.service_names.push(b"(other)");
        }
        MAX_SERVICES as i32
    }

    pub(crate) fn table(self, words: &[String]) -> Table {
        let nanos = self.at.iter().map(|at| at.map_or(i64::MIN, Timestamp::as_nanos)).collect();
        let templates = self.templates.iter().map(|template| template.map_or(0, |template| template.0)).collect();
        let mut columns = vec![
            Column::new("first_line", Values::U64(self.first_lines)),
            Column::new("lines", Values::U32(self.lines)),
            Column::new("at", Values::Time(nanos)).without(|row| self.at[row].is_none()),
            Column::new("level", Values::Words(self.levels, level_words())),
            Column::new("service", Values::Words(self.services, self.service_names)),
            Column::new("template", Values::U64(templates)).without(|row| self.templates[row].is_none()),
            Column::new("change", Values::Words(self.changes, CHANGES.into_iter().collect())),
        ];
        if let Some(messages) = self.messages {
            columns.push(Column::new("message", Values::Text(messages)));
        }
        if let Some((ends, values, classes)) = self.parameters {
            columns.push(Column::new("values", Values::TextLists(ends.clone(), values)));
            columns.push(Column::new("classes", Values::WordLists(ends, classes, words.iter().collect())));
        }
        Table::new(columns)
    }
}

/// Raw lines in, events out: joins the lines of an event, reads its header, mines its message. With `detect` it also
/// judges what it sees, and tells alerts.
///
/// `Pipeline(config)` takes a `PipelineConfig` or a mapping; options go before it, with or without their stage
/// (`Pipeline(min_level="warn")`), and `detect=True` takes the default detector. Wrong settings are a `ConfigError`, a
/// `PatternError` or a `LimitError`. Lines never cause errors. `now`, the time at which lines arrive, fills in years
/// and ends waiting; without it the clock is asked. One pipeline serves one source: threads may share it, streams
/// should not.
///
///     >>> import drainrs
///     >>> pipeline = drainrs.Pipeline()
///     >>> for line in ["2031-02-03 04:05:06 ERROR it broke", "java.io.IOException: closed", "\tat a.b.C.d(C.java:7)"]:
///     ...     assert pipeline.push(line) is None
///     >>> event = pipeline.push("2031-02-03 04:05:07 INFO next")
///     >>> event.lines, event.level, str(event.at), event.mined
///     (3, 'error', '2031-02-03T04:05:06Z', 'it broke | java.io.IOException: closed')
///
/// With a detector:
///
///     >>> import drainrs
///     >>> pipeline = drainrs.Pipeline(detect=True)
///     >>> events = pipeline.push_batch(drainrs.sample_log(), "2026-03-12T20:00:00Z", finish=True)
///     >>> pipeline.alerts()[0].score.reason[:30]
///     'never seen before; one event i'
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) machine: Locked<Machine>,
    pub(crate) config: PipelineConfig,
    pub(crate) words: Arc<Vec<String>>,
    told: Locked<Told>,
}

/// Alerts of batches that nobody has taken yet: the oldest makes room.
#[derive(Debug, Default)]
struct Told {
    alerts: VecDeque<drainrs::Alert>,
    dropped: u64,
}

/// The most alerts that wait.
const MAX_TOLD: usize = 1 << 16;

impl Told {
    fn push(&mut self, alert: drainrs::Alert) {
        if self.alerts.len() >= MAX_TOLD {
            self.alerts.pop_front();
            self.dropped += 1;
        }
        self.alerts.push_back(alert);
    }
}

impl Pipeline {
    pub(crate) fn around(machine: Machine, config: PipelineConfig) -> Pipeline {
        let words = class_words(machine.miner().placeholders());
        Pipeline { machine: Locked::new(machine), config, words, told: Locked::default() }
    }

    /// The alerts that wait: those of batches, then the detector's own.
    fn take_alerts(&self, py: Python<'_>, most: usize) -> PyResult<Vec<drainrs::Alert>> {
        let mut machine = locked(py, &self.machine)?;
        let mut told = locked(py, &self.told)?;
        let next = || told.alerts.pop_front().or_else(|| machine.poll_alert());
        Ok(std::iter::from_fn(next).take(most).collect())
    }
}

/// Alerts as `drainrs.Alerts`.
pub(crate) fn alerts_of<'py>(py: Python<'py>, found: &[drainrs::Alert]) -> PyResult<Bound<'py, PyAny>> {
    let list = PyList::empty(py);
    for alert in found {
        list.append(shaped(py, "Alert", alert)?)?;
    }
    py.import("drainrs.frames")?.getattr("Alerts")?.call1((list,))
}

/// A detector is asked of a pipeline that has none.
fn no_detector() -> PyErr {
    PyValueError::new_err(
        "this pipeline has no detector: build it with detect=True, or with a `detect` part in its settings",
    )
}

#[pymethods]
impl Pipeline {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Pipeline> {
        let config: PipelineConfig = settings_with(py, "PipelineConfig", config, options)?;
        let machine = Machine::build(&config).or_raise(py)?;
        Ok(Pipeline::around(machine, config))
    }

    /// Takes a line that arrives at `now`, and gives the event that it completes, the one before it; `None` if there is
    /// none.
    #[pyo3(signature = (line, now = None))]
    fn push(&self, py: Python<'_>, line: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Event>> {
        let now = time_or_now(py, now)?;
        let line = bytes_of(line)?;
        let mut machine = locked(py, &self.machine)?;
        machine.push(&line, now).map(|event| Event::of(py, &event, &self.words)).transpose()
    }

    /// Takes many lines that arrive at `now`, as `Miner.insert_batch` takes them; a row per completed event. Missing
    /// values are no lines. `finish` ends the stream: what is held back is given, too, and the detector's windows are
    /// closed. With `messages` there is a column of the messages, with `parameters` there are `values` and `classes`.
    /// Alerts wait for `alerts()`, at most 65,536 of them: then the oldest makes room.
    #[pyo3(signature = (lines, now = None, *, finish = false, messages = false, parameters = false, progress = None))]
    #[allow(clippy::too_many_arguments, reason = "keywords, in Python")]
    fn push_batch<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        finish: bool,
        messages: bool,
        parameters: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let now = time_or_now(py, now)?;
        let mut events = Events::new(messages, parameters);
        feed(py, lines, progress, |rows| {
            let mut machine = self.machine.detached()?;
            let mut told = self.told.detached()?;
            for line in rows.flatten() {
                if let Some(event) = machine.push(line, now) {
                    events.push(&event);
                    while let Some(alert) = machine.poll_alert() {
                        told.push(alert);
                    }
                }
            }
            Ok(())
        })?;
        if finish {
            let mut machine = locked(py, &self.machine)?;
            while let Some(event) = machine.finish(now) {
                events.push(&event);
            }
            if let Some(detector) = machine.detector_mut() {
                detector.finish();
            }
        }
        events.table(&self.words).framed(py, "EventColumns")
    }

    /// Lets time pass without lines: gives the event that waited long enough for a continuation, or `None`.
    #[pyo3(signature = (now = None))]
    fn advance(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Event>> {
        let now = time_or_now(py, now)?;
        let mut machine = locked(py, &self.machine)?;
        machine.advance(now).map(|event| Event::of(py, &event, &self.words)).transpose()
    }

    /// Gives the event that is held back, at the end of the stream, or `None`. Ask until there is none.
    #[pyo3(signature = (now = None))]
    fn finish(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Event>> {
        let now = time_or_now(py, now)?;
        let mut machine = locked(py, &self.machine)?;
        machine.finish(now).map(|event| Event::of(py, &event, &self.words)).transpose()
    }

    /// Closes the last windows of the detector, at the end of a stream; `push_batch(..., finish=True)` does it. A
    /// `ValueError` without a detector.
    fn finish_detector(&self, py: Python<'_>) -> PyResult<()> {
        let mut machine = locked(py, &self.machine)?;
        machine.detector_mut().ok_or_else(no_detector)?.finish();
        Ok(())
    }

    /// Lets the detector's time, which is that of the events, pass without events, so that silence is noticed. A
    /// `ValueError` without a detector.
    #[pyo3(signature = (now))]
    fn advance_detector(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = crate::convert::time(now)?;
        let mut machine = locked(py, &self.machine)?;
        machine.detector_mut().ok_or_else(no_detector)?.advance(now);
        Ok(())
    }

    /// When `advance` has something to do if no line comes before; `None`: never.
    #[getter]
    fn next_deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.next_deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    /// Takes the oldest alert that waits; `None` if there is none.
    fn poll_alert<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let alert = self.take_alerts(py, 1)?.pop();
        alert.map(|alert| shaped(py, "Alert", &alert)).transpose()
    }

    /// Takes all alerts that wait, in the order in which they were told.
    fn alerts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let alerts = self.take_alerts(py, usize::MAX)?;
        alerts_of(py, &alerts)
    }

    /// How many alerts of batches made room because nobody took them in time.
    #[getter]
    fn alerts_dropped(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.told)?.dropped)
    }

    /// Takes the oldest score that waits; `None` if there is none. They wait where `detect.max_scores` is above 0. A
    /// `ValueError` without a detector.
    fn poll_score<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut machine = locked(py, &self.machine)?;
        let score = machine.detector_mut().ok_or_else(no_detector)?.poll_score();
        drop(machine);
        score.map(|score| shaped(py, "Score", &score)).transpose()
    }

    /// Takes the numbers of the oldest window that wait; `None` if there are none. They wait where `detect.max_metrics`
    /// is above 0. A `ValueError` without a detector.
    fn poll_metrics<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut machine = locked(py, &self.machine)?;
        let metrics = machine.detector_mut().ok_or_else(no_detector)?.poll_metrics();
        drop(machine);
        metrics.map(|metrics| shaped(py, "Metrics", &metrics)).transpose()
    }

    /// Takes a template, as new as it is, for usual from now on. A `ValueError` without a detector.
    fn accept(&self, py: Python<'_>, template: u64) -> PyResult<()> {
        let mut machine = locked(py, &self.machine)?;
        let battery = machine.detector_mut().ok_or_else(no_detector)?.battery_mut();
        if let Some(novelty) = battery.novelty_mut() {
            novelty.accept(TemplateId(template));
        }
        if let Some(centroid) = battery.centroid_mut() {
            centroid.accept(TemplateId(template));
        }
        Ok(())
    }

    /// Adds a scorer written in Python: an object with a `name` and `close(window, counts)`, which is called with each
    /// window that is over and its counts by (service, template), and gives `Score`s, dicts of their fields, or `None`;
    /// it may have `advance(now)`, too. What it raises is reported as unraisable and says nothing; it cannot use
    /// drainrs objects itself (`RuntimeError`). Its state is not part of snapshots. A `ValueError` without a detector.
    fn add_scorer(&self, py: Python<'_>, scorer: &Bound<'_, PyAny>) -> PyResult<()> {
        let guest = crate::score::Guest::of(scorer)?;
        locked(py, &self.machine)?.detector_mut().ok_or_else(no_detector)?.add_scorer(Box::new(guest));
        Ok(())
    }

    /// Lets the scorers learn and be silent (`"learn"`), judge and learn nothing (`"detect"`), or do both
    /// (`"adaptive"`). A `ValueError` for another word, and without a detector.
    fn set_mode(&self, py: Python<'_>, mode: &str) -> PyResult<()> {
        let mode = word("mode", mode)?;
        locked(py, &self.machine)?.detector_mut().ok_or_else(no_detector)?.set_mode(mode);
        Ok(())
    }

    /// The name of a service by its number in scores; `None` for events that name none. A `ValueError` without a
    /// detector.
    fn service_name(&self, py: Python<'_>, service: u32) -> PyResult<Option<String>> {
        let machine = locked(py, &self.machine)?;
        let detector = machine.detector().ok_or_else(no_detector)?;
        Ok(detector.service_name(drainrs::ServiceId(service)).map(std::borrow::Cow::into_owned))
    }

    /// What the detector counted. A `ValueError` without a detector.
    fn detect_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let machine = locked(py, &self.machine)?;
        let counters = machine.detector().ok_or_else(no_detector)?.counters();
        shaped(py, "DetectCounters", &counters)
    }

    /// All templates, by number; see `Miner.templates`.
    fn templates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        templates_of(py, locked(py, &self.machine)?.miner())
    }

    /// A template by its number; `None` if there is none.
    fn template<'py>(&self, py: Python<'py>, id: u64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        machine.miner().template(TemplateId(id)).map(|view| shaped(py, "Template", &view)).transpose()
    }

    /// Gives the miner a template by its text; see `Miner.seed`.
    fn seed(&self, py: Python<'_>, text: &str) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.miner_mut().seed(text).0)
    }

    /// Why a message goes to its template; see `Miner.explain`.
    fn explain<'py>(&self, py: Python<'py>, message: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let message = bytes_of(message)?;
        let explanation = locked(py, &self.machine)?.miner().explain(&message);
        shaped(py, "Explanation", &explanation)
    }

    /// Takes the oldest change of identity that waits; see `Miner.poll_lineage`.
    fn poll_lineage<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let lineage = locked(py, &self.machine)?.miner_mut().poll_lineage();
        lineage.map(|lineage| shaped(py, "Lineage", &lineage)).transpose()
    }

    /// Adds a header format, which is tried after those of the settings; what the stream's lines look like is found out
    /// anew. A wrong pattern is a `PatternError`.
    fn add_format(&self, py: Python<'_>, format: &Bound<'_, PyAny>) -> PyResult<()> {
        let format = read(format)?;
        locked(py, &self.machine)?.add_format(&format).or_raise(py)
    }

    /// Takes a format of the user's away, by its name; `False` if there is none, or if it is the only one expected.
    fn remove_format(&self, py: Python<'_>, name: &str) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.remove_format(name))
    }

    /// The names of the header formats that were detected or set, the most specific first; none until enough lines were
    /// seen.
    fn detected_formats(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        Ok(locked(py, &self.machine)?.parser().detected().map(str::to_owned).collect())
    }

    /// What was counted: lines, events, cut ones, skipped ones.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "PipelineCounters", &counters)
    }

    /// The miner in numbers; see `Miner.stats`.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let stats = locked(py, &self.machine)?.miner().stats();
        shaped(py, "MinerStats", &stats)
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "PipelineConfig", &self.config)
    }

    /// The state as bytes: templates, counters, what the detector learned. What is held back is not part of it: call
    /// `finish` before.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = locked(py, &self.machine)?.snapshot().or_raise(py)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// A pipeline that goes on where a snapshot was taken. Settings and errors as for `Miner.restore`; `adopt` takes
    /// the settings of the snapshot where they differ.
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None, *, adopt = false))]
    fn restore(py: Python<'_>, snapshot: &[u8], config: Option<&Bound<'_, PyAny>>, adopt: bool) -> PyResult<Pipeline> {
        let config: PipelineConfig = settings(config)?;
        let machine = Machine::restore(snapshot, &config, on_other(adopt)).or_raise(py)?;
        Ok(Pipeline::around(machine, config))
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Pipeline> {
        let snapshot = locked(py, &self.machine)?.snapshot().or_raise(py)?;
        let machine = Machine::restore(&snapshot, &self.config, on_other(true)).or_raise(py)?;
        Ok(Pipeline::around(machine, self.config.clone()))
    }

    fn __deepcopy__(&self, py: Python<'_>, memo: &Bound<'_, PyAny>) -> PyResult<Pipeline> {
        let _ = memo; // nothing inside is Python's
        self.__copy__(py)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, pipeline) = (slf.py(), slf.get());
        let restore = slf.get_type().getattr("restore")?;
        let config = plain(py, &pipeline.config)?;
        Ok((restore, PyTuple::new(py, [pipeline.snapshot(py)?.into_any(), config])?))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.miner().len())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let machine = locked(py, &self.machine)?;
        let counters = machine.counters();
        let templates = machine.miner().len();
        Ok(format!("<drainrs.Pipeline: {templates} templates of {} events, {} lines>", counters.events, counters.lines))
    }

    fn _repr_html_<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.templates(py)?.call_method0("_repr_html_")
    }
}

/// What is usual, learned from logs that are known to be good, to judge other logs by.
///
/// Settings are those of a `Pipeline`; without a `detect` part they get the default one. Can be pickled.
///
///     >>> import drainrs
///     >>> log = drainrs.sample_log()
///     >>> baseline = drainrs.Baseline()
///     >>> baseline.push_batch(log[:1000])
///     1000
///     >>> baseline.finish()
///     >>> judge = baseline.into_judge()
///     >>> _ = judge.push_batch(log[1000:], finish=True)
///     >>> "new_template" in [alert.score.kind for alert in judge.alerts()]
///     True
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Baseline {
    machine: Locked<BaselineMachine>,
    config: PipelineConfig,
}

#[pymethods]
impl Baseline {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Baseline> {
        let config: PipelineConfig = settings_with(py, "PipelineConfig", config, options)?;
        let machine = BaselineMachine::build(&config).or_raise(py)?;
        Ok(Baseline { machine: Locked::new(machine), config })
    }

    /// Learns from a raw line that arrives at `now`.
    #[pyo3(signature = (line, now = None))]
    fn push(&self, py: Python<'_>, line: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let now = time_or_now(py, now)?;
        locked(py, &self.machine)?.push(&bytes_of(line)?, now);
        Ok(())
    }

    /// Learns from many raw lines, as `Miner.insert_batch` takes them; gives how many there were.
    #[pyo3(signature = (lines, now = None, *, progress = None))]
    fn push_batch(
        &self,
        py: Python<'_>,
        lines: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<u64> {
        let now = time_or_now(py, now)?;
        let fed = feed(py, lines, progress, |rows| {
            let mut machine = self.machine.detached()?;
            rows.flatten().for_each(|line| machine.push(line, now));
            Ok(())
        })?;
        Ok(fed.rows - fed.nulls)
    }

    /// Takes in what is held back, at the end of a log. Others may follow.
    #[pyo3(signature = (now = None))]
    fn finish(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let now = time_or_now(py, now)?;
        locked(py, &self.machine)?.finish(now);
        Ok(())
    }

    /// The baseline as bytes: versioned, checksummed, the same for the same state.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = locked(py, &self.machine)?.save().or_raise(py)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// A baseline that was saved, with the settings it was learned under. Raises `SnapshotError` and
    /// `SnapshotVersionError`.
    #[staticmethod]
    fn load(py: Python<'_>, saved: &[u8]) -> PyResult<Baseline> {
        let machine = BaselineMachine::load(saved).or_raise(py)?;
        Ok(Baseline { machine: Locked::new(machine), config: PipelineConfig::default() })
    }

    /// A pipeline that judges logs by this baseline and learns nothing new. The baseline stays as it is, and may make
    /// others.
    #[allow(clippy::wrong_self_convention, reason = "its name in the library; a Python object cannot be used up")]
    fn into_judge(&self, py: Python<'_>) -> PyResult<Pipeline> {
        let saved = locked(py, &self.machine)?.save().or_raise(py)?;
        let judge = BaselineMachine::load(&saved).or_raise(py)?.into_judge();
        let mut config = self.config.clone();
        config.detect.get_or_insert_default().score.mode = drainrs::score::Mode::Detect;
        Ok(Pipeline::around(judge, config))
    }

    /// The templates that are usual, by number.
    fn templates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        templates_of(py, locked(py, &self.machine)?.pipeline().miner())
    }

    /// How many lines and events were learned from.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.pipeline().counters();
        shaped(py, "PipelineCounters", &counters)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        Ok((slf.get_type().getattr("load")?, PyTuple::new(py, [slf.get().save(py)?])?))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let machine = locked(py, &self.machine)?;
        let events = machine.pipeline().counters().events;
        Ok(format!("<drainrs.Baseline: {} templates of {events} events>", machine.pipeline().miner().len()))
    }
}

/// How two baselines differ: templates that are new, gone, more frequent, rarer, or have other values; the most
/// important first. Rates are compared as shares of all events, so logs need not be of one length. `config` is a
/// `CompareConfig`.
///
///     >>> import drainrs
///     >>> before, after = drainrs.Baseline(), drainrs.Baseline()
///     >>> for baseline, lines in [(before, ["link up"] * 9), (after, ["link up"] * 9 + ["disk sda is full"])]:
///     ...     _ = baseline.push_batch(lines)
///     ...     baseline.finish()
///     >>> [standing.template for standing in drainrs.compare(before, after).new]
///     ['disk sda is full']
#[pyfunction]
#[pyo3(signature = (before, after, config = None))]
pub(crate) fn compare<'py>(
    py: Python<'py>,
    before: &Baseline,
    after: &Baseline,
    config: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let config: CompareConfig = settings(config)?;
    let copy = |baseline: &Baseline| -> PyResult<BaselineMachine> {
        let saved = locked(py, &baseline.machine)?.save().or_raise(py)?;
        BaselineMachine::load(&saved).or_raise(py)
    };
    let (before, after) = (copy(before)?, copy(after)?);
    shaped(py, "Comparison", &compare_machines(&before, &after, &config))
}
