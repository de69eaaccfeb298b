//! The pipeline and the baseline that is learned by one.

use std::collections::VecDeque;
use std::sync::Arc;

use drainrs::{Pipeline as Machine, PipelineConfig, TemplateId, Timestamp};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::convert::{plain, read, settings, settings_with, shaped, shown_time, time, time_or_now, word};
use crate::error::OrRaise;
use crate::event::{Event, Events};
use crate::kept::{Kept, kept};
use crate::lines::{bytes_of, feed, saved_bytes};
use crate::lock::{Locked, locked};
use crate::miner::{class_words, on_other, templates_of};
use crate::records::{self, Known};

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

/// The settings that a restored machine has, where it adopted those of its snapshot.
pub(crate) fn settings_of(machine: &Machine, given: PipelineConfig) -> PipelineConfig {
    let miner = machine.miner().config().clone();
    let detect = machine.detector().map(|detector| detector.config().clone());
    PipelineConfig { normalize: miner.normalize, mine: miner.mine, detect, ..given }
}

impl Pipeline {
    pub(crate) fn around(machine: Machine, config: PipelineConfig) -> Pipeline {
        let words = class_words(machine.miner().placeholders());
        Pipeline { machine: Locked::new(machine), config, words, told: Locked::default() }
    }

    /// The alerts of batches that wait.
    pub(crate) fn take_told(&self, py: Python<'_>) -> PyResult<Vec<drainrs::Alert>> {
        Ok(locked(py, &self.told)?.alerts.drain(..).collect())
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

impl Pipeline {
    /// Ends the stream if that is wanted, and shows the events as a table.
    fn end_of_batch<'py>(
        &self,
        py: Python<'py>,
        mut events: Events,
        now: Timestamp,
        finish: bool,
        follow_merges: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        if finish {
            let mut machine = locked(py, &self.machine)?;
            while let Some(event) = machine.finish(now) {
                events.push(&event);
            }
            if let Some(detector) = machine.detector_mut() {
                detector.finish();
            }
        }
        if follow_merges {
            events.follow(locked(py, &self.machine)?.miner());
        }
        events.table(&self.words).framed(py, "EventColumns")
    }
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
    /// Rows are brought up to what the miner knows at the end, unless `follow_merges=False`, see `Miner.insert_batch`.
    /// Alerts wait for `alerts()`, at most 65,536 of them: then the oldest makes room.
    #[pyo3(signature = (lines, now = None, *, finish = false, follow_merges = true, messages = false, parameters = false, progress = None))]
    #[allow(clippy::too_many_arguments, clippy::fn_params_excessive_bools, reason = "keywords, in Python")]
    fn push_batch<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        finish: bool,
        follow_merges: bool,
        messages: bool,
        parameters: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let now = time_or_now(py, now)?;
        let mut events = Events::new(messages, parameters, follow_merges);
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
        self.end_of_batch(py, events, now, finish, follow_merges)
    }

    /// Takes a record whose fields are known, as those have it who read a journal, a queue or a data frame: nothing is joined
    /// and no header is read. `message` is what was written. Gives its event. A pipeline takes either lines or records.
    ///
    ///     >>> import drainrs
    ///     >>> event = drainrs.Pipeline().push_record("user 17 logged in", level="warn", service="shop")
    ///     >>> event.level, event.mined, event.service
    ///     ('warn', 'user 17 logged in', 'shop')
    #[pyo3(signature = (message, now = None, *, at = None, level = "unknown", service = None))]
    fn push_record(
        &self,
        py: Python<'_>,
        message: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
        level: &str,
        service: Option<&str>,
    ) -> PyResult<Event> {
        let now = time_or_now(py, now)?;
        let message = bytes_of(message)?;
        let mut record = drainrs::Record::default();
        record.message = &message;
        record.at = at.map(time).transpose()?;
        record.level = records::level(level)?;
        record.service = service.map(str::as_bytes).filter(|name| !name.is_empty());
        Event::of(py, &locked(py, &self.machine)?.push_record(record, now), &self.words)
    }

    /// Takes many records, see `push_record`; a row per record. `times`, `levels` (`"warn"`, `"ERROR"`, in any case and dialect) and `service` have a value for
    /// each message, or `service` is one for all; `None` and not-a-time are unknown. What has another length is a
    /// `ValueError`. The rest is as in `push_batch`: missing messages are no records.
    ///
    ///     >>> import drainrs
    ///     >>> pipeline = drainrs.Pipeline()
    ///     >>> events = pipeline.push_records(["disk 1 is full", "disk 2 is full"], levels=["error", "warn"], service="db")
    ///     >>> list(events["level"]), [template.text for template in pipeline.templates()]
    ///     (['error', 'warn'], ['disk <NUM> is full'])
    #[pyo3(signature = (lines, now = None, *, times = None, levels = None, service = None, finish = false, follow_merges = true, messages = false, parameters = false, progress = None))]
    #[allow(clippy::too_many_arguments, clippy::fn_params_excessive_bools, reason = "keywords, in Python")]
    fn push_records<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        times: Option<&Bound<'py, PyAny>>,
        levels: Option<&Bound<'py, PyAny>>,
        service: Option<&Bound<'py, PyAny>>,
        finish: bool,
        follow_merges: bool,
        messages: bool,
        parameters: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let now = time_or_now(py, now)?;
        let known = Known::of(lines, times, levels, service)?;
        let mut events = Events::new(messages, parameters, follow_merges);
        let mut row = 0;
        feed(py, lines, progress, |rows| {
            let mut machine = self.machine.detached()?;
            let mut told = self.told.detached()?;
            for message in rows {
                if let Some(message) = message {
                    events.push(&machine.push_record(known.record(row, message)?, now));
                    while let Some(alert) = machine.poll_alert() {
                        told.push(alert);
                    }
                }
                row += 1;
            }
            Ok(())
        })?;
        known.end(row)?;
        self.end_of_batch(py, events, now, finish, follow_merges)
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
        let now = time(now)?;
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

    /// Memory in bytes: what is held back, what was learned, and the scratch of the longest line so far. Takes a while
    /// where much was learned.
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    /// How many lines are held back until their event is complete.
    #[getter]
    fn held_lines(&self, py: Python<'_>) -> PyResult<u32> {
        Ok(locked(py, &self.machine)?.held_lines())
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "PipelineConfig", &self.config)
    }

    /// The state as bytes: templates, counters, what the detector learned, the event that is held back.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = locked(py, &self.machine)?.snapshot().or_raise(py)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// A pipeline that goes on where a snapshot was taken. Settings and errors as for `Miner.restore`; `adopt` takes
    /// the settings of the snapshot where they differ.
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None, *, adopt = false))]
    fn restore(
        py: Python<'_>,
        snapshot: &Bound<'_, PyAny>,
        config: Option<&Bound<'_, PyAny>>,
        adopt: bool,
    ) -> PyResult<Pipeline> {
        let config: PipelineConfig = settings(config)?;
        let machine = Machine::restore(&saved_bytes(snapshot)?, &config, on_other(adopt)).or_raise(py)?;
        let config = settings_of(&machine, config);
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

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, pipeline) = (slf.py(), slf.get());
        let config = plain(py, &pipeline.config)?;
        kept(slf, "restore", (pipeline.snapshot(py)?, config))
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
