//! A configuration: father and mother of every child of a component.
//!
//! Its weight is the product of the children's priors, of LR of its groups, of (k − 1)! (p / (1 − p))^(k − 1) for each unlisted
//! parent of k children (p: `prior.shared_unlisted`), and of what makes the sex of a person of unknown sex count once however
//! many children the person has.

use super::group::{Group, Groups, Parent, Trio};
use super::hypotheses::{Choice, Kid, Slot, log10_share};
use crate::inference::Place;
use crate::model::TableError;
use crate::profile::{SampleIndex, Sex};
use std::collections::{BTreeMap, BTreeSet};

/// Who takes a place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Assigned {
    /// One of the candidates who are not told apart.
    Other,
    /// This person.
    Person(SampleIndex),
    /// The unlisted parent of this number, among those of the place.
    Unlisted(u32),
}

impl Assigned {
    pub fn slot(self) -> Slot {
        match self {
            Self::Other => Slot::Other,
            Self::Person(person) => Slot::Person(person),
            Self::Unlisted(_) => Slot::Nobody,
        }
    }
}

/// A parent in a configuration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Person(SampleIndex),
    Unlisted(Place, u32),
}

fn key(place: Place, assigned: Assigned) -> Option<Key> {
    match assigned {
        Assigned::Other => None,
        Assigned::Person(person) => Some(Key::Person(person)),
        Assigned::Unlisted(number) => Some(Key::Unlisted(place, number)),
    }
}

/// Father and mother of the first children (of all, where it is whole).
#[derive(Clone, Debug)]
pub(super) struct Configuration<'k> {
    pub kids: &'k [Kid],
    /// By child, then by place.
    pub slots: Vec<[Assigned; 2]>,
    /// The children (positions) of each parent.
    children: BTreeMap<Key, BTreeSet<u32>>,
    /// The children who are candidates of others, by the sample that stands for them.
    nodes: BTreeMap<SampleIndex, u32>,
}

impl<'k> Configuration<'k> {
    /// Of nobody yet.
    pub fn new(kids: &'k [Kid]) -> Self {
        let nodes = (0..).zip(kids).map(|(at, kid)| (kid.node, at)).collect();
        Self { kids, slots: Vec::new(), children: BTreeMap::new(), nodes }
    }

    /// Gives the next child its parents.
    pub fn push(&mut self, slots: [Assigned; 2]) {
        let child = self.slots.len() as u32;
        self.slots.push(slots);
        self.add(child);
    }

    /// Takes the last child out.
    pub fn pop(&mut self) {
        let child = self.slots.len() as u32 - 1;
        self.remove(child);
        self.slots.pop();
    }

    /// Gives a child other parents.
    pub fn set(&mut self, child: usize, slots: [Assigned; 2]) {
        self.remove(child as u32);
        self.slots[child] = slots;
        self.add(child as u32);
    }

    fn keys(&self, child: u32) -> impl Iterator<Item = Key> + use<> {
        let slots = self.slots[child as usize];
        Place::BOTH.into_iter().zip(slots).filter_map(|(place, assigned)| key(place, assigned))
    }

    fn add(&mut self, child: u32) {
        for key in self.keys(child) {
            self.children.entry(key).or_default().insert(child);
        }
    }

    fn remove(&mut self, child: u32) {
        for key in self.keys(child) {
            if let Some(children) = self.children.get_mut(&key) {
                children.remove(&child);
                if children.is_empty() {
                    self.children.remove(&key);
                }
            }
        }
    }

    /// How many children the unlisted parent of this number has.
    pub fn size(&self, place: Place, number: u32) -> usize {
        self.children.get(&Key::Unlisted(place, number)).map_or(0, BTreeSet::len)
    }

    /// The children of the unlisted parent of this number.
    pub fn of_unlisted(&self, place: Place, number: u32) -> impl Iterator<Item = u32> + '_ {
        self.children.get(&Key::Unlisted(place, number)).into_iter().flatten().copied()
    }

    /// The numbers of the unlisted parents of a place.
    pub fn unlisted(&self, place: Place) -> impl Iterator<Item = u32> + '_ {
        let of_place = self.children.range(Key::Unlisted(place, 0)..=Key::Unlisted(place, u32::MAX));
        of_place.filter_map(|(key, _)| match key {
            Key::Unlisted(_, number) => Some(*number),
            Key::Person(_) => None,
        })
    }

    /// The children of whoever takes a place of a child.
    pub fn siblings(&self, child: usize, place: Place) -> Vec<u32> {
        let key = key(place, self.slots[child][place.index()]);
        let siblings = key.and_then(|key| self.children.get(&key));
        siblings.map_or_else(|| vec![child as u32], |siblings| siblings.iter().copied().collect())
    }

    /// How many children a person has.
    pub fn children_of(&self, person: SampleIndex) -> usize {
        self.children.get(&Key::Person(person)).map_or(0, BTreeSet::len)
    }

    /// The children (positions, ascending) of the group that a child is in.
    pub fn group_of(&self, child: u32) -> Vec<u32> {
        self.linked(child, |_| true)
    }

    /// The children (positions, ascending) whom unlisted parents, and listed ones who `link`, link to a child.
    fn linked(&self, child: u32, link: impl Fn(SampleIndex) -> bool) -> Vec<u32> {
        let mut found = BTreeSet::from([child]);
        let mut open = vec![child];
        while let Some(child) = open.pop() {
            let keys = self.keys(child).chain([Key::Person(self.kids[child as usize].node)]);
            for key in keys.filter(|key| !matches!(key, Key::Person(person) if !link(*person))) {
                let offspring = self.children.get(&key).into_iter().flatten().copied();
                let itself = match key {
                    Key::Person(person) => self.nodes.get(&person).filter(|&&at| (at as usize) < self.slots.len()),
                    Key::Unlisted(..) => None,
                };
                let new: Vec<u32> = offspring.chain(itself.copied()).filter(|at| found.insert(*at)).collect();
                open.extend(new);
            }
        }
        found.into_iter().collect()
    }

    /// These children, who are a group.
    pub fn group(&self, members: &[u32]) -> Group {
        let mut numbers: BTreeMap<Key, u32> = BTreeMap::new();
        let mut next = [0_u32; 2];
        let mut parent = |place: Place, assigned| match assigned {
            Assigned::Other => Parent::Alone,
            Assigned::Person(person) => Parent::Person(person),
            Assigned::Unlisted(number) if self.size(place, number) < 2 => Parent::Alone,
            Assigned::Unlisted(number) => {
                let next = &mut next[place.index()];
                Parent::Shared(*numbers.entry(Key::Unlisted(place, number)).or_insert_with(|| {
                    *next += 1;
                    *next - 1
                }))
            }
        };
        let mut trio = |&at: &u32| {
            let [father, mother] = self.slots[at as usize];
            Trio {
                child: self.kids[at as usize].child,
                parents: [parent(Place::Father, father), parent(Place::Mother, mother)],
            }
        };
        members.iter().map(&mut trio).collect()
    }

    /// All groups, in the order of their first children.
    pub fn groups(&self) -> Vec<Vec<u32>> {
        let mut seen = vec![false; self.slots.len()];
        let mut groups = Vec::new();
        for child in 0..self.slots.len() as u32 {
            if !seen[child as usize] {
                let group = self.group_of(child);
                group.iter().for_each(|&at| seen[at as usize] = true);
                groups.push(group);
            }
        }
        groups
    }

    /// Whether nobody of a group is father and mother, or its own ancestor.
    fn is_pedigree(&self, members: &[u32]) -> bool {
        let of_place = |place: usize| {
            let slots = members.iter().map(move |&at| self.slots[at as usize][place]);
            slots.filter(|slot| matches!(slot, Assigned::Person(_))).collect::<BTreeSet<_>>()
        };
        of_place(0).is_disjoint(&of_place(1)) && members.iter().all(|&at| !self.descends_from(at, at))
    }

    /// Whether a child descends from another, by the children who are parents.
    fn descends_from(&self, child: u32, ancestor: u32) -> bool {
        let mut open = vec![child];
        let mut seen = BTreeSet::new();
        while let Some(child) = open.pop() {
            for slot in self.slots[child as usize] {
                let parent = match slot {
                    Assigned::Person(person) => self.nodes.get(&person),
                    _ => None,
                };
                if let Some(&parent) = parent.filter(|&&at| (at as usize) < self.slots.len()) {
                    if parent == ancestor {
                        return true;
                    }
                    open.extend(seen.insert(parent).then_some(parent));
                }
            }
        }
        false
    }

    /// log10 of the part of the weight that groups (each with its children's positions) have.
    pub fn log10_of_group(&self, groups: &Groups<'_>, members: &[u32], log10_odds: f64) -> Result<f64, TableError> {
        if !self.is_pedigree(members) {
            return Ok(f64::NEG_INFINITY);
        }
        let mut log10 = 0.0;
        let mut parents: BTreeSet<Key> = BTreeSet::new();
        for &at in members {
            let Some(choice) = self.choice(at) else {
                return Ok(f64::NEG_INFINITY);
            };
            log10 += choice.log10_prior;
            parents.extend(self.keys(at));
        }
        for key in parents {
            let children = self.children.get(&key).map_or(0, BTreeSet::len);
            if children > 1 {
                log10 += match key {
                    Key::Unlisted(..) => (1..children).map(|k| (k as f64).log10() + log10_odds).sum::<f64>(),
                    Key::Person(person) => self.log10_of_sex(groups, person, children),
                };
            }
        }
        if log10 > f64::NEG_INFINITY {
            log10 += self.log10_lr(groups, members)?;
        }
        Ok(log10)
    }

    /// log10 LR of a group: the product over those of its children who are linked by more than a parent of certain genotype.
    fn log10_lr(&self, groups: &Groups<'_>, members: &[u32]) -> Result<f64, TableError> {
        let mut left: BTreeSet<u32> = members.iter().copied().collect();
        let mut log10 = 0.0;
        while let Some(&first) = left.first() {
            let linked = self.linked(first, |person| !groups.certain.everywhere(person));
            let alone =
                linked.iter().map(|&child| self.choice(child).map_or(f64::NEG_INFINITY, |choice| choice.log10_lr));
            let log10_alone = alone.sum();
            log10 +=
                if linked.len() == 1 { log10_alone } else { groups.log10_lr(&self.group(&linked), log10_alone)? };
            linked.iter().for_each(|child| {
                left.remove(child);
            });
        }
        Ok(log10)
    }

    fn choice(&self, child: u32) -> Option<&Choice> {
        self.kids[child as usize].choice(self.slots[child as usize].map(Assigned::slot))
    }

    /// Each child's prior has the probability of the person's sex; it is to count once.
    fn log10_of_sex(&self, groups: &Groups<'_>, person: SampleIndex, children: usize) -> f64 {
        if groups.persons.sex(groups.case.panel, person) != Sex::Unknown {
            return 0.0;
        }
        let named_by = |kid: &Kid| kid.known.contains(&Some(person));
        let of_person = self.children.get(&Key::Person(person)).into_iter().flatten();
        let named = of_person.clone().filter(|&&at| named_by(&self.kids[at as usize])).count();
        let times = (children - named).saturating_sub(1) as f64;
        let is_father = of_person.clone().any(|&at| self.slots[at as usize][0] == Assigned::Person(person));
        let place = if is_father { Place::Father } else { Place::Mother };
        if times == 0.0 { 0.0 } else { -times * log10_share(groups.case, groups.persons, person, place) }
    }

    /// log10 of the whole weight.
    pub fn log10_weight(&self, groups: &Groups<'_>, log10_odds: f64) -> Result<f64, TableError> {
        let mut log10 = 0.0;
        for members in self.groups() {
            log10 += self.log10_of_group(groups, &members, log10_odds)?;
            if log10 == f64::NEG_INFINITY {
                break;
            }
        }
        Ok(log10)
    }
}
