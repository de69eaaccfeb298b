//! What is usual for one series of counts, one value, one kind of session.

use drainrs::score::{self, ContentConfig, FrequencyConfig, FrequencyJudgement, SequenceConfig};
use drainrs::{TemplateId, Window};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::convert::{plain, settings, settings_with, shape_of, shaped, time};
use crate::error::OrRaise;
use crate::kept::{Kept, kept};
use crate::lines::{bytes_of, saved_bytes};
use crate::lock::{Locked, locked};

/// A window: an object with `start` and `end`, or a pair of times.
pub(crate) fn window_of(window: &Bound<'_, PyAny>) -> PyResult<Window> {
    let (start, end) = match window.getattr_opt("start")? {
        Some(start) => (start, window.getattr("end")?),
        None => window.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?,
    };
    Ok(Window { start: time(&start)?, end: time(&end)? })
}

fn judgement<'py>(py: Python<'py>, judged: &FrequencyJudgement) -> PyResult<Bound<'py, PyAny>> {
    let own = PyDict::new(py);
    own.set_item("expected", judged.expected)?;
    own.set_item("low", judged.low)?;
    own.set_item("high", judged.high)?;
    own.set_item("surprise", judged.surprise)?;
    own.set_item("deviations", judged.deviations)?;
    own.set_item("direction", plain(py, &judged.direction)?)?;
    own.set_item("windows", judged.windows)?;
    shape_of("FrequencyJudgement", own.as_any())
}

/// What is usual for the counts of one series, by one of five methods: judges how many events a window has.
///
/// Takes a `FrequencyConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`. A window is a
/// `Window`, or a pair of times; windows come in order.
///
///     >>> import drainrs
///     >>> model, minute = drainrs.FrequencyModel(), 60_000_000_000
///     >>> for at in range(120):
///     ...     _ = model.learn((at * minute, (at + 1) * minute), 60)
///     >>> judged = model.judge((120 * minute, 121 * minute), 200)
///     >>> judged.expected, judged.direction, judged.surprise > 40
///     (60.0, 'up', True)
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct FrequencyModel {
    machine: Locked<score::FrequencyModel>,
    config: FrequencyConfig,
}

#[pymethods]
impl FrequencyModel {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<FrequencyModel> {
        let config: FrequencyConfig = settings_with(py, "FrequencyConfig", config, options)?;
        Ok(FrequencyModel { machine: Locked::new(score::FrequencyModel::build(&config).or_raise(py)?), config })
    }

    /// What is to be said of a count in a window: the usual range and the surprise, `-log10 p`. Learns nothing.
    fn judge<'py>(&self, py: Python<'py>, window: &Bound<'py, PyAny>, count: u64) -> PyResult<Bound<'py, PyAny>> {
        let window = window_of(window)?;
        judgement(py, &locked(py, &self.machine)?.judge(window, count))
    }

    /// Judges a count, then learns it.
    fn learn<'py>(&self, py: Python<'py>, window: &Bound<'py, PyAny>, count: u64) -> PyResult<Bound<'py, PyAny>> {
        let window = window_of(window)?;
        judgement(py, &locked(py, &self.machine)?.learn(window, count))
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "FrequencyConfig", &self.config)
    }

    /// What was learned, as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Goes on where a snapshot was taken, under the settings that it was taken under. Raises `SnapshotError` and its kin.
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None))]
    fn restore(
        py: Python<'_>,
        snapshot: &Bound<'_, PyAny>,
        config: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<FrequencyModel> {
        let config: FrequencyConfig = settings(config)?;
        let machine = score::FrequencyModel::restore(&saved_bytes(snapshot)?, &config).or_raise(py)?;
        Ok(FrequencyModel { machine: Locked::new(machine), config })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, own) = (slf.py(), slf.get());
        kept(slf, "restore", (own.snapshot(py)?, plain(py, &own.config)?))
    }
}

/// What is usual for one value: numbers with their units, or texts of which there are few.
///
/// Takes a `ContentConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> model = drainrs.ValueModel()
///     >>> for request in range(1000):
///     ...     _ = model.learn(f"{30 + request * 7919 % 41}ms")
///     >>> judged = model.judge("50s")
///     >>> judged.kind, judged.unit, judged.observed, model.judge("50ms")
///     ('value', 'seconds', 50.0, None)
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct ValueModel {
    machine: Locked<score::ValueModel>,
    config: ContentConfig,
}

#[pymethods]
impl ValueModel {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<ValueModel> {
        let config: ContentConfig = settings_with(py, "ContentConfig", config, options)?;
        Ok(ValueModel { machine: Locked::new(score::ValueModel::new(&config).or_raise(py)?), config })
    }

    /// Takes a value (a number, or text with or without a unit) for usual; `False` for infinity and NaN, which are
    /// ignored.
    fn learn(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let mut machine = locked(py, &self.machine)?;
        match value.extract::<f64>() {
            Ok(number) => Ok(machine.learn(number)),
            Err(_) => Ok(machine.learn(score::Value::Text(&bytes_of(value)?))),
        }
    }

    /// What is unusual about a value; learns nothing. `None`: nothing is, or too little is known.
    fn judge<'py>(&self, py: Python<'py>, value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        let judged = match value.extract::<f64>() {
            Ok(number) => machine.judge(number),
            Err(_) => machine.judge(score::Value::Text(&bytes_of(value)?)),
        };
        let Some(judged) = judged else { return Ok(None) };
        let own = PyDict::new(py);
        own.set_item("kind", judged.kind.name())?;
        own.set_item("surprise", judged.surprise)?;
        own.set_item("observed", judged.observed)?;
        own.set_item("expected", judged.expected)?;
        own.set_item("low", judged.low)?;
        own.set_item("high", judged.high)?;
        own.set_item("count", judged.count)?;
        own.set_item("unit", plain(py, &judged.unit)?)?;
        own.set_item("unverified", judged.unverified)?;
        own.set_item("reason", judged.reason)?;
        shape_of("ValueJudgement", own.as_any()).map(Some)
    }

    /// The number below which a share of those learned lies, 0 to 1, in the base unit, within a few percent. `None`:
    /// there are no numbers.
    fn quantile(&self, py: Python<'_>, share: f64) -> PyResult<Option<f64>> {
        Ok(locked(py, &self.machine)?.quantile(share))
    }

    /// Memory in bytes.
    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "ContentConfig", &self.config)
    }

    /// What was learned, as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Goes on where a snapshot was taken, under the settings that it was taken under. Raises `SnapshotError` and its kin.
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None))]
    fn restore(py: Python<'_>, snapshot: &Bound<'_, PyAny>, config: Option<&Bound<'_, PyAny>>) -> PyResult<ValueModel> {
        let config: ContentConfig = settings(config)?;
        let machine = score::ValueModel::restore(&saved_bytes(snapshot)?, &config).or_raise(py)?;
        Ok(ValueModel { machine: Locked::new(machine), config })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, own) = (slf.py(), slf.get());
        kept(slf, "restore", (own.snapshot(py)?, plain(py, &own.config)?))
    }
}

/// What is usual for sessions, which are lists of template numbers: which templates, how many of each, in which order.
///
/// Takes a `SequenceConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> model, login, auth, dashboard = drainrs.SequenceModel(baseline="clean"), 1, 2, 3
///     >>> for _ in range(100):
///     ...     model.learn([login, auth, dashboard])
///     >>> judged = model.judge([login, dashboard])
///     >>> judged.flagged, round(judged.distance, 2), model.judge([login, auth, dashboard]).flagged
///     (True, 0.33, False)
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct SequenceModel {
    machine: Locked<score::SequenceModel>,
    config: SequenceConfig,
}

fn session_of(session: Vec<u64>) -> Vec<TemplateId> {
    session.into_iter().map(TemplateId).collect()
}

#[pymethods]
impl SequenceModel {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<SequenceModel> {
        let config: SequenceConfig = settings_with(py, "SequenceConfig", config, options)?;
        Ok(SequenceModel { machine: Locked::new(score::SequenceModel::build(&config).or_raise(py)?), config })
    }

    /// Learns a whole session as usual. One without events is none.
    fn learn(&self, py: Python<'_>, session: Vec<u64>) -> PyResult<()> {
        locked(py, &self.machine)?.learn(&session_of(session));
        Ok(())
    }

    /// Judges a whole session; learns nothing. Costs microseconds.
    fn judge<'py>(&self, py: Python<'py>, session: Vec<u64>) -> PyResult<Bound<'py, PyAny>> {
        let judged = locked(py, &self.machine)?.judge(&session_of(session));
        shaped(py, "SequenceJudgement", &judged)
    }

    /// Judges a whole session, then learns it if it was usual.
    fn adapt<'py>(&self, py: Python<'py>, session: Vec<u64>) -> PyResult<Bound<'py, PyAny>> {
        let judged = locked(py, &self.machine)?.adapt(&session_of(session));
        shaped(py, "SequenceJudgement", &judged)
    }

    /// Counts a template as another from now on: they were united, see `Hit.merged`.
    fn merged(&self, py: Python<'_>, gone: u64, into: u64) -> PyResult<()> {
        locked(py, &self.machine)?.merged(TemplateId(gone), TemplateId(into));
        Ok(())
    }

    /// How many sessions were learned as usual.
    #[getter]
    fn learned(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.learned())
    }

    /// How many rules between counts are in force, and how many are retired.
    #[getter]
    fn rules(&self, py: Python<'_>) -> PyResult<(usize, usize)> {
        Ok(locked(py, &self.machine)?.rules())
    }

    /// How much made room because a limit was reached.
    #[getter]
    fn dropped(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.dropped())
    }

    /// Memory in bytes.
    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "SequenceConfig", &self.config)
    }

    /// What was learned, as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Goes on where a snapshot was taken, under the settings that it was taken under. Raises `SnapshotError` and its kin.
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None))]
    fn restore(
        py: Python<'_>,
        snapshot: &Bound<'_, PyAny>,
        config: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<SequenceModel> {
        let config: SequenceConfig = settings(config)?;
        let machine = score::SequenceModel::restore(&saved_bytes(snapshot)?, &config).or_raise(py)?;
        Ok(SequenceModel { machine: Locked::new(machine), config })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, own) = (slf.py(), slf.get());
        kept(slf, "restore", (own.snapshot(py)?, plain(py, &own.config)?))
    }
}
