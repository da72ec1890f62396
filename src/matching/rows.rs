//! The score rows of the questions about one child, each fetched once however many candidates they are asked about.

use super::Case;
use super::roster::{Asked, LineRows, log10_lr};
use crate::matching::one_person::Persons;
use crate::model::TableError;
use crate::profile::{Code, SampleIndex};

/// The rows of a question: those of each line.
type QuestionRows<'c> = Vec<LineRows<'c>>;

/// The rows that were asked for so far, and the codes of the candidate who was asked about last.
pub struct RowsAtHand<'c> {
    case: &'c Case<'c>,
    /// Where whole persons are asked about.
    persons: Option<&'c Persons>,
    /// By question: the rows of each population.
    scoring: Vec<(Asked, Vec<QuestionRows<'c>>)>,
    /// By question: the rows without mutation.
    strict: Vec<(Asked, QuestionRows<'c>)>,
    shown: Option<(SampleIndex, Vec<Code>)>,
}

impl<'c> RowsAtHand<'c> {
    /// Nothing at hand yet; candidates are samples.
    pub fn new(case: &'c Case<'c>) -> Self {
        Self { case, persons: None, scoring: Vec::new(), strict: Vec::new(), shown: None }
    }

    /// Nothing at hand yet; candidates and known parents show what all samples of their person show together.
    pub fn of_persons(case: &'c Case<'c>, persons: &'c Persons) -> Self {
        Self { persons: Some(persons), ..Self::new(case) }
    }

    /// The case.
    pub fn case(&self) -> &'c Case<'c> {
        self.case
    }

    /// The candidate's score at each locus in one population, line by line, each with the log10 of its weight.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn scores(
        &mut self,
        asked: Asked,
        population: usize,
        candidate: SampleIndex,
    ) -> Result<Vec<(f64, Vec<f64>)>, TableError> {
        let (tables, codes) = self.of(asked, candidate)?;
        let lines = tables[population].iter();
        Ok(lines.map(|line| (line.log10_weight, line.entries(codes.iter().copied()).collect())).collect())
    }

    /// The candidate's total log10 LR in each population.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn totals(&mut self, asked: Asked, candidate: SampleIndex) -> Result<Vec<f64>, TableError> {
        let (tables, codes) = self.of(asked, candidate)?;
        Ok(tables.iter().map(|lines| log10_lr(lines, codes.iter().copied())).collect())
    }

    /// The lowest of the populations' log10 LR.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn lowest(&mut self, asked: Asked, candidate: SampleIndex) -> Result<f64, TableError> {
        let case = self.case;
        let (tables, codes) = self.of(asked, candidate)?;
        Ok(case.score(tables, codes.iter().copied()))
    }

    /// Whether each locus in use is impossible under the question unless an allele mutated: of several lines, under the one
    /// with the fewest such loci.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn impossible(&mut self, asked: Asked, candidate: SampleIndex) -> Result<Vec<bool>, TableError> {
        let known = self.known(asked);
        let rows = || asked.rows(self.case, &self.case.consistency, known.as_deref());
        let at = find(&mut self.strict, asked, rows)?;
        let codes = show(self.case, self.persons, &mut self.shown, candidate);
        let of_line = |line: &LineRows<'_>| -> Vec<bool> {
            line.entries(codes.iter().copied()).map(|score| score == f64::NEG_INFINITY).collect()
        };
        let count = |loci: &Vec<bool>| loci.iter().filter(|&&impossible| impossible).count();
        Ok(self.strict[at].1.iter().map(of_line).min_by_key(count).unwrap_or_default())
    }

    /// The rows of a question, and the candidate's codes.
    fn of(&mut self, asked: Asked, candidate: SampleIndex) -> Result<(&[QuestionRows<'c>], &[Code]), TableError> {
        let known = self.known(asked);
        let at = find(&mut self.scoring, asked, || self.case.rows_beside(&asked, known.as_deref()))?;
        Ok((&self.scoring[at].1, show(self.case, self.persons, &mut self.shown, candidate)))
    }

    /// What the known parent of a question shows.
    fn known(&self, asked: Asked) -> Option<Vec<Code>> {
        asked.known.map(|known| shown_by(self.case, self.persons, known))
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
fn show<'s>(
    case: &Case<'_>,
    persons: Option<&Persons>,
    shown: &'s mut Option<(SampleIndex, Vec<Code>)>,
    candidate: SampleIndex,
) -> &'s [Code] {
    let (sample, codes) = shown.get_or_insert_with(|| (candidate, shown_by(case, persons, candidate)));
    if *sample != candidate {
        (*sample, *codes) = (candidate, shown_by(case, persons, candidate));
    }
    codes
}

fn shown_by(case: &Case<'_>, persons: Option<&Persons>, sample: SampleIndex) -> Vec<Code> {
    persons.map_or_else(|| case.codes(sample), |persons| case.codes_of_person(persons, sample))
}

impl Case<'_> {
    /// What a sample shows at each locus in use.
    pub(super) fn codes(&self, sample: SampleIndex) -> Vec<Code> {
        let profile = self.panel.profile(sample);
        self.models.loci.iter().map(|&locus| profile.code(locus)).collect()
    }

    /// What a sample shows at a locus in use.
    pub(super) fn code(&self, sample: SampleIndex, locus: usize) -> Code {
        self.panel.profile(sample).code(self.models.loci[locus])
    }

    /// What all samples of a person show together at a locus in use.
    pub(super) fn code_of_person(&self, persons: &Persons, sample: SampleIndex, locus: usize) -> Code {
        persons.codes(sample).map_or_else(|| self.code(sample, locus), |codes| codes[locus])
    }

    /// What all samples of a person show together.
    pub(super) fn codes_of_person(&self, persons: &Persons, sample: SampleIndex) -> Vec<Code> {
        persons.codes(sample).map_or_else(|| self.codes(sample), <[Code]>::to_vec)
    }
}
