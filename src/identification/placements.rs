//! All ways to place bodies in one family, each with its joint likelihood ratio.
//!
//! The ratio of a placement is that of its bodies together ([`super::family_rows`]); its weight is that times the prior odds of its
//! bodies. By the chain rule it is a product over the bodies, each given those placed before it, as long as no body brings an allele
//! along that the locus did not have (a closed group of loci); at open groups the ratio of the whole placement is asked for with each
//! body. The order does not matter; parents come before children, so that most rows rest on known genotypes alone. The
//! missing persons are gone through one after the other, and all placements of those before are extended at once:
//! first the rows that any of them needs, on all threads, then the placements. A body that is impossible as a person where it is
//! placed alone is not placed as that person.
//!
//! *What is left out.* Write w(h) for the weight of a placement h, and let q be a part of h (perhaps nobody, with weight 1). Taking an
//! assignment that contains h and putting q in place of h leaves an assignment, each another one; so
//! P(h) ≤ w(h) / w(q) · P(q) ≤ w(h) / w(q). Of the parts of h, those met on the way to it and the single bodies are looked at. An
//! extension of h by body b as person m multiplies w by the odds of b and by P(shown | …) / P(shown | stranger), at each locus at most
//! T² / P(shown | stranger), where T is 1, or the sum of the frequencies where that is more (the person's two alleles
//! come from two founder alleles at most, and each can be seen with T at most), and the stranger is that of the alleles which make it
//! least likely. With U(m) the sum over the bodies that can be m of the
//! products of these over loci and of the odds, all extensions of h by the persons still to come have together at most W(h) Π (1 + U(m)),
//! where W(h) is w(h) with the same bounds in place of the ratios of its bodies at open groups. Where that, over w(q),
//! is below 1e-15, h is left out with all that extends it, before their rows are worked out.

use super::IdentificationError;
use super::conditional_rows::{ConditionalRows, LnFactor, Placed};
use super::family_case::FamilyCase;
use super::family_rows::FamilyRows;
use super::pairwise::PersonScores;
use crate::inference::joint::Placement;
use bounds::Bounds;
use rayon::prelude::*;
use std::f64::consts::LN_10;

mod bounds;
#[cfg(test)]
mod tests;

/// How much work one family may be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PlacementLimits {
    /// Placements that are kept, at most: those of the greatest bounds.
    pub kept: usize,
    /// A family with no more placements than this keeps all of them.
    pub keep_all: usize,
    /// A placement of a larger family is left out where the ln of the bound on its posterior probability is below this.
    pub least_ln_bound: f64,
}

impl PlacementLimits {
    /// For each of so many families: all placements are kept as long as those of a run are a quarter of a million. With theta
    /// the rows of a placement are costly, so no more than in any run are kept whatever their bound.
    pub fn of(families: usize, with_theta: bool) -> Self {
        let limits = Self::default();
        match with_theta {
            true => limits,
            false => Self { keep_all: limits.keep_all.max((1 << 18) / families.max(1)), ..limits },
        }
    }
}

impl Default for PlacementLimits {
    /// Seconds, and some hundred MiB at most; 1e-15.
    fn default() -> Self {
        Self { kept: 1 << 19, keep_all: 1 << 12, least_ln_bound: -15.0 * LN_10 }
    }
}

/// So many placements are extended at once.
const AT_ONCE: usize = 1 << 12;

/// The placements of one family.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FamilyPlacements {
    /// All that are kept.
    pub placements: Vec<Placement>,
    /// How many were left out because they cannot matter, at most.
    pub left_out: usize,
    /// Bound on the posterior probability of those.
    pub lost: f64,
}

/// The placements of one family. `singles`: by missing person, then by body, ln of the weight of the body as that person alone; `ln_odds`:
/// by body, ln of the prior odds of being some one person; `first_person`: the run-wide number of the first missing person.
///
/// # Errors
/// What the engine refuses.
pub(super) fn placements(
    family: FamilyRows<'_, '_>,
    singles: &[Vec<f64>],
    ln_odds: &[f64],
    (number, first_person): (u32, u32),
    limits: PlacementLimits,
) -> Result<FamilyPlacements, IdentificationError> {
    let order = in_order(family.case);
    let singles: Vec<Vec<f64>> = order.iter().map(|&at| singles[at].clone()).collect();
    let people: Vec<usize> = order.iter().map(|&at| family.case.family.missing[at]).collect();
    let possible: Vec<Vec<u32>> = singles.iter().map(|ln_weight| possible_bodies(ln_weight)).collect();
    let numbers = order.iter().map(|&at| first_person + at as u32).collect();
    let found = Found { family: number, numbers, ..Found::default() };
    let all_are_kept = count(&possible, family.bodies.len()) <= limits.keep_all;
    let least_ln_bound = if all_are_kept { f64::NEG_INFINITY } else { limits.least_ln_bound };
    let limits = PlacementLimits { least_ln_bound, ..limits };
    let bounds = Bounds::new(family, &people, &possible, !all_are_kept)?;
    let mut search =
        PlacementSearch { family, ln_odds, people, singles, possible, bounds, ln_rest: Vec::new(), limits, found };
    if !all_are_kept {
        search.narrow()?;
    }
    search.run()?;
    Ok(search.found.placements)
}

/// The missing persons (positions among them), parents first.
fn in_order(case: &FamilyCase<'_>) -> Vec<usize> {
    let parents_first = case.family.pedigree.parents_first();
    let mut order: Vec<usize> = (0..case.family.missing.len()).collect();
    order.sort_by_key(|&at| parents_first.iter().position(|&person| person == case.family.missing[at]));
    order
}

/// The ln weight of each body as one missing person; −∞ for another sex.
pub fn ln_singles(scores: &PersonScores, ln_odds: &[f64]) -> Vec<f64> {
    let ln_weight =
        |(score, ln_odds): (&Option<f64>, &f64)| score.map_or(f64::NEG_INFINITY, |log10_lr| log10_lr * LN_10 + ln_odds);
    scores.log10_lr.iter().zip(ln_odds).map(ln_weight).collect()
}

/// The bodies that a person can be.
pub(super) fn possible_bodies(ln_weight: &[f64]) -> Vec<u32> {
    let possible = ln_weight.iter().enumerate().filter(|(_, ln_weight)| **ln_weight > f64::NEG_INFINITY);
    possible.map(|(body, _)| body as u32).collect()
}

/// Placements at most: each person has one of the bodies or none, and each body is one of the persons or none.
pub(super) fn count(possible: &[Vec<u32>], bodies: usize) -> usize {
    let product = |choices: &mut dyn Iterator<Item = usize>| {
        choices.fold(1_usize, |product, choices| product.saturating_mul(choices + 1))
    };
    let persons_of = |body: usize| possible.iter().filter(|list| list.binary_search(&(body as u32)).is_ok()).count();
    product(&mut possible.iter().map(Vec::len)).min(product(&mut (0..bodies).map(persons_of)))
}

/// A placement of the persons gone through so far.
#[derive(Clone, Default)]
struct PartialPlacement {
    placed: Placed,
    ln_weight: f64,
    /// The part of it that stays, whoever is placed after: prior odds, and ratios at closed groups of loci.
    ln_closed: f64,
    /// ln of the bound on what the rest of it can become.
    ln_most_open: f64,
    /// The greatest ln weight of its parts, itself and nobody among them.
    ln_best: f64,
}

struct PlacementSearch<'a, 'c> {
    family: FamilyRows<'a, 'c>,
    /// ln of the prior odds of each body.
    ln_odds: &'a [f64],
    /// The missing persons in the order of work: positions in the pedigree.
    people: Vec<usize>,
    /// The ln weight of each body as each of them alone.
    singles: Vec<Vec<f64>>,
    /// The bodies that are tried, ascending.
    possible: Vec<Vec<u32>>,
    /// Open groups of loci, and bounds, with the bodies that are tried.
    bounds: Bounds,
    /// ln Π (1 + U(m)) over the persons from each one on, with the bodies that are tried.
    ln_rest: Vec<f64>,
    limits: PlacementLimits,
    found: Found,
}

impl PlacementSearch<'_, '_> {
    /// Leaves out bodies that cannot be a person, whatever the others are. Without them fewer groups of loci may be open, and the bounds
    /// closer.
    fn narrow(&mut self) -> Result<(), IdentificationError> {
        while self.narrow_once() && self.bounds.is_open.contains(&true) {
            self.bounds = Bounds::new(self.family, &self.people, &self.possible, true)?;
        }
        Ok(())
    }

    /// Whether any body was left out.
    fn narrow_once(&mut self) -> bool {
        let bodies = self.family.bodies.len();
        let ln_more: Vec<f64> = (0..self.people.len()).map(|at| self.ln_one_and_sum(at)).collect();
        let mut is_narrower = false;
        for at in 0..self.people.len() {
            let others = |other: &usize| *other != at;
            let ln_others: f64 = (0..self.people.len()).filter(others).map(|other| ln_more[other]).sum();
            let ln_bound = |body: u32| self.ln_closed_alone(at, body) + self.bounds.ln_most_open(at, body) + ln_others;
            let (kept, gone): (Vec<u32>, Vec<u32>) =
                self.possible[at].iter().partition(|&&body| ln_bound(body) >= self.limits.least_ln_bound);
            let rest: Vec<Vec<u32>> = (0..self.people.len()).filter(others).map(|o| self.possible[o].clone()).collect();
            let ln_bounds: Vec<f64> = gone.iter().map(|&body| ln_bound(body)).collect();
            ln_bounds.into_iter().for_each(|ln_bound| self.found.leave_out(count(&rest, bodies), ln_bound));
            is_narrower |= !gone.is_empty();
            self.possible[at] = kept;
        }
        is_narrower
    }

    /// The part of the ln weight of a body alone that stays, whoever is placed after.
    fn ln_closed_alone(&self, at: usize, body: u32) -> f64 {
        self.singles[at][body as usize] - self.bounds.ln_alone_open(at, body)
    }

    fn sum_rest(&mut self) {
        self.ln_rest = vec![0.0; self.people.len() + 1];
        for at in (0..self.people.len()).rev() {
            self.ln_rest[at] = self.ln_rest[at + 1] + self.ln_one_and_sum(at);
        }
    }

    /// ln (1 + U) of a person.
    fn ln_one_and_sum(&self, at: usize) -> f64 {
        let greatest = |&body: &u32| self.ln_odds[body as usize] + self.bounds.ln_most(at, body);
        let all: Vec<f64> = self.possible[at].iter().map(greatest).collect();
        let largest = all.iter().copied().fold(0.0, f64::max);
        if largest == f64::INFINITY {
            return largest;
        }
        largest + ((-largest).exp() + all.iter().map(|ln| (ln - largest).exp()).sum::<f64>()).ln()
    }

    /// Goes through the missing persons.
    fn run(&mut self) -> Result<(), IdentificationError> {
        self.sum_rest();
        let mut partials = vec![PartialPlacement::default()];
        for next in 0..self.people.len() {
            let (before, is_open) = (self.people[..next].to_vec(), self.bounds.is_open.clone());
            let tried = self.possible[next].clone();
            let mut rows = ConditionalRows::new(self.family, &before, self.people[next], &tried, &is_open);
            let mut extended = Vec::new();
            for some in partials.chunks(AT_ONCE) {
                let needs_rows =
                    |partial: &&PartialPlacement| !partial.placed.is_empty() && partial.ln_closed > f64::NEG_INFINITY;
                rows.prepare(some.iter().filter(needs_rows).map(|partial| &partial.placed))?;
                let ways: Vec<Vec<PartialPlacement>> =
                    some.par_iter().map(|partial| self.extensions(next, partial, &rows)).collect();
                extended.extend(ways.into_iter().flatten().filter_map(|way| self.judge(next, way)));
            }
            partials.extend(extended);
        }
        self.found.trim(self.limits.kept);
        Ok(())
    }

    /// Keeps a placement or leaves it out; gives it back where it is to be extended.
    fn judge(&mut self, last: usize, way: PartialPlacement) -> Option<PartialPlacement> {
        let least = self.limits.least_ln_bound;
        let ln_bound = way.ln_weight - way.ln_best;
        let ln_all = way.ln_closed + way.ln_most_open - way.ln_best + self.ln_rest[last + 1];
        if ln_all < least {
            self.found.leave_out(count(&self.possible[last + 1..], self.family.bodies.len()), ln_all);
            return None;
        }
        match ln_bound >= least {
            true => self.found.keep(&way, self.limits.kept),
            false => self.found.leave_out(1, ln_bound),
        }
        let is_last = last + 1 == self.people.len();
        (!is_last).then(|| PartialPlacement { ln_best: way.ln_best.max(way.ln_weight), ..way })
    }

    /// The placement with each body as the next person; the greatest ratio of a part does not count the whole.
    fn extensions(
        &self,
        next: usize,
        partial: &PartialPlacement,
        rows: &ConditionalRows<'_, '_>,
    ) -> Vec<PartialPlacement> {
        let possible = &self.possible[next];
        let singles = &self.singles[next];
        let ln_factors: Vec<LnFactor> = match partial {
            PartialPlacement { ln_closed, .. } if *ln_closed == f64::NEG_INFINITY => {
                vec![LnFactor::default(); possible.len()]
            }
            PartialPlacement { placed, .. } if placed.is_empty() => {
                let alone = |&body: &u32| LnFactor {
                    closed: self.ln_closed_alone(next, body),
                    open: self.bounds.ln_alone_open(next, body),
                };
                possible.iter().map(alone).collect()
            }
            PartialPlacement { placed, .. } => {
                let factors = rows.ln_factors(placed, possible).into_iter().zip(possible);
                let with_odds = |(factor, &body): (LnFactor, &u32)| LnFactor {
                    closed: factor.closed + self.ln_odds[body as usize],
                    ..factor
                };
                factors.map(with_odds).collect()
            }
        };
        let mut extensions = Vec::new();
        for (&body, factor) in possible.iter().zip(ln_factors) {
            if partial.placed.iter().any(|&(_, other)| other == body) {
                continue;
            }
            let mut placed = Vec::with_capacity(partial.placed.len() + 1);
            placed.extend(&partial.placed);
            placed.push((next, body));
            // the body alone is a part of any placement but itself
            let is_part = !partial.placed.is_empty();
            let ln_best = if is_part { partial.ln_best.max(singles[body as usize]) } else { partial.ln_best };
            let ln_closed = partial.ln_closed + factor.closed;
            let ln_most_open = partial.ln_most_open + self.bounds.ln_most_open(next, body);
            let ln_weight = ln_closed + factor.open;
            extensions.push(PartialPlacement { placed, ln_weight, ln_closed, ln_most_open, ln_best });
        }
        extensions
    }
}

/// What the search finds.
#[derive(Clone, Default)]
struct Found {
    family: u32,
    /// The run-wide number of each missing person, in the order of work.
    numbers: Vec<u32>,
    placements: FamilyPlacements,
    /// The ln bound of each placement that is kept.
    ln_bounds: Vec<f64>,
}

impl Found {
    fn keep(&mut self, way: &PartialPlacement, most: usize) {
        let mut people: Vec<(u32, u32)> = way.placed.iter().map(|&(at, body)| (body, self.numbers[at])).collect();
        people.sort_unstable();
        self.placements.placements.push(Placement { family: self.family, people, ln_weight: way.ln_weight });
        self.ln_bounds.push(way.ln_weight - way.ln_best);
        if self.ln_bounds.len() >= most.saturating_mul(2) {
            self.trim(most);
        }
    }

    fn leave_out(&mut self, placements: usize, ln_bound: f64) {
        self.placements.left_out = self.placements.left_out.saturating_add(placements);
        self.placements.lost += ln_bound.exp().min(1.0);
    }

    /// Leaves out all but this many, those of the least bounds first.
    fn trim(&mut self, most: usize) {
        if self.ln_bounds.len() <= most {
            return;
        }
        let mut descending: Vec<usize> = (0..self.ln_bounds.len()).collect();
        descending.sort_by(|&one, &other| self.ln_bounds[other].total_cmp(&self.ln_bounds[one]).then(one.cmp(&other)));
        let gone = descending.split_off(most);
        gone.iter().for_each(|&at| self.leave_out(1, self.ln_bounds[at]));
        descending.sort_unstable();
        let keep: Vec<Placement> = descending.iter().map(|&at| self.placements.placements[at].clone()).collect();
        self.placements.placements = keep;
        self.ln_bounds = descending.iter().map(|&at| self.ln_bounds[at]).collect();
    }
}
