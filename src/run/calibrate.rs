//! Many simulated cases through the whole search, in several scenarios: what is asked, what comes of it, and what is written.

use super::{Output, RunError};
use crate::calibration::{
    CONFIDENCE, CalibratedQuestion, Calibration, CasePlan, Scenario, ScenarioPrior, ScenarioResult, Subjects,
    run_identities, run_scenario,
};
use crate::io::result_tables::{Format, RESULT_TABLES};
use crate::io::run_folder::RunFolder;
use crate::population::FrequencyTable;
use crate::profile::{LocusName, PanelBuilder};
use crate::progress::{Progress, Stage};
use crate::report::calibration_tables::calibration_tables;
use crate::report::manifest::{InputFile, Manifest};
use crate::report::table::export_into;
use crate::settings::RelativesPrior;
use crate::simulate::Trap;
use crate::statistics::Statistics;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What is calibrated, and by what.
#[derive(Clone, Debug)]
pub struct CalibrateInput {
    /// What the case is called.
    pub case: String,
    /// Whose posteriors are set against the truth.
    pub question: CalibratedQuestion,
    /// The cases.
    pub plan: CasePlan,
    /// What they are analysed with and, but for what is varied, drawn from.
    pub statistics: Statistics,
    /// The scenarios beside the baseline.
    pub variations: Vec<Variation>,
    /// What was read, for the manifest.
    pub files: Vec<InputFile>,
    /// What the reader must know of all that.
    pub notes: Vec<String>,
    /// How long reading took.
    pub read_time: Duration,
}

/// What sets a scenario apart from the baseline, in which cases are drawn from the statistics that analyse them and the simulated shares
/// are the prior.
#[derive(Clone, Debug)]
pub enum Variation {
    /// The prior of the settings.
    Prior,
    /// Relatives of the children among the candidates, or sexes that are not recorded; with either prior.
    Trap(Trap),
    /// Cases come from another population (with its name).
    Population(String, FrequencyTable),
    /// Cases come from a population of this theta.
    Theta(f64),
    /// All mutation rates of the simulation are multiplied with this.
    Mutation(f64),
}

/// Simulates, searches and compares.
///
/// # Errors
/// A case that cannot be simulated or searched; an interruption.
pub fn calibrate(input: &CalibrateInput, progress: &dyn Progress) -> Result<Calibration, RunError> {
    let scenarios = input.scenarios();
    progress.begin(Stage::of("simulating and searching", "cases", input.plan.cases * scenarios.len() as u64));
    let run = |scenario: &Scenario| {
        let failed = |source| RunError::Scenario { name: scenario.name.clone(), source: Box::new(source) };
        let run = match input.question {
            CalibratedQuestion::Parents => run_scenario,
            CalibratedQuestion::Identities => run_identities,
        };
        run(&input.plan, scenario, progress).map_err(failed)
    };
    let scenarios = scenarios.iter().map(run).collect::<Result<Vec<_>, _>>()?;
    let mut notes = notes(&input.statistics, &scenarios[0]);
    notes.extend(input.notes.iter().cloned());
    Ok(Calibration {
        case: input.case.clone(),
        cases: input.plan.cases,
        seed: input.plan.seed,
        loci: input.plan.loci.len(),
        confidence: CONFIDENCE,
        notes,
        scenarios,
    })
}

/// The same, and writes its tables; `reads` are the files that may not be replaced.
///
/// # Errors
/// As [`calibrate`]; a result folder that cannot be written. Nothing is left behind then.
pub fn calibrate_into(
    output: &Output,
    input: &CalibrateInput,
    reads: Vec<PathBuf>,
    progress: &dyn Progress,
) -> Result<Calibration, RunError> {
    let folder = output.begin(RESULT_TABLES, reads)?;
    let started = Instant::now();
    let calibration = calibrate(input, progress)?;
    let mut manifest = Manifest::new(input.question.command(), input.statistics.settings.clone());
    manifest.inputs.clone_from(&input.files);
    manifest.timings.read_seconds = input.read_time.as_secs_f64();
    manifest.timings.scan_seconds = started.elapsed().as_secs_f64();
    manifest.notes = input.model_notes()?;
    write(folder, manifest, &calibration, &output.formats)?;
    Ok(calibration)
}

impl CalibrateInput {
    /// The baseline and what is asked for beside it.
    fn scenarios(&self) -> Vec<Scenario> {
        let (population, theta) = (self.statistics.population(), self.statistics.theta());
        let analysed = format!("analysed with {population}, theta {theta}");
        let baseline = self.scenario("baseline", ScenarioPrior::Simulated, format!("Simulated and {analysed}."));
        let varied = self.variations.iter().flat_map(|variation| self.varied(variation, &analysed));
        std::iter::once(baseline).chain(varied).collect()
    }

    fn scenario(&self, name: &str, prior: ScenarioPrior, about: String) -> Scenario {
        Scenario {
            name: name.to_owned(),
            prior,
            trap: None,
            world: self.statistics.clone(),
            analysed: self.statistics.clone(),
            about,
        }
    }

    /// The scenarios of one variation: none where the statistics do not have what it varies.
    fn varied(&self, variation: &Variation, analysed: &str) -> Vec<Scenario> {
        let of_settings = "with the prior of the settings";
        let from = |name: &str, simulated: &str, world: Option<Statistics>| {
            let about = format!("Simulated with {simulated}, {analysed}.");
            let scenario = |world| Scenario { world, ..self.scenario(name, ScenarioPrior::Simulated, about) };
            world.map(scenario).into_iter().collect()
        };
        match variation {
            Variation::Prior => {
                let about = format!("Simulated and {analysed}, {of_settings}.");
                vec![self.scenario("prior of settings", ScenarioPrior::Settings, about)]
            }
            &Variation::Trap(trap) => {
                let (name, about) = (trap.name(), format!("Simulated with the trap {} and {analysed}", trap.name()));
                let simulated = self.scenario(name, ScenarioPrior::Simulated, format!("{about}."));
                let name = format!("{name}, prior of settings");
                let settings = self.scenario(&name, ScenarioPrior::Settings, format!("{about}, {of_settings}."));
                [simulated, settings].map(|scenario| Scenario { trap: Some(trap), ..scenario }).into()
            }
            Variation::Population(name, table) => {
                from("other population", name, self.statistics.with_table(name, table.clone()))
            }
            &Variation::Theta(theta) => {
                from("other theta", &format!("theta {theta}"), Some(self.statistics.with_theta(theta)))
            }
            &Variation::Mutation(factor) => {
                let world = self.statistics.with_mutation_factor(factor);
                from("other mutation", &format!("mutation rates times {factor}"), world)
            }
        }
    }

    /// What the models of the analysis say about themselves.
    fn model_notes(&self) -> Result<Vec<String>, RunError> {
        let loci: Vec<LocusName> = self.plan.loci.clone();
        Ok(self.statistics.case_models(&PanelBuilder::new(loci).build()?)?.notes)
    }
}

/// What the reader must know.
fn notes(statistics: &Statistics, baseline: &ScenarioResult) -> Vec<String> {
    let prior = &statistics.settings.prior;
    let words = |relatives: &RelativesPrior| {
        let RelativesPrior { full_sibling, second_degree, first_cousin } = relatives;
        format!("{full_sibling:.3}, {second_degree:.3} and {first_cousin:.3}")
    };
    let of_prior = match &baseline.subjects {
        Subjects::Parents { simulated_in_list, relatives, .. } => format!(
            "Prior that a parent is in the list: the simulated share, {:.3} for fathers and {:.3} for mothers; the settings \
             say {}. Full siblings, relatives of the second degree and first cousins of a child in the list: {}; the settings \
             say {}.",
            simulated_in_list.father,
            simulated_in_list.mother,
            prior.in_list,
            words(relatives),
            words(&prior.relatives)
        ),
        Subjects::Identities { identified, simulated_identified, one_person, .. } => format!(
            "Prior that a body is one of the missing persons: {identified:.3}, under which the simulated share, \
             {simulated_identified:.3}, is expected before the DNA; the settings say {}. A body is one person with {one_person:.3} others \
             on average; the settings say {}. Loci are taken as independent.",
            prior.identified, prior.one_person
        ),
    };
    let mut notes = vec![format!("{of_prior} A posterior can be right on average only where its prior is.")];
    if statistics.tables.len() > 1 {
        notes.push(format!(
            "Cases are drawn from the first table, {}; the lowest LR of all tables counts, so that posteriors of \
             candidates are meant to be low.",
            statistics.population()
        ));
    }
    notes
}

fn write(
    folder: RunFolder,
    mut manifest: Manifest,
    calibration: &Calibration,
    formats: &[Format],
) -> Result<(), RunError> {
    let first = &calibration.scenarios[0];
    let counts = [("cases", calibration.cases)].into_iter().chain(first.subjects.counts());
    manifest.counts = counts.map(|(name, count)| (name.replace(' ', "_"), count)).collect();
    manifest.counts.insert("loci".to_owned(), calibration.loci as u64);
    manifest.sections.insert("seed".to_owned(), calibration.seed.into());
    manifest.notes.extend(calibration.notes.iter().cloned());
    export_into(&folder, &calibration_tables(calibration), formats)?;
    manifest.write(folder.create_file("manifest.json")?)?;
    folder.commit()?;
    Ok(())
}
