//! The store of score rows: each is computed once, when it is first asked for, and shared by all queries that show the
//! same thing at that locus.

use super::{PopulationModels, Question};
use crate::inheritance::{Hypothesis, RelationshipError};
use crate::likelihood::{LikelihoodError, LocusModel, score_row};
use crate::profile::{Code, Panel};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};

/// Why a score row cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The likelihood engine refused the case.
    #[error("{locus}: {source}")]
    Likelihood {
        /// The locus.
        locus: String,
        /// The cause.
        source: LikelihoodError,
    },
    /// The question makes no sense.
    #[error(transparent)]
    Question(#[from] RelationshipError),
}

/// What a score row depends on, its locus apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RowKey {
    /// The two hypotheses.
    pub question: Question,
    /// What the child shows.
    pub child: Code,
    /// What the typed known parent shows, where there is one.
    pub known: Option<Code>,
}

/// Score rows of one population over one panel: log10 LR by the candidate's code.
pub struct ScoreTables<'a> {
    panel: &'a Panel,
    loci: &'a [usize],
    models: &'a [LocusModel],
    drop_in: f64,
    rows: Vec<RwLock<HashMap<RowKey, Arc<[f64]>>>>,
    hypotheses: RwLock<HashMap<Question, Arc<(Hypothesis, Hypothesis)>>>,
}

impl<'a> ScoreTables<'a> {
    /// An empty store. `loci` are the panel's loci in use (0-based positions), in the order of the population's models.
    pub fn new(panel: &'a Panel, loci: &'a [usize], population: &'a PopulationModels, drop_in: f64) -> Self {
        Self::over(panel, loci, &population.loci, drop_in)
    }

    /// The same questions where no allele ever mutates: a score of minus infinity marks an inconsistent locus.
    pub fn without_mutation(
        panel: &'a Panel,
        loci: &'a [usize],
        population: &'a PopulationModels,
        drop_in: f64,
    ) -> Self {
        Self::over(panel, loci, &population.without_mutation, drop_in)
    }

    fn over(panel: &'a Panel, loci: &'a [usize], models: &'a [LocusModel], drop_in: f64) -> Self {
        let rows = loci.iter().map(|_| RwLock::default()).collect();
        Self { panel, loci, models, drop_in, rows, hypotheses: RwLock::default() }
    }

    /// How many loci are in use: the number of rows a query has.
    pub fn locus_count(&self) -> usize {
        self.loci.len()
    }

    /// The row of one locus (0-based position among the loci in use): log10 LR for each code of its dictionary.
    ///
    /// A code that says nothing scores 0; a pair that is impossible scores minus infinity. Where the known parent cannot
    /// be the child's parent at this locus under either hypothesis, the locus decides nothing and scores 0 throughout.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn row(&self, locus: usize, key: RowKey) -> Result<Arc<[f64]>, TableError> {
        if let Some(row) = read(&self.rows[locus]).get(&key) {
            return Ok(Arc::clone(row));
        }
        let row: Arc<[f64]> = self.compute(locus, key)?.into();
        Ok(Arc::clone(write(&self.rows[locus]).entry(key).or_insert(row)))
    }

    /// Computes all the rows that these keys ask for, in parallel.
    ///
    /// # Errors
    /// As [`ScoreTables::row`].
    pub fn prepare(&self, keys: impl Iterator<Item = (usize, RowKey)>) -> Result<(), TableError> {
        let distinct: HashSet<_> = keys.collect();
        distinct.into_par_iter().try_for_each(|(locus, key)| self.row(locus, key).map(drop))
    }

    fn compute(&self, locus: usize, key: RowKey) -> Result<Vec<f64>, TableError> {
        let dictionary = self.panel.dictionary(self.loci[locus]);
        let child = dictionary.observation(key.child);
        if !child.call.is_informative() {
            return Ok(vec![0.0; dictionary.observations().len()]);
        }
        let known = key.known.map(|code| dictionary.observation(code));
        let hypotheses = self.hypotheses(key.question)?;
        let mut row = score_row(
            &self.models[locus],
            &hypotheses.0,
            &hypotheses.1,
            child,
            known,
            self.drop_in,
            dictionary.observations(),
        )
        .map_err(|source| TableError::Likelihood { locus: self.models[locus].name().to_owned(), source })?;
        row.iter_mut().filter(|score| score.is_nan()).for_each(|score| *score = 0.0);
        Ok(row)
    }

    fn hypotheses(&self, question: Question) -> Result<Arc<(Hypothesis, Hypothesis)>, TableError> {
        if let Some(pair) = read(&self.hypotheses).get(&question) {
            return Ok(Arc::clone(pair));
        }
        let pair = Arc::new(question.hypotheses()?);
        Ok(Arc::clone(write(&self.hypotheses).entry(question).or_insert(pair)))
    }
}

/// A lock that a panicking thread left behind still holds whole entries: rows are inserted finished.
fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}
