//! What a finished run folder says of one child.

use super::content::{Comparison, CoupleFound, FoundPair, Place, RejectedCell, RunFacts};
use crate::inheritance::Relationship;
use crate::io::result_tables::{COUPLES, Format, MATCHES, REJECTED, STATUS, TableKind};
use crate::io::source::Fingerprint;
use crate::profile::Sex;
use crate::report::Manifest;
use crate::report::manifest::MARKERS;
use crate::report::page::{ReportError, StoredRow, StoredTable};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// So many cells that were not used are listed.
const MOST_REJECTED: usize = 1000;

/// The rows of a finished run about one child.
#[derive(Debug)]
pub struct StoredChild {
    matches: StoredTable,
    status: StoredTable,
    couples: StoredTable,
    rejected: StoredTable,
    lacks: Vec<String>,
}

impl StoredChild {
    /// Reads the rows about this child.
    ///
    /// # Errors
    /// A folder whose tables are not there as CSV; a table that is none.
    pub fn read(folder: &Path, child: &str) -> Result<Self, ReportError> {
        let mut lacks = Vec::new();
        let mut read = |kind: TableKind, most: usize, is_about: &dyn Fn(StoredRow<'_>) -> bool| {
            let table = StoredTable::read(folder, kind, most, is_about)
                .map_err(|source| ReportError::Table { table: kind.name, source })?;
            if table.is_none() {
                lacks.push(kind.file(Format::Csv));
            }
            Ok::<_, ReportError>(table)
        };
        let of_child = |row: StoredRow<'_>| row.text("child_id") == child;
        let matches = read(MATCHES, usize::MAX, &of_child)?.ok_or(ReportError::NoTables)?;
        let status = read(STATUS, 1, &of_child)?.unwrap_or_default();
        let couples = read(COUPLES, usize::MAX, &of_child)?.unwrap_or_default();
        let people: Vec<&str> = matches.rows().map(|row| row.text("candidate_id")).chain([child]).collect();
        let of_people = |row: StoredRow<'_>| people.contains(&row.text("sample_id"));
        let rejected = read(REJECTED, MOST_REJECTED, &of_people)?.unwrap_or_default();
        Ok(Self { matches, status, couples, rejected, lacks })
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
            return vec![self.comparison(candidate, place_of(relationship, stated.unwrap_or(sex.as_str())))];
        }
        if relationship != Relationship::Parent {
            let best = self.matches.rows().map(|row| row.text("candidate_id")).next();
            return best.map(|best| self.comparison(best, Place::Either)).into_iter().collect();
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
                comparisons.push(self.comparison(candidate, place));
            }
        }
        if comparisons.is_empty() {
            let best = self.matches.rows().next();
            comparisons.extend(best.map(|row| {
                self.comparison(row.text("candidate_id"), place_of(relationship, row.text("candidate_sex")))
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
    pub fn couple(&self, comparisons: &[Comparison]) -> Option<CoupleFound> {
        let of = |place| comparisons.iter().find(|one| one.place == place).map(|one| one.candidate.as_str());
        let (father, mother) = (of(Place::Father)?, of(Place::Mother)?);
        let row = self.couples.rows().find(|row| row.text("father_id") == father && row.text("mother_id") == mother)?;
        Some(CoupleFound {
            father: father.to_owned(),
            mother: mother.to_owned(),
            log10_lr: row.number("log10_lr")?,
            posterior: row.number("posterior"),
        })
    }

    /// What was read of these people and not used.
    pub fn rejected(&self, people: &[&str]) -> Vec<RejectedCell> {
        let rows = self.rejected.rows().filter(|row| people.contains(&row.text("sample_id")));
        let cell = |row: StoredRow<'_>| RejectedCell {
            sample: row.text("sample_id").to_owned(),
            locus: [row.text("locus"), row.text("column")]
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or("")
                .into(),
            value: row.text("value").to_owned(),
            reason: row.text("reason").to_owned(),
        };
        rows.map(cell).collect()
    }

    fn row_of(&self, candidate: &str) -> Option<StoredRow<'_>> {
        self.matches.rows().find(|row| row.text("candidate_id") == candidate)
    }

    fn comparison(&self, candidate: &str, place: Place) -> Comparison {
        let word = if place == Place::Mother { "mother" } else { "father" };
        let of_place = self.status.rows().next().filter(|_| place != Place::Either);
        let status = of_place.map(|row| {
            let is_this = row.text(&format!("{word}_id")) == candidate;
            let probability = row.number(&format!("{word}_posterior")).filter(|_| is_this);
            (row.text(&format!("{word}_status")).to_owned(), probability)
        });
        let found = self.row_of(candidate).and_then(found_pair);
        Comparison { candidate: candidate.to_owned(), place, status, found, evidence: None }
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

fn found_pair(row: StoredRow<'_>) -> Option<FoundPair> {
    let list = |column: &str| -> Vec<String> {
        row.text(column).split(';').filter(|text| !text.is_empty()).map(str::to_owned).collect()
    };
    let best = Relationship::from_name(row.text("best_relationship"));
    Some(FoundPair {
        rank: row.number("rank")? as u64,
        log10_lr: row.number("log10_lr")?,
        posterior: row.number("posterior"),
        posterior_case: row.number("posterior_case"),
        other: row.number("posterior_other").map(|other| (other, row.text("other_relationship").to_owned())),
        loci_compared: row.number("loci_compared").unwrap_or(0.0) as u64,
        inconsistent: list("inconsistent_loci"),
        interval: row.number("log10_lr_low").zip(row.number("log10_lr_high")),
        false_leads: row.number("expected_false_leads"),
        flags: list("flags"),
        best: best.zip(row.number("best_relationship_log10_lr")),
    })
}

/// What the manifest says of the run, and which tables the folder holds now.
///
/// # Errors
/// A table of the folder that cannot be read.
pub fn run_facts(folder: &Path, manifest: &Manifest, bytes: &[u8], stored: &StoredChild) -> std::io::Result<RunFacts> {
    let count = |name: &str| manifest.counts.get(name).copied().unwrap_or(0);
    let mut results = vec![("manifest.json".to_owned(), Fingerprint::of(bytes).hexadecimal())];
    for kind in [MATCHES, STATUS, COUPLES, REJECTED] {
        let name = kind.file(Format::Csv);
        let path = folder.join(&name);
        if path.exists() {
            results.push((name, Fingerprint::of_file(&path)?.hexadecimal()));
        }
    }
    Ok(RunFacts {
        folder: folder.to_owned(),
        version: manifest.version.clone(),
        settings: manifest.settings.clone(),
        has_markers: manifest.inputs.iter().any(|input| input.role == MARKERS),
        inputs: Vec::new(),
        results,
        pairs: manifest.pairs,
        candidates: count("candidates"),
        children: count("children"),
        notes: manifest.notes.clone(),
        lacks: stored.lacks.clone(),
        ended: manifest.timings.ended_at.map_or_else(|| written_at(&folder.join("manifest.json")), Ok)?,
    })
}

/// When a file was written: seconds since 1970, UTC.
fn written_at(path: &Path) -> std::io::Result<u64> {
    let written = path.metadata()?.modified()?;
    Ok(written.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()))
}
