//! Guardrails: whether an action that a model proposes may be done, and why.
//!
//! **Takes** [`Proposal`]s and how the runs went. **Gives** a [`Decision`] for each, with all its reasons for programs and for people, and
//! an audit. **Promises**: it decides and does nothing itself; the host runs what it says. Nothing runs by itself that no rule names;
//! nothing runs on a target that its rule does not allow, or beyond the limits; what a proposal says of itself can make it stricter, never laxer; in doubt
//! it says no. Bounded, deterministic, no clock. `decided == run + asked + suggested + alerted + refused`. **Costs**: nothing until
//! something is proposed.
//!
//! # The decision
//!
//! The first row that holds decides.
//!
//! | what holds | verdict | reasons |
//! |---|---|---|
//! | the confidence is no number from 0 to 1; a name is empty, too long or has a control character | refuse | `bad_confidence`, `bad_name` |
//! | the target is not one of the rule's | refuse | `target_not_allowed` |
//! | the level is alert | alert only | `autonomy` |
//! | the level is suggest | suggest | `autonomy` |
//! | the action is suspended, rests on that target, or the hour is full | refuse | `suspended`, `cooldown`, `rate_limit`, `no_room`, `clock_set_back` |
//! | a person approved it | run | `approved`, and what would have been asked |
//! | the level is approve; no rule has the name; the rule asks for approval; the risk is high and the level does not reach, or a hook is missing; the confidence is too low | ask for approval | `autonomy`, `unknown_action`, `rule_needs_approval`, `risk_raised`, `high_risk`, `missing_hook`, `low_confidence` |
//! | else | run | `allowed` |
//!
//! An approval answers what a person can answer; limits and suspensions hold for approved actions too. A person who wants more than
//! they allow does it without the guard, or changes the settings.
//!
//! # Time
//!
//! Times are those that the host tells, and limits go by the latest of them: a clock that is set back does not open them, they hold
//! until it has caught up or the host [corrects](Guard::correct_clock) it. Tell the host's own time, not that of a log line.
//!
//! ```
//! use drainrs::guard::{ActionRule, Autonomy, Guard, GuardConfig, Outcome, Proposal, ReasonCode, Risk, Verdict};
//! use drainrs::Timestamp;
//!
//! let restart = ActionRule::new("restart", Risk::Low, &["web-*"]);
//! let config = GuardConfig { autonomy: Autonomy::AutoLowRisk, actions: vec![restart], ..GuardConfig::default() };
//! let mut guard = Guard::build(&config)?;
//! let now = Timestamp::from_seconds(0);
//!
//! let decision = guard.decide(&Proposal::new("restart", "web-1", 0.8, now));
//! assert_eq!(decision.verdict, Verdict::Run);
//! guard.report(decision.run.unwrap(), Outcome::Succeeded, now);
//!
//! let again = guard.decide(&Proposal::new("restart", "web-1", 0.8, now));
//! assert_eq!((again.verdict, again.reasons[0].code), (Verdict::Refuse, ReasonCode::Cooldown));
//! assert_eq!(again.retry_at, Some(Timestamp::from_seconds(600)));
//!
//! let unsure = guard.decide(&Proposal::new("restart", "web-2", 0.5, now));
//! assert_eq!(unsure.verdict, Verdict::AskApproval);
//! assert_eq!(unsure.reasons[0].sentence, "confidence 0.5 is below 0.7");
//! # Ok::<(), drainrs::Error>(())
//! ```

mod audit;
mod config;
mod limits;
mod machine;
mod proposal;

pub use audit::{AuditEvent, AuditRecord};
pub use config::{ActionRule, Autonomy, GuardConfig};
pub use machine::{Guard, GuardCounters};
pub use proposal::{Decision, Outcome, Proposal, Reason, ReasonCode, Reported, Risk, RunId, Verdict};
