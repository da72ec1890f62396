//! What chance alone would do in a case, as tables on a terminal and as CSV.

use super::power_tables::{rate, table};
use super::printable;
use crate::io::safe_csv::SafeCsvWriter;
use crate::matching::{CasePower, ListPower, note_on_rounding};
use std::io::{self, Write};

/// The greatest threshold that has a column of its own on a terminal of 80 columns.
const MOST_SHOWN: f64 = 6.0;

/// Tables to read: the case as a whole, then each child and sex.
///
/// # Errors
/// What the target refuses.
pub fn write_case_power_text(power: &CasePower, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} against unrelated, log10 LR\n", power.tested)?;
    let mut whole = table();
    whole.set_header(["threshold", "expected false leads over all children"]);
    for &(threshold, expected) in &power.expected_false_leads {
        whole.add_row([format!("{threshold:.2}"), rate(expected)]);
    }
    writeln!(out, "{}\n", whole.trim_fmt())?;
    let with_parents = power.lists.iter().any(|list| list.known_parent_id.is_some());
    let shown = |threshold: f64| (0.0..=MOST_SHOWN).contains(&threshold);
    let thresholds = power.expected_false_leads.iter().filter(|(threshold, _)| shown(*threshold));
    let mut lists = table();
    let mut header =
        vec!["child".to_owned(), "loci".to_owned(), "candidates".to_owned(), "sex".to_owned(), "one at".to_owned()];
    header.extend(thresholds.map(|(threshold, _)| format!("≥ {threshold}")));
    header.extend(with_parents.then(|| "known parent".to_owned()));
    lists.set_header(header);
    for list in &power.lists {
        let mut row = vec![
            printable(&list.child_id).into_owned(),
            list.loci.to_string(),
            list.candidates.to_string(),
            list.candidate_sex.to_string(),
            list.threshold_of_one.map_or_else(String::new, |threshold| format!("{threshold:.2}")),
        ];
        let figures = list.thresholds.iter().filter(|at| shown(at.threshold));
        row.extend(figures.map(|at| rate(at.expected_false_leads)));
        row.extend(
            with_parents.then(|| list.known_parent_id.as_deref().map(printable).unwrap_or_default().into_owned()),
        );
        lists.add_row(row);
    }
    writeln!(out, "expected false leads of each child, if all candidates were strangers\n{}", lists.trim_fmt())?;
    if let Some(note) = note_on_rounding(power.rounded_up_by) {
        writeln!(out, "\n{note}")?;
    }
    writeln!(out, "\n`one at`: the log10 LR from which one false lead is expected; further thresholds: --format csv")
}

/// One row for each child, sex and threshold.
///
/// # Errors
/// What the target refuses.
pub fn write_case_power_csv(power: &CasePower, out: &mut impl Write) -> io::Result<()> {
    let mut rows = SafeCsvWriter::new(out);
    rows.write_row([
        "child_id",
        "known_parent_id",
        "loci",
        "candidate_sex",
        "candidates",
        "threshold",
        "expected_false_leads",
        "none",
        "stranger",
        "relative",
    ])?;
    for list in &power.lists {
        for row in list_rows(list) {
            rows.write_row(row)?;
        }
    }
    rows.finish()?;
    Ok(())
}

fn list_rows(list: &ListPower) -> impl Iterator<Item = Vec<String>> + '_ {
    list.thresholds.iter().map(|at| {
        let numbers = [at.expected_false_leads, at.none, at.stranger, at.relative];
        let of_list = [
            list.child_id.clone(),
            list.known_parent_id.clone().unwrap_or_default(),
            list.loci.to_string(),
            list.candidate_sex.to_string(),
            list.candidates.to_string(),
            at.threshold.to_string(),
        ];
        of_list.into_iter().chain(numbers.map(|number| format!("{number:e}"))).collect()
    })
}
