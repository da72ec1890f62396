//! `filia pack`: profile files → one Parquet file that every command reads in their place, and faster.

use super::Outcome;
use super::arguments::{ReadArguments, StatisticsArguments};
use super::progress::StageLine;
use super::terminal::tell;
use crate::io::packed_panel::write_packed;
use crate::io::profiles::{ProfileSource, ReadOptions, read_panel_watched};
use crate::io::source::Inputs;
use crate::io::whole_file::WholeFile;
use crate::profile::DropOut;
use crate::progress::{Progress, Stage};
use crate::settings::{MutationSettings, Settings};
use anyhow::{Context, Result, bail};
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
    let out = arguments.out.display();
    if arguments.out.exists() && !arguments.force {
        bail!("--out {out}: the file exists (replace it with --force)");
    }
    let target = arguments.out.canonicalize().ok();
    if target.is_some() && arguments.profiles.iter().any(|path| path.canonicalize().ok() == target) {
        bail!("--out {out}: the file is one of the profile files that are read: choose another name");
    }
    // Before the work, so that a place where nothing can be written is known at once.
    let file = WholeFile::begin(&arguments.out).with_context(|| format!("--out {out}"))?;
    let inputs = Inputs::default();
    let settings = arguments.statistics.settings(&inputs)?;
    // So are mutation rates.
    let settings = Settings { mutation: MutationSettings::default(), ..settings };
    let statistics = arguments.statistics.load("pack", settings, &inputs)?;
    let options = arguments.read.reading(false).options(&statistics, &inputs, None);
    // Whose alleles drop out is for the settings of the run that reads the packed file.
    let options = ReadOptions { drop_out: DropOut::default(), ..options };
    let source = |path: &PathBuf| ProfileSource { path: path.clone(), default_role: None };
    let line = StageLine::new(true);
    let profiles = read_panel_watched(&arguments.profiles.iter().map(source).collect::<Vec<_>>(), &options, &line)?;
    line.begin(Stage::uncounted("packing"));
    write_packed(&profiles, file, &arguments.out).with_context(|| format!("--out {out}"))?;
    line.finish();
    for note in statistics.source.without_effect.iter().chain(&profiles.notes) {
        tell(format!("note: {note}"));
    }
    if !profiles.rejected.is_empty() {
        let rejected = profiles.rejected.len();
        tell(format!(
            "note: {rejected} cells or rows were read and not used: the packed file lists them, see `filia check {out}`"
        ));
    }
    tell(format!("{} samples, {} loci packed in {out}", profiles.panel.len(), profiles.panel.loci().len()));
    Ok(Outcome::Done)
}
