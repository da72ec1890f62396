//! Placements of random small families against likelihoods of the whole pedigree, placement by placement.

use super::*;
use crate::identification::evidence::{evidence_on, with_stranger};
use crate::identification::pairwise::{candidates, score_person};
use crate::identification::{Body, Family, Listed, Models, SharedRows, Typed};
use crate::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use crate::inheritance::observation::Evidence;
use crate::inheritance::pedigree::Pedigree;
use crate::likelihood::case::LinkageGroup;
use crate::likelihood::{Chromosome, LocusDefinition, LocusEvidence, LocusModel, linked_ln_likelihood};
use crate::profile::{Allele, Call, LocusName, Observation, Panel, PanelBuilder, Sample, SampleIndex, Sex};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LOCI: usize = 3;

/// A family, bodies, and what the laboratory saw of all of them.
struct Drawn {
    models: Vec<LocusModel>,
    groups: Vec<LinkageGroup>,
    panel: Panel,
    family: Family,
    typed: Vec<Typed>,
    bodies: Vec<SampleIndex>,
    drop_in: f64,
}

/// Frequencies sum to 1, or to a little more.
fn model(random: &mut ChaCha8Rng, theta: f64, silent_frequency: f64) -> LocusModel {
    let parameters = |rate| MutationParameters { rate, rate2: 0.001, range: 0.2, matrix: None };
    let mutation = |random: &mut ChaCha8Rng| MutationDefinition {
        model: MutationModel::Stepwise,
        female: parameters(random.random_range(0.001..0.1)),
        male: parameters(random.random_range(0.001..0.1)),
    };
    let last = if random.random_bool(0.5) { 0.4 } else { 0.42 };
    LocusModel::new(LocusDefinition {
        name: "L".to_owned(),
        chromosome: Chromosome::Autosomal,
        alleles: ["9", "10", "10.3", "11"].map(str::to_owned).to_vec(),
        frequencies: vec![0.1, 0.2, 0.3 - silent_frequency, last],
        mutation: random.random_bool(0.9).then(|| mutation(random)),
        theta,
        silent_frequency,
    })
    .unwrap()
}

fn observation(random: &mut ChaCha8Rng, drop_out: f64) -> Observation {
    let allele =
        |random: &mut ChaCha8Rng| -> Allele { ["9", "10", "10.3", "11"][random.random_range(0..4)].parse().unwrap() };
    let call = match random.random_range(0..8) {
        0 => Call::Missing,
        _ => Call::from_alleles(&[allele(random), allele(random)]),
    };
    Observation { call, drop_out }
}

/// Up to seven people, each with two parents among those before or none; three missing at most, most others typed.
fn draw(random: &mut ChaCha8Rng, theta: f64, is_linked: bool) -> Drawn {
    let people = random.random_range(4..8);
    let name = |at: usize| format!("p{}", if at.is_multiple_of(3) { 9 - at } else { at });
    let mut listed: Vec<Listed> = Vec::new();
    let missing: Vec<usize> = (0..3).map(|_| random.random_range(0..people)).collect();
    for at in 0..people {
        let parent = |random: &mut ChaCha8Rng, parity: usize| {
            let possible: Vec<usize> = (0..at).filter(|other| other % 2 == parity).collect();
            (!possible.is_empty()).then(|| name(possible[random.random_range(0..possible.len())]))
        };
        let has_parents = at >= 2 && random.random_bool(0.75);
        let (father, mother) = match has_parents {
            true => (parent(random, 1), parent(random, 0)),
            false => (None, None),
        };
        let sex = if at % 2 == 0 { Sex::Female } else { Sex::Male };
        listed.push(Listed { id: name(at), father, mother, sex, missing: missing.contains(&at), line: 0 });
    }
    let silent = if random.random_bool(0.2) { 0.05 } else { 0.0 };
    let models: Vec<_> = (0..LOCI).map(|_| model(random, theta, silent)).collect();
    let groups = match is_linked {
        true => vec![
            LinkageGroup { loci: vec![0, 1], recombination: vec![random.random_range(0.0..0.5)] },
            LinkageGroup { loci: vec![2], recombination: Vec::new() },
        ],
        false => crate::model::single_loci(LOCI),
    };
    let family = Family::new("1", listed).unwrap();
    let mut builder = PanelBuilder::new((0..LOCI).map(|locus| LocusName::new(&format!("L{locus}"))).collect());
    let drop_out = if random.random_bool(0.2) { 0.1 } else { 0.0 };
    let mut push = |id: String, random: &mut ChaCha8Rng| {
        let seen: Vec<_> = (0..LOCI).map(|_| observation(random, drop_out)).collect();
        builder.push(Sample { id, ..Sample::default() }, &seen).unwrap();
    };
    let count = random.random_range(2..6);
    (0..count).for_each(|body| push(format!("body {body}"), random));
    let typed: Vec<usize> = (0..people).filter(|at| !family.missing.contains(at) && random.random_bool(0.8)).collect();
    typed.iter().enumerate().for_each(|(number, _)| push(format!("relative {number}"), random));
    let sample = |at: usize| SampleIndex(at as u32);
    let typed = typed.iter().enumerate().map(|(at, &person)| Typed { person, sample: sample(count + at) }).collect();
    let drop_in = if random.random_bool(0.1) { 0.02 } else { 0.0 };
    let panel = builder.build().unwrap();
    Drawn { models, groups, panel, family, typed, bodies: (0..count).map(sample).collect(), drop_in }
}

impl Drawn {
    /// ln P(all seen of the typed members, and of these bodies as these members).
    fn ln_likelihood(&self, pedigree: &Pedigree, placed: &[(usize, SampleIndex)]) -> f64 {
        let group = |group: &LinkageGroup| {
            let evidence: Vec<Vec<Evidence>> = group.loci.iter().map(|&locus| self.evidence(locus, placed)).collect();
            let loci = group.loci.iter().zip(&evidence);
            let loci: Vec<_> =
                loci.map(|(&locus, evidence)| LocusEvidence { model: &self.models[locus], evidence }).collect();
            *linked_ln_likelihood(&loci, &group.recombination, pedigree).unwrap()
        };
        self.groups.iter().map(group).sum()
    }

    fn evidence(&self, locus: usize, placed: &[(usize, SampleIndex)]) -> Vec<Evidence> {
        let typed = self.typed.iter().map(|typed| (typed.person, typed.sample));
        let all = typed.chain(placed.iter().copied()).map(|(person, sample)| {
            let seen = self.panel.observation(sample, locus);
            evidence_on(&self.models[locus], person, &[seen], self.drop_in).unwrap()
        });
        all.flatten().collect()
    }

    /// The ln ratio of a placement (pairs of a body and a missing person), from whole pedigrees.
    fn ln_lr(&self, people: &[(u32, u32)]) -> f64 {
        let member = |person: u32| self.family.missing[person as usize];
        let placed: Vec<_> =
            people.iter().map(|&(body, person)| (member(person), self.bodies[body as usize])).collect();
        let ln_family = self.ln_likelihood(&self.family.pedigree, &[]);
        let mut ln_lr = self.ln_likelihood(&self.family.pedigree, &placed) - ln_family;
        for (person, sample) in placed {
            let (pedigree, stranger) = with_stranger(&self.family.pedigree, self.family.sex(person)).unwrap();
            ln_lr -= self.ln_likelihood(&pedigree, &[(stranger, sample)]) - ln_family;
        }
        ln_lr
    }

    /// What is found; `None` where a locus is not used (the relatives contradict each other), or where none is compared.
    fn found(&self, limits: PlacementLimits) -> Option<FamilyPlacements> {
        let positions: Vec<usize> = (0..LOCI).collect();
        let models = Models {
            loci: &self.models,
            without_mutation: &self.models,
            counts: &[true; LOCI],
            positions: &positions,
            groups: &self.groups,
            drop_in: self.drop_in,
        };
        let body = |&sample: &SampleIndex| Body {
            id: self.panel.id(sample).to_owned(),
            samples: vec![sample],
            sex: Sex::Unknown,
            set_aside: Vec::new(),
        };
        let bodies = Bodies::new(&self.panel, &positions, self.bodies.iter().map(body).collect()).unwrap();
        let bodies = bodies.with_groups(&self.groups).unwrap();
        let (founders, shared) = (Founders::new(models, &bodies).unwrap(), SharedRows::new(LOCI));
        let case = FamilyCase::new(&self.panel, models, &self.family, &self.typed, &shared).unwrap();
        if !case.unused.is_empty() {
            return None;
        }
        let cases = [(case, &founders)];
        let score = |&person: &usize| score_person(&cases, person, &bodies, &candidates(&bodies)).unwrap();
        let scores: Vec<_> = self.family.missing.iter().map(score).collect();
        if scores.iter().any(|scores: &PersonScores| scores.loci_compared.contains(&0)) {
            return None;
        }
        let ln_odds = vec![0.0; bodies.len()];
        let singles: Vec<_> = scores.iter().map(|scores| ln_singles(scores, &ln_odds)).collect();
        Some(placements(&cases[0].0, &founders, &bodies, &singles, &ln_odds, (0, 0), limits).unwrap())
    }
}

/// Every placement of `bodies` bodies as `persons` persons, nobody apart.
fn all_placements(bodies: u32, persons: u32) -> Vec<Vec<(u32, u32)>> {
    let mut all: Vec<Vec<(u32, u32)>> = vec![Vec::new()];
    for person in 0..persons {
        let with = |people: &Vec<(u32, u32)>| -> Vec<Vec<(u32, u32)>> {
            let free = (0..bodies).filter(|&body| people.iter().all(|&(other, _)| other != body));
            free.map(|body| [&people[..], &[(body, person)]].concat()).collect()
        };
        let more: Vec<_> = all.iter().flat_map(with).collect();
        all.extend(more);
    }
    all.iter_mut().for_each(|people| people.sort_unstable());
    all.into_iter().filter(|people| !people.is_empty()).collect()
}

fn families(theta: f64, is_linked: bool, count: usize, mut check: impl FnMut(&Drawn, &[(Vec<(u32, u32)>, f64)])) {
    let mut random = ChaCha8Rng::seed_from_u64(20 + u64::from(is_linked));
    let mut checked = 0;
    while checked < count {
        let drawn = draw(&mut random, theta, is_linked);
        if drawn.found(PlacementLimits::default()).is_none() {
            continue;
        }
        let all = all_placements(drawn.bodies.len() as u32, drawn.family.missing.len() as u32);
        let exact: Vec<_> = all.into_iter().map(|people| (people.clone(), drawn.ln_lr(&people))).collect();
        check(&drawn, &exact);
        checked += 1;
    }
}

fn equals_whole_pedigrees(theta: f64, is_linked: bool, count: usize) {
    families(theta, is_linked, count, |drawn, exact| {
        let found = drawn.found(PlacementLimits::default()).unwrap();
        assert_eq!((found.left_out, found.lost), (0, 0.0));
        for placement in &found.placements {
            let (_, expected) = exact.iter().find(|(people, _)| *people == placement.people).unwrap();
            let close = placement.ln_weight == *expected || (placement.ln_weight - expected).abs() < 1e-9;
            assert!(close, "{:?}: {} {expected}", placement.people, placement.ln_weight);
        }
        // those that are not listed have a body that cannot be the person even alone
        let is_impossible = |&(body, person): &(u32, u32)| {
            exact.iter().any(|(people, ln_lr)| *people == [(body, person)] && *ln_lr == f64::NEG_INFINITY)
        };
        let listed = exact.iter().filter(|(people, _)| !people.iter().any(is_impossible)).count();
        assert_eq!(found.placements.len(), listed);
    });
}

#[test]
fn every_ratio_is_that_of_whole_pedigrees() {
    equals_whole_pedigrees(0.0, false, 120);
    equals_whole_pedigrees(0.03, false, 60);
}

#[test]
fn every_ratio_is_that_of_whole_pedigrees_with_linked_loci() {
    equals_whole_pedigrees(0.0, true, 30);
    equals_whole_pedigrees(0.03, true, 10);
}

/// Where the family is alone, the posterior of a placement is its ratio over 1 + the sum of all: what is left out is within the
/// bound, at whatever limit, and nothing that is kept has another ratio.
#[test]
fn what_is_left_out_is_within_its_bound() {
    let mut left_out = [0; 2];
    families(0.0, false, 80, |drawn, exact| {
        let everything = drawn.found(PlacementLimits::default()).unwrap();
        let sum = |placements: &[Placement]| placements.iter().map(|placement| placement.ln_weight.exp()).sum::<f64>();
        let total = 1.0 + exact.iter().map(|(_, ln_lr)| ln_lr.exp()).sum::<f64>();
        for (at, limits) in [(1e-2, 1 << 19), (0.3, 1 << 19), (0.0, 7)].into_iter().enumerate() {
            let (least, kept): (f64, usize) = limits;
            let limits = PlacementLimits { keep_all: 0, least_ln_bound: least.ln(), kept };
            let found = drawn.found(limits).unwrap();
            assert!(found.placements.len() <= kept);
            assert!(found.placements.iter().all(|placement| everything.placements.contains(placement)));
            let lost = (total - 1.0 - sum(&found.placements)) / total;
            assert!(lost <= found.lost + 1e-12, "{lost} {}", found.lost);
            left_out[at / 2] += found.left_out;
        }
    });
    assert!(left_out.iter().all(|&count| count > 100), "{left_out:?}");
}

#[test]
fn few_bodies_count_by_the_body() {
    let possible = vec![vec![0, 1]; 20];
    assert_eq!(count(&possible, 2), 21 * 21);
    assert_eq!(count(&[vec![0, 1, 2], vec![1]], 3), 8);
}
