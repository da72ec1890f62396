//! A calibration as tables on a terminal (80 columns) and as typed tables for plots.

use super::printable;
use super::table::{Columns, Digits, Table as TypedTable};
use crate::calibration::{
    CalibratedQuestion, Calibration, PavStep, Proportion, Reliability, ReliabilityBin, ScenarioPrior, ScenarioResult,
    Subjects, ThresholdRecall, TippettStep, TruthRow,
};
use crate::inference::InList;
use crate::io::result_tables::{CONFUSION, PAV, RECALL, RELIABILITY, SCENARIOS, TIPPETT, TableKind};
use crate::matching::RIVALS;
use crate::settings::RelativesPrior;
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
    let words = words(baseline);
    let [asked, compared] = baseline.subjects.counts().map(|(name, total)| format!("{} {name}", total / cases));
    paragraph(
        out,
        &format!(
            "{cases} simulated cases like {case} (seed {seed}), each of {asked} and {compared} at {loci} loci, {}. {}",
            words.how, baseline.about
        ),
    )?;
    calibration.notes.iter().try_for_each(|note| paragraph(out, note))?;
    writeln!(out, "{}\n", words.of_candidates)?;
    write_reliability(&baseline.of_candidates, out)?;
    writeln!(out, "{}\n", words.of_none)?;
    write_reliability(&baseline.of_none, out)?;
    write_recall(baseline, out)?;
    write_llr(baseline, out)?;
    if !baseline.confusion.is_empty() {
        writeln!(out, "What the reported candidates really are, and what they are best explained as\n")?;
        write_table(&confusion_table(&baseline.confusion), out)?;
    }
    write_scenarios(&calibration.scenarios, out)
}

/// How a question is put in words.
struct Words {
    /// How cases were answered.
    how: &'static str,
    /// The statement on somebody, and the one that it is nobody, as headings,
    of_candidates: &'static str,
    of_none: &'static str,
    /// and as values of the column `statement`.
    statements: [&'static str; 2],
    /// Those who are to be found,
    found: &'static str,
    /// and how far down they may come.
    first: &'static str,
    /// The two sides of the likelihood ratios.
    sides: [&'static str; 2],
    /// What a row of `recall` counts.
    recall: [&'static str; 3],
}

const PARENTS: Words = Words {
    how: "searched as `filia match` does",
    of_candidates: "\"This candidate is the parent\", of every candidate reported",
    of_none: "\"The parent is none of them\", of every child and sex",
    statements: ["candidate is the parent", "none of them"],
    found: "true parents in the lists",
    first: "first of their sex",
    sides: ["parents", "strangers"],
    recall: ["parents reported", "parents first", "parents found"],
};

const IDENTITIES: Words = Words {
    how: "identified as `filia identify` does",
    of_candidates: "\"This body is the missing person\", of every two who can be",
    of_none: "\"This body is none of them\", of every body",
    statements: ["body is the missing person", "none of them"],
    found: "missing persons whose bodies are there",
    first: "likeliest of the body",
    sides: ["bodies of the missing person", "bodies of other families"],
    recall: ["missing persons reported", "missing persons first", "missing persons found"],
};

fn words(result: &ScenarioResult) -> &'static Words {
    match result.subjects.question() {
        CalibratedQuestion::Parents => &PARENTS,
        CalibratedQuestion::Identities => &IDENTITIES,
    }
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
    let [of, against] = words(result).sides;
    paragraph(
        out,
        &format!(
            "Log-likelihood-ratio cost of {} {of} and {} {against}: Cllr {} bits, of which {} could be calibrated away.",
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
    let Words { found, first, .. } = words(result);
    writeln!(out, "Of {} {found}", recall.reported.trials)?;
    writeln!(out, "  reported at any rank  {}", counted(&recall.reported))?;
    writeln!(out, "  {first:<21} {}\n", counted(&recall.first))?;
    let mut table = right_aligned(["posterior from", "found", "share", "others", "share of all", "99% interval"]);
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
    let Some(words) = scenarios.first().map(words) else { return Ok(()) };
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
        &format!(
            "outside: bins of both tables where what was stated lies outside the interval; first: {}, {}; ≥ 0.99: those \
             believed from that posterior on; others: who else is, of all believed.",
            words.found, words.first
        ),
    )?;
    for result in &scenarios[1..] {
        paragraph(out, &format!("{}: {}", result.name, result.about))?;
    }
    Ok(())
}

/// The tables of a calibration.
pub fn calibration_tables(calibration: &Calibration) -> Vec<TypedTable<'_>> {
    let scenarios = &calibration.scenarios;
    vec![
        scenarios_table(scenarios),
        reliability_table(scenarios),
        recall_table(scenarios),
        confusion_rows(scenarios),
        pav_table(scenarios),
        tippett_table(scenarios),
    ]
}

/// A statement of a scenario, with what came of it.
type ScenarioStatement<'a> = (&'a ScenarioResult, &'static str, &'a Reliability);

/// `scenarios`: one row for each scenario and statement.
fn scenarios_table(scenarios: &[ScenarioResult]) -> TypedTable<'_> {
    let share = Digits::Significant;
    let columns = Columns::<ScenarioStatement<'_>>::new()
        .text("scenario", |row| &row.0.name)
        .text("about", |row| &row.0.about)
        .text("prior", |row| match row.0.prior {
            ScenarioPrior::Simulated => "simulated",
            ScenarioPrior::Settings => "settings",
        })
        .real("in_list_father", share, |row| of_parents(row.0).map(|(prior, ..)| prior.father))
        .real("in_list_mother", share, |row| of_parents(row.0).map(|(prior, ..)| prior.mother))
        .real("simulated_in_list_father", share, |row| of_parents(row.0).map(|(_, simulated, _)| simulated.father))
        .real("simulated_in_list_mother", share, |row| of_parents(row.0).map(|(_, simulated, _)| simulated.mother))
        .text("statement", |row| row.1)
        .integer("statements", |row| row.2.statements as i64)
        .real("brier", share, |row| row.2.brier)
        .real("expected_brier", share, |row| row.2.expected_brier)
        .real("log_loss", share, |row| row.2.log_loss)
        .real("full_siblings", share, |row| of_parents(row.0).map(|(.., relatives)| relatives.full_sibling))
        .real("second_degree", share, |row| of_parents(row.0).map(|(.., relatives)| relatives.second_degree))
        .real("first_cousins", share, |row| of_parents(row.0).map(|(.., relatives)| relatives.first_cousin))
        .real("cllr", share, |row| row.0.llr.cllr)
        .real("cllr_min", share, |row| row.0.llr.cllr_min)
        .real("identified", share, |row| of_identities(row.0).map(|[prior, ..]| prior))
        .real("simulated_identified", share, |row| of_identities(row.0).map(|[_, simulated, _]| simulated))
        .real("one_person", share, |row| of_identities(row.0).map(|[.., one_person]| one_person));
    of_scenarios(SCENARIOS, columns, scenarios, |result, rows| {
        rows.extend(statements(result).map(|(statement, reliability)| (result, statement, reliability)));
    })
}

/// The prior of parents, the simulated share, and the prior of relatives.
fn of_parents(result: &ScenarioResult) -> Option<(InList, InList, RelativesPrior)> {
    match result.subjects {
        Subjects::Parents { in_list, simulated_in_list, relatives, .. } => {
            Some((in_list, simulated_in_list, relatives))
        }
        Subjects::Identities { .. } => None,
    }
}

/// The prior of identities, the simulated share, and the prior of parts of one person.
fn of_identities(result: &ScenarioResult) -> Option<[f64; 3]> {
    match result.subjects {
        Subjects::Identities { identified, simulated_identified, one_person, .. } => {
            Some([identified, simulated_identified, one_person])
        }
        Subjects::Parents { .. } => None,
    }
}

/// `reliability`: one row for each scenario, statement and bin that holds any.
fn reliability_table(scenarios: &[ScenarioResult]) -> TypedTable<'_> {
    type Binned<'a> = (&'a ScenarioResult, &'static str, &'a ReliabilityBin);
    let columns = Columns::<Binned<'_>>::new()
        .text("scenario", |row| &row.0.name)
        .text("statement", |row| row.1)
        .real("from", Digits::Significant, |row| row.2.from)
        .real("to", Digits::Significant, |row| row.2.to)
        .real("mean_stated", Digits::Significant, |row| row.2.mean_stated);
    let columns = with_proportion(columns, ["true", "statements", "observed"], |row| row.2.held);
    of_scenarios(RELIABILITY, columns, scenarios, |result, rows| {
        for (statement, reliability) in statements(result) {
            let filled = reliability.bins.iter().filter(|bin| bin.held.trials > 0);
            rows.extend(filled.map(|bin| (result, statement, bin)));
        }
    })
}

/// `recall`: for each scenario, true parents reported, first, and found by threshold; others by threshold.
fn recall_table(scenarios: &[ScenarioResult]) -> TypedTable<'_> {
    type Recalled<'a> = (&'a ScenarioResult, &'static str, Option<f64>, Proportion);
    let columns = Columns::<Recalled<'_>>::new().text("scenario", |row| &row.0.name).text("what", |row| row.1).real(
        "posterior",
        Digits::Significant,
        |row| row.2,
    );
    let columns = with_proportion(columns, ["count", "of", "share"], |row| row.3);
    of_scenarios(RECALL, columns, scenarios, |result, rows| {
        let recall = &result.recall;
        let [reported, first, of_threshold] = words(result).recall;
        rows.push((result, reported, None, recall.reported));
        rows.push((result, first, None, recall.first));
        for &ThresholdRecall { posterior, found, wrong } in &recall.thresholds {
            rows.push((result, of_threshold, Some(posterior), found));
            rows.push((result, "others among those believed", Some(posterior), wrong));
        }
    })
}

/// `confusion`: one row for each scenario and true relationship.
fn confusion_rows(scenarios: &[ScenarioResult]) -> TypedTable<'_> {
    type Confused<'a> = (&'a ScenarioResult, &'a TruthRow);
    let columns = Columns::<Confused<'_>>::new()
        .text("scenario", |row| &row.0.name)
        .text("truth", |row| row.1.truth)
        .integer("pairs", |row| row.1.pairs as i64)
        .integer("reported", |row| row.1.reported as i64)
        .integer("first", |row| row.1.first as i64)
        .integer("convincing", |row| row.1.convincing as i64)
        .integer("convincing_flagged", |row| row.1.convincing_flagged as i64);
    let columns = RIVALS.iter().enumerate().fold(columns, |columns, (at, rival)| {
        columns.integer(format!("best_{}", rival.name().replace('-', "_")), move |row| row.1.best.0[at] as i64)
    });
    of_scenarios(CONFUSION, columns, scenarios, |result, rows| {
        rows.extend(result.confusion.iter().map(|row| (result, row)));
    })
}

/// `pav`: for each scenario the best calibration of its likelihood ratios, step by step.
fn pav_table(scenarios: &[ScenarioResult]) -> TypedTable<'_> {
    type Stepped<'a> = (&'a ScenarioResult, &'a PavStep);
    let columns = Columns::<Stepped<'_>>::new()
        .text("scenario", |row| &row.0.name)
        .real("log10_lr_from", Digits::Significant, |row| row.1.from)
        .real("log10_lr_to", Digits::Significant, |row| row.1.to)
        .integer("parents", |row| row.1.parents as i64)
        .integer("strangers", |row| row.1.strangers as i64)
        .real("calibrated_log10_lr", Digits::Significant, |row| row.1.log10_lr);
    of_scenarios(PAV, columns, scenarios, |result, rows| rows.extend(result.llr.pav.iter().map(|step| (result, step))))
}

/// `tippett`: for each scenario the shares of parents and of strangers with at least a log10 LR.
fn tippett_table(scenarios: &[ScenarioResult]) -> TypedTable<'_> {
    type Stepped<'a> = (&'a ScenarioResult, &'a TippettStep);
    let columns = Columns::<Stepped<'_>>::new()
        .text("scenario", |row| &row.0.name)
        .real("log10_lr", Digits::Significant, |row| row.1.log10_lr)
        .real("parents_at_least", Digits::Significant, |row| row.1.parents)
        .real("strangers_at_least", Digits::Significant, |row| row.1.strangers);
    of_scenarios(TIPPETT, columns, scenarios, |result, rows| {
        rows.extend(result.llr.tippett.iter().map(|step| (result, step)));
    })
}

/// A table with the rows of each scenario.
fn of_scenarios<'a, R: Send + 'a>(
    kind: TableKind,
    columns: Columns<'a, R>,
    scenarios: &'a [ScenarioResult],
    rows_of: impl Fn(&'a ScenarioResult, &mut Vec<R>) + Sync + 'a,
) -> TypedTable<'a> {
    let make = move |at: u64, rows: &mut Vec<R>| rows_of(&scenarios[at as usize], rows);
    TypedTable::of_parts(kind, columns, scenarios.len() as u64, 1, make)
}

/// The columns of a proportion: these names of count, total and share, then its interval.
fn with_proportion<'a, R>(
    columns: Columns<'a, R>,
    [count, of, share]: [&str; 3],
    part: impl Fn(&R) -> Proportion + Copy + Send + Sync + 'a,
) -> Columns<'a, R> {
    columns
        .integer(count, move |row| part(row).successes as i64)
        .integer(of, move |row| part(row).trials as i64)
        .real(share, Digits::Significant, move |row| part(row).share())
        .real("lower", Digits::Significant, move |row| part(row).lower)
        .real("upper", Digits::Significant, move |row| part(row).upper)
}

fn statements(result: &ScenarioResult) -> [(&'static str, &Reliability); 2] {
    let [of_candidates, of_none] = words(result).statements;
    [(of_candidates, &result.of_candidates), (of_none, &result.of_none)]
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
