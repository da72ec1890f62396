//! A random order of any number of things without a list of them.
//!
//! A Feistel network of four rounds is a permutation of the pairs of half words; numbers that fall outside the range are
//! permuted again until they fall inside (Black & Rogaway 2002, doi 10.1007/3-540-45760-7_9). Constant memory; about two
//! walks a number on average, four at most in the mean.

use super::stream::{Purpose, Streams};
use rand::Rng;

const ROUNDS: usize = 4;

/// A permutation of `0..len`.
#[derive(Clone, Debug)]
pub struct Shuffle {
    len: u64,
    half_bits: u32,
    keys: [u64; ROUNDS],
}

impl Shuffle {
    /// The order that this seed gives to list number `list` of `len` things.
    pub fn new(seed: u64, list: u64, len: u64) -> Self {
        let bits = u64::BITS - len.saturating_sub(1).leading_zeros();
        let mut random = Streams::new(seed, Purpose::Order).stream(list);
        Self { len, half_bits: bits.div_ceil(2).max(1), keys: random.random() }
    }

    /// Where number `position` (below `len`) goes.
    pub fn forward(&self, position: u64) -> u64 {
        self.walk(position, |shuffle, at| shuffle.rounds(at, shuffle.keys.iter(), false))
    }

    /// The number that goes to `position`: the inverse of [`Shuffle::forward`].
    pub fn backward(&self, position: u64) -> u64 {
        self.walk(position, |shuffle, at| shuffle.rounds(at, shuffle.keys.iter().rev(), true))
    }

    fn walk(&self, start: u64, step: impl Fn(&Self, u64) -> u64) -> u64 {
        debug_assert!(start < self.len);
        let mut at = step(self, start);
        while at >= self.len {
            at = step(self, at);
        }
        at
    }

    fn rounds<'a>(&self, value: u64, keys: impl Iterator<Item = &'a u64>, swapped: bool) -> u64 {
        let mask = (1 << self.half_bits) - 1;
        let halves = (value >> self.half_bits, value & mask);
        let (mut left, mut right) = if swapped { (halves.1, halves.0) } else { halves };
        for key in keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        if swapped { (right << self.half_bits) | left } else { (left << self.half_bits) | right }
    }
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014, doi 10.1145/2660193.2660195).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_once_and_finds_its_way_back() {
        for len in [1, 2, 3, 7, 100, 1000, 4097] {
            let shuffle = Shuffle::new(5, 0, len);
            let mut seen = vec![false; len as usize];
            for position in 0..len {
                let to = shuffle.forward(position);
                assert_eq!(shuffle.backward(to), position);
                assert!(!std::mem::replace(&mut seen[to as usize], true));
            }
        }
    }

    #[test]
    fn neighbours_are_torn_apart() {
        let shuffle = Shuffle::new(1, 0, 10_000);
        let kept = (0..9_999).filter(|&at| shuffle.forward(at).abs_diff(shuffle.forward(at + 1)) == 1).count();
        assert!(kept < 20, "{kept}");
    }
}
