//! A reported couple looked at closely.

use super::MatchError;
use super::assess::{CLOSE_LOG10, ENOUGH_LOCI, Flag, RIVALS};
use super::couple_sums::{ScoredCouple, SummedCouples, lowest};
use super::couples::CoupleSearch;
use super::parentage::{OtherRelative, Parentage};
use super::roster::Asked;
use super::rows::RowsAtHand;
use crate::inference::{InList, Place};
use crate::inheritance::{KnownParent, Relationship};
use crate::matching::one_person::DirectMatches;
use crate::profile::{Code, SampleIndex, Sex};

/// One reported couple of one child: two persons.
#[derive(Clone, Debug, PartialEq)]
pub struct Couple {
    /// The child.
    pub child: SampleIndex,
    /// Position in the child's list, from 1.
    pub rank: usize,
    /// The candidate father (of several samples the one that stands for the person).
    pub father: SampleIndex,
    /// The candidate mother, likewise.
    pub mother: SampleIndex,
    /// log10 LR of "these two are the parents" against "all three unrelated" (the lowest of the populations).
    pub log10_lr: f64,
    /// The same in each population.
    pub by_population: Vec<f64>,
    /// log10 LR of the father alone.
    pub log10_lr_father: f64,
    /// log10 LR of the mother alone.
    pub log10_lr_mother: f64,
    /// The probability that these two persons are the parents, given all candidates (the lowest of the populations).
    pub posterior: f64,
    /// The same in each population.
    pub posterior_by_population: Vec<f64>,
    /// The greatest that the posterior can be, whoever was not scored being impossible.
    pub posterior_at_most: f64,
    /// Loci at which the child and at least one of the two have a call.
    pub loci_compared: usize,
    /// Loci that are impossible unless an allele mutated.
    pub loci_inconsistent: usize,
    /// By place, what the person is if not the parent.
    pub other: [OtherRelative; 2],
    /// By place, the best-supported of [`RIVALS`] where the other of the two is the parent, and its log10 LR against "unrelated".
    pub best: [(Relationship, f64); 2],
    /// What to be wary of, sorted.
    pub flags: Vec<Flag>,
}

impl CoupleSearch<'_> {
    /// The couples to be reported, in words.
    pub fn describe(
        &self,
        joined: &SummedCouples,
        parentage: &Parentage,
        direct: &DirectMatches,
    ) -> Result<Vec<Couple>, MatchError> {
        let mut rows = RowsAtHand::of_persons(self.case, self.persons);
        let ranked = joined.couples.iter().enumerate();
        ranked.map(|(index, couple)| self.describe_one(&mut rows, index + 1, couple, parentage, direct)).collect()
    }

    fn describe_one(
        &self,
        rows: &mut RowsAtHand<'_>,
        rank: usize,
        couple: &ScoredCouple,
        parentage: &Parentage,
        direct: &DirectMatches,
    ) -> Result<Couple, MatchError> {
        let (case, child) = (self.case, self.child.sample);
        let in_list = InList::both(case.settings.prior.in_list);
        let both = [couple.father, couple.mother];
        let mut alone = |place: Place| -> Result<f64, MatchError> {
            let asked = self.child.asked_with(case, Relationship::Parent, place.sex(), None);
            Ok(rows.lowest(asked, both[place.index()])?)
        };
        let log10_lr_alone = [alone(Place::Father)?, alone(Place::Mother)?];
        let asked = Asked { known: Some(couple.father), ..self.asked() };
        let impossible = rows.impossible(asked, couple.mother)?;
        let mut best = [(Relationship::Parent, f64::NEG_INFINITY); 2];
        let mut closest = f64::INFINITY;
        for place in Place::BOTH {
            let (best_of_place, margin) = self.rivals(rows, place, both)?;
            best[place.index()] = best_of_place;
            closest = closest.min(margin);
        }
        let loci_compared = self.loci_compared(both);
        let posterior_by_population = parentage.posteriors_of_couple(in_list, &couple.log10_weights);
        let flags = self.flags(both, loci_compared, closest, direct);
        Ok(Couple {
            child,
            rank,
            father: couple.father,
            mother: couple.mother,
            log10_lr: couple.log10_lr(),
            by_population: couple.log10_lrs.clone(),
            log10_lr_father: log10_lr_alone[0],
            log10_lr_mother: log10_lr_alone[1],
            posterior: lowest(&posterior_by_population).min(1.0),
            posterior_at_most: parentage.couple_at_most(in_list, &posterior_by_population),
            posterior_by_population,
            loci_compared,
            loci_inconsistent: impossible.into_iter().filter(|&impossible| impossible).count(),
            other: both.map(|person| parentage.other(in_list, person)),
            best,
            flags,
        })
    }

    /// What else the person of one place can be where the other of the two is the parent: the best-supported relationship with
    /// its log10 LR, and by how much "parent" exceeds the best of the others.
    fn rivals(
        &self,
        rows: &mut RowsAtHand<'_>,
        place: Place,
        both: [SampleIndex; 2],
    ) -> Result<((Relationship, f64), f64), MatchError> {
        let (person, beside) = (both[place.index()], both[place.other().index()]);
        let known = if place == Place::Father { KnownParent::Mother } else { KnownParent::Father };
        let mut score = |relationship: Relationship| -> Result<f64, MatchError> {
            if relationship == Relationship::Unrelated {
                return Ok(0.0);
            }
            let sex = if relationship == Relationship::Parent { place.sex() } else { self.case.panel.sex(person) };
            let asked = self.child.asked_with(self.case, relationship, sex, Some((known, beside)));
            Ok(rows.lowest(asked, person)?)
        };
        let as_parent = score(Relationship::Parent)?;
        let mut best = (Relationship::Parent, as_parent);
        let mut best_rival = f64::NEG_INFINITY;
        for rival in RIVALS.into_iter().filter(|&rival| rival != Relationship::Parent) {
            let log10_lr = score(rival)?;
            best_rival = best_rival.max(log10_lr);
            if log10_lr > best.1 {
                best = (rival, log10_lr);
            }
        }
        Ok((best, as_parent - best_rival))
    }

    fn loci_compared(&self, both: [SampleIndex; 2]) -> usize {
        let (case, child) = (self.case, self.child.sample);
        let codes = both.map(|person| case.codes_of_person(self.persons, person));
        let of_child = case.codes(child);
        let sex_is_known = case.panel.sex(child) != Sex::Unknown;
        let compared = |&at: &usize| {
            let has_call = |codes: &[Code]| case.has_call(at, codes[at]);
            let speaks = sex_is_known || !case.models.is_x(at);
            speaks && has_call(&of_child) && codes.iter().any(|codes| has_call(codes))
        };
        (0..case.models.loci.len()).filter(compared).count()
    }

    /// `closest`: by how much the less certain of the two is a parent rather than anything else (log10).
    fn flags(&self, both: [SampleIndex; 2], loci_compared: usize, closest: f64, direct: &DirectMatches) -> Vec<Flag> {
        let (case, child) = (self.case, self.child.sample);
        let any = |holds: &dyn Fn(SampleIndex) -> bool| both.iter().any(|&person| holds(person));
        let set_aside = case.has_locus_set_aside(child) || any(&|person| case.has_locus_set_aside(person));
        let sex_conflict = case.panel.sex_conflict(child) || any(&|person| case.panel.sex_conflict(person));
        let flags = [
            (Flag::TooFewLoci, loci_compared < ENOUGH_LOCI),
            (Flag::AgeConflict, any(&|person| case.is_too_young(child, person))),
            (Flag::SexConflict, sex_conflict),
            (Flag::SexUnknown, any(&|person| self.persons.sex(case.panel, person) == Sex::Unknown)),
            (Flag::BetterRival, closest < 0.0),
            (Flag::CloseRival, (0.0..=CLOSE_LOG10).contains(&closest)),
            (Flag::SamePerson, any(&|person| direct.of(person).next().is_some())),
            (Flag::LocusSetAside, set_aside),
        ];
        flags.into_iter().filter(|(_, raised)| *raised).map(|(flag, _)| flag).collect()
    }
}
