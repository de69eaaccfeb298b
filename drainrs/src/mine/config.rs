//! Settings of the miner.

use crate::error::Problems;

/// Which grouping rule runs on the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// The library's own rule.
    #[default]
    Default,
    /// Exactly Drain3 0.9.11.
    Drain3,
}

/// Settings of [`Drain`](crate::mine::Drain).
///
/// ```
/// let config: drainrs::DrainConfig = serde_json::from_str(r#"{ "similarity_threshold": 0.5 }"#).unwrap();
/// assert_eq!(config.max_templates, Some(10_000), "what is not said keeps its default");
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DrainConfig {
    /// The grouping rule.
    pub rule: Rule,
    /// Depth of the tree as Drain3 counts it: the root, the level of token counts, one level per leading token, the leaves.
    /// At least 3; `depth - 3` leading tokens are looked at. Default 5, Drain3's is 4.
    pub depth: usize,
    /// The share of tokens, `0..=1`, that a line must have in common with a template to join it. Default 0.5, Drain3's
    /// is 0.4.
    pub similarity_threshold: f64,
    /// How many different words a place must have shown before it counts as a parameter, at least 2; [`Rule::Default`]
    /// only. Values prove a parameter sooner, states and first words later: `docs/accuracy.md` has the table. Default 4.
    pub distinct_values: usize,
    /// The most children a node may have; the last one is the wildcard. At least 1. Default 100, as Drain3's.
    pub max_children: usize,
    /// The most templates that are kept; the least recently used one makes room. `None` is unbounded, Drain3's default.
    /// Default 10,000.
    pub max_templates: Option<usize>,
    /// The most bytes that templates, examples, tree and indexes hold, as [`MinerStats::memory`](crate::MinerStats::memory) counts
    /// them; the least recently used template makes room. What a template takes is reckoned from its content, twice over, because
    /// tables double when they grow: so the limit holds, and the same lines give the same templates whatever happened before. At
    /// least 1 MiB. `None` is unbounded. No effect under [`Rule::Drain3`], which never lets a node of its tree go. Default 256 MiB,
    /// which 10,000 templates of ordinary lines come nowhere near.
    pub max_memory: Option<usize>,
    /// Whether a token that holds a digit takes the wildcard branch of the tree when it founds a template. Default true.
    pub parametrize_numeric_tokens: bool,
    /// The most example lines kept per template, a fair sample of all its lines. Default 3.
    pub max_examples: usize,
    /// The most bytes kept of an example line. Default 256.
    pub max_example_bytes: usize,
    /// The most lineage entries waiting to be taken; the oldest is dropped and counted. Default 4,096.
    pub max_lineage: usize,
}

impl Default for DrainConfig {
    fn default() -> DrainConfig {
        DrainConfig {
            rule: Rule::Default,
            depth: 5,
            similarity_threshold: 0.5,
            distinct_values: 4,
            max_children: 100,
            max_templates: Some(10_000),
            max_memory: Some(256 << 20),
            parametrize_numeric_tokens: true,
            max_examples: 3,
            max_example_bytes: 256,
            max_lineage: 4096,
        }
    }
}

impl DrainConfig {
    /// The smallest limit on memory.
    const LEAST_MEMORY: usize = 1 << 20;

    /// The largest limit on templates.
    pub(crate) const MAX_TEMPLATES: usize = 100_000_000;

    /// Drain3's own defaults: depth 4, similarity 0.4, 100 children, no limit on templates.
    pub fn drain3() -> DrainConfig {
        DrainConfig {
            rule: Rule::Drain3,
            depth: 4,
            similarity_threshold: 0.4,
            max_children: 100,
            max_templates: None,
            max_memory: None,
            ..DrainConfig::default()
        }
    }

    /// Notes every setting that is out of its range.
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(self.depth >= 3, "mine.depth", || format!("must be at least 3, got {}", self.depth));
        problems.require(self.depth <= 64, "mine.depth", || format!("must be at most 64, got {}", self.depth));
        // Drain3 compares with any number; what lies outside 0..=1 means "always" or "never" and is a mistake.
        problems.require((0.0..=1.0).contains(&self.similarity_threshold), "mine.similarity_threshold", || {
            format!("must lie between 0 and 1, got {}", self.similarity_threshold)
        });
        problems.require((2..=10_000).contains(&self.distinct_values), "mine.distinct_values", || {
            format!("must lie between 2 and 10000, got {}", self.distinct_values)
        });
        problems.require(self.max_children >= 1, "mine.max_children", || {
            "must be at least 1 (the wildcard), got 0".to_owned()
        });
        problems.require(self.max_templates != Some(0), "mine.max_templates", || {
            "must be at least 1, got 0; leave it out for no limit".to_owned()
        });
        problems.require(
            self.max_templates.is_none_or(|max| max <= DrainConfig::MAX_TEMPLATES),
            "mine.max_templates",
            || {
                format!(
                    "must be at most {}, got {}",
                    DrainConfig::MAX_TEMPLATES,
                    self.max_templates.unwrap_or_default()
                )
            },
        );
        problems.require(self.max_memory.is_none_or(|max| max >= DrainConfig::LEAST_MEMORY), "mine.max_memory", || {
            format!(
                "must be at least {} bytes, got {}; write null for no limit",
                DrainConfig::LEAST_MEMORY,
                self.max_memory.unwrap_or_default()
            )
        });
        problems.require(self.max_lineage <= 10_000_000, "mine.max_lineage", || {
            format!("must be at most 10000000, got {}; take entries more often instead", self.max_lineage)
        });
        problems.require(self.max_examples <= 1000, "mine.max_examples", || {
            format!("must be at most 1000, got {}", self.max_examples)
        });
        problems.require(self.max_example_bytes <= 1 << 20, "mine.max_example_bytes", || {
            format!("must be at most 1048576, got {}", self.max_example_bytes)
        });
    }
}
