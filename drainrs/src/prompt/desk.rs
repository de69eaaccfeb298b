//! The desk: which task is asked next, at what price, and what became of the answers.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use super::answer::{Accepted, CurrentTemplates, JudgeLimits, Rejected, Verdict, judge};
use super::fallback::fallback;
use super::make::repair;
use super::task::{Task, TaskKind};
use crate::error::Problems;
use crate::time::{NANOS_PER_SECOND, Timestamp};

/// Settings of a [`Desk`].
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeskConfig {
    /// For so long a summary of the same templates is not asked again, in nanoseconds. Default 5 min.
    pub summary_ttl_ns: i64,
    /// The same for all other kinds. Default 1 h.
    pub ttl_ns: i64,
    /// For so long the same answer is not news, in nanoseconds. Default 15 min.
    pub repeat_ns: i64,
    /// How often a refused answer is asked for again. Default 1.
    pub max_repairs: u32,
    /// The most tasks of a day (UTC), repairs included. Default 500.
    pub tasks_per_day: u64,
    /// The most tokens of a day, at their bounds: input and output. Default 5 million.
    pub tokens_per_day: u64,
    /// The most tasks that wait; the least valuable makes room. Default 64.
    pub max_waiting: usize,
    /// The most tasks whose answers are waited for. Default 32.
    pub max_open: usize,
    /// The most answers that are kept to be given again. Default 256.
    pub max_cached: usize,
    /// The most answered tasks that are kept, for feedback on them. Default 64.
    pub max_answered: usize,
    /// The most pieces of feedback; the oldest makes room and is counted. Default 1,000.
    pub max_feedback: usize,
}

impl Default for DeskConfig {
    fn default() -> DeskConfig {
        DeskConfig {
            summary_ttl_ns: 5 * 60 * NANOS_PER_SECOND,
            ttl_ns: 3600 * NANOS_PER_SECOND,
            repeat_ns: 15 * 60 * NANOS_PER_SECOND,
            max_repairs: 1,
            tasks_per_day: 500,
            tokens_per_day: 5_000_000,
            max_waiting: 64,
            max_open: 32,
            max_cached: 256,
            max_answered: 64,
            max_feedback: 1_000,
        }
    }
}

impl DeskConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        for (name, nanos) in
            [("summary_ttl_ns", self.summary_ttl_ns), ("ttl_ns", self.ttl_ns), ("repeat_ns", self.repeat_ns)]
        {
            problems.require(nanos >= 0, &format!("desk.{name}"), || {
                format!("{nanos} is negative; write a time in nanoseconds, or 0 for none")
            });
        }
        for (name, most) in [("max_waiting", self.max_waiting), ("max_open", self.max_open)] {
            problems.require(most >= 1, &format!("desk.{name}"), || "must be at least 1, got 0".to_owned());
        }
    }

    fn ttl(&self, kind: TaskKind) -> i64 {
        if kind == TaskKind::SummariseWindow { self.summary_ttl_ns } else { self.ttl_ns }
    }
}

/// What became of a task that was offered.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Offer {
    /// It waits for [`Desk::next`].
    Queued,
    /// It was answered lately: the answer again.
    Cached(Box<Accepted>),
    /// It waits or is asked already.
    Repeated,
    /// It does not wait.
    Refused(Refusal),
}

/// Why a task does not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// As many wait as may, and all are worth more.
    Full,
    /// It expired before it was offered.
    Expired,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Answered {
    /// The task as it was asked.
    pub task: Task,
    /// The verdict; `None` if no answer came in time.
    pub verdict: Option<Verdict>,
    /// The task to be asked instead, if the answer was refused and may be repaired.
    pub repair: Option<Task>,
    /// The answer by rules, if there will be none by the model.
    pub fallback: Option<Value>,
    /// Whether the same was answered within `repeat_ns`: no news.
    pub repeated: bool,
}

/// What somebody thinks of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Thumb {
    Up,
    Down,
}

/// Feedback on an answer: a labelled example.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Feedback {
    /// When it was given.
    pub at: Timestamp,
    /// What was asked.
    pub kind: TaskKind,
    /// The task.
    pub task: String,
    /// What was sent: system, instruction and data.
    pub input: String,
    /// What was answered, by the model or by rules.
    pub answer: Value,
    /// What somebody thinks of it.
    pub thumb: Thumb,
    /// Who.
    pub by: String,
    /// Why; may be empty.
    pub comment: String,
}

/// What has been counted.
///
/// `offered == queued + cached + repeated + refused`, `queued == handed_out + made_room + expired_waiting + waiting`, and
/// `handed_out + repairs == accepted + rejected + stale + lost + open`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the sums above say what each is")]
pub struct DeskCounters {
    pub offered: u64,
    pub queued: u64,
    pub cached: u64,
    pub repeated: u64,
    pub refused: u64,
    pub made_room: u64,
    pub expired_waiting: u64,
    pub handed_out: u64,
    pub repairs: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub stale: u64,
    pub lost: u64,
    /// How often [`Desk::next`] gave nothing because the day's budget was spent.
    pub over_budget: u64,
    /// Answers to tasks that are not waited for.
    pub unknown: u64,
    /// Feedback that made room.
    pub dropped_feedback: u64,
}

/// An answer that is kept.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Cached {
    accepted: Accepted,
    until: Timestamp,
}

/// What outlives a restart: answers, feedback, and what was spent of the day.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct DeskState {
    cached: BTreeMap<String, Cached>,
    told: BTreeMap<String, Timestamp>,
    feedback: VecDeque<Feedback>,
    now: Timestamp,
    day: i64,
    tasks_today: u64,
    tokens_today: u64,
    counters: DeskCounters,
}

/// Queues tasks, keeps to a budget per day, judges answers, remembers them. Time is given; an earlier time than before counts as
/// the latest one.
#[derive(Debug, Clone)]
pub struct Desk {
    config: DeskConfig,
    limits: JudgeLimits,
    waiting: Vec<Task>,
    open: Vec<Task>,
    cached: BTreeMap<String, Cached>,
    /// What was answered last, by a hash of its meaning, and when.
    told: BTreeMap<String, Timestamp>,
    answered: VecDeque<(Task, Value)>,
    feedback: VecDeque<Feedback>,
    now: Timestamp,
    /// The day that is counted, in days since 1970.
    day: i64,
    tasks_today: u64,
    tokens_today: u64,
    counters: DeskCounters,
}

impl Desk {
    pub(crate) fn new(config: &DeskConfig, limits: &JudgeLimits) -> Desk {
        Desk {
            config: config.clone(),
            limits: limits.clone(),
            waiting: Vec::new(),
            open: Vec::new(),
            cached: BTreeMap::new(),
            told: BTreeMap::new(),
            answered: VecDeque::new(),
            feedback: VecDeque::new(),
            now: Timestamp::from_nanos(i64::MIN),
            day: i64::MIN,
            tasks_today: 0,
            tokens_today: 0,
            counters: DeskCounters::default(),
        }
    }

    /// What outlives a restart. Tasks do not: those that wait count as expired, those that are open as lost.
    pub(crate) fn state(&self) -> DeskState {
        let mut counters = self.counters;
        counters.expired_waiting += self.waiting.len() as u64;
        counters.lost += self.open.len() as u64;
        DeskState {
            cached: self.cached.clone(),
            told: self.told.clone(),
            feedback: self.feedback.clone(),
            now: self.now,
            day: self.day,
            tasks_today: self.tasks_today,
            tokens_today: self.tokens_today,
            counters,
        }
    }

    /// Goes on where a state was taken, within the limits of the settings.
    pub(crate) fn resume(&mut self, state: DeskState) {
        let DeskState { cached, told, mut feedback, now, day, tasks_today, tokens_today, counters } = state;
        self.cached = cached.into_iter().take(self.config.max_cached).collect();
        self.told = told.into_iter().take(self.config.max_cached).collect();
        feedback.truncate(self.config.max_feedback);
        (self.feedback, self.now, self.day) = (feedback, now, day);
        (self.tasks_today, self.tokens_today, self.counters) = (tasks_today, tokens_today, counters);
    }

    /// Time never runs backwards here, or a clock that was set back would open the day's budget again.
    fn advance(&mut self, now: Timestamp) -> Timestamp {
        self.now = self.now.max(now);
        let day = self.now.as_nanos().div_euclid(86_400 * NANOS_PER_SECOND);
        if day > self.day {
            (self.day, self.tasks_today, self.tokens_today) = (day, 0, 0);
        }
        self.now
    }

    /// Takes a task.
    pub fn offer(&mut self, task: Task, now: Timestamp) -> Offer {
        let now = self.advance(now);
        self.counters.offered += 1;
        if now > task.expires_at {
            self.counters.refused += 1;
            return Offer::Refused(Refusal::Expired);
        }
        if let Some(cached) = self.cached.get(&task.topic).filter(|cached| now <= cached.until) {
            self.counters.cached += 1;
            return Offer::Cached(Box::new(cached.accepted.clone()));
        }
        if self.waiting.iter().chain(&self.open).any(|known| known.topic == task.topic) {
            self.counters.repeated += 1;
            return Offer::Repeated;
        }
        if self.waiting.len() >= self.config.max_waiting {
            let least = self.waiting.iter().enumerate().min_by(|(_, a), (_, b)| a.value.total_cmp(&b.value));
            match least {
                Some((at, least)) if least.value < task.value => {
                    self.waiting.remove(at);
                    self.counters.made_room += 1;
                }
                _ => {
                    self.counters.refused += 1;
                    return Offer::Refused(Refusal::Full);
                }
            }
        }
        self.counters.queued += 1;
        self.waiting.push(task);
        Offer::Queued
    }

    /// The most valuable task that waits, to be sent now; the earlier of two that are equal. `None` if none waits, too many are
    /// open, or the day's budget is spent.
    pub fn next(&mut self, now: Timestamp) -> Option<Task> {
        let now = self.advance(now);
        let before = self.waiting.len();
        self.waiting.retain(|task| now <= task.expires_at);
        self.counters.expired_waiting += (before - self.waiting.len()) as u64;
        if self.open.len() >= self.config.max_open {
            return None;
        }
        // Of two that are equal `max_by` takes the last, so from the end.
        let best = self.waiting.iter().enumerate().rev().max_by(|(_, a), (_, b)| a.value.total_cmp(&b.value))?.0;
        if !self.pay(best_price(self.waiting.get(best))) {
            self.counters.over_budget += 1;
            return None;
        }
        let task = self.waiting.remove(best);
        self.counters.handed_out += 1;
        self.open.push(task.clone());
        Some(task)
    }

    /// Whether the day's budget has room for a task of so many tokens; then it is spent.
    fn pay(&mut self, tokens: u64) -> bool {
        let fits = self.tasks_today < self.config.tasks_per_day
            && self.tokens_today.saturating_add(tokens) <= self.config.tokens_per_day;
        if fits {
            self.tasks_today += 1;
            self.tokens_today += tokens;
        }
        fits
    }

    /// Takes an answer to an open task; `None` if there is no such task. The verdict says whether it may be used; where it may not,
    /// there is a task to repair it, or the answer by rules.
    pub fn answer(
        &mut self,
        id: &str,
        bytes: &[u8],
        now: Timestamp,
        current: CurrentTemplates<'_>,
    ) -> Option<Answered> {
        let now = self.advance(now);
        let Some(at) = self.open.iter().position(|task| task.id == id) else {
            self.counters.unknown += 1;
            return None;
        };
        let task = self.open.remove(at);
        let verdict = judge(&task, bytes, now, &self.limits, current);
        let (mut again, mut by_rules, mut repeated) = (None, None, false);
        match &verdict {
            Verdict::Accepted(accepted) => {
                self.counters.accepted += 1;
                repeated = self.is_repeated(&task, accepted, now);
                self.remember(&task, accepted, now);
            }
            Verdict::Rejected(Rejected { reasons }) => {
                self.counters.rejected += 1;
                if task.round < self.config.max_repairs {
                    let task = repair(&task, reasons);
                    if self.pay(best_price(Some(&task))) {
                        self.counters.repairs += 1;
                        self.open.push(task.clone());
                        again = Some(task);
                    } else {
                        self.counters.over_budget += 1;
                    }
                }
                if again.is_none() {
                    by_rules = fallback(&task);
                }
            }
            Verdict::Stale(_) => {
                self.counters.stale += 1;
                by_rules = fallback(&task);
            }
        }
        let value = match (&verdict, &by_rules) {
            (Verdict::Accepted(accepted), _) => Some(accepted.value.clone()),
            (_, by_rules) => by_rules.clone(),
        };
        if let Some(value) = value {
            self.keep(&task, value);
        }
        Some(Answered { task, verdict: Some(verdict), repair: again, fallback: by_rules, repeated })
    }

    /// Takes notice that there will be no answer to a task: the model cannot be reached, or its budget is spent. Gives the answer by
    /// rules; `None` if there is no such task.
    pub fn give_up(&mut self, id: &str, now: Timestamp) -> Option<Answered> {
        self.advance(now);
        let at = self.open.iter().position(|task| task.id == id)?;
        let task = self.open.remove(at);
        Some(self.lose(task))
    }

    /// The tasks whose answers did not come in time, with the answers by rules. Ask now and then.
    pub fn lost(&mut self, now: Timestamp) -> Vec<Answered> {
        let now = self.advance(now);
        let (open, lost): (Vec<Task>, Vec<Task>) = self.open.drain(..).partition(|task| now <= task.expires_at);
        self.open = open;
        lost.into_iter().map(|task| self.lose(task)).collect()
    }

    fn lose(&mut self, task: Task) -> Answered {
        self.counters.lost += 1;
        let by_rules = fallback(&task);
        if let Some(value) = &by_rules {
            self.keep(&task, value.clone());
        }
        Answered { task, verdict: None, repair: None, fallback: by_rules, repeated: false }
    }

    /// Whether an answer says what was said lately, whatever its confidence.
    fn is_repeated(&mut self, task: &Task, accepted: &Accepted, now: Timestamp) -> bool {
        let mut said = accepted.value.clone();
        if let Some(fields) = said.as_object_mut() {
            fields.remove("confidence");
            fields.remove("total_lines_analyzed");
        }
        // A hash: answers may be long, and there may be many.
        let said = format!("{} {:016x}", task.kind.name(), xxh3_64(said.to_string().as_bytes()));
        self.told.retain(|_, at| now.since(*at) <= self.config.repeat_ns);
        if self.told.contains_key(&said) {
            return true;
        }
        if self.told.len() >= self.config.max_cached {
            self.told.pop_first();
        }
        self.told.insert(said, now);
        false
    }

    fn remember(&mut self, task: &Task, accepted: &Accepted, now: Timestamp) {
        let ttl = self.config.ttl(task.kind);
        if ttl == 0 || self.config.max_cached == 0 {
            return;
        }
        self.cached.retain(|_, cached| now <= cached.until);
        if self.cached.len() >= self.config.max_cached {
            let first = self.cached.iter().min_by_key(|(_, cached)| cached.until).map(|(topic, _)| topic.clone());
            first.and_then(|topic| self.cached.remove(&topic));
        }
        self.cached.insert(task.topic.clone(), Cached { accepted: accepted.clone(), until: now.plus_nanos(ttl) });
    }

    fn keep(&mut self, task: &Task, value: Value) {
        if self.config.max_answered == 0 {
            return;
        }
        if self.answered.len() >= self.config.max_answered {
            self.answered.pop_front();
        }
        // Feedback needs what was sent, not what stayed.
        let task = Task { kept: super::task::Kept::default(), ..task.clone() };
        self.answered.push_back((task, value));
    }

    /// Notes what somebody thinks of an answer. `false` if the task is not among those kept.
    pub fn feedback(&mut self, id: &str, thumb: Thumb, by: &str, comment: &str, now: Timestamp) -> bool {
        let now = self.advance(now);
        let Some((task, answer)) = self.answered.iter().rev().find(|(task, _)| task.id == id) else { return false };
        let feedback = Feedback {
            at: now,
            kind: task.kind,
            task: task.id.clone(),
            input: task.text(),
            answer: answer.clone(),
            thumb,
            by: by.to_owned(),
            comment: comment.to_owned(),
        };
        if self.feedback.len() >= self.config.max_feedback {
            self.feedback.pop_front();
            self.counters.dropped_feedback += 1;
        }
        if self.config.max_feedback > 0 {
            self.feedback.push_back(feedback);
        }
        // An answer that somebody thinks wrong is not given again.
        if thumb == Thumb::Down {
            let topic = task.topic.clone();
            self.cached.remove(&topic);
        }
        true
    }

    /// All feedback, the oldest first.
    pub fn all_feedback(&self) -> impl Iterator<Item = &Feedback> {
        self.feedback.iter()
    }

    /// All feedback as labelled examples: a JSON object per line. Redacted as it was sent.
    pub fn export_feedback(&self) -> String {
        let lines = self.feedback.iter().map(|feedback| {
            let mut line = json!(feedback).to_string();
            line.push('\n');
            line
        });
        lines.collect()
    }

    /// Tasks that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Tasks whose answers are waited for.
    pub fn open(&self) -> impl Iterator<Item = &Task> {
        self.open.iter()
    }

    /// The tasks and tokens of today, and what is left.
    pub fn today(&self) -> [(u64, u64); 2] {
        let left = |most: u64, used: u64| most.saturating_sub(used);
        let (tasks, tokens) = (self.tasks_today, self.tokens_today);
        [(tasks, tokens), (left(self.config.tasks_per_day, tasks), left(self.config.tokens_per_day, tokens))]
    }

    /// Rough memory in bytes. Cost: linear in the tasks and answers.
    pub fn memory(&self) -> usize {
        let value = |value: &Value| value.to_string().len();
        let tasks = self.waiting.iter().chain(&self.open).map(Task::memory).sum::<usize>();
        let answered = self.answered.iter().map(|(task, answer)| task.memory() + value(answer)).sum::<usize>();
        let cached =
            self.cached.values().map(|cached| size_of::<Cached>() + value(&cached.accepted.value)).sum::<usize>();
        let feedback = self.feedback.iter().map(|one| one.input.len() + value(&one.answer) + one.comment.len());
        tasks + answered + cached + feedback.sum::<usize>() + self.told.len() * 64
    }

    /// The counters.
    pub fn counters(&self) -> DeskCounters {
        self.counters
    }
}

fn best_price(task: Option<&Task>) -> u64 {
    task.map_or(0, |task| (task.input_tokens + task.max_output_tokens) as u64)
}
