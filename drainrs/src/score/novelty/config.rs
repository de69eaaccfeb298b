//! Settings of the novelty scorer.

use crate::error::Problems;
use crate::time::NANOS_PER_SECOND;

/// When something new is told. Times are nanoseconds.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoveltyConfig {
    /// Learning of a service ends after this. Default 24 h.
    pub learn_ns: i64,
    /// Or when less than one template an hour was new for this long. Default 3 h.
    pub quiet_ns: i64,
    /// But not while a larger share of the events than this, `0..=1`, founds templates. Default 0.1.
    pub max_novelty_rate: f64,
    /// More new templates of a service than this within `flood_ns` are told as one flood. Default 20.
    pub flood_templates: u32,
    /// See `flood_templates`. Default 10 min.
    pub flood_ns: i64,
    /// A new template's burst is what arrives in this time. Default 5 min.
    pub burst_ns: i64,
    /// A new template that was seen in so many different hours is adopted: told once more, and usual from then on. Default 3.
    pub adopt_hours: u32,
    /// The most contents of templates that are remembered; the ones not used for longest are forgotten. Default 65,536.
    pub max_known: usize,
    /// The most new templates that are followed at once. Default 1,024.
    pub max_young: usize,
    /// The most services whose learning is followed. Default 4,096.
    pub max_services: usize,
}

impl Default for NoveltyConfig {
    fn default() -> NoveltyConfig {
        let minute = 60 * NANOS_PER_SECOND;
        NoveltyConfig {
            learn_ns: 24 * 60 * minute,
            quiet_ns: 3 * 60 * minute,
            max_novelty_rate: 0.1,
            flood_templates: 20,
            flood_ns: 10 * minute,
            burst_ns: 5 * minute,
            adopt_hours: 3,
            max_known: 65_536,
            max_young: 1_024,
            max_services: 4_096,
        }
    }
}

impl NoveltyConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        for (name, nanos) in [
            ("learn_ns", self.learn_ns),
            ("quiet_ns", self.quiet_ns),
            ("flood_ns", self.flood_ns),
            ("burst_ns", self.burst_ns),
        ] {
            problems.require(nanos >= 0, &format!("score.novelty.{name}"), || {
                format!("{nanos} is negative; write a time in nanoseconds, or 0 for none")
            });
        }
        problems.require((0.0..=1.0).contains(&self.max_novelty_rate), "score.novelty.max_novelty_rate", || {
            format!("{} is no share between 0 and 1", self.max_novelty_rate)
        });
        for (name, most) in
            [("max_known", self.max_known), ("max_young", self.max_young), ("max_services", self.max_services)]
        {
            problems.require(most >= 1, &format!("score.novelty.{name}"), || "must be at least 1, got 0".to_owned());
        }
        problems.require(self.adopt_hours >= 1, "score.novelty.adopt_hours", || "must be at least 1, got 0".to_owned());
    }
}
