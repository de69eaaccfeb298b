//! Which scorers run.

/// Settings of the scorers: a field per scorer, absent scorers are off.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreConfig {
    /// Whether scorers learn and speak.
    pub mode: super::Mode,
    /// Sessions whose events are not those of a session.
    pub sequence: Option<super::SequenceConfig>,
}
