//! The answers to all queries while the scan runs: what any task finds goes in, in any order, and the result is the same.

use super::{
    Candidates, Coverage, Hit, LogSum, Query, QueryResult, Wanted, exact_sum::ExactSum, ranking::Ranking,
    scan::score_all,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sums of scaled terms below this one may have lost terms by underflow (each under 1e-290).
const LEAST_SUM: f64 = 1e-100;

/// The answer to one query so far.
#[derive(Debug)]
pub(super) struct Answer {
    /// The best hits.
    pub(super) ranking: Ranking,
    /// How many candidates reach the threshold.
    pub(super) at_or_above: u64,
    /// Σ 10^(score − offset) over the candidates that the sum covers.
    pub(super) sum: ExactSum,
}

/// One query with all that belongs to it in one scan.
pub(super) struct Collected<'scan> {
    pub(super) query: &'scan Query,
    /// Positions of the candidates that the query is not paired with, ascending.
    pub(super) excluded: Vec<u32>,
    answer: Mutex<Answer>,
}

impl Answer {
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
    pub(super) fn new(query: &'scan Query, candidates: &Candidates, wanted: &Wanted) -> Self {
        Self { query, excluded: candidates.positions(&query.excluded), answer: Mutex::new(Answer::new(wanted)) }
    }

    /// The answer so far, for one task at a time.
    pub(super) fn answer(&self) -> MutexGuard<'_, Answer> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the query is not paired with the candidate at this position.
    pub(super) fn excludes(&self, position: usize) -> bool {
        !self.excluded.is_empty() && self.excluded.binary_search(&(position as u32)).is_ok()
    }

    /// The finished answer. Terms of the sum were scaled by 10^-offset.
    pub(super) fn finish(self, candidates: &Candidates, wanted: &Wanted, offset: f64, covers: Coverage) -> QueryResult {
        let compared = candidates.len() as u64 - self.excluded.len() as u64;
        let answer = std::mem::replace(&mut *self.answer(), Answer::new(wanted));
        let hits = answer.ranking.finish();
        let sum = answer.sum.value();
        let log10 = match covers {
            Coverage::Hits => log10_of_sum(|| hits.iter().map(|hit| hit.score)),
            Coverage::All if sum < LEAST_SUM => self.careful_sum(candidates, f64::NEG_INFINITY),
            Coverage::AtOrAboveThreshold if sum < LEAST_SUM && answer.at_or_above > 0 => {
                self.careful_sum(candidates, wanted.threshold.unwrap_or(f64::NEG_INFINITY))
            }
            _ => sum.log10() + offset,
        };
        let at_or_above = if wanted.threshold.is_some() { answer.at_or_above } else { compared };
        QueryResult { hits, at_or_above, total: LogSum { log10, covers }, compared }
    }

    /// log10 of Σ 10^score over the scores from `least` on, for a sum whose scaled terms underflow.
    fn careful_sum(&self, candidates: &Candidates, least: f64) -> f64 {
        let scores = score_all(self.query, candidates);
        log10_of_sum(|| {
            let kept = scores.iter().enumerate().filter(|(position, _)| !self.excludes(*position));
            kept.map(|(_, &score)| score).filter(|&score| score >= least)
        })
    }
}

/// log10 of Σ 10^score, whatever the size of the scores.
fn log10_of_sum<Scores: Iterator<Item = f64>>(scores: impl Fn() -> Scores) -> f64 {
    let greatest = scores().fold(f64::NEG_INFINITY, f64::max);
    if greatest == f64::NEG_INFINITY {
        return greatest;
    }
    scores().map(|score| 10_f64.powf(score - greatest)).sum::<f64>().log10() + greatest
}
