//! One chain: a configuration, and the moves that change it.

use super::super::configuration::{Assigned, Configuration, Identities};
use super::super::group::{Group, Groups};
use super::super::hypotheses::{Choice, Kid, Slot};
use super::super::tally::{Event, events};
use super::{BATCH, Problem};
use crate::inference::Place;
use crate::inference::joint::ChainSums;
use crate::model::TableError;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) struct Chain<'a, 'c> {
    problem: &'a Problem<'a, 'c>,
    configuration: Configuration<'a>,
    /// By place, the numbers that no unlisted parent has.
    free: [BTreeSet<u32>; 2],
    random: ChaCha8Rng,
    /// What was counted of each event,
    pub sums: BTreeMap<Event, ChainSums>,
    /// and of each group.
    pub met: HashMap<Group, ChainSums>,
    /// log10 of the greatest weight met, and its groups.
    pub best: (f64, Vec<Group>),
}

/// Other parents for some children.
type Change = Vec<(usize, [Assigned; 2])>;

impl<'a, 'c> Chain<'a, 'c> {
    /// `number`: of the chain, 0-based; it says where the chain begins, and is its seed.
    pub fn new(problem: &'a Problem<'a, 'c>, number: u64) -> Result<Self, TableError> {
        let mut random = ChaCha8Rng::seed_from_u64(number);
        let mut configuration = Configuration::new(problem.kids, Identities::default());
        for (at, kid) in problem.kids.iter().enumerate() {
            let slots = start(kid, number, &mut random);
            configuration.push(slots.map(|slot| assigned(slot, at as u32)));
        }
        if configuration.log10_weight(problem.groups, problem.log10_odds)? == f64::NEG_INFINITY {
            for (at, kid) in problem.kids.iter().enumerate() {
                configuration.set(at, start(kid, 1, &mut random).map(|slot| assigned(slot, at as u32)));
            }
        }
        let free = Place::BOTH.map(|place| {
            let mut free: BTreeSet<u32> = (0..=problem.kids.len() as u32).collect();
            configuration.unlisted(place).for_each(|number| _ = free.remove(&number));
            free
        });
        let best = (f64::NEG_INFINITY, Vec::new());
        Ok(Self { problem, configuration, free, random, sums: BTreeMap::new(), met: HashMap::new(), best })
    }

    /// Sweeps of a batch, each counted.
    pub fn batch(&mut self) -> Result<(), TableError> {
        for _ in 0..BATCH {
            self.sweep()?;
            let (events, groups) = events(&self.configuration);
            events.into_iter().for_each(|event| self.sums.entry(event).or_default().add(1.0));
            let log10_weight = self.configuration.log10_weight(self.problem.groups, self.problem.log10_odds)?;
            if log10_weight > self.best.0 {
                self.best = (log10_weight, groups.clone());
            }
            groups.into_iter().for_each(|group| self.met.entry(group).or_default().add(1.0));
        }
        let counted = self.sums.values_mut().chain(self.met.values_mut());
        counted.for_each(|sums| sums.end_batch(BATCH, BATCH as f64));
        Ok(())
    }

    /// Proposes a change of every kind for every child.
    pub fn sweep(&mut self) -> Result<(), TableError> {
        for child in 0..self.problem.kids.len() {
            for place in Place::BOTH {
                self.move_slot(child, place)?;
                self.move_siblings(child, place)?;
            }
            self.move_both(child)?;
        }
        Ok(())
    }

    /// Proposes another parent for a place of a child.
    fn move_slot(&mut self, child: usize, place: Place) -> Result<(), TableError> {
        let slots = self.configuration.slots[child];
        let with = |assigned| if place == Place::Father { [assigned, slots[1]] } else { [slots[0], assigned] };
        let fresh = self.fresh(child, place);
        let mut options: Vec<([Assigned; 2], f64)> = Vec::new();
        let mut nobody = 0.0;
        for (slot, weight) in self.problem.beside(child, place, slots[place.other().index()].slot()) {
            if slot == Slot::Nobody {
                nobody = weight;
            }
            options.push((with(assigned(slot, fresh)), weight));
        }
        if nobody > 0.0 {
            let shared = self.supports(child, place).into_iter();
            options.extend(shared.map(|(number, support)| (with(Assigned::Unlisted(number)), nobody * support)));
        }
        self.propose(child, &options)
    }

    /// Proposes another father and another mother for a child.
    fn move_both(&mut self, child: usize) -> Result<(), TableError> {
        let kid = &self.problem.kids[child];
        let fresh = Place::BOTH.map(|place| self.fresh(child, place));
        let option = |(choice, &weight): (&Choice, &f64)| {
            let [father, mother] = choice.slots;
            ([assigned(father, fresh[0]), assigned(mother, fresh[1])], weight)
        };
        let mut options: Vec<_> = kid.choices.iter().zip(&self.problem.own[child]).map(option).collect();
        let nobody = kid.choice([Slot::Nobody; 2]).map_or(0.0, Choice::posterior);
        if nobody > 0.0 {
            let mut couples = BTreeSet::new();
            for &(other, [_, both]) in &self.problem.near[child] {
                let slots = self.configuration.slots[other as usize];
                if let [Assigned::Unlisted(father), Assigned::Unlisted(mother)] = slots
                    && couples.insert((father, mother))
                {
                    options.push((slots, nobody * both));
                }
            }
        }
        self.propose(child, &options)
    }

    /// Proposes another father (mother) for all who have this child's.
    fn move_siblings(&mut self, child: usize, place: Place) -> Result<(), TableError> {
        let siblings = self.configuration.siblings(child, place);
        let at = place.index();
        if siblings.len() < 2 {
            return Ok(());
        }
        let of_kid = |&sibling: &u32| self.problem.kids[sibling as usize].choices.iter().map(|choice| choice.slots[at]);
        let slots: BTreeSet<Slot> = siblings.iter().flat_map(of_kid).filter(|slot| *slot != Slot::Other).collect();
        let slots: Vec<Slot> = slots.into_iter().collect();
        let slot = slots[self.random.random_range(0..slots.len())];
        if slot == self.configuration.slots[child][at].slot() {
            return Ok(());
        }
        if matches!(slot, Slot::Person(person) if self.configuration.children_of(person) > 0) {
            return Ok(());
        }
        let new = assigned(slot, self.unused(place));
        let change = siblings.iter().map(|&sibling| {
            let mut slots = self.configuration.slots[sibling as usize];
            slots[at] = new;
            (sibling as usize, slots)
        });
        let change = change.collect();
        self.decide(change, 0.0)
    }

    /// Draws one of the options (with their weights) for a child, and takes it or not.
    fn propose(&mut self, child: usize, options: &[([Assigned; 2], f64)]) -> Result<(), TableError> {
        let total: f64 = options.iter().map(|(_, weight)| weight).sum();
        let mut left = self.random.random::<f64>() * total;
        let drawn = options.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        let now = self.configuration.slots[child];
        let old = options.iter().find(|(slots, _)| *slots == now).map_or(0.0, |(_, weight)| *weight);
        match drawn {
            Some(&(slots, weight)) if slots != now && old > 0.0 => {
                self.decide(vec![(child, slots)], old.log10() - weight.log10())
            }
            _ => Ok(()),
        }
    }

    /// Makes a change with probability min(1, 10^log10_proposals × the weight after over the weight before). Where there are
    /// approximate weights it must pass by them first, and then by what they miss: the chain has the exact distribution all the
    /// same (Christen & Fox 2005, doi 10.1198/106186005X76983).
    fn decide(&mut self, change: Change, log10_proposals: f64) -> Result<(), TableError> {
        let before: Change = change.iter().map(|&(child, _)| (child, self.configuration.slots[child])).collect();
        let mut concerned = self.concerned(&change);
        self.make(&change);
        concerned.extend(self.concerned(&change));
        self.make(&before);
        let problem = self.problem;
        let mut missed = log10_proposals;
        if let Some(approximate) = &problem.approximate {
            let ratio = self.log10_ratio(approximate, &change, &before, &concerned)?;
            if self.random.random::<f64>() >= 10_f64.powf(ratio + log10_proposals) {
                return Ok(());
            }
            missed = -ratio;
        }
        let ratio = self.log10_ratio(problem.groups, &change, &before, &concerned)? + missed;
        if self.random.random::<f64>() < 10_f64.powf(ratio) {
            self.make(&change);
        }
        Ok(())
    }

    /// log10 of the weight after a change over that before.
    fn log10_ratio(
        &mut self,
        groups: &Groups<'_>,
        change: &Change,
        before: &Change,
        concerned: &BTreeSet<u32>,
    ) -> Result<f64, TableError> {
        self.make(change);
        let after = self.log10_of(groups, concerned);
        self.make(before);
        Ok(after? - self.log10_of(groups, concerned)?)
    }

    /// Everybody in the groups of these children.
    fn concerned(&self, change: &Change) -> BTreeSet<u32> {
        change.iter().flat_map(|&(child, _)| self.configuration.group_of(child as u32)).collect()
    }

    fn make(&mut self, change: &Change) {
        for &(child, slots) in change {
            for place in Place::BOTH {
                if let Assigned::Unlisted(number) = self.configuration.slots[child][place.index()]
                    && self.configuration.size(place, number) == 1
                {
                    self.free[place.index()].insert(number);
                }
                if let Assigned::Unlisted(number) = slots[place.index()] {
                    self.free[place.index()].remove(&number);
                }
            }
            self.configuration.set(child, slots);
        }
    }

    /// log10 of the part of the weight that these children, who are whole groups, have.
    fn log10_of(&self, groups: &Groups<'_>, children: &BTreeSet<u32>) -> Result<f64, TableError> {
        let mut left = children.clone();
        let mut log10 = 0.0;
        while let Some(&first) = left.first() {
            let members = self.configuration.group_of(first);
            members.iter().for_each(|member| {
                left.remove(member);
            });
            log10 += self.configuration.log10_of_group(groups, &members, self.problem.log10_odds)?;
            if log10 == f64::NEG_INFINITY {
                break;
            }
        }
        Ok(log10)
    }

    /// The unlisted parents (numbers) whom a child may share, with what their children make of it, by pairs: their number times the
    /// greatest.
    fn supports(&self, child: usize, place: Place) -> Vec<(u32, f64)> {
        let parent = |other: u32| match self.configuration.slots[other as usize][place.index()] {
            Assigned::Unlisted(number) => Some(number),
            _ => None,
        };
        let near = self.problem.near[child].iter();
        let mut found: Vec<(u32, f64)> = near.filter_map(|&(other, [one, _])| Some((parent(other)?, one))).collect();
        found.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
        found.dedup_by_key(|of| of.0);
        let own = parent(child as u32);
        for (number, support) in &mut found {
            let size = self.configuration.size(place, *number) - usize::from(own == Some(*number));
            *support *= size as f64;
        }
        found
    }

    /// The number of an unlisted parent of this child alone: its own, if it has one.
    fn fresh(&self, child: usize, place: Place) -> u32 {
        match self.configuration.slots[child][place.index()] {
            Assigned::Unlisted(number) if self.configuration.size(place, number) == 1 => number,
            _ => self.unused(place),
        }
    }

    /// A number that no unlisted parent of a place has.
    fn unused(&self, place: Place) -> u32 {
        self.free[place.index()].first().copied().unwrap_or(u32::MAX)
    }
}

fn assigned(slot: Slot, number: u32) -> Assigned {
    match slot {
        Slot::Nobody => Assigned::Unlisted(number),
        Slot::Other => Assigned::Other,
        Slot::Person(person) => Assigned::Person(person),
    }
}

/// Where a chain begins: the first at each child's likeliest choice, the second at nobody, the others at a draw.
fn start(kid: &Kid, chain: u64, random: &mut ChaCha8Rng) -> [Slot; 2] {
    let likeliest = || kid.choices.iter().max_by(|one, other| one.posterior().total_cmp(&other.posterior()));
    let listed = |slots: [Slot; 2]| slots.iter().filter(|slot| **slot != Slot::Nobody).count();
    let found = match chain {
        0 => likeliest(),
        1 => kid.choices.iter().min_by_key(|choice| listed(choice.slots)),
        _ => {
            let mut left = random.random::<f64>();
            let drawn = kid.choices.iter().find(|choice| {
                left -= choice.posterior();
                left < 0.0
            });
            drawn.or_else(likeliest)
        }
    };
    found.map_or([Slot::Nobody; 2], |choice| choice.slots)
}
