//! Loci that nobody named: columns of a table, or markers of a long one, whose cells are genotypes.

use super::{
    ReadOptions,
    cell::{CellRules, read_cells},
    commas::{Comma, LocusShows},
    header::{find_id, find_named, is_metadata, strip_allele_sign},
    words::{is_allele_column, is_marker_column},
};
use crate::{
    io::{
        missing::is_missing,
        problems::Reason,
        table_file::{TextRow, TextTable},
        workbook::{is_workbook, split_part},
    },
    profile::{AlleleKind, Call, LocusName, fold_name},
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Rows within which the header is looked for.
const HEADER_WITHIN: usize = 40;
/// Bytes of a text that are looked at.
const LOOKED_AT: usize = 4 << 20;

/// The columns (of a long table the markers) whose cells are genotypes, by their beginning; none where there is nothing of the kind.
pub fn guess_loci(path: &Path, options: &ReadOptions) -> Vec<LocusName> {
    let Some(table) = read_beginning(path, options) else { return Vec::new() };
    let is_header = |row: &&TextRow| id_column(&row.cells, options).is_some();
    let Some(at) = table.rows.iter().take(HEADER_WITHIN).position(|row| is_header(&row)) else { return Vec::new() };
    let (header, rows) = (&table.rows[at], &table.rows[at + 1..]);
    let marker = match &options.marker_column {
        Some(name) => find_named(&header.cells, name, "").ok(),
        None => header.cells.iter().position(|cell| is_marker_column(&fold_name(cell))),
    };
    let of_columns = match marker {
        Some(marker) => of_markers(header, rows, marker, options),
        None => of_columns(header, rows, options),
    };
    let are_genotypes = of_columns.into_iter().filter(|(_, cells)| hold_genotypes(cells));
    are_genotypes.map(|(name, _)| LocusName::new(&name)).collect()
}

fn read_beginning(path: &Path, options: &ReadOptions) -> Option<TextTable> {
    let (file, sheet) = split_part(path);
    let bytes = options.inputs.read(&file).ok()?;
    if is_workbook(&bytes) || bytes.len() <= LOOKED_AT {
        return TextTable::read_part(&file, sheet.as_deref(), "a table", &options.inputs).ok();
    }
    let start = &bytes[..LOOKED_AT];
    let end = start.iter().rposition(|&byte| byte == b'\n')?;
    TextTable::from_bytes("", &start[..end], "a table").ok()
}

fn id_column(headers: &[String], options: &ReadOptions) -> Option<usize> {
    match &options.id_column {
        Some(name) => find_named(headers, name, "").ok(),
        None => find_id(headers),
    }
}

/// The cells of each marker of a long table.
fn of_markers<'t>(
    header: &TextRow,
    rows: &'t [TextRow],
    marker: usize,
    options: &ReadOptions,
) -> BTreeMap<String, Vec<Vec<&'t str>>> {
    let is_named = |cell: &str| options.allele_columns.iter().any(|name| fold_name(name) == fold_name(cell));
    let is_allele = |cell: &String| is_named(cell) || is_allele_column(&fold_name(cell));
    let alleles: Vec<usize> = (0..header.cells.len()).filter(|&at| is_allele(&header.cells[at])).collect();
    let mut of_markers: BTreeMap<String, Vec<Vec<&str>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !is_missing(row.cell(marker))) {
        let cells = alleles.iter().map(|&at| row.cell(at)).collect();
        of_markers.entry(row.cell(marker).to_owned()).or_default().push(cells);
    }
    of_markers
}

/// The cells of each locus of a wide table: of one column, or of several with one name and a sign for each allele.
fn of_columns<'t>(header: &TextRow, rows: &'t [TextRow], options: &ReadOptions) -> BTreeMap<String, Vec<Vec<&'t str>>> {
    let id = id_column(&header.cells, options);
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, cell) in header.cells.iter().enumerate() {
        if Some(at) != id && !cell.is_empty() && !is_metadata(&header.cells, cell) {
            let base = strip_allele_sign(cell).map_or(cell.as_str(), |(base, _)| base);
            places.entry(base).or_default().push(at);
        }
    }
    let mut of_columns = BTreeMap::new();
    for (base, places) in places {
        // A sign that stands on one column alone belongs to the name.
        let name = if places.len() == 1 { header.cells[places[0]].as_str() } else { base };
        let cells = rows.iter().map(|row| places.iter().map(|&at| row.cell(at)).collect()).collect();
        of_columns.insert(name.to_owned(), cells);
    }
    of_columns
}

/// Whether all cells can be genotypes, and some hold two alleles, or letters.
fn hold_genotypes(rows: &[Vec<&str>]) -> bool {
    let rules = CellRules { comma: Comma::BetweenAlleles, letters: true, shows: Arc::new(LocusShows::default()) };
    let mut is_sure = false;
    for cells in rows {
        let reading = read_cells(cells.iter().copied(), &rules);
        let undetermined = |reason: &Reason| {
            matches!(reason, Reason::OneAlleleMissing(_) | Reason::OffLadder(_) | Reason::OffLadderLeftOut(_))
        };
        if reading.problem.is_some_and(|(_, reason)| !undetermined(&reason)) {
            return false;
        }
        let has_letters = reading.call.alleles().any(|allele| allele.kind() != AlleleKind::Number);
        is_sure |= has_letters || matches!(reading.call, Call::Two(..));
    }
    is_sure
}
