//! The settings of the sequence scorer.

use crate::error::{Error, Problems};
use crate::time::NANOS_PER_SECOND;

/// What is known about the sessions that are learned from. It decides what counts as unusual, because what a few bad
/// sessions teach is quite different from rule to rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SequenceBaseline {
    /// They are good, all of them: a type of event, or a combination of counts, that none of them had is unusual.
    Clean,
    /// Some of them may be bad: only a broken count rule, or a rare type of event, is unusual.
    #[default]
    Unlabelled,
}

/// How sessions are put together, learned and judged. Absent fields have the defaults.
///
/// ```
/// use drainrs::score::SequenceConfig;
///
/// let config: SequenceConfig = serde_json::from_str(r#"{ "baseline": "clean", "idle_timeout_ns": 5000000000 }"#).unwrap();
/// assert_eq!(config.max_events_per_session, 10_000);
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SequenceConfig {
    /// What is known about the sessions that are learned from.
    pub baseline: SequenceBaseline,
    /// A session without an event for so long is over, in nanoseconds; 60 s.
    pub idle_timeout_ns: i64,
    /// A session is over when it has so many events; 10,000. Further ones begin a new session.
    pub max_events_per_session: u32,
    /// Different types of events that are counted apart in a session, 64; further ones are counted together.
    pub max_types_per_session: usize,
    /// New steps that one session can teach; 64.
    pub max_steps_per_session: usize,
    /// Sessions that are open at a time, 10,000; the one without an event for longest is closed early and counted.
    pub max_sessions: usize,
    /// Types of events that are known; 4,096.
    pub max_types: usize,
    /// Combinations of counts that are known by their hash; 65,536.
    pub max_vectors: usize,
    /// Combinations of counts that are known number by number, for distances; 4,096.
    pub max_explicit_vectors: usize,
    /// Pairs of types whose counts are compared; 16,384.
    pub max_pairs: usize,
    /// Count rules in force or retired; 1,024.
    pub max_invariants: usize,
    /// Steps, from one event to the next, that are known; 65,536.
    pub max_steps: usize,
    /// Sessions to be learned before a clean baseline is judged by; 30.
    pub min_clean_sessions: u32,
    /// Sessions to be learned before count rules and rare types are judged by; 300.
    pub min_sessions: u32,
    /// The share of sessions with either type in which a count rule must hold; 0.95.
    pub min_support: f64,
    /// The share of all sessions in which each of both types of a count rule must occur; 0.05.
    pub min_presence: f64,
    /// A type of event that occurs in a lower share of sessions is rare; 0.01. By a clean baseline, a session with a rare type
    /// must have counts that a good one had; others may differ in counts that are known to vary.
    pub rare_below: f64,
    /// After so many sessions what was counted for count rules and rare types counts half; 1,000.
    pub half_life_sessions: u32,
    /// The half-life of the rate at which a count rule is broken, in sessions with either of its types; 100.
    pub violation_half_life_sessions: u32,
    /// A count rule that is broken more often is retired; 0.05.
    pub retire_above: f64,
    /// A retired count rule that is broken less often is in force again; 0.01.
    pub restore_below: f64,
    /// The share of good sessions that may be flagged, instead of all whose counts are new. It needs a clean baseline of
    /// at least `3 / alpha` sessions. Not set by default.
    pub alpha: Option<f64>,
    /// Whether a step that no session had makes a session unusual; off. Such a step is told as part of the reason anyhow.
    pub steps: bool,
    /// Whether sessions whose events follow one another improbably are unusual: a Markov model of order 5; off.
    pub markov: bool,
    /// The share of good sessions that the Markov model may flag; 0.003.
    pub markov_alpha: f64,
    /// Events of a session that the Markov model looks at, from the first; 256.
    pub max_markov_events: usize,
    /// Contexts that the Markov model keeps; 131,072.
    pub max_contexts: usize,
    /// Whether events without a session key are judged by the steps of their service; off.
    pub windows: bool,
    /// The length of such a window in events; 20.
    pub window_events: u32,
    /// Services whose windows are kept; 1,024.
    pub max_windows: usize,
}

impl Default for SequenceConfig {
    fn default() -> SequenceConfig {
        SequenceConfig {
            baseline: SequenceBaseline::Unlabelled,
            idle_timeout_ns: 60 * NANOS_PER_SECOND,
            max_events_per_session: 10_000,
            max_types_per_session: 64,
            max_steps_per_session: 64,
            max_sessions: 10_000,
            max_types: 4096,
            max_vectors: 65_536,
            max_explicit_vectors: 4096,
            max_pairs: 16_384,
            max_invariants: 1024,
            max_steps: 65_536,
            min_clean_sessions: 30,
            min_sessions: 300,
            min_support: 0.95,
            min_presence: 0.05,
            rare_below: 0.01,
            half_life_sessions: 1000,
            violation_half_life_sessions: 100,
            retire_above: 0.05,
            restore_below: 0.01,
            alpha: None,
            steps: false,
            markov: false,
            markov_alpha: 0.003,
            max_markov_events: 256,
            max_contexts: 131_072,
            windows: false,
            window_events: 20,
            max_windows: 1024,
        }
    }
}

/// The largest limit that a collection may have.
const MAX_LIMIT: usize = 1 << 24;

impl SequenceConfig {
    /// Notes what is out of range.
    pub(crate) fn check(&self, problems: &mut Problems) {
        let path = |name: &str| format!("score.sequence.{name}");
        problems.require(self.idle_timeout_ns >= 1, &path("idle_timeout_ns"), || {
            format!("{} is no time to wait for; write 1 or more", self.idle_timeout_ns)
        });
        for (name, limit) in [
            ("max_events_per_session", self.max_events_per_session as usize),
            ("max_types_per_session", self.max_types_per_session),
            ("max_steps_per_session", self.max_steps_per_session),
            ("max_sessions", self.max_sessions),
            ("max_types", self.max_types),
            ("max_vectors", self.max_vectors),
            ("max_explicit_vectors", self.max_explicit_vectors),
            ("max_pairs", self.max_pairs),
            ("max_invariants", self.max_invariants),
            ("max_steps", self.max_steps),
            ("min_clean_sessions", self.min_clean_sessions as usize),
            ("min_sessions", self.min_sessions as usize),
            ("half_life_sessions", self.half_life_sessions as usize),
            ("violation_half_life_sessions", self.violation_half_life_sessions as usize),
            ("max_markov_events", self.max_markov_events),
            ("max_contexts", self.max_contexts),
            ("window_events", self.window_events as usize),
            ("max_windows", self.max_windows),
        ] {
            problems.require((1..=MAX_LIMIT).contains(&limit), &path(name), || {
                format!("{limit} is not between 1 and {MAX_LIMIT}")
            });
        }
        for (name, share) in [
            ("min_support", self.min_support),
            ("min_presence", self.min_presence),
            ("rare_below", self.rare_below),
            ("retire_above", self.retire_above),
            ("restore_below", self.restore_below),
            ("markov_alpha", self.markov_alpha),
        ] {
            problems.require(share > 0.0 && share < 1.0, &path(name), || format!("{share} is not between 0 and 1"));
        }
        problems.require(self.restore_below <= self.retire_above, &path("restore_below"), || {
            format!("{} is more than retire_above, {}; write less", self.restore_below, self.retire_above)
        });
        if let Some(alpha) = self.alpha {
            problems.require((1e-6..1.0).contains(&alpha), &path("alpha"), || {
                format!("{alpha} is not between 0.000001 and 1")
            });
            problems.require(self.baseline == SequenceBaseline::Clean, &path("alpha"), || {
                "a share of good sessions needs sessions known to be good; set baseline to clean or leave alpha out"
                    .to_owned()
            });
        }
    }

    /// An error that lists all that is out of range.
    pub(super) fn checked(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        self.check(&mut problems);
        problems.finish()
    }

    /// How many violations in a row retire a count rule: as many as would be past the alarm threshold of all scorers, one
    /// in 100,000, if the rule still held as often as it had to when it was adopted.
    pub(super) fn run_that_retires(&self) -> u32 {
        let mut chance = 1.0;
        let unlikely = |_: &u32| {
            chance *= 1.0 - self.min_support;
            chance < 1e-5
        };
        (1..1000).find(unlikely).unwrap_or(1000)
    }
}
