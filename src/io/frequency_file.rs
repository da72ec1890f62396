//! Allele frequency tables: bundled, or files in the long, the wide or the Familias layout, found by looking.
//!
//! * Long: a header with `locus` (or `marker`), `allele`, and `frequency` or `count` or both; optionally `n_alleles`
//!   or `n_people` and `population`. With counts alone, frequency = count / sum of the counts of the locus.
//! * Wide: alleles in rows, loci in columns; a blank cell or 0 is an allele that was not seen; optionally a row `N`. One column
//!   a locus,
//!   or several of several populations, named in a second row of the header or in a column `population`.
//! * Transposed: loci in rows, alleles in columns.
//! * Blocks: a marker's name alone on a line, then lines of allele and frequency (Familias), or of allele and the frequencies
//!   of several populations, which a line above them names (STRidER).
//!
//! * XML, as STRidER exports it.
//!
//! Where a file holds several populations, one must be named: `FILE:POPULATION`; of a workbook the sheet: `FILE.xlsx:SHEET`.
//!
//! A bare `N` is read as people, with a note, unless counts show that it is the number of alleles, as it sometimes is in the
//! field: a factor of 2 in 5/(2N).

mod blocks;
mod familias;
mod gather;
mod header;
mod labels;
mod long;
mod populations;
mod sizes;
mod strider_xml;
mod transposed;
mod wide;
mod write;

use super::familias::{FamiliasError, is_familias};
use super::source::Inputs;
use super::table_file::{TableError, TextRow, TextTable};
use super::workbook::split_part;
use crate::population::{FrequencyTable, bundled};
use gather::GatheredLoci;
use std::path::{Path, PathBuf};

pub use write::{Layout, write_table};

const EXPECTED: &str = "a frequency table: a header `locus,allele,frequency`, or alleles in rows and loci in columns";

/// Why a frequency table cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FrequencyTableError {
    /// Neither a bundled name nor a file.
    #[error("no frequency table `{name}`: neither a file nor a bundled table ({bundled}){}", nearest_hint(nearest))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The bundled names.
        bundled: String,
        /// The bundled name that is most like it.
        nearest: Option<&'static str>,
    },
    /// A file that cannot be used.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A Familias project that cannot be used.
    #[error("{path}: {cause}")]
    Familias {
        /// The file.
        path: String,
        /// Why.
        cause: FamiliasError,
    },
}

fn nearest_hint(nearest: &Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// The table of this bundled name, or in this file, or (`FILE:POPULATION`) one population of this file.
///
/// # Errors
/// No such table, or a file that is no frequency table: negative frequencies or ones above 1, what is no number, an
/// allele twice, frequencies of a locus that sum to less than 0.95 or more than 1.05.
pub fn load_table(name_or_path: &str, inputs: &Inputs) -> Result<FrequencyTable, FrequencyTableError> {
    if let Some(table) = bundled::find(name_or_path) {
        let text = TextTable::parse(table.name, table.text, EXPECTED)?;
        return Ok(read_table(text, None)?);
    }
    let (path, part) = split_part(Path::new(name_or_path));
    if !path.exists() {
        return Err(unknown_table(name_or_path));
    }
    let Some(part) = part else {
        if let Some(project) = inputs.read(&path).ok().filter(|bytes| is_familias(bytes)) {
            return familias::read(name_or_path, stem(&path), &project);
        }
        let table = read_table(text_of(&path, inputs)?, None)?;
        return Ok(FrequencyTable { name: stem(&path), ..table });
    };
    let (text, population) = text_of_part(&path, &part, inputs)?;
    let table = read_table(text, population)?;
    Ok(FrequencyTable { name: format!("{}:{part}", stem(&path)), ..table })
}

/// The first sheet or the text of a file; STRidER's XML as a table.
fn text_of(path: &Path, inputs: &Inputs) -> Result<TextTable, TableError> {
    let bytes = inputs.read(path).unwrap_or_default();
    match std::str::from_utf8(&bytes).ok().filter(|text| strider_xml::is_strider(text)) {
        Some(text) => strider_xml::read(&path.display().to_string(), text),
        None => TextTable::read(path, EXPECTED, inputs),
    }
}

/// What is named behind a file: a population, or of a workbook a sheet, or both (`SHEET:POPULATION`).
fn text_of_part<'p>(path: &Path, part: &'p str, inputs: &Inputs) -> Result<(TextTable, Option<&'p str>), TableError> {
    let of_sheet = |sheet: &str| TextTable::read_part(path, Some(sheet), EXPECTED, inputs);
    let first = text_of(path, inputs);
    if !first.as_ref().is_ok_and(|text| text.is_sheet()) {
        return Ok((first?, Some(part)));
    }
    match (of_sheet(part), part.rsplit_once(':')) {
        (Err(TableError::Workbook { .. }), Some((sheet, population))) => Ok((of_sheet(sheet)?, Some(population))),
        (Err(TableError::Workbook { .. }), None) => Ok((first?, Some(part))),
        (text, _) => Ok((text?, None)),
    }
}

/// A file's name without folders and ending.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The file that [`load_table`] reads for this name, which may be `FILE:POPULATION`.
pub fn file_of_table(name_or_path: &str) -> PathBuf {
    split_part(Path::new(name_or_path)).0
}

/// Reads a frequency table from text; `name` is what messages and the table are called.
///
/// # Errors
/// As [`load_table`].
pub fn parse_table(name: &str, text: &str) -> Result<FrequencyTable, TableError> {
    let text = match strider_xml::is_strider(text) {
        true => strider_xml::read(name, text)?,
        false => TextTable::parse(name, text, EXPECTED)?,
    };
    read_table(text, None)
}

fn unknown_table(name: &str) -> FrequencyTableError {
    let names = bundled::BUNDLED_TABLES.map(|table| table.name);
    let nearest = names.into_iter().max_by(|left, right| {
        let similarity = |known| strsim::jaro_winkler(&name.to_ascii_lowercase(), known);
        similarity(left).total_cmp(&similarity(right))
    });
    let nearest = nearest.filter(|known| strsim::jaro_winkler(&name.to_ascii_lowercase(), known) > 0.8);
    FrequencyTableError::Unknown { name: name.to_owned(), bundled: names.join(", "), nearest }
}

fn read_table(mut text: TextTable, population: Option<&str>) -> Result<FrequencyTable, TableError> {
    let is_blocks = blocks::is_blocks(&text);
    if !is_blocks {
        skip_titles(&mut text);
    }
    let mut gathered = GatheredLoci::new(&text);
    if is_blocks {
        blocks::gather(&text, population, &mut gathered)?;
    } else if long::is_long(&text) {
        long::gather(&text, population, &mut gathered)?;
    } else if transposed::is_transposed(&text) {
        transposed::gather(&text, population, &mut gathered)?;
    } else {
        wide::gather(&text, population, &mut gathered)?;
    }
    gathered.finish()
}

/// Leaves out what stands above the header: titles alone on a line, and anything above the header of the long layout.
fn skip_titles(text: &mut TextTable) {
    let is_title = |row: &TextRow| row.cells.len() == 1;
    let titles = text.rows.iter().take_while(|row| is_title(row)).count();
    let header = text.rows.iter().take(LONGEST_TITLE).position(long::is_header);
    let above = header.unwrap_or(titles);
    if above < text.rows.len() {
        text.rows.drain(..above);
    }
}

/// Rows in which the header of the long layout is looked for.
const LONGEST_TITLE: usize = 10;

#[cfg(test)]
mod tests;
