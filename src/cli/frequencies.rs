//! `filia frequencies`: allele frequency tables: which are bundled, what is in one, estimates, other layouts.
//!
//! Tables go to standard output as CSV, notes to standard error.

use super::Outcome;
use super::arguments::ColumnArguments;
use super::progress::StageLine;
use super::terminal::tell;
use super::values::{LAYOUTS, one_of};
use crate::{
    io::{
        frequency_file::{Layout, load_table, write_table},
        profiles::{ProfileSource, ReadOptions, read_panel_watched},
        safe_csv::SafeCsvWriter,
        source::Inputs,
    },
    population::{FrequencyTable, LocusFrequencies, PopulationEstimate, bundled::BUNDLED_TABLES, estimate},
    profile::LocusName,
};
use anyhow::bail;
use clap::{Args, Subcommand};
use std::{io, path::PathBuf};

/// Allele frequency tables: list, show, estimate from profiles, convert
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the bundled tables
    List,
    /// Print a table (long layout)
    Show {
        /// A bundled name, a file, or FILE:POPULATION
        #[arg(value_name = "NAME|FILE")]
        table: String,
        /// Only this locus (may be given several times)
        #[arg(long, value_name = "LOCUS")]
        locus: Vec<String>,
    },
    /// Count allele frequencies in profiles; every profile counts, so leave relatives out
    Estimate {
        /// Profile files
        #[arg(value_name = "PROFILES.csv", required = true)]
        profiles: Vec<PathBuf>,
        /// Apart for each value of the column `population` (long layout only)
        #[arg(long)]
        by_population: bool,
        /// Layout of the output
        #[arg(long, value_parser = one_of(LAYOUTS), default_value = "long")]
        layout: Layout,
        #[command(flatten)]
        columns: ColumnArguments,
    },
    /// Print a table in another layout
    Convert {
        /// A bundled name, a file, or FILE:POPULATION
        #[arg(value_name = "NAME|FILE")]
        table: String,
        /// The layout wanted
        #[arg(long, value_parser = one_of(LAYOUTS))]
        to: Layout,
    },
}

/// Runs the command.
///
/// # Errors
/// A table or profile file that cannot be used; a locus that a table does not have.
pub fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.action {
        Action::List => list()?,
        Action::Show { table, locus } => show(table, locus)?,
        Action::Estimate { profiles, by_population, layout, columns } => {
            estimate_from(profiles, &columns.reading().options_alone(), *by_population, *layout)?;
        }
        Action::Convert { table, to } => print_tables(&[(None, load_noted(table)?)], *to)?,
    }
    Ok(Outcome::Done)
}

fn list() -> anyhow::Result<()> {
    let mut writer = SafeCsvWriter::new(io::stdout().lock());
    writer.write_row(["name", "population", "people", "loci", "source"])?;
    for bundled in BUNDLED_TABLES {
        let loci = load_table(bundled.name, &Inputs::default())?.loci.len().to_string();
        writer.write_row([bundled.name, bundled.population, &bundled.people.to_string(), &loci, bundled.source])?;
    }
    drop(writer.finish()?);
    Ok(())
}

fn show(name: &str, wanted: &[String]) -> anyhow::Result<()> {
    let mut table = load_noted(name)?;
    let wanted: Vec<LocusName> = wanted.iter().map(|spelling| LocusName::new(spelling)).collect();
    if let Some(missing) = wanted.iter().find(|&locus| table.locus(locus).is_none()) {
        let known: Vec<_> = table.loci.iter().map(|entry| entry.locus.as_str()).collect();
        bail!("{name} has no locus {missing}; it has {}", known.join(", "));
    }
    let is_wanted = |entry: &&LocusFrequencies| wanted.is_empty() || wanted.contains(&entry.locus);
    table.loci = table.loci.iter().filter(is_wanted).cloned().collect();
    print_tables(&[(None, table)], Layout::Long)
}

fn estimate_from(files: &[PathBuf], options: &ReadOptions, by_population: bool, layout: Layout) -> anyhow::Result<()> {
    if by_population && layout == Layout::Wide {
        bail!("--by-population needs --layout long: the wide layout holds one population");
    }
    let sources: Vec<_> = files.iter().map(|path| ProfileSource { path: path.clone(), default_role: None }).collect();
    let line = StageLine::new(true);
    let profiles = read_panel_watched(&sources, options, &line)?;
    line.finish();
    for note in &profiles.notes {
        tell(format!("note: {note}"));
    }
    if !profiles.rejected.is_empty() {
        tell(format!("note: {} cells or rows were not used (`filia check` lists them)", profiles.rejected.len()));
    }
    let estimates = estimate(&profiles.panel, by_population);
    estimates.iter().for_each(note_estimate);
    let tables: Vec<_> = estimates
        .iter()
        .map(|counted| {
            let population = by_population.then(|| counted.population.clone().unwrap_or_default());
            (population, counted.table("estimate"))
        })
        .collect();
    if tables.iter().all(|(_, table)| table.loci.is_empty()) {
        bail!("no locus with a call in {} profiles: nothing to count", profiles.panel.len());
    }
    print_tables(&tables, layout)
}

/// What a look at the estimate should show: people and heterozygosity at each locus.
fn note_estimate(counted: &PopulationEstimate) {
    let population = counted.population.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
    for locus in &counted.loci {
        if locus.not_counted > 0 {
            tell(format!(
                "note: {population}{}: not counted: {} of unknown sex, or men with two alleles (the X chromosome: men have one)",
                locus.locus, locus.not_counted
            ));
        }
        if locus.people == 0 {
            continue;
        }
        let (people, alleles) = (locus.people, locus.counts.len());
        let observed = locus.observed_heterozygosity().map_or("not".to_owned(), |share| format!("{share:.4}"));
        let expected = locus.frequencies().expected_heterozygosity();
        tell(format!(
            "note: {population}{}: {people} people, {alleles} alleles, heterozygosity {observed} observed, \
             {expected:.4} expected",
            locus.locus
        ));
    }
}

/// The table, once its notes are on standard error.
fn load_noted(name: &str) -> anyhow::Result<FrequencyTable> {
    let table = load_table(name, &Inputs::default())?;
    for note in &table.notes {
        tell(format!("note: {note}"));
    }
    Ok(table)
}

fn print_tables(tables: &[(Option<String>, FrequencyTable)], layout: Layout) -> anyhow::Result<()> {
    write_table(tables, layout, io::stdout().lock())?;
    Ok(())
}
