//! Settings of the distance scorer, of its vectors and of clustering.

use crate::error::{Error, Problems};
use crate::time::NANOS_PER_SECOND;

/// How texts become vectors.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VectoriserConfig {
    /// The numbers in a vector, 16 to 4,096. Default 256: more of them measure the same.
    pub dimensions: usize,
    /// The words of a text that are looked at, 1 to 256. Default 128.
    pub max_words: usize,
    /// The words and pairs of words of which is remembered how many texts have them; the ones not met for longest are
    /// forgotten, and weigh what unseen ones weigh. Default 65,536.
    pub max_features: usize,
}

impl Default for VectoriserConfig {
    fn default() -> VectoriserConfig {
        VectoriserConfig { dimensions: 256, max_words: 128, max_features: 65_536 }
    }
}

/// The most words that a vectoriser can look at.
pub(super) const MOST_WORDS: usize = 256;

impl VectoriserConfig {
    pub(super) fn check(&self, path: &str, problems: &mut Problems) {
        let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        problems.require((16..=4096).contains(&self.dimensions), &at("dimensions"), || {
            format!("{} is not between 16 and 4096", self.dimensions)
        });
        problems.require((1..=MOST_WORDS).contains(&self.max_words), &at("max_words"), || {
            format!("{} is not between 1 and {MOST_WORDS}", self.max_words)
        });
        problems.require(self.max_features >= 1, &at("max_features"), || "0 is too few; write at least 1".to_owned());
    }
}

/// How points are clustered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KMeansConfig {
    /// How many clusters, at least 1. Default 100.
    pub clusters: usize,
    /// How often the centroids move at most, at least 1. Default 50.
    pub max_iterations: u32,
    /// What the first centroids are drawn with: the same seed and points give the same clusters. Default 1.
    pub seed: u64,
    /// How many points are named for each cluster, the nearest ones. Default 3.
    pub max_representatives: usize,
}

impl Default for KMeansConfig {
    fn default() -> KMeansConfig {
        KMeansConfig { clusters: 100, max_iterations: 50, seed: 1, max_representatives: 3 }
    }
}

impl KMeansConfig {
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        problems.require(self.clusters >= 1, "clusters", || "0 clusters hold no point; write at least 1".to_owned());
        problems.require(self.max_iterations >= 1, "max_iterations", || "0 is too few; write at least 1".to_owned());
        problems.finish()
    }
}

/// When a text is far from all that is known.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CentroidConfig {
    /// The cosine distance from the nearest known text, above 0 and at most 2, from which on a text is unusual, unless
    /// calibration finds another one. Default 0.35.
    pub threshold: f64,
    /// Calibration: the share of lines of known templates that may lie beyond the threshold, above 0 and below 1. Default
    /// 0.005.
    pub false_alarm_rate: f64,
    /// In adaptive mode everything is learned and nothing said for so long after the first event, in nanoseconds. Default
    /// 24 h.
    pub learn_ns: i64,
    /// An unusual template that was seen in so many different hours is learned. Default 3.
    pub adopt_hours: u32,
    /// The known texts, and the known vectors of the host, that are kept; the ones not near to anything for longest make
    /// room. Default 4,096.
    pub max_known: usize,
    /// The unusual templates that are followed until they are learned or accepted. Default 256.
    pub max_unusual: usize,
    /// The bytes of a text that are kept to show it, and to weigh it anew, at least 16. What is beyond them is not looked at.
    /// Default 512.
    pub max_text_bytes: usize,
    /// How texts become vectors.
    pub vectoriser: VectoriserConfig,
}

impl Default for CentroidConfig {
    fn default() -> CentroidConfig {
        CentroidConfig {
            threshold: 0.35,
            false_alarm_rate: 0.005,
            learn_ns: 24 * 3600 * NANOS_PER_SECOND,
            adopt_hours: 3,
            max_known: 4_096,
            max_unusual: 256,
            max_text_bytes: 512,
            vectoriser: VectoriserConfig::default(),
        }
    }
}

impl CentroidConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(self.threshold > 0.0 && self.threshold <= 2.0, "score.centroid.threshold", || {
            format!("{} is no cosine distance above 0 and at most 2", self.threshold)
        });
        let rate = self.false_alarm_rate;
        problems.require(rate > 0.0 && rate < 1.0, "score.centroid.false_alarm_rate", || {
            format!("{rate} is no share between 0 and 1")
        });
        problems.require(self.learn_ns >= 0, "score.centroid.learn_ns", || {
            format!("{} is negative; write a time in nanoseconds, or 0 for none", self.learn_ns)
        });
        problems.require(self.max_text_bytes >= 16, "score.centroid.max_text_bytes", || {
            format!("{} is too few; write at least 16", self.max_text_bytes)
        });
        for (name, most) in [
            ("adopt_hours", self.adopt_hours as usize),
            ("max_known", self.max_known),
            ("max_unusual", self.max_unusual),
        ] {
            problems.require(most >= 1, &format!("score.centroid.{name}"), || "must be at least 1, got 0".to_owned());
        }
        self.vectoriser.check("score.centroid.vectoriser", problems);
    }
}
