//! A project as the lines of a `.fam` file (version 3.3).

use super::{Project, ProjectLocus, ProjectPedigree, ProjectPerson, RELATIVES, REMAINS, ReferenceFamily};
use crate::profile::Sex;
use std::collections::HashMap;
use std::io::{self, Write};

/// Writes a project. Relations of [`Project::pedigrees`] may name its persons only.
///
/// # Errors
/// What the target refuses.
pub fn write_project(project: &Project, mut target: impl Write) -> io::Result<()> {
    let version = if project.dvi.is_some() { "3.3 (DVI)" } else { "3.3" };
    write!(
        target,
        "\"Output from Familias, version 3.3\"\n\"written by filia\"\n{version}\n\"\"\n{}\n",
        project.persons.len()
    )?;
    let loci: HashMap<&str, (usize, &ProjectLocus)> =
        project.loci.iter().enumerate().map(|(at, locus)| (locus.name.as_str(), (at, locus))).collect();
    for person in &project.persons {
        write_person(person, &loci, &mut target)?;
    }
    write!(target, "\"Known relations\"\n0\n0\n0\n{}\n", project.pedigrees.len())?;
    let positions: HashMap<&str, usize> =
        project.persons.iter().enumerate().map(|(at, person)| (person.name.as_str(), at)).collect();
    for (at, pedigree) in project.pedigrees.iter().enumerate() {
        let relations = pedigree.relations.iter().filter_map(|relation| {
            Some((*positions.get(&*relation.parent.name)?, *positions.get(&*relation.child.name)?))
        });
        let relations: Vec<_> = relations.collect();
        write!(target, "{at}\n\"{}\"\n0\n0\n{}\n", pedigree.name, relations.len())?;
        relations.iter().try_for_each(|(parent, child)| writeln!(target, "{parent}\n{child}"))?;
    }
    let (theta, count, name) = (project.theta, project.loci.len(), &project.database);
    write!(target, "#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: {theta} )\n{count}\n#TRUE#\n\"{name}\"\n")?;
    project.loci.iter().try_for_each(|locus| write_locus(locus, &mut target))?;
    if let Some(dvi) = &project.dvi {
        write!(target, "\n[DVI]\n[[{REMAINS}]]\nnPersons= {}\n", dvi.remains.len())?;
        write_people(&dvi.remains, 3, &mut target)?;
        write!(target, "[[{RELATIVES}]]\nnFamilies= {}\n", dvi.families.len())?;
        for (at, family) in dvi.families.iter().enumerate() {
            write_family(at + 1, family, &mut target)?;
        }
    }
    target.flush()
}

fn flag(is_so: bool) -> &'static str {
    if is_so { "#TRUE#" } else { "#FALSE#" }
}

/// A person with the positions of loci and alleles.
fn write_person(
    person: &ProjectPerson,
    loci: &HashMap<&str, (usize, &ProjectLocus)>,
    target: &mut impl Write,
) -> io::Result<()> {
    let drop_out = if person.may_drop_out { " (Consider dropouts)" } else { "" };
    let is_male = flag(person.sex == Sex::Male);
    let typed = person.genotypes.iter().filter_map(|genotype| {
        let &(at, locus) = loci.get(&*genotype.locus)?;
        let position = |label: &String| locus.alleles.iter().position(|known| known == label);
        let [first, second] = &genotype.alleles;
        Some((position(first)?, position(second)?, at))
    });
    let typed: Vec<_> = typed.collect();
    write!(target, "\"{}\"\n#FALSE#\n-1{drop_out}\n#FALSE#\n{is_male}\n{}\n", person.name, typed.len())?;
    typed.iter().try_for_each(|(first, second, locus)| writeln!(target, "{first}\n{second}\n{locus}"))
}

fn write_locus(locus: &ProjectLocus, target: &mut impl Write) -> io::Result<()> {
    let ProjectLocus { female, male, silent_frequency, .. } = locus;
    let (count, has_silent) = (locus.alleles.len(), *silent_frequency > 0.0);
    write!(target, "\"{}\"\n{}\n{}\n{}\n{}\n", locus.name, female.rate, male.rate, female.model, male.model)?;
    writeln!(target, "{}", count + usize::from(has_silent))?;
    write!(target, "{}\n{}\n{}\n{}\n", female.range, male.range, female.rate2, male.rate2)?;
    let (size, drop_out, minimum) = (locus.size.unwrap_or(0.0), locus.drop_out, locus.minimum_frequency);
    write!(target, "{}\n{silent_frequency}\n{count}\t", flag(has_silent))?;
    writeln!(
        target,
        "(DatabaseSize = {size} , Dropout probability = {drop_out} , Minor allele frequency = {minimum} )"
    )?;
    let mut alleles = locus.alleles.iter().zip(&locus.frequencies);
    alleles.try_for_each(|(label, frequency)| writeln!(target, "\"{label}\"\n{frequency}"))
}

/// A heading at this depth: `[[[title]]]`.
fn heading(depth: usize, title: &str) -> String {
    format!("{}{title}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Persons with the labels of their alleles.
fn write_people(people: &[ProjectPerson], depth: usize, target: &mut impl Write) -> io::Result<()> {
    for (at, person) in people.iter().enumerate() {
        let gender = match person.sex {
            Sex::Male => "Male",
            Sex::Female => "Female",
            Sex::Unknown => "Unknown",
        };
        writeln!(
            target,
            "{}\nName= {}\nGender= {gender}",
            heading(depth, &format!("Person {} ", at + 1)),
            person.name
        )?;
        writeln!(target, "{}\nnSystems= {}", heading(depth + 1, "DNA data"), person.genotypes.len())?;
        for genotype in &person.genotypes {
            let [first, second] = &genotype.alleles;
            writeln!(target, "SystemName= {}\nAllele1= {first}\nAllele2= {second}", genotype.locus)?;
        }
    }
    Ok(())
}

fn write_family(number: usize, family: &ReferenceFamily, target: &mut impl Write) -> io::Result<()> {
    writeln!(target, "{}\nName= {}", heading(3, &format!("Family {number} ")), family.name)?;
    writeln!(target, "{}\nnPersons= {}", heading(4, "Persons"), family.persons.len())?;
    write_people(&family.persons, 5, target)?;
    writeln!(target, "{}\nnPedigrees= {}", heading(4, "Pedigrees"), family.pedigrees.len())?;
    for (at, ProjectPedigree { name, relations, .. }) in family.pedigrees.iter().enumerate() {
        writeln!(
            target,
            "{}\nName= {name}\nnRelations= {}",
            heading(5, &format!("Pedigree {}", at + 1)),
            relations.len()
        )?;
        let mut pairs = relations.iter().map(|relation| (&relation.parent.name, &relation.child.name));
        pairs.try_for_each(|(parent, child)| writeln!(target, "Parent= {parent}\nChild= {child}"))?;
    }
    Ok(())
}
