//! What is held of a body before its DNA is looked at.

use super::bodies::Bodies;
use super::pairwise::sexes_agree;
use super::typed_family::FamilyWithSamples;
use crate::settings::{AssignmentPrior, PriorSettings};

/// Halvings of an interval down to the rounding of an f64.
const BISECTIONS: usize = 60;

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

/// The `prior.identified` under which this share of so many bodies are missing persons (also so many) before the DNA, everybody being
/// possible as everybody: as nobody has two bodies, that is more than the share itself. 1 where no prior is enough.
///
/// With the odds o of being any one of M persons, k of B bodies are missing persons with a probability in proportion to
/// C(B, k) M! / (M − k)! oᵏ: so many assignments there are, each with that weight.
pub fn share_identified(share: f64, bodies: usize, missing: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..BISECTIONS {
        let middle = f64::midpoint(low, high);
        let is_enough = expected_share(middle, bodies, missing) >= share;
        *(if is_enough { &mut high } else { &mut low }) = middle;
    }
    high
}

/// The share of bodies that are missing persons, expected before the DNA.
fn expected_share(identified: f64, bodies: usize, missing: usize) -> f64 {
    let ln_odds = (identified / (1.0 - identified) / missing.max(1) as f64).ln();
    let (mut ln_weight, mut weights) = (0.0, vec![0.0]);
    for k in 0..bodies.min(missing) {
        let ways = (bodies - k) as f64 * (missing - k) as f64 / (k + 1) as f64;
        ln_weight += ways.ln() + ln_odds;
        weights.push(ln_weight);
    }
    let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let of = |power: i32| {
        let terms = weights.iter().enumerate().map(|(k, weight)| (k as f64).powi(power) * (weight - most).exp());
        terms.sum::<f64>()
    };
    of(1) / of(0) / bodies.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_that_of_all_assignments() {
        assert!((share_identified(0.3, 1, 7) - 0.3).abs() < 1e-12, "one body: the prior itself");
        // two bodies, two persons, odds o each: 1, 4 o, 2 o²
        let odds = 0.8 / 0.2 / 2.0;
        let expected = (4.0 * odds + 2.0 * 2.0 * odds * odds) / (1.0 + 4.0 * odds + 2.0 * odds * odds) / 2.0;
        assert!((expected_share(0.8, 2, 2) - expected).abs() < 1e-12);
        assert!((share_identified(expected, 2, 2) - 0.8).abs() < 1e-9);
        assert_eq!(share_identified(0.9, 20, 10), 1.0, "more than there are persons");
        assert!(share_identified(0.4, 1415, 900) > 0.6, "few persons for many bodies");
    }
}
