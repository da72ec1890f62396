//! The case's posterior by brute force: every father and mother of every child at once, and every way in which unlisted parents can be
//! shared, each weighed on its own with likelihoods of pedigrees that are written down here.

use super::match_cases::RandomCase;
use super::match_hypotheses::{DEFAULT, Prior, Seat, lowest, seats};
use super::match_oracle::{Oracle, Person, Statistics, child, founder};
use super::match_support::{Folder, Row, assert_close, number};
use filia::inheritance::{Individual, MutationModel};
use filia::io::{frequency_file::load_table, source::Inputs};
use filia::profile::{Allele, LocusName, Sex};
use filia::settings::RatesSource;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const LOCI: [&str; 4] = ["D3S1358", "vWA", "TH01", "FGA"];
const SEARCH: &str = "match --children children.csv --candidates candidates.csv --config settings.toml --min-log10-lr none --top 1000 --out out";

fn statistics(model: MutationModel, theta: f64) -> Statistics {
    Statistics {
        tables: vec!["nist1036:cauc"],
        renormalise: false,
        theta,
        model,
        rates: RatesSource::Pair { female: 0.002, male: 0.004 },
        silent: 0.0,
        drop_in: 0.0,
        drop_out: [0.0; 3],
    }
}

/// Who takes a place: nobody known, a person, or the unlisted parent of this number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Taker {
    Person(usize),
    Unlisted(usize),
}

/// A child with its father and mother.
type Parents = Vec<[Taker; 2]>;

/// A group: its children with their parents.
type Related = Vec<(usize, [Taker; 2])>;

/// A case with all that the brute force needs under one table.
struct Brute<'a> {
    case: &'a RandomCase,
    oracle: &'a Oracle<'a>,
    prior: Prior,
    shared: f64,
    table: usize,
    /// By child, then by candidate.
    seats: Vec<Vec<Seat>>,
    /// By locus and children with their parents.
    likelihoods: HashMap<(usize, Related), f64>,
}

/// The sums over all configurations under one table.
#[derive(Default)]
struct Sums {
    total: f64,
    /// By child and candidate.
    parent: BTreeMap<(usize, usize), f64>,
    /// By child and place.
    none: BTreeMap<(usize, usize), f64>,
    /// By two children: one father, one mother, both, exactly one.
    siblings: BTreeMap<(usize, usize), [f64; 4]>,
    groups: HashMap<Vec<String>, f64>,
    best: (f64, Vec<Vec<String>>),
}

impl Brute<'_> {
    fn known(&self, at: usize) -> [Option<usize>; 2] {
        let of = &self.case.children[at];
        [&of.father, &of.mother]
            .map(|id| id.as_ref().map(|id| self.case.candidates.iter().position(|other| other.id == *id).unwrap()))
    }

    /// For each child its possible fathers and mothers, `None` being nobody of the lists, with their prior over R.
    fn choices(&self, at: usize) -> Vec<([Option<usize>; 2], f64)> {
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

    fn sum(&mut self) -> Sums {
        let mut all = Vec::new();
        self.list(&mut Vec::new(), 1.0, &mut all);
        let mut sums = Sums::default();
        all.iter().for_each(|(parents, prior)| self.count(parents, *prior, &mut sums));
        sums
    }

    /// Every configuration with its prior (over R), given those of the first children.
    fn list(&self, parents: &mut Parents, weight: f64, all: &mut Vec<(Parents, f64)>) {
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
    fn of_partition(&self, parents: &Parents, place: usize) -> f64 {
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
    fn of_sexes(&self, parents: &Parents) -> f64 {
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

    fn count(&mut self, parents: &Parents, prior: f64, sums: &mut Sums) {
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
    fn members(&self, group: &Related) -> Vec<String> {
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
    fn linked(&self, group: &Related, locus: usize) -> Vec<Related> {
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
    fn likelihood(&mut self, group: &Related, locus: usize) -> f64 {
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
fn unlisted_or(choice: Option<usize>, place: usize, parents: &Parents) -> Vec<Taker> {
    if let Some(person) = choice {
        return vec![Taker::Person(person)];
    }
    let used: BTreeSet<Taker> =
        parents.iter().map(|takers| takers[place]).filter(|taker| matches!(taker, Taker::Unlisted(_))).collect();
    used.into_iter().chain([Taker::Unlisted(parents.len())]).collect()
}

/// The children who are linked by parents.
fn groups(parents: &Parents) -> Vec<Related> {
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

/// Children of a few families, the fathers with few loci, some of them listed; and strangers.
struct Families {
    random: ChaCha8Rng,
    loci: Vec<LocusName>,
    tables: Vec<Vec<(Allele, f64)>>,
    statistics: Statistics,
}

type Genotypes = Vec<[Allele; 2]>;

impl Families {
    fn new(seed: u64, statistics: &Statistics) -> Self {
        let loci: Vec<_> = LOCI.iter().map(|name| LocusName::new(name)).collect();
        let table = load_table(statistics.tables[0], &Inputs::default()).unwrap();
        let tables = loci.iter().map(|locus| table.locus(locus).unwrap().frequencies.clone()).collect();
        Self { random: ChaCha8Rng::seed_from_u64(seed), loci, tables, statistics: statistics.clone() }
    }

    fn stranger(&mut self) -> Genotypes {
        let random = &mut self.random;
        let mut draw = |table: &Vec<(Allele, f64)>| {
            let mut left = random.random::<f64>();
            let found = table.iter().find(|(_, frequency)| {
                left -= frequency;
                left < 0.0
            });
            found.unwrap_or(&table[0]).0
        };
        self.tables.iter().map(|table| [draw(table), draw(table)]).collect()
    }

    fn child(&mut self, father: &Genotypes, mother: &Genotypes) -> Genotypes {
        let pairs = father.iter().zip(mother);
        pairs.map(|(his, hers)| [his[self.random.random_range(0..2)], hers[self.random.random_range(0..2)]]).collect()
    }

    /// `kept`: the share of loci with a result.
    fn person(&mut self, id: String, role: &'static str, sex: Sex, genotypes: &Genotypes, kept: f64) -> Person {
        let mut person = Person { id, role, sex, mother: None, father: None, drop_out: None, cells: Vec::new() };
        let drop_out = self.statistics.drop_out_of(&person);
        for alleles in genotypes {
            let mut cell = alleles.to_vec();
            cell.retain(|_| self.random.random::<f64>() >= drop_out);
            cell.sort_unstable();
            cell.dedup();
            if self.random.random::<f64>() >= kept {
                cell.clear();
            }
            person.cells.push(cell);
        }
        person
    }

    /// `names`: whether some children name their mothers; `unknown`: whether some candidates have no sex.
    fn case(&mut self, children: usize, names: bool, unknown: bool) -> RandomCase {
        let (mut all, mut candidates) = (Vec::new(), Vec::new());
        let mut fathers = [self.stranger(), self.stranger()];
        let mut mothers = [self.stranger(), self.stranger()];
        let of = |at: usize, shift: usize| (at >> shift) & 1;
        for at in 0..children {
            let number = self.random.random_range(0..4_usize);
            let genotypes = self.child(&fathers[of(number, 0)].clone(), &mothers[of(number, 1)].clone());
            let mut person = self.person(format!("c{at}"), "child", [Sex::Male, Sex::Female][at % 2], &genotypes, 0.9);
            if names && self.random.random::<f64>() < 0.5 {
                person.mother = Some(format!("m{}", of(number, 1)));
            }
            all.push(person);
        }
        for number in 0..2 {
            let listed = |families: &mut Self| families.random.random::<f64>() < 0.7;
            let sex = |sex, families: &mut Self| {
                if unknown && families.random.random::<f64>() < 0.4 { Sex::Unknown } else { sex }
            };
            if listed(self) {
                let sex = sex(Sex::Male, self);
                let person =
                    self.person(format!("f{number}"), "corpse", sex, &std::mem::take(&mut fathers[number]), 0.5);
                candidates.push(person);
            }
            if names || listed(self) {
                let sex = sex(Sex::Female, self);
                let person =
                    self.person(format!("m{number}"), "detainee", sex, &std::mem::take(&mut mothers[number]), 0.8);
                candidates.push(person);
            }
        }
        if candidates.is_empty() {
            let genotypes = self.stranger();
            candidates.push(self.person("s0".to_owned(), "corpse", Sex::Male, &genotypes, 0.8));
        }
        RandomCase { loci: self.loci.clone(), children: all, candidates }
    }
}

/// Writes the case, searches, and checks every number of the case's answer; where it was sampled, the posteriors within four
/// standard errors.
fn check(case: &RandomCase, statistics: &Statistics, prior: Prior, shared: f64) {
    let folder = Folder::new();
    case.write(&folder, statistics);
    let of_case = prior.toml().replace("[prior.relatives]", &format!("shared_unlisted = {shared}\n[prior.relatives]"));
    folder.write("settings.toml", statistics.toml() + &of_case);
    folder.succeed(SEARCH);
    assert!(folder.table("out/direct_matches.csv").is_empty(), "another seed: two people look like one");
    let is_sampled = folder.json("out/manifest.json")["families"]["sampled"] == 1;
    if folder.json("out/manifest.json")["families"]["left_open"] == 1 {
        // three children among whom everybody of unknown sex can be everything: nothing is stated
        assert!(folder.table("out/matches.csv").iter().any(|row| row["posterior_case"].is_empty()));
        assert!(case.children.len() == 3 && case.candidates.iter().any(|person| person.sex == Sex::Unknown));
        return;
    }
    let oracle = Oracle::new(statistics, &case.loci);
    let by_table: Vec<Sums> = (0..statistics.tables.len())
        .map(|table| {
            let of_child = |of: &Person| seats(case, &oracle, of, prior, table);
            let seats = case.children.iter().map(of_child).collect();
            Brute { case, oracle: &oracle, prior, shared, table, seats, likelihoods: HashMap::new() }.sum()
        })
        .collect();
    let lowest_of = |value: &dyn Fn(&Sums) -> f64| {
        lowest(&by_table.iter().map(|sums| value(sums) / sums.total).collect::<Vec<_>>())
    };
    let child_at = |id: &str| case.children.iter().position(|of| of.id == id).unwrap();
    let person_at = |id: &str| case.candidates.iter().position(|of| of.id == id).unwrap();
    for row in folder.table("out/matches.csv") {
        let key = (child_at(&row["child_id"]), person_at(&row["candidate_id"]));
        let right = lowest_of(&|sums| sums.parent.get(&key).copied().unwrap_or(0.0));
        let error = number(&row, "posterior_case_error");
        assert_eq!(error > 0.0, is_sampled);
        assert_close(number(&row, "posterior_case"), right, (4.0 * error).max(2e-9), &format!("{row:?}"));
    }
    if is_sampled {
        return;
    }
    check_siblings(&folder.table("out/sibships.csv"), &by_table, &child_at);
    check_none(&folder.table("out/status.csv"), &by_table, &child_at);
    check_families(&folder.table("out/families.csv"), &by_table);
}

fn check_siblings(rows: &[Row], by_table: &[Sums], child_at: &dyn Fn(&str) -> usize) {
    for row in rows {
        let key = (child_at(&row["child_a"]), child_at(&row["child_b"]));
        for (at, column) in ["share_father", "share_mother", "full", "half"].into_iter().enumerate() {
            let of_tables: Vec<f64> = by_table.iter().map(|sums| sums.siblings[&key][at] / sums.total).collect();
            assert_close(number(row, column), lowest(&of_tables), 2e-9, &format!("{column}: {row:?}"));
        }
    }
    let listed =
        |key: &(usize, usize)| rows.iter().any(|row| (child_at(&row["child_a"]), child_at(&row["child_b"])) == *key);
    for (key, of_pair) in &by_table[0].siblings {
        let most = of_pair[0].max(of_pair[1]) / by_table[0].total;
        assert!(listed(key) || by_table.len() > 1 || most < 1.1e-6, "{key:?} {most}");
    }
}

fn check_none(rows: &[Row], by_table: &[Sums], child_at: &dyn Fn(&str) -> usize) {
    for row in rows {
        for (place, column) in
            ["father_none", "mother_none"].into_iter().enumerate().filter(|(_, column)| !row[*column].is_empty())
        {
            let none =
                |sums: &Sums| sums.none.get(&(child_at(&row["child_id"]), place)).copied().unwrap_or(0.0) / sums.total;
            let highest = by_table.iter().map(none).fold(0.0, f64::max);
            assert_close(number(row, column), highest, 2e-9, &format!("{column}: {row:?}"));
        }
    }
}

/// The families are those of the likeliest configuration, each with the sum over all configurations that have it.
fn check_families(rows: &[Row], by_table: &[Sums]) {
    let mut found: BTreeMap<&str, (BTreeSet<String>, f64)> = BTreeMap::new();
    for row in rows {
        let (members, probability) =
            found.entry(&row["family"]).or_insert((BTreeSet::new(), number(row, "probability")));
        if !row["member_id"].starts_with('*') {
            members.insert(row["member_id"].clone());
        }
        assert_eq!(*probability, number(row, "probability"));
    }
    let found_sets: BTreeSet<Vec<String>> =
        found.values().map(|(members, _)| members.iter().cloned().collect()).collect();
    let right: BTreeSet<Vec<String>> = by_table[0].best.1.iter().filter(|members| members.len() > 1).cloned().collect();
    assert_eq!(found_sets, right);
    for (members, probability) in found.values() {
        let members: Vec<String> = members.iter().cloned().collect();
        let any = by_table[0].groups.iter().filter(|(key, _)| key[..key.len() - 1] == members[..]);
        let close = |(key, _): (&Vec<String>, &f64)| {
            let of_tables = by_table.iter().map(|sums| sums.groups.get(key).copied().unwrap_or(0.0) / sums.total);
            (lowest(&of_tables.collect::<Vec<_>>()) - probability).abs() < 2e-9
        };
        assert!(any.into_iter().any(close), "{members:?} {probability}");
    }
}

fn check_many(seeds: std::ops::Range<u64>, statistics: &Statistics, names: bool, unknown: bool) {
    for seed in seeds {
        let mut families = Families::new(seed, statistics);
        let children = 2 + (seed % 2) as usize;
        let case = families.case(children, names, unknown);
        check(&case, statistics, DEFAULT, [0.05, 0.3, 0.0][(seed % 3) as usize]);
    }
}

#[test]
fn siblings_and_degraded_fathers() {
    check_many(0..12, &statistics(MutationModel::None, 0.0), false, false);
    check_many(20..26, &statistics(MutationModel::Equal, 0.0), false, false);
}

#[test]
fn drop_out_and_two_tables() {
    let statistics = Statistics {
        tables: vec!["nist1036:cauc", "nist1036:afam"],
        drop_out: [0.3, 0.0, 0.1],
        ..statistics(MutationModel::None, 0.0)
    };
    check_many(40..46, &statistics, false, false);
}

#[test]
fn known_mothers() {
    check_many(60..68, &statistics(MutationModel::None, 0.0), true, false);
}

#[test]
fn persons_of_unknown_sex() {
    check_many(80..88, &statistics(MutationModel::Equal, 0.0), false, true);
}

#[test]
fn theta_links_all_but_those_whom_parents_of_certain_genotype_link() {
    for seed in 100..106 {
        let statistics = statistics(MutationModel::None, 0.02);
        let case = Families::new(seed, &statistics).case(2 + (seed % 3) as usize / 2, false, false);
        check(&case, &statistics, DEFAULT, 0.2);
    }
}

#[test]
fn other_priors() {
    let statistics = statistics(MutationModel::None, 0.0);
    for seed in 120..124 {
        let case = Families::new(seed, &statistics).case(3, false, true);
        check(&case, &statistics, Prior { in_list: 0.8, male: 0.7, relatives: [0.0; 3] }, 0.5);
    }
}

/// A single child has its own posterior; so has every child where nobody can share an unlisted parent and all candidates are known.
#[test]
fn where_nothing_links_the_children_each_has_its_own_posterior() {
    let statistics = statistics(MutationModel::Equal, 0.0);
    for (children, kept) in [(1, 0.5), (3, 1.0)] {
        let mut families = Families::new(7, &statistics);
        let mut case = families.case(children, false, false);
        let genotypes = families.stranger();
        case.candidates.push(families.person("s1".to_owned(), "corpse", Sex::Male, &genotypes, kept));
        if kept == 1.0 {
            case.candidates.retain(|person| person.cells.iter().all(|cell| !cell.is_empty()));
        }
        let folder = Folder::new();
        case.write(&folder, &statistics);
        folder.write("settings.toml", statistics.toml() + "[prior]\nshared_unlisted = 0\n");
        folder.succeed(SEARCH);
        let rows = folder.table("out/matches.csv");
        assert!(!rows.is_empty());
        for row in rows {
            assert_close(number(&row, "posterior_case"), number(&row, "posterior"), 1e-9, &format!("{row:?}"));
        }
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let statistics = statistics(MutationModel::Equal, 0.0);
    let mut case = Families::new(9, &statistics).case(3, false, true);
    let tables = [false, true].map(|reversed| {
        if reversed {
            case.children.reverse();
            case.candidates.reverse();
        }
        let folder = Folder::new();
        case.write(&folder, &statistics);
        folder.succeed(SEARCH);
        folder.tables("out")
    });
    assert_eq!(tables[0], tables[1]);
    assert!(tables[0].contains_key("families.csv") && tables[0].contains_key("sibships.csv"));
}

/// By hand: two children 6/7 at one locus of frequencies p = f(6), q = f(7), and nobody in the lists.
/// LR of full siblings = 1/4 + (p + q + 1) / (8pq), of half siblings = 1/2 + (p + q) / (8pq); with s, the odds of
/// `shared_unlisted`, the configurations weigh 1, s LR(half), s LR(half), s² LR(full).
#[test]
fn two_children_by_hand() {
    let folder = Folder::new();
    folder.write("freq.csv", "locus,allele,frequency,n_people\nTH01,6,0.2,1000\nTH01,7,0.1,1000\nTH01,8,0.7,1000\n");
    folder.write("children.csv", "sample_id,role,sex,TH01\nc1,child,F,6/7\nc2,child,F,6/7\n");
    folder.write("candidates.csv", "sample_id,role,sex,TH01\nw,detainee,F,8\n");
    let settings = "[population]\ntables = [\"freq.csv\"]\ntheta = 0\n[mutation]\nmodel = \"none\"\n[prior]\nin_list = 0\nshared_unlisted = 0.2\n";
    folder.write("settings.toml", settings);
    folder.succeed(SEARCH);
    let (p, q, s) = (0.2, 0.1, 0.25);
    let full = 0.25 + (p + q) / (8.0 * p * q) + 1.0 / (8.0 * p * q);
    let half = 0.5 + (p + q) / (8.0 * p * q);
    let weights = [1.0, s * half, s * half, s * s * full];
    let total: f64 = weights.iter().sum();
    let rows = folder.table("out/sibships.csv");
    assert_eq!(rows.len(), 1);
    assert_close(number(&rows[0], "full"), weights[3] / total, 1e-9, "full");
    assert_close(number(&rows[0], "half"), (weights[1] + weights[2]) / total, 1e-9, "half");
    assert_close(number(&rows[0], "share_father"), (weights[1] + weights[3]) / total, 1e-9, "father");

    // with next to no work the two are left open, and the run says by what
    folder.write("settings.toml", format!("{settings}[search]\njoint_work = 1e-9\n"));
    folder.succeed(&format!("{SEARCH} --force"));
    assert!(folder.table("out/sibships.csv").is_empty());
    let manifest = folder.json("out/manifest.json");
    assert_eq!(manifest["families"]["left_open"], 1);
    assert!(manifest["notes"].to_string().contains("1 too large (search.joint_work)"));
    folder.write("settings.toml", format!("{settings}[search]\njoint_work = 0\n"));
    folder.fail(&format!("{SEARCH} --force"), &["search.joint_work", "a number above 0 and at most 10000"]);
}

/// A case whose parents are drawn by the prior itself, and who they are.
fn drawn_by_the_prior(seed: u64, statistics: &Statistics, prior: Prior, shared: f64) -> (RandomCase, Parents) {
    let mut families = Families::new(seed, statistics);
    let people = [("f0", Sex::Male), ("f1", Sex::Male), ("m0", Sex::Female)];
    let of_people: Vec<Genotypes> = people.iter().map(|_| families.stranger()).collect();
    let candidates = people.iter().zip(&of_people).map(|((id, sex), genotypes)| {
        let kept = if *sex == Sex::Male { 0.4 } else { 0.7 };
        families.person((*id).to_owned(), "corpse", *sex, genotypes, kept)
    });
    let candidates: Vec<Person> = candidates.collect();
    let children =
        ["c0", "c1", "c2"].map(|id| families.person(id.to_owned(), "child", Sex::Female, &of_people[0], 0.0));
    let mut case = RandomCase { loci: families.loci.clone(), children: children.into(), candidates };
    let oracle = Oracle::new(statistics, &case.loci);
    let nothing = |of: &Person| Person { cells: vec![Vec::new(); LOCI.len()], ..of.clone() };
    let untyped = RandomCase {
        loci: case.loci.clone(),
        children: case.children.clone(),
        candidates: case.candidates.iter().map(nothing).collect(),
    };
    let seats = untyped.children.iter().map(|of| seats(&untyped, &oracle, of, prior, 0)).collect();
    let brute = Brute { case: &untyped, oracle: &oracle, prior, shared, table: 0, seats, likelihoods: HashMap::new() };
    let mut all = Vec::new();
    brute.list(&mut Vec::new(), 1.0, &mut all);
    let mut left = families.random.random::<f64>() * all.iter().map(|(_, weight)| weight).sum::<f64>();
    let drawn = all.iter().find(|(_, weight)| {
        left -= weight;
        left < 0.0
    });
    let parents = drawn.unwrap().0.clone();
    let mut unlisted: BTreeMap<(usize, Taker), Genotypes> = BTreeMap::new();
    for (at, takers) in parents.iter().enumerate() {
        let genotypes = [0, 1].map(|place| match takers[place] {
            Taker::Person(person) => of_people[person].clone(),
            taker => unlisted.entry((place, taker)).or_insert_with(|| families.stranger()).clone(),
        });
        let genotypes = families.child(&genotypes[0], &genotypes[1]);
        case.children[at] = families.person(format!("c{at}"), "child", Sex::Female, &genotypes, 0.95);
    }
    (case, parents)
}

/// Siblings among the children and fathers with few loci, the prior being that of the simulation: of the statements of about one
/// probability so many are true as they say (within 3.3 standard errors: 99.9 %).
#[test]
fn what_is_stated_of_siblings_with_degraded_fathers_comes_true() {
    let statistics = statistics(MutationModel::None, 0.0);
    let (prior, shared) = (Prior { in_list: 0.6, male: 0.5, relatives: [0.0; 3] }, 0.4);
    let mut bands: BTreeMap<usize, (f64, f64, f64)> = BTreeMap::new();
    let mut add = |stated: f64, held: bool| {
        let band = bands.entry(((stated * 5.0) as usize).min(4)).or_default();
        *band = (band.0 + 1.0, band.1 + stated, band.2 + f64::from(u8::from(held)));
    };
    for seed in 0..120 {
        let (case, parents) = drawn_by_the_prior(seed, &statistics, prior, shared);
        let folder = Folder::new();
        case.write(&folder, &statistics);
        let of_case =
            prior.toml().replace("[prior.relatives]", &format!("shared_unlisted = {shared}\n[prior.relatives]"));
        folder.write("settings.toml", statistics.toml() + &of_case);
        folder.succeed(SEARCH);
        let child_at = |id: &str| case.children.iter().position(|of| of.id == id).unwrap();
        for row in folder.table("out/matches.csv") {
            let person = case.candidates.iter().position(|of| of.id == row["candidate_id"]).unwrap();
            let held = parents[child_at(&row["child_id"])].contains(&Taker::Person(person));
            add(number(&row, "posterior_case"), held);
        }
        for row in folder.table("out/sibships.csv") {
            let [one, other] = ["child_a", "child_b"].map(|column| &parents[child_at(&row[column])]);
            add(number(&row, "share_father"), one[0] == other[0]);
        }
    }
    assert!(bands.len() == 5 && bands.values().all(|band| band.0 >= 30.0), "{bands:?}");
    for (band, (statements, stated, held)) in bands {
        let p = stated / statements;
        let spread = (p * (1.0 - p) * statements).sqrt();
        assert!(
            (held - stated).abs() <= 3.3 * spread + 1.0,
            "band {band}: {statements} stated, {stated} expected, {held} true"
        );
    }
}
