//! Which body is which missing person, by the case's posterior.

use super::components::{Component, MOST_CUT};
use super::kin::Kin;
use super::tally::Event;
use super::{Answered, Solved};
use crate::profile::SampleIndex;
use std::collections::{BTreeMap, BTreeSet};

/// Who a body is, by the case's posterior.
#[derive(Clone, PartialEq, Debug)]
pub struct Identity {
    /// The sample that stands for the body.
    pub body: SampleIndex,
    /// The missing persons (numbers, ascending) that it can be, with their probabilities; of several tables the lowest.
    pub persons: Vec<(u32, f64)>,
    /// The probability of being none of them, of several tables the highest.
    pub nobody: f64,
    /// How many children were weighed with it.
    pub children: usize,
    /// How far the probabilities can be off, about: the greatest standard error where they were sampled, and what was left out.
    pub error: f64,
}

/// The bodies, and why there can be less than was asked for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Identities {
    /// By body.
    pub bodies: Vec<Identity>,
    /// By missing person, then by body: log10 LR of the body as that person, by the relatives alone.
    pub log10_lrs: Vec<Vec<Option<f64>>>,
    /// Components of children and families that were summed over,
    pub exact: usize,
    /// and those left open, whose bodies rest on the relatives alone and whose children have no answer.
    pub open: usize,
    /// Whether nobody was looked at with the children, because there are too many pairs of a child and a missing person.
    pub are_too_many: bool,
}

impl Identities {
    /// What the relatives alone say.
    pub(super) fn by_relatives(kin: &Kin<'_>) -> Self {
        let of_body = |body: usize| {
            let mut tables: Vec<(BTreeMap<u32, f64>, f64)> = Vec::new();
            let mut error = 0.0_f64;
            for table in &kin.tables {
                let alone = table.alone;
                tables.push((alone.marginals[body].iter().copied().collect(), alone.nobody[body]));
                let spreads = alone.sampling.iter().flat_map(|sampling| {
                    sampling.persons[body].iter().chain([&sampling.nobody[body]]).map(|spread| spread.standard_error)
                });
                error = spreads.fold(error.max(alone.lost), f64::max);
            }
            Identity::lowest(kin.bodies[body], &tables, 0, error)
        };
        let bodies = (0..kin.bodies.len()).map(of_body).collect();
        Self { bodies, log10_lrs: kin.log10_lrs.clone(), ..Self::default() }
    }

    /// Takes in the answer about a component.
    pub(super) fn take_in(&mut self, answered: &Answered) {
        let Some(solved) = &answered.tables else {
            self.open += 1;
            return;
        };
        let Component { children, cut, .. } = &answered.component;
        let error = cut.iter().copied().fold(0.0, f64::max);
        if error > MOST_CUT {
            self.open += 1;
            return;
        }
        self.exact += 1;
        for &body in &answered.bodies {
            let of_table = |solved: &Solved| {
                let events = solved.events.range(Event::Is(body, None)..=Event::Is(body, Some(u32::MAX)));
                let (mut persons, mut nobody) = (BTreeMap::new(), None);
                for (event, &(probability, _)) in events {
                    match event {
                        Event::Is(_, Some(person)) => _ = persons.insert(*person, probability),
                        _ => nobody = Some(probability),
                    }
                }
                Some((persons, nobody?))
            };
            // a body of which nothing is left to ask has what the relatives say
            if let Some(tables) = solved.iter().map(of_table).collect::<Option<Vec<_>>>() {
                let identity = &mut self.bodies[body as usize];
                *identity = Identity::lowest(identity.body, &tables, children.len(), error);
            }
        }
    }
}

impl Identity {
    /// The lowest probability of each person over the tables, and the highest of nobody.
    fn lowest(body: SampleIndex, tables: &[(BTreeMap<u32, f64>, f64)], children: usize, error: f64) -> Self {
        let persons: BTreeSet<u32> = tables.iter().flat_map(|(persons, _)| persons.keys().copied()).collect();
        let lowest = |person: u32| {
            let by_table = tables.iter().map(|(persons, _)| persons.get(&person).copied().unwrap_or(0.0));
            (person, by_table.reduce(f64::min).unwrap_or(0.0))
        };
        let nobody = tables.iter().map(|(_, nobody)| *nobody).reduce(f64::max).unwrap_or(1.0);
        Self { body, persons: persons.into_iter().map(lowest).collect(), nobody, children, error }
    }
}
