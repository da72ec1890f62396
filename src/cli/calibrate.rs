//! `filia calibrate`: whether stated posteriors can be believed, on simulated cases like the given one.

use super::Outcome;
use super::arguments::{ReadArguments, SearchArguments, StatisticsArguments, use_threads};
use super::format::{AnswerFormat, file_formats, print_json};
use super::matches::CaseArguments;
use super::progress::StageLine;
use super::simulate::ShapeArgument;
use super::values::{NamedChoice, TABLE_FORMATS, number, one_of};
use crate::calibration::CalibratedQuestion;
use crate::io::result_tables::Format as FileFormat;
use crate::io::source::Inputs;
use crate::progress::Progress;
use crate::report::calibration_tables::write_calibration_text;
use crate::run::{
    CalibrateInput, CalibrateOptions, CalibratedCase, MatchCase, Output, Varied, calibrate, calibrate_into,
};
use crate::simulate::Trap;
use anyhow::{Context, Result};
use clap::Args;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

/// Tells whether posteriors can be believed: simulated cases of known truth through the whole search
///
/// Cases are simulated from the statistics that analyse them, and the simulated share of parents in the list is the prior: stated
/// posteriors must then come true as often as they say. Further scenarios set statistics and truth apart.
#[derive(Args)]
pub struct Arguments {
    /// The description of the case, as for `filia simulate`, or `demo`
    #[arg(value_name = "CASE.toml|demo", required_unless_present = "children", conflicts_with = "children")]
    case: Option<ShapeArgument>,
    /// What is set against the truth: who a child's parents are, or who the bodies are
    #[arg(long, value_parser = one_of(OF), default_value = "match", conflicts_with = "children")]
    of: CalibratedQuestion,
    /// In place of a description: the profiles of an actual case's children; cases are simulated like it
    #[arg(long, value_name = "F.csv", requires = "candidates")]
    children: Vec<PathBuf>,
    /// The profiles of the actual case's candidates
    #[arg(long, value_name = "F.csv", requires = "children")]
    candidates: Vec<PathBuf>,
    #[command(flatten)]
    statistics: StatisticsArguments,
    #[command(flatten)]
    search: SearchArguments,
    #[command(flatten)]
    read: ReadArguments,
    /// Number of cases of each scenario
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    cases: u64,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What is varied beside the baseline; `none` for the baseline alone [default: all]
    #[arg(long, value_parser = one_of(VARIED), value_name = "WHAT,...", value_delimiter = ',',
          default_values = ["prior", "population", "theta", "mutation"])]
    vary: Vec<Option<Varied>>,
    /// Traps: relatives of the children among the candidates, sexes that are not recorded; or `all`
    #[arg(long, value_name = "TRAP,...", value_delimiter = ',', value_parser = trap_names())]
    trap: Vec<String>,
    /// The population that cases come from while they are analysed as before [default: nist1036:afam, or cauc]
    #[arg(long, value_name = "NAME|FILE")]
    other_frequencies: Option<String>,
    /// The theta that cases are simulated with while they are analysed as before
    #[arg(long, value_name = "THETA", default_value_t = 0.03,
          value_parser = number(|theta| (0.0..1.0).contains(&theta), "a number from 0 to below 1"))]
    other_theta: f64,
    /// The factor of all mutation rates in the simulation while cases are analysed as before
    #[arg(long, value_name = "X", default_value_t = 10.0,
          value_parser = number(|factor| factor.is_finite() && factor >= 0.0, "a number of at least 0"))]
    mutation_factor: f64,
    /// How the answer is written to standard output
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    format: AnswerFormat,
    /// Folder for tables and manifest; it appears complete or not at all
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the tables in DIR
    #[arg(long, value_parser = one_of(TABLE_FORMATS), requires = "out", value_name = "FORMAT,...", value_delimiter = ',',
          default_values = ["csv"])]
    tables: Vec<FileFormat>,
    /// Replace DIR if it exists and is not empty
    #[arg(long, requires = "out")]
    force: bool,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// No progress bar
    #[arg(long)]
    no_progress: bool,
}

const OF: &[NamedChoice<CalibratedQuestion>] = &[
    ("match", "Posteriors of parents, as `filia match` says", CalibratedQuestion::Parents),
    ("identify", "Posteriors of missing persons, as `filia identify` says", CalibratedQuestion::Identities),
];

const VARIED: &[NamedChoice<Option<Varied>>] = &[
    ("prior", "The prior: that of the settings in place of the simulated share", Some(Varied::Prior)),
    ("population", "The population that cases come from", Some(Varied::Population)),
    ("theta", "The coancestry of the population that cases come from", Some(Varied::Theta)),
    ("mutation", "The mutation rates of the simulation", Some(Varied::Mutation)),
    ("none", "Nothing", None),
];

/// What `--trap` may be.
fn trap_names() -> clap::builder::PossibleValuesParser {
    Trap::ALL.map(Trap::name).into_iter().chain(["all"]).collect::<Vec<_>>().into()
}

/// Simulates, searches, compares and writes.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    use_threads(arguments.threads)?;
    let line = StageLine::new(!arguments.no_progress);
    let input = prepare(arguments, &line)?;
    let calibration = match arguments.output() {
        Some(output) => calibrate_into(&output, &input, arguments.files(), &line),
        None => calibrate(&input, &line),
    };
    line.finish();
    let calibration = calibration?;
    match arguments.format {
        AnswerFormat::Text => write_calibration_text(&calibration, &mut io::stdout().lock()),
        AnswerFormat::Json => print_json(&calibration),
    }
    .context("cannot write to standard output")?;
    Ok(Outcome::Done)
}

impl Arguments {
    /// The files that the arguments name.
    fn files(&self) -> Vec<PathBuf> {
        let profiles = self.children.iter().chain(&self.candidates).cloned();
        profiles.chain(self.statistics.paths()).collect()
    }

    fn options(&self) -> CalibrateOptions {
        let is_asked = |trap: &Trap| self.trap.iter().any(|name| [trap.name(), "all"].contains(&&**name));
        CalibrateOptions {
            of: self.of,
            cases: self.cases,
            seed: self.seed,
            vary: self.vary.iter().copied().flatten().collect(),
            trap: Trap::ALL.into_iter().filter(is_asked).collect(),
            other_frequencies: self.other_frequencies.clone(),
            other_theta: self.other_theta,
            mutation_factor: self.mutation_factor,
        }
    }

    fn output(&self) -> Option<Output> {
        let formats = file_formats(&self.tables);
        self.out.as_ref().map(|out| Output { folder: out.clone(), replace: self.force, formats })
    }
}

/// What is simulated, and what it is analysed with.
fn prepare(arguments: &Arguments, progress: &dyn Progress) -> Result<CalibrateInput> {
    let case = match &arguments.case {
        Some(case) => described(arguments, case)?,
        None => actual(arguments, progress)?,
    };
    Ok(CalibrateInput::new(case, &arguments.options())?)
}

/// A case described in TOML. Its settings hold unless a settings file is given; a flag overrides either.
fn described(arguments: &Arguments, case: &ShapeArgument) -> Result<CalibratedCase> {
    let started = Instant::now();
    let inputs = Inputs::default();
    let shape = case.read(&inputs)?;
    let mut settings = match &arguments.statistics.config {
        Some(_) => arguments.statistics.settings(&inputs)?,
        None => shape.settings.clone(),
    };
    if !arguments.statistics.frequencies.is_empty() {
        settings.population.tables.clone_from(&arguments.statistics.frequencies);
    }
    arguments.search.apply(&mut settings)?;
    let (files, states_tables) = (case.input_files(&inputs), case.states_tables(&inputs)?);
    let source = arguments.statistics.source(arguments.of.command(), &settings, &inputs)?;
    Ok(CalibratedCase { name: case.name(), shape, states_tables, settings, source, inputs, files, started })
}

/// A shape made from an actual case's profiles.
fn actual(arguments: &Arguments, progress: &dyn Progress) -> Result<CalibratedCase> {
    let started = Instant::now();
    let input = CaseArguments {
        children: arguments.children.clone(),
        candidates: arguments.candidates.clone(),
        candidates_include_children: false,
        accept_implausible: false,
        statistics: arguments.statistics.clone(),
        search: arguments.search.clone(),
        read: arguments.read.clone(),
    };
    let (settings, input) = input.resolve()?;
    let case = MatchCase::read_watched(input, settings, progress)?;
    let source = arguments.statistics.source(arguments.of.command(), case.settings(), &case.input.inputs)?;
    Ok(CalibratedCase::like(&case, source, started)?)
}
