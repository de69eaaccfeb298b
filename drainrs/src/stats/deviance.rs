//! How far a count is from what was expected.

use super::portable::Portable;

/// The least count that is expected of anything: what never came before is not infinitely surprising.
pub(crate) const LEAST_EXPECTED: f64 = 0.05;

/// The signed square root of the Poisson deviance: `sign(x - E) sqrt(2 (x ln(x / E) - (x - E)))` with `E` of at least 0.05
/// (McCullagh and Nelder, "Generalized Linear Models", 1989, section 2.4). It is roughly a standard normal variable when
/// nothing has changed, for small counts too.
pub(crate) fn signed_deviance(count: f64, expected: f64) -> f64 {
    let expected = expected.max(LEAST_EXPECTED);
    let log_part = if count > 0.0 { count * (count / expected).portable_ln() } else { 0.0 };
    // Rounding may leave a hair below zero.
    let deviance = (2.0 * (log_part - (count - expected))).max(0.0).sqrt();
    if count < expected { -deviance } else { deviance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // x = 20, E = 10: 2 (20 ln 2 - 10) = 7.7259; x = 0, E = 8: 2 (0 + 8) = 16; x = E: 0.
        assert!((signed_deviance(20.0, 10.0) - 2.779_548).abs() < 1e-6);
        assert!((signed_deviance(0.0, 8.0) + 4.0).abs() < 1e-12);
        assert!(signed_deviance(7.0, 7.0).abs() < 1e-7);
        // Never seen before, once now: 2 (ln 20 - 0.95) = 4.0915.
        assert!((signed_deviance(1.0, 0.0) - 2.022_74).abs() < 1e-4);
        assert!(signed_deviance(1e18, 0.0).is_finite());
    }
}
