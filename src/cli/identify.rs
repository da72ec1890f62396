//! `filia identify`: remains × families with missing members → pairwise LRs and the joint answer.

use super::arguments::{Accepted, ReadArguments, RunArguments, StatisticsArguments, parse_finite, parse_threshold};
use super::linkage::{describe_groups, describe_pairs, linkage_groups};
use super::progress::StageLine;
use super::terminal::tell;
use super::{Outcome, counted};
use crate::identification::{
    Bodies, Family, FamilyWithSamples, Group, Identification, KeptApart, Merged, Models, Prior, Roster, RosterError,
    identify, linkage_matters, merge_samples,
};
use crate::inference::joint::{Sampling, Spread};
use crate::io::pedigree_file::{Pedigrees, read_pedigrees};
use crate::io::problems::write_rejected;
use crate::io::profiles::{ProfileSource, ReadProfiles, read_panel_watched};
use crate::io::recombination::bundled_recombination;
use crate::io::run_folder::RunFolder;
use crate::io::source::Inputs;
use crate::likelihood::Chromosome;
use crate::likelihood::case::LinkageGroup;
use crate::matching::Case;
use crate::matching::one_person::{DirectMatches, LeastLr, find_among};
use crate::model::{CaseModels, UnseenAllele};
use crate::population::FrequencyTable;
use crate::profile::{LocusName, Panel, Role, SampleIndex, Sex};
use crate::progress::{Progress, Stage};
use crate::report::manifest::{InputFile, Manifest, UNSEEN_ALLELES};
use crate::report::{IdentificationReport, significant};
use crate::settings::{AssignmentPrior, Settings};
use anyhow::{Result, anyhow};
use clap::Args;
use serde_json::json;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Finds out which missing person each body is, given the relatives
#[derive(Args, Debug)]
pub struct IdentifyArguments {
    /// Profiles of the remains (several files: repeat the option)
    #[arg(long, value_name = "PM.csv", required = true)]
    remains: Vec<PathBuf>,
    /// Profiles of the relatives
    #[arg(long, value_name = "AM.csv", required = true)]
    relatives: Vec<PathBuf>,
    /// Families: family_id, person_id, father_id, mother_id, sex, missing (yes for each person looked for)
    #[arg(long, value_name = "PED.csv")]
    pedigrees: PathBuf,
    /// At most so many assignments in assignments.csv
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = parse_assignments)]
    assignments: usize,
    /// Least log10 LR of a pair in pairwise.csv, or `none` [default: that of the settings file, else none]
    #[arg(long, value_name = "X|none", allow_hyphen_values = true)]
    min_log10_lr: Option<String>,
    /// Take every sample as a body of its own, samples of one person too
    #[arg(long, conflicts_with = "merge_remains")]
    keep_samples_apart: bool,
    /// Put samples of one person together: done in any case (accepted as before)
    #[arg(long)]
    merge_remains: bool,
    /// Least log10 LR of being one person for two samples to be put together [default: by the rule of `match`]
    #[arg(long, value_name = "X", value_parser = parse_finite, allow_hyphen_values = true)]
    merge_min_log10_lr: Option<f64>,
    /// Use alleles that their locus cannot have by what was published of it (99; 12.7 in repeats of four bases)
    #[arg(long)]
    accept_implausible: bool,
    #[command(flatten)]
    statistics: StatisticsArguments,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    run: RunArguments,
}

/// The most assignments that can be listed: each is a row as long as there are bodies.
const MOST_ASSIGNMENTS: usize = 1_000_000;

fn parse_assignments(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number) if number <= MOST_ASSIGNMENTS => Ok(number),
        _ => Err(format!("expected a whole number from 0 to {MOST_ASSIGNMENTS}")),
    }
}

/// A case read and modelled.
struct Prepared {
    settings: Settings,
    tables: Vec<FrequencyTable>,
    inputs: Inputs,
    profiles: ReadProfiles,
    models: CaseModels,
    /// The alleles that a table does not list, with who shows them.
    unseen: Vec<UnseenAllele>,
    /// The loci, linked ones together where the settings ask for it.
    groups: Vec<LinkageGroup>,
    roster: Roster,
    read_time: Duration,
    plan_time: Duration,
}

impl Prepared {
    fn populations(&self) -> Vec<Models<'_>> {
        let population =
            |population| Models::new(population, &self.models.loci, &self.groups, self.settings.observation.drop_in);
        self.models.populations.iter().map(population).collect()
    }
}

/// What came of it.
struct Answer {
    bodies: Bodies,
    merged: Merged,
    direct: DirectMatches,
    found: Identification,
    scan_time: Duration,
}

/// Sampled probabilities are settled where no standard error and no R-hat is above these.
const SETTLED: Spread = Spread { standard_error: 0.002, r_hat: 1.1 };

/// So many groups of samples are named on the terminal; groups.csv has them all.
const GROUPS_NAMED: usize = 10;

impl Answer {
    /// Which samples are of one person, and what was done about it.
    fn notes_on_one_person(&self, panel: &Panel) -> Vec<String> {
        let note = |group: &Group| {
            let ids: Vec<_> = group.body.samples.iter().map(|&sample| panel.id(sample)).collect();
            let done = match &group.kept_apart {
                None => format!("taken as one body, {} (--keep-samples-apart takes them one by one)", group.body.id),
                Some(KeptApart::AskedFor) => {
                    "taken as bodies of their own, which share the person's probability".to_owned()
                }
                Some(twins) => format!("not put together: {twins}"),
            };
            format!("{} are samples of one person by their DNA: {done}", ids.join(", "))
        };
        let groups = &self.merged.groups;
        let more = groups.len().saturating_sub(GROUPS_NAMED);
        let more = (more > 0)
            .then(|| format!("{} more of samples of one person: see groups.csv", counted(more, "group", "groups")));
        groups.iter().take(GROUPS_NAMED).map(note).chain(more).chain(self.direct.notes(panel)).collect()
    }

    /// Whether the joint answer is sampled and its chains do not agree well enough.
    fn is_unsettled(&self) -> bool {
        let worst = self.found.joint.sampling.as_ref().map(Sampling::worst);
        worst.is_some_and(|worst| worst.standard_error > SETTLED.standard_error || worst.r_hat > SETTLED.r_hat)
    }

    /// That the joint answer is sampled, and how far it can be off.
    fn sampled(&self) -> Option<String> {
        let sampling = self.found.joint.sampling.as_ref()?;
        let worst = sampling.worst();
        let found = format!(
            "the joint answer is sampled: the sum over all assignments is out of reach ({} chains of {} sweeps; greatest standard \
             error of a probability {}, greatest R-hat {}); assignments.csv has the likeliest assignment that was found",
            sampling.chains,
            sampling.sweeps,
            significant(worst.standard_error),
            significant(worst.r_hat)
        );
        Some(match self.is_unsettled() {
            true => format!(
                "{found}; the chains have not settled: in posterior.csv mind the columns standard_error and r_hat"
            ),
            false => found,
        })
    }
}

/// What goes into the tables and the manifest.
struct Written<'a> {
    report: &'a IdentificationReport<'a>,
    /// Least log10 LR of a pair in `pairwise.csv`.
    least: Option<f64>,
    notes: &'a [String],
}

/// Runs the command.
pub fn run(arguments: &IdentifyArguments) -> Result<Outcome> {
    arguments.run.use_threads()?;
    let least = arguments.min_log10_lr.as_deref().map(parse_threshold).transpose()?;
    let inputs = arguments.remains.iter().chain(&arguments.relatives).chain([&arguments.pedigrees]).cloned();
    let folder = arguments.run.create_folder(inputs.chain(arguments.statistics.paths()).collect())?;
    let line = StageLine::new(!arguments.run.no_progress);
    let mut prepared = prepare(arguments, least, &line)?;
    let answer = answer(arguments, &mut prepared, &line)?;
    let loci: Vec<LocusName> = prepared.models.locus_names(&prepared.profiles.panel).cloned().collect();
    let report = IdentificationReport {
        panel: &prepared.profiles.panel,
        loci: &loci,
        bodies: &answer.bodies,
        families: &prepared.roster.families,
        found: &answer.found,
    };
    let mut warnings = report.grave_contradictions();
    let sampled = answer.sampled();
    warnings.extend(sampled.clone().filter(|_| answer.is_unsettled()));
    let mut notes = notes(&prepared, &answer, &loci)?;
    notes.extend(sampled.filter(|_| !answer.is_unsettled()));
    notes.extend(report.sure_of_family_alone());
    let least = prepared.settings.search.min_log10_lr;
    let written = Written { report: &report, least, notes: &[warnings.as_slice(), &notes].concat() };
    write(folder, arguments, &prepared, &answer, &written, &line)?;
    line.finish();
    for warning in &warnings {
        tell(format!("warning: {warning}"));
    }
    for note in &notes {
        tell(format!("note: {note}"));
    }
    summary(&prepared, &answer, &report).iter().for_each(tell);
    tell(format!("results in {}", arguments.run.out.display()));
    Ok(Outcome::Done)
}

/// `least` is the threshold of the flag, where it was given.
fn prepare(arguments: &IdentifyArguments, least: Option<Option<f64>>, progress: &dyn Progress) -> Result<Prepared> {
    let started = Instant::now();
    let inputs = Inputs::default();
    let statistics = &arguments.statistics;
    let mut settings = statistics.settings(&inputs)?;
    // Every pair is listed unless somebody says otherwise.
    match least {
        Some(least) => settings.search.min_log10_lr = least,
        None if statistics.states("search.min_log10_lr", &inputs)? => {}
        None => settings.search.min_log10_lr = None,
    }
    settings.validate()?;
    let tables = statistics.tables(&settings, &inputs)?;
    let markers = statistics.read_markers(&inputs)?;
    let markers = markers.as_ref();
    let Pedigrees { families, notes } = read_pedigrees(&arguments.pedigrees, &inputs)?;
    let options = arguments.read.options(&settings, &tables, markers, &inputs);
    let source = |role: Role| move |path: &PathBuf| ProfileSource { path: path.clone(), default_role: Some(role) };
    let remains = arguments.remains.iter().map(source(Role::Corpse));
    let sources: Vec<_> = remains.chain(arguments.relatives.iter().map(source(Role::Relative))).collect();
    let mut profiles = read_panel_watched(&sources, &options, progress)?;
    profiles.notes.extend(notes);
    progress.begin(Stage::uncounted("making the models"));
    let count = arguments.remains.len();
    let sexes = stated_sexes(&profiles, &families, count..sources.len());
    let sex_of = |panel: &Panel, sample: SampleIndex| sexes.get(&sample).copied().unwrap_or_else(|| panel.sex(sample));
    let accepted = Accepted { implausible: arguments.accept_implausible, strict: arguments.read.strict };
    let in_use = (tables.as_slice(), markers);
    statistics.take_out_unusable_calls(&mut profiles, in_use, &settings, accepted, &sex_of)?;
    let read_time = started.elapsed();
    let started = Instant::now();
    let mut models = statistics.models(&profiles.panel, &tables, markers, &settings, &inputs)?;
    let unseen = statistics.unseen_alleles(&profiles.panel, in_use, &mut models)?;
    models.notes.extend(statistics.note_without_effect("identify", &settings, &inputs)?);
    let roster = Roster::new(
        &profiles.panel,
        families,
        |sample| profiles.came_from_any(sample, &(0..count)),
        |sample| profiles.came_from_any(sample, &(count..sources.len())),
    )
    .map_err(|error| with_row_set_aside(error, &profiles, count, sources.len()))?;
    let groups = linkage_groups(&profiles.panel, &mut models, &settings.linkage, &inputs)?;
    Ok(Prepared {
        settings,
        tables,
        inputs,
        models,
        unseen,
        groups,
        roster,
        profiles,
        read_time,
        plan_time: started.elapsed(),
    })
}

/// The sexes of the typed relatives (samples of these sources) as the pedigrees state them: they are believed.
fn stated_sexes(
    profiles: &ReadProfiles,
    families: &[Family],
    sources: std::ops::Range<usize>,
) -> HashMap<SampleIndex, Sex> {
    let people = families.iter().flat_map(|family| family.pedigree.individuals());
    let sexes = people.filter(|person| person.sex != Sex::Unknown).filter_map(|person| {
        let is_relative = |&sample: &SampleIndex| profiles.came_from_any(sample, &sources);
        let sample = profiles.panel.find_all(&person.id).find(is_relative)?;
        Some((sample, person.sex))
    });
    sexes.collect()
}

/// Why there is nobody to compare, with what became of the rows; the remains are the first so many sources.
fn with_row_set_aside(error: RosterError, profiles: &ReadProfiles, remains: usize, sources: usize) -> anyhow::Error {
    let list = match &error {
        RosterError::NoBody => 0..remains,
        RosterError::NoRelative => remains..sources,
        _ => return error.into(),
    };
    let is_empty = !profiles.panel.indices().any(|sample| profiles.came_from_any(sample, &list));
    match profiles.why_nobody(&list).filter(|_| is_empty) {
        Some(cause) => anyhow!("{error}; {cause}"),
        None => error.into(),
    }
}

fn answer(arguments: &IdentifyArguments, prepared: &mut Prepared, progress: &dyn Progress) -> Result<Answer> {
    let started = Instant::now();
    let singles = std::mem::take(&mut prepared.roster.bodies);
    let populations = prepared.populations();
    let panel = &prepared.profiles.panel;
    let mut samples: Vec<_> = singles.iter().flat_map(|body| body.samples.clone()).collect();
    samples.sort_unstable();
    let case = Case::new(panel, &prepared.models, &prepared.settings);
    let least = arguments.merge_min_log10_lr.map_or(LeastLr::Rule, LeastLr::Fixed);
    let direct = find_among(&case, &samples, least, progress)?;
    drop(case);
    let (groups, families) = (&prepared.groups, &prepared.roster.families);
    let keep_apart = arguments.keep_samples_apart;
    let merged = merge_samples(panel, populations[0], groups, families, singles, &direct, keep_apart)?;
    let on_x = populations[0].loci.iter().enumerate().filter(|(_, model)| model.chromosome() == Chromosome::X);
    let singles = merged.bodies.clone();
    let bodies = Bodies::new(panel, &prepared.models.loci, singles)?;
    let bodies = bodies.with_sexes_at(on_x.map(|(locus, _)| locus))?.with_groups(&prepared.groups)?;
    let prior = match prepared.settings.prior.assignments {
        AssignmentPrior::ByBody => Prior::ByBody(prepared.settings.prior.identified),
        AssignmentPrior::Flat => Prior::Flat,
    };
    let families = &prepared.roster.families;
    let found = identify(panel, &populations, &bodies, families, prior, arguments.assignments, progress)?;
    Ok(Answer { bodies, merged, direct, found, scan_time: started.elapsed() })
}

fn write(
    folder: RunFolder,
    arguments: &IdentifyArguments,
    prepared: &Prepared,
    answer: &Answer,
    written: &Written<'_>,
    progress: &dyn Progress,
) -> Result<()> {
    let started = Instant::now();
    progress.begin(Stage::uncounted("writing the tables"));
    let &Written { report, least, notes } = written;
    report.write_pairwise(folder.create_file("pairwise.csv")?, least)?;
    report.write_assignments(folder.create_file("assignments.csv")?)?;
    report.write_posterior(folder.create_file("posterior.csv")?)?;
    report.write_family_posterior(folder.create_file("family_posterior.csv")?)?;
    report.write_families(folder.create_file("families.csv")?)?;
    report.write_contradictions(folder.create_file("contradictions.csv")?)?;
    report.write_groups(folder.create_file("groups.csv")?, &answer.merged, &prepared.models.loci)?;
    write_rejected(prepared.profiles.rejected.iter(), folder.create_file("rejected.csv")?)?;
    let mut manifest = manifest(arguments, prepared, answer)?;
    manifest.notes = notes.to_vec();
    manifest.timings.write_seconds = started.elapsed().as_secs_f64();
    manifest.write(folder.create_file("manifest.json")?)?;
    folder.commit()?;
    Ok(())
}

fn manifest(arguments: &IdentifyArguments, prepared: &Prepared, answer: &Answer) -> Result<Manifest> {
    let mut manifest = Manifest::new("identify", prepared.settings.clone());
    manifest.inputs = arguments.statistics.input_files(&prepared.settings, &prepared.inputs);
    let pedigrees = std::slice::from_ref(&arguments.pedigrees);
    let files =
        [("remains", arguments.remains.as_slice()), ("relatives", &arguments.relatives), ("pedigrees", pedigrees)];
    let files = files.into_iter().flat_map(|(role, paths)| paths.iter().map(move |path| (role, path.as_path())));
    manifest.inputs.extend(InputFile::of_read(files, &prepared.inputs));
    let counts = [
        ("remains", answer.bodies.bodies.iter().map(|body| body.samples.len()).sum()),
        ("bodies", answer.bodies.len()),
        ("families", prepared.roster.families.len()),
        ("missing", answer.found.missing.len()),
        ("samples", prepared.profiles.panel.len()),
        ("loci", prepared.models.loci.len()),
        ("rejected", prepared.profiles.rejected.len()),
        ("contradictions", answer.found.families.iter().filter(|family| family.contradiction.is_some()).count()),
    ];
    manifest.counts = counts.into_iter().map(|(name, count): (&str, usize)| (name.to_owned(), count as u64)).collect();
    manifest.pairs = compared(&answer.found);
    manifest.timings.read_seconds = prepared.read_time.as_secs_f64();
    manifest.timings.plan_seconds = prepared.plan_time.as_secs_f64();
    manifest.timings.scan_seconds = answer.scan_time.as_secs_f64();
    manifest.added_alleles =
        prepared.models.populations.iter().flat_map(|population| population.added.clone()).collect();
    let joint = &answer.found.joint;
    let worst = joint.sampling.as_ref().map(Sampling::worst);
    let section = json!({
        "is_exact": joint.sampling.is_none(),
        "method": if joint.sampling.is_none() { "exact" } else { "sampled" },
        "chains": joint.sampling.as_ref().map(|sampling| sampling.chains),
        "sweeps": joint.sampling.as_ref().map(|sampling| sampling.sweeps),
        "greatest_standard_error": worst.map(|worst| worst.standard_error),
        "greatest_r_hat": worst.map(|worst| worst.r_hat),
        "assignments_listed": joint.best.len(),
        "ln_null_likelihood": answer.found.ln_null,
        "placements_left_out": joint.left_out,
        "posterior_lost_at_most": joint.lost,
    });
    manifest.sections.insert("joint".to_owned(), section);
    manifest.sections.insert(UNSEEN_ALLELES.to_owned(), json!(prepared.unseen));
    manifest.sections.insert("assignments".to_owned(), json!(arguments.assignments));
    let merging = json!({
        "keep_samples_apart": arguments.keep_samples_apart,
        "min_log10_lr": arguments.merge_min_log10_lr,
        "groups": answer.merged.groups.len(),
    });
    manifest.sections.insert("samples_of_one_person".to_owned(), merging);
    Ok(manifest)
}

/// Pairs of a body and a missing person that were compared.
fn compared(found: &Identification) -> u64 {
    let scores = found.families.iter().flat_map(|family| &family.scores);
    scores.map(|scores| scores.log10_lr.iter().flatten().count() as u64).sum()
}

/// What a reader of the results must know.
fn notes(prepared: &Prepared, answer: &Answer, loci: &[LocusName]) -> Result<Vec<String>> {
    let mut notes = prepared.profiles.notes.clone();
    notes.extend(prepared.tables.iter().flat_map(|table| table.notes.clone()));
    notes.extend(prepared.models.notes.clone());
    notes.extend(prepared.roster.notes.clone());
    notes.extend(prepared.profiles.notes_on_use(&prepared.settings.observation.drop_out));
    for (family, report) in prepared.roster.families.iter().zip(&answer.found.families) {
        notes.extend(unused_note(family, report.unused.as_slice(), loci));
    }
    notes.extend(linkage_note(loci, prepared)?);
    notes.extend(answer.notes_on_one_person(&prepared.profiles.panel));
    if prepared.models.populations.len() > 1 {
        notes.push(format!(
            "pairwise LRs are the lowest over all tables; the joint answer, families.csv and contradictions.csv rest on {}",
            prepared.models.populations[0].name
        ));
    }
    let joint = &answer.found.joint;
    if joint.left_out > 0 {
        notes.push(format!(
            "the joint answer leaves out up to {} possible placements of bodies in families, which have next to no probability: together \
             at most {:.1e} of the posterior",
            joint.left_out, joint.lost
        ));
    }
    Ok(notes)
}

/// Which linked loci were taken together, or as independent although that matters.
fn linkage_note(loci: &[LocusName], prepared: &Prepared) -> Result<Option<String>> {
    let families = &prepared.roster.families;
    let matters = families.iter().filter(|family| linkage_matters(&family.family, &family.typed)).count();
    if prepared.settings.linkage.is_used {
        let taken = describe_groups(&prepared.groups, loci);
        let other = "families.csv and contradictions.csv take every locus on its own";
        return Ok(Some(match taken.is_empty() {
            true => "linkage: no two loci in use are linked".to_owned(),
            false => format!("linked loci were taken together: {taken}; {other}"),
        }));
    }
    let pairs = describe_pairs(&bundled_recombination()?, loci);
    Ok((matters > 0 && !pairs.is_empty()).then(|| {
        format!(
            "linked loci were taken as independent: {pairs}; with the relatives typed this matters for {matters} of {} families \
             (`[linkage] use = true` takes them together)",
            families.len()
        )
    }))
}

/// The loci that are not used for one family, with the reason of the first.
fn unused_note(
    family: &FamilyWithSamples,
    unused: &[crate::identification::UnusedLocus],
    loci: &[LocusName],
) -> Option<String> {
    let first = unused.first()?;
    let names: Vec<_> = unused.iter().map(|unused| loci[unused.locus].as_str()).collect();
    Some(format!("family {}: not used: {}: {}", family.family.id, names.join(", "), first.reason))
}

/// What happened, in a few lines for standard error.
fn summary(prepared: &Prepared, answer: &Answer, report: &IdentificationReport<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if !prepared.profiles.rejected.is_empty() {
        lines.push(format!(
            "note: {} read and not used: see rejected.csv",
            counted(prepared.profiles.rejected.len(), "cell or row was", "cells or rows were")
        ));
    }
    lines.push(format!(
        "{}, {} of {}, {}: {} compared",
        counted(answer.bodies.len(), "body", "bodies"),
        counted(answer.found.missing.len(), "missing person", "missing persons"),
        counted(prepared.roster.families.len(), "family", "families"),
        counted(prepared.models.loci.len(), "locus", "loci"),
        counted(compared(&answer.found) as usize, "pair", "pairs")
    ));
    let named = answer
        .found
        .joint
        .marginals
        .iter()
        .filter(|persons| persons.iter().any(|&(_, probability)| probability >= 0.999));
    lines.push(format!(
        "{} with a posterior probability of 0.999 or more for one missing person",
        counted(named.count(), "body", "bodies")
    ));
    lines.extend(report.best_line());
    lines
}
