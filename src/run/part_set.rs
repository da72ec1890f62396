//! The files of some parts of a run: that they are of one run, each part once, and what they hold together.

use crate::identification::ScannedFamilies;
use crate::io::part_file::{PartFileError, PartReader};
use crate::matching::{ScannedShare, Share};
use crate::progress::{Progress, Stage};
use crate::report::manifest::{InputFile, Manifest};
use crate::statistics::StatisticsSource;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
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
    /// A limit of memory for a run that has none.
    #[error("--max-memory: {} is a part of `identify`, which has no limit of memory: leave the flag out", .0.display())]
    NoLimit(PathBuf),
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
pub(super) struct PartDescription {
    /// Which parts it is, ascending: one, or several that were put together.
    pub shares: Vec<Share>,
    /// Command, version, settings in full, inputs, and how profiles were read.
    pub run: Manifest,
    pub source: StatisticsSource,
}

/// The commands that have parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PartedCommand {
    Match,
    Identify,
}

/// What parts of a run found, as it is put together.
pub(super) trait PartContent: Serialize + DeserializeOwned {
    /// Whether another part answers the same questions in the same way.
    fn goes_with(&self, other: &Self) -> bool;

    /// Takes in what another part found that goes with this one.
    fn merge(&mut self, other: Self);
}

impl PartContent for ScannedShare {
    fn goes_with(&self, other: &Self) -> bool {
        Self::goes_with(self, other)
    }

    fn merge(&mut self, other: Self) {
        Self::merge(self, other);
    }
}

impl PartContent for ScannedFamilies {
    fn goes_with(&self, other: &Self) -> bool {
        Self::goes_with(self, other)
    }

    fn merge(&mut self, other: Self) {
        Self::merge(self, other);
    }
}

/// Files of parts of one run, of which no part stands twice.
pub(super) struct PartSet {
    /// By the first part that they hold.
    files: Vec<(PathBuf, PartDescription)>,
    pub command: PartedCommand,
}

impl PartSet {
    /// Reads what these files say of themselves.
    pub fn open(paths: &[PathBuf]) -> Result<Self, PartsError> {
        let mut files: Vec<(PathBuf, PartDescription)> = Vec::with_capacity(paths.len());
        let mut command = PartedCommand::Match;
        for path in paths {
            let description;
            (description, command) = describe(path)?;
            if let Some((first, of_first)) = files.first()
                && let Some(what) = difference(of_first, &description)
            {
                return Err(PartsError::OtherRun { first: first.clone(), path: path.clone(), what });
            }
            files.push((path.clone(), description));
        }
        files.sort_by_key(|(_, part)| part.shares[0]);
        let set = Self { files, command };
        let parts = set.parts();
        if let Some([(share, first), (_, second)]) = parts.array_windows().find(|[one, other]| one.0 == other.0) {
            let [first, second] = [first, second].map(|path| path.to_path_buf());
            return Err(PartsError::Twice { share: *share, first, second });
        }
        if parts.is_empty() { Err(PartsError::Missing { numbers: vec![1], of: 1 }) } else { Ok(set) }
    }

    /// The parts, ascending, each with its file.
    fn parts(&self) -> Vec<(Share, &Path)> {
        let of_files = self.files.iter();
        let mut parts: Vec<(Share, &Path)> =
            of_files.flat_map(|(path, part)| part.shares.iter().map(|&share| (share, path.as_path()))).collect();
        parts.sort_by_key(|(share, _)| *share);
        parts
    }

    /// Makes sure that no part is missing.
    pub fn check_complete(&self) -> Result<(), PartsError> {
        let (parts, of) = (self.parts(), self.files[0].1.shares[0].of());
        if parts.len() == of {
            return Ok(());
        }
        let is_there = |number: &usize| parts.binary_search_by_key(number, |(share, _)| share.number()).is_ok();
        let numbers = (1..=of).filter(|number| !is_there(number)).take(NAMED + 1).collect();
        Err(PartsError::Missing { numbers, of })
    }

    /// The files.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().map(|(path, _)| path.clone())
    }

    /// What the first of them says of itself.
    pub fn first(&self) -> &PartDescription {
        &self.files[0].1
    }

    /// What all of them together say of themselves.
    pub fn description(&self) -> PartDescription {
        PartDescription { shares: self.parts().iter().map(|(share, _)| *share).collect(), ..self.first().clone() }
    }

    /// That their run has no limit of memory.
    pub fn has_no_limit(&self) -> PartsError {
        PartsError::NoLimit(self.files[0].0.clone())
    }

    /// That what the parts hold does not fit.
    pub fn does_not_fit(&self) -> PartsError {
        PartsError::DoesNotFit(self.files[0].0.clone())
    }

    /// Puts the parts together, one after the other; what `fits` not is refused.
    pub fn put_together<C: PartContent>(
        &self,
        fits: impl Fn(&C, &[Share]) -> bool,
        progress: &dyn Progress,
    ) -> Result<C, PartsError> {
        progress.begin(Stage::of("putting parts together", "files", self.files.len() as u64));
        let mut all: Option<C> = None;
        for (path, description) in &self.files {
            let found: C = read_content(path, description)?;
            if !fits(&found, &description.shares) || all.as_ref().is_some_and(|all| !all.goes_with(&found)) {
                return Err(PartsError::DoesNotFit(path.clone()));
            }
            match &mut all {
                Some(all) => all.merge(found),
                None => all = Some(found),
            }
            progress.advance(1);
        }
        all.ok_or_else(|| self.does_not_fit())
    }
}

fn describe(path: &Path) -> Result<(PartDescription, PartedCommand), PartsError> {
    let failed = |source| PartsError::File { path: path.to_owned(), source };
    let description: PartDescription = PartReader::open(path).and_then(|mut part| part.item()).map_err(failed)?;
    if description.run.version != env!("CARGO_PKG_VERSION") {
        return Err(PartsError::OtherVersion { path: path.to_owned(), found: description.run.version });
    }
    let damaged = |what: String| failed(PartFileError::Damaged(what));
    description.run.settings.validate().map_err(|error| damaged(error.to_string()))?;
    let PartDescription { shares, run, .. } = &description;
    let is_possible = |share: &Share| Share::new(share.number(), share.of()).is_some();
    let go_together = |[one, other]: &[Share; 2]| one < other && one.of() == other.of();
    if shares.is_empty() || !shares.iter().all(is_possible) || !shares.array_windows().all(go_together) {
        let shares: Vec<String> = shares.iter().take(NAMED).map(ToString::to_string).collect();
        return Err(damaged(format!("part {}", shares.join(", "))));
    }
    let command = match run.command.as_str() {
        "match" => PartedCommand::Match,
        "identify" => PartedCommand::Identify,
        other => return Err(damaged(format!("`{other}` has no parts"))),
    };
    Ok((description, command))
}

/// In what two parts are not of one run.
fn difference(one: &PartDescription, other: &PartDescription) -> Option<String> {
    if one.run.command != other.run.command {
        return Some(format!("`{}` and `{}`", one.run.command, other.run.command));
    }
    let [share, other_share] = [one, other].map(|part| part.shares[0]);
    if share.of() != other_share.of() {
        return Some(format!("part {share} and part {other_share}"));
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

/// What a part found; its description must still be what it was.
fn read_content<C: DeserializeOwned>(path: &Path, description: &PartDescription) -> Result<C, PartsError> {
    let failed = |source| PartsError::File { path: path.to_owned(), source };
    let mut part = PartReader::open(path).map_err(failed)?;
    let now: PartDescription = part.item().map_err(failed)?;
    if now != *description {
        return Err(failed(PartFileError::Damaged("it changed while it was read".to_owned())));
    }
    part.item().map_err(failed)
}
