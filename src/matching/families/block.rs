//! The likelihood ratio of a block, a group's children who are linked at a locus, by the exact network.
//!
//! Unlisted parents are untyped people. A block that is impossible where only the parents whom rows name are parents decides
//! nothing, as it does for one child.

use super::certain::as_counted;
use super::group::{Founders, Group, Groups, Parent, Related, Trio};
use super::kin::{Kin, Placed};
use crate::inference::Place;
use crate::inheritance::{Evidence, Individual, Pedigree, Seen};
use crate::likelihood::{LikelihoodError, LocusModel, ln_likelihood, seen};
use crate::model::TableError;
use crate::profile::{Call, Code, Observation, SampleIndex, Sex};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// What is seen of somebody untyped.
const NOTHING: Observation = Observation { call: Call::Missing, drop_out: 0.0 };

/// The people of a block, and what they show at the locus.
#[derive(Default)]
struct People {
    /// Everybody who is typed, by the sample that stands for the person: the position in the pedigrees.
    nodes: BTreeMap<SampleIndex, usize>,
    individuals: Vec<Individual>,
    observations: Vec<Observation>,
    /// The first position of each family that takes part.
    families: BTreeMap<usize, usize>,
}

impl Groups<'_> {
    /// log10 LR of a block at a locus in use; minus infinity where these people cannot be so related.
    ///
    /// # Errors
    /// A network that the likelihood engine refuses.
    pub(super) fn log10_of_block(&self, locus: usize, block: &Related) -> Result<f64, TableError> {
        let people = self.people(locus, block);
        match (self.related(&people, &block.trios), self.apart(&people, &block.trios)) {
            (Some(related), Some(apart)) => {
                Ok(self.ln_ratio(locus, &people, &related, &apart)? * std::f64::consts::LOG10_E)
            }
            _ => Ok(f64::NEG_INFINITY),
        }
    }

    /// Whether a person has no result at a locus.
    pub(super) fn shows_nothing(&self, person: SampleIndex, locus: usize) -> bool {
        matches!(self.observation(locus, person).call, Call::Missing | Call::SetAside)
    }

    /// What all samples of a person show at a locus, as far as it counts.
    fn observation(&self, locus: usize, person: SampleIndex) -> Observation {
        let (case, persons) = (self.basis.case, self.basis.persons);
        self.as_counted(locus, case.code_of_person(persons, person, locus), persons.sex(case.panel, person))
    }

    fn as_counted(&self, locus: usize, code: Code, sex: Sex) -> Observation {
        let case = self.basis.case;
        let model = &case.models.populations[self.table].loci[locus];
        as_counted(case.tables[self.table].observation(locus, code), model, sex)
    }

    /// The families' people first, then the children, then the listed parents.
    fn people(&self, locus: usize, block: &Related) -> People {
        let (case, persons) = (self.basis.case, self.basis.persons);
        let mut people = People::default();
        if let Some(kin) = self.kin {
            let families = self.families(block).into_iter();
            families.for_each(|family| self.add_family(locus, kin, family, &block.placed, &mut people));
        }
        for &Trio { child, .. } in &block.trios {
            let sex = self.sex_of_child(locus, block, child);
            people.add(persons.stands_for(child), sex, || self.as_counted(locus, case.code(child, locus), sex));
        }
        for parent in block.trios.iter().flat_map(|trio| trio.parents) {
            if let Parent::Person(person) = parent {
                people.add(person, persons.sex(case.panel, person), || self.observation(locus, person));
            }
        }
        people
    }

    /// Adds a family: its typed members, the bodies held to be of it, and who of it is not typed.
    fn add_family(&self, locus: usize, kin: &Kin<'_>, family: usize, placed: &Placed, people: &mut People) {
        let case = self.basis.case;
        let first = people.individuals.len();
        people.families.insert(family, first);
        let shift = |parent: Option<usize>| parent.map(|parent| first + parent);
        for (at, individual) in kin.families[family].pedigree.individuals().iter().enumerate() {
            let [father, mother] = [individual.father, individual.mother].map(shift);
            people.individuals.push(Individual::child(&(first + at).to_string(), individual.sex, father, mother));
            people.observations.push(NOTHING);
        }
        for &(member, sample) in &kin.families[family].typed {
            let at = first + member;
            people.nodes.insert(sample, at);
            people.observations[at] = self.as_counted(locus, case.code(sample, locus), people.individuals[at].sex);
        }
        for &(person, body) in placed.iter().filter(|&&(person, _)| kin.family_of(person) == family) {
            let at = first + kin.missing[person as usize].person;
            people.nodes.insert(body, at);
            if people.individuals[at].sex == Sex::Unknown {
                people.individuals[at].sex = self.basis.persons.sex(case.panel, body);
            }
            let code = case.code_of_person(self.basis.persons, body, locus);
            people.observations[at] = self.as_counted(locus, code, people.individuals[at].sex);
        }
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
                    Parent::Missing(person) => {
                        let missing = self.kin?.missing[person as usize];
                        people.families[&missing.family] + missing.person
                    }
                    Parent::Shared(number) => *shared.entry((place, number)).or_insert_with(|| {
                        individuals.push(Individual::founder(&individuals.len().to_string(), place.sex()));
                        individuals.len() - 1
                    }),
                };
                set_parent(&mut individuals[people.nodes[&self.basis.persons.stands_for(trio.child)]], place, position);
            }
        }
        Pedigree::new(individuals).ok()
    }

    /// The same people, related as the children's rows say.
    fn apart(&self, people: &People, block: &Group) -> Option<Pedigree> {
        let mut individuals = people.individuals.clone();
        for trio in block {
            let known = self.basis.known.get(&trio.child).copied().unwrap_or_default();
            for (place, known) in Place::BOTH.into_iter().zip(known) {
                if let Some(&position) = known.and_then(|known| people.nodes.get(&known)) {
                    set_parent(
                        &mut individuals[people.nodes[&self.basis.persons.stands_for(trio.child)]],
                        place,
                        position,
                    );
                }
            }
        }
        Pedigree::new(individuals).ok()
    }

    fn ln_ratio(&self, locus: usize, people: &People, related: &Pedigree, apart: &Pedigree) -> Result<f64, TableError> {
        let tables = &self.basis.case.tables[self.table];
        let closed = &self.basis.case.models.populations[self.table].loci[locus];
        let open = tables.model_of_pair(locus, people.observations.iter().copied())?;
        let modelled: &LocusModel = open.as_ref().map_or(closed, |pair| &pair.model);
        let model = &*match self.founders {
            Founders::Modelled => Cow::Borrowed(modelled),
            Founders::Independent => Cow::Owned(modelled.without_theta()),
        };
        let refused = |source| TableError::Likelihood { locus: model.name().to_owned(), source };
        let drop_in = self.basis.case.settings.observation.drop_in;
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
