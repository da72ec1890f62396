//! A table of a finished run, read back by the names of its columns: one that an older version did not write is absent.

use crate::io::result_tables::{Format, TableKind};
use std::{borrow::Cow, io, path::Path};

/// A table as text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StoredTable {
    /// The names of the columns.
    pub columns: Vec<String>,
    rows: Vec<csv::StringRecord>,
    /// How many rows the file has, those that were not kept too.
    pub total: u64,
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct StoredRow<'t> {
    columns: &'t [String],
    cells: &'t csv::StringRecord,
}

impl StoredTable {
    /// Reads a table of this folder and keeps at most so many rows of it, of those for which `each`, who sees every row, says so;
    /// `None` where the run has no such table.
    ///
    /// # Errors
    /// A file that cannot be read as CSV.
    pub fn read(
        folder: &Path,
        kind: TableKind,
        most: usize,
        mut each: impl FnMut(StoredRow<'_>) -> bool,
    ) -> csv::Result<Option<Self>> {
        let file = match std::fs::File::open(folder.join(kind.file(Format::Csv))) {
            Ok(file) => io::BufReader::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut reader = csv::Reader::from_reader(file);
        let mut table =
            Self { columns: reader.headers()?.iter().map(as_read).map(str::to_owned).collect(), ..Self::default() };
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            table.total += 1;
            let is_kept = each(StoredRow { columns: &table.columns, cells: &record });
            if is_kept && table.rows.len() < most {
                table.rows.push(record.clone());
            }
        }
        Ok(Some(table))
    }

    /// The rows that were kept, in the order of the file.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = StoredRow<'_>> {
        self.rows.iter().map(|cells| StoredRow { columns: &self.columns, cells })
    }

    /// Whether there is such a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }

    /// How many rows were not kept.
    pub fn left_out(&self) -> u64 {
        self.total - self.rows.len() as u64
    }
}

impl<'t> StoredRow<'t> {
    /// The text of a cell as it was before it was written harmless; empty where there is no such column.
    pub fn text(&self, column: &str) -> &'t str {
        let position = self.columns.iter().position(|name| name == column);
        position.map_or("", |position| as_read(self.cells.get(position).unwrap_or_default()))
    }

    /// Every cell, in the order of the columns.
    pub fn cells(&self) -> impl Iterator<Item = &'t str> {
        self.cells.iter().map(as_read)
    }

    /// The number in a cell, minus infinity too; `None` where there is none.
    pub fn number(&self, column: &str) -> Option<f64> {
        self.text(column).parse().ok().filter(|number: &f64| !number.is_nan())
    }

    /// The cell for people; a dash where it is empty.
    pub fn shown(&self, column: &str) -> Cow<'t, str> {
        let text = self.text(column);
        if text.is_empty() { "–".into() } else { crate::report::printable(text) }
    }
}

/// Takes off the apostrophe that keeps a spreadsheet from running a cell.
fn as_read(cell: &str) -> &str {
    let rest = cell.strip_prefix('\'').unwrap_or(cell);
    if crate::io::safe_csv::harmless(rest) == cell { rest } else { cell }
}

#[cfg(test)]
mod tests {
    use super::as_read;

    #[test]
    fn an_apostrophe_that_was_added_is_taken_off_and_no_other() {
        for (cell, read) in [("'=cmd()", "=cmd()"), ("'tis", "'tis"), ("x", "x"), ("'-3.2", "'-3.2"), ("-3.2", "-3.2")]
        {
            assert_eq!(as_read(cell), read);
        }
    }
}
