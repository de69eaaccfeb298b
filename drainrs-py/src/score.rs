//! Scorers that are fed by hand, and one of the host's inside a pipeline.

use drainrs::score::{
    self, Centroid as CentroidMachine, CentroidConfig, ContentConfig, FrequencyConfig, NoveltyConfig, SequenceConfig,
    SilenceConfig,
};
use drainrs::{Class, Closed, Observation, Score, Series, ServiceId, Span, Tally, TemplateId, Timestamp};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::convert::{content_of, plain, read, settings_with, shaped, shown_time, time, word};
use crate::error::OrRaise;
use crate::kept::{Kept, kept};
use crate::lines::{bytes_of, saved_bytes};
use crate::lock::{Locked, locked};
use crate::models::window_of;

fn scores_of<'py>(py: Python<'py>, scores: &[Score]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for score in scores {
        list.append(shaped(py, "Score", score)?)?;
    }
    Ok(list)
}

/// A scorer of the library, fed by hand: events by `observe`, closed windows by `close`, time by `advance`. Each gives
/// the scores that are past the threshold. Can be pickled.
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
    machine: Locked<Kind>,
    /// Its name.
    #[pyo3(get)]
    name: String,
    /// The mode that was set, which a snapshot does not tell.
    mode: Locked<Option<String>>,
}

/// Lists the scorers by name, with the class of their settings: builds one, restores it, and treats all alike.
macro_rules! kinds {
    ($($name:literal $kind:ident($machine:ty, $class:literal $config:ty)),* $(,)?) => {
        /// A scorer, and the settings that it was built of.
        #[derive(Debug)]
        #[allow(clippy::large_enum_variant, reason = "there is one, on the heap")]
        enum Kind {
            $($kind($machine, $config),)*
        }

        impl Kind {
            fn build(
                py: Python<'_>,
                name: &str,
                config: Option<&Bound<'_, PyAny>>,
                options: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Kind> {
                match name {
                    $($name => {
                        let config: $config = settings_with(py, $class, config, options)?;
                        Ok(Kind::$kind(<$machine>::build(&config).or_raise(py)?, config))
                    })*
                    _ => {
                        let known = [$($name),*].join(", ");
                        Err(PyValueError::new_err(format!("there is no scorer {name:?}; there are {known}")))
                    }
                }
            }

            /// Takes the state of a snapshot in the place of its own.
            fn resume(&mut self, snapshot: &[u8]) -> Result<(), drainrs::Error> {
                match self {
                    $(Kind::$kind(machine, config) => *machine = <$machine>::restore(snapshot, config)?,)*
                }
                Ok(())
            }

            fn snapshot(&self) -> Vec<u8> {
                match self {
                    $(Kind::$kind(machine, _) => machine.snapshot(),)*
                }
            }

            fn config<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, Bound<'py, PyAny>)> {
                match self {
                    $(Kind::$kind(_, config) => Ok(($class, plain(py, config)?)),)*
                }
            }
        }

        impl std::ops::Deref for Kind {
            type Target = dyn score::Scorer;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Kind::$kind(machine, _) => machine,)*
                }
            }
        }

        impl std::ops::DerefMut for Kind {
            fn deref_mut(&mut self) -> &mut Self::Target {
                match self {
                    $(Kind::$kind(machine, _) => machine,)*
                }
            }
        }
    };
}

kinds! {
    "frequency" Frequency(score::Frequency, "FrequencyConfig" FrequencyConfig),
    "novelty" Novelty(score::Novelty, "NoveltyConfig" NoveltyConfig),
    "silence" Silence(score::Silence, "SilenceConfig" SilenceConfig),
    "sequence" Sequence(score::Sequence, "SequenceConfig" SequenceConfig),
    "content" Content(score::Content, "ContentConfig" ContentConfig),
    "centroid" Centroid(CentroidMachine, "CentroidConfig" CentroidConfig),
    "all" All(score::Battery, "ScoreConfig" score::ScoreConfig),
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
        let machine = Locked::new(Kind::build(py, name, config, options)?);
        Ok(Scorer { machine, name: name.to_owned(), mode: Locked::default() })
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
            event.content = content_of(content)?;
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
        locked(py, &self.machine)?.set_mode(word("mode", mode)?);
        *locked(py, &self.mode)? = Some(mode.to_owned());
        Ok(())
    }

    /// The settings, all of them: an object of the scorer's class.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (class, config) = locked(py, &self.machine)?.config(py)?;
        crate::config::known(class, config)
    }

    /// What was learned, as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &locked(py, &self.machine)?.snapshot()))
    }

    /// A scorer that goes on where a snapshot of its kind was taken, under the settings that it was taken under. Raises
    /// `SnapshotError` and its kin. The mode is not part of a snapshot; `mode` sets it.
    #[staticmethod]
    #[pyo3(signature = (name, snapshot, config = None, *, mode = None))]
    fn restore(
        py: Python<'_>,
        name: &str,
        snapshot: &Bound<'_, PyAny>,
        config: Option<&Bound<'_, PyAny>>,
        mode: Option<&str>,
    ) -> PyResult<Scorer> {
        let scorer = Scorer::new(py, name, config, None)?;
        locked(py, &scorer.machine)?.resume(&saved_bytes(snapshot)?).or_raise(py)?;
        if let Some(mode) = mode {
            scorer.set_mode(py, mode)?;
        }
        Ok(scorer)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        let (py, own) = (slf.py(), slf.get());
        let (_, config) = locked(py, &own.machine)?.config(py)?;
        let mode = locked(py, &own.mode)?.clone();
        kept(slf, "_restored", (&own.name, own.snapshot(py)?, config, mode))
    }

    #[staticmethod]
    fn _restored(
        py: Python<'_>,
        name: &str,
        snapshot: &Bound<'_, PyAny>,
        config: &Bound<'_, PyAny>,
        mode: Option<&str>,
    ) -> PyResult<Scorer> {
        Scorer::restore(py, name, snapshot, Some(config), mode)
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
            match crate::lock::entered(|| ask(py, object)) {
                Ok(found) => scores.extend(found),
                Err(error) => crate::lock::told_later(py, error, object),
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
