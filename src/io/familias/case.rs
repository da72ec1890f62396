//! The pedigrees of a project as the hypotheses of a case.
//!
//! As in Familias, people without DNA data through whom nothing passes are left out where theta is 0: who has no child, and who has
//! no parents and one child at most. With a mutation model that is not stationary this changes a likelihood: such a parent would
//! pass on an allele that may have mutated.

use super::{FamiliasError, Project, ProjectMember, ProjectPedigree, ProjectPerson, markers::markers, typed_names};
use crate::inheritance::observation::Seen;
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::likelihood::{LocusModel, case::LrCase};
use crate::profile::Sex;
use std::collections::{BTreeMap, BTreeSet};

/// The case of a project, and what there is to say of how it was read.
///
/// # Errors
/// No pedigree; people who form none; loci that are not computed; drop-out.
pub fn case(project: &Project, id: &str) -> Result<(LrCase, Vec<String>), FamiliasError> {
    if project.pedigrees.is_empty() {
        return Err(FamiliasError::Lacks(
            "there is no pedigree in it (`filia identify FILE.fam` reads the section [DVI])",
        ));
    }
    let found = markers(project)?;
    let mut genotypes = BTreeMap::new();
    for person in project.persons.iter().filter(|person| !person.genotypes.is_empty()) {
        refuse_drop_out(person, project)?;
        if genotypes.insert(person.name.clone(), calls(person, &found.models)).is_some() {
            return Err(refuse(person.line, format!("two persons are called `{}`", person.name)));
        }
    }
    let mut hypotheses: Vec<(String, Pedigree)> = Vec::new();
    for pedigree in &project.pedigrees {
        if hypotheses.iter().any(|(name, _)| *name == pedigree.name) {
            return Err(refuse(pedigree.line, format!("two pedigrees are called `{}`", pedigree.name)));
        }
        let people = hypothesis(pedigree, project).map_err(|why| refuse(pedigree.line, why))?;
        hypotheses.push((pedigree.name.clone(), people));
    }
    let notes = project.notes.iter().cloned().chain(found.notes).collect();
    Ok((LrCase { id: id.to_owned(), loci: found.models, hypotheses, genotypes, linkage: Vec::new() }, notes))
}

fn refuse(line: u64, why: String) -> FamiliasError {
    FamiliasError::Refused { line, why }
}

fn refuse_drop_out(person: &ProjectPerson, project: &Project) -> Result<(), FamiliasError> {
    match person.may_drop_out && project.loci.iter().any(|locus| locus.drop_out > 0.0) {
        true => Err(refuse(
            person.line,
            format!("drop-out, which is considered for `{}`, is not computed here", person.name),
        )),
        false => Ok(()),
    }
}

/// What was seen, by position of the locus. A genotype of which one allele was not determined shows the other, as in Familias.
fn calls(person: &ProjectPerson, models: &[LocusModel]) -> BTreeMap<usize, Seen> {
    let call = |genotype: &super::ProjectGenotype| {
        let locus = models.iter().position(|model| model.name() == genotype.locus)?;
        let seen = genotype.alleles.iter().filter_map(|label| models[locus].label_index(label)).collect::<Vec<_>>();
        Some((
            locus,
            match seen[..] {
                [first, second] => Seen::pair(first, second),
                [one] => Seen::One(one),
                _ => Seen::Nothing,
            },
        ))
    };
    person.genotypes.iter().filter_map(call).collect()
}

/// The people of a pedigree.
fn hypothesis(pedigree: &ProjectPedigree, project: &Project) -> Result<Pedigree, String> {
    let named = project.persons.iter().map(|person| ProjectMember { name: person.name.clone(), sex: person.sex });
    let added = pedigree.relations.iter().flat_map(|relation| [relation.parent.clone(), relation.child.clone()]);
    let mut members: Vec<ProjectMember> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for member in named.chain(added) {
        if known.insert(member.name.clone()) {
            members.push(member);
        }
    }
    let typed = typed_names(&project.persons);
    let mut relations: Vec<(&str, &str)> =
        pedigree.relations.iter().map(|relation| (&*relation.parent.name, &*relation.child.name)).collect();
    if project.theta == 0.0 {
        leave_out(&mut members, &mut relations, &typed);
    }
    let position = |name: &str| members.iter().position(|member| member.name == name);
    let mut individuals: Vec<Individual> =
        members.iter().map(|member| Individual::founder(&member.name, member.sex)).collect();
    for (parent, child) in relations {
        let (Some(parent), Some(child)) = (position(parent), position(child)) else { continue };
        let place = match members[parent].sex {
            Sex::Male => &mut individuals[child].father,
            _ => &mut individuals[child].mother,
        };
        if place.replace(parent).is_some_and(|other| other != parent) {
            return Err(format!(
                "`{}` has two parents of one sex in pedigree `{}`",
                members[child].name, pedigree.name
            ));
        }
    }
    Pedigree::new(individuals).map_err(|cause| format!("pedigree `{}`: {cause}", pedigree.name))
}

/// Leaves out people without DNA data through whom nothing passes, until there is nobody else.
fn leave_out(members: &mut Vec<ProjectMember>, relations: &mut Vec<(&str, &str)>, typed: &BTreeSet<&str>) {
    loop {
        let passes = |member: &ProjectMember| {
            let children = relations.iter().filter(|(parent, _)| *parent == member.name).count();
            let has_parents = relations.iter().any(|(_, child)| *child == member.name);
            typed.contains(&*member.name) || children > 1 || (children == 1 && has_parents)
        };
        let Some(at) = members.iter().position(|member| !passes(member)) else { return };
        let out = members.remove(at);
        relations.retain(|(parent, child)| *parent != out.name && *child != out.name);
    }
}
