//! Sampled probabilities against the sum over all assignments, over random small problems.

use super::super::{JointAnswer, JointProblem, Limits, OneOrTwo, Placement, joined, parted, solve};
use super::{Links, Ratios, sample};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Families whose members weigh more or less together than alone.
struct Drawn {
    links: Links,
    /// ln of what two bodies as two persons of a family weigh beside their weights alone, by (person, body) twice.
    together: BTreeMap<[(u32, u32); 2], f64>,
}

impl Drawn {
    fn new(random: &mut ChaCha8Rng, may_be_one: bool) -> Self {
        let parts = random.random_range(1..6);
        let pairs: Vec<OneOrTwo> = (0..parts as u32)
            .flat_map(|one| (one + 1..parts as u32).map(move |other| [one, other]))
            .filter(|_| may_be_one && random.random_bool(0.3))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|parts| OneOrTwo { parts, ln_odds: random.random_range(-3.0..4.0) })
            .collect();
        let bodies = parts + pairs.len();
        let families: Vec<u32> =
            (0..random.random_range(1..4)).flat_map(|family| vec![family; random.random_range(1..4)]).collect();
        let strong = random.random_bool(0.5);
        let ln = |random: &mut ChaCha8Rng| match random.random_range(0..8) {
            0 => f64::NEG_INFINITY,
            1 if strong => random.random_range(5.0..60.0),
            _ => random.random_range(-6.0..3.0),
        };
        let singles: Vec<Vec<f64>> = families.iter().map(|_| (0..bodies).map(|_| ln(random)).collect()).collect();
        let mut together = BTreeMap::new();
        for one in 0..families.len() as u32 {
            for other in one + 1..families.len() as u32 {
                for pair in (0..bodies as u32).flat_map(|left| (0..bodies as u32).map(move |right| [left, right])) {
                    let sign = if random.random_bool(0.3) { 8.0 } else { 2.0 };
                    together.insert([(one, pair[0]), (other, pair[1])], random.random_range(-sign..sign));
                }
            }
        }
        Self { links: Links { bodies, pairs, families, singles }, together }
    }

    fn ln_with(&self, person: u32, body: u32, placed: &[(u32, u32)]) -> f64 {
        let pair = |&other: &(u32, u32)| {
            let mut pair = [other, (person, body)];
            pair.sort_unstable();
            self.together.get(&pair).copied().unwrap_or(0.0)
        };
        self.links.singles[person as usize][body as usize] + placed.iter().map(pair).sum::<f64>()
    }

    /// Every placement of every family.
    fn problem(&self) -> JointProblem {
        let families = self.links.families.last().map_or(0, |last| last + 1);
        let mut problem =
            JointProblem { bodies: self.links.bodies, families: families as usize, placements: Vec::new() };
        for family in 0..families {
            let people =
                (0..self.links.families.len() as u32).filter(|&one| self.links.families[one as usize] == family);
            let mut all: Vec<(Vec<(u32, u32)>, f64)> = vec![(Vec::new(), 0.0)];
            for person in people {
                for (placed, ln) in all.clone() {
                    for body in (0..self.links.bodies as u32).filter(|&body| placed.iter().all(|p| p.1 != body)) {
                        let with = [&placed[..], &[(person, body)]].concat();
                        all.push((with, ln + self.ln_with(person, body, &placed)));
                    }
                }
            }
            let possible = all.into_iter().filter(|(placed, ln)| !placed.is_empty() && *ln > f64::NEG_INFINITY);
            problem.placements.extend(possible.map(|(placed, ln_weight)| {
                let pair =
                    |&(_, body): &(u32, u32)| self.links.pairs.get((body as usize).checked_sub(self.links.parts())?);
                let ln_weight = ln_weight + placed.iter().filter_map(pair).map(|pair| pair.ln_odds).sum::<f64>();
                let mut people: Vec<_> = placed.into_iter().map(|(person, body)| (body, person)).collect();
                people.sort_unstable();
                Placement { family, people, ln_weight }
            }));
        }
        problem
    }
}

impl Ratios for Drawn {
    type Error = Infallible;

    fn ln_ratios(&self, person: u32, placed: &[(u32, u32)]) -> Result<Vec<f64>, Infallible> {
        Ok((0..self.links.bodies as u32).map(|body| self.ln_with(person, body, placed)).collect())
    }

    fn go_on(&self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Drawn {
    fn exact(&self) -> JointAnswer {
        let pairs = &self.links.pairs;
        parted(solve(&joined(self.problem(), pairs), 64, Limits::default()).unwrap(), pairs, 1)
    }
}

/// The errors that are made are those that are stated, but for states below 0.002 that no chain comes upon.
#[test]
fn sampled_probabilities_are_within_their_errors_of_the_exact_ones() {
    are_within_their_errors(5, false);
}

/// The same where bodies may be parts of one person.
#[test]
fn so_are_those_of_bodies_that_may_be_one_person() {
    are_within_their_errors(6, true);
}

fn are_within_their_errors(seed: u64, may_be_one: bool) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut squares, mut count, mut not_found) = (0.0, 0, 0);
    for case in 0..CASES {
        let drawn = Drawn::new(&mut random, may_be_one);
        let exact = drawn.exact();
        let found = sample(&drawn.links, &drawn).unwrap();
        let sampling = found.sampling.as_ref().unwrap();
        not_found += usize::from((found.best[0].ln_weight - exact.best[0].ln_weight).abs() > 1e-9);
        for (pair, spread) in sampling.one_person.iter().enumerate() {
            let (found, exact) = (found.one_person[pair], exact.one_person[pair]);
            let error = spread.standard_error;
            assert!((found - exact).abs() <= 8.0 * error + 2e-3, "case {case}, pair {pair}: {found} {exact} {error}");
        }
        for body in 0..drawn.links.parts() {
            let sum = found.nobody[body] + found.marginals[body].iter().map(|(_, p)| p).sum::<f64>();
            assert!((sum - 1.0).abs() < 1e-9);
            let persons =
                found.marginals[body].iter().zip(&sampling.persons[body]).map(|(&(person, probability), spread)| {
                    let same = exact.marginals[body].iter().find(|(other, _)| *other == person);
                    (probability, same.map_or(0.0, |(_, probability)| *probability), spread.standard_error)
                });
            let nobody = (found.nobody[body], exact.nobody[body], sampling.nobody[body].standard_error);
            for (found, exact, error) in persons.chain([nobody]) {
                let off = (found - exact).abs();
                assert!(off <= 8.0 * error + 2e-3, "case {case}, body {body}: {found} {exact} {error}");
                if error > 1e-5 {
                    squares += (off / error).powi(2);
                    count += 1;
                }
            }
        }
    }
    let typical = (squares / f64::from(count)).sqrt();
    assert!(typical < 2.0, "{typical} standard errors");
    assert!(not_found * 20 < CASES, "{not_found}");
}

const CASES: usize = 100;

/// Two bodies of one person, whom nothing tells apart: one half each, though either alone would be certain.
#[test]
fn two_bodies_of_one_person_share() {
    let links = Links { bodies: 2, families: vec![0], singles: vec![vec![40.0, 40.0]], ..Links::default() };
    let none = Drawn { links: links.clone(), together: BTreeMap::new() };
    let found = sample(&links, &none).unwrap();
    for body in 0..2 {
        assert!((found.marginals[body][0].1 - 0.5).abs() < 1e-12, "{found:?}");
        assert!((found.nobody[body] - 0.5).abs() < 1e-12);
    }
}

/// The same bytes on one thread as on three.
#[test]
fn the_answer_does_not_depend_on_threads() {
    let drawn = Drawn::new(&mut ChaCha8Rng::seed_from_u64(11), true);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sample(&drawn.links, &drawn).unwrap())
    };
    assert!(on(1) == on(3));
}
