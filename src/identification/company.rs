//! Every body as one missing person, given others who are held to be of the same family, worked out as it is asked for.
//!
//! A row depends on what those others show at a group of loci, not on who they are, so a row is kept for everybody who shows the same.

use super::IdentificationError;
use super::bodies::Bodies;
use super::family_case::FamilyCase;
use super::founders::Founders;
use super::pairwise::{ln_ratio, sexes_agree};
use crate::inference::joint::Ratios;
use crate::profile::Code;
use crate::progress::Progress;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows that are kept of one family: some MiB.
const MOST_ROWS: usize = 1 << 12;

/// Who is asked for (a position among the missing), the group of loci, and what others show there (members and codes).
type RowKey = (usize, usize, Vec<(usize, Code)>);

/// The families of which several are missing.
pub(super) struct Company<'a> {
    families: Vec<Option<FamilyRows<'a>>>,
    /// By person.
    family_of: &'a [u32],
    bodies: &'a Bodies,
    ln_odds: &'a [f64],
    progress: &'a dyn Progress,
}

struct FamilyRows<'a> {
    case: &'a FamilyCase<'a>,
    /// The run-wide number of its first missing person.
    first_person: usize,
    /// ln P(shown | stranger), by missing person, then by group of loci.
    strangers: Vec<Vec<Vec<f64>>>,
    rows: Mutex<HashMap<RowKey, Arc<[f64]>>>,
}

impl<'a> Company<'a> {
    /// Nothing worked out yet but what strangers show.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn new(
        cases: &[Option<&'a FamilyCase<'a>>],
        family_of: &'a [u32],
        founders: &Founders,
        bodies: &'a Bodies,
        ln_odds: &'a [f64],
        progress: &'a dyn Progress,
    ) -> Result<Self, IdentificationError> {
        let rows = |(family, case): (usize, &Option<&'a FamilyCase<'a>>)| {
            let Some(case) = *case else { return Ok(None) };
            let first_person = family_of.partition_point(|&other| (other as usize) < family);
            let strangers = case.family.missing.iter().map(|&person| {
                (0..bodies.group_count()).map(|group| case.stranger_row(group, person, bodies, founders)).collect()
            });
            let strangers = strangers.collect::<Result<_, IdentificationError>>()?;
            Ok(Some(FamilyRows { case, first_person, strangers, rows: Mutex::default() }))
        };
        let families = cases.par_iter().enumerate().map(rows).collect::<Result<_, IdentificationError>>()?;
        Ok(Self { families, family_of, bodies, ln_odds, progress })
    }
}

impl FamilyRows<'_> {
    /// ln P(shown | family, others) / P(shown | stranger), by code of a group of loci.
    fn row(
        &self,
        at: usize,
        group: usize,
        others: Vec<(usize, Code)>,
        bodies: &Bodies,
    ) -> Result<Arc<[f64]>, IdentificationError> {
        let known = || self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (at, group, others);
        if let Some(row) = known().get(&key) {
            return Ok(Arc::clone(row));
        }
        let theirs = self.case.row(group, self.case.family.missing[at], &key.2, bodies)?;
        let ratios = theirs.iter().zip(&self.strangers[at][group]);
        let row: Arc<[f64]> = ratios.map(|(&theirs, &strangers)| ln_ratio(theirs, strangers)).collect();
        let mut known = known();
        if known.len() >= MOST_ROWS {
            known.clear();
        }
        known.insert(key, Arc::clone(&row));
        Ok(row)
    }
}

impl Ratios for Company<'_> {
    type Error = IdentificationError;

    fn ln_ratios(&self, person: u32, placed: &[(u32, u32)]) -> Result<Vec<f64>, IdentificationError> {
        let Some(family) = &self.families[self.family_of[person as usize] as usize] else {
            return Ok(vec![f64::NEG_INFINITY; self.bodies.len()]);
        };
        let missing = &family.case.family.missing;
        let at = person as usize - family.first_person;
        let sex = family.case.family.sex(missing[at]);
        let possible = self.bodies.bodies.iter().map(|body| sexes_agree(sex, body.sex));
        let mut sums: Vec<f64> = possible
            .zip(self.ln_odds)
            .map(|(is_possible, &ln_odds)| if is_possible { ln_odds } else { f64::NEG_INFINITY })
            .collect();
        for group in 0..self.bodies.group_count() {
            let column = self.bodies.group_column(group);
            let others = placed
                .iter()
                .map(|&(other, body)| (missing[other as usize - family.first_person], column[body as usize]));
            let others = others.filter(|&(_, code)| code != 0).collect();
            let row = family.row(at, group, others, self.bodies)?;
            sums.iter_mut().zip(column).for_each(|(sum, &code)| *sum += row[usize::from(code)]);
        }
        Ok(sums)
    }

    fn go_on(&self) -> Result<(), IdentificationError> {
        if self.progress.cancelled() { Err(IdentificationError::Interrupted) } else { Ok(()) }
    }
}
