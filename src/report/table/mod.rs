//! A typed table, and the formats in which it is written.
//!
//! A table has a name, a key, and columns of a type each. Rows are made in batches, many at a time and in parallel, so that memory
//! does not grow with the table; whoever writes it ([`Exporter`]) takes the batches in order, and writes the same bytes on any number
//! of threads. A number is the same in every format: as it is shown, so that no two files of a run contradict each other.

mod csv;
mod digits;
mod exporter;
mod json;
mod parquet;
mod rows;

pub use csv::Csv;
pub use digits::{Digits, counted, probability_in_words, significant};
pub use exporter::{ExportError, Exporter, export_csv, export_into};
pub use json::Json;
pub use parquet::Parquet;
pub use rows::Columns;

use crate::io::result_tables::TableKind;
use rows::{Made, RowSource, Stream};
use std::io;

/// A table to be written.
pub struct Table<'a> {
    /// The name of its files, without the ending.
    pub name: &'static str,
    /// The columns that tell its rows apart.
    pub key: &'static [&'static str],
    /// Its columns.
    pub columns: Vec<Column>,
    source: Box<dyn RowSource + 'a>,
}

/// A column: its name, and what its values are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type of its values.
    pub kind: ColumnKind,
}

/// What the values of a column are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers, shown with these digits.
    Real(Digits),
    /// Yes or no.
    Flag,
}

/// Some rows of a table, column by column.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// Number of rows.
    pub rows: usize,
    /// The values of each column: as many as there are rows.
    pub columns: Vec<Values>,
}

/// The values of one column; `None` where there is nothing.
#[derive(Clone, PartialEq, Debug)]
pub enum Values {
    /// Text.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Numbers, as they are shown.
    Real(Vec<Option<f64>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
}

/// Groups of batches, in order: the batches of a group were made side by side.
pub type Batches<'t> = Box<dyn Iterator<Item = io::Result<Vec<Batch>>> + 't>;

impl<'a> Table<'a> {
    /// A table with a row for each of these.
    pub fn of_slice<R: Sync>(kind: TableKind, columns: Columns<'a, &'a R>, rows: &'a [R]) -> Self {
        Self::of_parts(kind, columns, rows.len() as u64, 1, |at, made| made.push(&rows[at as usize]))
    }

    /// A table whose rows are made in parts: `make` adds those of part `0..parts`, about `rows_each` of them.
    pub fn of_parts<R: Send + 'a>(
        kind: TableKind,
        columns: Columns<'a, R>,
        parts: u64,
        rows_each: usize,
        make: impl Fn(u64, &mut Vec<R>) + Sync + 'a,
    ) -> Self {
        let (columns, reads) = columns.take_apart();
        Self::new(kind, columns, Box::new(Made::new(reads, parts, rows_each, Box::new(make))))
    }

    /// A table whose rows come one after the other; `open` begins anew.
    pub fn of_stream<R: 'a, I: Iterator<Item = io::Result<R>> + 'a>(
        kind: TableKind,
        columns: Columns<'a, R>,
        open: impl Fn() -> I + 'a,
    ) -> Self {
        let (columns, reads) = columns.take_apart();
        Self::new(kind, columns, Box::new(Stream::new(reads, Box::new(move || Box::new(open())))))
    }

    fn new(kind: TableKind, columns: Vec<Column>, source: Box<dyn RowSource + 'a>) -> Self {
        Self { name: kind.name, key: kind.key, columns, source }
    }

    /// Its rows, from the first.
    pub fn batches(&self) -> Batches<'_> {
        self.source.batches()
    }
}
