//! Children of a few families, drawn at random.

use crate::match_cases::RandomCase;
use crate::match_oracle::{Person, Statistics};
use filia::io::{frequency_file::load_table, source::Inputs};
use filia::profile::{Allele, LocusName, Sex};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const LOCI: [&str; 4] = ["D3S1358", "vWA", "TH01", "FGA"];

/// Children of a few families, the fathers with few loci, some of them listed; and strangers.
pub struct Families {
    pub random: ChaCha8Rng,
    pub loci: Vec<LocusName>,
    pub tables: Vec<Vec<(Allele, f64)>>,
    pub statistics: Statistics,
}

pub type Genotypes = Vec<[Allele; 2]>;

impl Families {
    pub fn new(seed: u64, statistics: &Statistics) -> Self {
        let loci: Vec<_> = LOCI.iter().map(|name| LocusName::new(name)).collect();
        let table = load_table(statistics.tables[0], &Inputs::default()).unwrap();
        let tables = loci.iter().map(|locus| table.locus(locus).unwrap().frequencies.clone()).collect();
        Self { random: ChaCha8Rng::seed_from_u64(seed), loci, tables, statistics: statistics.clone() }
    }

    pub fn stranger(&mut self) -> Genotypes {
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

    pub fn child(&mut self, father: &Genotypes, mother: &Genotypes) -> Genotypes {
        let pairs = father.iter().zip(mother);
        pairs.map(|(his, hers)| [his[self.random.random_range(0..2)], hers[self.random.random_range(0..2)]]).collect()
    }

    /// `kept`: the share of loci with a result.
    pub fn person(&mut self, id: String, role: &'static str, sex: Sex, genotypes: &Genotypes, kept: f64) -> Person {
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
    pub fn case(&mut self, children: usize, names: bool, unknown: bool) -> RandomCase {
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
