//! Personal data and secrets out of texts.

use drainrs::redact::{KeyLines as KeyMachine, RedactConfig};
use drainrs::{Redaction as RedactionMachine, Redactor as RedactMachine};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::convert::{plain, settings_with};
use crate::error::OrRaise;
use crate::lines::{bytes_of, feed};
use crate::miner::{Locked, locked};

/// A secret in a text.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Finding {
    #[pyo3(get)]
    start: u32,
    #[pyo3(get)]
    end: u32,
    #[pyo3(get)]
    word: String,
    #[pyo3(get)]
    rule: String,
}

#[pymethods]
impl Finding {
    fn __repr__(&self) -> String {
        format!("SecretFinding({:?}, {}..{})", self.rule, self.start, self.end) // never what was found
    }
}

/// The compiled rules.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Redactor {
    pub(crate) machine: Box<RedactMachine>, // see `Locked`
}

#[pymethods]
impl Redactor {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Redactor> {
        let config: RedactConfig = settings_with(py, "RedactConfig", config, options)?;
        Ok(Redactor { machine: Box::new(RedactMachine::build(&config).or_raise(py)?) })
    }

    fn redact(&self, text: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.machine.redact(&bytes_of(text)?))
    }

    /// Many texts, each with a numbering of its own; None for a missing one.
    #[pyo3(signature = (texts, *, progress = None))]
    fn redact_batch(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Option<String>>> {
        let mut redacted = Vec::new();
        feed(py, texts, progress, |rows| {
            redacted.extend(rows.map(|row| row.map(|text| self.machine.redact(text))));
            Ok(())
        })?;
        Ok(redacted)
    }

    fn find<'py>(&self, py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let text = bytes_of(text)?;
        let found = self.machine.find(&text);
        PyTuple::new(
            py,
            found.into_iter().map(|finding| Finding {
                start: finding.span.start,
                end: finding.span.end,
                word: finding.word.to_owned(),
                rule: finding.rule.to_owned(),
            }),
        )
    }

    fn is_clean(&self, text: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.machine.is_clean(&bytes_of(text)?))
    }

    #[getter]
    fn rules(&self) -> Vec<String> {
        self.machine.rules().map(str::to_owned).collect()
    }
}

/// The placeholders of texts that are read together.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Redaction {
    machine: Locked<RedactionMachine>,
}

#[pymethods]
impl Redaction {
    #[new]
    fn new() -> Redaction {
        Redaction { machine: Locked::new(RedactionMachine::default()) }
    }

    fn redact(&self, py: Python<'_>, redactor: &Redactor, text: &Bound<'_, PyAny>) -> PyResult<String> {
        let text = bytes_of(text)?;
        Ok(locked(py, &self.machine)?.redact(&redactor.machine, &text))
    }

    fn restore(&self, py: Python<'_>, text: &str) -> PyResult<String> {
        Ok(locked(py, &self.machine)?.restore(text))
    }

    fn value(&self, py: Python<'_>, placeholder: &str) -> PyResult<Option<String>> {
        Ok(locked(py, &self.machine)?.value(placeholder).map(str::to_owned))
    }

    /// All values by placeholder. They are what was to be hidden.
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let values = PyDict::new(py);
        for (placeholder, value) in locked(py, &self.machine)?.values() {
            values.set_item(placeholder, value)?;
        }
        Ok(values)
    }

    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, locked(py, &self.machine)?.counts())
    }

    #[getter]
    fn forged(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.forged())
    }

    #[getter]
    fn more(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.more())
    }

    /// Everything, values included, as JSON.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let machine = locked(py, &self.machine)?.clone();
        let saved =
            serde_json::to_vec(&machine).map_err(|cause| pyo3::exceptions::PyValueError::new_err(cause.to_string()))?;
        Ok(PyBytes::new(py, &saved))
    }

    #[staticmethod]
    fn load(saved: &[u8]) -> PyResult<Redaction> {
        let machine = serde_json::from_slice(saved).map_err(|cause| {
            let place = format!("line {}, column {}", cause.line(), cause.column()); // the cause would quote values
            pyo3::exceptions::PyValueError::new_err(format!("this is no saved redaction, from {place} on"))
        })?;
        Ok(Redaction { machine: Locked::new(machine) })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        Ok((slf.get_type().getattr("load")?, PyTuple::new(py, [slf.get().save(py)?])?))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.values().count())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<drainrs.Redaction: {} values>", self.__len__(py)?))
    }
}

/// Tells the lines of a private key that is logged line by line.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct KeyLines {
    machine: Locked<KeyMachine>,
}

#[pymethods]
impl KeyLines {
    #[new]
    fn new() -> KeyLines {
        KeyLines { machine: Locked::new(KeyMachine::default()) }
    }

    fn is_inside(&self, py: Python<'_>, stream: &Bound<'_, PyAny>, line: &Bound<'_, PyAny>) -> PyResult<bool> {
        let (stream, line) = (bytes_of(stream)?, bytes_of(line)?);
        Ok(locked(py, &self.machine)?.is_inside(&stream, &line))
    }
}
