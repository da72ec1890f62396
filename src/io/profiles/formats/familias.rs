//! Projects of the program Familias among the profile files of a run.
//!
//! Without a part (`FILE.fam`) everybody with DNA data is a sample: persons without a role, unidentified persons as corpses, members
//! of reference families as relatives. A part is [`REMAINS`] or [`RELATIVES`] alone.

use super::{
    super::notes::IDS_NAMED,
    Gathered, ProfileError, ProfileFile, ProfileReader,
    specimens::{FieldNames, Specimen, SpecimenLocus, Specimens},
};
use crate::{
    io::{
        familias::{
            Dvi, FORMAT, FamiliasError, Project, ProjectPerson, RELATIVES, REMAINS, families::Names, is_familias,
            parse_project,
        },
        source::Input,
    },
    name_some::name_some,
    profile::{Role, Sample},
};
use std::io::Read;

/// Reads a project.
pub(super) struct FamiliasReader;

const FIELDS: FieldNames = FieldNames { id: "Name", locus: "SystemName", allele: "Allele" };

impl ProfileReader for FamiliasReader {
    fn sniff(&self, start: &[u8]) -> bool {
        is_familias(start)
    }

    fn read(&self, mut input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(|cause| file.unreadable(cause))?;
        let in_file = |cause| ProfileError::Familias { file: file.name.clone(), cause };
        let project = parse_project(&bytes).map_err(in_file)?;
        let (people, without) = people(&project, file.part.as_deref()).map_err(in_file)?;
        let rejects = into.rejects_of_next_file();
        let in_panel = |cause| ProfileError::Panel { file: file.name.clone(), cause };
        let mut specimens =
            Specimens::new(file, FIELDS, &rejects).declaring(project.loci.iter().map(|locus| locus.name.as_str()));
        for specimen in people {
            specimens.take(specimen).map_err(in_panel)?;
        }
        if file.part.as_deref() != Some(RELATIVES) {
            into.note_all(project.notes.iter().map(|note| format!("{}: {note}", file.path.display())));
        }
        into.note_all(note_without(&file.name, &without));
        specimens.finish_into(into, format_of(&project))?;
        file.progress.advance(file.bytes().unwrap_or(0));
        Ok(())
    }
}

/// What the project is and holds.
fn format_of(project: &Project) -> String {
    let Project { version, loci, pedigrees, dvi, .. } = project;
    let section = dvi
        .as_ref()
        .map(|dvi| format!(", section [DVI] with {} remains and {} families", dvi.remains.len(), dvi.families.len()));
    let (loci, pedigrees, section) = (loci.len(), pedigrees.len(), section.unwrap_or_default());
    format!(
        "{FORMAT}, version {version} (begins with \"Output from Familias\"), {loci} loci in its database, {pedigrees} pedigrees{section}"
    )
}

/// The people of a part of the project who have DNA data, and the names of those who have none.
fn people(project: &Project, part: Option<&str>) -> Result<(Vec<Specimen>, Vec<String>), FamiliasError> {
    let is_wanted = |name: &str| part.is_none_or(|part| part == name);
    if !(is_wanted(REMAINS) || is_wanted(RELATIVES)) {
        return Err(FamiliasError::Lacks("a part of a project is `Unidentified persons` or `Reference Families`"));
    }
    let empty = Dvi::default();
    let dvi = match (&project.dvi, part) {
        (Some(dvi), _) => dvi,
        (None, None) => &empty,
        (None, Some(_)) => return Err(FamiliasError::Lacks("there is no section [DVI] in it")),
    };
    let drop_out = drop_out(project);
    let of_person = |person: &ProjectPerson, sample: Sample| Specimen {
        line: person.line,
        sample: Sample { sex: person.sex, drop_out: drop_out.filter(|_| person.may_drop_out), ..sample },
        loci: person.genotypes.iter().map(locus).collect(),
    };
    let (mut specimens, mut without) = (Vec::new(), Vec::new());
    let mut take = |person: &ProjectPerson, sample: Sample| match person.genotypes.is_empty() {
        true => without.push(sample.id),
        false => specimens.push(of_person(person, sample)),
    };
    for person in project.persons.iter().filter(|_| part.is_none()) {
        take(person, Sample { id: person.name.clone(), ..Sample::default() });
    }
    for person in dvi.remains.iter().filter(|_| is_wanted(REMAINS)) {
        take(person, Sample { id: person.name.clone(), role: Some(Role::Corpse), ..Sample::default() });
    }
    let names = Names::new(dvi);
    for family in dvi.families.iter().filter(|_| is_wanted(RELATIVES)) {
        for person in &family.persons {
            let (id, family_id) = (names.of(family, &person.name), Some(family.name.clone()));
            take(person, Sample { id, role: Some(Role::Relative), family_id, ..Sample::default() });
        }
    }
    Ok((specimens, without))
}

fn locus(genotype: &crate::io::familias::ProjectGenotype) -> SpecimenLocus {
    SpecimenLocus { line: genotype.line, name: genotype.locus.clone(), alleles: genotype.alleles.to_vec() }
}

/// The drop-out probability that all loci have, where it is one.
fn drop_out(project: &Project) -> Option<f64> {
    let first = project.loci.first()?.drop_out;
    project
        .loci
        .iter()
        .all(|locus| locus.drop_out == first)
        .then_some(first)
        .filter(|drop_out| (0.0..1.0).contains(drop_out))
}

/// A sentence on people without DNA data.
fn note_without(name: &str, without: &[String]) -> Option<String> {
    let list = name_some(without.iter().map(|id| format!("`{id}`")), IDS_NAMED);
    (!list.is_empty()).then(|| format!("{name}: people without DNA data are no samples: {list}"))
}
