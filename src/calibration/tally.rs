//! What one search said, against what is true of its case.

use super::confusion::{ConfusionTally, Truth};
use super::llr::LlrTally;
use super::recall::{FoundParent, RecallTally};
use super::reliability::ReliabilityTally;
use super::truth::KnownCase;
use crate::inference::{InList, Place};
use crate::inheritance::Relationship;
use crate::matching::{Candidacy, Case, Child, Found, MatchError, RowsAtHand};
use crate::profile::Sex;

/// Everything counted of one or several cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct CaseTally {
    pub candidates: ReliabilityTally,
    pub none: ReliabilityTally,
    pub recall: RecallTally,
    pub confusion: ConfusionTally,
    pub llr: LlrTally,
}

/// How often the parent of a sex was in question, and how often in the list.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ListedParents {
    pub asked: [u64; 2],
    pub listed: [u64; 2],
}

/// The places that are asked about, by sex of the parent.
pub(super) const PLACES: [Sex; 2] = [Sex::Male, Sex::Female];

impl CaseTally {
    /// Counts one case; posteriors are those of this prior.
    pub fn of(case: &Case<'_>, known: &KnownCase<'_>, found: &Found, in_list: InList) -> Result<Self, MatchError> {
        let mut tally = Self::default();
        for (truth, pairs) in known.pairs() {
            tally.confusion.add_pairs(truth, pairs);
        }
        let persons = &found.parents.persons;
        for (child, parentage) in known.roster.children.iter().zip(&found.parentage) {
            let candidacies = found.parents.of_child(child.sample);
            let posterior = |one: &Candidacy| parentage.posterior(in_list, persons.stands_for(one.candidate));
            let stated: Vec<_> = candidacies.iter().map(|candidacy| (candidacy, posterior(candidacy))).collect();
            tally.add_candidates(case, known, child, &stated);
            for place in PLACES.into_iter().filter(|&place| is_asked(case, child, place)) {
                tally.add_place(case, known, child, place, &stated);
                if let Some(none) = parentage.none(in_list, Place::of(place)) {
                    tally.none.add(none, !known.is_listed(child.sample, place));
                }
            }
            tally.add_likelihood_ratios(case, known, child)?;
        }
        Ok(tally)
    }

    /// The LR of every candidate who is asked about and is the child's parent, or unrelated to it.
    fn add_likelihood_ratios(
        &mut self,
        case: &Case<'_>,
        known: &KnownCase<'_>,
        child: &Child,
    ) -> Result<(), MatchError> {
        let mut rows = RowsAtHand::new(case);
        for &candidate in &known.roster.candidates {
            let Some(asked) = child.asked(case, Relationship::Parent, case.panel.sex(candidate)) else { continue };
            if asked.known == Some(candidate) {
                continue;
            }
            match known.truth(candidate, child.sample) {
                Truth::Parent => self.llr.add_parent(rows.lowest(asked, candidate)?),
                Truth::Unrelated => self.llr.add_stranger(rows.lowest(asked, candidate)?),
                _ => {}
            }
        }
        Ok(())
    }

    fn add_candidates(&mut self, case: &Case<'_>, known: &KnownCase<'_>, child: &Child, stated: &[(&Candidacy, f64)]) {
        let mut seen: Vec<Sex> = Vec::new();
        for &(candidacy, posterior) in stated {
            let sex = case.panel.sex(candidacy.candidate);
            let is_first = !seen.contains(&sex);
            seen.push(sex);
            let is_parent = known.parent_sex(candidacy.candidate, child.sample).is_some();
            let truth = known.truth(candidacy.candidate, child.sample);
            self.candidates.add(posterior, is_parent);
            self.recall.add_candidate(posterior, is_parent);
            self.confusion.add_candidate(truth, is_first, posterior, &candidacy.assessment);
        }
    }

    /// What became of the true parent of one sex, where it is in the list. The other parent, where recorded without a sex, does
    /// not stand in its way: both belong at the top.
    fn add_place(
        &mut self,
        case: &Case<'_>,
        known: &KnownCase<'_>,
        child: &Child,
        place: Sex,
        stated: &[(&Candidacy, f64)],
    ) {
        if !known.is_listed(child.sample, place) {
            return;
        }
        let parent_sex = |candidacy: &Candidacy| known.parent_sex(candidacy.candidate, child.sample);
        let rivals = stated.iter().filter(|(candidacy, _)| {
            let could_be = [place, Sex::Unknown].contains(&case.panel.sex(candidacy.candidate));
            could_be && parent_sex(candidacy).is_none_or(|sex| sex == place)
        });
        let is_first = rivals.clone().next().is_some_and(|(candidacy, _)| parent_sex(candidacy) == Some(place));
        let of_parent = rivals.filter(|(candidacy, _)| parent_sex(candidacy) == Some(place));
        let best = of_parent.map(|&(_, posterior)| posterior).reduce(f64::max);
        self.recall.add_parent(best.map(|posterior| FoundParent { is_first, posterior }));
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.candidates.merge(&other.candidates);
        self.none.merge(&other.none);
        self.recall.merge(&other.recall);
        self.confusion.merge(&other.confusion);
        self.llr.merge(&other.llr);
    }
}

impl ListedParents {
    /// Counts the questions of one case.
    pub fn of(case: &Case<'_>, known: &KnownCase<'_>) -> Self {
        let mut listed = Self::default();
        for (at, place) in PLACES.into_iter().enumerate() {
            for child in known.roster.children.iter().filter(|child| is_asked(case, child, place)) {
                listed.asked[at] += 1;
                listed.listed[at] += u64::from(known.is_listed(child.sample, place));
            }
        }
        listed
    }

    /// Adds the counts of another case.
    pub fn merge(&mut self, other: &Self) {
        for at in 0..PLACES.len() {
            self.asked[at] += other.asked[at];
            self.listed[at] += other.listed[at];
        }
    }

    /// The shares of parents who are in the list, fathers first; 0 where none is in question.
    pub fn shares(&self) -> InList {
        let share = |at: usize| if self.asked[at] == 0 { 0.0 } else { self.listed[at] as f64 / self.asked[at] as f64 };
        InList { father: share(0), mother: share(1) }
    }
}

fn is_asked(case: &Case<'_>, child: &Child, place: Sex) -> bool {
    child.asked(case, Relationship::Parent, place).is_some()
}
