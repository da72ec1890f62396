//! From the families to the joint answer: every placement where they are few, by sampling where they are many.

use super::IdentificationError;
use super::bodies::Bodies;
use super::company::Company;
use super::family_case::FamilyCase;
use super::family_rows::FamilyRows;
use super::founders::Founders;
use super::pairwise::PersonScores;
use super::placements::{PlacementLimits, count, ln_singles, placements, possible_bodies};
use crate::inference::joint::{JointAnswer, JointProblem, Limits, Links, Placement, sample, solve};
use crate::progress::Progress;

/// Placements of a run that are all looked at, at most.
const MOST_PLACEMENTS: usize = 1 << 18;

/// What may be lost of the posterior probability and the answer still be called exact: no digit that is of use to anybody.
const NEXT_TO_NOTHING: f64 = 1e-9;

/// One family, as the joint answer needs it.
pub(super) struct Joined<'a> {
    /// The family under the first population, where several of it are missing.
    pub case: Option<FamilyCase<'a>>,
    /// Scores under the first population, by missing person.
    pub scores: Vec<PersonScores>,
}

/// All families, as the joint answer needs them.
pub(super) struct Joining<'a, 'c> {
    pub families: Vec<Joined<'c>>,
    pub founders: &'a Founders<'c>,
    pub bodies: &'a Bodies,
    /// By body: ln of the prior odds of being any one of the persons that it can be.
    pub ln_odds: &'a [f64],
    pub with_theta: bool,
    /// So many assignments are listed, at most.
    pub listed: usize,
    pub progress: &'a dyn Progress,
}

impl Joining<'_, '_> {
    /// The joint answer.
    ///
    /// # Errors
    /// What the engine refuses; an interruption.
    pub fn answer(&self) -> Result<JointAnswer, IdentificationError> {
        let singles = |family: &Joined<'_>| -> Vec<Vec<f64>> {
            family.scores.iter().map(|scores| ln_singles(scores, self.ln_odds)).collect()
        };
        let singles: Vec<Vec<Vec<f64>>> = self.families.iter().map(singles).collect();
        let found = match self.placement_count(&singles) <= MOST_PLACEMENTS {
            true => self.sum(&singles)?,
            false => None,
        };
        match found {
            Some(answer) => Ok(answer),
            None => self.sample(singles),
        }
    }

    fn placement_count(&self, singles: &[Vec<Vec<f64>>]) -> usize {
        let possible = |persons: &Vec<Vec<f64>>| -> Vec<Vec<u32>> {
            persons.iter().map(|ln_weight| possible_bodies(ln_weight)).collect()
        };
        singles.iter().fold(0, |sum, persons| sum.saturating_add(count(&possible(persons), self.bodies.len()) - 1))
    }

    /// The exact answer, unless it is out of reach.
    fn sum(&self, singles: &[Vec<Vec<f64>>]) -> Result<Option<JointAnswer>, IdentificationError> {
        let mut problem =
            JointProblem { bodies: self.bodies.len(), families: self.families.len(), placements: Vec::new() };
        let (mut left_out, mut lost, mut first_person) = (0, 0.0, 0);
        let limits = PlacementLimits::of(self.families.len(), self.with_theta);
        for (at, (family, singles)) in self.families.iter().zip(singles).enumerate() {
            let number = at as u32;
            match &family.case {
                None => problem.placements.extend(singles.iter().flat_map(|ln_weight| {
                    let alone = |body: u32| Placement {
                        family: number,
                        people: vec![(body, first_person)],
                        ln_weight: ln_weight[body as usize],
                    };
                    possible_bodies(ln_weight).into_iter().map(alone)
                })),
                Some(case) => {
                    let family = FamilyRows { case, bodies: self.bodies, founders: self.founders };
                    let found = placements(family, singles, self.ln_odds, (number, first_person), limits)?;
                    problem.placements.extend(found.placements);
                    left_out += found.left_out;
                    lost += found.lost;
                }
            }
            first_person += singles.len() as u32;
        }
        let answer = solve(&problem, self.listed, Limits::default());
        let answer = answer.map(|answer| JointAnswer {
            left_out: answer.left_out + left_out,
            lost: (answer.lost + lost).min(1.0),
            ..answer
        });
        Ok(answer.filter(|answer| answer.lost <= NEXT_TO_NOTHING))
    }

    fn sample(&self, singles: Vec<Vec<Vec<f64>>>) -> Result<JointAnswer, IdentificationError> {
        let families = singles.iter().enumerate().flat_map(|(family, persons)| vec![family as u32; persons.len()]);
        let links = Links {
            bodies: self.bodies.len(),
            families: families.collect(),
            singles: singles.into_iter().flatten().collect(),
        };
        let cases: Vec<_> = self.families.iter().map(|family| family.case.as_ref()).collect();
        let ratios = Company::new(&cases, &links.families, self.founders, self.bodies, self.ln_odds, self.progress);
        sample(&links, &ratios)
    }
}
