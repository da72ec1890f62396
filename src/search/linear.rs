//! Score rows as likelihood ratios instead of logarithms, scaled so that their product stays within an f64.
//!
//! For one query let m(l) be the greatest entry of its rows at locus l, over all lines of all its tables. The factors
//! 10^(row − m) lie in [0, 1], so the product of [`START`] and one factor a locus neither overflows nor, down to
//! 458 orders of magnitude below the best conceivable candidate, underflows. The same m(l) serves all tables of a
//! query, so that the least product belongs to the least score. With M = Σ m(l):
//!
//! score = log10(product) − log10(START) + M.
//!
//! A table of several lines has the sum of their products, each started from [`START`] times the line's weight.
//!
//! A product of L factors has a relative error under 2·(L+1) units of 2⁻⁵³ and each factor one of about
//! |row − m|·2⁻⁵⁰; the f64 sum that defines the score errs by at most L·2⁻⁵³·Σ|row|. For any L and rows that fit
//! in this range both are far below [`MARGIN`], which is what a comparison of a product in place of a score allows for.

use super::{Candidates, Query, QueryRows};
use std::{collections::HashMap, ops::Range, sync::Arc};

/// log10 of the number that every product starts from.
const LOG10_START: f64 = 150.0;

/// What every product starts from.
pub(super) const START: f64 = 1e150;

/// What a comparison of products allows for rounding, in log10 units.
const MARGIN: f64 = 1e-6;

/// Exponents below this one are not told apart from zero.
const LEAST_EXPONENT: f64 = -290.0;

/// The linear rows of all queries of a scan, each distinct one once.
pub(super) struct LinearRows {
    rows: Vec<Vec<f64>>,
    queries: Vec<LinearQuery>,
}

/// One line of a table.
struct LinearLine {
    /// What its products start from.
    start: f64,
    /// For each locus an index into the rows.
    rows: Vec<u32>,
}

/// One query: which linear rows it uses and how its products relate to its scores.
pub(super) struct LinearQuery {
    /// The lines of each table.
    tables: Vec<Vec<LinearLine>>,
    /// M − log10(START): what is added to log10(product) to give the score.
    pub(super) offset: f64,
}

impl LinearRows {
    /// Converts the rows of these queries; rows that are shared (the same pointer, the same scale) are converted once.
    pub(super) fn new<'scan>(queries: impl Iterator<Item = &'scan Query>, candidates: &Candidates) -> Self {
        let mut linear = Self { rows: Vec::new(), queries: Vec::new() };
        let mut greatest_of = HashMap::new();
        let mut index_of = HashMap::new();
        for query in queries {
            let mut greatest = vec![f64::NEG_INFINITY; candidates.loci()];
            for line in query.tables.iter().flat_map(|table| &table.lines) {
                assert_eq!(line.rows.len(), candidates.loci(), "one row a locus");
                for (locus, row) in line.rows.iter().enumerate() {
                    let size = candidates.dictionary_sizes()[locus];
                    assert!(row.len() >= size, "one entry a code");
                    let greatest_here = || greatest_entry(&row[..size]);
                    let row_max = *greatest_of.entry((Arc::as_ptr(row), size)).or_insert_with(greatest_here);
                    greatest[locus] = f64::max(greatest[locus], row_max);
                }
            }
            let offset = offset(greatest.iter().copied());
            for scale in &mut greatest {
                *scale = finite_or_zero(*scale);
            }
            let mut row_index = |row: &Arc<[f64]>, scale: f64| {
                *index_of.entry((Arc::as_ptr(row), scale.to_bits())).or_insert_with(|| {
                    linear.rows.push(row.iter().map(|score| 10_f64.powf(score - scale)).collect());
                    linear.rows.len() as u32 - 1
                })
            };
            let mut linear_line = |line: &QueryRows| LinearLine {
                start: START * 10_f64.powf(line.log10_weight),
                rows: line.rows.iter().zip(&greatest).map(|(row, &scale)| row_index(row, scale)).collect(),
            };
            let tables = query.tables.iter().map(|table| table.lines.iter().map(&mut linear_line).collect()).collect();
            linear.queries.push(LinearQuery { tables, offset });
        }
        linear
    }

    /// The linear row of one query at one locus; a query with fewer tables repeats its last one, and so does a table with
    /// fewer lines.
    pub(super) fn row(&self, query: usize, table: usize, line: usize, locus: usize) -> &[f64] {
        let lines = self.lines(query, table);
        lines.get(line).or(lines.last()).map_or(&[], |line| &self.rows[line.rows[locus] as usize])
    }

    /// What the products of a line start from; 0 where the table has fewer lines, [`START`] where the query has no table.
    pub(super) fn start(&self, query: usize, table: usize, line: usize) -> f64 {
        let lines = self.lines(query, table);
        if lines.is_empty() { START } else { lines.get(line).map_or(0.0, |line| line.start) }
    }

    /// The lines of a table; a query with fewer tables repeats its last one.
    fn lines(&self, query: usize, table: usize) -> &[LinearLine] {
        let tables = &self.queries[query].tables;
        tables.get(table).or(tables.last()).map_or(&[], |lines| lines)
    }

    /// The number of lines of each table of these queries together: of a table, the most that any has.
    pub(super) fn lines_of(&self, queries: Range<usize>) -> Vec<usize> {
        let tables = queries.clone().map(|query| self.queries[query].tables.len()).max().unwrap_or(0);
        let most = |table| queries.clone().map(|query| self.lines(query, table).len()).max().unwrap_or(0);
        (0..tables).map(most).collect()
    }

    /// How products relate to scores for this query.
    pub(super) fn query(&self, query: usize) -> &LinearQuery {
        &self.queries[query]
    }
}

impl LinearQuery {
    /// A number that the product of every candidate with at least this score reaches.
    pub(super) fn least_product(&self, score: f64) -> f64 {
        let exponent = score - self.offset - MARGIN;
        if exponent < LEAST_EXPONENT { 0.0 } else { 10_f64.powf(exponent) }
    }

    /// A number that only the products of candidates with at least this score reach.
    pub(super) fn certain_product(&self, score: f64) -> f64 {
        10_f64.powf((score - self.offset + MARGIN).max(LEAST_EXPONENT))
    }
}

/// M − log10([`START`]) from the greatest entry m(l) of each locus; a locus without a finite entry counts 0.
pub(super) fn offset(greatest: impl Iterator<Item = f64>) -> f64 {
    greatest.map(finite_or_zero).sum::<f64>() - LOG10_START
}

fn finite_or_zero(greatest: f64) -> f64 {
    if greatest.is_finite() { greatest } else { 0.0 }
}

fn greatest_entry(row: &[f64]) -> f64 {
    debug_assert!(row.iter().all(|score| *score < f64::INFINITY), "a score row holds finite numbers and -inf");
    row.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
