//! The case of an earlier run, read once more as that run read it.

use super::RunError;
use super::identify_case::{IdentifyCase, IdentifyInput};
use super::match_case::{MatchCase, MatchInput};
use super::reading::{ASSIGNMENTS, MatchReading, Merging, READING, Reading, SAMPLES_OF_ONE_PERSON};
use crate::io::source::{Fingerprint, Inputs};
use crate::population::bundled;
use crate::progress::Progress;
use crate::report::manifest::{InputFile, MARKERS, Manifest, PEDIGREES};
use crate::statistics::StatisticsSource;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads the case of a `match` run again, by the manifest in the folder of its results.
///
/// # Errors
/// A folder without such a manifest; an input that is gone or has changed since.
pub fn read_again(folder: &Path, progress: &dyn Progress) -> Result<MatchCase, RunError> {
    let manifest = read_manifest(&folder.join("manifest.json"), "match")?;
    let input = input_of(&manifest)?;
    let inputs = input.inputs.clone();
    let case = MatchCase::read_watched(input, manifest.settings.clone(), progress);
    for input in &manifest.inputs {
        check_unchanged(input, &inputs)?;
    }
    case.map_err(|source| gone(&manifest, source))
}

/// Reads the case of an `identify` run again, by its manifest.
///
/// # Errors
/// An input that is gone or has changed since.
pub(super) fn read_identification(manifest: &Manifest, progress: &dyn Progress) -> Result<IdentifyCase, RunError> {
    let input = identify_input_of(manifest);
    let inputs = input.inputs.clone();
    let case = IdentifyCase::read_watched(input, manifest.settings.clone(), progress);
    manifest.inputs.iter().try_for_each(|input| check_unchanged(input, &inputs))?;
    case.map_err(|source| gone(manifest, source))
}

/// Why a run's case cannot be read again: where an input is not where it was, that.
pub(super) fn gone(manifest: &Manifest, source: RunError) -> RunError {
    match manifest.inputs.iter().find(|input| is_gone(input)) {
        Some(InputFile { role, path, .. }) => {
            RunError::InputGone { role: role.clone(), path: path.clone(), source: Box::new(source) }
        }
        None => source,
    }
}

/// The manifest of a run of this command.
pub(super) fn read_manifest(path: &Path, expected: &'static str) -> Result<Manifest, RunError> {
    let name = || path.display().to_string();
    let bytes = fs::read(path).map_err(|source| RunError::NoManifest { path: name(), source })?;
    let manifest = Manifest::read(&bytes).map_err(|source| RunError::Manifest { path: name(), source })?;
    match manifest.command == expected {
        true => Ok(manifest),
        false => Err(RunError::OtherCommand { path: name(), found: manifest.command, expected }),
    }
}

/// Refuses a file that is not what the run read. The settings file is not looked at: the manifest holds all settings. Nor is
/// a file that could not be read now: why is said elsewhere.
pub(super) fn check_unchanged(input: &InputFile, inputs: &Inputs) -> Result<(), RunError> {
    let InputFile { role, path, sha256, .. } = input;
    let now = match bundled::find(path).filter(|_| role == "frequencies") {
        Some(table) => Some(Fingerprint::of(table.text.as_bytes())),
        None => inputs.fingerprint(Path::new(path)),
    };
    match now.map(|now| now.hexadecimal()) {
        Some(is) if is != *sha256 => {
            Err(RunError::InputChanged { role: role.clone(), path: path.clone(), was: sha256.clone(), is })
        }
        _ => Ok(()),
    }
}

/// Whether an input of the run is not where it was.
fn is_gone(input: &InputFile) -> bool {
    let is_bundled = input.role == "frequencies" && bundled::find(&input.path).is_some();
    !is_bundled && input.role != "settings" && !Path::new(&input.path).exists()
}

/// The inputs of this role.
fn paths(manifest: &Manifest, role: &str) -> Vec<PathBuf> {
    manifest.inputs.iter().filter(|input| input.role == role).map(|input| PathBuf::from(&input.path)).collect()
}

/// Whose bodies a run identified, and how. What its manifest does not say is as it is unless somebody chooses.
pub(super) fn identify_input_of(manifest: &Manifest) -> IdentifyInput {
    let paths = |role: &str| paths(manifest, role);
    let section = |name: &str| manifest.sections.get(name).cloned();
    let pedigrees = paths(PEDIGREES).pop().unwrap_or_default();
    let input = IdentifyInput::new(paths("remains"), paths("relatives"), pedigrees);
    let reading = section(READING).and_then(|reading| serde_json::from_value::<Reading>(reading).ok());
    let assignments = section(ASSIGNMENTS).and_then(|number| serde_json::from_value(number).ok());
    let merging = section(SAMPLES_OF_ONE_PERSON).and_then(|merging| serde_json::from_value::<Merging>(merging).ok());
    let Merging { keep_samples_apart, min_log10_lr, .. } = merging.unwrap_or_default();
    IdentifyInput {
        reading: reading.unwrap_or_default(),
        source: StatisticsSource { markers: paths(MARKERS).pop(), ..StatisticsSource::default() },
        assignments: assignments.unwrap_or(input.assignments),
        keep_samples_apart,
        merge_min_log10_lr: min_log10_lr,
        ..input
    }
}

/// Whose profiles a run compared, and how it read them.
pub(super) fn input_of(manifest: &Manifest) -> Result<MatchInput, RunError> {
    let section = manifest.sections.get(READING).cloned().unwrap_or_default();
    let MatchReading { candidates_include_children, reading } =
        serde_json::from_value(section).map_err(|_| RunError::NoReading)?;
    let paths = |role: &str| paths(manifest, role);
    Ok(MatchInput {
        candidates_include_children,
        reading,
        source: StatisticsSource { markers: paths(MARKERS).pop(), ..StatisticsSource::default() },
        relatives: paths("relatives"),
        pedigrees: paths(PEDIGREES).pop(),
        ..MatchInput::new(paths("children"), paths("candidates"))
    })
}
