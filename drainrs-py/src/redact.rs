//! Personal data and secrets out of texts.

use drainrs::redact::{KeyLines as KeyMachine, RedactConfig};
use drainrs::{Redaction as RedactionMachine, Redactor as RedactMachine};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::convert::{plain, settings_with};
use crate::error::OrRaise;
use crate::kept::{Kept, kept, known_layout, laid_out, rebuilt, refused};
use crate::lines::{bytes_of, feed, saved_bytes};
use crate::lock::{Locked, locked};

/// A secret in a text: where it stands and who found it. It does not hold what was found. Two are equal if all their
/// fields are.
#[pyclass(frozen, eq, hash, module = "drainrs")]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Finding {
    /// Where it begins in the text, in bytes.
    #[pyo3(get)]
    start: u32,
    /// Where it ends in the text, in bytes: the first byte behind it.
    #[pyo3(get)]
    end: u32,
    /// The word of its placeholder: `"EMAIL"` of `<EMAIL_1>`.
    #[pyo3(get)]
    word: String,
    /// The name of the rule that found it.
    #[pyo3(get)]
    rule: String,
}

#[pymethods]
impl Finding {
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let Finding { start, end, word, rule } = slf.get();
        laid_out(slf, (*start, *end, word, rule))
    }

    #[staticmethod]
    fn _restored(py: Python<'_>, layout: u32, fields: (u32, u32, String, String)) -> PyResult<Finding> {
        known_layout(py, layout)?;
        let (start, end, word, rule) = fields;
        Ok(Finding { start, end, word, rule })
    }

    fn __repr__(&self) -> String {
        format!("Finding({:?}, {}..{})", self.rule, self.start, self.end) // never what was found
    }
}

/// Personal data and secrets out of texts: the compiled rules. Keeps nothing of what it sees.
///
/// Takes a `RedactConfig`, a mapping, or its settings as options. Wrong ones are a `ConfigError` or a `PatternError`.
/// Can be pickled unless it has a key for pseudonyms.
///
///     >>> import drainrs
///     >>> redactor = drainrs.Redactor()
///     >>> line = "login of ann@shop.test from 8.8.4.4 with password=hunter2"
///     >>> redactor.redact(line)
///     'login of <EMAIL_1> from <IP_1> with password=<SECRET_1>'
///     >>> [(finding.rule, finding.start, finding.end) for finding in redactor.find(line)]
///     [('email', 9, 22), ('ip', 28, 35), ('key_value', 50, 57)]
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Redactor {
    pub(crate) machine: Box<RedactMachine>, // see `Locked`
    config: RedactConfig,
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
        Ok(Redactor { machine: Box::new(RedactMachine::build(&config).or_raise(py)?), config })
    }

    /// The text with its secrets replaced, numbered from 1. To number several texts together, or to put values back,
    /// take a `Redaction`.
    fn redact(&self, text: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.machine.redact(&bytes_of(text)?))
    }

    /// Many texts, each with a numbering of its own; `None` for a missing one. Texts and `progress` as for
    /// `Miner.insert_batch`.
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

    /// The secrets of a text, in order; none overlaps another, and none a placeholder.
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

    /// Whether no rule finds anything: the last look at what is about to leave.
    fn is_clean(&self, text: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.machine.is_clean(&bytes_of(text)?))
    }

    /// The names of the rules that work, the user's last.
    #[getter]
    fn rules(&self) -> Vec<String> {
        self.machine.rules().map(str::to_owned).collect()
    }

    /// The settings, all of them but a key for pseudonyms.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "RedactConfig", &self.config)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let config = &slf.get().config;
        if config.pseudonym_key.is_some() {
            return refused(
                slf,
                "it has a key for pseudonyms, which would lie in the pickle; build it where it is used",
            );
        }
        rebuilt(slf, plain(slf.py(), config)?)
    }
}

/// The placeholders of texts that are read together, such as one prompt: equal values get equal placeholders, and the
/// values can be put back. It holds what was hidden, so it stays with the host; its `repr` shows no value. Can be
/// pickled, values included.
///
///     >>> import drainrs
///     >>> redactor, task = drainrs.Redactor(), drainrs.Redaction()
///     >>> task.redact(redactor, "ann@shop.test logged in")
///     '<EMAIL_1> logged in'
///     >>> task.redact(redactor, "bob@shop.test invited Ann@Shop.test")
///     '<EMAIL_2> invited <EMAIL_1>'
///     >>> task.restore("ask <EMAIL_2> about it")
///     'ask bob@shop.test about it'
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

    /// The text with its secrets replaced. Give it texts as they are: one that it wrote itself looks forged to it.
    fn redact(&self, py: Python<'_>, redactor: &Redactor, text: &Bound<'_, PyAny>) -> PyResult<String> {
        let text = bytes_of(text)?;
        Ok(locked(py, &self.machine)?.redact(&redactor.machine, &text))
    }

    /// The text with the values in place of their placeholders. Other placeholders stay.
    fn restore(&self, py: Python<'_>, text: &str) -> PyResult<String> {
        Ok(locked(py, &self.machine)?.restore(text))
    }

    /// The value that a placeholder stands for, as it was first spelled; `None` if it stands for none.
    fn value(&self, py: Python<'_>, placeholder: &str) -> PyResult<Option<String>> {
        Ok(locked(py, &self.machine)?.value(placeholder).map(str::to_owned))
    }

    /// All values by placeholder, in the order in which they were given out. They are what was to be hidden.
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let values = PyDict::new(py);
        for (placeholder, value) in locked(py, &self.machine)?.values() {
            values.set_item(placeholder, value)?;
        }
        Ok(values)
    }

    /// How many findings each rule had.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, locked(py, &self.machine)?.counts())
    }

    /// How many texts held a placeholder of a given value, written by somebody else; those were changed.
    #[getter]
    fn forged(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.forged())
    }

    /// How many findings got `<EMAIL_MORE>` or the like, because there were too many values.
    #[getter]
    fn more(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.more())
    }

    /// Everything, values included, as JSON. Not to be sent anywhere.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let machine = locked(py, &self.machine)?.clone();
        let saved =
            serde_json::to_vec(&machine).map_err(|cause| pyo3::exceptions::PyValueError::new_err(cause.to_string()))?;
        Ok(PyBytes::new(py, &saved))
    }

    /// Reads what `save` gave; a `ValueError`, which quotes no value, for anything else.
    #[staticmethod]
    fn load(saved: &Bound<'_, PyAny>) -> PyResult<Redaction> {
        let machine = serde_json::from_slice(&saved_bytes(saved)?).map_err(|cause| {
            let place = format!("line {}, column {}", cause.line(), cause.column()); // the cause would quote values
            pyo3::exceptions::PyValueError::new_err(format!("this is no saved redaction, from {place} on"))
        })?;
        Ok(Redaction { machine: Locked::new(machine) })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        kept(slf, "load", (slf.get().save(slf.py())?,))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.values().count())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<drainrs.Redaction: {} values>", self.__len__(py)?))
    }
}

/// Tells the lines of a private key that is logged line by line, by what came before on the same stream.
///
///     >>> import drainrs
///     >>> keys = drainrs.KeyLines()
///     >>> lines = ["-----BEGIN RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEAvRzWq", "listening on port 80"]
///     >>> [keys.is_inside("web", line) for line in lines]
///     [False, True, False]
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

    /// Whether a line of a stream, named as you like, belongs to a private key that began on an earlier line. The first
    /// line is for a `Redactor`.
    fn is_inside(&self, py: Python<'_>, stream: &Bound<'_, PyAny>, line: &Bound<'_, PyAny>) -> PyResult<bool> {
        let (stream, line) = (bytes_of(stream)?, bytes_of(line)?);
        Ok(locked(py, &self.machine)?.is_inside(&stream, &line))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "it remembers the streams of one process; build another there")
    }
}
