//! `filia diff`: compares two runs.

use super::Outcome;
use super::format::AnswerFormat;
use super::terminal::tell;
use super::values::tolerance;
use crate::io::run_reader::{RunResults, read_run};
use crate::report::manifest::check_keys;
use crate::report::printable;
use crate::report::run_comparison::{Tolerance, compare_runs};
use anyhow::{Context, Result};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Compares two runs: changed settings, pairs that went or came, numbers beyond a tolerance
///
/// Exit code 1 where they differ. Timings, paths and the program's version are not compared.
#[derive(Args)]
pub struct Arguments {
    /// The folder of the earlier run
    old: PathBuf,
    /// The folder of the later run
    new: PathBuf,
    /// How far two log10 LRs or probabilities may be apart
    #[arg(long, value_name = "X", default_value_t = 1e-6, value_parser = tolerance(TOLERANCE))]
    tolerance: f64,
    /// How far they may be apart as a share of the old value, in addition
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = tolerance(TOLERANCE))]
    relative_tolerance: f64,
    /// How the differences are written
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    format: AnswerFormat,
}

const TOLERANCE: &str = "a number of at least 0, such as 1e-6";

/// Reads the results of a run. A manifest of this version has no keys but those that this version writes; others may.
fn read_results(folder: &Path) -> Result<RunResults> {
    let results = read_run(folder)?;
    if let (Some(keys), Some(env!("CARGO_PKG_VERSION"))) =
        (results.manifest.as_object(), results.manifest["version"].as_str())
    {
        check_keys(keys.keys()).with_context(|| folder.join("manifest.json").display().to_string())?;
    }
    Ok(results)
}

/// Compares, writes the differences to standard output and their number to standard error.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let (old, new) = (read_results(&arguments.old)?, read_results(&arguments.new)?);
    let tolerance = Tolerance { absolute: arguments.tolerance, relative: arguments.relative_tolerance };
    let differences = compare_runs(&old, &new, tolerance);
    let mut output = std::io::stdout().lock();
    let written = match arguments.format {
        AnswerFormat::Text => {
            differences.iter().try_for_each(|difference| writeln!(output, "{}", printable(&difference.to_string())))
        }
        AnswerFormat::Json => serde_json::to_string_pretty(&differences)
            .map_err(std::io::Error::from)
            .and_then(|text| writeln!(output, "{text}")),
    };
    written.context("cannot write to standard output")?;
    tell(format!("{} differences", differences.len()));
    Ok(if differences.is_empty() { Outcome::Done } else { Outcome::Found })
}
