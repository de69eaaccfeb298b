//! Frequency: more or fewer events than usual.
//!
//! **Takes** closed windows. **Gives** [`ScoreKind::Spike`](crate::ScoreKind) and [`ScoreKind::Drop`](crate::ScoreKind) for
//! series whose count is too far out, with the expected count, the usual range and the surprise. **Promises**: the count that
//! is judged is never part of what it is judged by; a count in a window without events is judged, too. **Costs**: about a
//! microsecond per series and window, far less where nothing happened.
//!
//! # The default method
//!
//! A count is expected to be negative binomial: counts of log lines are burstier than a Poisson process, whose tails would
//! raise hundreds of false alarms a day. Its mean is a level (an exponentially weighted mean with a half-life of a day) times
//! the factor of the hour (24 for working days, 24 for weekends); its variance is learned beside it, and scaled with the
//! power 1.5 of the season. The surprise is `-log10` of the smaller tail. What is learned of a count is cut at six standard
//! deviations, so that an incident does not become the usual.
//!
//! What is too rare for its windows, less than one event an hour, is judged over one to two hours as well.
//!
//! # How often it may be wrong
//!
//! The threshold follows from a budget: so many false alarms a day over all series ([`FrequencyConfig::false_alarms_per_day`]),
//! divided by the tests that were really made in a day. A fixed threshold can be set instead.
//!
//! # Other methods
//!
//! What dashboards do: [`zscore`](FrequencyMethod::ZScore), [`mad`](FrequencyMethod::Mad), [`ewma`](FrequencyMethod::Ewma),
//! [`poisson`](FrequencyMethod::Poisson) over a trailing history, each without the current value. [`naive_z`] is the recipe of
//! tutorials, current value included, for comparison: it cannot fire at all on ten counts or fewer.

mod classic;
mod config;
mod model;
mod record;
mod scorer;
mod season;
mod slow;

pub use classic::{TooFewWindows, mad_score, naive_z, z_score};
pub use config::{FrequencyConfig, FrequencyMethod};
pub use model::Prediction;
pub use scorer::{Frequency, FrequencyJudgement, FrequencyModel};
