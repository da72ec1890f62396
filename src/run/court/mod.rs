//! The court report on one child, one body or one family: from a finished run folder, and from its inputs where they are there and
//! unchanged.

mod child;
mod grounds;
mod identification;

use super::RunError;
use crate::io::case_details::CaseDetails;
use crate::io::profiles::ReadProfiles;
use crate::io::source::Fingerprint;
use crate::io::workbook::split_part;
use crate::population::bundled;
use crate::profile::SampleIndex;
use crate::progress::Progress;
#[cfg(feature = "pdf")]
use crate::report::court::RunFiles;
use crate::report::court::{
    Basis, Comparison, CourtReport, FileState, InputState, Item, MergedSamples, Part, RunFacts, Subject, TablesRead,
    Together, run_facts,
};
use crate::report::manifest::{InputFile, Manifest};
use crate::report::page::ReportError;
use std::fs;
use std::path::{Path, PathBuf};

/// Whom a court report is on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CourtSubject {
    /// A child, and a candidate; those whom the run names if none.
    Child(String, Option<String>),
    /// A body, and a missing person; the likeliest if none.
    Body(String, Option<String>),
    /// A family that misses somebody.
    Family(String),
}

impl CourtSubject {
    /// The id of the child, the body or the family.
    pub fn id(&self) -> &str {
        match self {
            Self::Child(id, _) | Self::Body(id, _) | Self::Family(id) => id,
        }
    }

    /// The command whose runs have it.
    fn command(&self) -> &'static str {
        match self {
            Self::Child(..) => "match",
            Self::Body(..) | Self::Family(_) => "identify",
        }
    }
}

/// What a court report is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CourtRequest {
    /// Whom it is on.
    pub subject: CourtSubject,
    /// What is known of the case beside its DNA.
    pub details: CaseDetails,
}

/// A finished run.
struct FinishedRun {
    folder: PathBuf,
    manifest: Manifest,
    /// The manifest as it is written.
    bytes: Vec<u8>,
}

impl FinishedRun {
    fn name(&self) -> String {
        self.folder.display().to_string()
    }

    /// Somebody of whom the run knows nothing.
    fn knows_nothing_of(&self, id: &str) -> RunError {
        RunError::NotInRun { id: id.to_owned(), folder: self.name() }
    }

    fn unreadable(&self) -> impl FnOnce(ReportError) -> RunError + use<> {
        let folder = self.name();
        move |source| RunError::Report { folder, source }
    }

    fn facts(&self, tables: &TablesRead) -> Result<RunFacts, RunError> {
        let mut facts = run_facts(&self.folder, &self.manifest, &self.bytes, tables)?;
        facts.inputs = self.manifest.inputs.iter().map(state).collect();
        Ok(facts)
    }
}

/// Reads what a finished run says of one child, one body or one family.
///
/// # Errors
/// A folder without the results of a run of the command that answers this; somebody whom the run does not know.
pub fn read_court_report(
    folder: &Path,
    request: CourtRequest,
    progress: &dyn Progress,
) -> Result<CourtReport, RunError> {
    let path = folder.join("manifest.json");
    let shown = path.display().to_string();
    let bytes = fs::read(&path).map_err(|source| RunError::NoManifest { path: shown.clone(), source })?;
    let manifest = Manifest::read(&bytes).map_err(|source| RunError::Manifest { path: shown.clone(), source })?;
    let expected = request.subject.command();
    if manifest.command != expected {
        return Err(RunError::OtherCommand { path: shown, found: manifest.command, expected });
    }
    let run = FinishedRun { folder: folder.to_owned(), manifest, bytes };
    let answer = match &request.subject {
        CourtSubject::Child(child, candidate) => child::answer(&run, child, candidate.as_deref(), progress)?,
        CourtSubject::Body(body, missing) => identification::of_body(&run, body, missing.as_deref(), progress)?,
        CourtSubject::Family(family) => identification::of_family(&run, family, progress)?,
    };
    answer.into_report(&run, request.details)
}

/// What a run answers, before what is the same of every report is added.
struct CourtAnswer {
    subject: Subject,
    items: Vec<Item>,
    merged: Vec<MergedSamples>,
    comparisons: Vec<Comparison>,
    without: Vec<String>,
    together: Option<Together>,
    basis: Result<Basis, String>,
    tables: TablesRead,
}

impl CourtAnswer {
    fn into_report(mut self, run: &FinishedRun, details: CaseDetails) -> Result<CourtReport, RunError> {
        let people: Vec<&str> = self.items.iter().map(|item| item.id.as_str()).collect();
        let rejected = self.tables.rejected(&run.folder, &people).map_err(run.unreadable())?;
        Ok(CourtReport {
            run: run.facts(&self.tables)?,
            subject: self.subject,
            details,
            items: self.items,
            merged: self.merged,
            comparisons: self.comparisons,
            without: self.without,
            together: self.together,
            basis: self.basis,
            rejected,
        })
    }
}

/// The files of the run that a report rests on, to go with it.
///
/// # Errors
/// What the system refuses.
#[cfg(feature = "pdf")]
pub fn files_of_run(report: &CourtReport) -> Result<RunFiles, RunError> {
    let mut files = Vec::new();
    for (name, _) in &report.run.results {
        files.push((name.clone(), fs::read(report.run.folder.join(name))?));
    }
    let identity = report.run.results.iter().map(|(_, sha256)| sha256.as_str()).collect();
    Ok(RunFiles { ended: report.run.ended, identity, files })
}

/// What has become of a file that the run read.
fn state(input: &InputFile) -> InputState {
    let bundled = bundled::find(&input.path).filter(|_| input.role == "frequencies");
    let now = match bundled {
        Some(table) => Ok(Fingerprint::of(table.text.as_bytes())),
        None => Fingerprint::of_file(&split_part(Path::new(&input.path)).0),
    };
    let state = match now {
        Ok(now) if now.hexadecimal() == input.sha256 => FileState::Unchanged,
        Ok(_) => FileState::Changed,
        Err(_) => FileState::Gone,
    };
    InputState { role: input.role.clone(), path: input.path.clone(), sha256: input.sha256.clone(), state }
}

/// A sample, with what its profile says where that was read.
fn item(id: &str, part: Part, read: Option<(&ReadProfiles, SampleIndex)>) -> Item {
    let place = |(profiles, sample): (&ReadProfiles, SampleIndex)| {
        (profiles.files[profiles.origins.file(sample)].name.clone(), profiles.origins.line(sample))
    };
    let sex = read.map(|(profiles, sample)| profiles.panel.sex(sample).as_str());
    Item { id: id.to_owned(), part, sex, place: read.map(place) }
}
