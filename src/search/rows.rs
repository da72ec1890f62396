//! The bitmaps of a tile as the exclusion kernel reads them.

use super::TILE;

/// Words of a row.
pub(super) const ROW_WORDS: usize = 8;

/// Halves of a tile, or whatever part of it has a row of its own.
pub(super) const HALVES: usize = TILE / 64 / ROW_WORDS;

/// One bit for each candidate of half a tile: a line of the cache, so that neighbouring rows fill it evenly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(align(64))]
pub(super) struct HalfTileRow(pub(super) [u64; ROW_WORDS]);

/// All rows of a tile: those for its first half, then those for the second, in the same order.
#[derive(Clone, Copy, Debug)]
pub(super) struct TileRows<'tile>(&'tile [HalfTileRow]);

impl<'tile> TileRows<'tile> {
    /// The rows of both halves.
    ///
    /// # Panics
    /// Halves of different length.
    pub(super) fn new(rows: &'tile [HalfTileRow]) -> Self {
        assert!(rows.len().is_multiple_of(HALVES), "as many rows for each half");
        Self(rows)
    }

    /// How many rows each half has.
    #[inline(always)]
    pub(super) fn number(self) -> usize {
        self.0.len() / HALVES
    }

    /// The rows, half by half.
    #[inline(always)]
    pub(super) fn as_slice(self) -> &'tile [HalfTileRow] {
        self.0
    }
}
