//! Distributions against simulated families, importance sampling, and closed forms.

use super::*;
use crate::inheritance::{MutationDefinition, MutationModel, MutationParameters, Relationship};
use crate::likelihood::{Chromosome, LocusDefinition, LocusModel, score_row};
use crate::profile::{Allele, Call, Observation, Sex};
use crate::simulate::{GeneDrop, Laboratory, Purpose, Quality, Reported, Streams};
use std::collections::BTreeMap;
use std::sync::Arc;

const TYPING: PairTyping =
    PairTyping { child_drop_out: 0.0, candidate_drop_out: 0.0, drop_in: 0.0, candidate_sex: Sex::Male };
const TESTED: [Relationship; 3] = [Relationship::Parent, Relationship::FullSibling, Relationship::Avuncular];

fn locus(name: &str, frequencies: &[f64], rate: f64, theta: f64) -> LocusModel {
    let rates = MutationParameters { rate, rate2: 0.0, range: 0.1, matrix: None };
    LocusModel::new(LocusDefinition {
        name: name.into(),
        chromosome: Chromosome::Autosomal,
        alleles: (0..frequencies.len()).map(|repeats| (repeats + 5).to_string()).collect(),
        frequencies: frequencies.to_vec(),
        mutation: (rate > 0.0).then(|| MutationDefinition {
            model: MutationModel::Stepwise,
            female: rates.clone(),
            male: rates,
        }),
        theta,
        silent_frequency: 0.0,
    })
    .unwrap()
}

fn panel(theta: f64) -> Vec<LocusModel> {
    let rare = [0.05, 0.15, 0.3, 0.25, 0.2, 0.05];
    (0..6)
        .map(|at| locus(&format!("L{at}"), if at % 2 == 0 { &rare } else { &rare[1..5] }, 0.02, theta))
        .map(normal)
        .collect()
}

/// The table of a locus whose people are drawn as they are scored.
fn of_locus(model: &LocusModel, typing: &PairTyping) -> Result<LocusPairs, PowerError> {
    LocusPairs::new(model, model, &TESTED, typing)
}

/// Frequencies that sum to 1.
fn normal(model: LocusModel) -> LocusModel {
    let mut definition = model.definition().clone();
    let total: f64 = definition.frequencies.iter().sum();
    definition.frequencies.iter_mut().for_each(|frequency| *frequency /= total);
    LocusModel::new(definition).unwrap()
}

fn call(model: &LocusModel, reported: Reported) -> Call {
    let label =
        |allele: &crate::inheritance::AlleleIndex| model.alleles()[allele.position()].parse::<Allele>().unwrap();
    Call::from_alleles(&reported.alleles().iter().map(label).collect::<Vec<_>>())
}

/// Families by gene dropping and degradation, scored pair by pair: nothing is shared with the convolution but the engine.
#[test]
fn the_convolution_agrees_with_simulated_families() {
    let typing = PairTyping { child_drop_out: 0.02, candidate_drop_out: 0.15, drop_in: 0.03, ..TYPING };
    let models = panel(0.0);
    let (drop, laboratory) = (GeneDrop::new(&models, &[], 1), Laboratory::new(&models));
    let tables: Vec<_> = models.iter().map(|model| LocusPairs::new(model, model, &TESTED, &typing).unwrap()).collect();
    let strangers = Relationship::Unrelated.hypothesis(Sex::Unknown, Sex::Male, None).unwrap();
    let tested = Relationship::Parent.hypothesis(Sex::Unknown, Sex::Male, None).unwrap();
    for truth in [Relationship::Parent, Relationship::FullSibling, Relationship::Avuncular, Relationship::Unrelated] {
        let atoms: Vec<_> = tables.iter().map(|table| table.atoms(Relationship::Parent, truth).unwrap()).collect();
        let exact = LrDistribution::of_sum(&atoms, Grid { step: 0.002, lowest: -20.0 });
        let hypothesis = truth.hypothesis(Sex::Unknown, Sex::Male, None).unwrap();
        let families = 3000;
        let mut scores = Vec::with_capacity(families);
        for number in 0..families as u64 {
            let mut random = Streams::new(11, Purpose::Family).stream(number);
            let pedigree = &hypothesis.pedigrees[number as usize % hypothesis.pedigrees.len()].1;
            let sexes = vec![Sex::Male; pedigree.individuals().len()];
            let family = drop.drop(pedigree, &sexes, &mut random);
            let mut type_person = |person: usize, drop_out: f64| {
                let quality = Quality { drop_out, drop_in: typing.drop_in, ..Quality::WHOLE };
                let mut calls = Vec::new();
                laboratory.type_sample(family.of(person), &quality, &mut random, |locus, reported, _| {
                    calls.push(Observation { call: call(&models[locus], reported), drop_out });
                });
                calls
            };
            let child = type_person(hypothesis.child, typing.child_drop_out);
            let candidate = type_person(hypothesis.candidate, typing.candidate_drop_out);
            let score = |((model, &child), candidate): ((&LocusModel, &Observation), &Observation)| {
                score_row(model, &tested, &strangers, child, None, typing.drop_in, &[*candidate]).unwrap()[0]
            };
            scores.push(models.iter().zip(&child).zip(&candidate).map(score).sum::<f64>());
        }
        for threshold in [-2.0, -0.5, 0.5, 1.5, 2.5] {
            let found = scores.iter().filter(|score| **score >= threshold).count() as f64 / families as f64;
            let expected = exact.at_least(threshold);
            let standard_error = (expected * (1.0 - expected) / families as f64).sqrt();
            assert!((found - expected).abs() <= 4.0 * standard_error, "{truth} {threshold}: {found} {expected}");
        }
    }
}

/// Under the second hypothesis the mean LR is 1: Σ P(pair | unrelated) LR = Σ P(pair | related).
#[test]
fn the_mean_likelihood_ratio_of_strangers_is_one() {
    for (theta, drop_out) in [(0.0, 0.0), (0.03, 0.0), (0.01, 0.2)] {
        let typing = PairTyping { candidate_drop_out: drop_out, ..TYPING };
        for model in &panel(theta)[..2] {
            let table = LocusPairs::new(model, model, &TESTED, &typing).unwrap();
            for tested in TESTED {
                let atoms = table.atoms(tested, Relationship::Unrelated).unwrap();
                let mean: f64 = atoms.iter().map(|atom| atom.probability * 10_f64.powf(atom.log10_lr)).sum();
                assert!((mean - 1.0).abs() < 1e-9, "{tested} {theta} {drop_out}: {mean}");
                let total: f64 = table.atoms(tested, tested).unwrap().iter().map(|atom| atom.probability).sum();
                assert!((total - 1.0).abs() < 1e-9);
            }
        }
    }
}

#[test]
fn importance_sampling_agrees_with_the_convolution_down_to_one_in_a_million_million() {
    let models: Vec<_> = (0..4).flat_map(|_| panel(0.01)).collect();
    let pairs: Vec<_> =
        models.iter().map(|model| LocusPairs::new(model, model, &TESTED[..1], &TYPING).unwrap()).collect();
    let atoms: Vec<_> =
        pairs.iter().map(|pair| pair.atoms(Relationship::Parent, Relationship::Unrelated).unwrap()).collect();
    let exact = LrDistribution::of_sum(&atoms, Grid::default());
    for rate in [1e-3, 1e-6, 1e-9, 1e-12] {
        let threshold = exact.threshold_for(rate);
        let found = estimate_tail(&atoms, Tail::AtLeast, threshold, 100_000, 3);
        let expected = exact.at_least(threshold);
        // the grid moves a tail by a few parts in a thousand at most
        let tolerance = 4.0 * found.standard_error + 0.01 * expected;
        assert!(found.standard_error < 0.05 * expected, "{found:?}");
        assert!((found.probability - expected).abs() < tolerance, "{rate}: {found:?} {expected}");
    }
}

/// Exclusion of a random parent without the other one: 1 − 4 s₂ + 2 s₂² + 4 s₃ − 3 s₄ with s_k = Σp^k (Jamieson & Taylor
/// 1997, doi 10.1111/j.1365-2052.1997.00186.x).
#[test]
fn impossible_parents_are_as_frequent_as_the_published_formula_says() {
    let frequencies = [0.4, 0.3, 0.2, 0.1];
    let table = of_locus(&locus("L", &frequencies, 0.0, 0.0), &TYPING).unwrap();
    let power = |exponent: i32| frequencies.iter().map(|p: &f64| p.powi(exponent)).sum::<f64>();
    let expected = 1.0 - 4.0 * power(2) + 2.0 * power(2).powi(2) + 4.0 * power(3) - 3.0 * power(4);
    let sum =
        LrDistribution::of_sum(&[table.atoms(Relationship::Parent, Relationship::Unrelated).unwrap()], Grid::default());
    assert!((sum.impossible() - expected).abs() < 1e-12);
    let parents =
        LrDistribution::of_sum(&[table.atoms(Relationship::Parent, Relationship::Parent).unwrap()], Grid::default());
    assert!(parents.impossible().abs() < 1e-12);
}

#[test]
fn a_panel_answers_every_question_and_the_answers_hang_together() {
    let question = PowerQuestion {
        tested: Relationship::Parent,
        truths: TRUTHS.to_vec(),
        typing: TYPING,
        thresholds: vec![0.0, 2.0],
        rates: vec![0.01],
        children: 10,
        candidates: 50,
        draws: 20_000,
        seed: 1,
    };
    let power = panel_power(&panel(0.0), &panel(0.0), &question).unwrap();
    for truth in &power.truths {
        assert!(truth.at_least[0] >= truth.at_least[1]);
        for (exact, estimate) in truth.at_least.iter().zip(&truth.estimates) {
            assert!((exact - estimate.probability).abs() <= 5.0 * estimate.standard_error + 0.01 * exact, "{truth:?}");
        }
    }
    assert!(power.by_rate[0].false_positive_rate <= 0.01);
    for cost in power.by_rate.iter().chain(&power.thresholds) {
        let (exact, estimate) = (cost.false_positive_rate, cost.false_positive_estimate.unwrap());
        assert!((exact - estimate.probability).abs() <= 5.0 * estimate.standard_error + 0.01 * exact, "{cost:?}");
    }
    assert!((power.thresholds[0].expected_false_leads - 500.0 * power.thresholds[0].false_positive_rate).abs() < 1e-9);
    assert!(power.ranked_first.probability > 0.2 && power.ranked_first.probability < 0.999);
    assert_eq!(power.growing.len(), 6);
}

/// Given what the child shows, both distributions are whole, also where mutation is not stationary.
#[test]
fn a_childs_own_distribution_is_whole() {
    let typing = PairTyping { candidate_drop_out: 0.1, ..TYPING };
    let table = of_locus(&panel(0.02)[0], &typing).unwrap();
    for truth in [Relationship::Parent, Relationship::FullSibling, Relationship::Unrelated] {
        let children = table.child_probabilities(truth).unwrap();
        assert!((children.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let mut mixed = 0.0;
        for (row, child) in children.iter().enumerate() {
            let atoms = table.atoms_given(Some(row), Relationship::Parent, truth).unwrap();
            assert!((atoms.iter().map(|atom| atom.probability).sum::<f64>() - 1.0).abs() < 1e-9);
            mixed += child * atoms.iter().filter(|atom| atom.log10_lr > 0.1).map(|atom| atom.probability).sum::<f64>();
        }
        let whole = table.atoms(Relationship::Parent, truth).unwrap();
        let expected: f64 = whole.iter().filter(|atom| atom.log10_lr > 0.1).map(|atom| atom.probability).sum();
        assert!((mixed - expected).abs() < 1e-9);
    }
}

/// With one kind of candidate and a child drawn at random, false leads average to the panel's false positive rate.
#[test]
fn false_leads_average_to_the_false_positive_rate() {
    let table = of_locus(&locus("L", &[0.5, 0.3, 0.2], 0.02, 0.01), &TYPING).unwrap();
    let (parent, stranger) = (Relationship::Parent, Relationship::Unrelated);
    let whole = table.atoms(parent, stranger).unwrap();
    let children = table.child_probabilities(stranger).unwrap();
    let list = BTreeMap::from([(TypedAlike { drop_out: 0, typed: vec![true] }, 10)]);
    for threshold in [-2.0, 0.1, 0.3] {
        let of_child = |(row, probability): (usize, &f64)| {
            let scores = table.atoms_given(Some(row), parent, stranger).unwrap().into();
            probability * FalseLeads::new(&[vec![scores]], &list, -3.0).expected_at(threshold)
        };
        let mean: f64 = children.iter().enumerate().map(of_child).sum();
        let rate = |threshold: f64| -> f64 {
            whole.iter().filter(|atom| atom.log10_lr >= threshold).map(|atom| atom.probability).sum()
        };
        let (least, most) = (10.0 * rate(threshold), 10.0 * rate(threshold - RESOLUTION));
        assert!(mean >= least - 1e-9 && mean <= most + 1e-9, "{threshold}: {least} {mean} {most}");
    }
}

/// Every combination of five loci's scores, by brute force, for candidates with every pattern of typed loci: the expected
/// number lies between the true one and that of a threshold lower by the resolution; ties count.
#[test]
fn false_leads_of_a_patchy_list_are_the_sum_over_all_combinations() {
    let scores = |at: u32| -> Arc<[Atom]> {
        let atom = |log10_lr, probability| Atom { log10_lr, probability };
        let shift = 0.013 * f64::from(at);
        [
            atom(0.9 + shift, 0.1),
            atom(0.31, 0.2),
            atom(-0.7 - shift, 0.45),
            atom(-3.3, 0.2),
            atom(f64::NEG_INFINITY, 0.05),
        ]
        .into()
    };
    let loci: Vec<Arc<[Atom]>> = (0..5).map(scores).collect();
    let typed = |pattern: u32| (0..5).map(|at| pattern >> at & 1 == 1).collect::<Vec<_>>();
    let list: BTreeMap<_, u64> = (0..32)
        .map(|pattern| (TypedAlike { drop_out: 0, typed: typed(pattern) }, 1 + u64::from(pattern % 3)))
        .collect();
    let leads = FalseLeads::new(std::slice::from_ref(&loci), &list, -3.0);
    let (mut totals, mut tie) = (Vec::new(), 0.0);
    for (group, &count) in &list {
        let mut sums = vec![(0.0, 1.0)];
        for (locus, _) in loci.iter().zip(&group.typed).filter(|(_, typed)| **typed) {
            let with = |&(sum, weight): &(f64, f64)| {
                locus.iter().map(move |atom| (sum + atom.log10_lr, weight * atom.probability)).collect::<Vec<_>>()
            };
            sums = sums.iter().flat_map(with).collect();
        }
        tie = sums.iter().map(|(sum, _)| *sum).fold(tie, f64::max);
        totals.push((count, sums));
    }
    let expected = |threshold: f64| -> f64 {
        let reaching =
            |sums: &[(f64, f64)]| sums.iter().filter(|(sum, _)| *sum >= threshold).map(|(_, p)| p).sum::<f64>();
        totals.iter().map(|(count, sums)| *count as f64 * reaching(sums)).sum()
    };
    for threshold in [-3.0, -1.5, 0.0, 0.31, 0.5, 2.2, tie, tie + 0.1] {
        let found = leads.expected_at(threshold);
        let (least, most) = (expected(threshold - 1e-9), expected(threshold - RESOLUTION));
        assert!(
            found >= least * (1.0 - 1e-12) && found <= most * (1.0 + 1e-12) + 1e-15,
            "{threshold}: {least} {found} {most}"
        );
        let reaching = |(count, sums): &(u64, Vec<(f64, f64)>)| {
            let p: f64 = sums.iter().filter(|(sum, _)| *sum >= threshold - 1e-9).map(|(_, p)| p).sum();
            (1.0 - p).powf(*count as f64)
        };
        assert!(leads.none_at(threshold) <= totals.iter().map(reaching).product::<f64>() + 1e-12);
    }
    let everybody: u64 = list.values().sum();
    assert_eq!(leads.expected_at(f64::NEG_INFINITY), everybody as f64);
}

/// 300 loci that are alike: a total is a trinomial sum.
#[test]
fn false_leads_at_hundreds_of_loci_are_those_of_a_trinomial() {
    let (values, chances) = ([0.317, -0.0131, -0.29], [0.25_f64, 0.5, 0.25]);
    let count = 300_u32;
    let atoms: Arc<[Atom]> =
        values.iter().zip(chances).map(|(&log10_lr, probability)| Atom { log10_lr, probability }).collect();
    let list = BTreeMap::from([(TypedAlike { drop_out: 0, typed: vec![true; count as usize] }, 7)]);
    let leads = FalseLeads::new(&[vec![atoms; count as usize]], &list, 20.0);
    assert!(leads.raised() > 0.0 && leads.raised() <= RESOLUTION, "{}", leads.raised());
    let ln_factorial: Vec<f64> = (0..=count)
        .scan(0.0, |sum, k| {
            *sum += f64::from(k.max(1)).ln();
            Some(*sum)
        })
        .collect();
    let expected = |threshold: f64| -> f64 {
        let mut sum = 0.0;
        for high in 0..=count {
            for low in 0..=count - high {
                let counts = [high, count - high - low, low];
                let total: f64 = values.iter().zip(counts).map(|(value, count)| value * f64::from(count)).sum();
                if total >= threshold {
                    let ways =
                        ln_factorial[count as usize] - counts.iter().map(|&k| ln_factorial[k as usize]).sum::<f64>();
                    let chance: f64 = chances.iter().zip(counts).map(|(p, k)| p.ln() * f64::from(k)).sum();
                    sum += (ways + chance).exp();
                }
            }
        }
        7.0 * sum
    };
    for threshold in [20.0, 31.3, 45.0, 60.0, 95.0] {
        let found = leads.expected_at(threshold);
        let (least, most) = (expected(threshold), expected(threshold - leads.raised()));
        assert!(found >= least * (1.0 - 1e-9) && found <= most * (1.0 + 1e-9), "{threshold}: {least} {found} {most}");
    }
}

/// A grid of bounded length: where the scores reach too far for it, the most that rounding raised a total is more, and is said.
#[test]
fn what_reaches_far_is_rounded_further_and_says_so() {
    let atom = |log10_lr, probability| Atom { log10_lr, probability };
    let loci: Vec<Arc<[Atom]>> = (0..3)
        .map(|at| [atom(40_000.03 + f64::from(at), 0.1), atom(-3.3, 0.3), atom(-17.77 * f64::from(at + 1), 0.6)].into())
        .collect();
    let typed = |pattern: u32| (0..3).map(|at| pattern >> at & 1 == 1).collect::<Vec<_>>();
    let list: BTreeMap<_, u64> = (0..8).map(|pattern| (TypedAlike { drop_out: 0, typed: typed(pattern) }, 1)).collect();
    let leads = FalseLeads::new(std::slice::from_ref(&loci), &list, -60.0);
    assert!(leads.raised() > RESOLUTION && leads.raised() < 1.0, "{}", leads.raised());
    let expected = |threshold: f64| -> f64 {
        let of_group = |group: &TypedAlike| {
            let mut sums = vec![(0.0, 1.0)];
            for (locus, _) in loci.iter().zip(&group.typed).filter(|(_, typed)| **typed) {
                let with = |&(sum, weight): &(f64, f64)| {
                    locus.iter().map(move |atom| (sum + atom.log10_lr, weight * atom.probability)).collect::<Vec<_>>()
                };
                sums = sums.iter().flat_map(with).collect();
            }
            sums.iter().filter(|(sum, _)| *sum >= threshold).map(|(_, weight)| weight).sum::<f64>()
        };
        list.keys().map(of_group).sum()
    };
    for threshold in [-60.0, -50.0, -20.0, -3.2, 0.0, 39_990.0, 40_000.03, 80_000.0, 120_000.0] {
        let found = leads.expected_at(threshold);
        let (least, most) = (expected(threshold + 1e-7), expected(threshold - leads.raised() - 1e-7));
        assert!(found >= least - 1e-12 && found <= most + 1e-12, "{threshold}: {least} {found} {most}");
    }
}

/// A minimum frequency raises what a rare allele counts for, and not how many people have it: P(pair) is that of the counted
/// frequencies, the LR that of the raised ones.
#[test]
fn people_are_drawn_with_the_frequencies_that_were_counted() {
    let (counted, raised) = ([0.01_f64, 0.29, 0.7], [0.1_f64, 0.29, 0.7]);
    let (people, model) = (locus("L", &counted, 0.0, 0.0), locus("L", &raised, 0.0, 0.0));
    let table = LocusPairs::new(&model, &people, &TESTED, &TYPING).unwrap();
    // the pair of a man and his child: one allele is the same, each of the two others is anybody's
    let mut expected = 0.0;
    for shared in 0..3 {
        for of_child in 0..3 {
            for of_man in 0..3 {
                let probability = counted[shared] * counted[of_child] * counted[of_man];
                let passes = |allele: usize| {
                    0.5 * (f64::from(u8::from(shared == allele)) + f64::from(u8::from(of_man == allele)))
                };
                let (a, b) = (shared, of_child);
                let lr = match a == b {
                    true => passes(a) / raised[a],
                    false => passes(a) / (2.0 * raised[a]) + passes(b) / (2.0 * raised[b]),
                };
                expected += probability * lr.log10();
            }
        }
    }
    let atoms = table.atoms(Relationship::Parent, Relationship::Parent).unwrap();
    let mean: f64 = atoms.iter().map(|atom| atom.probability * atom.log10_lr).sum();
    assert!((mean - expected).abs() < 1e-12, "{mean} {expected}");
    let children = table.child_probabilities(Relationship::Parent).unwrap();
    assert!((children[0] - 0.01 * 0.01).abs() < 1e-15 && (children.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}
