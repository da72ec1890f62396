//! The scan: checks, dispatch to the kernels, results in the order of the queries.

use super::{
    Candidates, Coverage, Features, Plan, Query, QueryResult, Wanted,
    agreement::Agreement,
    agreement_scan::AgreementScan,
    collect::{Answered, Collected},
    exclusion_plan::Exclusion,
    exclusion_scan::ExclusionScan,
    features::code_shares,
    linear::LinearRows,
    lookup_scan::LookUpScan,
    plan::{Split, Work},
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
    let mut scan = PartwiseScan::new(queries, wanted);
    scan.scan(candidates, plan, progress)?;
    Ok(scan.finish())
}

/// A scan whose candidates come part by part, in ascending order of their members.
///
/// Where every part but the last is a multiple of [`super::PART`] candidates, and all plans have totals over the same
/// candidates, the results are those of one [`scan`] of all candidates, bit by bit.
pub struct PartwiseScan<'scan> {
    queries: &'scan [Query],
    wanted: &'scan Wanted,
    answered: Vec<Answered>,
    covers: Option<Coverage>,
}

impl<'scan> PartwiseScan<'scan> {
    /// A scan that has seen no candidates yet.
    pub fn new(queries: &'scan [Query], wanted: &'scan Wanted) -> Self {
        let answered = queries.iter().map(|_| Answered::new(wanted)).collect();
        Self { queries, wanted, answered, covers: None }
    }

    /// Scans the next part.
    ///
    /// # Errors
    /// [`Cancelled`], as [`scan`].
    ///
    /// # Panics
    /// As [`scan`], and a plan with another kind of total than those before.
    pub fn scan(&mut self, candidates: &Candidates, plan: &Plan, progress: &dyn Progress) -> Result<(), Cancelled> {
        let watch = Watch::new(progress);
        watch.check()?;
        let (queries, wanted) = (self.queries, self.wanted);
        let collected: Vec<_> = queries.par_iter().map(|query| Collected::new(query, candidates, wanted)).collect();
        let offsets = vec![0.0; queries.len()];
        let mut scan = Scan { queries, candidates, wanted, collected, offsets, watch };
        let covers = scan.run(plan)?;
        assert!(self.covers.is_none_or(|before| before == covers), "totals over the same candidates");
        self.covers = Some(covers);
        let parts = scan.collected.into_par_iter().zip(scan.offsets);
        self.answered.par_iter_mut().zip(parts).for_each(|(answered, (part, offset))| {
            answered.take(part, candidates, wanted, offset, covers);
        });
        Ok(())
    }

    /// The results, in the order of the queries.
    pub fn finish(self) -> Vec<QueryResult> {
        let covers = self.covers.unwrap_or(Coverage::All);
        self.answered.into_iter().map(|answered| answered.finish(self.wanted, covers)).collect()
    }
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
    /// Does the work; says which candidates the totals run over.
    fn run(&mut self, plan: &Plan) -> Result<Coverage, Cancelled> {
        let all: Vec<u32> = (0..self.queries.len() as u32).collect();
        let tiles = 0..self.candidates.tiles();
        match &plan.work {
            Work::LookUp(covers) => {
                self.look_up(&all, tiles, *covers)?;
                Ok(*covers)
            }
            Work::Split(split, (queries, sizes, wanted)) => {
                let made_for = (*queries, &sizes[..], wanted);
                let used_for = (self.queries.len(), self.candidates.dictionary_sizes(), self.wanted);
                assert!(made_for == used_for, "a plan for another scan");
                self.pass_over(split.unreachable, &tiles);
                self.look_up(&split.look_up, tiles.clone(), Coverage::AtOrAboveThreshold)?;
                split.exclusion.iter().try_for_each(|exclusion| self.exclude(exclusion, tiles.clone()))?;
                split.agreement.iter().try_for_each(|agreement| self.agree(agreement))?;
                Ok(Coverage::AtOrAboveThreshold)
            }
            Work::BestSoFar(features) => {
                let (some, many) = (tiles.end.div_ceil(SOME), tiles.end.div_ceil(MANY));
                self.look_up(&all, 0..some, Coverage::Hits)?;
                self.continue_with_best_so_far(features, some..many)?;
                self.continue_with_best_so_far(features, many..tiles.end)?;
                Ok(Coverage::Hits)
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

    fn agree(&mut self, plan: &Agreement) -> Result<(), Cancelled> {
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
        let shares = code_shares(self.candidates);
        let prospects = prospects(&all, self.queries, self.candidates, features, &shares, &floors);
        let split = Split::new(None, Exclusion::new(self.candidates, features, &prospects, &floors), &prospects);
        self.pass_over(split.unreachable, &tiles);
        self.look_up(&split.look_up, tiles.clone(), Coverage::Hits)?;
        split.exclusion.iter().try_for_each(|exclusion| self.exclude(exclusion, tiles.clone()))
    }
}
