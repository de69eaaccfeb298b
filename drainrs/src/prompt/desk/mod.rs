//! The desk: which task is asked next, at what price, and what became of the answers.

mod clock;
mod config;
mod record;
mod spent;
mod state;

use std::collections::VecDeque;

use serde_json::{Value, json};

pub use self::config::DeskConfig;
pub use self::record::{Answered, Cached, DeskCounters, Feedback, Offer, Refusal, Thumb};
pub(crate) use self::state::DeskState;
use super::answer::{Accepted, CurrentTemplates, JudgeLimits, Rejected, Stale, Verdict, judge};
use super::fallback::fallback;
use super::repair::repair;
use super::task::{Kept, Task};
use crate::time::Timestamp;

/// Queues tasks, keeps to a budget per day, judges answers, remembers them. Time is given: a time that is more than a day away from the
/// last one is believed when it comes the eighth time in a row.
#[derive(Clone)]
pub struct Desk {
    config: DeskConfig,
    limits: JudgeLimits,
    waiting: Vec<Task>,
    open: Vec<Open>,
    /// Those that expired, until the host asks for them.
    lost: VecDeque<Answered>,
    answered: VecDeque<(Task, Value)>,
    state: DeskState,
}

// Topics and values are not for logs.
impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (waiting, open, counters) = (self.waiting.len(), self.open.len(), &self.state.counters);
        f.debug_struct("Desk")
            .field("waiting", &waiting)
            .field("open", &open)
            .field("counters", counters)
            .finish_non_exhaustive()
    }
}

/// A task whose answer is waited for, and the day that paid for it.
#[derive(Debug, Clone)]
struct Open {
    task: Task,
    day: i64,
}

impl Desk {
    pub(crate) fn new(config: &DeskConfig, limits: &JudgeLimits) -> Desk {
        Desk {
            config: config.clone(),
            limits: limits.clone(),
            waiting: Vec::new(),
            open: Vec::new(),
            lost: VecDeque::new(),
            answered: VecDeque::new(),
            state: DeskState::default(),
        }
    }

    /// What outlives a restart. Tasks do not: those that wait count as expired, those that are open as lost.
    pub(crate) fn state(&self) -> DeskState {
        let mut state = self.state.clone();
        state.counters.expired_waiting += self.waiting.len() as u64;
        state.counters.lost += self.open.len() as u64;
        state
    }

    /// Goes on where a state was taken, within the limits of the settings.
    pub(crate) fn resume(&mut self, state: DeskState) {
        *self = Desk { state: state.within(&self.config), ..Desk::new(&self.config, &self.limits) };
    }

    /// The time to go by; what waits for it goes along with a clock that is set back.
    fn advance(&mut self, now: Timestamp) -> Timestamp {
        let believed = self.state.advance(now);
        if believed.back > 0 {
            for task in self.waiting.iter_mut().chain(self.open.iter_mut().map(|open| &mut open.task)) {
                task.expires_at = task.expires_at.plus_nanos(-believed.back);
            }
        }
        if believed.jumped {
            // The price went along, too.
            let today = self.state.spent.day();
            self.open.iter_mut().for_each(|open| open.day = today);
        }
        believed.now
    }

    /// Takes a task.
    pub fn offer(&mut self, mut task: Task, now: Timestamp) -> Offer {
        let now = self.advance(now);
        self.state.counters.offered += 1;
        let refusal = match () {
            () if task.topic().is_empty() => Some(Refusal::Incomplete),
            () if now > task.expires_at => Some(Refusal::Expired),
            () if price(&task) > self.config.tokens_per_day => Some(Refusal::TooDear),
            () => None,
        };
        if let Some(refusal) = refusal {
            return self.refuse(refusal);
        }
        if let Some(cached) = self.state.cached(task.topic(), now) {
            self.state.counters.cached += 1;
            return Offer::Cached(Box::new(cached));
        }
        if self.at_hand().any(|known| known.topic() == task.topic()) {
            self.state.counters.repeated += 1;
            return Offer::Repeated;
        }
        if self.state.is_resting(task.topic(), now) {
            return self.refuse(Refusal::Resting);
        }
        if self.waiting.len() >= self.config.max_waiting {
            let least = self.waiting.iter().enumerate().min_by(|(_, a), (_, b)| a.value.total_cmp(&b.value));
            match least {
                Some((at, least)) if least.value < task.value => {
                    self.waiting.remove(at);
                    self.state.counters.made_room += 1;
                }
                _ => return self.refuse(Refusal::Full),
            }
        }
        // Of two topics that read the same once they are redacted each has its own answer.
        let stem = task.id.clone();
        let mut number = 1;
        while self.at_hand().any(|known| known.id == task.id) {
            number += 1;
            task.id = format!("{stem}.{number}");
        }
        self.state.counters.queued += 1;
        self.waiting.push(task);
        Offer::Queued
    }

    fn refuse(&mut self, refusal: Refusal) -> Offer {
        self.state.counters.refused += 1;
        Offer::Refused(refusal)
    }

    fn at_hand(&self) -> impl Iterator<Item = &Task> {
        self.waiting.iter().chain(self.open())
    }

    /// The most valuable task that waits and fits the day's budget, to be sent now; the earlier of two that are equal. `None` if there is
    /// none, or too many are open. Those that are open for too long make room here, too, and are given by [`Desk::lost`].
    pub fn next(&mut self, now: Timestamp) -> Option<Task> {
        let now = self.advance(now);
        self.reap(now);
        let before = self.waiting.len();
        self.waiting.retain(|task| now <= task.expires_at);
        self.state.counters.expired_waiting += (before - self.waiting.len()) as u64;
        if self.open.len() >= self.config.max_open || self.waiting.is_empty() {
            return None;
        }
        let fits = |task: &Task| self.state.fits(price(task), &self.config);
        let fitting = self.waiting.iter().enumerate().filter(|(_, task)| fits(task));
        // Of two that are equal `max_by` takes the last, so from the end.
        let best = fitting.rev().max_by(|(_, a), (_, b)| a.value.total_cmp(&b.value)).map(|(at, _)| at);
        let Some(best) = best else {
            self.state.counters.over_budget += 1;
            return None;
        };
        let task = self.waiting.remove(best);
        let day = self.state.spent.pay(price(&task));
        self.state.counters.handed_out += 1;
        self.open.push(Open { task: task.clone(), day });
        Some(task)
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
        let Some(Open { task, .. }) = self.close(id) else {
            self.state.counters.unknown += 1;
            return None;
        };
        let verdict = judge(&task, bytes, now, &self.limits, current);
        let (mut again, mut by_rules, mut repeated) = (None, None, false);
        match &verdict {
            Verdict::Accepted(accepted) => {
                self.state.counters.accepted += 1;
                repeated = self.state.is_repeated(&task, accepted, now, &self.config);
                self.state.remember(&task, accepted, now, &self.config);
            }
            Verdict::Rejected(Rejected { reasons }) => {
                self.state.counters.rejected += 1;
                if task.round < self.config.max_repairs {
                    again = repair(&task, reasons).and_then(|task| self.ask_again(task));
                }
                if again.is_none() {
                    self.state.rest_after_refusal(&task, now, &self.config);
                    by_rules = fallback(&task);
                }
            }
            Verdict::Stale(stale) => {
                self.state.counters.stale += 1;
                // As if none had come; where a template changed the question is another one.
                if matches!(stale, Stale::Expired { .. }) {
                    self.state.rest_after_silence(task.topic(), now, &self.config);
                }
                by_rules = fallback(&task);
            }
        }
        let value = match (&verdict, &by_rules) {
            (Verdict::Accepted(Accepted { value, .. }), _) => Some(value.clone()),
            (_, by_rules) => by_rules.clone(),
        };
        if let Some(value) = value {
            self.keep(&task, value);
        }
        Some(Answered { task, verdict: Some(verdict), repair: again, fallback: by_rules, repeated })
    }

    fn ask_again(&mut self, task: Task) -> Option<Task> {
        if !self.state.fits(price(&task), &self.config) {
            self.state.counters.over_budget += 1;
            return None;
        }
        let day = self.state.spent.pay(price(&task));
        self.state.counters.repairs += 1;
        self.open.push(Open { task: task.clone(), day });
        Some(task)
    }

    fn close(&mut self, id: &str) -> Option<Open> {
        let at = self.open.iter().position(|open| open.task.id == id)?;
        Some(self.open.remove(at))
    }

    /// Takes notice that a task was not asked: the model cannot be reached. Its price is given back, and its topic rests for a while.
    /// Gives the answer by rules; `None` if there is no such task.
    pub fn give_up(&mut self, id: &str, now: Timestamp) -> Option<Answered> {
        let now = self.advance(now);
        let Open { task, day } = self.close(id)?;
        self.state.spent.refund(price(&task), day);
        Some(self.lose(task, now))
    }

    /// The tasks whose answers did not come in time, with the answers by rules. Ask now and then: at most
    /// [`DeskConfig::max_answered`] wait here, the oldest makes room.
    pub fn lost(&mut self, now: Timestamp) -> Vec<Answered> {
        let now = self.advance(now);
        self.reap(now);
        self.lost.drain(..).collect()
    }

    /// Closes what is open for too long.
    fn reap(&mut self, now: Timestamp) {
        let (open, late): (Vec<Open>, Vec<Open>) = self.open.drain(..).partition(|open| now <= open.task.expires_at);
        self.open = open;
        for Open { task, .. } in late {
            let lost = self.lose(task, now);
            if self.lost.len() >= self.config.max_answered.max(1) {
                self.lost.pop_front();
            }
            self.lost.push_back(lost);
        }
    }

    fn lose(&mut self, task: Task, now: Timestamp) -> Answered {
        self.state.counters.lost += 1;
        self.state.rest_after_silence(task.topic(), now, &self.config);
        let by_rules = fallback(&task);
        if let Some(value) = &by_rules {
            self.keep(&task, value.clone());
        }
        Answered { task, verdict: None, repair: None, fallback: by_rules, repeated: false }
    }

    fn keep(&mut self, task: &Task, value: Value) {
        if self.config.max_answered == 0 {
            return;
        }
        if self.answered.len() >= self.config.max_answered {
            self.answered.pop_front();
        }
        // Feedback needs what was sent, not what stayed.
        let kept = Kept { topic: task.topic().to_owned(), ..Kept::default() };
        self.answered.push_back((Task { kept, ..task.clone() }, value));
    }

    /// Forgets the answer about a topic: it is asked about again.
    pub(crate) fn forget(&mut self, topic: &str) {
        self.state.forget(topic);
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
        // An answer that somebody thinks wrong is not given again.
        if thumb == Thumb::Down {
            self.state.forget(task.topic());
        }
        if self.state.feedback.len() >= self.config.max_feedback {
            self.state.feedback.pop_front();
            self.state.counters.dropped_feedback += 1;
        }
        if self.config.max_feedback > 0 {
            self.state.feedback.push_back(feedback);
        }
        true
    }

    /// All feedback, the oldest first.
    pub fn all_feedback(&self) -> impl Iterator<Item = &Feedback> {
        self.state.feedback.iter()
    }

    /// All feedback as labelled examples: a JSON object per line. Redacted as it was sent.
    pub fn export_feedback(&self) -> String {
        let lines = self.state.feedback.iter().map(|feedback| {
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
        self.open.iter().map(|open| &open.task)
    }

    /// The tasks and tokens of today, and what is left.
    pub fn today(&self) -> [(u64, u64); 2] {
        let (tasks, tokens) = self.state.spent.today();
        let left = |most: u64, used: u64| most.saturating_sub(used);
        [(tasks, tokens), (left(self.config.tasks_per_day, tasks), left(self.config.tokens_per_day, tokens))]
    }

    /// Rough memory in bytes. Cost: linear in the tasks and answers.
    pub fn memory(&self) -> usize {
        let tasks = self.at_hand().chain(self.lost.iter().map(|lost| &lost.task)).map(Task::memory);
        let answered = self.answered.iter().map(|(task, answer)| task.memory() + answer.to_string().len());
        tasks.sum::<usize>() + answered.sum::<usize>() + self.state.memory()
    }

    /// The counters.
    pub fn counters(&self) -> DeskCounters {
        self.state.counters
    }
}

/// What a task costs at most, in tokens.
fn price(task: &Task) -> u64 {
    task.input_tokens.saturating_add(task.max_output_tokens) as u64
}
