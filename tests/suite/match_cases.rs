//! Small random families, as a laboratory would report them.

use super::match_oracle::{Cell, Person, Statistics};
use super::match_support::Folder;
use filia::io::{frequency_file::load_table, source::Inputs};
use filia::profile::{Allele, LocusName, Sex};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Both alleles at each locus.
type Genotypes = Vec<(Allele, Allele)>;

/// Children with parents, some of whom are typed, and strangers.
pub struct RandomCase {
    pub loci: Vec<LocusName>,
    pub children: Vec<Person>,
    pub candidates: Vec<Person>,
}

/// What varies from case to case.
#[derive(Clone, Copy)]
pub struct Shape {
    pub families: usize,
    pub strangers: usize,
    /// Share of loci without a result.
    pub missing: f64,
    /// Share of transmissions in which an allele gains or loses a repeat.
    pub mutated: f64,
    /// Whether some children name their mother or father.
    pub known_parents: bool,
    /// Whether some candidates are of unknown sex.
    pub unknown_sexes: bool,
    /// Whether some rows state their own drop-out.
    pub own_drop_out: bool,
}

pub const PLAIN: Shape = Shape {
    families: 3,
    strangers: 3,
    missing: 0.1,
    mutated: 0.05,
    known_parents: false,
    unknown_sexes: false,
    own_drop_out: false,
};

struct Draws<'a> {
    random: ChaCha8Rng,
    shape: Shape,
    loci: &'a [LocusName],
    statistics: &'a Statistics,
}

impl Draws<'_> {
    fn chance(&mut self, probability: f64) -> bool {
        self.random.random::<f64>() < probability
    }

    fn unrelated(&mut self) -> Genotypes {
        let table = load_table(self.statistics.tables[0], &Inputs::default()).unwrap();
        let draw = |locus: &LocusName, random: &mut ChaCha8Rng| {
            let frequencies = &table.locus(locus).unwrap().frequencies;
            let mut at = random.random::<f64>();
            let found = frequencies.iter().find(|(_, frequency)| {
                at -= frequency;
                at < 0.0
            });
            found.unwrap_or(&frequencies[0]).0
        };
        self.loci.iter().map(|locus| (draw(locus, &mut self.random), draw(locus, &mut self.random))).collect()
    }

    fn child_of(&mut self, father: &Genotypes, mother: &Genotypes) -> Genotypes {
        let transmit = |(one, other): (Allele, Allele), draws: &mut Self| {
            let allele = if draws.chance(0.5) { one } else { other };
            if !draws.chance(draws.shape.mutated) {
                return allele;
            }
            let tenths = allele.tenths().unwrap();
            Allele::from_tenths(if draws.chance(0.5) { tenths + 10 } else { tenths - 10 }).unwrap()
        };
        let pairs = father.iter().zip(mother);
        pairs.map(|(&father, &mother)| (transmit(father, self), transmit(mother, self))).collect()
    }

    fn person(&mut self, id: String, role: &'static str, sex: Sex, genotypes: &Genotypes) -> Person {
        let own = self.shape.own_drop_out && self.chance(0.4);
        let drop_out = own.then(|| f64::from(self.random.random_range(0..4_u8)) / 10.0);
        let mut person = Person { id, role, sex, mother: None, father: None, drop_out, cells: Vec::new() };
        let drop_out = self.statistics.drop_out_of(&person);
        for &(one, other) in genotypes {
            let mut cell: Cell = vec![one, other];
            cell.retain(|_| !self.chance(drop_out));
            cell.sort_unstable();
            cell.dedup();
            if self.chance(self.shape.missing) {
                cell.clear();
            }
            person.cells.push(cell);
        }
        person
    }
}

impl RandomCase {
    pub fn new(seed: u64, shape: Shape, statistics: &Statistics, loci: &[&str]) -> Self {
        let loci: Vec<_> = loci.iter().map(|name| LocusName::new(name)).collect();
        let mut draws = Draws { random: ChaCha8Rng::seed_from_u64(seed), shape, loci: &loci, statistics };
        let (mut children, mut candidates) = (Vec::new(), Vec::new());
        for family in 0..shape.families {
            let (father, mother) = (draws.unrelated(), draws.unrelated());
            let genotypes = draws.child_of(&father, &mother);
            let mut child = draws.person(format!("c{family}"), "child", Sex::Female, &genotypes);
            let role = if draws.chance(0.5) { "corpse" } else { "detainee" };
            let sex =
                |sex, draws: &mut Draws| if shape.unknown_sexes && draws.chance(0.4) { Sex::Unknown } else { sex };
            let (father_id, mother_id) = (format!("f{family}"), format!("m{family}"));
            let (his, hers) = (sex(Sex::Male, &mut draws), sex(Sex::Female, &mut draws));
            let father_person = draws.person(father_id.clone(), role, his, &father);
            let mother_person = draws.person(mother_id.clone(), "detainee", hers, &mother);
            if shape.known_parents {
                match family % 4 {
                    0 => child.mother = Some(mother_id),
                    1 => child.father = Some(father_id),
                    2 => (child.mother, child.father) = (Some(mother_id), Some(father_id)),
                    _ => {}
                }
            }
            candidates.extend([father_person, mother_person]);
            children.push(child);
        }
        for stranger in 0..shape.strangers {
            let genotypes = draws.unrelated();
            let sex = [Sex::Male, Sex::Female, Sex::Unknown][stranger % if shape.unknown_sexes { 3 } else { 2 }];
            candidates.push(draws.person(format!("s{stranger}"), "corpse", sex, &genotypes));
        }
        Self { loci, children, candidates }
    }

    pub fn people(&self) -> Vec<&Person> {
        self.children.iter().chain(&self.candidates).collect()
    }

    pub fn person(&self, id: &str) -> &Person {
        self.people().into_iter().find(|person| person.id == id).unwrap()
    }

    /// Writes `children.csv`, `candidates.csv` and `settings.toml`.
    pub fn write(&self, folder: &Folder, statistics: &Statistics) {
        folder.write("children.csv", profiles(&self.loci, &self.children));
        folder.write("candidates.csv", profiles(&self.loci, &self.candidates));
        folder.write("settings.toml", statistics.toml());
    }
}

/// A profile file of these people, in this order.
pub fn profiles(loci: &[LocusName], people: &[Person]) -> String {
    let names: Vec<_> = loci.iter().map(LocusName::as_str).collect();
    let mut text = format!("sample_id,role,sex,mother_id,father_id,drop_out,{}\n", names.join(","));
    for person in people {
        let sex = match person.sex {
            Sex::Male => "M",
            Sex::Female => "F",
            Sex::Unknown => "",
        };
        let drop_out = person.drop_out.map(|drop_out| drop_out.to_string()).unwrap_or_default();
        let parent = |id: &Option<String>| id.clone().unwrap_or_default();
        let cells: Vec<_> =
            person.cells.iter().map(|cell| cell.iter().map(Allele::to_string).collect::<Vec<_>>().join("/")).collect();
        text += &format!(
            "{},{},{sex},{},{},{drop_out},{}\n",
            person.id,
            person.role,
            parent(&person.mother),
            parent(&person.father),
            cells.join(",")
        );
    }
    text
}
