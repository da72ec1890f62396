//! `filia pack`: profile files → one Parquet file that every command reads in their place, and faster.

use super::Outcome;
use super::arguments::{ReadArguments, StatisticsArguments, check_out};
use super::progress::StageLine;
use super::terminal::tell;
use crate::io::source::Inputs;
use crate::run::{Conversion, Converted, ProfileFormat, convert};
use crate::settings::{MutationSettings, Settings};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Packs profile files into one Parquet file that every command reads in their place
///
/// Its checksum tells damage, not who made it: take packed panels only from those whose programs you would run.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Profile files (CSV, TSV, `;`, or packed already)
    #[arg(required = true, value_name = "PROFILES.csv")]
    profiles: Vec<PathBuf>,
    /// The file to write
    #[arg(long, value_name = "PANEL.parquet")]
    out: PathBuf,
    /// Replace PANEL.parquet if it exists
    #[arg(long)]
    force: bool,
    // The loci that these name are recognised beside those that filia knows.
    #[command(flatten)]
    statistics: StatisticsArguments,
    #[command(flatten)]
    read: ReadArguments,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    check_out(&arguments.out, arguments.force, arguments.profiles.iter().cloned())?;
    let inputs = Inputs::default();
    let settings = arguments.statistics.settings(&inputs)?;
    // Mutation rates are for the settings of the run that reads the packed file.
    let settings = Settings { mutation: MutationSettings::default(), ..settings };
    let statistics = arguments.statistics.load("pack", settings, &inputs)?;
    let conversion = Conversion {
        profiles: arguments.profiles.clone(),
        format: ProfileFormat::Packed,
        out: arguments.out.clone(),
        pedigrees: None,
        reading: arguments.read.reading(false),
        inputs,
    };
    let line = StageLine::new(true);
    let Converted { profiles, .. } = convert(&conversion, &statistics, &line)?;
    line.finish();
    for note in statistics.source.without_effect.iter().chain(&profiles.notes) {
        tell(format!("note: {note}"));
    }
    let (out, rejected) = (arguments.out.display(), profiles.rejected.len());
    if rejected > 0 {
        tell(format!(
            "note: {rejected} cells or rows were read and not used: the packed file lists them, see `filia check {out}`"
        ));
    }
    tell(format!("{} samples, {} loci packed in {out}", profiles.panel.len(), profiles.panel.loci().len()));
    Ok(Outcome::Done)
}
