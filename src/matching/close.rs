//! Candidates for the same place who come close to a reported one, whether they are reported themselves or were cut.
//!
//! Who was cut by `top` is among the spare hits of the scan. Who was cut by the threshold is looked for in a second scan, from
//! [`CLOSE_LOG10`] lower, for those children only who have a reported candidate that near the threshold and nobody close to it
//! among the hits.

use super::assess::CLOSE_LOG10;
use super::parts::Task;
use super::scan_sex::SexScan;
use super::{Case, MatchError};
use crate::inheritance::Relationship;
use crate::matching::one_person::DirectMatches;
use crate::profile::{SampleIndex, Sex};
use crate::progress::Stage;
use crate::search::{Hit, Progress, QueryResult, Wanted};

/// A candidate with its LR and the place that it was asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedCandidate {
    /// The candidate and its log10 LR.
    pub hit: Hit,
    /// The father's (male), the mother's, or either.
    pub place: Sex,
}

/// The best candidate below the threshold, by sex and child of the roster, where it was looked for.
pub(super) type BelowThreshold = [Vec<Option<PlacedCandidate>>; 3];

/// Whether two candidates compete for a place: every relationship but a parent's has one place for all.
fn share_place(relationship: Relationship, one: Sex, other: Sex) -> bool {
    relationship != Relationship::Parent || one == other || one == Sex::Unknown || other == Sex::Unknown
}

impl PlacedCandidate {
    fn candidate(&self) -> SampleIndex {
        SampleIndex(self.hit.member)
    }

    /// The best log10 LR of another person among these for the same place.
    pub fn next<'h>(
        &self,
        relationship: Relationship,
        direct: &DirectMatches,
        others: impl Iterator<Item = &'h Self>,
    ) -> Option<f64> {
        let candidate = self.candidate();
        let same_person: Vec<u32> = direct.of(candidate).map(|sample| sample.0).collect();
        let competes = |other: &&Self| {
            let member = other.hit.member;
            share_place(relationship, self.place, other.place)
                && member != candidate.0
                && !same_person.contains(&member)
        };
        others.filter(competes).map(|other| other.hit.score).max_by(f64::total_cmp)
    }
}

/// What the scans of a child found, each with its place.
pub(super) fn placed(
    scans: &[SexScan; 3],
    position: usize,
    results: [Option<&QueryResult>; 3],
) -> Vec<PlacedCandidate> {
    let of_sex = |(scan, result): (&SexScan, Option<&QueryResult>)| {
        let place = scan.place(position);
        let hits = result.into_iter().flat_map(|result| result.hits.clone());
        hits.filter_map(move |hit| Some(PlacedCandidate { hit, place: place? })).collect::<Vec<_>>()
    };
    scans.iter().zip(results).flat_map(of_sex).collect()
}

/// Looks for who was cut by the threshold but comes close to a reported candidate.
pub(super) fn below_the_threshold(
    case: &Case<'_>,
    direct: &DirectMatches,
    scans: &[SexScan; 3],
    found: &[Vec<PlacedCandidate>],
    progress: &dyn Progress,
) -> Result<BelowThreshold, MatchError> {
    let mut below: BelowThreshold = std::array::from_fn(|_| vec![None; found.len()]);
    let Some(threshold) = case.settings.search.min_log10_lr else { return Ok(below) };
    let relationship = case.settings.search.relationship;
    let is_alone = |hits: &[PlacedCandidate], one: &PlacedCandidate| {
        let close = one.hit.score - CLOSE_LOG10;
        close < threshold && one.next(relationship, direct, hits.iter()).is_none_or(|next| next < close)
    };
    let alone: Vec<Vec<PlacedCandidate>> =
        found.iter().map(|hits| hits.iter().filter(|one| is_alone(hits, one)).copied().collect()).collect();
    for (scan, below) in scans.iter().zip(&mut below) {
        let near = |position: usize| {
            let place = scan.place(position)?;
            alone[position].iter().find(|one| share_place(relationship, one.place, place))
        };
        let asked = scan.asked_where(|position| near(position).is_some());
        if asked.is_empty() {
            continue;
        }
        // of those at the threshold, all are samples of the one person who is alone, or compete for another place
        let samples = |position: usize| {
            let alone = alone[position].iter().map(|one| direct.of(one.candidate()).count());
            found[position].len() + alone.sum::<usize>()
        };
        let most = asked.iter().map(|(position, _)| samples(*position)).max().unwrap_or(0);
        let wanted = Wanted { threshold: Some(threshold - CLOSE_LOG10), top: most + 1 };
        for list in scan.lists() {
            progress.begin(Stage::of("candidates who come close", "pairs", (asked.len() * list.members.len()) as u64));
            let task = Task {
                list: &list.members,
                members: &list.members,
                left_out: &list.left_out,
                wanted,
                needs_total: false,
                beside: list.columns(),
            };
            let results =
                case.scan(&task, &asked, |asked| SexScan::queries(case, direct, list, asked), progress)?.results();
            for ((position, _), result) in asked.iter().zip(results) {
                let same_person = |hit: &Hit| {
                    alone[*position].iter().any(|one| direct.of(one.candidate()).any(|sample| sample.0 == hit.member))
                };
                let best = result.hits.iter().find(|hit| hit.score < threshold && !same_person(hit));
                let best = best.zip(scan.place(*position)).map(|(&hit, place)| PlacedCandidate { hit, place });
                let better = |one: &PlacedCandidate| {
                    below[*position].is_none_or(|other: PlacedCandidate| one.hit.score > other.hit.score)
                };
                below[*position] = best.filter(better).or(below[*position]);
            }
        }
    }
    Ok(below)
}
