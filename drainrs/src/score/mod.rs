//! Scoring: what is counted and said in, what is unusual out, with the numbers that say so.
//!
//! **Takes** [`Observation`](crate::Observation)s as they happen and [`Closed`](crate::Closed) windows as they end. **Gives**
//! [`Score`](crate::Score)s: what was noticed, how unusual it is on one scale for all scorers
//! ([`Severity`](crate::Severity)), what was observed, what was expected, and a sentence with the numbers in it.
//! **Promises**: total (no observation makes an error, a panic or a number that is none); deterministic; bounded by `max_*`
//! limits; no clock. **Costs**: some 10 to 50 ns per event and scorer, about a microsecond per series and closed window.
//!
//! | scorer | notices | module |
//! |---|---|---|
//! | [`Frequency`] | more or fewer events than usual for the hour | `frequency` |
//! | [`Novelty`] | a template never seen before | `novelty` |
//! | [`Silence`] | a template or service that stopped | `silence` |
//! | [`Sequence`] | a session whose events are not those of a session | `sequence` |
//! | [`Content`] | a value outside what its place usually has | `content` |
//! | [`Centroid`] | a text, or a host's vector, far from all known ones | `centroid` |
//! | [`Drift`] | a rate that slowly moves away (off unless asked for) | `drift` |
//!
//! All implement [`Scorer`], which a host may implement too. Each also works alone on plain data: a list of counts, of times,
//! of values, of vectors. [`ranking`] tells what changed most between two windows, [`calibrate`] what a threshold is worth.

mod battery;
pub mod calibrate;
mod config;
pub mod ranking;
mod scorer;

mod centroid;
mod content;
mod drift;
mod frequency;
mod novelty;
mod sequence;
mod silence;

pub use crate::text::Unit;
pub use battery::Battery;
pub use centroid::{
    Centroid, CentroidConfig, CentroidCounters, DistanceJudgement, KMeans, KMeansConfig, Vectoriser, VectoriserConfig,
};
pub use config::{ScoreConfig, ScorerName};
pub use content::{Content, ContentConfig, ContentCounters, SlotSummary, Value, ValueJudgement, ValueModel};
pub use drift::{Drift, DriftConfig};
pub use frequency::{
    Frequency, FrequencyConfig, FrequencyJudgement, FrequencyMethod, FrequencyModel, Prediction, TooFewWindows,
    mad_score, naive_z, z_score,
};
pub use novelty::{Novelty, NoveltyConfig};
pub use scorer::{Mode, Scorer};
pub use sequence::{
    Deviation, Difference, Judgement as SequenceJudgement, Sequence, SequenceBaseline, SequenceConfig,
    SequenceCounters, SequenceModel, Unready,
};
pub use silence::{Silence, SilenceConfig};

crate::wire::alone! {
    Battery of ScoreConfig, b"BATT";
    Centroid of CentroidConfig, b"CENT";
    Content of ContentConfig, b"CONT";
    Drift of DriftConfig, b"DRFT";
    Frequency of FrequencyConfig, b"FREQ";
    FrequencyModel of FrequencyConfig, b"FRQM";
    Novelty of NoveltyConfig, b"NOVE";
    Sequence of SequenceConfig, b"SEQU";
    SequenceModel of SequenceConfig, b"SEQM";
    Silence of SilenceConfig, b"SILE";
    ValueModel of ContentConfig, b"VALM";
}
