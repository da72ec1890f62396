//! What bodies placed later can make of a placement, at most.

use super::super::IdentificationError;
use super::super::family_rows::FamilyRows;
use super::super::models::Unseen;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Sets of unseen alleles that one group of loci can have in one family, at most: beyond that nothing is left out.
const MOST_SETS: usize = 64;

/// The groups of loci of one family where bodies bring alleles along, and bounds at all groups. Persons in the order of work.
pub(super) struct Bounds {
    /// Whether each group is open (see [`super::ConditionalRows`]).
    pub is_open: Vec<bool>,
    /// By person, then by body: ln LR of the body alone, over the open groups.
    ln_alone: Vec<Vec<f64>>,
    /// By person, then by body: ln of the bound on what the body multiplies the likelihood ratio by.
    ln_most: Vec<Vec<f64>>,
    /// The same over the open groups.
    ln_most_open: Vec<Vec<f64>>,
}

impl Bounds {
    /// For these persons (positions in the pedigree) and the bodies that are tried as each. Without `with_bounds` all
    /// bounds are infinite.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn new(
        family: FamilyRows<'_, '_>,
        people: &[usize],
        possible: &[Vec<u32>],
        with_bounds: bool,
    ) -> Result<Self, IdentificationError> {
        let bodies = family.bodies;
        let tried: BTreeSet<u32> = possible.iter().flatten().copied().collect();
        let code = |group: usize, body: u32| usize::from(bodies.group_column(group)[body as usize]);
        let groups = 0..bodies.group_count();
        let opens = |group: usize, &body: &u32| family.widens(group, bodies.group_column(group)[body as usize]);
        let is_open: Vec<bool> = groups.clone().map(|group| tried.iter().any(|body| opens(group, body))).collect();
        let nothing = || vec![vec![0.0; bodies.len()]; people.len()];
        let without = if with_bounds { 0.0 } else { f64::INFINITY };
        let all_most = vec![vec![without; bodies.len()]; people.len()];
        let mut bounds = Self { is_open, ln_alone: nothing(), ln_most: all_most.clone(), ln_most_open: all_most };
        for group in groups {
            let is_open = bounds.is_open[group];
            let rows = |&person: &usize| -> Result<_, IdentificationError> {
                let codes = family.codes_of(group, tried.iter().copied());
                let alone = if is_open { Some(family.alone(group, person, &codes)?) } else { None };
                let strangers = if with_bounds { Some(least_strangers(family, group, person, &tried)?) } else { None };
                Ok((alone, strangers))
            };
            let rows: Vec<_> = people.par_iter().map(rows).collect::<Result<_, IdentificationError>>()?;
            let ln_most_shown = ln_most_shown(family, group);
            for (at, (alone, strangers)) in rows.into_iter().enumerate() {
                for &body in &possible[at] {
                    let (code, body) = (code(group, body), body as usize);
                    // a body that is tried is possible; of one of whom no locus says anything, nothing is known (see `score_person`)
                    let ln_alone = alone.as_ref().map_or(0.0, |row| row[code]);
                    bounds.ln_alone[at][body] += if ln_alone == f64::NEG_INFINITY { 0.0 } else { ln_alone };
                    let ln_most = strangers.as_ref().map_or(f64::INFINITY, |row| ln_most_shown - row[code]);
                    bounds.ln_most[at][body] += ln_most;
                    bounds.ln_most_open[at][body] += if is_open { ln_most } else { 0.0 };
                }
            }
        }
        Ok(bounds)
    }

    /// ln LR of a body alone as a person, over the open groups.
    pub fn ln_alone_open(&self, at: usize, body: u32) -> f64 {
        self.ln_alone[at][body as usize]
    }

    /// ln of the bound on what a body as a person multiplies the likelihood ratio of whatever is placed by.
    pub fn ln_most(&self, at: usize, body: u32) -> f64 {
        self.ln_most[at][body as usize]
    }

    /// The same over the open groups.
    pub fn ln_most_open(&self, at: usize, body: u32) -> f64 {
        self.ln_most_open[at][body as usize]
    }
}

/// ln T²: what seeing anything of a person at a group of loci can count, at most.
fn ln_most_shown(family: FamilyRows<'_, '_>, group: usize) -> f64 {
    let models = family.case.models;
    let at_locus = |&locus: &usize| {
        // with more alleles the sum is greater, or 1
        let definition = models.loci[locus].definition();
        let sum = definition.frequencies.iter().sum::<f64>() + definition.silent_frequency;
        2.0 * sum.max(1.0).ln()
    };
    models.groups[group].loci.iter().map(at_locus).sum()
}

/// The least ln P(shown | stranger) by code, whichever of the bodies that are tried are placed; −∞ where they can bring too many sets of
/// alleles.
fn least_strangers(
    family: FamilyRows<'_, '_>,
    group: usize,
    person: usize,
    tried: &BTreeSet<u32>,
) -> Result<Vec<f64>, IdentificationError> {
    let mut least = vec![f64::INFINITY; family.bodies.combinations(group).len()];
    for unseen in sets_of_unseen(family, group, tried).unwrap_or_default() {
        let row = family.stranger_row(&unseen, group, person)?;
        // with other alleles than its own nobody shows this
        let possible = least.iter_mut().zip(row).filter(|(_, ln)| *ln > f64::NEG_INFINITY);
        possible.for_each(|(least, ln)| *least = least.min(ln));
    }
    Ok(least.into_iter().map(|ln| if ln == f64::INFINITY { f64::NEG_INFINITY } else { ln }).collect())
}

/// Every set of unseen alleles, locus by locus, that the family and some of these bodies can show together; `None` where they are more than
/// [`MOST_SETS`].
fn sets_of_unseen(family: FamilyRows<'_, '_>, group: usize, tried: &BTreeSet<u32>) -> Option<BTreeSet<Vec<Unseen>>> {
    let codes = family.codes_of(group, tried.iter().copied());
    let of_bodies: BTreeSet<Vec<Unseen>> = codes.iter().map(|&code| family.unseen_with(group, &[(0, code)])).collect();
    let mut sets = BTreeSet::from([family.unseen_with(group, &[])]);
    for more in &of_bodies {
        let with: Vec<_> = sets.iter().map(|set| union(set, more)).collect();
        sets.extend(with);
        if sets.len() > MOST_SETS {
            return None;
        }
    }
    Some(sets)
}

/// Locus by locus.
fn union(one: &[Unseen], other: &[Unseen]) -> Vec<Unseen> {
    let both = |(one, other): (&Unseen, &Unseen)| {
        one.iter().chain(other).copied().collect::<BTreeSet<_>>().into_iter().collect()
    };
    one.iter().zip(other).map(both).collect()
}
