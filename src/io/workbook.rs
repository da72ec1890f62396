//! Sheets of spreadsheet files (xlsx, ods) as rows of text: what every reader of tables reads.
//!
//! A sheet is named `FILE.xlsx:Sheet`; without a name it is the first one. Numbers are written as the program shows them, with
//! 15 significant digits at most (`2.2000000000000002` is 2.2); dates as `2024-03-09`, so that a reader of alleles tells them
//! from alleles; errors as they are (`#N/A`). Cells keep their places: row 7 of the sheet is line 7 of the text.

mod sheet;

pub use sheet::{Sheet, read_sheet};

use std::path::{Path, PathBuf};

/// The first bytes of a zip archive, which xlsx and ods files are.
const ZIP: &[u8] = b"PK\x03\x04";
/// Stands between the cells of a sheet's text: no cell holds it.
pub const SEPARATOR: u8 = 0x1F;

/// A spreadsheet file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// A zip archive of something else, or a damaged one.
    #[error("this is a zip archive and no spreadsheet (xlsx, ods) that can be read ({0}): save it as CSV first")]
    Unreadable(String),
    /// A sheet that is not there.
    #[error("no sheet `{wanted}`; found {}", found.join(", "))]
    NoSheet {
        /// What was asked for.
        wanted: String,
        /// The sheets there are.
        found: Vec<String>,
    },
    /// A workbook without sheets.
    #[error("a workbook without a sheet")]
    NoSheets,
    /// More than is read of one sheet.
    #[error("sheet `{0}` has more than {MOST_CELLS} cells, or some beyond row 1,048,576 or column XFD: save it as CSV")]
    TooLarge(String),
}

/// Cells of a sheet that are read, empty ones between them included.
const MOST_CELLS: u64 = 200_000_000;

/// Whether a file that begins with these bytes may be a workbook.
pub fn is_workbook(start: &[u8]) -> bool {
    start.starts_with(ZIP)
}

/// The name of a cell: column (0-based) and row (1-based) as `C7`.
pub fn cell_name(column: u32, row: u64) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    format!("{}{row}", String::from_utf8_lossy(&letters))
}

/// The file that a name means, and what is named in it: `FILE:PART` where there is no file of the whole name.
pub fn split_part(path: &Path) -> (PathBuf, Option<String>) {
    let split = || {
        let text = path.to_str().filter(|_| !path.exists())?;
        let (file, part) = text
            .match_indices(':')
            .map(|(at, _)| (&text[..at], &text[at + 1..]))
            .rev()
            .find(|(file, _)| !file.is_empty() && Path::new(file).is_file())?;
        Some((PathBuf::from(file), Some(part.to_owned())))
    };
    split().unwrap_or_else(|| (path.to_owned(), None))
}

/// What messages call a sheet.
pub fn sheet_name(file: &str, sheet: &str) -> String {
    format!("{file}, sheet \"{sheet}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_do() {
        for (column, row, name) in [(0, 1, "A1"), (2, 7, "C7"), (25, 2, "Z2"), (26, 2, "AA2"), (16_383, 9, "XFD9")] {
            assert_eq!(cell_name(column, row), name);
        }
    }

    #[test]
    fn a_part_is_what_follows_the_name_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        std::fs::write(&path, "x").unwrap();
        let named = |end: &str| split_part(Path::new(&format!("{}{end}", path.display())));
        assert_eq!(named(""), (path.clone(), None));
        assert_eq!(named(":Kit A"), (path.clone(), Some("Kit A".to_owned())));
        assert_eq!(named(":Kit A:Europe"), (path.clone(), Some("Kit A:Europe".to_owned())));
        assert_eq!(named("x:Kit").1, None);
    }
}
