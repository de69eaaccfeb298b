//! Whether the miner fits a log.

use drainrs::{Fit as Machine, FitConfig};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::{settings_with, shaped};
use crate::error::OrRaise;
use crate::kept::{Kept, refused};
use crate::lines::{bytes_of, feed};
use crate::lock::{Locked, locked};

/// Whether the miner's settings fit a log: measures them on a sample of messages, and tries what may help.
///
/// Takes a `FitConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError` or a `PatternError`.
///
///     >>> import drainrs
///     >>> fit = drainrs.Fit()
///     >>> fit.push_batch(f"request {number} took {number * 3} ms" for number in range(500))
///     500
///     >>> report = fit.finish()
///     >>> report.status, report.sample.lines
///     ('ok', 500)
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Fit {
    machine: Locked<Machine>,
}

#[pymethods]
impl Fit {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Fit> {
        let config: FitConfig = settings_with(py, "FitConfig", config, options)?;
        Ok(Fit { machine: Locked::new(Machine::build(&config).or_raise(py)?) })
    }

    /// Takes a message, without its header. It is kept or not, see `limits`; nothing is mined yet.
    fn push(&self, py: Python<'_>, message: &Bound<'_, PyAny>) -> PyResult<()> {
        locked(py, &self.machine)?.push(&bytes_of(message)?);
        Ok(())
    }

    /// Takes many messages, as `Miner.insert_batch` takes lines; gives how many there were.
    #[pyo3(signature = (messages, *, progress = None))]
    fn push_batch(
        &self,
        py: Python<'_>,
        messages: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<u64> {
        let fed = feed(py, messages, progress, |rows| {
            let mut machine = self.machine.detached()?;
            rows.flatten().for_each(|message| machine.push(message));
            Ok(())
        })?;
        Ok(fed.rows - fed.nulls)
    }

    /// The report: what was measured, what is too much, what would help. Costs as much as mining the sample a few dozen
    /// times; the interpreter is released. More may be pushed, and asked again.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let machine = locked(py, &self.machine)?;
        let machine = &*machine;
        let report = py.detach(|| machine.finish());
        shaped(py, "FitReport", &report)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "it holds a sample of lines; pickle the report that `finish` gives")
    }
}
