//! The second part of a `.fam` file: the database of loci.

use super::{
    FamiliasError, Project, ProjectLocus, ProjectMutation,
    lines::{ProjectLine, ProjectLines},
};

/// Reads theta and the loci.
///
/// # Errors
/// A line that does not say what it should; stored probabilities; several databases.
pub(super) fn read_database(lines: &mut ProjectLines<'_>, project: &mut Project) -> Result<(), FamiliasError> {
    const DATABASES: &str = "#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: 0 )";
    let line = lines.next(DATABASES)?;
    if line.flag(DATABASES)? {
        return Err(line.refuse(
            "the file holds computed probabilities, which are not read: save the project before it is computed",
        ));
    }
    if let Some(databases) = line.value_of("#Databases").filter(|&databases| databases != 1.0) {
        return Err(
            line.refuse(format!("found {databases} databases, expected 1: save a project with the one that is used"))
        );
    }
    project.theta = line.value_of("Theta/Kinship/Fst").unwrap_or(0.0);
    let count: usize = lines.number("the number of loci")?;
    if lines.next("#TRUE# (a database with a name) or #FALSE#")?.flag("#TRUE# or #FALSE#")? {
        lines.next("the name of the database")?.text().clone_into(&mut project.database);
    }
    for _ in 0..count {
        project.loci.push(read_locus(lines)?);
    }
    Ok(())
}

fn read_locus(lines: &mut ProjectLines<'_>) -> Result<ProjectLocus, FamiliasError> {
    let name = lines.next("the name of a locus")?;
    let mut locus = ProjectLocus { line: name.number, name: name.text().to_owned(), ..ProjectLocus::default() };
    let (mut female, mut male) = (ProjectMutation::default(), ProjectMutation::default());
    (female.rate, male.rate) = pair(lines, "a mutation rate")?;
    for sex in [&mut female, &mut male] {
        let line = lines.next(MODEL)?;
        sex.line = line.number;
        sex.model = line.number::<u8>(MODEL)?;
        if sex.model > 4 {
            return Err(line.not(MODEL));
        }
    }
    lines.number::<usize>("the number of alleles, a silent one among them")?;
    (female.range, male.range) = pair(lines, "a mutation range")?;
    (female.rate2, male.rate2) = pair(lines, "a second mutation rate")?;
    (locus.female, locus.male) = (female, male);
    let has_silent = lines.next("#TRUE# (with a silent allele) or #FALSE#")?.flag("#TRUE# or #FALSE#")?;
    let silent: f64 = lines.number("the frequency of the silent allele")?;
    locus.silent_frequency = if has_silent { silent } else { 0.0 };
    let count = read_sizes(lines.next(ALLELES)?, &mut locus)?;
    for _ in 0..count {
        locus.alleles.push(lines.next("the name of an allele")?.text().to_owned());
        locus.frequencies.push(lines.number("the frequency of an allele")?);
    }
    Ok(locus)
}

const MODEL: &str = "the number of a mutation model, from 0 to 4";
const ALLELES: &str = "the number of alleles, with (DatabaseSize = …)";

/// A number for mothers and one for fathers.
fn pair(lines: &mut ProjectLines<'_>, expected: &'static str) -> Result<(f64, f64), FamiliasError> {
    Ok((lines.number(expected)?, lines.number(expected)?))
}

/// The number of alleles, and what stands in brackets behind it.
fn read_sizes(line: ProjectLine<'_>, locus: &mut ProjectLocus) -> Result<usize, FamiliasError> {
    let count = line.text().split(['\t', ' ', '(']).next().and_then(|count| count.parse().ok());
    locus.size = line.value_of("DatabaseSize").filter(|&size| size > 0.0);
    locus.drop_out = line.value_of("Dropout probability").unwrap_or(0.0);
    locus.minimum_frequency = line.value_of("Minor allele frequency").unwrap_or(0.0);
    count.ok_or_else(|| line.not(ALLELES))
}
