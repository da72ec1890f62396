//! The wide layout: alleles in rows, loci in columns.

use super::gather::{Gathered, SampleSize};
use crate::io::table_file::{TableError, TextRow, TextTable};

/// What the label of a row says.
enum RowKind {
    Allele,
    BareN,
    People,
    Alleles,
}

/// The note that a bare `N` is worth.
pub(super) fn bare_n_note(text: &TextTable) -> String {
    format!(
        "{}: N is read as people (where it counts alleles, call it n_alleles: 5/(2N) is then twice as large)",
        text.path
    )
}

pub(super) fn gather(text: &TextTable, gathered: &mut Gathered) -> Result<(), TableError> {
    let header = &text.rows[0];
    let mut loci = Vec::new();
    for (column, name) in header.cells.iter().enumerate().skip(1) {
        let used = text.rows[1..].iter().any(|row| !row.cell(column).is_empty());
        match (name.is_empty(), used) {
            (false, _) if gathered.leaves_out(name) => {}
            (false, _) => loci.push((column, gathered.begin_locus(name, header.line)?)),
            (true, true) => return Err(text.cell_error(header, column, "the name of a locus")),
            (true, false) => {}
        }
    }
    if loci.is_empty() {
        return Err(text.row_error(header.line, "no locus in the header", super::EXPECTED));
    }
    for row in &text.rows[1..] {
        if row.cells.len() > header.cells.len() {
            let found = format!("{} cells", row.cells.len());
            return Err(text.row_error(row.line, found, &format!("at most the header's {}", header.cells.len())));
        }
        gather_row(text, row, &loci, gathered)?;
    }
    Ok(())
}

fn gather_row(
    text: &TextTable,
    row: &TextRow,
    loci: &[(usize, usize)],
    gathered: &mut Gathered,
) -> Result<(), TableError> {
    let kind = row_kind(row.cell(0));
    if matches!(kind, RowKind::BareN) {
        gathered.notes.push(bare_n_note(text));
    }
    for &(column, locus) in loci {
        match kind {
            RowKind::Allele => gathered.add_cell(locus, row, 0, column)?,
            RowKind::BareN | RowKind::People | RowKind::Alleles => {
                let expected = "how many were counted, a number above 0";
                let number = text.number(row, column, f64::MIN_POSITIVE..=f64::MAX, expected)?;
                let alleles = matches!(kind, RowKind::Alleles);
                let size = if alleles { SampleSize::Alleles } else { SampleSize::People };
                gathered.filling(locus).size = number.map(size);
            }
        }
    }
    Ok(())
}

fn row_kind(label: &str) -> RowKind {
    match label.to_lowercase().replace([' ', '-', '_'], "").as_str() {
        "n" => RowKind::BareN,
        "npeople" | "people" | "individuals" => RowKind::People,
        "nalleles" | "2n" | "chromosomes" => RowKind::Alleles,
        _ => RowKind::Allele,
    }
}
