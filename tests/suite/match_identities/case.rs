//! Families, bodies and children as files, drawn at random.

use super::world::{ALLELES, Genotype, Profile, World};
use crate::match_support::Folder;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const LOCI: [&str; 5] = ["D3S1358", "vWA", "TH01", "FGA", "D8S1179"];
pub const FIRST_ALLELE: usize = 10;

/// Somebody with a row in a profile file.
#[derive(Clone, Debug)]
pub struct Someone {
    pub id: String,
    pub role: &'static str,
    /// `M`, `F` or nothing.
    pub sex: &'static str,
    pub mother: Option<String>,
    pub profile: Profile,
}

/// A row of the pedigrees.
#[derive(Clone, Debug)]
pub struct Member {
    pub family: usize,
    pub id: String,
    pub parents: [Option<String>; 2],
    pub sex: &'static str,
    pub missing: bool,
    pub typed: Option<Profile>,
}

#[derive(Clone, Debug)]
pub struct TestCase {
    pub children: Vec<Someone>,
    pub candidates: Vec<Someone>,
    pub members: Vec<Member>,
}

/// What is supposed before the DNA.
#[derive(Clone, Copy, Debug)]
pub struct Prior {
    pub in_list: f64,
    pub shared: f64,
    pub identified: f64,
    pub missing_parent: f64,
    /// Expected full siblings and relatives of the second degree.
    pub relatives: [f64; 2],
}

pub const NO_RELATIVES: Prior =
    Prior { in_list: 0.5, shared: 0.2, identified: 0.5, missing_parent: 0.4, relatives: [0.0; 2] };

pub const SEXES: [&str; 2] = ["M", "F"];

impl TestCase {
    pub fn write(&self, folder: &Folder, world: &World, prior: Prior) {
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
    pub fn missing(&self) -> Vec<usize> {
        let mut missing: Vec<usize> = (0..self.members.len()).filter(|&at| self.members[at].missing).collect();
        missing.sort_by_key(|&at| (self.members[at].family, self.members[at].id.clone()));
        missing
    }

    pub fn has_typed(&self, family: usize) -> bool {
        self.members.iter().any(|member| member.family == family && member.typed.is_some())
    }
}

/// People drawn at random.
pub struct Draws<'a> {
    pub random: ChaCha8Rng,
    pub world: &'a World,
}

impl Draws<'_> {
    pub fn chance(&mut self, probability: f64) -> bool {
        self.random.random::<f64>() < probability
    }

    pub fn stranger(&mut self) -> Vec<Genotype> {
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

    pub fn child(&mut self, father: &[Genotype], mother: &[Genotype]) -> Vec<Genotype> {
        let mut pass = |genotype: &Genotype| genotype[self.random.random_range(0..2)];
        father.iter().zip(mother).map(|(his, hers)| sorted([pass(his), pass(hers)])).collect()
    }

    /// `kept`: the share of loci with a result.
    pub fn profile(&mut self, genotypes: &[Genotype], kept: f64) -> Profile {
        genotypes.iter().map(|genotype| self.chance(kept).then_some(*genotype)).collect()
    }
}

pub fn sorted([one, other]: Genotype) -> Genotype {
    [one.min(other), one.max(other)]
}

/// What a random case is like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub families: usize,
    /// Missing persons of the first family; the others miss one each.
    pub missing: usize,
    pub bodies: usize,
    pub children: usize,
    /// Whether some bodies have no sex, and some missing persons none.
    pub unknown: bool,
    /// Whether some children name their mothers.
    pub names: bool,
    /// The share of loci with a result, of bodies and of everybody else.
    pub kept: [f64; 2],
}

pub const SMALL: Shape =
    Shape { families: 1, missing: 1, bodies: 1, children: 1, unknown: false, names: false, kept: [0.5, 0.9] };

/// Missing persons are sons and daughters of a couple of whom one is typed for certain; the bodies are those persons or strangers; the
/// children are theirs or anybody's.
pub fn random_case(seed: u64, world: &World, shape: Shape) -> TestCase {
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
