//! Whether what is proposed may be done.

use drainrs::GuardConfig;
use drainrs::guard::{Guard as Machine, Outcome, Proposal, RunId};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::convert::{plain, read, settings, settings_with, shaped, time, time_or_now, word};
use crate::error::OrRaise;
use crate::kept::{Kept, kept};
use crate::lines::saved_bytes;
use crate::lock::{Locked, locked};

/// Decides whether what is proposed may be done: by rules, limits, and what became of earlier runs. It does nothing
/// itself.
///
/// Takes a `GuardConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError` or a `LimitError`. Can
/// be pickled.
///
///     >>> import drainrs
///     >>> rule = {"name": "restart", "targets": ["web-*"], "risk": "low"}
///     >>> guard = drainrs.Guard(autonomy="auto_low_risk", actions=[rule])
///     >>> proposal = {"action": "restart", "target": "web-1", "risk": "low", "confidence": 0.99}
///     >>> decision = guard.decide(proposal, "2026-01-01T00:00:00Z")
///     >>> decision.verdict, guard.report(decision.run, "succeeded", "2026-01-01T00:01:00Z")
///     ('run', 'noted')
///     >>> guard.decide({**proposal, "action": "drop"}, "2026-01-01T00:02:00Z").verdict
///     'ask_approval'
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Guard {
    machine: Locked<Machine>,
}

#[pymethods]
impl Guard {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Guard> {
        let config: GuardConfig = settings_with(py, "GuardConfig", config, options)?;
        Ok(Guard { machine: Locked::new(Machine::build(&config).or_raise(py)?) })
    }

    /// What is to be done with a proposal: a `Proposal`, or a document of one. Who approved it and when come from here
    /// only, never from a document. Where the verdict is `"run"` the run counts from now on, and what came of it is to
    /// be reported. A `ConfigError` for what is no proposal.
    #[pyo3(signature = (proposal, now = None, *, approved_by = None))]
    fn decide<'py>(
        &self,
        py: Python<'py>,
        proposal: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        approved_by: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let shapes = crate::convert::shapes(py)?;
        let own = proposal.is_instance(&shapes.getattr("Proposal")?)?;
        let mut read_from = proposal.clone();
        let (mut by, mut at) = (approved_by, now.map(time).transpose()?);
        if own {
            // The host made this object itself: it may say both.
            by = by.or(proposal.getattr("approved_by")?.extract()?);
            at = at.or(Some(time(&proposal.getattr("at")?)?).filter(|at| at.as_nanos() != 0));
            let document = proposal.call_method0("to_dict")?;
            document.call_method1("pop", ("approved_by", py.None()))?;
            document.call_method1("pop", ("at", py.None()))?;
            read_from = document;
        }
        let mut proposal: Proposal = read(&read_from)?;
        proposal.approved_by = by;
        proposal.at = match at {
            Some(at) => at,
            None => time_or_now(py, None)?,
        };
        let decision = locked(py, &self.machine)?.decide(&proposal);
        shaped(py, "Decision", &decision)
    }

    /// Takes notice of what came of a run: `"succeeded"`, `"failed"`, `"rolled_back"` or `"roll_back_failed"`; says
    /// `"noted"`, `"suspended"` (too many failures in a row) or `"unknown"` (no such run).
    #[pyo3(signature = (run, outcome, now = None))]
    fn report<'py>(
        &self,
        py: Python<'py>,
        run: u64,
        outcome: &str,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let outcome: Outcome = word("outcome", outcome)?;
        let now = time_or_now(py, now)?;
        plain(py, &locked(py, &self.machine)?.report(RunId(run), outcome, now))
    }

    /// Whether an action is suspended; those without a rule are so all together.
    fn is_suspended(&self, py: Python<'_>, action: &str) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.is_suspended(action))
    }

    /// Ends the suspension of an action, on the word of `by`; gives whether there was one.
    #[pyo3(signature = (action, *, by, now = None))]
    fn resume(&self, py: Python<'_>, action: &str, by: &str, now: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
        let now = time_or_now(py, now)?;
        Ok(locked(py, &self.machine)?.resume(action, by, now))
    }

    /// Sets the clock of the limits back, when a time that was told turned out to be wrong; gives whether `now` is
    /// earlier. Nothing is let through that was not before.
    #[pyo3(signature = (now = None))]
    fn correct_clock(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
        let now = time_or_now(py, now)?;
        Ok(locked(py, &self.machine)?.correct_clock(now))
    }

    /// What was decided, and what came of it.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "GuardCounters", &counters)
    }

    /// Takes the records of the audit that wait, the earliest first.
    fn take_audit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let records = locked(py, &self.machine)?.take_audit();
        let shown: Vec<_> = records.iter().map(|record| shaped(py, "AuditRecord", record)).collect::<PyResult<_>>()?;
        PyTuple::new(py, shown)
    }

    /// Takes them as text, a JSON object per line.
    fn take_audit_lines(&self, py: Python<'_>) -> PyResult<String> {
        let mut lines = String::new();
        locked(py, &self.machine)?.take_audit_lines(&mut lines);
        Ok(lines)
    }

    /// How many records made room because nobody took them in time.
    #[getter]
    fn audit_dropped(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.audit_dropped())
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let config = locked(py, &self.machine)?.config().clone();
        crate::config::shown(py, "GuardConfig", &config)
    }

    /// Limits, suspensions, runs that are awaited, counters and the audit, as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Reads what `snapshot` gave. The settings may be others than they were. Raises `ConfigError`, `SnapshotError` and
    /// `SnapshotVersionError`.
    #[staticmethod]
    #[pyo3(signature = (snapshot, config = None))]
    fn restore(py: Python<'_>, snapshot: &Bound<'_, PyAny>, config: Option<&Bound<'_, PyAny>>) -> PyResult<Guard> {
        let config: GuardConfig = settings(config)?;
        Ok(Guard { machine: Locked::new(Machine::restore(&saved_bytes(snapshot)?, &config).or_raise(py)?) })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, guard) = (slf.py(), slf.get());
        let config = plain(py, locked(py, &guard.machine)?.config())?;
        kept(slf, "restore", (guard.snapshot(py)?, config))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let machine = locked(py, &self.machine)?;
        Ok(format!("<drainrs.Guard: {} actions>", machine.config().actions.len()))
    }
}
