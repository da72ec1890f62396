//! The reference families of a section `[DVI]`: who is looked for, under which name, and who is whose parent.
//!
//! Missing persons are those without DNA data whose names begin with `Missing`, as the program and the R package dvir name them.
//! Of the pedigrees of a family the one counts that gives a missing person a parent or a child. A name that several families have,
//! or a body too, gets the family's in front: `F1/Missing person`.

use super::{
    Dvi, FamiliasError, Project, ProjectMember, ProjectPedigree, ProjectPerson, ReferenceFamily, Relation, typed_names,
};
use crate::inheritance::{Family, Listed};
use crate::profile::Sex;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The families, in the order of their names, and what there is to say of them.
#[derive(Debug, Default)]
pub struct ProjectFamilies {
    /// The families.
    pub families: Vec<Family>,
    /// Sentences.
    pub notes: Vec<String>,
}

/// Who is looked for.
///
/// # Errors
/// No section `[DVI]`, nobody missing; a family with two names or two different pedigrees; people who form no pedigree.
pub fn families(project: &Project) -> Result<ProjectFamilies, FamiliasError> {
    let Some(dvi) = &project.dvi else {
        return Err(FamiliasError::Lacks("there is no section [DVI] in it, so nobody to look for"));
    };
    let names = Names::new(dvi);
    let mut found = ProjectFamilies::default();
    let mut by_name: BTreeMap<&str, &ReferenceFamily> = BTreeMap::new();
    for family in &dvi.families {
        if let Some(first) = by_name.insert(&family.name, family) {
            return Err(refuse(
                family.line,
                format!("two families are called `{}`: the first in line {}", family.name, first.line),
            ));
        }
    }
    for family in by_name.into_values() {
        found.families.push(read_family(family, &names, &mut found.notes)?);
    }
    found.notes.extend(names.note());
    match found.families.iter().all(|family| family.missing.is_empty()) {
        true => {
            Err(FamiliasError::Lacks("nobody of its families is looked for: missing persons are called `Missing …`"))
        }
        false => Ok(found),
    }
}

fn refuse(line: u64, why: String) -> FamiliasError {
    FamiliasError::Refused { line, why }
}

/// What the people of the families are called in a run.
pub struct Names<'a> {
    shared: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// For the people of this section.
    pub fn new(dvi: &'a Dvi) -> Self {
        let of_bodies = dvi.remains.iter().map(|person| person.name.as_str()).collect();
        let of_families = dvi.families.iter().map(|family| people(family).collect());
        let (mut seen, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for group in std::iter::once(of_bodies).chain(of_families) {
            let group: BTreeSet<&str> = group;
            shared.extend(group.intersection(&seen).copied().collect::<Vec<_>>());
            seen.extend(group);
        }
        Self { shared }
    }

    /// The id of a family's member.
    pub fn of(&self, family: &ReferenceFamily, name: &str) -> String {
        match self.shared.contains(name) {
            true => format!("{}/{name}", family.name),
            false => name.to_owned(),
        }
    }

    fn note(&self) -> Option<String> {
        let list = self.shared.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        (!list.is_empty())
            .then(|| format!("names that more than one family has, or a body too, got the family's in front: {list}"))
    }
}

/// The names of a family's persons, and of those whom its relations add.
fn people(family: &ReferenceFamily) -> impl Iterator<Item = &str> {
    let relations = family.pedigrees.iter().flat_map(|pedigree| &pedigree.relations);
    let members = relations.flat_map(|relation| [&relation.parent, &relation.child]);
    family.persons.iter().map(|person| person.name.as_str()).chain(members.map(|member| member.name.as_str()))
}

fn read_family(family: &ReferenceFamily, names: &Names<'_>, notes: &mut Vec<String>) -> Result<Family, FamiliasError> {
    let in_family = |line: u64, why: String| refuse(line, format!("family `{}`: {why}", family.name));
    let typed = typed_names(&family.persons);
    let is_missing = |name: &str| is_called_missing(name) && !typed.contains(name);
    let relations = choose_pedigree(family, is_missing)?.map_or(&[][..], |pedigree| &pedigree.relations);
    let sexes = resolve_sexes(family, relations);
    let mut listed: BTreeMap<&str, Listed> = BTreeMap::new();
    let in_relations: BTreeSet<&str> =
        relations.iter().flat_map(|relation| [&*relation.parent.name, &*relation.child.name]).collect();
    let lines = family.persons.iter().map(|person| (person.name.as_str(), person.line));
    let added = relations
        .iter()
        .flat_map(|relation| [(&*relation.parent.name, relation.line), (&*relation.child.name, relation.line)]);
    for (name, line) in lines.chain(added) {
        if is_missing(name) && !in_relations.contains(name) {
            notes.push(format!(
                "line {line}: `{name}` of family `{}` has no relation to anybody and is not looked for",
                family.name
            ));
            continue;
        }
        let sex = sexes.get(name).copied().unwrap_or_default();
        let id = names.of(family, name);
        let person = Listed { id, father: None, mother: None, sex, missing: is_missing(name), line };
        listed.entry(name).or_insert(person);
    }
    for Relation { parent, child, line } in relations {
        let id = names.of(family, &parent.name);
        let Some(child) = listed.get_mut(child.name.as_str()) else { continue };
        let place = match sexes.get(parent.name.as_str()) {
            Some(Sex::Male) => &mut child.father,
            Some(Sex::Female) => &mut child.mother,
            _ => {
                let why = format!(
                    "the sex of `{}` follows from nothing: name the other parent, or list the person with a gender",
                    parent.name
                );
                return Err(in_family(*line, why));
            }
        };
        if let Some(other) = place.replace(id.clone()).filter(|other| *other != id) {
            return Err(in_family(*line, format!("`{other}` and `{id}` are parents of one sex of `{}`", child.id)));
        }
    }
    Family::new(&family.name, listed.into_values().collect()).map_err(|cause| in_family(family.line, cause.to_string()))
}

/// Whether a person of this name, without DNA data, is looked for.
pub fn is_called_missing(name: &str) -> bool {
    name.trim_start().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("missing"))
}

/// The only pedigree in which a missing person has a parent or a child; without one, the last.
fn choose_pedigree(
    family: &ReferenceFamily,
    is_missing: impl Fn(&str) -> bool,
) -> Result<Option<&ProjectPedigree>, FamiliasError> {
    let places = |pedigree: &&ProjectPedigree| {
        let mut members = pedigree.relations.iter().flat_map(|relation| [&relation.parent, &relation.child]);
        members.any(|member| is_missing(&member.name))
    };
    let pairs = |pedigree: &ProjectPedigree| -> BTreeSet<(ProjectMember, ProjectMember)> {
        pedigree.relations.iter().map(|relation| (relation.parent.clone(), relation.child.clone())).collect()
    };
    let mut with = family.pedigrees.iter().filter(places);
    let Some(first) = with.next() else { return Ok(family.pedigrees.last()) };
    match with.find(|other| pairs(other) != pairs(first)) {
        None => Ok(Some(first)),
        Some(other) => Err(refuse(
            other.line,
            format!(
                "family `{}`: pedigree `{}` places missing persons otherwise than pedigree `{}` in line {}: keep one of them",
                family.name, other.name, first.name, first.line
            ),
        )),
    }
}

/// The sex of everybody, where it is stated or follows from that of the other parent of a child.
fn resolve_sexes<'a>(family: &'a ReferenceFamily, relations: &'a [Relation]) -> HashMap<&'a str, Sex> {
    let stated = |person: &'a ProjectPerson| (person.sex != Sex::Unknown).then_some((person.name.as_str(), person.sex));
    let mut sexes: HashMap<&str, Sex> = family.persons.iter().filter_map(stated).collect();
    let mut parents_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for relation in relations {
        parents_of.entry(&relation.child.name).or_default().push(&relation.parent.name);
    }
    let couples: Vec<[&str; 2]> =
        parents_of.values().filter_map(|parents| parents.as_slice().try_into().ok()).collect();
    // Each round settles a parent at least, whatever the order of the couples.
    loop {
        let before = sexes.len();
        for [one, other] in couples.iter().flat_map(|&[one, other]| [[one, other], [other, one]]) {
            let opposite = match sexes.get(one) {
                Some(Sex::Male) => Sex::Female,
                Some(Sex::Female) => Sex::Male,
                _ => continue,
            };
            sexes.entry(other).or_insert(opposite);
        }
        if sexes.len() == before {
            return sexes;
        }
    }
}
