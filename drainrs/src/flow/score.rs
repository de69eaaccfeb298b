//! What a scorer says: how unusual, compared with what, and why.

use std::borrow::Cow;
use std::fmt;

use super::{Level, Slot, Window};
use crate::error::Error;
use crate::id::{ServiceId, TemplateId};
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer};

/// How unusual something is, 0 to 1, on one scale for all scorers. Never not a number.
///
/// The scale is made of the *surprise* `s = -log10 p`, where `p` is how often a scorer's model of the usual gives something at
/// least as far out: `severity = s / (s + 5)`. One in 100,000 is 0.5, one in 10^10 is 0.67, one in 10^20 is 0.8. Scorers that
/// have no probabilities state in their docs which distance they take for which surprise.
///
/// ```
/// use drainrs::Severity;
/// assert_eq!(Severity::of_surprise(5.0), Severity::ALARM);
/// assert_eq!(Severity::of_surprise(f64::INFINITY).get(), 1.0);
/// assert_eq!(Severity::of_surprise(f64::NAN).get(), 0.0);
/// assert!((Severity::of_surprise(20.0).surprise() - 20.0).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Severity(f64);

/// The surprise that is severity 0.5.
const HALF: f64 = 5.0;

impl Severity {
    /// Nothing unusual.
    pub const NONE: Severity = Severity(0.0);
    /// One in 100,000: where scorers raise an alarm unless told otherwise.
    pub const ALARM: Severity = Severity(0.5);

    /// Of a surprise, `-log10 p`. What is negative or not a number is nothing unusual.
    pub fn of_surprise(surprise: f64) -> Severity {
        if surprise == f64::INFINITY {
            return Severity(1.0);
        }
        if surprise > 0.0 { Severity(surprise / (surprise + HALF)) } else { Severity(0.0) }
    }

    /// From a number; cut to 0..=1, and 0 if it is not a number.
    pub fn new(severity: f64) -> Severity {
        if severity.is_nan() { Severity(0.0) } else { Severity(severity.clamp(0.0, 1.0)) }
    }

    /// The number, 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The surprise behind it.
    pub fn surprise(self) -> f64 {
        HALF * self.0 / (1.0 - self.0)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

impl Eq for Severity {}

impl PartialOrd for Severity {
    fn partial_cmp(&self, other: &Severity) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Severity {
    fn cmp(&self, other: &Severity) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl<'de> serde::Deserialize<'de> for Severity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
        f64::deserialize(deserializer).map(Severity::new)
    }
}

/// What was noticed. The names in documents are part of the interface.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScoreKind {
    /// A template came more often than usual.
    Spike,
    /// A template came less often than usual.
    Drop,
    /// A level of a template's rate that slowly moved away.
    Drift,
    /// A template that was never seen.
    NewTemplate,
    /// A template that was forgotten and is back.
    Reappeared,
    /// Very many new templates at once: a deploy, or a parser that broke.
    TemplateFlood,
    /// A new template that went on for so long that it is usual now.
    Adopted,
    /// A template stopped.
    Silence,
    /// All of a service stopped.
    ServiceSilence,
    /// What was silent is back.
    Recovered,
    /// A session went another way than sessions do.
    Sequence,
    /// A session ended before its end.
    Incomplete,
    /// A count rule of sessions does not hold any more.
    InvariantDrift,
    /// A value outside the usual range of its place.
    Value,
    /// A value that its place never had.
    NewValue,
    /// A text unlike all that is known.
    Distance,
    /// A fixed rule of the host.
    Rule,
    /// Nothing arrived from anybody: the collector was away, or its clock jumped.
    InputGap,
    /// A host's own scorer.
    #[serde(untagged)]
    Other(Cow<'static, str>),
}

impl ScoreKind {
    /// The name as in documents.
    pub fn name(&self) -> &str {
        match self {
            ScoreKind::Spike => "spike",
            ScoreKind::Drop => "drop",
            ScoreKind::Drift => "drift",
            ScoreKind::NewTemplate => "new_template",
            ScoreKind::Reappeared => "reappeared",
            ScoreKind::TemplateFlood => "template_flood",
            ScoreKind::Adopted => "adopted",
            ScoreKind::Silence => "silence",
            ScoreKind::ServiceSilence => "service_silence",
            ScoreKind::Recovered => "recovered",
            ScoreKind::Sequence => "sequence",
            ScoreKind::Incomplete => "incomplete",
            ScoreKind::InvariantDrift => "invariant_drift",
            ScoreKind::Value => "value",
            ScoreKind::NewValue => "new_value",
            ScoreKind::Distance => "distance",
            ScoreKind::Rule => "rule",
            ScoreKind::InputGap => "input_gap",
            ScoreKind::Other(name) => name,
        }
    }
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More, later, farther than usual.
    Up,
    /// Less than usual.
    Down,
}

/// A number that speaks for a score.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// What it is; in documents, part of the interface.
    pub name: Cow<'static, str>,
    /// The number; finite.
    pub value: f64,
}

/// What a scorer says about a template, a service or a session at one time. Only what is past the scorer's threshold is said.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Score {
    /// The scorer's name.
    pub scorer: Cow<'static, str>,
    /// What was noticed.
    pub kind: ScoreKind,
    /// When it was noticed, in event time.
    pub at: Timestamp,
    /// What it is about; a single moment where no window was judged.
    pub window: Window,
    /// The service.
    pub service: ServiceId,
    /// The template; `None` for what concerns a whole service or a session.
    pub template: Option<TemplateId>,
    /// The place of the value, where one value is meant.
    pub slot: Option<Slot>,
    /// The session's key, where a session is meant.
    pub session: Option<String>,
    /// How unusual, on the scale of all scorers.
    pub severity: Severity,
    /// `-log10 p`, of which the severity is made.
    pub surprise: f64,
    /// What was seen, in the unit of the scorer: events, seconds, a distance.
    pub observed: f64,
    /// What was expected, in the same unit.
    pub expected: f64,
    /// The range that would have been usual.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Which way the observed is off.
    pub direction: Direction,
    /// The level of the events.
    pub level: Level,
    /// Whether the scorer was still learning what is usual here.
    pub unverified: bool,
    /// A sentence for people: lower case, no full stop, the numbers in it.
    pub reason: String,
    /// Further numbers.
    pub evidence: Vec<Evidence>,
    /// A line to look at, where one is at hand.
    pub sample: Option<String>,
}

impl Score {
    /// A score with its surprise; whatever else is known is set by field. Numbers that are not finite become 0.
    pub fn new(
        scorer: impl Into<Cow<'static, str>>,
        kind: ScoreKind,
        at: Timestamp,
        surprise: f64,
        reason: impl Into<String>,
    ) -> Score {
        let surprise = if surprise.is_nan() { 0.0 } else { surprise.clamp(0.0, MAX_SURPRISE) };
        Score {
            scorer: scorer.into(),
            kind,
            at,
            window: Window { start: at, end: at },
            service: ServiceId::UNNAMED,
            template: None,
            slot: None,
            session: None,
            severity: Severity::of_surprise(surprise),
            surprise,
            observed: 0.0,
            expected: 0.0,
            low: 0.0,
            high: 0.0,
            direction: Direction::Up,
            level: Level::Unknown,
            unverified: false,
            reason: reason.into(),
            evidence: Vec::new(),
            sample: None,
        }
    }

    /// Adds a number that speaks for it; what is not finite is left out.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: f64) -> Score {
        if value.is_finite() {
            self.evidence.push(Evidence { name: name.into(), value });
        }
        self
    }

    /// Sets what was seen and what was expected.
    #[must_use]
    pub fn with_numbers(mut self, observed: f64, expected: f64, low: f64, high: f64) -> Score {
        let finite = |number: f64| if number.is_finite() { number } else { 0.0 };
        self.observed = finite(observed);
        self.expected = finite(expected);
        self.low = finite(low);
        self.high = finite(high);
        self.direction = if self.observed < self.expected { Direction::Down } else { Direction::Up };
        self
    }
}

/// Surprises are cut here: beyond it floating-point tails are 0 and say nothing more.
const MAX_SURPRISE: f64 = 300.0;

// As a document: scores are few, and their fields will grow in number.
impl State for Score {
    fn write(&self, to: &mut Writer) {
        to.bytes(&serde_json::to_vec(self).unwrap_or_default());
    }

    fn read(from: &mut Reader<'_>) -> Result<Score, Error> {
        serde_json::from_slice(from.bytes()?)
            .map_err(|cause| Reader::damaged(format!("a score does not read: {cause}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_comes_back_as_it_was() {
        for kind in [ScoreKind::Spike, ScoreKind::Other("of_a_host".into())] {
            let mut score = Score::new("x", kind, Timestamp::from_seconds(1), 7.5, "why").with("n", 1.0 / 3.0);
            score.slot = Some(Slot { token: 1, ordinal: 2 });
            let mut to = Writer::new();
            score.write(&mut to);
            let body = to.finish();
            assert_eq!(Score::read(&mut Reader::new(&body)).unwrap(), score);
        }
    }

    #[test]
    fn numbers_that_are_none_never_get_in() {
        let score = Score::new("x", ScoreKind::Spike, Timestamp::default(), f64::NAN, "")
            .with("n", f64::INFINITY)
            .with_numbers(f64::NAN, 1.0, f64::NEG_INFINITY, 2.0);
        assert_eq!((score.severity, score.observed, score.low, score.evidence.len()), (Severity::NONE, 0.0, 0.0, 0));
        let beyond = Score::new("x", ScoreKind::Spike, Timestamp::default(), f64::INFINITY, "");
        assert!(beyond.surprise.is_finite() && beyond.severity.get() < 1.0);
    }
}
