//! The families of a synthetic case as a list of pedigrees names them.

use super::case::SyntheticCase;
use super::layout::{ROLES, SamplePlace, Whose};
use crate::inheritance::Listed;
use crate::profile::Role;

impl SyntheticCase {
    /// Number of families.
    pub fn families(&self) -> u64 {
        self.layout().families.iter().map(|family| family.count).sum()
    }

    /// The kind of a family (both numbers 0-based), and which of its kind it is.
    pub fn family_at(&self, number: u64) -> (usize, u64) {
        let families = &self.layout().families;
        let kind = families.partition_point(|family| family.first + family.count <= number);
        (kind, number - families[kind].first)
    }

    /// The id of a family.
    pub fn family_id(&self, kind: usize, instance: u64) -> String {
        let digits = self.families().to_string().len().max(3);
        format!("F{:0digits$}", self.layout().families[kind].first + instance + 1)
    }

    /// The id of somebody of a family, sampled or not.
    pub fn person_id(&self, whose: Whose) -> String {
        let name = &self.layout().families[whose.kind].pedigree.individuals()[whose.person].id;
        format!("{}.{name}", self.family_id(whose.kind, whose.instance))
    }

    /// Whether families of this kind miss somebody or have typed relatives, and so a pedigree.
    pub fn has_pedigree(&self, kind: usize) -> bool {
        let people = &self.family_shape(kind).people;
        people.iter().any(|person| person.missing || person.samples.contains(&Role::Relative))
    }

    /// The pedigree of a family, where it has one, in the order of the shape: a typed relative by the id of the sample, everybody else by
    /// an id of their own. Lines are 0.
    pub fn pedigree(&self, number: u64) -> Vec<Listed> {
        let (kind, instance) = self.family_at(number);
        if !self.has_pedigree(kind) {
            return Vec::new();
        }
        let truth = self.family(kind, instance);
        let samples = self.layout().samples_of(kind, instance);
        let is_relative = |place: SamplePlace| ROLES[place.list] == Role::Relative;
        let id = |person: usize| {
            let own = samples.iter().find(|(sampled, place)| *sampled == person && is_relative(*place));
            own.map_or_else(|| self.person_id(Whose { kind, instance, person }), |&(_, place)| self.layout().id(place))
        };
        let people = self.layout().families[kind].pedigree.individuals();
        let listed = people.iter().enumerate().map(|(person, individual)| Listed {
            id: id(person),
            father: individual.father.map(id),
            mother: individual.mother.map(id),
            sex: truth.sexes[person],
            missing: self.family_shape(kind).people[person].missing,
            line: 0,
        });
        listed.collect()
    }
}
