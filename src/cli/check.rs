//! `filia check`: reads profiles and reports every problem by file, line and column; changes nothing.

use super::Outcome;
use super::arguments::LongColumns;
use super::format::TableFormat;
use super::other_files::name_other_file;
use super::progress::StageLine;
use crate::progress::{Progress, Stage};
use crate::report::table::{Csv, Exporter};
use crate::report::{counted, printable, rejected_table};
use crate::run::{SAMPLES_AT_ONCE, reject_call};
use crate::statistics::Markers;
use crate::{
    io::{
        frequency_file::load_table,
        problems::{Reason, Rejected},
        profiles::{
            LeftOut, LocusCoverage, ProfileSource, ReadOptions, ReadProfiles, check_frequencies, check_profiles,
            locus_coverage, read_panel_watched,
        },
        rejected_list::RejectedList,
        settings_file::read_settings,
        source::Inputs,
    },
    model::{InUse, UnseenAllele, UnusableCalls, unseen_by_sample},
    population::FrequencyTable,
    profile::{LocusName, Panel, Role, SampleIndex, Sex},
    settings::Settings,
};
use anyhow::bail;
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use std::{
    collections::{BTreeMap, HashSet},
    io::{self, Write},
    ops::Range,
    path::PathBuf,
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
    #[command(flatten)]
    long: LongColumns,
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
    problems: RejectedList,
    coverage: Vec<LocusCoverage>,
    /// The alleles that a table does not list, with who shows them.
    unseen: Vec<UnseenAllele>,
    /// What the frequency tables say of how they were read.
    notes: Vec<String>,
}

/// Runs the check.
///
/// # Errors
/// Files that cannot be used at all; with `--strict`, the first thing that is not used.
pub fn run(arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    let inputs = Inputs::default();
    let settings = arguments.config.as_deref().map(|path| read_settings(path, &inputs)).transpose()?;
    let tables = tables(arguments, settings.as_ref(), &inputs)?;
    let markers = arguments.markers.as_deref().map(|path| Markers::read(path, &inputs)).transpose()?;
    let with_frequencies = loci_with_frequencies(&tables, markers.as_ref());
    let options = ReadOptions {
        id_column: arguments.id_column.clone(),
        marker_column: arguments.long.marker_column.clone(),
        allele_columns: arguments.long.allele_columns.clone(),
        strict: arguments.strict,
        drop_out: settings.as_ref().map(|settings| settings.observation.drop_out).unwrap_or_default(),
        extra_loci: with_frequencies.clone().unwrap_or_default(),
        inputs,
        spill: None,
    };
    let line = StageLine::new(true);
    let read = read_panel_watched(&sources(arguments), &options, &line);
    let mut profiles = read.map_err(|error| match name_other_file(&error, &arguments.files) {
        Some(what) => anyhow::anyhow!("{what}"),
        None => error.into(),
    })?;
    line.begin(Stage::uncounted("looking for contradictions"));
    let left_out = left_out_by_role(arguments, &profiles);
    profiles.list_left_out(&left_out)?;
    let in_use = InUse {
        markers: markers.as_ref().map(|markers| markers.loci.as_slice()),
        tables: &tables,
        rare: settings.unwrap_or_default().population.rare_allele_policy().frequency_of_unseen(None),
        accepts_implausible: false,
    };
    list_unusable_calls(&mut profiles, &in_use, arguments.strict)?;
    let named = markers.as_ref().map(Markers::named_loci);
    let unseen = unseen_by_sample(&profiles.panel, &tables, named)?;
    let coverage = locus_coverage(&profiles.panel, with_frequencies.as_deref());
    let mut problems = std::mem::take(&mut profiles.rejected);
    check_profiles(&profiles, &mut problems)?;
    profiles.list_into(&mut problems, check_frequencies(&profiles, &coverage))?;
    line.finish();
    let notes = tables.iter().flat_map(|table| table.notes.clone()).collect();
    let findings = Findings { profiles, problems, coverage, unseen, notes };
    let mut output = io::stdout();
    match arguments.format {
        TableFormat::Text => findings.print_text(&mut output)?,
        TableFormat::Json => writeln!(output, "{:#}", findings.to_json()?)?,
        TableFormat::Csv => Csv.export(&rejected_table(&findings.problems), &mut output)?,
    }
    Ok(if findings.problems.is_empty() { Outcome::Done } else { Outcome::Found })
}

/// The tables that the flags name, else the settings file; none where a marker file stands in their place.
fn tables(
    arguments: &CheckArguments,
    settings: Option<&Settings>,
    inputs: &Inputs,
) -> anyhow::Result<Vec<FrequencyTable>> {
    let of_settings = settings.map_or(&[][..], |settings| &settings.population.tables);
    let names = match (&arguments.markers, arguments.frequencies.is_empty()) {
        (Some(_), _) => &[],
        (None, true) => of_settings,
        (None, false) => &arguments.frequencies,
    };
    names.iter().map(|name| Ok(load_table(name, inputs)?)).collect()
}

/// The loci of the marker file, or those that every table has; `None` where neither is named.
fn loci_with_frequencies(tables: &[FrequencyTable], markers: Option<&Markers>) -> Option<Vec<LocusName>> {
    if let Some(markers) = markers {
        return Some(markers.locus_names().collect());
    }
    let (first, others) = tables.split_first()?;
    let loci = first.loci.iter().map(|entry| entry.locus.clone());
    Some(loci.filter(|locus| others.iter().all(|table| table.locus(locus).is_some())).collect())
}

/// Lists the calls with alleles that cannot be meant or used. (Men with two X alleles are told elsewhere.)
fn list_unusable_calls(profiles: &mut ReadProfiles, in_use: &InUse<'_>, strict: bool) -> anyhow::Result<()> {
    let unusable = UnusableCalls::find(&profiles.panel, in_use);
    let samples: Vec<u32> = profiles.panel.indices().map(|sample| sample.0).collect();
    for samples in samples.chunks(SAMPLES_AT_ONCE) {
        let calls = unusable.of_samples(&profiles.panel, samples, &Panel::sex)?;
        let of_alleles = calls.into_iter().filter(|call| call.reason != Reason::TwoXAlleles);
        let entries: Vec<Rejected> = of_alleles.map(|call| reject_call(profiles, call)).collect();
        if let (Some(first), true) = (entries.first(), strict) {
            bail!("{first} (--strict)");
        }
        profiles.list_rejected(entries)?;
    }
    Ok(())
}

/// The samples that `match` would leave out because of their role.
fn left_out_by_role(arguments: &CheckArguments, profiles: &ReadProfiles) -> Vec<LeftOut> {
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
    fn counts(&self) -> io::Result<BTreeMap<&'static str, usize>> {
        let mut counts = BTreeMap::new();
        for problem in self.problems.iter() {
            *counts.entry(problem?.reason.kind()).or_default() += 1;
        }
        Ok(counts)
    }

    fn print_text(&self, output: &mut impl Write) -> io::Result<()> {
        for file in &self.profiles.files {
            let rows = counted(file.rows as usize, "row", "rows");
            let samples = counted(file.samples, "sample", "samples");
            let loci = counted(file.loci.len(), "locus", "loci");
            writeln!(output, "{}: {rows}, {samples}, {loci}; {}", printable(&file.name), printable(&file.format))?;
        }
        for note in self.profiles.notes.iter().chain(&self.notes) {
            writeln!(output, "note: {}", printable(note))?;
        }
        if !self.problems.is_empty() {
            writeln!(output)?;
        }
        for problem in self.problems.iter() {
            writeln!(output, "{}", printable(&problem?.to_string()))?;
        }
        writeln!(output, "\n{}\n", coverage_table(&self.coverage).trim_fmt())?;
        self.print_unseen(output)?;
        for (kind, count) in self.counts()? {
            writeln!(output, "{count:>8}  {kind}")?;
        }
        let total = self.problems.len();
        let usable = counted(self.profiles.panel.len(), "sample", "samples");
        writeln!(output, "{total:>8}  problems in all, {usable} usable")
    }

    /// Alleles that no problem lists, but that rest on a frequency that nobody counted.
    fn print_unseen(&self, output: &mut impl Write) -> io::Result<()> {
        if self.unseen.is_empty() {
            return Ok(());
        }
        writeln!(
            output,
            "Alleles that a frequency table does not list (those that are used get the minimum frequency), with who shows them:"
        )?;
        for entry in &self.unseen {
            let more = entry.samples - entry.sample_ids.len() as u64;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let who = entry.sample_ids.join(", ");
            let line = format!("{} {}, not in {}: {who}{more}", entry.locus, entry.allele, entry.tables.join(", "));
            writeln!(output, "  {}", printable(&line))?;
        }
        writeln!(output)
    }

    fn to_json(&self) -> io::Result<serde_json::Value> {
        let files = self.profiles.files.iter().map(|file| {
            serde_json::json!({
                "file": file.name,
                "format": file.format,
                "rows": file.rows,
                "samples": file.samples,
                "loci": file.loci.len(),
            })
        });
        let problems = self.problems.iter().map(|problem| {
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
        Ok(serde_json::json!({
            "files": files.collect::<Vec<_>>(),
            "samples": self.profiles.panel.len(),
            "notes": self.profiles.notes.iter().chain(&self.notes).collect::<Vec<_>>(),
            "unseen_alleles": self.unseen,
            "problems": problems.collect::<io::Result<Vec<_>>>()?,
            "counts": self.counts()?,
            "loci": loci.collect::<Vec<_>>(),
        }))
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
