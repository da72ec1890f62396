//! Queries made ready for the exclusion kernel.

use super::{
    Features,
    bitmap::{EVERYTHING_LACKS, NOTHING_LACKS, RowIndex},
    bound::{Mismatch, RowBound},
    exclusion::{Build, KernelCounts, KernelQuery},
    penalty::{LocusPenalties, Penalties, UNASKED},
    prospect::Prospect,
};

/// Everything the exclusion kernel needs for a list of queries and a set of candidates.
#[derive(Clone, Debug)]
pub(super) struct Exclusion {
    /// Which build of the kernel counts.
    pub(super) build: Build,
    pub(super) index: RowIndex,
    /// What is counted, by number in `queries`.
    pub(super) counts: KernelCounts,
    /// The penalties of survivors, by number in `queries`.
    pub(super) penalties: Penalties,
    pub(super) queries: Vec<PlannedQuery>,
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
    /// Makes the queries ready that are better excluded than looked up; `None` if they have more features than there are
    /// numbers for. One threshold a query.
    pub(super) fn new(loci: usize, features: &Features, prospects: &[Prospect], thresholds: &[f64]) -> Option<Self> {
        let mut chosen: Vec<_> = prospects.iter().filter(|prospect| prospect.excludes()).collect();
        // Queries that take the same way through the kernel stand together: its branches become foreseeable.
        chosen.sort_by_key(|prospect| (prospect.bound.mismatch, prospect.budget, prospect.bound.loci.len()));
        let asked = chosen.iter().flat_map(|prospect| prospect.bound.rows.iter().enumerate());
        let asked = asked.filter(|(_, row)| row.gap > 0.0);
        let asked = asked.flat_map(|(locus, row)| row.features.map(|feature| (locus, feature)));
        let index = RowIndex::new(features, asked).ok()?;
        let mut exclusion = Self {
            build: Build::best(),
            counts: KernelCounts::new(index.rows()),
            index,
            queries: Vec::with_capacity(chosen.len()),
            penalties: Penalties::new(loci),
        };
        for prospect in chosen {
            exclusion.add(prospect, thresholds[prospect.query as usize]);
        }
        Some(exclusion)
    }

    fn add(&mut self, prospect: &Prospect, threshold: f64) {
        self.counts.push(&self.asked(prospect));
        let penalties: Vec<_> = prospect.bound.rows.iter().enumerate().map(|row| self.penalties_of(row)).collect();
        self.penalties.add_query(&penalties, prospect.bound.high, threshold);
        self.queries.push(PlannedQuery { query: prospect.query, threshold, offset: prospect.offset });
    }

    /// What the kernel is asked for a query.
    fn asked(&self, prospect: &Prospect) -> KernelQuery {
        let bound = &prospect.bound;
        let nothing_beside = match bound.mismatch {
            Mismatch::LacksAll => EVERYTHING_LACKS,
            Mismatch::LacksAny => NOTHING_LACKS,
        };
        let rows_of = |(locus, row): (usize, &RowBound)| match row.features {
            [one, other] if one == other => [self.index.row(locus, one), nothing_beside],
            both => both.map(|feature| self.index.row(locus, feature)),
        };
        KernelQuery { mismatch: bound.mismatch, loci: bound.chosen().map(rows_of).collect(), budget: prospect.budget }
    }

    /// What a survivor is asked for at a locus; of a row that separates nothing the penalties are 0 whatever is asked for.
    fn penalties_of(&self, (locus, row): (usize, &RowBound)) -> LocusPenalties {
        let number = |feature| if row.gap > 0.0 { self.index.number(locus, feature) } else { UNASKED };
        LocusPenalties { features: row.features.map(number), penalties: row.penalties }
    }
}
