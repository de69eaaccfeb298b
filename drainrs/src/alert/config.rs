//! Settings of the alerter.

use std::collections::BTreeMap;

use crate::error::Problems;
use crate::flow::Priority;
use crate::time::NANOS_PER_SECOND;

/// A pattern that is always worth an alert, whatever the scorers say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// How it is called in alerts.
    pub name: String,
    /// What a line must match: a regular expression of the `regex` crate, found anywhere in the mined text.
    pub pattern: String,
    /// How urgent. Default critical.
    #[serde(default = "critical")]
    pub priority: Priority,
}

fn critical() -> Priority {
    Priority::Critical
}

/// What a person is told.
///
/// ```
/// let config: drainrs::alert::AlertConfig = serde_json::from_str(
///     r#"{ "routes": { "critical": "pager" }, "rules": [{ "name": "oom", "pattern": "Out of memory" }] }"#,
/// ).unwrap();
/// assert_eq!(config.rules[0].priority, drainrs::Priority::Critical);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlertConfig {
    /// For so long the same is not told again, in nanoseconds. Default 15 min.
    pub suppress_ns: i64,
    /// What is noticed within this time is one cascade, in nanoseconds; 0 groups nothing. Default 30 s.
    pub group_ns: i64,
    /// The most scores that are listed in a cascade besides the leading one. Default 20.
    pub max_group: usize,
    /// The most alerts in an hour; critical ones and resolutions are not counted against it. Default 20.
    pub max_per_hour: u32,
    /// What is less urgent than this is counted as suppressed and not told. Default low: all is told.
    pub min_priority: Priority,
    /// Whether the end of an alert is told. Default true.
    pub tell_resolved: bool,
    /// The name of a route for each priority; alerts of others have none.
    pub routes: BTreeMap<Priority, String>,
    /// Patterns that are always worth an alert.
    pub rules: Vec<AlertRule>,
    /// The most alerts that are open at once; those not touched for longest are forgotten. Default 4,096.
    pub max_open: usize,
    /// The most alerts that wait to be taken; the oldest is dropped and counted. Default 1,024.
    pub max_waiting: usize,
}

impl Default for AlertConfig {
    fn default() -> AlertConfig {
        AlertConfig {
            suppress_ns: 15 * 60 * NANOS_PER_SECOND,
            group_ns: 30 * NANOS_PER_SECOND,
            max_group: 20,
            max_per_hour: 20,
            min_priority: Priority::Low,
            tell_resolved: true,
            routes: BTreeMap::new(),
            rules: Vec::new(),
            max_open: 4_096,
            max_waiting: 1_024,
        }
    }
}

impl AlertConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        for (name, nanos) in [("suppress_ns", self.suppress_ns), ("group_ns", self.group_ns)] {
            problems.require(nanos >= 0, &format!("alert.{name}"), || {
                format!("{nanos} is negative; write a time in nanoseconds, or 0 for none")
            });
        }
        problems.require(self.group_ns <= self.suppress_ns, "alert.group_ns", || {
            format!(
                "{} is longer than suppress_ns = {}; a cascade would outlive its suppression",
                self.group_ns, self.suppress_ns
            )
        });
        for (name, most) in [("max_open", self.max_open), ("max_waiting", self.max_waiting)] {
            problems.require(most >= 1, &format!("alert.{name}"), || "must be at least 1, got 0".to_owned());
        }
        problems.require(self.max_per_hour >= 1, "alert.max_per_hour", || {
            "must be at least 1, got 0; to be told only of critical ones write min_priority = \"critical\"".to_owned()
        });
        super::rules::check(&self.rules, problems);
    }
}
