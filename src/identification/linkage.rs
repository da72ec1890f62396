//! For which families it matters that two loci are linked.

use super::typed_family::Typed;
use crate::inheritance::Family;
use crate::inheritance::pedigree::Pedigree;

/// Whether linkage between loci changes likelihood ratios of this family. It does not where the phase of nobody can be known: each
/// missing person has typed parents alone, or one typed child alone, and nobody's parents are related. (Where several are
/// missing it can matter to their joint answer.)
pub fn linkage_matters(family: &Family, typed: &[Typed]) -> bool {
    let individuals = family.pedigree.individuals();
    let is_parent = |parent: usize, child: usize| {
        individuals[child].father == Some(parent) || individuals[child].mother == Some(parent)
    };
    let tells_phase = |&missing: &usize| {
        let children = typed.iter().filter(|typed| is_parent(missing, typed.person)).count();
        let parents = typed.iter().filter(|typed| is_parent(typed.person, missing)).count();
        children > 1 || (children > 0 && parents > 0) || children + parents < typed.len()
    };
    let has_related_parents = || (0..individuals.len()).any(|person| are_parents_related(&family.pedigree, person));
    family.missing.iter().any(tells_phase) || (!typed.is_empty() && has_related_parents())
}

fn are_parents_related(pedigree: &Pedigree, person: usize) -> bool {
    let individual = &pedigree.individuals()[person];
    let (Some(father), Some(mother)) = (individual.father, individual.mother) else { return false };
    let of_father = with_ancestors(pedigree, father);
    with_ancestors(pedigree, mother).iter().zip(of_father).any(|(&one, other)| one && other)
}

/// For each member whether it is this person or an ancestor.
fn with_ancestors(pedigree: &Pedigree, person: usize) -> Vec<bool> {
    let mut is_among = vec![false; pedigree.individuals().len()];
    is_among[person] = true;
    for &member in pedigree.parents_first().iter().rev() {
        if is_among[member] {
            let individual = &pedigree.individuals()[member];
            individual.father.into_iter().chain(individual.mother).for_each(|parent| is_among[parent] = true);
        }
    }
    is_among
}
