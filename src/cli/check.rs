//! `filia check`: reads profiles and reports every problem by file, line and column; changes nothing.

use super::Outcome;
use super::arguments::ColumnArguments;
use super::format::TableFormat;
use super::progress::StageLine;
use crate::io::profiles::LocusCoverage;
use crate::io::settings_file::read_settings;
use crate::io::source::Inputs;
use crate::name_some::list_first;
use crate::report::table::{Csv, Exporter};
use crate::report::{align_right, counted, plain_table, printable, rejected_table};
use crate::run::{CheckInput, Findings, Reading, check};
use clap::Args;
use comfy_table::Table;
use std::io::{self, Write};
use std::path::PathBuf;

/// Read profiles and report every problem; nothing is written.
#[derive(Args)]
pub struct CheckArguments {
    /// Profile files (CSV, TSV or `;`)
    files: Vec<PathBuf>,
    /// Profiles of children
    #[arg(long, value_name = "FILE")]
    children: Vec<PathBuf>,
    /// Profiles of adults who may be parents
    #[arg(long, value_name = "FILE")]
    candidates: Vec<PathBuf>,
    /// Profiles of relatives who gave reference samples
    #[arg(long, value_name = "FILE")]
    relatives: Vec<PathBuf>,
    /// Profiles of unidentified remains
    #[arg(long, value_name = "FILE")]
    remains: Vec<PathBuf>,
    /// Allele frequencies, a bundled name (nist1036:cauc) or a file: loci without any are problems
    #[arg(long, value_name = "NAME|FILE")]
    frequencies: Vec<String>,
    /// Marker file (JSON) in place of frequencies: loci that it lacks are problems
    #[arg(long, value_name = "FILE.json", conflicts_with = "frequencies")]
    markers: Option<PathBuf>,
    /// Settings file (TOML): its tables and drop-out probabilities count
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    columns: ColumnArguments,
    /// Stop at the first cell or row that cannot be used (exit code 2)
    #[arg(long)]
    strict: bool,
    /// How the findings are printed
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
}

/// Runs the check.
///
/// # Errors
/// Files that cannot be used at all; with `--strict`, the first thing that is not used.
pub fn run(arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    let line = StageLine::new(true);
    let found = check(&arguments.input()?, &line)?;
    line.finish();
    let mut output = io::stdout();
    match arguments.format {
        TableFormat::Text => print_text(&found, &mut output)?,
        TableFormat::Json => writeln!(output, "{:#}", to_json(&found)?)?,
        TableFormat::Csv => Csv.export(&rejected_table(&found.problems), &mut output)?,
    }
    Ok(if found.problems.is_empty() { Outcome::Done } else { Outcome::Found })
}

impl CheckArguments {
    fn input(&self) -> anyhow::Result<CheckInput> {
        let inputs = Inputs::default();
        let settings = self.config.as_deref().map(|path| read_settings(path, &inputs)).transpose()?;
        Ok(CheckInput {
            files: self.files.clone(),
            children: self.children.clone(),
            candidates: self.candidates.clone(),
            relatives: self.relatives.clone(),
            remains: self.remains.clone(),
            frequencies: self.frequencies.clone(),
            markers: self.markers.clone(),
            settings,
            reading: Reading { strict: self.strict, ..self.columns.reading() },
            inputs,
        })
    }
}

fn print_text(found: &Findings, output: &mut impl Write) -> io::Result<()> {
    for file in &found.profiles.files {
        let rows = counted(file.rows as usize, "row", "rows");
        let samples = counted(file.samples, "sample", "samples");
        let loci = counted(file.loci.len(), "locus", "loci");
        writeln!(output, "{}: {rows}, {samples}, {loci}; {}", printable(&file.name), printable(&file.format))?;
    }
    for note in found.profiles.notes.iter().chain(&found.notes) {
        writeln!(output, "note: {}", printable(note))?;
    }
    if !found.problems.is_empty() {
        writeln!(output)?;
    }
    for problem in found.problems.iter() {
        writeln!(output, "{}", printable(&problem?.to_string()))?;
    }
    writeln!(output, "\n{}\n", coverage_table(&found.coverage).trim_fmt())?;
    print_unseen(found, output)?;
    for (kind, count) in found.counts()? {
        writeln!(output, "{count:>8}  {kind}")?;
    }
    let total = found.problems.len();
    let usable = counted(found.profiles.panel.len(), "sample", "samples");
    writeln!(output, "{total:>8}  problems in all, {usable} usable")
}

/// Alleles that no problem lists, but that rest on a frequency that nobody counted.
fn print_unseen(found: &Findings, output: &mut impl Write) -> io::Result<()> {
    if found.unseen.is_empty() {
        return Ok(());
    }
    writeln!(
        output,
        "Alleles that a frequency table does not list (those that are used get the minimum frequency), with who shows them:"
    )?;
    for entry in &found.unseen {
        let more = entry.samples as usize - entry.sample_ids.len();
        let who = list_first(&entry.sample_ids, more);
        let line = format!("{} {}, not in {}: {who}", entry.locus, entry.allele, entry.tables.join(", "));
        writeln!(output, "  {}", printable(&line))?;
    }
    writeln!(output)
}

fn to_json(found: &Findings) -> io::Result<serde_json::Value> {
    let files = found.profiles.files.iter().map(|file| {
        serde_json::json!({
            "file": file.name,
            "format": file.format,
            "rows": file.rows,
            "samples": file.samples,
            "loci": file.loci.len(),
        })
    });
    let problems = found.problems.iter().map(|problem| {
        let problem = problem?;
        Ok(serde_json::json!({
            "file": &*problem.file,
            "line": (problem.line > 0).then_some(problem.line),
            "column": &*problem.column,
            "sample_id": problem.sample_id,
            "locus": problem.locus.as_ref().map(|locus| locus.as_str()),
            "value": problem.value,
            "kind": problem.reason.kind(),
            "reason": problem.reason.to_string(),
        }))
    });
    let loci = found.coverage.iter().map(|locus| {
        serde_json::json!({
            "locus": locus.locus.as_str(),
            "typed": locus.typed,
            "missing": locus.missing,
            "set_aside": locus.set_aside,
            "alleles": locus.alleles,
            "has_frequencies": locus.has_frequencies,
        })
    });
    Ok(serde_json::json!({
        "files": files.collect::<Vec<_>>(),
        "samples": found.profiles.panel.len(),
        "notes": found.profiles.notes.iter().chain(&found.notes).collect::<Vec<_>>(),
        "unseen_alleles": found.unseen,
        "problems": problems.collect::<io::Result<Vec<_>>>()?,
        "counts": found.counts()?,
        "loci": loci.collect::<Vec<_>>(),
    }))
}

/// One row a locus: how many samples show something there, and where tables are named whether they have the locus.
fn coverage_table(coverage: &[LocusCoverage]) -> Table {
    let mut header = vec!["locus", "typed", "missing", "set aside", "complete", "alleles"];
    if coverage.iter().any(|locus| locus.has_frequencies.is_some()) {
        header.push("frequencies");
    }
    let mut table = plain_table(header);
    for locus in coverage {
        let all = locus.typed + locus.missing + locus.set_aside;
        let mut row = vec![
            printable(locus.locus.as_str()).into_owned(),
            locus.typed.to_string(),
            locus.missing.to_string(),
            locus.set_aside.to_string(),
            format!("{:.1} %", 100.0 * locus.typed as f64 / all.max(1) as f64),
            locus.alleles.to_string(),
        ];
        row.extend(locus.has_frequencies.map(|has| if has { "yes" } else { "no" }.to_owned()));
        table.add_row(row);
    }
    align_right(&mut table, 1..);
    table
}
