//! Every body as one missing person, given others who are held to be of the same family, worked out as it is asked for.
//!
//! A row depends on what those others show at a group of loci, not on who they are, so a row is kept for everybody who shows the same.

use super::IdentificationError;
use super::bodies::{Bodies, Body};
use super::family_case::FamilyCase;
use super::family_rows::FamilyRows;
use super::founders::Founders;
use super::pairwise::sexes_agree;
use crate::inference::joint::Ratios;
use crate::profile::Code;
use crate::progress::Progress;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows that are kept of one family: some MiB.
const MOST_ROWS: usize = 1 << 12;

/// Who is asked for (a position among the missing), the group of loci, and what others show there (members and codes).
type RowKey = (usize, usize, Vec<(usize, Code)>);

/// The families of which several are missing.
pub struct Company<'a, 'c> {
    families: Vec<Option<RowsOfFamily<'a, 'c>>>,
    /// By person.
    family_of: &'a [u32],
    bodies: &'a Bodies,
    ln_odds: &'a [f64],
    progress: &'a dyn Progress,
}

struct RowsOfFamily<'a, 'c> {
    family: FamilyRows<'a, 'c>,
    /// The run-wide number of its first missing person.
    first_person: usize,
    rows: Mutex<HashMap<RowKey, Arc<[f64]>>>,
}

impl<'a, 'c> Company<'a, 'c> {
    /// Nothing worked out yet.
    pub fn new(
        cases: &[Option<&'a FamilyCase<'c>>],
        family_of: &'a [u32],
        founders: &'a Founders<'c>,
        bodies: &'a Bodies,
        ln_odds: &'a [f64],
        progress: &'a dyn Progress,
    ) -> Self {
        let rows = |(family, case): (usize, &Option<&'a FamilyCase<'c>>)| {
            let first_person = family_of.partition_point(|&other| (other as usize) < family);
            let family = FamilyRows { case: (*case)?, bodies, founders };
            Some(RowsOfFamily { family, first_person, rows: Mutex::default() })
        };
        let families = cases.iter().enumerate().map(rows).collect();
        Self { families, family_of, bodies, ln_odds, progress }
    }
}

impl RowsOfFamily<'_, '_> {
    /// ln LR(others, and this person) − ln LR(others), by code of a group of loci.
    fn row(&self, at: usize, group: usize, others: Vec<(usize, Code)>) -> Result<Arc<[f64]>, IdentificationError> {
        let known = || self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (at, group, others);
        if let Some(row) = known().get(&key) {
            return Ok(Arc::clone(row));
        }
        let (case, bodies) = (self.family.case, &self.family.bodies.bodies);
        let person = case.family.missing[at];
        let can_be = |(_, body): &(u32, &Body)| sexes_agree(case.family.sex(person), body.sex);
        let codes = self.family.codes_of(group, (0..).zip(bodies).filter(can_be).map(|(body, _)| body));
        let row: Arc<[f64]> = self.family.beside(group, person, &key.2, &codes)?.into();
        let mut known = known();
        if known.len() >= MOST_ROWS {
            known.clear();
        }
        known.insert(key, Arc::clone(&row));
        Ok(row)
    }
}

impl Ratios for Company<'_, '_> {
    type Error = IdentificationError;

    fn ln_ratios(&self, person: u32, placed: &[(u32, u32)]) -> Result<Vec<f64>, IdentificationError> {
        let Some(family) = &self.families[self.family_of[person as usize] as usize] else {
            return Ok(vec![f64::NEG_INFINITY; self.bodies.len()]);
        };
        let case = family.family.case;
        let missing = &case.family.missing;
        let at = person as usize - family.first_person;
        let sex = case.family.sex(missing[at]);
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
            let row = family.row(at, group, others)?;
            sums.iter_mut().zip(column).for_each(|(sum, &code)| *sum += row[usize::from(code)]);
        }
        for weighed in &self.bodies.pairs {
            let [one, other] = weighed.pair.parts;
            for (part, beside) in [(one, other), (other, one)] {
                if placed.iter().any(|&(_, body)| body == beside) {
                    sums[part as usize] -= weighed.ln_relatives;
                }
            }
        }
        Ok(sums)
    }

    fn go_on(&self) -> Result<(), IdentificationError> {
        if self.progress.cancelled() { Err(IdentificationError::Interrupted) } else { Ok(()) }
    }
}
