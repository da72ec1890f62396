//! Projects of the program Familias (`.fam`, versions 3.2 and 3.3): allele frequencies, mutation models, persons with their
//! alleles, pedigrees, and for the identification of disaster victims a section `[DVI]`.
//!
//! The file is a list of lines, one value each, in a fixed order: persons, known relations, pedigrees, the database of loci. Sections
//! in brackets follow: `[DVI]` with remains and reference families, `[Prior]`, `[Advanced]`. A whole project is read; what is made
//! of it is for [`case`], [`families`] and [`markers`]. What filia does not model is refused with its line, or noted with it.

mod brackets;
pub mod case;
mod database;
mod dvi;
pub mod families;
mod lines;
pub mod markers;
mod persons;
pub mod write;

use crate::profile::Sex;
use lines::ProjectLines;
use std::collections::BTreeSet;

/// The part of a project that holds the remains, as profiles: `FILE.fam:Unidentified persons`.
pub const REMAINS: &str = "Unidentified persons";
/// The part of a project that holds the relatives, as profiles: `FILE.fam:Reference Families`.
pub const RELATIVES: &str = "Reference Families";
/// What a project is called as a format.
pub const FORMAT: &str = "Familias project";
/// How every `.fam` file begins.
const BEGINNING: &str = "Output from Familias";

/// A `.fam` file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FamiliasError {
    /// A line does not say what it should.
    #[error("line {line}: found `{found}`, expected {expected}")]
    Found {
        /// 1-based.
        line: u64,
        /// What is there.
        found: String,
        /// What should be there.
        expected: &'static str,
    },
    /// The file is cut off.
    #[error("the file ends after line {line}, expected {expected}")]
    Ends {
        /// 1-based line that is the last.
        line: u64,
        /// What should follow.
        expected: &'static str,
    },
    /// Something that filia does not model, or that contradicts itself.
    #[error("line {line}: {why}")]
    Refused {
        /// 1-based.
        line: u64,
        /// Why, with the remedy.
        why: String,
    },
    /// Something that is looked for is not there.
    #[error("{0}")]
    Lacks(&'static str),
}

/// A project as it stands in the file.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The version of the program.
    pub version: String,
    /// The persons.
    pub persons: Vec<ProjectPerson>,
    /// The pedigrees, each with the relations that hold in all of them.
    pub pedigrees: Vec<ProjectPedigree>,
    /// The coancestry coefficient.
    pub theta: f64,
    /// The database's name.
    pub database: String,
    /// The loci of the database.
    pub loci: Vec<ProjectLocus>,
    /// The section `[DVI]`.
    pub dvi: Option<Dvi>,
    /// What is said of the persons and is not used, with the lines.
    pub notes: Vec<String>,
}

/// A person with what was typed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ProjectPerson {
    /// 1-based line of the name.
    pub line: u64,
    /// Name.
    pub name: String,
    /// Sex; unknown where it is not stated.
    pub sex: Sex,
    /// Whether the alleles of this person may drop out.
    pub may_drop_out: bool,
    /// What was typed.
    pub genotypes: Vec<ProjectGenotype>,
}

/// The alleles of a person at one locus; an empty text is an allele that was not determined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProjectGenotype {
    /// 1-based line.
    pub line: u64,
    /// The locus.
    pub locus: String,
    /// The labels.
    pub alleles: [String; 2],
}

/// Who is whose parent under one hypothesis.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProjectPedigree {
    /// 1-based line of the name.
    pub line: u64,
    /// Name.
    pub name: String,
    /// Parents and children.
    pub relations: Vec<Relation>,
}

/// A parent and a child.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Relation {
    /// The parent.
    pub parent: ProjectMember,
    /// The child.
    pub child: ProjectMember,
    /// 1-based line of the parent.
    pub line: u64,
}

/// A person who is named in a relation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ProjectMember {
    /// Name.
    pub name: String,
    /// Sex; unknown where it is not stated.
    pub sex: Sex,
}

/// A locus of the database.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ProjectLocus {
    /// 1-based line of the name.
    pub line: u64,
    /// Name.
    pub name: String,
    /// Labels of the visible alleles.
    pub alleles: Vec<String>,
    /// Their frequencies.
    pub frequencies: Vec<f64>,
    /// Frequency of the silent allele; 0 without one.
    pub silent_frequency: f64,
    /// Mutation from mother to child.
    pub female: ProjectMutation,
    /// Mutation from father to child.
    pub male: ProjectMutation,
    /// `DatabaseSize`.
    pub size: Option<f64>,
    /// Probability that an allele drops out, of persons for whom that is considered.
    pub drop_out: f64,
    /// `Minor allele frequency`.
    pub minimum_frequency: f64,
}

/// Mutation by one sex of the parent.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct ProjectMutation {
    /// 1-based line of the model's number.
    pub line: u64,
    /// 0 equal, 1 proportional, 2 stepwise, 3 stepwise made stationary, 4 stepwise between repeat classes too.
    pub model: u8,
    /// Probability of a mutation.
    pub rate: f64,
    /// How much less likely each further step is.
    pub range: f64,
    /// Probability of a change of repeat class.
    pub rate2: f64,
}

/// The section `[DVI]`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Dvi {
    /// Unidentified persons.
    pub remains: Vec<ProjectPerson>,
    /// Reference families.
    pub families: Vec<ReferenceFamily>,
}

/// A family that misses somebody.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReferenceFamily {
    /// 1-based line.
    pub line: u64,
    /// Name.
    pub name: String,
    /// The persons, typed or not.
    pub persons: Vec<ProjectPerson>,
    /// Its pedigrees.
    pub pedigrees: Vec<ProjectPedigree>,
}

/// Whether a file that begins with these bytes is a `.fam` file.
pub fn is_familias(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    start.strip_prefix(b"\"").unwrap_or(start).starts_with(BEGINNING.as_bytes())
}

/// Reads the bytes of a project.
///
/// # Errors
/// What is cut off or no project; what filia does not model.
pub fn parse_project(bytes: &[u8]) -> Result<Project, FamiliasError> {
    let text = super::table_file::decode(bytes);
    let mut lines = ProjectLines::new(&text);
    let first = lines.next("the first line of a Familias project")?;
    if !is_familias(first.text().as_bytes()) {
        return Err(first.not("\"Output from Familias, version …\""));
    }
    lines.next("a second line")?;
    let mut project =
        Project { version: lines.next("the version of Familias")?.text().to_owned(), ..Project::default() };
    let people = persons::read_people(&mut lines, &mut project.notes)?;
    database::read_database(&mut lines, &mut project)?;
    people.into_project(&mut project)?;
    let sections = brackets::read_sections(&mut lines)?;
    project.dvi = dvi::read_dvi(&sections, &mut project.notes)?;
    Ok(project)
}

/// The names of those who were typed.
fn typed_names(persons: &[ProjectPerson]) -> BTreeSet<&str> {
    persons.iter().filter(|person| !person.genotypes.is_empty()).map(|person| person.name.as_str()).collect()
}
