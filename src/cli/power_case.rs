//! `filia power --case`: what chance alone would do in an actual case.

use super::Outcome;
use super::format::TableFormat;
use crate::matching::one_person::find_direct_matches;
use crate::matching::{CasePower, case_power};
use crate::progress::NoProgress;
use crate::report::case_power_tables::{write_case_power_csv, write_case_power_text};
use crate::run::read_again;
use anyhow::{Context, Result};
use std::io::Write;
use std::path::Path;

/// Does the run's reading again, and computes and writes the answer.
pub fn run(folder: &Path, thresholds: &[f64], format: TableFormat) -> Result<Outcome> {
    let read = read_again(folder, &NoProgress)?;
    let case = read.scoring();
    let direct = find_direct_matches(&case, &read.roster, &NoProgress)?;
    let power = case_power(&case, &read.roster, &direct, thresholds)?;
    write(&power, format).context("cannot write to standard output")?;
    Ok(Outcome::Done)
}

fn write(power: &CasePower, format: TableFormat) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    match format {
        TableFormat::Text => write_case_power_text(power, &mut output),
        TableFormat::Csv => write_case_power_csv(power, &mut output),
        TableFormat::Json => {
            serde_json::to_writer_pretty(&mut output, power)?;
            writeln!(output)
        }
    }
}
