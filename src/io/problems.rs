//! What was read and not used, or is wrong with what was read: one line of `rejected.csv` each.

mod messages;
mod reason;

pub use reason::Reason;

use super::workbook::cell_name;
use crate::profile::LocusName;
use std::{fmt, sync::Arc};

/// One cell, row or sample that was not used, or that contradicts another.
#[derive(Clone, PartialEq, Debug)]
pub struct Rejected {
    /// The file, as it was named by the user.
    pub file: Arc<str>,
    /// 1-based line in the file where the row starts; 0 where no single line is at fault.
    pub line: u64,
    /// The column's header; empty where the whole row is at fault.
    pub column: Arc<str>,
    /// In a spreadsheet, whose cells have names, the position of the column (0-based).
    pub sheet_column: Option<u32>,
    /// The sample's id, as far as it could be read.
    pub sample_id: String,
    /// The locus, where a locus is at fault.
    pub locus: Option<LocusName>,
    /// The cell as it stands in the file.
    pub value: String,
    /// What is wrong, and what became of it.
    pub reason: Reason,
}

/// Characters of a cell that a message shows.
const LONGEST_SHOWN: usize = 200;

impl fmt::Display for Rejected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        match self.sheet_column {
            Some(column) => write!(formatter, ", cell {}", cell_name(column, self.line))?,
            None if self.line > 0 => write!(formatter, ", line {}", self.line)?,
            None => {}
        }
        if !self.column.is_empty() {
            write!(formatter, ", column `{}`", self.column)?;
        }
        if !self.sample_id.is_empty() {
            write!(formatter, " (sample {})", self.sample_id)?;
        }
        write!(formatter, ": ")?;
        match self.value.char_indices().nth(LONGEST_SHOWN) {
            _ if self.value.is_empty() => {}
            Some((end, _)) => write!(formatter, "`{}…`: ", &self.value[..end])?,
            None => write!(formatter, "`{}`: ", self.value)?,
        }
        write!(formatter, "{}", self.reason)
    }
}
