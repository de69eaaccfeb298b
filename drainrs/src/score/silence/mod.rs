//! Silence: what stopped.
//!
//! **Takes** events, closed windows and the time. **Gives** [`ScoreKind::Silence`](crate::ScoreKind) for a template that
//! stopped, [`ScoreKind::ServiceSilence`](crate::ScoreKind) for a whole service, and
//! [`ScoreKind::Recovered`](crate::ScoreKind) when the lines are back: once each. **Promises**: judged by a series' own rhythm,
//! never by a gap that somebody set; a gap of the whole input is no silence. **Costs**: one lookup per event, some tens of
//! nanoseconds per series and closed window.
//!
//! # How long is too long?
//!
//! Two things must agree, and the lesser of them counts:
//!
//! - *the rate*: with `L` events expected since the last one and an overdispersion `a = (variance - mean) / mean^2`, the
//!   chance of none is that of a negative binomial, and the surprise `s = ln(1 + a L) / (a ln 10)`, or `L / ln 10` for `a = 0`.
//!   `L` follows the season where the frequency scorer knows it. Every event begins a gap that could be a silence, so the
//!   logarithm of the number of events in five minutes is subtracted;
//! - *the record*: in `n` gaps none was longer than the record (which fades, half in a week), so the surprise is
//!   `log10(n + 1) gap / record` as soon as the gap is longer.
//!
//! A regular stream (at least 8 gaps, coefficient of variation `c` at most 0.25) does not need so much: a heartbeat that is
//! late is missed when `5 (gap / mean - 1) / max(0.5, 4 c)` reaches the threshold.
//!
//! Nothing shorter than `min_silence_ns` is told. Where a whole service is silent, its templates are not told one by one.

mod config;
mod rhythm;
mod scorer;

pub use config::SilenceConfig;
pub use scorer::Silence;
