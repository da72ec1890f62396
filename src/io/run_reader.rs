//! Reads the results of a run back: every CSV table of its folder, by key, and the manifest.

use super::result_tables::{CASE_FAMILIES, CASE_TABLES, Format, RESULT_TABLES, TableKind};
use super::source::Unreadable;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One table of results.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ResultTable {
    /// The columns.
    pub header: Vec<String>,
    /// The rows by key: the key columns joined by ` / `, or the whole row where the table has no key.
    pub rows: BTreeMap<String, Vec<String>>,
}

/// The results of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct RunResults {
    /// The tables by file name.
    pub tables: BTreeMap<String, ResultTable>,
    /// The manifest; null where there is none.
    pub manifest: serde_json::Value,
}

/// Why a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RunReaderError {
    /// The system refuses.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A table that is none.
    #[error("{path}: {source}")]
    Table {
        /// The file.
        path: String,
        /// What is wrong, with its place.
        source: csv::Error,
    },
    /// A manifest that is no JSON.
    #[error("{path}: {source}")]
    Manifest {
        /// The file.
        path: String,
        /// What is wrong, with its place.
        source: serde_json::Error,
    },
    /// A folder whose tables are in other formats.
    #[error(
        "{folder} holds no table as CSV, but as {format}: expected CSV, which a run writes beside it with --format csv,{format}"
    )]
    OtherFormat {
        /// The folder.
        folder: String,
        /// The format.
        format: &'static str,
    },
    /// A folder without results.
    #[error("{0} holds neither tables nor a manifest: expected the folder of a run")]
    NoResults(String),
}

/// Reads a run's folder.
///
/// # Errors
/// A folder that cannot be read or holds no results; tables and manifests that are malformed.
pub fn read_run(folder: &Path) -> Result<RunResults, RunReaderError> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |source| Unreadable { path, source }
    };
    let mut results = RunResults { tables: BTreeMap::new(), manifest: serde_json::Value::Null };
    let mut other_formats = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name == "manifest.json" {
            let text = std::fs::read(&path).map_err(unreadable(&path))?;
            let malformed = |source| RunReaderError::Manifest { path: path.display().to_string(), source };
            results.manifest = serde_json::from_slice(&text).map_err(malformed)?;
        } else if name.ends_with(".csv") {
            let malformed = |source| RunReaderError::Table { path: path.display().to_string(), source };
            let table = read_table(&name, &path).map_err(malformed)?;
            results.tables.insert(name, table);
        } else if RESULT_TABLES.iter().chain(CASE_TABLES).any(|kind| kind.is_in(&name)) {
            let is_of = |format: &Format| name.ends_with(format.ending());
            other_formats.extend(Format::ALL.into_iter().find(is_of));
        }
    }
    let folder = folder.display().to_string();
    match (results.tables.is_empty(), other_formats.first()) {
        (true, Some(format)) => Err(RunReaderError::OtherFormat { folder, format: format.ending() }),
        (true, None) if results.manifest.is_null() => Err(RunReaderError::NoResults(folder)),
        _ => Ok(results),
    }
}

fn read_table(name: &str, path: &Path) -> csv::Result<ResultTable> {
    let mut reader = csv::Reader::from_path(path)?;
    let header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let of_name = || RESULT_TABLES.iter().chain(CASE_TABLES).chain([&CASE_FAMILIES]).filter(|kind| kind.is_in(name));
    let has_key = |kind: &&TableKind| kind.key.iter().all(|column| header.iter().any(|title| title == column));
    let wanted = of_name().find(has_key).or_else(|| of_name().next()).map_or(&[][..], |kind| kind.key);
    let key: Vec<usize> = wanted.iter().filter_map(|column| header.iter().position(|title| title == column)).collect();
    let mut table = ResultTable { header, rows: BTreeMap::new() };
    for record in reader.records() {
        let row: Vec<String> = record?.iter().map(str::to_owned).collect();
        let named = if key.is_empty() { row.join(" / ") } else { join(key.iter().map(|&column| &row[column])) };
        // equal rows of a table without keys are told apart by number
        let mut unique = named.clone();
        let mut number = 1;
        while table.rows.contains_key(&unique) {
            number += 1;
            unique = format!("{named} ({number})");
        }
        table.rows.insert(unique, row);
    }
    Ok(table)
}

fn join<'a>(cells: impl Iterator<Item = &'a String>) -> String {
    cells.map(String::as_str).collect::<Vec<_>>().join(" / ")
}
