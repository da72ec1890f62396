//! The pedigree file: one row a person, `family_id,person_id,father_id,mother_id,sex,missing`.
//!
//! A person without a sex who is named as a father is a man, as a mother a woman. A parent who has no row is added, with a
//! note. Columns for people only (`comment`, `x_…`) are let be; any other is refused, and so is a row of another length than
//! the header: something in it would be read as something else.

use super::delimited::{DelimitedError, DelimitedFile, Header, decode};
use super::familias::{self, FamiliasError, families::is_called_missing, is_familias, parse_project};
use super::known_names::{complain, is_free};
use super::linkage_file::{linkage_fields, read_rows};
use super::missing::{Missing, is_missing, missing};
use super::pedigree_notes::notes;
use super::source::Inputs;
use super::workbook::{SEPARATOR, WorkbookError, is_workbook, read_sheet, sheet_name, split_part};
use crate::inheritance::pedigree::PedigreeError;
use crate::inheritance::{Family, Listed};
use crate::profile::Sex;
use std::{
    collections::{BTreeMap, HashMap},
    io,
    path::{Path, PathBuf},
};

/// The columns, in any order in the file.
const COLUMNS: [&str; 6] = ["family_id", "person_id", "father_id", "mother_id", "sex", "missing"];

/// A pedigree file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {cause}", file.display(), if *line > 0 { format!(", line {line}") } else { String::new() })]
pub struct PedigreeFileError {
    /// The file.
    pub file: PathBuf,
    /// 1-based line; 0 where no single line is at fault.
    pub line: u64,
    /// What is wrong.
    pub cause: PedigreeFileProblem,
}

/// What is wrong with a pedigree file.
#[derive(Debug, thiserror::Error)]
pub enum PedigreeFileProblem {
    /// It cannot be read as a table.
    #[error(transparent)]
    Table(#[from] DelimitedError),
    /// It is a workbook that cannot be used.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// It is a Familias project that cannot be used.
    #[error(transparent)]
    Familias(#[from] FamiliasError),
    /// A row of a linkage program's file that is too short.
    #[error("found {0} fields, expected at least 5: family, person, father, mother, sex")]
    Fields(usize),
    /// Nobody is looked for in a file that has no column for it.
    #[error("there is nobody to look for: expected status 2 (the sixth field), or an id that begins with `Missing`")]
    NoStatus,
    /// A column is missing.
    #[error("no column `{0}`: expected the columns family_id, person_id, father_id, mother_id, sex, missing")]
    NoColumn(&'static str),
    /// A column occurs twice.
    #[error("two columns `{0}`")]
    TwoColumns(&'static str),
    /// A column that nobody knows.
    #[error("{0}")]
    UnknownColumn(String),
    /// Cells under a header cell without a name.
    #[error("column {column}: found `{found}` in a column without a name")]
    NamelessColumn {
        /// 1-based.
        column: usize,
        /// The cell.
        found: String,
    },
    /// A row of another length than the header.
    #[error("found {found} cells, expected {expected} as in the header (a blank cell keeps its separator)")]
    Cells {
        /// Number of cells of the row.
        found: usize,
        /// Number of cells of the header.
        expected: usize,
    },
    /// A cell without which a row says nothing.
    #[error("column {0}: empty, expected an id")]
    NoId(&'static str),
    /// A word that means nobody.
    #[error("column person_id: `{0}` cannot be an id, it means nobody")]
    Nobody(String),
    /// A sex that is none.
    #[error("column sex: found `{0}`, expected female, male or unknown")]
    Sex(String),
    /// Neither yes nor no.
    #[error("column missing: found `{0}`, expected yes or no")]
    Missing(String),
    /// A person listed twice in one family.
    #[error("person `{person}` of family `{family}` is already listed in line {first}")]
    ListedTwice {
        /// The person.
        person: String,
        /// The family.
        family: String,
        /// 1-based line.
        first: u64,
    },
    /// Two families look for one id.
    #[error(
        "missing person `{person}` of family `{family}` is already looked for by family `{first_family}` in line {first}: if \
         they are one person, the families are one; if not, give them different ids"
    )]
    MissingTwice {
        /// The person.
        person: String,
        /// The family of this line.
        family: String,
        /// The family of the earlier line.
        first_family: String,
        /// 1-based line.
        first: u64,
    },
    /// `*` stands for "nobody" in the results.
    #[error("column person_id: `*` cannot be an id, it stands for nobody in the results")]
    Reserved,
    /// The people form no pedigree.
    #[error("family `{family}`: {cause}")]
    NoPedigree {
        /// The family.
        family: String,
        /// What is wrong.
        cause: PedigreeError,
    },
    /// Nobody is looked for.
    #[error("no row says `yes` in column missing: there is nobody to look for")]
    NobodyMissing,
}

/// The families of a pedigree file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pedigrees {
    /// The families, in the order of their ids.
    pub families: Vec<Family>,
    /// What a reader of results should know of how they were read.
    pub notes: Vec<String>,
}

/// Reads the families.
///
/// # Errors
/// An unreadable file, missing or unknown columns, rows of another length, unusable cells, people who form no pedigree, nobody
/// who is missing.
pub fn read_pedigrees(path: &Path, inputs: &Inputs) -> Result<Pedigrees, PedigreeFileError> {
    let (file, sheet) = split_part(path);
    let in_file = |cause: PedigreeFileProblem| PedigreeFileError { file: file.clone(), line: 0, cause };
    let bytes = inputs.read(&file).map_err(|cause| in_file(DelimitedError::from(cause).into()))?;
    match &sheet {
        None if is_familias(&bytes) => return families_of_project(path, &bytes).map_err(in_file),
        None if !is_workbook(&bytes) => return parse_pedigrees(path, &bytes),
        Some(sheet) if !is_workbook(&bytes) => {
            let cause = io::Error::new(io::ErrorKind::NotFound, format!("no workbook, so it has no sheet `{sheet}`"));
            return Err(in_file(DelimitedError::from(cause).into()));
        }
        _ => {}
    }
    let sheet = read_sheet(&bytes, sheet.as_deref()).map_err(|cause| in_file(cause.into()))?;
    let name = sheet_name(&file.display().to_string(), &sheet.name);
    let recognise = |cells: &[String]| cells.iter().filter(|cell| column_of(cell).is_some()).count();
    let table = DelimitedFile::separated_by(SEPARATOR, &sheet.text[..], recognise, |_| true);
    read_table(Path::new(&name), table.map_err(|cause| in_file(cause.into()))?)
}

/// The families of a project of the program Familias.
fn families_of_project(path: &Path, bytes: &[u8]) -> Result<Pedigrees, PedigreeFileProblem> {
    let mut found = familias::families::families(&parse_project(bytes)?)?;
    found.notes.iter_mut().for_each(|note| *note = format!("{}: {note}", path.display()));
    found.notes.extend(notes(&found.families, &BTreeMap::new()));
    Ok(Pedigrees { families: found.families, notes: found.notes })
}

/// Reads the bytes of a pedigree file; `path` is what messages name.
///
/// # Errors
/// As [`read_pedigrees`].
pub fn parse_pedigrees(path: &Path, bytes: &[u8]) -> Result<Pedigrees, PedigreeFileError> {
    if linkage_fields(bytes).is_some() {
        return read_linkage(path, bytes);
    }
    let at = |line: u64| move |cause| PedigreeFileError { file: path.to_owned(), line, cause };
    let recognise = |cells: &[String]| cells.iter().filter(|cell| column_of(cell).is_some()).count();
    read_table(path, DelimitedFile::new(bytes, recognise).map_err(|cause| at(0)(cause.into()))?)
}

/// Reads the rows below a header; `path` is what messages name.
fn read_table(path: &Path, (file, header): (DelimitedFile<'_>, Header)) -> Result<Pedigrees, PedigreeFileError> {
    let at = |line: u64| move |cause| PedigreeFileError { file: path.to_owned(), line, cause };
    let places = find_columns(&header).map_err(at(header.line))?;
    let mut families: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for chunk in file.chunks() {
        let chunk = chunk.map_err(|cause| at(0)(cause.into()))?;
        let mut records = chunk.records();
        let mut record = records.record();
        while let Some(line) = records.read(&mut record) {
            let row: Vec<String> = record.iter().map(|cell| decode(cell).trim().to_owned()).collect();
            if row.iter().all(String::is_empty) {
                continue;
            }
            check_row(&header, &row).map_err(at(line))?;
            let (family, person) = parse_row(places.map(|place| row[place].clone()), line).map_err(at(line))?;
            families.entry(family).or_default().push(person);
        }
    }
    families_of(path, families)
}

/// The families of these people; `path` is what messages name.
fn families_of(path: &Path, families: BTreeMap<String, Vec<Listed>>) -> Result<Pedigrees, PedigreeFileError> {
    let at = |line: u64| move |cause| PedigreeFileError { file: path.to_owned(), line, cause };
    check_ids(&families).map_err(|(line, cause)| at(line)(cause))?;
    let without_sex = families.iter().map(|(id, people)| {
        let without = people.iter().filter(|person| person.missing && person.sex == Sex::Unknown);
        (id.clone(), without.map(|person| person.id.clone()).collect())
    });
    let without_sex: BTreeMap<String, Vec<String>> = without_sex.collect();
    let families = families.into_iter().map(|(id, people)| {
        let first_line = people.iter().map(|person| person.line).min().unwrap_or(0);
        Family::new(&id, people)
            .map_err(|cause| at(first_line)(PedigreeFileProblem::NoPedigree { family: id.clone(), cause }))
    });
    let families = families.collect::<Result<Vec<_>, _>>()?;
    Ok(Pedigrees { notes: notes(&families, &without_sex), families })
}

/// Reads a file of a linkage program, which has no header and no column `missing`: those with status 2 are looked for; where nobody
/// has it, those whose ids begin with `Missing`.
fn read_linkage(path: &Path, bytes: &[u8]) -> Result<Pedigrees, PedigreeFileError> {
    let at = |line: u64| move |cause| PedigreeFileError { file: path.to_owned(), line, cause };
    let rows = read_rows(bytes).map_err(|(line, found)| at(line)(PedigreeFileProblem::Fields(found)))?;
    let has_status = |rest: &[String]| rest.first().is_some_and(|status| status == "2");
    let any_status = rows.iter().any(|row| has_status(&row.rest));
    let mut looked_for = Vec::new();
    let mut families: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for row in rows {
        let is_missing = if any_status { has_status(&row.rest) } else { is_called_missing(&row.fields[1]) };
        if is_missing {
            looked_for.push(format!("`{}`", row.fields[1]));
        }
        let [family, id, father, mother, sex] = row.fields;
        let missing = if is_missing { "yes" } else { "no" }.to_owned();
        let (family, person) = parse_row([family, id, father, mother, sex, missing], row.line).map_err(at(row.line))?;
        families.entry(family).or_default().push(person);
    }
    if looked_for.is_empty() {
        return Err(at(0)(PedigreeFileProblem::NoStatus));
    }
    let rule = if any_status { "those with status 2" } else { "those whose ids begin with `Missing`" };
    let note = format!("{}: {rule} are looked for: {}", path.display(), looked_for.join(", "));
    let mut found = families_of(path, families)?;
    found.notes.insert(0, note);
    Ok(found)
}

/// Refuses a row that is longer or shorter than the header, and a cell under no name.
fn check_row(header: &Header, row: &[String]) -> Result<(), PedigreeFileProblem> {
    let (found, expected) = (row.len(), header.cells.len());
    if found != expected {
        return Err(PedigreeFileProblem::Cells { found, expected });
    }
    let nameless = header.cells.iter().zip(row).position(|(name, cell)| name.is_empty() && !cell.is_empty());
    match nameless {
        Some(at) => Err(PedigreeFileProblem::NamelessColumn { column: at + 1, found: row[at].clone() }),
        None => Ok(()),
    }
}

/// The column that a header cell names: case, space, `_` and `-` do not matter, nor does a final `id`.
fn column_of(cell: &str) -> Option<usize> {
    let bare = |text: &str| {
        let plain: String = text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_lowercase();
        plain.strip_suffix("id").map(str::to_owned).unwrap_or(plain)
    };
    COLUMNS.iter().position(|name| bare(name) == bare(cell))
}

fn find_columns(header: &Header) -> Result<[usize; 6], PedigreeFileProblem> {
    let unknown = |cell: &&String| !cell.is_empty() && column_of(cell).is_none() && !is_free(cell);
    let complaint = header.cells.iter().find(unknown).and_then(|cell| complain("column", cell, &COLUMNS));
    let mut places = [0; 6];
    for (column, name) in COLUMNS.iter().enumerate() {
        let mut named = header.cells.iter().enumerate().filter(|(_, cell)| column_of(cell) == Some(column));
        places[column] = named.next().ok_or(PedigreeFileProblem::NoColumn(name))?.0;
        if named.next().is_some() {
            return Err(PedigreeFileProblem::TwoColumns(name));
        }
    }
    // last: a column that is missing says more than the one that stands in its place
    complaint.map_or(Ok(places), |complaint| Err(PedigreeFileProblem::UnknownColumn(complaint)))
}

fn parse_row(cells: [String; 6], line: u64) -> Result<(String, Listed), PedigreeFileProblem> {
    let [family, id, father, mother, sex, missing] = cells;
    if family.is_empty() {
        return Err(PedigreeFileProblem::NoId("family_id"));
    }
    if id.is_empty() {
        return Err(PedigreeFileProblem::NoId("person_id"));
    }
    if id == "*" {
        return Err(PedigreeFileProblem::Reserved);
    }
    if is_missing(&id) {
        return Err(PedigreeFileProblem::Nobody(id));
    }
    let person = Listed {
        id,
        father: parse_parent(father),
        mother: parse_parent(mother),
        sex: parse_sex(&sex).ok_or(PedigreeFileProblem::Sex(sex))?,
        missing: parse_yes(&missing).ok_or(PedigreeFileProblem::Missing(missing))?,
        line,
    };
    Ok((family, person))
}

/// `*` names nobody in the results, and so here; so does every word for nobody.
fn parse_parent(cell: String) -> Option<String> {
    (cell != "*" && !is_missing(&cell)).then_some(cell)
}

/// Words and letters, and the codes of linkage programs (1 male, 2 female, 0 unknown).
fn parse_sex(cell: &str) -> Option<Sex> {
    match cell.to_lowercase().as_str() {
        "f" | "female" | "w" | "woman" | "2" => Some(Sex::Female),
        "m" | "male" | "man" | "1" => Some(Sex::Male),
        "u" => Some(Sex::Unknown),
        _ => is_missing(cell).then_some(Sex::Unknown),
    }
}

fn parse_yes(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Some(true),
        "no" | "n" | "false" | "0" => Some(false),
        _ => (missing(cell) == Some(Missing::Blank)).then_some(false),
    }
}

fn check_ids(families: &BTreeMap<String, Vec<Listed>>) -> Result<(), (u64, PedigreeFileProblem)> {
    let mut looked_for: HashMap<&str, (&str, u64)> = HashMap::new();
    for (family, people) in families {
        let mut listed: HashMap<&str, u64> = HashMap::new();
        for person in people {
            let names = || (person.id.clone(), family.clone());
            if let Some(first) = listed.insert(&person.id, person.line) {
                let (person_id, family) = names();
                return Err((person.line, PedigreeFileProblem::ListedTwice { person: person_id, family, first }));
            }
            if person.missing
                && let Some((first_family, first)) = looked_for.insert(&person.id, (family, person.line))
            {
                let (person_id, family) = names();
                let first_family = first_family.to_owned();
                let cause = PedigreeFileProblem::MissingTwice { person: person_id, family, first_family, first };
                return Err((person.line, cause));
            }
        }
    }
    if looked_for.is_empty() { Err((0, PedigreeFileProblem::NobodyMissing)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Pedigrees, PedigreeFileError> {
        parse_pedigrees(Path::new("p.csv"), text.as_bytes())
    }

    fn refusal(rows: &str) -> String {
        let text = format!("family_id,person_id,father_id,mother_id,sex,missing\n{rows}");
        let message = read(&text).unwrap_err().to_string();
        message.split_once(": ").map_or(message.clone(), |(place, cause)| {
            format!("{}: {cause}", place.split_once(", ").map_or("file", |(_, line)| line))
        })
    }

    #[test]
    fn families_in_order_whatever_the_separator_and_spelling() {
        let text = "Missing;Sex;Mother ID;Father ID;Person ID;Family;x_seen\nyes;M;;0;B;2;\n;1;Q;R;A;1;twice\ny;2;Q;R;M;1;\n\n;;\n";
        let families = read(text).unwrap().families;
        assert_eq!(families.iter().map(|family| family.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(families[0].pedigree.individuals().len(), 4);
        assert_eq!(families[0].missing, [1]);
        assert_eq!(families[0].lines, [3, 4, 0, 0]);
        assert_eq!(families[1].sex(0), Sex::Male);
    }

    #[test]
    fn refusals_name_line_and_cell() {
        for (rows, expected) in [
            ("1,,,,F,no\n", "line 2: column person_id: empty, expected an id"),
            ("1,A,,,F,no\n,A,,,F,no\n", "line 3: column family_id: empty, expected an id"),
            ("1,A,,,boy,no\n", "line 2: column sex: found `boy`, expected female, male or unknown"),
            ("1,A,,,F,maybe\n", "line 2: column missing: found `maybe`, expected yes or no"),
            ("1,0,,,F,no\n", "line 2: column person_id: `0` cannot be an id, it means nobody"),
            ("1,A,,,F\n", "line 2: found 5 cells, expected 6 as in the header (a blank cell keeps its separator)"),
            ("1,A,,,,F,no\n", "line 2: found 7 cells, expected 6 as in the header (a blank cell keeps its separator)"),
            ("1,A,,,F,no\n", "file: no row says `yes` in column missing: there is nobody to look for"),
            ("1,A,,,F,no\n1,A,,,F,yes\n", "line 3: person `A` of family `1` is already listed in line 2"),
            (
                "1,A,B,,F,yes\n1,B,,,F,no\n",
                "line 2: family `1`: `B` is the father of `A`, but is not male (recorded as female, or a mother elsewhere)",
            ),
            ("1,A,B,,M,yes\n1,B,A,,M,no\n", "line 2: family `1`: the parents form a cycle: `A` is an ancestor of `A`"),
        ] {
            assert_eq!(refusal(rows), expected);
        }
        let twice = refusal("1,A,,,F,yes\n2,A,,,F,yes\n");
        assert!(twice.contains("already looked for by family `1` in line 2"), "{twice}");
        let message = read("family_id,person_id,sex,missing\n1,A,F,yes\n").unwrap_err().to_string();
        assert!(message.contains("no column `father_id`"), "{message}");
        let header = "family_id,person_id,father_id,mother_id,sex,missing";
        let message = read(&format!("{header},twin_of\n1,A,,,F,yes,B\n")).unwrap_err().to_string();
        assert!(message.contains(", line 1: unknown column `twin_of`. Known here: family_id, person_id"), "{message}");
        let message = read(&format!("{header},\n1,A,,,F,yes,B\n")).unwrap_err().to_string();
        assert!(message.contains(", line 2: column 7: found `B` in a column without a name"), "{message}");
    }

    #[test]
    fn every_word_for_nobody_is_nobody() {
        let header = "family_id,person_id,father_id,mother_id,sex,missing\n";
        let with = |word: &str| read(&format!("{header}1,A,{word},M,{word},yes\n1,M,{word},{word},F,\n")).unwrap();
        let blank = with("");
        assert_eq!(blank.families[0].pedigree.individuals().len(), 2);
        for word in ["0", "-9", ".", "-", "NA", "N/A", "None", "unknown", "?", "ND", "INC"] {
            assert_eq!(with(word), blank, "{word}");
        }
    }

    #[test]
    fn what_was_made_of_a_family_is_noted() {
        let header = "family_id,person_id,father_id,mother_id,sex,missing\n";
        let notes = |rows: &str| read(&format!("{header}{rows}")).unwrap().notes;
        assert_eq!(
            notes("1,MP,D1,MUM,male,yes\n1,SIS,DI,MUM,female,no\n1,MUM,,,F,no\n"),
            [
                "pedigrees: parents without a row of their own are people of their own (a slip in an id makes another person): \
              family 1: `D1` (father of `MP`), `DI` (father of `SIS`)"
            ]
        );
        assert_eq!(
            notes("1,MP,DAD,MUM,M,yes\n1,SIS,,MUM,F,no\n1,MUM,,,F,no\n1,DAD,,,M,no\n"),
            [
                "pedigrees: children with a parent in common, taken as half-siblings: family 1: `SIS`, child of `MUM`, has a blank \
              father; `MP` has `DAD`"
            ]
        );
        assert_eq!(
            notes("1,MP,,,,yes\n1,SON,MP,,M,no\n"),
            [
                "pedigrees: missing persons without a sex, taken by their place in the family: family 1: `MP` is male, being a father"
            ]
        );
        assert_eq!(notes("1,MP,,,F,yes\n1,SON,,MP,M,no\n"), Vec::<String>::new());
        let many: String = (1..8).map(|family| format!("{family},MP{family},D,,M,yes\n")).collect();
        assert!(notes(&many)[0].ends_with("family 5: `D` (father of `MP5`); and 2 more"), "{:?}", notes(&many));
    }
}
