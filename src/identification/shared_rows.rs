//! Rows that say the same in every family: those of people whose surroundings are bodies alone.

use super::IdentificationError;
use super::separation::Surroundings;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The rows known so far of one population, by locus.
#[derive(Debug, Default)]
pub struct SharedRows {
    by_locus: Vec<Mutex<HashMap<Surroundings, Arc<[f64]>>>>,
}

impl SharedRows {
    /// None yet, at so many loci.
    pub fn new(loci: usize) -> Self {
        Self { by_locus: (0..loci).map(|_| Mutex::default()).collect() }
    }

    /// The row at a locus (0-based), worked out where it is not known. A row depends on its key alone, so it does not matter who
    /// comes first.
    ///
    /// # Errors
    /// What working it out says.
    pub(super) fn row(
        &self,
        locus: usize,
        surroundings: Surroundings,
        work_out: impl FnOnce(&Surroundings) -> Result<Vec<f64>, IdentificationError>,
    ) -> Result<Arc<[f64]>, IdentificationError> {
        let known = || self.by_locus[locus].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = known().get(&surroundings) {
            return Ok(Arc::clone(row));
        }
        let row: Arc<[f64]> = work_out(&surroundings)?.into();
        Ok(Arc::clone(known().entry(surroundings).or_insert(row)))
    }
}
