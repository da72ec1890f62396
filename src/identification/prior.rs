//! What is held of a body before its DNA is looked at.

use super::bodies::Bodies;
use super::pairwise::sexes_agree;
use super::typed_family::FamilyWithSamples;
use crate::settings::{AssignmentPrior, PriorSettings};

/// The prior over assignments of bodies to missing persons.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Prior {
    /// A body is one of the missing persons with this probability, at least 0 and below 1, and then each of those of its sex with equal
    /// share. An assignment has the product over its bodies, over the sum for all assignments that give nobody twice.
    ByBody(f64),
    /// Every assignment alike.
    Flat,
}

impl Prior {
    /// As the settings have it.
    pub fn of(settings: &PriorSettings) -> Self {
        match settings.assignments {
            AssignmentPrior::ByBody => Self::ByBody(settings.identified),
            AssignmentPrior::Flat => Self::Flat,
        }
    }

    /// For each body ln of the odds of being any one person that it can be, against being none.
    pub(super) fn ln_odds(self, bodies: &Bodies, families: &[FamilyWithSamples]) -> Vec<f64> {
        let missing: Vec<_> = families
            .iter()
            .flat_map(|with| with.family.missing.iter().map(|&person| with.family.sex(person)))
            .collect();
        let ln_odds = |body: &super::Body| match self {
            Self::Flat => 0.0,
            Self::ByBody(identified) => {
                let possible = missing.iter().filter(|&&sex| sexes_agree(sex, body.sex)).count();
                // without anybody it can be there is no placement either
                (identified / (1.0 - identified) / possible.max(1) as f64).ln()
            }
        };
        bodies.bodies.iter().map(ln_odds).collect()
    }
}
