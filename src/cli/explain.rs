//! `filia explain`: one child and one candidate, locus by locus.

use super::Outcome;
use super::format::AnswerFormat;
use super::matches::CaseArguments;
use super::progress::StageLine;
use super::terminal::print;
use crate::inference::verbal;
use crate::inheritance::Relationship;
use crate::matching::{Explanation, LocusExplanation};
use crate::report::{align_right, plain_table, printable};
use crate::run::MatchCase;
use anyhow::Result;
use clap::Args;
use comfy_table::Table;
use std::fmt::Write;

/// Explains one pair, locus by locus
#[derive(Args, Debug)]
pub struct ExplainArguments {
    #[command(flatten)]
    input: CaseArguments,
    /// The child's sample id
    #[arg(long, value_name = "ID")]
    child: String,
    /// The candidate's sample id
    #[arg(long, value_name = "ID")]
    candidate: String,
    /// Text for people, JSON for programs
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    format: AnswerFormat,
}

/// Runs the command.
pub fn run(arguments: ExplainArguments) -> Result<Outcome> {
    let ExplainArguments { input, child, candidate, format } = arguments;
    let (settings, input) = input.resolve()?;
    let case = MatchCase::read_watched(input, settings, &StageLine::new(true))?;
    let explanation = case.explain(&child, &candidate)?;
    match format {
        AnswerFormat::Json => print(&format!("{}\n", serde_json::to_string_pretty(&explanation)?))?,
        AnswerFormat::Text => print(&text(&explanation))?,
    }
    Ok(Outcome::Done)
}

/// The explanation as two tables that fit 80 columns: what was seen, and what it means.
fn text(explanation: &Explanation) -> String {
    let mut out = heading(explanation);
    let _ = writeln!(
        out,
        "\nWhat was seen, and the frequencies of the child's alleles ({})\n{}",
        printable(&explanation.population),
        seen(explanation)
    );
    let _ = writeln!(out, "\nlog10 LR against unrelated\n{}", ratios(explanation));
    if !explanation.lines.is_empty() {
        let _ = writeln!(
            out,
            "\nA line is the same at every locus: the LR of a relationship is the mean of its\n\
             lines' LRs, and above stands what each locus adds to those before it.\n{}\n\nlog10 LR of each line\n{}",
            lines(explanation),
            ratios_by_line(explanation)
        );
    }
    out
}

fn heading(explanation: &Explanation) -> String {
    let tested = explanation.relationships[0];
    let total = explanation.total_log10_lr[0];
    let mut out = format!(
        "{candidate} as {tested} of {child}: log10 LR {total:.4}, {words}\n",
        candidate = printable(&explanation.candidate),
        child = printable(&explanation.child),
        words = verbal(total),
    );
    if let Some(known) = &explanation.known_parent {
        let _ = writeln!(out, "{} is taken as the child's known parent under every hypothesis.", printable(known));
    }
    let _ = writeln!(out, "Best-supported relationship: {}", explanation.best_relationship);
    if !explanation.flags.is_empty() {
        let _ = writeln!(out, "Flags: {}", explanation.flags.join(", "));
    }
    out
}

fn seen(explanation: &Explanation) -> Table {
    let mut header = vec!["locus", "child"];
    header.extend(explanation.known_parent.as_ref().map(|_| "known"));
    header.extend(["candidate", "frequencies", "note"]);
    let mut table = plain_table(header);
    for locus in &explanation.loci {
        let of_child = locus.frequencies.iter().filter(|used| locus.child.split(',').any(|shown| shown == used.allele));
        let frequencies: Vec<_> = of_child.map(|used| format!("{} {:.4}", used.allele, used.frequency)).collect();
        let mut row = vec![locus.locus.clone(), locus.child.clone()];
        row.extend(locus.known_parent.clone());
        row.extend([locus.candidate.clone(), frequencies.join("  "), note(locus)]);
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    table
}

fn note(locus: &LocusExplanation) -> String {
    match (locus.inconsistent, locus.steps_needed) {
        (true, Some(steps)) => format!("inconsistent, {steps} {}", if steps == 1.0 { "step" } else { "steps" }),
        (true, None) => "inconsistent".to_owned(),
        _ => String::new(),
    }
}

fn ratios(explanation: &Explanation) -> Table {
    let shown: Vec<usize> = (0..explanation.relationships.len())
        .filter(|&position| explanation.relationships[position] != Relationship::Unrelated)
        .collect();
    let mut header = vec!["locus".to_owned()];
    header.extend(shown.iter().map(|&position| explanation.relationships[position].to_string()));
    header.push("running".to_owned());
    let mut table = plain_table(header);
    for locus in &explanation.loci {
        let mut row = vec![printable(&locus.locus).into_owned()];
        row.extend(shown.iter().map(|&position| number(locus.log10_lr[position])));
        row.push(number(locus.running_log10_lr));
        table.add_row(row);
    }
    let mut total = vec!["total".to_owned()];
    total.extend(shown.iter().map(|&position| number(explanation.total_log10_lr[position])));
    total.push(number(explanation.total_log10_lr[0]));
    table.add_row(total);
    align_right(&mut table, 1..);
    table
}

/// The lines by number.
fn lines(explanation: &Explanation) -> Table {
    let mut table = plain_table(["line", "relationship", "candidate", "weight", "total"]);
    for (line, at) in explanation.lines.iter().zip(1..) {
        let (relationship, candidate) = (line.relationship.to_string(), line.line.to_owned());
        let numbers = [number(line.weight), number(line.total_log10_lr)];
        table.add_row([at.to_string(), relationship, candidate].into_iter().chain(numbers));
    }
    table
}

fn ratios_by_line(explanation: &Explanation) -> Table {
    let numbers = (1..=explanation.lines.len()).map(|at| at.to_string());
    let mut table = plain_table(std::iter::once("locus".to_owned()).chain(numbers));
    for locus in &explanation.loci {
        let scores = locus.log10_lr_by_line.iter().copied().map(number);
        table.add_row(std::iter::once(printable(&locus.locus).into_owned()).chain(scores));
    }
    align_right(&mut table, 1..);
    table
}

fn number(value: f64) -> String {
    format!("{value:.3}")
}
