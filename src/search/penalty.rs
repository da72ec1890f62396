//! A closer look at the survivors of the exclusion kernel, still without their rows: penalties in a byte.
//!
//! The penalty of a code is how far its entry lies below the greatest of its row, in units of 1/32 log10, rounded down
//! and at most 255: row\[code\] ≤ high − penalty/32. So a sum is at most H − Σ penalty/32, where H = Σ high, and a
//! candidate with Σ penalty > 32·(H − T) scores less than T. A byte in place of eight: the penalties of all rows of a run
//! stay in the cache, where the rows do not.

use super::bound::{MARGIN, greatest};
use std::ops::Range;

/// Penalties to one log10 unit.
const SCALE: f64 = 32.0;

/// The penalties of all distinct rows of a scan, and which of them each query uses.
#[derive(Clone, Debug, Default)]
pub(super) struct Penalties {
    penalties: Vec<u8>,
    /// For each query's loci where the penalties of its row begin.
    starts: Vec<u32>,
}

impl Penalties {
    /// Adds a row (its entries for the codes of the dictionary); returns its number, `None` where there are too many.
    pub(super) fn add_row(&mut self, row: &[f64]) -> Option<u32> {
        let high = greatest(row.iter().copied());
        let start = u32::try_from(self.penalties.len()).ok()?;
        // A row without a finite entry has no penalties; `as` maps NaN to 0 and whatever is too great to 255.
        self.penalties.extend(row.iter().map(|score| ((high - score) * SCALE) as u8));
        Some(start)
    }

    /// Adds a query by the numbers of its rows, one a locus; returns where it is.
    pub(super) fn add_query(&mut self, rows: &[u32]) -> Range<usize> {
        let start = self.starts.len();
        self.starts.extend_from_slice(rows);
        start..self.starts.len()
    }

    /// The sum of penalties above which a candidate scores less than the threshold.
    pub(super) fn most(high: f64, threshold: f64) -> u32 {
        ((high - threshold + MARGIN) * SCALE) as u32
    }

    /// For each locus of a query where the penalties of its row begin.
    pub(super) fn starts(&self, query: &Range<usize>) -> &[u32] {
        &self.starts[query.clone()]
    }

    /// The sum of a candidate's penalties, for a query with these starts.
    #[inline]
    pub(super) fn sum(&self, starts: &[u32], code: impl Fn(usize) -> usize) -> u32 {
        let penalty = |(locus, &start): (usize, &u32)| u32::from(self.penalties[start as usize + code(locus)]);
        starts.iter().enumerate().map(penalty).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn penalties_never_exceed_for_a_score_that_reaches_the_threshold() {
        let rows = [[0.7, -2.3, f64::NEG_INFINITY], [1.03, 1.0, -20.0]];
        let mut penalties = Penalties::default();
        let numbers = rows.map(|row| penalties.add_row(&row).unwrap());
        let query = penalties.add_query(&numbers);
        for (first, second) in (0..9).map(|at| (at / 3, at % 3)) {
            let score = rows[0][first] + rows[1][second];
            for threshold in [-1e9, -22.3, -19.3, -1.27, -1.3, 0.0, 1.7, 1.73] {
                let most = Penalties::most(1.73, threshold);
                let exceeds = penalties.sum(penalties.starts(&query), |locus| [first, second][locus]) > most;
                assert!(!exceeds || score < threshold, "{score} {threshold}");
            }
        }
        assert!(penalties.sum(penalties.starts(&query), |_| 1) > Penalties::most(1.73, 0.0));
    }
}
