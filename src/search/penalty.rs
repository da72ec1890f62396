//! A closer look at the survivors of the exclusion kernel, still without their rows: penalties in a byte.
//!
//! The penalty of a code is how far its entry lies below the greatest of its row, in units of 1/32 log10, rounded down
//! and at most 255: row\[code\] ≤ high − penalty/32. So a sum is at most H − Σ penalty/32, where H = Σ high, and a
//! candidate with Σ penalty > 32·(H − T) scores less than T. A byte in place of eight: the penalties of all rows of a run
//! stay in the cache, where the rows do not.

use super::bound::{MARGIN, greatest};

/// Penalties to one log10 unit.
const SCALE: f64 = 32.0;

/// The penalties of all distinct rows of a scan, and which of them each query uses.
#[derive(Clone, Debug)]
pub(super) struct Penalties {
    /// By locus.
    rows: Vec<LocusPenalties>,
    /// By query the greatest sum of penalties with which a candidate can reach the threshold.
    most: Vec<u32>,
    /// The lines of all queries, one query after the other.
    lines: Vec<Line>,
}

/// The penalties of the distinct rows of one locus.
#[derive(Clone, Debug)]
struct LocusPenalties {
    /// The length of a row.
    codes: usize,
    penalties: Vec<u8>,
}

/// For up to 32 loci the number of a query's row. Aligned so that it takes one wait for memory.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Line([u16; LINE]);

/// Loci of a line.
const LINE: usize = 32;

impl Penalties {
    /// No rows and no queries yet; by locus the size of the dictionary.
    pub(super) fn new(sizes: &[usize]) -> Self {
        let rows = sizes.iter().map(|&codes| LocusPenalties { codes, penalties: Vec::new() }).collect();
        Self { rows, most: Vec::new(), lines: Vec::new() }
    }

    /// Adds a row (its entries for the codes of the dictionary); returns its number within the locus, `None` where there
    /// are too many.
    pub(super) fn add_row(&mut self, locus: usize, row: &[f64]) -> Option<u16> {
        let locus = &mut self.rows[locus];
        assert_eq!(row.len(), locus.codes, "one entry a code");
        let number = u16::try_from(locus.penalties.len() / locus.codes.max(1)).ok()?;
        let high = greatest(row.iter().copied());
        // A row without a finite entry has no penalties; `as` maps NaN to 0 and whatever is too great to 255.
        locus.penalties.extend(row.iter().map(|score| ((high - score) * SCALE) as u8));
        Some(number)
    }

    /// Adds a query by the numbers of its rows, one a locus, the sum of their greatest entries, and its threshold.
    pub(super) fn add_query(&mut self, rows: &[u16], high: f64, threshold: f64) {
        assert_eq!(rows.len(), self.rows.len(), "one row a locus");
        // `as` maps what is too great, a threshold of -inf too, to the greatest number.
        self.most.push(((high - threshold + MARGIN) * SCALE) as u32);
        for rows in rows.chunks(LINE) {
            let mut line = Line([0; LINE]);
            line.0[..rows.len()].copy_from_slice(rows);
            self.lines.push(line);
        }
    }

    /// Lines of a query.
    pub(super) fn width(&self) -> usize {
        self.rows.len().div_ceil(LINE)
    }

    /// The lines of a query.
    pub(super) fn lines(&self, query: usize) -> &[Line] {
        &self.lines[query * self.width()..(query + 1) * self.width()]
    }

    /// The greatest sum of penalties with which a candidate can reach the threshold of a query.
    pub(super) fn most(&self, query: usize) -> u32 {
        self.most[query]
    }

    /// The sum of a candidate's penalties, for the query with these lines.
    #[inline]
    pub(super) fn sum(&self, lines: &[Line], code: impl Fn(usize) -> usize) -> u32 {
        let mut sum = 0;
        for (part, (line, rows)) in lines.iter().zip(self.rows.chunks(LINE)).enumerate() {
            for (at, (&number, rows)) in line.0.iter().zip(rows).enumerate() {
                sum += u32::from(rows.penalties[usize::from(number) * rows.codes + code(part * LINE + at)]);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn penalties_never_exceed_for_a_score_that_reaches_the_threshold() {
        let rows = [[0.7, -2.3, f64::NEG_INFINITY], [1.03, 1.0, -20.0]];
        for threshold in [-1e9, -22.3, -19.3, -1.27, -1.3, 0.0, 1.7, 1.73] {
            let mut penalties = Penalties::new(&[3, 3]);
            penalties.add_row(0, &[0.0; 3]).unwrap();
            let numbers = [0, 1].map(|locus| penalties.add_row(locus, &rows[locus]).unwrap());
            assert_eq!(numbers, [1, 0]);
            penalties.add_query(&[0, 0], 0.0, 0.0);
            penalties.add_query(&numbers, 1.73, threshold);
            let exceed =
                |codes: [usize; 2]| penalties.sum(penalties.lines(1), |locus| codes[locus]) > penalties.most(1);
            for (first, second) in (0..9).map(|at| (at / 3, at % 3)) {
                let score = rows[0][first] + rows[1][second];
                assert!(!exceed([first, second]) || score < threshold, "{score} {threshold}");
            }
            assert_eq!(exceed([1, 1]), threshold > -1.2, "{threshold}");
        }
    }

    #[test]
    fn a_query_may_have_more_loci_than_a_line() {
        let mut penalties = Penalties::new(&[2; 40]);
        let numbers: Vec<_> = (0..40).map(|locus| penalties.add_row(locus, &[1.0, 0.0]).unwrap()).collect();
        penalties.add_query(&numbers, 40.0, 0.5);
        let lows = |count: usize| penalties.sum(penalties.lines(0), |locus| usize::from(locus >= 40 - count));
        assert_eq!([0, 1, 9, 40].map(lows), [0, 32, 9 * 32, 40 * 32]);
    }
}
