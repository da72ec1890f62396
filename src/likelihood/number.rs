//! The numbers that likelihoods are summed up in.
//!
//! An f64 ends at about 1e-308, which the likelihood of a hundred people falls short of. A [`Wide`] number has the same 53 bits,
//! and an exponent that does not end; it is exact wherever an f64 is, and about five times as slow. So a sum is done
//! in f64, and again in wide numbers where something that matters may have been lost.

use super::network::Marginal;
use std::ops::{Add, AddAssign, Mul, MulAssign};

/// What sums of products are computed in.
pub(super) trait Number:
    Copy + PartialEq + From<f64> + Add<Output = Self> + Mul<Output = Self> + AddAssign + MulAssign + Send + Sync
{
    const ZERO: Self;
    const ONE: Self;

    /// Divides by the largest magnitude, if that is of use to numbers like these, and returns it (1 where it does not divide).
    fn normalise(values: &mut [Self]) -> f64;

    /// As a table with a scale of its own.
    fn into_marginal(values: Vec<Self>) -> Marginal;
}

/// Adds `factor` times a row to another.
pub(super) fn add_scaled<N: Number>(sum: &mut [N], factor: N, row: &[N]) {
    sum.iter_mut().zip(row).for_each(|(cell, &value)| *cell += factor * value);
}

/// Multiplies a row with another, value by value.
pub(super) fn multiply<N: Number>(row: &mut [N], factors: &[N]) {
    row.iter_mut().zip(factors).for_each(|(cell, &factor)| *cell *= factor);
}

/// Σ p · value, as a few sums side by side.
pub(super) fn dot<N: Number>(probabilities: &[f64], values: &[N]) -> N {
    let (probabilities, last_probabilities) = probabilities.as_chunks::<4>();
    let (values, last_values) = values.as_chunks::<4>();
    let mut sums = [N::ZERO; 4];
    for (probabilities, values) in probabilities.iter().zip(values) {
        for ((sum, &probability), &value) in sums.iter_mut().zip(probabilities).zip(values) {
            *sum += N::from(probability) * value;
        }
    }
    for ((sum, &probability), &value) in sums.iter_mut().zip(last_probabilities).zip(last_values) {
        *sum += N::from(probability) * value;
    }
    sums.into_iter().fold(N::ZERO, |total, sum| total + sum)
}

impl Number for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    fn normalise(values: &mut [Self]) -> f64 {
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        if largest == 0.0 || largest == 1.0 {
            return 1.0;
        }
        values.iter_mut().for_each(|value| *value /= largest);
        largest
    }

    fn into_marginal(mut values: Vec<Self>) -> Marginal {
        let ln_scale = Self::normalise(&mut values).ln();
        Marginal { values, ln_scale }
    }
}

/// mantissa · 2^(512 · exponent), with 2^-256 ≤ |mantissa| < 2^256; 0 has exponent 0.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Wide {
    mantissa: f64,
    exponent: i64,
}

/// 2^256.
pub(super) const EDGE: f64 = power_of_two(256);

/// 2^512.
const STEP: f64 = power_of_two(512);

const fn power_of_two(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

impl Wide {
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
        self.mantissa.ln() + self.exponent as f64 * STEP.ln()
    }

    /// A number of at most 1 as an f64 of at most 1, and how often 2^-256 is to be multiplied with it.
    pub fn parts(self) -> (f64, i64) {
        match self.exponent {
            0.. => (self.mantissa, 0),
            below => (self.mantissa / EDGE, -2 * below - 1),
        }
    }

    /// The quotient of this and a number of at least its magnitude; 0 where it is below all f64.
    fn over(self, other: Self) -> f64 {
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

impl Number for Wide {
    const ZERO: Self = Self { mantissa: 0.0, exponent: 0 };
    const ONE: Self = Self { mantissa: 1.0, exponent: 0 };

    fn normalise(_: &mut [Self]) -> f64 {
        1.0
    }

    fn into_marginal(values: Vec<Self>) -> Marginal {
        let size = |value: &Self| (value.exponent, value.mantissa.abs());
        let nonzero = values.iter().copied().filter(|value| value.mantissa != 0.0);
        let largest = nonzero.max_by(|one, other| {
            let ((exponent, mantissa), (other_exponent, other_mantissa)) = (size(one), size(other));
            exponent.cmp(&other_exponent).then(mantissa.total_cmp(&other_mantissa))
        });
        let Some(largest) = largest else { return Marginal { values: vec![0.0; values.len()], ln_scale: 0.0 } };
        let largest = Self { mantissa: largest.mantissa.abs(), ..largest };
        Marginal { values: values.into_iter().map(|value| value.over(largest)).collect(), ln_scale: largest.ln() }
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
        let table =
            Wide::into_marginal(vec![tiny * Wide::from(0.25), Wide::ZERO, tiny * Wide::from(-0.5), tiny * tiny]);
        assert_eq!(table.values, [0.5, 0.0, -1.0, 0.0]);
        assert!((table.ln_scale - tiny.ln() - 0.5_f64.ln()).abs() < 1e-9);
    }
}
