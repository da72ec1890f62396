//! The likelihood ratio of a block, a group's children who are linked at a locus, by the exact network.
//!
//! Unlisted parents are untyped people. A block that is impossible where only the parents whom rows name are parents decides
//! nothing, as it does for one child.

use super::certain::as_counted;
use super::group::{Founders, Group, Groups, Parent, Trio};
use crate::inference::Place;
use crate::inheritance::{Evidence, Individual, Pedigree, Seen};
use crate::likelihood::{LikelihoodError, LocusModel, ln_likelihood, seen};
use crate::model::TableError;
use crate::profile::{Call, Observation, SampleIndex, Sex};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// The people of a block, and what they show at the locus.
struct People {
    /// Everybody who is typed, by the sample that stands for the person: the position in the pedigrees.
    nodes: BTreeMap<SampleIndex, usize>,
    individuals: Vec<Individual>,
    observations: Vec<Observation>,
}

impl Groups<'_> {
    /// log10 LR of a block at a locus in use; minus infinity where these people cannot be so related.
    ///
    /// # Errors
    /// A network that the likelihood engine refuses.
    pub(super) fn log10_of_block(&self, locus: usize, block: &Group) -> Result<f64, TableError> {
        let people = self.people(locus, block);
        match (self.related(&people, block), self.apart(&people, block)) {
            (Some(related), Some(apart)) => {
                Ok(self.ln_ratio(locus, &people, &related, &apart)? * std::f64::consts::LOG10_E)
            }
            _ => Ok(f64::NEG_INFINITY),
        }
    }

    /// Whether a person has no result at a locus.
    pub(super) fn shows_nothing(&self, person: SampleIndex, locus: usize) -> bool {
        matches!(self.observation(locus, person, None).call, Call::Missing | Call::SetAside)
    }

    /// What a person shows at a locus, as far as it counts; a child by its own sample.
    fn observation(&self, locus: usize, person: SampleIndex, child: Option<SampleIndex>) -> Observation {
        let (code, sex) = match child {
            Some(child) => (self.case.code(child, locus), self.case.panel.sex(child)),
            None => (self.case.code_of_person(self.persons, person, locus), self.persons.sex(self.case.panel, person)),
        };
        let model = &self.case.models.populations[self.table].loci[locus];
        as_counted(self.case.tables[self.table].observation(locus, code), model, sex)
    }

    /// The children first, then the listed parents.
    fn people(&self, locus: usize, block: &Group) -> People {
        let mut people = People { nodes: BTreeMap::new(), individuals: Vec::new(), observations: Vec::new() };
        for &Trio { child, .. } in block {
            let node = self.persons.stands_for(child);
            people.add(node, self.case.panel.sex(child), || self.observation(locus, node, Some(child)));
        }
        for parent in block.iter().flat_map(|trio| trio.parents) {
            if let Parent::Person(person) = parent {
                let sex = self.persons.sex(self.case.panel, person);
                people.add(person, sex, || self.observation(locus, person, None));
            }
        }
        people
    }

    /// The pedigree of the block; `None` where there is none.
    fn related(&self, people: &People, block: &Group) -> Option<Pedigree> {
        let mut individuals = people.individuals.clone();
        let mut shared = HashMap::new();
        for trio in block {
            for (place, parent) in Place::BOTH.into_iter().zip(trio.parents) {
                let position = match parent {
                    Parent::Alone => continue,
                    Parent::Person(person) => people.nodes[&person],
                    Parent::Shared(number) => *shared.entry((place, number)).or_insert_with(|| {
                        individuals.push(Individual::founder(&individuals.len().to_string(), place.sex()));
                        individuals.len() - 1
                    }),
                };
                set_parent(&mut individuals[people.nodes[&self.persons.stands_for(trio.child)]], place, position);
            }
        }
        Pedigree::new(individuals).ok()
    }

    /// The same people, related as the children's rows say.
    fn apart(&self, people: &People, block: &Group) -> Option<Pedigree> {
        let mut individuals = people.individuals.clone();
        for trio in block {
            let known = self.known.get(&trio.child).copied().unwrap_or_default();
            for (place, known) in Place::BOTH.into_iter().zip(known) {
                if let Some(&position) = known.and_then(|known| people.nodes.get(&known)) {
                    set_parent(&mut individuals[people.nodes[&self.persons.stands_for(trio.child)]], place, position);
                }
            }
        }
        Pedigree::new(individuals).ok()
    }

    fn ln_ratio(&self, locus: usize, people: &People, related: &Pedigree, apart: &Pedigree) -> Result<f64, TableError> {
        let tables = &self.case.tables[self.table];
        let closed = &self.case.models.populations[self.table].loci[locus];
        let open = tables.model_of_pair(locus, people.observations.iter().copied())?;
        let modelled: &LocusModel = open.as_ref().map_or(closed, |pair| &pair.model);
        let model = &*match self.founders {
            Founders::Modelled => Cow::Borrowed(modelled),
            Founders::Independent => Cow::Owned(modelled.without_theta()),
        };
        let refused = |source| TableError::Likelihood { locus: model.name().to_owned(), source };
        let drop_in = self.case.settings.observation.drop_in;
        let piece = |(person, observation): (usize, &Observation)| -> Result<Evidence, LikelihoodError> {
            Ok(Evidence { person, seen: seen(model, observation.call)?, drop_out: observation.drop_out, drop_in })
        };
        let evidence = people.observations.iter().enumerate().map(piece).collect::<Result<Vec<_>, _>>();
        let mut evidence = evidence.map_err(refused)?;
        evidence.retain(|piece| piece.seen != Seen::Nothing);
        let of_apart = ln_likelihood(model, apart, &evidence).map_err(refused)?.0;
        if of_apart == f64::NEG_INFINITY {
            return Ok(0.0);
        }
        Ok(ln_likelihood(model, related, &evidence).map_err(refused)?.0 - of_apart)
    }
}

impl People {
    /// Adds a person, unless already there.
    fn add(&mut self, node: SampleIndex, sex: Sex, shows: impl FnOnce() -> Observation) {
        let position = self.individuals.len();
        if let std::collections::btree_map::Entry::Vacant(vacant) = self.nodes.entry(node) {
            vacant.insert(position);
            self.individuals.push(Individual::founder(&position.to_string(), sex));
            self.observations.push(shows());
        }
    }
}

fn set_parent(individual: &mut Individual, place: Place, position: usize) {
    match place {
        Place::Father => individual.father = Some(position),
        Place::Mother => individual.mother = Some(position),
    }
}
