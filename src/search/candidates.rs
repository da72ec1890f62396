//! The candidates of a scan, in the layout that the kernels like: blocks of eight, in each block eight codes a locus.
//!
//! So a kernel that takes a block through all loci reads codes from first to last, in the order of memory.

use crate::profile::Code;
use rayon::prelude::*;
use std::ops::Range;

/// Candidates in a tile.
pub const TILE: usize = 1024;

/// Candidates in a block.
pub(super) const BLOCK: usize = 8;

/// A subset of a panel, in ascending order of its members, stored block by block.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    members: Vec<u32>,
    dictionary_sizes: Vec<usize>,
    /// Block b, locus l, candidate i of the block: at `(b * loci + l) * BLOCK + i`. The last tile is filled up with
    /// code 0.
    codes: Vec<Code>,
    /// Positions, ascending.
    left_out: Vec<u32>,
}

impl Candidates {
    /// The candidates `members` (indices into the columns; any order, each counted once) of a panel's columns.
    ///
    /// Takes 2 bytes a candidate and locus.
    ///
    /// # Panics
    /// A member outside the columns, or a code outside its dictionary: a broken panel.
    pub fn new(columns: &[&[Code]], dictionary_sizes: &[usize], mut members: Vec<u32>) -> Self {
        members.sort_unstable();
        members.dedup();
        Self::with(columns, dictionary_sizes, members, |_, member| member as usize)
    }

    /// The candidates `members` (ascending), with columns that hold one code for each of them, in their order.
    ///
    /// # Panics
    /// Columns of another length, or a code outside its dictionary: a broken panel.
    pub fn of_columns(columns: &[&[Code]], dictionary_sizes: &[usize], members: Vec<u32>) -> Self {
        assert!(members.is_sorted_by(|left, right| left < right), "members ascend");
        Self::with(columns, dictionary_sizes, members, |position, _| position)
    }

    /// `row` says where in the columns the member at a position stands.
    fn with(
        columns: &[&[Code]],
        dictionary_sizes: &[usize],
        members: Vec<u32>,
        row: impl Fn(usize, u32) -> usize + Sync,
    ) -> Self {
        assert_eq!(columns.len(), dictionary_sizes.len(), "one dictionary a column");
        let loci = columns.len();
        let mut codes = vec![0; members.len().div_ceil(TILE) * TILE * loci];
        if loci > 0 {
            let tiles = codes.par_chunks_mut(TILE * loci).zip(members.par_chunks(TILE)).enumerate();
            tiles.for_each(|(number, (tile, members))| {
                for (locus, column) in columns.iter().enumerate() {
                    for (at, &member) in members.iter().enumerate() {
                        let code = column[row(number * TILE + at, member)];
                        assert!(usize::from(code) < dictionary_sizes[locus], "a code outside its dictionary");
                        tile[(at / BLOCK * loci + locus) * BLOCK + at % BLOCK] = code;
                    }
                }
            });
        }
        Self { members, dictionary_sizes: dictionary_sizes.to_vec(), codes, left_out: Vec::new() }
    }

    /// Leaves these members out: they keep their positions, and no query is paired with them.
    pub fn leave_out(&mut self, members: &[u32]) {
        self.left_out = self.positions(members);
    }

    /// The positions of those who are left out, ascending.
    pub(super) fn left_out(&self) -> &[u32] {
        &self.left_out
    }

    /// Number of candidates.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no candidate.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The member indices, ascending. A candidate's position is its index in this list.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// Number of loci.
    pub fn loci(&self) -> usize {
        self.dictionary_sizes.len()
    }

    /// Number of codes of each locus.
    pub fn dictionary_sizes(&self) -> &[usize] {
        &self.dictionary_sizes
    }

    /// Number of tiles; the last one may be partly filled.
    pub(super) fn tiles(&self) -> usize {
        self.members.len().div_ceil(TILE)
    }

    /// How many candidates this tile holds.
    pub(super) fn tile_len(&self, tile: usize) -> usize {
        (self.members.len() - tile * TILE).min(TILE)
    }

    /// The codes of one tile.
    pub(super) fn tile(&self, tile: usize) -> &[Code] {
        self.stretch(tile * TILE, TILE)
    }

    /// The codes of a stretch of one tile, start and length multiples of [`BLOCK`]: for each block of candidates,
    /// [`BLOCK`] codes a locus.
    pub(super) fn stretch(&self, start: usize, length: usize) -> &[Code] {
        debug_assert!(start.is_multiple_of(BLOCK) && length.is_multiple_of(BLOCK), "whole blocks");
        &self.codes[start * self.loci()..(start + length) * self.loci()]
    }

    /// The code at one locus of the candidate at one position.
    pub(super) fn code(&self, position: usize, locus: usize) -> usize {
        usize::from(self.codes[(position / BLOCK * self.loci() + locus) * BLOCK + position % BLOCK])
    }

    /// The positions of the candidates of one tile.
    pub(super) fn positions_of(&self, tile: usize) -> Range<usize> {
        tile * TILE..tile * TILE + self.tile_len(tile)
    }

    /// The positions of these members, ascending; those that are not among the candidates are left out.
    pub(super) fn positions(&self, members: &[u32]) -> Vec<u32> {
        let mut positions: Vec<_> =
            members.iter().filter_map(|member| self.members.binary_search(member).ok()).map(|at| at as u32).collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}
