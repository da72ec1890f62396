//! The scan: checks, dispatch to the kernels, results in the order of the queries.

use super::{
    Candidates, Composition, Coverage, Features, Plan, Query, QueryResult, ScanPart, Wanted,
    agreement::AgreeingQueries,
    agreement_scan::AgreementScan,
    collect::Collected,
    exclusion_plan::Exclusion,
    exclusion_scan::ExclusionScan,
    linear::LinearRows,
    lookup_scan::LookUpScan,
    part::PartAnswer,
    plan::{QueryWork, Split},
    prospect::prospects,
    watch::{Cancelled, Watch},
};
use crate::progress::Progress;
use rayon::prelude::*;
use std::ops::Range;

/// Every query against every candidate. Results are in the order of the queries.
///
/// Every table of every query has one row a locus of `candidates`, with one entry for each code of its dictionary. The
/// results do not depend on the number of threads, nor the hits and counts on the plan; the total runs over all
/// candidates, or over those at or above the threshold where the plan drops pairs: it says which.
///
/// # Errors
/// [`Cancelled`], within milliseconds of the request.
///
/// # Panics
/// Rows that do not fit the candidates, or a plan that was made for another scan: broken invariants.
pub fn scan(
    queries: &[Query],
    candidates: &Candidates,
    wanted: &Wanted,
    plan: &Plan,
    progress: &dyn Progress,
) -> Result<Vec<QueryResult>, Cancelled> {
    Ok(scan_part(queries, candidates, wanted, plan, progress)?.finish(wanted))
}

/// The same of candidates who are part of all: what is found among the others can be added. All parts have one plan.
///
/// # Errors
/// As [`scan`].
///
/// # Panics
/// As [`scan`].
pub fn scan_part(
    queries: &[Query],
    candidates: &Candidates,
    wanted: &Wanted,
    plan: &Plan,
    progress: &dyn Progress,
) -> Result<ScanPart, Cancelled> {
    let watch = Watch::new(progress);
    watch.check()?;
    let collected: Vec<_> = queries.par_iter().map(|query| Collected::new(query, candidates, wanted)).collect();
    let offsets = vec![0.0; queries.len()];
    let mut scan = Scan { queries, candidates, wanted, collected, offsets, watch };
    scan.run(plan)?;
    let covers = plan.covers();
    let answer = |(found, offset)| PartAnswer::new(found, candidates, wanted, offset, covers);
    Ok(ScanPart::new(covers, scan.collected.into_par_iter().zip(scan.offsets).map(answer).collect()))
}

/// One in so many tiles is looked up to learn a first bound where there is no threshold …
const SOME: usize = 64;
/// … and after one in so many the bound is worked out anew.
const MANY: usize = 8;

/// A scan of one part under way.
struct Scan<'scan> {
    queries: &'scan [Query],
    candidates: &'scan Candidates,
    wanted: &'scan Wanted,
    collected: Vec<Collected<'scan>>,
    /// By query the scale of the terms of the sum, log10.
    offsets: Vec<f64>,
    watch: Watch<'scan>,
}

impl Scan<'_> {
    /// Does the work.
    fn run(&mut self, plan: &Plan) -> Result<(), Cancelled> {
        let all: Vec<u32> = (0..self.queries.len() as u32).collect();
        let tiles = 0..self.candidates.tiles();
        match &plan.work {
            QueryWork::LookUp(covers) => self.look_up(&all, tiles, *covers),
            QueryWork::Split(split, (queries, sizes, wanted)) => {
                let made_for = (*queries, &sizes[..], wanted);
                let used_for = (self.queries.len(), self.candidates.dictionary_sizes(), self.wanted);
                assert!(made_for == used_for, "a plan for another scan");
                self.pass_over(split.unreachable, &tiles);
                self.look_up(&split.look_up, tiles.clone(), Coverage::AtOrAboveThreshold)?;
                split.exclusion.iter().try_for_each(|exclusion| self.exclude(exclusion, tiles.clone()))?;
                split.agreement.iter().try_for_each(|agreement| self.agree(agreement))
            }
            QueryWork::BestSoFar(features) => {
                let (some, many) = (tiles.end.div_ceil(SOME), tiles.end.div_ceil(MANY));
                self.look_up(&all, 0..some, Coverage::Hits)?;
                self.continue_with_best_so_far(features, some..many)?;
                self.continue_with_best_so_far(features, many..tiles.end)
            }
        }
    }

    fn look_up(&mut self, which: &[u32], tiles: Range<usize>, covers: Coverage) -> Result<(), Cancelled> {
        let queries = which.iter().map(|&query| &self.queries[query as usize]);
        let linear = LinearRows::new(queries, self.candidates);
        for (at, &query) in which.iter().enumerate() {
            self.offsets[query as usize] = linear.query(at).offset;
        }
        let (candidates, wanted, collected) = (self.candidates, self.wanted, &self.collected);
        LookUpScan { candidates, wanted, covers, collected, linear, which, tiles }.run(&self.watch)
    }

    /// Counts queries without a chance as done.
    fn pass_over(&self, queries: usize, tiles: &Range<usize>) {
        let people: usize = tiles.clone().map(|tile| self.candidates.tile_len(tile)).sum();
        self.watch.advance((queries * people) as u64);
    }

    fn exclude(&mut self, plan: &Exclusion, tiles: Range<usize>) -> Result<(), Cancelled> {
        for planned in &plan.queries {
            self.offsets[planned.query as usize] = planned.offset;
        }
        ExclusionScan { candidates: self.candidates, collected: &self.collected, plan, tiles }.run(&self.watch)
    }

    fn agree(&mut self, plan: &AgreeingQueries) -> Result<(), Cancelled> {
        for agreeing in &plan.queries {
            self.offsets[agreeing.query as usize] = agreeing.offset;
        }
        let threshold = self.wanted.threshold.unwrap_or(f64::NEG_INFINITY);
        AgreementScan { candidates: self.candidates, collected: &self.collected, plan, threshold }.run(&self.watch)
    }

    /// Scans further tiles for candidates that are at least as good as the last of the best so far.
    fn continue_with_best_so_far(&mut self, features: &Features, tiles: Range<usize>) -> Result<(), Cancelled> {
        let floors: Vec<_> = self.collected.iter().map(|collected| collected.answer().ranking.floor()).collect();
        let all: Vec<u32> = (0..self.queries.len() as u32).collect();
        let composition = Composition::of(self.candidates);
        let prospects = prospects(&all, self.queries, &composition, features, &floors);
        let split = Split::new(None, Exclusion::new(composition.loci(), features, &prospects, &floors), &prospects);
        self.pass_over(split.unreachable, &tiles);
        self.look_up(&split.look_up, tiles.clone(), Coverage::Hits)?;
        split.exclusion.iter().try_for_each(|exclusion| self.exclude(exclusion, tiles.clone()))
    }
}
