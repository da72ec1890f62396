//! How a scan is to be done: by look-up, or by exclusion where a bound and the numbers make that cheaper.
//!
//! The look-up kernel costs the same for every pair. The exclusion kernel costs the making of bitmaps, once a tile
//! however many queries there are, then a fiftieth of a look-up for a pair, then a full look at every survivor. So each
//! query takes the cheaper kernel, and the bitmaps are made where the queries save more than they cost. The constants
//! were measured (see `benches/README.md`); they decide how long a scan takes, never what it finds.

use super::{
    Candidates, Features, Query, Wanted,
    bitmap::RowIndex,
    exclusion::{Build, Count, LocusGroups},
    penalty::Penalties,
    prospect::{Prospect, cost, prospects},
};
use serde::Serialize;
use std::{collections::HashMap, ops::Range};

/// How a scan is to be done. It never changes a hit.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) work: Work,
    summary: PlanSummary,
}

/// The plan in words and numbers, for the run's manifest.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PlanSummary {
    /// The kernel or kernels that do the work.
    pub kernel: &'static str,
    /// The instruction set of the exclusion kernel, where it is used.
    pub build: Option<&'static str>,
    /// Why.
    pub reason: &'static str,
    /// Queries answered by looking up every candidate (0 where the plan was made without knowing the queries).
    pub queries_looked_up: usize,
    /// Queries answered by exclusion.
    pub queries_excluding: usize,
    /// Queries that need no scan, since even the best conceivable candidate misses the threshold.
    pub queries_without_a_chance: usize,
    /// Least and greatest number of low loci with which a candidate can still reach the threshold, over the queries
    /// answered by exclusion.
    pub allowed_low_loci: Option<(usize, usize)>,
    /// Expected share of pairs that the exclusion kernel cannot drop.
    pub expected_survivors: Option<f64>,
    /// Predicted core seconds of this plan.
    pub predicted_seconds: Option<f64>,
    /// Predicted core seconds with every pair looked up.
    pub predicted_seconds_by_look_up: Option<f64>,
}

#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Every query is looked up.
    LookUp,
    /// Some queries are answered by exclusion.
    Exclusion(Box<Exclusion>),
}

/// Everything the exclusion kernel needs, for one list of queries, one set of candidates and one threshold.
#[derive(Clone, Debug)]
pub(super) struct Exclusion {
    pub(super) index: RowIndex,
    pub(super) queries: Vec<PlannedQuery>,
    pub(super) groups: LocusGroups,
    pub(super) penalties: Penalties,
    /// The queries that are looked up instead.
    pub(super) look_up: Vec<u32>,
    /// What the plan was made for: number of queries and candidates, and what is wanted.
    made_for: (usize, usize, Wanted),
}

/// One query of the exclusion kernel.
#[derive(Clone, Debug)]
pub(super) struct PlannedQuery {
    /// What is counted.
    pub(super) count: Count,
    /// Its penalties.
    pub(super) penalties: Range<usize>,
    /// The greatest sum of penalties with which a candidate can reach the threshold.
    pub(super) most_penalty: u32,
    /// Index of the query.
    pub(super) query: u32,
    /// Scale of the terms of the sum, log10.
    pub(super) offset: f64,
}

impl Plan {
    /// Every pair is looked up; totals run over all candidates.
    pub fn lookup() -> Self {
        Self::looked_up(0, "asked for", None)
    }

    /// The cheapest plan for these queries and candidates.
    ///
    /// With `needs_total` every pair is looked up, since the total runs over all candidates. Otherwise, with a
    /// threshold, totals run over the candidates at or above the threshold, whichever kernel a query takes.
    ///
    /// # Panics
    /// Rows or features that do not fit the candidates: a broken invariant.
    pub fn choose(
        queries: &[Query],
        candidates: &Candidates,
        wanted: &Wanted,
        features: Option<&Features>,
        needs_total: bool,
    ) -> Self {
        if needs_total {
            return Self::looked_up(queries.len(), "the total over all candidates is wanted", None);
        }
        let (Some(features), Some(threshold)) = (features, wanted.threshold) else {
            return Self::looked_up(queries.len(), "nothing to exclude by: no threshold, or no features", None);
        };
        let sizes = features.loci.iter().map(Vec::len);
        assert!(sizes.eq(candidates.dictionary_sizes().iter().copied()), "features of every code of every locus");
        let prospects = prospects(queries, candidates, features, threshold);
        let look_up_cost = prospects.iter().map(|prospect| prospect.look_up_cost).sum::<f64>();
        let saved: f64 = prospects.iter().map(Prospect::saves).sum();
        let bitmap_cost = candidates.len() as f64 * candidates.loci() as f64 * cost::BITMAP;
        if saved <= bitmap_cost {
            return Self::looked_up(queries.len(), "bitmaps would cost more than they save", Some(look_up_cost));
        }
        Self::excluding(queries, candidates, wanted, features, &prospects, look_up_cost + bitmap_cost - saved)
            .unwrap_or_else(|| {
                Self::looked_up(queries.len(), "more features than the bitmaps have rows for", Some(look_up_cost))
            })
    }

    /// Exclusion for every query that has a bound at all, to test it where it does not pay.
    #[cfg(test)]
    pub(super) fn excluding_regardless_of_cost(
        queries: &[Query],
        candidates: &Candidates,
        wanted: &Wanted,
        features: &Features,
    ) -> Option<Self> {
        let mut prospects = prospects(queries, candidates, features, wanted.threshold?);
        for prospect in &mut prospects {
            prospect.look_up_cost = f64::MAX;
        }
        Self::excluding(queries, candidates, wanted, features, &prospects, 0.0)
    }

    /// What is written in the manifest.
    pub fn summary(&self) -> &PlanSummary {
        &self.summary
    }

    fn looked_up(queries: usize, reason: &'static str, cost: Option<f64>) -> Self {
        let summary = PlanSummary {
            kernel: "look-up",
            build: None,
            reason,
            queries_looked_up: queries,
            queries_excluding: 0,
            queries_without_a_chance: 0,
            allowed_low_loci: None,
            expected_survivors: None,
            predicted_seconds: cost.map(|cost| cost * 1e-9),
            predicted_seconds_by_look_up: cost.map(|cost| cost * 1e-9),
        };
        Self { work: Work::LookUp, summary }
    }

    fn excluding(
        queries: &[Query],
        candidates: &Candidates,
        wanted: &Wanted,
        features: &Features,
        prospects: &[Prospect],
        cost: f64,
    ) -> Option<Self> {
        let mut chosen: Vec<_> = prospects.iter().enumerate().filter(|(_, prospect)| prospect.excludes()).collect();
        // Queries that take the same way through the kernel stand together: its branches become foreseeable.
        chosen.sort_by_key(|(_, prospect)| (prospect.budget, prospect.bound.loci.len(), prospect.leave_after));
        let asked = chosen.iter().flat_map(|(_, prospect)| &prospect.bound.loci);
        let asked = asked.flat_map(|(locus, row)| row.features.map(|feature| (*locus, feature)));
        let index = RowIndex::new(features, asked).ok()?;
        let looked_up = (0_u32..).zip(prospects).filter(|(_, prospect)| prospect.looks_up());
        let mut exclusion = Exclusion {
            groups: LocusGroups::new(index.rows()),
            index,
            queries: Vec::with_capacity(chosen.len()),
            penalties: Penalties::default(),
            look_up: looked_up.map(|(query, _)| query).collect(),
            made_for: (queries.len(), candidates.len(), *wanted),
        };
        let mut numbers = HashMap::new();
        for &(query, prospect) in &chosen {
            let rows = queries[query].tables[prospect.table].rows.iter().zip(candidates.dictionary_sizes());
            let rows: Vec<_> = rows.map(|(row, &size)| &row[..size]).collect();
            let mut number = |row: &[f64]| {
                *numbers.entry((row.as_ptr().addr(), row.len())).or_insert_with(|| exclusion.penalties.add_row(row))
            };
            let rows: Vec<_> = rows.into_iter().map(&mut number).collect();
            exclusion.add(query, rows.into_iter(), prospect, wanted.threshold?);
        }
        let budgets = || chosen.iter().map(|(_, prospect)| prospect.budget);
        let survivors: f64 = chosen.iter().map(|(_, prospect)| prospect.survivors).sum();
        let look_up_cost: f64 = prospects.iter().map(|prospect| prospect.look_up_cost).sum();
        let summary = PlanSummary {
            kernel: if exclusion.look_up.is_empty() { "exclusion" } else { "exclusion and look-up" },
            build: Some(Build::best().name()),
            reason: "cheapest by the cost model",
            queries_looked_up: exclusion.look_up.len(),
            queries_excluding: exclusion.queries.len(),
            queries_without_a_chance: prospects.iter().filter(|prospect| prospect.hopeless).count(),
            allowed_low_loci: budgets().min().zip(budgets().max()),
            expected_survivors: Some(survivors / chosen.len().max(1) as f64),
            predicted_seconds: Some(cost * 1e-9),
            predicted_seconds_by_look_up: Some(look_up_cost * 1e-9),
        };
        Some(Self { work: Work::Exclusion(Box::new(exclusion)), summary })
    }
}

impl Exclusion {
    /// Whether the plan was made for this scan.
    pub(super) fn fits(&self, queries: &[Query], candidates: &Candidates, wanted: &Wanted) -> bool {
        self.made_for == (queries.len(), candidates.len(), *wanted)
    }

    fn add(&mut self, query: usize, rows: impl Iterator<Item = u32>, prospect: &Prospect, threshold: f64) {
        let bound = &prospect.bound;
        let loci = bound.loci.iter().map(|(locus, row)| row.features.map(|feature| self.index.row(*locus, feature)));
        let loci: Vec<_> = loci.collect();
        let groups = self.groups.push(&loci);
        self.queries.push(PlannedQuery {
            count: Count { groups, budget: prospect.budget, leave_after: prospect.leave_after },
            penalties: self.penalties.add_query(rows),
            most_penalty: Penalties::most(bound.high, threshold),
            query: query as u32,
            offset: prospect.offset,
        });
    }
}
