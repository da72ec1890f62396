//! The likeliest assignments, best first: a best-first search whose estimate of what is still to come is exact.

use super::{
    Assignment,
    elements::JointProblem,
    plan::Plan,
    sums::{State, Sums, ln_ratio},
};
use std::{cmp::Ordering, collections::BinaryHeap};

/// The choices up to some step.
struct Partial {
    /// The greatest ln likelihood ratio that any completion has.
    promise: f64,
    /// ln likelihood ratio of the choices so far.
    ln_lr: f64,
    /// Steps done.
    steps: usize,
    state: State,
    /// The last choice that was not "none": an index into the trail.
    last: Option<usize>,
    /// Order of creation, which decides between equals.
    created: usize,
}

impl Ord for Partial {
    /// The greater promise first; among equals the one nearest to its end, then the one created first.
    fn cmp(&self, other: &Self) -> Ordering {
        self.promise.total_cmp(&other.promise).then(self.steps.cmp(&other.steps)).then(other.created.cmp(&self.created))
    }
}

impl PartialOrd for Partial {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Partial {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Partial {}

/// The best `count` assignments (fewer where there are fewer), best first; equals in the order of their identities.
pub(super) fn best(problem: &JointProblem, plan: &Plan, sums: &Sums, count: usize) -> Vec<Assignment> {
    let mut trail: Vec<(u32, Option<usize>)> = Vec::new();
    let mut created = 0;
    let promise = sums.layers[0].best_after(0);
    let mut open = BinaryHeap::from([Partial { promise, ln_lr: 0.0, steps: 0, state: 0, last: None, created }]);
    let mut found = Vec::new();
    while found.len() < count
        && let Some(partial) = open.pop()
    {
        let Some(step) = plan.steps.get(partial.steps) else {
            found.push(complete(problem, &trail, partial.last));
            continue;
        };
        for (chosen, state) in step.choices_from(partial.state) {
            let last = match chosen {
                None => partial.last,
                Some(placement) => {
                    trail.push((placement, partial.last));
                    Some(trail.len() - 1)
                }
            };
            created += 1;
            let ln_lr = partial.ln_lr + ln_ratio(problem, chosen);
            let promise = ln_lr + sums.layers[partial.steps + 1].best_after(state);
            open.push(Partial { promise, ln_lr, steps: partial.steps + 1, state, last, created });
        }
    }
    found.sort_by(|left: &Assignment, right| {
        right.ln_lr.total_cmp(&left.ln_lr).then_with(|| order(&left.identities).cmp(order(&right.identities)))
    });
    found
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
    let mut ln_lr = 0.0;
    for at in placements {
        ln_lr += problem.placements[at].ln_lr;
        for &(body, person) in &problem.placements[at].people {
            identities[body as usize] = Some(person);
        }
    }
    Assignment { identities, ln_lr }
}
