//! The machine.

use std::collections::VecDeque;

use xxhash_rust::xxh3::xxh3_64;

use super::config::AlertConfig;
use super::priority::priority;
use super::rules::Rules;
use super::words::guess_level;
use crate::error::{Error, Problems};
use crate::flow::{Alert, AlertStatus, Level, Observation, Priority, Score, ScoreKind};
use crate::id::{AlertId, ServiceId, TemplateId};
use crate::stats::{Table, mix};
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::{Reader, State, Writer, state};

const HOUR: f64 = 3600.0 * NANOS_PER_SECOND as f64;
const MAX_SAMPLES: usize = 3;

/// What has been counted. `scores == told + grouped + suppressed + over_budget + recoveries + pending`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct AlertCounters {
    /// Scores taken, rules included.
    pub scores: u64,
    /// Scores that led an alert.
    pub told: u64,
    /// Scores that went with another.
    pub grouped: u64,
    /// Scores that repeated what had been told, or were below the least priority.
    pub suppressed: u64,
    /// Scores of alerts that the budget did not allow.
    pub over_budget: u64,
    /// Scores that said that something is back.
    pub recoveries: u64,
    /// Scores of the cascade at hand.
    pub pending: u64,
    /// Alerts told as resolved.
    pub resolved: u64,
    /// Alerts that nobody took in time.
    pub dropped: u64,
}

state! { AlertCounters { scores, told, grouped, suppressed, over_budget, recoveries, pending, resolved, dropped } }

/// An alert that was told and is not over.
#[derive(Debug, Clone, Copy)]
struct Open {
    id: AlertId,
    priority: Priority,
    first_at: Timestamp,
    told_at: Timestamp,
    last_at: Timestamp,
    suppressed: u64,
    service: ServiceId,
    template: Option<TemplateId>,
    /// The kind, where its end is worth telling.
    ends: Ending,
    /// For so long nothing must be noticed until it is over: for what was noticed of an hour the next verdict comes an hour later.
    hold: i64,
}

state! { Open { id, priority, first_at, told_at, last_at, suppressed, service, template, ends, hold } }

impl State for AlertId {
    fn write(&self, to: &mut Writer) {
        to.number(self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<AlertId, Error> {
        from.counter().map(AlertId)
    }
}

/// How an alert ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It was a moment; nothing ends.
    Moment,
    /// When nothing more was noticed for the suppression window: a spike, a drop.
    Spike,
    Drop,
    /// When the lines are back.
    Silence,
    ServiceSilence,
}

const ENDINGS: [Ending; 5] = [Ending::Moment, Ending::Spike, Ending::Drop, Ending::Silence, Ending::ServiceSilence];

impl Ending {
    fn of(kind: &ScoreKind) -> Ending {
        match kind {
            ScoreKind::Spike => Ending::Spike,
            ScoreKind::Drop => Ending::Drop,
            ScoreKind::Silence => Ending::Silence,
            ScoreKind::ServiceSilence => Ending::ServiceSilence,
            _ => Ending::Moment,
        }
    }

    fn kind(self) -> Option<ScoreKind> {
        match self {
            Ending::Moment => None,
            Ending::Spike => Some(ScoreKind::Spike),
            Ending::Drop => Some(ScoreKind::Drop),
            Ending::Silence => Some(ScoreKind::Silence),
            Ending::ServiceSilence => Some(ScoreKind::ServiceSilence),
        }
    }

    fn by_return(self) -> bool {
        matches!(self, Ending::Silence | Ending::ServiceSilence)
    }
}

impl State for Ending {
    fn write(&self, to: &mut Writer) {
        to.byte(*self as u8);
    }

    fn read(from: &mut Reader<'_>) -> Result<Ending, Error> {
        let index = from.byte()?;
        ENDINGS.get(usize::from(index)).copied().ok_or_else(|| Reader::damaged(format!("an alert of kind {index}")))
    }
}

state! { Member { score, priority, status, id, first_at, suppressed, key, before } }

impl State for AlertStatus {
    fn write(&self, to: &mut Writer) {
        to.byte(match self {
            AlertStatus::Opened => 0,
            AlertStatus::Escalated => 1,
            AlertStatus::Ongoing => 2,
            AlertStatus::Resolved => 3,
        });
    }

    fn read(from: &mut Reader<'_>) -> Result<AlertStatus, Error> {
        Ok(match from.byte()? {
            0 => AlertStatus::Opened,
            1 => AlertStatus::Escalated,
            2 => AlertStatus::Ongoing,
            3 => AlertStatus::Resolved,
            other => return Err(Reader::damaged(format!("an alert of status {other}"))),
        })
    }
}

/// A score that passed the suppression.
#[derive(Debug, Clone)]
struct Member {
    score: Score,
    priority: Priority,
    status: AlertStatus,
    id: AlertId,
    first_at: Timestamp,
    suppressed: u64,
    /// Under which key it is open, and what was open there before: it is undone if the budget does not allow to tell it.
    key: u64,
    before: Option<Open>,
}

/// Turns scores into alerts.
#[derive(Debug, Clone)]
pub struct Alerter {
    config: AlertConfig,
    rules: Rules,
    open: Table<u64, Open>,
    /// The cascade at hand, and when it began.
    group: Vec<Member>,
    group_began: Timestamp,
    /// Members of the cascade that found no room in it.
    group_over: u64,
    waiting: VecDeque<Alert>,
    next_id: u64,
    now: Timestamp,
    /// Alerts that may still be told.
    budget: f64,
    budget_at: Timestamp,
    counters: AlertCounters,
}

/// Scores of the same key are about the same.
fn key(kind: &ScoreKind, service: ServiceId, template: Option<TemplateId>, rest: u64) -> u64 {
    let template = template.map_or(u64::MAX, |template| template.0);
    mix(xxh3_64(kind.name().as_bytes()) ^ mix(template ^ mix(u64::from(service.0) ^ mix(rest))))
}

fn key_of(score: &Score, rule: Option<usize>) -> u64 {
    let session = score.session.as_deref().map_or(0, |session| xxh3_64(session.as_bytes()));
    let slot = score.slot.map_or(0, |slot| (u64::from(slot.token) << 32 | u64::from(slot.ordinal)) + 1);
    // Sessions that go wrong in the same way are the same: the template tells the way.
    let session = if score.template.is_some() { 0 } else { session };
    key(&score.kind, score.service, score.template, session ^ slot ^ rule.map_or(0, |rule| rule as u64 + 1))
}

impl Alerter {
    /// Builds an alerter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), [`ErrorKind::Pattern`](crate::ErrorKind::Pattern) and
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit), listing every wrong setting.
    pub fn build(config: &AlertConfig) -> Result<Alerter, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Alerter {
            rules: Rules::new(&config.rules),
            open: Table::new(config.max_open),
            group: Vec::new(),
            group_began: Timestamp::default(),
            group_over: 0,
            waiting: VecDeque::new(),
            next_id: 1,
            now: Timestamp::from_nanos(i64::MIN),
            budget: f64::from(config.max_per_hour),
            budget_at: Timestamp::from_nanos(i64::MIN),
            counters: AlertCounters::default(),
            config: config.clone(),
        })
    }

    /// Looks whether an event's line matches one of the fixed rules, and if so takes it as an alert.
    #[inline]
    pub fn check(&mut self, event: &Observation<'_>) {
        if let Some(rule) = self.rules.first(event.text) {
            self.take_rule(event, rule);
        }
    }

    #[cold]
    fn take_rule(&mut self, event: &Observation<'_>, at: usize) {
        let Some(rule) = self.config.rules.get(at) else { return };
        let priority = rule.priority;
        let mut score = Score::new("rule", ScoreKind::Rule, event.at, 5.0, format!("the rule '{}' matches", rule.name));
        (score.service, score.template, score.level) = (event.service, Some(event.template), event.level);
        let head = event.text.get(..256).unwrap_or(event.text);
        score.sample = Some(String::from_utf8_lossy(head).into_owned());
        self.take_with(score, priority, Some(at));
    }

    /// Takes a score. Alerts wait for [`poll`](Alerter::poll).
    pub fn take(&mut self, mut score: Score) {
        if score.level == Level::Unknown
            && let Some(sample) = &score.sample
        {
            score.level = guess_level(sample.as_bytes()).unwrap_or_default();
        }
        let priority = priority(&score);
        self.take_with(score, priority, None);
    }

    fn take_with(&mut self, score: Score, priority: Priority, rule: Option<usize>) {
        self.counters.scores += 1;
        self.pass(score.at);
        if score.kind == ScoreKind::Recovered {
            self.counters.recoveries += 1;
            self.recover(score);
            return;
        }
        if priority < self.config.min_priority {
            self.counters.suppressed += 1;
            return;
        }
        let (key, at) = (key_of(&score, rule), score.at);
        let hold = self.config.suppress_ns.saturating_add(score.window.nanos());
        let mut status = AlertStatus::Opened;
        let (mut id, mut first_at, mut suppressed) = (AlertId(self.next_id), at, 0);
        let before = self.open.get(&key).copied();
        if let Some(open) = self.open.touch(&key) {
            open.last_at = open.last_at.max(at);
            open.hold = open.hold.max(hold);
            // A clock that was set back must not silence it for longer.
            let again = at.since(open.told_at).saturating_abs() < self.config.suppress_ns;
            open.first_at = open.first_at.min(at);
            if again && priority <= open.priority {
                open.suppressed += 1;
                self.counters.suppressed += 1;
                return;
            }
            status = if priority > open.priority { AlertStatus::Escalated } else { AlertStatus::Ongoing };
            (id, first_at, suppressed) = (open.id, open.first_at, open.suppressed);
            (open.told_at, open.suppressed) = (at, 0);
            open.priority = open.priority.max(priority);
        } else {
            self.next_id += 1;
            let open = Open {
                id,
                priority,
                first_at,
                told_at: at,
                last_at: at,
                suppressed: 0,
                service: score.service,
                template: score.template,
                ends: Ending::of(&score.kind),
                hold,
            };
            self.open.touch_or_insert(key, || open);
        }
        let member = Member { score, priority, status, id, first_at, suppressed, key, before };
        // What cannot wait does not wait; what cannot be grouped is not.
        if priority == Priority::Critical || rule.is_some() || self.config.group_ns == 0 {
            self.tell(member, Vec::new(), 0);
            return;
        }
        if self.group.is_empty() {
            self.group_began = at;
        }
        self.counters.pending += 1;
        if self.group.len() <= self.config.max_group {
            self.group.push(member);
        } else if let Some(least) = self.group.iter_mut().min_by_key(|member| rank(member))
            && rank(least) < rank(&member)
        {
            // A full cascade keeps the most urgent.
            *least = member;
            self.group_over += 1;
        } else {
            self.group_over += 1;
        }
    }

    /// What was silent is back.
    fn recover(&mut self, score: Score) {
        let kind = if score.template.is_some() { ScoreKind::Silence } else { ScoreKind::ServiceSilence };
        let key = key(&kind, score.service, score.template, 0);
        if let Some(open) = self.open.remove(&key) {
            self.resolve(key, open, score);
        }
    }

    /// Tells that an alert is over.
    fn resolve(&mut self, key: u64, open: Open, score: Score) {
        if !self.config.tell_resolved {
            return;
        }
        self.counters.resolved += 1;
        let member = Member {
            score,
            priority: open.priority,
            status: AlertStatus::Resolved,
            id: open.id,
            first_at: open.first_at,
            suppressed: open.suppressed,
            key,
            before: None,
        };
        self.deliver(member, Vec::new(), 0);
    }

    /// Takes notice that it is `now`, in event time. An earlier time changes nothing.
    pub fn advance(&mut self, now: Timestamp) {
        if now <= self.now {
            return;
        }
        self.pass(now);
        let over = |open: &Open| !open.ends.by_return() && now.since(open.last_at) >= open.hold;
        let ended: Vec<(u64, Open)> =
            self.open.iter().filter(|(_, open)| over(open)).map(|(&key, open)| (key, *open)).collect();
        if ended.is_empty() {
            return;
        }
        self.open.retain_values(|_, open| !over(open));
        for (key, open) in ended {
            if let Some(kind) = open.ends.kind() {
                let minutes = open.hold / (60 * NANOS_PER_SECOND);
                let mut score = Score::new("alert", kind, now, 0.0, format!("not noticed any more for {minutes} min"));
                (score.service, score.template) = (open.service, open.template);
                self.resolve(key, open, score);
            }
        }
    }

    /// Ends the cascade at hand if it is over, and fills the budget.
    fn pass(&mut self, now: Timestamp) {
        if now > self.now {
            self.now = now;
        }
        // A clock that was set back must not hold a cascade for a day.
        let age = now.since(self.group_began);
        if !self.group.is_empty() && (age >= self.config.group_ns || age < -self.config.group_ns) {
            self.end_group();
        }
    }

    fn end_group(&mut self) {
        let mut members = std::mem::take(&mut self.group);
        members.sort_by_key(|member| std::cmp::Reverse(rank(member)));
        let others = members.split_off(members.len().min(1));
        let over = std::mem::take(&mut self.group_over);
        let Some(leading) = members.pop() else { return };
        self.counters.pending -= 1 + others.len() as u64 + over;
        self.tell(leading, others, over);
    }

    /// Tells an alert if the budget allows it.
    fn tell(&mut self, leading: Member, others: Vec<Member>, over: u64) {
        let all = f64::from(self.config.max_per_hour);
        let at = leading.score.at;
        let passed = at.since(self.budget_at) as f64;
        self.budget = (self.budget + all * passed.max(0.0) / HOUR).min(all);
        // Times come a little out of order; those of a clock that was set back are the right ones.
        if !(-HOUR..0.0).contains(&passed) {
            self.budget_at = at;
        }
        let grouped = others.len() as u64 + over;
        // The share of the budget that has to be left.
        let reserve = match leading.priority {
            Priority::Low => 0.5,
            Priority::Medium => 0.25,
            Priority::High | Priority::Critical => 0.0,
        };
        if leading.priority < Priority::Critical {
            if self.budget < 1.0 + (reserve * all).floor() {
                self.counters.over_budget += 1 + grouped;
                // Nobody was told, so what comes next is no repetition.
                std::iter::once(&leading).chain(&others).for_each(|member| self.take_back(member));
                return;
            }
            self.budget -= 1.0;
        }
        self.counters.told += 1;
        self.counters.grouped += grouped;
        self.deliver(leading, others, over);
    }

    /// Undoes that an alert was opened, or told again.
    fn take_back(&mut self, member: &Member) {
        match (member.before, self.open.get_mut(&member.key)) {
            (Some(before), Some(open)) => *open = Open { last_at: open.last_at, hold: open.hold, ..before },
            (None, Some(_)) => _ = self.open.remove(&member.key),
            (_, None) => {}
        }
    }

    fn deliver(&mut self, leading: Member, others: Vec<Member>, over: u64) {
        if self.waiting.len() >= self.config.max_waiting {
            self.waiting.pop_front();
            self.counters.dropped += 1;
        }
        let samples = std::iter::once(&leading).chain(&others).filter_map(|member| member.score.sample.clone());
        self.waiting.push_back(Alert {
            id: leading.id,
            status: leading.status,
            priority: leading.priority,
            route: self.config.routes.get(&leading.priority).cloned(),
            at: leading.score.at,
            first_at: leading.first_at,
            service: None,
            template: None,
            samples: samples.take(MAX_SAMPLES).collect(),
            grouped: others.len() as u64 + over,
            suppressed: leading.suppressed,
            score: leading.score,
            others: others.into_iter().map(|member| member.score).collect(),
        });
    }

    /// Ends the cascade at hand, at the end of a stream.
    pub fn finish(&mut self) {
        if !self.group.is_empty() {
            self.end_group();
        }
    }

    /// When [`advance`](Alerter::advance) has something to say.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let group = (!self.group.is_empty()).then(|| self.group_began.plus_nanos(self.config.group_ns));
        let ending = self.open.iter().filter(|(_, open)| !open.ends.by_return() && open.ends != Ending::Moment);
        let ending = ending.map(|(_, open)| open.last_at.plus_nanos(open.hold)).min();
        group.into_iter().chain(ending).min()
    }

    /// Takes the oldest alert that waits. Names and texts are not filled in.
    pub fn poll(&mut self) -> Option<Alert> {
        self.waiting.pop_front()
    }

    /// The counters.
    pub fn counters(&self) -> AlertCounters {
        self.counters
    }

    /// Memory in bytes, heap included.
    pub fn memory(&self) -> usize {
        let scores = self.group.len() + self.waiting.iter().map(|alert| 1 + alert.others.len()).sum::<usize>();
        size_of::<Alerter>() + self.open.memory() + scores * (size_of::<Score>() + 256)
    }

    /// Writes the state, the cascade at hand and the alerts that wait included.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.open.write(to);
        self.next_id.write(to);
        self.now.write(to);
        self.budget.write(to);
        self.budget_at.write(to);
        self.counters.write(to);
        self.group.write(to);
        self.group_began.write(to);
        self.group_over.write(to);
        to.number(self.waiting.len() as u64);
        self.waiting.iter().for_each(|alert| alert.write(to));
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &AlertConfig) -> Result<Alerter, Error> {
        let mut alerter = Alerter {
            open: Table::read(from, config.max_open)?,
            next_id: from.counter()?,
            now: State::read(from)?,
            budget: State::read(from)?,
            budget_at: State::read(from)?,
            counters: State::read(from)?,
            group: State::read(from)?,
            group_began: State::read(from)?,
            group_over: from.counter()?,
            ..Alerter::build(config)?
        };
        alerter.waiting = Vec::<Alert>::read(from)?.into();
        let pending = alerter.group.len() as u64 + alerter.group_over;
        if alerter.counters.pending != pending {
            return Err(Reader::damaged("the alerts that are pending are not those that were counted"));
        }
        Ok(alerter)
    }
}

/// The more urgent leads, then an error, then the more severe, then the earlier.
fn rank(member: &Member) -> (Priority, bool, crate::flow::Severity, std::cmp::Reverse<Timestamp>) {
    let score = &member.score;
    (member.priority, score.level >= Level::Error, score.severity, std::cmp::Reverse(score.at))
}
