//! Vectors of texts, and distances from what is known.

use drainrs::TemplateId;
use drainrs::score::{
    Centroid as CentroidMachine, CentroidConfig, KMeans as KMeansMachine, KMeansConfig,
    Vectoriser as VectoriserMachine, VectoriserConfig,
};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::convert::{settings_with, shaped};
use crate::error::OrRaise;
use crate::kept::{Kept, kept};
use crate::lines::{bytes_of, feed, saved_bytes};
use crate::lock::{Locked, locked};
use crate::matrix::{Matrix, matrix_of, vector_of};

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
    config: Locked<VectoriserConfig>,
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
        Ok(Vectoriser {
            machine: Locked::new(VectoriserMachine::build(&config).or_raise(py)?),
            config: Locked::new(config),
        })
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
        let config = locked(py, &self.config)?.clone();
        crate::config::shown(py, "VectoriserConfig", &config)
    }

    /// Forgets everything; with settings, which are taken as by the constructor, goes on under these.
    #[pyo3(signature = (config = None, **options))]
    fn reset(
        &self,
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let config: VectoriserConfig = match (config, options) {
            (None, None) => locked(py, &self.config)?.clone(),
            _ => settings_with(py, "VectoriserConfig", config, options)?,
        };
        *locked(py, &self.machine)? = VectoriserMachine::build(&config).or_raise(py)?;
        *locked(py, &self.config)? = config;
        Ok(())
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
    fn resume(&self, py: Python<'_>, snapshot: &Bound<'_, PyAny>) -> PyResult<()> {
        let restored = VectoriserMachine::restore(&saved_bytes(snapshot)?, &*locked(py, &self.config)?).or_raise(py)?;
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

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<KMeans>().is_ok_and(|other| other.get().machine == self.machine)
    }

    fn __hash__(&self) -> usize {
        self.machine.len() ^ self.machine.assignments().len().rotate_left(16)
    }

    /// The clusters as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.machine.snapshot())
    }

    /// Reads what `snapshot` gave. Raises `SnapshotError` and its kin.
    #[staticmethod]
    fn restore(py: Python<'_>, snapshot: &Bound<'_, PyAny>) -> PyResult<KMeans> {
        Ok(KMeans { machine: KMeansMachine::restore(&saved_bytes(snapshot)?).or_raise(py)? })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        kept(slf, "restore", (slf.get().snapshot(slf.py()),))
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
    config: Locked<CentroidConfig>,
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
        Ok(Centroid {
            machine: Locked::new(CentroidMachine::build(&config).or_raise(py)?),
            config: Locked::new(config),
        })
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let config = locked(py, &self.config)?.clone();
        crate::config::shown(py, "CentroidConfig", &config)
    }

    /// Forgets everything; with settings, which are taken as by the constructor, goes on under these.
    #[pyo3(signature = (config = None, **options))]
    fn reset(
        &self,
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let config: CentroidConfig = match (config, options) {
            (None, None) => locked(py, &self.config)?.clone(),
            _ => settings_with(py, "CentroidConfig", config, options)?,
        };
        *locked(py, &self.machine)? = CentroidMachine::build(&config).or_raise(py)?;
        *locked(py, &self.config)? = config;
        Ok(())
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

    /// What is known, as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Takes the state of a snapshot in the place of its own, which was taken under the same settings. Raises
    /// `SnapshotError` and its kin; nothing is changed then.
    fn resume(&self, py: Python<'_>, snapshot: &Bound<'_, PyAny>) -> PyResult<()> {
        let restored = CentroidMachine::restore(&saved_bytes(snapshot)?, &*locked(py, &self.config)?).or_raise(py)?;
        *locked(py, &self.machine)? = restored;
        Ok(())
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
