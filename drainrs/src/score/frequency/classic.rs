//! The methods of dashboards and tutorials, on lists of counts.

use super::config::LEAST_HISTORY;

/// A history that is too short to judge by.
///
/// Among `n` values none is more than `(n - 1) / sqrt(n)` sample standard deviations from their mean (Shiffler, "Maximum Z
/// scores and outliers", The American Statistician 42, 1988): 2.85 for ten. A threshold of 3 is never reached there, which
/// looks like calm and is blindness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{have} windows are too few to judge by, at least {need} are needed")]
#[non_exhaustive]
pub struct TooFewWindows {
    /// How many there are.
    pub have: usize,
    /// How many are needed.
    pub need: usize,
}

fn enough(history: &[u64]) -> Result<(), TooFewWindows> {
    if history.len() < LEAST_HISTORY {
        return Err(TooFewWindows { have: history.len(), need: LEAST_HISTORY });
    }
    Ok(())
}

/// Mean and sample standard deviation.
fn moments(values: impl Iterator<Item = u64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().map(|value| value as f64).sum::<f64>() / count;
    let squares = values.map(|value| (value as f64 - mean).powi(2)).sum::<f64>();
    (mean, if count > 1.0 { (squares / (count - 1.0)).sqrt() } else { 0.0 })
}

/// How many standard deviations a count is from the mean of the history before it; 0 where all counts of the history are
/// equal to it, and infinite where they are equal to each other but not to it.
///
/// # Errors
///
/// [`TooFewWindows`] for a history of fewer than 12 windows.
///
/// ```
/// use drainrs::score::z_score;
/// // Mean 10, sample deviation 0.85: 13 is 3.5 deviations out.
/// let history = [9, 10, 11, 10, 9, 11, 10, 10, 9, 11, 10, 11, 9];
/// assert!(z_score(&history, 13)? > 3.0);
/// assert_eq!(z_score(&[1, 2, 3], 1000).unwrap_err().to_string(), "3 windows are too few to judge by, at least 12 are needed");
/// # Ok::<(), drainrs::score::TooFewWindows>(())
/// ```
pub fn z_score(history: &[u64], count: u64) -> Result<f64, TooFewWindows> {
    enough(history)?;
    let (mean, deviation) = moments(history.iter().copied());
    Ok(deviations(count as f64 - mean, deviation))
}

/// The same by median and median absolute deviation, `0.6745 (x - median) / MAD` (Iglewicz and Hoaglin, "How to Detect and
/// Handle Outliers", 1993).
///
/// # Errors
///
/// [`TooFewWindows`] for a history of fewer than 12 windows.
pub fn mad_score(history: &[u64], count: u64) -> Result<f64, TooFewWindows> {
    enough(history)?;
    let median = median(history.iter().map(|&value| value as f64).collect());
    let mad = self::median(history.iter().map(|&value| (value as f64 - median).abs()).collect());
    Ok(0.6745 * deviations(count as f64 - median, mad))
}

/// A distance in units of a spread: infinite where there is no spread but a distance.
fn deviations(distance: f64, spread: f64) -> f64 {
    if distance == 0.0 {
        0.0
    } else if spread > 0.0 {
        distance / spread
    } else {
        f64::INFINITY.copysign(distance)
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |at: usize| values.get(at).copied().unwrap_or_default();
    if values.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.saturating_sub(1)), at(middle)) }
}

/// The z-score as tutorials compute it: the last of the counts against the mean and the sample standard deviation of all of
/// them, itself included; 0 where the deviation is 0. On ten counts or fewer it cannot exceed 2.85, whatever they are.
///
/// ```
/// use drainrs::score::naive_z;
/// assert!(naive_z(&[10, 10, 10, 10, 10, 10, 10, 10, 10, 1_000_000]) < 3.0, "a million where ten are usual");
/// assert!(naive_z(&[10, 11, 9, 10, 10, 11, 9, 10, 10, 11, 9, 1000]) > 3.0);
/// ```
pub fn naive_z(counts: &[u64]) -> f64 {
    let Some(&last) = counts.last() else { return 0.0 };
    let (mean, deviation) = moments(counts.iter().copied());
    if deviation > 0.0 { (last as f64 - mean).abs() / deviation } else { 0.0 }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "zeros and infinities are exact")]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Mean 5, squares 16 over 12 - 1: deviation 1.206; (9 - 5) / 1.206 = 3.317.
        let history = [4, 6, 4, 6, 4, 6, 4, 6, 7, 3, 5, 5];
        let squares: f64 = 8.0 * 1.0 + 4.0 + 4.0;
        assert!((z_score(&history, 9).unwrap() - 4.0 / (squares / 11.0).sqrt()).abs() < 1e-12);
        // Median 5, deviations 1 x8, 2 x2, 0 x2: MAD 1; 0.6745 * 4.
        assert!((mad_score(&history, 9).unwrap() - 2.698).abs() < 1e-12);
    }

    #[test]
    fn equal_counts_are_no_division_by_zero() {
        let equal = [7_u64; 20];
        assert_eq!(z_score(&equal, 7).unwrap(), 0.0);
        assert_eq!(z_score(&equal, 8).unwrap(), f64::INFINITY);
        assert_eq!(mad_score(&equal, 6).unwrap(), f64::NEG_INFINITY);
        assert_eq!(naive_z(&equal), 0.0);
        assert_eq!(naive_z(&[]), 0.0);
        assert_eq!(naive_z(&[5]), 0.0);
    }

    #[test]
    fn the_naive_z_is_blind_on_ten_counts() {
        for n in 2..=10_usize {
            let mut counts = vec![0_u64; n];
            counts[n - 1] = u64::MAX;
            let most = (n as f64 - 1.0) / (n as f64).sqrt();
            assert!((naive_z(&counts) - most).abs() < 1e-9, "the bound is reached");
            assert!(most < 3.0);
        }
        let mut counts = vec![0_u64; 12];
        counts[11] = 1;
        assert!(naive_z(&counts) > 3.0);
    }
}
