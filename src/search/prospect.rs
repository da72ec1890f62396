//! What a query could be excluded by, and what both kernels would cost it.

use super::{
    Composition, Features, Query,
    bound::{Mismatch, RowBound, TableBound},
    envelope::BoundRows,
    exclusion::{Build, GROUP, MOST_BUDGET},
    linear,
};
use rayon::prelude::*;
use std::borrow::Cow;

/// Nanoseconds of one core, measured on an AMD Zen 5 server core; see `benches/README.md`.
pub(super) mod cost {
    use crate::search::exclusion::Build;

    /// Look-up: a pair, a locus and a line of a table.
    pub(in crate::search) const LOOK_UP: f64 = 0.07;
    /// Look-up: an entry of a query's interleaved tables.
    pub(in crate::search) const TABLE_ENTRY: f64 = 1.0;
    /// Exclusion: a candidate and locus of the bitmaps.
    pub(in crate::search) const BITMAP: f64 = 1.8;
    /// Exclusion: one candidate with no more mismatching loci than the budget (in proportion to what the count takes, on Zen 3).
    pub(in crate::search) const SURVIVOR: f64 = 20.0;

    /// Agreement: a combination of codes in an index.
    pub(in crate::search) const COMBINATION: f64 = 150.0;
    /// Agreement: a look at an index.
    pub(in crate::search) const PROBE: f64 = 20.0;
    /// Agreement: a candidate that agrees in a group.
    pub(in crate::search) const AGREEING: f64 = 100.0;

    /// Exclusion: a query, a tile and a group of loci.
    pub(in crate::search) fn count(build: Build) -> f64 {
        match build {
            Build::Portable => 30.0,
            #[cfg(target_arch = "x86_64")]
            Build::Avx2 => 9.0,
            #[cfg(target_arch = "x86_64")]
            Build::Avx512 => 4.0,
        }
    }
}

/// The bound that a query would be excluded by, and what it would cost.
pub(super) struct Prospect {
    /// Index of the query.
    pub(super) query: u32,
    /// The bound of the table that leaves fewest candidates.
    pub(super) bound: TableBound,
    /// How many mismatching loci a candidate that reaches the threshold can have.
    pub(super) budget: usize,
    /// Expected share of candidates with no more mismatching loci than that.
    pub(super) survivors: f64,
    /// Scale of the terms of the sum, log10.
    pub(super) offset: f64,
    /// No candidate can reach the threshold.
    pub(super) unreachable: bool,
    /// Nanoseconds by exclusion, bitmaps apart.
    pub(super) exclusion_cost: f64,
    /// Nanoseconds by look-up.
    pub(super) look_up_cost: f64,
}

/// The best bound of these queries (by index), given the threshold of every query, and what both kernels would cost.
pub(super) fn prospects(
    which: &[u32],
    queries: &[Query],
    candidates: &Composition,
    features: &Features,
    thresholds: &[f64],
) -> Vec<Prospect> {
    let mut distinct = BoundRows::default();
    let of_queries: Vec<Vec<Vec<u32>>> = which
        .iter()
        .map(|&query| queries[query as usize].tables.iter().map(|table| distinct.of(table)).collect())
        .collect();
    let bound = |(locus, row): &(usize, Cow<'_, [f64]>)| {
        let bound = |mismatch| RowBound::new(mismatch, row, &features.loci[*locus], &candidates.shares[*locus]);
        [bound(Mismatch::LacksAll), bound(Mismatch::LacksAny)]
    };
    let bounds: Vec<_> = distinct.rows.par_iter().map(bound).collect();
    let bounds_of = |rows: &Vec<u32>| rows.iter().map(|&row| bounds[row as usize]).collect();
    let prospect = |(&query, tables): (&u32, &Vec<Vec<u32>>)| {
        let tables: Vec<_> = tables.iter().map(bounds_of).collect();
        let look_up_cost = cost_of_look_up(queries[query as usize].lines(), candidates);
        Prospect::new(query, &tables, candidates, thresholds[query as usize], look_up_cost)
    };
    which.par_iter().zip(&of_queries).map(prospect).collect()
}

impl Prospect {
    /// Whether the exclusion kernel answers the query.
    pub(super) fn excludes(&self) -> bool {
        !self.unreachable && self.exclusion_cost < self.look_up_cost
    }

    /// Whether the look-up kernel answers the query.
    pub(super) fn looks_up(&self) -> bool {
        !self.unreachable && !self.excludes()
    }

    /// What is saved against a look-up, bitmaps apart.
    pub(super) fn saves(&self) -> f64 {
        if self.unreachable { self.look_up_cost } else { f64::max(0.0, self.look_up_cost - self.exclusion_cost) }
    }

    /// `tables`: the bounds of the rows of each table.
    fn new(
        query: u32,
        tables: &[Vec<[RowBound; 2]>],
        candidates: &Composition,
        threshold: f64,
        look_up_cost: f64,
    ) -> Self {
        let (people, tiles, loci) = (candidates.len() as f64, candidates.tiles() as f64, candidates.loci());
        let bounds = tables.iter().map(|rows| best_bound(rows, threshold));
        let best = bounds.min_by(|left, right| left.survivors.total_cmp(&right.survivors));
        let bound = best.unwrap_or_else(|| TableBound::new(Mismatch::LacksAll, Vec::new(), threshold));
        let high = |locus: usize| tables.iter().map(|rows| rows[locus][0].high).fold(f64::NEG_INFINITY, f64::max);
        let highs = (0..loci).map(high);
        let offset = linear::offset(highs);
        let unreachable = !tables.is_empty() && bound.budget.is_none();
        let budget = bound.budget.unwrap_or(0);
        let survivors = if tables.is_empty() { 1.0 } else { bound.survivors };
        let groups = bound.loci.len().div_ceil(GROUP) as f64;
        // What a query and a tile take beside the loci is about what a group of them takes.
        let counting = tiles * (groups + 1.0) * cost::count(Build::best()) + people * survivors * cost::SURVIVOR;
        let usable = !tables.is_empty() && budget <= MOST_BUDGET && budget < bound.loci.len();
        let exclusion_cost = if usable { counting } else { f64::INFINITY };
        Self { query, bound, budget, survivors, offset, unreachable, exclusion_cost, look_up_cost }
    }
}

/// Nanoseconds by look-up for a query of so many lines in all its tables.
pub(super) fn cost_of_look_up(lines: usize, candidates: &Composition) -> f64 {
    let looks = candidates.len() as f64 * candidates.loci() as f64;
    let entries: usize = candidates.dictionary_sizes().iter().sum();
    lines.max(1) as f64 * (looks * cost::LOOK_UP + entries as f64 * cost::TABLE_ENTRY)
}

/// The bound that leaves fewer candidates: of those that lack all the features of a set, or of those that lack any.
fn best_bound(rows: &[[RowBound; 2]], threshold: f64) -> TableBound {
    let bound = |at: usize, mismatch| {
        let rows: Vec<_> = rows.iter().map(|bounds| bounds[at]).collect();
        TableBound::new(mismatch, rows, threshold)
    };
    let lacks_all = bound(0, Mismatch::LacksAll);
    // Without one of its alleles a parent loses little: so many loci may then be mismatching that nothing is won by a look.
    let gaps = rows.iter().map(|[_, lacks_any]| lacks_any.gap);
    if lacks_all.high - gaps.sum::<f64>() / 2.0 > threshold {
        return lacks_all;
    }
    let lacks_any = bound(1, Mismatch::LacksAny);
    if lacks_any.survivors < lacks_all.survivors { lacks_any } else { lacks_all }
}
