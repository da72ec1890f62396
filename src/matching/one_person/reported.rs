//! The reported candidates compared with others, where not everybody was compared with everybody.

use super::pairs::{
    DirectMatch, DirectMatches, ROUNDING, describe_all, find_pairs, identity, numbers, tolerant_totals,
};
use super::rule::LeastLr;
use crate::matching::{Case, MatchError, RowsAtHand};
use crate::profile::SampleIndex;
use crate::progress::Stage;
use crate::search::Progress;
use crate::threads::EvenlyShared;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Up to this many pairs reported candidates are compared with all candidates: ten seconds on two cores. Beyond it each is compared
/// with those reported for the same child: a second sample of a parent scores as high as the first.
const REPORTED_LIMIT: u64 = 200_000_000_000;

type SamplePair = (SampleIndex, SampleIndex);

impl DirectMatches {
    /// Compares the reported candidates too: `lists` has those of each child. Whether that found anything.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses, or an interruption.
    pub fn compare_reported(
        &mut self,
        case: &Case<'_>,
        lists: &[Vec<SampleIndex>],
        candidates: &[SampleIndex],
        progress: &dyn Progress,
    ) -> Result<bool, MatchError> {
        let reported = distinct(lists.iter().flatten().copied());
        self.by_list = !compares_with_all(reported.len(), candidates.len());
        let (found, compared) = if self.by_list {
            find_in_lists(case, lists, self.compared, progress)?
        } else {
            find_pairs(case, &reported, (candidates, &numbers(candidates)), LeastLr::Rule, progress)?
        };
        Ok(self.take_in(found, compared))
    }
}

fn distinct(samples: impl Iterator<Item = SampleIndex>) -> Vec<SampleIndex> {
    let mut samples: Vec<_> = samples.collect();
    samples.sort_unstable();
    samples.dedup();
    samples
}

/// Whether so many reported candidates are compared with all of so many candidates.
fn compares_with_all(reported: usize, candidates: usize) -> bool {
    reported as u64 * candidates as u64 <= REPORTED_LIMIT
}

/// The pairs of candidates of one list that are one person, among so many pairs that were compared before, and how many were compared.
fn find_in_lists(
    case: &Case<'_>,
    lists: &[Vec<SampleIndex>],
    before: u64,
    progress: &dyn Progress,
) -> Result<(Vec<DirectMatch>, u64), MatchError> {
    case.panel.keep(lists.iter().flatten().copied())?;
    progress.begin(Stage::of("samples of one person", "children", lists.len() as u64));
    let compared = lists.iter().map(|list| (list.len() * list.len().saturating_sub(1) / 2) as u64).sum();
    let least = LeastLr::Rule.among(before + compared) - ROUNDING;
    let found = lists.par_iter().evenly_shared().map(|list| {
        let pairs = alike_in(case, list, least);
        progress.advance(1);
        pairs
    });
    let found: BTreeSet<SamplePair> = found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    Ok((describe_all(case, &found, (LeastLr::Rule, before + compared))?, compared))
}

/// The pairs of a list (ascending) whose log10 LR of "one person" reaches the least in every population.
fn alike_in(case: &Case<'_>, list: &[SampleIndex], least: f64) -> Result<Vec<SamplePair>, MatchError> {
    let mut rows = RowsAtHand::new(case);
    let mut alike = Vec::new();
    for (at, &first) in list.iter().enumerate() {
        let asked = identity(case, first);
        for &second in &list[at + 1..] {
            let totals = tolerant_totals(case, &mut rows, asked, second)?;
            if totals.into_iter().all(|log10_lr| log10_lr >= least) {
                alike.push((first, second));
            }
        }
    }
    Ok(alike)
}

#[cfg(test)]
mod tests {
    use super::super::{LEAST_LOG10_LR, find_among};
    use super::*;
    use crate::progress::NoProgress;
    use crate::run::MatchCase;
    use crate::settings::Settings;

    #[test]
    fn reported_candidates_are_compared_with_all_where_that_takes_seconds() {
        assert!(compares_with_all(4_000, 1_000_000) && compares_with_all(20_000, 10_000_000));
        assert!(!compares_with_all(20_001, 10_000_000) && !compares_with_all(600_000, 10_000_000));
    }

    #[test]
    fn a_list_compared_pair_by_pair_has_the_pairs_that_the_scan_finds() {
        let candidates = ["data/demo/corpses.csv", "data/demo/detainees.csv"].to_vec();
        let read = MatchCase::read(vec!["data/demo/children.csv"], candidates, &Settings::default()).unwrap();
        let (case, list) = (read.scoring(), &read.roster.candidates[..]);
        let scanned = find_among(&case, list, LEAST_LOG10_LR, &NoProgress).unwrap().by_rule(&case).unwrap();
        assert_eq!(scanned.pairs.len(), 3);
        let compared = (list.len() * (list.len() - 1) / 2) as u64;
        let before = scanned.compared - compared;
        let lists = [list.to_vec(), list[..1].to_vec(), Vec::new(), list.to_vec()];
        let (pairs, of_lists) = find_in_lists(&case, &lists, before - compared, &NoProgress).unwrap();
        assert_eq!((pairs, of_lists), (scanned.pairs, 2 * compared));
    }
}
