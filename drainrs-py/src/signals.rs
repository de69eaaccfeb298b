//! Around scorers: what is counted, what is told, what moved together.

use drainrs::{AlertConfig, CountConfig, Observation, Score, ServiceId, TemplateId};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::convert::{plain, read, settings, settings_with, shaped, shown_time, time, word};
use crate::error::OrRaise;
use crate::kept::{Kept, kept, refused};
use crate::lines::saved_bytes;
use crate::lock::{Locked, locked};

/// Finds services that moved together within a short while. Candidates for where to look first, never a finding of the
/// cause.
///
/// Takes a `CorrelateConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> scorer, correlator, minute = drainrs.Scorer("frequency"), drainrs.Correlator(), 60_000_000_000
///     >>> for at in range(120):
///     ...     _ = scorer.close((at * minute, (at + 1) * minute), {(0, 7): 60, (0, 9): 60, (1, 8): 60})
///     >>> for score in scorer.close((120 * minute, 121 * minute), {(0, 7): 400, (0, 9): 500, (1, 8): 600}):
///     ...     assert correlator.take(score, ["db", "web"][score.service])
///     >>> correlator.finish()
///     >>> correlator.poll().services
///     ('db', 'web')
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Correlator {
    machine: Locked<drainrs::correlate::Correlator>,
}

#[pymethods]
impl Correlator {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Correlator> {
        let config = settings_with(py, "CorrelateConfig", config, options)?;
        Ok(Correlator { machine: Locked::new(drainrs::correlate::Correlator::build(&config).or_raise(py)?) })
    }

    /// Takes a score (or a document of one) of a service, in the order of notice; `False` if it is no movement, but
    /// information, or that something is back.
    fn take(&self, py: Python<'_>, score: &Bound<'_, PyAny>, service: &str) -> PyResult<bool> {
        let score: Score = read(score)?;
        let Some(movement) = drainrs::correlate::Movement::of(&score, service) else { return Ok(false) };
        locked(py, &self.machine)?.take(movement);
        Ok(true)
    }

    /// Takes notice that it is `now`, in event time; ends the window at hand if it is over.
    fn advance(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = time(now)?;
        locked(py, &self.machine)?.advance(now);
        Ok(())
    }

    /// Ends the window at hand, at the end of a stream.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        locked(py, &self.machine)?.finish();
        Ok(())
    }

    /// Takes the oldest correlation that waits; `None` if there is none.
    fn poll<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = locked(py, &self.machine)?.poll();
        found.map(|found| shaped(py, "Correlation", &found)).transpose()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "`finish` and `poll` it, and build another of its settings")
    }

    /// How many correlations nobody took in time.
    #[getter]
    fn dropped(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.dropped())
    }
}

/// Counts events in windows of event time; late ones are waited for.
///
/// Takes a `CountConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> counter = drainrs.Counter()
///     >>> for second in range(600):
///     ...     placed = counter.observe(second * 1_000_000_000, 1)
///     >>> window, tallies, metrics = counter.poll()
///     >>> placed, tallies[0].count, metrics.rate
///     ('counted', 60, 1.0)
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Counter {
    machine: Locked<drainrs::Counter>,
    config: CountConfig,
}

#[pymethods]
impl Counter {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Counter> {
        let config = settings_with(py, "CountConfig", config, options)?;
        Ok(Counter { machine: Locked::new(drainrs::Counter::build(&config).or_raise(py)?), config })
    }

    /// Counts an event; says where it went: `"counted"`, `"skewed"`, `"out_of_range"`, `"late"` or `"over_limit"`.
    /// Windows that it closes wait for `poll`.
    #[pyo3(signature = (at, template, *, service = 0, level = "unknown"))]
    fn observe<'py>(
        &self,
        py: Python<'py>,
        at: &Bound<'py, PyAny>,
        template: u64,
        service: u32,
        level: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut event = Observation::new(time(at)?, TemplateId(template));
        event.service = ServiceId(service);
        event.level = word("level", level)?;
        let placed = locked(py, &self.machine)?.observe(&event);
        plain(py, &placed)
    }

    /// Takes notice that it is `now`, in event time: closes what is over. An earlier time changes nothing.
    fn advance(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = time(now)?;
        locked(py, &self.machine)?.advance(now);
        Ok(())
    }

    /// Closes all windows, at the end of a stream.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        locked(py, &self.machine)?.finish();
        Ok(())
    }

    /// Takes the oldest window that is over: (window, tallies, metrics); `None` if there is none. Ask after every
    /// `observe` and `advance`.
    fn poll<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let mut machine = locked(py, &self.machine)?;
        let Some(counted) = machine.poll() else { return Ok(None) };
        let tallies = PyList::empty(py);
        for tally in counted.closed.tallies {
            tallies.append(shaped(py, "Tally", tally)?)?;
        }
        let window = shaped(py, "Window", &counted.closed.window)?;
        let metrics = shaped(py, "Metrics", &counted.metrics)?;
        PyTuple::new(py, [window, tallies.into_any(), metrics]).map(Some)
    }

    /// The window that an event at this time falls into.
    fn window_of<'py>(&self, py: Python<'py>, at: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let at = time(at)?;
        shaped(py, "Window", &locked(py, &self.machine)?.window_of(at))
    }

    /// When `advance` closes the next window that has events; `None`: never.
    #[getter]
    fn next_deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.next_deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    /// What was counted, and what was not.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "CountCounters", &counters)
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "CountConfig", &self.config)
    }

    /// The state as bytes, windows that wait to be taken included.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Goes on where a snapshot was taken, under the settings that it was taken under. Raises `SnapshotError` and its kin.
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None))]
    fn restore(py: Python<'_>, snapshot: &Bound<'_, PyAny>, config: Option<&Bound<'_, PyAny>>) -> PyResult<Counter> {
        let config: CountConfig = settings(config)?;
        let machine = drainrs::Counter::restore(&saved_bytes(snapshot)?, &config).or_raise(py)?;
        Ok(Counter { machine: Locked::new(machine), config })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, own) = (slf.py(), slf.get());
        kept(slf, "restore", (own.snapshot(py)?, plain(py, &own.config)?))
    }
}

/// Turns scores into alerts: what comes together is told once, what repeats is held back, and a day has a budget.
///
/// Takes an `AlertConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`, a `PatternError` or a
/// `LimitError`.
///
///     >>> import drainrs
///     >>> scorer, alerter, minute = drainrs.Scorer("frequency"), drainrs.Alerter(), 60_000_000_000
///     >>> for at in range(120):
///     ...     _ = scorer.close((at * minute, (at + 1) * minute), {7: 60})
///     >>> for score in scorer.close((120 * minute, 121 * minute), {7: 400}):
///     ...     alerter.take(score)
///     >>> alerter.finish()
///     >>> alert = alerter.poll()
///     >>> alert.status, alert.priority, alert.score.kind
///     ('opened', 'high', 'spike')
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Alerter {
    machine: Locked<drainrs::Alerter>,
    config: AlertConfig,
}

#[pymethods]
impl Alerter {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Alerter> {
        let config = settings_with(py, "AlertConfig", config, options)?;
        Ok(Alerter { machine: Locked::new(drainrs::Alerter::build(&config).or_raise(py)?), config })
    }

    /// Takes a score, or a document of one. Alerts wait for `poll`.
    fn take(&self, py: Python<'_>, score: &Bound<'_, PyAny>) -> PyResult<()> {
        let score: Score = read(score)?;
        locked(py, &self.machine)?.take(score);
        Ok(())
    }

    /// Takes notice that it is `now`, in event time: tells what waited for company long enough, and what is over.
    fn advance(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = time(now)?;
        locked(py, &self.machine)?.advance(now);
        Ok(())
    }

    /// Tells what still waits for company, at the end of a stream.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        locked(py, &self.machine)?.finish();
        Ok(())
    }

    /// Takes the oldest alert that waits; `None` if there is none. Names of services and texts of templates are not
    /// filled in.
    fn poll<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let alert = locked(py, &self.machine)?.poll();
        alert.map(|alert| shaped(py, "Alert", &alert)).transpose()
    }

    /// When `advance` has something to say; `None`: never.
    #[getter]
    fn next_deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.next_deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    /// What became of scores.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "AlertCounters", &counters)
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "AlertConfig", &self.config)
    }

    /// The state as bytes, alerts that wait to be taken included.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Goes on where a snapshot was taken, under the settings that it was taken under. Raises `SnapshotError` and its kin.
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None))]
    fn restore(py: Python<'_>, snapshot: &Bound<'_, PyAny>, config: Option<&Bound<'_, PyAny>>) -> PyResult<Alerter> {
        let config: AlertConfig = settings(config)?;
        let machine = drainrs::Alerter::restore(&saved_bytes(snapshot)?, &config).or_raise(py)?;
        Ok(Alerter { machine: Locked::new(machine), config })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, own) = (slf.py(), slf.get());
        kept(slf, "restore", (own.snapshot(py)?, plain(py, &own.config)?))
    }
}
