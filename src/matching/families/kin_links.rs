//! Which children, bodies and families have to be weighed together.
//!
//! A body belongs to a family where it can be one of its missing persons; a child to a family where one of them can be its parent
//! without lying among the bodies; a child to a body where it is a candidate of the child and what the relatives say of it says
//! something of the child too, which is where its genotype is not known (or theta above 0). Each link has about the probability that
//! it matters: the body's posterior by the relatives alone, the child's own posterior, and the LR of the child as one of the family, at
//! the loci where the body leaves it open. Small cases keep every link; where a component cannot be summed over, its weakest are cut,
//! and what they come to is stated.

use super::components::{Components, Link, joined};
use super::group::{Groups, Parent, Related, Trio};
use super::hypotheses::Kid;
use super::kin::Kin;
use super::kin_part::{KinPart, MissingParents};
use crate::inference::Place;
use crate::matching::MatchError;
use crate::profile::{SampleIndex, Sex};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::LOG10_2;

/// Pairs of a child and a missing person that are looked at, at most: some seconds.
const MOST_PAIRS: usize = 20_000;
/// Where components are too large, links below these are cut, one after the other; none above the last. In components of children alone
/// nothing is cut by effect: those can be sampled.
const CUT_BELOW: [Level; 10] = [
    Level { least: f64::MIN_POSITIVE, by_effect: false },
    Level { least: 1e-9, by_effect: false },
    Level { least: 1e-6, by_effect: false },
    Level { least: 1e-5, by_effect: false },
    Level { least: 1e-4, by_effect: false },
    Level { least: 1e-3, by_effect: false },
    Level { least: 1e-6, by_effect: true },
    Level { least: 1e-5, by_effect: true },
    Level { least: 1e-4, by_effect: true },
    Level { least: 1e-3, by_effect: true },
];

/// Which links are cut.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Level {
    /// Those below this,
    least: f64,
    /// in how much they can change what is known of the parents of either child, where they link children.
    by_effect: bool,
}

/// A child (position) and a missing person as its parent: log10 LR at each locus, of several tables the greatest.
pub(super) struct AsParent {
    child: usize,
    place: Place,
    person: u32,
    log10_lrs: Vec<f64>,
}

impl AsParent {
    /// The weight of the person as the parent, beside the child's own posteriors.
    fn weight(&self, kin: &Kin<'_>, components: &Components<'_>) -> f64 {
        let log10_lr: f64 = self.log10_lrs.iter().sum();
        components.nobody(self.child, self.place) * 10_f64.powf(kin.log10_missing(self.place) + log10_lr)
    }

    /// What the relatives can support the child with, at most: at these loci.
    fn support(&self, counts: impl Fn(usize) -> bool) -> f64 {
        self.log10_lrs.iter().enumerate().filter(|(locus, _)| counts(*locus)).map(|(_, log10)| log10.max(0.0)).sum()
    }
}

/// A missing person whom a child or a body can have to do with, and about how probable that is.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Possible {
    /// Of a child's parent.
    place: Option<Place>,
    person: u32,
    probability: f64,
}

/// All links of a case.
pub(super) struct KinLinks<'a> {
    kin: &'a Kin<'a>,
    children: usize,
    /// By body, whom it can be.
    options: Vec<Vec<Possible>>,
    /// By child, the missing persons who can be its parents.
    parents: Vec<Vec<Possible>>,
    /// All of them as links between children, then families, then bodies; those between children among them.
    links: Vec<Link>,
    /// By link, at either end about how much it can change what is known of the parents, at most.
    effects: Vec<[f64; 2]>,
    /// By child, family and body, its links.
    of_elements: Vec<Vec<u32>>,
    /// By child, log10 of how much a family can support a choice of its parents, at most.
    pub supports: Vec<f64>,
}

/// What is weighed together.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct KinComponent {
    /// Children (positions), ascending.
    pub children: Vec<usize>,
    /// Bodies (numbers), ascending.
    pub bodies: Vec<u32>,
    /// Whether families take part.
    pub has_families: bool,
    /// By child the sum of the probabilities of what was cut.
    pub cut: Vec<f64>,
    /// log10 of what siblings and families can support it with, at most.
    pub log10_support: f64,
    /// Which links were cut.
    level: Level,
}

impl<'a> KinLinks<'a> {
    /// `between`: the links between children.
    pub fn new(
        kin: &'a Kin<'a>,
        components: &Components<'_>,
        as_parents: &[AsParent],
        children: usize,
        between: &[Link],
    ) -> Self {
        let mut supports = vec![0.0_f64; children];
        for pair in as_parents {
            supports[pair.child] = supports[pair.child].max(pair.support(|_| true));
        }
        let mut found = Self {
            kin,
            children,
            options: vec![Vec::new(); kin.bodies.len()],
            parents: vec![Vec::new(); children],
            links: between.to_vec(),
            effects: Vec::new(),
            of_elements: Vec::new(),
            supports,
        };
        found.add_parents(components, as_parents);
        found.add_bodies(components, as_parents);
        found.add_effects(components, children);
        found.of_elements = vec![Vec::new(); found.body(kin.bodies.len())];
        for (number, link) in (0..).zip(&found.links) {
            [link.one, link.other].into_iter().for_each(|end| found.of_elements[end].push(number));
        }
        found
    }

    fn family(&self, person: u32) -> usize {
        self.children + self.kin.family_of(person)
    }

    fn body(&self, body: usize) -> usize {
        self.children + self.kin.families.len() + body
    }

    fn link(&mut self, one: usize, other: usize, probability: f64) {
        self.links.push(Link { one, other, probability, log10_support: 0.0 });
    }

    fn add_parents(&mut self, components: &Components<'_>, as_parents: &[AsParent]) {
        for pair in as_parents.iter().filter(|pair| self.kin.can_be_parent(pair.person, pair.place)) {
            let probability = pair.weight(self.kin, components).min(1.0);
            if probability > 0.0 {
                let possible = Possible { place: Some(pair.place), person: pair.person, probability };
                self.parents[pair.child].push(possible);
                self.link(pair.child, self.family(pair.person), probability);
            }
        }
    }

    fn add_bodies(&mut self, components: &Components<'_>, as_parents: &[AsParent]) {
        let mut pairs: BTreeMap<(Place, u32), Vec<&AsParent>> = BTreeMap::new();
        as_parents.iter().for_each(|pair| pairs.entry((pair.place, pair.person)).or_default().push(pair));
        let kin = self.kin;
        for (number, &body) in kin.bodies.iter().enumerate() {
            let alone = by_relatives(kin, number);
            let is_open = |locus: usize| !components.certain(body, locus);
            let sex = components.sex(body);
            let mut of_children: BTreeMap<usize, f64> = BTreeMap::new();
            for (&person, &by_relatives) in &alone {
                let tells_sex = sex == Sex::Unknown && kin.missing[person as usize].sex != Sex::Unknown;
                let mut log10_support = 0.0;
                for pair in Place::BOTH.into_iter().filter_map(|place| pairs.get(&(place, person))).flatten() {
                    let own = components.own(pair.child, pair.place, body);
                    let says = (0..).zip(&pair.log10_lrs).any(|(locus, log10)| is_open(locus) && *log10 != 0.0);
                    if own == 0.0 || !(says || tells_sex) {
                        continue;
                    }
                    let support = pair.support(is_open) + if tells_sex { LOG10_2 } else { 0.0 };
                    log10_support += (own.log10() + support).max(0.0);
                    let together = (own * by_relatives * 10_f64.powf(support)).min(1.0);
                    let greatest = of_children.entry(pair.child).or_default();
                    *greatest = greatest.max(together);
                }
                let probability = (by_relatives * 10_f64.powf(log10_support)).clamp(f64::MIN_POSITIVE, 1.0);
                self.options[number].push(Possible { place: None, person, probability });
                self.link(self.family(person), self.body(number), probability);
            }
            for (child, probability) in of_children {
                self.link(child, self.body(number), probability.max(f64::MIN_POSITIVE));
            }
        }
    }

    /// A link between two children concerns the parents of each as far as these are open: (another parent, and the link) has at most
    /// about the probability of the link times that of another parent times what siblings can support it with.
    fn add_effects(&mut self, components: &Components<'_>, children: usize) {
        let most = |child: usize, place: Place| {
            let missing = self.parents[child].iter().filter(|possible| possible.place == Some(place));
            missing.map(|possible| possible.probability).fold(components.most(child, place), f64::max)
        };
        let open_of = |child| Place::BOTH.map(|place| 1.0 - most(child, place)).into_iter().fold(0.0, f64::max);
        let open: Vec<f64> = (0..children).map(open_of).collect();
        let effects = self.links.iter().map(|link| {
            let end = |end: usize| match link.other < children {
                true => link.probability * (open[end] * 10_f64.powf(link.log10_support)).min(1.0),
                false => link.probability,
            };
            [end(link.one), end(link.other)]
        });
        self.effects = effects.collect();
    }

    /// What a link counts at its ends.
    fn counts(&self, number: u32, level: Level) -> [f64; 2] {
        match level.by_effect {
            true => self.effects[number as usize],
            false => [self.links[number as usize].probability; 2],
        }
    }

    /// Everything in components, in the order of their first elements; where one is not `small` enough, its weakest links are cut, but
    /// none above the last of [`CUT_BELOW`]. Components without children are left out.
    pub fn components(&self, small: impl Fn(&KinComponent) -> bool) -> Vec<KinComponent> {
        let number = self.of_elements.len();
        let mut open = vec![((0..number).collect::<Vec<_>>(), &CUT_BELOW[..])];
        let mut found = Vec::new();
        while let Some((elements, levels)) = open.pop() {
            let with_children = |group: &Vec<usize>| group.iter().any(|&at| at < self.children);
            let level = levels[0];
            let links = self.links_of(&elements).into_iter().map(|number| {
                let probability = self.counts(number, level).into_iter().fold(0.0, f64::max);
                Link { probability, ..self.links[number as usize] }
            });
            let is_last =
                |component: &KinComponent| levels.len() == 1 || (!component.has_families && levels[1].by_effect);
            for group in joined(&elements, &links.collect::<Vec<_>>(), level.least).into_iter().filter(with_children) {
                let component = self.component(&group, level);
                match small(&component) || is_last(&component) {
                    true => found.push(component),
                    false => open.push((group, &levels[1..])),
                }
            }
        }
        found.sort_by(|one, other| one.children.cmp(&other.children));
        found
    }

    /// The links (numbers) that these elements (ascending) have, each once.
    fn links_of(&self, elements: &[usize]) -> Vec<u32> {
        let mut numbers: Vec<u32> = elements.iter().flat_map(|&at| self.of_elements[at].iter().copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn component(&self, elements: &[usize], level: Level) -> KinComponent {
        let first_body = self.body(0);
        let children: Vec<usize> = elements.iter().copied().filter(|&at| at < self.children).collect();
        let bodies = elements.iter().filter(|&&at| at >= first_body).map(|&at| (at - first_body) as u32).collect();
        let has_families = elements.iter().any(|at| (self.children..first_body).contains(at));
        let is_in = |at: &usize| elements.binary_search(at).is_ok();
        let mut own = vec![0.0; children.len()];
        let (mut all, mut log10_support) = (0.0, 0.0);
        for number in self.links_of(elements) {
            let (link, counts) = (self.links[number as usize], self.counts(number, level));
            let ends = [link.one, link.other];
            let inside = ends.map(|end| is_in(&end));
            if inside == [true; 2] && (link.probability >= level.least || link.other < self.children) {
                log10_support += link.log10_support;
                continue;
            }
            all +=
                inside.iter().zip(counts).map(|(inside, count)| if *inside { count } else { 0.0 }).fold(0.0, f64::max);
            for (end, count) in ends.iter().zip(counts) {
                if let Ok(at) = children.binary_search(end) {
                    own[at] += count;
                }
            }
        }
        // where families take part, what is cut of one concerns all
        let cut = if has_families { vec![all; children.len()] } else { own };
        log10_support += children.iter().map(|&child| self.supports[child]).sum::<f64>();
        KinComponent { children, bodies, has_families, cut, log10_support, level }
    }

    /// Who of a component's bodies can be whom, and which missing persons can be whose parents.
    pub fn part(&self, component: &KinComponent) -> KinPart<'a> {
        let counts = |possible: &&Possible| possible.probability >= component.level.least;
        let of_child = |&child: &usize| {
            Place::BOTH.map(|place| {
                let takes = |possible: &&Possible| possible.place == Some(place);
                persons(self.parents[child].iter().filter(takes).filter(counts))
            })
        };
        let missing: Vec<MissingParents> = component.children.iter().map(of_child).collect();
        let of_body = |&body: &u32| (body, persons(self.options[body as usize].iter().filter(counts)));
        let options = component.bodies.iter().map(of_body).filter(|(_, options)| !options.is_empty());
        let (numbers, options): (Vec<u32>, Vec<Vec<u32>>) = options.unzip();
        let bodies = numbers.into_iter().map(|body| (self.kin.bodies[body as usize], body)).collect();
        KinPart { kin: self.kin, bodies, options, missing }
    }
}

/// Ascending.
fn persons<'p>(possible: impl Iterator<Item = &'p Possible>) -> Vec<u32> {
    let mut persons: Vec<u32> = possible.map(|possible| possible.person).collect();
    persons.sort_unstable();
    persons
}

/// Whom a body can be, with the posterior by the relatives alone, of several tables the greatest.
fn by_relatives(kin: &Kin<'_>, body: usize) -> BTreeMap<u32, f64> {
    let mut found: BTreeMap<u32, f64> = BTreeMap::new();
    for table in &kin.tables {
        for (person, weights) in (0..).zip(&table.singles) {
            if weights[body] > f64::NEG_INFINITY {
                found.entry(person).or_default();
            }
        }
        for &(person, probability) in &table.alone.marginals[body] {
            let greatest = found.entry(person).or_default();
            *greatest = greatest.max(probability);
        }
    }
    found
}

/// Leaves a part of the children's own posteriors to the missing persons who can be their parents and are not found by the relatives
/// alone: children of one who was never found are then no candidates for unlisted parents.
pub(super) fn leave_to_families(
    kin: &Kin<'_>,
    components: &mut Components<'_>,
    children: usize,
    as_parents: &[AsParent],
) {
    let mut lost = vec![1.0_f64; kin.missing.len()];
    for body in 0..kin.bodies.len() {
        by_relatives(kin, body).into_iter().for_each(|(person, found)| lost[person as usize] -= found);
    }
    let mut weights: BTreeMap<(usize, Place), f64> = BTreeMap::new();
    for pair in as_parents.iter().filter(|pair| kin.can_be_parent(pair.person, pair.place)) {
        let weight = pair.weight(kin, components) * lost[pair.person as usize].max(0.0);
        *weights.entry((pair.child, pair.place)).or_default() += weight;
    }
    for child in 0..children {
        for place in Place::BOTH {
            components.leave(child, place, weights.get(&(child, place)).copied().unwrap_or(0.0));
        }
    }
}

/// Every child and every missing person who can be its parent; `None` where they are too many.
///
/// # Errors
/// A network that the likelihood engine refuses.
pub(super) fn as_parents(
    kin: &Kin<'_>,
    groups: &[Groups<'_>],
    kids: &[Vec<Kid>],
) -> Result<Option<Vec<AsParent>>, MatchError> {
    let is_typed = |person: &u32| !kin.families[kin.family_of(*person)].typed.is_empty();
    let persons: Vec<u32> = (0..kin.missing.len() as u32).filter(is_typed).collect();
    if persons.len().saturating_mul(kids.len()) > MOST_PAIRS {
        return Ok(None);
    }
    let fits = |person: u32, place: Place| {
        let sex = kin.missing[person as usize].sex;
        sex == Sex::Unknown || sex == place.sex()
    };
    let mut asked = Vec::new();
    for (child, kid) in kids.iter().enumerate().filter_map(|(child, tables)| Some((child, tables.first()?))) {
        for place in Place::BOTH.into_iter().filter(|place| kid.known[place.index()].is_none()) {
            asked.extend(persons.iter().filter(|&&person| fits(person, place)).map(|&person| (child, place, person)));
        }
    }
    let of_pair = |&(child, place, person): &(usize, Place, u32)| {
        let mut found: Option<Vec<f64>> = None;
        for (groups, kid) in groups.iter().zip(&kids[child]) {
            let of_table = log10_by_locus(groups, kid, place, person)?;
            found = match (found, of_table) {
                (Some(one), Some(other)) => Some(one.iter().zip(other).map(|(one, other)| one.max(other)).collect()),
                (one, other) => one.or(other),
            };
        }
        Ok(found.map(|log10_lrs| AsParent { child, place, person, log10_lrs }))
    };
    let found = asked.par_iter().map(of_pair).collect::<Result<Vec<_>, MatchError>>()?;
    Ok(Some(found.into_iter().flatten().collect()))
}

/// log10 LR of a missing person as a child's parent, at each locus; `None` where the two cannot be so related at all.
fn log10_by_locus(groups: &Groups<'_>, kid: &Kid, place: Place, person: u32) -> Result<Option<Vec<f64>>, MatchError> {
    let known = |known: Option<SampleIndex>| known.map_or(Parent::Alone, Parent::Person);
    let mut parents = kid.known.map(known);
    parents[place.index()] = Parent::Missing(person);
    let trios = vec![Trio { child: kid.child, parents }];
    let by_locus = groups.log10_by_locus(&Related { trios, placed: Vec::new() })?;
    Ok(Some(by_locus).filter(|by_locus| by_locus.iter().any(|&log10| log10 > f64::NEG_INFINITY)))
}
