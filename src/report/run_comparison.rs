//! Two runs compared: pairs that went or came, numbers that moved beyond a tolerance, changed ranks and settings.

use crate::io::run_reader::{ResultTable, RunResults};
use serde::Serialize;
use std::fmt;

/// How far two numbers may be apart and still be the same: `absolute + relative · |old|`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Tolerance {
    /// In the column's own units.
    pub absolute: f64,
    /// As a share of the old value.
    pub relative: f64,
}

/// One difference between two runs.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Difference {
    /// A setting that has another value. JSON texts; absent: `null`.
    Setting {
        /// Section and key.
        setting: String,
        /// Before.
        old: String,
        /// After.
        new: String,
    },
    /// A table that only the old run has.
    TableGone {
        /// The file.
        table: String,
    },
    /// A table that only the new run has.
    TableNew {
        /// The file.
        table: String,
    },
    /// A column that one run has and the other has not.
    Columns {
        /// The file.
        table: String,
        /// Before.
        old: Vec<String>,
        /// After.
        new: Vec<String>,
    },
    /// A row that only the old run has.
    RowGone {
        /// The file.
        table: String,
        /// Which row.
        row: String,
    },
    /// A row that only the new run has.
    RowNew {
        /// The file.
        table: String,
        /// Which row.
        row: String,
    },
    /// A cell that changed.
    Changed {
        /// The file.
        table: String,
        /// Which row.
        row: String,
        /// Which column.
        column: String,
        /// Before.
        old: String,
        /// After.
        new: String,
    },
}

/// Every difference between two runs: settings first, then table by table, in the order of the rows' keys.
pub fn compare_runs(old: &RunResults, new: &RunResults, tolerance: Tolerance) -> Vec<Difference> {
    let mut differences = Vec::new();
    let settings = |run: &RunResults| run.manifest.get("settings").cloned().unwrap_or_default();
    compare_settings("", &settings(old), &settings(new), &mut differences);
    for (name, table) in &old.tables {
        match new.tables.get(name) {
            None => differences.push(Difference::TableGone { table: name.clone() }),
            Some(other) => compare_tables(name, table, other, tolerance, &mut differences),
        }
    }
    let came = new.tables.keys().filter(|name| !old.tables.contains_key(*name));
    differences.extend(came.map(|name| Difference::TableNew { table: name.clone() }));
    differences
}

fn compare_settings(path: &str, old: &serde_json::Value, new: &serde_json::Value, found: &mut Vec<Difference>) {
    match (old.as_object(), new.as_object()) {
        (Some(old_keys), Some(new_keys)) => {
            let added = new_keys.keys().filter(|key| !old_keys.contains_key(*key));
            for key in old_keys.keys().chain(added) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare_settings(&path, &old[key.as_str()], &new[key.as_str()], found);
            }
        }
        _ if old == new => {}
        _ => {
            found.push(Difference::Setting { setting: path.to_owned(), old: old.to_string(), new: new.to_string() });
        }
    }
}

fn compare_tables(name: &str, old: &ResultTable, new: &ResultTable, tolerance: Tolerance, found: &mut Vec<Difference>) {
    let table = || name.to_owned();
    if old.header != new.header {
        found.push(Difference::Columns { table: table(), old: old.header.clone(), new: new.header.clone() });
    }
    let shared: Vec<(usize, usize)> = old
        .header
        .iter()
        .enumerate()
        .filter_map(|(at, column)| Some((at, new.header.iter().position(|other| other == column)?)))
        .collect();
    for (row, cells) in &old.rows {
        let Some(others) = new.rows.get(row) else {
            found.push(Difference::RowGone { table: table(), row: row.clone() });
            continue;
        };
        for &(at, there) in &shared {
            let (Some(before), Some(after)) = (cells.get(at), others.get(there)) else { continue };
            if !is_same(&old.header[at], before, after, tolerance) {
                let (row, column) = (row.clone(), old.header[at].clone());
                found.push(Difference::Changed {
                    table: table(),
                    row,
                    column,
                    old: before.clone(),
                    new: after.clone(),
                });
            }
        }
    }
    let came = new.rows.keys().filter(|row| !old.rows.contains_key(*row));
    found.extend(came.map(|row| Difference::RowNew { table: table(), row: row.clone() }));
}

/// Numbers that are measured may differ by the tolerance; counts, ranks and names may not.
fn is_same(column: &str, old: &str, new: &str, tolerance: Tolerance) -> bool {
    if old == new {
        return true;
    }
    let measured = ["log10_lr", "posterior", "log_likelihood", "probability", "false_leads"];
    let (Ok(before), Ok(after)) = (old.parse::<f64>(), new.parse::<f64>()) else { return false };
    measured.iter().any(|part| column.contains(part))
        && (before - after).abs() <= tolerance.absolute + tolerance.relative * before.abs()
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting { setting, old, new } => write!(formatter, "setting {setting}: {old} -> {new}"),
            Self::TableGone { table } => write!(formatter, "{table}: only in the old run"),
            Self::TableNew { table } => write!(formatter, "{table}: only in the new run"),
            Self::Columns { table, old, new } => {
                write!(formatter, "{table}: columns {} -> {}", old.join(","), new.join(","))
            }
            Self::RowGone { table, row } => write!(formatter, "{table}: {row}: only in the old run"),
            Self::RowNew { table, row } => write!(formatter, "{table}: {row}: only in the new run"),
            Self::Changed { table, row, column, old, new } => {
                write!(formatter, "{table}: {row}: {column} {old} -> {new}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn run(rows: &[(&str, &str, &str)], theta: f64) -> RunResults {
        let cells = |&(key, rank, log10_lr): &(&str, &str, &str)| {
            (key.to_owned(), vec![key.to_owned(), rank.to_owned(), log10_lr.to_owned()])
        };
        let header = ["child_id", "rank", "log10_lr"].map(str::to_owned).to_vec();
        let table = ResultTable { header, rows: rows.iter().map(cells).collect() };
        RunResults {
            tables: BTreeMap::from([("matches.csv".to_owned(), table)]),
            manifest: serde_json::json!({"settings": {"population": {"theta": theta}}, "timings": theta}),
        }
    }

    const TOLERANCE: Tolerance = Tolerance { absolute: 1e-3, relative: 0.0 };

    fn told(old: &RunResults, new: &RunResults) -> Vec<String> {
        compare_runs(old, new, TOLERANCE).iter().map(Difference::to_string).collect()
    }

    #[test]
    fn what_differs_is_told_and_what_is_within_the_tolerance_is_not() {
        let old = run(&[("a", "1", "3.0000"), ("b", "2", "2.0"), ("c", "3", "1.0")], 0.01);
        assert!(told(&old, &old).is_empty());
        let new = run(&[("a", "1", "3.0004"), ("b", "3", "2.1"), ("d", "4", "1.0")], 0.03);
        assert_eq!(
            told(&old, &new),
            [
                "setting population.theta: 0.01 -> 0.03",
                "matches.csv: b: rank 2 -> 3",
                "matches.csv: b: log10_lr 2.0 -> 2.1",
                "matches.csv: c: only in the old run",
                "matches.csv: d: only in the new run",
            ]
        );
    }

    #[test]
    fn an_infinite_score_is_equal_to_itself_only() {
        let infinite = run(&[("a", "1", "-inf")], 0.01);
        assert!(told(&infinite, &infinite).is_empty());
        assert_eq!(told(&infinite, &run(&[("a", "1", "-9.0")], 0.01)), ["matches.csv: a: log10_lr -inf -> -9.0"]);
    }
}
