//! What writes tables.

use super::{Csv, Json, Parquet, Table};
use crate::io::result_tables::Format;
use crate::io::run_folder::{RunFolder, RunFolderError};
use ::parquet::errors::ParquetError;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes tables in one format. The page and the workbook would be two more.
pub trait Exporter {
    /// Writes a table from its first row to its last.
    ///
    /// # Errors
    /// What the target refuses; rows that can no longer be read.
    fn export(&self, table: &Table<'_>, target: &mut (dyn Write + Send)) -> Result<(), ExportError>;
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be made.
    #[error(transparent)]
    Folder(#[from] RunFolderError),
    /// The system refuses.
    #[error("{0}")]
    System(#[from] io::Error),
    /// The CSV writer refuses.
    #[error("{0}")]
    Csv(#[from] csv::Error),
    /// The JSON writer refuses.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// The Parquet writer refuses.
    #[error("{0}")]
    Parquet(#[from] ParquetError),
}

impl Format {
    /// What writes this format.
    pub fn exporter(self) -> &'static dyn Exporter {
        match self {
            Self::Csv => &Csv,
            Self::Parquet => &Parquet,
            Self::Json => &Json,
        }
    }
}

/// Writes these tables into the folder of a run, each in each of these formats.
///
/// # Errors
/// As [`Exporter::export`].
pub fn export_into(folder: &RunFolder, tables: &[Table<'_>], formats: &[Format]) -> Result<(), ExportError> {
    for table in tables {
        for format in formats {
            let file = folder.create_file(&format!("{}.{}", table.name, format.ending()))?;
            let mut target = BufWriter::new(file);
            format.exporter().export(table, &mut target)?;
            target.flush()?;
        }
    }
    Ok(())
}

/// Writes these tables as CSV into any folder, for a reader who needs them for a while.
///
/// # Errors
/// As [`Exporter::export`].
pub fn export_csv(folder: &Path, tables: &[Table<'_>]) -> Result<(), ExportError> {
    for table in tables {
        let mut target = BufWriter::new(File::create(folder.join(format!("{}.csv", table.name)))?);
        Csv.export(table, &mut target)?;
        target.flush()?;
    }
    Ok(())
}
