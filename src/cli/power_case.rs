//! `filia power --case`: what chance alone would do in an actual case.

use super::Outcome;
use super::format::TableFormat;
use crate::matching::one_person::find_direct_matches;
use crate::matching::{CasePower, case_power};
use crate::progress::NoProgress;
use crate::report::case_power_tables::{case_power_table, write_case_power_text};
use crate::report::table::{Csv, Exporter};
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

fn write(power: &CasePower, format: TableFormat) -> Result<()> {
    let mut output = std::io::stdout();
    match format {
        TableFormat::Text => Ok(write_case_power_text(power, &mut output)?),
        TableFormat::Csv => Ok(Csv.export(&case_power_table(power), &mut output)?),
        TableFormat::Json => {
            serde_json::to_writer_pretty(&mut output, power)?;
            Ok(writeln!(output)?)
        }
    }
}
