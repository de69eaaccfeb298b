//! Stages that are used alone: the joiner, the parser, the normalizer.

use drainrs::{
    JoinConfig, Joiner as JoinMachine, NormalizeConfig, Normalizer as NormalizeMachine, ParseConfig,
    Parser as ParseMachine, Tokens,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::convert::{plain, read, settings_with, shape_of, shaped, shown_time, time, time_or_now};
use crate::error::OrRaise;
use crate::lines::{bytes_of, feed};
use crate::miner::{Locked, level_words, locked};
use crate::table::{Column, Table, Texts, Values};

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Lines to events.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Joiner {
    machine: Locked<JoinMachine>,
}

#[pymethods]
impl Joiner {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Joiner> {
        let config: JoinConfig = settings_with(py, "JoinConfig", config, options)?;
        Ok(Joiner { machine: Locked::new(JoinMachine::build(&config).or_raise(py)?) })
    }

    #[pyo3(signature = (line, now = None))]
    fn push<'py>(
        &self,
        py: Python<'py>,
        line: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let now = time_or_now(py, now)?;
        let line = bytes_of(line)?;
        let mut machine = locked(py, &self.machine)?;
        machine.push(&line, now).map(|joined| shaped(py, "Joined", &joined)).transpose()
    }

    #[pyo3(signature = (now = None))]
    fn advance<'py>(&self, py: Python<'py>, now: Option<&Bound<'py, PyAny>>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let now = time_or_now(py, now)?;
        let mut machine = locked(py, &self.machine)?;
        machine.advance(now).map(|joined| shaped(py, "Joined", &joined)).transpose()
    }

    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut machine = locked(py, &self.machine)?;
        machine.finish().map(|joined| shaped(py, "Joined", &joined)).transpose()
    }

    #[getter]
    fn deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    #[pyo3(signature = (headered))]
    fn set_headered(&self, py: Python<'_>, headered: Option<bool>) -> PyResult<()> {
        locked(py, &self.machine)?.set_headered(headered);
        Ok(())
    }

    #[getter]
    fn pushed(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.pushed())
    }

    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }
}

/// What a stack trace says in a few words; None for what is none.
#[pyfunction]
pub(crate) fn summarise<'py>(py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let text = bytes_of(text)?;
    let Some(summary) = drainrs::summarise(&text) else { return Ok(None) };
    let cause = |cause: &drainrs::Cause<'_>| -> PyResult<Bound<'py, PyDict>> {
        let own = PyDict::new(py);
        own.set_item("kind", lossy(cause.kind))?;
        own.set_item("message", lossy(cause.message))?;
        own.set_item("is_root", cause.is_root)?;
        Ok(own)
    };
    let own = PyDict::new(py);
    own.set_item("runtime", plain(py, &summary.runtime)?)?;
    own.set_item("error", cause(&summary.error)?)?;
    own.set_item("causes", PyList::new(py, summary.causes.iter().map(cause).collect::<PyResult<Vec<_>>>()?)?)?;
    own.set_item("suppressed", summary.suppressed)?;
    own.set_item("frames", summary.frames)?;
    own.set_item("frame", summary.frame.map(lossy))?;
    shape_of("TraceSummary", own.as_any()).map(Some)
}

/// The level that the words of a message speak of; "unknown" if none does.
#[pyfunction]
pub(crate) fn level_in_text(text: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    Ok(drainrs::level_in_text(&bytes_of(text)?).unwrap_or_default().name())
}

/// Lines to header fields and messages.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Parser {
    machine: Locked<ParseMachine>,
}

#[pymethods]
impl Parser {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Parser> {
        let config: ParseConfig = settings_with(py, "ParseConfig", config, options)?;
        Ok(Parser { machine: Locked::new(ParseMachine::build(&config).or_raise(py)?) })
    }

    fn parse<'py>(&self, py: Python<'py>, line: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let line = bytes_of(line)?;
        let mut machine = locked(py, &self.machine)?;
        shaped(py, "Record", &machine.parse(&line))
    }

    /// A row per line: `at`, `level`, `service`, `message`, `format`.
    #[pyo3(signature = (lines, *, progress = None))]
    fn parse_batch<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (mut at, mut levels, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        let (mut services, mut messages, mut formats) = (Texts::default(), Texts::default(), Texts::default());
        let mut unnamed = Vec::new();
        feed(py, lines, progress, |rows| {
            let mut machine = self.machine.detached()?;
            for row in rows {
                let record = machine.parse(row.unwrap_or_default());
                missing.push(row.is_none());
                at.push(record.at);
                levels.push(if row.is_none() { -1 } else { record.level as i32 });
                services.push(record.service.unwrap_or_default());
                unnamed.push(record.service.is_none());
                messages.push(record.message);
                formats.push(record.format.as_bytes());
            }
            Ok(())
        })?;
        let nanos = at.iter().map(|at| at.map_or(i64::MIN, drainrs::Timestamp::as_nanos)).collect();
        let table = Table::new(vec![
            Column::new("at", Values::Time(nanos)).without(|row| at[row].is_none()),
            Column::new("level", Values::Words(levels, level_words())),
            Column::new("service", Values::Text(services)).without(|row| unnamed[row]),
            Column::new("message", Values::Text(messages)).without(|row| missing[row]),
            Column::new("format", Values::Text(formats)).without(|row| missing[row]),
        ]);
        table.framed(py, "Frame")
    }

    fn add_format(&self, py: Python<'_>, format: &Bound<'_, PyAny>) -> PyResult<()> {
        let format = read(format)?;
        locked(py, &self.machine)?.add_format(&format).or_raise(py)
    }

    fn remove_format(&self, py: Python<'_>, name: &str) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.remove_format(name))
    }

    #[getter]
    fn formats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let formats = locked(py, &self.machine)?.formats().to_vec();
        let shown: Vec<_> =
            formats.iter().map(|format| crate::config::shown(py, "CustomFormat", format)).collect::<PyResult<_>>()?;
        PyTuple::new(py, shown)
    }

    fn set_reference_time(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = time(now)?;
        locked(py, &self.machine)?.set_reference_time(now);
        Ok(())
    }

    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "ParseCounters", &counters)
    }

    fn detected(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        Ok(locked(py, &self.machine)?.detected().map(str::to_owned).collect())
    }

    #[getter]
    fn is_headered(&self, py: Python<'_>) -> PyResult<Option<bool>> {
        Ok(locked(py, &self.machine)?.is_headered())
    }

    #[staticmethod]
    fn built_in_formats() -> Vec<&'static str> {
        ParseMachine::built_in_formats().collect()
    }
}

/// Messages to tokens and masked values.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Normalizer {
    machine: Box<NormalizeMachine>, // see `Locked`
}

#[pymethods]
impl Normalizer {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Normalizer> {
        let config: NormalizeConfig = settings_with(py, "NormalizeConfig", config, options)?;
        Ok(Normalizer { machine: Box::new(NormalizeMachine::build(&config).or_raise(py)?) })
    }

    fn masked_text(&self, line: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.machine.masked_text(&bytes_of(line)?))
    }

    /// The masked texts of many lines; None for a missing one.
    #[pyo3(signature = (lines, *, progress = None))]
    fn masked_batch(
        &self,
        py: Python<'_>,
        lines: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Option<String>>> {
        let mut texts = Vec::new();
        feed(py, lines, progress, |rows| {
            texts.extend(rows.map(|row| row.map(|line| self.machine.masked_text(line))));
            Ok(())
        })?;
        Ok(texts)
    }

    /// The tokens, as they stand in the line.
    fn tokens<'py>(&self, py: Python<'py>, line: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let line = bytes_of(line)?;
        let mut tokens = Tokens::new();
        self.machine.normalize(&line, &mut tokens);
        PyTuple::new(py, (0..tokens.len()).map(|token| lossy(tokens.origin(token).of(&line))))
    }

    /// The masked values: where each stands in the line (in bytes), and what it is.
    fn mask_spans<'py>(&self, py: Python<'py>, line: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let line = bytes_of(line)?;
        let mut tokens = Tokens::new();
        self.machine.normalize(&line, &mut tokens);
        let spans: Vec<_> =
            tokens.all_masks().iter().map(|span| shaped(py, "MaskSpan", span)).collect::<PyResult<_>>()?;
        PyTuple::new(py, spans)
    }

    #[getter]
    fn exhausted_masks(&self) -> u64 {
        self.machine.exhausted_masks()
    }
}
