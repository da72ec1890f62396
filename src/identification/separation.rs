//! What a missing person's row depends on at one locus, once others are known.
//!
//! Who shows both alleles for certain is *pinned*: the genotype is known, and what is above and what is below that person say
//! nothing of each other any more (at one locus only: linked loci are coupled by the phase). A person's genotype then
//! depends on those alone who are reached over parents, children and the other parents of children without passing
//! through anybody pinned (the Markov property of pedigrees; Lauritzen & Sheehan 2003, doi 10.1214/ss/1081443231). The
//! conditional probability is the same in the small pedigree of those reached: a pinned member who is nobody's child in
//! it is a founder there, and the frequency of that one genotype cancels.
//!
//! With theta above 0 all founder alleles depend on each other. The small pedigree does then only where nobody but pinned
//! members has founder alleles: a child of two pinned parents, for example. Its rows depend on no relative, and all families
//! share them.

use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::pedigree::{Individual, Pedigree, PedigreeError};
use crate::likelihood::{Chromosome, LocusModel};
use crate::profile::Sex;

/// The part of a pedigree that a person's genotype depends on. Members are numbered anew, in the order of the pedigree.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Surroundings {
    /// Father, mother and sex of each member.
    members: Vec<(Option<usize>, Option<usize>, Sex)>,
    /// What was seen of whom, with the bits of the drop-out and drop-in probabilities.
    seen: Vec<(usize, Seen, u64, u64)>,
    person: usize,
}

impl Surroundings {
    /// Those that matter to `person`, and their positions in the pedigree, ascending; `None` where that is everybody of whom anything
    /// was seen.
    pub fn of(
        model: &LocusModel,
        pedigree: &Pedigree,
        evidence: &[Evidence],
        person: usize,
    ) -> Option<(Self, Vec<usize>)> {
        let is_pinned: Vec<bool> =
            (0..pedigree.individuals().len()).map(|member| is_pinned(model, pedigree, evidence, member)).collect();
        let is_looked_at = with_ancestors(pedigree, evidence, person);
        let is_inside = inside(pedigree, &is_looked_at, &is_pinned, person);
        let is_reached = with_neighbours(pedigree, &is_looked_at, &is_inside);
        if evidence.iter().all(|piece| is_reached[piece.person]) {
            return None;
        }
        let individuals = pedigree.individuals();
        let parents = |member: usize| [individuals[member].father, individuals[member].mother];
        let has_founder_alleles = |member: usize| is_inside[member] && parents(member).contains(&None);
        if model.theta() > 0.0 && (0..individuals.len()).any(has_founder_alleles) {
            return None;
        }
        let reached: Vec<usize> = (0..individuals.len()).filter(|&member| is_reached[member]).collect();
        let position = |member: usize| reached.iter().position(|&other| other == member);
        let in_small = |&member: &usize| {
            let is_child = is_inside[member] || parents(member).into_iter().flatten().any(|parent| is_inside[parent]);
            let [father, mother] = parents(member).map(|parent| parent.filter(|_| is_child).and_then(position));
            (father, mother, individuals[member].sex)
        };
        let seen = evidence.iter().filter_map(|piece| {
            let member = position(piece.person)?;
            Some((member, piece.seen, piece.drop_out.to_bits(), piece.drop_in.to_bits()))
        });
        let mut seen: Vec<_> = seen.collect();
        seen.sort_by_key(|&(member, ..)| member);
        let members = reached.iter().map(in_small).collect();
        Some((Self { members, seen, person: position(person)? }, reached))
    }

    /// The small pedigree.
    ///
    /// # Errors
    /// None, unless the whole pedigree was none.
    pub fn pedigree(&self) -> Result<Pedigree, PedigreeError> {
        let individual = |(at, &(father, mother, sex)): (usize, &(Option<usize>, Option<usize>, Sex))| {
            Individual::child(&at.to_string(), sex, father, mother)
        };
        Pedigree::new(self.members.iter().enumerate().map(individual).collect())
    }

    /// What was seen of its members.
    pub fn evidence(&self) -> Vec<Evidence> {
        let piece = |&(person, seen, drop_out, drop_in): &(usize, Seen, u64, u64)| Evidence {
            person,
            seen,
            drop_out: f64::from_bits(drop_out),
            drop_in: f64::from_bits(drop_in),
        };
        self.seen.iter().map(piece).collect()
    }

    /// The person's position in it.
    pub fn person(&self) -> usize {
        self.person
    }
}

/// Whether what was seen of this member leaves one genotype, and one that founders have.
fn is_pinned(model: &LocusModel, pedigree: &Pedigree, evidence: &[Evidence], member: usize) -> bool {
    let has_silent = model.definition().silent_frequency > 0.0;
    let has_one_slot = model.chromosome() == Chromosome::X && pedigree.individuals()[member].sex == Sex::Male;
    if model.genotyping_error() > 0.0 {
        return false;
    }
    let pins = |piece: &Evidence| {
        let shows_all = match piece.seen {
            Seen::Nothing => false,
            Seen::One(_) => has_one_slot || (piece.drop_out == 0.0 && !has_silent),
            Seen::Two(..) => true,
        };
        let is_known = |allele| model.frequencies()[usize::from(allele)] > 0.0;
        shows_all && piece.drop_in == 0.0 && piece.seen.alleles().all(|allele| is_known(allele.0))
    };
    evidence.iter().any(|piece| piece.person == member && pins(piece))
}

/// The person, and whoever is reached without passing through anybody pinned, the pinned not among them.
fn inside(pedigree: &Pedigree, is_looked_at: &[bool], is_pinned: &[bool], person: usize) -> Vec<bool> {
    let mut is_inside = vec![false; is_pinned.len()];
    is_inside[person] = true;
    loop {
        let reached = with_neighbours(pedigree, is_looked_at, &is_inside);
        let next: Vec<bool> =
            (0..reached.len()).map(|member| is_inside[member] || (reached[member] && !is_pinned[member])).collect();
        if next == is_inside {
            return is_inside;
        }
        is_inside = next;
    }
}

/// These and their parents, their children, and the other parents of those, as far as they are looked at.
fn with_neighbours(pedigree: &Pedigree, is_looked_at: &[bool], members: &[bool]) -> Vec<bool> {
    let mut reached = members.to_vec();
    for (child, individual) in pedigree.individuals().iter().enumerate().filter(|&(child, _)| is_looked_at[child]) {
        let family = || [Some(child), individual.father, individual.mother].into_iter().flatten();
        if family().any(|member| members[member]) {
            family().for_each(|member| reached[member] = true);
        }
    }
    reached
}

/// The members of whom something was seen, the person, and all their ancestors: nobody else says anything.
fn with_ancestors(pedigree: &Pedigree, evidence: &[Evidence], person: usize) -> Vec<bool> {
    let mut is_among = vec![false; pedigree.individuals().len()];
    is_among[person] = true;
    evidence.iter().for_each(|piece| is_among[piece.person] = true);
    for &member in pedigree.parents_first().iter().rev() {
        if is_among[member] {
            let individual = &pedigree.individuals()[member];
            individual.father.into_iter().chain(individual.mother).for_each(|parent| is_among[parent] = true);
        }
    }
    is_among
}
