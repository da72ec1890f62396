//! The log10 LRs that a run lists.

use super::report::Report;
use crate::io::result_tables::{MATCHES, PAIRWISE};
use std::ops::RangeInclusive;

/// Lower log10 LRs are not told apart.
const LOWEST: f64 = -20.0;

/// The log10 LRs of the pairs that a run lists.
pub fn log10_lrs(report: &Report) -> Vec<f64> {
    let table = report.table(if report.is_identify { PAIRWISE } else { MATCHES });
    table.rows().filter_map(|row| row.number("log10_lr")).collect()
}

/// The whole log10 LRs from below the least to above the highest of the run; nothing where it lists no pair.
pub fn range(report: &Report) -> Option<RangeInclusive<i64>> {
    let finite = log10_lrs(report).into_iter().filter(|number| number.is_finite());
    let (least, most) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), number| {
        (least.min(number.max(LOWEST)), most.max(number))
    });
    (least <= most).then(|| least.floor() as i64..=most.max(least).ceil() as i64)
}
