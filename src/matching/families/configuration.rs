//! A configuration: father and mother of every child of a component.
//!
//! Its weight is the product of the children's priors, of LR of its groups, of (k − 1)! (p / (1 − p))^(k − 1) for each unlisted
//! parent of k children (p: `prior.shared_unlisted`), and of what makes the sex of a person of unknown sex count once however
//! many children the person has.

use super::group::{Group, Groups, Parent, Related, Trio};
use super::hypotheses::{Choice, Kid, Slot, log10_share};
use super::kin::{Kin, Placed};
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
    /// The missing person of this number, who does not lie among the bodies.
    Missing(u32),
    /// The unlisted parent of this number, among those of the place.
    Unlisted(u32),
}

impl Assigned {
    pub fn slot(self) -> Slot {
        match self {
            Self::Other => Slot::Other,
            Self::Person(person) => Slot::Person(person),
            Self::Missing(_) | Self::Unlisted(_) => Slot::Nobody,
        }
    }
}

/// A parent in a configuration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Person(SampleIndex),
    Missing(u32),
    Unlisted(Place, u32),
}

impl Key {
    /// Whether this parent links its children: every one but a listed one who does not.
    fn links(self, link: impl Fn(SampleIndex) -> bool) -> bool {
        !matches!(self, Self::Person(person) if !link(person))
    }
}

fn key(place: Place, assigned: Assigned) -> Option<Key> {
    match assigned {
        Assigned::Other => None,
        Assigned::Person(person) => Some(Key::Person(person)),
        Assigned::Missing(person) => Some(Key::Missing(person)),
        Assigned::Unlisted(number) => Some(Key::Unlisted(place, number)),
    }
}

/// Father and mother of the first children (of all, where it is whole).
#[derive(Clone)]
pub(super) struct Configuration<'k> {
    pub kids: &'k [Kid],
    /// By child, then by place.
    pub slots: Vec<[Assigned; 2]>,
    /// The children (positions) of each parent.
    children: BTreeMap<Key, BTreeSet<u32>>,
    /// The children who are candidates of others, by the sample that stands for them.
    nodes: BTreeMap<SampleIndex, u32>,
    /// The bodies (samples) that are held to be missing persons.
    identities: Identities<'k>,
}

/// Who of the bodies is held to be whom.
#[derive(Clone, Default)]
pub(super) struct Identities<'k> {
    /// The families, where they take part.
    pub kin: Option<&'k Kin<'k>>,
    /// By body (sample), the number of the missing person.
    pub of: BTreeMap<SampleIndex, u32>,
    /// The bodies that are asked about, by sample and number.
    pub bodies: &'k [(SampleIndex, u32)],
}

impl Identities<'_> {
    /// The bodies held to be of these families.
    pub fn of_families(&self, families: &BTreeSet<usize>) -> Placed {
        let Some(kin) = self.kin else { return Placed::new() };
        let of_them = self.of.iter().filter(|&(_, &person)| families.contains(&kin.family_of(person)));
        let mut placed: Placed = of_them.map(|(&body, &person)| (person, body)).collect();
        placed.sort_unstable();
        placed
    }
}

impl<'k> Configuration<'k> {
    /// Of nobody yet.
    pub fn new(kids: &'k [Kid], identities: Identities<'k>) -> Self {
        let nodes = (0..).zip(kids).map(|(at, kid)| (kid.node, at)).collect();
        Self { kids, slots: Vec::new(), children: BTreeMap::new(), nodes, identities }
    }

    /// Who of the bodies is whom.
    pub fn identities(&self) -> &BTreeMap<SampleIndex, u32> {
        &self.identities.of
    }

    /// The bodies that are asked about (by number), each with the missing person whom it is held to be.
    pub fn bodies(&self) -> impl Iterator<Item = (u32, Option<u32>)> + '_ {
        self.identities.bodies.iter().map(|(body, number)| (*number, self.identities.of.get(body).copied()))
    }

    /// The family that a parent is held to be of.
    fn family_of(&self, key: Key) -> Option<usize> {
        let person = match key {
            Key::Missing(person) => Some(person),
            Key::Person(body) => self.identities.of.get(&body).copied(),
            Key::Unlisted(..) => None,
        };
        Some(self.identities.kin?.family_of(person?))
    }

    /// The families that these children's parents are of, missing or among those who `link`.
    fn families_of(&self, members: &[u32], link: impl Fn(SampleIndex) -> bool) -> BTreeSet<usize> {
        let keys = members.iter().flat_map(|&at| self.keys(at));
        let links = keys.filter(|key| key.links(&link));
        links.filter_map(|key| self.family_of(key)).collect()
    }

    /// The children whose parents are of a family, missing or among those who `link`.
    fn children_of_family(&self, family: usize, link: impl Fn(SampleIndex) -> bool) -> Vec<u32> {
        let links = self.children.iter().filter(|(key, _)| key.links(&link));
        let of_family = links.filter(|(key, _)| self.family_of(**key) == Some(family));
        of_family.flat_map(|(_, children)| children.iter().copied()).collect()
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

    /// The numbers of the unlisted parents of a place.
    pub fn unlisted(&self, place: Place) -> impl Iterator<Item = u32> + '_ {
        let of_place = self.children.range(Key::Unlisted(place, 0)..=Key::Unlisted(place, u32::MAX));
        of_place.filter_map(|(key, _)| match key {
            Key::Unlisted(_, number) => Some(*number),
            Key::Person(_) | Key::Missing(_) => None,
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
        let mut families = BTreeSet::new();
        while let Some(child) = open.pop() {
            let keys = self.keys(child).chain([Key::Person(self.kids[child as usize].node)]);
            for key in keys.filter(|key| key.links(&link)) {
                let offspring = self.children.get(&key).into_iter().flatten().copied();
                let itself = match key {
                    Key::Person(person) => self.nodes.get(&person).filter(|&&at| (at as usize) < self.slots.len()),
                    Key::Missing(_) | Key::Unlisted(..) => None,
                };
                let family = self.family_of(key).filter(|&family| families.insert(family));
                let cousins = family.map(|family| self.children_of_family(family, &link)).unwrap_or_default();
                let all = offspring.chain(itself.copied()).chain(cousins);
                let new: Vec<u32> = all.filter(|at| found.insert(*at)).collect();
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
            Assigned::Missing(person) => Parent::Missing(person),
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
            log10 += choice.log10_prior + self.log10_of_missing(self.slots[at as usize]);
            parents.extend(self.keys(at));
        }
        for key in parents {
            let children = self.children.get(&key).map_or(0, BTreeSet::len);
            log10 += match key {
                Key::Unlisted(..) => (1..children).map(|k| (k as f64).log10() + log10_odds).sum::<f64>(),
                Key::Person(person) => self.log10_of_sex(groups, person, children),
                Key::Missing(_) => 0.0,
            };
        }
        if log10 > f64::NEG_INFINITY {
            log10 += self.log10_lr(groups, members)?;
        }
        Ok(log10)
    }

    /// log10 LR of a group: the product over those of its children who are linked by more than a parent of certain genotype.
    fn log10_lr(&self, groups: &Groups<'_>, members: &[u32]) -> Result<f64, TableError> {
        let is_open = |person: SampleIndex| !groups.basis.certain.everywhere(person);
        let mut left: BTreeSet<u32> = members.iter().copied().collect();
        let mut log10 = 0.0;
        while let Some(&first) = left.first() {
            let linked = self.linked(first, is_open);
            let alone = linked.iter().map(|&at| self.choice(at).map_or(f64::NEG_INFINITY, |choice| choice.log10_lr));
            let log10_alone = alone.sum();
            let families = self.families_of(&linked, is_open);
            log10 += match linked.len() == 1 && families.is_empty() {
                true => log10_alone,
                false => {
                    let placed = self.identities.of_families(&families);
                    groups.log10_lr(&Related { trios: self.group(&linked), placed }, log10_alone)?
                }
            };
            linked.iter().for_each(|child| {
                left.remove(child);
            });
        }
        Ok(log10)
    }

    fn choice(&self, child: u32) -> Option<&Choice> {
        self.kids[child as usize].choice(self.slots[child as usize].map(Assigned::slot))
    }

    /// log10 of the prior of missing persons as parents, over that of other unlisted ones.
    fn log10_of_missing(&self, slots: [Assigned; 2]) -> f64 {
        let Some(kin) = self.identities.kin else { return 0.0 };
        let missing = Place::BOTH.into_iter().zip(slots).filter(|(_, slot)| matches!(slot, Assigned::Missing(_)));
        missing.map(|(place, _)| kin.log10_missing(place)).sum()
    }

    /// Each child's prior has the probability of the person's sex; it is to count once, and not at all where the person is held to be
    /// somebody whose sex is known.
    fn log10_of_sex(&self, groups: &Groups<'_>, person: SampleIndex, children: usize) -> f64 {
        let missing = self.identities.of.get(&person).zip(self.identities.kin);
        let stated = missing.map_or(Sex::Unknown, |(&missing, kin)| kin.missing[missing as usize].sex);
        if (children < 2 && stated == Sex::Unknown)
            || groups.basis.persons.sex(groups.basis.case.panel, person) != Sex::Unknown
        {
            return 0.0;
        }
        let named_by = |kid: &Kid| kid.known.contains(&Some(person));
        let of_person = self.children.get(&Key::Person(person)).into_iter().flatten();
        let named = of_person.clone().filter(|&&at| named_by(&self.kids[at as usize])).count();
        let is_father = of_person.clone().any(|&at| self.slots[at as usize][0] == Assigned::Person(person));
        let place = if is_father { Place::Father } else { Place::Mother };
        if stated != Sex::Unknown && stated != place.sex() {
            return f64::NEG_INFINITY;
        }
        let once = usize::from(stated == Sex::Unknown);
        let times = (children - named).saturating_sub(once) as f64;
        if times == 0.0 { 0.0 } else { -times * log10_share(groups.basis.case, groups.basis.persons, person, place) }
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
