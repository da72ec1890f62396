//! `filia identify`: remains × families with missing members → pairwise LRs and the joint answer.

use super::Outcome;
use super::arguments::{Goal, HowArguments, PartArguments, ReadArguments, StatisticsArguments, parse_threshold};
use super::progress::StageLine;
use super::summary::{note_on_rejected, tell_notes, tell_part, tell_tally, tell_where};
use super::terminal::tell;
use super::values::finite;
use crate::io::source::Inputs;
use crate::report::counted;
use crate::report::page::{Tally, identity_status};
use crate::run::{IdentifyAnswer, IdentifyCase, IdentifyInput, identify_into, identify_part_into};
use crate::settings::Settings;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Finds out which missing person each body is, given the relatives
#[derive(Args, Debug)]
pub struct IdentifyArguments {
    /// A Familias project with a section [DVI]: remains, relatives, families, frequencies and mutation models in one file
    #[arg(value_name = "FILE.fam", conflicts_with_all = ["remains", "relatives", "pedigrees", "frequencies", "markers"])]
    project: Option<PathBuf>,
    /// Profiles of the remains (several files: repeat the option)
    #[arg(long, value_name = "PM.csv", required_unless_present = "project")]
    remains: Vec<PathBuf>,
    /// Profiles of the relatives
    #[arg(long, value_name = "AM.csv", required_unless_present = "project")]
    relatives: Vec<PathBuf>,
    /// Families: family_id, person_id, father_id, mother_id, sex, missing (yes for each person looked for)
    #[arg(long, value_name = "PED.csv", required_unless_present = "project")]
    pedigrees: Option<PathBuf>,
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
    #[arg(long, value_name = "X", value_parser = finite(), allow_hyphen_values = true)]
    merge_min_log10_lr: Option<f64>,
    /// Use alleles that their locus cannot have by what was published of it (99; 12.7 in repeats of four bases)
    #[arg(long)]
    accept_implausible: bool,
    #[command(flatten)]
    statistics: StatisticsArguments,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    goal: PartArguments,
    #[command(flatten)]
    how: HowArguments,
}

/// The most assignments that can be listed: each is a row as long as there are bodies.
const MOST_ASSIGNMENTS: usize = 1_000_000;

fn parse_assignments(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number) if number <= MOST_ASSIGNMENTS => Ok(number),
        _ => Err(format!("expected a whole number from 0 to {MOST_ASSIGNMENTS}")),
    }
}

impl IdentifyArguments {
    /// The settings with the flags over them, and what is read.
    fn resolve(&self) -> Result<(Settings, IdentifyInput)> {
        let inputs = Inputs::default();
        let statistics = match &self.project {
            Some(project) => StatisticsArguments { markers: Some(project.clone()), ..self.statistics.clone() },
            None => self.statistics.clone(),
        };
        let mut settings = statistics.settings(&inputs)?;
        // Every pair is listed unless somebody says otherwise.
        match &self.min_log10_lr {
            Some(least) => settings.search.min_log10_lr = parse_threshold(least)?,
            None if statistics.states("search.min_log10_lr", &inputs)? => {}
            None => settings.search.min_log10_lr = None,
        }
        settings.validate()?;
        let input = IdentifyInput {
            assignments: self.assignments,
            keep_samples_apart: self.keep_samples_apart,
            merge_min_log10_lr: self.merge_min_log10_lr,
            reading: self.read.reading(self.accept_implausible),
            source: statistics.source("identify", &settings, &inputs)?,
            inputs,
            ..self.input()
        };
        Ok((settings, input))
    }

    /// The files that are read.
    fn input(&self) -> IdentifyInput {
        match &self.project {
            Some(project) => IdentifyInput::of_project(project),
            None => {
                let pedigrees = self.pedigrees.clone().unwrap_or_default();
                IdentifyInput::new(self.remains.clone(), self.relatives.clone(), pedigrees)
            }
        }
    }
}

/// Runs the command.
pub fn run(arguments: &IdentifyArguments) -> Result<Outcome> {
    let how = &arguments.how;
    how.use_threads()?;
    let goal = arguments.goal.goal(how.force)?;
    let (settings, input) = arguments.resolve()?;
    let line = StageLine::new(!how.no_progress);
    match goal {
        Goal::Part(share, target) => {
            let case = identify_part_into(&target, share, input, settings, &line)?;
            line.finish();
            let samples = counted(case.roster.bodies.len(), "sample", "samples");
            let families = counted(case.roster.families.len(), "family", "families");
            tell_part(share, &format!("{samples} of remains × {families}"), &target);
        }
        Goal::Results(out) => {
            let (case, answer) = identify_into(&how.output(out), input, settings, &line)?;
            line.finish();
            tell_summary(&case, &answer)?;
            tell_where(out);
        }
    }
    Ok(Outcome::Done)
}

/// Tells what was found.
pub fn tell_summary(case: &IdentifyCase, answer: &IdentifyAnswer) -> Result<()> {
    let messages = case.messages(answer)?;
    messages.warnings.iter().for_each(|warning| tell(format!("warning: {warning}")));
    tell_notes(&messages.notes);
    let [set_aside, what] = summary(case, answer);
    what.iter().for_each(tell);
    tell_tally(&tally(case, answer), "body", "bodies", &case.settings().status);
    case.report(answer).best_line().iter().for_each(tell);
    set_aside.iter().for_each(tell);
    Ok(())
}

/// How many bodies have an established, a probable, a disputed, no identity.
fn tally(case: &IdentifyCase, answer: &IdentifyAnswer) -> Tally {
    let joint = &answer.found.joint;
    let mut tally = Tally::new(Tally::IDENTITY);
    for (persons, &nobody) in joint.marginals.iter().zip(&joint.nobody) {
        let somebody = persons.iter().map(|&(_, probability)| probability);
        let likeliest = somebody.clone().fold(0.0, f64::max);
        tally.add(&[identity_status(likeliest, somebody.sum(), nobody, &case.settings().status)]);
    }
    tally
}

/// What was set aside, and what was compared, line by line.
fn summary(case: &IdentifyCase, answer: &IdentifyAnswer) -> [Vec<String>; 2] {
    let compared = format!(
        "{}, {} of {}, {}: {} compared",
        counted(answer.bodies.len(), "body", "bodies"),
        counted(answer.found.missing.len(), "missing person", "missing persons"),
        counted(case.roster.families.len(), "family", "families"),
        counted(case.models.loci.len(), "locus", "loci"),
        counted(answer.pairs() as usize, "pair", "pairs")
    );
    let named = answer
        .found
        .joint
        .marginals
        .iter()
        .filter(|persons| persons.iter().any(|&(_, probability)| probability >= 0.999));
    let sure = format!(
        "{} with a posterior probability of 0.999 or more for one missing person",
        counted(named.count(), "body", "bodies")
    );
    [note_on_rejected(&case.profiles).into_iter().collect(), vec![compared, sure]]
}
