//! Sums and maxima over all assignments, and the posterior probabilities: two passes over the steps of a [`Plan`].
//!
//! Which states can be reached is found out first. Backward, each state gets the sum over all that can still be chosen from it.
//! Forward, each gets the probability of being passed: of that of a state, w · after(next) / after(state) goes on by a
//! choice of ratio w. All terms of all sums are positive, so nothing cancels.

use super::Limits;
use super::elements::JointProblem;
use super::layer::{After, Layer, Reached};
use super::plan::{Plan, SLOTS, State, Step};
use crate::likelihood::Wide;
use rayon::prelude::*;

/// Parts that a layer is passed in, each with its own sums.
const PARTS: usize = 4;

/// States that are passed in one part, at least.
const LEAST_PART: usize = 1 << 12;

/// The sums after every step.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// One layer before each step, and one after the last.
    pub layers: Vec<Layer>,
}

impl Sums {
    /// The backward pass; `None` where the limits forbid it.
    pub(super) fn new(plan: &Plan, limits: Limits) -> Option<Self> {
        let mut layers = layers(plan, limits)?;
        let last = layers.last_mut()?;
        last.after = vec![After { sum: Wide::ONE, ln_best: 0.0 }; last.states.len()];
        for (at, step) in plan.steps.iter().enumerate().rev() {
            let (earlier, later) = layers.split_at_mut(at + 1);
            backward(step, &mut earlier[at], &later[0]);
        }
        Some(Self { layers })
    }

    /// ln Σ over all assignments.
    pub(super) fn ln_total(&self) -> f64 {
        self.layers[0].after[0].sum.ln()
    }

    /// The forward pass: for each body the posterior probability of each missing person, and that of none.
    ///
    /// (1 − Σ of the others would lose every digit of a small one, so that of none is added up as well.)
    pub(super) fn marginals(&self, problem: &JointProblem, plan: &Plan) -> (Vec<Vec<(u32, f64)>>, Vec<f64>) {
        let mut persons: Vec<Vec<(u32, f64)>> = vec![Vec::new(); problem.bodies];
        let mut nobody = vec![1.0; problem.bodies];
        let mut probability = vec![1.0];
        for (step, layers) in plan.steps.iter().zip(self.layers.windows(2)) {
            let passed = pass(step, &layers[0], &layers[1], &probability);
            for &(body, slot) in &step.done_bodies {
                nobody[body as usize] = passed.unused[slot as usize];
            }
            step.own_bodies.iter().for_each(|&body| nobody[body as usize] = passed.none);
            for (choice, &chosen) in step.choices.iter().zip(&passed.chosen) {
                for &at in choice.placements.iter() {
                    let placement = &problem.placements[at as usize];
                    if placement.ln_weight == f64::NEG_INFINITY {
                        continue;
                    }
                    let share = chosen * Wide::exp(placement.ln_weight).over(choice.sum);
                    placement.people.iter().for_each(|&(body, person)| persons[body as usize].push((person, share)));
                    let is_free = |body: &&u32| placement.people.iter().all(|(other, _)| other != *body);
                    step.own_bodies.iter().filter(is_free).for_each(|&body| nobody[body as usize] += share);
                }
            }
            probability = passed.probability;
        }
        (persons.into_iter().map(add_up).collect(), nobody)
    }
}

/// Adds up the probabilities of each person, ascending by person.
fn add_up(mut parts: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    parts.sort_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)));
    let mut sums: Vec<(u32, f64)> = Vec::new();
    for (person, probability) in parts {
        match sums.last_mut() {
            Some(last) if last.0 == person => last.1 += probability,
            _ => sums.push((person, probability)),
        }
    }
    sums
}

/// The states that can be reached before each step and after the last; `None` where the limits forbid it.
fn layers(plan: &Plan, limits: Limits) -> Option<Vec<Layer>> {
    let mut layers = vec![Layer::new(vec![0])];
    let (mut states, mut work) = (1, 0_usize);
    for step in &plan.steps {
        let from = layers.last()?;
        work = work.saturating_add(from.states.len().saturating_mul(step.choices.len()));
        if work > limits.work {
            return None;
        }
        let next = reach(step, from, limits.states.checked_sub(states)?)?;
        states += next.len();
        layers.push(Layer::new(next));
    }
    Some(layers)
}

/// The states that a step can lead to, ascending; `None` where they are more than this.
fn reach(step: &Step, from: &Layer, most: usize) -> Option<Vec<State>> {
    let used = from.states.iter().chain(&step.uses).fold(0, |all, state| all | state);
    let insertions = from.states.len().saturating_mul(step.choices.len() + 1);
    let mut reached = Reached::new(used & !step.done, insertions);
    for &state in &from.states {
        reached.insert(state & !step.done);
        step.open(state).for_each(|choice| reached.insert(step.next(state, choice)));
        if reached.len() > most {
            return None;
        }
    }
    Some(reached.into_ascending())
}

fn backward(step: &Step, layer: &mut Layer, later: &Layer) {
    let after = layer.states.par_iter().map(|&state| {
        let mut sum = later.after(state & !step.done);
        for at in step.open(state) {
            let (choice, after) = (&step.choices[at], later.after(step.next(state, at)));
            sum.sum += choice.sum * after.sum;
            sum.ln_best = sum.ln_best.max(choice.ln_best + after.ln_best);
        }
        sum
    });
    layer.after = after.collect();
}

/// The posterior probabilities at one step.
struct Passed {
    /// Of each state after it.
    probability: Vec<f64>,
    /// Of each choice.
    chosen: Vec<f64>,
    /// Of choosing none.
    none: f64,
    /// Of each slot that is done being unused.
    unused: [f64; SLOTS],
}

impl Passed {
    fn new(step: &Step, later: &Layer) -> Self {
        let probability = vec![0.0; later.states.len()];
        Self { probability, chosen: vec![0.0; step.choices.len()], none: 0.0, unused: [0.0; SLOTS] }
    }

    fn add(&mut self, other: &Self) {
        let add = |sums: &mut [f64], terms: &[f64]| sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        add(&mut self.probability, &other.probability);
        add(&mut self.chosen, &other.chosen);
        add(&mut self.unused, &other.unused);
        self.none += other.none;
    }

    /// Counts what follows on one state, given the sum after it and the probability of being there.
    fn add_state(&mut self, step: &Step, later: &Layer, (state, after): (State, Wide), probability: f64) {
        let none = later.position(state & !step.done);
        let with_none = probability * later.after[none].sum.over(after);
        self.probability[none] += with_none;
        self.none += with_none;
        self.add_unused(step.done & !state, with_none);
        for choice in step.open(state) {
            let next = later.position(step.next(state, choice));
            let with_choice = probability * (step.choices[choice].sum * later.after[next].sum).over(after);
            self.probability[next] += with_choice;
            self.chosen[choice] += with_choice;
            self.add_unused(step.done & !(state | step.uses[choice]), with_choice);
        }
    }

    /// Counts a probability for all these slots.
    fn add_unused(&mut self, mut slots: State, probability: f64) {
        while slots != 0 {
            self.unused[slots.trailing_zeros() as usize] += probability;
            slots &= slots - 1;
        }
    }
}

/// Passes one step, in parts whose number does not depend on the number of threads.
fn pass(step: &Step, earlier: &Layer, later: &Layer, probability: &[f64]) -> Passed {
    let part = earlier.states.len().div_ceil(PARTS).max(LEAST_PART);
    let states = earlier.states.par_chunks(part).zip(earlier.after.par_chunks(part)).zip(probability.par_chunks(part));
    let parts: Vec<Passed> = states
        .map(|((states, after), probability)| {
            let mut passed = Passed::new(step, later);
            for ((&state, after), &probability) in states.iter().zip(after).zip(probability) {
                passed.add_state(step, later, (state, after.sum), probability);
            }
            passed
        })
        .collect();
    let mut sum = Passed::new(step, later);
    parts.iter().for_each(|part| sum.add(part));
    sum
}
