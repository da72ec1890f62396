//! In which form a command prints its answer, and in which formats it writes its tables.

use crate::io::result_tables::Format as FileFormat;
use clap::ValueEnum;

/// Of a command whose answer is not rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// Tables and sentences to read
    #[value(alias = "table")]
    Text,
    /// Everything, for a program
    Json,
}

/// Of a command whose answer can be rows too.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum TableFormat {
    /// Tables and sentences to read
    #[value(alias = "table")]
    Text,
    /// Rows, for a spreadsheet
    Csv,
    /// Everything, for a program
    Json,
}

/// Of the tables of a folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum TableFileFormat {
    /// Text for people, spreadsheets and `filia diff`
    Csv,
    /// Typed columns
    Parquet,
    /// An array with an object for each row
    Json,
}

/// Each of these formats once, in the order of their names in the library.
pub fn file_formats(formats: &[TableFileFormat]) -> Vec<FileFormat> {
    let mut formats: Vec<_> = formats.iter().map(|&format| FileFormat::from(format)).collect();
    formats.sort_unstable();
    formats.dedup();
    formats
}

impl From<TableFileFormat> for FileFormat {
    fn from(format: TableFileFormat) -> Self {
        match format {
            TableFileFormat::Csv => Self::Csv,
            TableFileFormat::Parquet => Self::Parquet,
            TableFileFormat::Json => Self::Json,
        }
    }
}
