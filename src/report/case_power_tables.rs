//! What chance alone would do in a case, as tables on a terminal and as a typed table.

use super::power_tables::rate;
use super::table::{Columns, Digits, Table};
use super::{plain_table, printable};
use crate::io::result_tables::CASE_POWER;
use crate::matching::{CasePower, ListPower, ListThreshold, note_on_rounding};
use std::io::{self, Write};

/// The greatest threshold that has a column of its own on a terminal of 80 columns.
const MOST_SHOWN: f64 = 6.0;

/// Tables to read: the case as a whole, then each child and sex.
///
/// # Errors
/// What the target refuses.
pub fn write_case_power_text(power: &CasePower, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} against unrelated, log10 LR\n", power.tested)?;
    let mut whole = plain_table(["threshold", "expected false leads over all children"]);
    for &(threshold, expected) in &power.expected_false_leads {
        whole.add_row([format!("{threshold:.2}"), rate(expected)]);
    }
    writeln!(out, "{}\n", whole.trim_fmt())?;
    let with_parents = power.lists.iter().any(|list| list.known_parent_id.is_some());
    let shown = |threshold: f64| (0.0..=MOST_SHOWN).contains(&threshold);
    let thresholds = power.expected_false_leads.iter().filter(|(threshold, _)| shown(*threshold));
    let mut header =
        vec!["child".to_owned(), "loci".to_owned(), "candidates".to_owned(), "sex".to_owned(), "one at".to_owned()];
    header.extend(thresholds.map(|(threshold, _)| format!("≥ {threshold}")));
    header.extend(with_parents.then(|| "known parent".to_owned()));
    let mut lists = plain_table(header);
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
pub fn case_power_table<'a>(power: &'a CasePower) -> Table<'a> {
    type At<'a> = (&'a ListPower, &'a ListThreshold);
    let columns = Columns::<At<'a>>::new()
        .text("child_id", |row| &row.0.child_id)
        .optional_text("known_parent_id", |row| row.0.known_parent_id.as_deref())
        .integer("loci", |row| row.0.loci as i64)
        .text("candidate_sex", |row| row.0.candidate_sex.as_str())
        .integer("candidates", |row| row.0.candidates as i64)
        .real("threshold", Digits::All, |row| row.1.threshold)
        .real("expected_false_leads", Digits::Exponent, |row| row.1.expected_false_leads)
        .real("none", Digits::Exponent, |row| row.1.none)
        .real("stranger", Digits::Exponent, |row| row.1.stranger)
        .real("relative", Digits::Exponent, |row| row.1.relative);
    let make = |at: u64, rows: &mut Vec<At<'a>>| {
        let list = &power.lists[at as usize];
        rows.extend(list.thresholds.iter().map(|threshold| (list, threshold)));
    };
    Table::of_parts(CASE_POWER, columns, power.lists.len() as u64, power.expected_false_leads.len(), make)
}
