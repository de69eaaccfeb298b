//! Questions to the host's model, and its answers.

use drainrs::ask::{AskConfig, Asker as Machine, Plan as PlanMachine, Prices};
use drainrs::prompt::{self, Answered as AnsweredMachine, Budget, Offer, Task as TaskMachine, Thumb};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::convert::{plain, read, settings, settings_with, shaped, shown_time, time_or_now, word};
use crate::error::OrRaise;
use crate::lines::{bytes_of, feed};
use crate::miner::{Locked, entered, locked};
use crate::pipeline::{Event, Events, Pipeline, alerts_of};
use drainrs::TemplateId;

/// A question: bounded, redacted, with the schema of its answer.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) machine: TaskMachine,
}

#[pymethods]
impl Task {
    #[getter]
    fn id(&self) -> &str {
        &self.machine.id
    }

    #[getter]
    fn kind(&self) -> &'static str {
        self.machine.kind.name()
    }

    #[getter]
    fn system(&self) -> &str {
        &self.machine.system
    }

    #[getter]
    fn instruction(&self) -> &str {
        &self.machine.instruction
    }

    #[getter]
    fn data(&self) -> &str {
        &self.machine.data
    }

    #[getter]
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.machine.schema)
    }

    #[getter]
    fn evidence<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let sent: Vec<_> =
            self.machine.evidence.iter().map(|sent| shaped(py, "Sent", sent)).collect::<PyResult<_>>()?;
        PyTuple::new(py, sent)
    }

    #[getter]
    fn input_tokens(&self) -> usize {
        self.machine.input_tokens
    }

    #[getter]
    fn max_output_tokens(&self) -> usize {
        self.machine.max_output_tokens
    }

    #[getter]
    fn value(&self) -> f64 {
        self.machine.value
    }

    #[getter]
    fn round(&self) -> u32 {
        self.machine.round
    }

    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        shown_time(py, self.machine.expires_at)
    }

    #[getter]
    fn topic(&self) -> &str {
        self.machine.topic()
    }

    fn text(&self) -> String {
        self.machine.text()
    }

    fn messages<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.machine.messages())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.machine)
    }

    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.machine.save().or_raise(py)?))
    }

    #[staticmethod]
    fn load(py: Python<'_>, saved: &[u8]) -> PyResult<Task> {
        Ok(Task { machine: TaskMachine::load(saved).or_raise(py)? })
    }

    fn restore(&self, text: &str) -> String {
        self.machine.restore(text)
    }

    /// The same for all texts of a value of plain data.
    fn restore_value<'py>(&self, py: Python<'py>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let value: serde_json::Value = read(value)?;
        plain(py, &self.machine.restore_value(&value))
    }

    /// Judges an answer, for a host that has no asker at hand: the templates are taken as they were when the task was made.
    #[pyo3(signature = (answer, now = None, limits = None))]
    fn judge<'py>(
        &self,
        py: Python<'py>,
        answer: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        limits: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let now = time_or_now(py, now)?;
        let limits = settings(limits)?;
        let answer = bytes_of(answer)?;
        let verdict = prompt::judge(&self.machine, &answer, now, &limits, &self.machine.as_sent());
        shaped(py, "Verdict", &verdict)
    }

    /// The answer by rules, without a model; None where rules know none.
    fn fallback<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        prompt::fallback(&self.machine).map(|value| plain(py, &value)).transpose()
    }

    /// The task to be asked instead, with the reasons why an answer was refused; None where it cannot be repaired.
    fn repair(&self, reasons: &Bound<'_, PyAny>) -> PyResult<Option<Task>> {
        let reasons: Vec<serde_json::Value> = read(reasons)?;
        let reasons: Vec<prompt::Reason> = reasons
            .into_iter()
            .map(serde_json::from_value)
            .collect::<Result<_, _>>()
            .map_err(|cause| pyo3::exceptions::PyValueError::new_err(format!("reasons: {cause}")))?;
        Ok(prompt::repair(&self.machine, &reasons).map(|machine| Task { machine }))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        Ok((slf.get_type().getattr("load")?, PyTuple::new(py, [slf.get().save(py)?])?))
    }

    fn __repr__(&self) -> String {
        let TaskMachine { id, kind, input_tokens, .. } = &self.machine;
        format!("<drainrs.Task {id}: {}, {input_tokens} tokens>", kind.name())
    }

    fn _repr_html_<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("drainrs.html")?.getattr("task")?.call1((self.to_dict(py)?,))
    }
}

/// What became of a task: of its answer, or that none came.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Answered {
    machine: AnsweredMachine,
}

#[pymethods]
impl Answered {
    #[getter]
    fn task(&self) -> Task {
        Task { machine: self.machine.task.clone() }
    }

    /// Accepted, rejected or stale; None if no answer came in time.
    #[getter]
    fn verdict<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.machine.verdict.as_ref().map(|verdict| shaped(py, "Verdict", verdict)).transpose()
    }

    #[getter]
    fn accepted(&self) -> bool {
        matches!(self.machine.verdict, Some(prompt::Verdict::Accepted(_)))
    }

    /// The answer to use, by the model or by rules, with the values in place of their placeholders; None if there is none.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = match &self.machine.verdict {
            Some(prompt::Verdict::Accepted(accepted)) => Some(&accepted.value),
            _ => self.machine.fallback.as_ref(),
        };
        value.map(|value| plain(py, &self.machine.task.restore_value(value))).transpose()
    }

    #[getter]
    fn repair(&self) -> Option<Task> {
        self.machine.repair.clone().map(|machine| Task { machine })
    }

    #[getter]
    fn fallback<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.machine.fallback.as_ref().map(|value| plain(py, value)).transpose()
    }

    #[getter]
    fn repeated(&self) -> bool {
        self.machine.repeated
    }

    fn __repr__(&self) -> String {
        let verdict = match &self.machine.verdict {
            Some(prompt::Verdict::Accepted(_)) => "accepted",
            Some(prompt::Verdict::Rejected(_)) => "rejected",
            Some(prompt::Verdict::Stale(_)) => "stale",
            Some(_) => "judged",
            None => "lost",
        };
        format!("<drainrs.Answered: {verdict}, {}>", self.machine.task.kind.name())
    }
}

/// Tasks, the most valuable first.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Plan {
    machine: PlanMachine,
}

#[pymethods]
impl Plan {
    #[getter]
    fn tasks(&self) -> Vec<Task> {
        self.machine.tasks.iter().map(|task| Task { machine: task.clone() }).collect()
    }

    #[getter]
    fn left_out<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.machine.left_out)
    }

    /// What a day of such tasks would cost at most.
    #[pyo3(signature = (prices, desk = None))]
    fn day<'py>(
        &self,
        py: Python<'py>,
        prices: &Bound<'py, PyAny>,
        desk: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let prices: Prices = read(prices)?;
        shaped(py, "DayCost", &self.machine.day(prices, &settings(desk)?))
    }

    fn __len__(&self) -> usize {
        self.machine.tasks.len()
    }

    fn __repr__(&self) -> String {
        format!("<drainrs.Plan: {} tasks>", self.machine.tasks.len())
    }
}

/// How tokens are counted: one per byte unless the host brings a function.
struct CountBy<'py>(Option<Bound<'py, PyAny>>);

impl CountBy<'_> {
    /// What the host's function says; where it fails, one token per byte, which is never too few.
    fn count(&self, text: &str) -> usize {
        let Some(count) = &self.0 else { return prompt::tokens_at_most(text) };
        match entered(|| count.call1((text,))).and_then(|number| number.extract::<usize>()) {
            Ok(number) => number,
            Err(error) => {
                error.write_unraisable(count.py(), Some(count));
                prompt::tokens_at_most(text)
            }
        }
    }
}

/// Remembers what is worth asking about a pipeline's stream, asks, and judges what comes back.
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

#[pymethods]
impl Asker {
    #[new]
    #[pyo3(signature = (config = None, **options))]
    fn new(py: Python<'_>, config: Option<&Bound<'_, PyAny>>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Asker> {
        let config: AskConfig = settings_with(py, "AskConfig", config, options)?;
        Ok(Asker { machine: Locked::new(Machine::build(&config).or_raise(py)?) })
    }

    /// Pushes a line through the pipeline and takes the event that it completes.
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

    /// The same for many lines. Alerts wait for `take`; here they are taken as they come and given back with the columns.
    #[pyo3(signature = (pipeline, lines, now = None, *, messages = false, parameters = false, progress = None))]
    #[allow(clippy::too_many_arguments, reason = "keywords, in Python")]
    fn push_batch<'py>(
        &self,
        py: Python<'py>,
        pipeline: &Pipeline,
        lines: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        messages: bool,
        parameters: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let now = time_or_now(py, now)?;
        let mut events = Events::new(messages, parameters);
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
        Ok((events.table(&pipeline.words).framed(py, "EventColumns")?, alerts_of(py, &alerts)?))
    }

    /// The end of the stream: takes what the joiner holds back, closes the detector's windows, completes what waited. Gives the
    /// alerts.
    #[pyo3(signature = (pipeline, now = None))]
    fn finish<'py>(
        &self,
        py: Python<'py>,
        pipeline: &Pipeline,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let now = time_or_now(py, now)?;
        let alerts = both!(self, py, pipeline, |asker, inner| {
            while let Some(event) = inner.finish(now) {
                asker.observe(&event);
            }
            if let Some(detector) = inner.detector_mut() {
                detector.finish();
            }
            let alerts = asker.take(&mut inner);
            asker.finish();
            alerts
        });
        alerts_of(py, &alerts)
    }

    fn take<'py>(&self, py: Python<'py>, pipeline: &Pipeline) -> PyResult<Bound<'py, PyAny>> {
        let alerts = both!(self, py, pipeline, |asker, inner| asker.take(&mut inner));
        alerts_of(py, &alerts)
    }

    fn note(&self, py: Python<'_>, alert: &Bound<'_, PyAny>) -> PyResult<()> {
        let alert = read(alert)?;
        locked(py, &self.machine)?.note(&alert);
        Ok(())
    }

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

    /// Puts the tasks of a plan on the desk: what became of each, as text (`"queued"`, `"repeated"`, `"refused: full"`) or, where
    /// the same was answered lately, as the answer.
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

    #[pyo3(signature = (now = None))]
    fn next(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Task>> {
        let now = time_or_now(py, now)?;
        Ok(locked(py, &self.machine)?.next(now).map(|machine| Task { machine }))
    }

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

    #[pyo3(signature = (id, now = None))]
    fn give_up(&self, py: Python<'_>, id: &str, now: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Answered>> {
        let now = time_or_now(py, now)?;
        Ok(locked(py, &self.machine)?.desk_mut().give_up(id, now).map(|machine| Answered { machine }))
    }

    #[pyo3(signature = (now = None))]
    fn lost(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Answered>> {
        let now = time_or_now(py, now)?;
        Ok(locked(py, &self.machine)?.desk_mut().lost(now).into_iter().map(|machine| Answered { machine }).collect())
    }

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

    fn label<'py>(&self, py: Python<'py>, template: u64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        machine.label(TemplateId(template)).map(|label| plain(py, label)).transpose()
    }

    fn parameter_names<'py>(&self, py: Python<'py>, template: u64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let machine = locked(py, &self.machine)?;
        let Some(names) = machine.parameter_names(TemplateId(template)) else { return Ok(None) };
        let names: Vec<_> = names
            .iter()
            .map(|name| name.as_ref().map(|name| shaped(py, "ParameterName", name)).transpose())
            .collect::<PyResult<_>>()?;
        PyTuple::new(py, names).map(|names| Some(names.into_any()))
    }

    fn adoptions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let adoptions = locked(py, &self.machine)?.adoptions().to_vec();
        let shown: Vec<_> =
            adoptions.iter().map(|adoption| shaped(py, "Adoption", adoption)).collect::<PyResult<_>>()?;
        PyTuple::new(py, shown)
    }

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

    fn export_feedback(&self, py: Python<'_>) -> PyResult<String> {
        Ok(locked(py, &self.machine)?.desk().export_feedback())
    }

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

    fn incident_templates<'py>(&self, py: Python<'py>, pipeline: &Pipeline) -> PyResult<Bound<'py, PyTuple>> {
        let found = both!(self, py, pipeline, |asker, inner| {
            let _ = (&mut asker, &mut inner);
            asker.incident_templates(&inner)
        });
        let shown: Vec<_> =
            found.iter().map(|template| shaped(py, "IncidentTemplate", template)).collect::<PyResult<_>>()?;
        PyTuple::new(py, shown)
    }

    #[getter]
    fn waiting(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.desk().waiting())
    }

    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.counters();
        shaped(py, "JournalCounters", &counters)
    }

    fn desk_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let counters = locked(py, &self.machine)?.desk().counters();
        shaped(py, "DeskCounters", &counters)
    }

    #[getter]
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(locked(py, &self.machine)?.memory())
    }

    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let config = locked(py, &self.machine)?.config().clone();
        crate::config::shown(py, "AskConfig", &config)
    }

    fn snapshot<'py>(&self, py: Python<'py>, pipeline: &Pipeline) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = both!(self, py, pipeline, |asker, inner| {
            let _ = (&mut asker, &mut inner);
            asker.snapshot(&inner).or_raise(py)?
        });
        Ok(PyBytes::new(py, &bytes))
    }

    fn resume(&self, py: Python<'_>, snapshot: &[u8], pipeline: &Pipeline) -> PyResult<()> {
        both!(self, py, pipeline, |asker, inner| asker.resume(snapshot, &mut inner).or_raise(py))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let machine = locked(py, &self.machine)?;
        let (events, waiting) = (machine.counters().events, machine.desk().waiting());
        Ok(format!("<drainrs.Asker: {events} events, {waiting} tasks waiting>"))
    }
}
