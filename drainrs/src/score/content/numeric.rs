//! Numbers of a place: their distribution, its usual range, and how far out a number is.
//!
//! Beyond the 5 % and the 95 % quantile a distribution is taken for an exponential one or for a Pareto one, whichever finds
//! the number less surprising; the scale is the median of what went beyond, over ln 2. Both need two quantiles and no
//! moments, so a wild value in the history moves nothing. (Peaks over a threshold: Pickands 1975; the exponential and the
//! Pareto law are the generalised Pareto law's light and heavy members.)

use crate::stats::Portable;
use std::f64::consts::{LN_2, LN_10};

use super::ContentConfig;
use crate::stats::Sketch;
use crate::wire::state;

/// The tails begin where so much of the distribution is left on either side.
const TAIL: f64 = 0.05;

/// A scale is at least so much of the range between the quartiles: ties at a quantile would make everything a surprise.
const LEAST_SCALE: f64 = 0.05;

/// With fewer values a scale is known so badly that it is widened, by the fourth root of what is missing.
const SURE: f64 = 1000.0;

/// One tail, looked at as an upper one.
#[derive(Debug, Clone, Copy)]
struct Tail {
    /// Where it begins.
    edge: f64,
    /// The scale of the exponential law; 0 where nothing can be said.
    scale: f64,
    /// The scale of the Pareto law, in the logarithm; 0 where there is none, at edges that are not positive.
    shape: f64,
}

impl Tail {
    /// From its beginning, the median of what is beyond, the greatest value, the least scale, and the step from one value to
    /// the next.
    fn new(edge: f64, median: f64, last: f64, least: f64, step: f64, count: f64) -> Tail {
        let widen = (SURE / count).max(1.0).sqrt().sqrt();
        // Of rounded numbers neither quantile is known better than to half a step.
        let median = median + step / 2.0;
        let least = least.max(step);
        let mut scale = ((median - edge) / LN_2).max(least);
        if scale <= 0.0 {
            // Nearly all values are one. What is left speaks for itself: the greatest of n is ln n scales out.
            scale = (last - edge) / (TAIL * count).max(2.0).portable_ln();
        }
        let shape = if edge > 0.0 { ((median / edge).portable_ln() / LN_2).max(least / edge) } else { 0.0 };
        Tail { edge, scale: scale * widen, shape: shape * widen }
    }

    /// How surprising a value beyond the edge is.
    fn surprise(&self, value: f64) -> f64 {
        if self.scale <= 0.0 || value <= self.edge {
            return 0.0;
        }
        let exponential = (value - self.edge) / self.scale;
        let pareto = if self.shape > 0.0 { (value / self.edge).portable_ln() / self.shape } else { f64::INFINITY };
        -TAIL.portable_log10() + exponential.min(pareto) / LN_10
    }

    /// The value whose surprise is the threshold.
    fn alarm(&self, threshold: f64) -> f64 {
        if self.scale <= 0.0 {
            return f64::MAX;
        }
        let beyond = (threshold + TAIL.portable_log10()) * LN_10;
        let exponential = self.edge + self.scale * beyond;
        let pareto = if self.shape > 0.0 { self.edge * (self.shape * beyond).portable_exp() } else { f64::MIN };
        exponential.max(pareto).min(f64::MAX)
    }
}

/// The usual range of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usual {
    pub(super) low: f64,
    pub(super) median: f64,
    pub(super) high: f64,
}

/// A number that is too far out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outlier {
    pub(super) surprise: f64,
    pub(super) usual: Usual,
    pub(super) upper: bool,
}

/// The numbers of a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    pub(super) sketch: Sketch<u16>,
    /// Numbers from here to `high` are not looked at any further.
    low: f64,
    high: f64,
    /// At which count the two are reckoned anew.
    due: u64,
    trial: Option<Box<Trial>>,
}

state! { Numbers { sketch, low, high, due, trial } }

impl Numbers {
    /// Of no numbers; `tried`: whether they might be identifiers is found out first.
    pub(super) fn new(tried: bool) -> Numbers {
        let trial = tried.then(|| Box::new(Trial::default()));
        Numbers { sketch: Sketch::new(), low: f64::MIN, high: f64::MAX, due: 0, trial }
    }

    /// Takes a number.
    #[inline]
    pub(super) fn learn(&mut self, value: f64, config: &ContentConfig) {
        self.sketch.insert(value);
        if self.sketch.count() >= self.due {
            self.reckon(config);
        }
    }

    /// Takes a number that came so many times.
    pub(super) fn learn_times(&mut self, value: f64, times: u32) {
        self.sketch.insert_times(value, times);
        self.due = 0;
    }

    /// Whether the numbers turn out to be identifiers, now that so many are seen; asked of every number as it is learned.
    /// `whole`: it is a whole number without a unit.
    #[inline]
    pub(super) fn are_identifiers(&mut self, value: f64, whole: bool) -> bool {
        let Some(trial) = &mut self.trial else { return false };
        if !trial.take(value, whole) {
            return false;
        }
        let verdict = trial.verdict();
        self.trial = None;
        match verdict {
            Verdict::Identifiers => true,
            Verdict::Different => self.is_short_tailed(),
            Verdict::Numbers => false,
        }
    }

    /// Whether the upper tail is that of an even spread, as random identifiers have it: of 0.45 of the range between the
    /// median and the 95 % quantile 0.025 is between that and the 97.5 % quantile.
    fn is_short_tailed(&self) -> bool {
        let quantiles = self.sketch.quantiles([0.025, 0.05, 0.5, 0.95, 0.975]);
        quantiles.is_some_and(|[least, low, median, high, most]| {
            let short = |beyond: f64, range: f64| beyond <= 0.12 * range;
            short(most - high, high - median) && short(low - least, median - low)
        })
    }

    /// Whether a number is too far out.
    #[inline]
    pub(super) fn check(&self, value: f64, config: &ContentConfig) -> Option<Outlier> {
        if (self.low..=self.high).contains(&value) || self.sketch.count() < u64::from(config.min_values) {
            return None;
        }
        self.judge(value, config)
    }

    #[cold]
    fn judge(&self, value: f64, config: &ContentConfig) -> Option<Outlier> {
        let (lower, usual, upper) = self.tails()?;
        let is_upper = value > usual.median;
        let surprise = if is_upper { upper.surprise(value) } else { lower.surprise(-value) };
        if surprise < config.threshold {
            return None;
        }
        let count = self.sketch.count();
        let as_far = if is_upper { self.sketch.count_from(value) } else { self.sketch.count_to(value) };
        // With few values a single one is no history.
        if as_far >= 2 && as_far as f64 >= config.veto_share * count as f64 {
            return None;
        }
        Some(Outlier { surprise, usual, upper: is_upper })
    }

    /// Both tails, the lower one turned round, and the range between them.
    fn tails(&self) -> Option<(Tail, Usual, Tail)> {
        let [q025, low, q25, median, q75, high, q975] =
            self.sketch.quantiles([TAIL / 2.0, TAIL, 0.25, 0.5, 0.75, 1.0 - TAIL, 1.0 - TAIL / 2.0])?;
        let (min, max) = (self.sketch.min()?, self.sketch.max()?);
        let count = self.sketch.count() as f64;
        let least = |edge: f64| (LEAST_SCALE * (q75 - q25)).max(self.sketch.accuracy() * edge.abs());
        let step = (high - low) / (self.sketch.bins_between(low, high).max(2) - 1) as f64;
        let lower = Tail::new(-low, -q025, -min, least(low), step, count);
        let upper = Tail::new(high, q975, max, least(high), step, count);
        Some((lower, Usual { low, median, high }, upper))
    }

    /// The bounds beyond which a number is looked at, anew: every eighth more that is known.
    #[cold]
    fn reckon(&mut self, config: &ContentConfig) {
        if self.sketch.count() > u64::from(config.max_history) {
            self.sketch.decay();
        }
        let count = self.sketch.count();
        let start = u64::from(config.min_values);
        if count < start {
            self.due = start;
            return;
        }
        self.due = (count + count / 8 + 1).min(u64::from(config.max_history).max(count) + 1);
        if let Some((lower, _, upper)) = self.tails() {
            self.low = -lower.alarm(config.threshold);
            self.high = upper.alarm(config.threshold);
        }
    }

    /// Makes a number usual: as if it had come as often as what is no outlier any more.
    pub(super) fn adopt(&mut self, value: f64, config: &ContentConfig) {
        #[allow(clippy::cast_sign_loss, reason = "a share of a count")]
        let share = (config.veto_share * self.sketch.count() as f64).ceil() as u32;
        self.learn_times(value, share.saturating_add(2));
        self.reckon(config);
    }

    pub(super) fn merge(&mut self, other: &Numbers) {
        self.sketch.merge(&other.sketch);
        self.due = 0;
        if other.trial.is_none() {
            self.trial = None;
        }
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.sketch.memory() + self.trial.as_ref().map_or(0, |_| size_of::<Trial>())
    }
}

/// How many numbers a trial takes.
const TRIAL: u32 = 256;

/// The first numbers of a place, which show whether they are identifiers: counted up, or all different.
#[derive(Debug, Clone, PartialEq, Default)]
struct Trial {
    /// A bit for each of 512 hashes: linear counting of how many are different (Whang et al. 1990).
    seen: [u64; 8],
    count: u32,
    different: u32,
    rises: u32,
    falls: u32,
    whole: u32,
    last: f64,
}

state! { Trial { seen, count, different, rises, falls, whole, last } }

enum Verdict {
    /// Counted up or down.
    Identifiers,
    /// Whole numbers of which more than half are different.
    Different,
    Numbers,
}

impl Trial {
    /// Takes a number; `true` when it was the last one needed.
    fn take(&mut self, value: f64, whole: bool) -> bool {
        let hash = crate::stats::mix((value + 0.0).to_bits());
        if let Some(word) = self.seen.get_mut((hash >> 6 & 7) as usize) {
            self.different += u32::from(*word >> (hash & 63) & 1 == 0);
            *word |= 1 << (hash & 63);
        }
        if self.count > 0 {
            self.rises += u32::from(value > self.last);
            self.falls += u32::from(value < self.last);
        }
        self.last = value;
        self.whole += u32::from(whole);
        self.count += 1;
        self.count >= TRIAL
    }

    fn verdict(&self) -> Verdict {
        let most = TRIAL * 19 / 20;
        if self.rises >= most || self.falls >= most {
            return Verdict::Identifiers;
        }
        // Half of 256 different values hit 512 * (1 - exp(-128 / 512)) = 113 bits.
        if self.whole >= most && self.different >= 113 { Verdict::Different } else { Verdict::Numbers }
    }
}
