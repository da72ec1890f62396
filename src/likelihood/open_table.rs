//! Tables by the states of two slots at once, and how they are passed on to copies of those slots.

use super::number::{Number, add_scaled, multiply};
use std::ops::Range;

/// By the states of a slot (rows) and of another (columns); of one slot alone, a single row.
#[derive(Clone)]
pub(super) struct OpenTable<N> {
    values: Vec<N>,
    columns: usize,
    /// Room for the next table.
    next: Vec<N>,
}

/// One of the two slots of a table.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Axis {
    Rows,
    Columns,
}

impl<N: Number> OpenTable<N> {
    /// With every value 0.
    pub fn zero([rows, columns]: [usize; 2]) -> Self {
        Self { values: vec![N::ZERO; rows * columns], columns, next: Vec::new() }
    }

    /// By the state of one slot.
    pub fn row(values: Vec<N>) -> Self {
        Self { columns: values.len(), values, next: Vec::new() }
    }

    pub fn into_values(self) -> Vec<N> {
        self.values
    }

    pub fn values_mut(&mut self) -> &mut [N] {
        &mut self.values
    }

    /// The first rows and columns.
    pub fn cropped(&self, [rows, columns]: [usize; 2]) -> Vec<N> {
        self.values.chunks(self.columns).take(rows).flat_map(|row| &row[..columns]).copied().collect()
    }

    /// Adds a table of the same slots.
    pub fn add(&mut self, other: &Self) {
        self.add_row(&other.values);
    }

    /// Adds a table of a single row.
    pub fn add_row(&mut self, row: &[N]) {
        self.values.iter_mut().zip(row).for_each(|(cell, &value)| *cell += value);
    }

    /// Adds where both slots are in the same state.
    pub fn add_diagonal(&mut self, by_state: &[N]) {
        let diagonal = self.values.iter_mut().step_by(self.columns + 1);
        diagonal.zip(by_state).for_each(|(cell, &value)| *cell += value);
    }

    /// Multiplies with a function of one slot's state.
    pub fn multiply(&mut self, axis: Axis, factors: &[N]) {
        for (at, row) in self.values.chunks_mut(self.columns).enumerate() {
            match axis {
                Axis::Rows => row.iter_mut().for_each(|cell| *cell *= factors[at]),
                Axis::Columns => multiply(row, factors),
            }
        }
    }

    /// By the state of a copy of one of the slots, in place of that slot's: Σ_a M(a, z) · this(a). Only the states z `arriving` matter.
    pub fn pass_on(&mut self, axis: Axis, matrix: &[f64], arriving: Range<usize>) {
        self.next.clear();
        self.next.resize(self.values.len(), N::ZERO);
        match axis {
            Axis::Rows => self.pass_on_rows(matrix, arriving),
            Axis::Columns => self.pass_on_columns(matrix, arriving),
        }
        std::mem::swap(&mut self.values, &mut self.next);
    }

    fn pass_on_rows(&mut self, matrix: &[f64], arriving: Range<usize>) {
        let size = self.values.len() / self.columns;
        let rows = self.values.chunks(self.columns).enumerate();
        let filled: Vec<(usize, &[N])> = rows.filter(|(_, row)| row.iter().any(|&value| value != N::ZERO)).collect();
        for to in arriving {
            let sum = &mut self.next[to * self.columns..(to + 1) * self.columns];
            for &(from, row) in &filled {
                let probability = matrix[from * size + to];
                if probability != 0.0 {
                    add_scaled(sum, N::from(probability), row);
                }
            }
        }
    }

    fn pass_on_columns(&mut self, matrix: &[f64], arriving: Range<usize>) {
        for (row, next) in self.values.chunks(self.columns).zip(self.next.chunks_mut(self.columns)) {
            let sum = &mut next[arriving.clone()];
            for (&factor, to) in row.iter().zip(matrix.chunks(self.columns)).filter(|(factor, _)| **factor != N::ZERO) {
                let to = &to[arriving.clone()];
                sum.iter_mut().zip(to).for_each(|(cell, &probability)| *cell += factor * N::from(probability));
            }
        }
    }
}
