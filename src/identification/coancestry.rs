//! Where theta can be had in useful time.
//!
//! With theta above 0 all founder alleles of a family depend on each other, and what the exact sum costs grows very fast with
//! the founder alleles that nobody was typed for (see the engine's coancestry). A family with more of them than
//! [`MOST_OPEN_ALLELES`] is refused while theta is above 0, never compared with another theta than the one asked for.

use super::IdentificationError;
use super::family_case::Models;
use super::identify::FamilyWithSamples;
use crate::likelihood::{LocusDefinition, LocusModel};

/// Founder alleles of untyped people, the stranger's apart, with which theta is used. Two grandparents, and a sibling's and a
/// cousin's side of the family fit; each one more takes several times as long.
pub const MOST_OPEN_ALLELES: usize = 6;

/// Founder alleles of the untyped people of a family who matter: the missing persons, and ancestors of them or of typed people.
/// An untyped founder with one child passes on one allele.
pub fn open_founder_alleles(family: &FamilyWithSamples) -> usize {
    let individuals = family.family.pedigree.individuals();
    let is_typed = |person: usize| family.typed.iter().any(|typed| typed.person == person);
    let is_missing = |person: usize| family.family.missing.contains(&person);
    let mut matters: Vec<bool> = (0..individuals.len()).map(|person| is_typed(person) || is_missing(person)).collect();
    for &person in family.family.pedigree.parents_first().iter().rev() {
        if matters[person] {
            let parents = [individuals[person].father, individuals[person].mother];
            parents.into_iter().flatten().for_each(|parent| matters[parent] = true);
        }
    }
    let open = |person: usize| {
        let individual = &individuals[person];
        let own = usize::from(individual.father.is_none()) + usize::from(individual.mother.is_none());
        let is_child = |&child: &usize| {
            matters[child] && (individuals[child].father == Some(person) || individuals[child].mother == Some(person))
        };
        let children = (0..individuals.len()).filter(is_child).count();
        if own == 2 && children == 1 && !is_missing(person) { 1 } else { own }
    };
    (0..individuals.len()).filter(|&person| matters[person] && !is_typed(person)).map(open).sum()
}

/// Refuses families whose founder alleles are too many for theta, if theta is above 0 anywhere.
///
/// # Errors
/// [`IdentificationError::TooManyFounderAlleles`], which names the first such family and counts the others.
pub fn check_founder_alleles(
    populations: &[Models<'_>],
    families: &[FamilyWithSamples],
) -> Result<(), IdentificationError> {
    if populations.iter().flat_map(|models| models.loci).all(|model| model.theta() == 0.0) {
        return Ok(());
    }
    let open = families.iter().map(|family| (family, open_founder_alleles(family)));
    let mut beyond = open.filter(|&(family, open)| !family.typed.is_empty() && open > MOST_OPEN_ALLELES);
    match beyond.next() {
        None => Ok(()),
        Some((first, founder_alleles)) => Err(IdentificationError::TooManyFounderAlleles {
            family: first.family.id.clone(),
            founder_alleles,
            others: beyond.count(),
        }),
    }
}

/// The same models with theta 0: what is possible at all does not depend on theta.
///
/// # Errors
/// None, unless a model that was accepted is refused without theta.
pub fn without_theta(models: &[LocusModel]) -> Result<Vec<LocusModel>, IdentificationError> {
    let plain = |model: &LocusModel| LocusModel::new(LocusDefinition { theta: 0.0, ..model.definition().clone() });
    Ok(models.iter().map(plain).collect::<Result<_, _>>()?)
}
