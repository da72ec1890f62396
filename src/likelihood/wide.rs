//! Numbers with the 53 bits of an f64 and an exponent that does not end.
//!
//! They are exact wherever an f64 is. The likelihood of a hundred people is below every f64, the likelihood ratio of many families
//! together above. Logarithms would do as well, at an exponential for each term of a sum.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Mul, MulAssign};

/// mantissa · 2^(512 · exponent), with 2^-256 ≤ |mantissa| < 2^256; 0 has exponent 0.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wide {
    mantissa: f64,
    exponent: i64,
}

/// 2^256.
pub(crate) const EDGE: f64 = power_of_two(256);

/// 2^512.
const STEP: f64 = power_of_two(512);

/// ln 2^512.
const LN_STEP: f64 = 512.0 * std::f64::consts::LN_2;

const fn power_of_two(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

impl Wide {
    /// 0.
    pub const ZERO: Self = Self { mantissa: 0.0, exponent: 0 };
    /// 1.
    pub const ONE: Self = Self { mantissa: 1.0, exponent: 0 };

    /// eˣ; 0 for −∞.
    pub fn exp(ln: f64) -> Self {
        if ln == f64::NEG_INFINITY {
            return Self::ZERO;
        }
        let exponent = (ln / LN_STEP).round();
        Self::new((ln - exponent * LN_STEP).exp(), exponent as i64)
    }

    /// One step of the exponent makes up for one addition or multiplication.
    fn new(mantissa: f64, exponent: i64) -> Self {
        if mantissa.abs() >= EDGE {
            Self { mantissa: mantissa / STEP, exponent: exponent + 1 }
        } else if mantissa.abs() >= 1.0 / EDGE {
            Self { mantissa, exponent }
        } else if mantissa == 0.0 {
            Self::ZERO
        } else {
            Self { mantissa: mantissa * STEP, exponent: exponent - 1 }
        }
    }

    /// Natural logarithm; −∞ of 0.
    pub fn ln(self) -> f64 {
        self.mantissa.ln() + self.exponent as f64 * LN_STEP
    }

    /// Its magnitude.
    pub(crate) fn abs(self) -> Self {
        Self { mantissa: self.mantissa.abs(), ..self }
    }

    /// The order of two numbers that are not 0 by their magnitudes.
    pub(crate) fn cmp_magnitude(&self, other: &Self) -> Ordering {
        self.exponent.cmp(&other.exponent).then(self.mantissa.abs().total_cmp(&other.mantissa.abs()))
    }

    /// A number of at most 1 as an f64 of at most 1, and how often 2^-256 is to be multiplied with it.
    pub(crate) fn parts(self) -> (f64, i64) {
        match self.exponent {
            0.. => (self.mantissa, 0),
            below => (self.mantissa / EDGE, -2 * below - 1),
        }
    }

    /// The quotient of this and a number of at least its magnitude; 0 where it is below all f64.
    pub fn over(self, other: Self) -> f64 {
        (self.exponent..other.exponent).take(4).fold(self.mantissa / other.mantissa, |quotient, _| quotient / STEP)
    }
}

impl From<f64> for Wide {
    fn from(value: f64) -> Self {
        // twice, as an f64 can be as small as 2^-1074
        let once = Self::new(value, 0);
        Self::new(once.mantissa, once.exponent)
    }
}

impl Mul for Wide {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self::new(self.mantissa * other.mantissa, self.exponent + other.exponent)
    }
}

impl Add for Wide {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (large, small) = match self.mantissa == 0.0 || (other.mantissa != 0.0 && other.exponent > self.exponent) {
            true => (other, self),
            false => (self, other),
        };
        match large.exponent - small.exponent {
            _ if small.mantissa == 0.0 => large,
            0 => Self::new(large.mantissa + small.mantissa, large.exponent),
            1 => Self::new(large.mantissa + small.mantissa / STEP, large.exponent),
            // less than the last bit
            _ => large,
        }
    }
}

impl MulAssign for Wide {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl AddAssign for Wide {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};

    #[test]
    fn wide_numbers_compute_as_f64_do() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let mut draw = || {
            let magnitude = 2_f64.powi(random.random_range(-400..400));
            [0.0, 1.0, -1.0][random.random_range(0..3)] * random.random::<f64>() * magnitude
        };
        for _ in 0..10_000 {
            let (one, other) = (draw(), draw());
            assert_eq!(Wide::from(one) + Wide::from(other), Wide::from(one + other), "{one:e} + {other:e}");
            assert_eq!(Wide::from(one) * Wide::from(other), Wide::from(one * other), "{one:e} · {other:e}");
        }
    }

    #[test]
    fn wide_numbers_do_not_end() {
        let tiny = (0..1000).fold(Wide::ONE, |product, _| product * Wide::from(1e-300));
        assert!((tiny.ln() - 1000.0 * 1e-300_f64.ln()).abs() < 1e-9);
        assert_eq!(Wide::from(f64::from_bits(1)).ln(), f64::from_bits(1).ln());
    }

    #[test]
    fn wide_numbers_agree_with_logarithms() {
        let lns = [f64::NEG_INFINITY, -9e3, -700.0, -355.0, -177.5, -1.0, 0.0, 3.0, 177.4, 177.5, 354.0, 800.0, 2e4];
        let close = |wide: Wide, ln: f64| wide.ln() == ln || (wide.ln() - ln).abs() <= 1e-11;
        for (left, right) in lns.iter().flat_map(|&left| lns.map(|right| (left, right))) {
            let greatest = f64::max(left, right);
            let ln_sum = match greatest == f64::NEG_INFINITY {
                true => greatest,
                false => greatest + ((left - greatest).exp() + (right - greatest).exp()).ln(),
            };
            let (one, other) = (Wide::exp(left), Wide::exp(right));
            assert!(close(one + other, ln_sum), "{left} {right}");
            assert!(close(one * other, left + right), "{left} {right}");
            if left <= right && right > f64::NEG_INFINITY {
                let (quotient, expected) = (one.over(other), (left - right).exp());
                assert!(quotient == expected || (quotient / expected - 1.0).abs() < 1e-11, "{left} {right}");
            }
        }
    }
}
