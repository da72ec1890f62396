//! The wide layout: alleles in rows, loci in columns, under a header of one or more rows.

use super::gather::GatheredLoci;
use super::header::{FrequencyColumn, WideHeader};
use super::labels::{Label, is_whole_number};
use super::populations::{choose, split_size};
use crate::io::missing::is_missing;
use crate::io::table_file::{TableError, TextRow, TextTable};

pub(super) fn gather(text: &TextTable, wanted: Option<&str>, gathered: &mut GatheredLoci) -> Result<(), TableError> {
    let header = WideHeader::of(text)?;
    header.notes.iter().for_each(|note| gathered.note(note.clone()));
    let found = header.populations(text);
    let chosen = choose(text, header.line, &found, wanted)?;
    let of_row = |row: &&TextRow| header.population.is_none_or(|column| Some(row.cell(column)) == chosen);
    let in_columns = |column: &&FrequencyColumn| column.population.is_none() || column.population.as_deref() == chosen;
    let mut loci = Vec::new();
    for column in header.columns.iter().filter(in_columns) {
        if gathered.leaves_out(&column.locus) {
            continue;
        }
        let locus = gathered.begin_locus(&column.locus, header.line)?;
        if let Some((_, Some(size))) = column.population.as_deref().map(split_size) {
            gathered.add_size(locus, Label::BareN, size);
        }
        loci.push((column.column, locus));
    }
    if loci.is_empty() {
        return Err(text.row_error(header.line, "no locus in the header", super::EXPECTED));
    }
    for row in header.body.iter().map(|&row| &text.rows[row]).filter(of_row) {
        if row.cells.len() > header.width {
            let found = format!("{} cells", row.cells.len());
            return Err(text.row_error(row.line, found, &format!("at most the header's {}", header.width)));
        }
        gather_row(text, row, &header, &loci, gathered)?;
    }
    Ok(())
}

fn gather_row(
    text: &TextTable,
    row: &TextRow,
    header: &WideHeader,
    loci: &[(usize, usize)],
    gathered: &mut GatheredLoci,
) -> Result<(), TableError> {
    let label = row.cell(header.allele);
    // How many were counted often stands in a row without a label.
    let is_unnamed_size = Label::of(label) == Label::Blank && is_row_of_sizes(row, loci);
    let label = if is_unnamed_size { "N" } else { label };
    for &(column, locus) in loci {
        gathered.gather_labelled(locus, (label, row, header.allele), (row, column))?;
        let has_something = !is_missing(row.cell(column));
        for &(size, kind) in header.sizes.iter().filter(|_| has_something) {
            if let Some(number) = gathered.size(row, size)?
                && gathered.add_size(locus, kind, number)
            {
                return Err(text.cell_error(row, size, "the same number in every row of the locus"));
            }
        }
    }
    Ok(())
}

/// Whether a row holds whole numbers that are no frequencies.
fn is_row_of_sizes(row: &TextRow, loci: &[(usize, usize)]) -> bool {
    let mut cells = loci.iter().map(|&(column, _)| row.cell(column)).filter(|cell| !is_missing(cell)).peekable();
    cells.peek().is_some() && cells.all(is_whole_number)
}
