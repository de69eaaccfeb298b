//! What is said about a session, in numbers and in words.

use crate::stats::Portable;
use std::fmt::{self, Write};

use crate::flow::Severity;
use crate::id::TemplateId;

/// Something about a session that usual sessions do not have.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Deviation {
    /// A type of event that no usual session had, or only a few. All types beyond `max_types_per_session` are one type here,
    /// without a template.
    Type {
        /// The type.
        template: Option<TemplateId>,
        /// How often it occurred.
        count: u32,
        /// Sessions that had it.
        sessions: u64,
        /// Of so many.
        of: u64,
    },
    /// A combination of counts that no usual session had.
    Counts {
        /// To the nearest usual combination: the sum of differences over the sum of the greater counts, 0 to 1.
        distance: f64,
        /// Where it differs from the usual combination that differs in the fewest types: what is missing first, then what
        /// differs most. At most 16.
        differences: Vec<Difference>,
    },
    /// A count rule that does not hold: `factors.0 * counts.0` is not `factors.1 * counts.1`.
    Rule {
        /// The types that are compared.
        templates: (TemplateId, TemplateId),
        /// What their counts are multiplied with.
        factors: (u32, u32),
        /// Their counts here.
        counts: (u32, u32),
        /// Sessions in which the rule held.
        held: u64,
        /// Of so many with either type.
        of: u64,
    },
    /// The first step that no usual session took; `None` is the edge of the session.
    Step {
        /// From this.
        before: Option<TemplateId>,
        /// To this.
        after: Option<TemplateId>,
    },
    /// Events that follow one another improbably.
    Course {
        /// Mean surprise per event, in bits.
        bits: f64,
        /// The share of usual sessions that are at least as improbable.
        share: f64,
    },
}

/// A count that differs from the usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The type; `None` for all types beyond `max_types_per_session` together.
    pub template: Option<TemplateId>,
    /// Its count here.
    pub count: u32,
    /// Its count in the usual session.
    pub usual: u32,
}

impl Deviation {
    /// What it adds to the surprise of an alarm; see the essay of the module.
    pub(super) fn weight(&self) -> f64 {
        let rate = |times: u64, of: u64| ((of as f64 + 1.0) / (times.min(of) as f64 + 1.0)).portable_log10();
        match self {
            Deviation::Type { sessions, of, .. } => rate(*sessions, *of).max(if *sessions == 0 { 2.5 } else { 0.0 }),
            Deviation::Counts { distance, .. } => 5.0 * distance,
            Deviation::Rule { held, of, .. } => rate(of.saturating_sub(*held), *of),
            Deviation::Step { .. } => 1.0,
            Deviation::Course { share, .. } => -share.max(1e-9).portable_log10(),
        }
    }

    /// The template that it is about, its count, and the usual count.
    pub(super) fn about(&self) -> Option<(TemplateId, u32, f64)> {
        match self {
            Deviation::Type { template, count, .. } => template.map(|template| (template, *count, 0.0)),
            Deviation::Counts { differences, .. } => {
                differences.iter().find_map(|one| Some((one.template?, one.count, f64::from(one.usual))))
            }
            Deviation::Rule { templates, factors, counts, .. } => {
                let expected =
                    |times: u32, count: u32, by: u32| f64::from(times) * f64::from(count) / f64::from(by.max(1));
                // The one that is missing, else the right one.
                if counts.0 < counts.1 && counts.0 == 0 {
                    Some((templates.0, counts.0, expected(factors.1, counts.1, factors.0)))
                } else {
                    Some((templates.1, counts.1, expected(factors.0, counts.0, factors.1)))
                }
            }
            Deviation::Step { .. } | Deviation::Course { .. } => None,
        }
    }
}

/// The learned sessions are too few to judge by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Unready {
    /// Sessions that count.
    pub have: u64,
    /// Sessions that are needed.
    pub need: u64,
}

impl fmt::Display for Unready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} sessions learned: too few to judge by", self.have, self.need)
    }
}

/// The verdict on a session.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Judgement {
    /// Whether the session is unusual by the rule that is set.
    pub flagged: bool,
    /// Set, and nothing else, if there is too little to judge by.
    pub unready: Option<Unready>,
    /// How unusual, on the scale of all scorers: 5 and more if flagged, else 0.
    pub surprise: f64,
    /// The same, 0 to 1.
    pub severity: Severity,
    /// To the nearest usual combination of counts, where it was looked for; 0 if the counts are usual.
    pub distance: f64,
    /// Whether sessions end with the event that this one ended with.
    pub ended: bool,
    /// The number of events.
    pub events: u32,
    /// What is unusual: what decided, and what else was noticed.
    pub deviations: Vec<Deviation>,
}

/// Deviations that a reason tells.
const TOLD: usize = 4;

impl Judgement {
    /// The template that says most: one that is new or rare, else one whose count is wrong; its count, and the usual count.
    pub(super) fn about(&self) -> Option<(TemplateId, u32, f64)> {
        self.deviations.iter().find_map(Deviation::about)
    }

    /// A sentence with what was found. A template is written as `#` and its number, to be replaced by its text.
    pub fn reason(&self) -> String {
        let mut out = String::new();
        if let Some(unready) = self.unready {
            return unready.to_string();
        }
        let (events, plural) = (self.events, if self.events == 1 { "" } else { "s" });
        let _ = write!(out, "session of {events} event{plural}");
        if !self.flagged {
            out.push_str(" as usual");
        }
        let mut rest = 0;
        let mut told = 0;
        for deviation in &self.deviations {
            if told < TOLD && !(matches!(deviation, Deviation::Rule { .. }) && told >= TOLD - 1) {
                out.push_str(if told == 0 { ": " } else { "; " });
                let _ = write_deviation(&mut out, deviation);
                told += 1;
            } else {
                rest += 1;
            }
        }
        if rest > 0 {
            let _ = write!(out, "; {rest} more");
        }
        out
    }
}

/// A template as it is written in a reason.
struct Token(Option<TemplateId>, &'static str);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(template) => write!(f, "#{template}"),
            None => f.write_str(self.1),
        }
    }
}

const OTHER_TYPES: &str = "further types of events";

fn write_deviation(out: &mut String, deviation: &Deviation) -> fmt::Result {
    match deviation {
        Deviation::Type { template, count, sessions, of } => {
            let token = Token(*template, OTHER_TYPES);
            match sessions {
                0 => write!(out, "{count} x {token}, never seen in {of} sessions"),
                _ => write!(out, "{count} x {token}, seen in {sessions} of {of} sessions"),
            }
        }
        Deviation::Counts { distance, differences } => {
            for (at, one) in differences.iter().take(3).enumerate() {
                let separator = if at == 0 { "" } else { ", " };
                let token = Token(one.template, OTHER_TYPES);
                write!(out, "{separator}{} x {token} where {} is usual", one.count, one.usual)?;
            }
            match differences.len().saturating_sub(3) {
                0 => write!(out, " (distance {distance:.2})"),
                more => write!(out, " and {more} more counts (distance {distance:.2})"),
            }
        }
        Deviation::Rule { templates: (left, right), factors, counts, held, of } => {
            let times = |factor: u32| if factor == 1 { String::new() } else { format!("{factor} x ") };
            write!(
                out,
                "{}#{left} = {}#{right} does not hold with {} and {}, it did in {held} of {of} sessions",
                times(factors.0),
                times(factors.1),
                counts.0,
                counts.1
            )
        }
        Deviation::Step { before, after } => {
            write!(out, "{} -> {} never seen", Token(*before, "start"), Token(*after, "end"))
        }
        Deviation::Course { bits, share } => {
            write!(
                out,
                "events follow one another improbably: {bits:.1} bits each, a share of {share:.4} is as improbable"
            )
        }
    }
}
