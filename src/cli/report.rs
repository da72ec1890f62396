//! `filia report`: the page or the workbook of a finished run, made again; the court report on one child.

use super::Outcome;
use super::progress::StageLine;
use super::terminal::tell;
use super::values::LanguageArgument;
use crate::io::case_details::read_case_details;
use crate::io::result_tables::{PAGE, WORKBOOK};
use crate::io::source::{Fingerprint, Inputs};
use crate::io::whole_file::write_whole;
use crate::report::court::{self, CourtReport, Language, compose};
use crate::report::page::{Limits, html, workbook};
use crate::run::{CourtRequest, read_court_report, read_report};
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};

/// Makes the page of a finished run again (report.html), its workbook (report.xlsx), or the court report on one child
///
/// The run is one of `match` or `identify` (of `match` for a court report); its tables must be there as CSV. Genotypes are shown where
/// the profiles that the run read are where they were, with the SHA-256 that the manifest states.
#[derive(Args)]
pub struct Arguments {
    /// The folder with the results of the run; the file is written into it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write report.xlsx in place of report.html: the tables, the loci of each reported pair, settings
    #[arg(long)]
    xlsx: bool,
    #[command(flatten)]
    court: Court,
    /// Open it when it is written
    #[arg(long)]
    open: bool,
}

/// The court report.
#[derive(Args)]
struct Court {
    /// Write the court report on this child, court-ID.html
    #[arg(long, value_name = "ID", conflicts_with = "xlsx")]
    child: Option<String>,
    /// The court report on this candidate [default: whom the run names as father and as mother, else the best-ranked]
    #[arg(long, value_name = "ID", requires = "child")]
    candidate: Option<String>,
    /// What the court report says of the case: a TOML file with reference, asked_by, question, laboratory, author, reader, and
    /// [items.ID] with custody_id, kit, collected [default: blank lines]
    #[arg(long, value_name = "FILE", requires = "child")]
    case: Option<PathBuf>,
    /// The language of the court report
    #[arg(long, value_name = "LANGUAGE", requires = "child", value_enum, default_value_t = LanguageArgument::En)]
    language: LanguageArgument,
    /// Write the court report as court-ID.pdf in place of court-ID.html: PDF/A with the tables and the manifest of the run inside
    #[arg(long, requires = "child")]
    pdf: bool,
    /// The file of the court report [default: court-ID.html, or court-ID.pdf, in DIR]
    #[arg(long, value_name = "FILE", requires = "child")]
    out: Option<PathBuf>,
}

/// Reads the run and writes the file.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let (path, missing) = match &arguments.court.child {
        Some(child) => write_court_report(&arguments.folder, child, &arguments.court)?,
        None => write_page(&arguments.folder, arguments.xlsx)?,
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
fn write_page(folder: &Path, is_workbook: bool) -> Result<(PathBuf, Option<String>)> {
    let line = StageLine::new(true);
    let limits = if is_workbook { Limits::WORKBOOK } else { Limits::PAGE };
    let report = read_report(folder, limits, &line)?;
    let (name, bytes) = match is_workbook {
        true => (WORKBOOK, workbook(&report)?),
        false => (PAGE, html(&report)?.into_bytes()),
    };
    line.finish();
    let path = folder.join(name);
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
fn write_court_report(folder: &Path, child: &str, arguments: &Court) -> Result<(PathBuf, Option<String>)> {
    let form = Form::of(arguments)?;
    let details = arguments.case.as_deref().map(|path| read_case_details(path, &Inputs::default()));
    let request = CourtRequest {
        child: child.to_owned(),
        candidate: arguments.candidate.clone(),
        details: details.transpose()?.unwrap_or_default(),
    };
    let line = StageLine::new(true);
    let report = read_court_report(folder, request, &line)?;
    let language = Language::from(arguments.language);
    let bytes = form.bytes(&report, language)?;
    line.finish();
    let path = arguments.out.clone().unwrap_or_else(|| folder.join(court_file(child, language, form.ending())));
    write(&path, &bytes)?;
    Ok((path, report.basis.err()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_whole(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// The name of the court report on this child: letters that a file system could mind become `_`, and then the name ends with part of the
/// id's SHA-256, so that no two ids have one name.
fn court_file(child: &str, language: Language, ending: &str) -> String {
    let is_harmless = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let mut name: String =
        child.chars().map(|letter| if is_harmless(letter) { letter } else { '_' }).take(60).collect();
    if name != child {
        name = format!("{name}-{}", &Fingerprint::of(child.as_bytes()).hexadecimal()[..8]);
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
        assert_eq!(court_file("K029", Language::English, "html"), "court-K029.html");
        assert_eq!(court_file("K029", Language::Arabic, "pdf"), "court-K029-ar.pdf");
        let names =
            ["../a", "..\\a", "a b", "a/b", "<script>", "ك", "ل"].map(|id| court_file(id, Language::English, "html"));
        let harmless =
            |name: &String| name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
        assert!(names.iter().all(harmless), "{names:?}");
        assert!(names.iter().enumerate().all(|(at, name)| !names[at + 1..].contains(name)), "{names:?}");
    }
}
