//! Sums of ballots weighted by the entries of a row.

use crate::points::Cipher;
use curve25519_dalek::ristretto::RistrettoPoint;
use std::collections::BTreeMap;

/// An encrypted integer and a known one, to be added.
#[derive(Clone, Copy)]
pub(crate) struct Sum {
    pub(crate) encrypted: Cipher,
    pub(crate) known: i32,
}

impl Sum {
    pub(crate) fn zero() -> Self {
        Self { encrypted: Cipher::zero(), known: 0 }
    }

    pub(crate) fn plus(self, other: &Self) -> Self {
        Self { encrypted: self.encrypted.plus(other.encrypted), known: self.known + other.known }
    }
}

/// Σ over the classes g of row(g) · E(g), for a choice of exactly one class.
///
/// The E(g) add up to 1, so that the row's commonest entry b is taken out: Σ (row(g) − b) · E(g) + b. Ciphertexts with one entry are added
/// first and multiplied once.
pub(crate) fn weighted(choice: &[Cipher], row: &[i32]) -> Sum {
    let mut by_entry: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    row.iter().enumerate().for_each(|(class, &entry)| by_entry.entry(entry).or_default().push(class));
    let known = by_entry.iter().max_by_key(|(_, classes)| classes.len()).map_or(0, |(&entry, _)| entry);
    let others = by_entry.iter().filter(|&(&entry, _)| entry != known);
    let encrypted = others.fold(Cipher::zero(), |sum, (&entry, classes)| {
        let of_entry = classes.iter().fold(Cipher::zero(), |sum, &class| sum.plus(choice[class]));
        let times = |point| multiple(point, entry - known);
        sum.plus(Cipher { random: times(of_entry.random), blinded: times(of_entry.blinded) })
    });
    Sum { encrypted, known }
}

/// A small multiple, by doubling and adding.
fn multiple(point: RistrettoPoint, factor: i32) -> RistrettoPoint {
    let step = if factor < 0 { -point } else { point };
    let factor = factor.unsigned_abs();
    let mut sum = RistrettoPoint::default();
    for bit in (0..u32::BITS - factor.leading_zeros()).rev() {
        sum += sum;
        if factor >> bit & 1 == 1 {
            sum += step;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::{constants::RISTRETTO_BASEPOINT_POINT, scalar::Scalar};

    #[test]
    fn small_multiples_are_those_of_the_scalar() {
        for factor in [-4097_i32, -44, -1, 0, 1, 2, 3, 7, 64, 1000] {
            let scalar = Scalar::from(factor.unsigned_abs());
            let scalar = if factor < 0 { -scalar } else { scalar };
            assert_eq!(multiple(RISTRETTO_BASEPOINT_POINT, factor), RISTRETTO_BASEPOINT_POINT * scalar, "{factor}");
        }
    }

    #[test]
    fn a_choice_weighted_is_the_entry_of_its_class() {
        let row = [-40, 3, -40, 0, -7, 2, -40];
        for chosen in 0..row.len() {
            let cipher = |class| Cipher {
                random: RistrettoPoint::default(),
                blinded: if class == chosen { RISTRETTO_BASEPOINT_POINT } else { RistrettoPoint::default() },
            };
            let choice: Vec<Cipher> = (0..row.len()).map(cipher).collect();
            let sum = weighted(&choice, &row);
            assert_eq!(sum.encrypted.blinded, multiple(RISTRETTO_BASEPOINT_POINT, row[chosen] - sum.known));
        }
    }
}
