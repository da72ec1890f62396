//! How a scan is to be done: by look-up, or by exclusion where a bound and the numbers make that cheaper.
//!
//! The look-up kernel costs the same for every pair. The exclusion kernel costs the making of bitmaps, once a tile
//! however many queries there are, then a fiftieth of a look-up for a pair, then a full look at every survivor. So each
//! query takes the cheaper kernel, and the bitmaps are made where the queries save more than they cost. The constants
//! were measured (see `benches/README.md`); they decide how long a scan takes, never what it finds.

use super::{
    Candidates, Query, TILE, Wanted,
    bitmap::RowIndex,
    bound::{RowBound, TableBound, at_most, greatest},
    exclusion::{Build, GROUP, LocusGroup, MOST_BUDGET, NEVER_LOW},
    features::{Features, code_shares},
    linear,
};
use rayon::prelude::*;
use serde::Serialize;
use std::{collections::HashMap, ops::Range};

/// Nanoseconds of one core, measured on an AMD Zen 3 server core under AVX2.
mod cost {
    /// Look-up: a pair, a locus and a table.
    pub(super) const LOOK_UP: f64 = 0.16;
    /// Look-up: an entry of a query's interleaved tables.
    pub(super) const TABLE_ENTRY: f64 = 1.2;
    /// Exclusion: a candidate and locus of the bitmaps.
    pub(super) const BITMAP: f64 = 2.0;
    /// Exclusion: a query, a tile and a group of loci.
    pub(super) const COUNT: f64 = 4.0;
    /// Exclusion: a query and a tile, whatever else.
    pub(super) const QUERY_AND_TILE: f64 = 5.0;
    /// Exclusion: one survivor.
    pub(super) const SURVIVOR: f64 = 40.0;
}

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
    /// Queries answered by looking up every candidate.
    pub queries_looked_up: usize,
    /// Queries answered by exclusion.
    pub queries_excluding: usize,
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
    pub(super) groups: Vec<LocusGroup>,
    pub(super) steps: Vec<Step>,
    /// The queries that are looked up instead.
    pub(super) look_up: Vec<u32>,
    /// What the plan was made for: number of queries and candidates, and what is wanted.
    made_for: (usize, usize, Wanted),
}

/// One query of the exclusion kernel.
#[derive(Clone, Debug)]
pub(super) struct PlannedQuery {
    /// Index of the query.
    pub(super) query: usize,
    /// The table whose bound is used.
    pub(super) table: usize,
    /// Its groups of loci.
    pub(super) groups: Range<usize>,
    /// Allowed number of low loci.
    pub(super) budget: usize,
    /// Number of groups after which it is worth a look whether anybody is left.
    pub(super) leave_after: usize,
    /// Its loci, in the order in which a survivor is looked at.
    pub(super) steps: Range<usize>,
    /// Scale of the terms of the sum, log10.
    pub(super) offset: f64,
}

/// One locus in the look at a survivor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) locus: u16,
    /// The most that the loci after this one can add.
    pub(super) rest: f64,
}

/// The bound that a query would be excluded by, and what it would cost.
struct Prospect {
    table: usize,
    bound: TableBound,
    budget: usize,
    leave_after: usize,
    survivors: f64,
    offset: f64,
    exclusion_cost: f64,
    look_up_cost: f64,
}

impl Plan {
    /// Every pair is looked up; totals run over all candidates.
    pub fn lookup() -> Self {
        Self::looked_up("asked for", None)
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
            return Self::looked_up("the total over all candidates is wanted", None);
        }
        let (Some(features), Some(threshold)) = (features, wanted.threshold) else {
            return Self::looked_up("nothing to exclude by: no threshold, or no features", None);
        };
        let sizes = features.loci.iter().map(Vec::len);
        assert!(sizes.eq(candidates.dictionary_sizes().iter().copied()), "features of every code of every locus");
        let prospects = prospects(queries, candidates, features, threshold);
        let look_up_cost = prospects.iter().map(|prospect| prospect.look_up_cost).sum::<f64>();
        let saved: f64 =
            prospects.iter().map(|prospect| f64::max(0.0, prospect.look_up_cost - prospect.exclusion_cost)).sum();
        let bitmap_cost = candidates.len() as f64 * candidates.loci() as f64 * cost::BITMAP;
        if saved <= bitmap_cost {
            return Self::looked_up("bitmaps would cost more than they save", Some(look_up_cost));
        }
        Self::excluding(queries, candidates, wanted, features, &prospects, look_up_cost + bitmap_cost - saved)
            .unwrap_or_else(|| Self::looked_up("more features than the bitmaps have rows for", Some(look_up_cost)))
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

    fn looked_up(reason: &'static str, cost: Option<f64>) -> Self {
        let summary = PlanSummary {
            kernel: "look-up",
            build: None,
            reason,
            queries_looked_up: 0,
            queries_excluding: 0,
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
        let chosen =
            || prospects.iter().enumerate().filter(|(_, prospect)| prospect.exclusion_cost < prospect.look_up_cost);
        let asked = chosen().flat_map(|(_, prospect)| &prospect.bound.loci);
        let asked = asked.flat_map(|(locus, row)| row.features.map(|feature| (*locus, feature)));
        let index = RowIndex::new(features, asked).ok()?;
        let looked_up =
            prospects.iter().zip(0_u32..).filter(|(prospect, _)| prospect.exclusion_cost >= prospect.look_up_cost);
        let mut exclusion = Exclusion {
            index,
            queries: Vec::new(),
            groups: Vec::new(),
            steps: Vec::new(),
            look_up: looked_up.map(|(_, query)| query).collect(),
            made_for: (queries.len(), candidates.len(), *wanted),
        };
        chosen().for_each(|(query, prospect)| {
            exclusion.add(query, &queries[query], candidates.dictionary_sizes(), prospect)
        });
        let budgets = || chosen().map(|(_, prospect)| prospect.budget);
        let survivors: f64 = chosen().map(|(_, prospect)| prospect.survivors).sum();
        let summary = PlanSummary {
            kernel: if exclusion.look_up.is_empty() { "exclusion" } else { "exclusion and look-up" },
            build: Some(Build::best().name()),
            reason: "cheapest by the cost model",
            queries_looked_up: exclusion.look_up.len(),
            queries_excluding: exclusion.queries.len(),
            allowed_low_loci: budgets().min().zip(budgets().max()),
            expected_survivors: Some(survivors / exclusion.queries.len() as f64),
            predicted_seconds: Some(cost * 1e-9),
            predicted_seconds_by_look_up: Some(
                prospects.iter().map(|prospect| prospect.look_up_cost).sum::<f64>() * 1e-9,
            ),
        };
        Some(Self { work: Work::Exclusion(Box::new(exclusion)), summary })
    }
}

impl Exclusion {
    /// Whether the plan was made for this scan.
    pub(super) fn fits(&self, queries: &[Query], candidates: &Candidates, wanted: &Wanted) -> bool {
        self.made_for == (queries.len(), candidates.len(), *wanted)
    }

    fn add(&mut self, query: usize, rows: &Query, sizes: &[usize], prospect: &Prospect) {
        let bound = &prospect.bound;
        let (first_group, first_step) = (self.groups.len(), self.steps.len());
        for loci in bound.loci.chunks(GROUP) {
            let mut group = [NEVER_LOW; GROUP];
            for (entry, (locus, row)) in group.iter_mut().zip(loci) {
                *entry = row.features.map(|feature| self.index.row(*locus, feature));
            }
            self.groups.push(group);
        }
        let mut rest = bound.high;
        let rows = rows.tables[prospect.table].rows.iter().zip(sizes);
        let highs: Vec<_> = rows.map(|(row, &size)| greatest(row[..size].iter().copied())).collect();
        let others = (0..highs.len()).filter(|other| bound.loci.iter().all(|(locus, _)| locus != other));
        for locus in bound.loci.iter().map(|(locus, _)| *locus).chain(others) {
            rest -= highs[locus];
            self.steps.push(Step { locus: locus as u16, rest });
        }
        self.queries.push(PlannedQuery {
            query,
            table: prospect.table,
            groups: first_group..self.groups.len(),
            budget: prospect.budget,
            leave_after: prospect.leave_after,
            steps: first_step..self.steps.len(),
            offset: prospect.offset,
        });
    }
}

/// The best bound of every query and what both kernels would cost.
fn prospects(queries: &[Query], candidates: &Candidates, features: &Features, threshold: f64) -> Vec<Prospect> {
    let shares = code_shares(candidates);
    let mut distinct: HashMap<_, usize> = HashMap::new();
    let mut rows = Vec::new();
    for (locus, row) in queries.iter().flat_map(|query| &query.tables).flat_map(|table| table.rows.iter().enumerate()) {
        distinct.entry((locus, row.as_ptr().addr())).or_insert_with(|| {
            rows.push((locus, row));
            rows.len() - 1
        });
    }
    let bounds: Vec<_> =
        rows.par_iter().map(|&(locus, row)| RowBound::new(row, &features.loci[locus], &shares[locus])).collect();
    let prospect = |query: &Query| {
        let tables: Vec<Vec<_>> = query
            .tables
            .iter()
            .map(|table| {
                table
                    .rows
                    .iter()
                    .enumerate()
                    .map(|(locus, row)| bounds[distinct[&(locus, row.as_ptr().addr())]])
                    .collect()
            })
            .collect();
        Prospect::new(&tables, candidates, threshold)
    };
    queries.par_iter().map(prospect).collect()
}

impl Prospect {
    fn new(tables: &[Vec<RowBound>], candidates: &Candidates, threshold: f64) -> Self {
        let (people, tiles, loci) = (candidates.len() as f64, candidates.tiles() as f64, candidates.loci());
        let entries: usize = candidates.dictionary_sizes().iter().sum();
        let tables_looked_up = tables.len().max(1) as f64;
        let look_up_cost =
            tables_looked_up * (people * loci as f64 * cost::LOOK_UP + entries as f64 * cost::TABLE_ENTRY);
        let bounds = tables.iter().map(|rows| TableBound::new(rows, threshold)).enumerate();
        let best = bounds.min_by(|left, right| left.1.survivors(threshold).total_cmp(&right.1.survivors(threshold)));
        let (table, bound) = best.unwrap_or((0, TableBound::new(&[], threshold)));
        let highs = (0..loci).map(|locus| tables.iter().map(|rows| rows[locus].high).fold(f64::NEG_INFINITY, f64::max));
        let offset = linear::offset(highs);
        // Where nobody reaches the threshold the budget would be -1: any number of low loci is one too many, and the
        // survivors' own look at their scores drops the rest.
        let budget = bound.budget(threshold).unwrap_or(0);
        let survivors = if tables.is_empty() { 1.0 } else { bound.survivors(threshold) };
        let (leave_after, groups) = leaving(&bound, budget);
        let counting = tiles * (groups * cost::COUNT + cost::QUERY_AND_TILE) + people * survivors * cost::SURVIVOR;
        let usable = !tables.is_empty() && budget <= MOST_BUDGET && budget < bound.loci.len();
        let exclusion_cost = if usable { counting } else { f64::INFINITY };
        Self { table, bound, budget, leave_after, survivors, offset, exclusion_cost, look_up_cost }
    }
}

/// After how many groups of loci a look at whether anybody is left saves most, and how many groups are then expected.
fn leaving(bound: &TableBound, budget: usize) -> (usize, f64) {
    let groups = bound.loci.len().div_ceil(GROUP);
    let expected = |after: usize| {
        let left = at_most(&bound.loci[..after * GROUP], budget);
        let nobody = (1.0 - left).max(0.0).powi(TILE as i32);
        after as f64 * nobody + groups as f64 * (1.0 - nobody)
    };
    let choices = (1..groups).map(|after| (after, expected(after)));
    choices.fold((groups, groups as f64), |best, choice| if choice.1 < best.1 { choice } else { best })
}
