//! A calibration as tables on a terminal (80 columns) and as CSV for plots.

use super::number::significant;
use super::printable;
use crate::calibration::{
    Calibration, Proportion, Reliability, ReliabilityBin, ScenarioResult, ThresholdRecall, TruthRow,
};
use crate::io::safe_csv::SafeCsvWriter;
use crate::matching::RIVALS;
use comfy_table::{CellAlignment, Table, presets};
use std::io::{self, Write};

/// Text is broken here.
const WIDTH: usize = 80;

/// Tables to read: the first scenario in full, every scenario in a row.
///
/// # Errors
/// What the target refuses.
pub fn write_calibration_text(calibration: &Calibration, out: &mut impl Write) -> io::Result<()> {
    let Some(baseline) = calibration.scenarios.first() else { return Ok(()) };
    let Calibration { case, cases, seed, loci, .. } = calibration;
    let each = |total: u64| total / cases;
    let (children, candidates) = (each(baseline.children), each(baseline.candidates));
    paragraph(
        out,
        &format!(
            "{cases} simulated cases like {case} (seed {seed}), each of {children} children and {candidates} candidates \
             at {loci} loci, searched as `filia match` does. {}",
            baseline.about
        ),
    )?;
    calibration.notes.iter().try_for_each(|note| paragraph(out, note))?;
    writeln!(out, "\"This candidate is the parent\", of every candidate reported\n")?;
    write_reliability(&baseline.of_candidates, out)?;
    writeln!(out, "\"The parent is none of them\", of every child and sex\n")?;
    write_reliability(&baseline.of_none, out)?;
    write_recall(baseline, out)?;
    write_llr(baseline, out)?;
    writeln!(out, "What the reported candidates really are, and what they are best explained as\n")?;
    write_table(&confusion_table(&baseline.confusion), out)?;
    write_scenarios(&calibration.scenarios, out)
}

fn write_reliability(reliability: &Reliability, out: &mut impl Write) -> io::Result<()> {
    let mut table = right_aligned(["posterior", "statements", "stated", "true", "observed", "99% interval", ""]);
    for bin in reliability.bins.iter().filter(|bin| bin.held.trials > 0) {
        table.add_row([
            format!("{} to {}", bin.from, bin.to),
            bin.held.trials.to_string(),
            bin.mean_stated.map_or(String::new(), probability),
            bin.held.successes.to_string(),
            share(&bin.held),
            interval(&bin.held),
            if bin.is_consistent() { "" } else { "outside" }.to_owned(),
        ]);
    }
    write_table(&table, out)?;
    let score = |value: Option<f64>| value.map_or("none".to_owned(), probability);
    writeln!(
        out,
        "Brier score {} ({} if every statement were right), log loss {}\n",
        score(reliability.brier),
        score(reliability.expected_brier),
        score(reliability.log_loss)
    )
}

fn write_llr(result: &ScenarioResult, out: &mut impl Write) -> io::Result<()> {
    let llr = &result.llr;
    let (Some(cllr), Some(cllr_min)) = (llr.cllr, llr.cllr_min) else { return Ok(()) };
    paragraph(
        out,
        &format!(
            "Log-likelihood-ratio cost of {} parents and {} strangers: Cllr {} bits, of which {} could be calibrated away.",
            llr.parents,
            llr.strangers,
            probability(cllr),
            probability((cllr - cllr_min).max(0.0))
        ),
    )
}

fn write_recall(result: &ScenarioResult, out: &mut impl Write) -> io::Result<()> {
    let recall = &result.recall;
    let counted = |part: &Proportion| format!("{} ({}; {})", part.successes, share(part), interval(part));
    writeln!(out, "Of {} true parents in the lists", recall.reported.trials)?;
    writeln!(out, "  reported at any rank  {}", counted(&recall.reported))?;
    writeln!(out, "  first of their sex    {}\n", counted(&recall.first))?;
    let mut table =
        right_aligned(["posterior from", "parents found", "share", "others", "share of all", "99% interval"]);
    for row in &recall.thresholds {
        table.add_row([
            row.posterior.to_string(),
            row.found.successes.to_string(),
            share(&row.found),
            row.wrong.successes.to_string(),
            share(&row.wrong),
            interval(&row.wrong),
        ]);
    }
    write_table(&table, out)
}

fn confusion_table(rows: &[TruthRow]) -> Table {
    let mut table = right_aligned(["really", "pairs", "reported", "first", "≥ 0.99", "flagged", "best explained as"]);
    for row in rows {
        let best: Vec<_> = RIVALS
            .iter()
            .zip(row.best.0)
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        let counts = [row.pairs, row.reported, row.first, row.convincing, row.convincing_flagged];
        let cells = std::iter::once(row.truth.to_owned()).chain(counts.map(|count| count.to_string()));
        table.add_row(cells.chain([best.join(", ")]));
    }
    if let Some(best) = table.column_mut(6) {
        best.set_cell_alignment(CellAlignment::Left);
    }
    table.set_width(WIDTH as u16).set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table
}

fn write_scenarios(scenarios: &[ScenarioResult], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Where statistics and truth are set apart\n")?;
    let mut table =
        right_aligned(["scenario", "Brier", "if right", "log loss", "outside", "first", "≥ 0.99", "others"]);
    for result in scenarios {
        let (candidates, none) = (&result.of_candidates, &result.of_none);
        let outside = candidates.inconsistent().count() + none.inconsistent().count();
        let score = |value: Option<f64>| value.map_or(String::new(), probability);
        let convincing = result.recall.thresholds.iter().find(|row| row.posterior >= 0.99);
        table.add_row([
            result.name.clone(),
            score(candidates.brier),
            score(candidates.expected_brier),
            score(candidates.log_loss),
            outside.to_string(),
            share(&result.recall.first),
            convincing.map_or(String::new(), |row| share(&row.found)),
            convincing.map_or(String::new(), |row| format!("{} of {}", row.wrong.successes, row.wrong.trials)),
        ]);
    }
    write_table(&table, out)?;
    paragraph(
        out,
        "outside: bins of both tables where what was stated lies outside the interval; first: true parents who come \
         first of their sex; ≥ 0.99: true parents believed from that posterior on; others: who else is, of all believed.",
    )?;
    for result in &scenarios[1..] {
        paragraph(out, &format!("{}: {}", result.name, result.about))?;
    }
    Ok(())
}

/// `scenarios.csv`: one row each.
///
/// # Errors
/// What the target refuses.
pub fn write_scenarios_csv(calibration: &Calibration, out: impl Write) -> csv::Result<()> {
    let mut rows = SafeCsvWriter::new(out);
    rows.write_row([
        "scenario",
        "about",
        "prior",
        "in_list_father",
        "in_list_mother",
        "simulated_in_list_father",
        "simulated_in_list_mother",
        "statement",
        "statements",
        "brier",
        "expected_brier",
        "log_loss",
        "full_siblings",
        "second_degree",
        "first_cousins",
        "cllr",
        "cllr_min",
    ])?;
    for result in &calibration.scenarios {
        let prior = match result.prior {
            crate::calibration::Prior::Simulated => "simulated",
            crate::calibration::Prior::Settings => "settings",
        };
        for (statement, reliability) in statements(result) {
            let score = |value: Option<f64>| value.map_or(String::new(), significant);
            rows.write_row([
                result.name.clone(),
                result.about.clone(),
                prior.to_owned(),
                significant(result.in_list.father),
                significant(result.in_list.mother),
                significant(result.simulated_in_list.father),
                significant(result.simulated_in_list.mother),
                statement.to_owned(),
                reliability.statements.to_string(),
                score(reliability.brier),
                score(reliability.expected_brier),
                score(reliability.log_loss),
                significant(result.relatives.full_sibling),
                significant(result.relatives.second_degree),
                significant(result.relatives.first_cousin),
                score(result.llr.cllr),
                score(result.llr.cllr_min),
            ])?;
        }
    }
    rows.finish()?;
    Ok(())
}

/// `reliability.csv`: one row for each scenario, statement and bin that holds any.
///
/// # Errors
/// What the target refuses.
pub fn write_reliability_csv(calibration: &Calibration, out: impl Write) -> csv::Result<()> {
    let mut rows = SafeCsvWriter::new(out);
    let header =
        ["scenario", "statement", "from", "to", "mean_stated", "true", "statements", "observed", "lower", "upper"];
    rows.write_row(header)?;
    for result in &calibration.scenarios {
        for (statement, reliability) in statements(result) {
            for bin in reliability.bins.iter().filter(|bin| bin.held.trials > 0) {
                let &ReliabilityBin { from, to, mean_stated, held } = bin;
                let start = [result.name.clone(), statement.to_owned(), significant(from), significant(to)];
                let stated = mean_stated.map_or(String::new(), significant);
                rows.write_row(start.into_iter().chain([stated]).chain(proportion_cells(&held)))?;
            }
        }
    }
    rows.finish()?;
    Ok(())
}

/// `recall.csv`: for each scenario, true parents reported, first, and found by threshold; others by threshold.
///
/// # Errors
/// What the target refuses.
pub fn write_recall_csv(calibration: &Calibration, out: impl Write) -> csv::Result<()> {
    let mut rows = SafeCsvWriter::new(out);
    rows.write_row(["scenario", "what", "posterior", "count", "of", "share", "lower", "upper"])?;
    for result in &calibration.scenarios {
        let recall = &result.recall;
        let mut write = |what: &str, posterior: String, part: &Proportion| {
            rows.write_row([result.name.clone(), what.to_owned(), posterior].into_iter().chain(proportion_cells(part)))
        };
        write("parents reported", String::new(), &recall.reported)?;
        write("parents first", String::new(), &recall.first)?;
        for ThresholdRecall { posterior, found, wrong } in &recall.thresholds {
            write("parents found", significant(*posterior), found)?;
            write("others among those believed", significant(*posterior), wrong)?;
        }
    }
    rows.finish()?;
    Ok(())
}

/// `confusion.csv`: one row for each scenario and true relationship.
///
/// # Errors
/// What the target refuses.
pub fn write_confusion_csv(calibration: &Calibration, out: impl Write) -> csv::Result<()> {
    let mut rows = SafeCsvWriter::new(out);
    let header =
        ["scenario", "truth", "pairs", "reported", "first", "convincing", "convincing_flagged"].map(str::to_owned);
    rows.write_row(
        header.into_iter().chain(RIVALS.iter().map(|name| format!("best_{}", name.name().replace('-', "_")))),
    )?;
    for result in &calibration.scenarios {
        for row in &result.confusion {
            let counts = [row.pairs, row.reported, row.first, row.convincing, row.convincing_flagged];
            let counts = counts.into_iter().chain(row.best.0).map(|count| count.to_string());
            rows.write_row([result.name.clone(), row.truth.to_owned()].into_iter().chain(counts))?;
        }
    }
    rows.finish()?;
    Ok(())
}

/// `pav.csv`: for each scenario the best calibration of its likelihood ratios, step by step.
///
/// # Errors
/// What the target refuses.
pub fn write_pav_csv(calibration: &Calibration, out: impl Write) -> csv::Result<()> {
    let mut rows = SafeCsvWriter::new(out);
    rows.write_row(["scenario", "log10_lr_from", "log10_lr_to", "parents", "strangers", "calibrated_log10_lr"])?;
    for result in &calibration.scenarios {
        for step in &result.llr.pav {
            rows.write_row([
                result.name.clone(),
                significant(step.from),
                significant(step.to),
                step.parents.to_string(),
                step.strangers.to_string(),
                significant(step.log10_lr),
            ])?;
        }
    }
    rows.finish()?;
    Ok(())
}

/// `tippett.csv`: for each scenario the shares of parents and of strangers with at least a log10 LR.
///
/// # Errors
/// What the target refuses.
pub fn write_tippett_csv(calibration: &Calibration, out: impl Write) -> csv::Result<()> {
    let mut rows = SafeCsvWriter::new(out);
    rows.write_row(["scenario", "log10_lr", "parents_at_least", "strangers_at_least"])?;
    for result in &calibration.scenarios {
        for step in &result.llr.tippett {
            let numbers = [step.log10_lr, step.parents, step.strangers].map(significant);
            rows.write_row(std::iter::once(result.name.clone()).chain(numbers))?;
        }
    }
    rows.finish()?;
    Ok(())
}

fn statements(result: &ScenarioResult) -> [(&'static str, &Reliability); 2] {
    [("candidate is the parent", &result.of_candidates), ("none of them", &result.of_none)]
}

fn proportion_cells(part: &Proportion) -> [String; 5] {
    [
        part.successes.to_string(),
        part.trials.to_string(),
        part.share().map_or(String::new(), significant),
        significant(part.lower),
        significant(part.upper),
    ]
}

/// A probability with four digits behind the point, more where it is close to 0 or 1.
fn probability(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        value if value < 0.001 => format!("{value:.1e}"),
        value if (0.9995..1.0).contains(&value) => format!("{value:.6}"),
        value => format!("{value:.4}"),
    }
}

fn share(part: &Proportion) -> String {
    part.share().map_or("none".to_owned(), probability)
}

fn interval(part: &Proportion) -> String {
    format!("{} to {}", probability(part.lower), probability(part.upper))
}

/// A table whose columns after the first are right-aligned.
fn right_aligned<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header(header);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        column.set_cell_alignment(if at == 0 { CellAlignment::Left } else { CellAlignment::Right });
    }
    table
}

/// A table without blanks at the ends of its lines, with an empty line after it.
fn write_table(table: &Table, out: &mut impl Write) -> io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, "{}", line.trim_end()))?;
    writeln!(out)
}

/// Text broken at [`WIDTH`], with an empty line after it.
fn paragraph(out: &mut impl Write, text: &str) -> io::Result<()> {
    let mut line = String::new();
    for word in printable(text).split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{line}\n")
}
