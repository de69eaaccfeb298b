//! Settings of the silence scorer.

use crate::error::Problems;
use crate::time::NANOS_PER_SECOND;

/// When something is silent.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SilenceConfig {
    /// The threshold on the surprise. Default 5.
    pub threshold: f64,
    /// Fewer events than this have no rhythm. Default 20.
    pub min_events: u32,
    /// A shorter silence is never told, however regular the stream, in nanoseconds. Default 30 s.
    pub min_silence_ns: i64,
    /// The most series that are followed; those without events for longest make room. Default 10,000.
    pub max_series: usize,
    /// The most services that are followed. Default 4,096.
    pub max_services: usize,
}

impl Default for SilenceConfig {
    fn default() -> SilenceConfig {
        SilenceConfig {
            threshold: 5.0,
            min_events: 20,
            min_silence_ns: 30 * NANOS_PER_SECOND,
            max_series: 10_000,
            max_services: 4_096,
        }
    }
}

impl SilenceConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(self.threshold > 0.0 && self.threshold.is_finite(), "score.silence.threshold", || {
            format!("must be above 0, got {}", self.threshold)
        });
        problems.require(self.min_events >= 2, "score.silence.min_events", || {
            format!("must be at least 2, got {}; one event has no rhythm", self.min_events)
        });
        problems.require(self.min_silence_ns >= 0, "score.silence.min_silence_ns", || {
            format!("{} is negative; the unit is nanoseconds", self.min_silence_ns)
        });
        for (name, most) in [("max_series", self.max_series), ("max_services", self.max_services)] {
            problems.require(most >= 1, &format!("score.silence.{name}"), || "must be at least 1, got 0".to_owned());
        }
    }
}
