//! From a panel to the whole answer: samples of one person put together, every body against every missing person, the joint answer.

use super::bodies::{Bodies, Body, WeighedPair};
use super::identify::{Identification, identify};
use super::merging::{Merged, merge_samples};
use super::models::Models;
use super::one_or_two::{LEAST_WEIGHED_LOG10_LR, MayBeOne, may_be_one, weighed};
use super::prior::Prior;
use super::roster::Roster;
use super::{IdentificationError, TooManyObservations};
use crate::likelihood::Chromosome;
use crate::likelihood::case::LinkageGroup;
use crate::matching::one_person::{DirectMatches, find_among};
use crate::matching::{Case, MatchError};
use crate::model::CaseModels;
use crate::profile::Panel;
use crate::progress::Progress;
use std::time::{Duration, Instant};

/// What there is to choose beside the settings.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct IdentifyChoices {
    /// The most assignments that are listed.
    pub assignments: usize,
    /// Whether every sample is a body of its own, samples of one person too.
    pub keep_samples_apart: bool,
    /// The least log10 LR of being one person for two samples to be put together; without it the rule of `match`.
    pub merge_min_log10_lr: Option<f64>,
}

/// Who the bodies are.
#[derive(Debug)]
pub struct IdentifyAnswer {
    /// The bodies: samples of one person are one.
    pub bodies: Bodies,
    /// Which samples were put together, and which not.
    pub merged: Merged,
    /// The pairs of samples of one person.
    pub direct: DirectMatches,
    /// The pairwise scores, what each family can do, and the joint answer.
    pub found: Identification,
    /// Time for all of it.
    pub scan_time: Duration,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Samples cannot be compared.
    #[error(transparent)]
    Match(#[from] MatchError),
    /// Bodies and families cannot.
    #[error(transparent)]
    Identification(#[from] IdentificationError),
}

impl From<TooManyObservations> for AnswerError {
    fn from(error: TooManyObservations) -> Self {
        Self::Identification(error.into())
    }
}

/// Identifies the bodies of a roster. `case` has the samples with the models of the loci in use, `groups` those loci, linked ones together.
///
/// # Errors
/// A case that the likelihood engine refuses; an interruption.
pub fn answer(
    case: &Case<'_>,
    groups: &[LinkageGroup],
    roster: &Roster,
    choices: IdentifyChoices,
    progress: &dyn Progress,
) -> Result<IdentifyAnswer, AnswerError> {
    let started = Instant::now();
    let panel = case.panel;
    let singles = roster.bodies.clone();
    let populations = populations(case.models, groups, case.settings.observation.drop_in);
    let mut samples: Vec<_> = singles.iter().flat_map(|body| body.samples.clone()).collect();
    samples.sort_unstable();
    // the rule asks for more than this, and takes its pairs from those
    let alike = find_among(case, &samples, choices.merge_min_log10_lr.unwrap_or(LEAST_WEIGHED_LOG10_LR), progress)?;
    let by_rule = choices.merge_min_log10_lr.is_none();
    let direct = if by_rule { alike.by_rule(case)? } else { alike.clone() };
    let families = &roster.families;
    let apart = choices.keep_samples_apart;
    let mut merged = merge_samples(panel, populations[0], groups, families, singles.clone(), &direct, apart)?;
    let mut pairs = Vec::new();
    if by_rule {
        let mut found = alike.pairs;
        found.retain(|pair| !merged.has_both([pair.first, pair.second]));
        pairs = may_be_one(panel, populations[0], &merged.bodies, &found)?;
    }
    let bodies = coded(panel, case.models, groups, merged.bodies.clone())?;
    let weighed = if apart { Vec::new() } else { weighed(&pairs, bodies.len(), &case.settings.prior) };
    let with_pairs = with_pairs(case, groups, &merged.bodies, &weighed)?;
    let prior = Prior::of(&case.settings.prior);
    let all = with_pairs.as_ref().unwrap_or(&bodies);
    let found = identify(panel, &populations, all, families, prior, choices.assignments, progress)?;
    for pair in &pairs {
        let at = weighed.iter().position(|(other, _)| other.parts == pair.parts);
        merged.keep_apart(pair, at.map(|at| found.joint.one_person[at]));
    }
    Ok(IdentifyAnswer { bodies, merged, direct, found, scan_time: started.elapsed() })
}

/// The bodies, and those pairs of them joined that are weighed; nothing where there is none.
fn with_pairs(
    case: &Case<'_>,
    groups: &[LinkageGroup],
    bodies: &[Body],
    weighed: &[(&MayBeOne, WeighedPair)],
) -> Result<Option<Bodies>, TooManyObservations> {
    if weighed.is_empty() {
        return Ok(None);
    }
    let joined = weighed.iter().map(|(pair, _)| pair.joined.clone());
    let all = bodies.iter().cloned().chain(joined).collect();
    let pairs = weighed.iter().map(|&(_, weighed)| weighed).collect();
    Ok(Some(coded(case.panel, case.models, groups, all)?.with_pairs(pairs)))
}

/// The models of each population, with the loci in groups.
pub fn populations<'m>(models: &'m CaseModels, groups: &'m [LinkageGroup], drop_in: f64) -> Vec<Models<'m>> {
    let population = |population| Models::new(population, &models.loci, groups, drop_in);
    models.populations.iter().map(population).collect()
}

/// What bodies show, coded as the families are scored.
///
/// # Errors
/// More distinct observations than codes.
pub fn coded(
    panel: &Panel,
    models: &CaseModels,
    groups: &[LinkageGroup],
    bodies: Vec<Body>,
) -> Result<Bodies, TooManyObservations> {
    let of_loci = models.populations[0].loci.iter().enumerate();
    let on_x = of_loci.filter(|(_, model)| model.chromosome() == Chromosome::X).map(|(locus, _)| locus);
    Bodies::new(panel, &models.loci, bodies)?.with_sexes_at(on_x)?.with_groups(groups)
}
