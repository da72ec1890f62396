//! The tables of a run as a workbook: numbers as numbers, ids as text that no spreadsheet runs, a header that stays in view.

use super::overview::{settings, totals};
use super::report::Report;
use super::run_tally::tally;
use super::stored_table::StoredTable;
use crate::io::result_tables::{
    ASSIGNMENTS, COUPLES, DIRECT_MATCHES, FAMILIES, GROUPS, MATCHES, PAIRWISE, POSTERIOR, REJECTED, STATUS, TableKind,
};
use crate::report::messages::{Language, Messages, Value, unmarked};
use crate::report::words::{data, role, status, words};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// Rows of a sheet below its header.
const MOST_ROWS: usize = 1_048_575;

/// Letters of a cell.
const MOST_LETTERS: usize = 32_767;

/// The reading order of a cell.
const LEFT_TO_RIGHT: u8 = 1;

/// A workbook that cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be made: {0}")]
pub struct WorkbookError(#[from] XlsxError);

/// The sheets of a search, each by the message that names it.
const OF_MATCH: [(&str, TableKind); 4] = [
    ("workbook-status", STATUS),
    ("workbook-matches", MATCHES),
    ("workbook-couples", COUPLES),
    ("workbook-one-person", DIRECT_MATCHES),
];

/// The sheets of an identification.
const OF_IDENTIFY: [(&str, TableKind); 5] = [
    ("workbook-posterior", POSTERIOR),
    ("workbook-matches", PAIRWISE),
    ("workbook-families", FAMILIES),
    ("workbook-assignments", ASSIGNMENTS),
    ("workbook-one-person", GROUPS),
];

/// The run as the bytes of an xlsx file. What the sheets are called and the summary are in the language; the tables are as they are.
///
/// # Errors
/// None that can be expected.
pub fn workbook(report: &Report, language: Language) -> Result<Vec<u8>, WorkbookError> {
    let mut book = Book { book: Workbook::new(), messages: Messages::of(language) };
    // The same bytes whenever it is made.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    book.book.set_properties(&properties);
    book.rows("workbook-summary", &[&book.say("workbook-what"), &book.say("rejected-value")], &summary(report, &book))?;
    let tables: &[_] = if report.is_identify { &OF_IDENTIFY } else { &OF_MATCH };
    for (name, kind) in tables {
        book.table(name, report.table(*kind))?;
    }
    book.rows("workbook-loci", &LOCI, &loci(report))?;
    book.table("workbook-rejected", report.table(REJECTED))?;
    let named = settings("", &report.manifest["settings"]);
    let named: Vec<_> = named.into_iter().map(|(name, value)| vec![text(name), text(value)]).collect();
    book.rows("workbook-settings", &[&book.say("page-setting"), &book.say("rejected-value")], &named)?;
    Ok(book.book.save_to_buffer()?)
}

/// A workbook in a language. Its texts have no marks of direction, which spreadsheets do not know.
struct Book {
    book: Workbook,
    messages: Messages,
}

impl Book {
    fn say(&self, key: &str) -> String {
        unmarked(&self.messages.say(key))
    }

    fn tell(&self, key: &str, values: &[(&str, Value)]) -> String {
        unmarked(&self.messages.tell(key, values))
    }

    fn table(&mut self, name: &str, table: &StoredTable) -> Result<(), XlsxError> {
        let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        let numbers: Vec<bool> = columns.iter().map(|column| holds_numbers(column)).collect();
        let cells = table.rows().take(MOST_ROWS).map(|row| {
            row.cells().zip(&numbers).map(|(cell, &is_number)| Cell::of_table(cell, is_number)).collect::<Vec<_>>()
        });
        self.rows(name, &columns, &cells.collect::<Vec<_>>())
    }

    fn rows(&mut self, name: &str, header: &[&str], rows: &[Vec<Cell>]) -> Result<(), XlsxError> {
        let name = self.say(name);
        let is_right_to_left = self.messages.language().is_right_to_left();
        let sheet = self.book.add_worksheet();
        sheet.set_name(name)?;
        sheet.set_right_to_left(is_right_to_left);
        let bold = Format::new().set_bold();
        let text = if is_right_to_left { Format::new().set_reading_direction(LEFT_TO_RIGHT) } else { Format::new() };
        for (at, title) in header.iter().enumerate() {
            sheet.write_string_with_format(0, at as u16, *title, &bold)?;
            let widest = rows.iter().take(1000).filter_map(|row| row.get(at)).map(Cell::letters).max().unwrap_or(0);
            sheet.set_column_width(at as u16, widest.max(title.chars().count()).clamp(8, 60) as f64 + 2.0)?;
        }
        for (number, row) in rows.iter().enumerate() {
            row.iter().enumerate().try_for_each(|(at, cell)| cell.write(sheet, number + 1, at, &text))?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }
}

/// A cell.
enum Cell {
    /// What the language says.
    Words(String),
    /// What the run holds: from left to right in every language.
    Text(String),
    Number(f64),
    Empty,
}

impl Cell {
    fn write(&self, sheet: &mut Worksheet, row: usize, column: usize, text: &Format) -> Result<(), XlsxError> {
        let (row, column) = (row as u32, column as u16);
        let cut = |letters: &str| letters.chars().take(MOST_LETTERS).collect::<String>();
        match self {
            Self::Words(words) => sheet.write_string(row, column, cut(words))?,
            Self::Text(letters) => sheet.write_string_with_format(row, column, cut(letters), text)?,
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
            Self::Words(text) | Self::Text(text) => text.chars().count(),
            Self::Number(_) => 14,
            Self::Empty => 0,
        }
    }
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
fn summary(report: &Report, book: &Book) -> Vec<Vec<Cell>> {
    let said = |value: &serde_json::Value| text(value.as_str().unwrap_or_default());
    let mut lines = vec![
        vec![Cell::Words(book.say("workbook-command")), said(&report.manifest["command"])],
        vec![Cell::Words(book.say("workbook-version")), said(&report.manifest["version"])],
    ];
    let of = if report.is_identify { "workbook-bodies" } else { "workbook-children" };
    lines.extend(tally(report).surest().into_iter().map(|(word, count)| {
        let status = words(status(&book.messages, word));
        vec![Cell::Words(book.tell(of, &[("status", status)])), Cell::Number(count as f64)]
    }));
    lines.extend(
        totals(report, &book.messages)
            .into_iter()
            .map(|(name, count)| vec![Cell::Words(unmarked(&name)), Cell::Number(count.parse().unwrap_or(0.0))]),
    );
    for input in report.manifest["inputs"].as_array().into_iter().flatten() {
        let part = |key: &str| input[key].as_str().unwrap_or_default();
        let role = words(role(&book.messages, part("role")));
        let file = [("path", data(part("path"))), ("sha256", data(part("sha256")))];
        lines.push(vec![
            Cell::Words(book.tell("workbook-file", &[("role", role)])),
            text(book.tell("workbook-file-is", &file)),
        ]);
    }
    if let Err(reason) = &report.genotypes {
        let sheet = words(book.say("workbook-loci"));
        let empty = book.tell("workbook-empty", &[("reason", data(reason))]);
        lines.push(vec![Cell::Words(book.tell("workbook-sheet", &[("sheet", sheet)])), Cell::Words(empty)]);
    }
    let notes = report.manifest["notes"].as_array().into_iter().flatten();
    lines.extend(notes.map(|note| vec![Cell::Words(book.say("workbook-note")), said(note)]));
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
