//! The machine.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::config::CorrelateConfig;
use super::topology::Topology;
use crate::error::{Error, Problems};
use crate::flow::{Score, ScoreKind, Severity, Window};
use crate::time::{NANOS_PER_SECOND, Timestamp};

/// A template of a service that moved.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Movement {
    /// The service.
    pub service: String,
    /// The template, as text or number; empty for a whole service.
    pub template: String,
    /// When it moved first.
    pub at: Timestamp,
    /// How it moved.
    pub kind: ScoreKind,
    /// How unusual that is.
    pub severity: Severity,
}

impl Movement {
    /// From its parts.
    pub fn new(
        service: impl Into<String>,
        template: impl Into<String>,
        at: Timestamp,
        kind: ScoreKind,
        severity: Severity,
    ) -> Movement {
        Movement { service: service.into(), template: template.into(), at, kind, severity }
    }

    /// From a score, given the name of its service. `None` for scores that are no movement: what only informs, and what is
    /// back. The template is named by its number, as `#17`.
    pub fn of(score: &Score, service: &str) -> Option<Movement> {
        let informs = matches!(
            score.kind,
            ScoreKind::Recovered | ScoreKind::Adopted | ScoreKind::InputGap | ScoreKind::InvariantDrift
        );
        let template = score.template.map(|template| format!("#{template}")).unwrap_or_default();
        (!informs).then(|| Movement::new(service, template, score.window.start, score.kind.clone(), score.severity))
    }
}

/// A service that may explain the others.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Candidate {
    /// The service.
    pub service: String,
    /// How well it explains the others, 0 to 1; see the [module](super).
    pub score: f64,
    /// When it moved first.
    pub moved_at: Timestamp,
    /// Its strongest movement.
    pub strongest: Movement,
    /// The services that moved after it and, where a topology was given, depend on it.
    pub followers: Vec<String>,
    /// What speaks for it, in sentences.
    pub reasons: Vec<String>,
}

/// Services that moved together. Candidates for where to look first, never a finding of the cause.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Correlation {
    /// From the first to the last movement.
    pub window: Window,
    /// How many templates moved.
    pub templates: usize,
    /// The services that moved, in the order in which they did.
    pub services: Vec<String>,
    /// The best first.
    pub candidates: Vec<Candidate>,
    /// Movements beyond `max_movements`.
    pub uncounted: u64,
}

/// Finds what moved together.
#[derive(Debug, Clone)]
pub struct Correlator {
    config: CorrelateConfig,
    topology: Topology,
    /// Of the window at hand.
    movements: Vec<Movement>,
    began: Timestamp,
    uncounted: u64,
    waiting: VecDeque<Correlation>,
    dropped: u64,
    now: Timestamp,
}

impl Correlator {
    /// Builds a correlator.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &CorrelateConfig) -> Result<Correlator, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Correlator {
            topology: Topology::new(&config.topology),
            config: config.clone(),
            movements: Vec::new(),
            began: Timestamp::default(),
            uncounted: 0,
            waiting: VecDeque::new(),
            dropped: 0,
            now: Timestamp::from_nanos(i64::MIN),
        })
    }

    /// Takes a movement, in the order in which they are noticed. One that comes after the window at hand ends it.
    pub fn take(&mut self, movement: Movement) {
        let at = movement.at;
        if !self.movements.is_empty() && at.since(self.began).saturating_abs() > self.config.window_ns {
            self.end();
        }
        if self.movements.is_empty() {
            self.began = at;
        }
        if self.movements.len() < self.config.max_movements {
            self.movements.push(movement);
        } else {
            self.uncounted += 1;
        }
    }

    /// Ends the window at hand, at the end of a stream.
    pub fn finish(&mut self) {
        self.end();
    }

    /// Takes notice that it is `now`, in event time. An earlier time changes nothing.
    pub fn advance(&mut self, now: Timestamp) {
        if now <= self.now {
            return;
        }
        self.now = now;
        if !self.movements.is_empty() && now.since(self.began) > self.config.window_ns {
            self.end();
        }
    }

    /// When [`advance`](Correlator::advance) ends the window at hand.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        (!self.movements.is_empty()).then(|| self.began.plus_nanos(self.config.window_ns.saturating_add(1)))
    }

    /// Takes the oldest correlation that waits.
    pub fn poll(&mut self) -> Option<Correlation> {
        self.waiting.pop_front()
    }

    /// Correlations that nobody took in time.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Memory in bytes, heap included, roughly.
    pub fn memory(&self) -> usize {
        let movement = |movement: &Movement| size_of::<Movement>() + movement.service.len() + movement.template.len();
        let candidate = |one: &Candidate| {
            let texts = one.service.len() + one.followers.iter().chain(&one.reasons).map(String::len).sum::<usize>();
            size_of::<Candidate>() + movement(&one.strongest) + texts
        };
        let correlation = |one: &Correlation| {
            size_of::<Correlation>()
                + one.services.iter().map(|service| size_of::<String>() + service.len()).sum::<usize>()
                + one.candidates.iter().map(candidate).sum::<usize>()
        };
        size_of::<Correlator>()
            + self.movements.iter().map(movement).sum::<usize>()
            + self.waiting.iter().map(correlation).sum::<usize>()
    }

    fn end(&mut self) {
        let movements = std::mem::take(&mut self.movements);
        let uncounted = std::mem::take(&mut self.uncounted);
        let Some(mut found) = self.correlate(&movements) else { return };
        found.uncounted = uncounted;
        if self.waiting.len() >= self.config.max_waiting {
            self.waiting.pop_front();
            self.dropped += 1;
        }
        self.waiting.push_back(found);
    }

    /// What a list of movements says, whatever their order.
    pub fn correlate(&self, movements: &[Movement]) -> Option<Correlation> {
        let mut firsts: BTreeMap<&str, Timestamp> = BTreeMap::new();
        let mut strongest: BTreeMap<&str, &Movement> = BTreeMap::new();
        let mut templates = BTreeSet::new();
        for movement in movements {
            let service = movement.service.as_str();
            let first = firsts.entry(service).or_insert(movement.at);
            *first = (*first).min(movement.at);
            let own = strongest.entry(service).or_insert(movement);
            if movement.severity > own.severity {
                *own = movement;
            }
            templates.insert((service, movement.template.as_str()));
        }
        if firsts.len() < self.config.min_services || templates.len() < self.config.min_templates {
            return None;
        }
        let mut order: Vec<(Timestamp, &str)> = firsts.iter().map(|(service, at)| (*at, *service)).collect();
        order.sort_unstable();
        let (first, last) = (order.first()?.0, order.last()?.0);
        let mut candidates: Vec<Candidate> = order
            .iter()
            .filter_map(|&(at, service)| {
                Some(self.candidate(service, at, (first, last), &firsts, strongest.get(service)?))
            })
            .collect();
        candidates.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then(a.moved_at.cmp(&b.moved_at)).then_with(|| a.service.cmp(&b.service))
        });
        candidates.truncate(self.config.max_candidates);
        Some(Correlation {
            window: Window { start: first, end: last },
            templates: templates.len(),
            services: order.into_iter().map(|(_, service)| service.to_owned()).collect(),
            candidates,
            uncounted: 0,
        })
    }

    fn candidate(
        &self,
        service: &str,
        at: Timestamp,
        (first, last): (Timestamp, Timestamp),
        firsts: &BTreeMap<&str, Timestamp>,
        strongest: &Movement,
    ) -> Candidate {
        let span = last.since(first);
        let lead = if span > 0 { last.since(at) as f64 / span as f64 } else { 1.0 };
        let dependents = self.topology.dependents(service);
        let follows = |other: &str, moved: Timestamp| {
            if self.topology.is_empty() { moved > at } else { moved >= at && dependents.contains(other) }
        };
        let others = firsts.iter().filter(|(other, _)| **other != service);
        let followers: Vec<String> =
            others.filter(|(other, moved)| follows(other, **moved)).map(|(other, _)| (*other).to_owned()).collect();
        let reach = followers.len() as f64 / (firsts.len() - 1).max(1) as f64;
        let score = 0.4 * lead + 0.4 * reach + 0.2 * strongest.severity.get();
        let behind = at.since(first);
        let mut reasons = vec![if behind > 0 {
            format!("moved {} after the first", seconds(behind))
        } else if span > 0 {
            format!("moved first, {} before the last", seconds(span))
        } else {
            "moved at the same time as the others".to_owned()
        }];
        if !followers.is_empty() {
            let whose = match (followers.len(), self.topology.is_empty()) {
                (1, true) => "service",
                (1, false) => "service that depends on it",
                (_, true) => "services",
                (_, false) => "services that depend on it",
            };
            reasons.push(format!("{} {whose} moved after it: {}", followers.len(), followers.join(", ")));
        }
        reasons.push(format!(
            "its strongest movement is {} of severity {}",
            strongest.kind.name().replace('_', " "),
            strongest.severity
        ));
        Candidate { service: service.to_owned(), score, moved_at: at, strongest: strongest.clone(), followers, reasons }
    }
}

/// `0.1 s`, `40 s`
fn seconds(nanos: i64) -> String {
    let seconds = nanos as f64 / NANOS_PER_SECOND as f64;
    if seconds < 9.95 { format!("{seconds:.1} s") } else { format!("{seconds:.0} s") }
}
