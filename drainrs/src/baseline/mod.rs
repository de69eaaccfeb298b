//! Baselines: what is usual, learned from logs known to be good, kept in a file, and compared.
//!
//! A [`Baseline`] is a pipeline in learning mode. It takes lines like one; [`Baseline::save`] gives bytes for the host to
//! store (a pipeline's snapshot, nothing else); [`Baseline::into_judge`] gives a pipeline that judges other logs by it and
//! learns no new things. [`compare`] tells how two baselines differ: templates that are new, gone, more or less frequent, or
//! whose values have shifted. That makes a gate for deployments:
//!
//! ```
//! use drainrs::baseline::{Baseline, CompareConfig, compare};
//! use drainrs::{PipelineConfig, Timestamp};
//!
//! let learn = |lines: &[&str]| {
//!     let mut baseline = Baseline::build(&PipelineConfig::default()).unwrap();
//!     lines.iter().for_each(|line| baseline.push(line.as_bytes(), Timestamp::from_seconds(0)));
//!     baseline.finish(Timestamp::from_seconds(0));
//!     baseline
//! };
//! let before = learn(&["INFO order 1 placed", "INFO order 2 placed"]);
//! let after = learn(&["INFO order 3 placed", "ERROR payment service unreachable"]);
//! let changes = compare(&before, &after, &CompareConfig::default());
//! assert_eq!(changes.new_errors().count(), 1);
//! ```

mod compare;
mod learned;
mod matching;
mod values;

pub use compare::{CompareConfig, Comparison, RateShift, Standing, ValueShift, compare};
pub use learned::Baseline;
