//! The transposed layout: loci in rows, alleles in columns (`STR;population;N;freq_6;freq_7 …`, as pop.STR exports it).

use super::gather::GatheredLoci;
use super::labels::Label;
use super::long::{LOCUS, POPULATION};
use super::populations::choose;
use crate::io::table_file::{TableError, TextTable};

/// What a column holds.
enum ColumnContent<'t> {
    /// The frequencies of an allele, by its label.
    Allele(&'t str),
    /// How many were counted, by the column's label.
    Size(&'t str),
    /// Something about the whole locus that is not read.
    Summary,
}

/// Whether the header is that of this layout: a column of loci, and alleles.
pub(super) fn is_transposed(text: &TextTable) -> bool {
    let alleles = text.rows[0].cells.iter().filter(|header| is_allele(header));
    text.column(&LOCUS).is_some() && alleles.count() > 1
}

fn is_allele(header: &str) -> bool {
    let label = Label::of(without_prefix(header));
    matches!(label, Label::Allele(allele) if allele.tenths().is_some())
}

/// `freq_9.3` is 9.3.
fn without_prefix(header: &str) -> &str {
    let lower = header.to_ascii_lowercase();
    let prefix =
        ["freq_", "freq.", "freq", "allele_", "allele", "f_", "x"].into_iter().find(|prefix| lower.starts_with(prefix));
    prefix.map_or(header, |prefix| header[prefix.len()..].trim())
}

pub(super) fn gather(text: &TextTable, wanted: Option<&str>, gathered: &mut GatheredLoci) -> Result<(), TableError> {
    let header = &text.rows[0];
    let missing = || text.row_error(header.line, "no column `locus`", super::EXPECTED);
    let locus_column = text.column(&LOCUS).ok_or_else(missing)?;
    let population = text.column(&POPULATION);
    let mut found: Vec<&str> = Vec::new();
    for row in text.rows[1..].iter().filter_map(|row| population.map(|column| row.cell(column))) {
        if !found.contains(&row) {
            found.push(row);
        }
    }
    let chosen = choose(text, header.line, &found, wanted)?;
    let columns = contents(text, &[Some(locus_column), population]);
    for row in &text.rows[1..] {
        let is_chosen = population.is_none_or(|column| Some(row.cell(column)) == chosen);
        if !is_chosen || row.cell(locus_column).is_empty() || gathered.leaves_out(row.cell(locus_column)) {
            continue;
        }
        let locus = gathered.begin_locus(row.cell(locus_column), row.line)?;
        for (column, content) in &columns {
            match content {
                ColumnContent::Allele(label) | ColumnContent::Size(label) => {
                    gathered.gather_labelled(locus, (label, header, *column), (row, *column))?;
                }
                ColumnContent::Summary => gathered.note_summary(header.cell(*column)),
            }
        }
    }
    Ok(())
}

/// What each column holds beside these.
fn contents<'t>(text: &'t TextTable, beside: &[Option<usize>]) -> Vec<(usize, ColumnContent<'t>)> {
    let header = &text.rows[0];
    let mut columns = Vec::new();
    for (column, name) in header.cells.iter().enumerate() {
        if beside.contains(&Some(column)) || name.is_empty() {
            continue;
        }
        let content = match Label::of(name) {
            label if label.is_size() => ColumnContent::Size(name),
            _ if Label::of(without_prefix(name)).is_of_body() => ColumnContent::Allele(without_prefix(name)),
            _ => ColumnContent::Summary,
        };
        columns.push((column, content));
    }
    columns
}
