//! `filia match`: children × candidates → ranked candidate parents.

use super::Outcome;
use super::arguments::{
    Goal, HowArguments, PartArguments, ReadArguments, SearchArguments, StatisticsArguments, parse_size,
};
use super::progress::StageLine;
use super::summary::{note_on_rejected, tell_notes, tell_part, tell_tally, tell_where};
use super::terminal::tell;
use crate::inheritance::Relationship;
use crate::io::source::Inputs;
use crate::matching::{Found, Share};
use crate::report::counted;
use crate::report::page::Tally;
use crate::run::{self, MatchCase, PartTarget, match_into, match_part_into};
use crate::settings::Settings;
use anyhow::{Result, bail};
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Whose profiles are compared, and how.
#[derive(Args, Debug)]
pub struct CaseArguments {
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
    pub input: CaseArguments,
    /// Profiles of relatives of missing persons, whom candidates can be (with --pedigrees; several files: repeat the option)
    #[arg(long, value_name = "AM.csv", requires = "pedigrees")]
    pub relatives: Vec<PathBuf>,
    /// Their families: family_id, person_id, father_id, mother_id, sex, missing (yes for each person looked for)
    #[arg(long, value_name = "PED.csv", requires = "relatives")]
    pub pedigrees: Option<PathBuf>,
    /// Memory that the run may use, as 2GiB or 800MB; candidates beyond it are kept on the disk beside DIR [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_memory: Option<u64>,
    #[command(flatten)]
    pub goal: PartArguments,
    #[command(flatten)]
    pub how: HowArguments,
}

impl CaseArguments {
    /// The settings with the flags over them, and what is read.
    pub fn resolve(&self) -> Result<(Settings, run::MatchInput)> {
        self.resolve_with(&[], None)
    }

    /// The same with these relatives and their families.
    fn resolve_with(&self, relatives: &[PathBuf], pedigrees: Option<&PathBuf>) -> Result<(Settings, run::MatchInput)> {
        let inputs = Inputs::default();
        let mut settings = self.statistics.settings(&inputs)?;
        self.search.apply(&mut settings)?;
        let searched = settings.search.relationship;
        if pedigrees.is_some() && searched != Relationship::Parent {
            bail!("--relatives and --pedigrees: expected the relationship parent, found {searched}");
        }
        let input = run::MatchInput {
            candidates_include_children: self.candidates_include_children,
            reading: self.read.reading(self.accept_implausible),
            relatives: relatives.to_vec(),
            pedigrees: pedigrees.cloned(),
            source: self.statistics.source_with("match", pedigrees.is_some(), &settings, &inputs)?,
            inputs,
            ..run::MatchInput::new(self.children.clone(), self.candidates.clone())
        };
        Ok((settings, input))
    }
}

/// Runs the command.
pub fn run(arguments: &MatchArguments) -> Result<Outcome> {
    arguments.how.use_threads()?;
    match arguments.goal.goal(arguments.how.force)? {
        Goal::Part(share, target) => do_part(arguments, share, &target)?,
        Goal::Results(out) => {
            let (case, found) = execute(arguments, out)?;
            tell_summary(&case, &found);
            tell_where(out);
        }
    }
    Ok(Outcome::Done)
}

/// Does one part, for `filia merge`.
fn do_part(arguments: &MatchArguments, share: Share, target: &PartTarget) -> Result<()> {
    let (settings, mut input) = arguments.input.resolve_with(&arguments.relatives, arguments.pedigrees.as_ref())?;
    input.max_memory = arguments.max_memory;
    let line = StageLine::new(!arguments.how.no_progress);
    let case = match_part_into(target, share, input, settings, &line)?;
    line.finish();
    let children = counted(case.roster.children.len(), "child", "children");
    let candidates = counted(case.roster.candidates.len(), "candidate", "candidates");
    tell_part(share, &format!("{children} × {candidates}"), target);
    Ok(())
}

/// Reads, searches and writes; what was read and found is returned for whoever prints it.
pub fn execute(arguments: &MatchArguments, out: &Path) -> Result<(MatchCase, Found)> {
    let (settings, mut input) = arguments.input.resolve_with(&arguments.relatives, arguments.pedigrees.as_ref())?;
    input.max_memory = arguments.max_memory;
    let line = StageLine::new(!arguments.how.no_progress);
    Ok(match_into(&arguments.how.output(out), input, settings, &line)?)
}

/// Tells what was found: notes, then at most twenty lines of eighty columns.
pub fn tell_summary(case: &MatchCase, found: &Found) {
    tell_notes(&case.notes(found));
    let [set_aside, what] = summary(case, found);
    what.iter().for_each(tell);
    tell_tally(&tally(found), "child", "children", &case.settings().status);
    set_aside.iter().for_each(tell);
}

/// How many children have an established, a probable, a disputed, no parent.
fn tally(found: &Found) -> Tally {
    let mut tally = Tally::new(Tally::PARENTS);
    found.status.iter().for_each(|child| tally.add(&child.places.each_ref().map(|place| place.status.to_string())));
    tally
}

/// What was set aside, and what was compared and reported, line by line.
fn summary(case: &MatchCase, found: &Found) -> [Vec<String>; 2] {
    let mut set_aside: Vec<String> = note_on_rejected(&case.profiles).into_iter().collect();
    let added: usize = case.models.populations.iter().map(|population| population.added.len()).sum();
    if added > 0 {
        set_aside.push(format!(
            "note: {} unseen in the tables got a rare-allele frequency: manifest.json",
            counted(added, "allele", "alleles")
        ));
    }
    let with_candidates: BTreeSet<_> = found.parents.candidacies.iter().map(|candidacy| candidacy.child).collect();
    let candidates = |count| counted(count, "candidate", "candidates");
    let children = |count| counted(count, "child", "children");
    let pairs = found.parents.pairs as usize;
    let compared = format!(
        "{}, {}, {}: {} compared",
        children(case.roster.children.len()),
        candidates(case.roster.candidates.len()),
        counted(case.models.loci.len(), "locus", "loci"),
        counted(pairs, "pair", "pairs")
    );
    let reported = format!(
        "{} reported for {}, {}",
        candidates(found.parents.candidacies.len()),
        children(with_candidates.len()),
        counted(found.couples.len(), "couple", "couples")
    );
    let one_person = format!("{} of samples of one person", counted(found.direct.pairs.len(), "pair", "pairs"));
    [set_aside, vec![compared, reported, one_person]]
}
