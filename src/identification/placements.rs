//! All ways to place bodies in one family, each with its joint likelihood ratio.
//!
//! By the chain rule the ratio of a placement is Π P(body i | family, the bodies placed before it) / P(body i | family, a
//! stranger). Each factor is read from a row that depends only on what the bodies placed before show at that locus, so rows
//! are few where placements are many.

use super::IdentificationError;
use super::bodies::Bodies;
use super::family_case::FamilyCase;
use super::founders::Founders;
use super::joint::Placement;
use super::pairwise::{PersonScores, ln_ratio};
use crate::profile::Code;
use std::collections::HashMap;
use std::f64::consts::LN_10;
use std::sync::Arc;

/// How many placements of one family are tried, at most.
pub const MOST_PLACEMENTS: usize = 1 << 20;

/// Families with no more placements than this keep all of them.
const KEEP_ALL: usize = 1 << 12;

/// Below this ln LR a placement of a larger family is left out; its posterior probability is below its ratio (1e-15).
const LEAST_LN_LR: f64 = -15.0 * LN_10;

/// The placements of one family.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FamilyPlacements {
    /// All that are kept.
    pub placements: Vec<Placement>,
    /// How many were left out because their ratio is small.
    pub left_out: usize,
    /// Bound on the posterior probability of those.
    pub lost: f64,
    /// For each missing person the number of bodies tried, where there were more than could be tried together: those with
    /// the highest pairwise LR. What is lost by that has no proven bound.
    pub cut_to: Option<usize>,
}

/// The placements of one family; `scores` by missing person, `first_person` the run-wide number of the first of them.
///
/// # Errors
/// What the engine refuses.
pub fn placements(
    case: &FamilyCase<'_>,
    founders: &Founders,
    bodies: &Bodies,
    scores: &[PersonScores],
    family: u32,
    first_person: u32,
) -> Result<FamilyPlacements, IdentificationError> {
    let mut possible: Vec<Vec<u32>> = scores.iter().map(possible_bodies).collect();
    let mut found = FamilyPlacements { cut_to: cut(&mut possible, scores), ..FamilyPlacements::default() };
    let keep_all = count(&possible) <= KEEP_ALL;
    let mut keep = |people: &[(u32, u32)], ln_lr: f64| {
        if !keep_all && ln_lr < LEAST_LN_LR {
            found.left_out += 1;
            found.lost += ln_lr.exp();
            return;
        }
        let mut people = people.to_vec();
        people.sort_unstable();
        found.placements.push(Placement { family, people, ln_lr });
    };
    if let [only] = scores {
        for &body in &possible[0] {
            let log10_lr = only.log10_lr[body as usize].unwrap_or(f64::NEG_INFINITY);
            keep(&[(body, first_person)], log10_lr * LN_10);
        }
        return Ok(found);
    }
    let mut search =
        Search { case, founders, bodies, possible, first_person, rows: HashMap::new(), strangers: Vec::new() };
    search.prepare_strangers()?;
    search.extend(0, &mut Vec::new(), 0.0, &mut keep)?;
    Ok(found)
}

fn possible_bodies(scores: &PersonScores) -> Vec<u32> {
    let bodies = scores.log10_lr.iter().enumerate();
    bodies
        .filter(|(_, score)| score.is_some_and(|score| score > f64::NEG_INFINITY))
        .map(|(body, _)| body as u32)
        .collect()
}

/// Placements at most, those that use a body twice included.
fn count(possible: &[Vec<u32>]) -> usize {
    possible.iter().fold(1_usize, |product, bodies| product.saturating_mul(bodies.len() + 1))
}

/// Keeps the bodies of the highest pairwise LR, as many for each missing person as can be tried together.
fn cut(possible: &mut [Vec<u32>], scores: &[PersonScores]) -> Option<usize> {
    if possible.len() < 2 || count(possible) <= MOST_PLACEMENTS {
        return None;
    }
    let mut kept = possible.iter().map(Vec::len).max().unwrap_or(0);
    for (bodies, scores) in possible.iter_mut().zip(scores) {
        let score = |body: &u32| scores.log10_lr[*body as usize].unwrap_or(f64::NEG_INFINITY);
        bodies.sort_by(|left, right| score(right).total_cmp(&score(left)).then(left.cmp(right)));
    }
    while kept > 0 && count(possible) > MOST_PLACEMENTS {
        kept -= 1;
        possible.iter_mut().for_each(|bodies| bodies.truncate(kept));
    }
    possible.iter_mut().for_each(|bodies| bodies.sort_unstable());
    Some(kept)
}

/// What a conditional row depends on: the group of loci, the person, and what the bodies placed show there.
type RowKey = (usize, usize, Vec<(usize, Code)>);

struct Search<'a, 'c> {
    case: &'a FamilyCase<'c>,
    founders: &'a Founders,
    bodies: &'a Bodies,
    possible: Vec<Vec<u32>>,
    first_person: u32,
    rows: HashMap<RowKey, Arc<[f64]>>,
    /// Rows of a stranger of each missing person's sex, by missing person and group of loci.
    strangers: Vec<Vec<Arc<[f64]>>>,
}

impl Search<'_, '_> {
    fn prepare_strangers(&mut self) -> Result<(), IdentificationError> {
        for &person in &self.case.family.missing {
            let row = |group| Ok(self.case.stranger_row(group, person, self.bodies, self.founders)?.into());
            let rows = (0..self.bodies.group_count()).map(row).collect::<Result<_, IdentificationError>>()?;
            self.strangers.push(rows);
        }
        Ok(())
    }

    /// Leaves the missing person number `next` out, then tries every body, and goes on to those after.
    fn extend(
        &mut self,
        next: usize,
        placed: &mut Vec<(u32, u32)>,
        ln_lr: f64,
        keep: &mut impl FnMut(&[(u32, u32)], f64),
    ) -> Result<(), IdentificationError> {
        if next == self.possible.len() {
            return Ok(());
        }
        self.extend(next + 1, placed, ln_lr, keep)?;
        let rows = if ln_lr > f64::NEG_INFINITY { self.rows_given(next, placed)? } else { Vec::new() };
        for at in 0..self.possible[next].len() {
            let body = self.possible[next][at];
            if placed.iter().any(|&(other, _)| other == body) {
                continue;
            }
            let with_body = if ln_lr > f64::NEG_INFINITY { ln_lr + self.ln_factor(next, body, &rows) } else { ln_lr };
            placed.push((body, self.first_person + next as u32));
            keep(placed, with_body);
            self.extend(next + 1, placed, with_body, keep)?;
            placed.pop();
        }
        Ok(())
    }

    fn ln_factor(&self, next: usize, body: u32, rows: &[Arc<[f64]>]) -> f64 {
        let at_group = |(group, row): (usize, &Arc<[f64]>)| {
            let code = usize::from(self.bodies.group_column(group)[body as usize]);
            ln_ratio(row[code], self.strangers[next][group][code])
        };
        rows.iter().enumerate().map(at_group).sum()
    }

    /// The rows of a missing person given the bodies placed, by group of loci.
    fn rows_given(&mut self, next: usize, placed: &[(u32, u32)]) -> Result<Vec<Arc<[f64]>>, IdentificationError> {
        let person = self.case.family.missing[next];
        let mut rows = Vec::with_capacity(self.bodies.group_count());
        for group in 0..self.bodies.group_count() {
            let column = self.bodies.group_column(group);
            let position = |other: u32| self.case.family.missing[(other - self.first_person) as usize];
            let shown = placed.iter().map(|&(body, other)| (position(other), column[body as usize]));
            let mut shown: Vec<(usize, Code)> = shown.filter(|&(_, code)| code != 0).collect();
            shown.sort_unstable();
            let key = (group, person, shown);
            if let Some(row) = self.rows.get(&key) {
                rows.push(Arc::clone(row));
                continue;
            }
            let row: Arc<[f64]> = self.case.row(group, person, &key.2, self.bodies)?.into();
            self.rows.insert(key, Arc::clone(&row));
            rows.push(row);
        }
        Ok(rows)
    }
}
