//! Settings of the correlator.

use std::collections::BTreeMap;

use crate::error::Problems;
use crate::time::NANOS_PER_SECOND;

/// What counts as together.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorrelateConfig {
    /// Movements within this time belong together, in nanoseconds. Default 5 min.
    pub window_ns: i64,
    /// Fewer services than this are no correlation. Default 2.
    pub min_services: usize,
    /// Fewer templates than this are no correlation. Default 3.
    pub min_templates: usize,
    /// The most movements of a window; more are counted only. Default 1,000.
    pub max_movements: usize,
    /// The most candidates that are named. Default 5.
    pub max_candidates: usize,
    /// The most correlations that wait to be taken; the oldest is dropped. Default 64.
    pub max_waiting: usize,
    /// What each service depends on, by name. Cycles are allowed; services that are not named depend on nothing.
    pub topology: BTreeMap<String, Vec<String>>,
}

impl Default for CorrelateConfig {
    fn default() -> CorrelateConfig {
        CorrelateConfig {
            window_ns: 300 * NANOS_PER_SECOND,
            min_services: 2,
            min_templates: 3,
            max_movements: 1_000,
            max_candidates: 5,
            max_waiting: 64,
            topology: BTreeMap::new(),
        }
    }
}

/// More edges than this are a mistake.
const MAX_EDGES: usize = 100_000;

impl CorrelateConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require(self.window_ns > 0, "correlate.window_ns", || {
            format!("must be above 0, got {}; the unit is nanoseconds", self.window_ns)
        });
        for (name, most) in [
            ("min_services", self.min_services),
            ("min_templates", self.min_templates),
            ("max_movements", self.max_movements),
            ("max_candidates", self.max_candidates),
            ("max_waiting", self.max_waiting),
        ] {
            problems.require(most >= 1, &format!("correlate.{name}"), || "must be at least 1, got 0".to_owned());
        }
        let edges: usize = self.topology.values().map(Vec::len).sum();
        problems.require(edges <= MAX_EDGES, "correlate.topology", || {
            format!("{edges} dependencies are more than {MAX_EDGES}")
        });
    }
}
