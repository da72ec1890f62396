//! Result tables as Arrow tables: text, 64-bit integers, doubles and booleans, each column nullable, as in Parquet.

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use filia::report::table::{self, Batch, ColumnKind, Values};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::error::PyArrowResult;
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};
use std::io;
use std::sync::Arc;

/// A table that polars, pandas, pyarrow, duckdb and whoever else knows the Arrow PyCapsule interface takes without copying it.
#[pyclass(frozen, module = "filia")]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// A result table.
    ///
    /// # Errors
    /// Rows that can no longer be read.
    pub fn of(table: &table::Table<'_>) -> io::Result<Self> {
        let field = |column: &table::Column| Field::new(&column.name, data_type(column.kind), true);
        let schema: SchemaRef = Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()));
        let groups = table.batches().map(|batches| record_batch(&schema, &batches?).map_err(io::Error::other));
        let batches = groups.collect::<io::Result<_>>()?;
        Ok(Self { schema, batches })
    }

    /// A matrix with a name for each row, in a first column called so, and for each other column.
    ///
    /// # Errors
    /// Columns of different lengths.
    pub fn of_matrix(
        rows: (&str, Vec<String>),
        columns: impl Iterator<Item = (String, Vec<f64>)>,
    ) -> Result<Self, ArrowError> {
        let mut fields = vec![Field::new(rows.0, DataType::Utf8, true)];
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(StringArray::from(rows.1))];
        for (name, values) in columns {
            fields.push(Field::new(name, DataType::Float64, true));
            arrays.push(Arc::new(Float64Array::from(values)));
        }
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        Ok(Self { batches: vec![RecordBatch::try_new(schema.clone(), arrays)?], schema })
    }
}

fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text => DataType::Utf8,
        ColumnKind::Integer => DataType::Int64,
        ColumnKind::Real(_) => DataType::Float64,
        ColumnKind::Flag => DataType::Boolean,
    }
}

/// The rows of these batches, one after the other.
fn record_batch(schema: &SchemaRef, batches: &[Batch]) -> Result<RecordBatch, ArrowError> {
    let column = |at: usize| -> ArrayRef {
        let values = || batches.iter().map(move |batch| &batch.columns[at]);
        macro_rules! array {
            ($array:ty, $variant:ident, $value:expr) => {
                Arc::new(<$array>::from_iter(values().flat_map(|values| match values {
                    Values::$variant(values) => values.iter().map($value).collect::<Vec<_>>(),
                    _ => Vec::new(),
                })))
            };
        }
        match schema.field(at).data_type() {
            DataType::Int64 => array!(Int64Array, Integer, |&value| value),
            DataType::Float64 => array!(Float64Array, Real, |&value| value),
            DataType::Boolean => array!(BooleanArray, Flag, |&value| value),
            _ => array!(StringArray, Text, Option::as_deref),
        }
    };
    RecordBatch::try_new(schema.clone(), (0..schema.fields().len()).map(column).collect())
}

#[pymethods]
impl Table {
    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("filia.Table of {} rows: {}", self.__len__(), self.column_names().join(", "))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyArrowResult<Bound<'py, PyCapsule>> {
        to_schema_pycapsule(py, self.schema.as_ref())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyArrowResult<Bound<'py, PyCapsule>> {
        let batches = self.batches.clone().into_iter().map(|batch| Ok(Arc::new(StructArray::from(batch)) as ArrayRef));
        let rows = Field::new_struct("", self.schema.fields().clone(), false);
        to_stream_pycapsule(py, Box::new(ArrayIterator::new(batches, Arc::new(rows))), requested_schema)
    }
}
