//! From the families to the joint answer: every placement where they are few, by sampling where they are many.

use super::IdentificationError;
use super::bodies::Bodies;
use super::company::Company;
use super::family_case::FamilyCase;
use super::family_rows::FamilyRows;
use super::founders::Founders;
use super::one_or_two::ln_known_relatives;
use super::pairwise::PersonScores;
use super::placements::{PlacementLimits, count, ln_singles, placements, possible_bodies};
use crate::inference::joint::{JointAnswer, JointProblem, Limits, Links, Placement, joined, parted, sample, solve};
use crate::progress::Progress;

/// Placements of a run that are all looked at, at most.
const MOST_PLACEMENTS: usize = 1 << 18;

/// Pairs of bodies that may be one person, whose every state is listed as an assignment of its own before those that differ in nothing
/// else are added up: at most.
const MOST_DOUBLED: usize = 6;

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
        let singles = self.singles(self.ln_odds);
        let found = match self.placement_count(&singles) <= MOST_PLACEMENTS {
            true => self.sum()?,
            false => None,
        };
        match found {
            Some(answer) => Ok(answer),
            None => self.sample(singles),
        }
    }

    /// By family, missing person and body: ln of the weight of the body as that person alone.
    fn singles(&self, ln_odds: &[f64]) -> Vec<Vec<Vec<f64>>> {
        let of_family = |family: &Joined<'_>| family.scores.iter().map(|scores| ln_singles(scores, ln_odds)).collect();
        self.families.iter().map(of_family).collect()
    }

    fn placement_count(&self, singles: &[Vec<Vec<f64>>]) -> usize {
        let possible = |persons: &Vec<Vec<f64>>| -> Vec<Vec<u32>> {
            persons.iter().map(|ln_weight| possible_bodies(ln_weight)).collect()
        };
        singles.iter().fold(0, |sum, persons| sum.saturating_add(count(&possible(persons), self.bodies.len()) - 1))
    }

    /// The exact answer, unless it is out of reach.
    fn sum(&self) -> Result<Option<JointAnswer>, IdentificationError> {
        let pairs = self.bodies.one_or_two();
        let of_pairs = std::iter::repeat_n(0.0, self.bodies.parts()).chain(pairs.iter().map(|pair| pair.ln_odds));
        let ln_odds: Vec<f64> = self.ln_odds.iter().zip(of_pairs).map(|(ln_odds, of_pair)| ln_odds + of_pair).collect();
        let singles = self.singles(&ln_odds);
        let mut problem =
            JointProblem { bodies: self.bodies.len(), families: self.families.len(), placements: Vec::new() };
        let (mut left_out, mut lost, mut first_person) = (0, 0.0, 0);
        let limits = PlacementLimits::of(self.families.len(), self.with_theta);
        for (at, (family, singles)) in self.families.iter().zip(&singles).enumerate() {
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
                    let mut found = placements(family, singles, &ln_odds, (number, first_person), limits)?;
                    let mut most = 0.0_f64;
                    for placement in &mut found.placements {
                        let ln_less = ln_known_relatives(&self.bodies.pairs, &placement.people);
                        placement.ln_weight -= ln_less;
                        most = most.max(ln_less);
                    }
                    problem.placements.extend(found.placements);
                    left_out += found.left_out;
                    // a part of a placement, over whose weight the bound is, may weigh so much less
                    lost += found.lost * most.exp();
                }
            }
            first_person += singles.len() as u32;
        }
        let list = self.listed.saturating_mul(1 << pairs.len().min(MOST_DOUBLED));
        let answer = solve(&joined(problem, &pairs), list, Limits::default());
        let answer = answer.map(|answer| parted(answer, &pairs, self.listed)).map(|answer| JointAnswer {
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
            pairs: self.bodies.one_or_two(),
            families: families.collect(),
            singles: singles.into_iter().flatten().collect(),
        };
        let cases: Vec<_> = self.families.iter().map(|family| family.case.as_ref()).collect();
        let ratios = Company::new(&cases, &links.families, self.founders, self.bodies, self.ln_odds, self.progress);
        sample(&links, &ratios)
    }
}
