//! Settings of the frequency scorer.

use crate::error::Problems;
use crate::time::NANOS_PER_SECOND;

/// What a count is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FrequencyMethod {
    /// Tails of a negative binomial with a level and a season.
    #[default]
    Seasonal,
    /// Standard deviations from the mean of the trailing history.
    ZScore,
    /// Median absolute deviations from its median, as standard deviations of a normal variable.
    Mad,
    /// Standard deviations from an exponentially weighted mean.
    Ewma,
    /// Tails of a Poisson variable with an exponentially weighted mean.
    Poisson,
}

/// When a count is unusual. Times are nanoseconds.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FrequencyConfig {
    /// What a count is compared with. Default seasonal.
    pub method: FrequencyMethod,
    /// How many false alarms a day are acceptable over all series; the threshold follows. Seasonal and Poisson only.
    /// Default 1.
    pub false_alarms_per_day: f64,
    /// A fixed threshold on `-log10 p` instead. Default none.
    pub threshold: Option<f64>,
    /// The threshold of the methods that count standard deviations. Default 3.
    pub deviations: f64,
    /// How many windows the trailing history of z-score and MAD holds. At least 12. Default 288.
    pub history: usize,
    /// Half of the level is forgotten in this time. Default 24 h.
    pub half_life_ns: i64,
    /// Whether hours of the day have factors, from the third day on. Default true.
    pub season: bool,
    /// Half of an hour's factor is forgotten in so many days. Default 14.
    pub season_half_life_days: f64,
    /// Whether surprises are tempered by a series' own record: what it does every week is no surprise. Fewer false alarms on
    /// heavy tails, and fewer alarms. Default false.
    pub temper: bool,
    /// No alarms for a series before it has seen so many windows. Default 24.
    pub min_windows: u32,
    /// A spike has at least so many events. Default 3.
    pub min_spike: u64,
    /// A single window is called low only where at least so many events are expected; where fewer are, two in a row must be.
    /// Default 10.
    pub min_drop_mean: f64,
    /// The most series that are followed; those that had no events for longest make room. Default 10,000.
    pub max_series: usize,
}

impl Default for FrequencyConfig {
    fn default() -> FrequencyConfig {
        FrequencyConfig {
            method: FrequencyMethod::Seasonal,
            false_alarms_per_day: 1.0,
            threshold: None,
            deviations: 3.0,
            history: 288,
            half_life_ns: 24 * 3600 * NANOS_PER_SECOND,
            season: true,
            season_half_life_days: 14.0,
            temper: false,
            min_windows: 24,
            min_spike: 3,
            min_drop_mean: 10.0,
            max_series: 10_000,
        }
    }
}

/// What a trailing history holds at least: with fewer windows no count can be three standard deviations out.
pub(super) const LEAST_HISTORY: usize = 12;

impl FrequencyConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        let path = |name: &str| format!("score.frequency.{name}");
        for (name, value) in [
            ("false_alarms_per_day", self.false_alarms_per_day),
            ("threshold", self.threshold.unwrap_or(1.0)),
            ("deviations", self.deviations),
            ("season_half_life_days", self.season_half_life_days),
        ] {
            problems.require(value > 0.0 && value.is_finite(), &path(name), || format!("must be above 0, got {value}"));
        }
        problems.require((LEAST_HISTORY..=100_000).contains(&self.history), &path("history"), || {
            format!(
                "{} is not between {LEAST_HISTORY} and 100000; in n windows no count is more than (n - 1)/sqrt(n) standard \
                 deviations out",
                self.history
            )
        });
        problems.require(self.half_life_ns > 0, &path("half_life_ns"), || {
            format!("must be above 0, got {}; the unit is nanoseconds", self.half_life_ns)
        });
        problems.require(self.min_drop_mean >= 0.0, &path("min_drop_mean"), || {
            format!("must not be negative, got {}", self.min_drop_mean)
        });
        problems.require(self.max_series >= 1, &path("max_series"), || "must be at least 1, got 0".to_owned());
    }
}
