//! Sums of products that no float holds: a likelihood ratio of many families can be far beyond 10³⁰⁸.
//!
//! A number is a float of moderate size times a power of 2⁵¹². Logs would do as well, at an exponential for each term.

use std::f64::consts::LN_2;
use std::ops::{AddAssign, Mul};

/// Bits of a block.
const BITS: f64 = 512.0;

/// 2⁵¹².
const BLOCK: f64 = HALF * HALF;

/// 2²⁵⁶.
const HALF: f64 = (1_u128 << 64) as f64 * (1_u128 << 64) as f64 * (1_u128 << 64) as f64 * (1_u128 << 64) as f64;

/// The block of 0: below that of every other number.
const LOWEST: i32 = i32::MIN / 4;

/// mantissa · 2^(512 · block), with the mantissa from 2⁻²⁵⁶ up to 2²⁵⁶, or 0.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Scaled {
    mantissa: f64,
    block: i32,
}

impl Scaled {
    pub const ZERO: Self = Self { mantissa: 0.0, block: LOWEST };
    pub const ONE: Self = Self { mantissa: 1.0, block: 0 };

    /// eˣ; 0 for −∞.
    pub fn exp(ln: f64) -> Self {
        if ln == f64::NEG_INFINITY {
            return Self::ZERO;
        }
        let block = (ln / (BITS * LN_2)).round();
        Self { mantissa: (ln - block * BITS * LN_2).exp(), block: block as i32 }.in_range()
    }

    /// Its natural log.
    pub fn ln(self) -> f64 {
        self.mantissa.ln() + f64::from(self.block) * BITS * LN_2
    }

    /// This over one that is not 0 and not less, as a float: 0 where it is too small for one.
    pub fn ratio(self, other: Self) -> f64 {
        let ratio = self.mantissa / other.mantissa;
        match self.block - other.block {
            0 => ratio,
            1 => ratio * BLOCK,
            -1 => ratio / BLOCK,
            -2 => ratio / BLOCK / BLOCK,
            _ => 0.0,
        }
    }

    fn in_range(self) -> Self {
        match self {
            Self { mantissa, block } if mantissa >= HALF => Self { mantissa: mantissa / BLOCK, block: block + 1 },
            Self { mantissa, block } if mantissa < 1.0 / HALF && mantissa > 0.0 => {
                Self { mantissa: mantissa * BLOCK, block: block - 1 }
            }
            other => other,
        }
    }
}

impl Mul for Scaled {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self { mantissa: self.mantissa * other.mantissa, block: (self.block + other.block).max(LOWEST) }.in_range()
    }
}

impl AddAssign for Scaled {
    /// What is two blocks lower is less than 2⁻⁵¹² of the other.
    fn add_assign(&mut self, other: Self) {
        let (high, low) = if self.block >= other.block { (*self, other) } else { (other, *self) };
        let mantissa = match high.block - low.block {
            0 => high.mantissa + low.mantissa,
            1 => high.mantissa + low.mantissa / BLOCK,
            _ => high.mantissa,
        };
        *self = Self { mantissa, block: high.block }.in_range();
    }
}

#[cfg(test)]
mod tests {
    use super::super::elements::ln_add;
    use super::*;

    #[test]
    fn agrees_with_logs() {
        let lns = [f64::NEG_INFINITY, -9e3, -700.0, -355.0, -177.5, -1.0, 0.0, 3.0, 177.4, 177.5, 354.0, 800.0, 2e4];
        let close = |scaled: Scaled, ln: f64| scaled.ln() == ln || (scaled.ln() - ln).abs() <= 1e-11;
        for left in lns {
            for right in lns {
                let mut sum = Scaled::exp(left);
                sum += Scaled::exp(right);
                assert!(close(sum, ln_add(left, right)), "{left} {right}");
                assert!(close(Scaled::exp(left) * Scaled::exp(right), left + right), "{left} {right}");
                if left <= right && right > f64::NEG_INFINITY {
                    let (ratio, expected) = (Scaled::exp(left).ratio(Scaled::exp(right)), (left - right).exp());
                    assert!(ratio == expected || (ratio / expected - 1.0).abs() < 1e-11, "{left} {right}");
                }
            }
        }
    }
}
