//! The section `[DVI]`: remains and reference families; and what the sections behind it say that filia does not use.

use super::{
    Dvi, FamiliasError, ProjectGenotype, ProjectMember, ProjectPedigree, ProjectPerson, RELATIVES, REMAINS,
    ReferenceFamily, Relation,
    brackets::{Entry, ProjectSection},
};
use crate::profile::Sex;
use std::collections::HashMap;

/// Reads the section `[DVI]`, where there is one.
///
/// # Errors
/// Counts that contradict the lines; relations that are incomplete.
pub(super) fn read_dvi(sections: &[ProjectSection], notes: &mut Vec<String>) -> Result<Option<Dvi>, FamiliasError> {
    notes.extend(sections.iter().filter(|section| section.kind != "DVI").flat_map(note_unused));
    let Some(section) = sections.iter().find(|section| section.kind == "DVI") else { return Ok(None) };
    let mut dvi = Dvi::default();
    for part in &section.sections {
        match part.kind.as_str() {
            REMAINS => dvi.remains = read_persons(part)?,
            RELATIVES => {
                let families = part.counted("Family", "nFamilies")?;
                dvi.families = families.into_iter().map(read_family).collect::<Result<_, _>>()?;
            }
            "Notes" => {}
            other => notes.push(format!("line {}: section `{other}` is not read", part.line)),
        }
    }
    Ok(Some(dvi))
}

/// What a section other than `[DVI]` says that would change a likelihood or a posterior.
fn note_unused(section: &ProjectSection) -> Vec<String> {
    let not_used = |entry: &Entry, why: &str| {
        let Entry { line, key, value } = entry;
        format!("line {line}: `{key}= {value}` is not used: {why}")
    };
    let is_zero = |entry: &&Entry| entry.value.parse() == Ok(0.0);
    match section.kind.as_str() {
        "Prior" => {
            let of_prior = section.entries.first();
            of_prior.map(|entry| not_used(entry, "the prior is that of the settings ([prior])")).into_iter().collect()
        }
        "Advanced" => {
            let direct = section.find("Direct/Identity").into_iter().flat_map(|part| &part.entries);
            direct
                .filter(|entry| !is_zero(entry))
                .map(|entry| not_used(entry, "drop-out and drop-in are those of the settings ([observation])"))
                .collect()
        }
        other => vec![format!("line {}: section `{other}` is not read", section.line)],
    }
}

fn read_persons(section: &ProjectSection) -> Result<Vec<ProjectPerson>, FamiliasError> {
    section.counted("Person", "nPersons")?.into_iter().map(read_person).collect()
}

fn read_person(section: &ProjectSection) -> Result<ProjectPerson, FamiliasError> {
    let sex = match section.value("Gender") {
        "Male" => Sex::Male,
        "Female" => Sex::Female,
        _ => Sex::Unknown,
    };
    let genotypes = section.find("DNA data").map_or(Ok(Vec::new()), read_genotypes)?;
    let (line, name) = (section.line, section.value("Name").to_owned());
    if name.is_empty() {
        return Err(FamiliasError::Refused { line, why: "a person without a name (`Name= …`)".to_owned() });
    }
    Ok(ProjectPerson { line, name, sex, may_drop_out: false, genotypes })
}

/// Triples of lines: the locus and two alleles.
fn read_genotypes(section: &ProjectSection) -> Result<Vec<ProjectGenotype>, FamiliasError> {
    let mut genotypes: Vec<ProjectGenotype> = Vec::new();
    for entry in &section.entries {
        let (key, value) = (entry.key.as_str(), entry.value.clone());
        match (key, genotypes.last_mut()) {
            ("nSystems", _) => {}
            ("SystemName", _) => {
                genotypes.push(ProjectGenotype { line: entry.line, locus: value, alleles: Default::default() });
            }
            ("Allele1", Some(genotype)) => genotype.alleles[0] = value,
            ("Allele2", Some(genotype)) => genotype.alleles[1] = value,
            _ => return Err(unexpected(entry, "SystemName, Allele1 or Allele2")),
        }
    }
    section.check_count("nSystems", genotypes.len())?;
    Ok(genotypes)
}

fn unexpected(entry: &Entry, expected: &'static str) -> FamiliasError {
    FamiliasError::Found { line: entry.line, found: entry.key.clone(), expected }
}

fn read_family(section: &ProjectSection) -> Result<ReferenceFamily, FamiliasError> {
    let persons = section.find("Persons").map_or(Ok(Vec::new()), read_persons)?;
    let pedigrees = match section.find("Pedigrees") {
        None => Vec::new(),
        Some(part) => {
            let sexes: HashMap<&str, Sex> = persons.iter().map(|person| (person.name.as_str(), person.sex)).collect();
            let found = part.counted("Pedigree", "nPedigrees")?;
            found.into_iter().map(|pedigree| read_pedigree(pedigree, &sexes)).collect::<Result<_, _>>()?
        }
    };
    Ok(ReferenceFamily { line: section.line, name: section.value("Name").to_owned(), persons, pedigrees })
}

/// Pairs of lines: the parent and the child.
fn read_pedigree(section: &ProjectSection, sexes: &HashMap<&str, Sex>) -> Result<ProjectPedigree, FamiliasError> {
    let member =
        |name: &str| ProjectMember { name: name.to_owned(), sex: sexes.get(name).copied().unwrap_or_default() };
    let mut relations = Vec::new();
    let mut parent: Option<&Entry> = None;
    for entry in &section.entries {
        match (entry.key.as_str(), parent) {
            ("Name" | "nRelations", None) => {}
            ("Parent", None) => parent = Some(entry),
            ("Child", Some(before)) => {
                let (line, child) = (before.line, member(&entry.value));
                relations.push(Relation { parent: member(&before.value), child, line });
                parent = None;
            }
            _ => return Err(unexpected(entry, "Parent, and Child below it")),
        }
    }
    section.check_count("nRelations", relations.len())?;
    Ok(ProjectPedigree { line: section.line, name: section.value("Name").to_owned(), relations })
}
