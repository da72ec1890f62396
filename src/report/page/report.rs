//! What a finished run says: its manifest, its tables, and the profiles where they are at hand.

use super::genotypes::Genotypes;
use super::stored_table::{StoredRow, StoredTable};
use super::tally::Tally;
use crate::io::result_tables::{
    ASSIGNMENTS, CONTRADICTIONS, COUPLES, DIRECT_MATCHES, FAMILIES, FAMILY_POSTERIOR, GROUPS, MATCHES, PAIRWISE,
    POSTERIOR, REJECTED, STATUS, TableKind,
};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Why a run cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The manifest is none.
    #[error("manifest.json: {0}")]
    Manifest(#[from] serde_json::Error),
    /// A run of another command.
    #[error("manifest.json: a run of `{0}`, expected one of `match` or `identify`")]
    OtherCommand(String),
    /// A folder whose tables are in other formats, or gone.
    #[error("no table as CSV: expected those that the run writes unless --format leaves CSV out")]
    NoTables,
    /// A table that is none.
    #[error("{table}.csv: {source}")]
    Table {
        /// The table.
        table: &'static str,
        /// What is wrong, with its place.
        source: csv::Error,
    },
}

/// What a finished run says.
#[derive(Debug)]
pub struct Report {
    /// The manifest as it was written.
    pub manifest: Value,
    /// Whether the run is one of `identify`.
    pub is_identify: bool,
    /// How many children have which status, all of them.
    pub statuses: Tally,
    /// What the profiles add, or why they cannot be shown.
    pub genotypes: Result<Genotypes, String>,
    limits: Limits,
    tables: BTreeMap<&'static str, StoredTable>,
    empty: StoredTable,
}

/// How much of a run is shown; the tables hold all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Rows of each table.
    pub rows: usize,
    /// Children or bodies.
    pub subjects: usize,
}

impl Limits {
    /// Of a page that opens at once.
    pub const PAGE: Self = Self { rows: 100_000, subjects: 20_000 };

    /// Of a workbook: the rows of a sheet below its header.
    pub const WORKBOOK: Self = Self { rows: 1_048_575, subjects: usize::MAX };
}

/// The tables of `match`, each with columns that the page shows and older versions did not write.
const OF_MATCH: [(TableKind, &[&str]); 5] = [
    (
        MATCHES,
        &[
            "posterior",
            "best_relationship",
            "inconsistent_loci",
            "flags",
            "posterior_other",
            "log10_lr_against_best_rival",
        ],
    ),
    (COUPLES, &["posterior", "flags"]),
    (STATUS, &["father_posterior", "father_none", "mother_posterior", "mother_none"]),
    (DIRECT_MATCHES, &["contradiction"]),
    (REJECTED, &["reason"]),
];

/// The same of `identify`.
const OF_IDENTIFY: [(TableKind, &[&str]); 8] = [
    (PAIRWISE, &["log10_lr", "loci_compared"]),
    (ASSIGNMENTS, &["posterior"]),
    (POSTERIOR, &["probability", "standard_error"]),
    (FAMILY_POSTERIOR, &["probability"]),
    (FAMILIES, &["exclusion_probability", "expected_log10_lr"]),
    (CONTRADICTIONS, &["explanation"]),
    (GROUPS, &["samples"]),
    (REJECTED, &["reason"]),
];

impl Report {
    /// Reads the tables of a folder beside this manifest; without genotypes, for this reason.
    ///
    /// # Errors
    /// A manifest of another command; a file that cannot be read.
    pub fn read(folder: &Path, manifest: &[u8], limits: Limits, reason: &str) -> Result<Self, ReportError> {
        let manifest: Value = serde_json::from_slice(manifest)?;
        let is_identify = match manifest["command"].as_str() {
            Some("match") => false,
            Some("identify") => true,
            other => return Err(ReportError::OtherCommand(other.unwrap_or("nothing").to_owned())),
        };
        let (mut tables, mut statuses) = (BTreeMap::new(), Tally::default());
        for (kind, _) in expected(is_identify) {
            let count = |row: StoredRow<'_>| {
                if *kind == STATUS {
                    statuses.add_row(row);
                }
                true
            };
            let table = StoredTable::read(folder, *kind, limits.rows, count)
                .map_err(|source| ReportError::Table { table: kind.name, source })?;
            tables.extend(table.map(|table| (kind.name, table)));
        }
        if tables.is_empty() {
            return Err(ReportError::NoTables);
        }
        let genotypes = Err(reason.to_owned());
        Ok(Self { manifest, is_identify, statuses, genotypes, limits, tables, empty: StoredTable::default() })
    }

    /// A table; one without rows where the run has none.
    pub fn table(&self, kind: TableKind) -> &StoredTable {
        self.tables.get(kind.name).unwrap_or(&self.empty)
    }

    /// What this version writes and the run has not: whole tables, and columns of tables.
    pub fn lacks(&self) -> Vec<(&'static str, Option<&'static str>)> {
        let of_table = |(kind, columns): &(TableKind, &[&'static str])| match self.tables.get(kind.name) {
            None => vec![(kind.name, None)],
            Some(table) => {
                let absent = columns.iter().filter(|column| !table.has(column));
                absent.map(|column| (kind.name, Some(*column))).collect()
            }
        };
        expected(self.is_identify).iter().flat_map(of_table).collect()
    }

    /// A number of the manifest's counts; 0 where it is not there.
    pub fn count(&self, name: &str) -> u64 {
        self.manifest["counts"][name].as_u64().unwrap_or(0)
    }

    /// The relationship that was asked about.
    pub fn relationship(&self) -> &str {
        self.manifest["settings"]["search"]["relationship"].as_str().unwrap_or("parent")
    }

    /// Every child and candidate on the page, pair by pair, child by child.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let on_page: HashSet<&str> = self.subjects().into_iter().collect();
        let pairs = self.table(MATCHES).rows().map(|row| (row.text("child_id"), row.text("candidate_id")));
        pairs.filter(|(child, _)| on_page.contains(child)).collect()
    }

    /// The samples of a body that has others: it is called after the first.
    pub fn further_samples(&self) -> HashSet<&str> {
        let together = self.table(GROUPS).rows().filter(|row| row.text("kept_apart").is_empty());
        together.flat_map(|row| row.text("samples").split(';').skip(1)).collect()
    }

    /// The children or bodies on the page, in the order of the tables.
    pub fn subjects(&self) -> Vec<&str> {
        let (kind, column) = match self.is_identify {
            true => (POSTERIOR, "victim_id"),
            false if self.table(STATUS).total > 0 => (STATUS, "child_id"),
            false => (MATCHES, "child_id"),
        };
        let further = self.further_samples();
        let subjects = self.table(kind).rows().map(|row| row.text(column)).filter(|id| !further.contains(id));
        let mut subjects: Vec<&str> = subjects.collect();
        subjects.dedup();
        subjects.truncate(self.limits.subjects);
        subjects
    }
}

fn expected(is_identify: bool) -> &'static [(TableKind, &'static [&'static str])] {
    if is_identify { &OF_IDENTIFY } else { &OF_MATCH }
}
