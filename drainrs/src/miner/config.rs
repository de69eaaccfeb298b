//! Settings of a miner: those of its two stages.

use super::ini::Drain3Ini;
use crate::error::{Error, Problems};
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

impl TryFrom<Drain3Ini> for MinerConfig {
    type Error = Error;

    /// The settings of a `drain3.ini`, under Drain3's rule.
    ///
    /// ```
    /// use drainrs::{MinerConfig, read_drain3_ini};
    /// let config = MinerConfig::try_from(read_drain3_ini("[DRAIN]\nsim_th = 0.5\ndepth = 6")?)?;
    /// assert_eq!((config.mine.similarity_threshold, config.mine.depth), (0.5, 6));
    /// # Ok::<(), drainrs::Error>(())
    /// ```
    fn try_from(ini: Drain3Ini) -> Result<MinerConfig, Error> {
        let mut problems = Problems::default();
        let mut size = |path: &str, value: i64| {
            let size = usize::try_from(value);
            problems.require(size.is_ok(), path, || format!("must not be negative, got {value}"));
            size.unwrap_or_default()
        };
        let mut config = MinerConfig::drain3();
        config.mine.similarity_threshold = ini.sim_th;
        config.mine.depth = size("DRAIN.depth", ini.depth);
        config.mine.max_children = size("DRAIN.max_children", ini.max_children);
        config.mine.max_templates = ini.max_clusters.map(|max| size("DRAIN.max_clusters", max));
        config.mine.parametrize_numeric_tokens = ini.parametrize_numeric_tokens;
        config.normalize.extra_delimiters = ini.extra_delimiters;
        config.normalize.masks = ini.masks;
        config.normalize.mask_prefix = ini.mask_prefix;
        config.normalize.mask_suffix = ini.mask_suffix;
        problems.finish().map(|()| config)
    }
}
