//! The machine.

use std::collections::VecDeque;

use super::adopt::Ledger;
use super::config::AskConfig;
use super::gather::Worth;
use super::journal::{Journal, JournalCounters};
use super::plan::Plan;
use crate::correlate::{Correlation, Correlator, Movement};
use crate::detect::Detector;
use crate::error::{Error, Problems};
use crate::flow::{Alert, AlertStatus, Change};
use crate::id::TemplateId;
use crate::pipeline::{Event, Pipeline};
use crate::prompt::{Answered, Budget, Desk, Facts, Offer, Subject, Task, TaskKind, make};
use crate::redact::{Redaction, Redactor};
use crate::score::{Vectoriser, VectoriserConfig};
use crate::time::Timestamp;

/// Remembers what is worth asking about a pipeline's stream, asks, and judges what comes back.
#[derive(Clone)]
pub struct Asker {
    pub(super) config: AskConfig,
    pub(super) redactor: Redactor,
    pub(super) journal: Journal,
    pub(super) vectoriser: Vectoriser,
    pub(super) ledger: Ledger,
    correlator: Correlator,
    /// Each with its number.
    pub(super) correlations: VecDeque<(u64, Correlation)>,
    pub(super) correlations_seen: u64,
    pub(super) desk: Desk,
}

// Lines, labels and values are as they were logged: they do not belong into anybody's debug output.
impl std::fmt::Debug for Asker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asker")
            .field("journal", &self.journal.counters)
            .field("desk", &self.desk.counters())
            .field("adoptions", &self.adoptions().len())
            .finish_non_exhaustive()
    }
}

/// The most correlations that are remembered.
const MAX_CORRELATIONS: usize = 4;
/// While a scorer is learning, only what is rarer than one in ten counts as a movement.
const LEAST_SURPRISE: f64 = 1.0;

impl Asker {
    /// Builds an asker.
    ///
    /// # Errors
    ///
    /// Every wrong setting of every part, with its path.
    pub fn build(config: &AskConfig) -> Result<Asker, Error> {
        let mut problems = Problems::default();
        config.journal.check(&mut problems);
        config.prompt.check(&mut problems);
        config.desk.check(&mut problems);
        let redactor = Redactor::build(&config.redact).map_err(|error| problems.absorb("", error));
        let correlator = Correlator::build(&config.correlate).map_err(|error| problems.absorb("", error));
        let vectoriser = Vectoriser::build(&VectoriserConfig::default()).map_err(|error| problems.absorb("", error));
        problems.finish()?;
        let (Ok(redactor), Ok(correlator), Ok(vectoriser)) = (redactor, correlator, vectoriser) else {
            return Err(Error::new(crate::error::ErrorKind::Config, "", "a part could not be built"));
        };
        Ok(Asker {
            config: config.clone(),
            redactor,
            journal: Journal::new(&config.journal, config.prompt.batch_lines, config.prompt.max_examples),
            vectoriser,
            ledger: Ledger::default(),
            correlator,
            correlations: VecDeque::new(),
            correlations_seen: 0,
            desk: Desk::new(&config.desk, &config.prompt.answers),
        })
    }

    /// Takes an event of the pipeline.
    pub fn observe(&mut self, event: &Event<'_>) {
        self.journal.observe(event);
        if let crate::pipeline::Outcome::Mined(hit) = &event.outcome {
            let at = event.record.at.unwrap_or_default();
            for &(gone, into) in hit.merged {
                self.ledger.unite(gone, into);
                self.ledger.forget_names(gone, at);
                self.forget_names(into, at);
            }
            if hit.change == Change::Widened {
                self.forget_names(hit.template, at);
            }
        }
    }

    /// A template has other places than before: their names are asked for again.
    fn forget_names(&mut self, template: TemplateId, at: Timestamp) {
        if self.ledger.forget_names(template, at)
            && let Some(known) = self.journal.templates.get_mut(&template)
        {
            known.named = None;
        }
    }

    /// Takes everything that the pipeline noticed since it was asked last, and gives the alerts for the host to tell. Call it after
    /// every event: with [`DetectConfig::max_scores`](crate::DetectConfig::max_scores) above 0 the lines around a score are
    /// remembered at once; otherwise they are what is still there when the alert is told, up to half a minute later.
    pub fn take(&mut self, pipeline: &mut Pipeline) -> Vec<Alert> {
        while let Some(score) = pipeline.detector_mut().and_then(Detector::poll_score) {
            let service = pipeline.detector().and_then(|detector| detector.service_name(score.service));
            let service = service.unwrap_or_default();
            self.journal.capture(&score, service.as_bytes(), self.config.prompt.max_context);
        }
        let mut alerts = Vec::new();
        while let Some(alert) = pipeline.poll_alert() {
            self.note(&alert);
            alerts.push(alert);
        }
        alerts
    }

    /// Takes an alert of the pipeline, when it is told; for hosts that poll alerts themselves.
    pub fn note(&mut self, alert: &Alert) {
        self.journal.note(alert, self.config.prompt.max_context);
        if alert.status == AlertStatus::Resolved {
            return;
        }
        for score in std::iter::once(&alert.score).chain(&alert.others) {
            if score.unverified && score.surprise < LEAST_SURPRISE {
                continue;
            }
            let known = score.template.and_then(|id| self.journal.templates.get(&id));
            let own = known.map(|known| String::from_utf8_lossy(&known.service).into_owned());
            let service = own.filter(|name| !name.is_empty()).or_else(|| alert.service.clone());
            if let Some(movement) = service.and_then(|service| Movement::of(score, &service)) {
                self.correlator.take(movement);
            }
        }
        self.take_correlations();
    }

    fn take_correlations(&mut self) {
        while let Some(found) = self.correlator.poll() {
            self.correlations_seen += 1;
            if self.correlations.len() >= MAX_CORRELATIONS {
                self.correlations.pop_front();
            }
            self.correlations.push_back((self.correlations_seen, found));
        }
    }

    /// Takes notice that the stream is over: what waited for more is complete.
    pub fn finish(&mut self) {
        self.journal.finish();
        self.correlator.finish();
        self.take_correlations();
    }

    /// What could be asked now, the most valuable first; redacted and within the budget. Changes nothing: ask [`Desk`]'s side with
    /// [`offer`](Asker::offer) to have it asked.
    ///
    /// Cost: linear in the templates, and for each thing noticed once more for its neighbours.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if the budget has no room for any task.
    pub fn plan(&self, pipeline: &Pipeline, now: Timestamp, budget: &Budget<'_>) -> Result<Plan, Error> {
        let mut subjects = self.subjects(pipeline.miner(), now);
        // A stable order: subjects of equal value stay as they are.
        subjects.sort_by(|a, b| b.value.total_cmp(&a.value));
        let mut plan = Plan { tasks: Vec::new(), left_out: std::collections::BTreeMap::new() };
        let mut refused = None;
        for worth in subjects {
            let kind = worth.subject.kind();
            if plan.tasks.len() >= budget.max_tasks {
                *plan.left_out.entry(kind).or_default() += 1;
                continue;
            }
            match self.task(worth, now, budget) {
                Ok(task) => plan.tasks.push(task),
                Err(error) => {
                    *plan.left_out.entry(kind).or_default() += 1;
                    refused.get_or_insert(error);
                }
            }
        }
        match refused {
            Some(error) if plan.tasks.is_empty() => Err(error),
            _ => Ok(plan),
        }
    }

    /// A task about something that the host knows itself: redacted, judged and answered like those of a plan.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if the budget has no room for it.
    pub fn task_of(&self, subject: Subject, value: f64, now: Timestamp, budget: &Budget<'_>) -> Result<Task, Error> {
        self.task(Worth::new(subject, value, 1.0), now, budget)
    }

    /// A task of a subject, redacted.
    fn task(&self, worth: Worth, now: Timestamp, budget: &Budget<'_>) -> Result<Task, Error> {
        let Worth { mut subject, value, per_day, cut, source } = worth;
        let topic = subject.topic(&self.config.prompt);
        let mut redaction = Redaction::default();
        subject.scrub(&mut |text| redaction.redact(&self.redactor, text.as_bytes()));
        let values = redaction.values().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let redacted = redaction.counts().clone();
        let facts = Facts { now, value, per_day, values, redacted, cut, topic, source };
        // On the way out once more: what two texts make when they stand side by side nobody has looked at.
        make(subject, facts, &self.config.prompt, budget, &|line| !self.redactor.is_clean(line.as_bytes()))
    }

    /// Puts the tasks of a plan on the desk. Gives for each what became of it.
    pub fn offer(&mut self, plan: Plan, now: Timestamp) -> Vec<Offer> {
        let offer = |task: Task| {
            let (kind, source) = (task.kind, task.source());
            let offer = self.desk.offer(task, now);
            if let (Offer::Cached(_), TaskKind::ExplainAnomaly | TaskKind::RootCause) = (&offer, kind) {
                // What happened is answered by an answer about the same; the state of things is not.
                self.settle_one(kind, source);
            }
            offer
        };
        plan.tasks.into_iter().map(offer).collect()
    }

    /// The task to be sent now, see [`Desk::next`].
    pub fn next(&mut self, now: Timestamp) -> Option<Task> {
        self.desk.next(now)
    }

    /// Takes an answer, see [`Desk::answer`]. What was asked once and is answered now is not asked again.
    pub fn answer(&mut self, id: &str, bytes: &[u8], now: Timestamp, pipeline: &Pipeline) -> Option<Answered> {
        let current = |template: TemplateId| pipeline.miner().template(template).map(|view| view.content_id);
        let answered = self.desk.answer(id, bytes, now, &current)?;
        if answered.is_settled() {
            self.settle(&answered.task, now);
        }
        Some(answered)
    }

    /// A model has said what it can about a task.
    fn settle(&mut self, task: &Task, now: Timestamp) {
        match task.kind {
            TaskKind::WriteHeaderPattern => self.journal.header_asked = Some(now),
            TaskKind::ClassifyTemplates | TaskKind::NameParameters => {
                let templates = task.evidence.iter().filter(|sent| sent.id.starts_with('t'));
                for template in templates.filter_map(|sent| sent.template) {
                    let Some(known) = self.journal.templates.get_mut(&template) else { continue };
                    let names = task.kind == TaskKind::NameParameters;
                    *(if names { &mut known.named } else { &mut known.classified }) = Some(now);
                }
            }
            kind => self.settle_one(kind, task.source()),
        }
    }

    /// The same of what one answer is enough for.
    fn settle_one(&mut self, kind: TaskKind, source: Option<u64>) {
        let Some(id) = source else { return };
        match kind {
            TaskKind::SummariseWindow => self.journal.summarised = Some(id),
            TaskKind::JudgeBatch => self.journal.settle_batch(id),
            TaskKind::ExplainAnomaly => self.journal.settle_notice(id),
            TaskKind::RootCause => self.correlations.retain(|(known, _)| *known != id),
            _ => {}
        }
    }

    /// The desk: its budget, its counters, feedback.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The desk, to give feedback and to take what was lost.
    pub fn desk_mut(&mut self) -> &mut Desk {
        &mut self.desk
    }

    /// The settings.
    pub fn config(&self) -> &AskConfig {
        &self.config
    }

    /// What has been counted.
    pub fn counters(&self) -> JournalCounters {
        self.journal.counters
    }

    /// Memory in bytes of what is remembered. Cost: linear in it.
    pub fn memory(&self) -> usize {
        size_of::<Asker>() + self.journal.memory() + self.ledger.memory() + self.desk.memory()
    }
}
