//! Bitmaps of a tile: for each locus and feature one bit a candidate, set where the candidate lacks the feature; and for
//! each locus one row with the candidates that have two features.

use super::{
    Candidates, TILE,
    candidates::BLOCK,
    features::{CodeFeatures, Features},
    word::RowOffset,
};
use std::ops::Range;

/// One bit for each candidate of a tile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(align(64))]
pub(super) struct Row(pub(super) [u64; TILE / 64]);

impl Row {
    /// The candidates whose bit is set, ascending.
    pub(super) fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(word, &bits)| {
            std::iter::successors(Some(bits), |bits| Some(bits & (bits - 1)))
                .take_while(|&bits| bits != 0)
                .map(move |bits| word * 64 + bits.trailing_zeros() as usize)
        })
    }
}

/// The row that is never set: no candidate lacks anything. Counting what lacks any of two, it leaves the other alone to count.
pub(super) const NOTHING_LACKS: u16 = 0;

/// The row that is always set: every candidate lacks it. Counting what lacks both of two, it leaves the other alone to count.
pub(super) const EVERYTHING_LACKS: u16 = 1;

/// Within a locus: the candidates that are open to every feature; its row holds the candidates with two features.
const OPEN: u8 = 0;

/// Within a locus: features that no query asks for.
const UNUSED: u8 = 1;

/// Within a locus: in place of the second feature of candidates that have one.
const SINGLE: u8 = 2;

/// Which row of a tile's bitmaps belongs to which feature.
#[derive(Clone, Debug)]
pub(super) struct RowIndex {
    loci: Vec<LocusRows>,
    rows: usize,
}

#[derive(Clone, Debug)]
struct LocusRows {
    /// Row within the locus, by feature.
    row_of: Vec<u8>,
    /// Two rows within the locus, by code.
    rows_of_code: Vec<[u8; 2]>,
    /// The locus's rows among all; [`OPEN`], [`UNUSED`] and [`SINGLE`] are the first three.
    rows: Range<usize>,
}

/// More features are asked for than there are row numbers: 253 at a locus, 8,192 in all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooManyRows;

impl RowIndex {
    /// Rows for the features that are asked for (locus, feature), in any order, with repetitions.
    pub(super) fn new(features: &Features, asked: impl Iterator<Item = (usize, u16)>) -> Result<Self, TooManyRows> {
        let mut asked: Vec<_> = asked.collect();
        asked.sort_unstable();
        asked.dedup();
        let mut rows = usize::from(EVERYTHING_LACKS) + 1;
        let mut loci = Vec::with_capacity(features.loci.len());
        for (locus, codes) in features.loci.iter().enumerate() {
            let from = asked.partition_point(|&(other, _)| other < locus);
            let to = asked.partition_point(|&(other, _)| other <= locus);
            let index = LocusRows::new(codes, &asked[from..to], rows)?;
            rows = index.rows.end;
            loci.push(index);
        }
        if rows > RowOffset::MOST_ROWS { Err(TooManyRows) } else { Ok(Self { loci, rows }) }
    }

    /// The row of a feature that was asked for.
    pub(super) fn row(&self, locus: usize, feature: u16) -> u16 {
        let locus = &self.loci[locus];
        (locus.rows.start + usize::from(locus.row_of[usize::from(feature)])) as u16
    }

    /// The row of the candidates with two features at a locus.
    pub(super) fn row_of_two(&self, locus: usize) -> u16 {
        (self.loci[locus].rows.start + usize::from(OPEN)) as u16
    }

    /// Number of rows of a tile.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Makes the bitmaps of one tile. Where it has no candidate every feature is lacking, so that nobody survives there.
    pub(super) fn fill(&self, candidates: &Candidates, tile: usize, rows: &mut Vec<Row>) {
        rows.resize(self.rows, Row([0; TILE / 64]));
        rows[usize::from(EVERYTHING_LACKS)] = Row([u64::MAX; TILE / 64]);
        let mut scratch = ([0_u64; 256], [0_u64; 256]);
        let codes = candidates.tile(tile).as_chunks::<BLOCK>().0;
        let word = 64 / BLOCK * self.loci.len();
        let people = candidates.tile_len(tile);
        for (locus, index) in self.loci.iter().enumerate() {
            for (at, codes) in codes.chunks_exact(word).enumerate() {
                let codes = codes.iter().skip(locus).step_by(self.loci.len());
                let nobody = u64::MAX.checked_shl(people.saturating_sub(at * 64) as u32).unwrap_or(0);
                index.fill(codes, at, nobody, &mut rows[index.rows.clone()], &mut scratch);
            }
        }
    }
}

impl LocusRows {
    /// Rows for the features that are asked for at one locus (locus, feature), from row `first` on.
    fn new(codes: &[CodeFeatures], asked: &[(usize, u16)], first: usize) -> Result<Self, TooManyRows> {
        let count = codes.iter().flat_map(|code| code.iter()).max().map_or(0, |most| usize::from(most) + 1);
        let mut row_of = vec![UNUSED; count];
        for (row, &(_, feature)) in (usize::from(SINGLE) + 1..).zip(asked) {
            row_of[usize::from(feature)] = u8::try_from(row).map_err(|_| TooManyRows)?;
        }
        let rows_of_code = |code: &CodeFeatures| match *code {
            CodeFeatures::Any => [OPEN, OPEN],
            CodeFeatures::One(feature) => [row_of[usize::from(feature)], SINGLE],
            CodeFeatures::Two(first, second) if first == second => [row_of[usize::from(first)], SINGLE],
            CodeFeatures::Two(first, second) => [row_of[usize::from(first)], row_of[usize::from(second)]],
        };
        let rows_of_code = codes.iter().map(rows_of_code).collect();
        Ok(Self { row_of, rows_of_code, rows: first..first + usize::from(SINGLE) + 1 + asked.len() })
    }

    /// Fills word `at` of the locus's rows from the codes of 64 candidates; `nobody` are the bits of no candidate. The
    /// scratch is all zero before and after.
    fn fill<'codes>(
        &self,
        blocks: impl Iterator<Item = &'codes [u16; BLOCK]>,
        at: usize,
        nobody: u64,
        rows: &mut [Row],
        (first, second): &mut ([u64; 256], [u64; 256]),
    ) {
        // First the candidates that have the feature; two sets, so that fewer additions wait for each other.
        let mut bit = 1_u64;
        for codes in blocks {
            for &code in codes {
                let [one, other] = self.rows_of_code[usize::from(code)];
                first[usize::from(one)] |= bit;
                second[usize::from(other)] |= bit;
                bit = bit.rotate_left(1);
            }
        }
        // Then turned over: an open candidate lacks nothing.
        let open = first[usize::from(OPEN)];
        first[usize::from(OPEN)] |= second[usize::from(SINGLE)];
        for ((row, first), second) in rows.iter_mut().zip(first).zip(second) {
            row.0[at] = !(*first | *second | open) | nobody;
            (*first, *second) = (0, 0);
        }
    }
}
