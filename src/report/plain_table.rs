//! Tables to read on a terminal.

use comfy_table::{CellAlignment, Row, Table, presets};
use std::ops::RangeBounds;

/// A table without lines.
pub fn plain_table(header: impl Into<Row>) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    table
}

/// Sets these columns (0-based) of a filled table to the right.
pub fn align_right(table: &mut Table, columns: impl RangeBounds<usize>) {
    for (at, column) in table.column_iter_mut().enumerate() {
        if columns.contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}
