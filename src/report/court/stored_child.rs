//! What a finished run folder says of one child.

use super::content::{Comparison, Found, Jointly, Others, Place, Posterior, Question, Status, Together};
use super::stored::{TablesRead, names};
use crate::inheritance::Relationship;
use crate::io::result_tables::{COUPLES, MATCHES, STATUS};
use crate::profile::Sex;
use crate::report::page::{ReportError, StoredRow, StoredTable};
use std::path::Path;

/// The rows of a finished run about one child.
#[derive(Debug)]
pub struct StoredChild {
    child: String,
    matches: StoredTable,
    status: StoredTable,
    couples: StoredTable,
    /// The tables that were read.
    pub tables: TablesRead,
}

impl StoredChild {
    /// Reads the rows about this child.
    ///
    /// # Errors
    /// A folder whose tables are not there as CSV; a table that is none.
    pub fn read(folder: &Path, child: &str) -> Result<Self, ReportError> {
        let mut tables = TablesRead::default();
        let of_child = |row: StoredRow<'_>| row.text("child_id") == child;
        let matches = tables.read(folder, MATCHES, usize::MAX, of_child)?.ok_or(ReportError::NoTables)?;
        let status = tables.read(folder, STATUS, 1, of_child)?.unwrap_or_default();
        let couples = tables.read(folder, COUPLES, usize::MAX, of_child)?.unwrap_or_default();
        Ok(Self { child: child.to_owned(), matches, status, couples, tables })
    }

    /// Whether any table names the child.
    pub fn is_named(&self) -> bool {
        self.matches.rows().len() + self.status.rows().len() > 0
    }

    /// The candidates that a report is on: this one, with the sex in the profile; else for father and for mother whom the run names, or the best-ranked one of that sex;
    /// of another relationship the best-ranked one.
    pub fn comparisons(&self, relationship: Relationship, candidate: Option<(&str, Sex)>) -> Vec<Comparison> {
        if let Some((candidate, sex)) = candidate {
            let stated = self.row_of(candidate).map(|row| row.text("candidate_sex"));
            return vec![self.comparison(
                candidate,
                relationship,
                place_of(relationship, stated.unwrap_or(sex.as_str())),
            )];
        }
        if relationship != Relationship::Parent {
            let best = self.matches.rows().map(|row| row.text("candidate_id")).next();
            return best.map(|best| self.comparison(best, relationship, Place::Either)).into_iter().collect();
        }
        let mut comparisons: Vec<Comparison> = Vec::new();
        for (place, word, sex) in [(Place::Father, "father", "male"), (Place::Mother, "mother", "female")] {
            let status = self.status.rows().next();
            let stated = |row: &StoredRow<'_>| row.text(&format!("{word}_status")) == "stated";
            let named = status.map(|row| row.text(&format!("{word}_id"))).filter(|id| !id.is_empty());
            let best = || self.matches.rows().find(|row| row.text("candidate_sex") == sex);
            let candidate = match named {
                Some(named) => Some(named),
                None => best().map(|row| row.text("candidate_id")),
            };
            let is_open = !status.as_ref().is_some_and(stated);
            if let Some(candidate) = candidate.filter(|_| is_open) {
                comparisons.push(self.comparison(candidate, relationship, place));
            }
        }
        if comparisons.is_empty() {
            let best = self.matches.rows().next();
            comparisons.extend(best.map(|row| {
                let place = place_of(relationship, row.text("candidate_sex"));
                self.comparison(row.text("candidate_id"), relationship, place)
            }));
        }
        comparisons
    }

    /// The parents whom the child's row names, with the word for each.
    pub fn stated_parents(&self) -> Vec<String> {
        let status = self.status.rows().next();
        let stated = |word: &str| {
            let row = status.filter(|row| row.text(&format!("{word}_status")) == "stated")?;
            Some(row.text(&format!("{word}_id")).to_owned()).filter(|id| !id.is_empty())
        };
        ["father", "mother"].into_iter().filter_map(stated).collect()
    }

    /// Father and mother at once, of the two that the report is on.
    pub fn couple(&self, comparisons: &[Comparison]) -> Option<Together> {
        let of = |wanted| {
            comparisons.iter().find_map(|one| match &one.question {
                Question::Kinship { candidate, place, .. } if *place == wanted => Some(candidate.clone()),
                _ => None,
            })
        };
        let (father, mother) = (of(Place::Father)?, of(Place::Mother)?);
        let row = self.couples.rows().find(|row| row.text("father_id") == father && row.text("mother_id") == mother)?;
        Some(Together {
            log10_lr: row.number("log10_lr")?,
            posterior: row.number("posterior"),
            of: Jointly::Parents { child: self.child.clone(), father, mother },
        })
    }

    fn row_of(&self, candidate: &str) -> Option<StoredRow<'_>> {
        self.matches.rows().find(|row| row.text("candidate_id") == candidate)
    }

    fn comparison(&self, candidate: &str, relationship: Relationship, place: Place) -> Comparison {
        let word = if place == Place::Mother { "mother" } else { "father" };
        let of_place = self.status.rows().next().filter(|_| place != Place::Either);
        let status = of_place.map(|row| {
            let named = Some(row.text(&format!("{word}_id"))).filter(|id| !id.is_empty());
            let probability = row.number(&format!("{word}_posterior"));
            let named = named.zip(probability).map(|(id, probability)| (id.to_owned(), probability));
            Status { word: row.text(&format!("{word}_status")).to_owned(), named }
        });
        let (child, candidate, known) = (self.child.clone(), candidate.to_owned(), None);
        let found = self.row_of(&candidate).and_then(found_pair);
        let question = Question::Kinship { child, candidate, relationship, place, known };
        Comparison { status, found, ..Comparison::new(question, Others::Relationships(Vec::new())) }
    }
}

/// The place of a candidate of this sex.
fn place_of(relationship: Relationship, sex: &str) -> Place {
    match (relationship, sex) {
        (Relationship::Parent, "male") => Place::Father,
        (Relationship::Parent, "female") => Place::Mother,
        _ => Place::Either,
    }
}

fn found_pair(row: StoredRow<'_>) -> Option<Found> {
    let posterior = |column: &str, of: Posterior| row.number(column).map(|probability| (of, probability));
    let posteriors = [
        posterior("posterior", Posterior::OfChild),
        posterior("posterior_case", Posterior::OfCase),
        posterior("posterior_other", Posterior::Other),
    ];
    let best = Relationship::from_name(row.text("best_relationship"));
    Some(Found {
        rank: Some(row.number("rank")? as u64),
        log10_lr: Some(row.number("log10_lr")?),
        posteriors: posteriors.into_iter().flatten().collect(),
        loci_compared: row.number("loci_compared").unwrap_or(0.0) as u64,
        inconsistent: names(row.text("inconsistent_loci")),
        interval: row.number("log10_lr_low").zip(row.number("log10_lr_high")),
        false_leads: row.number("expected_false_leads"),
        flags: names(row.text("flags")),
        best: best.zip(row.number("best_relationship_log10_lr")),
        ..Found::default()
    })
}
