//! A reported pair looked at closely: which other relationship explains it, which loci contradict it, what to be wary of.

use super::roster::{Asked, Child, Roster};
use super::rows::RowsAtHand;
use super::{CallKind, Case, MatchError};
use crate::inheritance::{KnownParent, Relationship};
use crate::profile::{SampleIndex, Sex};
use rayon::prelude::*;
use std::fmt;

/// The relationships that every reported pair is also scored as. Half siblings, grandparents, and uncles or aunts cannot be told
/// apart from a pair of profiles at unlinked loci: one class, scored as half siblings.
pub const RIVALS: [Relationship; 6] = [
    Relationship::Identity,
    Relationship::Parent,
    Relationship::FullSibling,
    Relationship::HalfSibling,
    Relationship::FirstCousin,
    Relationship::Unrelated,
];

/// Fewer loci than this are flagged: recommendation of the DNA Commission of the International Society for Forensic
/// Genetics on disaster victim identification (Prinz et al. 2007, doi 10.1016/j.fsigen.2006.10.003).
pub const ENOUGH_LOCI: usize = 12;

/// A rival within this many log10 units of the reported LR is flagged.
pub const CLOSE_LOG10: f64 = 2.0;

/// What a reader of a reported pair must know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Flag {
    /// Fewer than [`ENOUGH_LOCI`] loci were compared.
    TooFewLoci,
    /// The candidate was too young when the child was born.
    AgeConflict,
    /// The candidate's or the child's recorded sex contradicts amelogenin: it is taken as unknown.
    SexConflict,
    /// The candidate's sex is not known: the rates of both sexes were averaged.
    SexUnknown,
    /// Another relationship explains the profiles better.
    BetterRival,
    /// Another relationship explains the profiles almost as well (within [`CLOSE_LOG10`]).
    CloseRival,
    /// Another candidate for the same place, reported or not, comes within [`CLOSE_LOG10`].
    CloseCandidate,
    /// The child's known parent is not supported as its parent by their own two profiles.
    KnownParentUnsupported,
    /// Another sample of the same person is among the candidates.
    SamePerson,
    /// A locus with three or more alleles, in the child or the candidate, was set aside.
    LocusSetAside,
}

impl fmt::Display for Flag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooFewLoci => "too_few_loci",
            Self::AgeConflict => "age_conflict",
            Self::SexConflict => "sex_conflict",
            Self::SexUnknown => "sex_unknown",
            Self::BetterRival => "better_rival",
            Self::CloseRival => "close_rival",
            Self::CloseCandidate => "close_candidate",
            Self::KnownParentUnsupported => "known_parent_unsupported",
            Self::SamePerson => "same_person",
            Self::LocusSetAside => "locus_set_aside",
        })
    }
}

/// What a close look at a pair shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Loci in use at which child and candidate both have a call; on the X chromosome, where both sexes are known.
    pub loci_compared: usize,
    /// The panel's loci (0-based positions) that are impossible under the relationship unless an allele mutated.
    pub inconsistent: Vec<usize>,
    /// The best-supported of [`RIVALS`].
    pub best: Relationship,
    /// Its log10 LR against unrelated (the lowest of the populations).
    pub best_log10_lr: f64,
    /// By how much (log10) the relationship asked for exceeds the best of the others.
    pub over_best_rival: f64,
    /// What to be wary of, sorted.
    pub flags: Vec<Flag>,
}

/// What the other candidates mean for a reported pair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OtherCandidates {
    /// The best log10 LR of another person for the same place.
    pub next: Option<f64>,
    /// Whether another sample of this candidate is among the samples.
    pub same_person: bool,
}

/// Looks closely at one pair whose log10 LR under `asked` is given.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn assess(
    rows: &mut RowsAtHand<'_>,
    child: &Child,
    asked: Asked,
    candidate: SampleIndex,
    log10_lr: f64,
    others: OtherCandidates,
) -> Result<Assessment, MatchError> {
    let case = rows.case();
    let tested = case.settings.search.relationship;
    let candidate_sex = case.panel.sex(candidate);
    let mut best = (tested, log10_lr);
    let mut best_rival = f64::NEG_INFINITY;
    for rival in RIVALS.into_iter().filter(|rival| !is_same_class(*rival, tested)) {
        let Some(score) = rival_log10_lr(rows, child, asked, rival, candidate)? else { continue };
        best_rival = best_rival.max(score);
        if score > best.1 {
            best = (rival, score);
        }
    }
    let loci_compared = case.loci_compared(child.sample, candidate).count();
    let flags = [
        (Flag::TooFewLoci, loci_compared < ENOUGH_LOCI),
        (Flag::AgeConflict, tested == Relationship::Parent && case.is_too_young(child.sample, candidate)),
        (Flag::SexConflict, case.panel.sex_conflict(candidate) || case.panel.sex_conflict(child.sample)),
        (Flag::SexUnknown, tested == Relationship::Parent && candidate_sex == Sex::Unknown),
        (Flag::BetterRival, best_rival > log10_lr),
        (Flag::CloseRival, best_rival <= log10_lr && best_rival >= log10_lr - CLOSE_LOG10),
        (Flag::CloseCandidate, others.next.is_some_and(|next| next >= log10_lr - CLOSE_LOG10)),
        (Flag::KnownParentUnsupported, known_parent_is_unsupported(rows, child, asked)?),
        (Flag::SamePerson, others.same_person),
        (Flag::LocusSetAside, case.has_locus_set_aside(child.sample) || case.has_locus_set_aside(candidate)),
    ];
    Ok(Assessment {
        loci_compared,
        inconsistent: inconsistent_loci(rows, child, asked, candidate)?,
        best: best.0,
        best_log10_lr: best.1,
        over_best_rival: log10_lr - best_rival,
        flags: flags.into_iter().filter(|(_, raised)| *raised).map(|(flag, _)| flag).collect(),
    })
}

/// Half siblings, grandparents, and uncles or aunts are one class.
fn is_same_class(one: Relationship, other: Relationship) -> bool {
    let second_degree = |relationship| {
        matches!(relationship, Relationship::HalfSibling | Relationship::Grandparent | Relationship::Avuncular)
    };
    one == other || (second_degree(one) && second_degree(other))
}

/// The lowest of the populations' log10 LR of this relationship against unrelated, with the same known parent as asked;
/// nothing where the candidate cannot be that.
fn rival_log10_lr(
    rows: &mut RowsAtHand<'_>,
    child: &Child,
    asked: Asked,
    rival: Relationship,
    candidate: SampleIndex,
) -> Result<Option<f64>, MatchError> {
    if rival == Relationship::Unrelated {
        return Ok(Some(0.0));
    }
    let case = rows.case();
    let rival = child.rival(case, asked, rival, case.panel.sex(candidate));
    Ok(rival.map(|rival| rows.lowest(rival, candidate)).transpose()?)
}

/// The loci that are impossible under the question unless an allele mutated.
///
/// Where the known parent alone is already impossible, the candidate is judged without that parent.
pub(super) fn inconsistent_loci(
    rows: &mut RowsAtHand<'_>,
    child: &Child,
    asked: Asked,
    candidate: SampleIndex,
) -> Result<Vec<usize>, MatchError> {
    let case = rows.case();
    let mut impossible = rows.impossible(asked, candidate)?;
    if let (Some((which, parent)), Some(relationship)) = (child.known_parent(asked), asked.relationship()) {
        let of_parent = rows.impossible(child.asked_with(case, Relationship::Parent, which.sex(), None), parent)?;
        let alone = rows.impossible(child.asked_with(case, relationship, asked.candidate_sex(), None), candidate)?;
        for ((locus, parent), alone) in impossible.iter_mut().zip(of_parent).zip(alone) {
            if parent {
                *locus = alone;
            }
        }
    }
    Ok(case.models.loci.iter().zip(impossible).filter(|(_, impossible)| *impossible).map(|(&locus, _)| locus).collect())
}

fn known_parent_is_unsupported(rows: &mut RowsAtHand<'_>, child: &Child, asked: Asked) -> Result<bool, MatchError> {
    let Some((which, parent)) = child.known_parent(asked) else { return Ok(false) };
    let alone = child.asked_with(rows.case(), Relationship::Parent, which.sex(), None);
    Ok(rows.totals(alone, parent)?.into_iter().any(|log10_lr| log10_lr < 0.0))
}

/// A sentence for each known parent whom the child's own profile contradicts. The search takes them as known all the same, so
/// that the child may have no candidate; a declared parent may be a carer, or samples may be swapped.
pub fn notes_on_known_parents(case: &Case<'_>, roster: &Roster) -> Result<Vec<String>, MatchError> {
    let notes_of = |child: &Child| -> Result<Vec<String>, MatchError> {
        let mut rows = RowsAtHand::new(case);
        let known = [(KnownParent::Mother, "mother", child.mother), (KnownParent::Father, "father", child.father)];
        let known = known.into_iter().filter_map(|(which, word, parent)| Some((which, word, parent?)));
        let mut notes = Vec::new();
        for (which, word, parent) in known {
            let alone = child.asked_with(case, Relationship::Parent, which.sex(), None);
            let log10_lr = rows.lowest(alone, parent)?;
            if log10_lr < 0.0 {
                let inconsistent = rows.impossible(alone, parent)?.into_iter().filter(|&impossible| impossible).count();
                let compared = case.loci_compared(child.sample, parent).count();
                notes.push(format!(
                    "{}: the profiles contradict the {word} it names, {}: inconsistent at {inconsistent} of {compared} loci, \
                     log10 LR {log10_lr:.1}; taken as known all the same, so its candidates mean little (a carer, or a \
                     swapped sample? clear {word}_id to search without)",
                    case.panel.full_id(child.sample),
                    case.panel.full_id(parent)
                ));
            }
        }
        Ok(notes)
    };
    let notes = roster.children.par_iter().map(notes_of).collect::<Result<Vec<_>, _>>()?;
    Ok(notes.into_iter().flatten().collect())
}

impl Child {
    /// The known parent that this question rests on.
    pub fn known_parent(&self, asked: Asked) -> Option<(KnownParent, SampleIndex)> {
        let sample = asked.known?;
        let which = if self.mother == Some(sample) { KnownParent::Mother } else { KnownParent::Father };
        Some((which, sample))
    }

    /// Another relationship of a candidate who was asked about, the known parent being the same; nothing where the candidate
    /// cannot be that: a second mother, or a second father.
    ///
    /// A candidate of unknown sex is, as a parent, the one that is not known; as anything else its sex stays unknown.
    pub fn rival(&self, case: &Case<'_>, asked: Asked, rival: Relationship, candidate_sex: Sex) -> Option<Asked> {
        let known = self.known_parent(asked);
        let sex = match (rival, candidate_sex, known) {
            (Relationship::Parent, Sex::Unknown, Some((which, _))) => which.other().sex(),
            (Relationship::Parent, sex, Some((which, _))) if which.sex() == sex => return None,
            _ => candidate_sex,
        };
        Some(self.asked_with(case, rival, sex, known))
    }
}

impl Case<'_> {
    /// The panel's loci in use at which both samples have a call; on the X chromosome, where both sexes are known.
    pub fn loci_compared(&self, one: SampleIndex, other: SampleIndex) -> impl Iterator<Item = usize> + '_ {
        let profiles = [self.panel.profile(one), self.panel.profile(other)];
        let sexes_are_known = [one, other].iter().all(|&sample| self.panel.sex(sample) != Sex::Unknown);
        let has_call =
            move |index: usize, locus: usize| profiles.iter().all(|profile| self.has_call(index, profile.code(locus)));
        let compared = move |&(index, &locus): &(usize, &usize)| {
            has_call(index, locus) && (sexes_are_known || !self.models.is_x(index))
        };
        self.models.loci.iter().enumerate().filter(compared).map(|(_, &locus)| locus)
    }

    pub(super) fn has_locus_set_aside(&self, sample: SampleIndex) -> bool {
        let profile = self.panel.profile(sample);
        let is_set_aside =
            |(kinds, &locus): (&Vec<CallKind>, &usize)| kinds[usize::from(profile.code(locus))] == CallKind::SetAside;
        self.call_kinds.iter().zip(&self.models.loci).any(is_set_aside)
    }
}
