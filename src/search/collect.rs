//! The answers to all queries while the scan runs: what any task finds goes in, in any order, and the result is the same.

use super::{
    Candidates, Coverage, Hit, LogSum, Query, QueryResult, Wanted, exact_sum::ExactSum, ranking::Ranking,
    score_all::score_all,
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

/// The answer to one query over the parts of the candidates that were scanned so far.
#[derive(Debug)]
pub(super) struct Answered {
    answer: Answer,
    /// Scale of the terms of the sum, log10.
    offset: f64,
    /// How many candidates were compared.
    compared: u64,
    /// The sum again, as logarithms, of those parts whose scaled terms underflow.
    careful: LogTerms,
}

/// One query with all that belongs to it while one part of the candidates is scanned.
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

    /// The scores of all candidates that the query is paired with, in their order.
    fn scores<'a>(&'a self, candidates: &'a Candidates) -> impl Iterator<Item = f64> + 'a {
        let scores = score_all(self.query, candidates).into_iter().enumerate();
        scores.filter(|(position, _)| !self.excludes(*position)).map(|(_, score)| score)
    }
}

impl Answered {
    /// Nothing scanned yet.
    pub(super) fn new(wanted: &Wanted) -> Self {
        Self { answer: Answer::new(wanted), offset: 0.0, compared: 0, careful: LogTerms::default() }
    }

    /// Takes in what was found in the next part. Terms of its sum were scaled by 10^-offset.
    pub(super) fn take(
        &mut self,
        part: Collected,
        candidates: &Candidates,
        wanted: &Wanted,
        offset: f64,
        covers: Coverage,
    ) {
        self.compared += candidates.len() as u64 - part.excluded.len() as u64;
        let found = std::mem::replace(&mut *part.answer(), Answer::new(wanted));
        // A part whose own sum does not underflow makes a sum that does not.
        let underflows = found.sum.value() < LEAST_SUM;
        match covers {
            Coverage::All if underflows => part.scores(candidates).for_each(|score| self.careful.add(score)),
            Coverage::AtOrAboveThreshold if underflows && found.at_or_above > 0 => {
                let least = wanted.threshold.unwrap_or(f64::NEG_INFINITY);
                part.scores(candidates).filter(|&score| score >= least).for_each(|score| self.careful.add(score));
            }
            _ => {}
        }
        if found.sum.value() > 0.0 {
            debug_assert!(self.answer.sum.value() == 0.0 || self.offset == offset, "one scale for all parts");
            self.offset = offset;
        }
        self.answer.absorb(found);
        self.answer.ranking.compact();
    }

    /// The finished answer.
    pub(super) fn finish(self, wanted: &Wanted, covers: Coverage) -> QueryResult {
        let hits = self.answer.ranking.finish();
        let sum = self.answer.sum.value();
        let log10 = match covers {
            Coverage::Hits => {
                let mut terms = LogTerms::default();
                hits.iter().for_each(|hit| terms.add(hit.score));
                terms.log10_of_sum()
            }
            _ if sum < LEAST_SUM => self.careful.log10_of_sum(),
            _ => sum.log10() + self.offset,
        };
        let at_or_above = if wanted.threshold.is_some() { self.answer.at_or_above } else { self.compared };
        QueryResult { hits, at_or_above, total: LogSum { log10, covers }, compared: self.compared }
    }
}

/// A sum of 10^score, whatever the size of the scores: Σ 10^(score − greatest), and the greatest.
#[derive(Clone, Copy, Debug)]
struct LogTerms {
    greatest: f64,
    sum: f64,
}

impl Default for LogTerms {
    fn default() -> Self {
        Self { greatest: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogTerms {
    fn add(&mut self, score: f64) {
        if score > self.greatest {
            self.sum = self.sum * 10_f64.powf(self.greatest - score) + 1.0;
            self.greatest = score;
        } else if score > f64::NEG_INFINITY {
            self.sum += 10_f64.powf(score - self.greatest);
        }
    }

    fn log10_of_sum(self) -> f64 {
        if self.sum > 0.0 { self.sum.log10() + self.greatest } else { f64::NEG_INFINITY }
    }
}
