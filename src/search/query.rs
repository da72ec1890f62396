//! What a scan is asked, and what it answers.

use serde::Serialize;
use std::sync::Arc;

/// The score rows of one query under one population: for each locus the log10 likelihood ratio by candidate code.
///
/// A row may hold `-inf` (impossible), never `+inf` or NaN. Rows are shared between the queries that show the same
/// thing at a locus; equal pointers are what makes the preparation of many queries cheap.
#[derive(Clone, Debug, Default)]
pub struct QueryRows {
    /// One row a locus, at least as long as the locus's dictionary.
    pub rows: Vec<Arc<[f64]>>,
}

/// One query: what every candidate is scored against.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// One set of rows a population. The score of a pair is the minimum over them of the sums over loci (0 where
    /// there is no table).
    pub tables: Vec<QueryRows>,
    /// Members that are never paired with this query (itself, say), in any order.
    pub excluded: Vec<u32>,
}

/// What is to be reported of each query.
#[derive(Clone, Copy, PartialEq, Debug)]
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
    /// Sum of the row entries (log10) in the order of the loci, the least over the query's tables.
    pub score: f64,
}

/// Which candidates a sum runs over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
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
    /// The exact score: for each table the f64 sum over loci in their order, and the least of these.
    pub(super) fn score(&self, codes: impl Fn(usize) -> usize) -> f64 {
        let sum =
            |table: &QueryRows| table.rows.iter().enumerate().fold(0.0, |sum, (locus, row)| sum + row[codes(locus)]);
        self.tables.iter().map(sum).reduce(f64::min).unwrap_or(0.0)
    }
}
