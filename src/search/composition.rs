//! What a list of candidates is made up of, as far as a plan asks: the same whichever part of the list is scanned.

use super::{Candidates, TILE};
use std::ops::Range;

/// How many candidates there are, and how often each code occurs among them, by evenly spaced tiles.
#[derive(Clone, Debug)]
pub struct Composition {
    length: usize,
    dictionary_sizes: Vec<usize>,
    /// By locus and code.
    pub(super) shares: Vec<Vec<f64>>,
}

impl Composition {
    /// That of candidates all of whom are at hand.
    pub fn of(candidates: &Candidates) -> Self {
        let looked_at = Self::looked_at(candidates.len()).flatten();
        Self::new(candidates.len(), candidates, looked_at)
    }

    /// That of a list of so many candidates, by those of them who are [looked at](Self::looked_at).
    pub fn of_sample(length: usize, looked_at: &Candidates) -> Self {
        Self::new(length, looked_at, 0..looked_at.len())
    }

    /// The positions in a list of this length of those who are looked at.
    pub fn looked_at(length: usize) -> impl Iterator<Item = Range<usize>> {
        const MOST_TILES: usize = 16;
        let tiles = length.div_ceil(TILE);
        let step = tiles.div_ceil(MOST_TILES).max(1);
        (0..tiles).step_by(step).map(move |tile| tile * TILE..((tile + 1) * TILE).min(length))
    }

    fn new(length: usize, candidates: &Candidates, positions: impl Iterator<Item = usize>) -> Self {
        let dictionary_sizes = candidates.dictionary_sizes().to_vec();
        let mut shares: Vec<Vec<f64>> = dictionary_sizes.iter().map(|&size| vec![0.0; size]).collect();
        let looked_at = Self::looked_at(length).map(|tile| tile.len()).sum::<usize>() as f64;
        for position in positions {
            for (locus, shares) in shares.iter_mut().enumerate() {
                shares[candidates.code(position, locus)] += 1.0 / looked_at;
            }
        }
        Self { length, dictionary_sizes, shares }
    }

    /// Number of candidates.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Number of tiles that they fill.
    pub(super) fn tiles(&self) -> usize {
        self.length.div_ceil(TILE)
    }

    /// Number of loci.
    pub(super) fn loci(&self) -> usize {
        self.dictionary_sizes.len()
    }

    /// Number of codes of each locus.
    pub(super) fn dictionary_sizes(&self) -> &[usize] {
        &self.dictionary_sizes
    }
}
