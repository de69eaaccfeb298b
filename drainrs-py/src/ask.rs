//! Questions to the host's model, and its answers.

use drainrs::ask::{AskConfig, Asker as Machine};
use drainrs::prompt::{self, Budget, Offer, Thumb};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::convert::{plain, read, settings_with, shaped, time_or_now, word};
use crate::error::OrRaise;
use crate::event::{Event, Events};
use crate::kept::{Kept, refused};
use crate::lines::{bytes_of, feed, saved_bytes};
use crate::lock::{Locked, entered, locked, told_later};
use crate::pipeline::{Pipeline, alerts_of};
use crate::task::{Answered, Plan, Task};
use drainrs::TemplateId;

/// How tokens are counted: one per byte unless the host brings a function.
struct CountBy<'py>(Option<Bound<'py, PyAny>>);

impl CountBy<'_> {
    /// What the host's function says; where it fails, one token per byte, which is never too few.
    fn count(&self, text: &str) -> usize {
        let Some(count) = &self.0 else { return prompt::tokens_at_most(text) };
        match entered(|| count.call1((text,))).and_then(|number| number.extract::<usize>()) {
            Ok(number) => number,
            Err(error) => {
                told_later(count.py(), error, count);
                prompt::tokens_at_most(text)
            }
        }
    }
}

/// Remembers what is worth asking about a pipeline's stream, makes questions of it for the host's model, and judges
/// what comes back. It never calls a model itself.
///
/// Takes an `AskConfig`, a mapping, or its settings as options; wrong ones are a `ConfigError`, a `PatternError` or a
/// `LimitError`. Lines go through the asker into its pipeline; `plan` says what to ask, `offer` and `next` hand it out
/// within the budget of a day, `answer` judges, `adopt` lets an answer take effect. Times as everywhere; without `now`
/// the clock is asked.
///
///     >>> import drainrs
///     >>> now = "2026-03-12T20:00:00Z"
///     >>> pipeline, asker = drainrs.Pipeline(detect=True), drainrs.Asker()
///     >>> events, alerts = asker.push_batch(pipeline, drainrs.sample_log(), now)
///     >>> plan = asker.plan(pipeline, now)
///     >>> asker.offer(plan, now)[0]
///     'queued'
///     >>> task = asker.next(now)
///     >>> answered = asker.answer(task.id, "{}", pipeline, now)
///     >>> answered.accepted, answered.repair.round, asker.desk_counters().rejected
///     (False, 1, 1)
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Asker {
    machine: Locked<Machine>,
}

/// Both locks, always in this order: first the asker's, then the pipeline's.
macro_rules! both {
    ($self:ident, $py:ident, $pipeline:ident, |$machine:ident, $inner:ident| $body:expr) => {{
        let mut $machine = locked($py, &$self.machine)?;
        let mut $inner = locked($py, &$pipeline.machine)?;
        $body
    }};
}

/// The end of a stream: gives the alerts, and the last event to the columns.
fn end(
    asker: &mut Machine,
    pipeline: &mut drainrs::Pipeline,
    now: drainrs::Timestamp,
    mut events: Option<&mut Events>,
) -> Vec<drainrs::Alert> {
    while let Some(event) = pipeline.finish(now) {
        asker.observe(&event);
        if let Some(events) = &mut events {
            events.push(&event);
        }
    }
    if let Some(detector) = pipeline.detector_mut() {
        detector.finish();
    }
    let alerts = asker.take(pipeline);
    asker.finish();
    alerts
}

/// An estimate of the tokens of a text, for budgets: above the truth for every log that was measured, where one per byte,
/// which is what counts unless told otherwise, is twice or more of it.
#[pyfunction]
pub(crate) fn tokens_about(text: &str) -> usize {
    prompt::tokens_about(text)
}

#[pymethods]
impl Asker {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Asker> {
        let config: AskConfig = settings_with(py, "AskConfig", config, options)?;
        Ok(Asker { machine: Locked::new(Machine::build(&config).or_raise(py)?) })
    }

    /// Pushes a raw line through the pipeline and takes notice of the event that it completes; gives that, or `None`.
    /// Alerts wait for `take`.
    #[pyo3(signature = (pipeline, line, now = None))]
    fn push(
        &self,
        py: Python<'_>,
        pipeline: &Pipeline,
        line: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Event>> {
        let now = time_or_now(py, now)?;
        let line = bytes_of(line)?;
        both!(self, py, pipeline, |asker, inner| {
            let Some(event) = inner.push(&line, now) else { return Ok(None) };
            asker.observe(&event);
            Event::of(py, &event, &pipeline.words).map(Some)
        })
    }

    /// The same for many lines, as `Pipeline.push_batch` takes them: the events as columns, and the alerts, which are
    /// taken as they come. With `finish` this is the end of the stream, as `finish` takes it, and the last event is among
    /// the columns.
    #[pyo3(signature = (pipeline, lines, now = None, *, finish = false, messages = false, parameters = false, progress = None))]
    #[allow(clippy::too_many_arguments, reason = "keywords, in Python")]
    fn push_batch<'py>(
        &self,
        py: Python<'py>,
        pipeline: &Pipeline,
        lines: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        finish: bool,
        messages: bool,
        parameters: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let now = time_or_now(py, now)?;
        let mut events = Events::new(messages, parameters, true);
        let mut alerts = Vec::new();
        feed(py, lines, progress, |rows| {
            let mut asker = self.machine.detached()?;
            let mut inner = pipeline.machine.detached()?;
            for line in rows.flatten() {
                if let Some(event) = inner.push(line, now) {
                    asker.observe(&event);
                    events.push(&event);
                    alerts.extend(asker.take(&mut inner));
                }
            }
            Ok(())
        })?;
        if finish {
            both!(self, py, pipeline, |asker, inner| alerts.extend(end(
                &mut asker,
                &mut inner,
                now,
                Some(&mut events)
            )));
        }
        events.follow(locked(py, &pipeline.machine)?.miner());
        Ok((events.table(&pipeline.words).framed(py, "EventColumns")?, alerts_of(py, &alerts)?))
    }

    /// Gives the event that the pipeline's joiner holds back, if any, and leaves the detector alone: before a snapshot,
    /// which would not hold it, or when nothing came for a while.
    #[pyo3(signature = (pipeline, now = None))]
    fn flush(&self, py: Python<'_>, pipeline: &Pipeline, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Event>> {
        let now = time_or_now(py, now)?;
        both!(self, py, pipeline, |asker, inner| {
            let Some(event) = inner.finish(now) else { return Ok(None) };
            asker.observe(&event);
            Event::of(py, &event, &pipeline.words).map(Some)
        })
    }

    /// The end of the stream: takes what the joiner holds back, closes the detector's windows, completes what waited.
    /// Gives the alerts.
    #[pyo3(signature = (pipeline, now = None))]
    fn finish<'py>(
        &self,
        py: Python<'py>,
        pipeline: &Pipeline,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let now = time_or_now(py, now)?;
        let alerts = both!(self, py, pipeline, |asker, inner| end(&mut asker, &mut inner, now, None));
        alerts_of(py, &alerts)
    }

    /// Takes notice of everything that the pipeline noticed since it was asked last, and gives the alerts. To be called
    /// after every `push`.
    fn take<'py>(&self, py: Python<'py>, pipeline: &Pipeline) -> PyResult<Bound<'py, PyAny>> {
        let told = pipeline.take_told(py)?;
        let alerts = both!(self, py, pipeline, |asker, inner| {
            // Those of the pipeline's own batches have been taken from it already.
            for alert in &told {
                asker.note(alert);
            }
            told.into_iter().chain(asker.take(&mut inner)).collect::<Vec<_>>()
        });
        alerts_of(py, &alerts)
    }

    /// Takes notice of an alert, for hosts that take alerts from the pipeline themselves.
    fn note(&self, py: Python<'_>, alert: &Bound<'_, PyAny>) -> PyResult<()> {
        let alert = read(alert)?;
        locked(py, &self.machine)?.note(&alert);
        Ok(())
    }

    /// What could be asked now, the most valuable first; redacted, within the bounds of each task. Changes nothing.
    /// `count` counts the tokens of a text; without it every byte is one, which is never too few, and what it raises is
    /// reported as unraisable. Costs a pass over the templates. A `LimitError` if the bounds have no room for any task.
    #[pyo3(signature = (pipeline, now = None, *, max_tokens = 8_000, max_bytes = 65_536, max_text_bytes = 600, max_tasks = 16, count = None))]
    #[allow(clippy::too_many_arguments, reason = "keywords, in Python")]
    fn plan<'py>(
        &self,
        py: Python<'py>,
        pipeline: &Pipeline,
        now: Option<&Bound<'py, PyAny>>,
        max_tokens: usize,
        max_bytes: usize,
        max_text_bytes: usize,
        max_tasks: usize,
        count: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Plan> {
        let now = time_or_now(py, now)?;
        let by = CountBy(count);
        let count = |text: &str| by.count(text);
        let budget = Budget { max_tokens, max_bytes, max_text_bytes, max_tasks, count: &count };
        let asker = locked(py, &self.machine)?.clone();
        let inner = locked(py, &pipeline.machine)?;
        let machine = asker.plan(&inner, now, &budget).or_raise(py)?;
        Ok(Plan { machine })
    }

    /// Puts the tasks of a plan on the desk: what became of each, as text (`"queued"`, `"repeated"`, `"refused: full"`)
    /// or, where the same was answered lately, as the answer.
    #[pyo3(signature = (plan, now = None))]
    fn offer<'py>(
        &self,
        py: Python<'py>,
        plan: &Plan,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let now = time_or_now(py, now)?;
        let offers = locked(py, &self.machine)?.offer(plan.machine.clone(), now);
        let list = PyList::empty(py);
        for offer in offers {
            match offer {
                Offer::Queued => list.append("queued")?,
                Offer::Repeated => list.append("repeated")?,
                Offer::Refused(why) => list.append(format!("refused: {}", plain(py, &why)?))?,
                Offer::Cached(cached) => {
                    let value = cached.task.restore_value(&cached.accepted.value);
                    list.append(plain(py, &value)?)?;
                }
                _ => list.append("other")?,
            }
        }
        Ok(list)
    }

    /// The most valuable task that waits and fits the day's budget, to be sent now; `None` if there is none, or too
    /// many are open.
    #[pyo3(signature = (now = None))]
    fn next(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Task>> {
        let now = time_or_now(py, now)?;
        Ok(locked(py, &self.machine)?.next(now).map(|machine| Task { machine }))
    }

    /// Takes the answer to an open task, by its id; `None` if there is no such task. The verdict says whether it may be
    /// used; where it may not, there is a task to repair it, or the answer by rules.
    #[pyo3(signature = (id, answer, pipeline, now = None))]
    fn answer(
        &self,
        py: Python<'_>,
        id: &str,
        answer: &Bound<'_, PyAny>,
        pipeline: &Pipeline,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Answered>> {
        let now = time_or_now(py, now)?;
        let answer = bytes_of(answer)?;
        let answered = both!(self, py, pipeline, |asker, inner| {
            let _ = &mut inner; // looked at only
            asker.answer(id, &answer, now, &inner)
        });
        Ok(answered.map(|machine| Answered { machine }))
    }

    /// Takes notice that a task was not asked: the model cannot be reached. Its price is given back, and its topic
    /// rests for a while. Gives the answer by rules; `None` if there is no such task.
    #[pyo3(signature = (id, now = None))]
    fn give_up(&self, py: Python<'_>, id: &str, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Answered>> {
        let now = time_or_now(py, now)?;
        Ok(locked(py, &self.machine)?.desk_mut().give_up(id, now).map(|machine| Answered { machine }))
    }

    /// The tasks whose answers did not come in time, with the answers by rules. Ask now and then: the oldest makes
    /// room.
    #[pyo3(signature = (now = None))]
    fn lost(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Answered>> {
        let now = time_or_now(py, now)?;
        Ok(locked(py, &self.machine)?.desk_mut().lost(now).into_iter().map(|machine| Answered { machine }).collect())
    }

    /// Lets an answer take effect, on the word of `by`: labels and names on templates, a format in the pipeline's
    /// parser. An answer that is not sure changes nothing unless `even_unsure`. Gives the numbers of the records, for
    /// `undo`. A `LimitError` if the parser has no room for the format.
    #[pyo3(signature = (answered, pipeline, *, by, even_unsure = false, now = None))]
    fn adopt(
        &self,
        py: Python<'_>,
        answered: &Answered,
        pipeline: &Pipeline,
        by: &str,
        even_unsure: bool,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<u64>> {
        let now = time_or_now(py, now)?;
        both!(self, py, pipeline, |asker, inner| {
            asker.adopt(&answered.machine, &mut inner, by, even_unsure, now).or_raise(py)
        })
    }

    /// Takes a change back; `False` if there is no such record, it was taken back already, or its format is the only
    /// one expected.
    #[pyo3(signature = (record, pipeline, *, by, now = None))]
    fn undo(
        &self,
        py: Python<'_>,
        record: u64,
        pipeline: &Pipeline,
        by: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let now = time_or_now(py, now)?;
        both!(self, py, pipeline, |asker, inner| Ok(asker.undo(record, &mut inner, by, now)))
    }

    /// The label of a template, as a dict; `None` if it has none.
    fn label<'py>(&self, py: Python<'py>, template: u64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        machine.label(TemplateId(template)).map(|label| plain(py, label)).transpose()
    }

    /// The names of a template's parameters, in the order of the text, `None` for those without; `None` if nobody named
    /// them.
    fn parameter_names<'py>(&self, py: Python<'py>, template: u64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        let Some(names) = machine.parameter_names(TemplateId(template)) else { return Ok(None) };
        let names: Vec<_> = names
            .iter()
            .map(|name| name.as_ref().map(|name| shaped(py, "ParameterName", name)).transpose())
            .collect::<PyResult<_>>()?;
        PyTuple::new(py, names).map(|names| Some(names.into_any()))
    }

    /// All changes, the oldest first, those that were taken back included.
    fn adoptions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let adoptions = locked(py, &self.machine)?.adoptions().to_vec();
        let shown: Vec<_> =
            adoptions.iter().map(|adoption| shaped(py, "Adoption", adoption)).collect::<PyResult<_>>()?;
        PyTuple::new(py, shown)
    }

    /// Notes what somebody thinks of an answer (`"up"` or `"down"`); `False` if the task is not among those kept.
    #[pyo3(signature = (id, thumb, *, by, comment = "", now = None))]
    fn feedback(
        &self,
        py: Python<'_>,
        id: &str,
        thumb: &str,
        by: &str,
        comment: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let now = time_or_now(py, now)?;
        let thumb: Thumb = word("thumb", thumb)?;
        Ok(locked(py, &self.machine)?.desk_mut().feedback(id, thumb, by, comment, now))
    }

    /// All feedback as labelled examples, a JSON object per line, redacted as it was sent.
    fn export_feedback(&self, py: Python<'_>) -> PyResult<String> {
        Ok(locked(py, &self.machine)?.desk().export_feedback())
    }

    /// The log that was seen as a text of at most `max_tokens`, redacted: what was noticed, templates, examples, and
    /// what it covers. Text that has no room for its head is empty. `count` as for `plan`.
    #[pyo3(signature = (pipeline, name, max_tokens = 4_000, *, count = None))]
    fn digest<'py>(
        &self,
        py: Python<'py>,
        pipeline: &Pipeline,
        name: &str,
        max_tokens: usize,
        count: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let by = CountBy(count);
        let asker = locked(py, &self.machine)?.clone();
        let inner = locked(py, &pipeline.machine)?;
        shaped(py, "Digest", &asker.digest(&inner, name, max_tokens, &|text: &str| by.count(text)))
    }

    /// A row for each template that was seen: service, times, hits, level, labels, examples, and with `vectors` the
    /// built-in vector of its text. `redacted` puts texts, examples and labels through the redactor.
    #[pyo3(signature = (pipeline, *, redacted = true, vectors = false))]
    fn index_rows<'py>(
        &self,
        py: Python<'py>,
        pipeline: &Pipeline,
        redacted: bool,
        vectors: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let rows = both!(self, py, pipeline, |asker, inner| {
            let _ = (&mut asker, &mut inner);
            asker.index_rows(&inner, redacted, vectors)
        });
        let list = PyList::empty(py);
        for row in &rows {
            list.append(shaped(py, "IndexRow", row)?)?;
        }
        Ok(list)
    }

    /// The templates that stand out now, weighed: what an `Incident` is made of, and what `IncidentLibrary.matches`
    /// takes.
    fn incident_templates<'py>(&self, py: Python<'py>, pipeline: &Pipeline) -> PyResult<Bound<'py, PyTuple>> {
        let found = both!(self, py, pipeline, |asker, inner| {
            let _ = (&mut asker, &mut inner);
            asker.incident_templates(&inner)
        });
        let shown: Vec<_> =
            found.iter().map(|template| shaped(py, "IncidentTemplate", template)).collect::<PyResult<_>>()?;
        PyTuple::new(py, shown)
    }

    /// How many tasks wait.
    #[getter]
    fn waiting(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.desk().waiting())
    }

    /// What was kept and forgotten of the stream.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "JournalCounters", &counters)
    }

    /// What became of tasks.
    fn desk_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.desk().counters();
        shaped(py, "DeskCounters", &counters)
    }

    /// Memory in bytes of what is remembered. Costs a pass over it.
    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    /// The settings, all of them.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let config = locked(py, &self.machine)?.config().clone();
        crate::config::shown(py, "AskConfig", &config)
    }

    /// What was learned from answers, as bytes, to be kept beside the pipeline's own snapshot. Tasks are not part of
    /// it.
    fn snapshot<'py>(&self, py: Python<'py>, pipeline: &Pipeline) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = both!(self, py, pipeline, |asker, inner| {
            let _ = (&mut asker, &mut inner);
            asker.snapshot(&inner).or_raise(py)?
        });
        Ok(PyBytes::new(py, &bytes))
    }

    /// Goes on where a snapshot was taken, beside a pipeline that was restored from its own: labels, names and formats
    /// are there again. A `SnapshotError` if the bytes are damaged or no such snapshot; nothing is changed then.
    fn resume(&self, py: Python<'_>, snapshot: &Bound<'_, PyAny>, pipeline: &Pipeline) -> PyResult<()> {
        let snapshot = saved_bytes(snapshot)?;
        both!(self, py, pipeline, |asker, inner| asker.resume(&snapshot, &mut inner).or_raise(py))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "it belongs to a pipeline; keep `snapshot(pipeline)` and go on with `Asker(config).resume(...)`")
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let machine = locked(py, &self.machine)?;
        let (events, waiting) = (machine.counters().events, machine.desk().waiting());
        Ok(format!("<drainrs.Asker: {events} events, {waiting} tasks waiting>"))
    }
}
