//! `filia check`: reads profiles and reports every problem by file, line and column; changes nothing.

use super::format::TableFormat;
use super::progress::StageLine;
use super::{Outcome, counted};
use crate::progress::{Progress, Stage};
use crate::report::printable;
use crate::{
    io::{
        frequency_file::load_table,
        marker_file::read_marker_file,
        problems::{Rejected, write_rejected},
        profiles::{
            LocusCoverage, ProfileSource, ReadOptions, ReadProfiles, check_frequencies, check_profiles, locus_coverage,
            read_panel_watched,
        },
        settings_file::read_settings,
        source::Inputs,
    },
    profile::{LocusName, Role, SampleIndex, Sex},
    settings::Settings,
};
use anyhow::Context;
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    io::{self, Write},
    ops::Range,
    path::{Path, PathBuf},
};

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
    /// Header of the id column, where it is none of the usual ones
    #[arg(long, value_name = "HEADER")]
    id_column: Option<String>,
    /// Stop at the first cell or row that cannot be used (exit code 2)
    #[arg(long)]
    strict: bool,
    /// How the findings are printed
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
}

/// Everything that a check found.
struct Findings {
    profiles: ReadProfiles,
    problems: Vec<Rejected>,
    coverage: Vec<LocusCoverage>,
}

/// Runs the check.
///
/// # Errors
/// Files that cannot be used at all; with `--strict`, the first thing that is not used.
pub fn run(arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    let inputs = Inputs::default();
    let settings = arguments.config.as_deref().map(|path| read_settings(path, &inputs)).transpose()?;
    let with_frequencies = match &arguments.markers {
        Some(path) => Some(loci_of_markers(path, &inputs)?),
        None => loci_with_frequencies(&arguments.frequencies, settings.as_ref(), &inputs)?,
    };
    let options = ReadOptions {
        id_column: arguments.id_column.clone(),
        strict: arguments.strict,
        drop_out: settings.map(|settings| settings.observation.drop_out).unwrap_or_default(),
        extra_loci: with_frequencies.clone().unwrap_or_default(),
        inputs,
        spill: None,
    };
    let line = StageLine::new(true);
    let mut profiles = read_panel_watched(&sources(arguments), &options, &line)?;
    line.begin(Stage::uncounted("looking for contradictions"));
    let left_out = left_out_by_role(arguments, &profiles);
    profiles.list_rejected(left_out)?;
    let mut problems = profiles.rejected.to_vec()?;
    problems.extend(check_profiles(&profiles));
    let coverage = locus_coverage(&profiles.panel, with_frequencies.as_deref());
    problems.extend(check_frequencies(&profiles, &coverage));
    line.finish();
    let findings = Findings { profiles, problems, coverage };
    let mut output = io::stdout().lock();
    match arguments.format {
        TableFormat::Text => findings.print_text(&mut output)?,
        TableFormat::Json => writeln!(output, "{:#}", findings.to_json())?,
        TableFormat::Csv => {
            write_rejected(findings.problems.iter().map(|problem| Ok(Cow::Borrowed(problem))), &mut output)?
        }
    }
    Ok(if findings.problems.is_empty() { Outcome::Done } else { Outcome::Found })
}

fn loci_of_markers(path: &Path, inputs: &Inputs) -> anyhow::Result<Vec<LocusName>> {
    let markers = read_marker_file(path, inputs).with_context(|| path.display().to_string())?;
    Ok(markers.iter().map(|marker| LocusName::new(&marker.name)).collect())
}

/// The loci that every table has; `None` where no table is named.
fn loci_with_frequencies(
    tables: &[String],
    settings: Option<&Settings>,
    inputs: &Inputs,
) -> anyhow::Result<Option<Vec<LocusName>>> {
    let of_settings = settings.map_or(&[][..], |settings| &settings.population.tables);
    let names = if tables.is_empty() { of_settings } else { tables };
    let mut shared: Option<Vec<LocusName>> = None;
    for name in names {
        let table = load_table(name, inputs)?;
        let loci = table.loci.into_iter().map(|entry| entry.locus);
        shared = Some(match shared {
            None => loci.collect(),
            Some(before) => loci.filter(|locus| before.contains(locus)).collect(),
        });
    }
    Ok(shared)
}

/// The samples that `match` would leave out because of their role.
fn left_out_by_role(arguments: &CheckArguments, profiles: &ReadProfiles) -> Vec<Rejected> {
    let (files, children) = (arguments.files.len(), arguments.files.len() + arguments.children.len());
    let candidates = children + arguments.candidates.len();
    let from = |sample, positions: Range<usize>| profiles.came_from_any(sample, &positions);
    let panel = &profiles.panel;
    let named = |sample| [Sex::Female, Sex::Male].map(|which| panel.stated_parent(sample, which)?.ok());
    let parents: HashSet<SampleIndex> = panel.indices().flat_map(named).flatten().collect();
    profiles.left_out_by_role(
        |sample| from(sample, files..children),
        |sample| from(sample, children..candidates),
        |sample| parents.contains(&sample),
    )
}

fn sources(arguments: &CheckArguments) -> Vec<ProfileSource> {
    let options = [
        (&arguments.files, None),
        (&arguments.children, Some(Role::Child)),
        (&arguments.candidates, None),
        (&arguments.relatives, Some(Role::Relative)),
        (&arguments.remains, Some(Role::Corpse)),
    ];
    let named = options.iter().flat_map(|&(paths, default_role)| paths.iter().map(move |path| (path, default_role)));
    named.map(|(path, default_role)| ProfileSource { path: path.clone(), default_role }).collect()
}

impl Findings {
    fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for problem in &self.problems {
            *counts.entry(problem.reason.kind()).or_default() += 1;
        }
        counts
    }

    fn print_text(&self, output: &mut impl Write) -> io::Result<()> {
        for file in &self.profiles.files {
            let rows = counted(file.rows as usize, "row", "rows");
            let samples = counted(file.samples, "sample", "samples");
            let loci = counted(file.loci.len(), "locus", "loci");
            writeln!(output, "{}: {rows}, {samples}, {loci}", printable(&file.name))?;
        }
        for note in &self.profiles.notes {
            writeln!(output, "note: {}", printable(note))?;
        }
        if !self.problems.is_empty() {
            writeln!(output)?;
        }
        for problem in &self.problems {
            writeln!(output, "{}", printable(&problem.to_string()))?;
        }
        writeln!(output, "\n{}\n", coverage_table(&self.coverage).trim_fmt())?;
        for (kind, count) in self.counts() {
            writeln!(output, "{count:>8}  {kind}")?;
        }
        let total = self.problems.len();
        let usable = counted(self.profiles.panel.len(), "sample", "samples");
        writeln!(output, "{total:>8}  problems in all, {usable} usable")
    }

    fn to_json(&self) -> serde_json::Value {
        let files = self.profiles.files.iter().map(|file| {
            serde_json::json!({ "file": file.name, "rows": file.rows, "samples": file.samples, "loci": file.loci.len() })
        });
        let problems = self.problems.iter().map(|problem| {
            serde_json::json!({
                "file": &*problem.file,
                "line": (problem.line > 0).then_some(problem.line),
                "column": &*problem.column,
                "sample_id": problem.sample_id,
                "locus": problem.locus.as_ref().map(|locus| locus.as_str()),
                "value": problem.value,
                "kind": problem.reason.kind(),
                "reason": problem.reason.to_string(),
            })
        });
        let loci = self.coverage.iter().map(|locus| {
            serde_json::json!({
                "locus": locus.locus.as_str(),
                "typed": locus.typed,
                "missing": locus.missing,
                "set_aside": locus.set_aside,
                "alleles": locus.alleles,
                "has_frequencies": locus.has_frequencies,
            })
        });
        serde_json::json!({
            "files": files.collect::<Vec<_>>(),
            "samples": self.profiles.panel.len(),
            "notes": self.profiles.notes,
            "problems": problems.collect::<Vec<_>>(),
            "counts": self.counts(),
            "loci": loci.collect::<Vec<_>>(),
        })
    }
}

/// One row a locus: how many samples show something there, and where tables are named whether they have the locus.
fn coverage_table(coverage: &[LocusCoverage]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    let mut header = vec!["locus", "typed", "missing", "set aside", "complete", "alleles"];
    if coverage.iter().any(|locus| locus.has_frequencies.is_some()) {
        header.push("frequencies");
    }
    table.set_header(header);
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
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
