//! What is usual for one series at one time of the week.

use super::config::FrequencyConfig;
use crate::flow::Window;
use crate::stats::{ln_count_tails, ln_zero, surprise};
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::state;

const HOUR: i64 = 3600 * NANOS_PER_SECOND;
const DAY: i64 = 24 * HOUR;
/// Slots of the season: 24 hours of a working day, 24 of a day of the weekend.
const SLOTS: usize = 48;
/// How strongly a slot is drawn towards 1 until it has seen much: as if so many events had come as expected.
const SHRINK: f32 = 8.0;
/// How the variance grows with the mean: between that of a Poisson process (1) and that of a fixed coefficient of variation (2).
const VARIANCE_POWER: f64 = 1.5;
/// What is learned of a count is cut at so many standard deviations, and so many events, from what was expected: an
/// incident must not become the usual.
const CLIP_DEVIATIONS: f64 = 6.0;
const CLIP_EVENTS: f64 = 3.0;
/// The bins of the record of a series' own surprises, and how wide one is.
const BINS: usize = 32;
const BIN_WIDTH: f64 = 0.5;

/// What a count is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct Prediction {
    /// The expected count.
    pub mean: f64,
    /// Its variance; at least the mean.
    pub variance: f64,
}

impl Prediction {
    /// The surprises, `-log10 p`, of seeing at most and at least `count`. A window without events is cheap.
    pub fn surprises(&self, count: u64) -> (f64, f64) {
        if count == 0 {
            return (surprise(ln_zero(self.mean, self.variance)), 0.0);
        }
        let (most, least) = ln_count_tails(count, self.mean, self.variance);
        (surprise(most), surprise(least))
    }

    /// The range in which all but one in a thousand counts lie, roughly: a normal range on the scale of square roots.
    pub fn range(&self) -> (f64, f64) {
        let deviation = self.variance.sqrt();
        ((self.mean - 3.1 * deviation).max(0.0), self.mean + 3.1 * deviation + 1.0)
    }
}

/// The level, the spread and the season of one series.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// The deseasonalised level: events per window.
    level: f64,
    /// The variance at that level.
    variance: f64,
    /// Windows learned.
    windows: u32,
    /// Windows of weekends learned.
    weekend_windows: u32,
    begun: Timestamp,
    /// Consecutive windows that were suspiciously low.
    low: u8,
    /// Observed and expected events by slot, decayed.
    observed: [f32; SLOTS],
    expected: [f32; SLOTS],
    /// How often the series' own surprises fell into each bin, decayed; and the greatest so far, decayed.
    record: [f32; BINS],
    greatest: f32,
}

state! { Model {
    level, variance, windows, weekend_windows, begun, low, observed, expected, record, greatest
} }

/// Hours of the week: the slot that a moment lies in, and how far through it, 0..1.
fn slot_of(at: Timestamp) -> (bool, usize, f32) {
    let hours = at.as_nanos().div_euclid(HOUR);
    let through = at.as_nanos().rem_euclid(HOUR) as f32 / HOUR as f32;
    // 1970-01-01 was a Thursday: day 0 of the week here is Monday.
    let day = (hours.div_euclid(24) + 3).rem_euclid(7);
    (day >= 5, hours.rem_euclid(24) as usize, through)
}

impl Model {
    pub(crate) fn new(at: Timestamp) -> Model {
        Model {
            level: 0.0,
            variance: 0.0,
            windows: 0,
            weekend_windows: 0,
            begun: at,
            low: 0,
            observed: [0.0; SLOTS],
            expected: [0.0; SLOTS],
            record: [0.0; BINS],
            greatest: 0.0,
        }
    }

    /// The first moment that is known of.
    pub(crate) fn begin(&mut self, at: Timestamp) {
        self.begun = self.begun.min(at);
    }

    /// Windows learned.
    pub(crate) fn windows(&self) -> u32 {
        self.windows
    }

    fn factor(&self, slot: usize) -> f32 {
        (self.observed[slot] + SHRINK) / (self.expected[slot] + SHRINK)
    }

    /// The factor of the season, between the centres of two slots.
    fn season(&self, window: Window, middle: Timestamp, config: &FrequencyConfig) -> f64 {
        if !config.season || middle.since(self.begun) < 2 * DAY {
            return 1.0;
        }
        // A week's first Saturday is told by its Fridays.
        let weekend_known = i64::from(self.weekend_windows).saturating_mul(window.nanos()) >= DAY;
        let slot = |hour: usize, weekend: bool| hour % 24 + if weekend && weekend_known { 24 } else { 0 };
        let (weekend, hour, through) = slot_of(middle);
        let half = middle.plus_nanos(if through < 0.5 { -HOUR } else { HOUR });
        let (other_weekend, other_hour, _) = slot_of(half);
        let share = (through - 0.5).abs();
        let own = self.factor(slot(hour, weekend));
        // Hours change gently, working days become weekends at once.
        let other = if weekend == other_weekend { self.factor(slot(other_hour, weekend)) } else { own };
        f64::from(own * (1.0 - share) + other * share)
    }

    /// What is expected of a window.
    pub(crate) fn predict(&self, window: Window, config: &FrequencyConfig) -> Prediction {
        let middle = window.start.plus_nanos(window.nanos() / 2);
        let season = self.season(window, middle, config);
        let mean = (self.level * season).max(1e-6);
        let variance = mean.max(self.variance * season.powf(VARIANCE_POWER));
        Prediction { mean, variance }
    }

    /// Tempers a surprise by the series' own record: what such a series does every week is no surprise, however the model
    /// sees it.
    pub(crate) fn tempered(&self, surprise: f64) -> f64 {
        let (seen, above) = self.record.iter().enumerate().fold((0.0, 0.0), |(seen, above), (bin, &count)| {
            let reaches = (bin + 1) as f64 * BIN_WIDTH > surprise;
            (seen + f64::from(count), above + if reaches { f64::from(count) } else { 0.0 })
        });
        let own = -((above + 1.0) / (seen + 1.0)).log10();
        surprise.min(own + (surprise - f64::from(self.greatest)).max(0.0))
    }

    /// Whether enough windows in a row were low.
    pub(crate) fn note_low(&mut self, low: bool) -> u8 {
        self.low = if low { self.low.saturating_add(1) } else { 0 };
        self.low
    }

    /// Learns from a window: the count, what had been expected, and how surprising it was.
    pub(crate) fn learn(
        &mut self,
        count: u64,
        predicted: Prediction,
        surprise: f64,
        window: Window,
        config: &FrequencyConfig,
    ) {
        self.windows = self.windows.saturating_add(1);
        let nanos = window.nanos() as f64;
        let middle = window.start.plus_nanos(window.nanos() / 2);
        let (weekend, hour, _) = slot_of(middle);
        self.weekend_windows = self.weekend_windows.saturating_add(u32::from(weekend));
        let alpha = (1.0 - (-nanos / config.half_life_ns as f64).exp2()).max(1.0 / (f64::from(self.windows) + 1.0));
        let count = count as f64;
        if self.windows == 1 {
            (self.level, self.variance) = (count, count);
            return;
        }
        let spread = CLIP_DEVIATIONS * predicted.variance.sqrt() + CLIP_EVENTS;
        let clipped = count.clamp((predicted.mean - spread).max(0.0), predicted.mean + spread);
        let season = if self.level > 0.0 { predicted.mean / self.level.max(1e-6) } else { 1.0 };
        let residual = clipped - predicted.mean;
        self.variance += alpha * (residual * residual / season.powf(VARIANCE_POWER).max(1e-9) - self.variance);
        self.level += alpha * (clipped / season.max(1e-3) - self.level);
        let slot = hour + if weekend { 24 } else { 0 };
        // A slot is touched one hour a day: its memory is counted in its own hours.
        let windows_a_day = (HOUR as f64 / nanos).max(1.0);
        let kept = (-1.0 / (config.season_half_life_days * windows_a_day)).exp2() as f32;
        self.observed[slot] = self.observed[slot] * kept + clipped as f32;
        self.expected[slot] = self.expected[slot] * kept + self.level as f32;
        let kept = (-nanos / (7.0 * DAY as f64)).exp2() as f32;
        self.record.iter_mut().for_each(|count| *count *= kept);
        #[allow(clippy::cast_sign_loss, reason = "surprises are not negative")]
        let bin = (surprise / BIN_WIDTH) as usize;
        self.record[bin.min(BINS - 1)] += 1.0;
        self.greatest = (self.greatest * kept).max(surprise as f32);
    }

    /// Unites two series: levels add, the season is that of both.
    pub(crate) fn absorb(&mut self, other: &Model) {
        self.level += other.level;
        self.variance += other.variance;
        self.windows = self.windows.max(other.windows);
        self.weekend_windows = self.weekend_windows.max(other.weekend_windows);
        self.begun = self.begun.min(other.begun);
        for slot in 0..SLOTS {
            self.observed[slot] += other.observed[slot];
            self.expected[slot] += other.expected[slot];
        }
        for bin in 0..BINS {
            self.record[bin] += other.record[bin];
        }
        self.greatest = self.greatest.max(other.greatest);
    }
}
