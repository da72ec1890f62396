//! Every body against one missing person: one score row a group of linked loci (most often one locus), then sums of look-ups.

use super::IdentificationError;
use super::bodies::Bodies;
use super::family_case::FamilyCase;
use super::family_rows::FamilyRows;
use super::founders::Founders;
use crate::profile::{Code, Sex};
use crate::search::{Candidates, Query, score_all};
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_10;
use std::sync::Arc;

/// What each body scores as one missing person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PersonScores {
    /// log10 LR of "this body is that person" against "unrelated to the family", by body; `None`: another sex. Exactly 0 where no locus
    /// is compared.
    pub log10_lr: Vec<Option<f64>>,
    /// Loci at which both the body and a relative are typed, by body.
    pub loci_compared: Vec<u32>,
}

impl PersonScores {
    /// Keeps those of the first so many bodies.
    pub(super) fn truncate(&mut self, bodies: usize) {
        self.log10_lr.truncate(bodies);
        self.loci_compared.truncate(bodies);
    }
}

/// Whether two people can be one: neither's sex is known to differ from the other's.
pub fn sexes_agree(left: Sex, right: Sex) -> bool {
    left == Sex::Unknown || right == Sex::Unknown || left == right
}

/// The log10 LR rows of one missing person (a position in the pedigree): by group of loci, then by what a body shows.
///
/// # Errors
/// What the engine refuses.
pub fn score_rows<'c>(
    case: &FamilyCase<'c>,
    person: usize,
    bodies: &Bodies,
    founders: &Founders<'c>,
) -> Result<Vec<Arc<[f64]>>, IdentificationError> {
    let rows = FamilyRows { case, bodies, founders };
    let row = |group: usize| -> Result<Arc<[f64]>, IdentificationError> {
        Ok(rows.alone(group, person, &rows.all_codes(group))?.into_iter().map(|ln_lr| ln_lr / LN_10).collect())
    };
    (0..bodies.group_count()).map(row).collect()
}

/// Scores every body against one missing person; with several populations (cases and their founders, at least one) the lowest LR.
///
/// # Errors
/// What the engine refuses.
pub fn score_person<'c>(
    populations: &[(FamilyCase<'c>, &Founders<'c>)],
    person: usize,
    bodies: &Bodies,
    candidates: &Candidates,
) -> Result<PersonScores, IdentificationError> {
    let tables = populations
        .iter()
        .map(|(case, founders)| Ok(score_rows(case, person, bodies, founders)?.into()))
        .collect::<Result<_, IdentificationError>>()?;
    let mut scores = score_all(&Query { tables, excluded: Vec::new() }, candidates);
    let sex = populations.first().map_or(Sex::Unknown, |(case, _)| case.family.sex(person));
    let mut loci_compared = vec![0; bodies.len()];
    for locus in 0..bodies.locus_count() {
        let counts = bodies.shown(locus).iter().enumerate().map(|(code, _)| {
            let body = bodies.sex_shown(locus, code as Code);
            code != 0 && populations.iter().any(|(case, _)| case.is_informative(locus, person, body))
        });
        let counts: Vec<bool> = counts.collect();
        let column = bodies.column(locus).iter();
        loci_compared.iter_mut().zip(column).for_each(|(sum, &code)| *sum += u32::from(counts[usize::from(code)]));
    }
    // of whom no locus says anything, nothing is known: not even that an untyped parent passed a mutation on
    let is_silent = loci_compared.iter().map(|&loci| loci == 0);
    scores.iter_mut().zip(is_silent).filter(|(_, is_silent)| *is_silent).for_each(|(score, _)| *score = 0.0);
    let log10_lr = scores
        .into_iter()
        .zip(&bodies.bodies)
        .map(|(score, body)| sexes_agree(sex, body.sex).then_some(score))
        .collect();
    Ok(PersonScores { log10_lr, loci_compared })
}

/// All bodies as candidates of a scan.
pub fn candidates(bodies: &Bodies) -> Candidates {
    let columns: Vec<_> = (0..bodies.group_count()).map(|group| bodies.group_column(group)).collect();
    let sizes: Vec<_> = (0..bodies.group_count()).map(|group| bodies.combinations(group).len()).collect();
    Candidates::new(&columns, &sizes, (0..bodies.len() as u32).collect())
}
