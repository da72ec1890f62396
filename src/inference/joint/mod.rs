//! The joint answer: every body and every missing person at once.
//!
//! An *assignment* gives each body at most one identity and each missing person at most one body. Its weight is its likelihood ratio
//! against "nobody is anyone" times its prior odds, a product over the bodies; its posterior is its weight over the sum of all. Families
//! are independent once it is said who lies where, so the weight of an assignment is a product over families of the weight of
//! that family's [`Placement`]; the bodies link the families.
//!
//! This module knows no genetics. An assignment is a set of placements no two of which share an *element* (a family, a body): a
//! weighted set packing. All sums over assignments are exact, by dynamic programming over the elements ([`Plan`]): work one element
//! after the other; what must be remembered is which elements are used, of those that later placements still want. The
//! placements of one family exclude each other, so a family whose bodies no other family can have is a plain sum, however many they
//! are. Groups of families and bodies that no placement links cost the sum of their costs, not the product. Families that share
//! many bodies cost a state for each set of bodies that those worked so far can use: up to 2ᵇ for b shared bodies, times the
//! sets that one family can use. Where there would be millions of states, and only there, placements that together can have no
//! more than 1e-9 of the posterior probability are left out, with a proven bound ([`prune`]); below the rounding of an f64 somewhat
//! earlier. What is too much even so is [`sample`]d.

mod elements;
mod layer;
mod listing;
mod one_or_two;
mod plan;
mod prune;
mod sampled;
mod sums;
#[cfg(test)]
mod tests;

pub use elements::{JointProblem, Placement};
pub use one_or_two::{OneOrTwo, joined, parted};
pub use sampled::{Links, Ratios, Sampling, Spread, Sums as ChainSums, estimate, sample};

use plan::Plan;
use sums::Sums;

/// How much work the joint answer may be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// States that the dynamic programme may hold, all steps together, at most.
    pub states: usize,
    /// States times choices, summed over the steps, at most.
    pub work: usize,
}

impl Limits {
    /// For what must do in seconds.
    fn quarter(self) -> Self {
        Self { states: self.states.div_ceil(4), work: self.work.div_ceil(4) }
    }
}

impl Default for Limits {
    /// Half a minute, and some hundred MiB. (Five families of three missing each who share twenty bodies: half of it.)
    fn default() -> Self {
        Self { states: 3 << 20, work: 1 << 31 }
    }
}

/// One assignment.
#[derive(Clone, PartialEq, Debug)]
pub struct Assignment {
    /// For each body the missing person that it is, if any.
    pub identities: Vec<Option<u32>>,
    /// Natural log of its weight; 0 for "nobody is anyone".
    pub ln_weight: f64,
}

/// The joint answer.
#[derive(Clone, PartialEq, Debug)]
pub struct JointAnswer {
    /// Natural log of the sum of all weights: the posterior of an assignment is `exp(ln_weight - ln_total)`. Not known where the answer
    /// is sampled.
    pub ln_total: Option<f64>,
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
    /// For each pair of bodies that may be one person ([`OneOrTwo`]) the posterior probability that they are.
    pub one_person: Vec<f64>,
    /// How far the probabilities can be off, where they are sampled.
    pub sampling: Option<Sampling>,
}

/// What an f64 cannot tell from nothing, in a sum of probabilities.
const ROUNDING: f64 = 1e-15;

/// What posterior probability is given up at most, one after the other.
const LOSSES: [f64; 3] = [ROUNDING, 1e-12, 1e-9];

/// Sums over all assignments and lists the best `list` of them; `None` where that is out of reach.
///
/// Where not everything fits [`Limits`], placements are left out, those first whose posterior probability has the least bound;
/// [`JointAnswer::lost`] says how much that can be in all, at most 1e-9. Large cases in which nearly all placements are
/// next to impossible need not come to the limits: what is below the rounding of an f64 is left out before that.
pub fn solve(problem: &JointProblem, list: usize, limits: Limits) -> Option<JointAnswer> {
    let few = limits.quarter();
    if let Some(answer) = exact(problem, list, few) {
        return Some(answer);
    }
    let all = problem.placements.len();
    let bounds = prune::Bounds::new(problem);
    let reduced = |kept: &prune::Kept, limits: Limits| {
        let answer = exact(&problem.only(&kept.placements), list, limits)?;
        Some(JointAnswer { left_out: all - kept.placements.len(), lost: kept.lost, ..answer })
    };
    if let Some(answer) = reduced(&bounds.keep_but(ROUNDING), few).or_else(|| exact(problem, list, limits)) {
        return Some(answer);
    }
    let mut tried = all;
    for kept in LOSSES.map(|loss| bounds.keep_but(loss)) {
        // hardly fewer will not fit either
        if kept.placements.len() < tried - tried / 16 {
            tried = kept.placements.len();
            if let Some(answer) = reduced(&kept, limits) {
                return Some(answer);
            }
        }
    }
    None
}

/// The answer with nothing left out; `None` beyond the limits.
fn exact(problem: &JointProblem, list: usize, limits: Limits) -> Option<JointAnswer> {
    let plan = Plan::new(problem)?;
    let sums = Sums::new(&plan, limits)?;
    let (marginals, nobody) = sums.marginals(problem, &plan);
    let best = listing::best(problem, &plan, &sums, list);
    let ln_total = Some(sums.ln_total());
    Some(JointAnswer {
        ln_total,
        marginals,
        nobody,
        best,
        left_out: 0,
        lost: 0.0,
        one_person: Vec::new(),
        sampling: None,
    })
}
