//! The joint answer: every body and every missing person at once.
//!
//! An *assignment* gives each body at most one identity and each missing person at most one body. With a flat prior over the
//! assignments, the posterior of one is its likelihood ratio against "nobody is anyone" over the sum of all. Families are
//! independent once it is said who lies where, so the ratio of an assignment is a product over families of the ratio of
//! that family's [`Placement`]; the bodies link the families.
//!
//! This module knows no genetics. An assignment is a set of placements no two of which share an *element* (a family, a body): a
//! weighted set packing. All sums over assignments are exact, by dynamic programming over the elements ([`Plan`]): work one element
//! after the other; what must be remembered is which elements are used, of those that later placements still want. Groups
//! of families and bodies that no placement links cost the sum of their costs, not the product. Where the link is too
//! close for that (mutation makes every body a possible match of every family), the placements of provably negligible posterior
//! probability are left out first, with a bound on what that can lose ([`prune`]).

mod elements;
mod listing;
mod plan;
mod prune;
mod sums;
#[cfg(test)]
mod tests;

pub use elements::{JointProblem, Placement};

use plan::Plan;
use sums::Sums;

/// How much work the joint answer may be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// States that the dynamic programme may hold at one step, at most.
    pub states: usize,
    /// Placements that are tried without leaving any out, at most.
    pub placements: usize,
}

impl Default for Limits {
    /// Seconds and some hundred MiB at most.
    fn default() -> Self {
        Self { states: 1 << 17, placements: 1 << 15 }
    }
}

/// One assignment.
#[derive(Clone, PartialEq, Debug)]
pub struct Assignment {
    /// For each body the missing person that it is, if any.
    pub identities: Vec<Option<u32>>,
    /// Natural log of the likelihood ratio against "nobody is anyone".
    pub ln_lr: f64,
}

/// The joint answer.
#[derive(Clone, PartialEq, Debug)]
pub struct JointAnswer {
    /// Natural log of Σ LR over all assignments: the posterior of one is `exp(ln_lr - ln_total)`.
    pub ln_total: f64,
    /// For each body the posterior probability of each missing person it may be, ascending.
    pub marginals: Vec<Vec<(u32, f64)>>,
    /// For each body the posterior probability of being none of them.
    pub nobody: Vec<f64>,
    /// The likeliest assignments, best first; ties in the order of the identities.
    pub best: Vec<Assignment>,
    /// How many placements were left out.
    pub left_out: usize,
    /// The posterior probability of all assignments left out is at most this.
    pub lost: f64,
}

/// What posterior probability may be given up, one level after the other, until the rest can be done exactly.
const LOSSES: [f64; 8] = [0.0, 1e-15, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2];

/// Sums over all assignments and lists the best `list` of them.
///
/// Where not everything fits [`Limits`], placements are left out, those first whose posterior probability has the least bound;
/// [`JointAnswer::lost`] says how much that can be in all (1 where nothing is proven).
pub fn solve(problem: &JointProblem, list: usize, limits: Limits) -> JointAnswer {
    let bounds = prune::Bounds::new(problem);
    let levels = LOSSES.iter().map(|&loss| bounds.keep_but(loss));
    let halvings = (1..usize::BITS).map(|halving| bounds.keep_best(problem.placements.len() >> halving));
    for kept in levels.chain(halvings) {
        if kept.placements.len() > limits.placements {
            continue;
        }
        let reduced = problem.only(&kept.placements);
        let plan = Plan::new(&reduced);
        if let Some(sums) = Sums::new(&reduced, &plan, limits.states) {
            let (marginals, nobody) = sums.marginals(&reduced, &plan);
            return JointAnswer {
                ln_total: sums.ln_total(),
                marginals,
                nobody,
                best: listing::best(&reduced, &plan, &sums, list),
                left_out: problem.placements.len() - kept.placements.len(),
                lost: kept.lost,
            };
        }
    }
    // Not reached: the last halving keeps nothing, which is always within the limits.
    let (marginals, nobody) = (vec![Vec::new(); problem.bodies], vec![1.0; problem.bodies]);
    JointAnswer { ln_total: 0.0, marginals, nobody, best: Vec::new(), left_out: 0, lost: 1.0 }
}
