//! The machine.

use std::collections::BTreeMap;

use super::audit::{Audit, AuditEvent, AuditRecord, cut};
use super::config::{ActionRule, Autonomy, GuardConfig, allows};
use super::limits::{Cooldowns, Hourly};
use super::proposal::{Decision, Outcome, Proposal, Reason, ReasonCode, Reported, Risk, RunId, Verdict};
use crate::error::{Error, Problems};
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer, open, seal, state};

/// The section of a snapshot.
const TAG: [u8; 4] = *b"GARD";

/// What has been counted. `decided == run + asked + suggested + alerted + refused`, and
/// `run == succeeded + failed + rolled_back + roll_backs_failed + forgotten + open`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct GuardCounters {
    /// Proposals that were decided on.
    pub decided: u64,
    /// Those that were to be run.
    pub run: u64,
    /// Those that a person was to be asked about.
    pub asked: u64,
    /// Those that were suggestions only.
    pub suggested: u64,
    /// Those of which only the alert was to be told.
    pub alerted: u64,
    /// Those that were refused.
    pub refused: u64,
    /// Runs that went well.
    pub succeeded: u64,
    /// Runs that failed and left nothing to undo, or were not undone.
    pub failed: u64,
    /// Runs that failed and were undone.
    pub rolled_back: u64,
    /// Runs that failed and could not be undone.
    pub roll_backs_failed: u64,
    /// Runs whose outcome was not reported before there were too many of them.
    pub forgotten: u64,
    /// Runs whose outcome is awaited.
    pub open: u64,
    /// Reports of runs that are not awaited.
    pub unknown_reports: u64,
    /// How often an action was suspended.
    pub suspensions: u64,
}

state! { GuardCounters {
    decided, run, asked, suggested, alerted, refused, succeeded, failed, rolled_back, roll_backs_failed, forgotten, open,
    unknown_reports, suspensions
} }

/// What is remembered of an action.
#[derive(Debug, Clone, Default)]
struct ActionState {
    hourly: Hourly,
    /// Failures in a row.
    failures: u32,
    suspended: bool,
}

state! { ActionState { hourly, failures, suspended } }

/// A run whose outcome is awaited.
#[derive(Debug, Clone)]
struct Open {
    action: String,
    target: String,
}

state! { Open { action, target } }

/// Decides what may be done.
#[derive(Debug, Clone)]
pub struct Guard {
    config: GuardConfig,
    /// The place of each action among the rules.
    rules: BTreeMap<String, usize>,
    /// In the order of the rules; the last one is that of all actions without a rule.
    actions: Vec<ActionState>,
    /// Of all actions together.
    hourly: Hourly,
    cooldowns: Cooldowns,
    open: BTreeMap<u64, Open>,
    last_run: u64,
    /// The latest time that was told.
    now: Timestamp,
    counters: GuardCounters,
    audit: Audit,
}

/// What the limits say.
#[derive(Default)]
struct Hold {
    reasons: Vec<Reason>,
    retry_at: Option<Timestamp>,
}

impl Hold {
    fn add(&mut self, code: ReasonCode, sentence: String, until: Option<Timestamp>) {
        self.reasons.push(Reason::new(code, sentence));
        self.retry_at = self.retry_at.max(until);
    }
}

impl Guard {
    /// Builds a guard.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) and [`ErrorKind::Limit`](crate::ErrorKind::Limit), listing every wrong
    /// setting.
    pub fn build(config: &GuardConfig) -> Result<Guard, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        let rules = config.actions.iter().enumerate().map(|(at, rule)| (rule.name.clone(), at)).collect();
        Ok(Guard {
            rules,
            actions: vec![ActionState::default(); config.actions.len() + 1],
            config: config.clone(),
            hourly: Hourly::default(),
            cooldowns: Cooldowns::default(),
            open: BTreeMap::new(),
            last_run: 0,
            now: Timestamp::from_nanos(i64::MIN),
            counters: GuardCounters::default(),
            audit: Audit::default(),
        })
    }

    /// The settings.
    pub fn config(&self) -> &GuardConfig {
        &self.config
    }

    /// Decides on a proposal. Where the verdict is [`Run`](Verdict::Run) the run counts from now on, whether the host does it or not:
    /// it is to [report](Guard::report) what came of it. Cost: logarithmic in what is remembered.
    pub fn decide(&mut self, proposal: &Proposal) -> Decision {
        let before = self.now;
        self.now = self.now.max(proposal.at);
        let decision = self.judge(proposal, before);
        self.counters.decided += 1;
        *match decision.verdict {
            Verdict::Run => &mut self.counters.run,
            Verdict::AskApproval => &mut self.counters.asked,
            Verdict::Suggest => &mut self.counters.suggested,
            Verdict::AlertOnly => &mut self.counters.alerted,
            Verdict::Refuse => &mut self.counters.refused,
        } += 1;
        let event = AuditEvent::decided(self.config.autonomy, proposal, &decision, self.config.max_evidence);
        self.audit.push(proposal.at, event, self.config.max_audit);
        decision
    }

    fn judge(&mut self, proposal: &Proposal, before: Timestamp) -> Decision {
        let place = self.rules.get(&proposal.action).copied();
        let rule = place.and_then(|at| self.config.actions.get(at)).cloned();
        let own_risk = rule.as_ref().map_or(Risk::High, |rule| rule.risk);
        let mut decision = Decision {
            verdict: Verdict::Refuse,
            reasons: self.unreadable(proposal),
            risk: own_risk.max(proposal.risk),
            run: None,
            verify: rule.as_ref().and_then(|rule| rule.verify.clone()),
            roll_back: rule.as_ref().and_then(|rule| rule.roll_back.clone()),
            retry_at: None,
        };
        if decision.reasons.is_empty()
            && let Some(rule) = &rule
            && !allows(&rule.targets, &proposal.target)
        {
            let sentence = format!("{:?} may not be done to {:?}", rule.name, proposal.target);
            decision.reasons.push(Reason::new(ReasonCode::TargetNotAllowed, sentence));
        }
        if !decision.reasons.is_empty() {
            return decision;
        }
        let limited = match self.config.autonomy {
            Autonomy::Alert => Some((Verdict::AlertOnly, "the level of autonomy is alert: nothing is proposed")),
            Autonomy::Suggest => Some((Verdict::Suggest, "the level of autonomy is suggest: nothing runs")),
            Autonomy::Approve | Autonomy::AutoLowRisk | Autonomy::AutoHighRisk => None,
        };
        if let Some((verdict, sentence)) = limited {
            decision.verdict = verdict;
            decision.reasons.push(Reason::new(ReasonCode::Autonomy, sentence));
            return decision;
        }
        let state = place.unwrap_or(self.config.actions.len());
        let hold = self.hold(proposal, rule.as_ref(), state, before);
        if !hold.reasons.is_empty() {
            (decision.reasons, decision.retry_at) = (hold.reasons, hold.retry_at);
            return decision;
        }
        let asks = self.asks(proposal, rule.as_ref(), decision.risk);
        match (&proposal.approved_by, asks.is_empty()) {
            (None, false) => {
                decision.verdict = Verdict::AskApproval;
                decision.reasons = asks;
                return decision;
            }
            (Some(by), _) => {
                decision.reasons.push(Reason::new(ReasonCode::Approved, format!("approved by {by}")));
                decision.reasons.extend(asks);
            }
            (None, true) => {
                let sentence =
                    format!("confidence {} and {} risk are allowed", proposal.confidence, name(decision.risk));
                decision.reasons.push(Reason::new(ReasonCode::Allowed, sentence));
            }
        }
        decision.verdict = Verdict::Run;
        decision.run = Some(self.begin(proposal, rule.as_ref(), state));
        decision
    }

    /// What makes a proposal none.
    fn unreadable(&self, proposal: &Proposal) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if !(0.0..=1.0).contains(&proposal.confidence) {
            let sentence = format!("confidence {} is no number from 0 to 1", proposal.confidence);
            reasons.push(Reason::new(ReasonCode::BadConfidence, sentence));
        }
        let most = self.config.max_name_bytes;
        for (what, text) in [
            ("action", Some(&proposal.action)),
            ("target", Some(&proposal.target)),
            ("task", proposal.task.as_ref()),
            ("approved_by", proposal.approved_by.as_ref()),
        ] {
            let Some(text) = text else { continue };
            if !(1..=most).contains(&text.len()) {
                let sentence = format!("{what} has {} bytes, it must have 1 to {most}", text.len());
                reasons.push(Reason::new(ReasonCode::BadName, sentence));
            } else if text.chars().any(char::is_control) {
                let sentence = format!("{what} {text:?} has a control character");
                reasons.push(Reason::new(ReasonCode::BadName, sentence));
            }
        }
        reasons
    }

    /// What keeps it from being run now, whoever approves it.
    fn hold(&mut self, proposal: &Proposal, rule: Option<&ActionRule>, state: usize, before: Timestamp) -> Hold {
        let mut hold = Hold::default();
        let (now, action, target) = (self.now, &proposal.action, &proposal.target);
        let cooldown = rule.and_then(|rule| rule.cooldown_ns).unwrap_or(self.config.cooldown_ns);
        let Some(own) = self.actions.get_mut(state) else { return hold };
        if own.suspended {
            let who = if rule.is_some() { format!("{action:?} is") } else { "actions without a rule are".to_owned() };
            let sentence = format!("{who} suspended after {} failures in a row; the host has to resume", own.failures);
            hold.add(ReasonCode::Suspended, sentence, None);
        }
        if let Some(until) = self.cooldowns.until(action, target, now) {
            let sentence = format!("{action:?} was run on {target:?} a short while ago; not again before {until}");
            hold.add(ReasonCode::Cooldown, sentence, Some(until));
        }
        let most = self.config.max_per_hour;
        if let Some(until) = self.hourly.full_until(most, now) {
            let sentence = format!("{} runs in the last hour, max_per_hour = {most}", self.hourly.len());
            hold.add(ReasonCode::RateLimit, sentence, Some(until));
        }
        if let Some(most) = rule.and_then(|rule| rule.max_per_hour)
            && let Some(until) = own.hourly.full_until(most, now)
        {
            let runs = own.hourly.len();
            let sentence = format!("{runs} runs of {action:?} in the last hour, its max_per_hour = {most}");
            hold.add(ReasonCode::RateLimit, sentence, Some(until));
        }
        let most = self.config.max_cooldowns;
        if cooldown > 0 && !self.cooldowns.has_room(most, now) {
            let sentence = format!("max_cooldowns = {most} targets are in their cooldown");
            hold.add(ReasonCode::NoRoom, sentence, None);
        }
        if !hold.reasons.is_empty() && proposal.at < before {
            let sentence = format!("{} is before {before}, the latest time told; limits go by that", proposal.at);
            hold.add(ReasonCode::ClockSetBack, sentence, None);
        }
        hold
    }

    /// What a person has to approve.
    fn asks(&self, proposal: &Proposal, rule: Option<&ActionRule>, risk: Risk) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let mut ask = |code, sentence: String| reasons.push(Reason::new(code, sentence));
        let autonomy = self.config.autonomy;
        if autonomy == Autonomy::Approve {
            ask(ReasonCode::Autonomy, "the level of autonomy is approve: nothing runs by itself".to_owned());
        }
        let action = &proposal.action;
        match rule {
            None => ask(ReasonCode::UnknownAction, format!("no rule is named {action:?}; it never runs by itself")),
            Some(rule) => {
                if rule.needs_approval {
                    ask(ReasonCode::RuleNeedsApproval, format!("the rule of {action:?} asks for approval"));
                }
                if risk == Risk::High && rule.risk == Risk::Low {
                    ask(
                        ReasonCode::RiskRaised,
                        "the proposer says that the risk is high, the rule that it is low".to_owned(),
                    );
                }
                if risk == Risk::High && autonomy == Autonomy::AutoLowRisk {
                    ask(
                        ReasonCode::HighRisk,
                        format!("{action:?} is of high risk, those of low risk run by themselves"),
                    );
                }
                let hooks = [("verify", &rule.verify), ("roll_back", &rule.roll_back)];
                let missing: Vec<&str> =
                    hooks.iter().filter(|(_, hook)| hook.is_none()).map(|&(name, _)| name).collect();
                if risk == Risk::High && autonomy == Autonomy::AutoHighRisk && !missing.is_empty() {
                    let sentence = format!("{action:?} is of high risk and has no hook {}", missing.join(", none "));
                    ask(ReasonCode::MissingHook, sentence);
                }
            }
        }
        let usual = match risk {
            Risk::Low => self.config.min_confidence,
            Risk::High => self.config.min_confidence_high_risk,
        };
        let least = rule.and_then(|rule| rule.min_confidence).unwrap_or(usual);
        if proposal.confidence < least {
            let sentence = format!("confidence {} is below {least}", proposal.confidence);
            ask(ReasonCode::LowConfidence, sentence);
        }
        reasons
    }

    /// Counts a run.
    fn begin(&mut self, proposal: &Proposal, rule: Option<&ActionRule>, state: usize) -> RunId {
        let (now, action, target) = (self.now, &proposal.action, &proposal.target);
        self.hourly.push(now);
        if let Some(own) = self.actions.get_mut(state) {
            // Also without a limit of its own: it may get one with the next settings.
            own.hourly.push(now);
        }
        let cooldown = rule.and_then(|rule| rule.cooldown_ns).unwrap_or(self.config.cooldown_ns);
        if cooldown > 0 {
            self.cooldowns.insert(action, target, now.plus_nanos(cooldown));
        }
        while self.open.len() >= self.config.max_open {
            self.open.pop_first();
            self.counters.forgotten += 1;
        }
        self.last_run += 1;
        self.open.insert(self.last_run, Open { action: action.clone(), target: target.clone() });
        self.counters.open = self.open.len() as u64;
        RunId(self.last_run)
    }

    /// The state of an action's breaker: its own, or that of all actions without a rule.
    fn state_of(&mut self, action: &str) -> Option<&mut ActionState> {
        let at = self.rules.get(action).copied().unwrap_or(self.config.actions.len());
        self.actions.get_mut(at)
    }

    /// Takes notice of what came of a run. Failures in a row suspend the action, see [`GuardConfig::max_failures`].
    pub fn report(&mut self, run: RunId, outcome: Outcome, at: Timestamp) -> Reported {
        self.now = self.now.max(at);
        let Some(Open { action, target }) = self.open.remove(&run.0) else {
            self.counters.unknown_reports += 1;
            return Reported::Unknown;
        };
        self.counters.open = self.open.len() as u64;
        *match outcome {
            Outcome::Succeeded => &mut self.counters.succeeded,
            Outcome::Failed => &mut self.counters.failed,
            Outcome::RolledBack => &mut self.counters.rolled_back,
            Outcome::RollBackFailed => &mut self.counters.roll_backs_failed,
        } += 1;
        let most = self.config.max_failures;
        let mut suspended = false;
        if let Some(state) = self.state_of(&action) {
            if outcome == Outcome::Succeeded {
                // A run from before the suspension does not end it: a person does.
                state.failures = if state.suspended { state.failures } else { 0 };
            } else {
                state.failures = state.failures.saturating_add(1);
                let now = state.failures >= most || outcome == Outcome::RollBackFailed;
                suspended = now && !state.suspended;
                state.suspended |= now;
            }
        }
        self.counters.suspensions += u64::from(suspended);
        let event = AuditEvent::Reported { run, action, target, outcome, suspended };
        self.audit.push(at, event, self.config.max_audit);
        if suspended { Reported::Suspended } else { Reported::Noted }
    }

    /// Whether an action is suspended; those without a rule are so all together.
    pub fn is_suspended(&self, action: &str) -> bool {
        let at = self.rules.get(action).copied().unwrap_or(self.config.actions.len());
        self.actions.get(at).is_some_and(|state| state.suspended)
    }

    /// Ends the suspension of an action; a name without a rule ends that of all actions without one. Gives whether there was one.
    pub fn resume(&mut self, action: &str, by: &str, at: Timestamp) -> bool {
        let Some(state) = self.state_of(action) else { return false };
        let was = std::mem::take(&mut state.suspended);
        state.failures = 0;
        let event = AuditEvent::Resumed { action: cut(action), by: cut(by) };
        self.audit.push(at, event, self.config.max_audit);
        was
    }

    /// Sets the clock of the limits to an earlier time, when a time that was told turned out to be wrong: without it they wait
    /// until that time has come. Runs and cooldowns move with it, so nothing is let through that was not before. Gives whether `now`
    /// is earlier than the latest time told; otherwise nothing changes.
    pub fn correct_clock(&mut self, now: Timestamp) -> bool {
        let later = self.now.since(now);
        if later <= 0 {
            return false;
        }
        let before = std::mem::replace(&mut self.now, now);
        self.hourly.shift_back(later);
        self.actions.iter_mut().for_each(|state| state.hourly.shift_back(later));
        self.cooldowns.shift_back(later);
        self.audit.push(now, AuditEvent::ClockCorrected { before }, self.config.max_audit);
        true
    }

    /// The counters.
    pub fn counters(&self) -> GuardCounters {
        self.counters
    }

    /// Takes the records of the audit that wait, the earliest first.
    pub fn take_audit(&mut self) -> Vec<AuditRecord> {
        self.audit.take()
    }

    /// Takes them as JSON lines.
    pub fn take_audit_lines(&mut self, out: &mut String) {
        for record in self.audit.take() {
            // Plain data without numbers that are none: it cannot fail.
            out.push_str(&serde_json::to_string(&record).unwrap_or_default());
            out.push('\n');
        }
    }

    /// Records that nobody took in time.
    pub fn audit_dropped(&self) -> u64 {
        self.audit.dropped
    }

    /// Memory in bytes, heap included, roughly.
    pub fn memory(&self) -> usize {
        let runs = self.hourly.len() + self.actions.iter().map(|state| state.hourly.len()).sum::<usize>();
        size_of::<Guard>()
            + runs * size_of::<Timestamp>()
            + self.actions.len() * size_of::<ActionState>()
            + self.cooldowns.memory()
            + self.open.values().map(|open| size_of::<Open>() + open.action.len() + open.target.len()).sum::<usize>()
            + self.audit.memory()
    }

    /// Limits, suspensions, runs that are awaited, counters and the audit, in bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut to = Writer::new();
        self.now.write(&mut to);
        self.counters.write(&mut to);
        self.last_run.write(&mut to);
        self.hourly.write(&mut to);
        to.number(self.rules.len() as u64);
        for (name, &at) in &self.rules {
            name.write(&mut to);
            self.actions.get(at).cloned().unwrap_or_default().write(&mut to);
        }
        self.actions.last().cloned().unwrap_or_default().write(&mut to);
        self.cooldowns.write(&mut to);
        to.number(self.open.len() as u64);
        for (run, open) in &self.open {
            run.write(&mut to);
            open.write(&mut to);
        }
        self.audit.write(&mut to);
        seal(&[(TAG, to.finish())])
    }

    /// Reads what [`snapshot`](Guard::snapshot) gave. The settings may be others than they were: what was remembered of an action that
    /// has no rule any more is forgotten, but for its cooldowns and the runs of all actions together.
    ///
    /// # Errors
    ///
    /// Those of [`build`](Guard::build); a damaged snapshot ([`ErrorKind::Snapshot`](crate::ErrorKind::Snapshot)) or one of a
    /// later version.
    pub fn restore(snapshot: &[u8], config: &GuardConfig) -> Result<Guard, Error> {
        let mut guard = Guard::build(config)?;
        let sections = open(snapshot)?;
        let mut from = Reader::new(sections.get(TAG)?);
        guard.now = State::read(&mut from)?;
        guard.counters = State::read(&mut from)?;
        guard.last_run = from.counter()?;
        guard.hourly = State::read(&mut from)?;
        for _ in 0..from.count()? {
            let (name, state) = (String::read(&mut from)?, ActionState::read(&mut from)?);
            if let Some(own) = guard.rules.get(&name).and_then(|&at| guard.actions.get_mut(at)) {
                *own = state;
            }
        }
        if let Some(last) = guard.actions.last_mut() {
            *last = State::read(&mut from)?;
        }
        guard.cooldowns = State::read(&mut from)?;
        guard.open = Vec::<(u64, Open)>::read(&mut from)?.into_iter().collect();
        guard.audit = State::read(&mut from)?;
        let known = guard.open.keys().all(|&run| run <= guard.last_run);
        if !from.is_empty() || !known || guard.counters.open != guard.open.len() as u64 {
            return Err(Reader::damaged("the runs that are awaited are not those that were counted"));
        }
        Ok(guard)
    }
}

fn name(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "low",
        Risk::High => "high",
    }
}
