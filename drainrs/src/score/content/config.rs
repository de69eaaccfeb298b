//! The settings of the content scorer.

use crate::error::{Error, Problems};
use crate::time::NANOS_PER_SECOND;

/// What is unusual about the value of a place, and how much is remembered.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContentConfig {
    /// The surprise (`-log10 p`) from which a value is reported. Default 5: one in 100,000.
    pub threshold: f64,
    /// Values that a place must have had before it is judged. Default 100.
    pub min_values: u32,
    /// Values that a place must have had before a *known* value of it is judged for being rare; scores with fewer are marked
    /// as unverified. Default 1,000.
    pub min_values_rare: u32,
    /// The share of all values below which a known value of a small set is rare, 0 to 0.1. Default 0.001.
    pub rare_share: f64,
    /// The share of all values that must be at least as extreme for a number to be usual after all, 0 to 0.1. Default 0.002.
    pub veto_share: f64,
    /// The most different values of a place of numbers that are held one by one, 1 to 64; beyond it their distribution is
    /// sketched. Default 16.
    pub max_categories: usize,
    /// The most different texts of a place, 1 to 1,024; beyond it only their length is judged. Default 64.
    pub max_texts: usize,
    /// After so many values of a place all count half, so that old ones fade; from `min_values_rare` on. Default 100,000.
    pub max_history: u32,
    /// The most places that are followed, over all services and templates; the one that was not used for longest makes room.
    /// Default 16,384.
    pub max_slots: usize,
    /// The most flagged values of a place that wait for being adopted, 1 to 64. Default 4.
    pub max_quarantined: usize,
    /// In how many different windows a flagged value must come back to be usual from then on. Default 3; 0 never adopts.
    pub adopt_windows: u32,
    /// The length of those windows in nanoseconds. Default one hour.
    pub adopt_window_ns: i64,
}

impl Default for ContentConfig {
    fn default() -> ContentConfig {
        ContentConfig {
            threshold: 5.0,
            min_values: 100,
            min_values_rare: 1000,
            rare_share: 0.001,
            veto_share: 0.002,
            max_categories: 16,
            max_texts: 64,
            max_history: 100_000,
            max_slots: 16_384,
            max_quarantined: 4,
            adopt_windows: 3,
            adopt_window_ns: 3600 * NANOS_PER_SECOND,
        }
    }
}

impl ContentConfig {
    /// Notes what is out of range.
    pub(crate) fn check(&self, problems: &mut Problems) {
        let path = |name: &str| format!("score.content.{name}");
        problems.require((2.0..=300.0).contains(&self.threshold), &path("threshold"), || {
            format!("{} is not between 2 and 300; 5 is one value in 100,000", self.threshold)
        });
        problems.require(self.min_values >= 20, &path("min_values"), || {
            format!("{} values show no usual range; write 20 or more", self.min_values)
        });
        problems.require(self.min_values_rare >= self.min_values, &path("min_values_rare"), || {
            format!("{} is less than min_values, {}", self.min_values_rare, self.min_values)
        });
        for (name, share) in [("rare_share", self.rare_share), ("veto_share", self.veto_share)] {
            problems.require((0.0..=0.1).contains(&share), &path(name), || format!("{share} is not between 0 and 0.1"));
        }
        for (name, number, most) in [
            ("max_categories", self.max_categories, 64),
            ("max_texts", self.max_texts, 1024),
            ("max_slots", self.max_slots, 1 << 24),
            ("max_quarantined", self.max_quarantined, 64),
        ] {
            problems
                .require((1..=most).contains(&number), &path(name), || format!("{number} is not between 1 and {most}"));
        }
        problems.require(self.max_history >= self.min_values_rare.max(1000), &path("max_history"), || {
            format!("{} is less than min_values_rare or 1000; old values would fade at once", self.max_history)
        });
        problems.require(self.adopt_window_ns > 0, &path("adopt_window_ns"), || {
            format!("{} is no length of time; an hour is 3600000000000", self.adopt_window_ns)
        });
    }

    /// An error that lists all that is out of range.
    pub(super) fn checked(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        self.check(&mut problems);
        problems.finish()
    }
}
