//! A group: children who are linked by parents, listed or not; and its likelihood ratio, by the exact network.
//!
//! LR(group) = Π over the loci of P(all that is seen of the children and their listed parents | they are so related) over the same
//! where only the parents whom the children's rows name are parents. Unlisted parents are untyped people. A locus that is
//! impossible under the second decides nothing, as it does for one child.

use super::super::Case;
use crate::inference::Place;
use crate::inheritance::{Evidence, Individual, Pedigree, Seen};
use crate::likelihood::{Chromosome, LikelihoodError, LocusModel, ln_likelihood, seen};
use crate::matching::one_person::Persons;
use crate::model::TableError;
use crate::profile::{Call, Code, Observation, SampleIndex, Sex};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

/// The work on the groups of a component under one table, at most, in people³ · loci: some seconds.
const MOST_WORK: u64 = 2_000_000;
/// How many times as much a locus with theta is, where all founder alleles depend on each other.
const WORK_OF_THETA: u64 = 20;

/// Who takes a place of a child of a group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::matching) enum Parent {
    /// Nobody of the lists who has another child of the case.
    Alone,
    /// The n-th (0-based) unlisted parent of this place who has several children of the group.
    Shared(u32),
    /// This person.
    Person(SampleIndex),
}

/// One child of a group with its parents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::matching) struct Trio {
    pub child: SampleIndex,
    pub parents: [Parent; 2],
}

/// The children of a group, ascending.
pub(in crate::matching) type Group = Vec<Trio>;

/// What the likelihoods of groups under one frequency table rest on, and those computed so far.
pub(super) struct Groups<'c> {
    pub case: &'c Case<'c>,
    pub persons: &'c Persons,
    /// By child, whom its row names.
    pub known: &'c HashMap<SampleIndex, [Option<SampleIndex>; 2]>,
    pub table: usize,
    memo: RwLock<HashMap<Group, f64>>,
    /// Of all that were computed.
    work: AtomicU64,
}

/// The people of a group.
struct People {
    /// Everybody who is typed, by the sample that stands for the person: the position in the pedigrees.
    nodes: BTreeMap<SampleIndex, usize>,
    individuals: Vec<Individual>,
    /// What each typed person shows, by locus in use.
    codes: Vec<Vec<Code>>,
}

impl<'c> Groups<'c> {
    pub fn new(
        case: &'c Case<'c>,
        persons: &'c Persons,
        known: &'c HashMap<SampleIndex, [Option<SampleIndex>; 2]>,
        table: usize,
    ) -> Self {
        Self { case, persons, known, table, memo: RwLock::default(), work: AtomicU64::new(0) }
    }

    /// Whether more was computed than may be.
    pub fn are_too_many(&self) -> bool {
        self.work.load(Ordering::Relaxed) > MOST_WORK
    }

    /// log10 LR of a group; minus infinity where these people cannot be so related.
    ///
    /// # Errors
    /// A network that the likelihood engine refuses.
    pub fn log10_lr(&self, group: &Group) -> Result<f64, TableError> {
        if let Some(&known) = self.memo.read().unwrap_or_else(PoisonError::into_inner).get(group) {
            return Ok(known);
        }
        if self.are_too_many() {
            // what comes of it is not used
            return Ok(f64::NEG_INFINITY);
        }
        let log10_lr = self.compute(group)?;
        if self.memo.write().unwrap_or_else(PoisonError::into_inner).insert(group.clone(), log10_lr).is_none() {
            self.work.fetch_add(self.work_of(group), Ordering::Relaxed);
        }
        Ok(log10_lr)
    }

    fn work_of(&self, group: &Group) -> u64 {
        let listed = group.iter().flat_map(|trio| trio.parents);
        let parents: BTreeSet<Parent> = listed.filter(|parent| *parent != Parent::Alone).collect();
        let of_locus = |model: &LocusModel| if model.theta() > 0.0 { WORK_OF_THETA } else { 1 };
        let loci: u64 = self.case.models.populations[self.table].loci.iter().map(of_locus).sum();
        ((group.len() + parents.len()) as u64).pow(3) * loci
    }

    fn compute(&self, group: &Group) -> Result<f64, TableError> {
        let people = self.people(group);
        let (Some(related), Some(apart)) = (self.related(&people, group), self.apart(&people, group)) else {
            return Ok(f64::NEG_INFINITY);
        };
        let mut ln_ratio = 0.0;
        for locus in 0..self.case.models.loci.len() {
            ln_ratio += self.at_locus(locus, &people, &related, &apart)?;
        }
        Ok(ln_ratio * std::f64::consts::LOG10_E)
    }

    /// The children first, then the listed parents.
    fn people(&self, group: &Group) -> People {
        let mut people = People { nodes: BTreeMap::new(), individuals: Vec::new(), codes: Vec::new() };
        for trio in group {
            people.add(
                self.persons.stands_for(trio.child),
                self.case.panel.sex(trio.child),
                self.case.codes(trio.child),
            );
        }
        for parent in group.iter().flat_map(|trio| trio.parents) {
            if let Parent::Person(person) = parent {
                let sex = self.persons.sex(self.case.panel, person);
                people.add(person, sex, self.case.codes_of_person(self.persons, person));
            }
        }
        people
    }

    /// The pedigree of the group; `None` where there is none.
    fn related(&self, people: &People, group: &Group) -> Option<Pedigree> {
        let mut individuals = people.individuals.clone();
        let mut shared = HashMap::new();
        for trio in group {
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
    fn apart(&self, people: &People, group: &Group) -> Option<Pedigree> {
        let mut individuals = people.individuals.clone();
        for trio in group {
            let known = self.known.get(&trio.child).copied().unwrap_or_default();
            for (place, known) in Place::BOTH.into_iter().zip(known) {
                if let Some(&position) = known.and_then(|known| people.nodes.get(&known)) {
                    set_parent(&mut individuals[people.nodes[&self.persons.stands_for(trio.child)]], place, position);
                }
            }
        }
        Pedigree::new(individuals).ok()
    }

    /// ln LR at a locus in use.
    fn at_locus(&self, locus: usize, people: &People, related: &Pedigree, apart: &Pedigree) -> Result<f64, TableError> {
        let population = &self.case.models.populations[self.table];
        if !population.counts[locus] {
            return Ok(0.0);
        }
        let tables = &self.case.tables[self.table];
        let closed = &population.loci[locus];
        let observations: Vec<Observation> = (people.codes.iter().zip(&people.individuals))
            .map(|(codes, person)| as_counted(tables.observation(locus, codes[locus]), closed, person.sex))
            .collect();
        let open = tables.model_of_pair(locus, observations.iter().copied())?;
        let model = open.as_ref().map_or(closed, |pair| &pair.model);
        let refused = |source| TableError::Likelihood { locus: model.name().to_owned(), source };
        let drop_in = self.case.settings.observation.drop_in;
        let piece = |(person, observation): (usize, &Observation)| -> Result<Evidence, LikelihoodError> {
            Ok(Evidence { person, seen: seen(model, observation.call)?, drop_out: observation.drop_out, drop_in })
        };
        let evidence = observations.iter().enumerate().map(piece).collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let evidence: Vec<_> = evidence.into_iter().filter(|piece| piece.seen != Seen::Nothing).collect();
        let of_apart = ln_likelihood(model, apart, &evidence).map_err(refused)?.0;
        if of_apart == f64::NEG_INFINITY {
            return Ok(0.0);
        }
        Ok(ln_likelihood(model, related, &evidence).map_err(refused)?.0 - of_apart)
    }
}

impl People {
    /// Adds a person, unless already there.
    fn add(&mut self, node: SampleIndex, sex: Sex, codes: Vec<Code>) {
        let position = self.individuals.len();
        if let std::collections::btree_map::Entry::Vacant(vacant) = self.nodes.entry(node) {
            vacant.insert(position);
            self.individuals.push(Individual::founder(&position.to_string(), sex));
            self.codes.push(codes);
        }
    }
}

fn set_parent(individual: &mut Individual, place: Place, position: usize) {
    match place {
        Place::Father => individual.father = Some(position),
        Place::Mother => individual.mother = Some(position),
    }
}

/// An observation as far as it counts: on the X chromosome nothing of somebody whose sex is not known, and no two alleles of a male.
fn as_counted(observation: Observation, model: &LocusModel, sex: Sex) -> Observation {
    let counts = match (model.chromosome(), sex) {
        (Chromosome::Autosomal, _) | (_, Sex::Female) => true,
        (_, Sex::Male) => !matches!(observation.call, Call::Two(..)),
        (_, Sex::Unknown) => false,
    };
    if counts { observation } else { Observation { call: Call::Missing, drop_out: 0.0 } }
}
