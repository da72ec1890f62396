//! Where theta can be had in useful time.
//!
//! With theta above 0 all founder alleles of a family depend on each other, and what the exact sum costs grows fast with the ways in
//! which they can have come down. A family that would take too long is refused before anything is computed, never compared with
//! another theta than the one asked for.

use super::IdentificationError;
use super::evidence::{evidence_on, with_stranger};
use super::family_case::Models;
use super::identify::FamilyWithSamples;
use crate::likelihood::{LocusDefinition, LocusModel, theta_cost};
use crate::profile::Panel;

/// Multiplications for one locus of one missing person, at most: seconds.
pub const MOST_MULTIPLICATIONS: f64 = 4e9;

/// Refuses families that would take too long with theta, if theta is above 0 anywhere.
///
/// # Errors
/// [`IdentificationError::ThetaTooCostly`], which names the first such family and counts the others.
pub fn check_costs(
    panel: &Panel,
    populations: &[Models<'_>],
    families: &[FamilyWithSamples],
) -> Result<(), IdentificationError> {
    let mut beyond = Vec::new();
    for family in families {
        let mut worst = 0.0_f64;
        for models in populations {
            worst = worst.max(cost(panel, models, family)?);
        }
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

/// What the costliest missing person, or a stranger in that person's place, costs at the locus with theta where most relatives are typed.
fn cost(panel: &Panel, models: &Models<'_>, family: &FamilyWithSamples) -> Result<f64, IdentificationError> {
    let typed_at = |locus: usize| {
        let is_typed = |sample| panel.observation(sample, models.positions[locus]).call.is_informative();
        family.typed.iter().filter(|typed| is_typed(typed.sample)).count()
    };
    let with_theta = (0..models.loci.len()).filter(|&locus| models.loci[locus].theta() > 0.0);
    let Some(locus) = with_theta.max_by_key(|&locus| typed_at(locus)) else { return Ok(0.0) };
    let model = &models.loci[locus];
    let mut evidence = Vec::new();
    for member in &family.typed {
        let observation = panel.observation(member.sample, models.positions[locus]);
        evidence.extend(evidence_on(model, member.person, &[observation], models.drop_in)?);
    }
    let mut worst = 0.0_f64;
    for &missing in &family.family.missing {
        let (pedigree, stranger) = with_stranger(&family.family.pedigree, family.family.sex(missing))?;
        for person in [missing, stranger] {
            // what the engine refuses otherwise is said where the locus is used
            if let Ok(cost) = theta_cost(model, &pedigree, &evidence, person) {
                worst = worst.max(cost.unwrap_or(f64::INFINITY));
            }
        }
    }
    Ok(worst)
}

/// The same models with theta 0: what is possible at all does not depend on theta.
///
/// # Errors
/// None, unless a model that was accepted is refused without theta.
pub fn without_theta(models: &[LocusModel]) -> Result<Vec<LocusModel>, IdentificationError> {
    let plain = |model: &LocusModel| LocusModel::new(LocusDefinition { theta: 0.0, ..model.definition().clone() });
    Ok(models.iter().map(plain).collect::<Result<_, _>>()?)
}
