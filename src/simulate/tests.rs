//! Simulated families against theory: fixed seeds, tolerances of four standard errors.

use super::*;
use crate::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use crate::inheritance::observation::{AlleleIndex, Evidence, Seen};
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::likelihood::{Chromosome, LocusDefinition, LocusModel};
use crate::profile::Sex;

fn definition(frequencies: &[f64]) -> LocusDefinition {
    LocusDefinition {
        name: "L".into(),
        chromosome: Chromosome::Autosomal,
        alleles: (0..frequencies.len()).map(|repeats| (repeats + 5).to_string()).collect(),
        frequencies: frequencies.to_vec(),
        mutation: None,
        theta: 0.0,
        silent_frequency: 0.0,
    }
}

fn model(definition: LocusDefinition) -> LocusModel {
    LocusModel::new(definition).unwrap()
}

fn person(id: &str, father: Option<usize>, mother: Option<usize>) -> Individual {
    Individual::child(id, Sex::Unknown, father, mother)
}

/// Great-grandparents, a father with a brother and a half brother, a mother, two children, a cousin.
fn family() -> Pedigree {
    Pedigree::new(vec![
        person("grandfather", None, None),
        person("grandmother", None, None),
        person("father", Some(0), Some(1)),
        person("uncle", Some(0), Some(1)),
        person("half uncle", Some(0), None),
        person("mother", None, None),
        person("child", Some(2), Some(5)),
        person("sibling", Some(2), Some(5)),
        person("aunt by marriage", None, None),
        person("cousin", Some(3), Some(8)),
    ])
    .unwrap()
}

fn within(found: f64, expected: f64, trials: f64) {
    let standard_error = (expected * (1.0 - expected) / trials).sqrt();
    assert!((found - expected).abs() <= 4.0 * standard_error, "found {found}, expected {expected} ± {standard_error}");
}

/// Share of loci at which a random allele of one is a random allele of the other: kinship φ + (1 − φ) Σp².
#[test]
fn relatives_share_alleles_as_their_kinship_says() {
    let loci: Vec<_> = (0..200).map(|_| model(definition(&[0.01; 100]))).collect();
    let (drop, pedigree, families) = (GeneDrop::new(&loci, &[], 1), family(), 300);
    let pairs = [(6, 7, 0.25), (6, 2, 0.25), (6, 3, 0.125), (6, 0, 0.125), (2, 4, 0.125), (6, 9, 0.0625), (6, 8, 0.0)];
    let mut shared = [0.0; 7];
    for number in 0..families {
        let mut random = Streams::new(3, Purpose::Family).stream(number);
        let genotypes = drop.drop(&pedigree, &[Sex::Male; 10], &mut random);
        for (sum, (one, other, _)) in shared.iter_mut().zip(pairs) {
            for (left, right) in genotypes.of(one).iter().zip(genotypes.of(other)) {
                let alleles = |genotype: &DrawnGenotype| [genotype.maternal, genotype.paternal.unwrap()];
                let same = alleles(left)
                    .iter()
                    .flat_map(|a| alleles(right).map(|b| f64::from(u8::from(*a == b))))
                    .sum::<f64>();
                *sum += same / 4.0;
            }
        }
    }
    for (sum, (.., kinship)) in shared.iter().zip(pairs) {
        // two draws of the four are not independent: count each locus as one trial
        within(sum / (200.0 * families as f64), kinship + (1.0 - kinship) * 0.01, 200.0 * families as f64);
    }
}

#[test]
fn mutations_happen_at_the_configured_rates_of_either_sex() {
    let rates = |rate| MutationParameters { rate, rate2: 0.0, range: 0.1, matrix: None };
    let mutation = MutationDefinition { model: MutationModel::Stepwise, female: rates(0.01), male: rates(0.04) };
    let loci: Vec<_> = (0..100)
        .map(|_| model(LocusDefinition { mutation: Some(mutation.clone()), ..definition(&[0.2; 5]) }))
        .collect();
    let drop = GeneDrop::new(&loci, &[], 1);
    let trio =
        Pedigree::new(vec![person("F", None, None), person("M", None, None), person("C", Some(0), Some(1))]).unwrap();
    let (mut by_sex, mut one_step, families) = ([0.0, 0.0], 0.0, 2000);
    for number in 0..families {
        let mut random = Streams::new(9, Purpose::Family).stream(number);
        let genotypes = drop.drop(&trio, &[Sex::Male, Sex::Female, Sex::Male], &mut random);
        for mutation in &genotypes.mutations {
            by_sex[usize::from(mutation.parent == Sex::Male)] += 1.0;
            one_step += f64::from(u8::from(mutation.from.0.abs_diff(mutation.to.0) == 1));
            let (parent, child) = (usize::from(mutation.parent == Sex::Female), genotypes.of(2)[mutation.locus]);
            let held = genotypes.of(parent)[mutation.locus];
            assert!(held.maternal == mutation.from || held.paternal == Some(mutation.from));
            let arrived = if parent == 1 { Some(child.maternal) } else { child.paternal };
            assert_eq!(arrived, Some(mutation.to));
        }
    }
    let meioses = 100.0 * families as f64;
    within(by_sex[0] / meioses, 0.01, meioses);
    within(by_sex[1] / meioses, 0.04, meioses);
    // of five alleles at range 0.1 (2 of them at an end): one step has weight r or 2r, beyond it r² ...
    let share = |from: i32| {
        let weight = |to: i32| if to == from { 0.0 } else { 0.1_f64.powi((to - from).abs()) };
        let total: f64 = (0..5).map(weight).sum();
        (0..5).filter(|to| (to - from).abs() == 1).map(weight).sum::<f64>() / total
    };
    let mutations = by_sex[0] + by_sex[1];
    within(one_step / mutations, (0..5).map(share).sum::<f64>() / 5.0, mutations);
}

/// Over subpopulations, two alleles of unrelated people are alike with θ + (1 − θ) Σp².
#[test]
fn theta_makes_strangers_alike() {
    let theta = 0.05;
    let loci: Vec<_> = (0..400).map(|_| model(LocusDefinition { theta, ..definition(&[0.5, 0.3, 0.2]) })).collect();
    let strangers = Pedigree::new(vec![person("A", None, None), person("B", None, None)]).unwrap();
    let (mut alike, cases) = (0.0, 100);
    for seed in 0..cases {
        let drop = GeneDrop::new(&loci, &[], seed);
        let genotypes = drop.drop(&strangers, &[Sex::Female; 2], &mut Streams::new(seed, Purpose::Family).stream(0));
        let pairs = genotypes.of(0).iter().zip(genotypes.of(1));
        alike += pairs.filter(|(one, other)| one.maternal == other.maternal).count() as f64;
    }
    let trials = 400.0 * cases as f64;
    within(alike / trials, theta + (1.0 - theta) * (0.25 + 0.09 + 0.04), trials);
}

#[test]
fn linked_loci_come_from_one_grandparent_unless_they_recombine() {
    let loci: Vec<_> = (0..3).map(|_| model(definition(&[0.001; 1000]))).collect();
    let linkage = [Linkage { loci: [2, 0], rho: 0.117 }];
    let drop = GeneDrop::new(&loci, &linkage, 1);
    let line = Pedigree::new(vec![person("F", None, None), person("C", Some(0), None)]).unwrap();
    let (mut changed, mut unlinked, mut trials) = (0.0, 0.0, 0.0);
    for number in 0..20_000 {
        let mut random = Streams::new(2, Purpose::Family).stream(number);
        let genotypes = drop.drop(&line, &[Sex::Male; 2], &mut random);
        let from_grandfather: Vec<_> = genotypes
            .of(0)
            .iter()
            .zip(genotypes.of(1))
            .map(|(father, child)| child.paternal == father.paternal)
            .collect();
        let informative = genotypes.of(0).iter().all(|father| father.paternal != Some(father.maternal));
        if informative {
            trials += 1.0;
            changed += f64::from(u8::from(from_grandfather[0] != from_grandfather[2]));
            unlinked += f64::from(u8::from(from_grandfather[0] != from_grandfather[1]));
        }
    }
    within(changed / trials, 0.117, trials);
    within(unlinked / trials, 0.5, trials);
}

#[test]
fn a_son_has_one_x_from_his_mother() {
    let loci = [model(LocusDefinition { chromosome: Chromosome::X, ..definition(&[0.01; 100]) })];
    let drop = GeneDrop::new(&loci, &[], 1);
    let parents = Pedigree::new(vec![
        person("F", None, None),
        person("M", None, None),
        person("son", Some(0), Some(1)),
        person("daughter", Some(0), Some(1)),
    ])
    .unwrap();
    let sexes = [Sex::Male, Sex::Female, Sex::Male, Sex::Female];
    for number in 0..200 {
        let genotypes = drop.drop(&parents, &sexes, &mut Streams::new(2, Purpose::Family).stream(number));
        let [father, mother, son, daughter] = [0, 1, 2, 3].map(|person| genotypes.of(person)[0]);
        assert_eq!((father.paternal, son.paternal), (None, None));
        assert_eq!(daughter.paternal, Some(father.maternal));
        assert!([Some(mother.maternal), mother.paternal].contains(&Some(son.maternal)));
    }
}

/// What the laboratory reports is distributed as the engine's observation model says, genotype by genotype.
#[test]
fn the_laboratory_draws_from_the_observation_model() {
    let rates = MutationParameters { rate: 0.1, ..MutationParameters::default() };
    let wrong_calls = MutationDefinition { model: MutationModel::GenotypingError, female: rates.clone(), male: rates };
    for mutation in [None, Some(wrong_calls)] {
        let definition = LocusDefinition { silent_frequency: 0.1, mutation, ..definition(&[0.5, 0.25, 0.15]) };
        draws_from_the_observation_model(&model(definition));
    }
}

fn draws_from_the_observation_model(locus: &LocusModel) {
    let laboratory = Laboratory::new(std::slice::from_ref(locus));
    let quality = Quality { drop_out: 0.2, drop_in: 0.1, ..Quality::WHOLE };
    let (a, b, silent) = (AlleleIndex(0), AlleleIndex(1), AlleleIndex(3));
    let trials = 40_000;
    for (maternal, paternal) in [(a, Some(b)), (a, Some(a)), (a, Some(silent)), (b, None), (silent, Some(silent))] {
        let mut random = Streams::new(5, Purpose::Laboratory).stream(0);
        let mut counts = std::collections::HashMap::new();
        for _ in 0..trials {
            laboratory.type_sample(&[DrawnGenotype { maternal, paternal }], &quality, &mut random, |_, reported, _| {
                *counts.entry(reported.alleles().to_vec()).or_insert(0.0) += 1.0;
            });
        }
        for one in 0..3 {
            for other in one..3 {
                let mut alleles = vec![AlleleIndex(one), AlleleIndex(other)];
                alleles.dedup();
                let seen = Seen::pair(AlleleIndex(one), AlleleIndex(other));
                let piece = Evidence { person: 0, seen, drop_out: quality.drop_out, drop_in: quality.drop_in };
                let expected = locus.probability_of(&piece, maternal, paternal);
                let found = counts.get(&alleles).copied().unwrap_or(0.0) / f64::from(trials);
                within(found, expected, f64::from(trials));
            }
        }
    }
}

#[test]
fn a_case_is_the_same_whoever_makes_it_and_differs_by_seed() {
    let shape: CaseShape = toml::from_str(
        r#"
        [roles.corpse]
        age_span = 5
        sites = ["a", "b"]
        quality = [{ drop_out = 0.1, locus_failure = 0.1 }]
        [[families]]
        count = 20
        people = [
            { id = "F", born = [1970, 1980], samples = ["corpse", "corpse"] },
            { id = "M" },
            { id = "C", father = "F", mother = "M", samples = ["child"] },
        ]
        "#,
    )
    .unwrap();
    let loci: Vec<_> = (0..5).map(|_| model(definition(&[0.1; 10]))).collect();
    let case = |seed| SyntheticCase::new(shape.clone(), &loci, seed).unwrap();
    let told = |case: &SyntheticCase, rows: &[u64]| -> Vec<String> {
        let mut told: Vec<_> =
            rows.iter().map(|&row| format!("{row} {:?}", case.sample(SamplePlace { list: 1, row }))).collect();
        told.sort();
        told
    };
    let forwards: Vec<u64> = (0..40).collect();
    let backwards: Vec<u64> = (0..40).rev().collect();
    assert_eq!(told(&case(1), &forwards), told(&case(1), &backwards));
    assert_ne!(told(&case(1), &forwards), told(&case(2), &forwards));
    let parents = case(1).parents(3);
    assert!(parents.father.is_some() && parents.mother.is_none());
}
