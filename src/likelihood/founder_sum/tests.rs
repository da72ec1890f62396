//! The ways of summing over dependent founder alleles against each other.

use super::super::question::{joint_by, likelihood_by};
use super::{TracedFamily, View, WayLimits};
use crate::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use crate::inheritance::observation::AlleleIndex;
use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::inheritance::relationship::{KnownParent, Relationship};
use crate::likelihood::coancestry::Urn;
use crate::likelihood::{
    Chromosome, GenotypeTable, LocusDefinition, LocusEvidence, LocusModel, linked_ln_likelihood, linked_tables,
    ln_likelihood,
};
use crate::profile::Sex;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const PARTITIONS: WayLimits = WayLimits { joint_table: 0.0, forests: 0.0, genotypes: 0.0 };
const JOINT_TABLE: WayLimits = WayLimits { joint_table: f64::INFINITY, ..PARTITIONS };
const FORESTS: WayLimits = WayLimits { forests: f64::INFINITY, ..PARTITIONS };
const GENOTYPES: WayLimits = WayLimits { genotypes: f64::INFINITY, ..PARTITIONS };

fn model(theta: f64) -> LocusModel {
    model_of(theta, 0.4)
}

/// Frequencies that sum to 1 where allele 10 has 0.4.
fn model_of(theta: f64, frequency_of_10: f64) -> LocusModel {
    model_on(Chromosome::Autosomal, theta, frequency_of_10)
}

fn model_on(chromosome: Chromosome, theta: f64, frequency_of_10: f64) -> LocusModel {
    let parameters = |rate| MutationParameters { rate, rate2: 0.001, range: 0.2, matrix: None };
    LocusModel::new(LocusDefinition {
        name: "L".to_owned(),
        chromosome,
        alleles: ["9", "9.3", "10", "11"].map(str::to_owned).to_vec(),
        frequencies: vec![0.2, 0.1, frequency_of_10, 0.25],
        mutation: Some(MutationDefinition {
            model: MutationModel::Stepwise,
            female: parameters(0.01),
            male: parameters(0.05),
        }),
        theta,
        silent_frequency: 0.05,
    })
    .unwrap()
}

/// One table over all founder alleles, and descents with partitions: two exact ways to one number.
#[test]
fn partitions_of_descents_equal_the_table_over_all_founder_alleles() {
    for model in [model(0.05), model_of(0.05, 0.47), model_of(0.05, 0.3)] {
        compare_joint_tables_with_partitions(&model);
    }
}

fn compare_joint_tables_with_partitions(model: &LocusModel) {
    for relationship in Relationship::ALL {
        for known in [None, Some(KnownParent::Mother), Some(KnownParent::Father)] {
            let hypothesis = relationship.hypothesis(Sex::Female, Sex::Unknown, known).unwrap();
            let seen = [Seen::Two(AlleleIndex(0), AlleleIndex(2)), Seen::One(AlleleIndex(2))];
            let mut evidence = vec![Evidence::certain(hypothesis.child, seen[0])];
            evidence.extend(hypothesis.known_parent.map(|person| Evidence::certain(person, seen[1])));
            for (_, pedigree) in &hypothesis.pedigrees {
                let table = |ways| joint_by(ways, model, pedigree, &evidence, hypothesis.candidate).unwrap();
                let joint = table(JOINT_TABLE);
                for other in [table(FORESTS), table(PARTITIONS)] {
                    for (one, value) in joint.values.iter().zip(&other.values) {
                        let (one, value) = (one * joint.ln_scale.exp(), value * other.ln_scale.exp());
                        assert!((one - value).abs() <= 1e-13 * one, "{relationship} {one} {value}");
                    }
                }
                let kept = GenotypeTable::new(model, joint, true);
                let mut with_candidate = evidence.clone();
                with_candidate.push(Evidence::certain(hypothesis.candidate, seen[0]));
                let loci = [LocusEvidence { model, evidence: &with_candidate }];
                let ln = |ways| likelihood_by(ways, &loci, &[], pedigree).unwrap().0;
                assert!((ln(JOINT_TABLE) - ln(FORESTS)).abs() < 1e-12, "{relationship}");
                assert!((ln(JOINT_TABLE) - ln(GENOTYPES)).abs() < 1e-12, "{relationship}");
                assert!((ln(FORESTS) - ln(PARTITIONS)).abs() < 1e-12, "{relationship}");
                assert!((ln(FORESTS) - kept.ln_probability_of(seen[0], 0.0, 0.0)).abs() < 1e-12, "{relationship}");
            }
        }
    }
}

#[test]
fn a_genotype_that_stays_open_is_paid_for() {
    let model = model(0.05);
    let hypothesis = Relationship::FullSibling.hypothesis(Sex::Female, Sex::Male, None).unwrap();
    let (_, pedigree) = &hypothesis.pedigrees[0];
    let evidence = [Evidence::certain(hypothesis.child, Seen::Two(AlleleIndex(0), AlleleIndex(2)))];
    let locus = LocusEvidence { model: &model, evidence: &evidence };
    let mut is_typed = vec![false; pedigree.individuals().len()];
    is_typed[hypothesis.child] = true;
    let kept = Some(hypothesis.candidate);
    let family = TracedFamily::new(pedigree, &is_typed, kept, Chromosome::Autosomal, false).unwrap();
    let cost = |kept| {
        let view = View { full_space: true, kept, shape: [model.states(); 2] };
        view.cost_of_partitions(&family, &view.frame(&locus, &family).unwrap()).unwrap()
    };
    assert!(cost(kept) > cost(None), "{} {}", cost(kept), cost(None));
}

/// A founder allele that reaches nobody counts as 1, whatever the frequencies sum to: with untyped parents of two
/// full siblings, only the alleles that came down matter.
#[test]
fn unused_founder_alleles_count_as_one() {
    for theta in [0.0, 0.05] {
        let model = LocusModel::new(LocusDefinition {
            name: "L".to_owned(),
            chromosome: Chromosome::Autosomal,
            alleles: ["1", "2", "3"].map(str::to_owned).to_vec(),
            frequencies: vec![0.3, 0.5, 0.4],
            mutation: None,
            theta,
            silent_frequency: 0.0,
        })
        .unwrap();
        let hypothesis = Relationship::FullSibling.hypothesis(Sex::Female, Sex::Female, None).unwrap();
        let seen = |a, b| Seen::pair(AlleleIndex(a), AlleleIndex(b));
        let evidence = [Evidence::certain(0, seen(0, 1)), Evidence::certain(1, seen(0, 2))];
        let found = ln_likelihood(&model, &hypothesis.pedigrees[0].1, &evidence).unwrap().exp();
        // by the alleles shared by descent (0: four draws, 1: three draws; 2 is impossible), with the urn's draws
        let draw = |states: &[usize]| Urn::new(&[0.3, 0.5, 0.4], theta, states.len()).probability(states);
        let by_hand = 0.25 * 4.0 * draw(&[0, 1, 0, 2]) + 0.5 * draw(&[0, 1, 2]);
        assert!((found - by_hand).abs() < 1e-14, "{found} {by_hand}");
    }
}

#[test]
fn linked_loci_with_theta_sum_over_the_partitions_of_both() {
    let (one, other) = (model(0.05), model(0.02));
    let hypothesis = Relationship::FullSibling.hypothesis(Sex::Female, Sex::Male, None).unwrap();
    let pedigree = &hypothesis.pedigrees[0].1;
    let evidence = |first: Seen, second: Seen| [Evidence::certain(0, first), Evidence::certain(1, second)];
    let pair = |a, b| Seen::pair(AlleleIndex(a), AlleleIndex(b));
    let (first, second) = (evidence(pair(0, 2), pair(0, 0)), evidence(pair(1, 2), pair(2, 3)));
    let loci = [LocusEvidence { model: &one, evidence: &first }, LocusEvidence { model: &other, evidence: &second }];
    let ln = |ways| likelihood_by(ways, &loci, &[0.1], pedigree).unwrap().0;
    assert!((ln(JOINT_TABLE) - ln(PARTITIONS)).abs() < 1e-12);
    assert!((ln(JOINT_TABLE) - ln(FORESTS)).abs() < 1e-12);
    let alone = |locus: &LocusEvidence| ln_likelihood(locus.model, pedigree, locus.evidence).unwrap().0;
    let free = likelihood_by(PARTITIONS, &loci, &[0.5], pedigree).unwrap().0;
    assert!((free - alone(&loci[0]) - alone(&loci[1])).abs() < 1e-12);
}

/// Up to six people: each has two parents, one or none among those before; females at even positions.
fn random_pedigree(random: &mut ChaCha8Rng) -> Pedigree {
    let people = random.random_range(2..7);
    let mut individuals: Vec<Individual> = Vec::new();
    for person in 0..people {
        let mut parent = |parity: usize| {
            let possible: Vec<usize> = (0..person).filter(|other| other % 2 == parity).collect();
            (!possible.is_empty() && random.random_bool(0.7)).then(|| possible[random.random_range(0..possible.len())])
        };
        let (mother, father) = (parent(0), parent(1));
        let sex = if person % 2 == 0 { Sex::Female } else { Sex::Male };
        individuals.push(Individual::child(&person.to_string(), sex, father, mother));
    }
    Pedigree::new(individuals).unwrap()
}

/// Some people are typed, some of them with drop-out, some twice.
fn random_evidence(random: &mut ChaCha8Rng, people: usize) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    for person in 0..people {
        for _ in 0..random.random_range(0..3_u32).saturating_sub(u32::from(random.random_bool(0.6))) {
            let alleles = [random.random_range(0..4), random.random_range(0..4)].map(AlleleIndex);
            let drop_out = if random.random_bool(0.3) { 0.2 } else { 0.0 };
            let drop_in = if random.random_bool(0.2) { 0.1 } else { 0.0 };
            let seen = if drop_out > 0.0 { Seen::One(alleles[0]) } else { Seen::pair(alleles[0], alleles[1]) };
            evidence.push(Evidence { person, seen, drop_out, drop_in });
        }
    }
    evidence
}

fn is_same(one: f64, other: f64) -> bool {
    one == other || (one - other).abs() < 1e-11
}

#[test]
fn all_ways_agree_on_random_families() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let model = model_of(0.07, 0.45);
    let mut possible = 0;
    for _ in 0..150 {
        let pedigree = random_pedigree(&mut random);
        let people = pedigree.individuals().len();
        let evidence = random_evidence(&mut random, people);
        let loci = [LocusEvidence { model: &model, evidence: &evidence }];
        let ln = |ways| likelihood_by(ways, &loci, &[], &pedigree).unwrap().0;
        assert!(is_same(ln(FORESTS), ln(PARTITIONS)), "{pedigree:?} {evidence:?}");
        assert!(is_same(ln(GENOTYPES), ln(PARTITIONS)), "{pedigree:?} {evidence:?}");
        possible += usize::from(ln(FORESTS) > f64::NEG_INFINITY);
        let kept = random.random_range(0..people);
        let table = |ways| {
            let joint = joint_by(ways, &model, &pedigree, &evidence, kept).unwrap();
            joint.values.iter().map(|value| value * joint.ln_scale.exp()).collect::<Vec<_>>()
        };
        for (one, other) in table(FORESTS).into_iter().zip(table(PARTITIONS)) {
            assert!((one - other).abs() <= 1e-11 * one, "{pedigree:?} {evidence:?} {kept} {one} {other}");
        }
    }
    assert!(possible > 75, "{possible}");
}

/// On the X chromosome males have one slot.
#[test]
fn genotypes_of_parents_agree_with_partitions_on_random_families_with_x() {
    let mut random = ChaCha8Rng::seed_from_u64(13);
    let model = model_on(Chromosome::X, 0.07, 0.45);
    let mut possible = 0;
    for _ in 0..150 {
        let pedigree = random_pedigree(&mut random);
        let mut evidence = random_evidence(&mut random, pedigree.individuals().len());
        for piece in evidence.iter_mut().filter(|piece| pedigree.individuals()[piece.person].sex == Sex::Male) {
            piece.seen = piece.seen.alleles().next().map_or(Seen::Nothing, Seen::One);
        }
        let loci = [LocusEvidence { model: &model, evidence: &evidence }];
        let ln = |ways| likelihood_by(ways, &loci, &[], &pedigree).unwrap().0;
        assert!(is_same(ln(GENOTYPES), ln(PARTITIONS)), "{pedigree:?} {evidence:?}");
        possible += usize::from(ln(GENOTYPES) > f64::NEG_INFINITY);
    }
    assert!(possible > 75, "{possible}");
}

/// Children of two fathers and one mother, of whom little or nothing is seen.
#[test]
fn genotypes_of_parents_agree_with_descents_on_chains_of_siblings() {
    let parents = [(0, Some(1)), (0, None), (2, Some(1)), (2, None), (0, Some(1))];
    let mut people: Vec<Individual> =
        [Sex::Male, Sex::Female, Sex::Male].map(|sex| Individual::founder("parent", sex)).to_vec();
    people.extend(parents.map(|(father, mother)| Individual::child("child", Sex::Unknown, Some(father), mother)));
    people.iter_mut().enumerate().for_each(|(at, person)| person.id = at.to_string());
    let pedigree = Pedigree::new(people).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let model = model_of(0.03, 0.45);
    for _ in 0..8 {
        let mut allele = || AlleleIndex(random.random_range(0..4));
        let mut evidence: Vec<Evidence> =
            (3..8).map(|child| Evidence::certain(child, Seen::pair(allele(), allele()))).collect();
        evidence.push(Evidence { person: 2, seen: Seen::One(allele()), drop_out: 0.3, drop_in: 0.0 });
        let loci = [LocusEvidence { model: &model, evidence: &evidence }];
        let ln = |ways| likelihood_by(ways, &loci, &[], &pedigree).unwrap().0;
        assert!(is_same(ln(GENOTYPES), ln(FORESTS)), "{evidence:?}");
    }
}

/// Father and mother of the last person, who is kept, and of all others; who is typed.
struct Way {
    parents: &'static [(Option<usize>, Option<usize>)],
    females: &'static [usize],
    typed: &'static [usize],
}

/// Typed people at every place beside the ways down to the open slots, and on them.
const WAYS_DOWN: [Way; 3] = [
    // both slots copies of one founder allele (0), by the father of both parents (1)
    Way {
        parents: &[
            (None, None),
            (None, Some(0)),
            (Some(1), None),
            (Some(1), None),
            (Some(1), None),
            (None, Some(3)),
            (Some(4), None),
            (Some(4), Some(3)),
        ],
        females: &[0, 2, 3, 6],
        typed: &[2, 5, 6],
    },
    // something seen below the mother (1) and of the father (5)
    Way {
        parents: &[
            (None, None),
            (None, Some(0)),
            (None, Some(0)),
            (None, Some(1)),
            (None, None),
            (Some(4), None),
            (Some(5), Some(1)),
        ],
        females: &[0, 1, 3],
        typed: &[2, 3, 5],
    },
    // something seen below two grandparents (0, 3) only
    Way {
        parents: &[
            (None, None),
            (None, Some(0)),
            (None, Some(0)),
            (None, None),
            (Some(3), None),
            (Some(3), None),
            (Some(4), Some(1)),
        ],
        females: &[0, 1, 2, 5],
        typed: &[2, 5],
    },
];

#[test]
fn open_slots_at_the_end_of_long_ways() {
    for (chromosome, kept_sex, way) in [Chromosome::Autosomal, Chromosome::X]
        .into_iter()
        .flat_map(|chromosome| [Sex::Female, Sex::Male].map(|sex| (chromosome, sex)))
        .flat_map(|(chromosome, sex)| WAYS_DOWN.iter().map(move |way| (chromosome, sex, way)))
    {
        let kept = way.parents.len() - 1;
        let sex = |person: usize| match way.females.contains(&person) {
            true => Sex::Female,
            false if person == kept => kept_sex,
            false => Sex::Male,
        };
        let parents = way.parents.iter().enumerate();
        let people = parents
            .map(|(person, &(father, mother))| Individual::child(&person.to_string(), sex(person), father, mother));
        let pedigree = Pedigree::new(people.collect()).unwrap();
        let seen = |&person: &usize| match sex(person) {
            Sex::Male => Evidence::certain(person, Seen::One(AlleleIndex(2))),
            _ => Evidence::certain(person, Seen::Two(AlleleIndex(0), AlleleIndex(2))),
        };
        let evidence: Vec<Evidence> = way.typed.iter().map(seen).collect();
        let model = model_on(chromosome, 0.05, 0.45);
        let [forests, partitions] =
            [FORESTS, PARTITIONS].map(|ways| joint_by(ways, &model, &pedigree, &evidence, kept).unwrap());
        let scale = (forests.ln_scale - partitions.ln_scale).exp();
        for (one, other) in forests.values.iter().zip(&partitions.values) {
            assert!((one * scale - other).abs() <= 1e-12 * other, "{pedigree:?} {one} {other}");
        }
        assert!(partitions.values.contains(&1.0));
    }
}

/// Frequencies and mutation rates so small that the product of two of them is no f64.
#[test]
fn all_ways_agree_below_the_smallest_f64() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let parameters = |rate| MutationParameters { rate, ..MutationParameters::default() };
    let model = LocusModel::new(LocusDefinition {
        name: "L".to_owned(),
        chromosome: Chromosome::Autosomal,
        alleles: ["9", "10", "11", "12"].map(str::to_owned).to_vec(),
        frequencies: vec![1e-170, 3e-160, 1e-150, 1.0],
        mutation: Some(MutationDefinition {
            model: MutationModel::Equal,
            female: parameters(1e-120),
            male: parameters(1e-150),
        }),
        theta: 0.07,
        silent_frequency: 0.0,
    })
    .unwrap();
    let mut below = 0;
    for _ in 0..100 {
        let pedigree = random_pedigree(&mut random);
        let evidence = random_evidence(&mut random, pedigree.individuals().len());
        let loci = [LocusEvidence { model: &model, evidence: &evidence }; 2];
        let ln =
            |ways, loci: &[LocusEvidence]| likelihood_by(ways, loci, &vec![0.5; loci.len() - 1], &pedigree).unwrap().0;
        let found = ln(FORESTS, &loci[..1]);
        let alone = [PARTITIONS, JOINT_TABLE, GENOTYPES].map(|ways| ln(ways, &loci[..1]));
        for other in alone.into_iter().chain([ln(FORESTS, &loci) / 2.0]) {
            let is_near = (found - other).abs() <= 1e-12 * found.abs().max(1.0);
            assert!(found == other || is_near, "{found} {other} {evidence:?}");
        }
        let kept = random.random_range(0..pedigree.individuals().len());
        let [forests, joint] =
            [FORESTS, JOINT_TABLE].map(|ways| joint_by(ways, &model, &pedigree, &evidence, kept).unwrap());
        let scale = (forests.ln_scale - joint.ln_scale).exp();
        for (one, other) in forests.values.iter().zip(&joint.values).filter(|(_, other)| **other >= 1e-290) {
            assert!((one * scale - other).abs() <= 1e-11 * other, "{one} {other} {evidence:?} {kept}");
        }
        below += usize::from(found > f64::NEG_INFINITY && found < -745.0);
    }
    assert!(below > 10, "{below}");
}

/// Pairs of descents against one network (theta 0) and the product of both loci's partitions (theta above 0).
#[test]
fn linked_tables_equal_the_network_on_random_families() {
    let mut random = ChaCha8Rng::seed_from_u64(6);
    for round in 0..120 {
        let theta = if round % 4 == 0 { 0.06 } else { 0.0 };
        let (one, other) = (model_of(theta, 0.45), model(theta));
        let pedigree = random_pedigree(&mut random);
        let people = pedigree.individuals().len();
        let [first, second] = [0, 1].map(|_| random_evidence(&mut random, people));
        let loci =
            [LocusEvidence { model: &one, evidence: &first }, LocusEvidence { model: &other, evidence: &second }];
        let person = random.random_range(0..people);
        let recombination = [0.0, 0.12, 0.5][random.random_range(0..3)];
        let tables = linked_tables(loci, recombination, &pedigree, person).unwrap().unwrap();
        let pieces =
            |evidence: &[Evidence]| evidence.iter().map(|piece| Evidence { person, ..*piece }).collect::<Vec<_>>();
        let of_body = [0, 1].map(|_| {
            loop {
                let drawn = pieces(&random_evidence(&mut random, 1));
                if !drawn.is_empty() {
                    break drawn;
                }
            }
        });
        let found = tables.at_first(&of_body[0]).ln_joint(&tables.at_second(&of_body[1]));
        let with_body = [[first.clone(), of_body[0].clone()].concat(), [second.clone(), of_body[1].clone()].concat()];
        let loci = [
            LocusEvidence { model: &one, evidence: &with_body[0] },
            LocusEvidence { model: &other, evidence: &with_body[1] },
        ];
        let ways = if theta > 0.0 { JOINT_TABLE } else { FORESTS };
        let expected = likelihood_by(ways, &loci, &[recombination], &pedigree).unwrap().0;
        assert!(is_same(found, expected), "{pedigree:?} {first:?} {second:?} {of_body:?} {found} {expected}");
        let pairs = linked_ln_likelihood(&loci, &[recombination], &pedigree).unwrap().0;
        assert!(is_same(pairs, expected), "{pairs} {expected}");
    }
}
