//! What is usual, learned by a pipeline, and how two baselines differ.

use drainrs::OnOtherSettings;
use drainrs::PipelineConfig;
use drainrs::baseline::{Baseline as BaselineMachine, CompareConfig, compare as compare_machines};
use drainrs::score::Mode;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::convert::{settings, settings_with, shaped, time_or_now};
use crate::error::OrRaise;
use crate::kept::{Kept, kept};
use crate::lines::{bytes_of, feed, saved_bytes};
use crate::lock::{Locked, locked};
use crate::miner::templates_of;
use crate::pipeline::{Pipeline, settings_of};

/// What is usual, learned from logs that are known to be good, to judge other logs by.
///
/// Settings are those of a `Pipeline`; without a `detect` part they get the default one. Can be pickled.
///
///     >>> import drainrs
///     >>> log = drainrs.sample_log()
///     >>> baseline = drainrs.Baseline()
///     >>> baseline.push_batch(log[:1000])
///     1000
///     >>> baseline.finish()
///     >>> judge = baseline.into_judge()
///     >>> _ = judge.push_batch(log[1000:], finish=True)
///     >>> "new_template" in [alert.score.kind for alert in judge.alerts()]
///     True
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

    /// Learns from a raw line that arrives at `now`.
    #[pyo3(signature = (line, now = None))]
    fn push(&self, py: Python<'_>, line: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let now = time_or_now(py, now)?;
        locked(py, &self.machine)?.push(&bytes_of(line)?, now);
        Ok(())
    }

    /// Learns from many raw lines, as `Miner.insert_batch` takes them; gives how many there were.
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

    /// Takes in what is held back, at the end of a log. Others may follow.
    #[pyo3(signature = (now = None))]
    fn finish(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let now = time_or_now(py, now)?;
        locked(py, &self.machine)?.finish(now);
        Ok(())
    }

    /// The baseline as bytes: versioned, checksummed, the same for the same state.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = locked(py, &self.machine)?.save().or_raise(py)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// A baseline that was saved, with the settings it was learned under. Raises `SnapshotError` and
    /// `SnapshotVersionError`.
    #[staticmethod]
    fn load(py: Python<'_>, saved: &Bound<'_, PyAny>) -> PyResult<Baseline> {
        let machine = BaselineMachine::load(&saved_bytes(saved)?).or_raise(py)?;
        let config = settings_of(machine.pipeline(), PipelineConfig::default());
        Ok(Baseline { machine: Locked::new(machine), config })
    }

    /// A pipeline that judges logs by this baseline and learns nothing new. The baseline stays as it is, and may make
    /// others. As many windows' metrics and single scores wait to be polled as is said.
    #[allow(clippy::wrong_self_convention, reason = "its name in the library; a Python object cannot be used up")]
    #[pyo3(signature = (*, max_metrics = 0, max_scores = 0))]
    fn into_judge(&self, py: Python<'_>, max_metrics: usize, max_scores: usize) -> PyResult<Pipeline> {
        let saved = locked(py, &self.machine)?.save().or_raise(py)?;
        let mut config = self.config.clone();
        let detect = config.detect.get_or_insert_default();
        (detect.max_metrics, detect.max_scores, detect.score.mode) = (max_metrics, max_scores, Mode::Detect);
        let judge = drainrs::Pipeline::restore(&saved, &config, OnOtherSettings::Adopt).or_raise(py)?;
        let config = settings_of(&judge, config);
        Ok(Pipeline::around(judge, config))
    }

    /// The templates that are usual, by number.
    fn templates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        templates_of(py, locked(py, &self.machine)?.pipeline().miner())
    }

    /// How many lines and events were learned from.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.pipeline().counters();
        shaped(py, "PipelineCounters", &counters)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        kept(slf, "load", (slf.get().save(slf.py())?,))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let machine = locked(py, &self.machine)?;
        let events = machine.pipeline().counters().events;
        Ok(format!("<drainrs.Baseline: {} templates of {events} events>", machine.pipeline().miner().len()))
    }
}

/// How two baselines differ: templates that are new, gone, more frequent, rarer, or have other values; the most
/// important first. Rates are compared as shares of all events, so logs need not be of one length. `config` is a
/// `CompareConfig`.
///
///     >>> import drainrs
///     >>> before, after = drainrs.Baseline(), drainrs.Baseline()
///     >>> for baseline, lines in [(before, ["link up"] * 9), (after, ["link up"] * 9 + ["disk sda is full"])]:
///     ...     _ = baseline.push_batch(lines)
///     ...     baseline.finish()
///     >>> [standing.template for standing in drainrs.compare(before, after).new]
///     ['disk sda is full']
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
