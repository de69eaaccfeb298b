//! A sketch of a distribution: quantiles of any number of values from at most 128 counters, right to 2 % of the value or
//! better where they span no more than a factor of 160.
//!
//! Every magnitude falls into one of many buckets whose ends are a constant ratio apart, so that the middle of a bucket is
//! within a constant relative error of everything in it, small or large; a bucket is a counter (`DDSketch`: Masson, Rim, Lee,
//! "`DDSketch`: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019). Only buckets that hold
//! something are kept. When there would be too many, all buckets are united in pairs, which squares the ratio (`UDDSketch`:
//! Epicoco et al., "`UDDSketch`: accurate tracking of quantiles in data streams", IEEE Access 2020): both tails stay, where
//! collapsing the lowest buckets would lose one. It begins with 0.5 %: 128 full buckets of that span a factor of 3.5, of 1 %
//! one of 12, of 2 % one of 160, of 4 % one of 25,000, of 8 % one of 6 * 10^8; [`Sketch::accuracy`] says what holds.
//!
//! The logarithm is a cubic of the mantissa beside the exponent, as in `DDSketch`'s "cubically interpolated mapping": it costs
//! one more bucket in a hundred than the true logarithm, and no call. Magnitudes below 2^-230 (6 * 10^-70) count as zero,
//! those from 2^230 on as one bucket. The result does not depend on the order of values or of merges,
//! as long as no counter is full.

#![allow(clippy::cast_sign_loss, reason = "logarithms count from the least magnitude, ranks from 0")]

use super::portable::Portable;
use crate::error::Error;
use crate::wire::{Reader, State, Writer};

/// The most buckets that are kept.
const MAX_BINS: usize = 128;

/// So many more find room when there is none: some sketches stay small.
const BINS_GROWTH: usize = 8;

/// Buckets in a doubling of the magnitude. The cubic climbs by at least 10/7 per e-fold, so a bucket spans at most
/// `7 / (10 * 70) = 0.01` in the natural logarithm, united twice 0.04: `tanh(0.04 / 2)` is less than 2 %.
const PER_OCTAVE: f64 = 70.0;

/// The natural logarithm of the ratio of a bucket's ends, at most.
const BIN_WIDTH: f64 = 7.0 / (10.0 * PER_OCTAVE);

/// Magnitudes from `2^-OCTAVES` to `2^OCTAVES` are told apart: with its sign the number of a bucket fits 16 bits.
const OCTAVES: u32 = 230;

/// The number of the greatest bucket: `2 * 230 * 70`.
const MAX_KEY: i16 = 32_200;

/// After so many unions everything of one sign is in one bucket.
const MAX_LEVEL: u8 = 15;

/// The cubic, `((A * s + B) * s + C) * s` for the mantissa `1 + s`: 0 at 0, 1 at 1, and equal slopes where octaves meet.
const A: f64 = 6.0 / 35.0;
const B: f64 = -3.0 / 5.0;
const C: f64 = 10.0 / 7.0;

const FRACTION_BITS: u32 = 52;
const FRACTION: u64 = (1 << FRACTION_BITS) - 1;
const ONE: u64 = 1.0_f64.to_bits();

/// Roughly the binary logarithm of a magnitude, plus [`OCTAVES`]; negative for what counts as zero.
#[inline]
fn logarithm(magnitude: f64) -> f64 {
    let bits = magnitude.to_bits();
    let exponent = (bits >> FRACTION_BITS) as i32 - 1023;
    let s = f64::from_bits(bits & FRACTION | ONE) - 1.0;
    f64::from(exponent) + f64::from(OCTAVES) + ((A * s + B) * s + C) * s
}

/// The magnitude of a logarithm from 0 to `2 * OCTAVES`.
fn magnitude(logarithm: f64) -> f64 {
    let octave = logarithm.floor();
    let part = logarithm - octave;
    let mut s = part;
    for _ in 0..5 {
        s -= (((A * s + B) * s + C) * s - part) / ((3.0 * A * s + 2.0 * B) * s + C);
    }
    (1.0 + s) * f64::from_bits(u64::from((octave as u32).saturating_add(1023 - OCTAVES)) << FRACTION_BITS)
}

/// The number of the bucket of a finite value, before unions: 0 for zero, else the sign with a number from 1 on.
#[inline]
fn key_of(value: f64) -> i16 {
    let logarithm = logarithm(value.abs());
    if logarithm < 0.0 {
        return 0;
    }
    let key = ((logarithm * PER_OCTAVE) as i16).min(MAX_KEY - 1) + 1;
    if value < 0.0 { -key } else { key }
}

/// The number of the bucket that one is part of after so many unions.
#[inline]
fn united(key: i16, level: u8) -> i16 {
    if key == 0 {
        return 0;
    }
    let united = ((key.abs() - 1) >> level) + 1;
    if key < 0 { -united } else { united }
}

/// What stands for all values of a bucket: as far from its lower end as from its upper one, relative to either.
fn value_of(key: i16, level: u8) -> f64 {
    if key == 0 {
        return 0.0;
    }
    let end = |number: i32| magnitude((f64::from(number << level) / PER_OCTAVE).min(f64::from(2 * OCTAVES)));
    let number = i32::from(key.abs());
    let (low, high) = (end(number - 1), end(number));
    let middle = 2.0 * low * (high / (low + high));
    if key < 0 { -middle } else { middle }
}

/// The counter of a bucket.
pub(crate) trait Tally: Copy + PartialEq + std::fmt::Debug {
    /// The most it counts to.
    const MOST: u32;

    /// Of a number that is at most `MOST`.
    fn new(count: u32) -> Self;

    fn get(self) -> u32;
}

/// Counts to four billion. Split, so that a bucket is six bytes and nothing is padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wide {
    low: u16,
    high: u16,
}

impl Tally for Wide {
    const MOST: u32 = u32::MAX;

    #[inline]
    fn new(count: u32) -> Wide {
        Wide { low: count as u16, high: (count >> 16) as u16 }
    }

    #[inline]
    fn get(self) -> u32 {
        u32::from(self.high) << 16 | u32::from(self.low)
    }
}

/// Counts to 65,535; a bucket is four bytes. When one is full the whole sketch is halved.
impl Tally for u16 {
    const MOST: u32 = u16::MAX as u32;

    #[inline]
    fn new(count: u32) -> u16 {
        count as u16
    }

    #[inline]
    fn get(self) -> u32 {
        u32::from(self)
    }
}

/// A bucket that holds something.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bin<T> {
    key: i16,
    tally: T,
}

impl<T: Tally> Bin<T> {
    fn new(key: i16, count: u32) -> Bin<T> {
        Bin { key, tally: T::new(count) }
    }

    #[inline]
    fn count(self) -> u32 {
        self.tally.get()
    }
}

/// The sketch. With narrow counters it is two thirds of the size, and old values lose weight once one bucket is full.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sketch<T = Wide> {
    /// In ascending order of the values.
    bins: Vec<Bin<T>>,
    /// The sum of all counters; at most `u32::MAX`.
    count: u32,
    /// How often buckets were united.
    level: u8,
    min: f64,
    max: f64,
}

impl<T: Tally> Sketch<T> {
    /// Of no values; nothing on the heap yet.
    pub(crate) fn new() -> Sketch<T> {
        Sketch { bins: Vec::new(), count: 0, level: 0, min: 0.0, max: 0.0 }
    }

    /// Takes a value. `false`: it is infinite or no number, and ignored.
    #[inline]
    pub(crate) fn insert(&mut self, value: f64) -> bool {
        self.insert_times(value, 1)
    }

    /// Takes a value that came so many times.
    #[inline]
    pub(crate) fn insert_times(&mut self, value: f64, times: u32) -> bool {
        if !value.is_finite() {
            return false;
        }
        if times == 0 {
            return true;
        }
        let times = self.room_for(times);
        let first = self.is_empty();
        self.add(united(key_of(value), self.level), times);
        self.reach(first, value, value);
        true
    }

    /// Extends the extremes, after buckets were filled: halving on the way takes away those of buckets that are gone.
    #[inline]
    fn reach(&mut self, first: bool, min: f64, max: f64) {
        let (own_min, own_max) = if first { (min, max) } else { (self.min, self.max) };
        (self.min, self.max) = (own_min.min(min), own_max.max(max));
    }

    /// Halves what was counted as often as it takes for so many more to fit; at most half the room is given to them.
    #[inline]
    fn room_for(&mut self, times: u32) -> u32 {
        let times = times.min(T::MOST / 2);
        while self.count > u32::MAX - times {
            self.decay();
        }
        times
    }

    /// Adds to a bucket, and to the sum of all.
    #[inline]
    fn add(&mut self, key: i16, times: u32) {
        let at = self.bins.partition_point(|bin| bin.key < key);
        match self.bins.get_mut(at) {
            Some(bin) if bin.key == key => match bin.count().checked_add(times).filter(|count| *count <= T::MOST) {
                Some(count) => {
                    *bin = Bin::new(key, count);
                    self.count += times;
                }
                None => self.add_to_full(key, times),
            },
            _ => self.add_bin(at, Bin::new(key, times)),
        }
    }

    #[cold]
    fn add_to_full(&mut self, key: i16, times: u32) {
        self.decay();
        self.add(key, times);
    }

    #[cold]
    fn add_bin(&mut self, at: usize, bin: Bin<T>) {
        if self.bins.len() < MAX_BINS || self.level >= MAX_LEVEL {
            if self.bins.len() == self.bins.capacity() {
                self.bins.reserve_exact(BINS_GROWTH);
            }
            self.bins.insert(at, bin);
            self.count += bin.count();
        } else {
            self.unite();
            self.add(united(bin.key, 1), bin.count());
        }
    }

    /// Makes one bucket of every two.
    fn unite(&mut self) {
        let fit = |pair: &[Bin<T>]| {
            pair.iter().try_fold(0_u32, |sum, bin| sum.checked_add(bin.count())).is_some_and(|sum| sum <= T::MOST)
        };
        if !self.bins.windows(2).all(fit) {
            self.decay();
        }
        self.level += 1;
        self.bins.iter_mut().for_each(|bin| bin.key = united(bin.key, 1));
        self.bins.dedup_by(|gone, into| {
            let same = gone.key == into.key;
            if same {
                *into = Bin::new(into.key, into.count() + gone.count());
            }
            same
        });
    }

    /// Takes all values of another sketch: the same as inserting them one by one.
    pub(crate) fn merge(&mut self, other: &Sketch<T>) {
        if other.count > u32::MAX / 2 || other.bins.iter().any(|bin| bin.count() > T::MOST / 2) {
            let mut half = other.clone();
            half.decay();
            return self.merge(&half);
        }
        if other.is_empty() {
            return;
        }
        let most = other.bins.iter().map(|bin| bin.count()).max().unwrap_or_default();
        while self.count > u32::MAX - other.count || self.bins.iter().any(|bin| bin.count() > T::MOST - most) {
            self.decay();
        }
        while self.level < other.level {
            self.unite();
        }
        let first = self.is_empty();
        for bin in &other.bins {
            // A union on the way changes the level.
            self.add(united(bin.key, self.level - other.level), bin.count());
        }
        self.reach(first, other.min, other.max);
    }

    /// The value below which the share `q` of all values lies, the one at the rank `q * (count - 1)`, rounded down, within
    /// [`Sketch::accuracy`]. `None` if there are no values, or if `q` is not between 0 and 1.
    pub(crate) fn quantile(&self, q: f64) -> Option<f64> {
        self.quantiles([q]).map(|[value]| value)
    }

    /// Several quantiles in one pass; the shares must ascend.
    pub(crate) fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<[f64; N]> {
        if self.count == 0 || !shares.iter().all(|q| (0.0..=1.0).contains(q)) {
            return None;
        }
        let mut bins = self.bins.iter();
        let mut bin = bins.next()?;
        let mut below = 0_u32;
        let mut values = shares;
        for value in &mut values {
            let rank = (*value * f64::from(self.count - 1)) as u32;
            while below + bin.count() <= rank
                && let Some(next) = bins.next()
            {
                below += bin.count();
                bin = next;
            }
            *value = value_of(bin.key, self.level).clamp(self.min, self.max);
        }
        Some(values)
    }

    /// How many values are not less than this one, its whole bucket included.
    pub(crate) fn count_from(&self, value: f64) -> u64 {
        let key = united(key_of(value), self.level);
        self.bins.iter().rev().take_while(|bin| bin.key >= key).map(|bin| u64::from(bin.count())).sum()
    }

    /// How many values are not greater than this one, its whole bucket included.
    pub(crate) fn count_to(&self, value: f64) -> u64 {
        let key = united(key_of(value), self.level);
        self.bins.iter().take_while(|bin| bin.key <= key).map(|bin| u64::from(bin.count())).sum()
    }

    /// How many buckets hold the values from `low` to `high`: of whole numbers that are not too many it is how many different
    /// ones there are.
    pub(crate) fn bins_between(&self, low: f64, high: f64) -> usize {
        let (low, high) = (united(key_of(low), self.level), united(key_of(high), self.level));
        self.bins.iter().filter(|bin| (low..=high).contains(&bin.key)).count()
    }

    /// The greatest relative error of a quantile: 0.005 until unions were needed.
    pub(crate) fn accuracy(&self) -> f64 {
        (BIN_WIDTH * f64::from(1_u32 << self.level) / 2.0).portable_tanh()
    }

    /// The number of values. Beyond four billion all are halved.
    pub(crate) fn count(&self) -> u64 {
        u64::from(self.count)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The least value.
    pub(crate) fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// The greatest value.
    pub(crate) fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }

    /// Halves the weight of all values. What does not divide goes to the next greater bucket, so the total is halved and no
    /// region of thin buckets is emptied as a whole.
    pub(crate) fn decay(&mut self) {
        let mut rest = 0;
        self.count = 0;
        let (first, last) = (self.bins.first().map(|bin| bin.key), self.bins.last().map(|bin| bin.key));
        self.bins.retain_mut(|bin| {
            let half = bin.count() / 2 + u32::midpoint(bin.count() % 2, rest);
            rest = (bin.count() + rest) % 2;
            *bin = Bin::new(bin.key, half);
            self.count += half;
            half > 0
        });
        // The extremes go with their buckets.
        if let (Some(lowest), Some(highest)) = (self.bins.first(), self.bins.last()) {
            if Some(lowest.key) != first {
                self.min = value_of(lowest.key, self.level).clamp(self.min, self.max);
            }
            if Some(highest.key) != last {
                self.max = value_of(highest.key, self.level).clamp(self.min, self.max);
            }
        } else {
            self.clear();
        }
    }

    /// Forgets all values, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.bins.clear();
        (self.count, self.level, self.min, self.max) = (0, 0, 0.0, 0.0);
    }

    /// Bytes on the heap: six per bucket, four with narrow counters; at most 768 or 512.
    pub(crate) fn memory(&self) -> usize {
        self.bins.capacity() * size_of::<Bin<T>>()
    }
}

impl<T: Tally> State for Sketch<T> {
    fn write(&self, to: &mut Writer) {
        self.level.write(to);
        self.min.write(to);
        self.max.write(to);
        to.number(self.bins.len() as u64);
        for bin in &self.bins {
            to.signed(i64::from(bin.key));
            bin.count().write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Sketch<T>, Error> {
        let (level, min, max) = (u8::read(from)?, f64::read(from)?, f64::read(from)?);
        if level > MAX_LEVEL || min > max {
            return Err(Reader::damaged("a sketch whose accuracy or extremes are impossible"));
        }
        let mut sketch = Sketch { bins: Vec::new(), count: 0, level, min, max };
        for _ in 0..from.below(MAX_BINS + 1, "the bucket")? {
            let key = i16::try_from(from.signed()?).unwrap_or(i16::MAX);
            let count = u32::read(from)?;
            let total = sketch.count.checked_add(count);
            let ascends = sketch.bins.last().is_none_or(|bin| bin.key < key);
            let fits = ascends && count <= T::MOST && key.abs() <= united(MAX_KEY, level);
            let (true, Some(total), 1..) = (fits, total, count) else {
                return Err(Reader::damaged("a bucket of a sketch that is empty or out of its place"));
            };
            sketch.count = total;
            sketch.bins.push(Bin::new(key, count));
        }
        Ok(sketch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::mix;

    /// Numbers between 0 and 1, always the same.
    fn randoms(seed: u64) -> impl Iterator<Item = f64> {
        (0..).map(move |at: u64| mix(mix(seed) ^ at) as f64 / u64::MAX as f64)
    }

    fn of(values: &[f64]) -> Sketch {
        let mut sketch: Sketch = Sketch::new();
        values.iter().for_each(|value| assert!(sketch.insert(*value)));
        sketch
    }

    fn check(values: &mut [f64]) {
        let sketch = of(values);
        values.sort_by(f64::total_cmp);
        for percent in 0..=100 {
            let q = f64::from(percent) / 100.0;
            let exact = values[(q * (values.len() - 1) as f64) as usize];
            let found = sketch.quantile(q).unwrap();
            let error = (found - exact).abs() / exact.abs(); // of 0 from 0 it is no number
            assert!(error.is_nan() || error <= sketch.accuracy(), "{q}: {found} for {exact}, {error}");
        }
        assert_eq!(sketch.min(), values.first().copied());
        assert_eq!(sketch.max(), values.last().copied());
        assert_eq!(sketch.count(), values.len() as u64);
        assert!(sketch.bins.len() <= MAX_BINS);
    }

    #[test]
    fn every_magnitude_is_near_the_middle_of_its_bucket() {
        for random in randoms(1).take(100_000) {
            let value = f64::powf(10.0, random * 136.0 - 68.0);
            for value in [value, -value] {
                let error = (value_of(key_of(value), 0) - value).abs() / value.abs();
                assert!(error < 0.005, "{value}: {error}");
                let coarse = (value_of(united(key_of(value), 2), 2) - value).abs() / value.abs();
                assert!(coarse < 0.02, "{value}: {coarse}");
            }
        }
        let mut last = key_of(-1e61);
        for value in (-200_000..200_000).map(|at| f64::from(at) / 1000.0).map(|at| at.signum() * at.abs().exp2()) {
            assert!(key_of(value) >= last, "buckets ascend with the values: {value}");
            last = key_of(value);
        }
    }

    #[test]
    fn quantiles_are_within_two_percent_of_the_sorted_list() {
        for (seed, low, octaves) in [(1, 1e-9, 6.0), (2, 1.0, 7.0), (3, 1e15, 5.0), (4, 40.0, 0.5)] {
            let mut values: Vec<f64> = randoms(seed).take(5000).map(|random| low * (random * octaves).exp2()).collect();
            check(&mut values);
            assert!(of(&values).accuracy() < 0.02);
            let mut negative: Vec<f64> = values.iter().map(|value| -value).collect();
            check(&mut negative);
        }
        check(&mut [0.0; 7]);
        check(&mut [-0.0]);
        check(&mut [-3.0, 0.0, 5.0, 5.0]);
    }

    #[test]
    fn a_wider_range_costs_accuracy_and_no_tail() {
        let mut values: Vec<f64> = randoms(9).take(20_000).map(|random| f64::powf(10.0, random * 24.0 - 9.0)).collect();
        let sketch = of(&values);
        assert_eq!(sketch.level, 6, "80 octaves * 70 buckets / 64 = 87");
        assert!((sketch.accuracy() - 0.31).abs() < 0.01);
        check(&mut values);
        let mut both: Vec<f64> =
            values.iter().zip(randoms(10)).map(|(v, random)| v * (random - 0.5).signum()).collect();
        check(&mut both);
    }

    #[test]
    fn merging_is_inserting_all_in_any_order() {
        let values: Vec<f64> = randoms(5).take(3000).map(|random| (random * 30.0 - 15.0).sinh()).collect();
        let all = of(&values);
        assert!(all.level > 0);
        for cut in [0, 1, 30, 1500, 3000] {
            let (mut a, b) = (of(&values[..cut]), of(&values[cut..]));
            let mut turned = b.clone();
            turned.merge(&a);
            a.merge(&b);
            assert_eq!(a, all, "cut at {cut}");
            assert_eq!(turned, all, "cut at {cut}, the other way round");
        }
        let back: Vec<f64> = values.iter().rev().copied().collect();
        assert_eq!(of(&back), all);
    }

    #[test]
    fn what_is_no_number_is_refused_and_extremes_are_taken() {
        let mut sketch: Sketch = Sketch::new();
        assert!(![f64::NAN, f64::INFINITY, f64::NEG_INFINITY].iter().any(|value| sketch.insert(*value)));
        assert!(sketch.is_empty());
        assert_eq!((sketch.quantile(0.5), sketch.min(), sketch.max()), (None, None, None));
        for value in [f64::MAX, f64::MIN, f64::MIN_POSITIVE / 8.0, 0.0] {
            assert!(sketch.insert(value));
        }
        assert_eq!(sketch.quantile(1.0), Some(value_of(MAX_KEY, 0)), "magnitudes beyond 2^230 are one bucket");
        assert_eq!(sketch.max(), Some(f64::MAX));
        assert_eq!(sketch.quantile(0.5), Some(0.0));
        assert_eq!((sketch.quantile(1.1), sketch.quantile(f64::NAN)), (None, None));
        assert_eq!((sketch.count_from(0.0), sketch.count_to(-1.0)), (3, 1));
    }

    #[test]
    fn decay_halves_the_total_and_keeps_the_shape() {
        let values: Vec<f64> = randoms(6).take(4000).map(|random| 10.0 + random * 1000.0).collect();
        let mut sketch = of(&values);
        let before = sketch.quantiles([0.05, 0.5, 0.95]).unwrap();
        (0..3).for_each(|_| sketch.decay());
        assert_eq!(sketch.count(), 500);
        let after = sketch.quantiles([0.05, 0.5, 0.95]).unwrap();
        for (before, after) in before.iter().zip(after) {
            assert!((before / after - 1.0).abs() < 0.06, "{before} and {after}");
        }
        let thin: Vec<f64> = (0..100).map(|at| 1.05_f64.powi(at)).collect();
        let mut sketch = of(&thin);
        sketch.decay();
        assert_eq!(sketch.count(), 50, "a bucket in two stays where each held one");
        (0..20).for_each(|_| sketch.decay());
        assert_eq!(sketch, Sketch { bins: Vec::new(), ..Sketch::new() });
        let memory = sketch.memory();
        assert!(memory > 0);
        sketch.clear();
        assert_eq!(sketch.memory(), memory, "clearing keeps the memory");
    }

    #[test]
    fn a_full_narrow_counter_halves_all() {
        let mut sketch: Sketch<u16> = Sketch::new();
        (0..40_000).for_each(|_| _ = sketch.insert(1.0));
        (0..80_000).for_each(|_| _ = sketch.insert(8.0));
        // Halved at the 65,536th of the second: 20,000 and 32,767 are left, and 14,465 more come.
        assert_eq!((sketch.count_to(1.0), sketch.count()), (20_000, 20_000 + 32_767 + 14_465));
        let mut both = sketch.clone();
        both.merge(&sketch);
        assert_eq!(both.count_to(1.0), 20_000, "each halved, for twice 47,232 are too many");
        assert!(both.count() <= sketch.count());
        assert_eq!(size_of::<Bin<u16>>(), 4);
        assert_eq!(size_of::<Bin<Wide>>(), 6);
        // Neighbours that do not fit into one bucket when all are united.
        let mut wide_range: Sketch<u16> = Sketch::new();
        (0..60_000).for_each(|_| _ = wide_range.insert(1.0) && wide_range.insert(1.01));
        (0..200).for_each(|at| _ = wide_range.insert(f64::from(at).exp2()));
        assert!(wide_range.level > 0 && wide_range.bins.len() <= MAX_BINS);
        assert_eq!((wide_range.min(), wide_range.max()), (Some(1.0), Some(199_f64.exp2())), "the last one is in");
        let median = wide_range.quantile(0.5).unwrap();
        assert!((median / 1.005 - 1.0).abs() < wide_range.accuracy() + 0.01, "{median}");
    }

    #[test]
    fn counts_beyond_four_billion_are_halved() {
        let mut sketch: Sketch = Sketch::new();
        for _ in 0..5 {
            sketch.insert_times(1.0, u32::MAX);
            sketch.insert_times(2.0, 1 << 30);
        }
        let mut other = sketch.clone();
        other.merge(&sketch);
        assert!(other.count() > 1 << 30);
        assert_eq!(other.min(), Some(1.0));
        assert!(other.bins.len() == 2);
    }

    #[test]
    fn what_is_written_is_read_and_goes_on() {
        let values: Vec<f64> = randoms(7).take(2000).map(|random| (random * 40.0 - 20.0).exp() - 1.0).collect();
        let mut sketch = of(&values[..1000]);
        let mut to = Writer::new();
        sketch.write(&mut to);
        let body = to.finish();
        let mut read = <Sketch>::read(&mut Reader::new(&body)).unwrap();
        assert_eq!(read, sketch);
        values[1000..].iter().for_each(|value| assert!(sketch.insert(*value) && read.insert(*value)));
        assert_eq!(read, sketch);
        for at in 0..body.len() {
            assert!(<Sketch>::read(&mut Reader::new(&body[..at])).is_err(), "cut at {at}");
            let mut forged = body.clone();
            forged[at] ^= 0x55;
            if let Ok(mut forged) = <Sketch>::read(&mut Reader::new(&forged)) {
                let values = forged.quantiles([0.0, 0.5, 1.0]);
                assert!(values.is_none_or(|values| values.iter().all(|value| value.is_finite())));
                forged.merge(&sketch);
                forged.decay();
            }
        }
    }
}
