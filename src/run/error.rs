//! Why a run ended without results.

use super::calibrate_options::CalibrateInputError;
use super::part_set::PartsError;
use super::person_profile::ProfileTextError;
use super::power::PowerInputError;
use crate::calibration::CalibrationError;
use crate::identification::{self, AnswerError, IdentificationError, TooManyObservations};
use crate::io::packed_panel::PackedError;
use crate::io::pedigree_file::PedigreeFileError;
use crate::io::problems::Rejected;
use crate::io::profile_writers::ProfileWriteError;
use crate::io::profiles::ProfileError;
use crate::io::run_folder::RunFolderError;
use crate::io::table_file::TableError;
use crate::matching::{self, MatchError, TooLittleMemory};
use crate::model::{LinkageError, ModelsError};
use crate::profile::PanelError;
use crate::report::manifest::ManifestError;
use crate::report::page::{PageError, ReportError};
use crate::report::table::ExportError;
use crate::simulate::ShapeError;
use crate::statistics::{StatisticsError, WorldError};
use std::error::Error;
use std::path::PathBuf;

/// Why a run ended without results: what was found where, and what was expected.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Settings, or the tables, rates or markers that they name.
    #[error(transparent)]
    Statistics(Box<StatisticsError>),
    /// Profile files.
    #[error(transparent)]
    Profiles(Box<ProfileError>),
    /// A file that is no profiles: what it is, and what reads it.
    #[error("{0}")]
    OtherFile(String),
    /// A hand-written profile.
    #[error(transparent)]
    ProfileText(#[from] ProfileTextError),
    /// The panel of profiles.
    #[error(transparent)]
    Panel(#[from] PanelError),
    /// Something that cannot be used, where nothing may be left out.
    #[error("{0} (--strict)")]
    Strict(Box<Rejected>),
    /// The models of the case.
    #[error(transparent)]
    Models(#[from] ModelsError),
    /// Recombination fractions.
    #[error(transparent)]
    Recombination(Box<TableError>),
    /// Linked loci.
    #[error(transparent)]
    Linkage(#[from] LinkageError),
    /// No child, or no candidate.
    #[error("{source}{}", cause_of(cause))]
    NobodyToMatch {
        /// Which.
        source: matching::RosterError,
        /// What became of the rows.
        cause: Option<String>,
    },
    /// No body, or no relative.
    #[error("{source}{}", cause_of(cause))]
    NobodyToIdentify {
        /// Which.
        source: identification::RosterError,
        /// What became of the rows.
        cause: Option<String>,
    },
    /// A limit of memory.
    #[error(transparent)]
    Memory(#[from] TooLittleMemory),
    /// The search.
    #[error(transparent)]
    Match(#[from] MatchError),
    /// A scenario of a calibration.
    #[error("{name}: {source}")]
    Scenario {
        /// Its name.
        name: String,
        /// Why it ended.
        source: Box<CalibrationError>,
    },
    /// What is to be calibrated.
    #[error(transparent)]
    Calibrate(#[from] CalibrateInputError),
    /// A pedigree file.
    #[error(transparent)]
    Pedigrees(#[from] PedigreeFileError),
    /// The identification.
    #[error(transparent)]
    Identification(#[from] IdentificationError),
    /// The description of a synthetic case.
    #[error("{name}: {source}")]
    Shape {
        /// What it was called.
        name: String,
        /// What is wrong.
        source: ShapeError,
    },
    /// What a panel is asked.
    #[error(transparent)]
    Power(#[from] PowerInputError),
    /// A population that cannot be simulated.
    #[error(transparent)]
    World(#[from] WorldError),
    /// An id that no sample has.
    #[error("no sample `{id}` among the {samples} that were read")]
    UnknownSample {
        /// The id.
        id: String,
        /// Number of samples.
        samples: usize,
    },
    /// An id that several samples have.
    #[error("`{id}` is the id of several people: write one of {}", names.join(", "))]
    SeveralSamples {
        /// The id.
        id: String,
        /// Their names.
        names: Vec<String>,
    },
    /// A sample that is no child.
    #[error("`{0}` is not among the children")]
    NoChild(String),
    /// Somebody whom no table of a run names.
    #[error(
        "`{id}` is not in the tables of {folder}: expected a child, a candidate, a body, a missing person or a family of this run"
    )]
    NotInRun {
        /// The id.
        id: String,
        /// The folder of the run.
        folder: String,
    },
    /// The manifest of an earlier run that cannot be read.
    #[error("cannot read {path}: expected the folder of a finished run (`filia match` or `filia identify`): {source}")]
    NoManifest {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The manifest of an earlier run that cannot be used.
    #[error("{path}: {source}")]
    Manifest {
        /// The file.
        path: String,
        /// What is wrong.
        source: ManifestError,
    },
    /// The manifest of a run of another command.
    #[error("{path}: found the manifest of `{found}`, expected that of `{expected}`")]
    OtherCommand {
        /// The file.
        path: String,
        /// The command.
        found: String,
        /// The command whose runs can be used here.
        expected: &'static str,
    },
    /// The manifest of a run that did not say how it read its profiles.
    #[error("manifest.json does not say how the profiles were read: do the run again")]
    NoReading,
    /// An input that is no longer what the run read.
    #[error("the run's {role} `{path}` has changed since: do the run again (SHA-256 was {was}, is {is})")]
    InputChanged {
        /// What it was read for.
        role: String,
        /// The file.
        path: String,
        /// Its SHA-256 then.
        was: String,
        /// Its SHA-256 now.
        is: String,
    },
    /// An input that is not where it was.
    #[error("the run's {role} `{path}` is needed: call this where the run was done: {source}")]
    InputGone {
        /// What it was read for.
        role: String,
        /// The file.
        path: String,
        /// What could not be done.
        source: Box<RunError>,
    },
    /// A file of profiles that cannot be written.
    #[error("{}: {source}", path.display())]
    Conversion {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<ConversionError>,
    },
    /// The result folder.
    #[error(transparent)]
    Folder(#[from] RunFolderError),
    /// A result table that cannot be written.
    #[error(transparent)]
    Table(#[from] ExportError),
    /// Parts of a search.
    #[error(transparent)]
    Parts(Box<PartsError>),
    /// A finished run that cannot be shown.
    #[error("{folder}: {source}")]
    Report {
        /// Its folder.
        folder: String,
        /// Why.
        source: ReportError,
    },
    /// The page.
    #[error("the page cannot be made: {0}")]
    Page(#[from] PageError),
    /// What the system refuses.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

/// Why profiles cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ConversionError {
    /// What the system refuses.
    #[error(transparent)]
    System(#[from] std::io::Error),
    /// What the format refuses.
    #[error(transparent)]
    Format(#[from] ProfileWriteError),
    /// What the writer of packed panels refuses.
    #[error(transparent)]
    Packed(#[from] PackedError),
}

/// An error and its causes in one sentence; a cause that an error has already told is not told again.
pub fn in_one_sentence<'e>(causes: impl Iterator<Item = &'e (dyn Error + 'static)>) -> String {
    let mut told = String::new();
    for cause in causes.map(ToString::to_string).filter(|cause| !cause.is_empty()) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

fn cause_of(cause: &Option<String>) -> String {
    cause.as_ref().map_or_else(String::new, |cause| format!("; {cause}"))
}

/// Errors that are large are boxed, so that results are small.
macro_rules! boxed {
    ($($variant:ident: $error:ty),*) => {
        $(impl From<$error> for RunError {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        })*
    };
}

boxed!(Statistics: StatisticsError, Parts: PartsError, Recombination: TableError, Profiles: ProfileError);

impl From<AnswerError> for RunError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Match(error) => error.into(),
            AnswerError::Identification(error) => error.into(),
        }
    }
}

impl From<TooManyObservations> for RunError {
    fn from(error: TooManyObservations) -> Self {
        IdentificationError::from(error).into()
    }
}
