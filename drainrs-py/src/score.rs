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

/// What is usual for the counts of one series.
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

    fn judge<'py>(&self, py: Python<'py>, window: &Bound<'py, PyAny>, count: u64) -> PyResult<Bound<'py, PyAny>> {
        let window = window_of(window)?;
        judgement(py, &locked(py, &self.machine)?.judge(window, count))
    }

    fn learn<'py>(&self, py: Python<'py>, window: &Bound<'py, PyAny>, count: u64) -> PyResult<Bound<'py, PyAny>> {
        let window = window_of(window)?;
        judgement(py, &locked(py, &self.machine)?.learn(window, count))
    }
}

/// What is usual for one value.
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

    fn learn(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let mut machine = locked(py, &self.machine)?;
        match value.extract::<f64>() {
            Ok(number) => Ok(machine.learn(number)),
            Err(_) => Ok(machine.learn(score::Value::Text(&bytes_of(value)?))),
        }
    }

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

    fn quantile(&self, py: Python<'_>, share: f64) -> PyResult<Option<f64>> {
        Ok(locked(py, &self.machine)?.quantile(share))
    }

    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }
}

/// What is usual for sessions: sequences of template numbers.
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

    fn learn(&self, py: Python<'_>, session: Vec<u64>) -> PyResult<()> {
        locked(py, &self.machine)?.learn(&session_of(session));
        Ok(())
    }

    fn judge<'py>(&self, py: Python<'py>, session: Vec<u64>) -> PyResult<Bound<'py, PyAny>> {
        let judged = locked(py, &self.machine)?.judge(&session_of(session));
        shaped(py, "SequenceJudgement", &judged)
    }

    fn adapt<'py>(&self, py: Python<'py>, session: Vec<u64>) -> PyResult<Bound<'py, PyAny>> {
        let judged = locked(py, &self.machine)?.adapt(&session_of(session));
        shaped(py, "SequenceJudgement", &judged)
    }

    fn merged(&self, py: Python<'_>, gone: u64, into: u64) -> PyResult<()> {
        locked(py, &self.machine)?.merged(TemplateId(gone), TemplateId(into));
        Ok(())
    }

    #[getter]
    fn learned(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.learned())
    }

    #[getter]
    fn rules(&self, py: Python<'_>) -> PyResult<(usize, usize)> {
        Ok(locked(py, &self.machine)?.rules())
    }

    #[getter]
    fn dropped(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.dropped())
    }

    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }
}

/// Texts to vectors of unit length.
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

    #[getter]
    fn dimensions(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.dimensions())
    }

    #[getter]
    fn texts(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.texts())
    }

    #[getter]
    fn evicted(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.evicted())
    }

    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "VectoriserConfig", &self.config)
    }

    fn learn(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<()> {
        locked(py, &self.machine)?.learn(bytes_of(text)?);
        Ok(())
    }

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

    fn reweigh(&self, py: Python<'_>) -> PyResult<()> {
        locked(py, &self.machine)?.reweigh();
        Ok(())
    }

    /// The vector of a text: float32, `dimensions` numbers.
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

    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// Takes the state of a snapshot in the place of its own.
    fn resume(&self, py: Python<'_>, snapshot: &[u8]) -> PyResult<()> {
        let restored = VectoriserMachine::restore(snapshot, &self.config).or_raise(py)?;
        *locked(py, &self.machine)? = restored;
        Ok(())
    }
}

/// Groups vectors around centres.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct KMeans {
    machine: KMeansMachine,
}

#[pymethods]
impl KMeans {
    /// Groups the rows of a matrix.
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

    /// The centres: float32, a row each.
    #[getter]
    fn centroids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let centroids = self.machine.centroids();
        Matrix::shown(py, centroids.iter().copied().collect(), centroids.ncols())
    }

    #[getter]
    fn assignments(&self) -> Vec<usize> {
        self.machine.assignments().to_vec()
    }

    #[getter]
    fn sizes(&self) -> Vec<usize> {
        self.machine.sizes().to_vec()
    }

    fn representatives(&self, cluster: usize) -> Vec<usize> {
        self.machine.representatives(cluster).to_vec()
    }

    #[getter]
    fn iterations(&self) -> u32 {
        self.machine.iterations()
    }

    #[getter]
    fn converged(&self) -> bool {
        self.machine.converged()
    }

    fn nearest(&self, py: Python<'_>, vector: &Bound<'_, PyAny>) -> PyResult<(usize, f64)> {
        self.machine.nearest(&vector_of(vector)?).or_raise(py)
    }
}

/// How far texts or vectors are from what is known.
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

    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::config::shown(py, "CentroidConfig", &self.config)
    }

    fn learn_text(&self, py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.learn_text(bytes_of(text)?))
    }

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

    fn score_text<'py>(&self, py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let judged = locked(py, &self.machine)?.score_text(bytes_of(text)?);
        judged.map(|judged| shaped(py, "DistanceJudgement", &judged)).transpose()
    }

    /// The distances of many texts; NaN for a missing one, and where nothing was learned.
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

    #[getter]
    fn threshold(&self, py: Python<'_>) -> PyResult<f64> {
        Ok(locked(py, &self.machine)?.threshold())
    }

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

    #[pyo3(signature = (vector, text = ""))]
    fn learn_vector(&self, py: Python<'_>, vector: &Bound<'_, PyAny>, text: &str) -> PyResult<bool> {
        let vector = vector_of(vector)?;
        locked(py, &self.machine)?.learn_vector(&vector, text).or_raise(py)
    }

    fn score_vector<'py>(&self, py: Python<'py>, vector: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let vector = vector_of(vector)?;
        let judged = locked(py, &self.machine)?.score_vector(&vector).or_raise(py)?;
        judged.map(|judged| shaped(py, "DistanceJudgement", &judged)).transpose()
    }

    fn calibrate_vectors(&self, py: Python<'_>, vectors: &Bound<'_, PyAny>) -> PyResult<f64> {
        let vectors = matrix_of(vectors)?;
        locked(py, &self.machine)?.calibrate_vectors(vectors.view()).or_raise(py)
    }

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

    fn accept(&self, py: Python<'_>, template: u64) -> PyResult<bool> {
        Ok(locked(py, &self.machine)?.accept(TemplateId(template)))
    }

    #[getter]
    fn known_texts(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.known_texts())
    }

    #[getter]
    fn known_vectors(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.known_vectors())
    }

    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "CentroidCounters", &counters)
    }
}

/// The scorers behind one trait.
#[derive(Debug)]
enum Any {
    Frequency(score::Frequency),
    Novelty(score::Novelty),
    Silence(score::Silence),
    Sequence(score::Sequence),
    Content(score::Content),
    Centroid(CentroidMachine),
    Battery(Box<score::Battery>),
}

impl Any {
    fn scorer(&mut self) -> &mut dyn score::Scorer {
        match self {
            Any::Frequency(machine) => machine,
            Any::Novelty(machine) => machine,
            Any::Silence(machine) => machine,
            Any::Sequence(machine) => machine,
            Any::Content(machine) => machine,
            Any::Centroid(machine) => machine,
            Any::Battery(machine) => &mut **machine,
        }
    }
}

/// A scorer of the library, fed by hand: events by `observe`, closed windows by `close`, time by `advance`. Each gives the
/// scores that are past the threshold.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Scorer {
    machine: Locked<Any>,
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
            ($class:literal, $config:ty, $machine:ty, $variant:expr) => {{
                let config: $config = settings_with(py, $class, config, options)?;
                $variant(<$machine>::build(&config).or_raise(py)?)
            }};
        }
        let machine = match name {
            "frequency" => built!("FrequencyConfig", FrequencyConfig, score::Frequency, Any::Frequency),
            "novelty" => built!("NoveltyConfig", NoveltyConfig, score::Novelty, Any::Novelty),
            "silence" => built!("SilenceConfig", SilenceConfig, score::Silence, Any::Silence),
            "sequence" => built!("SequenceConfig", SequenceConfig, score::Sequence, Any::Sequence),
            "content" => built!("ContentConfig", ContentConfig, score::Content, Any::Content),
            "centroid" => built!("CentroidConfig", CentroidConfig, CentroidMachine, Any::Centroid),
            "all" => {
                built!("ScoreConfig", score::ScoreConfig, score::Battery, |battery| Any::Battery(Box::new(battery)))
            }
            _ => {
                let known = "frequency, novelty, silence, sequence, content, centroid, or all of them";
                return Err(PyValueError::new_err(format!("there is no scorer {name:?}; there are {known}")));
            }
        };
        Ok(Scorer { machine: Locked::new(machine), name: name.to_owned() })
    }

    /// Takes an event. `values` are those of its parameters: pairs of a class (`"NUM"`) and a text, in the order of the line.
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
        locked(py, &self.machine)?.scorer().observe(&event, &mut scores);
        scores_of(py, &scores)
    }

    /// Takes a window that is over: the counts by template, or by (service, template). A window without counts where the input
    /// was away is a `gap`.
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
        locked(py, &self.machine)?.scorer().close(&closed, &mut scores);
        scores_of(py, &scores)
    }

    fn advance<'py>(&self, py: Python<'py>, now: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let now = time(now)?;
        let mut scores = Vec::new();
        locked(py, &self.machine)?.scorer().advance(now, &mut scores);
        scores_of(py, &scores)
    }

    #[getter]
    fn next_deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.scorer().next_deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.scorer().memory())
    }

    fn merged(&self, py: Python<'_>, gone: u64, into: u64) -> PyResult<()> {
        locked(py, &self.machine)?.scorer().merged(TemplateId(gone), TemplateId(into));
        Ok(())
    }

    fn set_mode(&self, py: Python<'_>, mode: &str) -> PyResult<()> {
        let mode = word("mode", mode)?;
        locked(py, &self.machine)?.scorer().set_mode(mode);
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

/// The z-score of a count against a history.
#[pyfunction]
pub(crate) fn z_score(history: Vec<u64>, count: u64) -> PyResult<f64> {
    too_few(score::z_score(&history, count))
}

/// The robust score of a count: by the median and the median absolute deviation.
#[pyfunction]
pub(crate) fn mad_score(history: Vec<u64>, count: u64) -> PyResult<f64> {
    too_few(score::mad_score(&history, count))
}

/// The z-score as tutorials compute it.
#[pyfunction]
pub(crate) fn naive_z(counts: Vec<u64>) -> f64 {
    score::naive_z(&counts)
}

/// What thresholds are worth, from labelled scores.
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

/// The threshold that normal scores pass at a rate.
#[pyfunction]
pub(crate) fn false_alarm_threshold(py: Python<'_>, normal: Vec<f64>, rate: f64) -> PyResult<Bound<'_, PyAny>> {
    shaped(py, "FalseAlarmThreshold", &calibration::false_alarm_threshold(&normal, rate).or_raise(py)?)
}

/// What changed most between two sets of counts.
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

/// Finds what moved together across services.
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

    /// Takes a score of a service, if it is a movement.
    fn take(&self, py: Python<'_>, score: &Bound<'_, PyAny>, service: &str) -> PyResult<bool> {
        let score: Score = read(score)?;
        let Some(movement) = drainrs::correlate::Movement::of(&score, service) else { return Ok(false) };
        locked(py, &self.machine)?.take(movement);
        Ok(true)
    }

    fn advance(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = time(now)?;
        locked(py, &self.machine)?.advance(now);
        Ok(())
    }

    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        locked(py, &self.machine)?.finish();
        Ok(())
    }

    fn poll<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = locked(py, &self.machine)?.poll();
        found.map(|found| shaped(py, "Correlation", &found)).transpose()
    }

    #[getter]
    fn dropped(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(locked(py, &self.machine)?.dropped())
    }
}

/// Counts events in windows of event time.
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

    /// Counts an event; says where it went: `"counted"`, `"late"`, ...
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

    fn advance(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = time(now)?;
        locked(py, &self.machine)?.advance(now);
        Ok(())
    }

    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        locked(py, &self.machine)?.finish();
        Ok(())
    }

    /// The next window that is over: (window, tallies, metrics); None if none is.
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

    fn window_of<'py>(&self, py: Python<'py>, at: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let at = time(at)?;
        shaped(py, "Window", &locked(py, &self.machine)?.window_of(at))
    }

    #[getter]
    fn next_deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.next_deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "CountCounters", &counters)
    }
}

/// Turns scores into alerts.
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

    fn take(&self, py: Python<'_>, score: &Bound<'_, PyAny>) -> PyResult<()> {
        let score: Score = read(score)?;
        locked(py, &self.machine)?.take(score);
        Ok(())
    }

    fn advance(&self, py: Python<'_>, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = time(now)?;
        locked(py, &self.machine)?.advance(now);
        Ok(())
    }

    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        locked(py, &self.machine)?.finish();
        Ok(())
    }

    fn poll<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let alert = locked(py, &self.machine)?.poll();
        alert.map(|alert| shaped(py, "Alert", &alert)).transpose()
    }

    #[getter]
    fn next_deadline<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let deadline = locked(py, &self.machine)?.next_deadline();
        deadline.map(|at| shown_time(py, at)).transpose()
    }

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
