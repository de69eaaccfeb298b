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

/// A question for a model: bounded, redacted, with the schema of its answer. Its properties may leave the host; what
/// `save` gives may not. Can be pickled, with what must stay in the host.
///
///     >>> import drainrs
///     >>> pipeline, asker = drainrs.Pipeline(detect=True), drainrs.Asker()
///     >>> _ = asker.push_batch(pipeline, drainrs.sample_log(), "2026-03-12T20:00:00Z")
///     >>> task = asker.plan(pipeline, "2026-03-12T20:00:00Z").tasks[0]
///     >>> task.kind, sorted(task.schema["properties"])[:2], [message["role"] for message in task.messages()]
///     ('root_cause', ['causal_chain', 'confidence'], ['system', 'user'])
///     >>> verdict = task.judge("I do not know.", "2026-03-12T20:00:01Z")
///     >>> verdict.reasons[0].code
///     'no_json'
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) machine: TaskMachine,
}

#[pymethods]
impl Task {
    /// Its name, by which its answer is given back.
    #[getter]
    fn id(&self) -> &str {
        &self.machine.id
    }

    /// What is asked for: `"root_cause"`, `"classify_templates"`, ...
    #[getter]
    fn kind(&self) -> &'static str {
        self.machine.kind.name()
    }

    /// The part of the question that never changes: the role, and how log text is to be taken.
    #[getter]
    fn system(&self) -> &str {
        &self.machine.system
    }

    /// What is asked.
    #[getter]
    fn instruction(&self) -> &str {
        &self.machine.instruction
    }

    /// What it is asked about: log text, redacted and marked as such.
    #[getter]
    fn data(&self) -> &str {
        &self.machine.data
    }

    /// The JSON Schema of the answer.
    #[getter]
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.machine.schema)
    }

    /// The texts of the question that an answer may point at.
    #[getter]
    fn evidence<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let sent: Vec<_> =
            self.machine.evidence.iter().map(|sent| shaped(py, "Sent", sent)).collect::<PyResult<_>>()?;
        PyTuple::new(py, sent)
    }

    /// The tokens of the question at most, by the function that counted them.
    #[getter]
    fn input_tokens(&self) -> usize {
        self.machine.input_tokens
    }

    /// The tokens of the answer at most.
    #[getter]
    fn max_output_tokens(&self) -> usize {
        self.machine.max_output_tokens
    }

    /// How much the answer is worth, in the order of plans: the greater, the more.
    #[getter]
    fn value(&self) -> f64 {
        self.machine.value
    }

    /// How often the question was repaired: 0 the first time.
    #[getter]
    fn round(&self) -> u32 {
        self.machine.round
    }

    /// When an answer comes too late.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        shown_time(py, self.machine.expires_at)
    }

    /// What it is about: equal while the same templates are concerned, whatever their counts.
    #[getter]
    fn topic(&self) -> &str {
        self.machine.topic()
    }

    /// The question as one text: system, instruction and data.
    fn text(&self) -> String {
        self.machine.text()
    }

    /// The question as the `messages` of a chat API: dicts of `role` and `content`.
    fn messages<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.machine.messages())
    }

    /// The document that may leave the host.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.machine)
    }

    /// Everything, for a host that answers in another process. Not to be sent: it holds the values behind the
    /// placeholders.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.machine.save().or_raise(py)?))
    }

    /// Reads what `save` gave; a `TaskError` for anything else.
    #[staticmethod]
    fn load(py: Python<'_>, saved: &[u8]) -> PyResult<Task> {
        Ok(Task { machine: TaskMachine::load(saved).or_raise(py)? })
    }

    /// A text of an answer with the values instead of their placeholders, for the eyes of the host.
    fn restore(&self, text: &str) -> String {
        self.machine.restore(text)
    }

    /// The same for all texts in plain data.
    fn restore_value<'py>(&self, py: Python<'py>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let value: serde_json::Value = read(value)?;
        plain(py, &self.machine.restore_value(&value))
    }

    /// Judges an answer (its bytes or text) without an asker: whether it came in time, is one JSON object of the
    /// schema, and points at what was sent. Templates are taken as they were when the task was made. Any bytes will do.
    /// `limits` is a `JudgeLimits`; gives an `Accepted`, a `Rejected` with all reasons, or why it came too late.
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

    /// The answer by rules, without a model; `None` where rules know none.
    fn fallback<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        prompt::fallback(&self.machine).map(|value| plain(py, &value)).transpose()
    }

    /// The task to be asked instead, with the reasons why an answer was rejected; `None` where there is no room for
    /// them.
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
    /// The task.
    #[getter]
    fn task(&self) -> Task {
        Task { machine: self.machine.task.clone() }
    }

    /// Accepted, rejected, or too late; `None` if no answer came in time.
    #[getter]
    fn verdict<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.machine.verdict.as_ref().map(|verdict| shaped(py, "Verdict", verdict)).transpose()
    }

    /// Whether the answer may be used.
    #[getter]
    fn accepted(&self) -> bool {
        matches!(self.machine.verdict, Some(prompt::Verdict::Accepted(_)))
    }

    /// The answer to use, of the model or by rules, with values in place of their placeholders; `None` if there is
    /// none.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = match &self.machine.verdict {
            Some(prompt::Verdict::Accepted(accepted)) => Some(&accepted.value),
            _ => self.machine.fallback.as_ref(),
        };
        value.map(|value| plain(py, &self.machine.task.restore_value(value))).transpose()
    }

    /// The task to be asked instead, where the answer can be repaired; else `None`.
    #[getter]
    fn repair(&self) -> Option<Task> {
        self.machine.repair.clone().map(|machine| Task { machine })
    }

    /// The answer by rules where there will be no other, with placeholders; else `None`.
    #[getter]
    fn fallback<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.machine.fallback.as_ref().map(|value| plain(py, value)).transpose()
    }

    /// Whether the same was answered a short while ago.
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

/// Tasks that are worth asking, the most valuable first. The same state gives the same plan. `len` counts the tasks.
#[pyclass(frozen, module = "drainrs")]
#[derive(Debug)]
pub(crate) struct Plan {
    machine: PlanMachine,
}

#[pymethods]
impl Plan {
    /// The tasks.
    #[getter]
    fn tasks(&self) -> Vec<Task> {
        self.machine.tasks.iter().map(|task| Task { machine: task.clone() }).collect()
    }

    /// How many tasks there was no room for, by kind.
    #[getter]
    fn left_out<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.machine.left_out)
    }

    /// What a day of such tasks would cost at most, each as often as it came up so far, within the budget of a desk.
    /// `prices` is a `Prices`, `desk` a `DeskConfig`.
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
        if finish {
            both!(self, py, pipeline, |asker, inner| alerts.extend(end(
                &mut asker,
                &mut inner,
                now,
                Some(&mut events)
            )));
        }
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
        let alerts = both!(self, py, pipeline, |asker, inner| asker.take(&mut inner));
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
    fn resume(&self, py: Python<'_>, snapshot: &[u8], pipeline: &Pipeline) -> PyResult<()> {
        both!(self, py, pipeline, |asker, inner| asker.resume(snapshot, &mut inner).or_raise(py))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let machine = locked(py, &self.machine)?;
        let (events, waiting) = (machine.counters().events, machine.desk().waiting());
        Ok(format!("<drainrs.Asker: {events} events, {waiting} tasks waiting>"))
    }
}
