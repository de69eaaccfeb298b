//! Settings of a pipeline: one field per stage.

use super::filter::FilterConfig;
use crate::detect::DetectConfig;
use crate::join::JoinConfig;
use crate::mine::DrainConfig;
use crate::miner::MinerConfig;
use crate::normalize::NormalizeConfig;
use crate::parse::ParseConfig;

/// Settings of a [`Pipeline`](crate::Pipeline).
///
/// ```
/// use drainrs::{Level, PipelineConfig};
/// let config: PipelineConfig = serde_json::from_str(r#"{ "filter": { "min_level": "warn" } }"#).unwrap();
/// assert_eq!(config.filter.min_level, Level::Warn);
/// ```
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PipelineConfig {
    /// How lines become events.
    pub join: JoinConfig,
    /// How headers are read.
    pub parse: ParseConfig,
    /// Which events are mined.
    pub filter: FilterConfig,
    /// How messages become tokens.
    pub normalize: NormalizeConfig,
    /// How tokens become templates.
    pub mine: DrainConfig,
    /// How templates become alerts. None by default: a pipeline that only mines pays nothing for it.
    pub detect: Option<DetectConfig>,
}

impl PipelineConfig {
    /// The part that the miner is built from.
    pub fn miner(&self) -> MinerConfig {
        MinerConfig { normalize: self.normalize.clone(), mine: self.mine.clone() }
    }
}
