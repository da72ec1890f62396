//! One row in place of those of several lines: their greatest entry for each code.
//!
//! *Claim.* Let a table have the lines k with weights w(k), Σ w(k) ≤ 1, and rows r(k, l). The sum over the loci of
//! max over k of r(k, l) is no less than the table's score. *Proof.* log10 Σ w(k) 10^s(k) ≤ max s(k), s(k) being the sum over l of
//! r(k, l), and each of these is at most the sum of the maxima. ∎
//!
//! So whatever bounds a sum of single rows bounds the score of a table when it is given these.

use super::{QueryTable, bound::greatest};
use foldhash::fast::FixedState;
use std::{borrow::Cow, collections::HashMap, sync::Arc};

/// The distinct rows that bounds are worked out from, each with its locus.
#[derive(Default)]
pub(super) struct BoundRows<'q> {
    /// The rows.
    pub(super) rows: Vec<(usize, Cow<'q, [f64]>)>,
    of_one_line: HashMap<(usize, usize), u32, FixedState>,
    of_several: HashMap<(usize, Vec<usize>), u32, FixedState>,
}

impl<'q> BoundRows<'q> {
    /// By locus the number of the table's row.
    pub(super) fn of(&mut self, table: &'q QueryTable) -> Vec<u32> {
        let loci = table.lines.first().map_or(0, |line| line.rows.len());
        (0..loci).map(|locus| self.at(table, locus)).collect()
    }

    fn at(&mut self, table: &'q QueryTable, locus: usize) -> u32 {
        let address = |row: &Arc<[f64]>| Arc::as_ptr(row).addr();
        let next = self.rows.len() as u32;
        let rows = &mut self.rows;
        let first = &table.lines[0].rows[locus];
        let others = || table.lines[1..].iter().map(|line| &line.rows[locus]);
        if others().all(|row| address(row) == address(first)) {
            return *self.of_one_line.entry((locus, address(first))).or_insert_with(|| {
                rows.push((locus, Cow::Borrowed(first)));
                next
            });
        }
        let addresses = table.lines.iter().map(|line| address(&line.rows[locus])).collect();
        *self.of_several.entry((locus, addresses)).or_insert_with(|| {
            let entry = |(code, &of_first): (usize, &f64)| greatest(others().map(|row| row[code])).max(of_first);
            rows.push((locus, Cow::Owned(first.iter().enumerate().map(entry).collect())));
            next
        })
    }
}
