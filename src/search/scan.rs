//! The scan: checks, dispatch to the kernels, results in the order of the queries.

use super::{
    Candidates, Coverage, Plan, Query, QueryResult, Wanted, collect::Collected, exclusion_scan::ExclusionScan,
    linear::LinearRows, lookup_scan::LookUpScan, plan::Work,
};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whoever watches a scan and may stop it.
pub trait Progress: Sync {
    /// So many more pairs are done.
    fn advance(&self, pairs: u64);
    /// Whether the scan should stop; asked by every thread many times a second.
    fn cancelled(&self) -> bool;
}

/// Nobody watches.
pub struct NoProgress;

impl Progress for NoProgress {
    fn advance(&self, _pairs: u64) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// The scan was stopped by its [`Progress`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the search was cancelled")]
pub struct Cancelled;

/// Passes progress on; once cancelled, cancelled for all threads.
pub(super) struct Watch<'scan> {
    progress: &'scan dyn Progress,
    cancelled: AtomicBool,
}

impl Watch<'_> {
    pub(super) fn advance(&self, pairs: u64) {
        self.progress.advance(pairs);
    }

    pub(super) fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Ordering::Relaxed) || self.progress.cancelled() {
            self.cancelled.store(true, Ordering::Relaxed);
            return Err(Cancelled);
        }
        Ok(())
    }
}

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
    let watch = Watch { progress, cancelled: AtomicBool::new(false) };
    watch.check()?;
    let collected: Vec<_> = queries.par_iter().map(|query| Collected::new(query, candidates, wanted)).collect();
    let every_query: Vec<u32>;
    let (look_up, covers, exclusion) = match &plan.work {
        Work::LookUp => {
            every_query = (0..queries.len() as u32).collect();
            (&every_query, Coverage::All, None)
        }
        Work::Exclusion(exclusion) => {
            assert!(exclusion.fits(queries, candidates, wanted), "a plan for another scan");
            (&exclusion.look_up, Coverage::AtOrAboveThreshold, Some(exclusion))
        }
    };
    let linear = LinearRows::new(look_up.iter().map(|&query| &queries[query as usize]), candidates);
    let by_look_up = LookUpScan { candidates, wanted, covers, collected: &collected, linear, which: look_up };
    by_look_up.run(&watch)?;
    let mut offsets = vec![0.0; queries.len()];
    for (at, &query) in look_up.iter().enumerate() {
        offsets[query as usize] = by_look_up.linear.query(at).offset;
    }
    if let (Some(exclusion), Some(threshold)) = (exclusion, wanted.threshold) {
        ExclusionScan { candidates, threshold, collected: &collected, plan: exclusion }.run(&watch)?;
        for planned in &exclusion.queries {
            offsets[planned.query as usize] = planned.offset;
        }
    }
    let finish = |(collected, offset): (Collected, f64)| collected.finish(candidates, wanted, offset, covers);
    Ok(collected.into_iter().zip(offsets).map(finish).collect())
}

/// The exact score of one query with every candidate, in the order of the candidates.
pub fn score_all(query: &Query, candidates: &Candidates) -> Vec<f64> {
    let tiles = (0..candidates.tiles()).into_par_iter();
    let score = |position| query.score(|locus| candidates.code(position, locus));
    tiles.flat_map_iter(|tile| candidates.positions_of(tile).map(score)).collect()
}
