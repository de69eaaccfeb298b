//! Counting over an axis whose ends are not known in advance: time, or the numbers of lines.
//!
//! Values fall into buckets of a power of two. When they spread over more than [`BUCKETS`] of them, the buckets double in
//! width; a histogram follows when it is used next. So memory is bounded, nothing is counted twice, and no pass over the
//! input is needed to find its ends.

/// The most buckets between the least and the greatest value: at least half as many are told apart.
const BUCKETS: i64 = 256;

/// A bucket of fewer values is not divided.
const FEW: u32 = 8;

/// The scale that all histograms over it share.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    /// The width of a bucket, as a power of two.
    shift: u32,
    /// The buckets of the least and the greatest value; crossed while there is none.
    first: i64,
    last: i64,
}

impl Axis {
    /// Whose buckets are `2^shift` wide to begin with.
    pub(super) fn new(shift: u32) -> Axis {
        Axis { shift, first: i64::MAX, last: i64::MIN }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first > self.last
    }

    /// Takes in a value; gives its bucket.
    #[inline]
    pub(super) fn bucket(&mut self, value: i64) -> i64 {
        let bucket = value >> self.shift;
        if bucket >= self.first && bucket <= self.last {
            return bucket;
        }
        self.first = self.first.min(bucket);
        self.last = self.last.max(bucket);
        while self.last.saturating_sub(self.first) >= BUCKETS {
            self.shift += 1;
            self.first >>= 1;
            self.last >>= 1;
        }
        value >> self.shift
    }
}

/// How often each bucket of an axis was met.
#[derive(Debug, Clone, Default)]
pub(super) struct Histogram {
    shift: u32,
    first: i64,
    counts: Vec<u32>,
}

impl Histogram {
    /// Counts a value by its bucket.
    #[inline]
    pub(super) fn add(&mut self, axis: &Axis, bucket: i64) {
        self.add_many(axis.shift, bucket, 1);
    }

    fn add_many(&mut self, shift: u32, bucket: i64, count: u32) {
        if self.counts.is_empty() {
            (self.shift, self.first) = (shift, bucket);
        }
        if self.shift < shift {
            self.fold(shift);
        }
        if bucket < self.first {
            let more = usize::try_from(self.first - bucket).unwrap_or_default();
            self.counts.splice(0..0, std::iter::repeat_n(0, more));
            self.first = bucket;
        }
        let at = usize::try_from(bucket - self.first).unwrap_or_default();
        if at >= self.counts.len() {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] = self.counts[at].saturating_add(count);
    }

    /// Follows an axis whose buckets have grown.
    fn fold(&mut self, shift: u32) {
        let old = std::mem::take(self);
        let by = (shift - old.shift).min(63);
        for (bucket, count) in (old.first..).zip(old.counts) {
            if count > 0 {
                self.add_many(shift, bucket >> by, count);
            }
        }
    }

    /// Takes over the counts of another over the same axis.
    pub(super) fn absorb(&mut self, mut other: Histogram, axis: &Axis) {
        if other.counts.is_empty() {
            return;
        }
        if other.shift < axis.shift {
            other.fold(axis.shift);
        }
        for (bucket, count) in (other.first..).zip(other.counts) {
            if count > 0 {
                self.add_many(axis.shift, bucket, count);
            }
        }
    }

    /// The counts in equal parts of the axis. A bucket that lies in two of them is divided, unless it holds so few values
    /// that their number would be seen to be wrong.
    pub(super) fn cells(&self, axis: &Axis, parts: usize) -> Vec<f64> {
        let mut cells = vec![0.0; parts];
        if axis.is_empty() || parts == 0 {
            return cells;
        }
        let by = axis.shift.saturating_sub(self.shift).min(63);
        let per_bucket = parts as f64 / (axis.last - axis.first + 1) as f64;
        for (bucket, &count) in (self.first..).zip(&self.counts) {
            let from = ((bucket >> by) - axis.first) as f64 * per_bucket;
            let to = from + per_bucket;
            if count < FEW {
                #[allow(clippy::cast_sign_loss, reason = "the axis begins at its first bucket")]
                let at = (f64::midpoint(from, to).max(0.0) as usize).min(parts - 1);
                cells[at] += f64::from(count);
                continue;
            }
            for (at, cell) in cells.iter_mut().enumerate() {
                let overlap = to.min((at + 1) as f64) - from.max(at as f64);
                if overlap > 0.0 {
                    *cell += f64::from(count) * overlap / per_bucket;
                }
            }
        }
        cells
    }

    /// Whether nearly all values lie so close together, compared with the axis, that nothing can be seen: a few stray values
    /// have stretched it.
    pub(super) fn is_crushed(&self, axis: &Axis) -> bool {
        let mut cells = self.cells(axis, 64);
        let all: f64 = cells.iter().sum();
        cells.sort_by(|a, b| b.total_cmp(a));
        axis.last - axis.first >= BUCKETS / 2 && cells.iter().take(2).sum::<f64>() > 0.98 * all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_grows_and_nothing_is_lost() {
        let (mut axis, mut histogram, mut late) = (Axis::new(0), Histogram::default(), Histogram::default());
        for value in [1000, 0, -500, 7, 1_000_000, 999_999, i64::MAX / 2] {
            let bucket = axis.bucket(value);
            histogram.add(&axis, bucket);
        }
        let bucket = axis.bucket(i64::MIN / 2);
        late.add(&axis, bucket);
        histogram.absorb(late, &axis);
        let cells = histogram.cells(&axis, 30);
        assert!((cells.iter().sum::<f64>() - 8.0).abs() < 1e-9, "{cells:?}");
        assert!(cells[0] > 0.0 && cells[29] > 0.0);
    }

    #[test]
    fn an_even_stream_gives_even_cells() {
        let (mut axis, mut histogram) = (Axis::new(0), Histogram::default());
        for value in 0..12_800 {
            let bucket = axis.bucket(value);
            histogram.add(&axis, bucket);
        }
        let cells = histogram.cells(&axis, 20);
        assert!(cells.iter().all(|cell| (cell - 640.0).abs() < 20.0), "{cells:?}");
    }

    #[test]
    fn one_stray_value_crushes() {
        let (mut axis, mut histogram) = (Axis::new(0), Histogram::default());
        for value in (0..10_000).chain([1 << 40]) {
            let bucket = axis.bucket(value);
            histogram.add(&axis, bucket);
        }
        assert!(histogram.is_crushed(&axis));
    }
}
