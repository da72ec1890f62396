//! The score rows of the questions about one child, each fetched once however many candidates they are asked about.

use super::Case;
use super::roster::Asked;
use crate::model::TableError;
use crate::profile::{Code, SampleIndex};
use std::sync::Arc;

/// The rows of a question, one for each locus in use.
type Rows<'c> = Vec<&'c Arc<[f64]>>;

/// The rows that were asked for so far, and the codes of the candidate who was asked about last.
pub struct RowsAtHand<'c> {
    case: &'c Case<'c>,
    /// By question: the rows of each population.
    scoring: Vec<(Asked, Vec<Rows<'c>>)>,
    /// By question: the rows without mutation.
    strict: Vec<(Asked, Rows<'c>)>,
    shown: Option<(SampleIndex, Vec<Code>)>,
}

impl<'c> RowsAtHand<'c> {
    /// Nothing at hand yet.
    pub fn new(case: &'c Case<'c>) -> Self {
        Self { case, scoring: Vec::new(), strict: Vec::new(), shown: None }
    }

    /// The candidate's score at each locus in one population.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn scores(&mut self, asked: Asked, population: usize, candidate: SampleIndex) -> Result<Vec<f64>, TableError> {
        let (tables, codes) = self.of(asked, candidate)?;
        Ok(entries(&tables[population], codes).collect())
    }

    /// The candidate's total log10 LR in each population.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn totals(&mut self, asked: Asked, candidate: SampleIndex) -> Result<Vec<f64>, TableError> {
        let (tables, codes) = self.of(asked, candidate)?;
        Ok(tables.iter().map(|table| entries(table, codes).sum()).collect())
    }

    /// The lowest of the populations' log10 LR.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn lowest(&mut self, asked: Asked, candidate: SampleIndex) -> Result<f64, TableError> {
        let (tables, codes) = self.of(asked, candidate)?;
        Ok(tables.iter().map(|table| entries(table, codes).sum()).fold(f64::INFINITY, f64::min))
    }

    /// Whether each locus in use is impossible under the question unless an allele mutated.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn impossible(&mut self, asked: Asked, candidate: SampleIndex) -> Result<Vec<bool>, TableError> {
        let at = find(&mut self.strict, asked, || asked.rows(self.case, &self.case.consistency))?;
        let codes = show(self.case, &mut self.shown, candidate);
        Ok(entries(&self.strict[at].1, codes).map(|score| score == f64::NEG_INFINITY).collect())
    }

    /// The rows of a question, and the candidate's codes.
    fn of(&mut self, asked: Asked, candidate: SampleIndex) -> Result<(&[Rows<'c>], &[Code]), TableError> {
        let at = find(&mut self.scoring, asked, || self.case.rows(&asked))?;
        Ok((&self.scoring[at].1, show(self.case, &mut self.shown, candidate)))
    }
}

/// The position of a question's rows; fetches them where they are not at hand.
fn find<R>(
    at_hand: &mut Vec<(Asked, R)>,
    asked: Asked,
    fetch: impl FnOnce() -> Result<R, TableError>,
) -> Result<usize, TableError> {
    if let Some(at) = at_hand.iter().position(|(other, _)| *other == asked) {
        return Ok(at);
    }
    at_hand.push((asked, fetch()?));
    Ok(at_hand.len() - 1)
}

/// The codes of a candidate at the loci in use.
fn show<'s>(case: &Case<'_>, shown: &'s mut Option<(SampleIndex, Vec<Code>)>, candidate: SampleIndex) -> &'s [Code] {
    let (sample, codes) = shown.get_or_insert_with(|| (candidate, case.codes(candidate)));
    if *sample != candidate {
        (*sample, *codes) = (candidate, case.codes(candidate));
    }
    codes
}

fn entries<'r>(rows: &'r [&Arc<[f64]>], codes: &'r [Code]) -> impl Iterator<Item = f64> + 'r {
    rows.iter().zip(codes).map(|(row, &code)| row[usize::from(code)])
}

impl Case<'_> {
    /// What a sample shows at each locus in use.
    fn codes(&self, sample: SampleIndex) -> Vec<Code> {
        let profile = self.panel.profile(sample);
        self.models.loci.iter().map(|&locus| profile.code(locus)).collect()
    }
}
