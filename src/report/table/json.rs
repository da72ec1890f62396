//! Tables as JSON: an array with an object for each row, one a line. Nothing is `null`, yes and no are booleans; JSON has no
//! infinity, so minus infinity is the text `-inf`.

use super::{Batch, Column, ExportError, Exporter, Table, Values};
use rayon::prelude::*;
use serde_json::{Map, Value};
use std::io::Write;

/// Writes JSON.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Exporter for Json {
    fn export(&self, table: &Table<'_>, target: &mut (dyn Write + Send)) -> Result<(), ExportError> {
        target.write_all(b"[")?;
        let mut separator = "\n";
        let columns = &table.columns;
        for batches in table.batches() {
            let text = |batch: &Batch| text(columns, batch);
            let texts: Vec<String> = batches?.par_iter().map(text).collect::<Result<_, ExportError>>()?;
            for text in texts.iter().filter(|text| !text.is_empty()) {
                target.write_all(separator.as_bytes())?;
                target.write_all(text.as_bytes())?;
                separator = ",\n";
            }
        }
        target.write_all(b"\n]\n")?;
        Ok(target.flush()?)
    }
}

/// The objects of a batch, with a comma between each and the next.
fn text(columns: &[Column], batch: &Batch) -> Result<String, ExportError> {
    let object = |row: usize| {
        let members = columns.iter().zip(&batch.columns);
        let members: Map<_, _> = members.map(|(column, values)| (column.name.clone(), value(values, row))).collect();
        Ok(serde_json::to_string(&members)?)
    };
    Ok((0..batch.rows).map(object).collect::<Result<Vec<_>, ExportError>>()?.join(",\n"))
}

fn value(values: &Values, row: usize) -> Value {
    match values {
        Values::Text(values) => values[row].as_deref().into(),
        Values::Integer(values) => values[row].into(),
        Values::Real(values) => match values[row] {
            Some(number) if !number.is_finite() => number.to_string().into(),
            number => number.into(),
        },
        Values::Flag(values) => values[row].into(),
    }
}
