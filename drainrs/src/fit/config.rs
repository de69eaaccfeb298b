//! Settings of a fit: the miner that is judged, how much may be kept and tried, and what counts as too much.

use crate::error::Problems;
use crate::miner::MinerConfig;

/// Settings of a [`Fit`](crate::Fit).
///
/// ```
/// let config: drainrs::FitConfig = serde_json::from_str(r#"{ "limits": { "max_trials": 4 } }"#).unwrap();
/// assert_eq!(config.limits.max_sample_lines, 50_000, "what is not said keeps its default");
/// ```
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitConfig {
    /// The miner whose fit is asked for.
    pub miner: MinerConfig,
    /// How much is kept, tried and shown.
    pub limits: FitLimits,
    /// What counts as too much.
    pub thresholds: FitThresholds,
}

/// How much is kept, tried and shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitLimits {
    /// The most lines kept. Default 50,000.
    pub max_sample_lines: usize,
    /// The most bytes kept of lines. Default 32 MiB.
    pub max_sample_bytes: usize,
    /// The most changes that are tried, each with one pass over the sample. 0 tries none. Default 12.
    pub max_trials: usize,
    /// The most findings of a kind. Default 10.
    pub max_findings: usize,
    /// The most templates, values and places shown with a finding. Default 8.
    pub max_evidence: usize,
    /// The most example lines of a finding. Default 3.
    pub max_examples: usize,
    /// The most bytes shown of an example line or a value. Default 256.
    pub max_example_bytes: usize,
}

impl Default for FitLimits {
    fn default() -> FitLimits {
        FitLimits {
            max_sample_lines: 50_000,
            max_sample_bytes: 32 << 20,
            max_trials: 12,
            max_findings: 10,
            max_evidence: 8,
            max_examples: 3,
            max_example_bytes: 256,
        }
    }
}

/// What counts as too much. A number beyond its threshold is a [`Finding`](crate::Finding).
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitThresholds {
    /// Growth and the number of templates are judged from this many lines on: of a short sample every line is new.
    /// Default 500.
    pub min_lines: u64,
    /// New templates per 1,000 lines in the last half of the sample. Default 100: every tenth line.
    pub max_growth: f64,
    /// Templates per line. Default 0.25.
    pub max_template_share: f64,
    /// Templates that differ at one or two places, before they are called a family. Default 10.
    pub min_family_templates: u64,
    /// The share of the last half of a family's lines that founded another of its templates; below it the family is a
    /// list of words that has been seen to its end. Default 0.1.
    pub max_family_growth: f64,
    /// A template with fewer lines is no black hole. Default 10.
    pub min_black_hole_lines: u64,
    /// The share of a template's words that must be literal. Default 0.2.
    pub min_literal_share: f64,
    /// Different words that recur, but not in all lines, among the values of a template without literal words: only where there are so many does
    /// it swallow lines that are unlike. Default 3.
    pub min_swallowed_words: u64,
    /// A wildcard with more different values holds no state. Default 8.
    pub max_state_values: usize,
    /// The share of a wildcard's lines whose value must be a state. Default 0.5.
    pub min_state_share: f64,
    /// The share of lines that may be cut at the limits. Default 0.001.
    pub max_cut_share: f64,
    /// The share of a suggested mask's matches that may lie elsewhere than at the place it was made for. Default 0.1.
    pub max_elsewhere: f64,
    /// The share by which a change must lessen what it was tried for, to be suggested. Default 0.2.
    pub min_gain: f64,
}

impl Default for FitThresholds {
    fn default() -> FitThresholds {
        FitThresholds {
            min_lines: 500,
            max_growth: 100.0,
            max_template_share: 0.25,
            min_family_templates: 10,
            max_family_growth: 0.1,
            min_black_hole_lines: 10,
            min_literal_share: 0.2,
            min_swallowed_words: 3,
            max_state_values: 8,
            min_state_share: 0.5,
            max_cut_share: 0.001,
            max_elsewhere: 0.1,
            min_gain: 0.2,
        }
    }
}

impl FitConfig {
    /// Notes what is out of its range, but for the miner's settings, which the miner checks itself.
    pub(super) fn check(&self, problems: &mut Problems) {
        let FitLimits {
            max_sample_lines, max_sample_bytes, max_trials, max_findings, max_evidence, max_examples, ..
        } = self.limits;
        for (path, value, least, most) in [
            ("limits.max_sample_lines", max_sample_lines, 1, 10_000_000),
            ("limits.max_sample_bytes", max_sample_bytes, 4096, 1 << 31),
            ("limits.max_trials", max_trials, 0, 1000),
            ("limits.max_findings", max_findings, 1, 10_000),
            ("limits.max_evidence", max_evidence, 1, 10_000),
            ("limits.max_examples", max_examples, 0, 1000),
            ("limits.max_example_bytes", self.limits.max_example_bytes, 1, 1 << 20),
            ("thresholds.max_state_values", self.thresholds.max_state_values, 2, 1000),
        ] {
            problems.require((least..=most).contains(&value), path, || {
                format!("must lie between {least} and {most}, got {value}")
            });
        }
        let thresholds = &self.thresholds;
        for (path, share) in [
            ("thresholds.max_template_share", thresholds.max_template_share),
            ("thresholds.max_family_growth", thresholds.max_family_growth),
            ("thresholds.min_literal_share", thresholds.min_literal_share),
            ("thresholds.min_state_share", thresholds.min_state_share),
            ("thresholds.max_cut_share", thresholds.max_cut_share),
            ("thresholds.max_elsewhere", thresholds.max_elsewhere),
            ("thresholds.min_gain", thresholds.min_gain),
        ] {
            problems.require((0.0..=1.0).contains(&share), path, || format!("must lie between 0 and 1, got {share}"));
        }
        problems.require((0.0..=1000.0).contains(&thresholds.max_growth), "thresholds.max_growth", || {
            format!("must lie between 0 and 1000, it is per 1,000 lines; got {}", thresholds.max_growth)
        });
        problems.require(thresholds.min_family_templates >= 2, "thresholds.min_family_templates", || {
            format!("must be at least 2, got {}", thresholds.min_family_templates)
        });
    }
}
