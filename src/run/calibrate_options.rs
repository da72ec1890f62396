//! What of a case is simulated many times, and what is varied: from options to the input of a calibration.

use super::calibrate::{CalibrateInput, Variation};
use super::{MatchCase, RunError, frequency_file, statistics_files};
use crate::calibration::{CalibratedQuestion, CasePlan, LikeError, shape_like};
use crate::inheritance::Relationship;
use crate::io::frequency_file::load_table;
use crate::io::source::Inputs;
use crate::population::FrequencyTable;
use crate::profile::LocusName;
use crate::report::manifest::InputFile;
use crate::settings::Settings;
use crate::simulate::{CaseShape, Trap};
use crate::statistics::{Statistics, StatisticsError, StatisticsSource};
use serde::Deserialize;
use std::time::Instant;

/// What is varied beside the baseline, traps apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Varied {
    /// The prior: that of the settings in place of the simulated share.
    Prior,
    /// The population that cases come from.
    Population,
    /// The coancestry of the population that cases come from.
    Theta,
    /// The mutation rates of the simulation.
    Mutation,
}

/// What is simulated of a case, and how it is varied.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalibrateOptions {
    /// Whose posteriors are set against the truth.
    pub of: CalibratedQuestion,
    /// Number of cases of each scenario, at least 1.
    pub cases: u64,
    /// Seed of all random numbers.
    pub seed: u64,
    /// What is varied beside the baseline.
    pub vary: Vec<Varied>,
    /// Relatives of the children among the candidates, sexes that are not recorded.
    pub trap: Vec<Trap>,
    /// The population that cases come from while they are analysed as before; nothing: another one than that of the statistics.
    pub other_frequencies: Option<String>,
    /// The theta that cases are simulated with while they are analysed as before, in [0, 1).
    pub other_theta: f64,
    /// The factor of all mutation rates in the simulation while cases are analysed as before, at least 0.
    pub mutation_factor: f64,
}

impl Default for CalibrateOptions {
    fn default() -> Self {
        Self {
            of: CalibratedQuestion::Parents,
            cases: 20,
            seed: 1,
            vary: vec![Varied::Prior, Varied::Population, Varied::Theta, Varied::Mutation],
            trap: Vec::new(),
            other_frequencies: None,
            other_theta: 0.03,
            mutation_factor: 10.0,
        }
    }
}

/// A case to be simulated many times.
#[derive(Clone, Debug)]
pub struct CalibratedCase {
    /// What it is called.
    pub name: String,
    /// What it is like.
    pub shape: CaseShape,
    /// Whether its description names frequency tables.
    pub states_tables: bool,
    /// What it is analysed with.
    pub settings: Settings,
    /// Where the statistics come from, beside the settings.
    pub source: StatisticsSource,
    /// What was read already.
    pub inputs: Inputs,
    /// What was read for the shape.
    pub files: Vec<InputFile>,
    /// When reading began.
    pub started: Instant,
}

impl CalibratedCase {
    /// One that is like an actual case, whose reading began then.
    ///
    /// # Errors
    /// A case that none can be like.
    pub fn like(case: &MatchCase, source: StatisticsSource, started: Instant) -> Result<Self, LikeError> {
        Ok(Self {
            name: "the given one".to_owned(),
            shape: shape_like(case.panel(), &case.roster, &case.models.loci, case.settings())?,
            states_tables: false,
            settings: case.settings().clone(),
            source,
            inputs: case.input.inputs.clone(),
            files: case.profile_files(),
            started,
        })
    }
}

/// Why a case cannot be calibrated.
#[derive(Debug, thiserror::Error)]
pub enum CalibrateInputError {
    /// A relationship that has no posteriors.
    #[error("search.relationship: found {0}, expected parent: posteriors are of parents")]
    NotParent(Relationship),
    /// Traps in cases of bodies.
    #[error("--trap: traps are for children and candidates, not for bodies and families")]
    TrapForBodies,
    /// A value that cannot be.
    #[error("--{name} {found}: expected {expected}")]
    OutOfRange {
        /// What it is called.
        name: &'static str,
        /// What is there.
        found: String,
        /// What should be there.
        expected: &'static str,
    },
}

impl CalibrateInput {
    /// What is to be simulated of this case.
    ///
    /// # Errors
    /// Values out of their ranges; a file that cannot be read or used.
    pub fn new(case: CalibratedCase, options: &CalibrateOptions) -> Result<Self, RunError> {
        options.check()?;
        let CalibratedCase { name, shape, states_tables, settings, source, inputs, mut files, started } = case;
        if options.of == CalibratedQuestion::Parents && settings.search.relationship != Relationship::Parent {
            return Err(CalibrateInputError::NotParent(settings.search.relationship).into());
        }
        let statistics = Statistics::load(settings, source, &inputs)?;
        files.extend(statistics_files(&statistics, &inputs));
        let mut notes = statistics.source.without_effect.clone();
        notes.extend(statistics.note_on_tables().filter(|_| !states_tables));
        let other = options.other_population(&statistics, &inputs)?;
        files.extend(other.iter().flat_map(|(name, _)| frequency_file("other frequencies", name, &inputs)));
        let loci = match shape.loci.is_empty() {
            true => statistics.loci(),
            false => shape.loci.iter().map(|name| LocusName::new(name)).collect(),
        };
        let plan = CasePlan { shape, loci, cases: options.cases, seed: options.seed };
        let variations = options.variations(other);
        let (question, read_time) = (options.of, started.elapsed());
        Ok(Self { case: name, question, plan, statistics, variations, files, notes, read_time })
    }
}

impl CalibrateOptions {
    fn check(&self) -> Result<(), CalibrateInputError> {
        let wrong = |name, found: String, expected| Err(CalibrateInputError::OutOfRange { name, found, expected });
        if self.of == CalibratedQuestion::Identities && !self.trap.is_empty() {
            return Err(CalibrateInputError::TrapForBodies);
        }
        if self.cases == 0 {
            return wrong("cases", "0".to_owned(), "a whole number of at least 1");
        }
        if !(0.0..1.0).contains(&self.other_theta) {
            return wrong("other-theta", self.other_theta.to_string(), "a number from 0 to below 1");
        }
        if !(self.mutation_factor.is_finite() && self.mutation_factor >= 0.0) {
            return wrong("mutation-factor", self.mutation_factor.to_string(), "a number of at least 0");
        }
        Ok(())
    }

    /// The table of the population that cases come from in one scenario, where that is asked for.
    fn other_population(
        &self,
        statistics: &Statistics,
        inputs: &Inputs,
    ) -> Result<Option<(String, FrequencyTable)>, RunError> {
        if statistics.markers.is_some() || !self.vary.contains(&Varied::Population) {
            return Ok(None);
        }
        let other = if statistics.population() == "nist1036:afam" { "nist1036:cauc" } else { "nist1036:afam" };
        let other = self.other_frequencies.as_deref().unwrap_or(other);
        Ok(Some((other.to_owned(), load_table(other, inputs).map_err(StatisticsError::from)?)))
    }

    /// What is asked for beside the baseline: the prior and the traps first.
    fn variations(&self, other: Option<(String, FrequencyTable)>) -> Vec<Variation> {
        let prior = self.vary.contains(&Varied::Prior).then_some(Variation::Prior);
        let traps = Trap::ALL.into_iter().filter(|trap| self.trap.contains(trap)).map(Variation::Trap);
        let varied = |varied: &Varied| match varied {
            Varied::Population => other.clone().map(|(name, table)| Variation::Population(name, table)),
            Varied::Theta => Some(Variation::Theta(self.other_theta)),
            Varied::Mutation => Some(Variation::Mutation(self.mutation_factor)),
            Varied::Prior => None,
        };
        prior.into_iter().chain(traps).chain(self.vary.iter().filter_map(varied)).collect()
    }
}
