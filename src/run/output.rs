//! Where a run writes.

use super::RunError;
use crate::io::result_tables::{Format, TableKind};
use crate::io::run_folder::{Replaceable, RunFolder};
use std::path::PathBuf;

/// Where the results of a run go. The folder appears complete or not at all.
#[derive(Clone, Debug)]
pub struct Output {
    /// The folder.
    pub folder: PathBuf,
    /// Whether results that are there already are replaced.
    pub replace: bool,
    /// The formats of the tables; each table is written in each.
    pub formats: Vec<Format>,
}

impl Output {
    /// A new folder with tables as CSV.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), replace: false, formats: vec![Format::Csv] }
    }

    /// Begins the folder of a run that writes (and so may replace) these tables and reads those inputs, none of which may be replaced.
    ///
    /// # Errors
    /// A folder there that is not empty and may not be replaced, or holds an input; what the system refuses.
    pub fn begin(&self, tables: &'static [TableKind], inputs: Vec<PathBuf>) -> Result<RunFolder, RunError> {
        Ok(RunFolder::create(&self.folder, self.replace.then_some(Replaceable { tables, inputs }))?)
    }
}
