//! Queries made ready for the exclusion kernel.

use super::{
    Candidates, Features, Query,
    bitmap::{EVERYTHING_LACKS, NOTHING_LACKS, RowIndex},
    bound::{Low, RowBound, TableBound},
    exclusion::{Asked, Build, Counts},
    penalty::Penalties,
    prospect::Prospect,
};
use std::collections::HashMap;

/// Everything the exclusion kernel needs for a list of queries and a set of candidates.
#[derive(Clone, Debug)]
pub(super) struct Exclusion {
    /// Which build of the kernel counts.
    pub(super) build: Build,
    pub(super) index: RowIndex,
    /// What is counted, by number in `queries`.
    pub(super) counts: Counts,
    /// The penalties of survivors, by number in `queries`.
    pub(super) penalties: Penalties,
    pub(super) queries: Vec<PlannedQuery>,
    /// The queries that are looked up instead.
    pub(super) look_up: Vec<u32>,
}

/// One query of the exclusion kernel.
#[derive(Clone, Debug)]
pub(super) struct PlannedQuery {
    /// Index of the query.
    pub(super) query: u32,
    /// Candidates that score less are of no interest.
    pub(super) threshold: f64,
    /// Scale of the terms of the sum, log10.
    pub(super) offset: f64,
}

impl Exclusion {
    /// Makes the queries ready that are better excluded than looked up; `None` if they have more features than bitmaps
    /// have rows, or 2^32 penalties. One prospect and one threshold a query.
    pub(super) fn new(
        queries: &[Query],
        candidates: &Candidates,
        features: &Features,
        prospects: &[Prospect],
        thresholds: &[f64],
    ) -> Option<Self> {
        let mut chosen: Vec<_> = prospects.iter().enumerate().filter(|(_, prospect)| prospect.excludes()).collect();
        // Queries that take the same way through the kernel stand together: its branches become foreseeable.
        chosen.sort_by_key(|(_, prospect)| {
            (prospect.bound.low, prospect.budget, prospect.bound.loci.len(), prospect.leave_after)
        });
        let asked = chosen.iter().flat_map(|(_, prospect)| prospect.bound.loci.iter().chain(&prospect.bound.half_loci));
        let asked = asked.flat_map(|(locus, row)| row.features.map(|feature| (*locus, feature)));
        let index = RowIndex::new(features, asked).ok()?;
        let look_up = (0_u32..).zip(prospects).filter(|(_, prospect)| prospect.looks_up());
        let mut exclusion = Self {
            build: Build::best(),
            counts: Counts::new(index.rows()),
            index,
            queries: Vec::with_capacity(chosen.len()),
            penalties: Penalties::new(candidates.dictionary_sizes()),
            look_up: look_up.map(|(query, _)| query).collect(),
        };
        let mut numbers = HashMap::new();
        for (query, prospect) in chosen {
            let rows = queries[query].tables[prospect.table].rows.iter().zip(candidates.dictionary_sizes());
            let number = |(locus, (row, &size)): (usize, (&std::sync::Arc<[f64]>, &usize))| {
                let row = &row[..size];
                *numbers.entry((locus, row.as_ptr().addr())).or_insert_with(|| exclusion.penalties.add_row(locus, row))
            };
            let rows: Vec<_> = rows.enumerate().map(number).collect::<Option<_>>()?;
            exclusion.add(query, &rows, prospect, thresholds[query]);
        }
        Some(exclusion)
    }

    fn add(&mut self, query: usize, rows: &[u16], prospect: &Prospect, threshold: f64) {
        self.penalties.add_query(rows, prospect.bound.high, threshold);
        self.counts.push(&self.asked(&prospect.bound, prospect));
        self.queries.push(PlannedQuery { query: query as u32, threshold, offset: prospect.offset });
    }

    /// What the kernel is asked for a query.
    fn asked(&self, bound: &TableBound, prospect: &Prospect) -> Asked {
        let nothing_beside = match bound.low {
            Low::LacksAll => EVERYTHING_LACKS,
            Low::LacksAny => NOTHING_LACKS,
        };
        let rows_of = |locus: usize, row: &RowBound| match row.features {
            [one, other] if one == other => [self.index.row(locus, one), nothing_beside],
            both => both.map(|feature| self.index.row(locus, feature)),
        };
        let half = |(locus, row): &(usize, RowBound)| {
            let [first, second] = rows_of(*locus, row);
            [first, second, self.index.row_of_two(*locus)]
        };
        Asked {
            low_means: bound.low,
            low: bound.loci.iter().map(|(locus, row)| rows_of(*locus, row)).collect(),
            half: bound.half_loci.iter().map(half).collect(),
            budget: prospect.budget,
            allowed_half: (0..=prospect.budget).map(|low| bound.allowed_half(low)).collect(),
            leave_after: prospect.leave_after,
        }
    }
}
