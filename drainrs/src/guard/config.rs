//! Settings of the guard.

use super::proposal::Risk;
use crate::error::{ErrorKind, Problems};
use crate::time::NANOS_PER_SECOND;

/// How much may happen without a person. Ordered: each level may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Autonomy {
    /// People are told that something is wrong.
    Alert,
    /// People are told what could be done.
    #[default]
    Suggest,
    /// An action runs when a person has approved it.
    Approve,
    /// Actions of low risk run by themselves.
    AutoLowRisk,
    /// Actions of high risk too, where there are hooks to verify them and to roll them back.
    AutoHighRisk,
}

/// What may be done under a name.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ActionRule {
    /// The action's name, as proposals write it.
    pub name: String,
    /// What it may break. Default high.
    #[serde(default = "high")]
    pub risk: Risk,
    /// Whether a person has to approve it at every level. Default false.
    #[serde(default)]
    pub needs_approval: bool,
    /// The host's hook that looks, after the action, whether it helped.
    #[serde(default)]
    pub verify: Option<String>,
    /// The host's hook that undoes the action.
    #[serde(default)]
    pub roll_back: Option<String>,
    /// What it may be done to: names, or beginnings of names that end with `*`; `*` alone allows all. At least one.
    pub targets: Vec<String>,
    /// The most runs in an hour, those that a person approved included; default as many as all actions together may have.
    #[serde(default)]
    pub max_per_hour: Option<u32>,
    /// The confidence from which on it runs by itself, in place of that of its risk.
    #[serde(default)]
    pub min_confidence: Option<f64>,
    /// In place of [`GuardConfig::cooldown_ns`].
    #[serde(default)]
    pub cooldown_ns: Option<i64>,
}

fn high() -> Risk {
    Risk::High
}

impl ActionRule {
    /// An action, what it may break, and what it may be done to.
    pub fn new(name: impl Into<String>, risk: Risk, targets: &[&str]) -> ActionRule {
        ActionRule {
            name: name.into(),
            risk,
            needs_approval: false,
            verify: None,
            roll_back: None,
            targets: targets.iter().map(|&target| target.to_owned()).collect(),
            max_per_hour: None,
            min_confidence: None,
            cooldown_ns: None,
        }
    }
}

/// What a guard lets through.
///
/// ```
/// let config: drainrs::guard::GuardConfig = serde_json::from_str(
///     r#"{ "autonomy": "auto_low_risk", "actions": [{ "name": "restart", "risk": "low", "targets": ["web-*"] }] }"#,
/// ).unwrap();
/// assert_eq!(config.min_confidence, 0.7);
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuardConfig {
    /// How much may happen without a person. Default suggest: nothing runs.
    pub autonomy: Autonomy,
    /// Below this confidence nothing of low risk runs by itself, 0 to 1. Default 0.7.
    pub min_confidence: f64,
    /// The same for high risk; not below `min_confidence`. Default 0.9.
    pub min_confidence_high_risk: f64,
    /// The most runs in an hour, of all actions together, those that a person approved included. Default 10.
    pub max_per_hour: u32,
    /// For so long an action is not run again on the same target, in nanoseconds; 0 for none. Default 10 min.
    pub cooldown_ns: i64,
    /// After so many failures of an action in a row it is suspended until the host resumes it. Default 3.
    pub max_failures: u32,
    /// What may be done. Others are of high risk and never run by themselves.
    pub actions: Vec<ActionRule>,
    /// The most bytes of a name of an action, a target, a task, an approver; longer ones are refused. Default 256.
    pub max_name_bytes: usize,
    /// The most texts of evidence that are kept of a proposal, each cut to 1 KiB. Default 16.
    pub max_evidence: usize,
    /// The most targets that are in their cooldown at once; where there is no room for one more nothing runs. Default 10,000.
    pub max_cooldowns: usize,
    /// The most runs whose outcome is awaited; of more, the oldest is forgotten and counted. Default 1,000.
    pub max_open: usize,
    /// The most records that wait to be taken; the oldest is dropped and counted. Default 1,000.
    pub max_audit: usize,
}

impl Default for GuardConfig {
    fn default() -> GuardConfig {
        GuardConfig {
            autonomy: Autonomy::default(),
            min_confidence: 0.7,
            min_confidence_high_risk: 0.9,
            max_per_hour: 10,
            cooldown_ns: 10 * 60 * NANOS_PER_SECOND,
            max_failures: 3,
            actions: Vec::new(),
            max_name_bytes: 256,
            max_evidence: 16,
            max_cooldowns: 10_000,
            max_open: 1_000,
            max_audit: 1_000,
        }
    }
}

/// The most actions.
const MAX_ACTIONS: usize = 1_000;
/// The most targets of an action.
const MAX_TARGETS: usize = 1_000;
/// The most runs in an hour that can be asked for.
const MAX_PER_HOUR: u32 = 10_000;

impl GuardConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        for (name, share) in
            [("min_confidence", self.min_confidence), ("min_confidence_high_risk", self.min_confidence_high_risk)]
        {
            problems.require((0.0..=1.0).contains(&share), &format!("guard.{name}"), || {
                format!("must be 0 to 1, got {share}")
            });
        }
        problems.require(
            self.min_confidence_high_risk >= self.min_confidence || self.min_confidence.is_nan(),
            "guard.min_confidence_high_risk",
            || {
                let (high, low) = (self.min_confidence_high_risk, self.min_confidence);
                format!("{high} is below min_confidence = {low}; high risk would ask for less")
            },
        );
        check_per_hour("guard.max_per_hour", self.max_per_hour, problems);
        check_cooldown("guard.cooldown_ns", self.cooldown_ns, problems);
        problems.require(self.max_failures >= 1, "guard.max_failures", || "must be at least 1, got 0".to_owned());
        for (name, most) in [
            ("max_name_bytes", self.max_name_bytes),
            ("max_cooldowns", self.max_cooldowns),
            ("max_open", self.max_open),
            ("max_audit", self.max_audit),
        ] {
            problems.require(most >= 1, &format!("guard.{name}"), || "must be at least 1, got 0".to_owned());
        }
        if self.actions.len() > MAX_ACTIONS {
            let message = format!("{} actions are more than {MAX_ACTIONS}", self.actions.len());
            problems.add(ErrorKind::Limit, "guard.actions", message);
        }
        for (at, rule) in self.actions.iter().enumerate() {
            let twice = self.actions.iter().take(at).any(|before| before.name == rule.name);
            problems
                .require(!twice, &format!("guard.actions[{at}].name"), || format!("{:?} is there twice", rule.name));
            self.check_rule(rule, &format!("guard.actions[{at}]"), problems);
        }
    }

    fn check_rule(&self, rule: &ActionRule, path: &str, problems: &mut Problems) {
        let mut require = |ok, field: &str, message: &dyn Fn() -> String| {
            problems.require(ok, &format!("{path}.{field}"), message);
        };
        require((1..=self.max_name_bytes).contains(&rule.name.len()), "name", &|| {
            format!("must have 1 to guard.max_name_bytes = {} bytes, got {}", self.max_name_bytes, rule.name.len())
        });
        require(!rule.targets.is_empty(), "targets", &|| {
            "is empty, so that it would never run; to allow all write [\"*\"]".to_owned()
        });
        require(rule.targets.len() <= MAX_TARGETS, "targets", &|| {
            format!("{} are more than {MAX_TARGETS}", rule.targets.len())
        });
        for (at, target) in rule.targets.iter().enumerate() {
            let plain = target.strip_suffix('*').unwrap_or(target);
            require(!target.is_empty() && !plain.contains('*'), &format!("targets[{at}]"), &|| {
                format!("{target:?} is no target: write a name, or the beginning of names and * behind it")
            });
        }
        for (name, hook) in [("verify", &rule.verify), ("roll_back", &rule.roll_back)] {
            require(hook.as_deref() != Some(""), name, &|| "is empty; leave it out where there is no hook".to_owned());
        }
        if let Some(share) = rule.min_confidence {
            require((0.0..=1.0).contains(&share), "min_confidence", &|| format!("must be 0 to 1, got {share}"));
        }
        if let Some(most) = rule.max_per_hour {
            check_per_hour(&format!("{path}.max_per_hour"), most, problems);
        }
        if let Some(nanos) = rule.cooldown_ns {
            check_cooldown(&format!("{path}.cooldown_ns"), nanos, problems);
        }
    }
}

fn check_per_hour(path: &str, most: u32, problems: &mut Problems) {
    problems.require((1..=MAX_PER_HOUR).contains(&most), path, || {
        format!("must be 1 to {MAX_PER_HOUR}, got {most}; for no runs at all write autonomy = \"suggest\"")
    });
}

fn check_cooldown(path: &str, nanos: i64, problems: &mut Problems) {
    problems.require(nanos >= 0, path, || format!("{nanos} is negative; write a time in nanoseconds, or 0 for none"));
}

/// Whether a target is one of those that are allowed.
pub(super) fn allows(targets: &[String], target: &str) -> bool {
    targets.iter().any(|allowed| match allowed.strip_suffix('*') {
        Some(beginning) => target.starts_with(beginning),
        None => target == allowed,
    })
}
