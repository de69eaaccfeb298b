//! Values of a place that has few different ones.
//!
//! Whether a value that was never seen is a surprise depends on whether new ones were to be expected: the chance that the
//! next value is new is about the share of values that were seen once (Good 1953). A set of which more than one in 500
//! values is such a one is open, and says nothing.

use super::ContentConfig;
use super::show::head;
use super::value::Reading;
use crate::text::Unit;
use crate::wire::state;

/// A value that was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    key: u64,
    count: u32,
    /// Bytes of the text.
    len: u16,
    number: bool,
    /// It was flagged, came back, and is usual now however rare it is.
    adopted: bool,
    /// The beginning of the text, filled up with zeros.
    head: [u8; 8],
}

state! { Entry { key, count, len, number, adopted, head } }

impl Entry {
    fn new(reading: &Reading<'_>, count: u32) -> Entry {
        let mut head = [0; 8];
        head.iter_mut().zip(reading.text).for_each(|(to, from)| *to = *from);
        let len = u16::try_from(reading.text.len()).unwrap_or(u16::MAX);
        Entry { key: reading.key, count, len, number: reading.number.is_some(), adopted: false, head }
    }

    fn is(&self, reading: &Reading<'_>) -> bool {
        self.key == reading.key && self.number == reading.number.is_some()
    }

    /// The number, if it is one.
    pub(super) fn number(&self) -> Option<f64> {
        let number = f64::from_bits(self.key);
        (self.number && number.is_finite()).then_some(number)
    }

    pub(super) fn len(&self) -> f64 {
        f64::from(self.len)
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    fn shown(&self, unit: Unit) -> String {
        match self.number() {
            Some(number) => super::show::Shown(number, unit).to_string(),
            None => {
                let cut = usize::from(self.len) > self.head.len();
                let text: Vec<u8> = self.head.iter().copied().take(usize::from(self.len)).collect();
                format!("{}{}", head(&text, 8), if cut { "..." } else { "" })
            }
        }
    }
}

/// How a value fits a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// As always, or nothing can be said yet.
    Usual,
    /// It was never seen.
    New,
    /// It was seen so many times, which is rare.
    Rare(u32),
}

/// The values that were seen, the more frequent ones more or less in front.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Set {
    entries: Vec<Entry>,
}

state! { Set { entries } }

impl Set {
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    fn find(&self, reading: &Reading<'_>) -> Option<usize> {
        self.entries.iter().position(|entry| entry.is(reading))
    }

    /// Counts a value that is known; `false` if it is not.
    #[inline]
    pub(super) fn count(&mut self, reading: &Reading<'_>) -> bool {
        let Some(at) = self.find(reading) else { return false };
        if let Some(entry) = self.entries.get_mut(at) {
            entry.count = entry.count.saturating_add(1);
        }
        if at > 0 && self.entries.get(at - 1).zip(self.entries.get(at)).is_some_and(|(a, b)| a.count < b.count) {
            self.entries.swap(at - 1, at);
        }
        true
    }

    /// Takes a value that is not known.
    pub(super) fn insert(&mut self, reading: &Reading<'_>) {
        if self.entries.len() == self.entries.capacity() {
            // Many places have one value for ever, many others a few.
            self.entries.reserve_exact(1 + self.entries.len() / 2);
        }
        self.entries.push(Entry::new(reading, 1));
    }

    /// Makes room for the last one in a set of `count` values that is closed but for strays: the oldest other that was seen
    /// once goes. `false`: there is none, or the set is open.
    pub(super) fn make_room(&mut self, count: u32) -> bool {
        let older = self.entries.len().saturating_sub(1);
        let stray = self.entries.iter().take(older).position(|entry| entry.count <= 1 && !entry.adopted);
        match stray {
            Some(at) if count >= 500 && self.is_closed(count) => {
                self.entries.remove(at);
                true
            }
            _ => false,
        }
    }

    /// Whether new values are not to be expected.
    fn is_closed(&self, count: u32) -> bool {
        let strays = self.entries.iter().filter(|entry| entry.count <= 1 && !entry.adopted).count();
        strays <= (count / 500).max(1) as usize
    }

    /// How a value fits, among `count` values.
    #[inline]
    pub(super) fn check(&self, reading: &Reading<'_>, count: u32, config: &ContentConfig) -> Fit {
        match self.entries.iter().find(|entry| entry.is(reading)) {
            None if count >= config.min_values && self.is_closed(count) => {
                let near = reading.number.is_some_and(|(number, _)| self.is_near(number, count));
                if near { Fit::Usual } else { Fit::New }
            }
            Some(entry) if count >= config.min_values_rare && !entry.adopted => {
                let rare = f64::from(entry.count) < config.rare_share * f64::from(count);
                let near = rare && entry.number().is_some_and(|number| self.is_near(number, count));
                if rare && !near { Fit::Rare(entry.count) } else { Fit::Usual }
            }
            _ => Fit::Usual,
        }
    }

    /// Whether a number is one more of a count: the usual ones are three or more that fill at least half of their range in
    /// even steps, and this one is a step too, no farther beyond them than the range is wide. Codes (200, 404, 503) leave
    /// gaps.
    fn is_near(&self, number: f64, count: u32) -> bool {
        let least = (count / 500).max(1);
        let usual = || self.entries.iter().filter(move |entry| entry.count > least).map(Entry::number);
        let (mut low, mut high, mut different) = (f64::MAX, f64::MIN, 0.0);
        for known in usual() {
            let Some(known) = known else { return false };
            (low, high, different) = (low.min(known), high.max(known), different + 1.0);
        }
        // At most `max_categories` squared, and only for a value that is new or rare.
        let gaps = usual().flatten().flat_map(|a| usual().flatten().map(move |b| b - a));
        let step = gaps.filter(|gap| *gap > 0.0).fold(f64::MAX, f64::min);
        let range = high - low + step;
        let is_step = |known: f64| ((known - low) / step - ((known - low) / step).round()).abs() < 0.01;
        if !is_step(number) || !usual().flatten().all(is_step) {
            return false;
        }
        different >= 3.0 && different * step >= range * 0.499 && number >= low - range && number <= high + range
    }

    /// Remembers that a value is usual however rare it is.
    pub(super) fn adopt(&mut self, reading: &Reading<'_>) {
        if let Some(at) = self.find(reading)
            && let Some(entry) = self.entries.get_mut(at)
        {
            entry.adopted = true;
        }
    }

    /// Halves all counts; gives their sum.
    pub(super) fn decay(&mut self) -> u32 {
        self.entries.iter_mut().fold(0_u32, |sum, entry| {
            entry.count = (entry.count / 2).max(1);
            sum.saturating_add(entry.count)
        })
    }

    pub(super) fn merge(&mut self, other: &Set) {
        for entry in &other.entries {
            let own = self.entries.iter_mut().find(|own| own.key == entry.key && own.number == entry.number);
            match own {
                Some(own) => {
                    own.count = own.count.saturating_add(entry.count);
                    own.adopted |= entry.adopted;
                }
                None => self.entries.push(*entry),
            }
        }
    }

    /// Up to three of the most frequent values, for a sentence.
    pub(super) fn examples(&self, unit: Unit) -> String {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.sort_by_key(|entry| (std::cmp::Reverse(entry.count), entry.key));
        let shown: Vec<String> = entries.iter().take(3).map(|entry| entry.shown(unit)).collect();
        let more = if entries.len() > 3 { ", ..." } else { "" };
        format!("{}{more}", shown.join(", "))
    }

    /// The numbers among them at some shares. `None` if there are none, or a share is not between 0 and 1.
    pub(super) fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<[f64; N]> {
        let mut numbers: Vec<(f64, u32)> =
            self.entries.iter().filter_map(|entry| Some((entry.number()?, entry.count))).collect();
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: u64 = numbers.iter().map(|(_, count)| u64::from(*count)).sum();
        let last = numbers.last()?.0;
        if !shares.iter().all(|share| (0.0..=1.0).contains(share)) {
            return None;
        }
        Some(shares.map(|share| {
            #[allow(clippy::cast_sign_loss, reason = "a share of a count")]
            let rank = (share * total.saturating_sub(1) as f64) as u64;
            let mut below = 0;
            let at = numbers.iter().find(|(_, count)| {
                below += u64::from(*count);
                below > rank
            });
            at.map_or(last, |(number, _)| *number)
        }))
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{Treatment, Value};
    use super::*;

    #[test]
    fn an_entry_is_small() {
        assert_eq!(size_of::<Entry>(), 24);
    }

    fn set(values: &[(&str, u32)]) -> (Set, u32) {
        let mut set = Set::default();
        for (value, count) in values {
            let reading = Reading::new(Value::from(*value), Treatment::Number).unwrap();
            set.insert(&reading);
            (1..*count).for_each(|_| assert!(set.count(&reading)));
        }
        (set, values.iter().map(|(_, count)| count).sum())
    }

    fn fit(values: &[(&str, u32)], value: &str) -> Fit {
        let (set, count) = set(values);
        set.check(&Reading::new(Value::from(value), Treatment::Number).unwrap(), count, &ContentConfig::default())
    }

    #[test]
    fn what_is_new_and_what_is_rare() {
        assert_eq!(fit(&[("200", 99)], "500"), Fit::Usual, "99 values are too few");
        assert_eq!(fit(&[("200", 100)], "500"), Fit::New);
        assert_eq!(fit(&[("200", 100)], "200.0"), Fit::Usual, "the same number");
        assert_eq!(fit(&[("200", 1000), ("500", 1)], "500"), Fit::Rare(1), "one in 1,001 is less than one in 1,000");
        assert_eq!(fit(&[("200", 998), ("500", 1)], "500"), Fit::Usual, "999 values are too few for it");
        assert_eq!(fit(&[("200", 999), ("500", 1)], "500"), Fit::Usual, "one in 1,000 is not less");
        assert_eq!(fit(&[("a", 100), ("b", 1), ("c", 1)], "d"), Fit::Usual, "new values are to be expected");
        assert_eq!(fit(&[("a", 1000), ("b", 1), ("c", 1)], "d"), Fit::New, "2 of 1,002 are strays");
    }

    #[test]
    fn one_more_of_a_count_is_no_code() {
        let counts = [("0", 500), ("1", 300), ("2", 100), ("3", 40)];
        assert_eq!(fit(&counts, "4"), Fit::Usual);
        assert_eq!(fit(&counts, "7"), Fit::Usual, "as far beyond 3 as the range is wide, 4");
        assert_eq!(fit(&counts, "8"), Fit::New);
        assert_eq!(
            fit(&counts.map(|(value, count)| ([value, "ms"].concat().leak() as &str, count)), "4ms"),
            Fit::Usual
        );
        assert_eq!(fit(&[("200", 500), ("404", 100), ("503", 90)], "418"), Fit::New);
        assert_eq!(fit(&[("0", 500), ("1", 300)], "2"), Fit::New, "two values are a truth value");
    }
}
