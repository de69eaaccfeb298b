//! Tails of distributions of counts, as natural logarithms: a count that comes once in 10^300 windows has a finite answer.
//!
//! The incomplete beta function is evaluated by its continued fraction, the incomplete gamma function by its series and its
//! continued fraction (Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.5.8, 6.5.29 and 6.5.31; fractions by
//! Lentz' method), the gamma function by Lanczos' approximation (SIAM Journal on Numerical Analysis B 1, 1964). Beyond shapes
//! of 10^5 a gamma variable is its cube root, which is normal (Wilson and Hilferty, PNAS 17, 1931): the relative error of the
//! logarithm stays below a few per thousand there, and the cost constant.

#![allow(clippy::many_single_char_names, reason = "the letters of the formulas")]

use super::portable::Portable;

/// The most steps of a series or fraction; all that is asked for converges well before.
const MAX_STEPS: u32 = 2_000;
const PRECISION: f64 = 1e-12;
const TINY: f64 = 1e-300;
/// From here on shapes are taken for large.
const LARGE: f64 = 1e5;

/// The natural logarithm of the gamma function, for positive arguments.
#[allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "Lanczos' coefficients for g = 7, n = 9")]
pub(crate) fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 8] = [
        676.5203681218851,
        -1259.1392167224028,
        771.32342877765313,
        -176.61502916214059,
        12.507343278686905,
        -0.13857109526572012,
        9.9843695780195716e-6,
        1.5056327351493116e-7,
    ];
    if x < 0.5 {
        // Reflection.
        return (std::f64::consts::PI / (std::f64::consts::PI * x).portable_sin().abs()).portable_ln()
            - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = (1_u8..).zip(COEFFICIENTS).fold(0.99999999999980993, |sum, (i, c)| sum + c / (x + f64::from(i)));
    0.5 * (2.0 * std::f64::consts::PI).portable_ln() + (x + 0.5) * t.portable_ln() - t + sum.portable_ln()
}

/// `ln(1 - e^x)` for `x <= 0`.
fn ln_complement(x: f64) -> f64 {
    if x > -std::f64::consts::LN_2 {
        (-x.portable_exp_m1()).max(TINY).portable_ln()
    } else {
        (-x.portable_exp()).portable_ln_1p()
    }
}

/// The logarithm of the regularised incomplete beta function `I_x(a, b)`; `y` is `1 - x`, given for its precision.
pub(crate) fn ln_beta_inc(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if y <= 0.0 {
        return 0.0;
    }
    let front = a * x.portable_ln() + b * y.portable_ln() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    if x < (a + 1.0) / (a + b + 2.0) {
        (front - a.portable_ln() + beta_fraction(a, b, x).portable_ln()).min(0.0)
    } else {
        ln_complement((front - b.portable_ln() + beta_fraction(b, a, y).portable_ln()).min(0.0))
    }
}

/// The continued fraction of the incomplete beta function.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut sum = d;
    for m in 1..MAX_STEPS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        sum *= c * d;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let step = c * d;
        sum *= step;
        if (step - 1.0).abs() < PRECISION {
            break;
        }
    }
    sum
}

/// The logarithms of the regularised incomplete gamma functions: `(ln P(a, x), ln Q(a, x))`, lower and upper.
pub(crate) fn ln_gamma_inc(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (f64::NEG_INFINITY, 0.0);
    }
    if a > LARGE {
        let z = 3.0 * a.sqrt() * ((x / a).portable_cbrt() - 1.0 + 1.0 / (9.0 * a));
        return (ln_normal_upper(-z), ln_normal_upper(z));
    }
    let front = a * x.portable_ln() - x - ln_gamma(a);
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for n in 1..MAX_STEPS {
            term *= x / (a + f64::from(n));
            sum += term;
            if term < sum * PRECISION {
                break;
            }
        }
        let lower = (front + sum.portable_ln()).min(0.0);
        return (lower, ln_complement(lower));
    }
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut sum = d;
    for n in 1..MAX_STEPS {
        let n = f64::from(n);
        let factor = -n * (n - a);
        b += 2.0;
        let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
        d = 1.0 / guard(factor * d + b);
        c = guard(b + factor / c);
        let step = d * c;
        sum *= step;
        if (step - 1.0).abs() < PRECISION {
            break;
        }
    }
    let upper = (front + sum.portable_ln()).min(0.0);
    (ln_complement(upper), upper)
}

/// The logarithm of the chance that a standard normal variable exceeds `z`.
pub(crate) fn ln_normal_upper(z: f64) -> f64 {
    // Q(1/2, z^2/2) is the chance on both sides.
    let (lower, upper) = ln_gamma_inc(0.5, 0.5 * z * z);
    let half = std::f64::consts::LN_2;
    if z >= 0.0 {
        return upper - half;
    }
    // 1/2 + P/2
    (0.5 + 0.5 * lower.portable_exp()).portable_ln()
}

/// Both tails of a count with a mean and a variance: the logarithms of the chances of at most `count`, and of at least
/// `count`. Negative binomial, or Poisson where the variance is not above the mean.
pub(crate) fn ln_count_tails(count: u64, mean: f64, variance: f64) -> (f64, f64) {
    let x = count as f64;
    if mean <= 0.0 {
        return (0.0, if count == 0 { 0.0 } else { f64::NEG_INFINITY });
    }
    if variance <= 1.01 * mean {
        // P(X <= x) = Q(x + 1, m), P(X >= x) = P(x, m).
        let most = ln_gamma_inc(x + 1.0, mean).1;
        return (most, if count == 0 { 0.0 } else { ln_gamma_inc(x, mean).0 });
    }
    let size = mean * mean / (variance - mean);
    if count == 0 {
        return (ln_zero(mean, variance), 0.0);
    }
    if x.max(mean) > LARGE {
        // Counts so large are as good as continuous: the negative binomial is a gamma variable.
        let at = |x: f64| ln_gamma_inc(size, size * x / mean);
        return (at(x + 0.5).0, at(x - 0.5).1);
    }
    let (success, failure) = (size / (size + mean), mean / (size + mean));
    (ln_beta_inc(size, x + 1.0, success, failure), ln_beta_inc(x, size, failure, success))
}

/// The logarithm of the chance of no event at all: what a window without events costs.
pub(crate) fn ln_zero(mean: f64, variance: f64) -> f64 {
    if variance <= 1.01 * mean {
        return -mean.max(0.0);
    }
    let size = mean * mean / (variance - mean);
    -size * (mean / size).portable_ln_1p()
}

/// From a natural logarithm of a chance to a surprise, `-log10 p`; finite, and never negative.
pub(crate) fn surprise(ln_chance: f64) -> f64 {
    let surprise = -ln_chance * std::f64::consts::LOG10_E;
    if surprise.is_nan() { 0.0 } else { surprise.clamp(0.0, 400.0) }
}

/// The surprise of a normal variable that is at least so many standard deviations out, to either side.
pub(crate) fn normal_surprise(deviations: f64) -> f64 {
    if deviations.is_finite() { surprise(ln_gamma_inc(0.5, 0.5 * deviations * deviations).1) } else { 400.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{found} is not {expected}");
    }

    #[test]
    fn factorials() {
        near(ln_gamma(5.0), 24_f64.ln());
        near(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln());
        near(ln_gamma(0.25), 3.625_609_908_221_908_f64.ln());
    }

    #[test]
    fn poisson_by_hand() {
        // m = 2: P(0) = e^-2, P(<=1) = 3 e^-2, P(>=2) = 1 - 3 e^-2.
        let e = (-2_f64).exp();
        near(ln_count_tails(0, 2.0, 2.0).0.exp(), e);
        near(ln_count_tails(1, 2.0, 2.0).0.exp(), 3.0 * e);
        near(ln_count_tails(2, 2.0, 2.0).1.exp(), 1.0 - 3.0 * e);
        near(ln_count_tails(0, 2.0, 2.0).1, 0.0);
    }

    #[test]
    fn negative_binomial_by_hand() {
        // m = 2, v = 4: size 2, success 1/2: P(k) = (k + 1) / 2^(k + 2). P(<=1) = 1/4 + 1/4, P(>=3) = 1 - 1/4 - 1/4 - 3/16.
        near(ln_count_tails(1, 2.0, 4.0).0.exp(), 0.5);
        near(ln_count_tails(3, 2.0, 4.0).1.exp(), 5.0 / 16.0);
        near(ln_zero(2.0, 4.0).exp(), 0.25);
        near(ln_count_tails(0, 2.0, 4.0).0.exp(), 0.25);
        // P(>= k) = (k + 2) / 2^(k + 1): far out in the tail.
        near(ln_count_tails(1000, 2.0, 4.0).1, 1002_f64.ln() - 1001.0 * std::f64::consts::LN_2);
    }

    #[test]
    fn tails_agree_with_sums_of_their_terms() {
        for (mean, variance) in [(0.3, 0.3), (4.0, 4.5), (17.0, 60.0), (120.0, 121.0), (120.0, 9000.0)] {
            let size = mean * mean / (variance - mean);
            let ln_term = |k: f64| {
                if variance <= 1.01 * mean {
                    k * f64::ln(mean) - mean - ln_gamma(k + 1.0)
                } else {
                    ln_gamma(k + size) - ln_gamma(size) - ln_gamma(k + 1.0)
                        + size * (size / (size + mean)).ln()
                        + k * (mean / (size + mean)).ln()
                }
            };
            let mut below = 0.0;
            for count in 0..300_u32 {
                below += ln_term(f64::from(count)).exp();
                let above: f64 = (count..count + 20_000).map(|k| ln_term(f64::from(k)).exp()).sum();
                let (most, least) = ln_count_tails(u64::from(count), mean, variance);
                assert!((most.exp() - below).abs() < 1e-9, "{count} {mean} {variance}");
                let tiny = above < 1e-280; // the sum has lost its last terms
                assert!(
                    tiny || (least - above.ln()).abs() < 1e-6 * above.ln().abs().max(1.0),
                    "{count} {mean} {variance}"
                );
            }
        }
    }

    #[test]
    fn the_normal_tail() {
        near(ln_normal_upper(0.0).exp(), 0.5);
        // 1.644853626951472 is the 95 % point; 37.5193 has -log10 p = 307.6.
        near(ln_normal_upper(1.644_853_626_951_472).exp(), 0.05);
        near(ln_normal_upper(-1.644_853_626_951_472).exp(), 0.95);
    }

    #[test]
    fn the_large_and_the_absurd_stay_finite() {
        for count in [0, 1, 1_000_000, u64::MAX] {
            for mean in [1e-12, 1.0, 1e6, 1e18] {
                for variance in [mean, mean * 2.0, mean * mean + mean, 1e30] {
                    let (most, least) = ln_count_tails(count, mean, variance);
                    assert!(!most.is_nan() && !least.is_nan(), "{count} {mean} {variance}: {most} {least}");
                    assert!(most <= 0.0 && least <= 0.0);
                    assert!(surprise(most).is_finite() && surprise(least).is_finite());
                }
            }
        }
    }

    #[test]
    fn the_approximation_joins_the_exact_form() {
        let exact = ln_gamma_inc(99_000.0, 99_900.0).1;
        let z = 3.0 * 99_000_f64.sqrt() * ((99_900.0_f64 / 99_000.0).cbrt() - 1.0 + 1.0 / (9.0 * 99_000.0));
        assert!((ln_normal_upper(z) / exact - 1.0).abs() < 0.003);
    }
}
