//! The first part of a `.fam` file: persons with the positions of their alleles, and pedigrees by positions of persons.

use super::{
    FamiliasError, Project, ProjectGenotype, ProjectMember, ProjectPedigree, ProjectPerson, Relation,
    lines::{ProjectLine, ProjectLines},
};
use crate::profile::Sex;

/// Persons and pedigrees as the file has them, before the database says what the positions mean.
pub(super) struct ProjectPeople<'a> {
    persons: Vec<(ProjectPerson, Vec<TypedAt<'a>>)>,
    pedigrees: Vec<ProjectPedigree>,
}

/// The positions of two alleles and of their locus.
type TypedAt<'a> = [ProjectLine<'a>; 3];

/// Known relations in all pedigrees together, at most.
const MOST_RELATIONS: usize = 1_000_000;

/// Reads persons, known relations and pedigrees.
///
/// # Errors
/// A line that does not say what it should; twins.
pub(super) fn read_people<'a>(
    lines: &mut ProjectLines<'a>,
    notes: &mut Vec<String>,
) -> Result<ProjectPeople<'a>, FamiliasError> {
    const PERSONS: &str = "the number of persons";
    let first = lines.next(PERSONS)?;
    let count: usize = if first.text().is_empty() { lines.number(PERSONS)? } else { first.number(PERSONS)? };
    let mut persons = Vec::new();
    for _ in 0..count {
        persons.push(read_person(lines, notes)?);
    }
    let heading = lines.next("\"Known relations\"")?;
    if heading.text() != "Known relations" {
        return Err(heading.not("\"Known relations\""));
    }
    let named: Vec<ProjectMember> =
        persons.iter().map(|(person, _)| ProjectMember { name: person.name.clone(), sex: person.sex }).collect();
    let mut members = Members { named: &named, added: Vec::new() };
    let known = read_relations(lines, &mut members)?;
    let mut pedigrees = Vec::new();
    let count = lines.next("the number of pedigrees")?;
    let pedigrees_there: usize = count.number("the number of pedigrees")?;
    if pedigrees_there.saturating_mul(known.len().max(1)) > MOST_RELATIONS {
        return Err(count.not("fewer pedigrees (known relations stand in each)"));
    }
    for _ in 0..pedigrees_there {
        lines.next("the number of a pedigree")?;
        let name = lines.next("the name of a pedigree")?;
        let mut members = members.clone();
        let mut relations = known.clone();
        relations.extend(read_relations(lines, &mut members)?);
        pedigrees.push(ProjectPedigree { line: name.number, name: name.text().to_owned(), relations });
    }
    Ok(ProjectPeople { persons, pedigrees })
}

fn read_person<'a>(
    lines: &mut ProjectLines<'a>,
    notes: &mut Vec<String>,
) -> Result<(ProjectPerson, Vec<TypedAt<'a>>), FamiliasError> {
    const FLAG: &str = "#TRUE# or #FALSE#";
    let name = lines.next("the name of a person")?;
    let flag = lines.next(FLAG)?;
    let year = lines.next("a year of birth, -1 without one")?;
    let is_child = lines.next(FLAG)?;
    for flag in [flag, is_child] {
        if flag.flag(FLAG)? {
            notes.push(format!(
                "line {}: a setting of `{}` for the prior of pedigrees is not used",
                flag.number,
                name.text()
            ));
        }
    }
    let may_drop_out = year.text().contains("(Consider dropouts)");
    if !year.text().starts_with("-1") {
        notes.push(format!(
            "line {}: the year of birth of `{}` is not used: {}",
            year.number,
            name.text(),
            year.text()
        ));
    }
    let is_male = lines.next("#TRUE# (male) or #FALSE# (female)")?.flag("#TRUE# (male) or #FALSE# (female)")?;
    let sex = if is_male { Sex::Male } else { Sex::Female };
    let mut typed = Vec::new();
    for _ in 0..lines.number::<usize>("the number of loci that were typed")? {
        const ALLELE: &str = "the position of an allele";
        typed.push([lines.next(ALLELE)?, lines.next(ALLELE)?, lines.next("the position of a locus")?]);
    }
    let (line, name) = (name.number, name.text().to_owned());
    Ok((ProjectPerson { line, name, sex, may_drop_out, genotypes: Vec::new() }, typed))
}

/// Whom the positions in relations mean: the named persons, then so many women and men that were added, first for all pedigrees.
#[derive(Clone)]
struct Members<'m> {
    named: &'m [ProjectMember],
    added: Vec<(usize, Sex)>,
}

impl Members<'_> {
    fn at(&self, line: ProjectLine<'_>) -> Result<ProjectMember, FamiliasError> {
        let mut position: usize = line.number("the position of a person")?;
        if let Some(member) = self.named.get(position) {
            return Ok(member.clone());
        }
        position -= self.named.len();
        let mut before = 0_usize;
        for &(count, sex) in &self.added {
            if position < count {
                let place = before.saturating_add(position).saturating_add(1);
                return Ok(ProjectMember { name: format!("added {sex} {place}"), sex });
            }
            position -= count;
            before = before.saturating_add(count);
        }
        Err(line.not("the position of a person"))
    }
}

/// Reads how many people are added, and the relations.
fn read_relations(lines: &mut ProjectLines<'_>, members: &mut Members<'_>) -> Result<Vec<Relation>, FamiliasError> {
    members.added.push((lines.number("the number of added women")?, Sex::Female));
    members.added.push((lines.number("the number of added men")?, Sex::Male));
    let mut relations = Vec::new();
    for _ in 0..lines.number::<usize>("the number of relations")? {
        let (parent, child) = (lines.next("the position of a parent")?, lines.next("the position of a child")?);
        if let Some(twins) = [parent, child].iter().find(|line| line.text().contains("Direct")) {
            return Err(twins
                .refuse("a direct relation (one person, or twins of one egg) is not computed: give it as one person"));
        }
        let (line, parent, child) = (parent.number, members.at(parent)?, members.at(child)?);
        relations.push(Relation { parent, child, line });
    }
    Ok(relations)
}

impl ProjectPeople<'_> {
    /// Puts the persons, with the labels of their alleles, and the pedigrees into the project, whose database is known.
    ///
    /// # Errors
    /// A position beyond the loci, or beyond the alleles of a locus.
    pub fn into_project(self, project: &mut Project) -> Result<(), FamiliasError> {
        for (mut person, typed) in self.persons {
            for at in typed {
                person.genotypes.push(genotype(at, project)?);
            }
            project.persons.push(person);
        }
        project.pedigrees = self.pedigrees;
        Ok(())
    }
}

fn genotype([first, second, locus]: TypedAt<'_>, project: &Project) -> Result<ProjectGenotype, FamiliasError> {
    const LOCUS: &str = "the position of a locus of the database";
    let found = project.loci.get(locus.number::<usize>(LOCUS)?).ok_or_else(|| locus.not(LOCUS))?;
    let label = |line: ProjectLine<'_>| {
        const ALLELE: &str = "the position of an allele of its locus, or -1";
        match line.number::<i64>(ALLELE)? {
            -1 => Ok(String::new()),
            at => {
                usize::try_from(at).ok().and_then(|at| found.alleles.get(at)).cloned().ok_or_else(|| line.not(ALLELE))
            }
        }
    };
    Ok(ProjectGenotype { line: first.number, locus: found.name.clone(), alleles: [label(first)?, label(second)?] })
}
