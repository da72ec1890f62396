//! `filia match`: children × candidates → ranked candidate parents.

use super::arguments::{Accepted, ReadArguments, RunArguments, SearchArguments, StatisticsArguments, parse_size};
use super::linkage::independence_note;
use super::progress::StageLine;
use super::terminal::tell;
use super::{Outcome, counted};
use crate::io::problems::{Reason, write_rejected};
use crate::io::profiles::{LeftOut, ProfileSource, ReadOptions, ReadProfiles, read_panel_watched};
use crate::io::run_folder::RunFolder;
use crate::io::source::Inputs;
use crate::matching::{Case, Found, MemoryNeeds, Roster, RosterError, UnusedParent, search};
use crate::model::{CaseModels, UnseenAllele};
use crate::population::FrequencyTable;
use crate::profile::{Panel, Role, SampleIndex, SpillTo};
use crate::progress::{Progress, Stage};
use crate::report::manifest::{InputFile, Manifest, Timings, UNSEEN_ALLELES};
use crate::report::{write_couples, write_direct_matches, write_matches, write_status};
use crate::settings::Settings;
use anyhow::{Result, anyhow, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
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
    /// Use alleles that their locus cannot have by what was published of it (99; 12.7 in repeats of four bases)
    #[arg(long)]
    pub accept_implausible: bool,
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
    /// Memory that the run may use, as 2GiB or 800MB; candidates beyond it are kept on the disk beside DIR [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_memory: Option<u64>,
    #[command(flatten)]
    pub run: RunArguments,
}

/// A case read and modelled, ready to be searched.
pub struct Prepared {
    /// The settings in full.
    pub settings: Settings,
    /// The frequency tables.
    pub tables: Vec<FrequencyTable>,
    /// What was read.
    pub inputs: Inputs,
    /// The profiles.
    pub profiles: ReadProfiles,
    /// The models.
    pub models: CaseModels,
    /// The alleles that a table does not list, with who shows them.
    pub unseen: Vec<UnseenAllele>,
    /// Who is a child and who a candidate.
    pub roster: Roster,
    /// Time to read the profiles.
    pub read_time: Duration,
    /// Time to make the models.
    pub plan_time: Duration,
}

impl Prepared {
    /// What every step of the search needs.
    pub fn case(&self) -> Case<'_> {
        Case::new(&self.profiles.panel, &self.models, &self.settings)
    }
}

/// The manifest's section on how the profiles were read.
pub const READING: &str = "reading";

/// How the profiles were read, where the settings and the files do not say it.
#[derive(Serialize, Deserialize)]
pub struct Reading {
    /// Whether children are candidates too.
    pub candidates_include_children: bool,
    /// The column of the sample ids, where it was given.
    pub id_column: Option<String>,
    /// The marker column of long tables, where it was given.
    #[serde(default)]
    pub marker_column: Option<String>,
    /// The allele columns of long tables, where they were given.
    #[serde(default)]
    pub allele_columns: Vec<String>,
    /// Whether the first cell that cannot be used stops the run.
    pub strict: bool,
    /// Whether alleles that cannot be meant are used.
    #[serde(default)]
    pub accept_implausible: bool,
}

impl Reading {
    fn of(input: &MatchInput) -> Self {
        Self {
            candidates_include_children: input.candidates_include_children,
            id_column: input.read.id_column.clone(),
            marker_column: input.read.long.marker_column.clone(),
            allele_columns: input.read.long.allele_columns.clone(),
            strict: input.read.strict,
            accept_implausible: input.accept_implausible,
        }
    }
}

impl MatchInput {
    /// Every file that was read, as it was read, for the manifest.
    pub fn input_files(&self, prepared: &Prepared) -> Vec<InputFile> {
        let mut files = self.statistics.input_files(&prepared.settings, &prepared.inputs);
        files.extend(self.profile_files(&prepared.inputs));
        files
    }

    /// The profile files of them.
    pub fn profile_files(&self, inputs: &Inputs) -> Vec<InputFile> {
        let profiles = [("children", &self.children), ("candidates", &self.candidates)];
        let named = profiles.into_iter().flat_map(|(role, paths)| paths.iter().map(move |path| (role, path.as_path())));
        InputFile::of_read(named, inputs)
    }
}

/// Runs the command.
pub fn run(arguments: &MatchArguments) -> Result<Outcome> {
    arguments.run.use_threads()?;
    let (prepared, found) = execute(arguments)?;
    summary(&prepared, &found, &arguments.run.out).iter().for_each(tell);
    Ok(Outcome::Done)
}

/// Reads, searches and writes; what was read and found is returned for whoever prints it.
pub fn execute(arguments: &MatchArguments) -> Result<(Prepared, Found)> {
    let input = &arguments.input;
    let inputs = input.children.iter().chain(&input.candidates).cloned().chain(input.statistics.paths());
    let folder = arguments.run.create_folder(inputs.collect())?;
    let spill = arguments
        .max_memory
        .map(|limit| SpillTo { folder: folder.scratch().to_owned(), after_bytes: (limit / SHARE_FOR_CODES) as usize });
    let line = StageLine::new(!arguments.run.no_progress);
    let prepared = prepare(&arguments.input, spill, &line)?;
    let mut case = prepared.case();
    if let Some(limit) = arguments.max_memory {
        let beside = prepared.profiles.origins.bytes() + prepared.profiles.rejected.bytes();
        let needs = MemoryNeeds::of(&case, &prepared.roster, beside);
        case.at_once = needs.within(limit)?;
    }
    let found = search(&case, &prepared.roster, &line)?;
    drop(case);
    write(folder, arguments, &prepared, &found, &line)?;
    Ok((prepared, found))
}

/// With a limit of memory, codes stay in memory up to this fraction of it.
const SHARE_FOR_CODES: u64 = 128;

/// Reads the profiles and makes the models; codes go where `spill` says if they are too many.
pub fn prepare(input: &MatchInput, spill: Option<SpillTo>, progress: &dyn Progress) -> Result<Prepared> {
    let inputs = Inputs::default();
    let mut settings = input.statistics.settings(&inputs)?;
    input.search.apply(&mut settings)?;
    let notes = input.statistics.note_without_effect("match", &settings, &inputs)?;
    let mut prepared = prepare_with(settings, inputs, input, spill, progress)?;
    prepared.models.notes.extend(notes);
    Ok(prepared)
}

/// The same with these settings, whatever the input's own flags and settings file say.
pub fn prepare_with(
    settings: Settings,
    inputs: Inputs,
    input: &MatchInput,
    spill: Option<SpillTo>,
    progress: &dyn Progress,
) -> Result<Prepared> {
    let started = Instant::now();
    let tables = input.statistics.tables(&settings, &inputs)?;
    let markers = input.statistics.read_markers(&inputs)?;
    let options = ReadOptions { spill, ..input.read.options(&settings, &tables, markers.as_ref(), &inputs) };
    let sources = sources(input);
    let mut profiles = read_panel_watched(&sources, &options, progress)?;
    progress.begin(Stage::uncounted("making the models"));
    let (statistics, markers) = (&input.statistics, markers.as_ref());
    let accepted = Accepted { implausible: input.accept_implausible, strict: input.read.strict };
    let in_use = (tables.as_slice(), markers);
    statistics.take_out_unusable_calls(&mut profiles, in_use, &settings, accepted, &Panel::sex)?;
    let read_time = started.elapsed();
    let started = Instant::now();
    let mut models = statistics.models(&profiles.panel, &tables, markers, &settings, &inputs)?;
    let unseen = statistics.unseen_alleles(&profiles.panel, in_use, &mut models)?;
    let note = independence_note(&profiles.panel, &models, &settings, &inputs)?;
    models.notes.extend(note);
    let from = |sample, positions: Range<usize>| profiles.came_from_any(sample, &positions);
    let in_children = |sample| from(sample, 0..input.children.len());
    let in_candidates = |sample| from(sample, input.children.len()..sources.len());
    let mut roster = Roster::new(&profiles.panel, in_children, in_candidates, input.candidates_include_children)
        .map_err(|error| with_cause(error, &profiles, input.children.len()..sources.len()))?;
    let takes_part = roster.takes_part(&profiles.panel);
    let left_out = profiles.left_out_by_role(in_children, in_candidates, |sample| takes_part[sample.0 as usize]);
    roster.notes.extend(note_left_out(&left_out));
    if !input.candidates_include_children {
        roster.notes.extend(note_in_both_lists(&profiles, in_children, in_candidates));
    }
    roster.notes.extend(profiles.notes_on_use(&settings.observation.drop_out));
    profiles.list_left_out(&left_out)?;
    list_unused_parents(&mut profiles, &roster.unused_parents, input.read.strict)?;
    Ok(Prepared { settings, tables, inputs, models, unseen, roster, profiles, read_time, plan_time: started.elapsed() })
}

/// Why there is no child, or no candidate (these sources), with what became of their rows.
fn with_cause(error: RosterError, profiles: &ReadProfiles, candidates: Range<usize>) -> anyhow::Error {
    let sources = match error {
        RosterError::NoChild => 0..candidates.start,
        RosterError::NoCandidate => candidates,
    };
    match profiles.why_nobody(&sources) {
        Some(cause) => anyhow!("{error}; {cause}"),
        None => error.into(),
    }
}

/// A sentence on those who are in both lists with one profile: one sample has one role.
fn note_in_both_lists(
    profiles: &ReadProfiles,
    in_children: impl Fn(SampleIndex) -> bool,
    in_candidates: impl Fn(SampleIndex) -> bool,
) -> Option<String> {
    let panel = &profiles.panel;
    let is_child = |sample: &SampleIndex| {
        let in_both = in_children(*sample) && in_candidates(*sample);
        in_both && profiles.origins.is_in_several_files(*sample) && panel.role(*sample) == Some(Role::Child)
    };
    let count = panel.indices().filter(is_child).count();
    let first = panel.indices().find(is_child)?;
    Some(format!(
        "{} in both lists with the same profile ({}{}): one person, a child; --candidates-include-children makes children \
         candidates too",
        counted(count, "id stands", "ids stand"),
        panel.id(first),
        if count > 1 { ", …" } else { "" }
    ))
}

/// Lists the parents that children name and that are not used.
///
/// # Errors
/// Where nothing may be left out: a statement that cannot be meant. (A parent who is not typed is no fault of the input.)
fn list_unused_parents(profiles: &mut ReadProfiles, unused: &[UnusedParent], strict: bool) -> Result<()> {
    let listed = unused.iter().map(|unused| {
        let reason = Reason::of_parent(unused.word(), unused.fault.clone());
        profiles.reject(unused.child, &format!("{}_id", unused.word()), unused.named.clone(), reason)
    });
    let listed: Vec<_> = listed.collect();
    let first = listed.iter().find(|entry| !matches!(entry.reason, Reason::ParentNotFound(_)));
    if let (Some(first), true) = (first, strict) {
        bail!("{first} (--strict)");
    }
    Ok(profiles.list_rejected(listed)?)
}

/// A sentence on the samples that nobody looks at because of their role.
fn note_left_out(left_out: &[LeftOut]) -> Option<String> {
    let children = left_out.iter().filter(|entry| entry.role == Role::Child).count();
    let others = left_out.len() - children;
    let counts = [
        (children, "child among the candidates", "children among the candidates"),
        (others, "other sample among the children", "other samples among the children"),
    ];
    let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
    let counts = counts.map(|(count, one, many)| counted(count, one, many)).collect::<Vec<_>>().join(", ");
    (!counts.is_empty()).then(|| format!("not used because of their role: {counts} (see rejected.csv)"))
}

/// The files to read: the children's first, then the candidates'.
fn sources(input: &MatchInput) -> Vec<ProfileSource> {
    let source = |path: &PathBuf, default_role| ProfileSource { path: path.clone(), default_role };
    let children = input.children.iter().map(|path| source(path, Some(Role::Child)));
    children.chain(input.candidates.iter().map(|path| source(path, None))).collect()
}

fn write(
    folder: RunFolder,
    arguments: &MatchArguments,
    prepared: &Prepared,
    found: &Found,
    progress: &dyn Progress,
) -> Result<()> {
    let started = Instant::now();
    progress.begin(Stage::uncounted("writing the tables"));
    write_tables(&folder, prepared, found)?;
    let mut manifest = manifest(arguments, prepared, found)?;
    manifest.timings.write_seconds = started.elapsed().as_secs_f64();
    manifest.write(folder.create_file("manifest.json")?)?;
    folder.commit()?;
    Ok(())
}

fn write_tables(folder: &RunFolder, prepared: &Prepared, found: &Found) -> Result<()> {
    let case = prepared.case();
    write_matches(folder.create_file("matches.csv")?, &case, &found.parents.candidacies)?;
    write_couples(folder.create_file("couples.csv")?, &case, &found.couples)?;
    write_status(folder.create_file("status.csv")?, &case, &found.status)?;
    write_direct_matches(folder.create_file("direct_matches.csv")?, &case, &found.direct)?;
    write_rejected(prepared.profiles.rejected.iter(), folder.create_file("rejected.csv")?)?;
    Ok(())
}

fn manifest(arguments: &MatchArguments, prepared: &Prepared, found: &Found) -> Result<Manifest> {
    let input = &arguments.input;
    let mut manifest = Manifest::new("match", prepared.settings.clone());
    manifest.inputs = input.input_files(prepared);
    manifest.sections.insert(READING.to_owned(), serde_json::to_value(Reading::of(input))?);
    manifest.counts = counts(prepared, found);
    manifest.pairs = found.parents.pairs;
    manifest.timings = Timings {
        read_seconds: prepared.read_time.as_secs_f64(),
        plan_seconds: (prepared.plan_time + found.parents.plan_time).as_secs_f64(),
        scan_seconds: found.parents.scan_time.as_secs_f64(),
        write_seconds: 0.0,
        direct_seconds: found.direct_time.as_secs_f64(),
        assess_seconds: found.parents.assess_time.as_secs_f64(),
        couples_seconds: found.couples_time.as_secs_f64(),
    };
    let plans = found.parents.plans.iter().map(|(sex, scanned)| (sex.to_string(), json!(scanned.plan)));
    manifest.plan = serde_json::Value::Object(plans.collect());
    manifest.added_alleles =
        prepared.models.populations.iter().flat_map(|population| population.added.clone()).collect();
    manifest.sections.insert(UNSEEN_ALLELES.to_owned(), json!(prepared.unseen));
    manifest.notes = notes(prepared, found);
    if let Some(limit) = arguments.max_memory {
        let parts = found.parents.plans.iter().map(|(sex, scanned)| {
            let (candidates, children) = scanned.parts;
            (sex.to_string(), json!({ "candidate_tiles": candidates, "child_batches": children }))
        });
        let on_disk = prepared.profiles.panel.is_on_disk();
        let memory = json!({ "limit_bytes": limit, "on_disk": on_disk, "scans": serde_json::Map::from_iter(parts) });
        manifest.sections.insert("memory".to_owned(), memory);
    }
    Ok(manifest)
}

fn counts(prepared: &Prepared, found: &Found) -> BTreeMap<String, u64> {
    let counts = [
        ("children", prepared.roster.children.len()),
        ("candidates", prepared.roster.candidates.len()),
        ("samples", prepared.profiles.panel.len()),
        ("loci", prepared.models.loci.len()),
        ("rejected", prepared.profiles.rejected.len()),
        ("direct_matches", found.direct.pairs.len()),
        ("matches", found.parents.candidacies.len()),
        ("couples", found.couples.len()),
    ];
    counts.into_iter().map(|(name, count)| (name.to_owned(), count as u64)).collect()
}

/// What a reader of the results must know.
fn notes(prepared: &Prepared, found: &Found) -> Vec<String> {
    let mut notes = prepared.profiles.notes.clone();
    notes.extend(prepared.tables.iter().flat_map(|table| table.notes.clone()));
    notes.extend(prepared.models.notes.clone());
    notes.extend(found.notes.clone());
    notes
}

/// What happened, in a few lines for standard error.
fn summary(prepared: &Prepared, found: &Found, out: &Path) -> Vec<String> {
    let mut lines: Vec<String> = notes(prepared, found).iter().map(|note| format!("note: {note}")).collect();
    let rejected = prepared.profiles.rejected.len();
    if rejected > 0 {
        lines.push(format!(
            "note: {} read and not used: see rejected.csv",
            counted(rejected, "cell or row was", "cells or rows were")
        ));
    }
    let added: usize = prepared.models.populations.iter().map(|population| population.added.len()).sum();
    if added > 0 {
        lines.push(format!(
            "note: {} unseen in the frequency tables got a rare-allele frequency: see manifest.json",
            counted(added, "allele", "alleles")
        ));
    }
    let with_candidates: BTreeSet<_> = found.parents.candidacies.iter().map(|candidacy| candidacy.child).collect();
    let candidates = |count| counted(count, "candidate", "candidates");
    let children = |count| counted(count, "child", "children");
    let pairs = found.parents.pairs as usize;
    lines.push(format!(
        "{}, {}, {}: {} compared",
        children(prepared.roster.children.len()),
        candidates(prepared.roster.candidates.len()),
        counted(prepared.models.loci.len(), "locus", "loci"),
        counted(pairs, "pair", "pairs")
    ));
    lines.push(format!(
        "{} reported for {}, {}, {} of samples of one person",
        candidates(found.parents.candidacies.len()),
        children(with_candidates.len()),
        counted(found.couples.len(), "couple", "couples"),
        counted(found.direct.pairs.len(), "pair", "pairs")
    ));
    lines.push(format!("results in {}", out.display()));
    lines
}
