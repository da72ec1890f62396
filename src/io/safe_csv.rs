//! CSV out, with cells that a spreadsheet would run as a formula written harmless.
//!
//! A cell that begins with `=`, `+`, `-`, `@` (also full-width), a tab or a carriage return gets an apostrophe in
//! front, unless it is a number (CWE-1236, "formula elements in a CSV file").

use std::{borrow::Cow, io::Write};

/// A CSV writer (comma, LF, quotes where needed) that no cell can turn into a formula.
pub struct SafeCsvWriter<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> SafeCsvWriter<W> {
    /// Writes to `target`.
    pub fn new(target: W) -> Self {
        Self { writer: csv::Writer::from_writer(target) }
    }

    /// Writes one row; every row has as many cells as the first.
    ///
    /// # Errors
    /// What the target refuses; a row of another length.
    pub fn write_row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> csv::Result<()> {
        cells.into_iter().try_for_each(|cell| self.write_cell(cell))?;
        self.end_row()
    }

    /// Writes the next cell of a row.
    ///
    /// # Errors
    /// What the target refuses.
    pub fn write_cell(&mut self, cell: impl AsRef<str>) -> csv::Result<()> {
        self.writer.write_field(harmless(cell.as_ref()).as_bytes())
    }

    /// Ends the row whose cells were written one by one.
    ///
    /// # Errors
    /// What the target refuses; a row of another length.
    pub fn end_row(&mut self) -> csv::Result<()> {
        self.writer.write_record(None::<&[u8]>)
    }

    /// Writes what is still held back and gives the target back.
    ///
    /// # Errors
    /// What the target refuses.
    pub fn finish(self) -> std::io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// The cell as a spreadsheet may see it: as it is, or with an apostrophe in front.
pub fn harmless(cell: &str) -> Cow<'_, str> {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if risky && cell.parse::<f64>().is_err() { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_left_alone() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
            ("+A1", "'+A1"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("-3.2", "-3.2"),
            ("+5", "+5"),
            ("-1e-9", "-1e-9"),
            ("-inf", "-inf"),
            ("13,14", "13,14"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }

    #[test]
    fn rows_come_out_quoted_where_needed() {
        let mut writer = SafeCsvWriter::new(Vec::new());
        writer.write_row(["id", "note"]).unwrap();
        writer.write_row(["=a,b", ""]).unwrap();
        writer.write_row([String::from("x\"y"), String::from("-1.5")]).unwrap();
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(written, "id,note\n\"'=a,b\",\n\"x\"\"y\",-1.5\n");
    }

    #[test]
    fn a_row_of_another_length_is_refused() {
        let mut writer = SafeCsvWriter::new(Vec::new());
        writer.write_row(["a", "b"]).unwrap();
        assert!(writer.write_row(["a"]).is_err());
    }
}
