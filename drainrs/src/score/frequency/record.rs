//! How surprising a series has been to its model: what tempers further surprises.

use crate::stats::Portable;
use crate::wire::state;

/// The bins, and how wide one is.
const BINS: usize = 32;
const BIN_WIDTH: f64 = 0.5;

/// How often the surprises fell into each bin, decayed; and the greatest so far, decayed.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    bins: [f32; BINS],
    greatest: f32,
}

state! { Record { bins, greatest } }

impl Record {
    /// Tempers a surprise: what such a series does every week is no surprise, however the model sees it.
    pub(super) fn tempered(&self, surprise: f64) -> f64 {
        let (seen, above) = self.bins.iter().enumerate().fold((0.0, 0.0), |(seen, above), (bin, &count)| {
            let reaches = (bin + 1) as f64 * BIN_WIDTH > surprise;
            (seen + f64::from(count), above + if reaches { f64::from(count) } else { 0.0 })
        });
        let own = -((above + 1.0) / (seen + 1.0)).portable_log10();
        surprise.min(own + (surprise - f64::from(self.greatest)).max(0.0))
    }

    /// Adds a surprise; `kept` is how much is left of what was there.
    pub(super) fn add(&mut self, surprise: f64, kept: f32) {
        self.bins.iter_mut().for_each(|count| *count *= kept);
        #[allow(clippy::cast_sign_loss, reason = "surprises are not negative")]
        let bin = (surprise / BIN_WIDTH) as usize;
        if let Some(count) = self.bins.get_mut(bin.min(BINS - 1)) {
            *count += 1.0;
        }
        self.greatest = (self.greatest * kept).max(surprise as f32);
    }

    /// Unites two series.
    pub(super) fn absorb(&mut self, other: &Record) {
        self.bins.iter_mut().zip(&other.bins).for_each(|(own, other)| *own += other);
        self.greatest = self.greatest.max(other.greatest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_series_often_does_is_no_surprise() {
        let mut record = Record::default();
        (0..90).for_each(|_| record.add(0.2, 1.0));
        (0..9).for_each(|_| record.add(6.0, 1.0));
        // Nine of 99 were as surprising: -log10((9 + 1) / (99 + 1)) = 1.
        assert!((record.tempered(6.0) - 1.0).abs() < 1e-6);
        // None was as surprising as 8: -log10(1 / 100) = 2, and 2 more than the greatest.
        assert!((record.tempered(8.0) - 4.0).abs() < 1e-6);
        assert!((record.tempered(0.0)).abs() < 1e-6, "never more than it is");
    }
}
