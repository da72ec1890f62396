//! The long layout: one row a locus and allele.

use super::gather::{Gathered, SampleSize};
use crate::io::table_file::{TableError, TextRow, TextTable};
use crate::profile::Chromosome;

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
    /// The counts beside frequencies.
    counts: Option<usize>,
    size: Option<(usize, CountedAs)>,
    /// The number of people beside that of alleles.
    people: Option<usize>,
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
        counts: text.column(&COUNT),
        size,
        people: alleles.and(people).map(|(column, _)| column),
        population: text.column(&POPULATION),
    })
}

fn gather_row(text: &TextTable, row: &TextRow, columns: &Columns, gathered: &mut Gathered) -> Result<(), TableError> {
    if row.cell(columns.locus).is_empty() {
        return Err(text.cell_error(row, columns.locus, "the name of a locus"));
    }
    if gathered.leaves_out(row.cell(columns.locus)) {
        return Ok(());
    }
    let locus = gathered.locus(row.cell(columns.locus), row.line);
    match columns.number {
        Number::Frequency(column) => {
            gathered.add_cell(locus, row, columns.allele, column)?;
            gather_count(text, row, (columns.counts, column), locus, gathered)?;
        }
        Number::Count(column) => {
            let count = text.number(row, column, 0.0..=f64::MAX, "a count of at least 0")?;
            gathered.filling(locus).counts = true;
            gathered.add(locus, row, columns.allele, count.unwrap_or(0.0))?;
        }
    }
    let Some((column, size)) = columns.size else { return Ok(()) };
    let expected = "how many were counted, a number above 0";
    let Some(number) = text.number(row, column, f64::MIN_POSITIVE..=f64::MAX, expected)? else { return Ok(()) };
    if let Some(column) = columns.people {
        note_contradiction(text, row, (number, column), locus, gathered)?;
    }
    let filling = gathered.filling(locus);
    match filling.size.replace(size(number)) {
        Some(before) if before != size(number) => {
            Err(text.cell_error(row, column, "the same number in every row of the locus"))
        }
        _ => Ok(()),
    }
}

/// Takes a count beside a frequency (columns 0-based): together they tell how many were counted.
fn gather_count(
    text: &TextTable,
    row: &TextRow,
    (count, frequency): (Option<usize>, usize),
    locus: usize,
    gathered: &mut Gathered,
) -> Result<(), TableError> {
    let Some(count) = count else { return Ok(()) };
    let count = text.number(row, count, 0.0..=f64::MAX, "a count of at least 0")?;
    let frequency = text.number(row, frequency, 0.0..=1.0, super::gather::FREQUENCY)?;
    if let (Some(count), Some(frequency)) = (count, frequency) {
        let counted = &mut gathered.filling(locus).counted;
        *counted = (counted.0 + count, counted.1 + frequency);
    }
    Ok(())
}

/// Notes, once for a table, a number of people that is not half the number of alleles; on the X men have one.
fn note_contradiction(
    text: &TextTable,
    row: &TextRow,
    (alleles, column): (f64, usize),
    locus: usize,
    gathered: &mut Gathered,
) -> Result<(), TableError> {
    let Some(people) = text.number(row, column, 0.0..=f64::MAX, "how many people were counted")? else { return Ok(()) };
    let name = gathered.name(locus);
    let is_x = name.chromosome() == Some(Chromosome::X);
    let fits = if is_x { (people..=2.0 * people).contains(&alleles) } else { alleles == 2.0 * people };
    let start = format!("{}: n_alleles and n_people contradict each other", text.path);
    if !fits && !gathered.notes.iter().any(|note| note.starts_with(&start)) {
        let note =
            format!("{start} ({alleles} alleles, {people} people at {name}, perhaps elsewhere): n_alleles is used");
        gathered.notes.push(note);
    }
    Ok(())
}
