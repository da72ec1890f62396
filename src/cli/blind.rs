//! `filia blind`: two sides that do not pool their profiles.

use super::arguments::{ReadArguments, use_threads};
use super::terminal::tell;
use crate::blind::{Codebook, Folder, Outcome, People};
use crate::report::counted;
use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use filia_blind::Side;
use std::path::PathBuf;

/// Tells two sides which pairs are worth a disclosure, without either showing its profiles
///
/// Not reviewed independently: see the documentation before using it on a case.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand, Debug)]
enum Step {
    Agree(AgreeArguments),
    Ballots(EnterArguments),
    Answer(EnterArguments),
    Open(OpenArguments),
    Audit(AuditArguments),
}

/// Whose folder it is.
#[derive(Args, Debug)]
struct FolderArguments {
    /// The side's own folder, with agreement.toml and the files that came from the other side
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Who is entered.
#[derive(Args, Debug)]
struct EnterArguments {
    #[command(flatten)]
    folder: FolderArguments,
    /// The side's profiles (several files: repeat the option)
    #[arg(long, value_name = "F.csv", required = true)]
    profiles: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArguments,
}

/// Draws the side's secrets, seals its profiles and makes its half of the key
#[derive(Args, Debug)]
struct AgreeArguments {
    /// Whose folder it is to be
    #[arg(long, value_name = "SIDE")]
    side: SideName,
    #[command(flatten)]
    enter: EnterArguments,
}

/// Opens what both halves of the key open together, step by step
#[derive(Args, Debug)]
struct OpenArguments {
    #[command(flatten)]
    folder: FolderArguments,
}

/// Discloses the side's seed to an auditor, or makes a side's files again from seed and profiles and compares them
#[derive(Args, Debug)]
struct AuditArguments {
    #[command(flatten)]
    folder: FolderArguments,
    /// Write the side's seed for an auditor (its half of the key stays)
    #[arg(long, conflicts_with_all = ["side", "profiles"])]
    disclose: bool,
    /// The side that is audited
    #[arg(long, value_name = "SIDE", required_unless_present = "disclose")]
    side: Option<SideName>,
    /// Its profiles
    #[arg(long, value_name = "F.csv", required_unless_present = "disclose")]
    profiles: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SideName {
    Children,
    Adults,
}

impl From<SideName> for Side {
    fn from(name: SideName) -> Self {
        match name {
            SideName::Children => Self::Children,
            SideName::Adults => Self::Adults,
        }
    }
}

/// Runs a step.
pub fn run(arguments: &Arguments) -> Result<super::Outcome> {
    match &arguments.step {
        Step::Agree(arguments) => agree(arguments),
        Step::Ballots(arguments) => enter(arguments, Folder::ballots, Side::Children),
        Step::Answer(arguments) => enter(arguments, Folder::answer, Side::Adults),
        Step::Open(arguments) => open(arguments),
        Step::Audit(arguments) => audit(arguments),
    }
}

impl FolderArguments {
    fn begin(&self) -> Result<(Folder, Codebook)> {
        use_threads(self.threads)?;
        let folder = Folder::new(&self.folder);
        let codebook = folder.codebook()?;
        Ok((folder, codebook))
    }
}

impl EnterArguments {
    fn people(&self, codebook: &Codebook, side: Side) -> Result<People> {
        read_people(codebook, side, &self.profiles, &self.read)
    }
}

fn read_people(codebook: &Codebook, side: Side, profiles: &[PathBuf], read: &ReadArguments) -> Result<People> {
    let people = People::read(codebook, side, profiles, &read.reading(false))?;
    people.notes.iter().for_each(|note| tell(format!("note: {note}")));
    if !people.left_out.is_empty() {
        let least = codebook.terms.least_loci;
        let who = people.left_out.join(", ");
        tell(format!("note: {} with fewer than {least} typed loci not entered: {who}", people.left_out.len()));
    }
    Ok(people)
}

fn agree(arguments: &AgreeArguments) -> Result<super::Outcome> {
    let (folder, codebook) = arguments.enter.folder.begin()?;
    let side = Side::from(arguments.side);
    let people = arguments.enter.people(&codebook, side)?;
    let outcome = folder.agree(&codebook, side, &people)?;
    tell_terms(&codebook);
    tell_next(&outcome);
    Ok(super::Outcome::Done)
}

/// What was agreed, as far as it decides how long everything takes.
fn tell_terms(codebook: &Codebook) {
    let terms = &codebook.terms;
    let classes: u32 = terms.loci.iter().map(|locus| locus.classes).sum();
    let tests = terms.tests(&vec![true; terms.loci.len()]);
    tell(format!(
        "{}, {} in all; at most {} a pair; {} × {}",
        counted(terms.loci.len(), "locus", "loci"),
        counted(classes as usize, "class", "classes"),
        counted(tests, "test", "tests"),
        counted(terms.children as usize, "child", "children"),
        counted(terms.adults as usize, "adult", "adults")
    ));
}

fn enter(
    arguments: &EnterArguments,
    step: fn(&Folder, &Codebook, &People) -> Result<Outcome, crate::blind::FolderError>,
    side: Side,
) -> Result<super::Outcome> {
    let (folder, codebook) = arguments.folder.begin()?;
    let people = arguments.people(&codebook, side)?;
    tell_next(&step(&folder, &codebook, &people)?);
    Ok(super::Outcome::Done)
}

fn open(arguments: &OpenArguments) -> Result<super::Outcome> {
    let (folder, codebook) = arguments.folder.begin()?;
    tell_next(&folder.open(&codebook)?);
    Ok(super::Outcome::Done)
}

fn audit(arguments: &AuditArguments) -> Result<super::Outcome> {
    let (folder, codebook) = arguments.folder.begin()?;
    if arguments.disclose {
        tell(format!("for the auditor: {}", folder.disclose(&codebook)?));
        return Ok(super::Outcome::Done);
    }
    let Some(side) = arguments.side.map(Side::from) else { bail!("--side: expected children or adults") };
    let people = read_people(&codebook, side, &arguments.profiles, &arguments.read)?;
    let same = folder.audit(&codebook, side, &people)?;
    tell(format!("{}: the same bytes, from the seed and the profiles that the side sealed", same.join(", ")));
    Ok(super::Outcome::Done)
}

/// What to hand over and what to wait for.
fn tell_next(outcome: &Outcome) {
    if !outcome.send.is_empty() {
        tell(format!("hand to the other side: {}", outcome.send.join(", ")));
    }
    if let Some(file) = &outcome.wait_for {
        tell(format!("then wait for: {file}"));
    }
    if let Some(hits) = outcome.hits {
        tell(format!("{}: see hits.csv", counted(hits, "hit", "hits")));
    }
}
