//! Seeded streams of random numbers: one for each family and each sample, so that every part of a case can be made alone,
//! in any order, on any number of threads, with the same result.
//!
//! A stream is a ChaCha8 key stream (Bernstein 2008; `rand_chacha`, the same on every machine). The seed and the purpose
//! give the key, the index of the family or sample gives the stream number.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What random numbers are used for: two purposes never share numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Allele frequencies of the subpopulation that the case comes from.
    Subpopulation = 1,
    /// Sexes, years of birth and genotypes of a family.
    Family = 2,
    /// What the laboratory made of a sample.
    Laboratory = 3,
    /// Order of the sample numbers.
    Order = 4,
    /// Draws that estimate a distribution.
    Estimate = 5,
    /// Allele frequencies from their posterior.
    Frequencies = 6,
    /// Seeds of many cases of one shape.
    Cases = 7,
}

/// The source of all the streams of one seed and purpose.
#[derive(Clone, Debug)]
pub struct Streams {
    origin: ChaCha8Rng,
}

impl Streams {
    /// The streams of this seed and purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = purpose as u8;
        Self { origin: ChaCha8Rng::from_seed(key) }
    }

    /// The stream of this index, from its start.
    pub fn stream(&self, index: u64) -> ChaCha8Rng {
        let mut stream = self.origin.clone();
        stream.set_stream(index);
        stream
    }
}

/// A uniform number in [0, 1), with 53 random bits.
pub fn uniform(random: &mut impl Rng) -> f64 {
    random.random::<f64>()
}

/// A uniform whole number in `0..bound`; `bound` is at least 1.
pub fn below(random: &mut impl Rng, bound: usize) -> usize {
    random.random_range(0..bound.max(1) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let first = |seed, purpose, index| -> u64 { Streams::new(seed, purpose).stream(index).random() };
        assert_eq!(first(1, Purpose::Family, 7), first(1, Purpose::Family, 7));
        let all = [
            first(1, Purpose::Family, 7),
            first(2, Purpose::Family, 7),
            first(1, Purpose::Laboratory, 7),
            first(1, Purpose::Family, 8),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all[at + 1..].iter().all(|other| other != one));
        }
    }
}
