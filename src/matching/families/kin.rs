//! The families that miss somebody, as the case's posterior needs them: who of them is typed, who is missing, and what each body weighs
//! as whom by the relatives alone.

use crate::inference::Place;
use crate::inference::joint::{JointAnswer, Ratios};
use crate::inheritance::Pedigree;
use crate::matching::MatchError;
use crate::profile::{SampleIndex, Sex};
use std::f64::consts::LOG10_E;

/// One family.
#[derive(Clone, Debug)]
pub struct KinFamily<'a> {
    /// Who is whose parent.
    pub pedigree: &'a Pedigree,
    /// The typed members: position in the pedigree, and sample.
    pub typed: Vec<(usize, SampleIndex)>,
}

/// One person who is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MissingPerson {
    /// The family (0-based).
    pub family: usize,
    /// Position in its pedigree.
    pub person: usize,
    /// Sex, as the pedigree has it.
    pub sex: Sex,
}

/// What the bodies weigh under one frequency table.
pub struct KinTable<'a> {
    /// By missing person, then by body: ln of the weight (prior odds times LR) of the body as that person, nobody else of the family
    /// found; −∞ where it cannot be.
    pub singles: Vec<Vec<f64>>,
    /// What one more body in a family multiplies the weight by.
    pub ratios: &'a (dyn Ratios<Error = MatchError> + 'a),
    /// The answer of the relatives alone; bodies and persons as here.
    pub alone: &'a JointAnswer,
}

/// Families, missing persons and bodies.
pub struct Kin<'a> {
    /// The families.
    pub families: Vec<KinFamily<'a>>,
    /// Everybody missing, family by family.
    pub missing: Vec<MissingPerson>,
    /// The bodies: of each the sample that stands for the person.
    pub bodies: Vec<SampleIndex>,
    /// By missing person, then by body: log10 LR of the body as that person, the lowest of the tables; nothing for another sex.
    pub log10_lrs: Vec<Vec<Option<f64>>>,
    /// By frequency table.
    pub tables: Vec<KinTable<'a>>,
    /// The probability that a parent whom no list holds is one of the missing persons, below 1.
    pub missing_parent: f64,
}

/// Bodies (samples) held to be missing persons, ascending by person.
pub(super) type Placed = Vec<(u32, SampleIndex)>;

impl Kin<'_> {
    /// Whether a child's parent of a place can be this person, untyped: of that sex, and with a typed relative.
    pub(super) fn can_be_parent(&self, person: u32, place: Place) -> bool {
        let missing = self.missing[person as usize];
        missing.sex == place.sex() && !self.families[missing.family].typed.is_empty()
    }

    /// How many missing persons can take a place.
    fn number(&self, place: Place) -> usize {
        (0..self.missing.len() as u32).filter(|&person| self.can_be_parent(person, place)).count()
    }

    /// log10 of the prior of each missing person who can take a place, over that of somebody who is in no list and in no family.
    pub(super) fn log10_missing(&self, place: Place) -> f64 {
        let odds = self.missing_parent / (1.0 - self.missing_parent);
        (odds / self.number(place).max(1) as f64).log10()
    }

    /// log10 of the probability that a parent whom no list holds is in no family either.
    pub(super) fn log10_unlisted(&self, place: Place) -> f64 {
        if self.number(place) == 0 { 0.0 } else { (1.0 - self.missing_parent).log10() }
    }

    /// The family of a missing person.
    pub(super) fn family_of(&self, person: u32) -> usize {
        self.missing[person as usize].family
    }
}

impl KinTable<'_> {
    /// log10 of the weight of these bodies as these persons (both by number, ascending by person), who are all of one family.
    ///
    /// # Errors
    /// What the likelihood engine refuses.
    pub(super) fn log10_weight(&self, placed: &[(u32, u32)]) -> Result<f64, MatchError> {
        let mut ln_weight = 0.0;
        for (at, &(person, body)) in placed.iter().enumerate() {
            ln_weight += match at {
                0 => self.singles[person as usize][body as usize],
                _ => self.ratios.ln_ratios(person, &placed[..at])?[body as usize],
            };
            if ln_weight == f64::NEG_INFINITY {
                break;
            }
        }
        Ok(ln_weight * LOG10_E)
    }
}
