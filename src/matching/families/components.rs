//! Which children have to be weighed together.
//!
//! Two children are joined where they can be siblings through an unlisted parent, where they can have one listed parent whose
//! genotype is not known everywhere (given a parent whose genotype is known, and theta 0, children are independent), and where one can be
//! the other's parent: where the probability of it, as the children's own posteriors and the LR of the two as siblings
//! have it, exceeds [`JOINED_FROM`].

use super::super::people::{Columns, log10_lrs};
use super::super::roster::Child;
use super::super::{Case, MatchError};
use super::hypotheses::{Kid, Slot};
use crate::inference::Place;
use crate::inheritance::Relationship;
use crate::matching::one_person::Persons;
use crate::profile::{Call, SampleIndex, Sex};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Children are joined from this probability on.
const JOINED_FROM: f64 = 1e-6;

/// What two children are to each other by their profiles alone: log10 LR, of several tables the greatest.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Siblings {
    pub half: f64,
    pub full: f64,
}

/// A child's own posteriors, of several tables the greatest.
struct Own {
    /// By place, of nobody of the lists.
    nobody: [f64; 2],
    /// By place, of each person.
    persons: [Vec<(SampleIndex, f64)>; 2],
}

impl Own {
    fn of(tables: &[Kid]) -> Self {
        let mut own = Self { nobody: [0.0; 2], persons: [Vec::new(), Vec::new()] };
        for place in Place::BOTH {
            let mut persons: BTreeMap<SampleIndex, f64> = BTreeMap::new();
            for (slot, posterior) in tables.iter().flat_map(|kid| kid.marginals(place)) {
                match slot {
                    Slot::Nobody => own.nobody[place.index()] = own.nobody[place.index()].max(posterior),
                    Slot::Person(person) => {
                        let greatest = persons.entry(person).or_default();
                        *greatest = greatest.max(posterior);
                    }
                    Slot::Other => {}
                }
            }
            own.persons[place.index()] = persons.into_iter().collect();
        }
        own
    }
}

/// The children of a case, by position, each under every table.
pub(super) struct Components<'a> {
    case: &'a Case<'a>,
    persons: &'a Persons,
    children: &'a [&'a Child],
    own: Vec<Own>,
    columns: Columns,
    odds: f64,
}

impl<'a> Components<'a> {
    pub fn new(
        case: &'a Case<'a>,
        persons: &'a Persons,
        children: &'a [&'a Child],
        kids: &[Vec<Kid>],
        odds: f64,
    ) -> Result<Self, MatchError> {
        let samples: Vec<u32> = children.iter().map(|child| child.sample.0).collect();
        let columns = case.panel.gather(&samples, &case.models.loci)?;
        Ok(Self { case, persons, children, own: kids.iter().map(|tables| Own::of(tables)).collect(), columns, odds })
    }

    /// The children of each component, ascending, in the order of their first.
    pub fn find(&self) -> Result<Vec<Vec<usize>>, MatchError> {
        let mut joined = Joined((0..self.children.len()).collect());
        let through_parents = self.with_listed_parents();
        let pairs = (0..self.children.len()).into_par_iter().map(|one| {
            let siblings = self.siblings_of(one)?;
            let joins = |other: &usize| {
                let siblings = siblings[*other];
                let support = 10_f64.powf(siblings.full.max(siblings.half).max(0.0));
                let through_parent = through_parents.get(&(one, *other)).map_or(0.0, |both| both * support);
                self.can_be_siblings(one, *other, siblings) || through_parent > JOINED_FROM
            };
            Ok((one + 1..self.children.len()).filter(joins).collect::<Vec<_>>())
        });
        let pairs = pairs.collect::<Result<Vec<_>, MatchError>>()?;
        for (one, others) in pairs.into_iter().enumerate() {
            others.into_iter().for_each(|other| joined.join(one, other));
        }
        self.as_parents().into_iter().for_each(|(one, other)| joined.join(one, other));
        Ok(joined.groups())
    }

    /// What all children are to this one.
    pub fn siblings_of(&self, one: usize) -> Result<Vec<Siblings>, MatchError> {
        let number = self.children.len();
        let mut siblings = vec![Siblings { half: f64::NEG_INFINITY, full: f64::NEG_INFINITY }; number];
        for (relationship, of) in [
            (Relationship::HalfSibling, (|siblings| &mut siblings.half) as fn(&mut Siblings) -> &mut f64),
            (Relationship::FullSibling, |siblings| &mut siblings.full),
        ] {
            let asked = self.children[one].asked_with(self.case, relationship, Sex::Unknown, None);
            for lines in self.case.rows_beside(&asked, None)? {
                for (siblings, log10_lr) in siblings.iter_mut().zip(log10_lrs(&self.columns, number, &lines)) {
                    *of(siblings) = of(siblings).max(log10_lr);
                }
            }
        }
        Ok(siblings)
    }

    /// What these children are to each other.
    pub fn siblings_among(&self, children: &[usize]) -> Result<Vec<Vec<Siblings>>, MatchError> {
        let of_one = |&one: &usize| {
            let siblings = self.siblings_of(one)?;
            Ok(children.iter().map(|&other| siblings[other]).collect())
        };
        children.par_iter().map(of_one).collect()
    }

    /// Whether two children may well have an unlisted parent in common.
    fn can_be_siblings(&self, one: usize, other: usize, siblings: Siblings) -> bool {
        let [father, mother] =
            [0, 1].map(|place| self.own[one].nobody[place] * self.own[other].nobody[place] * self.odds);
        let half = father.max(mother) * 10_f64.powf(siblings.half);
        half.max(father * mother * 10_f64.powf(siblings.full)) > JOINED_FROM
    }

    /// For two children, the probability that they have one listed parent whose genotype is not known, LR of siblings apart.
    fn with_listed_parents(&self) -> HashMap<(usize, usize), f64> {
        let mut found: HashMap<(usize, usize), f64> = HashMap::new();
        for place in 0..2 {
            let mut children: BTreeMap<SampleIndex, Vec<(usize, f64)>> = BTreeMap::new();
            for (at, own) in self.own.iter().enumerate() {
                for &(person, posterior) in &own.persons[place] {
                    children.entry(person).or_default().push((at, posterior));
                }
            }
            for (person, children) in children {
                if children.len() < 2 || self.is_known_everywhere(person) {
                    continue;
                }
                for (at, &(one, of_one)) in children.iter().enumerate() {
                    for &(other, of_other) in &children[at + 1..] {
                        *found.entry((one, other)).or_default() += of_one * of_other;
                    }
                }
            }
        }
        found
    }

    /// Whether what a person shows leaves no doubt of the genotype at any locus that counts, and theta is 0.
    fn is_known_everywhere(&self, person: SampleIndex) -> bool {
        let observation = &self.case.settings.observation;
        let codes = self.case.codes_of_person(self.persons, person);
        let is_known = |(locus, &code): (usize, &u16)| {
            self.case.tables.iter().enumerate().all(|(table, tables)| {
                let population = &self.case.models.populations[table];
                let (model, seen) = (&population.loci[locus], tables.observation(locus, code));
                let silent = model.definition().silent_frequency > 0.0;
                let certain = observation.drop_in == 0.0
                    && match seen.call {
                        Call::Two(..) => true,
                        Call::One(_) => seen.drop_out == 0.0 && !silent,
                        Call::Missing | Call::SetAside => false,
                    };
                !population.counts[locus] || certain && model.theta() == 0.0
            })
        };
        codes.iter().enumerate().all(is_known)
    }

    /// The pairs of whom one is a candidate of the other.
    fn as_parents(&self) -> Vec<(usize, usize)> {
        let node = |(at, child): (usize, &&Child)| (self.persons.stands_for(child.sample), at);
        let nodes: HashMap<SampleIndex, usize> = self.children.iter().enumerate().map(node).collect();
        let of_own = |(at, own): (usize, &Own)| {
            let parents = own.persons.iter().flatten().filter(|(_, posterior)| *posterior > JOINED_FROM);
            parents.filter_map(|(person, _)| Some((at, *nodes.get(person)?))).collect::<Vec<_>>()
        };
        self.own.iter().enumerate().flat_map(of_own).collect()
    }
}

/// Which children are joined: each points to one before it, or to itself.
struct Joined(Vec<usize>);

impl Joined {
    fn first(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }

    fn groups(mut self) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..self.0.len() {
            groups.entry(self.first(at)).or_default().push(at);
        }
        groups.into_values().collect()
    }
}
