//! Tables as CSV: numbers as they are shown, `yes` and `no`, nothing where there is no value. Cells that a spreadsheet would run as a
//! formula are written harmless, here and in no other format.

use super::{Batch, Column, ColumnKind, ExportError, Exporter, Table, Values};
use crate::io::safe_csv::SafeCsvWriter;
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::Write;

/// Writes CSV.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

impl Exporter for Csv {
    fn export(&self, table: &Table<'_>, target: &mut (dyn Write + Send)) -> Result<(), ExportError> {
        let mut header = SafeCsvWriter::new(Vec::new());
        header.write_row(table.columns.iter().map(|column| &column.name))?;
        target.write_all(&header.finish()?)?;
        let columns = &table.columns;
        for batches in table.batches() {
            let text = |batch: &Batch| text(columns, batch);
            let texts: Vec<Vec<u8>> = batches?.par_iter().map(text).collect::<Result<_, ExportError>>()?;
            texts.iter().try_for_each(|text| target.write_all(text))?;
        }
        Ok(target.flush()?)
    }
}

fn text(columns: &[Column], batch: &Batch) -> Result<Vec<u8>, ExportError> {
    let mut rows = SafeCsvWriter::new(Vec::new());
    for row in 0..batch.rows {
        for (column, values) in columns.iter().zip(&batch.columns) {
            rows.write_cell(cell(column.kind, values, row))?;
        }
        rows.end_row()?;
    }
    Ok(rows.finish()?)
}

/// One cell; empty where there is no value.
fn cell(kind: ColumnKind, values: &Values, row: usize) -> Cow<'_, str> {
    let cell = match (values, kind) {
        (Values::Text(values), _) => values[row].as_deref().map(Cow::Borrowed),
        (Values::Integer(values), _) => values[row].map(|number| number.to_string().into()),
        (Values::Real(values), ColumnKind::Real(digits)) => values[row].map(|number| digits.text(number).into()),
        (Values::Real(values), _) => values[row].map(|number| number.to_string().into()),
        (Values::Flag(values), _) => values[row].map(|flag| if flag { "yes" } else { "no" }.into()),
    };
    cell.unwrap_or_default()
}
