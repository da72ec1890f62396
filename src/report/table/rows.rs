//! From rows to batches of typed columns.

use super::{Batch, Batches, Column, ColumnKind, Digits, Values};
use rayon::prelude::*;
use std::io;

/// Rows of a batch, about.
const ROWS: usize = 1024;

/// Batches that are made side by side.
const BATCHES: u64 = 64;

/// How the values of a column come from rows.
pub(super) type Read<'a, R> = Box<dyn Fn(&[R]) -> Values + Send + Sync + 'a>;

/// The columns of a table, each with how its value comes from a row.
pub struct Columns<'a, R> {
    columns: Vec<Column>,
    reads: Vec<Read<'a, R>>,
}

impl<R> Default for Columns<'_, R> {
    fn default() -> Self {
        Self { columns: Vec::new(), reads: Vec::new() }
    }
}

impl<'a, R> Columns<'a, R> {
    /// No column yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, name: impl Into<String>, kind: ColumnKind, read: Read<'a, R>) -> Self {
        self.columns.push(Column { name: name.into(), kind });
        self.reads.push(read);
        self
    }

    /// A column of text.
    pub fn text<T: Into<String>>(self, name: impl Into<String>, value: impl Fn(&R) -> T + Send + Sync + 'a) -> Self {
        self.optional_text(name, move |row| Some(value(row)))
    }

    /// A column of text that some rows do not have.
    pub fn optional_text<T: Into<String>>(
        self,
        name: impl Into<String>,
        value: impl Fn(&R) -> Option<T> + Send + Sync + 'a,
    ) -> Self {
        let read = move |rows: &[R]| Values::Text(rows.iter().map(|row| value(row).map(Into::into)).collect());
        self.with(name, ColumnKind::Text, Box::new(read))
    }

    /// A column of whole numbers: `i64`, or an option of one.
    pub fn integer<N: Into<Option<i64>>>(
        self,
        name: impl Into<String>,
        value: impl Fn(&R) -> N + Send + Sync + 'a,
    ) -> Self {
        let read = move |rows: &[R]| Values::Integer(rows.iter().map(|row| value(row).into()).collect());
        self.with(name, ColumnKind::Integer, Box::new(read))
    }

    /// A column of numbers, shown with these digits: `f64`, or an option of one.
    pub fn real<N: Into<Option<f64>>>(
        self,
        name: impl Into<String>,
        digits: Digits,
        value: impl Fn(&R) -> N + Send + Sync + 'a,
    ) -> Self {
        let shown = move |row: &R| value(row).into().map(|number| digits.rounded(number));
        let read = move |rows: &[R]| Values::Real(rows.iter().map(&shown).collect());
        self.with(name, ColumnKind::Real(digits), Box::new(read))
    }

    /// A column of `yes` and `no`.
    pub fn flag(self, name: impl Into<String>, value: impl Fn(&R) -> bool + Send + Sync + 'a) -> Self {
        let read = move |rows: &[R]| Values::Flag(rows.iter().map(|row| Some(value(row))).collect());
        self.with(name, ColumnKind::Flag, Box::new(read))
    }

    pub(super) fn take_apart(self) -> (Vec<Column>, Vec<Read<'a, R>>) {
        (self.columns, self.reads)
    }
}

/// Where the rows of a table come from.
pub(super) trait RowSource {
    /// All rows, from the first.
    fn batches(&self) -> Batches<'_>;
}

fn batch<R>(reads: &[Read<'_, R>], rows: &[R]) -> Batch {
    Batch { rows: rows.len(), columns: reads.iter().map(|read| read(rows)).collect() }
}

/// Adds the rows of one part.
type Make<'a, R> = Box<dyn Fn(u64, &mut Vec<R>) + Sync + 'a>;

/// Rows that are made in numbered parts, in parallel.
pub(super) struct Made<'a, R> {
    reads: Vec<Read<'a, R>>,
    parts: u64,
    /// Parts of one batch.
    at_once: u64,
    make: Make<'a, R>,
}

impl<'a, R> Made<'a, R> {
    pub(super) fn new(reads: Vec<Read<'a, R>>, parts: u64, rows_each: usize, make: Make<'a, R>) -> Self {
        let at_once = (ROWS / rows_each.max(1)).max(1) as u64;
        Self { reads, parts, at_once, make }
    }

    fn batch(&self, first: u64) -> Batch {
        let mut rows = Vec::new();
        (first..self.parts.min(first + self.at_once)).for_each(|part| (self.make)(part, &mut rows));
        batch(&self.reads, &rows)
    }
}

impl<R: Send> RowSource for Made<'_, R> {
    fn batches(&self) -> Batches<'_> {
        let group = self.at_once * BATCHES;
        let groups = (0..self.parts).step_by(group as usize);
        Box::new(groups.map(move |start| {
            let firsts: Vec<u64> = (start..self.parts.min(start + group)).step_by(self.at_once as usize).collect();
            Ok(firsts.into_par_iter().map(|first| self.batch(first)).collect())
        }))
    }
}

/// Begins a stream of rows.
type Open<'a, R> = Box<dyn Fn() -> Box<dyn Iterator<Item = io::Result<R>> + 'a> + 'a>;

/// Rows that come one after the other.
pub(super) struct Stream<'a, R> {
    reads: Vec<Read<'a, R>>,
    open: Open<'a, R>,
}

impl<'a, R> Stream<'a, R> {
    pub(super) fn new(reads: Vec<Read<'a, R>>, open: Open<'a, R>) -> Self {
        Self { reads, open }
    }
}

impl<R> RowSource for Stream<'_, R> {
    fn batches(&self) -> Batches<'_> {
        let mut rows = (self.open)();
        let most = ROWS * BATCHES as usize;
        Box::new(std::iter::from_fn(move || match rows.by_ref().take(most).collect::<io::Result<Vec<R>>>() {
            Ok(rows) if rows.is_empty() => None,
            Ok(rows) => Some(Ok(rows.chunks(ROWS).map(|rows| batch(&self.reads, rows)).collect())),
            Err(error) => Some(Err(error)),
        }))
    }
}
