//! Bitmaps of a tile: for each locus and feature one bit a candidate, set where the candidate lacks the feature.

use super::{Candidates, TILE, features::CodeFeatures, features::Features};

/// One bit for each candidate of a tile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(align(64))]
pub(super) struct Row(pub(super) [u64; TILE / 64]);

/// The row that is never set: no candidate lacks anything.
pub(super) const NOTHING_LACKS: u16 = 0;

/// Where features that no query asks for go.
const UNUSED: u16 = 1;

/// Which row of a tile's bitmaps belongs to which feature.
#[derive(Clone, Debug)]
pub(super) struct RowIndex {
    loci: Vec<LocusRows>,
    rows: usize,
}

#[derive(Clone, Debug, Default)]
struct LocusRows {
    /// Row by feature; [`UNUSED`] where no query asks for it.
    row_of: Vec<u16>,
    /// Two rows by code.
    rows_of_code: Vec<[u16; 2]>,
    /// The locus's rows: the first is the open candidates', the others the features'.
    rows: std::ops::Range<usize>,
}

/// Too many features for the row numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooManyRows;

impl RowIndex {
    /// Rows for the features that are asked for (locus, feature), in any order, with repetitions.
    pub(super) fn new(features: &Features, asked: impl Iterator<Item = (usize, u16)>) -> Result<Self, TooManyRows> {
        let mut index = Self { loci: Vec::with_capacity(features.loci.len()), rows: usize::from(UNUSED) + 1 };
        let mut asked: Vec<_> = asked.collect();
        asked.sort_unstable();
        asked.dedup();
        for (locus, codes) in features.loci.iter().enumerate() {
            let count = codes.iter().flat_map(|code| code.iter()).max().map_or(0, |most| usize::from(most) + 1);
            let first = index.rows;
            let mut rows = LocusRows { row_of: vec![UNUSED; count], ..LocusRows::default() };
            let from = asked.partition_point(|&(other, _)| other < locus);
            index.rows += 1;
            for &(_, feature) in asked[from..].iter().take_while(|&&(other, _)| other == locus) {
                rows.row_of[usize::from(feature)] = u16::try_from(index.rows).map_err(|_| TooManyRows)?;
                index.rows += 1;
            }
            let open = u16::try_from(first).map_err(|_| TooManyRows)?;
            rows.rows = first..index.rows;
            let row_of = |feature: u16| rows.row_of[usize::from(feature)];
            let rows_of = |code: &CodeFeatures| match *code {
                CodeFeatures::Any => [open, open],
                CodeFeatures::One(feature) => [row_of(feature), row_of(feature)],
                CodeFeatures::Two(first, second) => [row_of(first), row_of(second)],
            };
            rows.rows_of_code = codes.iter().map(rows_of).collect();
            index.loci.push(rows);
        }
        Ok(index)
    }

    /// The row of a feature that was asked for.
    pub(super) fn row(&self, locus: usize, feature: u16) -> u16 {
        self.loci[locus].row_of[usize::from(feature)]
    }

    /// Makes the bitmaps of one tile.
    pub(super) fn fill(&self, candidates: &Candidates, tile: usize, rows: &mut Vec<Row>) {
        rows.clear();
        rows.resize(self.rows, Row([0; TILE / 64]));
        for (locus, index) in self.loci.iter().enumerate() {
            for (word, codes) in candidates.words_of_codes(tile, locus).enumerate() {
                // Set a bit where a candidate has the feature …
                for (bit, code) in codes.enumerate() {
                    let [first, second] = index.rows_of_code[usize::from(code)];
                    rows[usize::from(first)].0[word] |= 1 << bit;
                    rows[usize::from(second)].0[word] |= 1 << bit;
                }
            }
            // … then turn the rows over, open candidates having every feature.
            let open = rows[index.rows.start];
            for row in &mut rows[index.rows.clone()] {
                for (word, open) in row.0.iter_mut().zip(open.0) {
                    *word = !(*word | open);
                }
            }
        }
        rows[usize::from(NOTHING_LACKS)] = Row([0; TILE / 64]);
    }
}
