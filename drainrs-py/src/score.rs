//! Scorers that are used alone, and one of the host's inside a pipeline.

use drainrs::score::calibrate::CalibrateConfig;
use drainrs::score::ranking::Scale;
use drainrs::score::{
    self, Centroid as CentroidMachine, CentroidConfig, ContentConfig, FrequencyConfig, FrequencyJudgement,
    KMeans as KMeansMachine, KMeansConfig, NoveltyConfig, SequenceConfig, SilenceConfig,
    Vectoriser as VectoriserMachine, VectoriserConfig,
};
use drainrs::score::{calibrate as calibration, ranking};
use drainrs::{Class, Closed, Observation, Score, Series, ServiceId, Span, Tally, TemplateId, Timestamp, Window};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::convert::{plain, read, settings_with, shape_of, shaped, shown_time, time, word};
use crate::error::OrRaise;
use crate::lines::{bytes_of, feed};
use crate::matrix::{Matrix, matrix_of, vector_of};
use crate::miner::{Locked, locked};

/// A window: an object with `start` and `end`, or a pair of times.
fn window_of(window: &Bound<'_, PyAny>) -> PyResult<Window> {
    let (start, end) = match window.getattr_opt("start")? {
        Some(start) => (start, window.getattr("end")?),
        None => window.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?,
    };
    Ok(Window { start: time(&start)?, end: time(&end)? })
}

fn scores_of<'py>(py: Python<'py>, scores: &[Score]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for score in scores {
        list.append(shaped(py, "Score", score)?)?;
    }
    Ok(list)
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
        Ok(FrequencyModel { machine: Locked::new(score::FrequencyModel::build(&config).or_raise(py)?) })
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
        Ok(ValueModel { machine: Locked::new(score::ValueModel::new(&config).or_raise(py)?) })
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
        Ok(SequenceModel { machine: Locked::new(score::SequenceModel::build(&config).or_raise(py)?) })
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
}

/// Texts to vectors of length one, whose angle tells how much the texts have in common, whatever their numbers,
/// identifiers and addresses. `drainrs.Vectoriser` adds the manners of scikit-learn.
///
/// Takes a `VectoriserConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> vectoriser = drainrs.Vectoriser(dimensions=64)
///     >>> vectoriser.learn_batch(["disk sda is full", "disk sda is broken", "user left"])
///     >>> vectoriser.reweigh()
///     >>> vectors = vectoriser.vectors(["disk sdb7 is full", "user left"])
///     >>> vectors.shape, float(vectors[0] @ vectoriser.vector("disk sdb9 is full")) > 0.99
///     ((2, 64), True)
#[pyclass(frozen, subclass, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Vectoriser {
    machine: Locked<VectoriserMachine>,
    config: VectoriserConfig,
}

#[pymethods]
impl Vectoriser {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Vectoriser> {
        let config: VectoriserConfig = settings_with(py, "VectoriserConfig", config, options)?;
        Ok(Vectoriser { machine: Locked::new(VectoriserMachine::build(&config).or_raise(py)?), config })
    }

    /// How many numbers a vector has.
    #[getter]
    fn dimensions(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.dimensions())
    }

    /// How many texts were learned.
    #[getter]
    fn texts(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.texts())
    }

    /// How many words and pairs made room for others.
    #[getter]
    fn evicted(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.evicted())
    }

    /// Memory in bytes.
    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "VectoriserConfig", &self.config)
    }

    /// Counts what is in a text: once per template or different text, not per line. Vectors change at the next
    /// `reweigh`.
    fn learn(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<()> {
        locked(py, &self.machine)?.learn(bytes_of(text)?);
        Ok(())
    }

    /// `learn` for many texts, as `Miner.insert_batch` takes lines; missing ones are left out.
    #[pyo3(signature = (texts, *, progress = None))]
    fn learn_batch(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        feed(py, texts, progress, |rows| {
            let mut machine = self.machine.detached()?;
            rows.flatten().for_each(|text| machine.learn(text));
            Ok(())
        })?;
        Ok(())
    }

    /// Takes weights anew from what was learned. Vectors made before do not compare with those made after.
    fn reweigh(&self, py: Python<'_>) -> PyResult<()> {
        locked(py, &self.machine)?.reweigh();
        Ok(())
    }

    /// The vector of a text: float32, `dimensions` numbers of length one; zeros if there is no word in it. A list where
    /// NumPy is not installed.
    fn vector<'py>(&self, py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let vector = locked(py, &self.machine)?.vector(bytes_of(text)?);
        let columns = vector.len();
        Matrix::shown(py, vector, columns)?.get_item(0)
    }

    /// The vectors of many texts: float32, a row per text; a row of zeros for a missing one.
    #[pyo3(signature = (texts, *, progress = None))]
    fn vectors<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let columns = locked(py, &self.machine)?.dimensions();
        let mut values = Vec::new();
        feed(py, texts, progress, |rows| {
            let machine = self.machine.detached()?;
            for row in rows {
                match row {
                    Some(text) => values.extend(machine.vector(text)),
                    None => values.resize(values.len() + columns, 0.0),
                }
            }
            Ok(())
        })?;
        Matrix::shown(py, values, columns)
    }

    /// What was learned, as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Takes the state of a snapshot in the place of its own. Limits may be others than they were, dimensions may not.
    /// Raises `SnapshotError` and its kin; nothing is changed then.
    fn resume(&self, py: Python<'_>, snapshot: &[u8]) -> PyResult<()> {
        let restored = VectoriserMachine::restore(snapshot, &self.config).or_raise(py)?;
        *locked(py, &self.machine)? = restored;
        Ok(())
    }
}

/// Vectors in clusters around centroids, by their direction; the same points and settings give the same clusters. `fit`
/// makes it; `len` counts the clusters.
///
///     >>> import drainrs
///     >>> clusters = drainrs.KMeans.fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]], clusters=2)
///     >>> clusters.assignments, clusters.sizes, clusters.nearest([0.0, 2.0])[0]
///     ([1, 1, 0, 0], [2, 2], 0)
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct KMeans {
    machine: KMeansMachine,
}

#[pymethods]
impl KMeans {
    /// Clusters the rows of a matrix; there are fewer clusters where fewer rows differ. Settings are those of
    /// `KMeansConfig`. Costs points times clusters times dimensions an iteration; the interpreter is released. A
    /// `ConfigError` for no points, a row of zeros, or a number that is not finite.
    #[staticmethod]
    #[pyo3(signature = (points, config = None, **options))]
    fn fit(
        py: Python<'_>,
        points: &Bound<'_, PyAny>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<KMeans> {
        let config: KMeansConfig = settings_with(py, "KMeansConfig", config, options)?;
        let points = matrix_of(points)?;
        let machine = py.detach(|| KMeansMachine::fit(points.view(), &config)).or_raise(py)?;
        Ok(KMeans { machine })
    }

    fn __len__(&self) -> usize {
        self.machine.len()
    }

    /// The centroids: float32, a row of length one each.
    #[getter]
    fn centroids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let centroids = self.machine.centroids();
        Matrix::shown(py, centroids.iter().copied().collect(), centroids.ncols())
    }

    /// The cluster of each point.
    #[getter]
    fn assignments(&self) -> Vec<usize> {
        self.machine.assignments().to_vec()
    }

    /// How many points each cluster has.
    #[getter]
    fn sizes(&self) -> Vec<usize> {
        self.machine.sizes().to_vec()
    }

    /// The points nearest to a centroid, the nearest first; none for a cluster that there is not.
    fn representatives(&self, cluster: usize) -> Vec<usize> {
        self.machine.representatives(cluster).to_vec()
    }

    /// How often the centroids moved.
    #[getter]
    fn iterations(&self) -> u32 {
        self.machine.iterations()
    }

    /// Whether they would not move any further.
    #[getter]
    fn converged(&self) -> bool {
        self.machine.converged()
    }

    /// The cluster nearest to a vector, and the cosine distance of its centroid, 0 to 2. A `ConfigError` for a vector
    /// of another length, or of zeros.
    fn nearest(&self, py: Python<'_>, vector: &Bound<'_, PyAny>) -> PyResult<(usize, f64)> {
        self.machine.nearest(&vector_of(vector)?).or_raise(py)
    }
}

/// How far texts, or vectors of a model of the host's, are from everything that is known: the cosine distance to the
/// nearest. `drainrs.Centroid` adds the manners of scikit-learn.
///
/// Takes a `CentroidConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`.
///
///     >>> import drainrs
///     >>> scorer = drainrs.Centroid()
///     >>> scorer.learn_texts(["user ann logged in", "user bob logged in"])
///     2
///     >>> judged = scorer.score_text("kernel panic, not syncing")
///     >>> judged.unusual, scorer.score_text("user ann logged in").distance
///     (True, 0.0)
#[pyclass(frozen, subclass, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Centroid {
    machine: Locked<CentroidMachine>,
    config: CentroidConfig,
}

#[pymethods]
impl Centroid {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Centroid> {
        let config: CentroidConfig = settings_with(py, "CentroidConfig", config, options)?;
        Ok(Centroid { machine: Locked::new(CentroidMachine::build(&config).or_raise(py)?), config })
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "CentroidConfig", &self.config)
    }

    /// Takes a text for usual; `False` if one with the same words is known, or if there is no word in it.
    fn learn_text(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.learn_text(bytes_of(text)?))
    }

    /// `learn_text` for many texts, as `Miner.insert_batch` takes lines; gives how many were new.
    #[pyo3(signature = (texts, *, progress = None))]
    fn learn_texts(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<u64> {
        let mut learned = 0;
        feed(py, texts, progress, |rows| {
            let mut machine = self.machine.detached()?;
            learned += rows.flatten().map(|text| u64::from(machine.learn_text(text))).sum::<u64>();
            Ok(())
        })?;
        Ok(learned)
    }

    /// Judges a text; learns nothing. `None`: there is no word in it, or nothing is known.
    fn score_text<'py>(&self, py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let judged = locked(py, &self.machine)?.score_text(bytes_of(text)?);
        judged.map(|judged| shaped(py, "DistanceJudgement", &judged)).transpose()
    }

    /// The distances of many texts, 0 to 2; NaN for a missing one, and where nothing can be said.
    #[pyo3(signature = (texts, *, progress = None))]
    fn distances(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<f64>> {
        let mut distances = Vec::new();
        feed(py, texts, progress, |rows| {
            let machine = self.machine.detached()?;
            distances.extend(
                rows.map(|row| {
                    row.and_then(|text| machine.score_text(text)).map_or(f64::NAN, |judged| judged.distance)
                }),
            );
            Ok(())
        })?;
        Ok(distances)
    }

    /// The distance from which on a text is unusual: what calibration found, or the settings say.
    #[getter]
    fn threshold(&self, py: Python<'_>) -> PyResult<f64> {
        Ok(locked(py, &self.machine)?.threshold())
    }

    /// Sets the threshold from usual texts that were not learned themselves, of which a share of `false_alarm_rate`
    /// will be past it; gives it. A `ConfigError` if there are too few: 200 for a rate of one in 200.
    fn calibrate_texts(&self, py: Python<'_>, texts: &Bound<'_, PyAny>) -> PyResult<f64> {
        let mut all = Vec::new();
        feed(py, texts, None, |rows| {
            all.extend(rows.flatten().map(<[u8]>::to_vec));
            Ok(())
        })?;
        let mut machine = locked(py, &self.machine)?;
        let machine = &mut *machine;
        py.detach(|| machine.calibrate_texts(all)).or_raise(py)
    }

    /// Takes a vector of the host's for usual, with a text to show for it; gives whether it was new. Its length does
    /// not matter. A `ConfigError` for other dimensions, zeros, or a number that is not finite.
    #[pyo3(signature = (vector, text = ""))]
    fn learn_vector(&self, py: Python<'_>, vector: &Bound<'_, PyAny>, text: &str) -> PyResult<bool> {
        let vector = vector_of(vector)?;
        locked(py, &self.machine)?.learn_vector(&vector, text).or_raise(py)
    }

    /// Judges a vector of the host's; learns nothing. `None`: nothing is known. A `ConfigError` before
    /// `calibrate_vectors`, unless the settings have a threshold.
    fn score_vector<'py>(&self, py: Python<'py>, vector: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let vector = vector_of(vector)?;
        let judged = locked(py, &self.machine)?.score_vector(&vector).or_raise(py)?;
        judged.map(|judged| shaped(py, "DistanceJudgement", &judged)).transpose()
    }

    /// Sets the threshold of the host's vectors from usual ones that were not learned, a row each, as `calibrate_texts`
    /// does; gives it.
    fn calibrate_vectors(&self, py: Python<'_>, vectors: &Bound<'_, PyAny>) -> PyResult<f64> {
        let vectors = matrix_of(vectors)?;
        locked(py, &self.machine)?.calibrate_vectors(vectors.view()).or_raise(py)
    }

    /// Puts the centroids of clusters (`KMeansConfig`) in the place of the known texts, to cap memory; gives how many
    /// are known now. Distances grow, so calibrate afterwards.
    #[pyo3(signature = (config = None, **options))]
    fn condense_texts(
        &self,
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<usize> {
        let config: KMeansConfig = settings_with(py, "KMeansConfig", config, options)?;
        locked(py, &self.machine)?.condense_texts(&config).or_raise(py)
    }

    /// The same for the vectors of the host's.
    #[pyo3(signature = (config = None, **options))]
    fn condense_vectors(
        &self,
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<usize> {
        let config: KMeansConfig = settings_with(py, "KMeansConfig", config, options)?;
        locked(py, &self.machine)?.condense_vectors(&config).or_raise(py)
    }

    /// Takes an unusual template for usual at once; gives whether it was one.
    fn accept(&self, py: Python<'_>, template: u64) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.accept(TemplateId(template)))
    }

    /// How many texts are known.
    #[getter]
    fn known_texts(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.known_texts())
    }

    /// How many vectors of the host's are known.
    #[getter]
    fn known_vectors(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.known_vectors())
    }

    /// What was judged, flagged, adopted and forgotten.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "CentroidCounters", &counters)
    }
}

/// A scorer of the library, fed by hand: events by `observe`, closed windows by `close`, time by `advance`. Each gives
/// the scores that are past the threshold.
///
/// The name is `"frequency"`, `"novelty"`, `"silence"`, `"sequence"`, `"content"`, `"centroid"`, or `"all"` for a
/// battery of them; settings are those of its class (`FrequencyConfig`, ..., `ScoreConfig` for all). An unknown name is
/// a `ValueError`, wrong settings are a `ConfigError`.
///
///     >>> import drainrs
///     >>> scorer, minute = drainrs.Scorer("frequency"), 60_000_000_000
///     >>> for at in range(120):
///     ...     _ = scorer.close((at * minute, (at + 1) * minute), {7: 60})
///     >>> scores = scorer.close((120 * minute, 121 * minute), {7: 400})
///     >>> [(score.template, score.kind, score.observed, score.expected) for score in scores]
///     [(7, 'spike', 400.0, 60.0)]
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Scorer {
    machine: Locked<Box<dyn score::Scorer>>,
    /// Its name.
    #[pyo3(get)]
    name: String,
}

#[pymethods]
impl Scorer {
    #[new]
    #[pyo3(signature = (name, config = None, **options))]
    fn new(
        py: Python<'_>,
        name: &str,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Scorer> {
        macro_rules! built {
            ($class:literal, $config:ty, $machine:ty) => {{
                let config: $config = settings_with(py, $class, config, options)?;
                Box::new(<$machine>::build(&config).or_raise(py)?)
            }};
        }
        let machine: Box<dyn score::Scorer> = match name {
            "frequency" => built!("FrequencyConfig", FrequencyConfig, score::Frequency),
            "novelty" => built!("NoveltyConfig", NoveltyConfig, score::Novelty),
            "silence" => built!("SilenceConfig", SilenceConfig, score::Silence),
            "sequence" => built!("SequenceConfig", SequenceConfig, score::Sequence),
            "content" => built!("ContentConfig", ContentConfig, score::Content),
            "centroid" => built!("CentroidConfig", CentroidConfig, CentroidMachine),
            "all" => {
                built!("ScoreConfig", score::ScoreConfig, score::Battery)
            }
            _ => {
                let known = "frequency, novelty, silence, sequence, content, centroid, or all of them";
                return Err(PyValueError::new_err(format!("there is no scorer {name:?}; there are {known}")));
            }
        };
        Ok(Scorer { machine: Locked::new(machine), name: name.to_owned() })
    }

    /// Takes an event, in the order of arrival. `values` are those of its parameters: pairs of a class (`"NUM"`) and a
    /// text, in the order of the line; they stand in for `text`. An unknown word is a `ValueError`.
    #[pyo3(signature = (at, template, *, service = 0, level = "unknown", change = "unchanged", content_id = None, session = None, text = None, values = None))]
    #[allow(clippy::too_many_arguments, reason = "the fields of an observation")]
    fn observe<'py>(
        &self,
        py: Python<'py>,
        at: &Bound<'py, PyAny>,
        template: u64,
        service: u32,
        level: &str,
        change: &str,
        content_id: Option<&str>,
        session: Option<&Bound<'py, PyAny>>,
        text: Option<&Bound<'py, PyAny>>,
        values: Option<Vec<(String, String)>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut event = Observation::new(time(at)?, TemplateId(template));
        event.service = ServiceId(service);
        event.level = word("level", level)?;
        event.change = word("change", change)?;
        if let Some(content) = content_id {
            event.content = word("content_id", content)?;
        }
        let session = session.map(|session| bytes_of(session)).transpose()?;
        event.session = session.as_deref();
        let text = text.map(|text| bytes_of(text)).transpose()?;
        event.text = text.as_deref().unwrap_or_default();
        let (line, parameters) = laid_out(values.unwrap_or_default())?;
        if !parameters.is_empty() {
            (event.text, event.parameters) = (&line, &parameters);
        }
        let mut scores = Vec::new();
        locked(py, &self.machine)?.observe(&event, &mut scores);
        scores_of(py, &scores)
    }

    /// Takes a window that is over, in order: the counts by template, or by (service, template). Where the input was
    /// away the window is a `gap`, without counts.
    #[pyo3(signature = (window, counts, *, gap = false))]
    fn close<'py>(
        &self,
        py: Python<'py>,
        window: &Bound<'py, PyAny>,
        counts: &Bound<'py, PyDict>,
        gap: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let window = window_of(window)?;
        let mut tallies = Vec::new();
        for (key, count) in counts {
            let (service, template) = match key.extract::<(u32, u64)>() {
                Ok(both) => both,
                Err(_) => (0, key.extract()?),
            };
            let series = Series { service: ServiceId(service), template: TemplateId(template) };
            tallies.push(Tally::new(series, count.extract()?, window));
        }
        tallies.sort_by_key(|tally| tally.series);
        let closed = if gap { Closed::gap(window) } else { Closed::new(window, &tallies) };
        let mut scores = Vec::new();
        locked(py, &self.machine)?.close(&closed, &mut scores);
        scores_of(py, &scores)
    }

    /// Takes notice that it is `now`, in event time, and that everything before was observed. An earlier time changes
    /// nothing.
    fn advance<'py>(&self, py: Python<'py>, now: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let now = time(now)?;
        let mut scores = Vec::new();
        locked(py, &self.machine)?.advance(now, &mut scores);
        scores_of(py, &scores)
    }

    /// When `advance` will have something to say if no event comes before; `None`: never.
    #[getter]
    fn next_deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.next_deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    /// Memory in bytes of what was learned.
    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    /// Takes notice that a template was united with another; see `Hit.merged`.
    fn merged(&self, py: Python<'_>, gone: u64, into: u64) -> PyResult<()> {
        locked(py, &self.machine)?.merged(TemplateId(gone), TemplateId(into));
        Ok(())
    }

    /// Changes between `"learn"`, `"detect"` and `"adaptive"`; see `Pipeline.set_mode`.
    fn set_mode(&self, py: Python<'_>, mode: &str) -> PyResult<()> {
        let mode = word("mode", mode)?;
        locked(py, &self.machine)?.set_mode(mode);
        Ok(())
    }

    fn __repr__(&self) -> String {
        format!("<drainrs.Scorer {:?}>", self.name)
    }
}

/// Values as a line of their own, a token each.
fn laid_out(values: Vec<(String, String)>) -> PyResult<(Vec<u8>, Vec<drainrs::Parameter>)> {
    let (mut line, mut parameters) = (Vec::new(), Vec::new());
    for (token, (class, value)) in values.into_iter().enumerate() {
        let class: Class = word("class", &class)?;
        if !line.is_empty() {
            line.push(b' ');
        }
        let start = line.len();
        line.extend_from_slice(value.as_bytes());
        let span = Span::new(start, line.len());
        let parameter = serde_json::json!({ "span": span, "class": class, "token": token });
        parameters.push(serde_json::from_value(parameter).map_err(|cause| PyValueError::new_err(cause.to_string()))?);
    }
    Ok((line, parameters))
}

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
    before: &Bound<'py, PyDict>,
    after: &Bound<'py, PyDict>,
    before_ns: Option<i64>,
    after_ns: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let counts = |counts: &Bound<'py, PyDict>| -> PyResult<Vec<(String, u64)>> {
        counts.iter().map(|(key, count)| Ok((key.str()?.to_string(), count.extract()?))).collect()
    };
    let scale = match (before_ns, after_ns) {
        (Some(before_ns), Some(after_ns)) => Scale::Time { before_ns, after_ns },
        (None, None) => Scale::Total,
        _ => return Err(PyValueError::new_err("both lengths of time, or none, are needed")),
    };
    shaped(py, "Changes", &ranking::rank(&counts(before)?, &counts(after)?, scale).or_raise(py)?)
}

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
        Ok(Counter { machine: Locked::new(drainrs::Counter::build(&config).or_raise(py)?) })
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
        Ok(Alerter { machine: Locked::new(drainrs::Alerter::build(&config).or_raise(py)?) })
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
}

/// A scorer written in Python: an object with `name` and `close(window, counts)`, and perhaps `advance(now)`. It gives dicts
/// or `Score`s; what it raises is reported as unraisable, and says nothing.
pub(crate) struct Guest {
    object: Py<PyAny>,
    name: String,
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guest({})", self.name)
    }
}

impl Guest {
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Guest> {
        let name = object.getattr("name")?.extract()?;
        object.getattr("close")?;
        Ok(Guest { object: object.clone().unbind(), name })
    }

    fn ask(&self, scores: &mut Vec<Score>, ask: impl FnOnce(Python<'_>, &Bound<'_, PyAny>) -> PyResult<Vec<Score>>) {
        Python::attach(|py| {
            let object = self.object.bind(py);
            match crate::miner::entered(|| ask(py, object)) {
                Ok(found) => scores.extend(found),
                Err(error) => error.write_unraisable(py, Some(object)),
            }
        });
    }
}

/// The scores that a guest gives: nothing, one, or several.
fn guest_scores(given: &Bound<'_, PyAny>) -> PyResult<Vec<Score>> {
    if given.is_none() {
        return Ok(Vec::new());
    }
    given.try_iter()?.map(|score| read(&score?)).collect()
}

impl score::Scorer for Guest {
    fn name(&self) -> &str {
        &self.name
    }

    fn observe(&mut self, _: &Observation<'_>, _: &mut Vec<Score>) {}

    fn close(&mut self, closed: &Closed<'_>, scores: &mut Vec<Score>) {
        if closed.gap {
            return;
        }
        self.ask(scores, |py, object| {
            let counts = PyDict::new(py);
            for tally in closed.tallies {
                counts.set_item((tally.series.service.0, tally.series.template.0), tally.count)?;
            }
            guest_scores(&object.call_method1("close", (shaped(py, "Window", &closed.window)?, counts))?)
        });
    }

    fn advance(&mut self, now: Timestamp, scores: &mut Vec<Score>) {
        self.ask(scores, |py, object| match object.getattr_opt("advance")? {
            Some(advance) => guest_scores(&advance.call1((shown_time(py, now)?,))?),
            None => Ok(Vec::new()),
        });
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    fn memory(&self) -> usize {
        size_of::<Guest>()
    }
}
