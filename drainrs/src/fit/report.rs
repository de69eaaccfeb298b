//! What a fit gives: plain data, with the evidence for every sentence.

use crate::id::TemplateId;
use crate::miner::MinerConfig;
use crate::normalize::Mask;

/// Whether a miner fits a sample of logs, why not, and what would help.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct FitReport {
    /// [`FitStatus::Warn`] exactly when there are findings.
    pub status: FitStatus,
    /// What the sample is.
    pub sample: SampleFacts,
    /// What the miner makes of it with the given settings.
    pub measure: Measure,
    /// What is wrong, in the order of [`FindingKind`], the largest of a kind first.
    pub findings: Vec<Finding>,
    /// Findings left out at `max_findings`.
    pub omitted_findings: u64,
    /// Changes that were tried and help. Each was measured on top of those before it.
    pub suggestions: Vec<Suggestion>,
    /// The given settings with all suggestions followed; `None` without suggestions.
    pub suggested: Option<MinerConfig>,
    /// What would still be found then; `None` without suggestions.
    pub remaining: Option<Vec<FindingKind>>,
    /// What the answer cost.
    pub cost: FitCost,
}

/// The short answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FitStatus {
    /// No threshold was crossed.
    Ok,
    /// There are findings.
    Warn,
}

/// What the sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct SampleFacts {
    /// Lines pushed.
    pub pushed: u64,
    /// Lines kept: these were mined.
    pub lines: u64,
    /// Bytes of the lines kept.
    pub bytes: u64,
    /// One line in about this many was kept.
    pub kept_one_in: u64,
    /// Lines kept by their head, because they were longer than what a miner looks at or than a sample may be.
    pub cut_lines: u64,
}

/// What a miner made of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Measure {
    /// Lines mined.
    pub lines: u64,
    /// Templates alive at the end.
    pub templates: u64,
    /// Those with a single line.
    pub singletons: u64,
    /// Templates whose first line lies in the last half of the sample, per 1,000 lines of that half.
    pub growth: f64,
    /// Families of templates that differ at a place, see [`FindingKind::Family`].
    pub families: u64,
    /// Templates in them.
    pub family_templates: u64,
    /// Templates that swallow unlike lines.
    pub black_holes: u64,
    /// Lines in them.
    pub black_hole_lines: u64,
    /// Wildcards that hold opposite states.
    pub opposites: u64,
    /// Templates that made room for others.
    pub evicted_templates: u64,
    /// Lines mined by their head.
    pub cut_lines: u64,
}

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// Templates keep growing with the lines.
    Explosion,
    /// Many templates share everything but one or two places, and more of them keep coming.
    Family,
    /// A template swallows lines that are unlike.
    BlackHole,
    /// A learned wildcard hides a state and its opposite.
    Opposites,
    /// Templates had to make room for others.
    Eviction,
    /// Lines were cut at the limits.
    Cut,
}

/// Something that crossed a threshold, with its evidence.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// A sentence: lower case, no full stop.
    pub message: String,
    /// The number that crossed its threshold.
    pub value: f64,
    /// The threshold.
    pub threshold: f64,
    /// The path of the threshold's setting.
    pub setting: String,
    /// How many templates are concerned.
    pub templates: u64,
    /// How many lines.
    pub lines: u64,
    /// Some of the templates, the largest first.
    pub shown: Vec<TemplateEvidence>,
    /// The places in them that it is about.
    pub places: Vec<Place>,
    /// Some of the lines.
    pub examples: Vec<String>,
}

/// A template that a finding concerns.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct TemplateEvidence {
    /// Its number in a miner that is fed with the sample.
    pub id: TemplateId,
    /// Its text.
    pub text: String,
    /// Its lines in the sample.
    pub lines: u64,
}

/// A token of a template, and what lines have there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Place {
    /// The number of the token, from 0.
    pub token: u32,
    /// The token before it; empty at the beginning.
    pub before: String,
    /// The token behind it; empty at the end.
    pub after: String,
    /// How many different values were seen.
    pub distinct: u64,
    /// Some of them with their lines, the most frequent first.
    pub values: Vec<(String, u64)>,
}

/// A change of the settings.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Adjustment {
    /// Masks put before those that are there: `normalize.masks`.
    AddMasks {
        /// Ready to be pasted.
        masks: Vec<Mask>,
    },
    /// A mask that is taken out of `normalize.masks`.
    RemoveMask {
        /// The mask.
        mask: Mask,
    },
    /// Another `mine.similarity_threshold`.
    SimilarityThreshold {
        /// The value it has.
        from: f64,
        /// The value it should have.
        to: f64,
    },
    /// Another `mine.depth`.
    Depth {
        /// The value it has.
        from: usize,
        /// The value it should have.
        to: usize,
    },
    /// A higher `mine.max_templates`.
    MaxTemplates {
        /// The value it has.
        from: Option<usize>,
        /// The value it should have.
        to: Option<usize>,
    },
}

impl Adjustment {
    /// Follows the suggestion.
    pub fn apply(&self, config: &mut MinerConfig) {
        match self {
            // The earlier of two masks wins, and the new one is the more particular.
            Adjustment::AddMasks { masks } => drop(config.normalize.masks.splice(0..0, masks.iter().cloned())),
            Adjustment::RemoveMask { mask } => config.normalize.masks.retain(|known| known != mask),
            Adjustment::SimilarityThreshold { to, .. } => config.mine.similarity_threshold = *to,
            Adjustment::Depth { to, .. } => config.mine.depth = *to,
            Adjustment::MaxTemplates { to, .. } => config.mine.max_templates = *to,
        }
    }
}

/// A change that was tried on the sample and helps.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Suggestion {
    /// The change.
    pub adjustment: Adjustment,
    /// The findings that it was tried for.
    pub against: FindingKind,
    /// The sample without it, but with the suggestions before it.
    pub before: Measure,
    /// The sample with it.
    pub after: Measure,
    /// The share of lines that are grouped with other lines than before.
    pub regrouped_share: f64,
    /// Of new masks: how many values they match in the sample.
    pub mask_matches: u64,
    /// Of new masks: how many of those lie elsewhere than at the places they were made for, and not in
    /// another family either.
    pub mask_matches_elsewhere: u64,
}

/// What the answer cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct FitCost {
    /// Changes tried.
    pub trials: u64,
    /// Lines mined in all, by the given settings and by the trials.
    pub lines_mined: u64,
}
