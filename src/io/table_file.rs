//! Small tables of text (frequencies, mutation rates), read whole.
//!
//! Tolerant of how they were saved: UTF-8 or UTF-16 with a mark, else UTF-8, else Latin-1; LF, CR LF or CR line
//! ends; tab, semicolon or comma between cells; decimal points or commas. A line that begins with `#` is a comment.

use super::source::{Inputs, Unreadable};
use super::workbook::{SEPARATOR, WorkbookError, cell_name, is_workbook, read_sheet, sheet_name};
use std::path::Path;

/// A table as rows of trimmed cells; rows without any content are left out.
#[derive(Debug)]
pub struct TextTable {
    /// Where it came from, as given: what messages name.
    pub path: String,
    /// The rows, the header first.
    pub rows: Vec<TextRow>,
    /// Whether it is a sheet of a workbook, whose cells have names.
    is_sheet: bool,
}

/// One row of a table.
#[derive(Debug)]
pub struct TextRow {
    /// Line of the file on which the row begins (1-based).
    pub line: u64,
    /// The cells, without surrounding blanks.
    pub cells: Vec<String>,
}

/// Why a table cannot be used: where, what was found, what was expected.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Nothing but blank lines and comments.
    #[error("{path} is empty: expected {expected}")]
    Empty {
        /// The file.
        path: String,
        /// What it should hold.
        expected: String,
    },
    /// A workbook that cannot be used.
    #[error("{path}: {cause}")]
    Workbook {
        /// The file.
        path: String,
        /// Why.
        cause: WorkbookError,
    },
    /// Text that is no table.
    #[error("{path}, line {line}: {message}")]
    Malformed {
        /// The file.
        path: String,
        /// Line (1-based).
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// A row or the table as a whole does not say what it should.
    #[error("{path}, line {line}: found {found}, expected {expected}")]
    Row {
        /// The file.
        path: String,
        /// Line (1-based).
        line: u64,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// A cell does not say what it should.
    #[error("{path}, {place} ({header}): found `{found}`, expected {expected}")]
    Cell {
        /// The file.
        path: String,
        /// Line and column (1-based), or the name of a sheet's cell.
        place: String,
        /// The column's header.
        header: String,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
}

impl TextTable {
    /// Reads a file, of a workbook the first sheet.
    ///
    /// # Errors
    /// A file that cannot be read, is empty, or is no delimited text; `expected` says what it should hold.
    pub fn read(path: &Path, expected: &str, inputs: &Inputs) -> Result<Self, TableError> {
        Self::read_part(path, None, expected, inputs)
    }

    /// Reads a file, of a workbook the sheet of this name.
    ///
    /// # Errors
    /// As [`TextTable::read`]; a sheet that is not there.
    pub fn read_part(path: &Path, sheet: Option<&str>, expected: &str, inputs: &Inputs) -> Result<Self, TableError> {
        let name = path.display().to_string();
        let bytes = inputs.read_named(path)?;
        match is_workbook(&bytes) {
            true => Self::of_sheet(&name, &bytes, sheet, expected),
            false => Self::from_bytes(&name, &bytes, expected),
        }
    }

    /// Reads a sheet of the bytes of a workbook.
    fn of_sheet(path: &str, bytes: &[u8], sheet: Option<&str>, expected: &str) -> Result<Self, TableError> {
        let in_file = |cause| TableError::Workbook { path: path.to_owned(), cause };
        let sheet = read_sheet(bytes, sheet).map_err(in_file)?;
        let text = String::from_utf8_lossy(&sheet.text);
        let table = Self::parse_separated(&sheet_name(path, &sheet.name), &text, SEPARATOR, expected)?;
        Ok(Self { is_sheet: true, ..table })
    }

    /// A table of these rows.
    pub(super) fn of_rows(path: &str, rows: Vec<TextRow>) -> Self {
        Self { path: path.to_owned(), rows, is_sheet: false }
    }

    /// Reads the bytes of a file; `path` is what messages name.
    ///
    /// # Errors
    /// As [`TextTable::read`].
    pub fn from_bytes(path: &str, bytes: &[u8], expected: &str) -> Result<Self, TableError> {
        Self::parse(path, &decode(bytes), expected)
    }

    /// Reads text; `path` is what messages name.
    ///
    /// # Errors
    /// As [`TextTable::read`].
    pub fn parse(path: &str, text: &str, expected: &str) -> Result<Self, TableError> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Self::parse_separated(path, &text, separator(&text), expected)
    }

    fn parse_separated(path: &str, text: &str, separator: u8, expected: &str) -> Result<Self, TableError> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .delimiter(separator)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| malformed(path, &error))?;
            let line = record.position().map_or(0, |position| first_line(text, position));
            let mut cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                while cells.last().is_some_and(String::is_empty) {
                    cells.pop();
                }
                rows.push(TextRow { line, cells });
            }
        }
        if rows.is_empty() {
            return Err(TableError::Empty { path: path.to_owned(), expected: expected.to_owned() });
        }
        Ok(Self { path: path.to_owned(), rows, is_sheet: false })
    }

    /// Whether it is a sheet of a workbook.
    pub fn is_sheet(&self) -> bool {
        self.is_sheet
    }

    /// The header's cell of this column (0-based), for messages.
    fn header(&self, column: usize) -> &str {
        self.rows[0].cells.get(column).map_or("", String::as_str)
    }

    /// A message about one cell (column 0-based).
    pub fn cell_error(&self, row: &TextRow, column: usize, expected: &str) -> TableError {
        let place = match (self.is_sheet, u32::try_from(column)) {
            (true, Ok(column)) => format!("cell {}", cell_name(column, row.line)),
            _ => format!("line {}, column {}", row.line, column + 1),
        };
        TableError::Cell {
            path: self.path.clone(),
            place,
            header: self.header(column).to_owned(),
            found: row.cell(column).to_owned(),
            expected: expected.to_owned(),
        }
    }

    /// A message about one line.
    pub fn row_error(&self, line: u64, found: impl Into<String>, expected: &str) -> TableError {
        TableError::Row { path: self.path.clone(), line, found: found.into(), expected: expected.to_owned() }
    }

    /// The position (0-based) of the first column whose header is one of these names, without regard to case,
    /// blanks, `_` and `-`.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        self.rows[0].position(names)
    }

    /// The number in this cell (column 0-based); `None` where it is blank.
    ///
    /// # Errors
    /// What is no number in the range.
    pub fn number(
        &self,
        row: &TextRow,
        column: usize,
        range: std::ops::RangeInclusive<f64>,
        expected: &str,
    ) -> Result<Option<f64>, TableError> {
        let cell = row.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        match parse_number(cell) {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(self.cell_error(row, column, expected)),
        }
    }
}

impl TextRow {
    /// The cell of this column (0-based); empty where the row is shorter.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// The position (0-based) of the first cell that says one of these names, without regard to case, blanks, `_` and `-`.
    pub fn position(&self, names: &[&str]) -> Option<usize> {
        let wanted: Vec<_> = names.iter().map(|name| plain(name)).collect();
        self.cells.iter().position(|cell| wanted.contains(&plain(cell)))
    }
}

/// Lower case without blanks, `_` and `-`.
fn plain(header: &str) -> String {
    header.chars().filter(|letter| !matches!(letter, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// A finite number with a decimal point or comma.
pub fn parse_number(text: &str) -> Option<f64> {
    let number: f64 = if text.contains('.') { text.parse() } else { text.replacen(',', ".", 1).parse() }.ok()?;
    number.is_finite().then_some(number)
}

/// Bytes to text: by the byte order mark, else UTF-8, else Latin-1 (as browsers read it: windows-1252).
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

/// The line (1-based) of a record that begins at or, after blank lines and comments, behind this position.
fn first_line(text: &str, position: &csv::Position) -> u64 {
    let rest = usize::try_from(position.byte()).ok().and_then(|byte| text.get(byte..)).unwrap_or_default();
    let skipped = rest.split('\n').take_while(|line| line.is_empty() || line.starts_with('#')).count();
    position.line() + skipped as u64
}

/// The separator, by the first line that has one: a tab, else a semicolon, else a comma (commas may be decimal). A line above
/// the table may hold commas; a table has its separator in the next line too.
fn separator(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).collect();
    let of_line = |line: &str| ['\t', ';', ','].into_iter().find(|&separator| line.contains(separator));
    let follows = |at: usize, separator| lines.get(at + 1).is_none_or(|next| next.contains(separator));
    let mut found = lines.iter().enumerate().filter_map(|(at, line)| Some((at, of_line(line)?)));
    let first = found.clone().next().map(|(_, separator)| separator);
    match found.find(|&(at, separator)| follows(at, separator)).map(|(_, separator)| separator).or(first) {
        Some('\t') => b'\t',
        Some(';') => b';',
        _ => b',',
    }
}

fn malformed(path: &str, error: &csv::Error) -> TableError {
    let line = error.position().map_or(0, csv::Position::line);
    TableError::Malformed { path: path.to_owned(), line, message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &[u8]) -> Vec<Vec<String>> {
        let table = TextTable::parse("t", &decode(text), "rows").unwrap();
        table.rows.into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn one_table_saved_in_many_ways() {
        let expected = [["locus", "é"], ["TH01", "0,5"]];
        for text in [
            &"# note, with commas\nlocus,é\n\nTH01,\"0,5\"\n".as_bytes().to_vec(),
            &"\u{feff}locus;é\r\nTH01; 0,5 ;;\r\n".as_bytes().to_vec(),
            &"locus\té\rTH01\t0,5\r".as_bytes().to_vec(),
            &b"locus\t\xe9\nTH01\t0,5".to_vec(),
            &[0xff, 0xfe].into_iter().chain("locus\té\nTH01\t0,5".encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        ] {
            assert_eq!(cells(text), expected);
        }
    }

    #[test]
    fn lines_are_counted_past_comments_and_blanks() {
        let table = TextTable::parse("t", "# one\n\nlocus,x\n\n# two\nTH01,1\n", "rows").unwrap();
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 6]);
    }

    #[test]
    fn numbers_with_points_and_commas() {
        for (text, number) in [("0.5", Some(0.5)), ("0,5", Some(0.5)), ("1e-3", Some(0.001)), ("1.000,5", None)] {
            assert_eq!(parse_number(text), number, "{text}");
        }
        assert_eq!((parse_number("nan"), parse_number("inf"), parse_number("x")), (None, None, None));
    }

    #[test]
    fn nothing_but_comments_is_empty() {
        let message = TextTable::parse("f.csv", "# a\n\n ,\n", "a table").unwrap_err().to_string();
        assert_eq!(message, "f.csv is empty: expected a table");
    }
}
