//! `filia report`: the page or the workbook of a finished run, made again; the court report on one child, one body or one family; each in
//! English, French or Arabic.

use super::Outcome;
use super::progress::StageLine;
use super::terminal::tell;
use super::values::{LANGUAGES, one_of};
use crate::io::case_details::read_case_details;
use crate::io::result_tables::{PAGE, WORKBOOK, in_language};
use crate::io::source::{Fingerprint, Inputs};
use crate::io::whole_file::write_whole;
use crate::report::court::{self, CourtReport, compose};
use crate::report::messages::Language;
use crate::report::page::{Limits, html, workbook};
use crate::run::{CourtRequest, CourtSubject, read_court_report, read_report};
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};

/// Makes the page of a finished run again (report.html), its workbook (report.xlsx), or the court report on one child, body or family
///
/// The run is one of `match` (for a child) or `identify` (for a body or a family); its tables must be there as CSV. Genotypes are shown
/// where the profiles that the run read are where they were, with the SHA-256 that the manifest states.
#[derive(Args)]
pub struct Arguments {
    /// The folder with the results of the run; the file is written into it, unless --out says where
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write report.xlsx in place of report.html: the tables, the loci of each reported pair, settings
    #[arg(long)]
    xlsx: bool,
    /// The language of what is written; in French and Arabic the files are called report-fr.html, court-ID-ar.html and so on
    #[arg(long, value_name = "LANGUAGE", value_parser = one_of(LANGUAGES), default_value = "en")]
    language: Language,
    /// The file [default: in DIR report.html, with --xlsx report.xlsx; of a court report court-ID.html (or .pdf), of a family
    /// court-family-ID.html]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    court: Court,
    /// Open it when it is written
    #[arg(long)]
    open: bool,
}

/// The court report.
#[derive(Args)]
struct Court {
    #[command(flatten)]
    subject: SubjectArguments,
    /// The court report on this candidate [default: whom the run names as father and as mother, else the best-ranked]
    #[arg(long, value_name = "ID", requires = "child", conflicts_with_all = ["body", "family"])]
    candidate: Option<String>,
    /// The court report on whether the body is this missing person [default: the likeliest]
    #[arg(long, value_name = "ID", requires = "body", conflicts_with_all = ["child", "family"])]
    missing: Option<String>,
    /// What the court report says of the case: a TOML file with reference, asked_by, question, laboratory, author, reader, and
    /// [items.ID] with custody_id, kit, collected [default: blank lines]
    #[arg(long, value_name = "FILE", requires = "subject")]
    case: Option<PathBuf>,
    /// Write the court report as PDF in place of HTML: PDF/A with the tables and the manifest of the run inside
    #[arg(long, requires = "subject")]
    pdf: bool,
}

/// Whom a court report is on.
#[derive(Args)]
#[group(id = "subject", multiple = false, conflicts_with = "xlsx")]
struct SubjectArguments {
    /// Write the court report on this child, court-ID.html
    #[arg(long, value_name = "ID")]
    child: Option<String>,
    /// Write the court report on this body of an identification, court-ID.html
    #[arg(long, value_name = "ID")]
    body: Option<String>,
    /// Write the court report on this family of an identification and its missing persons, court-family-ID.html
    #[arg(long, value_name = "ID")]
    family: Option<String>,
}

impl Arguments {
    /// The file to be written: as asked for, else of this name in the folder of the run.
    fn path(&self, name: String) -> PathBuf {
        self.out.clone().unwrap_or_else(|| self.folder.join(name))
    }
}

impl Court {
    /// Whom it is to be on; nobody where no court report is asked for.
    fn subject(&self) -> Option<CourtSubject> {
        let SubjectArguments { child, body, family } = &self.subject;
        let child = child.clone().map(|id| CourtSubject::Child(id, self.candidate.clone()));
        let body = || body.clone().map(|id| CourtSubject::Body(id, self.missing.clone()));
        child.or_else(body).or_else(|| family.clone().map(CourtSubject::Family))
    }
}

/// Reads the run and writes the file.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let (path, missing) = match arguments.court.subject() {
        Some(subject) => write_court_report(arguments, subject)?,
        None => write_page(arguments)?,
    };
    if let Some(reason) = missing {
        tell(format!("note: genotypes cannot be shown: {reason}"));
    }
    tell(format!("written: {}", path.display()));
    if arguments.open {
        open(&path)?;
    }
    Ok(Outcome::Done)
}

/// Writes the page or the workbook; its path, and why there are no genotypes in it, if so.
fn write_page(arguments: &Arguments) -> Result<(PathBuf, Option<String>)> {
    let line = StageLine::new(true);
    let language = arguments.language;
    let limits = if arguments.xlsx { Limits::WORKBOOK } else { Limits::PAGE };
    let report = read_report(&arguments.folder, limits, &line)?;
    let (name, bytes) = match arguments.xlsx {
        true => (WORKBOOK, workbook(&report, language)?),
        false => (PAGE, html(&report, language)?.into_bytes()),
    };
    line.finish();
    let path = arguments.path(in_language(name, language.code()));
    write(&path, &bytes)?;
    Ok((path, report.genotypes.err()))
}

/// How a court report is shown.
#[derive(Clone, Copy)]
enum Form {
    Html,
    #[cfg(feature = "pdf")]
    Pdf,
}

impl Form {
    /// The one asked for, where this build has it.
    fn of(arguments: &Court) -> Result<Self> {
        match arguments.pdf {
            false => Ok(Self::Html),
            #[cfg(feature = "pdf")]
            true => Ok(Self::Pdf),
            #[cfg(not(feature = "pdf"))]
            true => anyhow::bail!(
                "--pdf: this program was built without it; build it with `cargo build --release --features pdf`"
            ),
        }
    }

    /// What the names of its files end with.
    fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            #[cfg(feature = "pdf")]
            Self::Pdf => "pdf",
        }
    }

    /// The report as bytes.
    fn bytes(self, report: &CourtReport, language: Language) -> Result<Vec<u8>> {
        let document = compose(report, language);
        match self {
            Self::Html => Ok(court::html(&document)?.into_bytes()),
            #[cfg(feature = "pdf")]
            Self::Pdf => Ok(court::pdf(&document, crate::run::files_of_run(report)?)?),
        }
    }
}

/// Writes the court report; its path, and why there are no genotypes in it, if so.
fn write_court_report(arguments: &Arguments, subject: CourtSubject) -> Result<(PathBuf, Option<String>)> {
    let form = Form::of(&arguments.court)?;
    let language = arguments.language;
    let name = court_file(&subject, language, form.ending());
    let details = arguments.court.case.as_deref().map(|path| read_case_details(path, &Inputs::default()));
    let request = CourtRequest { subject, details: details.transpose()?.unwrap_or_default() };
    let line = StageLine::new(true);
    let report = read_court_report(&arguments.folder, request, &line)?;
    let bytes = form.bytes(&report, language)?;
    line.finish();
    let path = arguments.path(name);
    write(&path, &bytes)?;
    Ok((path, report.basis.err()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_whole(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// The name of the court report: letters of an id that a file system could mind become `_`, and then the name ends with part of the
/// id's SHA-256, so that no two ids have one name; nor has a body that of a family.
fn court_file(subject: &CourtSubject, language: Language, ending: &str) -> String {
    const FAMILY: &str = "family-";
    let id = subject.id();
    let is_harmless = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let mut name: String = id.chars().map(|letter| if is_harmless(letter) { letter } else { '_' }).take(60).collect();
    if name != id || id.starts_with(FAMILY) {
        name = format!("{name}-{}", &Fingerprint::of(id.as_bytes()).hexadecimal()[..8]);
    }
    if matches!(subject, CourtSubject::Family(_)) {
        name = format!("{FAMILY}{name}");
    }
    match language {
        Language::English => format!("court-{name}.{ending}"),
        other => format!("court-{name}-{}.{ending}", other.code()),
    }
}

/// Opens a file with the program that the system has for it.
pub fn open(path: &Path) -> Result<()> {
    opener::open(path).with_context(|| format!("cannot open {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_has_a_file_name_of_its_own_that_is_harmless() {
        let child = |id: &str| CourtSubject::Child(id.to_owned(), None);
        assert_eq!(court_file(&child("K029"), Language::English, "html"), "court-K029.html");
        assert_eq!(court_file(&child("K029"), Language::Arabic, "pdf"), "court-K029-ar.pdf");
        let family = court_file(&CourtSubject::Family("A".to_owned()), Language::English, "html");
        assert_eq!(family, "court-family-A.html");
        let ids = ["../a", "..\\a", "a b", "a/b", "<script>", "ك", "ل", "family-A"];
        let mut names = ids.map(|id| court_file(&child(id), Language::English, "html")).to_vec();
        names.push(family);
        let harmless =
            |name: &String| name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
        assert!(names.iter().all(harmless), "{names:?}");
        assert!(names.iter().enumerate().all(|(at, name)| !names[at + 1..].contains(name)), "{names:?}");
    }
}
