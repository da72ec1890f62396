//! The long layout: one row a locus and allele.

use super::gather::{Gathered, SampleSize};
use crate::io::table_file::{TableError, TextRow, TextTable};

const LOCUS: [&str; 3] = ["locus", "marker", "system"];
const ALLELE: [&str; 1] = ["allele"];
const FREQUENCIES: [&str; 2] = ["frequency", "freq"];
const COUNT: [&str; 1] = ["count"];
const ALLELES_COUNTED: [&str; 3] = ["n_alleles", "2n", "chromosomes"];
const PEOPLE_COUNTED: [&str; 3] = ["n_people", "people", "individuals"];
const BARE_N: [&str; 1] = ["n"];
const POPULATION: [&str; 2] = ["population", "pop"];

/// The columns of the long layout (0-based).
struct Columns {
    locus: usize,
    allele: usize,
    number: Number,
    size: Option<(usize, CountedAs)>,
    population: Option<usize>,
}

/// What a number of things counted is a number of.
type CountedAs = fn(f64) -> SampleSize;

/// Where an allele's share comes from.
#[derive(Clone, Copy)]
enum Number {
    Frequency(usize),
    Count(usize),
}

/// Whether the header is that of the long layout.
pub(super) fn is_long(text: &TextTable) -> bool {
    text.column(&LOCUS).is_some()
}

pub(super) fn gather(text: &TextTable, population: Option<&str>, gathered: &mut Gathered) -> Result<(), TableError> {
    let columns = find_columns(text, gathered)?;
    let mut found: Option<&str> = None;
    for row in &text.rows[1..] {
        if let Some(column) = columns.population {
            let here = row.cell(column);
            match population {
                Some(wanted) if !here.eq_ignore_ascii_case(wanted) => continue,
                None if found.is_some_and(|other| other != here) => {
                    let expected = format!("one population; name one as {}:{here}", text.path);
                    return Err(text.cell_error(row, column, &expected));
                }
                _ => found = Some(here),
            }
        }
        gather_row(text, row, &columns, gathered)?;
    }
    match (population, columns.population, found) {
        (Some(wanted), _, None) => {
            let found = format!("no population `{wanted}`");
            Err(text.row_error(text.rows[0].line, found, "its name in the column `population`"))
        }
        _ => Ok(()),
    }
}

fn find_columns(text: &TextTable, gathered: &mut Gathered) -> Result<Columns, TableError> {
    let missing = |name: &str| text.row_error(text.rows[0].line, format!("no column `{name}`"), super::EXPECTED);
    let number = match (text.column(&FREQUENCIES), text.column(&COUNT)) {
        (Some(column), _) => Number::Frequency(column),
        (None, Some(column)) => Number::Count(column),
        (None, None) => return Err(missing("frequency")),
    };
    let alleles = text.column(&ALLELES_COUNTED).map(|column| (column, SampleSize::Alleles as CountedAs));
    let people = text.column(&PEOPLE_COUNTED).map(|column| (column, SampleSize::People as CountedAs));
    let mut size = alleles.or(people);
    if size.is_none()
        && let Some(column) = text.column(&BARE_N)
    {
        gathered.notes.push(super::wide::bare_n_note(text));
        size = Some((column, SampleSize::People));
    }
    Ok(Columns {
        locus: text.column(&LOCUS).ok_or_else(|| missing("locus"))?,
        allele: text.column(&ALLELE).ok_or_else(|| missing("allele"))?,
        number,
        size,
        population: text.column(&POPULATION),
    })
}

fn gather_row(text: &TextTable, row: &TextRow, columns: &Columns, gathered: &mut Gathered) -> Result<(), TableError> {
    if row.cell(columns.locus).is_empty() {
        return Err(text.cell_error(row, columns.locus, "the name of a locus"));
    }
    let locus = gathered.locus(row.cell(columns.locus), row.line);
    match columns.number {
        Number::Frequency(column) => gathered.add_cell(locus, row, columns.allele, column)?,
        Number::Count(column) => {
            let count = text.number(row, column, 0.0..=f64::MAX, "a count of at least 0")?;
            gathered.filling(locus).counts = true;
            gathered.add(locus, row, columns.allele, count.unwrap_or(0.0))?;
        }
    }
    let Some((column, size)) = columns.size else { return Ok(()) };
    let expected = "how many were counted, a number above 0";
    let Some(number) = text.number(row, column, f64::MIN_POSITIVE..=f64::MAX, expected)? else { return Ok(()) };
    let filling = gathered.filling(locus);
    match filling.size.replace(size(number)) {
        Some(before) if before != size(number) => {
            Err(text.cell_error(row, column, "the same number in every row of the locus"))
        }
        _ => Ok(()),
    }
}
