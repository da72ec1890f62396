//! What a scan is asked, and what it answers.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Score rows of one query: for each locus the log10 likelihood ratio by candidate code.
///
/// A row may hold `-inf` (impossible), never `+inf` or NaN. Rows are shared between the queries that show the same
/// thing at a locus; equal pointers are what makes the preparation of many queries cheap.
#[derive(Clone, Debug, Default)]
pub struct QueryRows {
    /// One row a locus, at least as long as the locus's dictionary.
    pub rows: Vec<Arc<[f64]>>,
    /// log10 of the weight with which the product over the loci counts.
    pub log10_weight: f64,
}

/// The score rows of one query under one population.
#[derive(Clone, Debug, Default)]
pub struct QueryTable {
    /// What hangs together over loci comes in several lines, with weights that sum to 1 at most: the score is
    /// log10 Σ weight · 10^(sum over loci).
    pub lines: Vec<QueryRows>,
}

impl From<Vec<Arc<[f64]>>> for QueryTable {
    /// A table of one line.
    fn from(rows: Vec<Arc<[f64]>>) -> Self {
        Self { lines: vec![QueryRows { rows, log10_weight: 0.0 }] }
    }
}

/// One query: what every candidate is scored against.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// One table a population. The score of a pair is the least of theirs (0 where there is no table).
    pub tables: Vec<QueryTable>,
    /// Members that are never paired with this query (itself, say), in any order.
    pub excluded: Vec<u32>,
}

/// What is to be reported of each query.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Wanted {
    /// The least score (log10) that is reported; `None`: any score, `-inf` included.
    pub threshold: Option<f64>,
    /// At most so many hits a query.
    pub top: usize,
}

/// One candidate that is reported.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hit {
    /// The candidate's member index.
    pub member: u32,
    /// The least score (log10) over the query's tables.
    pub score: f64,
}

/// Which candidates a sum runs over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// Every candidate compared.
    All,
    /// The candidates that reach the threshold.
    AtOrAboveThreshold,
    /// The hits alone.
    Hits,
}

/// A sum of likelihood ratios.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LogSum {
    /// log10 of Σ 10^score; `-inf` for an empty sum.
    pub log10: f64,
    /// Which candidates the sum runs over.
    pub covers: Coverage,
}

/// The answer to one query.
#[derive(Clone, PartialEq, Debug)]
pub struct QueryResult {
    /// Best first, ties by ascending member index; at most [`Wanted::top`], all at or above the threshold.
    pub hits: Vec<Hit>,
    /// How many candidates reach the threshold (all that were compared, where there is none).
    pub at_or_above: u64,
    /// The sum of the candidates' likelihood ratios.
    pub total: LogSum,
    /// How many candidates were compared: all but the excluded ones.
    pub compared: u64,
}

impl Query {
    /// The exact score: for each line the f64 sum over loci in their order, for each table the sum over its lines, and the least
    /// of these.
    pub(super) fn score(&self, codes: impl Fn(usize) -> usize) -> f64 {
        let of_line = |line: &QueryRows| {
            let sum = line.rows.iter().enumerate().fold(0.0, |sum, (locus, row)| sum + row[codes(locus)]);
            line.log10_weight + sum
        };
        let of_table = |table: &QueryTable| log10_sum(table.lines.iter().map(of_line));
        self.tables.iter().map(of_table).reduce(f64::min).unwrap_or(0.0)
    }

    /// How many sums over loci its score takes.
    pub(super) fn lines(&self) -> usize {
        self.tables.iter().map(|table| table.lines.len()).sum()
    }
}

/// log10 Σ 10^term, of one term the term itself, bit for bit; `-inf` for no term.
pub fn log10_sum(mut terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let all = terms.clone();
    match (terms.next(), terms.next()) {
        (None, _) => f64::NEG_INFINITY,
        (Some(only), None) => only,
        _ => {
            let greatest = all.clone().fold(f64::NEG_INFINITY, f64::max);
            if greatest == f64::NEG_INFINITY {
                return greatest;
            }
            greatest + all.map(|term| 10_f64.powf(term - greatest)).sum::<f64>().log10()
        }
    }
}
