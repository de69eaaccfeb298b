//! Content: values that their place in a template does not usually have.
//!
//! **Takes** the parameters of [`Observation`](crate::Observation)s, by series and [`Slot`](crate::Slot); or plain values, for
//! [`ValueModel`]. **Gives** [`ScoreKind::Value`](crate::ScoreKind::Value) for a number or a length out of its range and
//! [`ScoreKind::NewValue`](crate::ScoreKind::NewValue) for a new or rare one among few. **Promises**: as all scorers; at most
//! `max_slots` places. **Costs**: about 100 ns for a usual value with its parsing (measured on a busy machine); a place of few values
//! about 100 bytes and 24 for each of them, a place of many numbers up to 0.7 KiB.
//!
//! # The method
//!
//! A place finds out by itself what it is:
//!
//! | its values | judged by |
//! |---|---|
//! | at most `max_categories` (16) different numbers, `max_texts` (64) texts | the set: new, or rarer than `rare_share` |
//! | more different numbers | their distribution: how far beyond the 5 % or 95 % quantile |
//! | more different texts that repeat | the distribution of their lengths |
//! | whole numbers that only rise or fall, or are all different and evenly spread; texts of which more than half are different | nothing: identifiers |
//!
//! What the normalizer knows to be an identifier or a time (`<UUID>`, `<HEX>`, `<ID>`, `<MAC>`, `<TIMESTAMP>`, ...) is not
//! followed; addresses and hosts are judged as a set and nothing else. Numbers are compared in base units: `50ms` and `50 s`
//! in one slot are 0.05 and 50 seconds. Where the unit is a word of the template (`<NUM> requests`), the number is bare.
//!
//! *Numbers.* Beyond its 95 % quantile a distribution is close to a generalised Pareto one (Pickands, "Statistical inference
//! using extreme order statistics", 1975). With the quantile `q` and the median `m` of what is beyond it, the 97.5 % quantile:
//!
//! ```text
//! exponential   e = (x - q) / ((m - q) / ln 2)
//! Pareto        e = ln(x / q) / (ln(m / q) / ln 2)        where q > 0
//! surprise      -log10 p = log10 20 + min(e) / ln 10
//! ```
//!
//! and the same for the lower tail. Of rounded numbers `m` is half a step farther out. A scale is at least that step, 5 % of
//! the range between the quartiles, and the accuracy of the sketch; with fewer than 1,000 values it is widened by the fourth root of `1000 / n`. A number is usual after all if
//! `veto_share` (0.2 %) of the history is as extreme. Quantiles come from a sketch of 128 counters and move little with one
//! value in a thousand that is bad, where a mean, a deviation, a least and a greatest value would be lost.
//!
//! *Sets.* A value seen `k` times among `n` has the surprise `3 + log10((n + 1) / (k + 1))`: a set gives no tail, so its bound
//! is taken a thousandfold. Nothing is said while new values are to be expected, that is while more than one value in 500 was
//! seen once (Good, "The population frequencies of species and the estimation of population parameters", 1953), or when a
//! number is one more of a count: 4 after 0, 1, 2 and 3.
//!
//! # Modes
//!
//! `Learn` takes everything for usual. `Adaptive` learns what it does not flag; a flagged value waits until it was flagged in
//! `adopt_windows` (3) different hours, and is usual from then on: a set takes it in, a distribution gets it as often as the
//! veto asks for. `Detect` does not change sets and does not adopt; distributions still follow the numbers that were not
//! flagged.

mod categorical;
mod config;
mod numeric;
mod scorer;
mod show;
mod slot;
mod value;

pub use config::ContentConfig;
pub use scorer::{Content, ContentCounters, SlotSummary};
pub use slot::{ValueJudgement, ValueModel};
pub use value::Value;

#[cfg(test)]
mod tests;
