//! Which children have to be weighed together.
//!
//! Two children are joined where they can be siblings through an unlisted parent, where they can have one listed parent whose
//! genotype is not certain ([`super::certain`]), and where one can be the other's parent: where the probability of it, as the children's own posteriors and the LR of the two as siblings
//! have it, exceeds [`LINKED_FROM`]. Where so many are linked that they cannot be summed over, the weakest links are cut, and
//! what they come to is stated.

use super::super::people::{Columns, log10_lrs};
use super::super::roster::Child;
use super::super::{Case, MatchError};
use super::certain::Certain;
use super::hypotheses::{Kid, Slot};
use crate::inference::Place;
use crate::inheritance::Relationship;
use crate::matching::one_person::Persons;
use crate::profile::{SampleIndex, Sex};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Children are linked from this probability on.
const LINKED_FROM: f64 = 1e-6;
/// Where components are too large, links below these are cut, one after the other; none above the last.
const CUT_BELOW: [f64; 4] = [LINKED_FROM, 1e-5, 1e-4, 1e-3];
/// A child of whom more was cut has no answer: as much as a standard error may be.
pub(super) const MOST_CUT: f64 = 0.02;

/// Two children (positions, ascending), and about how probable what links them is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Link {
    pub one: usize,
    pub other: usize,
    pub probability: f64,
    /// log10 LR of the two as siblings, or 0 where that is greater.
    pub log10_support: f64,
}

/// What two children are to each other by their profiles alone: log10 LR, of several tables the greatest, as half siblings
/// (through either parent) and as full siblings.
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
    certain: &'a Certain,
    own: Vec<Own>,
    columns: Columns,
    odds: f64,
}

impl<'a> Components<'a> {
    pub fn new(
        case: &'a Case<'a>,
        persons: &'a Persons,
        children: &'a [&'a Child],
        certain: &'a Certain,
        kids: &[Vec<Kid>],
        odds: f64,
    ) -> Result<Self, MatchError> {
        let samples: Vec<u32> = children.iter().map(|child| child.sample.0).collect();
        let columns = case.panel.gather(&samples, &case.models.loci)?;
        let own = kids.iter().map(|tables| Own::of(tables)).collect();
        Ok(Self { case, persons, children, certain, own, columns, odds })
    }

    /// The links between children: pairs (ascending) and about how probable what links them is.
    pub fn links(&self) -> Result<Vec<Link>, MatchError> {
        let mut through_parents = self.with_listed_parents();
        for (one, other, posterior) in self.as_parents() {
            *through_parents.entry((one.min(other), one.max(other))).or_default() += posterior;
        }
        let of_one = |one: usize| {
            let siblings = self.siblings_of(one)?;
            let link = |other: usize| {
                let log10_support = siblings[other].full.max(siblings[other].half).max(0.0);
                let through_parent = through_parents.get(&(one, other)).copied().unwrap_or(0.0);
                let listed = through_parent * 10_f64.powf(log10_support);
                let probability = (listed + self.of_unlisted(one, other, siblings[other])).min(1.0);
                (probability > LINKED_FROM).then_some(Link { one, other, probability, log10_support })
            };
            Ok((one + 1..self.children.len()).filter_map(link).collect::<Vec<_>>())
        };
        let links = (0..self.children.len()).into_par_iter().map(of_one).collect::<Result<Vec<_>, MatchError>>()?;
        Ok(links.into_iter().flatten().collect())
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

    /// What those of these children (ascending) whom links join are to each other: by child, ascending by the other's position in them.
    pub fn siblings_among(&self, children: &[usize], links: &[Link]) -> Result<Vec<Vec<(u32, Siblings)>>, MatchError> {
        let mut linked = vec![Vec::new(); children.len()];
        for link in links {
            if let (Ok(one), Ok(other)) = (children.binary_search(&link.one), children.binary_search(&link.other)) {
                linked[one].push(other);
                linked[other].push(one);
            }
        }
        let of_one = |(&one, mut linked): (&usize, Vec<usize>)| {
            let siblings = self.siblings_of(one)?;
            linked.sort_unstable();
            Ok(linked.into_iter().map(|other| (other as u32, siblings[children[other]])).collect())
        };
        children.par_iter().zip(linked).map(of_one).collect()
    }

    /// About how probable it is that two children have an unlisted parent in common.
    fn of_unlisted(&self, one: usize, other: usize, siblings: Siblings) -> f64 {
        let [father, mother] =
            [0, 1].map(|place| self.own[one].nobody[place] * self.own[other].nobody[place] * self.odds);
        let half = father.max(mother) * 10_f64.powf(siblings.half);
        half.max(father * mother * 10_f64.powf(siblings.full))
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
                if children.len() < 2 || self.certain.everywhere(person) {
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

    /// Leaves a part of a child's own posteriors for a place to parents of no list who weigh so much beside them; all sum to 1 then.
    pub fn leave(&mut self, child: usize, place: Place, weight: f64) {
        let own = &mut self.own[child];
        let (nobody, persons) = (&mut own.nobody[place.index()], &mut own.persons[place.index()]);
        let all = *nobody + persons.iter().map(|of| of.1).sum::<f64>();
        let left = if all + weight > 0.0 { 1.0 / (all + weight) } else { 1.0 };
        *nobody *= left;
        persons.iter_mut().for_each(|of| of.1 *= left);
    }

    /// A child's own posterior of nobody of the lists for a place, of several tables the greatest.
    pub fn nobody(&self, child: usize, place: Place) -> f64 {
        self.own[child].nobody[place.index()]
    }

    /// The greatest of a child's own posteriors for a place: of nobody or of a person.
    pub fn most(&self, child: usize, place: Place) -> f64 {
        let persons = self.own[child].persons[place.index()].iter().map(|of| of.1);
        persons.fold(self.nobody(child, place), f64::max)
    }

    /// A child's own posterior of a person for a place.
    pub fn own(&self, child: usize, place: Place, person: SampleIndex) -> f64 {
        let persons = &self.own[child].persons[place.index()];
        persons.binary_search_by_key(&person, |of| of.0).map_or(0.0, |at| persons[at].1)
    }

    /// Whether a person's genotype is certain at a locus in use.
    pub fn certain(&self, person: SampleIndex, locus: usize) -> bool {
        self.certain.at(person, locus)
    }

    /// A person's sex.
    pub fn sex(&self, person: SampleIndex) -> Sex {
        self.persons.sex(self.case.panel, person)
    }

    /// The pairs of whom one is a candidate of the other, with the posterior.
    fn as_parents(&self) -> Vec<(usize, usize, f64)> {
        let node = |(at, child): (usize, &&Child)| (self.persons.stands_for(child.sample), at);
        let nodes: HashMap<SampleIndex, usize> = self.children.iter().enumerate().map(node).collect();
        let of_own = |(at, own): (usize, &Own)| {
            let parents = own.persons.iter().flatten();
            parents.filter_map(|&(person, posterior)| Some((at, *nodes.get(&person)?, posterior))).collect::<Vec<_>>()
        };
        self.own.iter().enumerate().flat_map(of_own).collect()
    }
}

/// The children of one component, ascending.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Component {
    pub children: Vec<usize>,
    /// By child, the sum of the probabilities of the links to children of other components.
    pub cut: Vec<f64>,
    /// The sum of the supports of all links in it.
    pub log10_support: f64,
}

/// The components of so many children, in the order of their first. Where one is not `small` enough, its weakest links are cut, but none
/// above the last of [`CUT_BELOW`].
pub(super) fn components(number: usize, links: &[Link], small: impl Fn(&[usize]) -> bool) -> Vec<Component> {
    let mut open = vec![((0..number).collect::<Vec<_>>(), &CUT_BELOW[..])];
    let mut found = Vec::new();
    while let Some((children, levels)) = open.pop() {
        for group in joined(&children, links, levels[0]) {
            match small(&group) || levels.len() == 1 {
                true => found.push(group),
                false => open.push((group, &levels[1..])),
            }
        }
    }
    found.sort_unstable();
    let mut component_of = vec![0; number];
    for (component, children) in found.iter().enumerate() {
        children.iter().for_each(|&child| component_of[child] = component);
    }
    let mut cut = vec![0.0; number];
    let mut supports = vec![0.0; found.len()];
    for link in links {
        if component_of[link.one] == component_of[link.other] {
            supports[component_of[link.one]] += link.log10_support;
        } else {
            cut[link.one] += link.probability;
            cut[link.other] += link.probability;
        }
    }
    let component = |(children, log10_support): (Vec<usize>, f64)| Component {
        cut: children.iter().map(|&child| cut[child]).collect(),
        children,
        log10_support,
    };
    found.into_iter().zip(supports).map(component).collect()
}

/// By child, log10 of how much all linked to it can support a choice of its parents, at most.
pub(super) fn supports(number: usize, links: &[Link]) -> Vec<f64> {
    let mut supports = vec![0.0; number];
    for link in links {
        supports[link.one] += link.log10_support;
        supports[link.other] += link.log10_support;
    }
    supports
}

/// Those of these children whom links of at least this probability join.
pub(super) fn joined(children: &[usize], links: &[Link], least: f64) -> Vec<Vec<usize>> {
    let mut first: BTreeMap<usize, usize> = children.iter().map(|&child| (child, child)).collect();
    let root = |first: &BTreeMap<usize, usize>, mut at: usize| {
        while first[&at] != at {
            at = first[&at];
        }
        at
    };
    for link in links.iter().filter(|link| link.probability >= least) {
        if first.contains_key(&link.one) && first.contains_key(&link.other) {
            let (one, other) = (root(&first, link.one), root(&first, link.other));
            first.insert(one.max(other), one.min(other));
            first.insert(link.other, one.min(other));
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    children.iter().for_each(|&child| groups.entry(root(&first, child)).or_default().push(child));
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(one: usize, other: usize, probability: f64) -> Link {
        Link { one, other, probability, log10_support: 1.0 }
    }

    #[test]
    fn the_weakest_links_of_large_components_are_cut() {
        let links = [link(0, 1, 0.9), link(1, 2, 2e-6), link(2, 3, 0.5), link(3, 4, 2e-5), link(5, 6, 3e-5)];
        let of = |small: usize| components(8, &links, |children| children.len() <= small);
        let children = |found: Vec<Component>| found.into_iter().map(|one| one.children).collect::<Vec<_>>();
        assert_eq!(children(of(5)), [vec![0, 1, 2, 3, 4], vec![5, 6], vec![7]]);
        assert_eq!(children(of(3)), [vec![0, 1], vec![2, 3, 4], vec![5, 6], vec![7]]);
        let cut = of(2);
        assert_eq!(cut[1], Component { children: vec![2, 3], cut: vec![2e-6, 2e-5], log10_support: 1.0 });
        assert_eq!(children(of(1)), [vec![0, 1], vec![2, 3], vec![4], vec![5], vec![6], vec![7]]);
    }
}
