//! Where a run writes.

use super::RunError;
use crate::io::run_folder::{Replaceable, RunFolder};
use std::path::PathBuf;

/// Where the results of a run go. The folder appears complete or not at all.
#[derive(Clone, Debug)]
pub struct Output {
    /// The folder.
    pub folder: PathBuf,
    /// Whether results that are there already are replaced.
    pub replace: bool,
}

impl Output {
    /// A new folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), replace: false }
    }

    /// Begins the folder of a run that writes (and so may replace) these files and reads those inputs, none of which may be replaced.
    ///
    /// # Errors
    /// A folder there that is not empty and may not be replaced, or holds an input; what the system refuses.
    pub fn begin(&self, files: &'static [&'static str], inputs: Vec<PathBuf>) -> Result<RunFolder, RunError> {
        Ok(RunFolder::create(&self.folder, self.replace.then_some(Replaceable { files, inputs }))?)
    }
}
