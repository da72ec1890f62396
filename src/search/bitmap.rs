//! A tile made ready for the exclusion kernel: for each locus and feature one bit a candidate, set where the candidate lacks
//! the feature; and what each candidate has, for a closer look at it.

use super::{
    Candidates, TILE,
    candidates::BLOCK,
    features::{CodeFeatures, Features},
    penalty::{self, Held, NOTHING, UNASKED},
    rows::{HALVES, HalfTileRow, ROW_WORDS, TileRows},
    word::RowOffset,
};
use crate::profile::Code;
use std::{collections::BTreeSet, ops::Range};

/// The row that is never set: no candidate lacks anything. Counting what lacks any of two, it leaves the other alone to count.
pub(super) const NOTHING_LACKS: u16 = 0;

/// The row that is always set: every candidate lacks it. Counting what lacks both of two, it leaves the other alone to count.
pub(super) const EVERYTHING_LACKS: u16 = 1;

/// The candidates of one tile.
#[derive(Clone, Debug, Default)]
pub(super) struct Tile {
    rows: Vec<HalfTileRow>,
    /// What each candidate has, as many lines a candidate as its loci take.
    pub(super) held: Vec<Held>,
}

impl Tile {
    /// The bitmaps.
    pub(super) fn rows(&self) -> TileRows<'_> {
        TileRows::new(&self.rows)
    }
}

/// Which row of a tile's bitmaps belongs to which feature.
#[derive(Clone, Debug)]
pub(super) struct RowIndex {
    loci: Vec<LocusRows>,
    rows: usize,
}

#[derive(Clone, Debug)]
struct LocusRows {
    /// By feature its number within the locus: [`UNASKED`], or one of the following for those that are asked for.
    number_of: Vec<u8>,
    /// By code the numbers of its features; [`NOTHING`] in place of a second one, twice if it is open.
    numbers_of_code: Vec<[u8; 2]>,
    /// The rows among all of the features that are asked for, in the order of their numbers.
    rows: Range<usize>,
}

/// The number of the first feature that is asked for at a locus.
const FIRST: u8 = UNASKED + 1;

/// More features are asked for than there are numbers: 254 at a locus, [`RowOffset::MOST_ROWS`] rows in all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooManyRows;

impl RowIndex {
    /// Rows for the features that are asked for (locus, feature), in any order, with repetitions.
    pub(super) fn new(features: &Features, asked: impl Iterator<Item = (usize, u16)>) -> Result<Self, TooManyRows> {
        let mut features_of = vec![BTreeSet::new(); features.loci.len()];
        asked.for_each(|(locus, feature)| _ = features_of[locus].insert(feature));
        let mut rows = usize::from(EVERYTHING_LACKS) + 1;
        let mut loci = Vec::with_capacity(features.loci.len());
        for (codes, asked) in features.loci.iter().zip(&features_of) {
            let index = LocusRows::new(codes, asked, rows)?;
            rows = index.rows.end;
            loci.push(index);
        }
        if rows > RowOffset::MOST_ROWS { Err(TooManyRows) } else { Ok(Self { loci, rows }) }
    }

    /// The row of a feature that was asked for.
    pub(super) fn row(&self, locus: usize, feature: u16) -> u16 {
        (self.loci[locus].rows.start + usize::from(self.number(locus, feature) - FIRST)) as u16
    }

    /// The number within its locus of a feature that was asked for.
    pub(super) fn number(&self, locus: usize, feature: u16) -> u8 {
        self.loci[locus].number_of[usize::from(feature)]
    }

    /// Number of rows of a tile.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Makes one tile ready. Where it has no candidate every feature is lacking, so that nobody survives there.
    pub(super) fn fill(&self, candidates: &Candidates, number: usize, tile: &mut Tile) {
        let width = penalty::lines(self.loci.len()).max(1);
        tile.rows.resize(HALVES * self.rows, HalfTileRow([0; ROW_WORDS]));
        tile.held.resize(TILE * width, Held::OPEN);
        let mut scratch = ([0_u64; 256], [0_u64; 256]);
        let people = candidates.tile_len(number);
        let words = candidates.tile(number).as_chunks::<BLOCK>().0.chunks_exact((64 / BLOCK * self.loci.len()).max(1));
        for (at, (codes, held)) in words.zip(tile.held.chunks_exact_mut(64 * width)).enumerate() {
            let nobody = u64::MAX.checked_shl(people.saturating_sub(at * 64) as u32).unwrap_or(0);
            let rows = &mut tile.rows[at / ROW_WORDS * self.rows..][..self.rows];
            rows[usize::from(EVERYTHING_LACKS)].0[at % ROW_WORDS] = u64::MAX;
            for (locus, index) in self.loci.iter().enumerate() {
                let codes = codes.iter().skip(locus).step_by(self.loci.len()).flatten();
                let held = held.chunks_exact_mut(width);
                let rows = &mut rows[index.rows.clone()];
                index.fill(codes.zip(held), locus, (at % ROW_WORDS, nobody), rows, &mut scratch);
            }
        }
    }
}

impl LocusRows {
    /// Numbers and rows for the features that are asked for at one locus, from row `first` on.
    fn new(codes: &[CodeFeatures], asked: &BTreeSet<u16>, first: usize) -> Result<Self, TooManyRows> {
        let count = codes.iter().flat_map(|code| code.iter()).max().map_or(0, |most| usize::from(most) + 1);
        let mut number_of = vec![UNASKED; count];
        for (number, &feature) in (usize::from(FIRST)..).zip(asked) {
            number_of[usize::from(feature)] = u8::try_from(number).map_err(|_| TooManyRows)?;
        }
        let numbers_of_code = |code: &CodeFeatures| match *code {
            CodeFeatures::Any => [NOTHING; 2],
            CodeFeatures::One(feature) => [number_of[usize::from(feature)], NOTHING],
            CodeFeatures::Two(first, second) => [number_of[usize::from(first)], number_of[usize::from(second)]],
        };
        let numbers_of_code = codes.iter().map(numbers_of_code).collect();
        Ok(Self { number_of, numbers_of_code, rows: first..first + asked.len() })
    }

    /// Fills a word of the locus's rows, and what is held, from the codes of 64 candidates. The word's number, and its bits
    /// that are no candidate's. The scratch is all zero before and after.
    fn fill<'tile>(
        &self,
        candidates: impl Iterator<Item = (&'tile Code, &'tile mut [Held])>,
        locus: usize,
        (word, nobody): (usize, u64),
        rows: &mut [HalfTileRow],
        (first, second): &mut ([u64; 256], [u64; 256]),
    ) {
        // First the candidates that have the feature; two sets, so that fewer additions wait for each other.
        let mut bit = 1_u64;
        for (&code, held) in candidates {
            let numbers = self.numbers_of_code[usize::from(code)];
            Held::set(held, locus, numbers);
            first[usize::from(numbers[0])] |= bit;
            second[usize::from(numbers[1])] |= bit;
            bit = bit.rotate_left(1);
        }
        // Then turned over: an open candidate lacks nothing.
        let open = first[usize::from(NOTHING)];
        let asked = usize::from(FIRST)..usize::from(FIRST) + rows.len();
        for ((row, first), second) in rows.iter_mut().zip(&first[asked.clone()]).zip(&second[asked]) {
            row.0[word] = !(first | second | open) | nobody;
        }
        first[..usize::from(FIRST) + rows.len()].fill(0);
        second[..usize::from(FIRST) + rows.len()].fill(0);
    }
}
