//! Log events, one by one and in columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use drainrs::{Outcome, Timestamp};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::convert::{plain, shown_time};
use crate::hit::{CHANGES, Hit};
use crate::kept::{Kept, known_layout, laid_out};
use crate::miner::level_words;
use crate::table::{Column, Table, Texts, Values};
use crate::values::{Merges, Parameters};

/// A log event: a line, or several that belong together, with what its header says and the template of its message. Two
/// are equal if all that they say is.
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
                (Some(Py::new(py, Hit::of(hit, event.mined, line.as_any(), words))?), None)
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

impl Event {
    /// All that it says, in two halves: what was written, and what was found in it.
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let written = (self.first_line, self.lines, self.truncated, &self.text, &self.message, &self.mined);
        let at = self.at.map(Timestamp::as_nanos);
        let hit = self.hit.as_ref().map(|hit| hit.clone_ref(py));
        (written, (at, self.level, &self.service, hit, &self.skipped)).into_pyobject(py)
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

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Event>() else { return Ok(false) };
        self.fields(py)?.eq(other.get().fields(py)?)
    }

    fn __hash__(&self) -> u64 {
        self.first_line ^ u64::from(self.lines).rotate_left(32)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        laid_out(slf, slf.get().fields(slf.py())?)
    }

    #[staticmethod]
    fn _restored(py: Python<'_>, layout: u32, fields: (Bound<'_, PyTuple>, Bound<'_, PyTuple>)) -> PyResult<Event> {
        known_layout(py, layout)?;
        let (first_line, lines, truncated, text, message, mined) = fields.0.extract()?;
        let (at, level, service, hit, skipped): (Option<i64>, String, _, _, _) = fields.1.extract()?;
        let level: drainrs::Level = crate::convert::word("level", &level)?;
        let at = at.map(Timestamp::from_nanos);
        Ok(Event { first_line, lines, truncated, text, at, level: level.name(), service, message, mined, hit, skipped })
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
    /// 0 where an event was skipped.
    templates: Vec<u64>,
    changes: Vec<i32>,
    merges: Merges,
    messages: Option<Texts>,
    parameters: Option<Parameters>,
}

impl Events {
    pub(crate) fn new(with_messages: bool, with_parameters: bool, follow_merges: bool) -> Events {
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
            merges: Merges::default(),
            messages: with_messages.then(Texts::default),
            parameters: with_parameters.then(|| Parameters::new(follow_merges)),
        }
    }

    pub(crate) fn push(&mut self, event: &drainrs::Event<'_>) {
        self.first_lines.push(event.first_line);
        self.lines.push(event.lines);
        self.at.push(event.record.at);
        self.levels.push(event.record.level as i32);
        let service = event.record.service.map_or(-1, |service| self.service(service));
        self.services.push(service);
        self.templates.push(event.outcome.template().map_or(0, |template| template.0));
        self.changes.push(event.outcome.change().map_or(-1, |change| change as i32));
        let hit = match &event.outcome {
            Outcome::Mined(hit) => Some(hit),
            _ => None,
        };
        if let Some(hit) = hit {
            self.merges.take(hit.merged);
        }
        if let Some(messages) = &mut self.messages {
            messages.push(event.record.message);
        }
        if let Some(parameters) = &mut self.parameters {
            parameters.push(hit, event.mined);
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

    /// Brings the events up to what the miner knows now: templates that were united, and the values of those that widened.
    pub(crate) fn follow(&mut self, miner: &drainrs::Miner) {
        let stale = self.merges.follow(&mut self.templates, &self.changes);
        self.parameters = self.parameters.take().map(|old| old.refreshed(miner, &stale, &self.templates));
    }

    pub(crate) fn table(self, words: &[String]) -> Table {
        let nanos = self.at.iter().map(|at| at.map_or(i64::MIN, Timestamp::as_nanos)).collect();
        let skipped: Vec<bool> = self.templates.iter().map(|template| *template == 0).collect();
        let mut columns = vec![
            Column::new("first_line", Values::U64(self.first_lines)),
            Column::new("lines", Values::U32(self.lines)),
            Column::new("at", Values::Time(nanos)).without(|row| self.at[row].is_none()),
            Column::new("level", Values::Words(self.levels, level_words())),
            Column::new("service", Values::Words(self.services, self.service_names)),
            Column::new("template", Values::U64(self.templates)).without(|row| skipped[row]),
            Column::new("change", Values::Words(self.changes, CHANGES.into_iter().collect())),
        ];
        if let Some(messages) = self.messages {
            columns.push(Column::new("message", Values::Text(messages)));
        }
        columns.extend(self.parameters.into_iter().flat_map(|parameters| parameters.columns(words)));
        Table::new(columns)
    }
}
