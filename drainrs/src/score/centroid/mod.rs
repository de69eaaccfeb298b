//! Distance: texts, or a host's vectors, that are far from all known ones.
//!
//! **Takes** events that create or widen a template; texts; vectors of the host's own. **Gives**
//! [`ScoreKind::Distance`](crate::ScoreKind) with the cosine distance and the nearest known text. **Promises**: total,
//! deterministic, bounded by `max_*` limits; a vector that is zero, not finite or of other dimensions is an error that names
//! it, never a number that is none. **Costs**: nothing for a line of a known template; for a new one some microseconds and a
//! comparison with each known text, 0.2 ms for 4,096 of them.
//!
//! # The method
//!
//! A [`Vectoriser`] makes a text into a vector: numbers, identifiers and addresses masked, words and pairs of words hashed,
//! weighed by how few texts have them. A text is compared with every known one, and what is far from the nearest is
//! unusual (the nearest neighbour as novelty detector: Markou and Singh, "Novelty detection: a review", Signal Processing 83,
//! 2003). Masking is what makes it work; clustering does not help, but caps memory: see [`Centroid::condense_texts`] and
//! [`KMeans`].
//!
//! It is a measure of *novelty*, not of badness: it tells a text with new words from one that says known things otherwise, not
//! a harmless new text from a harmful one.
//!
//! # The threshold
//!
//! 0.35, or, calibrated on lines whose templates are known, the distance that one in 200 of them reaches
//! ([`Centroid::calibrate_texts`]; conformal: Laxhammar and Falkman, "Conformal prediction for distribution-independent anomaly
//! detection in streaming vessel data", 2010). Vectors of the host have no threshold until they are calibrated: what is far
//! depends on the model that made them.
//!
//! # The surprise
//!
//! Distances have no probabilities. By convention a distance at the threshold has a surprise of 5, one in 100,000, and a
//! distance of 1, nothing in common, one of 10; straight lines between them, from 0 at 0, and beyond.

mod config;
mod kmeans;
mod scorer;
mod store;
#[cfg(test)]
mod tests;
mod unit;
mod vector;
mod vectoriser;
mod words;

pub use config::{CentroidConfig, KMeansConfig, VectoriserConfig};
pub use kmeans::KMeans;
pub use scorer::{Centroid, CentroidCounters, DistanceJudgement};
pub use vectoriser::Vectoriser;
