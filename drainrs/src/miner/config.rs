//! Settings of a miner: those of its two stages.

use crate::mine::DrainConfig;
use crate::normalize::NormalizeConfig;

/// Settings of a [`Miner`](crate::Miner). The same JSON or TOML configures every door of the library.
///
/// ```
/// use drainrs::MinerConfig;
/// let config: MinerConfig = serde_json::from_str(r#"{ "mine": { "max_templates": 500 } }"#).unwrap();
/// assert_eq!(config.mine.max_templates, Some(500));
/// assert!(serde_json::from_str::<MinerConfig>(r#"{ "mine": { "max_template": 500 } }"#).is_err(), "a typo is an error");
/// ```
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MinerConfig {
    /// How lines become tokens.
    pub normalize: NormalizeConfig,
    /// How tokens become templates.
    pub mine: DrainConfig,
}

impl MinerConfig {
    /// Exactly Drain3 0.9.11 with its default settings: the same cluster ids, templates, sizes and change types.
    pub fn drain3() -> MinerConfig {
        MinerConfig { normalize: NormalizeConfig::drain3(), mine: DrainConfig::drain3() }
    }
}
