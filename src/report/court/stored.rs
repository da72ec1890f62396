//! What a finished run folder says, whomever a report is on.

use super::content::{RejectedCell, RunFacts};
use crate::io::result_tables::{Format, REJECTED, TableKind};
use crate::io::source::Fingerprint;
use crate::report::Manifest;
use crate::report::manifest::MARKERS;
use crate::report::page::{ReportError, StoredRow, StoredTable};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// So many cells that were not used are listed.
const MOST_REJECTED: usize = 1000;

/// The tables of a run that a report rests on, in the order in which they were read.
#[derive(Clone, Debug, Default)]
pub struct TablesRead {
    kinds: Vec<TableKind>,
    /// Those that the folder has not, by file.
    lacks: Vec<String>,
}

impl TablesRead {
    /// Reads the rows of a table for which `is_kept` says so; `None` where the folder has no such table.
    ///
    /// # Errors
    /// A table that is none.
    pub fn read(
        &mut self,
        folder: &Path,
        kind: TableKind,
        most: usize,
        is_kept: impl FnMut(StoredRow<'_>) -> bool,
    ) -> Result<Option<StoredTable>, ReportError> {
        let table = StoredTable::read(folder, kind, most, is_kept)
            .map_err(|source| ReportError::Table { table: kind.name, source })?;
        self.kinds.push(kind);
        if table.is_none() {
            self.lacks.push(kind.file(Format::Csv));
        }
        Ok(table)
    }

    /// What was read of these people and not used.
    ///
    /// # Errors
    /// A table that is none.
    pub fn rejected(&mut self, folder: &Path, people: &[&str]) -> Result<Vec<RejectedCell>, ReportError> {
        let is_kept = |row: StoredRow<'_>| people.contains(&row.text("sample_id"));
        let table = self.read(folder, REJECTED, MOST_REJECTED, is_kept)?.unwrap_or_default();
        Ok(table.rows().map(rejected_cell).collect())
    }
}

fn rejected_cell(row: StoredRow<'_>) -> RejectedCell {
    let place = [row.text("locus"), row.text("column")];
    RejectedCell {
        sample: row.text("sample_id").to_owned(),
        locus: place.into_iter().find(|text| !text.is_empty()).unwrap_or("").to_owned(),
        value: row.text("value").to_owned(),
        reason: row.text("reason").to_owned(),
    }
}

/// The names in a cell, apart by semicolons.
pub fn names(cell: &str) -> Vec<String> {
    cell.split(';').filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// What the manifest says of the run, and which tables the folder holds now.
///
/// # Errors
/// A table of the folder that cannot be read.
pub fn run_facts(folder: &Path, manifest: &Manifest, bytes: &[u8], tables: &TablesRead) -> std::io::Result<RunFacts> {
    let mut results = vec![("manifest.json".to_owned(), Fingerprint::of(bytes).hexadecimal())];
    for kind in &tables.kinds {
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
        counts: manifest.counts.clone(),
        notes: manifest.notes.clone(),
        lacks: tables.lacks.clone(),
        ended: manifest.timings.ended_at.map_or_else(|| written_at(&folder.join("manifest.json")), Ok)?,
    })
}

/// When a file was written: seconds since 1970, UTC.
fn written_at(path: &Path) -> std::io::Result<u64> {
    let written = path.metadata()?.modified()?;
    Ok(written.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()))
}
