//! `filia report`: the page or the workbook of a finished run, made again.

use super::Outcome;
use super::progress::StageLine;
use super::terminal::tell;
use crate::io::result_tables::{PAGE, WORKBOOK};
use crate::io::whole_file::write_whole;
use crate::report::page::{Limits, html, workbook};
use crate::run::read_report;
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};

/// Makes the page of a finished run again (report.html), or its workbook (report.xlsx)
///
/// The run is one of `match` or `identify`; its tables must be there as CSV. Genotypes are shown where the profiles that the run
/// read are where they were, with the SHA-256 that the manifest states.
#[derive(Args)]
pub struct Arguments {
    /// The folder with the results of the run; the file is written into it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write report.xlsx in place of report.html: the tables, the loci of each reported pair, settings
    #[arg(long)]
    xlsx: bool,
    /// Open it when it is written
    #[arg(long)]
    open: bool,
}

/// Reads the run and writes the file.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let line = StageLine::new(true);
    let limits = if arguments.xlsx { Limits::WORKBOOK } else { Limits::PAGE };
    let report = read_report(&arguments.folder, limits, &line)?;
    let (name, bytes) = match arguments.xlsx {
        true => (WORKBOOK, workbook(&report)?),
        false => (PAGE, html(&report)?.into_bytes()),
    };
    line.finish();
    let path = arguments.folder.join(name);
    write_whole(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
    if let Err(reason) = &report.genotypes {
        tell(format!("note: genotypes cannot be shown: {reason}"));
    }
    tell(format!("written: {}", path.display()));
    if arguments.open {
        open(&path)?;
    }
    Ok(Outcome::Done)
}

/// Opens a file with the program that the system has for it.
pub fn open(path: &Path) -> Result<()> {
    opener::open(path).with_context(|| format!("cannot open {}", path.display()))
}
