//! Ciphertexts as pairs of group elements, and where each test of each pair stands in a file.

use crate::container::FileError;
use crate::key::Session;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, IsIdentity};
use rand_core::RngCore;
use zeroize::Zeroizing;

/// Bytes of an element.
pub(crate) const ELEMENT: usize = 32;

/// Bytes of a ciphertext.
pub(crate) const CIPHER: usize = 2 * ELEMENT;

/// An ElGamal ciphertext of the integer m under the joint key K: (R, B) = (ρ G, m G + ρ K).
#[derive(Clone, Copy)]
pub(crate) struct Cipher {
    pub(crate) random: RistrettoPoint,
    pub(crate) blinded: RistrettoPoint,
}

impl Cipher {
    /// 0 without a random element.
    pub(crate) fn zero() -> Self {
        Self { random: RistrettoPoint::identity(), blinded: RistrettoPoint::identity() }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { random: self.random + other.random, blinded: self.blinded + other.blinded }
    }

    /// factor · this + a fresh encryption of 0: a ciphertext that shows neither what it was made from nor the factor.
    pub(crate) fn masked(self, session: &Session, random: &mut impl RngCore) -> Self {
        let factor = Zeroizing::new(nonzero_scalar(random));
        let fresh = Zeroizing::new(nonzero_scalar(random));
        Self {
            random: self.random * *factor + RistrettoPoint::mul_base(&fresh),
            blinded: self.blinded * *factor + &session.multiples * &*fresh,
        }
    }

    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.random.compress().as_bytes());
        bytes.extend_from_slice(self.blinded.compress().as_bytes());
    }

    /// Reads the ciphertext at this position of a file. A random element that is neutral is refused: nobody draws it.
    pub(crate) fn read(bytes: &[u8], place: impl Fn() -> String) -> Result<Self, FileError> {
        let (random, blinded) = bytes.split_at(ELEMENT);
        let random = read_element(random, &place)?;
        if random.is_identity() {
            return Err(FileError::Point {
                place: place(),
                message: "the random element is the neutral one".to_owned(),
            });
        }
        Ok(Self { random, blinded: read_element(blinded, &place)? })
    }
}

/// Reads a group element.
pub(crate) fn read_element(bytes: &[u8], place: impl Fn() -> String) -> Result<RistrettoPoint, FileError> {
    let read = CompressedRistretto::from_slice(bytes).ok().and_then(|bytes| bytes.decompress());
    read.ok_or_else(|| FileError::Point {
        place: place(),
        message: "found bytes that are no element of the group".to_owned(),
    })
}

/// A random scalar that is not 0.
pub(crate) fn nonzero_scalar(random: &mut impl RngCore) -> Scalar {
    loop {
        let mut bytes = Zeroizing::new([0; 64]);
        random.fill_bytes(&mut *bytes);
        let scalar = Scalar::from_bytes_mod_order_wide(&bytes);
        if scalar != Scalar::ZERO {
            return scalar;
        }
    }
}

/// Where the tests stand: by child, then by adult, in the files' orders.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Layout {
    /// The number of tests before each child's first, and in all.
    before: Vec<usize>,
    /// By child.
    tests: Vec<usize>,
    adults: usize,
}

impl Layout {
    /// For children who were typed at these loci.
    pub(crate) fn new(session: &Session, typed: &[Vec<bool>]) -> Self {
        let adults = session.terms.adults as usize;
        let tests: Vec<usize> = typed.iter().map(|typed| session.terms.tests(typed)).collect();
        let mut before = vec![0];
        tests.iter().for_each(|tests| before.push(before[before.len() - 1] + tests * adults));
        Self { before, tests, adults }
    }

    /// All tests.
    pub(crate) fn len(&self) -> usize {
        self.before[self.before.len() - 1]
    }

    /// Child and adult (0-based, in the files' orders) of a test.
    pub(crate) fn pair(&self, test: usize) -> (usize, usize) {
        let child = self.before.partition_point(|&before| before <= test).saturating_sub(1);
        (child, (test - self.before[child]) / self.tests[child].max(1))
    }

    /// A test in words.
    pub(crate) fn place(&self, test: usize) -> String {
        let (child, adult) = self.pair(test);
        let number = (test - self.before[child]) % self.tests[child].max(1);
        format!("child {}, adult {}, test {}", child + 1, adult + 1, number + 1)
    }
}
