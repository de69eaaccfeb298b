//! Single numbers: classic scores, thresholds and their worth, what changed most.

use drainrs::score::calibrate::CalibrateConfig;
use drainrs::score::ranking::Scale;
use drainrs::score::{self};
use drainrs::score::{calibrate as calibration, ranking};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use crate::convert::{settings_with, shaped};
use crate::error::OrRaise;

fn too_few<T>(result: Result<T, score::TooFewWindows>) -> PyResult<T> {
    result.map_err(|error| PyValueError::new_err(error.to_string()))
}

/// By how many standard deviations a count is off the mean of a history. A `ValueError` for less than 12 windows.
///
///     >>> import drainrs
///     >>> drainrs.z_score([10, 12, 11, 9, 10, 11] * 2, 30)
///     19.5
#[pyfunction]
pub(crate) fn z_score(history: Vec<u64>, count: u64) -> PyResult<f64> {
    too_few(score::z_score(&history, count))
}

/// The robust score of a count: by the median and the median absolute deviation of a history. A `ValueError` for less
/// than 12 windows.
#[pyfunction]
pub(crate) fn mad_score(history: Vec<u64>, count: u64) -> PyResult<f64> {
    too_few(score::mad_score(&history, count))
}

/// The z-score of the last count against all counts, itself included, as tutorials compute it: to compare with, not to
/// use.
#[pyfunction]
pub(crate) fn naive_z(counts: Vec<u64>) -> f64 {
    score::naive_z(&counts)
}

/// What thresholds are worth, from scores with labels (`True`: anomalous): the best F1, the precision asked for, and
/// all points of the curve. Settings are those of `CalibrateConfig`. A `ConfigError` for less than 10 of either kind.
///
///     >>> import drainrs
///     >>> scores = [at / 40 for at in range(40)]
///     >>> drainrs.calibrate(scores, [score >= 0.5 for score in scores]).best.threshold
///     0.5
#[pyfunction]
#[pyo3(signature = (scores, labels, config = None, **options))]
pub(crate) fn calibrate<'py>(
    py: Python<'py>,
    scores: Vec<f64>,
    labels: Vec<bool>,
    config: Option<&Bound<'py, PyAny>>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    if scores.len() != labels.len() {
        return Err(PyValueError::new_err(format!(
            "{} scores and {} labels: one each is needed",
            scores.len(),
            labels.len()
        )));
    }
    let config: CalibrateConfig = settings_with(py, "CalibrateConfig", config, options)?;
    let scored: Vec<(f64, bool)> = scores.into_iter().zip(labels).collect();
    shaped(py, "Calibration", &calibration::calibrate(&scored, &config).or_raise(py)?)
}

/// The threshold that a further normal score reaches at most at this rate, from scores of an uneventful time. A
/// `ConfigError` if they are too few.
#[pyfunction]
pub(crate) fn false_alarm_threshold(py: Python<'_>, normal: Vec<f64>, rate: f64) -> PyResult<Bound<'_, PyAny>> {
    shaped(py, "FalseAlarmThreshold", &calibration::false_alarm_threshold(&normal, rate).or_raise(py)?)
}

/// What changed most between two sets of counts, dicts by key; keys come back as text. Counts are made comparable by
/// their totals or, with both lengths of time in nanoseconds, by these. A `ValueError` for only one of them.
///
///     >>> import drainrs
///     >>> changes = drainrs.rank({"GET": 900, "timeout": 1}, {"GET": 880, "timeout": 60})
///     >>> changes.rises[0].key, changes.rises[0].before, changes.rises[0].after
///     ('timeout', 1, 60)
#[pyfunction]
#[pyo3(signature = (before, after, *, before_ns = None, after_ns = None))]
pub(crate) fn rank<'py>(
    py: Python<'py>,
    before: &Bound<'py, PyMapping>,
    after: &Bound<'py, PyMapping>,
    before_ns: Option<i64>,
    after_ns: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let counts = |counts: &Bound<'py, PyMapping>| -> PyResult<Vec<(String, u64)>> {
        let items = counts.items()?;
        items
            .iter()
            .map(|item| item.extract::<(Bound<'py, PyAny>, u64)>())
            .map(|item| item.and_then(|(key, count)| Ok((key.str()?.to_string(), count))))
            .collect()
    };
    let scale = match (before_ns, after_ns) {
        (Some(before_ns), Some(after_ns)) => Scale::Time { before_ns, after_ns },
        (None, None) => Scale::Total,
        _ => return Err(PyValueError::new_err("both lengths of time, or none, are needed")),
    };
    shaped(py, "Changes", &ranking::rank(&counts(before)?, &counts(after)?, scale).or_raise(py)?)
}
