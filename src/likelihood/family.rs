//! The part of a pedigree that matters to a question, and where each of its allele slots comes from.

use super::LikelihoodError;
use super::model::Chromosome;
use crate::inheritance::pedigree::Pedigree;
use crate::profile::Sex;

/// Slot 0 holds the mother's allele, slot 1 the father's. A male's X has slot 0 only.
const PATERNAL: usize = 1;

/// Where the allele in a slot comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// Drawn from the population.
    Founder,
    /// Transmitted by this parent.
    Parent {
        /// The parent's position.
        parent: usize,
        /// The parent's sex.
        sex: Sex,
        /// The parent's slot that it is a copy of, where that is known (see [`TracedFamily::new`]).
        from: Option<usize>,
    },
}

/// A member who matters.
#[derive(Clone, Copy, Debug)]
pub(super) struct TracedMember {
    pub person: usize,
    /// Whether the person was typed.
    pub is_typed: bool,
    /// Whether the person's genotype is left open.
    pub is_kept: bool,
    /// Whether this is a founder whose slots nothing tells apart until one is passed on.
    pub is_exchangeable: bool,
    /// The origin of slots 0 and 1; `None` for a slot that does not exist or that nobody can have inherited from.
    pub slots: [Option<Origin>; 2],
}

/// The members who matter, parents first.
#[derive(Clone, Debug)]
pub(super) struct TracedFamily {
    pub members: Vec<TracedMember>,
}

impl TracedFamily {
    /// Drops untyped people from whom no typed (or kept) person descends, then finds the origin of each slot.
    ///
    /// A founder's two slots are exchangeable, and nothing that is seen tells them apart, so the first meiosis of a
    /// founder may be taken to pass on slot 0 (with `linked` loci: at the first locus only). Where that is the
    /// only meiosis of an untyped founder, slot 1 reaches nobody and is dropped. Of a kept founder the table is then that of
    /// the genotypes of which slot 0 was the first to be passed on: its mean with its transpose is the table of all
    /// (with `linked` loci the slots of a kept person stay apart).
    pub fn new(
        pedigree: &Pedigree,
        is_typed: &[bool],
        kept: Option<usize>,
        chromosome: Chromosome,
        linked: bool,
    ) -> Result<Self, LikelihoodError> {
        let individuals = pedigree.individuals();
        let mut matters = is_typed.to_vec();
        if let Some(kept) = kept {
            matters[kept] = true;
        }
        for &person in pedigree.parents_first().iter().rev() {
            // on the X a father passes nothing to a son
            let from_father = chromosome == Chromosome::Autosomal || individuals[person].sex != Sex::Male;
            if matters[person] {
                let father = individuals[person].father.filter(|_| from_father);
                father.into_iter().chain(individuals[person].mother).for_each(|parent| matters[parent] = true);
            }
        }
        let is_exchangeable = |person: usize| {
            let is_founder = individuals[person].father.is_none() && individuals[person].mother.is_none();
            is_founder && !(linked && kept == Some(person))
        };
        let mut members: Vec<TracedMember> = Vec::with_capacity(individuals.len());
        let mut children = vec![0_usize; individuals.len()];
        for &person in pedigree.parents_first().iter().filter(|&&person| matters[person]) {
            let individual = &individuals[person];
            if chromosome == Chromosome::X && individual.sex == Sex::Unknown {
                return Err(LikelihoodError::UnknownSex(individual.id.clone()));
            }
            let mut origin = |parent: Option<usize>, sex: Sex| match parent {
                None => Origin::Founder,
                Some(parent) => {
                    children[parent] += 1;
                    let is_first = is_exchangeable(parent) && children[parent] == 1;
                    Origin::Parent { parent, sex, from: is_first.then_some(0) }
                }
            };
            let maternal = Some(origin(individual.mother, Sex::Female));
            let has_paternal = chromosome == Chromosome::Autosomal || individual.sex == Sex::Female;
            let paternal = has_paternal.then(|| origin(individual.father, Sex::Male));
            members.push(TracedMember {
                person,
                is_typed: is_typed[person],
                is_kept: kept == Some(person),
                is_exchangeable: is_exchangeable(person),
                slots: [maternal, paternal],
            });
        }
        for member in &mut members {
            let is_founder = member.slots == [Some(Origin::Founder); 2];
            let is_unseen = !member.is_typed && !member.is_kept;
            if is_founder && is_unseen && children[member.person] <= 1 && !linked {
                member.slots[PATERNAL] = None;
            }
        }
        Ok(Self { members })
    }

    /// Whether this member has two slots that are exchangeable and that no transmission tells apart either.
    pub fn is_unordered(&self, member: &TracedMember) -> bool {
        let is_theirs = |origin: &Origin| matches!(origin, Origin::Parent { parent, .. } if *parent == member.person);
        let has_passed_on = self.members.iter().flat_map(|other| other.slots.iter().flatten()).any(is_theirs);
        member.is_exchangeable && member.slots[PATERNAL].is_some() && !has_passed_on
    }

    /// 2 to the number of meioses of which it is open which slot they passed on: no more descents are there.
    pub fn descents_at_most(&self) -> f64 {
        let has_two = |person: usize| {
            self.members.iter().any(|member| member.person == person && member.slots[PATERNAL].is_some())
        };
        let is_open =
            |origin: &&Origin| matches!(**origin, Origin::Parent { parent, from: None, .. } if has_two(parent));
        let open = self.members.iter().flat_map(|member| member.slots.iter().flatten()).filter(is_open).count();
        2_f64.powi(open as i32)
    }

    /// The position of a person among the members.
    pub fn position(&self, person: usize) -> Option<usize> {
        self.members.iter().position(|member| member.person == person)
    }
}
