//! The likeliest assignments, best first: a best-first search whose estimate of what is still to come is exact.
//!
//! Each partial assignment leads to one whole that is as good as it promises, and no two to the same. So of those that are open only as
//! many matter as are still to be found, and where there are that many, what promises less than the least of them is not
//! opened. The placements of a step are tried in the order of their ratios: using less leaves no less to come, so the search
//! stops at the first whose ratio, times the best that choosing none would leave, is too little.

use super::Assignment;
use super::elements::JointProblem;
use super::plan::{Plan, State, Step};
use super::sums::Sums;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A promise is added up in another order than the next one: rounding must not close what is equal.
const ROUNDING: f64 = 1e-9;

/// Open assignments that are held beyond those that matter, before they are looked through.
const SPARE: usize = 1 << 12;

/// The choices up to some step.
struct OpenAssignment {
    /// The greatest ln likelihood ratio that any completion has.
    promise: f64,
    /// ln likelihood ratio of the choices so far.
    ln_weight: f64,
    /// Steps done.
    steps: usize,
    state: State,
    /// The last choice that was not "none": an index into the trail.
    last: Option<usize>,
    /// Order of creation, which decides between equals.
    created: usize,
}

impl Ord for OpenAssignment {
    /// The greater promise first; among equals the one nearest to its end, then the one created first.
    fn cmp(&self, other: &Self) -> Ordering {
        self.promise.total_cmp(&other.promise).then(self.steps.cmp(&other.steps)).then(other.created.cmp(&self.created))
    }
}

impl PartialOrd for OpenAssignment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for OpenAssignment {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for OpenAssignment {}

/// The best `count` assignments (fewer where there are fewer), best first; equals in the order of their identities.
pub(super) fn best(problem: &JointProblem, plan: &Plan, sums: &Sums, count: usize) -> Vec<Assignment> {
    let ranked = plan.steps.iter().map(|step| rank(problem, step)).collect();
    let mut search =
        Listing { plan, sums, ranked, open: BinaryHeap::new(), trail: Vec::new(), created: 0, least: None };
    search.push(0.0, 0, 0, None);
    let mut found = Vec::new();
    while found.len() < count
        && let Some(partial) = search.open.pop()
    {
        if partial.steps == plan.steps.len() {
            found.push(complete(problem, &search.trail, partial.last));
        } else {
            search.extend(&partial);
            search.trim(count - found.len());
        }
    }
    found.sort_by(|left: &Assignment, right| {
        right.ln_weight.total_cmp(&left.ln_weight).then_with(|| order(&left.identities).cmp(order(&right.identities)))
    });
    found
}

/// A placement at its step.
struct Ranked {
    ln_weight: f64,
    choice: usize,
    placement: u32,
}

/// The placements of a step, the greatest ratio first.
fn rank(problem: &JointProblem, step: &Step) -> Vec<Ranked> {
    let placements = step.choices.iter().enumerate().flat_map(|(choice, one)| {
        let ranked = move |&placement: &u32| Ranked {
            ln_weight: problem.placements[placement as usize].ln_weight,
            choice,
            placement,
        };
        one.placements.iter().map(ranked)
    });
    let mut ranked: Vec<_> = placements.collect();
    ranked.sort_by(|left, right| {
        right.ln_weight.total_cmp(&left.ln_weight).then_with(|| left.placement.cmp(&right.placement))
    });
    ranked
}

struct Listing<'a> {
    plan: &'a Plan,
    sums: &'a Sums,
    /// The placements of each step.
    ranked: Vec<Vec<Ranked>>,
    open: BinaryHeap<OpenAssignment>,
    /// Placements chosen, each with where in the trail the one before it is.
    trail: Vec<(u32, Option<usize>)>,
    created: usize,
    /// What a partial assignment must promise to matter, once there are enough.
    least: Option<f64>,
}

impl Listing<'_> {
    /// Whether something that promises this much can be among what is still to be found.
    fn matters(&self, promise: f64) -> bool {
        self.least.is_none_or(|least| promise >= least - ROUNDING)
    }

    fn push(&mut self, ln_weight: f64, steps: usize, state: State, last: Option<usize>) {
        let promise = ln_weight + self.sums.layers[steps].after(state).ln_best;
        if self.matters(promise) {
            self.created += 1;
            self.open.push(OpenAssignment { promise, ln_weight, steps, state, last, created: self.created });
        }
    }

    /// Opens everything that the next step can add.
    fn extend(&mut self, partial: &OpenAssignment) {
        let &OpenAssignment { ln_weight, steps, state, last, .. } = partial;
        let step = &self.plan.steps[steps];
        let with_none = state & !step.done;
        self.push(ln_weight, steps + 1, with_none, last);
        let most_left = ln_weight + self.sums.layers[steps + 1].after(with_none).ln_best;
        for at in 0..self.ranked[steps].len() {
            let Ranked { ln_weight: ln_ratio, choice, placement } = self.ranked[steps][at];
            if !self.matters(most_left + ln_ratio) {
                break;
            }
            if step.uses[choice] & state != 0 {
                continue;
            }
            let next = step.next(state, choice);
            if self.matters(ln_weight + ln_ratio + self.sums.layers[steps + 1].after(next).ln_best) {
                self.trail.push((placement, last));
                self.push(ln_weight + ln_ratio, steps + 1, next, Some(self.trail.len() - 1));
            }
        }
    }

    /// Closes all but this many, those that promise the most.
    fn trim(&mut self, wanted: usize) {
        if self.open.len() < wanted.saturating_mul(2).saturating_add(SPARE) {
            return;
        }
        let mut open = std::mem::take(&mut self.open).into_vec();
        open.select_nth_unstable_by(wanted - 1, |left, right| right.cmp(left));
        open.truncate(wanted);
        self.least = open.iter().map(|partial| partial.promise).min_by(f64::total_cmp);
        self.open = open.into();
    }
}

/// Named persons before "none", in the order of the persons.
fn order(identities: &[Option<u32>]) -> impl Iterator<Item = u32> {
    identities.iter().map(|identity| identity.unwrap_or(u32::MAX))
}

fn complete(problem: &JointProblem, trail: &[(u32, Option<usize>)], mut last: Option<usize>) -> Assignment {
    let mut placements = Vec::new();
    while let Some(at) = last {
        placements.push(trail[at].0 as usize);
        last = trail[at].1;
    }
    // Added up in the order of the families, so that equal assignments have equal bits.
    placements.sort_unstable_by_key(|&at| problem.placements[at].family);
    let mut identities = vec![None; problem.bodies];
    let mut ln_weight = 0.0;
    for at in placements {
        ln_weight += problem.placements[at].ln_weight;
        for &(body, person) in &problem.placements[at].people {
            identities[body as usize] = Some(person);
        }
    }
    Assignment { identities, ln_weight }
}
