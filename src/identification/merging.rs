//! Samples of one person put together as one body, by the rule of [`crate::matching::one_person`].

use super::IdentificationError;
use super::bodies::{Bodies, Body};
use super::evidence::evidence_on;
use super::models::Models;
use super::one_or_two::MayBeOne;
use super::twins::{TwinsLookedFor, twins_who_may_be};
use super::typed_family::FamilyWithSamples;
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::likelihood::case::LinkageGroup;
use crate::likelihood::{Chromosome, ln_likelihood};
use crate::matching::one_person::DirectMatches;
use crate::profile::{Observation, Panel, SampleIndex, Sex};
use std::fmt;

/// Samples of one person.
#[derive(Clone, PartialEq, Debug)]
pub struct OnePersonsRemains {
    /// The body that they make together.
    pub body: Body,
    /// For each of its samples the highest log10 LR of being one person with another of them.
    pub log10_lr: Vec<f64>,
    /// Of a pair that the joint answer holds for one person as well as for two: the posterior probability of one.
    pub probability: Option<f64>,
    /// Why they are not put together, where they are not.
    pub kept_apart: Option<KeptApart>,
}

/// Why samples of one person are not put together.
#[derive(Clone, PartialEq, Debug)]
pub enum KeptApart {
    /// The user asked for it.
    AskedFor,
    /// They may be of two identical twins whom a family misses.
    Twins(TwinsLookedFor),
    /// They are too like close relatives.
    OrRelatives,
}

impl fmt::Display for KeptApart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AskedFor => formatter.write_str("asked for"),
            Self::Twins(TwinsLookedFor { family, persons: [one, other] }) => {
                write!(formatter, "may be identical twins: {one} and {other} of family {family}")
            }
            Self::OrRelatives => formatter.write_str("may be close relatives"),
        }
    }
}

/// What came of putting samples together.
#[derive(Clone, PartialEq, Debug)]
pub struct Merged {
    /// All bodies, in the order of their ids.
    pub bodies: Vec<Body>,
    /// The groups of two samples or more; then the pairs that may be one person's ([`KeptApart::OrRelatives`]).
    pub groups: Vec<OnePersonsRemains>,
}

impl Merged {
    /// Whether a group has both of these samples, put together or not.
    pub(super) fn has_both(&self, samples: [SampleIndex; 2]) -> bool {
        self.groups.iter().any(|group| samples.iter().all(|sample| group.body.samples.contains(sample)))
    }

    /// Adds a pair that can be one person's, or close relatives', and stays apart.
    pub(super) fn keep_apart(&mut self, pair: &MayBeOne, probability: Option<f64>) {
        self.groups.push(OnePersonsRemains {
            body: pair.joined.clone(),
            log10_lr: vec![pair.log10_lr; pair.joined.samples.len()],
            probability,
            kept_apart: Some(KeptApart::OrRelatives),
        });
    }
}

/// Puts together the samples that are one person (`direct`), unless that is not wanted or two identical twins are looked for who
/// may be theirs. `singles` are bodies of one sample each.
///
/// A locus at which the samples of a body cannot all be of one genotype is set aside for that body.
///
/// # Errors
/// What the engine refuses.
pub fn merge_samples(
    panel: &Panel,
    models: Models<'_>,
    linkage: &[LinkageGroup],
    families: &[FamilyWithSamples],
    singles: Vec<Body>,
    direct: &DirectMatches,
    keep_apart: bool,
) -> Result<Merged, IdentificationError> {
    let mut samples: Vec<SampleIndex> = singles.iter().flat_map(|body| body.samples.clone()).collect();
    samples.sort_unstable();
    let groups = direct.groups(panel, &samples);
    let group = |members: &Vec<SampleIndex>| {
        let mut body = Body::together(&of_samples(&singles, members));
        body.set_aside = contradictory_loci(panel, models, &body)?;
        let log10_lr = members.iter().map(|&member| direct.best_of(member)).collect();
        let kept_apart = keep_apart.then_some(KeptApart::AskedFor);
        Ok(OnePersonsRemains { body, log10_lr, probability: None, kept_apart })
    };
    let mut groups: Vec<OnePersonsRemains> = groups.iter().map(group).collect::<Result<_, IdentificationError>>()?;
    if !keep_apart && !groups.is_empty() {
        groups.sort_by(|left, right| left.body.id.cmp(&right.body.id));
        let bodies = Bodies::new(panel, models.positions, groups.iter().map(|group| group.body.clone()).collect())?;
        let on_x = models.loci.iter().enumerate().filter(|(_, model)| model.chromosome() == Chromosome::X);
        let bodies = bodies.with_sexes_at(on_x.map(|(locus, _)| locus))?.with_groups(linkage)?;
        let twins = twins_who_may_be(panel, models, families, &bodies)?;
        groups.iter_mut().zip(twins).for_each(|(group, twins)| group.kept_apart = twins.map(KeptApart::Twins));
    }
    let joined = groups.iter().filter(|group| group.kept_apart.is_none()).map(|group| group.body.clone());
    let mut bodies: Vec<Body> = joined.collect();
    let mut taken: Vec<SampleIndex> = bodies.iter().flat_map(|body| body.samples.clone()).collect();
    taken.sort_unstable();
    let is_left = |body: &Body| body.samples.iter().all(|sample| taken.binary_search(sample).is_err());
    bodies.extend(singles.into_iter().filter(is_left));
    bodies.sort_by(|left, right| left.id.cmp(&right.id));
    Ok(Merged { bodies, groups })
}

/// The bodies (in the order of their ids) of samples that are known to be one person's, and of all others. A locus at which the samples
/// of a body cannot all be of one genotype is set aside for that body.
///
/// # Errors
/// What the engine refuses.
pub fn join_samples(
    panel: &Panel,
    models: Models<'_>,
    singles: Vec<Body>,
    groups: &[Vec<SampleIndex>],
) -> Result<Vec<Body>, IdentificationError> {
    let group = |members: &Vec<SampleIndex>| {
        let mut body = Body::together(&of_samples(&singles, members));
        body.set_aside = contradictory_loci(panel, models, &body)?;
        Ok(body)
    };
    let mut bodies = groups.iter().map(group).collect::<Result<Vec<Body>, IdentificationError>>()?;
    let mut taken: Vec<SampleIndex> = groups.iter().flatten().copied().collect();
    taken.sort_unstable();
    let is_left = |body: &Body| body.samples.iter().all(|sample| taken.binary_search(sample).is_err());
    bodies.extend(singles.into_iter().filter(is_left));
    bodies.sort_by(|left, right| left.id.cmp(&right.id));
    Ok(bodies)
}

/// The bodies, of one sample each, of these samples (ascending).
fn of_samples<'b>(singles: &'b [Body], members: &[SampleIndex]) -> Vec<&'b Body> {
    let is_of = |body: &&Body| body.samples.iter().any(|sample| members.binary_search(sample).is_ok());
    singles.iter().filter(is_of).collect()
}

/// Loci (0-based among those in use) at which the samples of this body cannot all be of one person.
fn contradictory_loci(panel: &Panel, models: Models<'_>, body: &Body) -> Result<Vec<usize>, IdentificationError> {
    let mut contradictory = Vec::new();
    for (locus, (model, &position)) in models.loci.iter().zip(models.positions).enumerate() {
        if model.chromosome() == Chromosome::X && body.sex == Sex::Unknown {
            continue;
        }
        let one = Pedigree::new(vec![Individual::founder("one", body.sex)])?;
        let seen: Vec<Observation> = body.samples.iter().map(|&sample| panel.observation(sample, position)).collect();
        if *ln_likelihood(model, &one, &evidence_on(model, 0, &seen, models.drop_in)?)? == f64::NEG_INFINITY {
            contradictory.push(locus);
        }
    }
    Ok(contradictory)
}
