//! `filia convert`: profiles in one format → profiles in another.

use super::Outcome;
use super::arguments::{ColumnArguments, StatisticsArguments, check_out};
use super::progress::StageLine;
use super::terminal::tell;
use super::values::{NamedChoice, one_of};
use crate::io::source::Inputs;
use crate::report::counted;
use crate::run::{Conversion, ProfileFormat, convert};
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;

/// Writes profiles of any format that is read in another format
///
/// What the format cannot hold is told line by line on standard error.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Profile files
    #[arg(required = true, value_name = "IN")]
    profiles: Vec<PathBuf>,
    /// The format to write
    #[arg(long, value_parser = one_of(FORMATS), value_name = "FORMAT")]
    to: ProfileFormat,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace FILE if it exists
    #[arg(long)]
    force: bool,
    /// Families for the section [DVI] of a Familias project: a pedigree file
    #[arg(long, value_name = "PED.csv")]
    pedigrees: Option<PathBuf>,
    /// Exit code 1 where anything is not written, or was read and not used
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    columns: ColumnArguments,
    // The loci that these name are recognised; a Familias project has their frequencies and mutation models.
    #[command(flatten)]
    statistics: StatisticsArguments,
}

const FORMATS: &[NamedChoice<ProfileFormat>] = &[
    ("csv", "CSV, one row a sample", ProfileFormat::Wide),
    ("long", "CSV, one row a sample and locus", ProfileFormat::Long),
    ("cmf", "CODIS import file (CMF 3.2, XML)", ProfileFormat::Cmf),
    ("fam", "Familias project, with frequencies and mutation models", ProfileFormat::Familias),
    ("packed", "Packed panel (Parquet)", ProfileFormat::Packed),
];

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    arguments.check()?;
    let inputs = Inputs::default();
    let settings = arguments.statistics.settings(&inputs)?;
    let statistics = arguments.statistics.load("convert", settings, &inputs)?;
    let reading = arguments.columns.reading();
    let (format, out) = (arguments.to, arguments.out.clone());
    let (profiles, pedigrees) = (arguments.profiles.clone(), arguments.pedigrees.clone());
    let conversion = Conversion { profiles, format, out, pedigrees, reading, inputs };
    let line = StageLine::new(true);
    let converted = convert(&conversion, &statistics, &line)?;
    line.finish();
    let notes = converted.profiles.notes.iter().chain(&converted.notes);
    notes.for_each(|note| tell(format!("note: {note}")));
    let rejected = converted.profiles.rejected.len();
    if rejected > 0 {
        tell(format!("not written: {rejected} cells or rows that were read and not used (`filia check` lists them)"));
    }
    converted.lost.iter().for_each(|lost| tell(format!("not held: {lost}")));
    let panel = &converted.profiles.panel;
    let (samples, loci) = (counted(panel.len(), "sample", "samples"), counted(panel.loci().len(), "locus", "loci"));
    tell(format!("{samples}, {loci} in {}", arguments.out.display()));
    let is_whole = converted.lost.is_empty() && rejected == 0;
    Ok(if arguments.strict && !is_whole { Outcome::Found } else { Outcome::Done })
}

impl Arguments {
    /// Refuses to replace a file that may not be replaced, and pedigrees where none can be written.
    fn check(&self) -> Result<()> {
        let read = self.profiles.iter().chain(&self.pedigrees).cloned().chain(self.statistics.paths());
        check_out(&self.out, self.force, read)?;
        if self.pedigrees.is_some() && self.to != ProfileFormat::Familias {
            bail!("--pedigrees: only a Familias project holds families (--to fam)");
        }
        Ok(())
    }
}
