//! How sure a share is.

/// The normal quantile of a two-sided interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// The Wilson score interval of 95 % of a share, `hits` of `trials` (Wilson, "Probable inference, the law of succession, and
/// statistical inference", Journal of the American Statistical Association 22, 1927): the shares `p` from which the observed
/// one is at most 1.96 standard deviations away. It stays inside 0 to 1 and has a width for 0 of n and n of n too. Nothing
/// is known of 0 trials: 0 to 1. More hits than trials are taken for all of them.
///
/// ```text
/// centre = (hits + z^2 / 2) / (trials + z^2)
/// half   = z / (trials + z^2) * sqrt(hits (trials - hits) / trials + z^2 / 4)
/// ```
pub(crate) fn wilson(hits: u64, trials: u64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (none, all) = (hits == 0, hits >= trials);
    let (hits, trials) = (hits.min(trials) as f64, trials as f64);
    let whole = trials + Z * Z;
    let centre = (hits + Z * Z / 2.0) / whole;
    let half = Z / whole * (hits * (trials - hits) / trials + Z * Z / 4.0).sqrt();
    // At the ends the two are equal but for rounding.
    let low = if none { 0.0 } else { (centre - half).max(0.0) };
    let high = if all { 1.0 } else { (centre + half).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: (f64, f64), wanted: (f64, f64)) {
        assert!((found.0 - wanted.0).abs() < 5e-5 && (found.1 - wanted.1).abs() < 5e-5, "{found:?}, not {wanted:?}");
    }

    #[test]
    fn by_hand() {
        // z^2 = 3.84146. 0 of 10: high = z^2 / (10 + z^2) = 3.84146 / 13.84146 = 0.27753; 10 of 10 is its mirror.
        near(wilson(0, 10), (0.0, 0.27753));
        near(wilson(10, 10), (0.72247, 1.0));
        // 5 of 10: centre 6.92073 / 13.84146 = 0.5; half = 1.95996 / 13.84146 * sqrt(2.5 + 0.96036) = 0.14160 * 1.86021
        // = 0.26341.
        near(wilson(5, 10), (0.23659, 0.76341));
        // 81 of 263, the example of Newcombe, Statistics in Medicine 17, 1998: 0.2553 to 0.3662.
        near(wilson(81, 263), (0.25529, 0.36621));
    }

    #[test]
    fn nothing_is_known_of_no_trials_and_no_input_leaves_the_range() {
        assert_eq!(wilson(0, 0), (0.0, 1.0));
        assert_eq!(wilson(7, 5), wilson(5, 5));
        for trials in [1, 2, 3, 1000, u64::MAX] {
            for hits in [0, 1, trials / 2, trials] {
                let (low, high) = wilson(hits, trials);
                let share = hits.min(trials) as f64 / trials as f64;
                assert!(
                    0.0 <= low && low <= share && share <= high && high <= 1.0,
                    "{hits} of {trials}: {low}, {high}"
                );
            }
        }
    }
}
