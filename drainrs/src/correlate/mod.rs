//! Correlating: what moved together, and who moved first.
//!
//! **Takes** [`Movement`]s: a template of a service that rose, fell, stopped or is new, and when. **Gives** a [`Correlation`] when
//! enough of them fall into one window: the services in the order of how well each explains the others, with what speaks for
//! it. **Promises**: a candidate is a candidate. Nothing here knows causes; that one thing came before another, and that
//! others depend on it, is all that is said. Bounded, deterministic, no clock. **Costs**: linear in the movements of a window
//! times the services in it.
//!
//! # The order of candidates
//!
//! For a service `s` among the services that moved:
//!
//! ```text
//! score = 0.4 lead + 0.4 reach + 0.2 force
//! lead  = (last first-movement of all services - first movement of s) / (last - first); 1 where all moved at once
//! reach = share of the other services that depend on s, directly or not, and did not move before it;
//!         without a topology, of those that moved after it
//! force = severity of the strongest movement of s, 0..1
//! ```
//!
//! Drops and silences count as much as rises: lines that are missing point at a fault more often than lines too many.
//!
//! ```
//! use drainrs::correlate::{CorrelateConfig, Correlator, Movement};
//! use drainrs::{ScoreKind, Severity, Timestamp};
//!
//! let config: CorrelateConfig = serde_json::from_str(
//!     r#"{ "topology": { "web": ["cart"], "cart": ["db"] } }"#,
//! ).unwrap();
//! let mut correlator = Correlator::build(&config)?;
//! for (second, service) in [(0, "db"), (20, "cart"), (40, "web")] {
//!     let at = Timestamp::from_seconds(second);
//!     correlator.take(Movement::new(service, "timeout", at, ScoreKind::Spike, Severity::ALARM));
//! }
//! correlator.advance(Timestamp::from_seconds(600));
//! let correlation = correlator.poll().unwrap();
//! assert_eq!(correlation.candidates[0].service, "db");
//! assert_eq!(correlation.candidates[0].reasons[1], "2 services that depend on it moved after it: cart, web");
//! # Ok::<(), drainrs::Error>(())
//! ```

mod config;
mod correlator;
mod topology;

pub use config::CorrelateConfig;
pub use correlator::{Candidate, Correlation, Correlator, Movement};
