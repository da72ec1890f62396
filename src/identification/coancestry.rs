//! Where theta can be had in useful time.
//!
//! With theta above 0 all founder alleles of a family depend on each other, and what the exact sum costs grows fast with the ways in
//! which they can have come down. A family that would take too long is refused before anything is computed, never compared with
//! another theta than the one asked for.

use super::IdentificationError;
use super::bodies::Bodies;
use super::evidence::{evidence_on, with_stranger};
use super::linkage::linkage_matters;
use super::models::{LocusInUse, Models};
use super::typed_family::{FamilyWithSamples, Typed};
use crate::inheritance::observation::Evidence;
use crate::likelihood::{LocusDefinition, LocusEvidence, LocusModel, linked_theta_cost, theta_cost};
use crate::profile::Panel;

/// Multiplications for one locus (or three and more linked loci) of one missing person, at most: about a minute.
pub const MOST_MULTIPLICATIONS: f64 = 3.2e10;

/// Where another theta than that of the run, or what strangers would score, is only to be shown: under a second.
pub const QUICK_MULTIPLICATIONS: f64 = 1e8;

/// Refuses families that would take too long with theta, if theta is above 0 anywhere.
///
/// # Errors
/// [`IdentificationError::ThetaTooCostly`], which names the first such family and counts the others.
pub fn check_costs(
    panel: &Panel,
    populations: &[Models<'_>],
    families: &[FamilyWithSamples],
    bodies: &Bodies,
) -> Result<(), IdentificationError> {
    let mut beyond = Vec::new();
    for family in families {
        let worst = multiplications(panel, populations, family, bodies)?;
        if worst > MOST_MULTIPLICATIONS {
            beyond.push((family, worst));
        }
    }
    match beyond.first() {
        None => Ok(()),
        Some((first, multiplications)) => Err(IdentificationError::ThetaTooCostly {
            family: first.family.id.clone(),
            multiplications: *multiplications,
            others: beyond.len() - 1,
        }),
    }
}

/// What theta costs at the costliest locus, or the costliest linked loci, of a family; 0 where theta is 0.
///
/// # Errors
/// None that can be expected.
pub fn multiplications(
    panel: &Panel,
    populations: &[Models<'_>],
    family: &FamilyWithSamples,
    bodies: &Bodies,
) -> Result<f64, IdentificationError> {
    let mut worst = 0.0_f64;
    for models in populations {
        worst = worst.max(cost(panel, models, family)?).max(linked_cost(panel, models, family, bodies)?);
    }
    Ok(worst)
}

/// What the costliest missing person, or a stranger in that person's place, costs at the locus with theta where most relatives are typed.
fn cost(panel: &Panel, models: &Models<'_>, family: &FamilyWithSamples) -> Result<f64, IdentificationError> {
    let typed_at = |locus: usize| {
        let is_typed = |sample| panel.observation(sample, models.positions[locus]).call.is_informative();
        family.typed.iter().filter(|typed| is_typed(typed.sample)).count()
    };
    let with_theta = (0..models.loci.len()).filter(|&locus| models.loci[locus].theta() > 0.0);
    let Some(locus) = with_theta.max_by_key(|&locus| typed_at(locus)) else { return Ok(0.0) };
    let (model, evidence) = seen_of(panel, models, family, locus)?;
    let mut worst = 0.0_f64;
    for &missing in &family.family.missing {
        let (pedigree, stranger) = with_stranger(&family.family.pedigree, family.family.sex(missing))?;
        for person in [missing, stranger] {
            // what the engine refuses otherwise is said where the locus is used
            if let Ok(cost) = theta_cost(&model, &pedigree, &evidence, person) {
                worst = worst.max(cost.unwrap_or(f64::INFINITY));
            }
        }
    }
    Ok(worst)
}

/// What the costliest missing person, or a stranger in that person's place, costs at three or more loci that are linked, over all that
/// bodies show there together.
fn linked_cost(
    panel: &Panel,
    models: &Models<'_>,
    family: &FamilyWithSamples,
    bodies: &Bodies,
) -> Result<f64, IdentificationError> {
    let mut worst = 0.0_f64;
    let is_joint = family.family.missing.len() > 1 || linkage_matters(&family.family, &family.typed);
    for (at, group) in models.groups.iter().enumerate() {
        let with_theta = group.loci.iter().any(|&locus| models.loci[locus].theta() > 0.0);
        if !is_joint || !with_theta || group.loci.len() < 3 {
            continue;
        }
        let seen = group.loci.iter().map(|&locus| seen_of(panel, models, family, locus));
        let seen = seen.collect::<Result<Vec<_>, _>>()?;
        let loci: Vec<_> = seen.iter().map(|(model, evidence)| LocusEvidence { model, evidence }).collect();
        for &missing in &family.family.missing {
            let (pedigree, stranger) = with_stranger(&family.family.pedigree, family.family.sex(missing))?;
            for person in [missing, stranger] {
                if let Ok(cost) = linked_theta_cost(&loci, &pedigree, person) {
                    worst = worst.max(cost.unwrap_or(f64::INFINITY) * bodies.combinations(at).len() as f64);
                }
            }
        }
    }
    Ok(worst)
}

/// One locus with the alleles of the table and the family's, and what was seen there of its typed members.
fn seen_of<'a>(
    panel: &Panel,
    models: &Models<'a>,
    family: &FamilyWithSamples,
    locus: usize,
) -> Result<(LocusInUse<'a>, Vec<Evidence>), IdentificationError> {
    let shown = |member: &Typed| panel.observation(member.sample, models.positions[locus]);
    let alleles = family.typed.iter().flat_map(|member| shown(member).call.alleles().collect::<Vec<_>>());
    let model = models.model(locus, &models.unseen_of(locus, alleles))?;
    let mut evidence = Vec::new();
    for member in &family.typed {
        evidence.extend(evidence_on(&model, member.person, &[shown(member)], models.drop_in)?);
    }
    Ok((model, evidence))
}

/// The same models with theta 0: what is possible at all does not depend on theta.
///
/// # Errors
/// None, unless a model that was accepted is refused without theta.
pub fn without_theta(models: &[LocusModel]) -> Result<Vec<LocusModel>, IdentificationError> {
    let plain = |model: &LocusModel| LocusModel::new(LocusDefinition { theta: 0.0, ..model.definition().clone() });
    Ok(models.iter().map(plain).collect::<Result<_, _>>()?)
}
