//! `filia match`: children × candidates → ranked candidate parents.

use super::Outcome;
use super::arguments::{ReadArguments, RunArguments, SearchArguments, StatisticsArguments};
use super::progress::{PairsBar, listen_for_interrupts};
use crate::io::{ProfileSource, ReadOptions, ReadProfiles, RunFolder, read_panel};
use crate::matching::{Case, Found, Roster, search};
use crate::model::CaseModels;
use crate::population::FrequencyTable;
use crate::profile::{LocusName, Role, SampleIndex};
use crate::report::{Manifest, Timings, write_couples, write_direct_matches, write_matches, write_rejected};
use crate::settings::Settings;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Whose profiles are compared, and how.
#[derive(Args, Debug)]
pub struct MatchInput {
    /// Profiles of the children (several files: repeat the option)
    #[arg(long, value_name = "F.csv", required = true)]
    pub children: Vec<PathBuf>,
    /// Profiles of the candidates: corpses, detainees, anyone who may be a parent
    #[arg(long, value_name = "F.csv", required = true)]
    pub candidates: Vec<PathBuf>,
    /// Children are candidates too: a young parent can be on the children's list
    #[arg(long)]
    pub candidates_include_children: bool,
    #[command(flatten)]
    pub statistics: StatisticsArguments,
    #[command(flatten)]
    pub search: SearchArguments,
    #[command(flatten)]
    pub read: ReadArguments,
}

/// Ranks the candidate parents of each child
#[derive(Args, Debug)]
pub struct MatchArguments {
    #[command(flatten)]
    pub input: MatchInput,
    #[command(flatten)]
    pub run: RunArguments,
}

/// A case read and modelled, ready to be searched.
pub struct Prepared {
    /// The settings in full.
    pub settings: Settings,
    /// The profiles.
    pub profiles: ReadProfiles,
    /// The models.
    pub models: CaseModels,
    /// Who is a child and who a candidate.
    pub roster: Roster,
    /// Time to read the profiles.
    pub read_time: Duration,
    /// Time to make the models.
    pub plan_time: Duration,
}

/// Runs the command.
pub fn run(arguments: &MatchArguments) -> Result<Outcome> {
    arguments.run.use_threads()?;
    listen_for_interrupts();
    let (prepared, found) = execute(arguments)?;
    eprint!("{}", summary(&prepared, &found, &arguments.run.out));
    Ok(Outcome::Done)
}

/// Reads, searches and writes; what was read and found is returned for whoever prints it.
pub fn execute(arguments: &MatchArguments) -> Result<(Prepared, Found)> {
    let folder = RunFolder::create(&arguments.run.out, arguments.run.force)?;
    let prepared = prepare(&arguments.input)?;
    let case = Case::new(&prepared.profiles.panel, &prepared.models, &prepared.settings);
    let pairs = prepared.roster.children.len() as u64 * prepared.roster.candidates.len() as u64;
    let bar = PairsBar::new(pairs, !arguments.run.no_progress);
    let found = search(&case, &prepared.roster, &bar);
    bar.finish();
    let found = found?;
    write(folder, arguments, &prepared, &case, &found)?;
    drop(case);
    Ok((prepared, found))
}

/// Reads the profiles and makes the models.
pub fn prepare(input: &MatchInput) -> Result<Prepared> {
    let started = Instant::now();
    let mut settings = input.statistics.settings()?;
    input.search.apply(&mut settings)?;
    let tables = input.statistics.tables(&settings)?;
    let options = input.read.options(&input.statistics, &settings, &tables)?;
    let (sources, children_files) = sources(input);
    let profiles = read_panel(&sources, &options)?;
    let read_time = started.elapsed();
    let started = Instant::now();
    let models = input.statistics.models(&profiles.panel, &tables, &settings)?;
    let from = |sample: SampleIndex, files: std::ops::Range<usize>| profiles.is_from(sample, files);
    let roster = Roster::new(
        &profiles.panel,
        |sample| from(sample, 0..children_files),
        |sample| from(sample, children_files..sources.len()),
        input.candidates_include_children,
    )?;
    Ok(Prepared { settings, models, roster, profiles, read_time, plan_time: started.elapsed() })
}
