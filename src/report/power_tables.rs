//! What a panel can tell, as tables on a terminal and as a typed table.

use super::table::{Columns, Digits, Table as TypedTable};
use super::{plain_table, printable};
use crate::io::result_tables::PANEL_POWER;
use crate::power::{Estimate, PanelPower, ThresholdPower, TruthPower};
use std::io::{self, Write};

/// Columns of a terminal.
const TERMINAL: usize = 80;
/// The longest name of a truth, and the longest figure, each with the room around it.
const TRUTH_WIDTH: usize = 15;
const FIGURE_WIDTH: usize = 10;

/// Tables to read, at most 80 columns wide.
///
/// # Errors
/// What the target refuses.
pub fn write_power_text(power: &PanelPower, out: &mut impl Write) -> io::Result<()> {
    let question = &power.question;
    writeln!(out, "{} loci; {} against unrelated, log10 LR\n", power.loci.len(), question.tested)?;
    write_truths(power, out)?;
    writeln!(out, "{} children, {} candidates for each\n", question.children, question.candidates)?;
    let mut costs =
        plain_table(["threshold", "false positive", "by sampling", "its error", "false negative", "false leads"]);
    power.thresholds.iter().chain(&power.by_rate).for_each(|cost| {
        costs.add_row(cost_cells(cost));
    });
    writeln!(out, "{}\n`false leads`: the unrelated expected to be reported over all children\n", costs.trim_fmt())?;
    let first = power.ranked_first;
    writeln!(
        out,
        "the true {} comes before all {} unrelated candidates with\nprobability {:.4} (standard error {:.4})\n",
        question.tested, question.candidates, first.probability, first.standard_error
    )?;
    let mut growing = plain_table(["loci", "added", "threshold of one false lead", "false negative there"]);
    for step in &power.growing {
        let cells = [step.loci.to_string(), printable(&step.added).into_owned(), format!("{:.2}", step.threshold)];
        growing.add_row(cells.into_iter().chain([rate(step.false_negative_rate)]));
    }
    writeln!(out, "with ever more loci, the least informative first\n{}", growing.trim_fmt())
}

/// The distribution of log10 LR under each truth: mean and deviation, then the tails, so many thresholds a table as fit.
fn write_truths(power: &PanelPower, out: &mut impl Write) -> io::Result<()> {
    let mut truths = plain_table(["truth", "mean", "sd", "impossible"]);
    for truth in &power.truths {
        let figure = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
        let figures = [figure(truth.mean), figure(truth.deviation), rate(truth.impossible)];
        truths.add_row([truth.truth.to_string()].into_iter().chain(figures));
    }
    writeln!(out, "{}\n", truths.trim_fmt())?;
    let headers: Vec<_> = power.question.thresholds.iter().map(|threshold| format!("P(≥ {threshold})")).collect();
    let widest = headers.iter().map(|header| header.chars().count() + 2).fold(FIGURE_WIDTH, usize::max);
    let fitting = ((TERMINAL - TRUTH_WIDTH) / widest).max(1);
    for (headers, first) in headers.chunks(fitting).zip((0..).step_by(fitting)) {
        let mut tails = plain_table(["truth"].into_iter().chain(headers.iter().map(String::as_str)));
        for truth in &power.truths {
            let shown = truth.at_least[first..first + headers.len()].iter().map(|&probability| rate(probability));
            tails.add_row([truth.truth.to_string()].into_iter().chain(shown));
        }
        writeln!(out, "{}\n", tails.trim_fmt())?;
    }
    Ok(())
}

/// One row for each truth and threshold.
pub fn power_table<'a>(power: &'a PanelPower) -> TypedTable<'a> {
    type Tail<'a> = (&'a TruthPower, usize);
    let thresholds = &power.question.thresholds;
    let estimate = |row: &Tail<'_>| row.0.estimates.get(row.1).copied();
    let columns = Columns::<Tail<'a>>::new()
        .text("tested", |_| power.question.tested.name())
        .text("truth", |row| row.0.truth.name())
        .real("threshold", Digits::All, |row| thresholds[row.1])
        .real("at_least", Digits::Exponent, |row| row.0.at_least[row.1])
        .real("estimate", Digits::Exponent, move |row| estimate(row).map(|estimate| estimate.probability))
        .real("standard_error", Digits::Exponent, move |row| estimate(row).map(|estimate| estimate.standard_error));
    let make = |at: u64, rows: &mut Vec<Tail<'a>>| {
        rows.extend((0..thresholds.len()).map(|threshold| (&power.truths[at as usize], threshold)));
    };
    TypedTable::of_parts(PANEL_POWER, columns, power.truths.len() as u64, thresholds.len(), make)
}

fn cost_cells(cost: &ThresholdPower) -> [String; 6] {
    let estimated = |figure: fn(Estimate) -> f64| {
        cost.false_positive_estimate.map_or_else(String::new, |estimate| rate(figure(estimate)))
    };
    [
        format!("{:.2}", cost.threshold),
        rate(cost.false_positive_rate),
        estimated(|estimate| estimate.probability),
        estimated(|estimate| estimate.standard_error),
        rate(cost.false_negative_rate),
        rate(cost.expected_false_leads),
    ]
}

/// A probability or an expected number with three digits.
pub(super) fn rate(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        value if value >= 0.001 => format!("{value:.4}"),
        value => format!("{value:.2e}"),
    }
}
