//! Two missing persons who may be identical twins: two bodies of one profile may then be theirs, and are not one body.

use super::IdentificationError;
use super::bodies::Bodies;
use super::coancestry::check_costs;
use super::family_case::FamilyCase;
use super::founders::Founders;
use super::models::Models;
use super::pairwise::{candidates, score_person};
use super::shared_rows::SharedRows;
use super::typed_family::FamilyWithSamples;
use crate::profile::{Panel, Sex};

/// From this log10 LR on, a body may be one of two twins who are looked for: the DNA of a true one can speak against it a little,
/// where few relatives are typed.
const MAY_BE: f64 = -1.0;

/// Two missing persons of a family who may be identical twins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TwinsLookedFor {
    /// The family's id.
    pub family: String,
    /// Their ids.
    pub persons: [String; 2],
}

/// For each body, two missing persons who may be identical twins and whose body it may be.
///
/// # Errors
/// What the engine refuses.
pub fn twins_who_may_be(
    panel: &Panel,
    models: Models<'_>,
    families: &[FamilyWithSamples],
    bodies: &Bodies,
) -> Result<Vec<Option<TwinsLookedFor>>, IdentificationError> {
    let mut found: Vec<Option<TwinsLookedFor>> = vec![None; bodies.len()];
    // of a family without a typed relative nobody can be identified
    let with_twins = families.iter().filter(|family| !family.typed.is_empty() && !possible_twins(family).is_empty());
    let with_twins: Vec<FamilyWithSamples> = with_twins.cloned().collect();
    if with_twins.is_empty() {
        return Ok(found);
    }
    check_costs(panel, &[models], &with_twins, bodies)?;
    let (founders, shared, all) =
        (Founders::new(models, bodies), SharedRows::new(models.loci.len()), candidates(bodies));
    for family in &with_twins {
        let case = FamilyCase::new(panel, models, &family.family, &family.typed, &shared)?;
        let cases = [(case, &founders)];
        for persons in possible_twins(family) {
            let scores = score_person(&cases, persons[0], bodies, &all)?;
            let may_be = scores.log10_lr.iter().map(|score| score.is_some_and(|score| score >= MAY_BE));
            for (found, _) in found.iter_mut().zip(may_be).filter(|(found, may_be)| *may_be && found.is_none()) {
                let persons = persons.map(|person| family.family.person_id(person).to_owned());
                *found = Some(TwinsLookedFor { family: family.family.id.clone(), persons });
            }
        }
    }
    Ok(found)
}

/// Pairs of missing persons who have the same parents, and not different sexes.
fn possible_twins(family: &FamilyWithSamples) -> Vec<[usize; 2]> {
    let family = &family.family;
    let person = |position: usize| &family.pedigree.individuals()[position];
    let may_be_twins = |one: usize, other: usize| {
        let (one, other) = (person(one), person(other));
        let parents = (one.father, one.mother);
        let sexes_agree = one.sex == other.sex || one.sex == Sex::Unknown || other.sex == Sex::Unknown;
        parents != (None, None) && parents == (other.father, other.mother) && sexes_agree
    };
    let missing = &family.missing;
    let pairs =
        missing.iter().enumerate().flat_map(|(at, &one)| missing[at + 1..].iter().map(move |&other| [one, other]));
    pairs.filter(|&[one, other]| may_be_twins(one, other)).collect()
}
