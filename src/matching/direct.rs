//! Samples that come from one and the same person.
//!
//! The score of a pair is its log10 LR of "one person" against "two unrelated people"; a locus at which the two calls cannot
//! come from one genotype counts [`DIFFERING_LOCUS`] instead of minus infinity, as an allowance for a mistyped or dropped
//! allele. Two close relatives differ at most loci and fall far below zero. A pair is reported from 10^4 on, and
//! only where its LR also exceeds the number of pairs compared, so that less than one chance pair is
//! expected in a run.

use super::parts::Task;
use super::roster::{Asked, Roster};
use super::rows::RowsAtHand;
use super::{Case, MatchError};
use crate::inheritance::Relationship;
use crate::model::Question;
use crate::profile::{Code, SampleIndex, Sex};
use crate::progress::Stage;
use crate::search::{Progress, Query, Wanted};
use foldhash::fast::FixedState;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// log10 LR of a locus at which two samples of one person differ: one call in a thousand is taken to be wrong.
pub const DIFFERING_LOCUS: f64 = -3.0;

/// The least log10 LR of a pair that is reported as one person.
pub const LEAST_LOG10_LR: f64 = 4.0;

/// Up to this many pairs, all samples are compared with all; beyond it, children with candidates only.
const ALL_PAIRS_LIMIT: u64 = 1_000_000_000;

/// Two samples of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectMatch {
    /// The sample whose id comes first.
    pub first: SampleIndex,
    /// The other sample.
    pub second: SampleIndex,
    /// log10 LR of "one person" against "unrelated", differing loci at [`DIFFERING_LOCUS`].
    pub log10_lr: f64,
    /// Loci at which both samples have a call.
    pub loci_compared: usize,
    /// Loci at which the calls cannot come from one genotype.
    pub loci_different: usize,
}

/// The pairs of samples that are one person, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct DirectMatches {
    /// The pairs.
    pub pairs: Vec<DirectMatch>,
    /// Pairs of samples that were compared.
    pub compared: u64,
    /// Whether every sample was compared with every other, or children with candidates only.
    pub all_with_all: bool,
    /// Every pair from either side, ascending.
    others: Vec<(SampleIndex, SampleIndex)>,
}

impl DirectMatches {
    fn new(pairs: Vec<DirectMatch>, compared: u64, all_with_all: bool) -> Self {
        let both_ways = |pair: &DirectMatch| [(pair.first, pair.second), (pair.second, pair.first)];
        let mut others: Vec<_> = pairs.iter().flat_map(both_ways).collect();
        others.sort_unstable();
        Self { pairs, compared, all_with_all, others }
    }

    /// The other samples of this person, ascending.
    pub fn of(&self, sample: SampleIndex) -> impl Iterator<Item = SampleIndex> + '_ {
        let start = self.others.partition_point(|&(one, _)| one < sample);
        self.others[start..].iter().take_while(move |(one, _)| *one == sample).map(|&(_, other)| other)
    }

    /// The groups of samples, among these (ascending), that come from one person each: whoever is one person with anybody of a
    /// group belongs to it.
    pub fn groups(&self, among: &[SampleIndex]) -> Vec<Vec<SampleIndex>> {
        let mut groups = Vec::new();
        let mut is_in_group: BTreeSet<SampleIndex> = BTreeSet::new();
        for (sample, _) in self.others.iter().filter(|(sample, _)| among.binary_search(sample).is_ok()) {
            if !is_in_group.insert(*sample) {
                continue;
            }
            let mut group = vec![*sample];
            let mut next = 0;
            while let Some(&member) = group.get(next) {
                let listed = self.of(member).filter(|other| among.binary_search(other).is_ok());
                group.extend(listed.filter(|other| is_in_group.insert(*other)));
                next += 1;
            }
            if group.len() > 1 {
                group.sort_unstable();
                groups.push(group);
            }
        }
        groups
    }
}

/// Compares samples with samples and keeps the pairs that are one person.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn find_direct_matches(
    case: &Case<'_>,
    roster: &Roster,
    progress: &dyn Progress,
) -> Result<DirectMatches, MatchError> {
    let mut askers: Vec<_> = roster.children.iter().map(|child| child.sample).collect();
    let mut asked = roster.candidates.clone();
    let only_children = askers.iter().filter(|child| asked.binary_search(child).is_err()).count();
    let all_with_all = ((asked.len() + only_children) as u64).pow(2) <= ALL_PAIRS_LIMIT;
    if all_with_all {
        asked.extend(&askers);
        asked.sort_unstable();
        asked.dedup();
        askers.clone_from(&asked);
    }
    let compared = askers.len() as u64 * asked.len() as u64;
    case.panel.keep(askers.iter().copied())?;
    let mut tolerant = TolerantRows::default();
    let queries_of = |askers: &[SampleIndex]| askers.iter().map(|&sample| tolerant.query(case, sample)).collect();
    let members: Vec<u32> = asked.into_iter().map(|sample| sample.0).collect();
    let wanted = Wanted { threshold: Some(LEAST_LOG10_LR.max((compared as f64).log10())), top: members.len() };
    progress.begin(Stage::of("samples of one person", "pairs", compared));
    let task = Task { members: &members, wanted, needs_total: false, ages: None };
    let found = case.scan(&task, &askers, queries_of, progress)?.results;
    let pairs: BTreeSet<_> = askers
        .iter()
        .zip(&found)
        .flat_map(|(&sample, result)| result.hits.iter().map(move |hit| (sample, SampleIndex(hit.member))))
        .map(|(left, right)| (left.min(right), left.max(right)))
        .collect();
    case.panel.keep(pairs.iter().flat_map(|&(first, second)| [first, second]))?;
    let pairs = pairs.into_iter().map(|(first, second)| describe(case, first, second)).collect::<Result<_, _>>()?;
    Ok(DirectMatches::new(pairs, compared, all_with_all))
}

fn identity(case: &Case<'_>, sample: SampleIndex) -> Asked {
    let sex = case.child_sex(sample);
    let question = Question::Kin {
        relationship: Relationship::Identity,
        child_sex: sex,
        candidate_sex: Sex::Unknown,
        known: None,
    };
    Asked { question, child: sample, known: None }
}

/// Identity rows with differing calls allowed for, each made once and shared by all samples that show the same.
#[derive(Default)]
struct TolerantRows {
    rows: HashMap<(usize, usize, Code), Arc<[f64]>, FixedState>,
}

impl TolerantRows {
    fn query(&mut self, case: &Case<'_>, sample: SampleIndex) -> Result<Query, MatchError> {
        let asked = identity(case, sample);
        let mut tables = Vec::with_capacity(case.tables.len());
        for (population, strict) in case.tables.iter().enumerate() {
            let mut rows = Vec::with_capacity(strict.locus_count());
            for (locus, key) in asked.keys(case, 0).enumerate() {
                let row = match self.rows.entry((population, locus, key.child)) {
                    Entry::Occupied(made) => made.into_mut(),
                    Entry::Vacant(vacant) => {
                        let row = strict.row(locus, key)?;
                        vacant.insert(row.iter().map(|score| score.max(DIFFERING_LOCUS)).collect())
                    }
                };
                rows.push(Arc::clone(row));
            }
            tables.push(rows.into());
        }
        Ok(Query { tables, excluded: vec![sample.0] })
    }
}

fn describe(case: &Case<'_>, first: SampleIndex, second: SampleIndex) -> Result<DirectMatch, MatchError> {
    let asked = identity(case, first);
    let mut rows = RowsAtHand::new(case);
    let mut totals = Vec::new();
    for population in 0..case.tables.len() {
        let scores = rows.scores(asked, population, second)?;
        let loci = scores.iter().flat_map(|(_, of_line)| of_line);
        totals.push(loci.map(|score| score.max(DIFFERING_LOCUS)).sum::<f64>());
    }
    let differs = rows.impossible(asked, second)?;
    Ok(DirectMatch {
        first,
        second,
        log10_lr: totals.into_iter().fold(f64::INFINITY, f64::min),
        loci_compared: case.loci_compared(first, second).count(),
        loci_different: differs.into_iter().filter(|&differs| differs).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_one_person_are_one_group() {
        let pair = |(first, second)| DirectMatch {
            first: SampleIndex(first),
            second: SampleIndex(second),
            log10_lr: 20.0,
            loci_compared: 16,
            loci_different: 0,
        };
        let direct = DirectMatches::new([(1, 5), (2, 3), (3, 9), (5, 7), (6, 8)].map(pair).into(), 100, true);
        let of = |sample| direct.of(SampleIndex(sample)).map(|other| other.0).collect::<Vec<_>>();
        assert_eq!([of(5), of(3), of(4)], [vec![1, 7], vec![2, 9], vec![]]);
        let groups = |among: &[u32]| -> Vec<Vec<u32>> {
            let among: Vec<_> = among.iter().map(|&sample| SampleIndex(sample)).collect();
            let numbers = |group: Vec<SampleIndex>| group.into_iter().map(|sample| sample.0).collect();
            direct.groups(&among).into_iter().map(numbers).collect()
        };
        assert_eq!(groups(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), [vec![1, 5, 7], vec![2, 3, 9], vec![6, 8]]);
        assert_eq!(groups(&[1, 2, 7, 8, 9]), Vec::<Vec<u32>>::new(), "nobody listed joins them");
        assert_eq!(groups(&[2, 3, 5, 7]), [[2, 3], [5, 7]]);
    }
}
