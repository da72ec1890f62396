//! What a reader of results should know of how a pedigree file was read: who was added, who became half-siblings, whose sex was
//! taken from their place.

use crate::inheritance::Family;
use crate::profile::Sex;
use std::collections::BTreeMap;

/// So many are named; of the others only the number.
const NAMED: usize = 5;

/// The notes on these families; `without_sex` holds the ids of the missing persons whose sex is blank, by family.
pub(super) fn notes(families: &[Family], without_sex: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let added = families.iter().filter_map(added_parents);
    let half_siblings = families.iter().flat_map(half_siblings);
    let sexes = families.iter().flat_map(|family| {
        let ids = without_sex.get(&family.id).into_iter().flatten();
        ids.filter_map(|id| sex_by_place(family, id))
    });
    [
        named(
            "parents without a row of their own are people of their own (a slip in an id makes another person)",
            added,
        ),
        named("children with a parent in common, taken as half-siblings", half_siblings),
        named("missing persons without a sex, taken by their place in the family", sexes),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// One note about all of these; `None` where there are none.
fn named(what: &str, cases: impl Iterator<Item = String>) -> Option<String> {
    let mut cases = cases.fuse();
    let first: Vec<String> = cases.by_ref().take(NAMED).collect();
    let others = match cases.count() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!first.is_empty()).then(|| format!("pedigrees: {what}: {}{others}", first.join("; ")))
}

/// The parents whom the family only names as such.
fn added_parents(family: &Family) -> Option<String> {
    let individuals = family.pedigree.individuals();
    let child_of = |parent: usize| {
        let is_child = |child: &&crate::inheritance::pedigree::Individual| {
            child.father == Some(parent) || child.mother == Some(parent)
        };
        let child = individuals.iter().find(is_child)?;
        Some((child.id.as_str(), if child.father == Some(parent) { "father" } else { "mother" }))
    };
    let added = (0..individuals.len()).filter(|&position| family.lines[position] == 0);
    let told: Vec<_> = added
        .filter_map(|position| {
            let (child, part) = child_of(position)?;
            Some(format!("`{}` ({part} of `{child}`)", family.person_id(position)))
        })
        .collect();
    (!told.is_empty()).then(|| format!("family {}: {}", family.id, told.join(", ")))
}

/// Children of one parent of whom one has a blank other parent.
fn half_siblings(family: &Family) -> Vec<String> {
    let mut by_parent: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
    for (child, individual) in family.pedigree.individuals().iter().enumerate() {
        let parents = [(individual.mother, true), (individual.father, false)];
        parents
            .into_iter()
            .filter_map(|(parent, is_mother)| Some((parent?, is_mother)))
            .for_each(|key| by_parent.entry(key).or_default().push(child));
    }
    let other = |child: usize, is_mother: bool| {
        let individual = &family.pedigree.individuals()[child];
        if is_mother { individual.father } else { individual.mother }
    };
    let told = by_parent.into_iter().filter_map(|((parent, is_mother), children)| {
        let blank = children.iter().copied().find(|&child| other(child, is_mother).is_none())?;
        let sibling = children.iter().copied().find(|&child| child != blank)?;
        let part = if is_mother { "father" } else { "mother" };
        let has = match other(sibling, is_mother) {
            Some(other) => format!("`{}` has `{}`", family.person_id(sibling), family.person_id(other)),
            None => format!("`{}` has none either, which is another one", family.person_id(sibling)),
        };
        let (blank, parent) = (family.person_id(blank), family.person_id(parent));
        Some(format!("family {}: `{blank}`, child of `{parent}`, has a blank {part}; {has}", family.id))
    });
    told.collect()
}

/// The sex of a person who was given none, as a father or a mother has it.
fn sex_by_place(family: &Family, id: &str) -> Option<String> {
    let position = family.pedigree.position(id)?;
    let (sex, part) = match family.sex(position) {
        Sex::Male => ("male", "father"),
        Sex::Female => ("female", "mother"),
        Sex::Unknown => return None,
    };
    Some(format!("family {}: `{id}` is {sex}, being a {part}", family.id))
}
