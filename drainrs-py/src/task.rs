//! A question to a model, and what became of it.

use drainrs::ask::{Plan as PlanMachine, Prices};
use drainrs::prompt::{self, Answered as AnsweredMachine, Task as TaskMachine};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::convert::{plain, read, settings, shaped, shown_time, time_or_now};
use crate::error::OrRaise;
use crate::kept::{Kept, kept, refused};
use crate::lines::{bytes_of, saved_bytes};

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
    fn load(py: Python<'_>, saved: &Bound<'_, PyAny>) -> PyResult<Task> {
        Ok(Task { machine: TaskMachine::load(&saved_bytes(saved)?).or_raise(py)? })
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

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        kept(slf, "load", (slf.get().save(slf.py())?,))
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
    pub(crate) machine: AnsweredMachine,
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

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "pickle what is needed of it: `task`, `verdict`, `value` and `repair` can be")
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
    pub(crate) machine: PlanMachine,
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

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Kept<'py>> {
        refused(slf, "pickle its `tasks`; the same state gives the same plan again")
    }

    fn __repr__(&self) -> String {
        format!("<drainrs.Plan: {} tasks>", self.machine.tasks.len())
    }
}
