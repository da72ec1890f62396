//! The tables of a run as a workbook: numbers as numbers, ids as text that no spreadsheet runs, a header that stays in view.

use super::report::Report;
use super::run_tally::tally;
use super::stored_table::StoredTable;
use crate::io::result_tables::{
    ASSIGNMENTS, COUPLES, DIRECT_MATCHES, FAMILIES, GROUPS, MATCHES, PAIRWISE, POSTERIOR, REJECTED, STATUS, TableKind,
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// Rows of a sheet below its header.
const MOST_ROWS: usize = 1_048_575;

/// Letters of a cell.
const MOST_LETTERS: usize = 32_767;

/// A workbook that cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be made: {0}")]
pub struct WorkbookError(#[from] XlsxError);

/// The sheets of a search.
const OF_MATCH: [(&str, TableKind); 4] =
    [("Status", STATUS), ("Matches", MATCHES), ("Couples", COUPLES), ("One person", DIRECT_MATCHES)];

/// The sheets of an identification.
const OF_IDENTIFY: [(&str, TableKind); 5] = [
    ("Posterior", POSTERIOR),
    ("Matches", PAIRWISE),
    ("Families", FAMILIES),
    ("Assignments", ASSIGNMENTS),
    ("One person", GROUPS),
];

/// The run as the bytes of an xlsx file.
///
/// # Errors
/// None that can be expected.
pub fn workbook(report: &Report) -> Result<Vec<u8>, WorkbookError> {
    let mut book = Workbook::new();
    // The same bytes whenever it is made.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    book.set_properties(&properties);
    rows(book.add_worksheet(), "Summary", &["What", "Value"], &summary(report))?;
    let tables: &[_] = if report.is_identify { &OF_IDENTIFY } else { &OF_MATCH };
    for (name, kind) in tables {
        table(book.add_worksheet(), name, report.table(*kind))?;
    }
    rows(book.add_worksheet(), "Loci", &LOCI, &loci(report))?;
    table(book.add_worksheet(), "Rejected", report.table(REJECTED))?;
    rows(book.add_worksheet(), "Settings", &["Setting", "Value"], &settings(report))?;
    Ok(book.save_to_buffer()?)
}

/// A cell.
enum Cell {
    Text(String),
    Number(f64),
    Empty,
}

impl Cell {
    fn write(&self, sheet: &mut Worksheet, row: usize, column: usize) -> Result<(), XlsxError> {
        let (row, column) = (row as u32, column as u16);
        match self {
            Self::Text(text) => sheet.write_string(row, column, text.chars().take(MOST_LETTERS).collect::<String>())?,
            Self::Number(number) => sheet.write_number(row, column, *number)?,
            Self::Empty => return Ok(()),
        };
        Ok(())
    }

    /// A cell of a table; minus infinity is text, for a sheet has no such number.
    fn of_table(text: &str, is_number: bool) -> Self {
        match text.parse::<f64>() {
            _ if text.is_empty() => Self::Empty,
            Ok(number) if is_number && number.is_finite() => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }

    fn letters(&self) -> usize {
        match self {
            Self::Text(text) => text.chars().count(),
            Self::Number(_) => 14,
            Self::Empty => 0,
        }
    }
}

fn table(sheet: &mut Worksheet, name: &str, table: &StoredTable) -> Result<(), XlsxError> {
    let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
    let numbers: Vec<bool> = columns.iter().map(|column| holds_numbers(column)).collect();
    let cells = table.rows().take(MOST_ROWS).map(|row| {
        row.cells().zip(&numbers).map(|(cell, &is_number)| Cell::of_table(cell, is_number)).collect::<Vec<_>>()
    });
    rows(sheet, name, &columns, &cells.collect::<Vec<_>>())
}

fn rows(sheet: &mut Worksheet, name: &str, header: &[&str], rows: &[Vec<Cell>]) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let bold = Format::new().set_bold();
    for (at, title) in header.iter().enumerate() {
        sheet.write_string_with_format(0, at as u16, *title, &bold)?;
        let widest = rows.iter().take(1000).filter_map(|row| row.get(at)).map(Cell::letters).max().unwrap_or(0);
        sheet.set_column_width(at as u16, widest.max(title.chars().count()).clamp(8, 60) as f64 + 2.0)?;
    }
    for (number, row) in rows.iter().enumerate() {
        row.iter().enumerate().try_for_each(|(at, cell)| cell.write(sheet, number + 1, at))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// Whether a column of the result tables holds numbers. All others are text: an id `007` stays as it is.
fn holds_numbers(column: &str) -> bool {
    const WHOLE: [&str; 14] = [
        "rank",
        "line",
        "loci",
        "loci_compared",
        "loci_inconsistent",
        "loci_different",
        "typed_relatives",
        "expected_false_leads",
        "log_likelihood",
        "probability",
        "exclusion_probability",
        "standard_error",
        "r_hat",
        "expected_log10_lr",
    ];
    const PARTS: [&str; 4] = ["log10_lr", "posterior", "father_none", "mother_none"];
    WHOLE.contains(&column) || PARTS.iter().any(|part| column.contains(part))
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// What a reader must know first.
fn summary(report: &Report) -> Vec<Vec<Cell>> {
    let said = |value: &serde_json::Value| text(value.as_str().unwrap_or_default());
    let mut lines = vec![
        vec![text("command"), said(&report.manifest["command"])],
        vec![text("version of filia"), said(&report.manifest["version"])],
    ];
    let tally = tally(report);
    let of = if report.is_identify { "bodies" } else { "children, by the surer parent" };
    lines.extend(
        tally.surest().into_iter().map(|(word, count)| vec![text(format!("{of}: {word}")), Cell::Number(count as f64)]),
    );
    let counts = report.manifest["counts"].as_object().into_iter().flatten();
    lines.extend(
        counts.map(|(name, count)| vec![text(name.replace('_', " ")), Cell::Number(count.as_f64().unwrap_or(0.0))]),
    );
    for input in report.manifest["inputs"].as_array().into_iter().flatten() {
        let file = format!(
            "{} (SHA-256 {})",
            input["path"].as_str().unwrap_or_default(),
            input["sha256"].as_str().unwrap_or_default()
        );
        lines.push(vec![text(format!("file read: {}", input["role"].as_str().unwrap_or_default())), text(file)]);
    }
    if let Err(reason) = &report.genotypes {
        lines.push(vec![text("sheet Loci"), text(format!("empty: {reason}"))]);
    }
    let notes = report.manifest["notes"].as_array().into_iter().flatten();
    lines.extend(notes.map(|note| vec![text("note"), said(note)]));
    lines
}

/// The columns of the sheet of loci.
const LOCI: [&str; 8] =
    ["child_id", "candidate_id", "locus", "child", "known_parent", "candidate", "log10_lr", "inconsistent"];

/// Each reported pair, locus by locus.
fn loci(report: &Report) -> Vec<Vec<Cell>> {
    let Ok(genotypes) = &report.genotypes else { return Vec::new() };
    let call = |id: &str, at: usize| {
        genotypes.typings.get(id).and_then(|typing| typing.calls.get(at)).map_or("", String::as_str)
    };
    let mut lines = Vec::new();
    for (child, candidate) in report.pairs() {
        let Some(pair) = genotypes.pairs.get(&(child.to_owned(), candidate.to_owned())) else { continue };
        for (at, locus) in genotypes.loci.iter().enumerate().take(MOST_ROWS - lines.len()) {
            let known = pair.known_parent.as_deref().map_or("", |known| call(known, at));
            let inconsistent = pair.inconsistent.iter().find(|(other, _)| *other == at);
            let steps = inconsistent.map(|(_, steps)| match steps {
                Some(steps) => text(format!("steps: {steps}")),
                None => text("yes"),
            });
            let log10_lr = Cell::of_table(&crate::report::significant(pair.log10_lr[at]), true);
            lines.push(vec![
                text(child),
                text(candidate),
                text(locus),
                text(call(child, at)),
                text(known),
                text(call(candidate, at)),
                log10_lr,
                steps.unwrap_or(Cell::Empty),
            ]);
        }
    }
    lines
}

fn settings(report: &Report) -> Vec<Vec<Cell>> {
    let lines = super::overview::settings("", &report.manifest["settings"]);
    lines.into_iter().map(|(name, value)| vec![text(name), text(value)]).collect()
}
