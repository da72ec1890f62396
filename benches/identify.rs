//! Identification: 100 bodies × 100 families of 5 typed relatives, 24 loci of 16 alleles, stepwise mutation.
//!
//! The work is linear in the families (tables) and in the pairs (look-ups), so 1,000 × 1,000 takes ten times as long.

#![expect(missing_docs, reason = "criterion_group! makes a public function")]

use criterion::{Criterion, criterion_group, criterion_main};
use filia::identification::{Bodies, Family, Listed, Models, Prior, Roster, ToIdentify, identify};
use filia::inference::joint::{Links, Ratios, sample};
use filia::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use filia::likelihood::{Chromosome, LocusDefinition, LocusModel};
use filia::model::single_loci;
use filia::profile::{Allele, Call, LocusName, Observation, Panel, PanelBuilder, Sample, Sex};
use filia::search::NoProgress;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::convert::Infallible;

const LOCI: usize = 24;
const ALLELES: u16 = 16;
const FAMILIES: usize = 100;

type Genotypes = Vec<[u16; 2]>;

fn models(mutation: bool) -> Vec<LocusModel> {
    let definition = |locus: usize| {
        let rate = |rate| MutationParameters { rate, rate2: 1e-6, range: 0.1, ..MutationParameters::default() };
        let stepwise = MutationDefinition { model: MutationModel::Stepwise, female: rate(0.0005), male: rate(0.002) };
        LocusDefinition {
            name: format!("L{locus}"),
            chromosome: Chromosome::Autosomal,
            alleles: (0..ALLELES).map(|allele| (10 + allele).to_string()).collect(),
            frequencies: vec![1.0 / f64::from(ALLELES); usize::from(ALLELES)],
            mutation: mutation.then_some(stepwise),
            theta: 0.0,
            silent_frequency: 0.0,
        }
    };
    (0..LOCI).map(|locus| LocusModel::new(definition(locus)).unwrap()).collect()
}

fn founder(random: &mut ChaCha8Rng) -> Genotypes {
    (0..LOCI).map(|_| [random.random_range(0..ALLELES), random.random_range(0..ALLELES)]).collect()
}

fn child(random: &mut ChaCha8Rng, father: &Genotypes, mother: &Genotypes) -> Genotypes {
    let pick = |random: &mut ChaCha8Rng, of: &[u16; 2]| of[random.random_range(0..2)];
    father.iter().zip(mother).map(|(father, mother)| [pick(random, father), pick(random, mother)]).collect()
}

/// Typed: the missing man's mother, two siblings, two children; his body is there for every other family.
fn case() -> (Panel, Vec<Family>) {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut builder = PanelBuilder::new((0..LOCI).map(|locus| LocusName::new(&format!("L{locus}"))).collect());
    let mut families = Vec::new();
    let mut add = |id: String, sex: Sex, genotypes: &Genotypes| {
        let allele = |at: u16| Allele::from_tenths((10 + at) * 10).unwrap();
        let seen = |pair: &[u16; 2]| Observation { call: Call::from_alleles(&pair.map(allele)), drop_out: 0.0 };
        let sample = Sample { id, sex, ..Sample::default() };
        builder.push(sample, &genotypes.iter().map(seen).collect::<Vec<_>>()).unwrap();
    };
    for family in 0..FAMILIES {
        let (father, mother, spouse) = (founder(&mut random), founder(&mut random), founder(&mut random));
        let missing = child(&mut random, &father, &mother);
        add(format!("{family}-mother"), Sex::Female, &mother);
        for name in ["brother", "sister"] {
            add(format!("{family}-{name}"), Sex::Unknown, &child(&mut random, &father, &mother));
        }
        for name in ["son", "daughter"] {
            add(format!("{family}-{name}"), Sex::Unknown, &child(&mut random, &missing, &spouse));
        }
        let body = if family % 2 == 0 { missing } else { founder(&mut random) };
        add(format!("body{family}"), Sex::Male, &body);
        let person = |name: &str, parents: Option<[&str; 2]>, sex| {
            let [father, mother] =
                parents.map_or([None, None], |names| names.map(|name| Some(format!("{family}-{name}"))));
            Listed { id: format!("{family}-{name}"), father, mother, sex, missing: name == "missing", line: 0 }
        };
        let (old, young) = (Some(["father", "mother"]), Some(["missing", "spouse"]));
        let people = vec![
            person("missing", old, Sex::Male),
            person("brother", old, Sex::Male),
            person("sister", old, Sex::Female),
            person("son", young, Sex::Male),
            person("daughter", young, Sex::Female),
        ];
        families.push(Family::new(&family.to_string(), people).unwrap());
    }
    (builder.build().unwrap(), families)
}

fn identification(criterion: &mut Criterion) {
    let (panel, families) = case();
    let is_body = |sample| panel.id(sample).starts_with("body");
    let roster = Roster::new(&panel, families, is_body, |sample| !is_body(sample)).unwrap();
    let positions: Vec<usize> = (0..LOCI).collect();
    let (loci, without_mutation) = (models(true), models(false));
    let groups = single_loci(LOCI);
    let (loci, without_mutation) = (&loci[..], &without_mutation[..]);
    let counts = vec![true; loci.len()];
    let open: Vec<_> = loci.iter().map(|_| None).collect();
    let models = Models {
        loci,
        open: &open,
        without_mutation,
        counts: &counts,
        positions: &positions,
        groups: &groups,
        drop_in: 0.0,
    };
    let bodies = Bodies::new(&panel, &positions, roster.bodies.clone()).unwrap();
    let mut group = criterion.benchmark_group("identify");
    group.sample_size(10);
    group.bench_function("100 bodies, 100 families", |bencher| {
        let of = ToIdentify {
            panel: &panel,
            populations: &[models],
            bodies: &bodies,
            families: &roster.families,
            prior: Prior::ByBody(0.5),
            listed: 100,
        };
        bencher.iter(|| identify(of, &NoProgress).unwrap());
    });
    group.finish();
}

/// Bodies against missing persons, 300 families of two and 400 of one: every body is one of them, and links of next to no use tie
/// it to all others.
struct Disaster(Links);

impl Disaster {
    fn new() -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(9);
        let families: Vec<u32> = (0..300).flat_map(|family| [family; 2]).chain(300..700).collect();
        let mut ln_weight = |body: usize, person: usize| match body == person {
            true => random.random_range(0.0..25.0),
            false => random.random_range(-20.0..-5.0),
        };
        let singles = (0..1000).map(|person| (0..1000).map(|body| ln_weight(body, person)).collect()).collect();
        Self(Links { bodies: 1000, families, singles, ..Links::default() })
    }
}

impl Ratios for Disaster {
    type Error = Infallible;

    fn ln_ratios(&self, person: u32, _: &[(u32, u32)]) -> Result<Vec<f64>, Infallible> {
        Ok(self.0.singles[person as usize].clone())
    }

    fn go_on(&self) -> Result<(), Infallible> {
        Ok(())
    }
}

fn disaster(criterion: &mut Criterion) {
    let disaster = Disaster::new();
    let mut group = criterion.benchmark_group("identify");
    group.sample_size(10);
    group.bench_function("joint answer, 1,000 bodies, 1,000 missing of 700 families", |bencher| {
        bencher.iter(|| sample(&disaster.0, &disaster));
    });
    group.finish();
}

criterion_group!(benches, identification, disaster);
criterion_main!(benches);
