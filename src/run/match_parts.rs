//! A search beyond one machine: its first scans done for a share of the candidates each, then put together as one run.

use super::match_case::{MatchCase, MatchInput};
use super::rerun::{check_unchanged, gone, input_of};
use super::{Output, RunError};
use crate::io::part_file::{PartFileError, PartReader, write_part};
use crate::io::result_tables::RESULT_TABLES;
use crate::io::source::Inputs;
use crate::io::whole_file::WholeFile;
use crate::matching::{Found, ScannedShare, Share};
use crate::progress::{Progress, Stage};
use crate::report::manifest::{InputFile, Manifest};
use crate::settings::Settings;
use crate::statistics::StatisticsSource;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Why parts are not put together.
#[derive(Debug, thiserror::Error)]
pub enum PartsError {
    /// A file that cannot be written or used.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: PartFileError,
    },
    /// A file is where the part should be.
    #[error("--partial {}: the file exists (replace it with --force)", .0.display())]
    Exists(PathBuf),
    /// An input is where the part should be.
    #[error("--partial {}: the file is one of those that are read: choose another name", .0.display())]
    IsInput(PathBuf),
    /// A part that another version of the program did.
    #[error(
        "{}: done by filia {found}, this is filia {}: do all parts again with one version",
        path.display(), env!("CARGO_PKG_VERSION")
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// The version.
        found: String,
    },
    /// Two parts of different runs.
    #[error("{} and {} are parts of different runs: {what}", first.display(), path.display())]
    OtherRun {
        /// One.
        first: PathBuf,
        /// The other.
        path: PathBuf,
        /// In what they differ.
        what: String,
    },
    /// Two files with the same part.
    #[error("part {share} stands twice: {} and {}", first.display(), second.display())]
    Twice {
        /// Which.
        share: Share,
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A part that no file holds.
    #[error("{} of {of} is missing: give all {of} files", parts_in_words(numbers))]
    Missing {
        /// Which, from 1.
        numbers: Vec<usize>,
        /// How many there are.
        of: usize,
    },
    /// What cannot have been found in the case of its inputs.
    #[error("{}: what it holds does not fit its inputs: do the part again", .0.display())]
    DoesNotFit(PathBuf),
}

/// At most so many missing parts are named.
const NAMED: usize = 10;

fn parts_in_words(numbers: &[usize]) -> String {
    let named: Vec<String> = numbers.iter().take(NAMED).map(ToString::to_string).collect();
    let word = if numbers.len() == 1 { "part" } else { "each of parts" };
    let more = if numbers.len() > NAMED { ", …" } else { "" };
    format!("{word} {}{more}", named.join(", "))
}

/// What a part says of itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct PartDescription {
    share: Share,
    /// Version, settings in full, inputs, and how profiles were read.
    run: Manifest,
    source: StatisticsSource,
}

/// Where a part goes.
#[derive(Clone, Debug)]
pub struct PartTarget {
    /// The file. It appears whole or not at all.
    pub path: PathBuf,
    /// Whether a file that is there already is replaced.
    pub replace: bool,
}

/// Reads, does the first scans for a share of the candidates, and writes what [`merge_into`] goes on from.
///
/// # Errors
/// As [`match_into`](super::match_into); a file that may not be replaced, or cannot be written. Nothing is left behind then.
pub fn match_part_into(
    target: &PartTarget,
    share: Share,
    input: MatchInput,
    settings: Settings,
    progress: &dyn Progress,
) -> Result<MatchCase, RunError> {
    let path = &target.path;
    let failed = |source: PartFileError| PartsError::File { path: path.clone(), source };
    if path.exists() && !target.replace {
        return Err(PartsError::Exists(path.clone()).into());
    }
    let there = path.canonicalize().ok();
    if there.is_some() && input.files(&settings).iter().any(|file| file.canonicalize().ok() == there) {
        return Err(PartsError::IsInput(path.clone()).into());
    }
    // Before the work, so that a place where nothing can be written is known at once.
    let file = WholeFile::begin(path).map_err(|error| failed(error.into()))?;
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let case = MatchCase::read_beside(input, settings, beside, progress)?;
    let found = case.scan_share(share, progress)?;
    progress.begin(Stage::uncounted("writing the part"));
    let description = PartDescription { share, run: case.description(), source: case.input.source.clone() };
    write_part(file, path, &description, &found).map_err(failed)?;
    Ok(case)
}

/// Puts all parts of a run together and goes on to its end: the results are those of one run, byte for byte but for the timings.
///
/// # Errors
/// Parts that are not all the parts of one run; inputs that are not those of the parts; as [`match_into`](super::match_into).
pub fn merge_into(
    output: &Output,
    parts: &[PathBuf],
    max_memory: Option<u64>,
    progress: &dyn Progress,
) -> Result<(MatchCase, Found), RunError> {
    progress.begin(Stage::uncounted("checking the parts"));
    let parts = in_order(parts)?;
    let (_, PartDescription { run, source, .. }) = parts[0].clone();
    let input = MatchInput { source, max_memory, ..input_of(&run)? };
    let read = parts.iter().map(|(path, _)| path.clone()).chain(input.files(&run.settings));
    let folder = output.begin(RESULT_TABLES, read.collect())?;
    let case = read_case(input, &run, folder.scratch(), progress)?;
    progress.begin(Stage::of("putting parts together", "parts", parts.len() as u64));
    let found = case.put_together(&parts, progress)?;
    let found = case.search_from(&case.within_memory()?, found, progress)?;
    case.write(&found, folder, &output.formats, progress)?;
    Ok((case, found))
}

/// Reads the case that the parts were done for, and makes sure that its inputs are what they were.
fn read_case(
    input: MatchInput,
    run: &Manifest,
    scratch: &Path,
    progress: &dyn Progress,
) -> Result<MatchCase, RunError> {
    let inputs = input.inputs.clone();
    // The settings are those of the parts; that the file still says the same is looked at with all others.
    let config = input.source.config.iter().try_for_each(|path| read_settings_file(path, &inputs));
    let case = MatchCase::read_beside(input, run.settings.clone(), scratch, progress);
    run.inputs.iter().try_for_each(|input| check_unchanged(input, &inputs))?;
    let case = case.map_err(|error| gone(run, error))?;
    config?;
    Ok(case)
}

fn read_settings_file(path: &Path, inputs: &Inputs) -> Result<(), RunError> {
    let failed = |error: io::Error| RunError::InputGone {
        role: "settings".to_owned(),
        path: path.display().to_string(),
        source: Box::new(error.into()),
    };
    inputs.read(path).map(drop).map_err(failed)
}

/// The parts by number: all parts of one run, each once.
fn in_order(paths: &[PathBuf]) -> Result<Vec<(PathBuf, PartDescription)>, PartsError> {
    let mut parts: Vec<(PathBuf, PartDescription)> = Vec::with_capacity(paths.len());
    for path in paths {
        let description = describe(path)?;
        if let Some((first, of_first)) = parts.first()
            && let Some(what) = difference(of_first, &description)
        {
            return Err(PartsError::OtherRun { first: first.clone(), path: path.clone(), what });
        }
        parts.push((path.clone(), description));
    }
    parts.sort_by_key(|(_, part)| part.share);
    if let Some([(first, part), (second, _)]) = parts.array_windows().find(|[one, other]| one.1.share == other.1.share)
    {
        return Err(PartsError::Twice { share: part.share, first: first.clone(), second: second.clone() });
    }
    let of = parts.first().map_or(1, |(_, part)| part.share.of());
    if parts.len() < of {
        let is_there = |number: &usize| parts.binary_search_by_key(number, |(_, part)| part.share.number()).is_ok();
        let numbers = (1..=of).filter(|number| !is_there(number)).take(NAMED + 1).collect();
        return Err(PartsError::Missing { numbers, of });
    }
    Ok(parts)
}

fn describe(path: &Path) -> Result<PartDescription, PartsError> {
    let failed = |source| PartsError::File { path: path.to_owned(), source };
    let description: PartDescription = PartReader::open(path).and_then(|mut part| part.item()).map_err(failed)?;
    if description.run.version != env!("CARGO_PKG_VERSION") {
        return Err(PartsError::OtherVersion { path: path.to_owned(), found: description.run.version });
    }
    let is_possible = Share::new(description.share.number(), description.share.of()).is_some();
    let wrong = match description.run.settings.validate() {
        Err(error) => Some(error.to_string()),
        Ok(()) => (!is_possible).then(|| format!("part {}", description.share)),
    };
    match wrong {
        Some(wrong) => Err(failed(PartFileError::Damaged(wrong))),
        None => Ok(description),
    }
}

/// In what two parts are not of one run.
fn difference(one: &PartDescription, other: &PartDescription) -> Option<String> {
    if one.share.of() != other.share.of() {
        return Some(format!("part {} and part {}", one.share, other.share));
    }
    if (&one.run, &one.source) == (&other.run, &other.source) {
        return None;
    }
    let json = |part: &PartDescription| (serde_json::json!(part.run.settings), serde_json::json!(part.run.sections));
    let ((settings, reading), (other_settings, other_reading)) = (json(one), json(other));
    let settings = differing(&settings, &other_settings, "").map(|what| format!("setting {what}"));
    let what = settings.or_else(|| differing_inputs(&one.run.inputs, &other.run.inputs));
    let what = what.or_else(|| differing(&reading, &other_reading, ""));
    Some(what.unwrap_or_else(|| "the settings came from different places".to_owned()))
}

/// The first value that differs, by the keys that lead to it.
fn differing(one: &serde_json::Value, other: &serde_json::Value, path: &str) -> Option<String> {
    if one == other {
        return None;
    }
    if let (Some(object), Some(others)) = (one.as_object(), other.as_object()) {
        let keys = object.keys().chain(others.keys());
        let null = serde_json::Value::Null;
        let value = |object: &serde_json::Map<String, serde_json::Value>, key: &String| {
            object.get(key).cloned().unwrap_or(null.clone())
        };
        let under = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        return keys.into_iter().find_map(|key| differing(&value(object, key), &value(others, key), &under(key)));
    }
    Some(format!("{path}: {one} and {other}"))
}

/// The first input that differs.
fn differing_inputs(one: &[InputFile], other: &[InputFile]) -> Option<String> {
    let described = |input: &InputFile| format!("{} `{}` (SHA-256 {}…)", input.role, input.path, &input.sha256[..12]);
    let both = one.iter().zip(other).find(|(one, other)| one != other);
    let alone = one.get(other.len()).or_else(|| other.get(one.len()));
    both.map(|(one, other)| format!("{} and {}", described(one), described(other)))
        .or_else(|| alone.map(|input| format!("{} in one of them only", described(input))))
}

impl MatchCase {
    /// Puts the parts together, one after the other.
    fn put_together(
        &self,
        parts: &[(PathBuf, PartDescription)],
        progress: &dyn Progress,
    ) -> Result<ScannedShare, RunError> {
        let case = self.scoring();
        let mut all: Option<ScannedShare> = None;
        for (path, description) in parts {
            let found = read_found(path, description)?;
            if !found.fits(&case, &self.roster, all.as_ref().unwrap_or(&found)) {
                return Err(PartsError::DoesNotFit(path.clone()).into());
            }
            match &mut all {
                Some(all) => all.merge(&case, &self.roster, found),
                None => all = Some(found),
            }
            progress.advance(1);
        }
        all.ok_or_else(|| PartsError::Missing { numbers: vec![1], of: 1 }.into())
    }
}

/// What a part found; its description must still be what it was.
fn read_found(path: &Path, description: &PartDescription) -> Result<ScannedShare, PartsError> {
    let failed = |source| PartsError::File { path: path.to_owned(), source };
    let mut part = PartReader::open(path).map_err(failed)?;
    let now: PartDescription = part.item().map_err(failed)?;
    if now != *description {
        return Err(failed(PartFileError::Damaged("it changed while it was read".to_owned())));
    }
    part.item().map_err(failed)
}
