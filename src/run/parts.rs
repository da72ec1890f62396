//! A run beyond one machine: its first scans done for a share each, then put together as one run.

use super::identify_case::{IdentifyCase, IdentifyInput};
use super::match_case::{MatchCase, MatchInput};
use super::part_set::{PartContent, PartDescription, PartSet, PartedCommand, PartsError};
use super::rerun::{check_unchanged, gone, identify_input_of, input_of};
use super::{Output, RunError};
use crate::identification::{IdentifyAnswer, ScannedFamilies};
use crate::io::part_file::{PartFileError, write_part};
use crate::io::result_tables::RESULT_TABLES;
use crate::io::source::Inputs;
use crate::io::whole_file::WholeFile;
use crate::matching::{Found, ScannedShare, Share};
use crate::progress::{Progress, Stage};
use crate::report::manifest::Manifest;
use crate::settings::Settings;
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};

/// Where a part goes.
#[derive(Clone, Debug)]
pub struct PartTarget {
    /// The file. It appears whole or not at all.
    pub path: PathBuf,
    /// Whether a file that is there already is replaced.
    pub replace: bool,
}

/// A part that is being made.
struct NewPart<'t> {
    path: &'t Path,
    file: WholeFile,
}

impl<'t> NewPart<'t> {
    /// Begins a part, so that a place where nothing can be written is known before the work; none of the files that are read may be
    /// replaced.
    fn begin(target: &'t PartTarget, read: impl IntoIterator<Item = PathBuf>) -> Result<Self, PartsError> {
        let path = &target.path;
        if path.exists() && !target.replace {
            return Err(PartsError::Exists(path.clone()));
        }
        let there = path.canonicalize().ok();
        if there.is_some() && read.into_iter().any(|file| file.canonicalize().ok() == there) {
            return Err(PartsError::IsInput(path.clone()));
        }
        let file = WholeFile::begin(path).map_err(|error| failed(path, error.into()))?;
        Ok(Self { path, file })
    }

    /// The folder of the part.
    fn beside(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    fn write(
        self,
        description: &PartDescription,
        found: &impl Serialize,
        progress: &dyn Progress,
    ) -> Result<(), PartsError> {
        progress.begin(Stage::uncounted("writing the part"));
        write_part(self.file, self.path, description, found).map_err(|source| failed(self.path, source))
    }
}

fn failed(path: &Path, source: PartFileError) -> PartsError {
    PartsError::File { path: path.to_owned(), source }
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
    let part = NewPart::begin(target, input.files(&settings))?;
    let case = MatchCase::read_beside(input, settings, part.beside(), progress)?;
    let found = case.scan_share(share, progress)?;
    let description =
        PartDescription { shares: vec![share], run: case.description(), source: case.input.source.clone() };
    part.write(&description, &found, progress)?;
    Ok(case)
}

/// Reads, compares the bodies with a share of the families, and writes what [`merge_into`] goes on from.
///
/// # Errors
/// As [`identify_into`](super::identify_into); a file that may not be replaced, or cannot be written. Nothing is left behind then.
pub fn identify_part_into(
    target: &PartTarget,
    share: Share,
    input: IdentifyInput,
    settings: Settings,
    progress: &dyn Progress,
) -> Result<IdentifyCase, RunError> {
    let part = NewPart::begin(target, input.files(&settings))?;
    let case = IdentifyCase::read_watched(input, settings, progress)?;
    let found = case.with_task(|task| task.scan_share(share, progress))?;
    let description =
        PartDescription { shares: vec![share], run: case.description(), source: case.input.source.clone() };
    part.write(&description, &found, progress)?;
    Ok(case)
}

/// What was put together.
#[derive(Debug)]
pub enum MergedRun {
    /// A search.
    Match(Box<(MatchCase, Found)>),
    /// An identification.
    Identify(Box<(IdentifyCase, IdentifyAnswer)>),
}

/// Puts all parts of a run together and goes on to its end: the results are those of one run, byte for byte but for the timings.
///
/// # Errors
/// Parts that are not all the parts of one run; inputs that are not those of the parts; as [`match_into`](super::match_into) or
/// [`identify_into`](super::identify_into), whichever it is.
pub fn merge_into(
    output: &Output,
    parts: &[PathBuf],
    max_memory: Option<u64>,
    inputs: Inputs,
    progress: &dyn Progress,
) -> Result<MergedRun, RunError> {
    progress.begin(Stage::uncounted("checking the parts"));
    let parts = PartSet::open(parts)?;
    parts.check_complete()?;
    match parts.command {
        PartedCommand::Match => {
            let merged = merge_match(output, &parts, max_memory, inputs, progress)?;
            Ok(MergedRun::Match(Box::new(merged)))
        }
        PartedCommand::Identify if max_memory.is_some() => Err(parts.has_no_limit().into()),
        PartedCommand::Identify => {
            let merged = merge_identify(output, &parts, inputs, progress)?;
            Ok(MergedRun::Identify(Box::new(merged)))
        }
    }
}

/// Puts some parts of a run together as one file, which [`merge_into`] takes in their place. The inputs are not needed.
///
/// # Errors
/// Parts that are not of one run; a file that may not be replaced, or cannot be written. Nothing is left behind then.
pub fn merge_parts_into(target: &PartTarget, parts: &[PathBuf], progress: &dyn Progress) -> Result<(), RunError> {
    progress.begin(Stage::uncounted("checking the parts"));
    let new = NewPart::begin(target, parts.iter().cloned())?;
    let parts = PartSet::open(parts)?;
    match parts.command {
        PartedCommand::Match => write_together::<ScannedShare>(new, &parts, progress),
        PartedCommand::Identify => write_together::<ScannedFamilies>(new, &parts, progress),
    }
}

fn write_together<C: PartContent>(new: NewPart<'_>, parts: &PartSet, progress: &dyn Progress) -> Result<(), RunError> {
    let found: C = parts.put_together(|_, _| true, progress)?;
    Ok(new.write(&parts.description(), &found, progress)?)
}

fn merge_match(
    output: &Output,
    parts: &PartSet,
    max_memory: Option<u64>,
    inputs: Inputs,
    progress: &dyn Progress,
) -> Result<(MatchCase, Found), RunError> {
    let PartDescription { run, source, .. } = parts.first().clone();
    let input = MatchInput { source, max_memory, inputs, ..input_of(&run)? };
    let folder = output.begin(RESULT_TABLES, parts.paths().chain(input.files(&run.settings)).collect())?;
    let case = read_unchanged(parts.first(), &input.inputs.clone(), || {
        MatchCase::read_beside(input, run.settings.clone(), folder.scratch(), progress)
    })?;
    let scoring = case.scoring();
    let fits = |found: &ScannedShare, _: &[Share]| found.fits(&scoring, &case.roster);
    let found = parts.put_together(fits, progress)?;
    let found = case.search_from(&case.within_memory()?, found, progress)?;
    case.write(&found, folder, &output.formats, progress)?;
    Ok((case, found))
}

fn merge_identify(
    output: &Output,
    parts: &PartSet,
    inputs: Inputs,
    progress: &dyn Progress,
) -> Result<(IdentifyCase, IdentifyAnswer), RunError> {
    let PartDescription { run, source, .. } = parts.first().clone();
    let input = IdentifyInput { source, inputs, ..identify_input_of(&run) };
    let folder = output.begin(RESULT_TABLES, parts.paths().chain(input.files(&run.settings)).collect())?;
    let case = read_unchanged(parts.first(), &input.inputs.clone(), || {
        IdentifyCase::read_watched(input, run.settings.clone(), progress)
    })?;
    let answer = case.with_task(|task| {
        let found = parts.put_together(|found, shares| task.fits(found, shares), progress)?;
        let answer = task.answer_from(found, progress)?;
        answer.ok_or_else(|| RunError::from(parts.does_not_fit()))
    })?;
    case.write(&answer, folder, &output.formats, progress)?;
    Ok((case, answer))
}

/// Reads the case that a part was done for, and makes sure that its inputs are what they were.
fn read_unchanged<C>(
    part: &PartDescription,
    inputs: &Inputs,
    read: impl FnOnce() -> Result<C, RunError>,
) -> Result<C, RunError> {
    let run: &Manifest = &part.run;
    // The settings are those of the parts; that the file still says the same is looked at with all others.
    let config = part.source.config.iter().try_for_each(|path| read_settings_file(path, inputs));
    let case = read();
    run.inputs.iter().try_for_each(|input| check_unchanged(input, inputs))?;
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
