//! What moved together across services: candidates for where to look first, never a finding of the cause.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::correlate::{CorrelateConfig, Correlation, Correlator, Movement};
use crate::program::failure::Failure;
use crate::{Alert, AlertStatus, Error, Pipeline, Timestamp};

/// The document of a correlation. Times are RFC 3339 in UTC.
#[derive(Debug, Serialize)]
pub(super) struct Together {
    #[serde(skip)]
    pub(super) began: Timestamp,
    window: [String; 2],
    /// How many templates moved.
    pub(super) templates: usize,
    /// The services in the order in which they moved.
    pub(super) services: Vec<String>,
    /// The best first.
    pub(super) candidates: Vec<Candidate>,
    /// Movements that were too many to look at.
    uncounted: u64,
}

/// A service that may explain the others.
#[derive(Debug, Serialize)]
pub(super) struct Candidate {
    pub(super) service: String,
    score: f64,
    moved_at: String,
    followers: Vec<String>,
    pub(super) reasons: Vec<String>,
}

impl From<Correlation> for Together {
    fn from(found: Correlation) -> Together {
        let candidates = found.candidates.into_iter().map(|one| Candidate {
            service: one.service,
            score: one.score,
            moved_at: one.moved_at.to_string(),
            followers: one.followers,
            reasons: one.reasons,
        });
        Together {
            began: found.window.start,
            window: [found.window.start.to_string(), found.window.end.to_string()],
            templates: found.templates,
            services: found.services,
            candidates: candidates.collect(),
            uncounted: found.uncounted,
        }
    }
}

/// While a scorer is learning only what is rarer than one in ten counts: a log begins in all services at once.
const LEAST_SURPRISE: f64 = 1.0;

/// What finds it, by who depends on whom.
pub(super) fn correlator(topology: &BTreeMap<String, Vec<String>>) -> Result<Correlator, Error> {
    Correlator::build(&CorrelateConfig { topology: topology.clone(), ..CorrelateConfig::default() })
}

/// What moved together, by what was told. Services without a name are left out.
pub(super) fn find(told: &[Alert], pipeline: &Pipeline, mut correlator: Correlator) -> Vec<Together> {
    let Some(detector) = pipeline.detector() else { return Vec::new() };
    let alerts = told.iter().filter(|alert| alert.status != AlertStatus::Resolved);
    let scores = alerts.flat_map(|alert| std::iter::once(&alert.score).chain(&alert.others));
    let mut movements: Vec<Movement> = scores
        .filter(|score| !score.unverified || score.surprise >= LEAST_SURPRISE)
        .filter_map(|score| {
            let service = detector.service_name(score.service)?;
            Movement::of(score, &service)
        })
        .collect();
    movements.sort_by_key(|movement| movement.at);
    movements.into_iter().for_each(|movement| correlator.take(movement));
    correlator.finish();
    std::iter::from_fn(|| correlator.poll()).map(Together::from).collect()
}

/// Which service depends on which, in TOML or JSON: `web = ["cart", "db"]`.
pub(crate) fn read_topology(path: &Path) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    let wrong = |sentence: &str| {
        let help = "write a line such as web = [\"cart\", \"db\"] for each service that depends on others";
        Failure::wrong(format!("{}: {}; {help}", path.display(), sentence.trim_end()))
    };
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(&text).map_err(|error| wrong(&error.to_string()));
    }
    toml::from_str(&text).map_err(|error| wrong(error.message()))
}
