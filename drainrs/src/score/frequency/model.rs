//! What is usual for one series at one time of the week.

use super::config::FrequencyConfig;
use super::record::Record;
use super::season::Season;
use crate::flow::Window;
use crate::stats::Portable;
use crate::stats::{ln_count_tails, ln_zero, surprise};
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::state;

const HOUR: i64 = 3600 * NANOS_PER_SECOND;
const DAY: i64 = 24 * HOUR;
/// How the variance grows with the mean: between that of a Poisson process (1) and that of a fixed coefficient of variation (2).
const VARIANCE_POWER: f64 = 1.5;
/// What is learned of a count is cut at so many standard deviations, and so many events, from what was expected: an
/// incident must not become the usual.
const CLIP_DEVIATIONS: f64 = 6.0;
const CLIP_EVENTS: f64 = 3.0;
/// The greatest surprise of an hour without surprises.
const ORDINARY: f64 = 1.5;

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
    season: Season,
    /// Its own surprises, where they temper further ones.
    record: Option<Box<Record>>,
}

state! { Model { level, variance, windows, weekend_windows, begun, low, season, record } }

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
            season: Season::new(),
            record: None,
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

    /// The two slots of the season between whose centres a moment lies, its own first, and the share of the other; none as long as
    /// there is no season.
    fn slots(&self, window: Window, config: &FrequencyConfig) -> Option<(usize, usize, f32)> {
        let middle = window.start.plus_nanos(window.nanos() / 2);
        if !config.season || middle.since(self.begun) < 2 * DAY {
            return None;
        }
        // A week's first Saturday is told by its Fridays.
        let weekend_known = i64::from(self.weekend_windows).saturating_mul(window.nanos()) >= DAY;
        let slot = |hour: usize, weekend: bool| hour % 24 + if weekend && weekend_known { 24 } else { 0 };
        let (weekend, hour, through) = slot_of(middle);
        let half = middle.plus_nanos(if through < 0.5 { -HOUR } else { HOUR });
        let (other_weekend, other_hour, _) = slot_of(half);
        let own = slot(hour, weekend);
        // Hours change gently, working days become weekends at once.
        let other = if weekend == other_weekend { slot(other_hour, weekend) } else { own };
        Some((own, other, (through - 0.5).abs()))
    }

    /// The factor of the season; what it is in an hour is said by `factor`.
    fn season(&self, window: Window, config: &FrequencyConfig, factor: impl Fn(usize) -> f32) -> f64 {
        self.slots(window, config)
            .map_or(1.0, |(own, other, share)| f64::from(factor(own) * (1.0 - share) + factor(other) * share))
    }

    /// What is left of a surprise where the hour has such surprises day after day: the edges of a shift that hours do not show,
    /// a job that runs now and then a little later.
    pub(crate) fn unusual(&self, surprise: f64, window: Window, config: &FrequencyConfig) -> f64 {
        // Weekends come twice a week: the first two are told by working days.
        let weekends_known = i64::from(self.weekend_windows).saturating_mul(window.nanos()) >= 4 * DAY;
        let of = |slot: usize| {
            let working = if weekends_known { slot } else { slot % 24 };
            self.season.usual_surprise(slot).max(self.season.usual_surprise(working))
        };
        let usual = self.slots(window, config).map_or(0.0, |(own, other, _)| of(own).max(of(other)));
        (surprise - (usual - ORDINARY).max(0.0)).max(0.0)
    }

    /// What is expected of a window.
    pub(crate) fn predict(&self, window: Window, config: &FrequencyConfig) -> Prediction {
        self.with_season(self.season(window, config, |slot| self.season.factor(slot)))
    }

    /// The same as the hour has shown itself so far: what grew quiet in an hour is not missed as if it had stopped.
    pub(crate) fn follow(&self, window: Window, config: &FrequencyConfig) -> Prediction {
        self.with_season(self.season(window, config, |slot| self.season.factor_so_far(slot)))
    }

    fn with_season(&self, season: f64) -> Prediction {
        let mean = (self.level * season).max(1e-6);
        Prediction { mean, variance: mean.max(self.variance * season.portable_powf(VARIANCE_POWER)) }
    }

    /// Tempers a surprise by the series' own record.
    pub(crate) fn tempered(&self, surprise: f64) -> f64 {
        self.record.as_ref().map_or(surprise, |record| record.tempered(surprise))
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
        let alpha =
            (1.0 - (-nanos / config.half_life_ns as f64).portable_exp2()).max(1.0 / (f64::from(self.windows) + 1.0));
        let count = count as f64;
        if self.windows == 1 {
            // Of a single count there is no variance; that of a Poisson process is the least in any case.
            (self.level, self.variance) = (count, 0.0);
            return;
        }
        let spread = CLIP_DEVIATIONS * predicted.variance.sqrt() + CLIP_EVENTS;
        let clipped = count.clamp((predicted.mean - spread).max(0.0), predicted.mean + spread);
        let season = if self.level > 0.0 { predicted.mean / self.level.max(1e-6) } else { 1.0 };
        let residual = clipped - predicted.mean;
        // By how far the count is off before and after it is learned (Welford 1962): a series that is founded by its only event has
        // the variance of one event.
        let square = residual * residual * (1.0 - alpha) / season.portable_powf(VARIANCE_POWER).max(1e-9);
        self.variance += alpha * (square - self.variance);
        self.level += alpha * (clipped / season.max(1e-3) - self.level);
        let slot = hour + if weekend { 24 } else { 0 };
        // A slot is touched one hour a day: its memory is counted in its own hours.
        let windows_a_day = (HOUR as f64 / nanos).max(1.0);
        let kept = (-1.0 / (config.season_half_life_days * windows_a_day)).portable_exp2() as f32;
        let hours = i32::try_from(middle.as_nanos().div_euclid(HOUR)).unwrap_or_default();
        self.season.add(hours, slot, kept, clipped as f32, self.level as f32, surprise);
        if config.temper {
            let kept = (-nanos / (7.0 * DAY as f64)).portable_exp2() as f32;
            self.record.get_or_insert_default().add(surprise, kept);
        }
    }

    /// Unites two series: levels add, the season is that of both.
    pub(crate) fn absorb(&mut self, other: &Model) {
        self.level += other.level;
        self.variance += other.variance;
        self.windows = self.windows.max(other.windows);
        self.weekend_windows = self.weekend_windows.max(other.weekend_windows);
        self.begun = self.begun.min(other.begun);
        self.season.absorb(&other.season);
        if let Some(record) = &other.record {
            self.record.get_or_insert_default().absorb(record);
        }
    }

    /// Bytes on the heap.
    pub(crate) fn memory(&self) -> usize {
        self.record.as_ref().map_or(0, |_| size_of::<Record>())
    }
}
