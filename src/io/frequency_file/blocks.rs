//! One block a locus, its name alone on a line: the Familias layout (allele and frequency) and that of STRidER (a column for
//! each population, under a header that names them; how many people were counted in a row without a label).

use super::gather::GatheredLoci;
use super::labels::{Label, is_whole_number};
use super::populations::choose;
use crate::io::table_file::{TableError, TextRow, TextTable};
use crate::profile::LocusName;

/// Whether the table begins with such a block.
pub(super) fn is_blocks(text: &TextTable) -> bool {
    let (first, Some(second)) = (&text.rows[0], text.rows.get(1)) else { return false };
    if !is_name(first) {
        return false;
    }
    if matches!(Label::of(second.cell(0)), Label::Allele(_)) {
        return second.cells.len() == 2;
    }
    let is_locus = |name: &String| LocusName::new(name).is_known();
    let names_loci = second.cells.iter().skip(1).any(is_locus);
    let has_several = text.rows.iter().filter(|row| is_name(row)).count() > 1;
    is_header(second) && !names_loci && (has_several || is_locus(&first.cells[0]))
}

/// Whether a row is a locus's name alone.
fn is_name(row: &TextRow) -> bool {
    row.cells.len() == 1 && Label::of(&row.cells[0]) == Label::Other && !is_allele_header(&row.cells[0])
}

/// Whether a row names the populations of its columns.
fn is_header(row: &TextRow) -> bool {
    let named = row.cells.iter().skip(1).filter(|cell| !cell.is_empty());
    let is_number = |cell: &String| cell.starts_with(|first: char| first.is_ascii_digit());
    is_allele_header(row.cell(0)) && row.cells.len() > 1 && !named.clone().any(is_number)
}

fn is_allele_header(label: &str) -> bool {
    matches!(label.to_lowercase().as_str(), "" | "allele" | "alleles" | "allel" | "alelo")
}

pub(super) fn gather(text: &TextTable, wanted: Option<&str>, gathered: &mut GatheredLoci) -> Result<(), TableError> {
    let mut found: Vec<&str> = Vec::new();
    let mut named_on = text.rows[0].line;
    for row in text.rows.iter().filter(|row| is_header(row)) {
        if found.is_empty() {
            named_on = row.line;
        }
        let names = row.cells.iter().skip(1).filter(|name| !name.is_empty());
        names.for_each(|name| {
            if !found.contains(&name.as_str()) {
                found.push(name)
            }
        });
    }
    let chosen = choose(text, named_on, &found, wanted)?;
    // The locus of the block, unless it is left out, and the column (0-based) to read, unless the block lacks the population.
    let (mut locus, mut column) = (None, Some(1));
    for row in &text.rows {
        if is_name(row) {
            let name = &row.cells[0];
            locus = if gathered.leaves_out(name) { None } else { Some(gathered.begin_locus(name, row.line)?) };
            column = Some(1);
        } else if is_header(row) {
            let is_chosen = |name: &String| chosen.is_none_or(|chosen| name == chosen);
            column = row.cells.iter().skip(1).position(is_chosen).map(|position| position + 1);
        } else if let (Some(locus), Some(column)) = (locus, column) {
            if found.is_empty() && row.cells.len() > 2 {
                let expected = "a marker's name alone, or an allele and its frequency";
                return Err(text.row_error(row.line, format!("{} cells", row.cells.len()), expected));
            }
            // How many were counted stands in a row without a label.
            let is_unnamed_size = row.cell(0).is_empty() && is_whole_number(row.cell(column));
            let label = if is_unnamed_size { "N" } else { row.cell(0) };
            gathered.gather_labelled(locus, (label, row, 0), (row, column))?;
        }
    }
    Ok(())
}
