//! What a panel can tell: which of the loci it has, how two people are typed, and the answer.

use super::{RunError, read_again};
use crate::inheritance::Relationship;
use crate::likelihood::{LocusDefinition, LocusModel, ModelError};
use crate::matching::one_person::find_direct_matches;
use crate::matching::{CasePower, case_power};
use crate::model::normalised;
use crate::power::{PairTyping, PanelPower, PowerError, PowerQuestion, TRUTHS, panel_power};
use crate::profile::{LocusKind, LocusName, Role, Sex};
use crate::progress::NoProgress;
use crate::statistics::{Markers, Statistics};
use serde::Deserialize;
use std::path::Path;

/// The most draws: more take days, and no estimate needs them.
pub const MOST_DRAWS: u64 = 1_000_000_000;

/// What is asked of a panel.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PowerInput {
    /// The relationship that is tested against unrelated; nothing: that of the settings.
    pub relationship: Option<Relationship>,
    /// What the candidate may really be; empty: [`TRUTHS`].
    pub truths: Vec<Relationship>,
    /// The candidate's sex, whose mutation rates apply to a parent.
    pub sex: Sex,
    /// The loci of the panel; empty: all of the table.
    pub loci: Vec<String>,
    /// Loci that a degraded sample lacks.
    pub remove_loci: Vec<String>,
    /// Probability that an allele of the candidate drops out; nothing: that of the settings for a candidate without a role.
    pub drop_out: Option<f64>,
    /// Probability that an allele of the child drops out; nothing: that of the settings for children.
    pub child_drop_out: Option<f64>,
    /// Thresholds of log10 LR.
    pub thresholds: Vec<f64>,
    /// False positive rates whose thresholds are wanted.
    pub rates: Vec<f64>,
    /// Number of children, at least 1.
    pub children: u64,
    /// Number of candidates that each child is compared with, at least 1.
    pub candidates: u64,
    /// Draws of each estimate by importance sampling, at most [`MOST_DRAWS`]; 0 for none.
    pub draws: u64,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for PowerInput {
    fn default() -> Self {
        Self {
            relationship: None,
            truths: Vec::new(),
            sex: Sex::Unknown,
            loci: Vec::new(),
            remove_loci: Vec::new(),
            drop_out: None,
            child_drop_out: None,
            thresholds: vec![-2.0, 0.0, 2.0, 4.0, 6.0, 8.0],
            rates: vec![1e-3, 1e-6, 1e-9, 1e-12],
            children: 1,
            candidates: 100,
            draws: 20_000,
            seed: 1,
        }
    }
}

/// Why a panel cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum PowerInputError {
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
    /// A locus that is removed and not there.
    #[error("--remove-loci {0}: the panel does not have it")]
    NotInPanel(LocusName),
    /// Loci on the X chromosome.
    #[error("{0}: X-chromosomal, which says nothing where the child's sex is not known; `power` is for autosomal loci")]
    OnX(String),
    /// A marker that cannot be used.
    #[error("--markers: {0}")]
    Markers(ModelError),
    /// What the likelihood engine refuses.
    #[error(transparent)]
    Power(PowerError),
}

/// Tells what a panel of these statistics can tell, and what the reader must know of the panel.
///
/// # Errors
/// Several frequency tables; values out of their ranges; loci that cannot be used; what the likelihood engine refuses.
pub fn power(input: &PowerInput, statistics: Statistics) -> Result<(PanelPower, Vec<String>), RunError> {
    input.check()?;
    let mut notes = statistics.source.without_effect.clone();
    notes.extend(statistics.note_on_tables());
    let statistics = statistics.of_one_population()?;
    let models = PanelModels::of(input, &statistics, &mut notes)?;
    let answer = panel_power(&models.scored, &models.people, &input.question(&statistics));
    Ok((answer.map_err(PowerInputError::Power)?, notes))
}

/// Tells what chance alone would do in a finished run's own case, whose reading is done again.
///
/// # Errors
/// A run that cannot be read again; what the likelihood engine refuses.
pub fn power_of_run(folder: &Path, thresholds: &[f64]) -> Result<CasePower, RunError> {
    let read = read_again(folder, &NoProgress)?;
    let case = read.scoring();
    let direct = find_direct_matches(&case, &read.roster, &NoProgress)?;
    Ok(case_power(&case, &read.roster, &direct, thresholds)?)
}

impl PowerInput {
    fn check(&self) -> Result<(), PowerInputError> {
        let wrong = |name, found: String, expected| Err(PowerInputError::OutOfRange { name, found, expected });
        if self.relationship == Some(Relationship::Unrelated) {
            return wrong("relationship", "unrelated".into(), "the relationship that is tested against unrelated");
        }
        if let Some(rate) = self.rates.iter().find(|rate| !(0.0..1.0).contains(*rate)) {
            return wrong("rates", rate.to_string(), "probabilities from 0 to below 1");
        }
        if let Some(threshold) = self.thresholds.iter().find(|threshold| !threshold.is_finite()) {
            return wrong("thresholds", threshold.to_string(), "finite numbers");
        }
        for (name, drop_out) in [("drop-out", self.drop_out), ("child-drop-out", self.child_drop_out)] {
            if let Some(found) = drop_out.filter(|drop_out| !(0.0..1.0).contains(drop_out)) {
                return wrong(name, found.to_string(), "a probability from 0 to below 1");
            }
        }
        for (name, number) in [("children", self.children), ("candidates", self.candidates)] {
            if number == 0 {
                return wrong(name, number.to_string(), "a whole number of at least 1");
            }
        }
        if self.draws > MOST_DRAWS {
            return wrong("draws", self.draws.to_string(), "a whole number of at most 1000000000");
        }
        Ok(())
    }

    fn question(&self, statistics: &Statistics) -> PowerQuestion {
        let settings = &statistics.settings;
        let drop_out = &settings.observation.drop_out;
        PowerQuestion {
            tested: self.relationship.unwrap_or(settings.search.relationship),
            truths: if self.truths.is_empty() { TRUTHS.to_vec() } else { self.truths.clone() },
            typing: PairTyping {
                child_drop_out: self.child_drop_out.unwrap_or_else(|| drop_out.of(Some(Role::Child))),
                candidate_drop_out: self.drop_out.unwrap_or_else(|| drop_out.of(None)),
                drop_in: settings.observation.drop_in,
                candidate_sex: self.sex,
            },
            thresholds: self.thresholds.clone(),
            rates: self.rates.clone(),
            children: self.children,
            candidates: self.candidates,
            draws: self.draws,
            seed: self.seed,
        }
    }

    /// The chosen loci, or all, less those removed.
    fn loci(&self, all: Vec<LocusName>) -> Result<Vec<LocusName>, PowerInputError> {
        let names = |names: &[String]| names.iter().map(|name| LocusName::new(name)).collect::<Vec<_>>();
        let (removed, chosen) = (names(&self.remove_loci), names(&self.loci));
        let panel = if chosen.is_empty() { all } else { chosen };
        if let Some(unknown) = removed.iter().find(|name| !panel.contains(name)) {
            return Err(PowerInputError::NotInPanel(unknown.clone()));
        }
        Ok(panel.into_iter().filter(|name| !removed.contains(name)).collect())
    }

    /// The loci but those on the X chromosome, which says nothing of a child whose sex is not known.
    fn without_x(&self, loci: Vec<LocusName>, notes: &mut Vec<String>) -> Result<Vec<LocusName>, PowerInputError> {
        let (x, others): (Vec<_>, Vec<_>) = loci.into_iter().partition(|name| name.chromosome() == Some(LocusKind::X));
        let names = x.iter().map(LocusName::as_str).collect::<Vec<_>>().join(", ");
        if !x.is_empty() && (!self.loci.is_empty() || others.is_empty()) {
            return Err(PowerInputError::OnX(names));
        }
        if !x.is_empty() {
            notes.push(format!("X-chromosomal loci are left out (the child's sex is not known here): {names}"));
        }
        Ok(others)
    }
}

/// The loci of the panel.
struct PanelModels {
    /// As people are scored.
    scored: Vec<LocusModel>,
    /// As they are drawn: no minimum frequency, and the frequencies sum to 1.
    people: Vec<LocusModel>,
}

impl PanelModels {
    fn of(input: &PowerInput, statistics: &Statistics, notes: &mut Vec<String>) -> Result<Self, RunError> {
        let all = input.loci(statistics.loci())?;
        if let Some(Markers { loci, .. }) = &statistics.markers {
            let kept: Vec<_> = loci.iter().filter(|marker| all.contains(&LocusName::new(&marker.name))).collect();
            let model = |marker: LocusDefinition| LocusModel::new(marker).map_err(PowerInputError::Markers);
            let people = kept.iter().map(|&marker| model(normalised(marker.clone()))).collect::<Result<_, _>>()?;
            return Ok(Self { scored: kept.into_iter().cloned().map(model).collect::<Result<_, _>>()?, people });
        }
        let loci = input.without_x(all, notes)?;
        let mut counted = statistics.clone().as_counted();
        counted.settings.population.renormalise = true;
        Ok(Self { scored: statistics.world(&loci)?, people: counted.world(&loci)? })
    }
}
