//! The rhythm of one series.

use super::config::SilenceConfig;
use crate::flow::{Level, Window};
use crate::stats::Portable;
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::state;

const DAY: f64 = 86_400.0;
/// The record of gaps fades, half of it in a week.
const RECORD_HALF_LIFE: f64 = 7.0 * DAY;
/// Half of a level is forgotten in a day.
const LEVEL_HALF_LIFE: f64 = DAY;
/// How much one gap weighs in the mean of the gaps.
const WEIGHT: f32 = 0.05;
/// Streams whose gaps vary less than this are regular.
const REGULAR: f64 = 0.25;
const LEAST_GAPS: u32 = 8;
/// Every event begins a gap, and every gap is a test. Surprises are per test in so many seconds: a stream of a thousand
/// events a second must not be missed a thousand times as often.
const TEST: f64 = 300.0;

/// What is known of a series. Times are seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    pub(super) last: Timestamp,
    /// Events so far.
    pub(super) events: u32,
    /// Mean and mean square of the gaps, weighted towards the recent ones.
    gap: f32,
    square: f32,
    /// The longest gap, fading.
    record: f32,
    /// Events per window and their variance, where nobody knows better.
    level: f32,
    variance: f32,
    /// Events expected after the last one, up to `as_of`, and per second from there on; and their overdispersion.
    owed: f32,
    pub(super) as_of: Timestamp,
    rate: f32,
    over: f32,
    pub(super) level_of_events: Level,
    /// Told as silent; by itself or by its service.
    pub(super) silent: bool,
    pub(super) absorbed: bool,
}

state! { Rhythm {
    last, events, gap, square, record, level, variance, owed, as_of, rate, over, level_of_events, silent, absorbed
} }

fn seconds(nanos: i64) -> f64 {
    nanos as f64 / NANOS_PER_SECOND as f64
}

/// How many seconds of silence are too many, and what they are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judgement {
    pub(super) surprise: f64,
    /// Events that should have come.
    pub(super) owed: f64,
    pub(super) gap: f64,
    pub(super) record: f64,
    /// The usual gap.
    pub(super) usual: f64,
}

impl Rhythm {
    pub(super) fn new(at: Timestamp) -> Rhythm {
        Rhythm {
            last: at,
            events: 0,
            gap: 0.0,
            square: 0.0,
            record: 0.0,
            level: 0.0,
            variance: 0.0,
            owed: 0.0,
            as_of: at,
            rate: 0.0,
            over: 0.0,
            level_of_events: Level::Unknown,
            silent: false,
            absorbed: false,
        }
    }

    /// Takes an event. Gives the length of the silence that it ends, in seconds, if it was told.
    #[inline]
    pub(super) fn hit(&mut self, at: Timestamp, level: Level) -> Option<f64> {
        self.events = self.events.saturating_add(1);
        self.level_of_events = self.level_of_events.max(level);
        let nanos = at.since(self.last);
        if nanos < 0 {
            // Out of order: it says nothing about gaps.
            return None;
        }
        let gap = seconds(nanos) as f32;
        let was_silent = self.silent;
        if self.events > 1 {
            if was_silent {
                // What was told must not become the usual at once.
                self.record = self.record.max(gap.min(2.0 * self.record));
            } else {
                let weight = WEIGHT.max(1.0 / self.events as f32);
                self.gap += weight * (gap - self.gap);
                self.square += weight * (gap * gap - self.square);
                self.record = self.record.max(gap);
            }
        }
        self.last = at;
        self.as_of = at;
        self.owed = 0.0;
        (self.silent, self.absorbed) = (false, false);
        was_silent.then(|| f64::from(gap))
    }

    /// Takes a window that is over: its count, and what was expected if somebody knows better (mean and variance).
    pub(super) fn close(&mut self, count: u64, window: Window, expected: Option<(f64, f64)>) {
        let length = seconds(window.nanos()).max(1e-3);
        let kept = (-length / LEVEL_HALF_LIFE).portable_exp2() as f32;
        let alpha = 1.0 - kept;
        let residual = count as f32 - self.level;
        // A level that begins: the mean of what was seen, not of zeros before.
        let alpha = if self.level == 0.0 && self.variance == 0.0 { 1.0 } else { alpha.max(0.02) };
        self.level += alpha * residual;
        self.variance += alpha * (residual * residual - self.variance);
        self.record *= (-length / RECORD_HALF_LIFE).portable_exp2() as f32;
        let own = (f64::from(self.level), f64::from(self.variance));
        let (mean, variance) = expected.unwrap_or(own);
        self.rate = (mean / length) as f32;
        self.over = if mean > 0.0 { ((variance - mean) / (mean * mean)).clamp(0.0, 1e6) as f32 } else { 0.0 };
        let since = seconds(window.end.since(self.as_of)).clamp(0.0, length);
        self.owed += (mean * since / length) as f32;
        // A clock that was set back for good leaves events in the future.
        if self.last > window.end && seconds(self.last.since(window.end)) > DAY {
            self.last = window.end;
        }
        self.as_of = window.end;
    }

    /// Skips a stretch in which nobody could have been heard.
    pub(super) fn skip(&mut self, window: Window) {
        self.last = self.last.plus_nanos(window.nanos());
        self.as_of = window.end.max(self.last);
    }

    /// The logarithm of the number of gaps in the time of a test.
    fn trials(&self) -> f64 {
        (f64::from(self.rate) * TEST).max(1.0).portable_log10()
    }

    fn variation(&self) -> Option<f64> {
        let gaps = self.events.saturating_sub(1);
        let mean = f64::from(self.gap);
        if gaps < LEAST_GAPS || mean <= 0.0 {
            return None;
        }
        let variation = (f64::from(self.square) - mean * mean).max(0.0).sqrt() / mean;
        (variation <= REGULAR).then_some(variation)
    }

    /// The lateness of a regular stream that a surprise asks for, as seconds of silence.
    fn regular_limit(&self, threshold: f64) -> Option<f64> {
        let variation = self.variation()?;
        Some(f64::from(self.gap) * (1.0 + threshold / 5.0 * (4.0 * variation).max(0.5)))
    }

    /// When the silence will be told, if no event comes before.
    pub(super) fn deadline(&self, config: &SilenceConfig) -> Option<Timestamp> {
        if self.silent || self.events < config.min_events {
            return None;
        }
        let after = |from: Timestamp, seconds: f64| {
            // Beyond the end of time is never.
            let nanos = seconds * NANOS_PER_SECOND as f64;
            (nanos < 9e18).then(|| from.plus_nanos(nanos.max(0.0).ceil() as i64))
        };
        let wanted = (config.threshold + self.trials()) * std::f64::consts::LN_10;
        let over = f64::from(self.over);
        let owed = if over * wanted > 1e-6 { (over * wanted).portable_exp_m1() / over } else { wanted };
        let rate = f64::from(self.rate);
        let by_rate = if rate > 0.0 { after(self.as_of, (owed - f64::from(self.owed)) / rate) } else { None };
        let gaps = f64::from(self.events);
        let record = f64::from(self.record).max(1e-3);
        let by_record = after(self.last, record * (config.threshold / (gaps + 1.0).portable_log10()).max(1.0));
        let both = by_rate.zip(by_record).map(|(rate, record)| rate.max(record));
        let regular = self.regular_limit(config.threshold).and_then(|limit| after(self.last, limit));
        let least = self.last.plus_nanos(config.min_silence_ns);
        both.into_iter().chain(regular).min().map(|deadline| deadline.max(least))
    }

    /// What a silence up to `now` says.
    pub(super) fn judge(&self, now: Timestamp) -> Judgement {
        let gap = seconds(now.since(self.last)).max(0.0);
        let owed = f64::from(self.owed) + f64::from(self.rate) * seconds(now.since(self.as_of)).max(0.0);
        let over = f64::from(self.over);
        let by_rate =
            if over > 1e-9 { (over * owed).portable_ln_1p() / over } else { owed } * std::f64::consts::LOG10_E;
        let record = f64::from(self.record).max(1e-3);
        let by_rate = by_rate - self.trials();
        let by_record =
            if gap >= record { (f64::from(self.events) + 1.0).portable_log10() * gap / record } else { 0.0 };
        let by_lateness = self
            .variation()
            .map_or(0.0, |variation| 5.0 * (gap / f64::from(self.gap) - 1.0) / (4.0 * variation).max(0.5));
        let surprise = by_rate.min(by_record).max(by_lateness);
        Judgement { surprise, owed, gap, record, usual: f64::from(self.gap) }
    }

    /// Unites two series.
    pub(super) fn absorb(&mut self, other: &Rhythm) {
        self.last = self.last.max(other.last);
        self.as_of = self.as_of.max(other.as_of);
        self.record = self.record.min(other.record);
        self.events = self.events.saturating_add(other.events);
        self.level += other.level;
        self.variance += other.variance;
        self.level_of_events = self.level_of_events.max(other.level_of_events);
        self.silent &= other.silent;
        self.absorbed &= other.absorbed;
    }
}
