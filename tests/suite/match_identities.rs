//! Bodies, families and children at once, by brute force: every way in which bodies can be missing persons and children can have parents,
//! each weighed on its own by a sum over the genotypes of everybody. Nothing of the program's likelihoods is used here.

use super::match_support::{Folder, Row, assert_close, number};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const LOCI: [&str; 5] = ["D3S1358", "vWA", "TH01", "FGA", "D8S1179"];
/// The alleles of every locus.
const ALLELES: usize = 4;
const FIRST_ALLELE: usize = 10;

const SEARCH: &str = "match --children children.csv --candidates candidates.csv --relatives relatives.csv --pedigrees pedigrees.csv \
                      --config settings.toml --min-log10-lr none --top 1000 --out out";

/// Two alleles, ascending.
type Genotype = [usize; 2];
/// By locus.
type Profile = Vec<Option<Genotype>>;

/// Frequencies and mutation.
struct World {
    /// By locus and allele.
    frequencies: Vec<[f64; ALLELES]>,
    /// The rate of the model `equal`.
    rate: f64,
}

impl World {
    fn new(loci: usize, rate: f64) -> Self {
        let rotated = |locus: usize| {
            let mut row = [0.1, 0.2, 0.3, 0.4];
            row.rotate_left(locus % ALLELES);
            row
        };
        Self { frequencies: (0..loci).map(rotated).collect(), rate }
    }

    fn loci(&self) -> usize {
        self.frequencies.len()
    }

    fn founder(&self, locus: usize, [one, other]: Genotype) -> f64 {
        let p = &self.frequencies[locus];
        if one == other { p[one] * p[one] } else { 2.0 * p[one] * p[other] }
    }

    /// The probability that a parent of this genotype (or the population) passes an allele on.
    fn passes(&self, locus: usize, parent: Option<Genotype>, allele: usize) -> f64 {
        let arrives = |from: usize| match from == allele {
            true => 1.0 - self.rate,
            false => self.rate / (ALLELES - 1) as f64,
        };
        match parent {
            None => self.frequencies[locus][allele],
            Some(genotype) => genotype.into_iter().map(arrives).sum::<f64>() / 2.0,
        }
    }

    fn child(&self, locus: usize, parents: [Option<Genotype>; 2], [one, other]: Genotype) -> f64 {
        let [father, mother] = parents;
        let both = |his, hers| self.passes(locus, father, his) * self.passes(locus, mother, hers);
        if one == other { both(one, one) } else { both(one, other) + both(other, one) }
    }
}

/// One person of a pedigree: label, parents' labels.
type Node = (String, [Option<String>; 2]);

/// Sums over all genotypes of everybody who is not typed.
struct Likelihoods<'a> {
    world: &'a World,
    profiles: BTreeMap<String, Profile>,
    known: HashMap<Vec<Node>, f64>,
}

impl Likelihoods<'_> {
    /// P(all that is seen | the pedigree), by its connected parts; at a locus where `optional` people show nothing they are no parents.
    fn of(&mut self, nodes: &[Node], optional: &BTreeSet<String>) -> f64 {
        parts(nodes).into_iter().map(|part| self.of_part(part, optional)).product()
    }

    fn of_part(&mut self, part: Vec<Node>, optional: &BTreeSet<String>) -> f64 {
        let is_optional = |part: &[Node]| part.iter().any(|(label, _)| optional.contains(label));
        let mut key = part.clone();
        if is_optional(&part) {
            key.push(("optional".to_owned(), [None, None]));
        }
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let at_locus = |locus: usize| {
            let nothing = |label: &String| self.profiles.get(label).is_none_or(|profile| profile[locus].is_none());
            let mut nodes = part.clone();
            for (_, parents) in &mut nodes {
                for parent in parents.iter_mut() {
                    *parent = parent.take().filter(|label| !(optional.contains(label) && nothing(label)));
                }
            }
            let nodes = parents_first(without_childless(nodes, &nothing));
            self.sum(locus, &nodes, &mut HashMap::new())
        };
        let found = (0..self.world.loci()).map(at_locus).product();
        self.known.insert(key, found);
        found
    }

    fn sum(&self, locus: usize, nodes: &[Node], above: &mut HashMap<String, Genotype>) -> f64 {
        let Some(((label, parents), rest)) = nodes.split_first() else { return 1.0 };
        let seen = self.profiles.get(label).and_then(|profile| profile[locus]);
        let mut total = 0.0;
        for one in 0..ALLELES {
            for other in one..ALLELES {
                let genotype = [one, other];
                if seen.is_some_and(|seen| seen != genotype) {
                    continue;
                }
                let of = parents.each_ref().map(|parent| parent.as_ref().map(|parent| above[parent]));
                let own = match of {
                    [None, None] => self.world.founder(locus, genotype),
                    parents => self.world.child(locus, parents, genotype),
                };
                if own > 0.0 {
                    above.insert(label.clone(), genotype);
                    total += own * self.sum(locus, rest, above);
                }
            }
        }
        total
    }
}

/// The connected parts, each in the order of its labels.
fn parts(nodes: &[Node]) -> Vec<Vec<Node>> {
    let mut of: BTreeMap<&String, usize> = nodes.iter().enumerate().map(|(at, (label, _))| (label, at)).collect();
    for (label, parents) in nodes {
        for parent in parents.iter().flatten() {
            let (from, to) = (of[label], of[parent]);
            of.values_mut().filter(|part| **part == from).for_each(|part| *part = to);
        }
    }
    let names: BTreeSet<usize> = of.values().copied().collect();
    let part = |name| {
        let mut part: Vec<Node> = nodes.iter().filter(|(label, _)| of[label] == name).cloned().collect();
        part.sort();
        part
    };
    names.into_iter().map(part).collect()
}

/// Those of whom nothing is seen and who have no children sum to 1.
fn without_childless(mut nodes: Vec<Node>, nothing: &dyn Fn(&String) -> bool) -> Vec<Node> {
    loop {
        let is_parent =
            |label: &String| nodes.iter().any(|(_, parents)| parents.iter().flatten().any(|of| of == label));
        let kept: Vec<Node> = nodes.iter().filter(|(label, _)| !nothing(label) || is_parent(label)).cloned().collect();
        if kept.len() == nodes.len() {
            return kept;
        }
        nodes = kept;
    }
}

fn parents_first(nodes: Vec<Node>) -> Vec<Node> {
    let (mut open, mut ordered): (Vec<Node>, Vec<Node>) = (nodes, Vec::new());
    while !open.is_empty() {
        let is_ready = |(_, parents): &Node| {
            parents.iter().flatten().all(|parent| ordered.iter().any(|(label, _)| label == parent))
        };
        let (ready, left): (Vec<Node>, Vec<Node>) = open.into_iter().partition(is_ready);
        assert!(!ready.is_empty(), "a circle");
        ordered.extend(ready);
        open = left;
    }
    ordered
}

/// Somebody with a row in a profile file.
#[derive(Clone, Debug)]
struct Someone {
    id: String,
    role: &'static str,
    /// `M`, `F` or nothing.
    sex: &'static str,
    mother: Option<String>,
    profile: Profile,
}

/// A row of the pedigrees.
#[derive(Clone, Debug)]
struct Member {
    family: usize,
    id: String,
    parents: [Option<String>; 2],
    sex: &'static str,
    missing: bool,
    typed: Option<Profile>,
}

#[derive(Clone, Debug)]
struct TestCase {
    children: Vec<Someone>,
    candidates: Vec<Someone>,
    members: Vec<Member>,
}

/// What is supposed before the DNA.
#[derive(Clone, Copy, Debug)]
struct Prior {
    in_list: f64,
    shared: f64,
    identified: f64,
    missing_parent: f64,
    /// Expected full siblings and relatives of the second degree.
    relatives: [f64; 2],
}

const NO_RELATIVES: Prior =
    Prior { in_list: 0.5, shared: 0.2, identified: 0.5, missing_parent: 0.4, relatives: [0.0; 2] };

const SEXES: [&str; 2] = ["M", "F"];

impl TestCase {
    fn write(&self, folder: &Folder, world: &World, prior: Prior) {
        let names = &LOCI[..world.loci()];
        let cells = |profile: &Profile| {
            let cell = |genotype: &Option<Genotype>| {
                genotype.map_or(String::new(), |[a, b]| format!("{}/{}", a + FIRST_ALLELE, b + FIRST_ALLELE))
            };
            profile.iter().map(cell).collect::<Vec<_>>().join(",")
        };
        let people = |people: &[Someone]| {
            let mut text = format!("sample_id,role,sex,mother_id,{}\n", names.join(","));
            for person in people {
                let mother = person.mother.as_deref().unwrap_or_default();
                text += &format!("{},{},{},{mother},{}\n", person.id, person.role, person.sex, cells(&person.profile));
            }
            text
        };
        folder.write("children.csv", people(&self.children));
        folder.write("candidates.csv", people(&self.candidates));
        let mut relatives = format!("sample_id,sex,{}\n", names.join(","));
        let mut pedigrees = "family_id,person_id,father_id,mother_id,sex,missing\n".to_owned();
        for member in &self.members {
            if let Some(profile) = &member.typed {
                relatives += &format!("{},{},{}\n", member.id, member.sex, cells(profile));
            }
            let [father, mother] = member.parents.each_ref().map(|parent| parent.as_deref().unwrap_or_default());
            let missing = if member.missing { "yes" } else { "no" };
            pedigrees += &format!("F{},{},{father},{mother},{},{missing}\n", member.family, member.id, member.sex);
        }
        folder.write("relatives.csv", relatives);
        folder.write("pedigrees.csv", pedigrees);
        let mut frequencies = "locus,allele,frequency,n_people\n".to_owned();
        for (locus, row) in names.iter().zip(&world.frequencies) {
            for (allele, frequency) in row.iter().enumerate() {
                frequencies += &format!("{locus},{},{frequency},100000\n", allele + FIRST_ALLELE);
            }
        }
        folder.write("freq.csv", frequencies);
        let model = if world.rate > 0.0 { "equal" } else { "none" };
        let Prior { in_list, shared, identified, missing_parent, relatives: [full, second] } = prior;
        folder.write(
            "settings.toml",
            format!(
                "[population]\ntables = [\"freq.csv\"]\ntheta = 0\n[mutation]\nmodel = \"{model}\"\nrates = {{ female = {0}, male = {0} }}\n\
                 [prior]\nin_list = {in_list}\nmale = 0.5\nshared_unlisted = {shared}\nidentified = {identified}\n\
                 missing_parent = {missing_parent}\n[prior.relatives]\nfull_sibling = {full}\nsecond_degree = {second}\nfirst_cousin = 0\n",
                world.rate.max(0.001)
            ),
        );
    }

    /// The missing persons (positions among the members), in the order of families and ids.
    fn missing(&self) -> Vec<usize> {
        let mut missing: Vec<usize> = (0..self.members.len()).filter(|&at| self.members[at].missing).collect();
        missing.sort_by_key(|&at| (self.members[at].family, self.members[at].id.clone()));
        missing
    }

    fn has_typed(&self, family: usize) -> bool {
        self.members.iter().any(|member| member.family == family && member.typed.is_some())
    }
}

/// Who takes a place of a child.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Taker {
    /// A candidate.
    Person(usize),
    /// A missing person (position among the members).
    Missing(usize),
    Unlisted(usize),
}

/// By candidate the missing person that it is.
type Identities = Vec<Option<usize>>;

struct Brute<'a> {
    case: &'a TestCase,
    prior: Prior,
    likelihoods: Likelihoods<'a>,
    /// R, by child and candidate.
    ratios: Vec<Vec<f64>>,
}

#[derive(Default, Debug)]
struct Sums {
    total: f64,
    parent: BTreeMap<(usize, usize), f64>,
    /// By child and place.
    none: BTreeMap<(usize, usize), f64>,
    missing: BTreeMap<(usize, usize, usize), f64>,
    /// By candidate and missing person.
    identity: BTreeMap<(usize, Option<usize>), f64>,
}

/// A configuration: who is whom, and the parents of each child.
type Configuration = (Identities, Vec<[Taker; 2]>);

impl<'a> Brute<'a> {
    fn new(case: &'a TestCase, world: &'a World, prior: Prior) -> Self {
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
    fn ratio(&mut self, child: &Someone, other: &Someone) -> f64 {
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
    fn identities(&self, so_far: &mut Identities, odds: f64, all: &mut Vec<(Identities, f64)>) {
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
    fn takers(&self, child: usize, place: usize, identities: &Identities) -> Vec<(Option<Taker>, f64)> {
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
    fn all(&self) -> Vec<(Configuration, f64)> {
        let mut identities = Vec::new();
        self.identities(&mut Vec::new(), 1.0, &mut identities);
        let mut all = Vec::new();
        for (identities, odds) in identities {
            self.list(&identities, &mut Vec::new(), odds, &mut all);
        }
        all
    }

    fn list(
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

    fn of_unlisted(&self, parents: &[[Taker; 2]]) -> f64 {
        let mut sizes: BTreeMap<(usize, Taker), u32> = BTreeMap::new();
        for takers in parents {
            for (place, taker) in takers.iter().enumerate().filter(|(_, taker)| matches!(taker, Taker::Unlisted(_))) {
                *sizes.entry((place, *taker)).or_default() += 1;
            }
        }
        let odds = self.prior.shared / (1.0 - self.prior.shared);
        sizes.values().map(|&size| (1..size).map(|k| f64::from(k) * odds).product::<f64>()).product()
    }

    fn of_sexes(&self, identities: &Identities, parents: &[[Taker; 2]]) -> f64 {
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
    fn nodes(&self, (identities, parents): &Configuration) -> (Vec<Node>, BTreeSet<String>) {
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
    fn optional(&self, identities: &Identities, parents: &[[Taker; 2]]) -> BTreeSet<String> {
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

    fn sum(&mut self) -> Sums {
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
    fn apart(&mut self) -> f64 {
        let nobody: Configuration = (vec![None; self.case.candidates.len()], Vec::new());
        let (mut nodes, optional) = self.nodes(&nobody);
        nodes.extend(self.case.children.iter().map(|child| founder(&child.id)));
        self.likelihoods.of(&nodes, &optional)
    }

    /// log10 LR of a body as a missing person, by the relatives alone.
    fn log10_lr(&mut self, body: usize, person: usize) -> f64 {
        let mut identities = vec![None; self.case.candidates.len()];
        let none = BTreeSet::new();
        let apart = self.nodes(&(identities.clone(), Vec::new())).0;
        identities[body] = Some(person);
        let placed = self.nodes(&(identities, Vec::new())).0;
        (self.likelihoods.of(&placed, &none) / self.likelihoods.of(&apart, &none)).log10()
    }
}

fn founder(label: &str) -> Node {
    (label.to_owned(), [None, None])
}

/// Who can stand for a place of the next child: an unlisted parent is that of an earlier child, or a new one.
fn unlisted_or(taker: Option<Taker>, place: usize, parents: &[[Taker; 2]]) -> Vec<Taker> {
    if let Some(taker) = taker {
        return vec![taker];
    }
    let used: BTreeSet<Taker> =
        parents.iter().map(|takers| takers[place]).filter(|taker| matches!(taker, Taker::Unlisted(_))).collect();
    used.into_iter().chain([Taker::Unlisted(parents.len())]).collect()
}

/// People drawn at random.
struct Draws<'a> {
    random: ChaCha8Rng,
    world: &'a World,
}

impl Draws<'_> {
    fn chance(&mut self, probability: f64) -> bool {
        self.random.random::<f64>() < probability
    }

    fn stranger(&mut self) -> Vec<Genotype> {
        let world = self.world;
        let mut allele = |row: &[f64; ALLELES]| {
            let mut left = self.random.random::<f64>();
            row.iter()
                .position(|frequency| {
                    left -= frequency;
                    left < 0.0
                })
                .unwrap_or(ALLELES - 1)
        };
        world.frequencies.iter().map(|row| sorted([allele(row), allele(row)])).collect()
    }

    fn child(&mut self, father: &[Genotype], mother: &[Genotype]) -> Vec<Genotype> {
        let mut pass = |genotype: &Genotype| genotype[self.random.random_range(0..2)];
        father.iter().zip(mother).map(|(his, hers)| sorted([pass(his), pass(hers)])).collect()
    }

    /// `kept`: the share of loci with a result.
    fn profile(&mut self, genotypes: &[Genotype], kept: f64) -> Profile {
        genotypes.iter().map(|genotype| self.chance(kept).then_some(*genotype)).collect()
    }
}

fn sorted([one, other]: Genotype) -> Genotype {
    [one.min(other), one.max(other)]
}

/// What a random case is like.
#[derive(Clone, Copy, Debug)]
struct Shape {
    families: usize,
    /// Missing persons of the first family; the others miss one each.
    missing: usize,
    bodies: usize,
    children: usize,
    /// Whether some bodies have no sex, and some missing persons none.
    unknown: bool,
    /// Whether some children name their mothers.
    names: bool,
    /// The share of loci with a result, of bodies and of everybody else.
    kept: [f64; 2],
}

const SMALL: Shape =
    Shape { families: 1, missing: 1, bodies: 1, children: 1, unknown: false, names: false, kept: [0.5, 0.9] };

/// Missing persons are sons and daughters of a couple of whom one is typed for certain; the bodies are those persons or strangers; the
/// children are theirs or anybody's.
fn random_case(seed: u64, world: &World, shape: Shape) -> TestCase {
    let mut draws = Draws { random: ChaCha8Rng::seed_from_u64(seed), world };
    let mut case = TestCase { children: Vec::new(), candidates: Vec::new(), members: Vec::new() };
    let mut missing: Vec<(&'static str, Vec<Genotype>)> = Vec::new();
    for family in 0..shape.families {
        let couple = [draws.stranger(), draws.stranger()];
        let [father, mother] = ["g", "h"].map(|name| Some(format!("{name}{family}")));
        for (at, genotypes) in couple.iter().enumerate() {
            let is_typed = at == 0 || draws.chance(0.6);
            let typed = is_typed.then(|| draws.profile(genotypes, shape.kept[1]));
            let id = [&father, &mother][at].clone().unwrap();
            case.members.push(Member { family, id, parents: [None, None], sex: SEXES[at], missing: false, typed });
        }
        for number in 0..if family == 0 { shape.missing } else { 1 } {
            let sex = SEXES[draws.random.random_range(0..2)];
            let genotypes = draws.child(&couple[0], &couple[1]);
            let stated = if shape.unknown && draws.chance(0.3) { "" } else { sex };
            let (id, parents) = (format!("x{family}{number}"), [father.clone(), mother.clone()]);
            case.members.push(Member { family, id, parents, sex: stated, missing: true, typed: None });
            missing.push((sex, genotypes));
        }
    }
    let mut adults: Vec<(&'static str, Vec<Genotype>)> = missing.clone();
    for body in 0..shape.bodies {
        let (sex, genotypes) = match missing.get(body) {
            Some(found) if draws.chance(0.6) => found.clone(),
            _ => (SEXES[draws.random.random_range(0..2)], draws.stranger()),
        };
        adults.push((sex, genotypes.clone()));
        let sex = if shape.unknown && draws.chance(0.5) { "" } else { sex };
        let role = ["corpse", "detainee", ""][draws.random.random_range(0..3)];
        let profile = draws.profile(&genotypes, shape.kept[0]);
        case.candidates.push(Someone { id: format!("b{body}"), role, sex, mother: None, profile });
    }
    let mother = draws.stranger();
    let profile = draws.profile(&mother, shape.kept[1]);
    case.candidates.push(Someone { id: "w".to_owned(), role: "relative", sex: "F", mother: None, profile });
    adults.push(("F", mother));
    for child in 0..shape.children {
        let mut parent = |sex: &str| {
            let of_sex: Vec<usize> = (0..adults.len()).filter(|&at| adults[at].0 == sex).collect();
            match of_sex.is_empty() || draws.chance(0.3) {
                true => (None, draws.stranger()),
                false => {
                    let at = of_sex[draws.random.random_range(0..of_sex.len())];
                    (Some(at), adults[at].1.clone())
                }
            }
        };
        let (father, mother) = (parent("M").1, parent("F"));
        let genotypes = draws.child(&father, &mother.1);
        let names = shape.names && mother.0 == Some(adults.len() - 1);
        let profile = draws.profile(&genotypes, shape.kept[1]);
        let mother = names.then(|| "w".to_owned());
        case.children.push(Someone { id: format!("c{child}"), role: "child", sex: SEXES[child % 2], mother, profile });
    }
    case
}

/// Searches, and checks every number on bodies and children; whether the case could be summed over.
fn check(case: &TestCase, world: &World, prior: Prior) -> bool {
    let folder = Folder::new();
    case.write(&folder, world, prior);
    folder.succeed(SEARCH);
    let section = &folder.json("out/manifest.json")["identities"];
    if section["left_open"] != 0 {
        assert!(folder.table("out/matches.csv").iter().any(|row| row["posterior_case"].is_empty()));
        return false;
    }
    let mut brute = Brute::new(case, world, prior);
    let sums = brute.sum();
    let candidate = |id: &str| case.candidates.iter().position(|one| one.id == id).unwrap();
    let child = |id: &str| case.children.iter().position(|one| one.id == id).unwrap();
    let member = |id: &str| case.members.iter().position(|one| one.id == id).unwrap();
    let share = |weight: Option<&f64>| weight.copied().unwrap_or(0.0) / sums.total;
    for row in folder.table("out/matches.csv") {
        let key = (child(&row["child_id"]), candidate(&row["candidate_id"]));
        if case.children[key.0].mother.as_deref() != Some(&row["candidate_id"]) {
            assert_close(number(&row, "posterior_case"), share(sums.parent.get(&key)), 2e-9, &format!("{row:?}"));
        }
    }
    let rows = folder.table("out/identities.csv");
    for row in &rows {
        let body = candidate(&row["victim_id"]);
        let person = (row["missing_id"] != "*").then(|| member(&row["missing_id"]));
        assert_close(number(row, "probability"), share(sums.identity.get(&(body, person))), 2e-9, &format!("{row:?}"));
        match person {
            Some(person) => {
                assert_close(number(row, "log10_lr"), brute.log10_lr(body, person), 1e-9, &format!("{row:?}"));
                assert_eq!(row["family_id"], format!("F{}", case.members[person].family));
            }
            None => assert!(row["log10_lr"].is_empty() && row["family_id"] == "*"),
        }
    }
    for (&(body, person), weight) in sums.identity.iter().filter(|((_, person), _)| person.is_some()) {
        let id = |at: usize| case.members[at].id.as_str();
        let listed =
            |row: &&Row| row["victim_id"] == case.candidates[body].id && row["missing_id"] == id(person.unwrap());
        assert!(weight / sums.total < 1.1e-6 || rows.iter().any(|row| listed(&row)), "{body} {person:?}");
    }
    for row in folder.table("out/status.csv") {
        let at = child(&row["child_id"]);
        for (place, name) in ["father", "mother"].into_iter().enumerate() {
            if ["stated", "not asked"].contains(&row[&format!("{name}_status")].as_str()) {
                continue;
            }
            let none = share(sums.none.get(&(at, place)));
            assert_close(number(&row, &format!("{name}_none")), none, 2e-9, &format!("{row:?}"));
            let missing = sums.missing.iter().filter(|((of, at_place, _), _)| (*of, *at_place) == (at, place));
            let most = missing.map(|(_, weight)| weight / sums.total).fold(0.0, f64::max);
            if row[&format!("{name}_id")].starts_with('*') {
                assert_close(number(&row, &format!("{name}_posterior")), most, 2e-9, &format!("{row:?}"));
            } else if !row[&format!("{name}_posterior")].is_empty() {
                assert!(number(&row, &format!("{name}_posterior")) >= most - 2e-9, "{most}: {row:?}");
            }
        }
    }
    true
}

fn check_many(seeds: std::ops::Range<u64>, world: &World, shape: Shape, prior: Prior) {
    let checked = seeds.clone().filter(|&seed| check(&random_case(seed, world, shape), world, prior)).count();
    assert!(checked * 4 >= seeds.count() * 3, "only {checked} could be summed over");
}

#[test]
fn one_family_one_body_one_child() {
    check_many(0..20, &World::new(3, 0.0), SMALL, NO_RELATIVES);
}

#[test]
fn bodies_families_and_children() {
    let two = Shape { families: 2, bodies: 2, children: 1, ..SMALL };
    check_many(100..112, &World::new(3, 0.0), two, NO_RELATIVES);
    check_many(120..132, &World::new(3, 0.0), Shape { missing: 2, bodies: 2, ..SMALL }, NO_RELATIVES);
    check_many(140..146, &World::new(2, 0.0), Shape { children: 2, missing: 2, bodies: 1, ..SMALL }, NO_RELATIVES);
    check_many(160..164, &World::new(2, 0.0), Shape { missing: 2, bodies: 3, ..SMALL }, NO_RELATIVES);
}

#[test]
fn three_children_of_one_family() {
    let prior = Prior { shared: 0.0, identified: 0.8, ..NO_RELATIVES };
    check_many(200..204, &World::new(2, 0.0), Shape { children: 3, kept: [0.3, 0.9], ..SMALL }, prior);
}

#[test]
fn unknown_sexes_named_mothers_and_other_priors() {
    let shape = Shape { missing: 2, bodies: 2, unknown: true, names: true, ..SMALL };
    let prior = Prior { in_list: 0.8, identified: 0.3, missing_parent: 0.9, ..NO_RELATIVES };
    check_many(300..312, &World::new(3, 0.0), shape, prior);
    let shape = Shape { children: 2, unknown: true, names: true, ..SMALL };
    check_many(320..326, &World::new(2, 0.0), shape, Prior { missing_parent: 0.0, ..prior });
}

#[test]
fn other_relatives_in_the_lists() {
    let prior = Prior { relatives: [0.2, 0.5], ..NO_RELATIVES };
    check_many(400..406, &World::new(3, 0.0), Shape { bodies: 2, ..SMALL }, prior);
}

/// With mutation an untyped parent passes on other frequencies than the population's: everybody here is typed everywhere.
#[test]
fn mutation() {
    let shape = Shape { missing: 2, bodies: 2, kept: [1.0, 1.0], ..SMALL };
    check_many(500..508, &World::new(3, 0.02), shape, NO_RELATIVES);
}

/// A homozygous person of the loci given.
fn all_of(allele: usize, loci: usize) -> Profile {
    vec![Some([allele, allele]); loci]
}

fn somebody(id: &str, role: &'static str, sex: &'static str, profile: Profile) -> Someone {
    Someone { id: id.to_owned(), role, sex, mother: None, profile }
}

/// A couple, both typed as given, who miss a son.
fn couple_of(family: usize, of_father: Profile, of_mother: Profile) -> Vec<Member> {
    let [father, mother] = ["g", "h"].map(|name| format!("{name}{family}"));
    let parents = [Some(father.clone()), Some(mother.clone())];
    let typed = |id: String, sex: usize, profile: Profile| Member {
        family,
        id,
        parents: [None, None],
        sex: SEXES[sex],
        missing: false,
        typed: Some(profile),
    };
    let son = Member { family, id: format!("x{family}0"), parents, sex: "M", missing: true, typed: None };
    vec![typed(father, 0, of_father), typed(mother, 1, of_mother), son]
}

/// The body has one locus of five, so the child alone cannot tell: the grandparents do, who are at hand for it.
#[test]
fn the_family_decides_where_the_body_has_few_loci() {
    let world = World::new(5, 0.0);
    let mut of_body = vec![None; 5];
    of_body[0] = Some([0, 0]);
    let case = TestCase {
        children: vec![somebody("c0", "child", "M", all_of(0, 5))],
        candidates: vec![
            somebody("b0", "corpse", "M", of_body.clone()),
            somebody("s0", "corpse", "M", of_body),
            somebody("w", "relative", "F", all_of(3, 5)),
        ],
        members: couple_of(0, all_of(0, 5), all_of(0, 5)),
    };
    let prior = Prior { identified: 0.9, missing_parent: 0.1, ..NO_RELATIVES };
    assert!(check(&case, &world, prior));
    let folder = Folder::new();
    case.write(&folder, &world, prior);
    folder.succeed(SEARCH);
    let with = folder.table("out/matches.csv");
    folder.succeed(
        &SEARCH.replace("--relatives relatives.csv --pedigrees pedigrees.csv ", "").replace("out out", "out plain"),
    );
    let plain = folder.table("plain/matches.csv");
    let listed = |rows: &[Row]| -> f64 {
        rows.iter().filter(|row| row["candidate_sex"] == "male").map(|row| number(row, "posterior_case")).sum()
    };
    assert!(listed(&plain) < 0.95 && listed(&with) > 0.99, "{} {}", listed(&plain), listed(&with));
    assert!(!folder.tables("plain").contains_key("identities.csv"));
    // the child is evidence for the identification as well: either body is the son with more than by the relatives alone
    folder.succeed(IDENTIFY);
    let of = |table: &str, person: &str| {
        let rows = folder.table(table);
        let of_body = rows.iter().filter(|row| row["victim_id"] == "b0" && row["missing_id"] == person);
        of_body.map(|row| number(row, "probability")).sum::<f64>()
    };
    assert!(of("out/identities.csv", "x00") > of("identify/posterior.csv", "x00"));
}

const IDENTIFY: &str = "identify --remains candidates.csv --relatives relatives.csv --pedigrees pedigrees.csv --config settings.toml \
                        --out identify";

/// By hand: a grandfather 10/10, his missing son, no body, a child 10/11: LR 3 (methods), and with `missing_parent` .5 posterior .75.
#[test]
fn a_missing_person_who_was_never_found() {
    let folder = Folder::new();
    folder.write("children.csv", "sample_id,role,sex,TH01\nc1,child,M,10/11\n");
    folder.write("candidates.csv", "sample_id,role,sex,TH01\nw,relative,F,12/12\n");
    folder.write("relatives.csv", "sample_id,sex,TH01\ng,M,10/10\n");
    let pedigrees = "family_id,person_id,father_id,mother_id,sex,missing\nA,son,g,,M,yes\nA,g,,,M,no\n";
    folder.write("pedigrees.csv", pedigrees);
    folder.write(
        "freq.csv",
        "locus,allele,frequency,n_people\nTH01,10,0.1,100000\nTH01,11,0.2,100000\nTH01,12,0.7,100000\n",
    );
    let settings =
        "[population]\ntables = [\"freq.csv\"]\ntheta = 0\n[mutation]\nmodel = \"none\"\n[status]\nprobable = 0.7\n";
    folder.write("settings.toml", settings);
    folder.succeed(SEARCH);
    let status = &folder.table("out/status.csv")[0];
    assert_eq!((status["father_status"].as_str(), status["father_id"].as_str()), ("probable", "*A:son"));
    assert_close(number(status, "father_posterior"), 0.75, 1e-12, "posterior");
    assert_close(number(status, "father_none"), 0.25, 1e-12, "none");
    assert!(status["reason"].contains("*A:son 0.75"), "{status:?}");
    let families = folder.table("out/families.csv");
    assert!(families.iter().any(|row| row["member_id"] == "*A:son" && row["member_role"] == "missing father"));
    assert!(folder.table("out/identities.csv").is_empty());
    folder.succeed("report out");
}

/// Children whom nothing links to bodies and families: the posterior of `filia identify`.
#[test]
fn without_linked_children_bodies_have_the_posterior_of_identify() {
    let world = World::new(4, 0.0);
    let mut draws = Draws { random: ChaCha8Rng::seed_from_u64(3), world: &world };
    let mut case = TestCase { children: Vec::new(), candidates: Vec::new(), members: Vec::new() };
    // nobody but the child has the last allele
    let without = |draws: &mut Draws<'_>| -> Vec<Genotype> {
        draws.stranger().into_iter().map(|genotype| sorted(genotype.map(|allele| allele % (ALLELES - 1)))).collect()
    };
    case.children.push(somebody("c0", "child", "M", all_of(ALLELES - 1, 4)));
    for family in 0..5 {
        let [father, mother] = [without(&mut draws), without(&mut draws)];
        let son = draws.child(&father, &mother);
        let typed = |genotypes: &[Genotype]| genotypes.iter().map(|genotype| Some(*genotype)).collect::<Profile>();
        case.members.extend(couple_of(family, typed(&father), typed(&mother)));
        let of_body = if family < 3 { son } else { without(&mut draws) };
        let sex = if family == 1 { "" } else { "M" };
        case.candidates.push(somebody(&format!("b{family}"), ["corpse", "detainee"][family % 2], sex, typed(&of_body)));
    }
    for prior in [NO_RELATIVES, Prior { identified: 0.9, ..NO_RELATIVES }] {
        let folder = Folder::new();
        case.write(&folder, &world, prior);
        folder.succeed(SEARCH);
        let remains = folder.succeed(IDENTIFY);
        assert!(remains.is_empty());
        let key = |row: &Row| (row["victim_id"].clone(), row["missing_id"].clone());
        let joint: HashMap<_, _> =
            folder.table("out/identities.csv").iter().map(|row| (key(row), number(row, "probability"))).collect();
        let lrs = folder.table("out/identities.csv");
        for row in folder.table("identify/posterior.csv") {
            let is_listed = lrs.iter().any(|listed| listed["victim_id"] == row["victim_id"]);
            let found =
                joint.get(&key(&row)).copied().unwrap_or(f64::from(u8::from(!is_listed && row["missing_id"] == "*")));
            assert_close(found, number(&row, "probability"), 1.1e-6, &format!("{row:?}"));
            if found > 0.0 {
                assert_close(found, number(&row, "probability"), 1e-9, &format!("{row:?}"));
            }
        }
        let pairwise: HashMap<_, _> =
            folder.table("identify/pairwise.csv").iter().map(|row| (key(row), row["log10_lr"].clone())).collect();
        let named = lrs.iter().filter(|row| row["missing_id"] != "*");
        assert!(
            named.clone().count() >= 3 && named.clone().all(|row| pairwise[&key(row)] == row["log10_lr"]),
            "{lrs:?}"
        );
    }
}

#[test]
fn the_order_of_rows_and_threads_change_nothing() {
    let world = World::new(3, 0.0);
    let shape = Shape { families: 2, bodies: 2, children: 2, kept: [0.6, 0.9], ..SMALL };
    let mut case = random_case(7, &world, shape);
    let tables = [1, 2].map(|threads| {
        let folder = Folder::new();
        case.write(&folder, &world, NO_RELATIVES);
        folder.succeed(&format!("{SEARCH} --threads {threads}"));
        case.children.reverse();
        case.candidates.reverse();
        case.members.reverse();
        folder.tables("out")
    });
    assert_eq!(tables[0], tables[1]);
    assert!(tables[0].contains_key("identities.csv"));
}

#[test]
fn what_cannot_be_meant_is_said() {
    let world = World::new(3, 0.0);
    let case = random_case(1, &world, SMALL);
    let folder = Folder::new();
    case.write(&folder, &world, NO_RELATIVES);
    folder.fail(
        &format!("{SEARCH} --relationship full-sibling"),
        &["--relatives and --pedigrees", "parent", "full-sibling"],
    );
    let without = SEARCH.replace("--pedigrees pedigrees.csv ", "");
    let (code, _, errors) = folder.run(&without);
    assert!(code == 2 && errors.contains("--pedigrees"), "{errors}");
    folder.fail(&SEARCH.replace("relatives.csv", "candidates.csv"), &["`b0`", "among the relatives"]);
    folder.write("empty.csv", "");
    folder.fail(&SEARCH.replace("relatives.csv", "empty.csv"), &["empty.csv"]);
    folder.fail(&SEARCH.replace("pedigrees.csv", "empty.csv"), &["empty.csv"]);
    folder.write("other.csv", "sample_id,sex,D3S1358\nnobody,M,10/11\n");
    folder.fail(&SEARCH.replace("relatives.csv", "other.csv"), &["person_id must be the sample_id"]);
}

/// A case drawn by the prior itself: who is whom, whose parents, then everybody's genotypes.
fn drawn_by_the_prior(seed: u64, world: &World, prior: Prior) -> (TestCase, Configuration) {
    let shape = Shape { missing: 2, bodies: 2, children: 1 + (seed % 2) as usize, kept: [0.4, 0.9], ..SMALL };
    let mut case = random_case(seed, world, shape);
    let configuration = {
        let all = Brute::new(&case, world, prior).all();
        let mut random = ChaCha8Rng::seed_from_u64(seed + 1_000_000);
        let mut left = random.random::<f64>() * all.iter().map(|(_, weight)| weight).sum::<f64>();
        let drawn = all.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        drawn.unwrap_or(&all[0]).0.clone()
    };
    let mut draws = Draws { random: ChaCha8Rng::seed_from_u64(seed + 2_000_000), world };
    let mut members: Vec<Vec<Genotype>> = Vec::new();
    for member in &mut case.members {
        let at = |id: &Option<String>| id.as_ref().map(|id| usize::from(id.starts_with('h')));
        let genotypes = match member.parents.each_ref().map(at) {
            [Some(father), Some(mother)] => draws.child(&members[father].clone(), &members[mother].clone()),
            _ => draws.stranger(),
        };
        member.typed = member.typed.is_some().then(|| draws.profile(&genotypes, shape.kept[1]));
        members.push(genotypes);
    }
    let (identities, parents) = &configuration;
    let mut candidates: Vec<Vec<Genotype>> = Vec::new();
    for (person, identity) in case.candidates.iter_mut().zip(identities) {
        let genotypes = identity.map_or_else(|| draws.stranger(), |at| members[at].clone());
        let kept = if person.role == "relative" { shape.kept[1] } else { shape.kept[0] };
        person.profile = draws.profile(&genotypes, kept);
        candidates.push(genotypes);
    }
    let mut unlisted: BTreeMap<(usize, Taker), Vec<Genotype>> = BTreeMap::new();
    for (child, takers) in case.children.iter_mut().zip(parents) {
        let of = [0, 1].map(|place| match takers[place] {
            Taker::Person(person) => candidates[person].clone(),
            Taker::Missing(at) => members[at].clone(),
            taker => unlisted.entry((place, taker)).or_insert_with(|| draws.stranger()).clone(),
        });
        let genotypes = draws.child(&of[0], &of[1]);
        child.profile = draws.profile(&genotypes, shape.kept[1]);
    }
    (case, configuration)
}

/// The prior being that of the simulation, of the statements of about one probability so many are true as they say (within 3.3
/// standard errors: 99.9 %).
#[test]
fn what_is_stated_of_bodies_and_children_comes_true() {
    let world = World::new(5, 0.0);
    let prior = Prior { shared: 0.1, identified: 0.6, missing_parent: 0.6, ..NO_RELATIVES };
    let mut bands: BTreeMap<(&str, usize), (f64, f64, f64)> = BTreeMap::new();
    let mut add = |what: &'static str, stated: f64, held: bool| {
        let band = bands.entry((what, ((stated * 5.0) as usize).min(4))).or_default();
        *band = (band.0 + 1.0, band.1 + stated, band.2 + f64::from(u8::from(held)));
    };
    for seed in 0..300 {
        let (case, (identities, parents)) = drawn_by_the_prior(seed, &world, prior);
        let folder = Folder::new();
        case.write(&folder, &world, prior);
        folder.succeed(SEARCH);
        assert_eq!(folder.json("out/manifest.json")["identities"]["left_open"], 0);
        let candidate = |id: &str| case.candidates.iter().position(|one| one.id == id).unwrap();
        let child = |id: &str| case.children.iter().position(|one| one.id == id).unwrap();
        for row in folder.table("out/identities.csv") {
            let person = case.members.iter().position(|member| member.id == row["missing_id"]);
            add("identity", number(&row, "probability"), identities[candidate(&row["victim_id"])] == person);
        }
        for row in folder.table("out/matches.csv") {
            let of = Taker::Person(candidate(&row["candidate_id"]));
            add("parent", number(&row, "posterior_case"), parents[child(&row["child_id"])].contains(&of));
        }
        for row in folder.table("out/status.csv") {
            for (place, name) in ["father", "mother"].into_iter().enumerate() {
                let taker = parents[child(&row["child_id"])][place];
                if !row[&format!("{name}_none")].is_empty() {
                    add("none", number(&row, &format!("{name}_none")), matches!(taker, Taker::Unlisted(_)));
                }
            }
        }
    }
    assert!(bands.len() >= 12, "{bands:?}");
    for (band, (statements, stated, held)) in bands {
        let p = stated / statements;
        let spread = (p * (1.0 - p) * statements).sqrt();
        assert!(
            (held - stated).abs() <= 3.3 * spread + 1.0,
            "{band:?}: {statements} stated, {stated} expected, {held} true"
        );
    }
}
