//! Logarithms and exponentials that have the same last digit everywhere.
//!
//! The standard library hands these to the platform, and platforms differ: a snapshot that was taken on one host would not be, byte for
//! byte, that of another. Here they are computed by the same code on every host. Sums, products and square roots need no such
//! care: IEEE 754 says what each of them is to the last bit.

/// The functions of [`f64`] and [`f32`] of the same name, computed by portable code.
pub(crate) trait Portable {
    fn portable_ln(self) -> Self;
    fn portable_ln_1p(self) -> Self;
    fn portable_log2(self) -> Self;
    fn portable_log10(self) -> Self;
    fn portable_exp(self) -> Self;
    fn portable_exp_m1(self) -> Self;
    fn portable_exp2(self) -> Self;
    fn portable_powf(self, power: Self) -> Self;
    fn portable_cbrt(self) -> Self;
    fn portable_sin(self) -> Self;
    fn portable_tanh(self) -> Self;
}

macro_rules! portable {
    ($number:ty, $ln:ident, $ln_1p:ident, $log2:ident, $log10:ident, $exp:ident, $exp_m1:ident, $exp2:ident, $pow:ident, $cbrt:ident, $sin:ident, $tanh:ident) => {
        impl Portable for $number {
            fn portable_ln(self) -> $number {
                libm::$ln(self)
            }

            fn portable_ln_1p(self) -> $number {
                libm::$ln_1p(self)
            }

            fn portable_log2(self) -> $number {
                libm::$log2(self)
            }

            fn portable_log10(self) -> $number {
                libm::$log10(self)
            }

            fn portable_exp(self) -> $number {
                libm::$exp(self)
            }

            fn portable_exp_m1(self) -> $number {
                libm::$exp_m1(self)
            }

            fn portable_exp2(self) -> $number {
                libm::$exp2(self)
            }

            fn portable_powf(self, power: $number) -> $number {
                libm::$pow(self, power)
            }

            fn portable_cbrt(self) -> $number {
                libm::$cbrt(self)
            }

            fn portable_sin(self) -> $number {
                libm::$sin(self)
            }

            fn portable_tanh(self) -> $number {
                libm::$tanh(self)
            }
        }
    };
}

portable!(f64, log, log1p, log2, log10, exp, expm1, exp2, pow, cbrt, sin, tanh);
portable!(f32, logf, log1pf, log2f, log10f, expf, expm1f, exp2f, powf, cbrtf, sinf, tanhf);

#[cfg(test)]
mod tests {
    use super::*;

    /// The bits that every host has to give, WebAssembly among them.
    #[test]
    fn the_last_digit_is_the_same_everywhere() {
        let numbers = (1..2000).map(|at| f64::from(at) * 0.37);
        let mixed = numbers.fold(0_u64, |mixed, x| {
            let y = x.portable_ln() + (-x / 900.0).portable_exp_m1() + x.portable_log10() + (1.0 / x).portable_exp2();
            let z =
                y.portable_tanh() + x.portable_cbrt() + x.portable_sin() + x.portable_powf(0.3) + y.portable_ln_1p();
            (mixed ^ (y.to_bits() ^ z.to_bits())).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        assert_eq!(mixed, 0x259c_e267_023d_e357);
        assert!((2.0_f32.portable_ln() - std::f32::consts::LN_2).abs() < 1e-6);
    }
}
