//! For which families it matters that two loci are linked.

use super::identify::FamilyWithSamples;

/// Whether linkage between loci changes likelihood ratios of this family: some typed relative is neither parent nor child
/// of the missing person, or several are children of the missing person. (For one parent or one child unlinked loci
/// give the exact value, since the phase is not known.)
pub fn linkage_matters(family: &FamilyWithSamples) -> bool {
    let individuals = family.family.pedigree.individuals();
    let is_parent = |parent: usize, child: usize| {
        individuals[child].father == Some(parent) || individuals[child].mother == Some(parent)
    };
    family.family.missing.iter().any(|&missing| {
        let children = family.typed.iter().filter(|typed| is_parent(missing, typed.person)).count();
        let parents = family.typed.iter().filter(|typed| is_parent(typed.person, missing)).count();
        children > 1 || (children > 0 && parents > 0) || children + parents < family.typed.len()
    })
}
