//! What a scan of some of the candidates found, so that it can be put together with what scans of the others found.

use super::{
    Candidates, Coverage, Hit, LogSum, QueryResult, Wanted,
    collect::{Collected, QueryAnswer},
    exact_sum::{ExactSum, WideSum},
    ranking::best_first,
};
use serde::{Deserialize, Serialize};

/// Sums of scaled terms below this one may have lost terms by underflow (each under 1e-290).
const LEAST_SUM: f64 = 1e-100;

/// The answers to all queries over some of the candidates, in the order of the queries.
///
/// Parts over candidates who are nobody's twice are put together by [`ScanPart::merge`], in any order; then
/// [`ScanPart::finish`] gives what one scan of all of them gives, bit by bit. Two conditions: all were scanned by plans with
/// totals over the same candidates; where these run over all, every part but the last is a multiple of [`super::PART`] candidates.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScanPart {
    covers: Coverage,
    answers: Vec<PartAnswer>,
}

/// The answer to one query over some of the candidates.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(super) struct PartAnswer {
    /// The best, best first, at most as many as are wanted.
    hits: Vec<Hit>,
    /// How many candidates reach the threshold.
    at_or_above: u64,
    /// How many candidates were compared.
    compared: u64,
    /// Σ 10^(score − offset) over the candidates that the sum covers.
    sum: ExactSum,
    /// Scale of the terms of the sum, log10.
    offset: f64,
    /// The sum again, unscaled, of those parts whose scaled terms underflow.
    careful: WideSum,
}

/// A part's answer as it is stored: members and scores of the hits, the counts, the sum and its scale, the careful sum.
type Stored = (Vec<u32>, Vec<f64>, u64, u64, ExactSum, f64, WideSum);

impl From<Stored> for PartAnswer {
    fn from((members, scores, at_or_above, compared, sum, offset, careful): Stored) -> Self {
        let hits = members.into_iter().zip(scores).map(|(member, score)| Hit { member, score }).collect();
        Self { hits, at_or_above, compared, sum, offset, careful }
    }
}

impl From<PartAnswer> for Stored {
    fn from(part: PartAnswer) -> Self {
        let (members, scores) = part.hits.iter().map(|hit| (hit.member, hit.score)).unzip();
        (members, scores, part.at_or_above, part.compared, part.sum, part.offset, part.careful)
    }
}

impl ScanPart {
    /// What a scan of nobody finds for so many queries.
    pub fn of_nobody(queries: usize, covers: Coverage) -> Self {
        Self { covers, answers: vec![PartAnswer::default(); queries] }
    }

    /// `answers` are in the order of the queries.
    pub(super) fn new(covers: Coverage, answers: Vec<PartAnswer>) -> Self {
        Self { covers, answers }
    }

    /// Number of queries.
    pub fn queries(&self) -> usize {
        self.answers.len()
    }

    /// Everybody who was found.
    pub fn members(&self) -> impl Iterator<Item = u32> {
        self.answers.iter().flat_map(|answer| &answer.hits).map(|hit| hit.member)
    }

    /// Whether another part answers the same queries in the same way.
    pub fn goes_with(&self, other: &Self) -> bool {
        self.covers == other.covers && self.queries() == other.queries()
    }

    /// Takes in what was found among other candidates.
    ///
    /// # Panics
    /// A part that does not [go with](Self::goes_with) this one: a broken invariant.
    pub fn merge(&mut self, other: Self, wanted: &Wanted) {
        assert!(self.goes_with(&other), "parts of one scan");
        self.answers.iter_mut().zip(other.answers).for_each(|(answer, other)| answer.merge(other, wanted.top));
    }

    /// Takes in the answers to further queries, over the same candidates.
    ///
    /// # Panics
    /// Totals over other candidates: a broken invariant.
    pub fn append(&mut self, further: Self) {
        assert!(self.covers == further.covers, "totals over the same candidates");
        self.answers.extend(further.answers);
    }

    /// The results, in the order of the queries.
    pub fn finish(self, wanted: &Wanted) -> Vec<QueryResult> {
        self.answers.into_iter().map(|answer| answer.finish(wanted, self.covers)).collect()
    }
}

impl PartAnswer {
    /// What was found for a query, the terms of its sum being scaled by 10^-offset.
    pub(super) fn new(
        found: Collected,
        candidates: &Candidates,
        wanted: &Wanted,
        offset: f64,
        covers: Coverage,
    ) -> Self {
        let compared = found.compared(candidates) as u64;
        let QueryAnswer { ranking, at_or_above, sum } =
            std::mem::replace(&mut *found.answer(), QueryAnswer::new(wanted));
        let mut careful = WideSum::default();
        // A part whose own sum does not underflow makes a sum that does not.
        let underflows = sum.value() < LEAST_SUM;
        match covers {
            Coverage::All if underflows => found.scores(candidates).for_each(|score| careful.add(score)),
            Coverage::AtOrAboveThreshold if underflows && at_or_above > 0 => {
                let least = wanted.threshold.unwrap_or(f64::NEG_INFINITY);
                found.scores(candidates).filter(|&score| score >= least).for_each(|score| careful.add(score));
            }
            _ => {}
        }
        Self { hits: ranking.finish(), at_or_above, compared, offset, sum, careful }
    }

    fn merge(&mut self, other: Self, top: usize) {
        if other.sum.value() > 0.0 {
            debug_assert!(self.sum.value() == 0.0 || self.offset == other.offset, "one scale for all parts");
            self.offset = other.offset;
        }
        self.at_or_above = self.at_or_above.saturating_add(other.at_or_above);
        self.compared = self.compared.saturating_add(other.compared);
        self.sum.merge(&other.sum);
        self.careful.merge(&other.careful);
        self.hits.extend(other.hits);
        self.hits.sort_by(best_first);
        self.hits.truncate(top);
        self.hits.shrink_to_fit();
    }

    fn finish(self, wanted: &Wanted, covers: Coverage) -> QueryResult {
        let sum = self.sum.value();
        let log10 = match covers {
            Coverage::Hits => {
                let mut terms = WideSum::default();
                self.hits.iter().for_each(|hit| terms.add(hit.score));
                terms.log10()
            }
            _ if sum < LEAST_SUM => self.careful.log10(),
            _ => sum.log10() + self.offset,
        };
        let at_or_above = if wanted.threshold.is_some() { self.at_or_above } else { self.compared };
        QueryResult { hits: self.hits, at_or_above, total: LogSum { log10, covers }, compared: self.compared }
    }
}
