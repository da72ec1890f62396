//! Every way in which bodies can be missing persons and children can have parents.

use super::case::{Prior, SEXES, Someone, TestCase};
use super::world::{Likelihoods, Node, Profile, World, founder};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Who takes a place of a child.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Taker {
    /// A candidate.
    Person(usize),
    /// A missing person (position among the members).
    Missing(usize),
    Unlisted(usize),
}

/// By candidate the missing person that it is.
pub type Identities = Vec<Option<usize>>;

pub struct Brute<'a> {
    pub case: &'a TestCase,
    pub prior: Prior,
    pub likelihoods: Likelihoods<'a>,
    /// R, by child and candidate.
    pub ratios: Vec<Vec<f64>>,
}

#[derive(Default, Debug)]
pub struct Sums {
    pub total: f64,
    pub parent: BTreeMap<(usize, usize), f64>,
    /// By child and place.
    pub none: BTreeMap<(usize, usize), f64>,
    pub missing: BTreeMap<(usize, usize, usize), f64>,
    /// By candidate and missing person.
    pub identity: BTreeMap<(usize, Option<usize>), f64>,
}

/// A configuration: who is whom, and the parents of each child.
pub type Configuration = (Identities, Vec<[Taker; 2]>);

impl<'a> Brute<'a> {
    pub fn new(case: &'a TestCase, world: &'a World, prior: Prior) -> Self {
        let mut profiles: BTreeMap<String, Profile> = BTreeMap::new();
        for person in case.children.iter().chain(&case.candidates) {
            profiles.insert(person.id.clone(), person.profile.clone());
        }
        for member in &case.members {
            if let Some(profile) = &member.typed {
                profiles.insert(member.id.clone(), profile.clone());
            }
        }
        let likelihoods = Likelihoods { world, profiles, known: HashMap::new() };
        let mut brute = Self { case, prior, likelihoods, ratios: Vec::new() };
        let ratio = |brute: &mut Self, child: &Someone, other: &Someone| brute.ratio(child, other);
        let ratios = case
            .children
            .iter()
            .map(|child| case.candidates.iter().map(|other| ratio(&mut brute, child, other)).collect::<Vec<f64>>());
        brute.ratios = ratios.collect();
        brute
    }

    /// R of a candidate who is not the parent.
    pub fn ratio(&mut self, child: &Someone, other: &Someone) -> f64 {
        let [full, second] = self.prior.relatives;
        let compared = self.case.candidates.iter().filter(|one| child.mother.as_ref() != Some(&one.id)).count() as f64;
        let among = compared.max((full + second) / 0.9);
        let strangers = [founder(&child.id), founder(&other.id)];
        let father = || Some("father".to_owned());
        let mother = || Some("mother".to_owned());
        let full_siblings = [
            founder("father"),
            founder("mother"),
            (child.id.clone(), [father(), mother()]),
            (other.id.clone(), [father(), mother()]),
        ];
        let half_siblings =
            [founder("father"), (child.id.clone(), [father(), None]), (other.id.clone(), [father(), None])];
        if full + second == 0.0 {
            return 1.0;
        }
        let none = BTreeSet::new();
        let apart = self.likelihoods.of(&strangers, &none);
        let [of_full, of_half] =
            [&full_siblings[..], &half_siblings[..]].map(|nodes| self.likelihoods.of(nodes, &none) / apart);
        1.0 - (full + second) / among + full / among * of_full + second / among * of_half
    }

    /// Every way in which bodies can be missing persons, with prior odds.
    pub fn identities(&self, so_far: &mut Identities, odds: f64, all: &mut Vec<(Identities, f64)>) {
        let Some(person) = self.case.candidates.get(so_far.len()) else {
            all.push((so_far.clone(), odds));
            return;
        };
        so_far.push(None);
        self.identities(so_far, odds, all);
        so_far.pop();
        if ["relative", "child"].contains(&person.role) {
            return;
        }
        let agrees = |&at: &usize| {
            let sex = self.case.members[at].sex;
            sex.is_empty() || person.sex.is_empty() || sex == person.sex
        };
        let possible: Vec<usize> = self.case.missing().into_iter().filter(agrees).collect();
        let own = self.prior.identified / (1.0 - self.prior.identified) / possible.len() as f64;
        for at in possible {
            if !so_far.contains(&Some(at)) {
                so_far.push(Some(at));
                self.identities(so_far, odds * own, all);
                so_far.pop();
            }
        }
    }

    /// Who can take a place of a child given who is found, with prior (over R), unlisted parents apart.
    pub fn takers(&self, child: usize, place: usize, identities: &Identities) -> Vec<(Option<Taker>, f64)> {
        let of = &self.case.children[child];
        let known = self.case.candidates.iter().position(|one| place == 1 && of.mother.as_ref() == Some(&one.id));
        if let Some(known) = known {
            return vec![(Some(Taker::Person(known)), 1.0)];
        }
        let is_known_elsewhere = |at: usize| of.mother.as_ref() == Some(&self.case.candidates[at].id);
        let share = |at: usize| match self.case.candidates[at].sex {
            _ if is_known_elsewhere(at) => 0.0,
            "" => 0.5,
            sex => f64::from(u8::from(sex == SEXES[place])),
        };
        let size: f64 = (0..self.case.candidates.len()).map(share).sum();
        let in_list = if size > 0.0 { self.prior.in_list } else { 0.0 };
        let mut takers: Vec<(Option<Taker>, f64)> = (0..self.case.candidates.len())
            .filter(|&at| share(at) > 0.0)
            .map(|at| (Some(Taker::Person(at)), in_list / size / self.ratios[child][at]))
            .collect();
        let can_be = |at: &usize| {
            let member = &self.case.members[*at];
            member.sex == SEXES[place] && self.case.has_typed(member.family)
        };
        let missing: Vec<usize> = self.case.missing().into_iter().filter(can_be).collect();
        let of_missing = if missing.is_empty() { 0.0 } else { self.prior.missing_parent };
        for &at in missing.iter().filter(|at| !identities.contains(&Some(**at))) {
            takers.push((Some(Taker::Missing(at)), (1.0 - in_list) * of_missing / missing.len() as f64));
        }
        takers.push((None, (1.0 - in_list) * (1.0 - of_missing)));
        takers
    }

    /// Every configuration with its prior.
    pub fn all(&self) -> Vec<(Configuration, f64)> {
        let mut identities = Vec::new();
        self.identities(&mut Vec::new(), 1.0, &mut identities);
        let mut all = Vec::new();
        for (identities, odds) in identities {
            self.list(&identities, &mut Vec::new(), odds, &mut all);
        }
        all
    }

    pub fn list(
        &self,
        identities: &Identities,
        parents: &mut Vec<[Taker; 2]>,
        weight: f64,
        all: &mut Vec<(Configuration, f64)>,
    ) {
        let at = parents.len();
        if at == self.case.children.len() {
            let weight = weight * self.of_unlisted(parents) * self.of_sexes(identities, parents);
            if weight > 0.0 {
                all.push(((identities.clone(), parents.clone()), weight));
            }
            return;
        }
        let [fathers, mothers] = [0, 1].map(|place| self.takers(at, place, identities));
        for &(father, his) in &fathers {
            for &(mother, hers) in mothers.iter().filter(|(mother, _)| father.is_none() || *mother != father) {
                for father in unlisted_or(father, 0, parents) {
                    for mother in unlisted_or(mother, 1, parents) {
                        parents.push([father, mother]);
                        self.list(identities, parents, weight * his * hers, all);
                        parents.pop();
                    }
                }
            }
        }
    }

    pub fn of_unlisted(&self, parents: &[[Taker; 2]]) -> f64 {
        let mut sizes: BTreeMap<(usize, Taker), u32> = BTreeMap::new();
        for takers in parents {
            for (place, taker) in takers.iter().enumerate().filter(|(_, taker)| matches!(taker, Taker::Unlisted(_))) {
                *sizes.entry((place, *taker)).or_default() += 1;
            }
        }
        let odds = self.prior.shared / (1.0 - self.prior.shared);
        sizes.values().map(|&size| (1..size).map(|k| f64::from(k) * odds).product::<f64>()).product()
    }

    pub fn of_sexes(&self, identities: &Identities, parents: &[[Taker; 2]]) -> f64 {
        let mut places: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for takers in parents {
            for (place, taker) in takers.iter().enumerate() {
                if let Taker::Person(person) = taker {
                    places.entry(*person).or_default().insert(place);
                }
            }
        }
        let of_person = |(&person, places): (&usize, &BTreeSet<usize>)| {
            let stated = identities[person].map_or("", |at| self.case.members[at].sex);
            let place = *places.first().unwrap();
            match (places.len(), self.case.candidates[person].sex, stated) {
                (1, "", "") => 0.5,
                (1, "", stated) => f64::from(u8::from(stated == SEXES[place])),
                (1, ..) => 1.0,
                _ => 0.0,
            }
        };
        places.iter().map(of_person).product()
    }

    /// Everybody: the families, the bodies in them or apart, the children.
    pub fn nodes(&self, (identities, parents): &Configuration) -> (Vec<Node>, BTreeSet<String>) {
        let case = self.case;
        // a missing person who is found has the body's label
        let label = |at: usize| {
            let found = identities.iter().position(|identity| *identity == Some(at));
            found.map_or_else(|| case.members[at].id.clone(), |body| case.candidates[body].id.clone())
        };
        let by_id = |id: &String| case.members.iter().position(|member| member.id == *id).unwrap();
        let mut nodes: Vec<Node> = Vec::new();
        for (at, member) in case.members.iter().enumerate() {
            nodes.push((label(at), member.parents.each_ref().map(|parent| parent.as_ref().map(|id| label(by_id(id))))));
        }
        for (body, person) in case.candidates.iter().enumerate() {
            if identities[body].is_none() {
                nodes.push(founder(&person.id));
            }
        }
        let mut unlisted = BTreeSet::new();
        for (child, takers) in case.children.iter().zip(parents) {
            let parent = |place: usize| match takers[place] {
                Taker::Person(person) => Some(case.candidates[person].id.clone()),
                Taker::Missing(at) => Some(label(at)),
                Taker::Unlisted(_) => {
                    let shared = parents.iter().filter(|others| others[place] == takers[place]).count() > 1;
                    shared.then(|| format!("unlisted {place} {:?}", takers[place]))
                }
            };
            let of = [0, 1].map(parent);
            unlisted.extend(of.iter().flatten().filter(|label| label.starts_with("unlisted")).cloned());
            nodes.push((child.id.clone(), of));
        }
        nodes.extend(unlisted.iter().map(|label| founder(label)));
        (nodes, self.optional(identities, parents))
    }

    /// The parents of a child alone, whom no family has: without a result at a locus they are nobody there.
    pub fn optional(&self, identities: &Identities, parents: &[[Taker; 2]]) -> BTreeSet<String> {
        let mut optional = BTreeSet::new();
        for (at, takers) in parents.iter().enumerate() {
            let is_linked = |taker: &Taker| {
                let others = parents.iter().enumerate().filter(|(other, _)| *other != at);
                let place = takers.iter().position(|own| own == taker).unwrap();
                let shared = |others: &[Taker; 2]| match taker {
                    Taker::Unlisted(_) => others[place] == *taker,
                    _ => others.contains(taker),
                };
                let family = match taker {
                    Taker::Person(person) => identities[*person].is_some(),
                    Taker::Missing(_) => true,
                    Taker::Unlisted(_) => false,
                };
                family || others.into_iter().any(|(_, others)| shared(others))
            };
            if !takers.iter().any(is_linked) {
                for taker in takers {
                    if let Taker::Person(person) = taker {
                        optional.insert(self.case.candidates[*person].id.clone());
                    }
                }
            }
        }
        optional
    }

    pub fn sum(&mut self) -> Sums {
        let mut sums = Sums::default();
        let apart = self.apart();
        for (configuration, prior) in self.all() {
            let (nodes, optional) = self.nodes(&configuration);
            let weight = prior * self.likelihoods.of(&nodes, &optional) / apart;
            sums.total += weight;
            let (identities, parents) = configuration;
            for (body, &identity) in identities.iter().enumerate() {
                *sums.identity.entry((body, identity)).or_default() += weight;
            }
            for (at, takers) in parents.iter().enumerate() {
                for (place, taker) in takers.iter().enumerate() {
                    *match *taker {
                        Taker::Person(person) => sums.parent.entry((at, person)).or_default(),
                        Taker::Missing(person) => sums.missing.entry((at, place, person)).or_default(),
                        Taker::Unlisted(_) => sums.none.entry((at, place)).or_default(),
                    } += weight;
                }
            }
        }
        sums
    }

    /// P(all that is seen | nobody is anybody's, families as listed).
    pub fn apart(&mut self) -> f64 {
        let nobody: Configuration = (vec![None; self.case.candidates.len()], Vec::new());
        let (mut nodes, optional) = self.nodes(&nobody);
        nodes.extend(self.case.children.iter().map(|child| founder(&child.id)));
        self.likelihoods.of(&nodes, &optional)
    }

    /// log10 LR of a body as a missing person, by the relatives alone.
    pub fn log10_lr(&mut self, body: usize, person: usize) -> f64 {
        let mut identities = vec![None; self.case.candidates.len()];
        let none = BTreeSet::new();
        let apart = self.nodes(&(identities.clone(), Vec::new())).0;
        identities[body] = Some(person);
        let placed = self.nodes(&(identities, Vec::new())).0;
        (self.likelihoods.of(&placed, &none) / self.likelihoods.of(&apart, &none)).log10()
    }
}

/// Who can stand for a place of the next child: an unlisted parent is that of an earlier child, or a new one.
pub fn unlisted_or(taker: Option<Taker>, place: usize, parents: &[[Taker; 2]]) -> Vec<Taker> {
    if let Some(taker) = taker {
        return vec![taker];
    }
    let used: BTreeSet<Taker> =
        parents.iter().map(|takers| takers[place]).filter(|taker| matches!(taker, Taker::Unlisted(_))).collect();
    used.into_iter().chain([Taker::Unlisted(parents.len())]).collect()
}
