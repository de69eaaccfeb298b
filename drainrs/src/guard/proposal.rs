//! What is proposed, and what is decided.

use crate::time::Timestamp;

/// What an action may break. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Undone easily, seen by few.
    Low,
    /// Anything else.
    #[default]
    High,
}

/// An action that somebody, a model as a rule, wants done.
///
/// It can be read from the answer of a model: `at` and `approved_by` cannot. They are the host's to set, and a document that has them is
/// refused, so that no model approves its own proposal.
///
/// ```
/// use drainrs::guard::Proposal;
///
/// let answer = r#"{ "action": "restart", "target": "web-1", "confidence": 0.8 }"#;
/// assert!(serde_json::from_str::<Proposal>(answer).is_ok());
/// let forged = r#"{ "action": "restart", "target": "web-1", "confidence": 0.8, "approved_by": "root" }"#;
/// assert!(serde_json::from_str::<Proposal>(forged).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Proposal {
    /// What to do: the name of an [`ActionRule`](super::ActionRule).
    pub action: String,
    /// What to do it to.
    pub target: String,
    /// What the proposer says that it may break. It can raise the risk of the rule, not lower it. Default low.
    #[serde(default = "low")]
    pub risk: Risk,
    /// How sure the proposer is, 0 to 1.
    pub confidence: f64,
    /// The host's number of the question that this answers.
    #[serde(default)]
    pub task: Option<String>,
    /// What speaks for it. Kept in the audit, not judged.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Who approved it; set by the host, from whom it knows, never from a document.
    #[serde(skip_deserializing)]
    pub approved_by: Option<String>,
    /// When; set by the host, from its own clock: a time that a log line tells can be forged, and a late one would open the limits.
    #[serde(skip_deserializing)]
    pub at: Timestamp,
}

fn low() -> Risk {
    Risk::Low
}

impl Proposal {
    /// Claims low risk, is approved by nobody.
    pub fn new(action: impl Into<String>, target: impl Into<String>, confidence: f64, at: Timestamp) -> Proposal {
        Proposal {
            action: action.into(),
            target: target.into(),
            risk: Risk::Low,
            confidence,
            task: None,
            evidence: Vec::new(),
            approved_by: None,
            at,
        }
    }
}

/// What is to be done with a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Do it now, then verify it; report the outcome.
    Run,
    /// Ask a person; propose it again with [`Proposal::approved_by`] when there is a yes.
    AskApproval,
    /// Show it to people as something that could be done.
    Suggest,
    /// Tell people that something is wrong, not what to do.
    AlertOnly,
    /// Do not do it.
    Refuse,
}

impl Verdict {
    /// All, in the order of the table in the [module](super).
    pub const ALL: [Verdict; 5] =
        [Verdict::Run, Verdict::AskApproval, Verdict::Suggest, Verdict::AlertOnly, Verdict::Refuse];

    /// The name as in documents.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Run => "run",
            Verdict::AskApproval => "ask_approval",
            Verdict::Suggest => "suggest",
            Verdict::AlertOnly => "alert_only",
            Verdict::Refuse => "refuse",
        }
    }
}

/// Why, for programs. The table in the [module](super) says which leads to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReasonCode {
    /// The confidence is no number from 0 to 1.
    BadConfidence,
    /// A name is empty, too long, or has a control character.
    BadName,
    /// The target is not one that the action may be done to.
    TargetNotAllowed,
    /// The action failed too often; the host has to resume it.
    Suspended,
    /// The action was run on that target a short while ago.
    Cooldown,
    /// All actions together, or this one, had their runs of the hour.
    RateLimit,
    /// There is no room to remember one more cooldown.
    NoRoom,
    /// The time is before that of the latest proposal: limits are held by the later one.
    ClockSetBack,
    /// The level of autonomy allows no more.
    Autonomy,
    /// No rule has that name: it is of high risk, and never runs by itself.
    UnknownAction,
    /// The rule asks for approval.
    RuleNeedsApproval,
    /// Of high risk, and the level of autonomy lets only those of low risk run.
    HighRisk,
    /// Of high risk, and there is no hook to verify it or none to roll it back.
    MissingHook,
    /// Not sure enough.
    LowConfidence,
    /// The proposer says that the risk is higher than the rule says.
    RiskRaised,
    /// A person approved it.
    Approved,
    /// Everything that is asked for is there.
    Allowed,
}

/// Why, for programs and for people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reason {
    /// For programs.
    pub code: ReasonCode,
    /// For people, with the numbers.
    pub sentence: String,
}

impl Reason {
    pub(super) fn new(code: ReasonCode, sentence: impl Into<String>) -> Reason {
        Reason { code, sentence: sentence.into() }
    }
}

/// The number of a run: 1, 2, 3, ...
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u64);

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// What is to be done.
    pub verdict: Verdict,
    /// Why, all of it, what decided first.
    pub reasons: Vec<Reason>,
    /// The risk that was reckoned with.
    pub risk: Risk,
    /// The number under which the outcome is to be reported; none unless the verdict is run.
    pub run: Option<RunId>,
    /// The hook to call after the action.
    pub verify: Option<String>,
    /// The hook to call if that says that it did not help.
    pub roll_back: Option<String>,
    /// When it may be tried again, for what a limit refuses.
    pub retry_at: Option<Timestamp>,
}

/// How a run went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It was done, and it was verified where there is a hook.
    Succeeded,
    /// It was not done, or it did not help. A failure.
    Failed,
    /// It did not help, and it was undone. A failure.
    RolledBack,
    /// It did not help, and undoing failed: the action is suspended at once.
    RollBackFailed,
}

/// What reporting an outcome did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reported {
    /// It is counted.
    Noted,
    /// It is counted, and the action is suspended now.
    Suspended,
    /// No run with that number is awaited: it was reported before, or forgotten.
    Unknown,
}
