//! The long layout: one row a locus and allele, with its frequency or its count, or with those of several populations side by
//! side.

use super::gather::GatheredLoci;
use super::labels::Label;
use super::populations::{choose, split_size};
use crate::io::missing::is_missing;
use crate::io::table_file::{TableError, TextRow, TextTable, parse_number};

pub(super) const LOCUS: [&str; 5] = ["locus", "loci", "marker", "system", "str"];
pub(super) const ALLELE: [&str; 2] = ["allele", "alleles"];
pub(super) const POPULATION: [&str; 5] = ["population", "pop", "group", "ethnicity", "database"];
const FREQUENCIES: [&str; 4] = ["frequency", "freq", "frequencies", "allelefrequency"];
const COUNT: [&str; 3] = ["count", "counts", "observed"];
/// Numbers about an allele that are no frequencies.
const ABOUT_ALLELES: [&str; 9] = ["lus", "bp", "size", "length", "repeats", "motif", "min", "max", "line"];

/// The columns of the long layout (0-based).
struct LongColumns {
    locus: usize,
    allele: usize,
    number: ShareColumn,
    /// The counts beside frequencies.
    counts: Option<usize>,
    sizes: Vec<(Label, usize)>,
    /// How many were counted at every locus, as the name of a column says it.
    size: Option<f64>,
    population: Option<usize>,
}

/// Where an allele's share comes from.
#[derive(Clone, Copy)]
enum ShareColumn {
    Frequency(usize),
    Count(usize),
}

/// Whether the table is in the long layout.
pub(super) fn is_long(text: &TextTable) -> bool {
    is_header(&text.rows[0])
}

/// Whether a row is the header of the long layout.
pub(super) fn is_header(row: &TextRow) -> bool {
    row.position(&LOCUS).is_some() && row.position(&ALLELE).is_some()
}

pub(super) fn gather(text: &TextTable, wanted: Option<&str>, gathered: &mut GatheredLoci) -> Result<(), TableError> {
    let columns = find_columns(text, wanted)?;
    let mut chosen = None;
    if let Some(column) = columns.population {
        let mut found: Vec<&str> = Vec::new();
        for row in &text.rows[1..] {
            if !found.contains(&row.cell(column)) {
                found.push(row.cell(column));
            }
        }
        chosen = choose(text, text.rows[0].line, &found, wanted)?;
    }
    let is_chosen = |row: &&TextRow| columns.population.is_none_or(|column| Some(row.cell(column)) == chosen);
    text.rows[1..].iter().filter(is_chosen).try_for_each(|row| gather_row(text, row, &columns, gathered))
}

fn find_columns(text: &TextTable, wanted: Option<&str>) -> Result<LongColumns, TableError> {
    let missing = |name: &str| text.row_error(text.rows[0].line, format!("no column `{name}`"), super::EXPECTED);
    let population = text.column(&POPULATION);
    let (number, size) = match (text.column(&FREQUENCIES), text.column(&COUNT)) {
        (Some(column), _) => (ShareColumn::Frequency(column), None),
        (None, Some(column)) => (ShareColumn::Count(column), None),
        (None, None) if population.is_some() => return Err(missing("frequency")),
        (None, None) => of_population(text, wanted)?.ok_or_else(|| missing("frequency"))?,
    };
    let names_no_population = population.is_none() && text.column(&FREQUENCIES).or(text.column(&COUNT)).is_some();
    if names_no_population {
        choose(text, text.rows[0].line, &[], wanted)?;
    }
    let headers = text.rows[0].cells.iter().enumerate();
    let sizes = headers.map(|(column, header)| (Label::of(header), column)).filter(|(label, _)| label.is_size());
    Ok(LongColumns {
        locus: text.column(&LOCUS).ok_or_else(|| missing("locus"))?,
        allele: text.column(&ALLELE).ok_or_else(|| missing("allele"))?,
        number,
        counts: text.column(&COUNT),
        sizes: sizes.collect(),
        size,
        population,
    })
}

/// The column of the wanted population, where several stand side by side, and the number of people in its name; `None` where
/// there are none such.
fn of_population(text: &TextTable, wanted: Option<&str>) -> Result<Option<(ShareColumn, Option<f64>)>, TableError> {
    let is_number = |cell: &str| is_missing(cell) || parse_number(cell).is_some();
    let numbers = |column: usize| text.rows[1..].iter().map(move |row| row.cell(column));
    let is_population = |&(column, header): &(usize, &String)| {
        let is_known = [&LOCUS[..], &ALLELE, &POPULATION].iter().any(|names| text.column(names) == Some(column));
        let lower = header.to_lowercase();
        !is_known
            && !header.is_empty()
            && Label::of(header) == Label::Other
            && !ABOUT_ALLELES.contains(&lower.as_str())
            && numbers(column).all(is_number)
    };
    let headers = text.rows[0].cells.iter().enumerate();
    let populations: Vec<(usize, &str)> =
        headers.filter(is_population).map(|(column, header)| (column, header.as_str())).collect();
    if populations.len() < 2 {
        return Ok(None);
    }
    let names: Vec<&str> = populations.iter().map(|population| population.1).collect();
    let chosen = choose(text, text.rows[0].line, &names, wanted)?;
    let found = populations.iter().find(|population| Some(population.1) == chosen);
    Ok(found.map(|&(column, name)| {
        let are_counts = numbers(column).filter_map(parse_number).any(|number| number > 1.0);
        let number = if are_counts { ShareColumn::Count(column) } else { ShareColumn::Frequency(column) };
        (number, split_size(name).1)
    }))
}

fn gather_row(
    text: &TextTable,
    row: &TextRow,
    columns: &LongColumns,
    gathered: &mut GatheredLoci,
) -> Result<(), TableError> {
    if row.cell(columns.locus).is_empty() {
        return Err(text.cell_error(row, columns.locus, "the name of a locus"));
    }
    if gathered.leaves_out(row.cell(columns.locus)) {
        return Ok(());
    }
    let locus = gathered.locus(row.cell(columns.locus), row.line);
    match columns.number {
        ShareColumn::Frequency(column) => {
            gathered.gather_cell(locus, (row, columns.allele), (row, column))?;
            gather_count(row, (columns.counts, column), locus, gathered)?;
        }
        ShareColumn::Count(column) => {
            gathered.filling(locus).counts = true;
            gathered.gather_cell(locus, (row, columns.allele), (row, column))?;
        }
    }
    if let Some(size) = columns.size {
        gathered.add_size(locus, Label::BareN, size);
    }
    for &(label, column) in &columns.sizes {
        if let Some(number) = gathered.size(row, column)?
            && gathered.add_size(locus, label, number)
        {
            return Err(text.cell_error(row, column, "the same number in every row of the locus"));
        }
    }
    Ok(())
}

/// Takes a count beside a frequency (columns 0-based): together they tell how many were counted.
fn gather_count(
    row: &TextRow,
    (count, frequency): (Option<usize>, usize),
    locus: usize,
    gathered: &mut GatheredLoci,
) -> Result<(), TableError> {
    let Some(count) = count else { return Ok(()) };
    if let (Some(count), Some(frequency)) = (gathered.count(row, count)?, gathered.frequency(row, frequency)?) {
        let counted = &mut gathered.filling(locus).sizes.counted;
        *counted = (counted.0 + count, counted.1 + frequency);
    }
    Ok(())
}
