//! Which scorers run, and how they are set.

use super::centroid::CentroidConfig;
use super::content::ContentConfig;
use super::drift::DriftConfig;
use super::frequency::FrequencyConfig;
use super::novelty::NoveltyConfig;
use super::scorer::Mode;
use super::sequence::SequenceConfig;
use super::silence::SilenceConfig;
use crate::error::Problems;

/// The scorers that come with the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ScorerName {
    /// More or fewer events than usual.
    Frequency,
    /// Templates never seen before.
    Novelty,
    /// Templates and services that stopped.
    Silence,
    /// Rates that slowly moved away.
    Drift,
    /// Sessions whose events are not those of a session.
    Sequence,
    /// Values outside what their place usually has.
    Content,
    /// Texts far from all known ones; not among the default ones.
    Centroid,
}

impl ScorerName {
    /// Every scorer there is.
    pub fn all() -> &'static [ScorerName] {
        &[
            ScorerName::Frequency,
            ScorerName::Novelty,
            ScorerName::Silence,
            ScorerName::Drift,
            ScorerName::Sequence,
            ScorerName::Content,
            ScorerName::Centroid,
        ]
    }

    /// Its name, as in settings and scores.
    ///
    /// ```
    /// assert_eq!(drainrs::score::ScorerName::Silence.name(), "silence");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            ScorerName::Frequency => "frequency",
            ScorerName::Novelty => "novelty",
            ScorerName::Silence => "silence",
            ScorerName::Drift => "drift",
            ScorerName::Sequence => "sequence",
            ScorerName::Content => "content",
            ScorerName::Centroid => "centroid",
        }
    }
}

/// Settings of the scorers.
///
/// ```
/// use drainrs::score::{ScoreConfig, ScorerName};
/// let config: ScoreConfig = serde_json::from_str(r#"{ "scorers": ["novelty"] }"#).unwrap();
/// assert_eq!(config.scorers, [ScorerName::Novelty]);
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreConfig {
    /// Whether scorers learn and speak. Default adaptive.
    pub mode: Mode,
    /// The scorers that run. Default all but centroid and drift.
    pub scorers: Vec<ScorerName>,
    /// See [`Frequency`](super::Frequency).
    pub frequency: FrequencyConfig,
    /// See [`Novelty`](super::Novelty).
    pub novelty: NoveltyConfig,
    /// See [`Silence`](super::Silence).
    pub silence: SilenceConfig,
    /// See [`Drift`](super::Drift).
    pub drift: DriftConfig,
    /// See [`Sequence`](super::Sequence).
    pub sequence: SequenceConfig,
    /// See [`Content`](super::Content).
    pub content: ContentConfig,
    /// See [`Centroid`](super::Centroid).
    pub centroid: CentroidConfig,
}

impl Default for ScoreConfig {
    fn default() -> ScoreConfig {
        ScoreConfig {
            mode: Mode::default(),
            scorers: vec![
                ScorerName::Frequency,
                ScorerName::Novelty,
                ScorerName::Content,
                ScorerName::Sequence,
                ScorerName::Silence,
            ],
            frequency: FrequencyConfig::default(),
            novelty: NoveltyConfig::default(),
            silence: SilenceConfig::default(),
            drift: DriftConfig::default(),
            sequence: SequenceConfig::default(),
            content: ContentConfig::default(),
            centroid: CentroidConfig::default(),
        }
    }
}

impl ScoreConfig {
    /// Whether a scorer runs.
    pub fn has(&self, name: ScorerName) -> bool {
        self.scorers.contains(&name)
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        self.frequency.check(problems);
        self.novelty.check(problems);
        self.silence.check(problems);
        self.drift.check(problems);
        self.sequence.check(problems);
        self.content.check(problems);
        self.centroid.check(problems);
    }
}
