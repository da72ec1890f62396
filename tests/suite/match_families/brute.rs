//! Every father and mother of every child at once, and every way in which unlisted parents can be shared.

use crate::match_cases::RandomCase;
use crate::match_hypotheses::{Prior, Seat};
use crate::match_oracle::{Oracle, Person, child, founder};
use filia::inheritance::Individual;
use filia::profile::Sex;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Who takes a place: nobody known, a person, or the unlisted parent of this number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Taker {
    Person(usize),
    Unlisted(usize),
}

/// A child with its father and mother.
pub type Parents = Vec<[Taker; 2]>;

/// A group: its children with their parents.
pub type Related = Vec<(usize, [Taker; 2])>;

/// A case with all that the brute force needs under one table.
pub struct Brute<'a> {
    pub case: &'a RandomCase,
    pub oracle: &'a Oracle<'a>,
    pub prior: Prior,
    pub shared: f64,
    pub table: usize,
    /// By child, then by candidate.
    pub seats: Vec<Vec<Seat>>,
    /// By locus and children with their parents.
    pub likelihoods: HashMap<(usize, Related), f64>,
}

/// The sums over all configurations under one table.
#[derive(Default)]
pub struct Sums {
    pub total: f64,
    /// By child and candidate.
    pub parent: BTreeMap<(usize, usize), f64>,
    /// By child and place.
    pub none: BTreeMap<(usize, usize), f64>,
    /// By two children: one father, one mother, both, exactly one.
    pub siblings: BTreeMap<(usize, usize), [f64; 4]>,
    pub groups: HashMap<Vec<String>, f64>,
    pub best: (f64, Vec<Vec<String>>),
}

impl Brute<'_> {
    pub fn known(&self, at: usize) -> [Option<usize>; 2] {
        let of = &self.case.children[at];
        [&of.father, &of.mother]
            .map(|id| id.as_ref().map(|id| self.case.candidates.iter().position(|other| other.id == *id).unwrap()))
    }

    /// For each child its possible fathers and mothers, `None` being nobody of the lists, with their prior over R.
    pub fn choices(&self, at: usize) -> Vec<([Option<usize>; 2], f64)> {
        let seats = &self.seats[at];
        let known = self.known(at);
        let takers = |place: usize| -> Vec<(Option<usize>, f64)> {
            if let Some(known) = known[place] {
                return vec![(Some(known), 1.0)];
            }
            let size: f64 = seats.iter().map(|seat| seat.shares[place]).sum();
            let in_list = if size > 0.0 { self.prior.in_list } else { 0.0 };
            let listed = seats.iter().enumerate().filter(|(_, seat)| seat.shares[place] > 0.0);
            let listed = listed.map(|(person, seat)| (Some(person), in_list / size / seat.ratio));
            listed.chain([(None, 1.0 - in_list)]).collect()
        };
        let mothers = takers(1);
        let pairs = takers(0)
            .into_iter()
            .flat_map(|(father, his)| mothers.iter().map(move |&(mother, hers)| ([father, mother], his * hers)));
        pairs.filter(|([father, mother], _)| father.is_none() || father != mother).collect()
    }

    pub fn sum(&mut self) -> Sums {
        let mut all = Vec::new();
        self.list(&mut Vec::new(), 1.0, &mut all);
        let mut sums = Sums::default();
        all.iter().for_each(|(parents, prior)| self.count(parents, *prior, &mut sums));
        sums
    }

    /// Every configuration with its prior (over R), given those of the first children.
    pub fn list(&self, parents: &mut Parents, weight: f64, all: &mut Vec<(Parents, f64)>) {
        let at = parents.len();
        if at == self.case.children.len() {
            let of_unlisted = self.of_partition(parents, 0) * self.of_partition(parents, 1);
            all.push((parents.clone(), weight * of_unlisted * self.of_sexes(parents)));
            return;
        }
        for (choice, prior) in self.choices(at) {
            for father in unlisted_or(choice[0], 0, parents) {
                for mother in unlisted_or(choice[1], 1, parents) {
                    parents.push([father, mother]);
                    self.list(parents, weight * prior, all);
                    parents.pop();
                }
            }
        }
    }

    /// Ewens' formula over the number of unlisted parents of each size, and what makes it 1 where nobody shares.
    pub fn of_partition(&self, parents: &Parents, place: usize) -> f64 {
        let mut sizes: BTreeMap<usize, i32> = BTreeMap::new();
        for taker in parents.iter().map(|parents| parents[place]) {
            if let Taker::Unlisted(number) = taker {
                *sizes.entry(number).or_default() += 1;
            }
        }
        if self.shared == 0.0 {
            return f64::from(u8::from(sizes.values().all(|&size| size == 1)));
        }
        let alpha = (1.0 - self.shared) / self.shared;
        let children: i32 = sizes.values().sum();
        let rising: f64 = (0..children).map(|i| alpha + f64::from(i)).product();
        let blocks: f64 = sizes.values().map(|&size| alpha * (1..size).map(f64::from).product::<f64>()).product();
        let ewens = blocks / rising;
        let all_apart = alpha.powi(children) / rising;
        ewens / all_apart
    }

    /// Everybody of unknown sex who takes places: the probability of the sex, once.
    pub fn of_sexes(&self, parents: &Parents) -> f64 {
        let mut taken: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut named = BTreeSet::new();
        for (at, takers) in parents.iter().enumerate() {
            for (place, taker) in takers.iter().enumerate() {
                if let Taker::Person(person) = *taker {
                    taken.entry(person).or_default().insert(place);
                    if self.known(at)[place] == Some(person) {
                        named.insert((person, at));
                    }
                }
            }
        }
        let of_person = |(&person, places): (&usize, &BTreeSet<usize>)| {
            if places.len() > 1 {
                return 0.0;
            }
            let asked = parents
                .iter()
                .enumerate()
                .any(|(at, takers)| takers.contains(&Taker::Person(person)) && !named.contains(&(person, at)));
            match (self.case.candidates[person].sex, places.contains(&0)) {
                (Sex::Unknown, true) if asked => self.prior.male,
                (Sex::Unknown, false) if asked => 1.0 - self.prior.male,
                _ => 1.0,
            }
        };
        taken.iter().map(of_person).product()
    }

    pub fn count(&mut self, parents: &Parents, prior: f64, sums: &mut Sums) {
        let mut weight = prior;
        let groups = groups(parents);
        for group in &groups {
            for locus in 0..self.case.loci.len() {
                for linked in self.linked(group, locus) {
                    if weight > 0.0 {
                        weight *= self.likelihood(&linked, locus);
                    }
                }
            }
        }
        if weight == 0.0 {
            return;
        }
        sums.total += weight;
        for (at, takers) in parents.iter().enumerate() {
            for (place, taker) in takers.iter().enumerate() {
                match taker {
                    Taker::Person(person) => *sums.parent.entry((at, *person)).or_default() += weight,
                    Taker::Unlisted(_) => *sums.none.entry((at, place)).or_default() += weight,
                }
            }
            for (other, others) in parents.iter().enumerate().skip(at + 1) {
                let share = [0, 1].map(|place| takers[place] == others[place]);
                let of_pair = sums.siblings.entry((at, other)).or_default();
                let holds = [share[0], share[1], share[0] && share[1], share[0] != share[1]];
                of_pair.iter_mut().zip(holds).filter(|(_, holds)| *holds).for_each(|(sum, _)| *sum += weight);
            }
        }
        let named: Vec<Vec<String>> = groups.iter().map(|group| self.members(group)).collect();
        if weight > sums.best.0 {
            sums.best = (weight, named.clone());
        }
        // two groups with the same members, related otherwise, are two families
        for (group, members) in groups.iter().zip(named) {
            let mut key = members;
            key.push(format!("{group:?}"));
            *sums.groups.entry(key).or_default() += weight;
        }
    }

    /// The listed people of a group.
    pub fn members(&self, group: &Related) -> Vec<String> {
        let mut members: Vec<String> = group.iter().map(|(at, _)| self.case.children[*at].id.clone()).collect();
        let people = group.iter().flat_map(|(_, takers)| takers).filter_map(|taker| match taker {
            Taker::Person(person) => Some(self.case.candidates[*person].id.clone()),
            Taker::Unlisted(_) => None,
        });
        members.extend(people);
        members.sort_unstable();
        members.dedup();
        members
    }

    /// With theta: the children of a group whom more than parents of certain genotype link at a locus; without it, where such
    /// parents make no difference, all.
    pub fn linked(&self, group: &Related, locus: usize) -> Vec<Related> {
        let statistics = self.oracle.statistics;
        if statistics.theta == 0.0 {
            return vec![group.clone()];
        }
        let is_certain = |taker: &Taker| match taker {
            Taker::Person(person) => {
                let of = &self.case.candidates[*person];
                let role = ["corpse", "detainee", "child"].iter().position(|role| *role == of.role).unwrap();
                let drop_out = of.drop_out.unwrap_or(statistics.drop_out[role]);
                let alleles = of.cells[locus].len();
                alleles == 2 || alleles == 1 && drop_out == 0.0 && statistics.silent == 0.0
            }
            Taker::Unlisted(_) => false,
        };
        // somebody certain is another person in each child's family
        let apart = |at: usize, taker: Taker| if is_certain(&taker) { Taker::Unlisted(1000 + at) } else { taker };
        let parents: Parents = (group.iter().enumerate())
            .map(|(number, (_, takers))| [apart(2 * number, takers[0]), apart(2 * number + 1, takers[1])])
            .collect();
        let blocks = groups(&parents).into_iter();
        blocks.map(|block| block.into_iter().map(|(number, _)| group[number]).collect()).collect()
    }

    /// P(group) over P(its people, related only as the children's rows say), at a locus.
    pub fn likelihood(&mut self, group: &Related, locus: usize) -> f64 {
        let key = (locus, group.clone());
        if let Some(&known) = self.likelihoods.get(&key) {
            return known;
        }
        let mut people: Vec<&Person> = group.iter().map(|(at, _)| &self.case.children[*at]).collect();
        let mut positions: BTreeMap<Taker, usize> = BTreeMap::new();
        let mut tree: Vec<Individual> = people.iter().map(|person| founder(&person.id, person.sex)).collect();
        for (place, &taker) in group.iter().flat_map(|(_, takers)| takers.iter().enumerate()) {
            let sex = [Sex::Male, Sex::Female][place];
            if let (Taker::Person(person), false) = (taker, positions.contains_key(&taker)) {
                positions.insert(taker, tree.len());
                people.push(&self.case.candidates[person]);
                tree.push(founder(&self.case.candidates[person].id, sex));
            }
        }
        let typed = tree.clone();
        let mut apart = typed.clone();
        let mut unlisted: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (number, (at, takers)) in group.iter().enumerate() {
            let mut parents = [None; 2];
            let mut named = [None; 2];
            for (place, taker) in takers.iter().enumerate() {
                // of an unlisted parent of one child the allele is drawn from the population
                let is_shared = group.iter().filter(|(_, others)| others[place] == *taker).count() > 1;
                parents[place] = match taker {
                    Taker::Person(_) => Some(positions[taker]),
                    Taker::Unlisted(which) => is_shared.then(|| {
                        *unlisted.entry((place, *which)).or_insert_with(|| {
                            tree.push(founder(&format!("u{place}{which}"), [Sex::Male, Sex::Female][place]));
                            tree.len() - 1
                        })
                    }),
                };
                named[place] = self.known(*at)[place].and_then(|person| positions.get(&Taker::Person(person)).copied());
            }
            let of = &self.case.children[*at];
            tree[number] = child(&of.id, of.sex, parents[0], parents[1]);
            apart[number] = child(&of.id, of.sex, named[0], named[1]);
        }
        // as for a child alone, a parent of one child without a result is nobody, unless the child's row names it
        let is_optional = |(taker, _): &(&Taker, &usize)| {
            let mut of_taker = group.iter().filter(|(_, takers)| takers.contains(taker));
            let is_named =
                |at: usize| self.known(at).into_iter().flatten().any(|person| **taker == Taker::Person(person));
            of_taker.next().is_some_and(|&(at, _)| !is_named(at)) && of_taker.next().is_none()
        };
        let optional: Vec<usize> = positions.iter().filter(is_optional).map(|(_, &position)| position).collect();
        let ratio = 10_f64.powf(self.oracle.log10_group(self.table, locus, &people, [&tree, &apart], &optional));
        self.likelihoods.insert(key, ratio);
        ratio
    }
}

/// Who can stand for a place of the next child: nobody of the lists is a parent of an earlier child, or a new one.
pub fn unlisted_or(choice: Option<usize>, place: usize, parents: &Parents) -> Vec<Taker> {
    if let Some(person) = choice {
        return vec![Taker::Person(person)];
    }
    let used: BTreeSet<Taker> =
        parents.iter().map(|takers| takers[place]).filter(|taker| matches!(taker, Taker::Unlisted(_))).collect();
    used.into_iter().chain([Taker::Unlisted(parents.len())]).collect()
}

/// The children who are linked by parents.
pub fn groups(parents: &Parents) -> Vec<Related> {
    let mut group: Vec<usize> = (0..parents.len()).collect();
    for one in 0..parents.len() {
        for other in 0..one {
            let is_person = |taker: &&Taker| matches!(taker, Taker::Person(_));
            let same_person = parents[one].iter().filter(is_person).any(|taker| parents[other].contains(taker));
            if same_person || (0..2).any(|place| parents[one][place] == parents[other][place]) {
                let (from, to) = (group[one], group[other]);
                group.iter_mut().filter(|of| **of == from).for_each(|of| *of = to);
            }
        }
    }
    let names: BTreeSet<usize> = group.iter().copied().collect();
    let members =
        |name: usize| (0..parents.len()).filter(|&at| group[at] == name).map(|at| (at, parents[at])).collect();
    names.into_iter().map(members).collect()
}
