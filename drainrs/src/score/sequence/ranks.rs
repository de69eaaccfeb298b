//! How far out something is among what usual sessions had: a histogram that forgets slowly.

use crate::error::Error;
use crate::wire::{Reader, State, Writer};

/// The number of bins.
const BINS: usize = 256;

/// A histogram of numbers from 0 to below 256.
#[derive(Debug, Clone)]
pub(super) struct Ranks {
    bins: Vec<u32>,
    all: u32,
    /// The numbers after which all count half: enough for the rarest share that is asked for.
    limit: u32,
}

impl Ranks {
    /// For shares down to `alpha`: ten times as many numbers are kept as are needed to see one such.
    #[allow(clippy::cast_sign_loss, reason = "shares are positive")]
    pub(super) fn new(alpha: f64) -> Ranks {
        let limit = (10.0 / alpha).clamp(1000.0, 1e8) as u32;
        Ranks { bins: vec![0; BINS], all: 0, limit }
    }

    #[allow(clippy::cast_sign_loss, reason = "not negative after the maximum")]
    fn bin(number: f64) -> usize {
        (number.max(0.0) as usize).min(BINS - 1)
    }

    /// The share of usual sessions that are at least as far out, this one included.
    pub(super) fn share(&self, number: f64) -> f64 {
        let beyond: u64 = self.bins.iter().skip(Ranks::bin(number)).map(|&bin| u64::from(bin)).sum();
        (beyond + 1) as f64 / (f64::from(self.all) + 1.0)
    }

    /// The numbers that are kept.
    pub(super) fn len(&self) -> u32 {
        self.all
    }

    /// Learns a number.
    pub(super) fn learn(&mut self, number: f64) {
        if self.all >= self.limit {
            self.bins.iter_mut().for_each(|bin| *bin /= 2);
            self.all = self.bins.iter().sum();
        }
        if let Some(bin) = self.bins.get_mut(Ranks::bin(number)) {
            *bin += 1;
            self.all += 1;
        }
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.bins.write(to);
    }

    pub(super) fn read(from: &mut Reader<'_>, alpha: f64) -> Result<Ranks, Error> {
        let mut ranks = Ranks::new(alpha);
        ranks.bins = State::read(from)?;
        let all: u64 = ranks.bins.iter().map(|&bin| u64::from(bin)).sum();
        if ranks.bins.len() != BINS || all > u64::from(ranks.limit) {
            return Err(Reader::damaged("a histogram of sessions has another size"));
        }
        ranks.all = all as u32;
        Ok(ranks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_conformal() {
        let mut ranks = Ranks::new(0.01);
        (0..99).for_each(|number| ranks.learn(f64::from(number)));
        // 4 of 99 are 95 or more: (4 + 1) / (99 + 1).
        assert!((ranks.share(95.0) - 0.05).abs() < 1e-12);
        assert!((ranks.share(1e9) - 0.01).abs() < 1e-12);
        assert!((ranks.share(f64::NAN) - 1.0).abs() < 1e-12);
        (0..2000).for_each(|_| ranks.learn(0.0));
        assert!(ranks.len() <= 1000);
    }
}
