//! Profiles and pedigrees in: paths, which are read as the command line reads them, and tables in memory, which become the text of a
//! CSV file that the same readers read. Line 1 of a table in memory is its header.

use crate::error::{raised, refused};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType};
use filia::io::source::Inputs;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3_arrow::PyTable;
use std::path::{Path, PathBuf};

/// A path or a table.
#[derive(FromPyObject)]
pub enum Source {
    /// A file.
    #[pyo3(transparent)]
    File(PathBuf),
    /// Rows in memory.
    #[pyo3(transparent)]
    Table(PyTable),
}

/// Inputs that are these bytes, whatever stands at their paths: what a program on another machine had in memory.
pub type Texts = Vec<(PathBuf, PyBackedBytes)>;

/// Takes these as inputs.
pub fn take_in(texts: &Texts, inputs: &Inputs) {
    texts.iter().for_each(|(path, text)| inputs.set(path, text));
}

/// What messages and results call tables in memory: `<children>`; of several `<children 1>`, `<children 2>`.
pub fn named(sources: Vec<Source>, role: &str, inputs: &Inputs) -> PyResult<Vec<PathBuf>> {
    let several = sources.len() > 1;
    let named = sources.into_iter().zip(1..).map(|(source, number): (Source, usize)| {
        let name = if several { format!("<{role} {number}>") } else { format!("<{role}>") };
        match source {
            Source::File(path) => Ok(path),
            Source::Table(table) => in_memory(table, PathBuf::from(name), inputs),
        }
    });
    named.collect()
}

fn in_memory(table: PyTable, name: PathBuf, inputs: &Inputs) -> PyResult<PathBuf> {
    let text = text_of(table).map_err(|error| refused(format!("{}: {error}", name.display())))?;
    inputs.set(Path::new(&name), &text);
    Ok(name)
}

/// The rows of a table as CSV, for programs on other machines.
#[pyfunction]
pub fn csv_of(table: PyTable) -> PyResult<Vec<u8>> {
    text_of(table).map_err(|error| raised(&error))
}

/// The rows as CSV.
fn text_of(table: PyTable) -> Result<Vec<u8>, ArrowError> {
    let external = |error: csv::Error| ArrowError::ExternalError(Box::new(error));
    let mut text = csv::Writer::from_writer(Vec::new());
    let (batches, schema) = table.into_inner();
    text.write_record(schema.fields().iter().map(|field| field.name())).map_err(external)?;
    for batch in batches {
        let columns = columns_of(&batch)?;
        for row in 0..batch.num_rows() {
            text.write_record(columns.iter().map(|column| column[row].as_str())).map_err(external)?;
        }
    }
    text.into_inner().map_err(|error| ArrowError::ExternalError(Box::new(error.into_error())))
}

fn columns_of(batch: &RecordBatch) -> Result<Vec<Vec<String>>, ArrowError> {
    let named = batch.schema_ref().fields().iter().zip(batch.columns());
    let cells = named.map(|(field, column)| {
        cells_of(column).map_err(|found| {
            let expected = "text, numbers, dates, or yes and no";
            ArrowError::CastError(format!("column {}: found {found}, expected {expected}", field.name()))
        })
    });
    cells.collect()
}

/// The cells of a column as somebody would write them; empty where there is nothing. The error is the type that has no text.
fn cells_of(column: &ArrayRef) -> Result<Vec<String>, DataType> {
    let found = column.data_type();
    let text = |column: &ArrayRef| cast(column, &DataType::Utf8).map_err(|_| found.clone());
    let cells = match found {
        // 16, not 16.0
        DataType::Float64 => {
            written(column.as_primitive::<Float64Type>().iter().map(|value| value.filter(|value| !value.is_nan())))
        }
        DataType::Float32 => {
            written(column.as_primitive::<Float32Type>().iter().map(|value| value.filter(|value| !value.is_nan())))
        }
        DataType::Boolean => {
            written(column.as_boolean().iter().map(|flag| flag.map(|flag| if flag { "yes" } else { "no" })))
        }
        nested if nested.is_nested() => return Err(found.clone()),
        // the time of day means nothing here
        DataType::Timestamp(..) | DataType::Date64 => {
            let days = cast(column, &DataType::Date32).map_err(|_| found.clone())?;
            written(text(&days)?.as_string::<i32>().iter())
        }
        _ => written(text(column)?.as_string::<i32>().iter()),
    };
    Ok(cells)
}

fn written<T: ToString>(values: impl Iterator<Item = Option<T>>) -> Vec<String> {
    values.map(|value| value.map_or_else(String::new, |value| value.to_string())).collect()
}
