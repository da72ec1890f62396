//! Rows that say the same in every family: those of people whose surroundings are bodies alone.

use super::IdentificationError;
use super::models::Unseen;
use super::separation::Surroundings;
use crate::profile::Allele;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a row depends on: the surroundings, and the unseen alleles that the locus has.
type RowKey = (Unseen, Surroundings);

/// The rows known so far of one population, by locus.
#[derive(Debug, Default)]
pub struct SharedRows {
    by_locus: Vec<Mutex<HashMap<RowKey, Arc<[f64]>>>>,
}

impl SharedRows {
    /// None yet, at so many loci.
    pub fn new(loci: usize) -> Self {
        Self { by_locus: (0..loci).map(|_| Mutex::default()).collect() }
    }

    /// The row at a locus (0-based) with the alleles of the table and these, worked out where it is not known. A row depends on its
    /// key alone, so it does not matter who comes first.
    ///
    /// # Errors
    /// What working it out says.
    pub(super) fn row(
        &self,
        locus: usize,
        unseen: &[Allele],
        surroundings: Surroundings,
        work_out: impl FnOnce(&Surroundings) -> Result<Vec<f64>, IdentificationError>,
    ) -> Result<Arc<[f64]>, IdentificationError> {
        let known = || self.by_locus[locus].lock().unwrap_or_else(PoisonError::into_inner);
        let key = (unseen.to_vec(), surroundings);
        if let Some(row) = known().get(&key) {
            return Ok(Arc::clone(row));
        }
        let row: Arc<[f64]> = work_out(&key.1)?.into();
        Ok(Arc::clone(known().entry(key).or_insert(row)))
    }
}
