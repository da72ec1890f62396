//! The header of the wide layout: which column holds which locus of which population.

use super::labels::Label;
use super::long::{ALLELE, POPULATION};
use crate::io::table_file::{TableError, TextRow, TextTable, parse_number};
use crate::profile::LocusName;

/// What a wide table's columns hold (columns and rows 0-based).
pub(super) struct WideHeader {
    /// The labels of the rows.
    pub(super) allele: usize,
    /// The columns with frequencies.
    pub(super) columns: Vec<FrequencyColumn>,
    /// The column that names each row's population.
    pub(super) population: Option<usize>,
    /// Columns that tell how many were counted.
    pub(super) sizes: Vec<(usize, Label)>,
    /// The rows that are no header.
    pub(super) body: Vec<usize>,
    /// Cells of the longest row of the header.
    pub(super) width: usize,
    /// The line of the loci.
    pub(super) line: u64,
    /// What is not used of the header.
    pub(super) notes: Vec<String>,
}

/// A column with the frequencies of one locus.
pub(super) struct FrequencyColumn {
    pub(super) column: usize,
    pub(super) locus: String,
    /// The population, where the header names one for the column.
    pub(super) population: Option<String>,
}

impl WideHeader {
    /// The header of this table.
    ///
    /// # Errors
    /// A column with numbers and without a locus.
    pub(super) fn of(text: &TextTable) -> Result<Self, TableError> {
        let allele = allele_column(text);
        let is_of_body = |row: &&TextRow| Label::of(row.cell(allele)).is_of_body();
        let end = text.rows.iter().skip(1).position(|row| is_of_body(&row)).map_or(1, |position| position + 1);
        let candidates: Vec<usize> = (0..end).filter(|&row| is_names(&text.rows[row], allele)).collect();
        let known = |&row: &usize| text.rows[row].cells.iter().filter(|cell| LocusName::new(cell).is_known()).count();
        let loci = candidates.iter().copied().rev().max_by_key(known).unwrap_or(0);
        let names_populations = |&row: &usize| row != loci && is_population_label(text.rows[row].cell(allele));
        let populations = candidates.iter().copied().find(names_populations);
        let unused = candidates.iter().filter(|&&row| row != loci && Some(row) != populations);
        let unused = unused.map(|&row| format!("line {} of the header is not read", text.rows[row].line));
        let used = [Some(loci), populations];
        let body = (0..text.rows.len()).filter(|row| !candidates.contains(row) && !used.contains(&Some(*row)));
        let rows = used.iter().flatten().map(|&row| text.rows[row].cells.len());
        let mut header = Self {
            allele,
            columns: Vec::new(),
            population: None,
            sizes: Vec::new(),
            body: body.collect(),
            width: rows.max().unwrap_or(0),
            line: text.rows[loci].line,
            notes: unused.collect(),
        };
        header.find_columns(text, &text.rows[loci], populations.map(|row| (&text.rows[row], row < loci)))?;
        Ok(header)
    }

    /// Finds out what each column holds; `populations` is the row that names them, and whether it stands above that of the loci.
    fn find_columns(
        &mut self,
        text: &TextTable,
        loci: &TextRow,
        populations: Option<(&TextRow, bool)>,
    ) -> Result<(), TableError> {
        let (mut locus_before, mut population_before) = ("", "");
        for column in (0..self.width).filter(|&column| column != self.allele) {
            let (mut locus, mut population) = (loci.cell(column), populations.map_or("", |(row, _)| row.cell(column)));
            // A cell that spans several columns is written in the first of them.
            match populations {
                Some((_, true)) if population.is_empty() && !locus.is_empty() => population = population_before,
                Some((_, false)) if locus.is_empty() && !population.is_empty() => locus = locus_before,
                _ => {}
            }
            (locus_before, population_before) = (locus, population);
            let is_used = self.body.iter().any(|&row| !text.rows[row].cell(column).is_empty());
            match Label::of(locus) {
                Label::Blank if is_used => return Err(text.cell_error(loci, column, "the name of a locus")),
                Label::Blank => {}
                label if label.is_size() => self.sizes.push((column, label)),
                _ if POPULATION.contains(&locus.to_lowercase().as_str()) => self.population = Some(column),
                _ if column < self.allele => self.notes.push(format!("the column `{locus}` is not read")),
                _ => {
                    let population = (!population.is_empty()).then(|| population.to_owned());
                    self.columns.push(FrequencyColumn { column, locus: locus.to_owned(), population });
                }
            }
        }
        Ok(())
    }

    /// The populations that the table names, each once, in its order.
    pub(super) fn populations<'h>(&'h self, text: &'h TextTable) -> Vec<&'h str> {
        let of_columns = self.columns.iter().filter_map(|column| column.population.as_deref());
        let rows = self.body.iter().map(|&row| &text.rows[row]);
        let of_rows = self.population.into_iter().flat_map(|column| rows.clone().map(move |row| row.cell(column)));
        let mut found = Vec::new();
        of_columns.chain(of_rows).for_each(|name| {
            if !found.contains(&name) {
                found.push(name)
            }
        });
        found
    }
}

/// The column whose header is `allele`, else the first.
fn allele_column(text: &TextTable) -> usize {
    let is_allele = |cell: &String| ALLELE.contains(&cell.to_lowercase().as_str());
    text.rows.iter().take(LONGEST_HEADER).find_map(|row| row.cells.iter().position(is_allele)).unwrap_or(0)
}

/// Rows in which the header `allele` is looked for.
const LONGEST_HEADER: usize = 10;

/// Whether the cells of a row beside its label are names.
fn is_names(row: &TextRow, allele: usize) -> bool {
    let label = Label::of(row.cell(allele));
    let mut names = row.cells.iter().enumerate().filter(|&(column, cell)| column != allele && !cell.is_empty());
    label != Label::Summary && !label.is_size() && names.any(|(_, name)| parse_number(name).is_none())
}

/// Whether a row with this label may name populations.
fn is_population_label(label: &str) -> bool {
    let lower = label.to_lowercase();
    lower.is_empty() || ALLELE.contains(&lower.as_str()) || POPULATION.contains(&lower.as_str()) || lower == "sample"
}
