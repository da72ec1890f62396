//! A sum of numbers that does not depend on their order.
//!
//! Each addend is split into mantissa and exponent; mantissas of addends whose exponents lie in the same window of 32
//! are added as integers, without rounding. So partial sums can be made and merged by any thread at any time, and the
//! rounded result is always the same.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Width of a window of exponents. A mantissa takes 53 bits, so a 128-bit window holds 2^(128-53-31) = 2^44 addends.
const WINDOW: u64 = 32;

/// Width of a range of logarithms: 10^256 is a number, and so is the sum of very many of them.
const SCALE: f64 = 256.0;

/// A sum of finite, non-negative numbers, exact until it is read.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ExactSum {
    /// Sum of mantissas in units of the window's least exponent, by window.
    windows: BTreeMap<u8, u128>,
}

/// A sum of numbers given by their logarithms, whatever their size; it does not depend on their order either.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct WideSum {
    /// By n the sum of those from 10^256n to 10^256(n+1), in units of 10^256n.
    scales: BTreeMap<i32, ExactSum>,
}

impl ExactSum {
    /// Adds a finite number that is not negative.
    pub(super) fn add(&mut self, addend: f64) {
        if addend > 0.0 {
            let bits = addend.to_bits();
            let stored = bits >> 52;
            // A stored exponent of 0 marks a subnormal number: no hidden bit, the scale of exponent 1.
            let hidden = if stored > 0 { 1_u64 << 52 } else { 0 };
            let mantissa = u128::from(bits & ((1 << 52) - 1) | hidden);
            let exponent = stored.max(1);
            *self.windows.entry((exponent / WINDOW) as u8).or_default() += mantissa << (exponent % WINDOW);
        }
    }

    /// Adds all that was added to another sum.
    pub(super) fn merge(&mut self, other: &Self) {
        for (&window, &sum) in &other.windows {
            let own = self.windows.entry(window).or_default();
            *own = own.saturating_add(sum);
        }
    }

    /// The sum, within a few units in the last place.
    pub(super) fn value(&self) -> f64 {
        // An exponent as stored stands for 2^(exponent - 1023 - 52); two factors, so that neither over- nor underflows.
        let scaled = |(&window, &sum): (&u8, &u128)| {
            let exponent = (u64::from(window) * WINDOW) as i32 - 1075;
            sum as f64 * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2)
        };
        self.windows.iter().map(scaled).sum()
    }
}

impl WideSum {
    /// Adds 10^log10.
    pub(super) fn add(&mut self, log10: f64) {
        if log10 > f64::NEG_INFINITY {
            let scale = (log10 / SCALE).floor();
            self.scales.entry(scale as i32).or_default().add(10_f64.powf(log10 - scale * SCALE));
        }
    }

    /// Adds all that was added to another sum.
    pub(super) fn merge(&mut self, other: &Self) {
        other.scales.iter().for_each(|(&scale, sum)| self.scales.entry(scale).or_default().merge(sum));
    }

    /// log10 of the sum; minus infinity where nothing was added.
    pub(super) fn log10(&self) -> f64 {
        let Some((&greatest, sum)) = self.scales.last_key_value() else { return f64::NEG_INFINITY };
        let next = greatest.checked_sub(1).and_then(|next| self.scales.get(&next)).map_or(0.0, ExactSum::value);
        (sum.value() + next * 10_f64.powf(-SCALE)).log10() + f64::from(greatest) * SCALE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_right_and_do_not_depend_on_the_order(numbers in prop::collection::vec(-300.0..300.0_f64, 0..50)) {
            let numbers: Vec<f64> = numbers.into_iter().map(|exponent| 10_f64.powf(exponent)).collect();
            let sum_of = |numbers: &[f64]| {
                let mut sum = ExactSum::default();
                numbers.iter().for_each(|&number| sum.add(number));
                sum
            };
            let forth = sum_of(&numbers);
            let (left, right) = numbers.split_at(numbers.len() / 3);
            let mut back = sum_of(right);
            back.merge(&sum_of(left));
            prop_assert_eq!(forth.value(), back.value());
            let plain: f64 = numbers.iter().sum();
            prop_assert!((forth.value() - plain).abs() <= 1e-13 * plain);
        }
    }

    #[test]
    fn subnormal_numbers_count() {
        let mut sum = ExactSum::default();
        sum.add(f64::from_bits(3));
        sum.add(f64::from_bits(4));
        sum.add(0.0);
        assert_eq!(sum.value(), f64::from_bits(7));
        sum.add(1.0);
        assert_eq!(sum.value(), 1.0);
    }

    #[test]
    fn sums_of_logarithms_are_right_whatever_their_size() {
        let of = |terms: &[f64]| {
            let mut sum = WideSum::default();
            terms.iter().for_each(|&term| sum.add(term));
            sum
        };
        assert_eq!(of(&[]).log10(), f64::NEG_INFINITY);
        assert_eq!(of(&[f64::NEG_INFINITY]).log10(), f64::NEG_INFINITY);
        for shift in [-5_000.0, -512.0, -256.05, -0.05, 0.0, 255.95, 700.0] {
            let found = of(&[shift, shift - 1.0, shift - 400.0, shift + 0.1]).log10() - shift;
            let expected = (1.0 + 0.1 + 10_f64.powf(0.1)).log10();
            assert!((found - expected).abs() < 1e-11, "{shift}: {found} {expected}");
            let mut merged = of(&[shift + 0.1]);
            merged.merge(&of(&[shift - 400.0, shift]));
            assert_eq!(merged, of(&[shift, shift + 0.1, shift - 400.0]));
        }
    }
}
