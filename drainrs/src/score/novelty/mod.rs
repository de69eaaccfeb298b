//! Novelty: templates never seen before.
//!
//! **Takes** events that create a template. **Gives** [`ScoreKind::NewTemplate`](crate::ScoreKind) for what nobody has seen,
//! [`ScoreKind::Reappeared`](crate::ScoreKind) for what was forgotten and is back,
//! [`ScoreKind::TemplateFlood`](crate::ScoreKind) in place of a hundred single news after a deploy, and
//! [`ScoreKind::Adopted`](crate::ScoreKind) when a new template has become usual. **Promises**: bounded; a template is
//! reported once, whatever its number of lines. **Costs**: nothing for an event of a known template while nothing is new; one
//! lookup while something is.
//!
//! # How unusual is a new template?
//!
//! As unusual as new templates are: in a service that founds one with every second line it says nothing, in one that founded
//! none in a million lines very much. The chance that the next event is of an unseen kind is estimated by the share of kinds
//! seen once (Good, "The population frequencies of species", Biometrika 40, 1953); here by its online form, the rate of first
//! sightings: `p = (new + 1) / (events + 1)`, both decayed with a half-life of a day. The surprise is `-log10 p`. A burst
//! raises it: `log10` of the number of events in the first five minutes is added when they are over.
//!
//! # Learning
//!
//! A service that was never seen is *learning*: all is new in it. While it learns, only templates of level error and above are
//! told, and marked unverified. Learning ends when a day has passed, or when less than one template an hour was new for three
//! hours, but not before the share of new templates among the events has fallen under a tenth.

mod config;
mod learning;
mod scorer;

pub use config::NoveltyConfig;
pub use scorer::Novelty;
