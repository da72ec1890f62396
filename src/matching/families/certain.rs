//! Persons whose genotype at a locus is certain: there their children tell nothing of each other.
//!
//! Given such a parent, children with nobody else in common are independent. With theta that is a convention, the same as for
//! children who have nobody in common at all: their founders are drawn apart.

use super::super::Case;
use crate::likelihood::{Chromosome, LocusModel};
use crate::matching::one_person::Persons;
use crate::profile::{Call, Observation, SampleIndex, Sex};
use std::collections::HashMap;

/// By person, by locus in use: whether what is seen leaves no doubt of the genotype, under any table.
pub(super) struct Certain(HashMap<SampleIndex, Vec<bool>>);

impl Certain {
    /// Of these persons.
    pub fn new(case: &Case<'_>, persons: &Persons, of: impl Iterator<Item = SampleIndex>) -> Self {
        let mut found = HashMap::new();
        for person in of {
            found.entry(person).or_insert_with(|| by_locus(case, persons, person));
        }
        Self(found)
    }

    /// Whether the genotype of a person is certain at a locus.
    pub fn at(&self, person: SampleIndex, locus: usize) -> bool {
        self.0.get(&person).is_some_and(|loci| loci[locus])
    }

    /// Whether it is certain at every locus.
    pub fn everywhere(&self, person: SampleIndex) -> bool {
        self.0.get(&person).is_some_and(|loci| loci.iter().all(|&certain| certain))
    }
}

fn by_locus(case: &Case<'_>, persons: &Persons, person: SampleIndex) -> Vec<bool> {
    let sex = persons.sex(case.panel, person);
    let is_certain = |(locus, code)| {
        case.tables.iter().zip(&case.models.populations).all(|(tables, population)| {
            let model = &population.loci[locus];
            let seen = as_counted(tables.observation(locus, code), model, sex);
            let known = match seen.call {
                Call::Two(..) => true,
                Call::One(_) => seen.drop_out == 0.0 && model.definition().silent_frequency == 0.0,
                Call::Missing | Call::SetAside => false,
            };
            let known = known && model.genotyping_error() == 0.0;
            !population.counts[locus] || known && case.settings.observation.drop_in == 0.0
        })
    };
    case.codes_of_person(persons, person).into_iter().enumerate().map(is_certain).collect()
}

/// An observation as far as it counts: on the X chromosome nothing of somebody whose sex is not known, and no two alleles of a male.
pub(super) fn as_counted(observation: Observation, model: &LocusModel, sex: Sex) -> Observation {
    let counts = match (model.chromosome(), sex) {
        (Chromosome::Autosomal, _) | (_, Sex::Female) => true,
        (_, Sex::Male) => !matches!(observation.call, Call::Two(..)),
        (_, Sex::Unknown) => false,
    };
    if counts { observation } else { Observation { call: Call::Missing, drop_out: 0.0 } }
}
