//! Which formats a stream is of: a bounded sample of its lines, the few formats that explain them, and the watch over how
//! many later lines they miss.

use crate::wire::state;

/// What the detector asks of the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Every format is tried on every line.
    Sampling,
    /// Only the detected formats are tried.
    Settled,
}

/// The number of lines in a watch.
const WATCH: u32 = 256;
/// How many watches long the next one may become while detection keeps finding the same.
const MAX_PATIENCE: u32 = 256;
/// A sample of this many lines is enough when one format explains all of them.
const UNANIMOUS: usize = 32;

/// So many lines in a row may be tried against all formats in vain before the next watch.
const MAX_FUTILE: u32 = 4;

/// What was found out about a stream: all that a snapshot holds of a detector.
#[derive(Debug, Clone, Default)]
pub(super) struct Finding {
    settled: bool,
    /// For each sampled line the set of formats that fit it.
    sample: Vec<u64>,
    /// How many sampled lines came in a container's envelope.
    wrapped: u32,
    /// The detected formats, most specific first. A line is always given to the first that fits, never to the most recent:
    /// so the same line gives the same record wherever in the stream it stands.
    active: Vec<u8>,
    /// Whether lines come in a container's envelope.
    envelope: bool,
    pinned: bool,
    seen: u32,
    missed: u32,
    patience: u32,
    redetections: u64,
    /// Lines of this sample or watch of which only the generic parser made something.
    guessed: u32,
    headered: Option<bool>,
    /// How many tries of all formats in a row found nothing, in this watch.
    futile: u32,
}

state! {
    Finding { settled, sample, wrapped, active, envelope, pinned, seen, missed, patience, redetections, guessed, headered, futile }
}

impl Finding {
    /// The same, where format `n` is `rows[n]` now; formats that are not there any more are left out.
    pub(super) fn in_rows(mut self, rows: &[Option<usize>]) -> Finding {
        let now = |row: usize| rows.get(row).copied().flatten().filter(|row| *row < 64);
        let set =
            |old: u64| (0..64).filter(|row| old >> row & 1 != 0).filter_map(now).fold(0, |set, row| set | 1 << row);
        self.sample.iter_mut().for_each(|fits| *fits = set(*fits));
        self.active = self.active.iter().filter_map(|row| now(usize::from(*row))).map(|row| row as u8).collect();
        self.active.sort_unstable();
        self.active.dedup();
        self
    }
}

#[derive(Debug, Clone)]
pub(super) struct Detector {
    found: Finding,
    max_sample: usize,
    max_formats: usize,
    /// How many formats, the first ones, are the user's own: those are tried whatever the sample says.
    own: usize,
}

impl Detector {
    pub(super) fn new(max_sample: usize, max_formats: usize, own: usize) -> Detector {
        let found = Finding {
            sample: Vec::with_capacity(max_sample),
            active: Vec::with_capacity(max_formats),
            patience: 1,
            ..Finding::default()
        };
        Detector { found, max_sample, max_formats, own }
    }

    pub(super) fn finding(&self) -> &Finding {
        &self.found
    }

    /// Goes on with what was found out before, unless another format is fixed here than was fixed there.
    pub(super) fn resume(&mut self, finding: &Finding) {
        if self.found.pinned != finding.pinned || (self.found.pinned && self.found.active != finding.active) {
            return;
        }
        let found = &mut self.found;
        // Into the vectors that have room for what comes.
        let (mut sample, mut active) = (std::mem::take(&mut found.sample), std::mem::take(&mut found.active));
        active.clear();
        sample.extend_from_slice(&finding.sample);
        active.extend_from_slice(&finding.active);
        *found = Finding { sample, active, patience: finding.patience.clamp(1, MAX_PATIENCE), ..finding.clone() };
        if found.settled && !found.pinned {
            // The user's own are tried whatever was found out without them.
            found.active.extend((0..self.own as u8).filter(|row| !finding.active.contains(row)));
            found.active.sort_unstable();
        }
    }

    /// Fixes the formats for good.
    pub(super) fn pin(&mut self, format: Option<usize>) {
        self.found.settled = true;
        self.found.pinned = true;
        self.found.active.extend(format.map(|f| f as u8));
    }

    #[inline]
    pub(super) fn phase(&self) -> Phase {
        if self.found.settled { Phase::Settled } else { Phase::Sampling }
    }

    #[inline]
    pub(super) fn active(&self) -> &[u8] {
        &self.found.active
    }

    /// Whether most lines of the last sample or watch had a header, known or guessed.
    pub(super) fn is_headered(&self) -> Option<bool> {
        self.found.headered
    }

    /// Whether lines come in a container's envelope.
    #[inline]
    pub(super) fn envelope(&self) -> bool {
        self.found.envelope
    }

    /// Notes that the generic parser found a header.
    #[inline]
    pub(super) fn guessed(&mut self) {
        self.found.guessed += 1;
    }

    /// Whether a line that no detected format fits may be tried against all others. Only a few lines of each watch may:
    /// enough for lines of rare formats, too few to slow down a stream that has none.
    #[inline]
    pub(super) fn may_try_all(&self) -> bool {
        !self.found.pinned && self.found.futile < MAX_FUTILE && self.found.missed <= WATCH / 4
    }

    /// Notes what came of it.
    pub(super) fn tried_all(&mut self, found: bool) {
        self.found.futile = if found { 0 } else { self.found.futile + 1 };
    }

    /// Memory in bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.found.sample.capacity() * size_of::<u64>() + self.found.active.capacity()
    }

    pub(super) fn redetections(&self) -> u64 {
        self.found.redetections
    }

    /// Notes which formats fit a line of the sample, and whether it came in an envelope. Decides when the sample is large
    /// enough.
    pub(super) fn sampled(&mut self, fits: u64, wrapped: bool) {
        self.found.sample.push(fits);
        self.found.wrapped += u32::from(wrapped);
        let unanimous =
            self.found.sample.len() == UNANIMOUS && self.found.sample.iter().fold(u64::MAX, |all, f| all & f) != 0;
        if unanimous || self.found.sample.len() >= self.max_sample {
            self.settle();
        }
    }

    /// Chooses formats until each further one would explain less than a hundredth of the sample.
    fn settle(&mut self) {
        self.found.envelope = self.found.wrapped as usize * 2 > self.found.sample.len();
        let least = (self.found.sample.len() / 100).max(2).min(self.found.sample.len());
        let mut chosen = (1_u64 << self.own) - 1;
        while (chosen.count_ones() as usize) < self.own + self.max_formats {
            let mut counts = [0_usize; 64];
            for fits in self.found.sample.iter().filter(|f| **f & chosen == 0) {
                let mut bits = *fits;
                while bits != 0 {
                    counts[bits.trailing_zeros() as usize] += 1;
                    bits &= bits - 1;
                }
            }
            let best = counts.iter().copied().max().unwrap_or(0);
            if best < least {
                break;
            }
            // Of those that explain nearly as much as the best, the most specific one.
            let first = counts.iter().position(|count| count * 20 >= best * 19).unwrap_or(0);
            chosen |= 1 << first;
        }
        let explained = self.found.sample.iter().filter(|f| **f & chosen != 0).count() as u32;
        self.found.headered = Some((explained + self.found.guessed) as usize * 2 >= self.found.sample.len());
        self.found.guessed = 0;
        let before = self.found.active.iter().fold(0_u64, |set, f| set | 1 << f);
        let again = self.found.redetections > 0 && before == chosen;
        self.found.patience = if again { (self.found.patience * 2).min(MAX_PATIENCE) } else { 1 };
        self.found.active.clear();
        self.found.active.extend((0..64_u8).filter(|f| chosen >> f & 1 != 0));
        self.found.sample.clear();
        self.found.wrapped = 0;
        self.found.seen = 0;
        self.found.missed = 0;
        self.found.settled = true;
    }

    /// Watches how many lines the detected formats miss; too many start detection again.
    #[inline]
    pub(super) fn watched(&mut self, hit: bool) {
        self.found.seen += 1;
        self.found.missed += u32::from(!hit);
        if self.found.seen >= WATCH * self.found.patience {
            if self.found.missed * 5 > self.found.seen && !self.found.pinned {
                self.found.settled = false;
                self.found.redetections += 1;
            }
            self.found.headered =
                Some((self.found.seen - self.found.missed + self.found.guessed) * 2 >= self.found.seen);
            self.found.seen = 0;
            self.found.missed = 0;
            self.found.guessed = 0;
            self.found.futile = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(sample: &[(u64, usize)]) -> Vec<u8> {
        let total = sample.iter().map(|(_, n)| n).sum();
        let mut detector = Detector::new(total, 4, 0);
        for &(fits, count) in sample {
            for _ in 0..count {
                detector.sampled(fits, false);
            }
        }
        assert_eq!(detector.phase(), Phase::Settled);
        detector.active().to_vec()
    }

    #[test]
    fn the_most_specific_of_nearly_equal_formats_wins() {
        assert_eq!(settled(&[(0, 1), (0b11, 95), (0b10, 4)]), [0, 1], "the rest is explained by the other");
        assert_eq!(settled(&[(0, 1), (0b11, 50), (0b10, 49)]), [1]);
        assert_eq!(settled(&[(0b010, 24), (0b100, 49), (0, 27)]), [1, 2]);
        assert_eq!(settled(&[(0, 100)]), [] as [u8; 0]);
    }

    #[test]
    fn detection_starts_again_when_a_fifth_is_missed_and_grows_patient() {
        let mut detector = Detector::new(10, 4, 0);
        let sample = |d: &mut Detector, fits| (0..10).for_each(|_| d.sampled(fits, false));
        sample(&mut detector, 1);
        let lines_until_sampling = |d: &mut Detector| {
            let mut lines = 0;
            while d.phase() == Phase::Settled && lines < 10_000 {
                d.watched(lines % 4 != 0);
                lines += 1;
            }
            lines
        };
        assert_eq!(lines_until_sampling(&mut detector), 256);
        sample(&mut detector, 1);
        assert_eq!(lines_until_sampling(&mut detector), 512, "the same formats were found: look less often");
        sample(&mut detector, 2);
        assert_eq!(lines_until_sampling(&mut detector), 256);
        assert_eq!(detector.redetections(), 3);
        sample(&mut detector, 2);
        (0..300).for_each(|i| detector.watched(i % 6 != 0));
        assert_eq!(detector.phase(), Phase::Settled, "less than a fifth");
    }
}
