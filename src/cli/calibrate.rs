//! `filia calibrate`: whether stated posteriors can be believed, on simulated cases like the given one.

use super::Outcome;
use super::arguments::{ReadArguments, SearchArguments, StatisticsArguments, use_threads};
use super::format::{Format, TableFileFormat, file_formats};
use super::matches::CaseArguments;
use super::progress::StageLine;
use super::simulate::ShapeArgument;
use crate::calibration::{
    CONFIDENCE, Calibration, CasePlan, Prior, Scenario, ScenarioResult, run_scenario, shape_like,
};
use crate::inheritance::Relationship;
use crate::io::frequency_file::load_table;
use crate::io::result_tables::{Format as FileFormat, RESULT_TABLES};
use crate::io::run_folder::RunFolder;
use crate::io::source::Inputs;
use crate::population::FrequencyTable;
use crate::profile::{LocusName, PanelBuilder};
use crate::progress::{Progress, Stage};
use crate::report::calibration_tables::{calibration_tables, write_calibration_text};
use crate::report::manifest::{InputFile, Manifest};
use crate::report::table::export_into;
use crate::run::{MatchCase, Output, frequency_file, statistics_files};
use crate::settings::{RelativesPrior, Settings};
use crate::simulate::{CaseShape, Trap};
use crate::statistics::Statistics;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::io::Write;
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
    #[arg(long, value_enum, value_name = "WHAT,...", value_delimiter = ',',
          default_values_t = [Varied::Prior, Varied::Population, Varied::Theta, Varied::Mutation])]
    vary: Vec<Varied>,
    /// Traps: relatives of the children among the candidates, sexes that are not recorded; or `all`
    #[arg(long, value_name = "TRAP,...", value_delimiter = ',', value_parser = trap_names())]
    trap: Vec<String>,
    /// The population that cases come from while they are analysed as before [default: nist1036:afam, or cauc]
    #[arg(long, value_name = "NAME|FILE")]
    other_frequencies: Option<String>,
    /// The theta that cases are simulated with while they are analysed as before
    #[arg(long, value_name = "THETA", default_value_t = 0.03, value_parser = parse_theta)]
    other_theta: f64,
    /// The factor of all mutation rates in the simulation while cases are analysed as before
    #[arg(long, value_name = "X", default_value_t = 10.0, value_parser = parse_factor)]
    mutation_factor: f64,
    /// How the answer is written to standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Folder for tables and manifest; it appears complete or not at all
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats of the tables in DIR
    #[arg(long, value_enum, requires = "out", value_name = "FORMAT,...", value_delimiter = ',',
          default_values_t = [TableFileFormat::Csv])]
    tables: Vec<TableFileFormat>,
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

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Varied {
    /// The prior: that of the settings in place of the simulated share.
    Prior,
    /// The population that cases come from.
    Population,
    /// The coancestry of the population that cases come from.
    Theta,
    /// The mutation rates of the simulation.
    Mutation,
    /// Nothing.
    None,
}

/// What `--trap` may be.
fn trap_names() -> clap::builder::PossibleValuesParser {
    Trap::ALL.map(Trap::name).into_iter().chain(["all"]).collect::<Vec<_>>().into()
}

fn parse_theta(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(theta) if (0.0..1.0).contains(&theta) => Ok(theta),
        _ => Err("expected a number from 0 to below 1".to_owned()),
    }
}

fn parse_factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor >= 0.0 => Ok(factor),
        _ => Err("expected a number of at least 0".to_owned()),
    }
}

/// Simulates, searches, compares and writes.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    use_threads(arguments.threads)?;
    let started = Instant::now();
    let line = StageLine::new(!arguments.no_progress);
    let formats = file_formats(&arguments.tables);
    let to = |out: &PathBuf| Output { folder: out.clone(), replace: arguments.force, formats: formats.clone() };
    let output = arguments.out.as_ref().map(to);
    let folder = output.map(|output| output.begin(RESULT_TABLES, arguments.files())).transpose()?;
    let Prepared { name, plan, statistics, other, inputs, mut notes_on_settings } = prepare_plan(arguments, &line)?;
    let scenarios = scenarios(arguments, &statistics, other)?;
    let read_seconds = started.elapsed().as_secs_f64();
    line.begin(Stage::of("simulating and searching", "cases", plan.cases * scenarios.len() as u64));
    let started = Instant::now();
    let run = |scenario: &Scenario| run_scenario(&plan, scenario, &line).with_context(|| scenario.name.clone());
    let results = scenarios.iter().map(run).collect::<Result<Vec<_>>>();
    line.finish();
    let results = results?;
    let mut notes = notes(&statistics, &results[0]);
    notes.append(&mut notes_on_settings);
    let calibration = Calibration {
        case: name,
        cases: plan.cases,
        seed: plan.seed,
        loci: plan.loci.len(),
        confidence: CONFIDENCE,
        notes,
        scenarios: results,
    };
    if let Some(folder) = folder {
        let mut manifest = Manifest::new("calibrate", statistics.settings.clone());
        manifest.inputs = inputs;
        manifest.timings.read_seconds = read_seconds;
        manifest.timings.scan_seconds = started.elapsed().as_secs_f64();
        manifest.notes = model_notes(&statistics, &plan.loci)?;
        write(folder, manifest, &calibration, &formats)?;
    }
    print(&calibration, arguments.format).context("cannot write to standard output")?;
    Ok(Outcome::Done)
}

impl Arguments {
    /// The files that the arguments name.
    fn files(&self) -> Vec<PathBuf> {
        let profiles = self.children.iter().chain(&self.candidates).cloned();
        profiles.chain(self.statistics.paths()).collect()
    }
}

/// What is simulated, and what it is analysed with.
struct Prepared {
    name: String,
    plan: CasePlan,
    statistics: Statistics,
    /// The other population that cases come from, by the name it was asked for.
    other: Option<(String, FrequencyTable)>,
    inputs: Vec<InputFile>,
    /// What the settings file states to no effect, and what nobody chose.
    notes_on_settings: Vec<String>,
}

fn prepare_plan(arguments: &Arguments, progress: &dyn Progress) -> Result<Prepared> {
    let Described { name, shape, settings, inputs, mut files } = match &arguments.case {
        Some(case) => described(arguments, case)?,
        None => actual(arguments, progress)?,
    };
    if settings.search.relationship != Relationship::Parent {
        bail!(
            "search.relationship: found {}, expected parent: posteriors are of parents",
            settings.search.relationship
        );
    }
    let statistics = arguments.statistics.load("calibrate", settings, &inputs)?;
    files.extend(statistics_files(&statistics, &inputs));
    let mut notes = statistics.source.without_effect.clone();
    if !arguments.case.as_ref().map_or(Ok(false), |case| case.states_tables(&inputs))? {
        notes.extend(statistics.note_on_tables());
    }
    let other = other_population(arguments, statistics.population(), &inputs)?;
    files.extend(other.iter().flat_map(|(name, _)| frequency_file("other frequencies", name, &inputs)));
    let loci = match shape.loci.is_empty() {
        true => statistics.loci(),
        false => shape.loci.iter().map(|name| LocusName::new(name)).collect(),
    };
    let plan = CasePlan { shape, loci, cases: arguments.cases, seed: arguments.seed };
    Ok(Prepared { name, plan, statistics, other, inputs: files, notes_on_settings: notes })
}

/// The table of the population that cases come from in one scenario, where that is asked for.
fn other_population(
    arguments: &Arguments,
    population: &str,
    inputs: &Inputs,
) -> Result<Option<(String, FrequencyTable)>> {
    if arguments.statistics.markers.is_some() || !arguments.vary.contains(&Varied::Population) {
        return Ok(None);
    }
    let other = if population == "nist1036:afam" { "nist1036:cauc" } else { "nist1036:afam" };
    let other = arguments.other_frequencies.as_deref().unwrap_or(other);
    Ok(Some((other.to_owned(), load_table(other, inputs)?)))
}

/// A case to be simulated.
struct Described {
    name: String,
    shape: CaseShape,
    settings: Settings,
    inputs: Inputs,
    /// What was read for the shape.
    files: Vec<InputFile>,
}

/// A case described in TOML. Its settings hold unless a settings file is given; a flag overrides either.
fn described(arguments: &Arguments, case: &ShapeArgument) -> Result<Described> {
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
    let files = case.input_files(&inputs);
    Ok(Described { name: case.name(), shape, settings, inputs, files })
}

/// A shape made from an actual case's profiles.
fn actual(arguments: &Arguments, progress: &dyn Progress) -> Result<Described> {
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
    let shape = shape_like(case.panel(), &case.roster, &case.models.loci, case.settings())?;
    let files = case.profile_files();
    let name = "the given one".to_owned();
    Ok(Described { name, shape, settings: case.statistics.settings, inputs: case.input.inputs, files })
}

/// The baseline, and what else is asked for.
fn scenarios(
    arguments: &Arguments,
    statistics: &Statistics,
    other: Option<(String, FrequencyTable)>,
) -> Result<Vec<Scenario>> {
    let population = statistics.population();
    let analysed = format!("analysed with {population}, theta {}", statistics.theta());
    let scenario = |name: &str, prior, trap, world: Statistics, about: String| Scenario {
        name: name.to_owned(),
        prior,
        trap,
        world,
        analysed: statistics.clone(),
        about,
    };
    let of_settings = "with the prior of the settings";
    let mut scenarios =
        vec![scenario("baseline", Prior::Simulated, None, statistics.clone(), format!("Simulated and {analysed}."))];
    if arguments.vary.contains(&Varied::Prior) {
        let about = format!("Simulated and {analysed}, {of_settings}.");
        scenarios.push(scenario("prior of settings", Prior::Settings, None, statistics.clone(), about));
    }
    for trap in
        Trap::ALL.into_iter().filter(|trap| arguments.trap.iter().any(|name| [trap.name(), "all"].contains(&&**name)))
    {
        let name = trap.name();
        let about = format!("Simulated with the trap {name} and {analysed}");
        scenarios.push(scenario(name, Prior::Simulated, Some(trap), statistics.clone(), format!("{about}.")));
        let (name, about) = (format!("{name}, prior of settings"), format!("{about}, {of_settings}."));
        scenarios.push(scenario(&name, Prior::Settings, Some(trap), statistics.clone(), about));
    }
    let mut add = |name: &str, simulated: String, world: Statistics| {
        let about = format!("Simulated with {simulated}, {analysed}.");
        scenarios.push(scenario(name, Prior::Simulated, None, world, about));
    };
    for varied in &arguments.vary {
        match varied {
            Varied::Population => {
                let world =
                    other.iter().find_map(|(name, table)| Some((name, statistics.with_table(name, table.clone())?)));
                if let Some((name, world)) = world {
                    add("other population", name.clone(), world);
                }
            }
            Varied::Theta => {
                let theta = arguments.other_theta;
                add("other theta", format!("theta {theta}"), statistics.with_theta(theta));
            }
            Varied::Mutation => {
                let factor = arguments.mutation_factor;
                if let Some(world) = statistics.with_mutation_factor(factor) {
                    add("other mutation", format!("mutation rates times {factor}"), world);
                }
            }
            Varied::Prior | Varied::None => {}
        }
    }
    Ok(scenarios)
}

/// What the reader must know.
fn notes(statistics: &Statistics, baseline: &ScenarioResult) -> Vec<String> {
    let (shares, prior) = (&baseline.simulated_in_list, &statistics.settings.prior);
    let words = |relatives: &RelativesPrior| {
        let RelativesPrior { full_sibling, second_degree, first_cousin } = relatives;
        format!("{full_sibling:.3}, {second_degree:.3} and {first_cousin:.3}")
    };
    let mut notes = vec![format!(
        "Prior that a parent is in the list: the simulated share, {:.3} for fathers and {:.3} for mothers; the settings \
         say {}. Full siblings, relatives of the second degree and first cousins of a child in the list: {}; the settings \
         say {}. A posterior can be right on average only where its prior is.",
        shares.father,
        shares.mother,
        prior.in_list,
        words(&baseline.relatives),
        words(&prior.relatives)
    )];
    if statistics.tables.len() > 1 {
        notes.push(format!(
            "Cases are drawn from the first table, {}; the lowest LR of all tables counts, so that posteriors of \
             candidates are meant to be low.",
            statistics.population()
        ));
    }
    notes
}

/// What the models of the analysis say about themselves.
fn model_notes(statistics: &Statistics, loci: &[LocusName]) -> Result<Vec<String>> {
    Ok(statistics.case_models(&PanelBuilder::new(loci.to_vec()).build()?)?.notes)
}

fn write(folder: RunFolder, mut manifest: Manifest, calibration: &Calibration, formats: &[FileFormat]) -> Result<()> {
    let first = &calibration.scenarios[0];
    let counts = [("cases", calibration.cases), ("children", first.children), ("candidates", first.candidates)];
    manifest.counts = counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    manifest.counts.insert("loci".to_owned(), calibration.loci as u64);
    manifest.sections.insert("seed".to_owned(), calibration.seed.into());
    manifest.notes.extend(calibration.notes.iter().cloned());
    export_into(&folder, &calibration_tables(calibration), formats)?;
    manifest.write(folder.create_file("manifest.json")?)?;
    folder.commit()?;
    Ok(())
}

fn print(calibration: &Calibration, format: Format) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    match format {
        Format::Text => write_calibration_text(calibration, &mut output),
        Format::Json => {
            serde_json::to_writer_pretty(&mut output, calibration)?;
            writeln!(output)
        }
    }
}
