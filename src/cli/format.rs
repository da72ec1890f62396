//! In which form a command prints its answer, and in which formats it writes its tables.

use crate::io::result_tables::Format as FileFormat;
use clap::ValueEnum;
use serde::Serialize;
use std::io::{self, Write};

/// Of a command whose answer is not rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum AnswerFormat {
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

/// Each of these formats of tables once, in the order of their names in the library.
pub fn file_formats(formats: &[FileFormat]) -> Vec<FileFormat> {
    let mut formats = formats.to_vec();
    formats.sort_unstable();
    formats.dedup();
    formats
}

/// Prints an answer in full.
pub fn print_json(answer: &impl Serialize) -> io::Result<()> {
    let mut output = io::stdout();
    serde_json::to_writer_pretty(&mut output, answer)?;
    writeln!(output)
}
