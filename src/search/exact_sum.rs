//! A sum of numbers that does not depend on their order.
//!
//! Each addend is split into mantissa and exponent; mantissas of addends whose exponents lie in the same window of 32
//! are added as integers, without rounding. So partial sums can be made and merged by any thread at any time, and the
//! rounded result is always the same.

use std::collections::BTreeMap;

/// Width of a window of exponents. A mantissa takes 53 bits, so a 128-bit window holds 2^(128-53-31) = 2^44 addends.
const WINDOW: u64 = 32;

/// A sum of finite, non-negative numbers, exact until it is read.
#[derive(Clone, Debug, Default)]
pub(super) struct ExactSum {
    /// Sum of mantissas in units of the window's least exponent, by window.
    windows: BTreeMap<u64, u128>,
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
            *self.windows.entry(exponent / WINDOW).or_default() += mantissa << (exponent % WINDOW);
        }
    }

    /// Adds all that was added to another sum.
    pub(super) fn merge(&mut self, other: &Self) {
        for (&window, sum) in &other.windows {
            *self.windows.entry(window).or_default() += sum;
        }
    }

    /// The sum, within a few units in the last place.
    pub(super) fn value(&self) -> f64 {
        // An exponent as stored stands for 2^(exponent - 1023 - 52); two factors, so that neither over- nor underflows.
        let scaled = |(&window, &sum): (&u64, &u128)| {
            let exponent = (window * WINDOW) as i32 - 1075;
            sum as f64 * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2)
        };
        self.windows.iter().map(scaled).sum()
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
}
