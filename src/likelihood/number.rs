//! The numbers that likelihoods are summed up in.
//!
//! An f64 ends at about 1e-308, which the likelihood of a hundred people falls short of. A [`Wide`] number does not end, and is
//! about five times as slow. So a sum is done in f64, and again in wide numbers where something that matters may have been lost.

use super::wide::Wide;
use std::ops::{Add, AddAssign, Mul, MulAssign};

/// A table over the kept variables (row-major in the order asked for; one cell where none is kept), times exp(ln_scale).
#[derive(Clone, Debug)]
pub(super) struct Marginal {
    pub values: Vec<f64>,
    pub ln_scale: f64,
}

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

/// A sum of terms of at most 1 that is at least this has lost less than its last bit to underflow, however many terms it has.
pub(super) const FAR_FROM_UNDERFLOW: f64 = 1e-290;

/// With a largest value of at least this, one that is 0 may be taken for 0: by underflow it is 1e-100 times smaller.
const FAR_ABOVE_UNDERFLOW: f64 = 1e-200;

/// Sums as they are, or done again where something that matters may have been lost.
pub(super) fn exact_marginal(
    values: Vec<f64>,
    may_underflow: impl FnOnce() -> bool,
    again: impl FnOnce() -> Vec<Wide>,
) -> Marginal {
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let is_far_or_0 = |value: &f64| *value == 0.0 || value.abs() >= FAR_FROM_UNDERFLOW;
    let is_exact = largest >= FAR_ABOVE_UNDERFLOW && values.iter().all(is_far_or_0);
    match is_exact || !may_underflow() {
        true => f64::into_marginal(values),
        false => Wide::into_marginal(again()),
    }
}

/// Divides by the largest magnitude and returns its logarithm; all zeros stay as they are (scale 0).
pub(super) fn rescale(values: &mut [f64]) -> f64 {
    f64::normalise(values).ln()
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

impl Number for Wide {
    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::ONE;

    fn normalise(_: &mut [Self]) -> f64 {
        1.0
    }

    fn into_marginal(values: Vec<Self>) -> Marginal {
        let nonzero = values.iter().copied().filter(|&value| value != Self::ZERO).map(Self::abs);
        let Some(largest) = nonzero.max_by(Self::cmp_magnitude) else {
            return Marginal { values: vec![0.0; values.len()], ln_scale: 0.0 };
        };
        Marginal { values: values.into_iter().map(|value| value.over(largest)).collect(), ln_scale: largest.ln() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_the_scale_of_its_largest_value() {
        let tiny = Wide::exp(1000.0 * 1e-300_f64.ln());
        let table =
            Wide::into_marginal(vec![tiny * Wide::from(0.25), Wide::ZERO, tiny * Wide::from(-0.5), tiny * tiny]);
        assert_eq!(table.values, [0.5, 0.0, -1.0, 0.0]);
        assert!((table.ln_scale - tiny.ln() - 0.5_f64.ln()).abs() < 1e-9);
    }
}
