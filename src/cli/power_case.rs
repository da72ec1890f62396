//! `filia power --case`: what chance alone would do in an actual case.

use super::Outcome;
use super::arguments::{LongColumns, ReadArguments, SearchArguments, StatisticsArguments};
use super::format::TableFormat;
use super::matches::{MatchInput, READING, Reading, prepare_with};
use crate::io::source::{Fingerprint, Inputs};
use crate::matching::one_person::find_direct_matches;
use crate::matching::{CasePower, case_power};
use crate::population::bundled;
use crate::progress::NoProgress;
use crate::report::case_power_tables::{write_case_power_csv, write_case_power_text};
use crate::report::manifest::{InputFile, Manifest};
use anyhow::{Context, Result, anyhow, bail};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Does the run's reading again, and computes and writes the answer.
pub fn run(folder: &Path, thresholds: &[f64], format: TableFormat) -> Result<Outcome> {
    let manifest = read_manifest(&folder.join("manifest.json"))?;
    let input = input_of(&manifest)?;
    let inputs = Inputs::default();
    let prepared = prepare_with(manifest.settings, inputs.clone(), &input, None, &NoProgress);
    for input in &manifest.inputs {
        check_unchanged(input, &inputs)?;
    }
    let prepared = prepared.map_err(|error| match manifest.inputs.iter().find(|input| is_gone(input)) {
        Some(InputFile { role, path, .. }) => {
            error.context(format!("the run's {role} `{path}` is needed: call this where the run was done"))
        }
        None => error,
    })?;
    let case = prepared.case();
    let direct = find_direct_matches(&case, &prepared.roster, &NoProgress)?;
    let power = case_power(&case, &prepared.roster, &direct, thresholds)?;
    write(&power, format).context("cannot write to standard output")?;
    Ok(Outcome::Done)
}

fn read_manifest(path: &Path) -> Result<Manifest> {
    let name = path.display();
    let bytes = fs::read(path).with_context(|| format!("cannot read {name}: expected the results of a `match` run"))?;
    let manifest = Manifest::read(&bytes).with_context(|| name.to_string())?;
    match &manifest.command[..] {
        "match" => Ok(manifest),
        other => bail!("{name}: found the manifest of `{other}`, expected that of `match`"),
    }
}

/// Refuses a file that is not what the run read. The settings file is not looked at: the manifest holds all settings. Nor is
/// a file that could not be read now: why is said elsewhere.
fn check_unchanged(input: &InputFile, inputs: &Inputs) -> Result<()> {
    let InputFile { role, path, sha256, .. } = input;
    let now = match bundled::find(path).filter(|_| role == "frequencies") {
        Some(table) => Some(Fingerprint::of(table.text.as_bytes())),
        None => inputs.fingerprint(Path::new(path)),
    };
    match now.map(|now| now.hexadecimal()) {
        Some(now) if now != *sha256 => {
            bail!("the run's {role} `{path}` has changed since: do the run again (SHA-256 was {sha256}, is {now})")
        }
        _ => Ok(()),
    }
}

/// Whether an input of the run is not where it was.
fn is_gone(input: &InputFile) -> bool {
    let is_bundled = input.role == "frequencies" && bundled::find(&input.path).is_some();
    !is_bundled && input.role != "settings" && !Path::new(&input.path).exists()
}

fn input_of(manifest: &Manifest) -> Result<MatchInput> {
    let reading = manifest.sections.get(READING).cloned().unwrap_or_default();
    let reading: Reading = serde_json::from_value(reading)
        .map_err(|_| anyhow!("manifest.json does not say how the profiles were read: do the run again"))?;
    let paths = |role: &str| -> Vec<PathBuf> {
        manifest.inputs.iter().filter(|input| input.role == role).map(|input| PathBuf::from(&input.path)).collect()
    };
    Ok(MatchInput {
        children: paths("children"),
        candidates: paths("candidates"),
        candidates_include_children: reading.candidates_include_children,
        accept_implausible: reading.accept_implausible,
        statistics: StatisticsArguments { markers: paths("markers").pop(), ..StatisticsArguments::default() },
        search: SearchArguments::default(),
        read: ReadArguments {
            id_column: reading.id_column,
            long: LongColumns { marker_column: reading.marker_column, allele_columns: reading.allele_columns },
            strict: reading.strict,
        },
    })
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
