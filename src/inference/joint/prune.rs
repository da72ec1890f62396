//! Which placements may be left out, and what that can lose.
//!
//! Write w for the likelihood ratio of a placement h, Z for the sum over all assignments, and for an element e let S(e) be
//! the sum of the ratios of all placements that use it. Let G be placements that do not share an element with each other, each
//! of which shares one with h. Take any assignment that contains h; take out h and whatever else uses an element of G, put in G. What
//! comes out is an assignment that contains G, and one such outcome arises in at most Π (1 + S′(e)) weighted ways, e over the elements
//! of G that h does not use and S′ without G itself. So
//!
//! P(h) ≤ w / Π_{g∈G} w(g) · Π_e (1 + S′(e)).
//!
//! With G empty and h itself taken out, P(h) ≤ w / (1 + w). The bound used is the least of that, of G = the best other placement of one
//! element of h, and of G = those of two elements. Summed over the placements left out it bounds the posterior probability of all
//! assignments that are lost.

use super::elements::{Element, JointProblem, ln_add};

/// Placements to keep, ascending, and the bound on what the others can have of the posterior probability.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Kept {
    pub placements: Vec<u32>,
    pub lost: f64,
}

/// The bounds of all placements.
pub(super) struct Bounds {
    /// Bound and index of each placement, ascending by bound.
    ascending: Vec<(f64, u32)>,
}

/// What is known of one element.
#[derive(Clone, Copy)]
struct Use {
    /// The placement of the greatest ratio, and its ln.
    best: Option<(u32, f64)>,
    /// ln of the sum over the others.
    ln_rest: f64,
}

impl Use {
    /// ln of S′: the sum without this placement.
    fn ln_sum_without(&self, placement: u32) -> f64 {
        match self.best {
            Some((best, ln_weight)) if best != placement => ln_add(self.ln_rest, ln_weight),
            _ => self.ln_rest,
        }
    }
}

impl Bounds {
    pub(super) fn new(problem: &JointProblem) -> Self {
        let uses = uses(problem);
        let bound = |at: u32| placement_bound(problem, &uses, at);
        let mut ascending: Vec<_> = (0..problem.placements.len() as u32).map(|at| (bound(at), at)).collect();
        ascending.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        Self { ascending }
    }

    /// Leaves out as many placements as can together have this much of the posterior probability; none for 0.
    pub(super) fn keep_but(&self, loss: f64) -> Kept {
        let mut lost = 0.0;
        let mut count = 0;
        if loss > 0.0 {
            for &(bound, _) in &self.ascending {
                if lost + bound > loss {
                    break;
                }
                lost += bound;
                count += 1;
            }
        }
        self.keep_from(count, lost)
    }

    fn keep_from(&self, left_out: usize, lost: f64) -> Kept {
        let mut placements: Vec<_> = self.ascending[left_out..].iter().map(|&(_, at)| at).collect();
        placements.sort_unstable();
        Kept { placements, lost }
    }
}

fn uses(problem: &JointProblem) -> Vec<Use> {
    let mut uses = vec![Use { best: None, ln_rest: f64::NEG_INFINITY }; problem.element_count()];
    for (at, placement) in problem.placements.iter().enumerate() {
        for element in problem.elements(placement) {
            let used = &mut uses[element as usize];
            match used.best {
                Some((_, ln_weight)) if placement.ln_weight <= ln_weight => {
                    used.ln_rest = ln_add(used.ln_rest, placement.ln_weight)
                }
                previous => {
                    let demoted = previous.map_or(f64::NEG_INFINITY, |(_, ln_weight)| ln_weight);
                    used.ln_rest = ln_add(used.ln_rest, demoted);
                    used.best = Some((at as u32, placement.ln_weight));
                }
            }
        }
    }
    uses
}

fn placement_bound(problem: &JointProblem, uses: &[Use], at: u32) -> f64 {
    let placement = &problem.placements[at as usize];
    let own: Vec<Element> = problem.elements(placement).collect();
    let rivals: Vec<_> = own
        .iter()
        .filter_map(|&element| uses[element as usize].best)
        .map(|(rival, _)| rival)
        .filter(|&rival| rival != at)
        .collect();
    let ln_price = |rival: u32| price(problem, uses, &own, rival);
    let alone = placement.ln_weight - ln_add(0.0, placement.ln_weight);
    let mut ln_bound = alone;
    for (position, &first) in rivals.iter().enumerate() {
        ln_bound = ln_bound.min(placement.ln_weight + ln_price(first));
        for &second in &rivals[position + 1..] {
            if !share_element(problem, first, second) {
                ln_bound = ln_bound.min(placement.ln_weight + ln_price(first) + ln_price(second));
            }
        }
    }
    ln_bound.exp()
}

/// ln of Π (1 + S′(e)) / w(g) for one placement g, e over its elements other than `own`.
fn price(problem: &JointProblem, uses: &[Use], own: &[Element], rival: u32) -> f64 {
    let placement = &problem.placements[rival as usize];
    let others = problem.elements(placement).filter(|element| !own.contains(element));
    others.map(|element| ln_add(0.0, uses[element as usize].ln_sum_without(rival))).sum::<f64>() - placement.ln_weight
}

fn share_element(problem: &JointProblem, left: u32, right: u32) -> bool {
    let [left, right] = [left, right].map(|at| &problem.placements[at as usize]);
    problem.elements(left).any(|element| problem.elements(right).any(|other| other == element))
}
