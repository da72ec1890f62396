//! The answers to all queries while the scan runs: what any task finds goes in, in any order, and the result is the same.

use super::{Candidates, Hit, Query, Wanted, exact_sum::ExactSum, ranking::Ranking, score_all::score_all};
use std::{
    borrow::Cow,
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The answer to one query so far.
#[derive(Debug)]
pub(super) struct QueryAnswer {
    /// The best hits.
    pub(super) ranking: Ranking,
    /// How many candidates reach the threshold.
    pub(super) at_or_above: u64,
    /// Σ 10^(score − offset) over the candidates that the sum covers.
    pub(super) sum: ExactSum,
}

/// One query with all that belongs to it while one part of the candidates is scanned.
pub(super) struct Collected<'scan> {
    pub(super) query: &'scan Query,
    /// Positions of the candidates that this query is not paired with, and of those that no query is, each ascending.
    excluded: [Cow<'scan, [u32]>; 2],
    answer: Mutex<QueryAnswer>,
}

impl QueryAnswer {
    /// Nothing found yet.
    pub(super) fn new(wanted: &Wanted) -> Self {
        Self { ranking: Ranking::new(wanted.top), at_or_above: 0, sum: ExactSum::default() }
    }

    /// Takes in a candidate that is at or above the threshold.
    pub(super) fn count(&mut self, hit: Hit, offset: f64) {
        self.at_or_above += 1;
        self.sum.add(10_f64.powf(hit.score - offset));
        self.ranking.offer(hit);
    }

    /// Takes in what another task found.
    pub(super) fn absorb(&mut self, other: Self) {
        self.at_or_above += other.at_or_above;
        self.sum.merge(&other.sum);
        self.ranking.absorb(other.ranking);
    }
}

impl<'scan> Collected<'scan> {
    pub(super) fn new(query: &'scan Query, candidates: &'scan Candidates, wanted: &Wanted) -> Self {
        let left_out = candidates.left_out();
        let mut own = candidates.positions(&query.excluded);
        own.retain(|position| left_out.binary_search(position).is_err());
        Self { query, excluded: [own.into(), left_out.into()], answer: Mutex::new(QueryAnswer::new(wanted)) }
    }

    /// How many candidates the query is paired with.
    pub(super) fn compared(&self, candidates: &Candidates) -> usize {
        candidates.len() - self.excluded.iter().map(|excluded| excluded.len()).sum::<usize>()
    }

    /// The answer so far, for one task at a time.
    pub(super) fn answer(&self) -> MutexGuard<'_, QueryAnswer> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the query is not paired with the candidate at this position.
    pub(super) fn excludes(&self, position: usize) -> bool {
        self.excluded.iter().any(|excluded| excluded.binary_search(&(position as u32)).is_ok())
    }

    /// Those of these positions that the query is not paired with.
    pub(super) fn excluded_in(&self, positions: Range<usize>) -> impl Iterator<Item = usize> {
        self.excluded.iter().flat_map(move |excluded| {
            let from = excluded.partition_point(|&position| (position as usize) < positions.start);
            let to = excluded.partition_point(|&position| (position as usize) < positions.end);
            excluded[from..to].iter().map(|&position| position as usize)
        })
    }

    /// The scores of all candidates that the query is paired with, in their order.
    pub(super) fn scores<'a>(&'a self, candidates: &'a Candidates) -> impl Iterator<Item = f64> + 'a {
        let scores = score_all(self.query, candidates).into_iter().enumerate();
        scores.filter(|(position, _)| !self.excludes(*position)).map(|(_, score)| score)
    }
}
