//! Whether a miner fits somebody's logs, measured on a sample of them, and what would fit better.
//!
//! **Takes** messages and the settings of a miner. **Gives** a [`FitReport`]: what the miner makes of the sample, what is
//! wrong with it ([`Finding`]: the number, the threshold that it crossed, templates, values and lines as evidence), and
//! changes that help ([`Suggestion`]). **Promises**: total, bounded, deterministic, pure. A suggestion is never a rule of
//! thumb: it was tried on the sample, and its numbers are what a miner with those settings gives. **Costs**: a hash and a
//! copy per line pushed; at the end a pass over the sample for the settings as they are and one for each trial.
//!
//! Nothing here knows what a template *should* be: there is no label to compare with. What can be seen without one is that
//! templates grow with the lines, that they are copies of each other, that one has no word of its own left, that a wildcard
//! hides a state and its opposite.
//!
//! ```
//! use drainrs::{Fit, FitConfig, FitStatus};
//!
//! let mut fit = Fit::build(&FitConfig::default())?;
//! // Names without a digit, side by side: no rule can tell them from words.
//! let name = |n: u32| (0..5).map(|at| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> (at * 5) & 15) as u8)).collect::<String>();
//! for n in 0..2000_u32 {
//!     fit.push(format!("member {} {} logged in", name(n), name(n + 2000)).as_bytes());
//! }
//! let report = fit.finish();
//! assert_eq!(report.status, FitStatus::Warn);
//! let masks = report.suggested.unwrap().normalize.masks;
//! assert_eq!((masks[0].name.as_str(), masks[0].pattern.as_str()), ("MEMBER", r"(?<=\bmember )[a-z]+(?=\s|$)"));
//! assert!(report.suggestions[0].before.templates > 100 && report.suggestions[0].after.templates < 10);
//! # Ok::<(), drainrs::Error>(())
//! ```

mod config;
mod families;
mod findings;
mod machine;
mod masks;
mod report;
mod sample;
mod slots;
mod states;
mod study;
mod trials;

pub use config::{FitConfig, FitLimits, FitThresholds};
pub use machine::Fit;
pub use report::{
    Adjustment, Finding, FindingKind, FitCost, FitReport, FitStatus, Measure, Place, SampleFacts, Suggestion,
    TemplateEvidence,
};
