//! Reads one sheet of a workbook.

use super::{MOST_CELLS, SEPARATOR, WorkbookError};
use crate::io::unwinding::caught;
use calamine::{Data, DataRef, DataType, Ods, Reader, Xlsx};
use std::{fmt::Display, io::Cursor};

/// One sheet as text.
#[derive(Clone, PartialEq, Debug)]
pub struct Sheet {
    /// The file's format: `xlsx` or `ods`.
    pub format: &'static str,
    /// Its name.
    pub name: String,
    /// Those of the others, which were not read.
    pub others: Vec<String>,
    /// A line a row, its cells separated by [`SEPARATOR`] and quoted where they begin with a quote; every line has as many.
    pub text: Vec<u8>,
}

/// The sheet of this name, or the first one.
///
/// # Errors
/// What is no workbook, a sheet that is not there, more cells than are read.
pub fn read_sheet(bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, WorkbookError> {
    let read = caught(|| match Xlsx::new(Cursor::new(bytes)) {
        Ok(workbook) => read_xlsx(workbook, wanted),
        Err(of_xlsx) => match Ods::new(Cursor::new(bytes)) {
            Ok(workbook) => read_ods(workbook, wanted),
            Err(_) => Err(unreadable(of_xlsx)),
        },
    });
    read.unwrap_or_else(|panic| Err(WorkbookError::Unreadable(panic)))
}

fn unreadable(cause: impl Display) -> WorkbookError {
    WorkbookError::Unreadable(cause.to_string())
}

/// The sheet of this name, or the first one, and the others.
fn choose(names: Vec<String>, wanted: Option<&str>) -> Result<(String, Vec<String>), WorkbookError> {
    let chosen = match wanted {
        Some(wanted) => {
            let exact = names.iter().find(|name| *name == wanted);
            exact.or_else(|| names.iter().find(|name| name.trim().to_lowercase() == wanted.trim().to_lowercase()))
        }
        None => names.first(),
    };
    match (chosen.cloned(), wanted) {
        (Some(name), _) => Ok((name.clone(), names.into_iter().filter(|other| *other != name).collect())),
        (None, Some(wanted)) => Err(WorkbookError::NoSheet { wanted: wanted.to_owned(), found: names }),
        (None, None) => Err(WorkbookError::NoSheets),
    }
}

fn read_xlsx(mut workbook: Xlsx<Cursor<&[u8]>>, wanted: Option<&str>) -> Result<Sheet, WorkbookError> {
    let (name, others) = choose(workbook.sheet_names(), wanted)?;
    let mut cells = Cells::default();
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::SharedString(text) => (*text).to_owned(),
            other => text_of(&other.clone().into()),
        };
        cells.push(row, column, text);
    }
    Ok(Sheet { format: "xlsx", text: cells.into_text(&name)?, name, others })
}

fn read_ods(mut workbook: Ods<Cursor<&[u8]>>, wanted: Option<&str>) -> Result<Sheet, WorkbookError> {
    let (name, others) = choose(workbook.sheet_names(), wanted)?;
    let range = workbook.worksheet_range(&name).map_err(unreadable)?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut cells = Cells::default();
    for (row, column, data) in range.used_cells() {
        cells.push(first_row + row as u32, first_column + column as u32, text_of(data));
    }
    Ok(Sheet { format: "ods", text: cells.into_text(&name)?, name, others })
}

/// The cells of a sheet with something in them.
#[derive(Default)]
struct Cells {
    /// Row and column, 0-based.
    cells: Vec<(u32, u32, String)>,
    width: u32,
    height: u32,
}

impl Cells {
    fn push(&mut self, row: u32, column: u32, text: String) {
        if text.trim().is_empty() {
            return;
        }
        self.width = self.width.max(column.saturating_add(1));
        self.height = self.height.max(row.saturating_add(1));
        self.cells.push((row, column, text));
    }

    fn into_text(mut self, sheet: &str) -> Result<Vec<u8>, WorkbookError> {
        const ROWS: u32 = 1 << 20;
        const COLUMNS: u32 = 1 << 14;
        let in_bounds = self.height <= ROWS && self.width <= COLUMNS;
        if !in_bounds || u64::from(self.width) * u64::from(self.height) > MOST_CELLS {
            return Err(WorkbookError::TooLarge(sheet.to_owned()));
        }
        self.cells.sort_by_key(|cell| (cell.0, cell.1));
        let mut text = Vec::new();
        let mut cells = self.cells.into_iter().peekable();
        for row in 0..self.height {
            // A line without any separator is an empty one: no row.
            let is_filled = cells.peek().is_some_and(|cell| cell.0 == row);
            for column in (0..self.width).filter(|_| is_filled) {
                if column > 0 {
                    text.push(SEPARATOR);
                }
                while let Some((_, _, cell)) = cells.next_if(|cell| (cell.0, cell.1) == (row, column)) {
                    push_cell(&mut text, &cell);
                }
            }
            text.push(b'\n');
        }
        Ok(text)
    }
}

/// Writes a cell on one line, without a separator in it.
fn push_cell(text: &mut Vec<u8>, cell: &str) {
    let plain: String = cell.chars().map(|symbol| if symbol.is_control() { ' ' } else { symbol }).collect();
    let plain = plain.trim();
    if plain.contains('"') {
        text.extend_from_slice(format!("\"{}\"", plain.replace('"', "\"\"")).as_bytes());
    } else {
        text.extend_from_slice(plain.as_bytes());
    }
}

/// What a cell says.
fn text_of(data: &Data) -> String {
    match data {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => shown_number(*number),
        Data::String(text) => text.clone(),
        Data::Bool(is_true) => is_true.to_string().to_uppercase(),
        Data::DateTime(moment) if moment.is_duration() => shown_number(moment.as_f64()),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
        other => other.as_string().unwrap_or_default(),
    }
}

/// A number with the 15 significant digits that spreadsheets show: the shortest text of what is left.
fn shown_number(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_spreadsheets_show() {
        for (number, text) in [
            (2.2_f64.next_up(), "2.2"),
            (9.3, "9.3"),
            (15.0, "15"),
            (0.1 + 0.2, "0.3"),
            (1e-7, "0.0000001"),
            (123456789012345.0, "123456789012345"),
        ] {
            assert_eq!(shown_number(number), text);
        }
    }

    #[test]
    fn cells_keep_their_places() {
        let mut cells = Cells::default();
        for (row, column, text) in [(3, 2, "x\ny"), (1, 1, "say \"so\""), (1, 0, "a"), (2, 0, "  ")] {
            cells.push(row, column, text.to_owned());
        }
        let text = String::from_utf8(cells.into_text("s").unwrap()).unwrap();
        assert_eq!(text, "\na\u{1f}\"say \"\"so\"\"\"\u{1f}\n\n\u{1f}\u{1f}x y\n");
        let mut far = Cells::default();
        far.push(u32::MAX, u32::MAX, "x".to_owned());
        assert!(matches!(far.into_text("s"), Err(WorkbookError::TooLarge(_))));
    }

    #[test]
    fn what_is_no_workbook_is_said() {
        let message = read_sheet(b"PK\x03\x04 and so on", None).unwrap_err().to_string();
        assert!(message.starts_with("this is a zip archive and no spreadsheet"), "{message}");
    }
}
