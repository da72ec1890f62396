//! All ways to place bodies in one family, each with its joint likelihood ratio.
//!
//! By the chain rule the ratio of a placement is Π P(body i | family, the bodies placed before it) / P(body i | family, a
//! stranger); its weight is that times the prior odds of its bodies. The order does not matter; parents come before children, so that most rows rest on known genotypes alone. The
//! missing persons are gone through one after the other, and all placements of those before are extended at once:
//! first the rows that any of them needs, on all threads, then the placements.
//!
//! *What is left out.* Write w(h) for the weight of a placement h, and let q be a part of h (perhaps nobody, with weight 1). Taking an
//! assignment that contains h and putting q in place of h leaves an assignment, each another one; so
//! P(h) ≤ w(h) / w(q) · P(q) ≤ w(h) / w(q). Of the parts of h, those met on the way to it and the single bodies are looked at. An
//! extension of h by body b as person m multiplies w by the odds of b and by P(shown | …) / P(shown | stranger), at each locus at most
//! T² / P(shown | stranger), where T is 1, or the sum of the frequencies where that is more (the person's two alleles
//! come from two founder alleles at most, and each can be seen with T at most). With U(m) the sum over the bodies that can be m of the
//! products of these over loci and of the odds, all extensions of h by the persons still to come have together at most w(h) Π (1 + U(m)). Where that, over w(q),
//! is below 1e-15, h is left out with all that extends it, before their rows are worked out.

use super::IdentificationError;
use super::bodies::Bodies;
use super::conditional_rows::{ConditionalRows, Placed};
use super::family_case::FamilyCase;
use super::founders::Founders;
use super::pairwise::PersonScores;
use crate::inference::joint::Placement;
use rayon::prelude::*;
use std::f64::consts::LN_10;
use std::sync::Arc;

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
pub fn placements(
    case: &FamilyCase<'_>,
    founders: &Founders,
    bodies: &Bodies,
    singles: &[Vec<f64>],
    ln_odds: &[f64],
    (family, first_person): (u32, u32),
    limits: PlacementLimits,
) -> Result<FamilyPlacements, IdentificationError> {
    let order = in_order(case);
    let stranger_rows = |&at: &usize| -> Result<Vec<Arc<[f64]>>, IdentificationError> {
        let row = |group| Ok(case.stranger_row(group, case.family.missing[at], bodies, founders)?.into());
        (0..bodies.group_count()).map(row).collect()
    };
    let several = singles.len() > 1;
    let strangers = order.iter().filter(|_| several).map(stranger_rows).collect::<Result<Vec<_>, _>>()?;
    let singles: Vec<Vec<f64>> = order.iter().map(|&at| singles[at].clone()).collect();
    let people = order.iter().map(|&at| case.family.missing[at]).collect();
    let possible = singles.iter().map(|ln_weight| possible_bodies(ln_weight)).collect();
    let found =
        Found { family, numbers: order.iter().map(|&at| first_person + at as u32).collect(), ..Found::default() };
    let mut search =
        Search { case, bodies, ln_odds, people, strangers, singles, possible, ln_rest: Vec::new(), limits, found };
    search.narrow();
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
pub(super) fn ln_singles(scores: &PersonScores, ln_odds: &[f64]) -> Vec<f64> {
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
#[derive(Clone)]
struct Partial {
    placed: Placed,
    ln_weight: f64,
    /// The greatest ln weight of its parts, itself and nobody among them.
    ln_best: f64,
}

struct Search<'a, 'c> {
    case: &'a FamilyCase<'c>,
    bodies: &'a Bodies,
    /// ln of the prior odds of each body.
    ln_odds: &'a [f64],
    /// The missing persons in the order of work: positions in the pedigree.
    people: Vec<usize>,
    /// Rows of a stranger of each one's sex, by group of loci; none where only one is missing.
    strangers: Vec<Vec<Arc<[f64]>>>,
    /// The ln weight of each body as each of them alone.
    singles: Vec<Vec<f64>>,
    /// The bodies that are tried, ascending.
    possible: Vec<Vec<u32>>,
    /// ln Π (1 + U(m)) over the persons from each one on, with the bodies that are tried.
    ln_rest: Vec<f64>,
    limits: PlacementLimits,
    found: Found,
}

impl Search<'_, '_> {
    /// Leaves out bodies that cannot be a person, whatever the others are.
    fn narrow(&mut self) {
        if count(&self.possible, self.bodies.len()) <= self.limits.keep_all {
            self.limits.least_ln_bound = f64::NEG_INFINITY;
        }
        let ln_more: Vec<f64> = (0..self.people.len()).map(|at| self.ln_one_and_sum(at)).collect();
        for at in 0..self.people.len() {
            let others = |other: &usize| *other != at;
            let ln_others: f64 = (0..self.people.len()).filter(others).map(|other| ln_more[other]).sum();
            let ln_bound = |body: u32| self.singles[at][body as usize] + ln_others;
            let (kept, gone): (Vec<u32>, Vec<u32>) =
                self.possible[at].iter().partition(|&&body| ln_bound(body) >= self.limits.least_ln_bound);
            let rest: Vec<Vec<u32>> = (0..self.people.len()).filter(others).map(|o| self.possible[o].clone()).collect();
            gone.iter().for_each(|&body| self.found.leave_out(count(&rest, self.bodies.len()), ln_bound(body)));
            self.possible[at] = kept;
        }
    }

    fn sum_rest(&mut self) {
        self.ln_rest = vec![0.0; self.people.len() + 1];
        for at in (0..self.people.len()).rev() {
            self.ln_rest[at] = self.ln_rest[at + 1] + self.ln_one_and_sum(at);
        }
    }

    /// ln (1 + U) of a person.
    fn ln_one_and_sum(&self, at: usize) -> f64 {
        let Some(strangers) = self.strangers.get(at) else { return 0.0 };
        let groups = self.case.models.groups.iter();
        let ln_most: f64 = groups.flat_map(|group| &group.loci).map(|&locus| self.ln_most_shown(locus)).sum();
        let greatest = |&body: &u32| -> f64 {
            let columns = (0..self.bodies.group_count()).map(|group| self.bodies.group_column(group)[body as usize]);
            self.ln_odds[body as usize] + ln_most
                - columns.zip(strangers).map(|(code, row)| row[usize::from(code)]).sum::<f64>()
        };
        let all: Vec<f64> = self.possible[at].iter().map(greatest).collect();
        let largest = all.iter().copied().fold(0.0, f64::max);
        if largest == f64::INFINITY {
            return largest;
        }
        largest + ((-largest).exp() + all.iter().map(|ln| (ln - largest).exp()).sum::<f64>()).ln()
    }

    /// ln T²: what seeing anything of a person at this locus can count, at most.
    fn ln_most_shown(&self, locus: usize) -> f64 {
        let definition = self.case.models.loci[locus].definition();
        let sum = definition.frequencies.iter().sum::<f64>() + definition.silent_frequency;
        2.0 * sum.max(1.0).ln()
    }

    /// Goes through the missing persons.
    fn run(&mut self) -> Result<(), IdentificationError> {
        self.sum_rest();
        let mut partials = vec![Partial { placed: Vec::new(), ln_weight: 0.0, ln_best: 0.0 }];
        for next in 0..self.people.len() {
            let (before, strangers) =
                (self.people[..next].to_vec(), self.strangers.get(next).cloned().unwrap_or_default());
            let mut rows = ConditionalRows::new(self.case, self.bodies, &before, self.people[next], &strangers);
            let mut extended = Vec::new();
            for some in partials.chunks(AT_ONCE) {
                let needs_rows =
                    |partial: &&Partial| !partial.placed.is_empty() && partial.ln_weight > f64::NEG_INFINITY;
                rows.prepare(some.iter().filter(needs_rows).map(|partial| &partial.placed))?;
                let ways: Vec<Vec<Partial>> =
                    some.par_iter().map(|partial| self.extensions(next, partial, &rows)).collect();
                extended.extend(ways.into_iter().flatten().filter_map(|way| self.judge(next, way)));
            }
            partials.extend(extended);
        }
        self.found.trim(self.limits.kept);
        Ok(())
    }

    /// Keeps a placement or leaves it out; gives it back where it is to be extended.
    fn judge(&mut self, last: usize, way: Partial) -> Option<Partial> {
        let least = self.limits.least_ln_bound;
        let ln_bound = way.ln_weight - way.ln_best;
        let ln_all = ln_bound + self.ln_rest[last + 1];
        if ln_all < least {
            self.found.leave_out(count(&self.possible[last + 1..], self.bodies.len()), ln_all);
            return None;
        }
        match ln_bound >= least {
            true => self.found.keep(&way, self.limits.kept),
            false => self.found.leave_out(1, ln_bound),
        }
        let is_last = last + 1 == self.people.len();
        (!is_last).then(|| Partial { ln_best: way.ln_best.max(way.ln_weight), ..way })
    }

    /// The placement with each body as the next person; the greatest ratio of a part does not count the whole.
    fn extensions(&self, next: usize, partial: &Partial, rows: &ConditionalRows<'_, '_>) -> Vec<Partial> {
        let possible = &self.possible[next];
        let singles = &self.singles[next];
        let ln_factors = match partial {
            Partial { ln_weight, .. } if *ln_weight == f64::NEG_INFINITY => vec![0.0; possible.len()],
            Partial { placed, .. } if placed.is_empty() => {
                possible.iter().map(|&body| singles[body as usize]).collect()
            }
            Partial { placed, .. } => {
                let factors = rows.ln_factors(placed, possible).into_iter().zip(possible);
                factors.map(|(ln_factor, &body)| ln_factor + self.ln_odds[body as usize]).collect()
            }
        };
        let mut extensions = Vec::new();
        for (&body, ln_factor) in possible.iter().zip(ln_factors) {
            if partial.placed.iter().any(|&(_, other)| other == body) {
                continue;
            }
            let mut placed = Vec::with_capacity(partial.placed.len() + 1);
            placed.extend(&partial.placed);
            placed.push((next, body));
            // the body alone is a part of any placement but itself
            let is_part = !partial.placed.is_empty();
            let ln_best = if is_part { partial.ln_best.max(singles[body as usize]) } else { partial.ln_best };
            extensions.push(Partial { placed, ln_weight: partial.ln_weight + ln_factor, ln_best });
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
    fn keep(&mut self, way: &Partial, most: usize) {
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
