//! What outlives a restart: answers, what rests, feedback, and what was spent of the day.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::clock::{Believed, Clock};
use super::config::DeskConfig;
use super::record::{Cached, DeskCounters, Feedback};
use super::spent::Spent;
use crate::prompt::task::Kept;
use crate::prompt::{Accepted, Task, TaskKind};
use crate::time::{NANOS_PER_SECOND, Timestamp};

/// An answer that is kept, with what is needed to understand it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    task: Task,
    kept: Kept,
    accepted: Accepted,
    until: Timestamp,
}

/// A topic that is not to be asked about for a while.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    until: Timestamp,
    /// How often in a row no answer came.
    times: u32,
}

/// What outlives a restart. Topics are the keys of all maps.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeskState {
    cached: BTreeMap<String, Remembered>,
    resting: BTreeMap<String, Rest>,
    /// What was answered last, by a hash of its meaning, and when.
    told: BTreeMap<String, Timestamp>,
    pub(super) feedback: VecDeque<Feedback>,
    clock: Clock,
    pub(super) spent: Spent,
    pub(super) counters: DeskCounters,
}

/// The most topics that rest, beside those that have a place by `max_cached`.
const MIN_RESTING: usize = 64;

impl DeskState {
    /// The time to go by. Where the clock was set back all that was to end some time ends as much earlier: it would hold for longer
    /// than it should, or for ever.
    pub(super) fn advance(&mut self, now: Timestamp) -> Believed {
        let believed = self.clock.believe(now);
        self.spent.turn_to(believed.now.as_nanos().div_euclid(86_400 * NANOS_PER_SECOND), believed.jumped);
        if believed.back > 0 {
            let ends = self.cached.values_mut().map(|cached| &mut cached.until);
            let ends = ends.chain(self.resting.values_mut().map(|rest| &mut rest.until));
            ends.chain(self.told.values_mut()).for_each(|end| *end = end.plus_nanos(-believed.back));
        }
        believed
    }

    /// Whether the day's budget has room for a task of so many tokens.
    pub(super) fn fits(&self, tokens: u64, config: &DeskConfig) -> bool {
        let (tasks, spent) = self.spent.today();
        tasks < config.tasks_per_day && spent.saturating_add(tokens) <= config.tokens_per_day
    }

    /// The answer about a topic, if it still holds.
    pub(super) fn cached(&self, topic: &str, now: Timestamp) -> Option<Cached> {
        let found = self.cached.get(topic).filter(|cached| now <= cached.until)?;
        let task = Task { kept: found.kept.clone(), ..found.task.clone() };
        Some(Cached { task, accepted: found.accepted.clone() })
    }

    pub(super) fn remember(&mut self, task: &Task, accepted: &Accepted, now: Timestamp, config: &DeskConfig) {
        self.resting.remove(task.topic());
        let ttl = config.ttl(task.kind);
        if ttl == 0 || config.max_cached == 0 {
            return;
        }
        self.cached.retain(|_, cached| now <= cached.until);
        make_room(&mut self.cached, config.max_cached, |cached| cached.until);
        let (task, kept) = what_an_answer_needs(task, &accepted.value);
        let until = now.plus_nanos(ttl);
        self.cached.insert(kept.topic.clone(), Remembered { task, kept, accepted: accepted.clone(), until });
    }

    pub(super) fn forget(&mut self, topic: &str) {
        self.cached.remove(topic);
    }

    pub(super) fn is_resting(&self, topic: &str, now: Timestamp) -> bool {
        self.resting.get(topic).is_some_and(|rest| now < rest.until)
    }

    /// No answer came: the topic rests, longer each time.
    pub(super) fn rest_after_silence(&mut self, topic: &str, now: Timestamp, config: &DeskConfig) {
        const MOST_DOUBLINGS: u32 = 16;
        let times = self.resting.get(topic).map_or(0, |rest| rest.times);
        let rest =
            config.retry_ns.saturating_mul(1 << times.min(MOST_DOUBLINGS)).min(config.ttl_ns.max(config.retry_ns));
        self.rest(topic, now.plus_nanos(rest), times.saturating_add(1), now, config);
    }

    /// The model cannot answer: the topic rests as long as an answer would have held.
    pub(super) fn rest_after_refusal(&mut self, task: &Task, now: Timestamp, config: &DeskConfig) {
        self.rest(task.topic(), now.plus_nanos(config.ttl(task.kind)), 0, now, config);
    }

    fn rest(&mut self, topic: &str, until: Timestamp, times: u32, now: Timestamp, config: &DeskConfig) {
        // How often is remembered for a while after the rest.
        self.resting.retain(|_, rest| now <= rest.until.plus_nanos(config.ttl_ns));
        make_room(&mut self.resting, config.max_cached.max(MIN_RESTING), |rest| rest.until);
        self.resting.insert(topic.to_owned(), Rest { until, times });
    }

    /// Whether an answer says of the same what was said lately, whatever its confidence.
    pub(super) fn is_repeated(
        &mut self,
        task: &Task,
        accepted: &Accepted,
        now: Timestamp,
        config: &DeskConfig,
    ) -> bool {
        let mut said = accepted.value.clone();
        if let Some(fields) = said.as_object_mut() {
            fields.remove("confidence");
            fields.remove("total_lines_analyzed");
        }
        // A hash: answers may be long, and there may be many.
        let said = format!("{}{:016x}", task.topic(), xxh3_64(said.to_string().as_bytes()));
        self.told.retain(|_, at| now.since(*at) <= config.repeat_ns);
        if self.told.contains_key(&said) {
            return true;
        }
        if config.max_cached > 0 {
            make_room(&mut self.told, config.max_cached, |at| *at);
            self.told.insert(said, now);
        }
        false
    }

    /// As much as settings have room for; the newest stays.
    pub(super) fn within(mut self, config: &DeskConfig) -> DeskState {
        while self.cached.len() > config.max_cached {
            make_room(&mut self.cached, config.max_cached + 1, |cached| cached.until);
        }
        while self.told.len() > config.max_cached {
            make_room(&mut self.told, config.max_cached + 1, |at| *at);
        }
        while self.feedback.len() > config.max_feedback {
            self.feedback.pop_front();
            self.counters.dropped_feedback += 1;
        }
        self
    }

    /// Rough memory in bytes.
    pub(super) fn memory(&self) -> usize {
        let cached = self
            .cached
            .values()
            .map(|one| one.task.memory() + one.kept.memory() + one.accepted.value.to_string().len());
        let feedback = self
            .feedback
            .iter()
            .map(|one| size_of::<Feedback>() + one.input.len() + one.answer.to_string().len() + one.comment.len());
        cached.sum::<usize>() + feedback.sum::<usize>() + (self.told.len() + self.resting.len()) * 100
    }
}

/// Takes the earliest out of a map that is full.
fn make_room<T>(map: &mut BTreeMap<String, T>, most: usize, age: impl Fn(&T) -> Timestamp) {
    if map.len() >= most {
        let first = map.iter().min_by_key(|(_, one)| age(one)).map(|(key, _)| key.clone());
        first.and_then(|key| map.remove(&key));
    }
}

/// A task without its texts: those that the answer names by their ids, and the values behind its placeholders.
fn what_an_answer_needs(task: &Task, answer: &Value) -> (Task, Kept) {
    let mut texts = BTreeSet::new();
    collect(answer, &mut texts);
    let by_id = matches!(task.kind, TaskKind::ClassifyTemplates | TaskKind::NameParameters);
    let evidence = task.evidence.iter().filter(|sent| by_id || texts.contains(sent.id.as_str())).cloned().collect();
    let said = answer.to_string();
    let values = task.kept.values.iter().filter(|(name, _)| said.contains(name.as_str()));
    // A pattern becomes a format by the lines that it was tried on.
    let subject = task.subject().filter(|_| task.kind == TaskKind::WriteHeaderPattern).cloned();
    let kept = Kept {
        values: values.map(|(name, value)| (name.clone(), value.clone())).collect(),
        depends_on: task.kept.depends_on.clone(),
        topic: task.kept.topic.clone(),
        source: task.kept.source,
        subject,
        ..Kept::default()
    };
    let empty = String::new;
    let small = Task {
        system: empty(),
        instruction: empty(),
        data: empty(),
        schema: Value::Null,
        evidence,
        kept: Kept::default(),
        ..task.clone()
    };
    (small, kept)
}

fn collect<'a>(value: &'a Value, into: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => drop(into.insert(text.as_str())),
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, into)),
        _ => {}
    }
}
