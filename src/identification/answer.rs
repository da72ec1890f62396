//! From a panel to the whole answer: samples of one person put together, every body against every missing person, the joint answer.

use super::bodies::{Bodies, Body, WeighedPair};
use super::identify::{Identification, ToIdentify, identify};
use super::merging::{Merged, merge_samples};
use super::models::Models;
use super::one_or_two::{LEAST_WEIGHED_LOG10_LR, MayBeOne, may_be_one, weighed};
use super::prior::Prior;
use super::roster::Roster;
use super::{IdentificationError, TooManyObservations};
use crate::likelihood::Chromosome;
use crate::likelihood::case::LinkageGroup;
use crate::matching::one_person::{DirectMatches, describe_among, find_among};
use crate::matching::{Case, MatchError};
use crate::model::CaseModels;
use crate::profile::{Panel, SampleIndex};
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

/// What every step of an identification needs.
#[derive(Clone, Copy)]
pub struct IdentifyTask<'a> {
    /// The samples with the models of the loci in use.
    pub case: &'a Case<'a>,
    /// Those loci, linked ones together.
    pub groups: &'a [LinkageGroup],
    /// The samples of the remains, and the families.
    pub roster: &'a Roster,
    /// What else there is to choose.
    pub choices: IdentifyChoices,
}

/// Who the bodies are, by the samples that are one person's.
pub(super) struct FoundBodies {
    /// The pairs of samples of one person.
    direct: DirectMatches,
    /// Those who are one put together.
    merged: Merged,
    /// The pairs of bodies that may be one person.
    pairs: Vec<MayBeOne>,
    /// The bodies.
    bodies: Bodies,
    /// The same, and those pairs of them joined that are weighed; nothing where there is none.
    with_pairs: Option<Bodies>,
}

impl FoundBodies {
    /// Those who are compared with the families, joined pairs among them.
    pub(super) fn compared(&self) -> &Bodies {
        self.with_pairs.as_ref().unwrap_or(&self.bodies)
    }
}

impl IdentifyTask<'_> {
    /// Identifies.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses; an interruption.
    pub fn answer(&self, progress: &dyn Progress) -> Result<IdentifyAnswer, AnswerError> {
        let started = Instant::now();
        let known = self.bodies(self.find_alike(progress)?)?;
        let found = self.with_families(known.compared(), |of| identify(of, progress))?;
        Ok(known.answer(found, started))
    }

    /// The pairs of samples that can be one person's.
    pub(super) fn find_alike(&self, progress: &dyn Progress) -> Result<DirectMatches, MatchError> {
        find_among(self.case, &self.samples(), self.least_log10_lr(), progress)
    }

    /// The same pairs, found before.
    pub(super) fn describe_alike(&self, pairs: &[(SampleIndex, SampleIndex)]) -> Result<DirectMatches, MatchError> {
        describe_among(self.case, &self.samples(), self.least_log10_lr(), pairs)
    }

    /// The samples of the remains, ascending.
    pub(super) fn samples(&self) -> Vec<SampleIndex> {
        let mut samples: Vec<_> = self.roster.bodies.iter().flat_map(|body| body.samples.clone()).collect();
        samples.sort_unstable();
        samples
    }

    /// The rule asks for more than this, and takes its pairs from those.
    fn least_log10_lr(&self) -> f64 {
        self.choices.merge_min_log10_lr.unwrap_or(LEAST_WEIGHED_LOG10_LR)
    }

    /// The bodies, by the pairs of samples that can be one person's.
    pub(super) fn bodies(&self, alike: DirectMatches) -> Result<FoundBodies, AnswerError> {
        let Self { case, groups, roster, choices } = *self;
        let panel = case.panel;
        let singles = roster.bodies.clone();
        let models = self.populations()[0];
        let by_rule = choices.merge_min_log10_lr.is_none();
        let direct = if by_rule { alike.by_rule(case)? } else { alike.clone() };
        let apart = choices.keep_samples_apart;
        let merged = merge_samples(panel, models, groups, &roster.families, singles, &direct, apart)?;
        let mut pairs = Vec::new();
        if by_rule {
            let mut found = alike.pairs;
            found.retain(|pair| !merged.has_both([pair.first, pair.second]));
            pairs = may_be_one(panel, models, &merged.bodies, &found)?;
        }
        let bodies = coded(panel, case.models, groups, merged.bodies.clone())?;
        let weighed = if apart { Vec::new() } else { weighed(&pairs, bodies.len(), &case.settings.prior) };
        let with_pairs = with_pairs(case, groups, &merged.bodies, &weighed)?;
        Ok(FoundBodies { direct, merged, pairs, bodies, with_pairs })
    }

    /// Calls `use_it` with all that the comparison of bodies with families rests on.
    pub(super) fn with_families<T>(&self, bodies: &Bodies, use_it: impl FnOnce(ToIdentify<'_>) -> T) -> T {
        use_it(ToIdentify {
            panel: self.case.panel,
            populations: &self.populations(),
            bodies,
            families: &self.roster.families,
            prior: Prior::of(&self.case.settings.prior),
            listed: self.choices.assignments,
        })
    }

    fn populations(&self) -> Vec<Models<'_>> {
        populations(self.case.models, self.groups, self.case.settings.observation.drop_in)
    }
}

impl FoundBodies {
    /// The whole answer.
    pub(super) fn answer(self, found: Identification, started: Instant) -> IdentifyAnswer {
        let Self { direct, mut merged, pairs, bodies, with_pairs } = self;
        let weighed = with_pairs.map(|bodies| bodies.one_or_two()).unwrap_or_default();
        for pair in &pairs {
            let at = weighed.iter().position(|weighed| weighed.parts == pair.parts);
            merged.keep_apart(pair, at.map(|at| found.joint.one_person[at]));
        }
        IdentifyAnswer { bodies, merged, direct, found, scan_time: started.elapsed() }
    }
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
