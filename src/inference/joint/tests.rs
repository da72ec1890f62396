//! The joint answer against full enumeration, over random problems.

use super::{Assignment, JointProblem, Limits, OneOrTwo, Placement, joined, parted, prune::Bounds, solve};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Every assignment, by brute force over the placements.
fn enumerate(problem: &JointProblem) -> Vec<Assignment> {
    fn extend(
        problem: &JointProblem,
        family: u32,
        identities: &mut Vec<Option<u32>>,
        ln_weight: f64,
        all: &mut Vec<Assignment>,
    ) {
        if family as usize == problem.families {
            all.push(Assignment { identities: identities.clone(), ln_weight });
            return;
        }
        extend(problem, family + 1, identities, ln_weight, all);
        for placement in problem.placements.iter().filter(|placement| placement.family == family) {
            if placement.people.iter().any(|&(body, _)| identities[body as usize].is_some()) {
                continue;
            }
            placement.people.iter().for_each(|&(body, person)| identities[body as usize] = Some(person));
            extend(problem, family + 1, identities, ln_weight + placement.ln_weight, all);
            placement.people.iter().for_each(|&(body, _)| identities[body as usize] = None);
        }
    }
    let mut all = Vec::new();
    extend(problem, 0, &mut vec![None; problem.bodies], 0.0, &mut all);
    all
}

/// Families of one or two missing persons (person = 2 × family + 0 or 1) with random ratios, some of them impossible.
fn problem() -> impl Strategy<Value = JointProblem> {
    let sizes = (1_usize..5, 1_usize..5);
    sizes.prop_flat_map(|(bodies, families)| {
        let mut shapes = Vec::new();
        for family in 0..families as u32 {
            for body in 0..bodies as u32 {
                shapes.push((family, vec![(body, 2 * family)]));
                if family % 2 == 1 {
                    shapes.push((family, vec![(body, 2 * family + 1)]));
                    let pairs = (0..bodies as u32).filter(move |&other| other > body);
                    shapes
                        .extend(pairs.clone().map(|other| (family, vec![(body, 2 * family), (other, 2 * family + 1)])));
                    shapes.extend(pairs.map(|other| (family, vec![(body, 2 * family + 1), (other, 2 * family)])));
                }
            }
        }
        let ratio = prop_oneof![4 => (-12.0..12.0).prop_map(Some), 1 => Just(Some(f64::NEG_INFINITY)), 3 => Just(None)];
        proptest::collection::vec(ratio, shapes.len()).prop_map(move |ratios| {
            let kept = shapes.iter().zip(ratios).filter_map(|((family, people), ratio)| {
                Some(Placement { family: *family, people: people.clone(), ln_weight: ratio? })
            });
            JointProblem { bodies, families, placements: kept.collect() }
        })
    })
}

/// Families of one to three missing persons who share some of the bodies, each body with some of the families alone.
fn families_of_several() -> impl Strategy<Value = JointProblem> {
    let missing = proptest::collection::vec(1_u32..4, 1..4);
    (1_u32..6, missing).prop_flat_map(|(bodies, missing)| {
        let mut all = Vec::new();
        let mut person = 0;
        for (family, &count) in missing.iter().enumerate() {
            all.extend(all_placements(family as u32, bodies, person..person + count));
            person += count;
        }
        let families = missing.len();
        let can_have = proptest::collection::vec(proptest::bool::weighted(0.7), families * bodies as usize);
        let ratio = prop_oneof![8 => -12.0..12.0_f64, 1 => Just(f64::NEG_INFINITY), 2 => 300.0..500.0_f64];
        let ratios = proptest::collection::vec(ratio, all.len());
        (can_have, ratios).prop_map(move |(can_have, ratios)| {
            let placements = all.iter().zip(ratios).map(|(one, ln_weight)| Placement { ln_weight, ..one.clone() });
            let can =
                |one: &Placement| one.people.iter().all(|(body, _)| can_have[(one.family * bodies + body) as usize]);
            JointProblem { bodies: bodies as usize, families, placements: placements.filter(can).collect() }
        })
    })
}

fn marginals(all: &[Assignment], total: f64, bodies: usize) -> Vec<BTreeMap<u32, f64>> {
    let mut marginals = vec![BTreeMap::new(); bodies];
    for assignment in all {
        for (body, identity) in assignment.identities.iter().enumerate() {
            if let Some(person) = identity {
                *marginals[body].entry(*person).or_insert(0.0) += assignment.ln_weight.exp() / total;
            }
        }
    }
    marginals
}

proptest! {
    #[test]
    fn equals_full_enumeration(problem in problem()) {
        let mut all = enumerate(&problem);
        let total: f64 = all.iter().map(|assignment| assignment.ln_weight.exp()).sum();
        let answer = solve(&problem, 50, Limits::default()).unwrap();
        prop_assert!((answer.ln_total.unwrap() - total.ln()).abs() < 1e-11);
        prop_assert_eq!((answer.left_out, answer.lost), (0, 0.0));
        all.sort_by(|left, right| right.ln_weight.total_cmp(&left.ln_weight));
        prop_assert_eq!(answer.best.len(), all.len().min(50));
        for (listed, expected) in answer.best.iter().zip(&all) {
            let same = listed.ln_weight == expected.ln_weight || (listed.ln_weight - expected.ln_weight).abs() < 1e-11;
            prop_assert!(same, "{} {}", listed.ln_weight, expected.ln_weight);
            prop_assert!(all.iter().any(|other| other.identities == listed.identities));
        }
        for (body, expected) in marginals(&all, total, problem.bodies).into_iter().enumerate() {
            for &(person, probability) in &answer.marginals[body] {
                prop_assert!((probability - expected[&person]).abs() < 1e-12);
            }
            let without = all.iter().filter(|one| one.identities[body].is_none());
            let nobody: f64 = without.map(|one| one.ln_weight.exp() / total).sum();
            prop_assert!((answer.nobody[body] / nobody - 1.0).abs() < 1e-10);
        }
    }

    #[test]
    fn several_missing_of_a_family_equal_full_enumeration(problem in families_of_several()) {
        let mut all = enumerate(&problem);
        all.sort_by(|left, right| right.ln_weight.total_cmp(&left.ln_weight));
        let largest = all[0].ln_weight;
        let sum = |some: &mut dyn Iterator<Item = &Assignment>| some.map(|one| (one.ln_weight - largest).exp()).sum::<f64>();
        let total = sum(&mut all.iter());
        let answer = solve(&problem, 40, Limits::default()).unwrap();
        prop_assert_eq!((answer.left_out, answer.lost), (0, 0.0));
        prop_assert!((answer.ln_total.unwrap() - total.ln() - largest).abs() < 1e-11);
        prop_assert_eq!(answer.best.len(), all.len().min(40));
        for (listed, expected) in answer.best.iter().zip(&all) {
            prop_assert!(listed.ln_weight == expected.ln_weight || (listed.ln_weight - expected.ln_weight).abs() < 1e-11);
        }
        for body in 0..problem.bodies {
            let of = |identity| sum(&mut all.iter().filter(|one| one.identities[body] == identity)) / total;
            let close = |found: f64, expected: f64| found == expected || (found / expected - 1.0).abs() < 1e-10;
            prop_assert!(close(answer.nobody[body], of(None)), "{} {}", answer.nobody[body], of(None));
            for &(person, probability) in &answer.marginals[body] {
                prop_assert!(close(probability, of(Some(person))) || probability < 1e-300);
            }
        }
    }

    #[test]
    fn what_is_left_out_is_within_its_bound(problem in problem(), loss in 1e-6..0.5_f64) {
        let kept = Bounds::new(&problem).keep_but(loss);
        prop_assert!(kept.lost <= loss);
        let sum = |problem: &JointProblem| enumerate(problem).iter().map(|one| one.ln_weight.exp()).sum::<f64>();
        let lost = 1.0 - sum(&problem.only(&kept.placements)) / sum(&problem);
        prop_assert!(lost <= kept.lost + 1e-12, "{} {}", lost, kept.lost);
    }

    #[test]
    fn little_room_costs_at_most_what_is_said(problem in problem()) {
        let all = enumerate(&problem);
        let total: f64 = all.iter().map(|assignment| assignment.ln_weight.exp()).sum();
        if let Some(answer) = solve(&problem, 5, Limits { states: 60, work: 300 }) {
            let lost = 1.0 - answer.ln_total.unwrap().exp() / total;
            prop_assert!(lost <= answer.lost + 1e-12 && answer.lost <= 1e-9, "{} {}", lost, answer.lost);
        }
    }
}

/// Everything can be anyone: sixteen bodies, fifteen families, 2.6e17 assignments. With ratio 1 throughout, the sum is the number
/// of partial matchings, Σ_k C(16,k) C(15,k) k!.
#[test]
fn a_dense_case_is_exact() {
    let (bodies, families) = (16_u32, 15_u32);
    let pairs = (0..families).flat_map(|family| (0..bodies).map(move |body| (family, body)));
    let placements = pairs.map(|(family, body)| Placement { family, people: vec![(body, family)], ln_weight: 0.0 });
    let problem = JointProblem { bodies: 16, families: 15, placements: placements.collect() };
    let answer = solve(&problem, 3, Limits::default()).unwrap();
    assert_eq!(answer.lost, 0.0);
    assert!((answer.ln_total.unwrap() - ln_partial_matchings(16, 15)).abs() < 1e-10);
    let each = answer.marginals[0][0].1;
    assert!(answer.marginals.iter().flatten().all(|&(_, probability)| (probability - each).abs() < 1e-10));
}

/// Every placement of `bodies` bodies in a family of `persons` missing persons, the first of whom has this number.
fn all_placements(family: u32, bodies: u32, persons: std::ops::Range<u32>) -> Vec<Placement> {
    let mut all: Vec<Vec<(u32, u32)>> = vec![Vec::new()];
    for person in persons {
        let with = |people: &Vec<(u32, u32)>| -> Vec<Vec<(u32, u32)>> {
            let free = (0..bodies).filter(|&body| people.iter().all(|&(other, _)| other != body));
            free.map(|body| [&people[..], &[(body, person)]].concat()).collect()
        };
        let more: Vec<_> = all.iter().flat_map(with).collect();
        all.extend(more);
    }
    let some = all.into_iter().filter(|people| !people.is_empty());
    some.map(|mut people| {
        people.sort_unstable();
        Placement { family, people, ln_weight: 0.0 }
    })
    .collect()
}

/// ln Σ_k C(bodies,k) C(persons,k) k!: the number of ways to give some of the bodies to some of the persons.
fn ln_partial_matchings(bodies: i32, persons: i32) -> f64 {
    let mut term = 1.0;
    let mut count = 1.0;
    for k in 0..bodies.min(persons) {
        term *= f64::from((bodies - k) * (persons - k)) / f64::from(k + 1);
        count += term;
    }
    count.ln()
}

/// Three brothers missing in each of five families, any of them any of fifteen bodies: more combinations than could be
/// listed, and up to 32,768 sets of bodies at a step. With ratio 1 throughout, the sum is the number of partial matchings.
#[test]
fn families_that_share_every_body_are_exact() {
    let placements = (0..5).flat_map(|family| all_placements(family, 15, 3 * family..3 * family + 3));
    let problem = JointProblem { bodies: 15, families: 5, placements: placements.collect() };
    let answer = solve(&problem, 3, Limits::default()).unwrap();
    assert_eq!((answer.left_out, answer.lost), (0, 0.0));
    assert!((answer.ln_total.unwrap() - ln_partial_matchings(15, 15)).abs() < 1e-10);
    let each = answer.marginals[0][0].1;
    assert!(answer.marginals.iter().flatten().all(|&(_, probability)| (probability / each - 1.0).abs() < 1e-10));
    assert!(answer.nobody.iter().all(|nobody| (nobody + 15.0 * each - 1.0).abs() < 1e-10));
}

/// Five missing in one family, nine bodies: its 36,045 placements exclude each other, so the sum is a plain one. Another family
/// wants one of the bodies.
#[test]
fn many_placements_of_one_family_are_all_kept() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut ln_weight = || random.random_range(-20.0..10.0);
    let mut placements = all_placements(0, 9, 0..5);
    assert_eq!(placements.len(), 36_045);
    placements.push(Placement { family: 1, people: vec![(4, 5)], ln_weight: 0.0 });
    placements.iter_mut().for_each(|placement| placement.ln_weight = ln_weight());
    let problem = JointProblem { bodies: 9, families: 2, placements };
    let answer = solve(&problem, 100_000, Limits::default()).unwrap();
    let all = enumerate(&problem);
    let total: f64 = all.iter().map(|assignment| assignment.ln_weight.exp()).sum();
    assert_eq!((answer.left_out, answer.lost, answer.best.len()), (0, 0.0, all.len()));
    assert!((answer.ln_total.unwrap() - total.ln()).abs() < 1e-11);
    assert!(answer.best.is_sorted_by(|left, right| left.ln_weight >= right.ln_weight));
    for (body, expected) in marginals(&all, total, problem.bodies).into_iter().enumerate() {
        assert_eq!(answer.marginals[body].len(), expected.len());
        assert!(answer.marginals[body].iter().all(|(person, found)| (found / expected[person] - 1.0).abs() < 1e-10));
        let without = all.iter().filter(|one| one.identities[body].is_none());
        let nobody: f64 = without.map(|one| one.ln_weight.exp() / total).sum();
        assert!((answer.nobody[body] / nobody - 1.0).abs() < 1e-10);
    }
    let few = solve(&problem, 7, Limits::default()).unwrap().best;
    assert_eq!(few, answer.best[..7]);
}

/// A true match a family and a faint chance of everybody else: far too many assignments, and almost none of the posterior.
#[test]
fn a_large_case_loses_next_to_nothing() {
    let size = 300_u32;
    let pairs = (0..size).flat_map(|family| (0..size).map(move |body| (family, body)));
    let placements = pairs.map(|(family, body)| Placement {
        family,
        people: vec![(body, family)],
        ln_weight: if family == body { 25.0 } else { -8.0 },
    });
    let problem = JointProblem { bodies: 300, families: 300, placements: placements.collect() };
    let answer = solve(&problem, 10, Limits::default()).unwrap();
    assert!(answer.lost < 1e-9, "{}", answer.lost);
    assert!(answer.best[0].identities.iter().enumerate().all(|(body, identity)| *identity == Some(body as u32)));
    assert_eq!(answer.best.len(), 10);
}

/// An assignment, and by pair whether it is one person.
type Held = (Assignment, Vec<bool>);

/// Every assignment in which each of the pairs is two, or one where that uses no body twice: with the weight of its own problem, in which
/// joined bodies have a number of their own.
fn enumerate_pairs(problem: &JointProblem, pairs: &[OneOrTwo]) -> Vec<Held> {
    let parts = problem.bodies - pairs.len();
    let mut all = Vec::new();
    for chosen in 0..1_u32 << pairs.len() {
        let is_one: Vec<bool> = (0..pairs.len()).map(|pair| chosen >> pair & 1 == 1).collect();
        let one = pairs.iter().zip(&is_one).filter(|(_, is_one)| **is_one).map(|(pair, _)| pair);
        let out: Vec<u32> = one.flat_map(|pair| pair.parts).collect();
        if (1..out.len()).any(|at| out[..at].contains(&out[at])) {
            continue;
        }
        let is_there = |body: u32| match (body as usize).checked_sub(parts) {
            Some(pair) => is_one[pair],
            None => !out.contains(&body),
        };
        let can_be = |placement: &&Placement| placement.people.iter().all(|&(body, _)| is_there(body));
        let placements = problem.placements.iter().filter(can_be).cloned().collect();
        for mut assignment in enumerate(&JointProblem { placements, ..*problem }) {
            for (pair, at) in pairs.iter().zip(parts..).filter(|(_, at)| is_one[at - parts]) {
                // a placement has the odds in its weight
                assignment.ln_weight += if assignment.identities[at].is_none() { pair.ln_odds } else { 0.0 };
                pair.parts.iter().for_each(|&part| {
                    assignment.identities[part as usize] = assignment.identities[at];
                });
            }
            assignment.identities.truncate(parts);
            all.push((assignment, is_one.clone()));
        }
    }
    all
}

/// Bodies 0 and 1 may be one, and 1 and 2, and 3 and 4: the last three bodies of a problem are those.
fn pairs_of(problem: &JointProblem, ln_odds: [f64; 3]) -> Option<Vec<OneOrTwo>> {
    let pairs = [[0, 1], [1, 2], [3, 4]].into_iter().zip(ln_odds).map(|(parts, ln_odds)| OneOrTwo { parts, ln_odds });
    let parts = problem.bodies.checked_sub(3)?;
    let pairs: Vec<OneOrTwo> = pairs.filter(|pair| (pair.parts[1] as usize) < parts).collect();
    (pairs.len() == 3).then_some(pairs)
}

/// Eight bodies of which three are joined, and families of one to three missing persons.
fn with_joined_bodies() -> impl Strategy<Value = JointProblem> {
    let missing = proptest::collection::vec(1_u32..3, 1..4);
    missing.prop_flat_map(|missing| {
        let mut all = Vec::new();
        let mut person = 0;
        for (family, &count) in missing.iter().enumerate() {
            all.extend(all_placements(family as u32, 8, person..person + count));
            person += count;
        }
        let families = missing.len();
        let ratio = prop_oneof![6 => (-6.0..6.0_f64).prop_map(Some), 4 => Just(None)];
        proptest::collection::vec(ratio, all.len()).prop_map(move |ratios| {
            let kept =
                all.iter().zip(ratios).filter_map(|(one, ratio)| Some(Placement { ln_weight: ratio?, ..one.clone() }));
            JointProblem { bodies: 8, families, placements: kept.collect() }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn bodies_that_may_be_one_person_equal_full_enumeration(
        problem in with_joined_bodies(),
        ln_odds in proptest::array::uniform3(-4.0..4.0_f64),
    ) {
        let pairs = pairs_of(&problem, ln_odds).unwrap();
        let all = enumerate_pairs(&problem, &pairs);
        let total: f64 = all.iter().map(|(one, _)| one.ln_weight.exp()).sum();
        let answer = parted(solve(&joined(problem.clone(), &pairs), 20 << 3, Limits::default()).unwrap(), &pairs, 20);
        let probability = |is_so: &dyn Fn(&Held) -> bool| {
            all.iter().filter(|one| is_so(one)).map(|(one, _)| one.ln_weight.exp()).sum::<f64>() / total
        };
        for pair in 0..3 {
            prop_assert!((answer.one_person[pair] - probability(&|(_, is_one)| is_one[pair])).abs() < 1e-11);
        }
        prop_assert_eq!(answer.marginals.len(), 5);
        for body in 0..5 {
            prop_assert!((answer.nobody[body] - probability(&|(one, _)| one.identities[body].is_none())).abs() < 1e-11);
            for &(person, share) in &answer.marginals[body] {
                prop_assert!((share - probability(&|(one, _)| one.identities[body] == Some(person))).abs() < 1e-11);
            }
        }
        let ln_total = answer.ln_total.unwrap();
        prop_assert!(answer.best.len() <= 20 && answer.best.windows(2).all(|two| two[0].ln_weight >= two[1].ln_weight));
        for listed in &answer.best {
            let same = probability(&|(one, _)| one.identities == listed.identities);
            prop_assert!(((listed.ln_weight - ln_total).exp() / same - 1.0).abs() < 1e-9);
        }
        let none = probability(&|(one, _)| one.identities.iter().all(Option::is_none));
        prop_assert!(((-ln_total).exp() / none - 1.0).abs() < 1e-9);
    }
}
