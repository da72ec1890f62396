//! The statuses of a run, counted.

use super::identify_data::status_words;
use super::report::Report;
use super::tally::Tally;
use crate::io::result_tables::MATCHES;
use std::collections::BTreeSet;

/// Counts the statuses of a run.
pub fn tally(report: &Report) -> Tally {
    if report.is_identify {
        let mut tally = Tally::new(Tally::IDENTITY);
        status_words(report).into_iter().for_each(|word| tally.add(&[word]));
        return tally;
    }
    if report.statuses.places.is_empty() {
        let with: BTreeSet<&str> = report.table(MATCHES).rows().map(|row| row.text("child_id")).collect();
        return Tally::of_candidates(with.len(), report.count("children"));
    }
    report.statuses.clone()
}
