//! Many simulated cases through the whole pipeline.
//!
//! Cases are simulated and analysed in batches that share one panel and so the score rows, which are worked out once each:
//! every case has its own children and candidates, and nothing is compared across cases. Each case is searched by
//! [`search_each`], which is what `filia match` runs for each child on its own. Case i has the same seed in every scenario, so that scenarios differ by
//! their statistics and not by chance; counts are added in the order of the cases, whatever the number of threads.

use super::confusion::{Truth, TruthRow};
use super::llr::LlrQuality;
use super::recall::Recall;
use super::reliability::Reliability;
use super::subjects::Subjects;
use super::tally::{CaseTally, ListedParents};
use super::truth::KnownCase;
use crate::identification::{AnswerError, RosterError};
use crate::inference::InList;
use crate::inheritance::Relationship;
use crate::inheritance::pedigree::PedigreeError;
use crate::likelihood::LocusModel;
use crate::matching::{Case, MatchError, search_each};
use crate::model::ModelsError;
use crate::profile::{LocusName, PanelError, Role};
use crate::progress::Progress;
use crate::settings::RelativesPrior;
use crate::simulate::{CasePanel, CaseShape, Purpose, ShapeError, Streams, SyntheticCase, Trap};
use crate::statistics::{Statistics, WorldError};
use crate::threads::EvenlyShared;
use rand::Rng;
use rayon::prelude::*;
use serde::Serialize;

/// Samples of one batch, about.
const BATCH_SAMPLES: u64 = 4096;

/// Why a calibration ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// The case cannot be simulated.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The population cannot be simulated.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The models of the analysis are refused.
    #[error(transparent)]
    Models(#[from] ModelsError),
    /// The samples of a batch do not fit a panel.
    #[error(transparent)]
    Panel(#[from] PanelError),
    /// A search failed or was interrupted.
    #[error(transparent)]
    Match(#[from] MatchError),
    /// A family of the case is no pedigree.
    #[error(transparent)]
    Pedigree(#[from] PedigreeError),
    /// A case without bodies or without typed relatives.
    #[error("bodies (corpses) and relatives: {0}")]
    NobodyToIdentify(#[from] RosterError),
    /// An identification failed or was interrupted.
    #[error(transparent)]
    Identification(#[from] AnswerError),
    /// A case without children or without candidates.
    #[error(
        "the case has {children} children and {candidates} candidates (corpses and detainees): expected some of each"
    )]
    NobodyToCompare {
        /// Children.
        children: usize,
        /// Candidates.
        candidates: usize,
    },
}

/// Which prior the posteriors rest on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScenarioPrior {
    /// The simulated share of parents in the list, by sex, and the simulated number of other relatives of a child in it.
    Simulated,
    /// `prior.in_list` and `prior.relatives` of the settings.
    Settings,
}

/// One way to simulate and to analyse.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Which prior the posteriors rest on.
    pub prior: ScenarioPrior,
    /// What is added to the cases.
    pub trap: Option<Trap>,
    /// What the cases are drawn from.
    pub world: Statistics,
    /// What they are analysed with.
    pub analysed: Statistics,
    /// The two in words.
    pub about: String,
}

/// How many cases of which shape.
#[derive(Clone, Debug)]
pub struct CasePlan {
    /// The shape of every case.
    pub shape: CaseShape,
    /// The loci that the laboratory types.
    pub loci: Vec<LocusName>,
    /// Number of cases of each scenario.
    pub cases: u64,
    /// Seed of all random numbers.
    pub seed: u64,
}

/// What came of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioResult {
    /// Its name.
    pub name: String,
    /// How it was simulated and analysed.
    pub about: String,
    /// Which prior the posteriors rest on.
    pub prior: ScenarioPrior,
    /// Who takes part, and that prior.
    #[serde(flatten)]
    pub subjects: Subjects,
    /// "This candidate is the parent", of every reported candidate; "this body is the missing person", of every two who can be.
    pub of_candidates: Reliability,
    /// "The parent is none of them", of every child and sex; "this body is none of them", of every body.
    pub of_none: Reliability,
    /// True parents (missing persons whose bodies are there) found, and others believed.
    pub recall: Recall,
    /// Candidates by what they really are; nothing of identities.
    pub confusion: Vec<TruthRow>,
    /// What the likelihood ratios are worth.
    pub llr: LlrQuality,
}

/// The results of all scenarios.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// What the cases are like.
    pub case: String,
    /// Cases of each scenario.
    pub cases: u64,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Loci typed.
    pub loci: usize,
    /// Coverage of every interval.
    pub confidence: f64,
    /// What the reader must know.
    pub notes: Vec<String>,
    /// The results, the baseline first.
    pub scenarios: Vec<ScenarioResult>,
}

/// Simulates and analyses the cases of one scenario. `progress` advances by one a case.
///
/// # Errors
/// A shape, population or model that is refused; an interruption.
pub fn run_scenario(
    plan: &CasePlan,
    scenario: &Scenario,
    progress: &dyn Progress,
) -> Result<ScenarioResult, CalibrationError> {
    let mut shape = scenario.trap.map_or_else(|| plan.shape.clone(), |trap| trap.set(&plan.shape));
    shape.settings = scenario.world.settings.clone();
    let (world, analysed) = (scenario.world.world(&plan.loci)?, scenario.analysed.clone());
    let mut runner = Runner { plan, shape, scenario, world, analysed, progress };
    let first = runner.simulate(0)?;
    if scenario.prior == ScenarioPrior::Simulated {
        runner.analysed.settings.prior.relatives = runner.simulated_relatives(&first)?;
    }
    let samples: u64 = (0..crate::simulate::ROLES.len()).map(|list| first.layout().len(list)).sum();
    let size = (BATCH_SAMPLES / samples.max(1)).max(1);
    let starts: Vec<_> = (0..plan.cases).step_by(size as usize).collect();
    let batches: Vec<_> = starts
        .into_par_iter()
        .evenly_shared()
        .map(|start| runner.run_batch(start..plan.cases.min(start + size)))
        .collect::<Result<_, CalibrationError>>()?;
    let mut sum = batches.into_iter().flatten();
    let mut total = sum.next().unwrap_or_default();
    sum.for_each(|one| total.merge(&one));
    Ok(runner.result(&total))
}

/// The case of this number (0-based).
pub(super) fn simulate(
    plan: &CasePlan,
    shape: &CaseShape,
    world: &[LocusModel],
    number: u64,
) -> Result<SyntheticCase, ShapeError> {
    let seed = Streams::new(plan.seed, Purpose::Cases).stream(number).random();
    SyntheticCase::new(shape.clone(), world, seed)
}

/// What one case came to, or several together.
#[derive(Clone, Debug, Default)]
struct CaseOutcome {
    tally: CaseTally,
    listed: ListedParents,
    children: u64,
    candidates: u64,
}

struct Runner<'a> {
    plan: &'a CasePlan,
    shape: CaseShape,
    scenario: &'a Scenario,
    world: Vec<LocusModel>,
    /// With the prior in force.
    analysed: Statistics,
    progress: &'a dyn Progress,
}

/// Passes interruptions on, not the pairs of single cases.
struct CaseProgress<'a>(&'a dyn Progress);

impl Progress for CaseProgress<'_> {
    fn advance(&self, _pairs: u64) {}

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

impl Runner<'_> {
    fn simulate(&self, number: u64) -> Result<SyntheticCase, ShapeError> {
        simulate(self.plan, &self.shape, &self.world, number)
    }

    fn run_batch(&self, numbers: std::ops::Range<u64>) -> Result<Vec<CaseOutcome>, CalibrationError> {
        let cases = numbers.map(|number| self.simulate(number)).collect::<Result<Vec<_>, _>>()?;
        let settings = &self.analysed.settings;
        let samples = CasePanel::new(&cases, &self.world, settings.observation.drop_out)?;
        let models = self.analysed.case_models(&samples.panel)?;
        let case = Case::new(&samples.panel, &models, settings);
        KnownCase::all(&cases, &samples).par_iter().map(|known| self.run_case(&case, known)).collect()
    }

    fn run_case(&self, case: &Case<'_>, known: &KnownCase<'_>) -> Result<CaseOutcome, CalibrationError> {
        let (children, candidates) = (known.roster.children.len(), known.roster.candidates.len());
        if children == 0 || candidates == 0 {
            return Err(CalibrationError::NobodyToCompare { children, candidates });
        }
        if self.progress.cancelled() {
            return Err(MatchError::Cancelled.into());
        }
        let found = search_each(case, &known.roster, &CaseProgress(self.progress))?;
        let listed = ListedParents::of(case, known);
        let tally = CaseTally::of(case, known, &found, self.in_list(&listed))?;
        self.progress.advance(1);
        Ok(CaseOutcome { tally, listed, children: children as u64, candidates: candidates as u64 })
    }

    /// Every case of a shape has the same share of parents in the list.
    fn in_list(&self, listed: &ListedParents) -> InList {
        match self.scenario.prior {
            ScenarioPrior::Simulated => listed.shares(),
            ScenarioPrior::Settings => InList::both(self.analysed.settings.prior.in_list),
        }
    }

    /// How many other relatives a child has in the list, on average. Every case of a shape has the same.
    fn simulated_relatives(&self, case: &SyntheticCase) -> Result<RelativesPrior, CalibrationError> {
        let cases = std::slice::from_ref(case);
        let samples = CasePanel::new(cases, &self.world, self.analysed.settings.observation.drop_out)?;
        let pairs = KnownCase::all(cases, &samples)[0].pairs();
        let children =
            samples.panel.indices().filter(|&sample| samples.panel.role(sample) == Some(Role::Child)).count();
        let of = |relationships: &[Relationship]| {
            let kin = relationships.iter().filter_map(|&relationship| pairs.get(&Truth::Kin(relationship)));
            kin.sum::<u64>() as f64 / children.max(1) as f64
        };
        Ok(RelativesPrior {
            full_sibling: of(&[Relationship::FullSibling]),
            second_degree: of(&[Relationship::HalfSibling, Relationship::Grandparent, Relationship::Avuncular]),
            first_cousin: of(&[Relationship::FirstCousin]),
        })
    }

    fn result(&self, total: &CaseOutcome) -> ScenarioResult {
        let tally = &total.tally;
        ScenarioResult {
            name: self.scenario.name.clone(),
            about: self.scenario.about.clone(),
            prior: self.scenario.prior,
            subjects: Subjects::Parents {
                children: total.children,
                candidates: total.candidates,
                in_list: self.in_list(&total.listed),
                relatives: self.analysed.settings.prior.relatives,
                simulated_in_list: total.listed.shares(),
            },
            of_candidates: tally.candidates.finish(),
            of_none: tally.none.finish(),
            recall: tally.recall.finish(),
            confusion: tally.confusion.finish(),
            llr: tally.llr.finish(),
        }
    }
}

impl CaseOutcome {
    fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        self.listed.merge(&other.listed);
        self.children += other.children;
        self.candidates += other.candidates;
    }
}
