//! A bounded sample of a stream of lines, in their order.
//!
//! Which lines stay is decided by a hash of a line's number: at first all do, and whenever the sample is full, half of the
//! numbers lose their place, now and for the rest of the stream. So the sample is spread evenly from the first line to the
//! last (growth can be read off it), the same stream gives the same sample, and, unlike with every n-th line, a stream that
//! repeats itself in a fixed rhythm is not heard on one beat only.

use super::report::SampleFacts;

/// The lines kept.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    max_lines: usize,
    max_bytes: usize,
    /// Longer lines are cut there.
    max_line: usize,
    bytes: Vec<u8>,
    lines: Vec<Kept>,
    /// A line stays if the hash of its number ends with so many zeros.
    level: u32,
    pushed: u64,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    number: u64,
    end: usize,
    cut: bool,
}

impl Sample {
    /// With room for so many lines and bytes; a line longer than the miner looks at (0: it looks at all) need not be whole.
    pub(super) fn new(max_lines: usize, max_bytes: usize, max_line: usize) -> Sample {
        // One byte more, so that the miner, too, sees that the line is too long.
        let max_line = if max_line == 0 { max_bytes } else { (max_line + 1).min(max_bytes) };
        Sample { max_lines, max_bytes, max_line, bytes: Vec::new(), lines: Vec::new(), level: 0, pushed: 0 }
    }

    pub(super) fn push(&mut self, line: &[u8]) {
        let number = self.pushed;
        self.pushed += 1;
        if !stays(number, self.level) {
            return;
        }
        let head = &line[..line.len().min(self.max_line)];
        self.bytes.extend_from_slice(head);
        self.lines.push(Kept { number, end: self.bytes.len(), cut: head.len() < line.len() });
        while self.lines.len() > self.max_lines || self.bytes.len() > self.max_bytes {
            self.thin_out();
        }
    }

    /// Half of the lines go; the others move up.
    fn thin_out(&mut self) {
        self.level += 1;
        let (mut from, mut to) = (0, 0);
        let (bytes, level) = (&mut self.bytes, self.level);
        self.lines.retain_mut(|line| {
            let start = std::mem::replace(&mut from, line.end);
            let stays = stays(line.number, level);
            if stays {
                bytes.copy_within(start..line.end, to);
                to += line.end - start;
                line.end = to;
            }
            stays
        });
        self.bytes.truncate(to);
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// A line by its place in the sample.
    pub(super) fn line(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).and_then(|before| self.lines.get(before)).map_or(0, |line| line.end);
        let end = self.lines.get(at).map_or(start, |line| line.end);
        self.bytes.get(start..end).unwrap_or_default()
    }

    pub(super) fn facts(&self) -> SampleFacts {
        SampleFacts {
            pushed: self.pushed,
            lines: self.lines.len() as u64,
            bytes: self.bytes.len() as u64,
            kept_one_in: 1_u64.checked_shl(self.level).unwrap_or(u64::MAX),
            cut_lines: self.lines.iter().filter(|line| line.cut).count() as u64,
        }
    }
}

fn stays(number: u64, level: u32) -> bool {
    level == 0 || xxhash_rust::xxh3::xxh3_64(&number.to_le_bytes()).trailing_zeros() >= level
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_bounded_in_order_spread_out_and_the_same_each_time() {
        let mut sample = Sample::new(1000, 1 << 20, 0);
        let mut again = Sample::new(1000, 1 << 20, 0);
        for n in 0..100_000 {
            sample.push(format!("line {n}").as_bytes());
            again.push(format!("line {n}").as_bytes());
        }
        let numbers = |sample: &Sample| -> Vec<u64> {
            let texts = (0..sample.len()).map(|at| std::str::from_utf8(sample.line(at)).unwrap());
            texts.map(|text| text.strip_prefix("line ").unwrap().parse().unwrap()).collect()
        };
        let kept = numbers(&sample);
        assert_eq!(kept, numbers(&again));
        assert!(kept.is_sorted() && (500..=1000).contains(&kept.len()), "{}", kept.len());
        let late = kept.iter().filter(|&&n| n >= 50_000).count();
        assert!((2 * late).abs_diff(kept.len()) < kept.len() / 4, "{late} of {} in the last half", kept.len());
        let odd = kept.iter().filter(|&&n| n % 2 == 1).count();
        assert!((2 * odd).abs_diff(kept.len()) < kept.len() / 4, "{odd} of {} are odd", kept.len());
        assert_eq!(sample.facts().pushed, 100_000);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let mut sample = Sample::new(usize::MAX, 4096, 100);
        for n in 0..1000_u32 {
            sample.push(&vec![b'x'; n as usize % 300]);
        }
        let facts = sample.facts();
        assert!(facts.bytes <= 4096 && facts.lines > 10 && facts.cut_lines > 0, "{facts:?}");
        assert!((0..sample.len()).all(|at| sample.line(at).len() <= 101));
    }
}
