//! In which form a command prints its answer.

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
