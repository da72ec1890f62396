//! The integers that a child's class and an adult's call score at a locus.

use super::agreement::{AgreedTerms, RuleName, UNIT};
use crate::inheritance::Relationship;
use crate::model::{CaseModels, Question, RowKey, ScoreTables, TableError};
use crate::profile::{Code, Panel, Sex};

/// Score rows over one panel.
pub struct Rows<'a> {
    terms: &'a AgreedTerms,
    /// One a population.
    tables: Vec<ScoreTables<'a>>,
    consistency: ScoreTables<'a>,
}

impl<'a> Rows<'a> {
    /// The rows of this panel, all of whose loci are in use.
    pub fn new(terms: &'a AgreedTerms, panel: &'a Panel, models: &'a CaseModels, drop_in: f64) -> Self {
        let of_population = |population| ScoreTables::new(panel, &models.loci, population, drop_in);
        let tables = models.populations.iter().map(of_population).collect();
        let consistency = ScoreTables::without_mutation(panel, &models.loci, &models.populations[0], drop_in);
        Self { terms, tables, consistency }
    }

    /// What a child of this code scores at a locus (0-based) with an adult of this sex, by the adult's code.
    ///
    /// `lr`: log10 LR in units of 0.25, rounded to the nearest, within the agreed limits; of several populations the lowest at each locus, of the
    /// two sexes of somebody whose sex is not known the lower. `exclusions`: 1 where they are inconsistent without mutation.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn row(&self, locus: usize, child: Code, adult: Sex) -> Result<Vec<i32>, TableError> {
        if self.terms.rule == RuleName::Exclusions {
            let row = self.consistency.row(locus, key(child, Sex::Male))?;
            return Ok(row.iter().map(|&score| i32::from(score == f64::NEG_INFINITY)).collect());
        }
        let sexes = if adult == Sex::Unknown { vec![Sex::Male, Sex::Female] } else { vec![adult] };
        let mut lowest: Vec<f64> = Vec::new();
        for (tables, &sex) in self.tables.iter().flat_map(|tables| sexes.iter().map(move |sex| (tables, sex))) {
            let row = tables.row(locus, key(child, sex))?;
            lowest.resize(row.len(), f64::INFINITY);
            lowest.iter_mut().zip(row.iter()).for_each(|(lowest, &score)| *lowest = lowest.min(score));
        }
        Ok(lowest.into_iter().map(|score| self.rounded(score)).collect())
    }

    fn rounded(&self, log10_lr: f64) -> i32 {
        let limited = log10_lr.clamp(self.terms.lowest_of_locus, self.terms.highest_of_locus);
        (limited / UNIT).round() as i32
    }
}

fn key(child: Code, candidate_sex: Sex) -> RowKey {
    let (relationship, child_sex) = (Relationship::Parent, Sex::Unknown);
    RowKey {
        question: Question::Kin { relationship, child_sex, candidate_sex, known: None },
        line: 0,
        child,
        known: None,
    }
}
