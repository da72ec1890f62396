//! The pairs of samples that are one person's, found by a scan: identity rows, then the rule on what the scan finds.

use super::rule::{Contradiction, DIFFERING_LOCUS, LeastLr};
use crate::inheritance::Relationship;
use crate::matching::{Asked, Case, Child, MatchError, Roster, RowsAtHand, Task};
use crate::model::Question;
use crate::profile::{Code, Panel, SampleIndex, Sex};
use crate::progress::Stage;
use crate::search::{Progress, Query, Wanted};
use foldhash::fast::FixedState;
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Up to this many pairs, all samples are compared with all; beyond it, children and reported candidates with all candidates.
const ALL_PAIRS_LIMIT: u64 = 40_000_000_000;

/// By how much (log10) an LR may differ with who of the two asks: the scan looks so much lower, and one of both is decisive.
pub(super) const ROUNDING: f64 = 1e-9;

/// So many samples ask at once: what is made ready for them takes up to a hundred megabytes.
const ASK_AT_ONCE: usize = 1 << 14;

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
    /// What beside the DNA says that they are not. Such a pair is told, and not taken as one person.
    pub contradiction: Contradiction,
}

/// The pairs of samples that are one person, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct DirectMatches {
    /// The pairs.
    pub pairs: Vec<DirectMatch>,
    /// Pairs of samples that were compared.
    pub compared: u64,
    /// Whether every sample was compared with every other.
    pub all_with_all: bool,
    /// Whether each reported candidate was compared with those reported for the same child only, and not with all candidates.
    pub by_list: bool,
    /// Every pair from either side, ascending.
    others: Vec<(SampleIndex, SampleIndex)>,
    /// Those of them that nothing contradicts.
    agreeing: Vec<(SampleIndex, SampleIndex)>,
}

impl DirectMatches {
    fn new(pairs: Vec<DirectMatch>, compared: u64, all_with_all: bool) -> Self {
        let both_ways = |pair: &DirectMatch| [(pair.first, pair.second), (pair.second, pair.first)];
        let mut others: Vec<_> = pairs.iter().flat_map(both_ways).collect();
        others.sort_unstable();
        let mut agreeing: Vec<_> =
            pairs.iter().filter(|pair| !pair.contradiction.is_any()).flat_map(both_ways).collect();
        agreeing.sort_unstable();
        Self { pairs, compared, all_with_all, by_list: false, others, agreeing }
    }

    /// Those of the pairs that are one person's by the rule, where no pair that the rule asks for was left out.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn by_rule(&self, case: &Case<'_>) -> Result<Self, MatchError> {
        let pairs = self.pairs.iter().map(|pair| (pair.first, pair.second)).collect();
        let pairs = describe_all(case, &pairs, (LeastLr::Rule, self.compared))?;
        Ok(Self { by_list: self.by_list, ..Self::new(pairs, self.compared, self.all_with_all) })
    }

    /// The other samples of this person, ascending.
    pub fn of(&self, sample: SampleIndex) -> impl Iterator<Item = SampleIndex> + '_ {
        let start = self.others.partition_point(|&(one, _)| one < sample);
        self.others[start..].iter().take_while(move |(one, _)| *one == sample).map(|&(_, other)| other)
    }

    /// The highest log10 LR of a sample with another of its person; minus infinity where there is none.
    pub fn best_of(&self, sample: SampleIndex) -> f64 {
        let own = self.pairs.iter().filter(|pair| pair.first == sample || pair.second == sample);
        let agreeing = own.filter(|pair| !pair.contradiction.is_any());
        agreeing.map(|pair| pair.log10_lr).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Those of these samples (ascending) that are one person with another of them, whatever else is recorded of that person.
    pub fn with_another(&self, among: &[SampleIndex]) -> Vec<SampleIndex> {
        let is_listed = |sample: &SampleIndex| among.binary_search(sample).is_ok();
        let listed = self.agreeing.iter().filter(|(one, other)| is_listed(one) && is_listed(other));
        let mut with_another: Vec<_> = listed.map(|&(one, _)| one).collect();
        with_another.dedup();
        with_another
    }

    /// The groups of samples, among these (ascending), that come from one person each: whoever is one person with anybody of a
    /// group belongs to it. A group in which both sexes are recorded is none.
    pub fn groups(&self, panel: &Panel, among: &[SampleIndex]) -> Vec<Vec<SampleIndex>> {
        let mut groups = self.linked(among);
        let has = |group: &[SampleIndex], sex| group.iter().any(|&sample| panel.sex(sample) == sex);
        groups.retain(|group| !(has(group, Sex::Male) && has(group, Sex::Female)));
        groups
    }

    /// The groups, whatever is recorded.
    fn linked(&self, among: &[SampleIndex]) -> Vec<Vec<SampleIndex>> {
        let mut groups = Vec::new();
        let mut is_in_group: BTreeSet<SampleIndex> = BTreeSet::new();
        let is_listed = |sample: &SampleIndex| among.binary_search(sample).is_ok();
        for (sample, _) in self.agreeing.iter().filter(|(sample, _)| is_listed(sample)) {
            if !is_in_group.insert(*sample) {
                continue;
            }
            let mut group = vec![*sample];
            let mut next = 0;
            while let Some(&member) = group.get(next) {
                let start = self.agreeing.partition_point(|&(one, _)| one < member);
                let of_member = self.agreeing[start..].iter().take_while(|(one, _)| *one == member);
                let listed = of_member.map(|&(_, other)| other).filter(is_listed);
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

    /// Takes in more pairs, of so many more that were compared; whether there was any that is new.
    pub(super) fn take_in(&mut self, found: Vec<DirectMatch>, compared: u64) -> bool {
        let is_known = |pair: &DirectMatch| self.others.binary_search(&(pair.first, pair.second)).is_ok();
        let new: Vec<_> = found.into_iter().filter(|pair| !is_known(pair)).collect();
        let is_more = !new.is_empty();
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.extend(new);
        pairs.sort_unstable_by_key(|pair| (pair.first, pair.second));
        *self = Self { by_list: self.by_list, ..Self::new(pairs, self.compared + compared, self.all_with_all) };
        is_more
    }

    /// A sentence for each pair that is one person by its DNA but not by its records.
    pub fn notes(&self, panel: &Panel) -> Vec<String> {
        let contradictory = self.pairs.iter().filter(|pair| pair.contradiction.is_any());
        let note = |pair: &DirectMatch| {
            format!(
                "{} and {} are one person by their DNA, but contradict each other in {}: taken as two (a swapped sample? identical twins?)",
                panel.id(pair.first),
                panel.id(pair.second),
                pair.contradiction.columns().replace(';', " and ")
            )
        };
        contradictory.map(note).collect()
    }
}

/// Whether every sample of a search is compared with every other, or children with candidates alone.
pub(in crate::matching) fn compares_all(roster: &Roster) -> bool {
    let is_candidate = |child: &&Child| roster.candidates.binary_search(&child.sample).is_ok();
    let both = roster.children.iter().filter(is_candidate).count();
    ((roster.children.len() + roster.candidates.len() - both) as u64).pow(2) <= ALL_PAIRS_LIMIT
}

/// The samples of a search that are compared with each other: who asks, and who is asked, each ascending.
fn compared_samples(roster: &Roster) -> [Cow<'_, [SampleIndex]>; 2] {
    let children: Vec<_> = roster.children.iter().map(|child| child.sample).collect();
    if !compares_all(roster) {
        return [children.into(), (&roster.candidates[..]).into()];
    }
    let mut everybody = [&children[..], &roster.candidates[..]].concat();
    everybody.sort_unstable();
    everybody.dedup();
    [everybody.clone().into(), everybody.into()]
}

/// Compares the samples of a search with each other and keeps the pairs that are one person.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn find_direct_matches(
    case: &Case<'_>,
    roster: &Roster,
    progress: &dyn Progress,
) -> Result<DirectMatches, MatchError> {
    let [_, asked] = compared_samples(roster);
    find_pairs_with(case, roster, &numbers(&asked), progress)
}

/// The same, of those pairs alone in which one of these (ascending) of the samples that are asked is found.
///
/// # Errors
/// As [`find_direct_matches`].
pub(in crate::matching) fn find_pairs_with(
    case: &Case<'_>,
    roster: &Roster,
    own: &[u32],
    progress: &dyn Progress,
) -> Result<DirectMatches, MatchError> {
    let [askers, asked] = compared_samples(roster);
    let (pairs, compared) = find_pairs(case, &askers, (&asked, own), LeastLr::Rule, progress)?;
    Ok(DirectMatches::new(pairs, compared, compares_all(roster)))
}

/// What all shares of a search found, together.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn describe_pairs(
    case: &Case<'_>,
    roster: &Roster,
    pairs: &[(SampleIndex, SampleIndex)],
) -> Result<DirectMatches, MatchError> {
    let [askers, asked] = compared_samples(roster);
    let compared = askers.len() as u64 * asked.len() as u64;
    let pairs = describe_all(case, &pairs.iter().copied().collect(), (LeastLr::Rule, compared))?;
    Ok(DirectMatches::new(pairs, compared, compares_all(roster)))
}

pub(super) fn numbers(samples: &[SampleIndex]) -> Vec<u32> {
    samples.iter().map(|sample| sample.0).collect()
}

/// Compares all of these samples (ascending) with each other: pairs from this log10 LR on, whatever relatives say.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn find_among(
    case: &Case<'_>,
    samples: &[SampleIndex],
    least_log10_lr: f64,
    progress: &dyn Progress,
) -> Result<DirectMatches, MatchError> {
    let least = LeastLr::Fixed(least_log10_lr);
    let (pairs, compared) = find_pairs(case, samples, (samples, &numbers(samples)), least, progress)?;
    Ok(DirectMatches::new(pairs, compared, true))
}

/// The same pairs, found before among these samples.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn describe_among(
    case: &Case<'_>,
    samples: &[SampleIndex],
    least_log10_lr: f64,
    pairs: &[(SampleIndex, SampleIndex)],
) -> Result<DirectMatches, MatchError> {
    let compared = (samples.len() as u64).pow(2);
    let pairs = describe_all(case, &pairs.iter().copied().collect(), (LeastLr::Fixed(least_log10_lr), compared))?;
    Ok(DirectMatches::new(pairs, compared, true))
}

/// The pairs of askers and asked (each ascending) that are one person, in the order of their ids, and how many were compared;
/// of the asked only these of them (ascending) are looked for.
pub(super) fn find_pairs(
    case: &Case<'_>,
    askers: &[SampleIndex],
    (asked, own): (&[SampleIndex], &[u32]),
    least: LeastLr,
    progress: &dyn Progress,
) -> Result<(Vec<DirectMatch>, u64), MatchError> {
    let compared = askers.len() as u64 * asked.len() as u64;
    case.panel.keep(askers.iter().copied())?;
    let list = numbers(asked);
    let wanted = Wanted { threshold: Some(least.among(compared) - ROUNDING), top: list.len() };
    progress.begin(Stage::of("samples of one person", "pairs", askers.len() as u64 * own.len() as u64));
    let mut tolerant = TolerantRows::default();
    let mut pairs = BTreeSet::new();
    for askers in askers.chunks(ASK_AT_ONCE) {
        let queries_of = |askers: &[SampleIndex]| askers.iter().map(|&sample| tolerant.query(case, sample)).collect();
        let task = Task { list: &list, members: own, left_out: &[], wanted, needs_total: false, beside: Vec::new() };
        let found = case.scan(&task, askers, queries_of, progress)?.results();
        let hits =
            askers.iter().zip(&found).flat_map(|(&asker, result)| result.hits.iter().map(move |hit| (asker, hit)));
        let hits = hits.map(|(asker, hit)| (asker, SampleIndex(hit.member)));
        pairs.extend(hits.map(|(left, right)| (left.min(right), left.max(right))));
    }
    Ok((describe_all(case, &pairs, (least, compared))?, compared))
}

/// What the rule says of these pairs, of so many that were compared.
pub(super) fn describe_all(
    case: &Case<'_>,
    pairs: &BTreeSet<(SampleIndex, SampleIndex)>,
    (least, compared): (LeastLr, u64),
) -> Result<Vec<DirectMatch>, MatchError> {
    case.panel.keep(pairs.iter().flat_map(|&(first, second)| [first, second]))?;
    let described = pairs.iter().map(|&(first, second)| describe(case, first, second, (least, compared)));
    described.filter_map(Result::transpose).collect()
}

pub(super) fn identity(case: &Case<'_>, sample: SampleIndex) -> Asked {
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
            for (locus, key) in asked.keys(case, 0, None).enumerate() {
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

/// What the rule says of a pair that the scan found: nothing where its LR, with the sample whose id comes first as the one who
/// asks, is too low after all, or a relative explains it almost as well.
fn describe(
    case: &Case<'_>,
    first: SampleIndex,
    second: SampleIndex,
    (least, compared): (LeastLr, u64),
) -> Result<Option<DirectMatch>, MatchError> {
    let asked = identity(case, first);
    let mut rows = RowsAtHand::new(case);
    let totals = tolerant_totals(case, &mut rows, asked, second)?;
    let log10_lr = totals.iter().copied().fold(f64::INFINITY, f64::min);
    if log10_lr < least.among(compared) {
        return Ok(None);
    }
    let mut relatives = vec![f64::NEG_INFINITY; totals.len()];
    for relationship in [Relationship::FullSibling, Relationship::Parent] {
        let log10_lrs = rows.totals(as_relatives(case, first, second, relationship), second)?;
        relatives.iter_mut().zip(log10_lrs).for_each(|(greatest, log10_lr)| *greatest = greatest.max(log10_lr));
    }
    if !least.is_above_relatives(totals.iter().copied().zip(relatives)) {
        return Ok(None);
    }
    let differs = rows.impossible(asked, second)?;
    Ok(Some(DirectMatch {
        first,
        second,
        log10_lr,
        loci_compared: case.loci_compared(first, second).count(),
        loci_different: differs.into_iter().filter(|&differs| differs).count(),
        contradiction: Contradiction::of(case, first, second),
    }))
}

/// log10 LR of "one person" against "unrelated" in each population, differing loci at [`DIFFERING_LOCUS`].
pub(super) fn tolerant_totals(
    case: &Case<'_>,
    rows: &mut RowsAtHand<'_>,
    asked: Asked,
    second: SampleIndex,
) -> Result<Vec<f64>, MatchError> {
    let total = |population| {
        let scores = rows.scores(asked, population, second)?;
        let loci = scores.iter().flat_map(|(_, of_line)| of_line);
        Ok(loci.map(|score| score.max(DIFFERING_LOCUS)).sum())
    };
    (0..case.tables.len()).map(total).collect()
}

/// The question whether the second is such a relative of the first. The X chromosome, which identity leaves out too, is left out.
fn as_relatives(case: &Case<'_>, first: SampleIndex, second: SampleIndex, relationship: Relationship) -> Asked {
    let candidate_sex = match relationship {
        Relationship::Parent => case.panel.sex(second),
        _ => Sex::Unknown,
    };
    let question = Question::Kin { relationship, child_sex: Sex::Unknown, candidate_sex, known: None };
    Asked { question, child: first, known: None }
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
            contradiction: Contradiction { sex: (first, second) == (4, 6), birth_year: false },
        };
        let direct = DirectMatches::new([(1, 5), (2, 3), (3, 9), (4, 6), (5, 7), (6, 8)].map(pair).into(), 100, true);
        let of = |sample| direct.of(SampleIndex(sample)).map(|other| other.0).collect::<Vec<_>>();
        assert_eq!([of(5), of(3), of(4), of(0)], [vec![1, 7], vec![2, 9], vec![6], vec![]]);
        let groups = |among: &[u32]| -> Vec<Vec<u32>> {
            let among: Vec<_> = among.iter().map(|&sample| SampleIndex(sample)).collect();
            let numbers = |group: Vec<SampleIndex>| group.into_iter().map(|sample| sample.0).collect();
            direct.linked(&among).into_iter().map(numbers).collect()
        };
        assert_eq!(groups(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), [vec![1, 5, 7], vec![2, 3, 9], vec![6, 8]]);
        assert_eq!(groups(&[1, 2, 7, 8, 9]), Vec::<Vec<u32>>::new(), "nobody listed joins them");
        assert_eq!(groups(&[2, 3, 5, 7]), [[2, 3], [5, 7]]);
    }
}
