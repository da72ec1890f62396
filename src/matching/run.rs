//! The whole search, step by step: who is one person, who are the parents, which couples.

use super::assess::notes_on_known_parents;
use super::couples::note_on_threshold;
use super::families::{Families, Kin, weigh_families};
use super::limits::EXACT_LIMIT;
use super::parentage::Parentage;
use super::share::{ScannedShare, Share, scan_share};
use super::status::ChildStatus;
use super::weighing::weigh_children;
use super::{Case, Couple, MatchError, ParentSearch, Roster, expect_false_leads, find_parents, note_on_rounding};
use crate::inference::InList;
use crate::inheritance::Relationship;
use crate::matching::one_person::{DirectMatches, describe_pairs};
use crate::progress::{Progress, Stage};
use std::time::{Duration, Instant};

/// Everything that a search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Samples of one person.
    pub direct: DirectMatches,
    /// The ranked candidates.
    pub parents: ParentSearch,
    /// The ranked couples.
    pub couples: Vec<Couple>,
    /// Of each child of the roster, all that is known of its parents.
    pub parentage: Vec<Parentage>,
    /// The parents of all children at once; nothing where another relationship is searched.
    pub families: Families,
    /// What is known of each place in one word; nothing where another relationship is searched.
    pub status: Vec<ChildStatus>,
    /// Time to find samples of one person.
    pub direct_time: Duration,
    /// Time to find couples.
    pub couples_time: Duration,
    /// Time to weigh all children at once.
    pub families_time: Duration,
    /// What the reader of the results must know about how the search was done.
    pub notes: Vec<String>,
}

/// A sentence on the pairs that were left out by age.
fn note_on_ages(case: &Case<'_>, parents: &ParentSearch) -> Option<String> {
    let children = &case.settings.children;
    let is_asked_for = children.exclude_impossible_ages && is_parent(case);
    is_asked_for.then(|| {
        format!(
            "exclude_impossible_ages: {} pairs were not compared, in which the candidate was under {} at the child's birth",
            parents.too_young, children.minimum_parent_age
        )
    })
}

fn is_parent(case: &Case<'_>) -> bool {
    case.settings.search.relationship == Relationship::Parent
}

/// Runs the whole search: each child on its own, then all of them at once.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn search(case: &Case<'_>, roster: &Roster, progress: &dyn Progress) -> Result<Found, MatchError> {
    let first = scan_share(case, roster, Share::WHOLE, progress)?;
    search_from(case, roster, first, progress)
}

/// The whole search from what the first scans found, all shares put together.
///
/// # Errors
/// As [`search`].
pub fn search_from(
    case: &Case<'_>,
    roster: &Roster,
    first: ScannedShare,
    progress: &dyn Progress,
) -> Result<Found, MatchError> {
    let mut found = search_each_from(case, roster, first, progress)?;
    found.weigh_together(case, roster, None, progress)?;
    Ok(found)
}

/// The search with each child on its own: no posterior of the case.
///
/// # Errors
/// As [`search`].
pub fn search_each(case: &Case<'_>, roster: &Roster, progress: &dyn Progress) -> Result<Found, MatchError> {
    let first = scan_share(case, roster, Share::WHOLE, progress)?;
    search_each_from(case, roster, first, progress)
}

/// As [`search_each`], from what the first scans found, all shares put together.
///
/// # Errors
/// As [`search`].
pub fn search_each_from(
    case: &Case<'_>,
    roster: &Roster,
    first: ScannedShare,
    progress: &dyn Progress,
) -> Result<Found, MatchError> {
    let mut notes = roster.notes.clone();
    let children = roster.children.iter();
    case.panel.keep(children.flat_map(|child| [Some(child.sample), child.mother, child.father]).flatten())?;
    notes.extend(notes_on_known_parents(case, roster)?);
    let mut direct = describe_pairs(case, roster, &first.pairs)?;
    let first_time = first.direct_time;
    if !direct.all_with_all {
        notes.push(
            "too many samples to compare all with all: samples of one person were looked for between all candidates and the children and \
             reported candidates only"
                .to_owned(),
        );
    }
    let mut parents = find_parents(case, roster, &mut direct, first, progress)?;
    let direct_time = first_time + parents.reported_time;
    if direct.by_list {
        notes.push(
            "so many candidates are reported that each was compared with those reported for the same child only: a second sample that is \
             not among them is not known as one"
                .to_owned(),
        );
    }
    notes.extend(direct.notes(case.panel));
    if case.settings.search.expected_false_leads {
        progress.begin(Stage::uncounted("expected false leads"));
        notes.extend(note_on_rounding(expect_false_leads(case, roster, &direct, &mut parents.candidacies)?));
    }
    let started = Instant::now();
    let everyone = parents.pairs <= EXACT_LIMIT;
    if !everyone {
        notes.push(
            "more than 10^9 pairs: couples were joined from the reported candidates of each child only".to_owned(),
        );
    }
    notes.extend(note_on_threshold(case, roster).filter(|_| everyone));
    notes.extend(note_on_ages(case, &parents));
    let weighed = weigh_children(case, roster, &direct, &parents, everyone, progress)?;
    let (parentage, couples): (Vec<_>, Vec<_>) = weighed.into_iter().unzip();
    let in_list = InList::both(case.settings.prior.in_list);
    for candidacy in &mut parents.candidacies {
        let child = roster.children.partition_point(|child| child.sample < candidacy.child);
        candidacy.weigh(in_list, &parentage[child], &parents.persons);
    }
    let couples = couples.into_iter().flatten().collect();
    let of_children = roster.children.iter().zip(&parentage).filter(|_| is_parent(case));
    let status = of_children.map(|(child, own)| ChildStatus::of(case, child, own, None)).collect();
    let (families, families_time) = (Families::default(), Duration::ZERO);
    let couples_time = started.elapsed();
    Ok(Found { direct, parents, couples, parentage, families, status, direct_time, couples_time, families_time, notes })
}

impl Found {
    /// Weighs all children at once, and the bodies of families that miss somebody with them; nothing where another relationship than
    /// parent is searched.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses, or an interruption.
    pub fn weigh_together(
        &mut self,
        case: &Case<'_>,
        roster: &Roster,
        kin: Option<&Kin<'_>>,
        progress: &dyn Progress,
    ) -> Result<(), MatchError> {
        if is_parent(case) {
            let started = Instant::now();
            let Self { direct, parents, parentage, .. } = &*self;
            let families = weigh_families(case, roster, direct, &parents.persons, parentage, kin, progress)?;
            self.weigh_in_case(case, roster, families);
            self.families_time = started.elapsed();
        }
        Ok(())
    }

    /// Takes in the answer about all children at once.
    fn weigh_in_case(&mut self, case: &Case<'_>, roster: &Roster, families: Families) {
        let in_list = InList::both(case.settings.prior.in_list);
        for candidacy in &mut self.parents.candidacies {
            let at = roster.children.partition_point(|child| child.sample < candidacy.child);
            let child = &roster.children[at];
            let both_named = child.father.is_some() && child.mother.is_some();
            if let Some(of_case) = families.children.get(at).and_then(Option::as_ref).filter(|_| !both_named) {
                candidacy.weigh_in_case(in_list, &self.parentage[at], of_case, &self.parents.persons);
            }
        }
        let of_children = roster.children.iter().zip(&self.parentage).zip(&families.children);
        let status = of_children.map(|((child, own), of_case)| ChildStatus::of(case, child, own, of_case.as_ref()));
        self.status = status.collect();
        self.notes.extend(families.note());
        self.notes.extend(families.note_on_identities());
        self.families = families;
    }
}
