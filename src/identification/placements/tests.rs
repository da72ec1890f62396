//! Placements of random small families against likelihoods of the whole pedigree, placement by placement.

use super::*;
use crate::identification::company::Company;
use crate::identification::evidence::{evidence_on, with_stranger};
use crate::identification::founders::Founders;
use crate::identification::pairwise::{candidates, score_person};
use crate::identification::{Bodies, Body, Family, Listed, Models, SharedRows, Typed};
use crate::inference::joint::Ratios;
use crate::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use crate::inheritance::observation::Evidence;
use crate::inheritance::pedigree::Pedigree;
use crate::likelihood::case::LinkageGroup;
use crate::likelihood::{Chromosome, LocusDefinition, LocusEvidence, LocusModel, linked_ln_likelihood};
use crate::model::{LocusSource, OpenLocus};
use crate::profile::{Allele, Call, LocusName, Observation, Panel, PanelBuilder, Sample, SampleIndex, Sex};
use crate::progress::NoProgress;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LOCI: usize = 3;
/// Alleles that no table lists, in some of the cases.
const UNSEEN: [&str; 2] = ["10.3", "12"];
const RARE: f64 = 0.03;

/// A family, bodies, and what the laboratory saw of all of them.
struct Drawn {
    models: Vec<LocusModel>,
    open: Vec<Option<OpenLocus>>,
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

/// The same with a table that does not list [`UNSEEN`].
fn open_model(random: &mut ChaCha8Rng, theta: f64, silent_frequency: f64) -> LocusModel {
    let mut definition = model(random, theta, silent_frequency).definition().clone();
    let models = [
        MutationModel::Stepwise,
        MutationModel::Equal,
        MutationModel::Proportional,
        MutationModel::OneStep,
        MutationModel::Dawid,
    ];
    definition.alleles = ["9", "10", "11"].map(str::to_owned).to_vec();
    definition.frequencies = vec![0.1, 0.4 - silent_frequency, 0.5];
    if let Some(mutation) = &mut definition.mutation {
        mutation.model = models[random.random_range(0..models.len())];
        (mutation.female.rate, mutation.male.rate) = (0.01, 0.04);
    }
    LocusModel::new(definition).unwrap()
}

/// The model with the unseen alleles of these, each with its place and the frequency of an unseen allele.
fn with_unseen(table: &LocusModel, shown: &[Allele]) -> LocusModel {
    let mut definition = table.definition().clone();
    for label in UNSEEN.iter().filter(|label| shown.contains(&label.parse().unwrap())) {
        let place = if *label == "12" { definition.alleles.len() } else { 2 };
        definition.alleles.insert(place, (*label).to_owned());
        definition.frequencies.insert(place, RARE);
    }
    LocusModel::new(definition).unwrap()
}

fn observation(random: &mut ChaCha8Rng, drop_out: f64, is_open: bool) -> Observation {
    let allele = |random: &mut ChaCha8Rng| -> Allele {
        let listed = ["9", "10", "10.3", "11"][random.random_range(0..4)];
        let label = if is_open && random.random_bool(0.1) { "12" } else { listed };
        label.parse().unwrap()
    };
    let call = match random.random_range(0..8) {
        0 => Call::Missing,
        _ => Call::from_alleles(&[allele(random), allele(random)]),
    };
    Observation { call, drop_out }
}

/// Up to seven people, each with two parents among those before or none; three missing at most, most others typed.
fn draw(random: &mut ChaCha8Rng, theta: f64, is_linked: bool, is_open: bool) -> Drawn {
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
    let make = if is_open { open_model } else { model };
    let models: Vec<_> = (0..LOCI).map(|_| make(random, theta, silent)).collect();
    let open = |table: &LocusModel| {
        let source = LocusSource::Markers(table.definition().clone(), RARE);
        is_open.then(|| OpenLocus::new(source, UNSEEN.map(|label| label.parse().unwrap()).to_vec()))
    };
    let open = models.iter().map(open).collect();
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
        let seen: Vec<_> = (0..LOCI).map(|_| observation(random, drop_out, is_open)).collect();
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
    Drawn { models, open, groups, panel, family, typed, bodies: (0..count).map(sample).collect(), drop_in }
}

impl Drawn {
    /// The models with the alleles of the typed members and of these bodies.
    fn models_with(&self, bodies: &[(usize, SampleIndex)]) -> Vec<LocusModel> {
        let at_locus = |locus: usize| {
            let samples = self.typed.iter().map(|typed| typed.sample).chain(bodies.iter().map(|&(_, sample)| sample));
            let shown =
                samples.flat_map(|sample| self.panel.observation(sample, locus).call.alleles().collect::<Vec<_>>());
            match self.open[locus] {
                Some(_) => with_unseen(&self.models[locus], &shown.collect::<Vec<_>>()),
                None => self.models[locus].clone(),
            }
        };
        (0..LOCI).map(at_locus).collect()
    }

    /// ln P(all seen of the typed members, and of these bodies as these members).
    fn ln_likelihood(&self, models: &[LocusModel], pedigree: &Pedigree, placed: &[(usize, SampleIndex)]) -> f64 {
        let group = |group: &LinkageGroup| {
            let models: Vec<LocusModel> = group.loci.iter().map(|&locus| models[locus].clone()).collect();
            let at_locus = |(model, &locus): (&LocusModel, &usize)| self.evidence(model, locus, placed);
            let evidence: Vec<Vec<Evidence>> = models.iter().zip(&group.loci).map(at_locus).collect();
            let loci: Vec<_> =
                models.iter().zip(&evidence).map(|(model, evidence)| LocusEvidence { model, evidence }).collect();
            *linked_ln_likelihood(&loci, &group.recombination, pedigree).unwrap()
        };
        self.groups.iter().map(group).sum()
    }

    fn evidence(&self, model: &LocusModel, locus: usize, placed: &[(usize, SampleIndex)]) -> Vec<Evidence> {
        let typed = self.typed.iter().map(|typed| (typed.person, typed.sample));
        let all = typed.chain(placed.iter().copied()).map(|(person, sample)| {
            let seen = self.panel.observation(sample, locus);
            evidence_on(model, person, &[seen], self.drop_in).unwrap()
        });
        all.flatten().collect()
    }

    /// The ln ratio of a placement (pairs of a body and a missing person), from whole pedigrees.
    fn ln_lr(&self, people: &[(u32, u32)]) -> f64 {
        let member = |person: u32| self.family.missing[person as usize];
        let placed: Vec<_> =
            people.iter().map(|&(body, person)| (member(person), self.bodies[body as usize])).collect();
        let models = self.models_with(&placed);
        let ln_family = self.ln_likelihood(&models, &self.family.pedigree, &[]);
        let mut ln_lr = self.ln_likelihood(&models, &self.family.pedigree, &placed) - ln_family;
        for (person, sample) in placed {
            let (pedigree, stranger) = with_stranger(&self.family.pedigree, self.family.sex(person)).unwrap();
            ln_lr -= self.ln_likelihood(&models, &pedigree, &[(stranger, sample)]) - ln_family;
        }
        ln_lr
    }

    /// Makes something of the family and the ln weights of each body alone as each person; `None` where a locus is not used (the
    /// relatives contradict each other), or where none is compared.
    fn with_family<R>(&self, make: impl FnOnce(FamilyRows<'_, '_>, &[Vec<f64>]) -> R) -> Option<R> {
        let positions: Vec<usize> = (0..LOCI).collect();
        let all: Vec<_> = self.bodies.iter().map(|&sample| (0, sample)).collect();
        let wide = self.models_with(&all);
        let models = Models {
            loci: &wide,
            open: &self.open,
            without_mutation: &wide,
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
        let (founders, shared) = (Founders::new(models, &bodies), SharedRows::new(LOCI));
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
        let singles: Vec<_> = scores.iter().map(|scores| ln_singles(scores, &vec![0.0; bodies.len()])).collect();
        Some(make(FamilyRows { case: &cases[0].0, bodies: &bodies, founders: &founders }, &singles))
    }

    fn found(&self, limits: PlacementLimits) -> Option<FamilyPlacements> {
        let ln_odds = vec![0.0; self.bodies.len()];
        self.with_family(|family, singles| placements(family, singles, &ln_odds, (0, 0), limits).unwrap())
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

fn families(
    theta: f64,
    is_linked: bool,
    is_open: bool,
    count: usize,
    mut check: impl FnMut(&Drawn, &[(Vec<(u32, u32)>, f64)]),
) {
    let mut random = ChaCha8Rng::seed_from_u64(20 + u64::from(is_linked));
    let mut checked = 0;
    while checked < count {
        let drawn = draw(&mut random, theta, is_linked, is_open);
        if drawn.found(PlacementLimits::default()).is_none() {
            continue;
        }
        let all = all_placements(drawn.bodies.len() as u32, drawn.family.missing.len() as u32);
        let exact: Vec<_> = all.into_iter().map(|people| (people.clone(), drawn.ln_lr(&people))).collect();
        check(&drawn, &exact);
        checked += 1;
    }
}

fn equals_whole_pedigrees(theta: f64, is_linked: bool, is_open: bool, count: usize) {
    families(theta, is_linked, is_open, count, |drawn, exact| {
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
    equals_whole_pedigrees(0.0, false, false, 120);
    equals_whole_pedigrees(0.03, false, false, 60);
}

#[test]
fn every_ratio_is_that_of_whole_pedigrees_with_linked_loci() {
    equals_whole_pedigrees(0.0, true, false, 30);
    equals_whole_pedigrees(0.03, true, false, 10);
}

/// Each placement has the alleles of the table, of the family and of its bodies, and no others.
#[test]
fn every_ratio_has_the_alleles_of_those_compared() {
    equals_whole_pedigrees(0.0, false, true, 200);
    equals_whole_pedigrees(0.03, false, true, 60);
    equals_whole_pedigrees(0.0, true, true, 30);
    equals_whole_pedigrees(0.03, true, true, 10);
}

/// What the sampled answer goes by: what one more body multiplies the ratio of those placed by.
#[test]
fn one_more_body_counts_as_in_whole_pedigrees() {
    for (theta, is_linked, is_open) in [(0.0, false, false), (0.0, false, true), (0.03, false, true), (0.0, true, true)]
    {
        families(theta, is_linked, is_open, 30, |drawn, exact| {
            let checked = drawn.with_family(|family, _| check_one_more(family, exact));
            assert!(checked.is_some());
        });
    }
}

fn check_one_more(family: FamilyRows<'_, '_>, exact: &[(Vec<(u32, u32)>, f64)]) {
    let (cases, families) = ([Some(family.case)], vec![0; family.case.family.missing.len()]);
    let ln_odds = vec![0.0; family.bodies.len()];
    let company = Company::new(&cases, &families, family.founders, family.bodies, &ln_odds, &NoProgress);
    let ln_lr = |people: &[(u32, u32)]| exact.iter().find(|(other, _)| other == people).unwrap().1;
    for (people, ln_together) in exact.iter().filter(|(people, _)| people.len() > 1) {
        for &(body, person) in people {
            let others: Vec<_> = people.iter().copied().filter(|&(other, _)| other != body).collect();
            let mut placed: Vec<_> = others.iter().map(|&(body, person)| (person, body)).collect();
            placed.sort_unstable();
            let found = company.ln_ratios(person, &placed).unwrap()[body as usize];
            let ln_others = ln_lr(&others);
            if ln_others > f64::NEG_INFINITY {
                let expected = ln_together - ln_others;
                assert!(found == expected || (found - expected).abs() < 1e-9, "{people:?}: {found} {expected}");
            }
        }
    }
}

/// Where the family is alone, the posterior of a placement is its ratio over 1 + the sum of all: what is left out is within the
/// bound, at whatever limit, and nothing that is kept has another ratio.
#[test]
fn what_is_left_out_is_within_its_bound() {
    [false, true].into_iter().for_each(what_is_left_out);
}

fn what_is_left_out(is_open: bool) {
    let mut left_out = [0; 2];
    families(0.0, false, is_open, 80, |drawn, exact| {
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
