//! The families that miss somebody, in a case of children and candidates.

use crate::identification::FamilyWithSamples;
use crate::likelihood::case::LinkageGroup;
use crate::matching::families::MissingPerson;
use crate::report::MissingName;

/// The families that miss somebody, in a case of children and candidates.
#[derive(Debug)]
pub struct MatchRelatives {
    /// The families, with their typed members. (The bodies are known once it is known which samples are one person's.)
    pub families: Vec<FamilyWithSamples>,
    /// The loci, linked ones together where the settings ask for it.
    pub groups: Vec<LinkageGroup>,
}

impl MatchRelatives {
    /// Everybody missing, family by family.
    pub(super) fn missing(&self) -> Vec<MissingPerson> {
        let of_family = |(family, with): (usize, &FamilyWithSamples)| {
            let missing = with.family.missing.iter();
            missing
                .map(|&person| MissingPerson { family, person, sex: with.family.sex(person) })
                .collect::<Vec<MissingPerson>>()
        };
        self.families.iter().enumerate().flat_map(of_family).collect()
    }

    /// Their names, in the same order.
    pub fn names(&self) -> Vec<MissingName> {
        let name = |missing: MissingPerson| {
            let family = &self.families[missing.family].family;
            MissingName { family: family.id.clone(), person: family.person_id(missing.person).to_owned() }
        };
        self.missing().into_iter().map(name).collect()
    }
}
