//! What was decided and reported, for whoever asks later.

use std::collections::VecDeque;

use super::config::Autonomy;
use super::proposal::{Decision, Outcome, Proposal, Reason, Risk, RunId, Verdict};
use crate::error::Error;
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer};

/// The most bytes that are kept of a text of a proposal.
pub(super) const MAX_TEXT_BYTES: usize = 1 << 10;

/// What happened.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are those of the proposal, the decision and the calls")]
pub enum AuditEvent {
    /// A proposal was decided on. Texts are cut to 1 KiB; a confidence that is no number is none.
    Decided {
        autonomy: Autonomy,
        action: String,
        target: String,
        risk: Risk,
        confidence: Option<f64>,
        task: Option<String>,
        evidence: Vec<String>,
        approved_by: Option<String>,
        verdict: Verdict,
        reasons: Vec<Reason>,
        run: Option<RunId>,
    },
    /// The outcome of a run was reported.
    Reported { run: RunId, action: String, target: String, outcome: Outcome, suspended: bool },
    /// The host resumed an action.
    Resumed { action: String, by: String },
    /// The host set the clock of the limits back.
    ClockCorrected { before: Timestamp },
}

/// A line of the audit.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct AuditRecord {
    /// 1, 2, 3, ...: a gap tells how many were dropped.
    pub number: u64,
    /// When, as the host said.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: AuditEvent,
}

impl AuditEvent {
    pub(super) fn decided(autonomy: Autonomy, of: &Proposal, decision: &Decision, max_evidence: usize) -> AuditEvent {
        AuditEvent::Decided {
            autonomy,
            action: cut(&of.action),
            target: cut(&of.target),
            risk: decision.risk,
            confidence: of.confidence.is_finite().then_some(of.confidence),
            task: of.task.as_deref().map(cut),
            evidence: of.evidence.iter().take(max_evidence).map(|text| cut(text)).collect(),
            approved_by: of.approved_by.as_deref().map(cut),
            verdict: decision.verdict,
            reasons: decision.reasons.clone(),
            run: decision.run,
        }
    }
}

/// The head of a text.
pub(super) fn cut(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

/// The records that wait to be taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Audit {
    waiting: VecDeque<AuditRecord>,
    /// How many there ever were.
    written: u64,
    pub(super) dropped: u64,
}

impl Audit {
    pub(super) fn push(&mut self, at: Timestamp, event: AuditEvent, most: usize) {
        while self.waiting.len() >= most {
            self.waiting.pop_front();
            self.dropped += 1;
        }
        self.written += 1;
        self.waiting.push_back(AuditRecord { number: self.written, at, event });
    }

    pub(super) fn take(&mut self) -> Vec<AuditRecord> {
        self.waiting.drain(..).collect()
    }

    /// Bytes, roughly: the texts of evidence are by far the most of a record.
    pub(super) fn memory(&self) -> usize {
        let texts = |record: &AuditRecord| match &record.event {
            AuditEvent::Decided { action, target, evidence, reasons, .. } => {
                let lists = evidence.iter().chain(reasons.iter().map(|reason| &reason.sentence));
                lists.map(|text| size_of::<Reason>() + text.len()).sum::<usize>() + action.len() + target.len()
            }
            AuditEvent::Reported { action, target, .. } => action.len() + target.len(),
            AuditEvent::Resumed { action, by } => action.len() + by.len(),
            AuditEvent::ClockCorrected { .. } => 0,
        };
        self.waiting.iter().map(|record| size_of::<AuditRecord>() + texts(record)).sum()
    }
}

impl State for Audit {
    fn write(&self, to: &mut Writer) {
        to.number(self.written);
        to.number(self.dropped);
        to.number(self.waiting.len() as u64);
        for record in &self.waiting {
            to.bytes(&serde_json::to_vec(record).unwrap_or_default());
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Audit, Error> {
        let (written, dropped) = (from.counter()?, from.counter()?);
        let mut waiting = VecDeque::new();
        for _ in 0..from.count()? {
            let record = serde_json::from_slice(from.bytes()?)
                .map_err(|cause| Reader::damaged(format!("a record of the audit does not read: {cause}")))?;
            waiting.push_back(record);
        }
        Ok(Audit { waiting, written, dropped })
    }
}
