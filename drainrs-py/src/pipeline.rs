//! The pipeline and the baseline that is learned by one.

use std::collections::{HashMap, VecDeque};
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

/// A log event: a line, or several that belong together.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Event {
    #[pyo3(get)]
    first_line: u64,
    #[pyo3(get)]
    lines: u32,
    #[pyo3(get)]
    truncated: bool,
    #[pyo3(get)]
    text: String,
    at: Option<Timestamp>,
    #[pyo3(get)]
    level: &'static str,
    #[pyo3(get)]
    service: Option<String>,
    #[pyo3(get)]
    message: String,
    #[pyo3(get)]
    mined: String,
    #[pyo3(get)]
    hit: Option<Py<Hit>>,
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
    #[getter]
    fn at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.at.map(|at| shown_time(py, at)).transpose()
    }

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
    service_places: HashMap<Vec<u8>, i32>,
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
            service_places: HashMap::new(),
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

/// Raw lines in, events out: joins, reads headers, mines, and judges where the settings have a `detect` part.
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

    #[pyo3(signature = (line, now = None))]
    fn push(&self, py: Python<'_>, line: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Event>> {
        let now = time_or_now(py, now)?;
        let line = bytes_of(line)?;
        let mut machine = locked(py, &self.machine)?;
        machine.push(&line, now).map(|event| Event::of(py, &event, &self.words)).transpose()
    }

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

    #[pyo3(signature = (now = None))]
    fn advance(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Event>> {
        let now = time_or_now(py, now)?;
        let mut machine = locked(py, &self.machine)?;
        machine.advance(now).map(|event| Event::of(py, &event, &self.words)).transpose()
    }

    #[pyo3(signature = (now = None))]
    fn finish(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Event>> {
        let now = time_or_now(py, now)?;
        let mut machine = locked(py, &self.machine)?;
        machine.finish(now).map(|event| Event::of(py, &event, &self.words)).transpose()
    }

    /// Closes the last windows of the detector: at the end of a stream.
    fn finish_detector(&self, py: Python<'_>) -> PyResult<()> {
        let mut machine = locked(py, &self.machine)?;
        machine.detector_mut().ok_or_else(no_detector)?.finish();
        Ok(())
    }

    /// Lets the detector's time pass without events, so that silence is noticed.
    #[pyo3(signature = (now))]
    fn advance_detector(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = crate::convert::time(now)?;
        let mut machine = locked(py, &self.machine)?;
        machine.detector_mut().ok_or_else(no_detector)?.advance(now);
        Ok(())
    }

    #[getter]
    fn next_deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.next_deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    fn poll_alert<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let alert = self.take_alerts(py, 1)?.pop();
        alert.map(|alert| shaped(py, "Alert", &alert)).transpose()
    }

    /// All alerts that wait.
    fn alerts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let alerts = self.take_alerts(py, usize::MAX)?;
        alerts_of(py, &alerts)
    }

    /// Alerts that nobody took in time.
    #[getter]
    fn alerts_dropped(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.told)?.dropped)
    }

    fn poll_score<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut machine = locked(py, &self.machine)?;
        let score = machine.detector_mut().ok_or_else(no_detector)?.poll_score();
        drop(machine);
        score.map(|score| shaped(py, "Score", &score)).transpose()
    }

    fn poll_metrics<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut machine = locked(py, &self.machine)?;
        let metrics = machine.detector_mut().ok_or_else(no_detector)?.poll_metrics();
        drop(machine);
        metrics.map(|metrics| shaped(py, "Metrics", &metrics)).transpose()
    }

    /// Takes a template, as new as it is, for usual from now on.
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

    /// Adds a scorer written in Python. Its state is not part of snapshots.
    fn add_scorer(&self, py: Python<'_>, scorer: &Bound<'_, PyAny>) -> PyResult<()> {
        let guest = crate::score::Guest::of(scorer)?;
        locked(py, &self.machine)?.detector_mut().ok_or_else(no_detector)?.add_scorer(Box::new(guest));
        Ok(())
    }

    fn set_mode(&self, py: Python<'_>, mode: &str) -> PyResult<()> {
        let mode = word("mode", mode)?;
        locked(py, &self.machine)?.detector_mut().ok_or_else(no_detector)?.set_mode(mode);
        Ok(())
    }

    fn service_name(&self, py: Python<'_>, service: u32) -> PyResult<Option<String>> {
        let machine = locked(py, &self.machine)?;
        let detector = machine.detector().ok_or_else(no_detector)?;
        Ok(detector.service_name(drainrs::ServiceId(service)).map(std::borrow::Cow::into_owned))
    }

    fn detect_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let machine = locked(py, &self.machine)?;
        let counters = machine.detector().ok_or_else(no_detector)?.counters();
        shaped(py, "DetectCounters", &counters)
    }

    fn templates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        templates_of(py, locked(py, &self.machine)?.miner())
    }

    fn template<'py>(&self, py: Python<'py>, id: u64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        machine.miner().template(TemplateId(id)).map(|view| shaped(py, "Template", &view)).transpose()
    }

    fn seed(&self, py: Python<'_>, text: &str) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.miner_mut().seed(text).0)
    }

    fn explain<'py>(&self, py: Python<'py>, message: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let message = bytes_of(message)?;
        let explanation = locked(py, &self.machine)?.miner().explain(&message);
        shaped(py, "Explanation", &explanation)
    }

    fn poll_lineage<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let lineage = locked(py, &self.machine)?.miner_mut().poll_lineage();
        lineage.map(|lineage| shaped(py, "Lineage", &lineage)).transpose()
    }

    fn add_format(&self, py: Python<'_>, format: &Bound<'_, PyAny>) -> PyResult<()> {
        let format = read(format)?;
        locked(py, &self.machine)?.add_format(&format).or_raise(py)
    }

    fn remove_format(&self, py: Python<'_>, name: &str) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.remove_format(name))
    }

    fn detected_formats(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        Ok(locked(py, &self.machine)?.parser().detected().map(str::to_owned).collect())
    }

    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "PipelineCounters", &counters)
    }

    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let stats = locked(py, &self.machine)?.miner().stats();
        shaped(py, "MinerStats", &stats)
    }

    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "PipelineConfig", &self.config)
    }

    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = locked(py, &self.machine)?.snapshot().or_raise(py)?;
        Ok(PyBytes::new(py, &bytes))
    }

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

/// What is usual, learned from logs that are known to be good.
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

    #[pyo3(signature = (line, now = None))]
    fn push(&self, py: Python<'_>, line: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let now = time_or_now(py, now)?;
        locked(py, &self.machine)?.push(&bytes_of(line)?, now);
        Ok(())
    }

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

    #[pyo3(signature = (now = None))]
    fn finish(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let now = time_or_now(py, now)?;
        locked(py, &self.machine)?.finish(now);
        Ok(())
    }

    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = locked(py, &self.machine)?.save().or_raise(py)?;
        Ok(PyBytes::new(py, &bytes))
    }

    #[staticmethod]
    fn load(py: Python<'_>, saved: &[u8]) -> PyResult<Baseline> {
        let machine = BaselineMachine::load(saved).or_raise(py)?;
        Ok(Baseline { machine: Locked::new(machine), config: PipelineConfig::default() })
    }

    /// A pipeline that judges by this baseline; the baseline stays as it is.
    fn into_judge(&self, py: Python<'_>) -> PyResult<Pipeline> {
        let saved = locked(py, &self.machine)?.save().or_raise(py)?;
        let judge = BaselineMachine::load(&saved).or_raise(py)?.into_judge();
        let mut config = self.config.clone();
        config.detect.get_or_insert_default().score.mode = drainrs::score::Mode::Detect;
        Ok(Pipeline::around(judge, config))
    }

    fn templates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        templates_of(py, locked(py, &self.machine)?.pipeline().miner())
    }

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

/// How two baselines differ.
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
