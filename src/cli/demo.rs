//! `filia demo`: the bundled case, end to end, compared with what is known to be true of it.

use super::Outcome;
use super::arguments::{HowArguments, PartArguments, ReadArguments, SearchArguments, StatisticsArguments};
use super::matches::{CaseArguments, MatchArguments, execute, tell_summary};
use super::report::open;
use super::terminal::print;
use crate::io::result_tables::{Format, PAGE};
use crate::io::run_folder::make_private_folder;
use crate::io::unfinished::Unfinished;
use crate::io::whole_file::{refuse_dangling, write_whole};
use crate::matching::{Candidacy, Found};
use crate::profile::{Panel, SampleIndex};
use crate::report::{align_right, plain_table};
use crate::run::MatchCase;
use anyhow::{Context, Result};
use clap::Args;
use comfy_table::Table;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The bundled profiles: name and text of each file.
const FILES: [(&str, &str); 3] = [
    ("children.csv", include_str!("../../data/demo/children.csv")),
    ("corpses.csv", include_str!("../../data/demo/corpses.csv")),
    ("detainees.csv", include_str!("../../data/demo/detainees.csv")),
];

/// What is true of the bundled case: the relationship of every related pair of samples.
const RELATIONS: &str = include_str!("../../data/demo/relations.csv");

/// Candidates of one child that are printed.
const SHOWN: usize = 3;

/// A posterior from which a reader would believe a parent found.
const CONVINCING: f64 = 0.99;

/// Run the bundled synthetic case (120 corpses, 102 detainees, 60 children) and compare with the truth
#[derive(Args, Debug)]
pub struct DemoArguments {
    /// Keep the profiles and the results in this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Open the page of the results; without --out they are kept in a temporary folder
    #[arg(long)]
    open: bool,
    /// Replace the results in DIR if there are any
    #[arg(long)]
    force: bool,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Runs the command.
pub fn run(arguments: &DemoArguments) -> Result<Outcome> {
    super::arguments::use_threads(arguments.threads)?;
    let made = Unfinished::make(tempfile::tempdir, tempfile::TempDir::path);
    let (temporary, _unfinished) = made.context("cannot make a temporary folder")?;
    let folder = arguments.out.as_deref().unwrap_or(temporary.path());
    let kept = KeptFolder::make(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (case, found) = execute(&bundled_case(folder, arguments)?, &folder.join("results"))?;
    kept.keep();
    let truth = TrueRelations::read(&case.profiles.panel)?;
    print(&report(&case, &found, &truth))?;
    tell_summary(&case, &found);
    if arguments.out.is_none() && !arguments.open {
        print("\nThe page of these results: filia demo --open, or filia demo --out DIR to keep it.\n")?;
        return Ok(Outcome::Done);
    }
    let page = folder.join("results").join(PAGE);
    let shown = folder.display();
    print(&format!(
        "\nThe profiles are in {shown}, the results in {shown}/results.\nThe page is {}\n",
        page.display()
    ))?;
    if arguments.open {
        if arguments.out.is_none() {
            let _kept = temporary.keep();
        }
        open(&page)?;
    }
    Ok(Outcome::Done)
}

/// The folder for profiles and results. Where it was not there before, it goes again unless the whole of it is kept.
struct KeptFolder(Option<(PathBuf, Unfinished)>);

impl KeptFolder {
    fn make(folder: &Path) -> io::Result<Self> {
        refuse_dangling(folder)?;
        if folder.exists() {
            make_private_folder(folder)?;
            return Ok(Self(None));
        }
        let make = || make_private_folder(folder).map(|()| folder.to_owned());
        Ok(Self(Some(Unfinished::make(make, PathBuf::as_path)?)))
    }

    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for KeptFolder {
    fn drop(&mut self) {
        if let Some((folder, _)) = &self.0 {
            // What cannot be deleted stays, with an error that says why the run failed.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Writes a file of profiles, in the place of one that says the same, if any.
fn write_profiles(path: &Path, text: &str) -> io::Result<()> {
    match fs::read(path) {
        Ok(before) if before != text.as_bytes() => Err(io::Error::other("another file of this name is there")),
        _ => write_whole(path, text.as_bytes()),
    }
}

/// Writes the bundled profiles and says how they are searched.
fn bundled_case(folder: &Path, arguments: &DemoArguments) -> Result<MatchArguments> {
    let [children, corpses, detainees] = FILES.map(|(name, _)| folder.join(name));
    for (name, text) in FILES {
        write_profiles(&folder.join(name), text)
            .with_context(|| format!("cannot write {name} in {}", folder.display()))?;
    }
    let input = CaseArguments {
        children: vec![children],
        candidates: vec![corpses, detainees],
        candidates_include_children: false,
        accept_implausible: false,
        statistics: StatisticsArguments::default(),
        search: SearchArguments::default(),
        read: ReadArguments::default(),
    };
    let how = HowArguments {
        force: arguments.force,
        formats: vec![Format::Csv],
        threads: arguments.threads,
        no_progress: false,
    };
    let goal = PartArguments::default();
    Ok(MatchArguments { input, relatives: Vec::new(), pedigrees: None, max_memory: None, goal, how })
}

/// The true relationship of every related pair of samples, the smaller index first.
struct TrueRelations {
    relations: BTreeMap<(SampleIndex, SampleIndex), String>,
}

impl TrueRelations {
    fn read(panel: &Panel) -> Result<Self> {
        let mut relations = BTreeMap::new();
        for row in csv::Reader::from_reader(RELATIONS.as_bytes()).deserialize() {
            let (one, other, relationship): (String, String, String) = row.context("bundled relations")?;
            if let (Some(one), Some(other)) = (panel.find(&one), panel.find(&other)) {
                relations.insert((one.min(other), one.max(other)), relationship);
            }
        }
        Ok(Self { relations })
    }

    fn of(&self, one: SampleIndex, other: SampleIndex) -> &str {
        self.relations.get(&(one.min(other), one.max(other))).map_or("unrelated", String::as_str)
    }

    fn is_parent(&self, candidacy: &Candidacy) -> bool {
        self.of(candidacy.child, candidacy.candidate) == "parent"
    }

    /// Every true pair of a listed child and a listed parent.
    fn parents<'a>(&'a self, case: &'a MatchCase) -> impl Iterator<Item = (SampleIndex, SampleIndex)> + 'a {
        let children = case.roster.children.iter().map(|child| child.sample);
        children
            .flat_map(|child| case.roster.candidates.iter().map(move |&candidate| (child, candidate)))
            .filter(|&(child, candidate)| self.of(child, candidate) == "parent")
    }
}

fn report(case: &MatchCase, found: &Found, truth: &TrueRelations) -> String {
    let mut text = format!(
        "{} children against {} candidates, {} loci; up to {SHOWN} candidates of each child:\n\n{}\n",
        case.roster.children.len(),
        case.roster.candidates.len(),
        case.models.loci.len(),
        ranking(case, found, truth).trim_fmt()
    );
    let _ = writeln!(text, "\nNobody at log10 LR 0 or more for: {}.", without_candidate(case, found));
    let _ = writeln!(text, "\nSamples of one and the same person:\n{}", one_person(case, found, truth));
    let _ = write!(text, "\n{}", comparison(case, found, truth));
    text
}

fn ranking(case: &MatchCase, found: &Found, truth: &TrueRelations) -> Table {
    let panel = &case.profiles.panel;
    let mut table = plain_table(["child", "candidate", "sex", "log10 LR", "posterior", "loci", "best as", "in truth"]);
    let mut previous = None;
    for candidacy in found.parents.candidacies.iter().filter(|candidacy| candidacy.rank <= SHOWN) {
        let child = if previous == Some(candidacy.child) { "" } else { panel.id(candidacy.child) };
        previous = Some(candidacy.child);
        table.add_row([
            child.to_owned(),
            panel.id(candidacy.candidate).to_owned(),
            panel.sex(candidacy.candidate).to_string(),
            format!("{:.2}", candidacy.log10_lr),
            format!("{:.4}", candidacy.posterior),
            candidacy.assessment.loci_compared.to_string(),
            candidacy.assessment.best.to_string(),
            truth.of(candidacy.child, candidacy.candidate).to_owned(),
        ]);
    }
    align_right(&mut table, 3..6);
    table
}

fn one_person(case: &MatchCase, found: &Found, truth: &TrueRelations) -> String {
    let panel = &case.profiles.panel;
    let pairs: Vec<_> = found
        .direct
        .pairs
        .iter()
        .map(|pair| {
            let right = if truth.of(pair.first, pair.second) == "identity" { "true" } else { "wrong" };
            let (first, second) = (panel.id(pair.first), panel.id(pair.second));
            format!("  {first} and {second}, log10 LR {:.1} ({right})", pair.log10_lr)
        })
        .collect();
    if pairs.is_empty() { "  none".to_owned() } else { pairs.join("\n") }
}

/// The children for whom no candidate is reported.
fn without_candidate(case: &MatchCase, found: &Found) -> String {
    let with: BTreeSet<_> = found.parents.candidacies.iter().map(|candidacy| candidacy.child).collect();
    let children = case.roster.children.iter().map(|child| child.sample);
    let without: Vec<_> =
        children.filter(|child| !with.contains(child)).map(|child| case.profiles.panel.id(child)).collect();
    if without.is_empty() { "none".to_owned() } else { without.join(", ") }
}

/// How the answer compares with the truth, in sentences.
fn comparison(case: &MatchCase, found: &Found, truth: &TrueRelations) -> String {
    let candidacies = &found.parents.candidacies;
    let parents: Vec<_> = truth.parents(case).collect();
    let reported = |pair: &(SampleIndex, SampleIndex)| {
        candidacies.iter().find(|candidacy| (candidacy.child, candidacy.candidate) == *pair)
    };
    let is_first = |candidacy: &&Candidacy| {
        let sex = |sample| case.profiles.panel.sex(sample);
        let same_place =
            |other: &&Candidacy| other.child == candidacy.child && sex(other.candidate) == sex(candidacy.candidate);
        candidacies.iter().find(same_place).is_some_and(|best| best.candidate == candidacy.candidate)
    };
    let found_parents: Vec<_> = parents.iter().filter_map(reported).collect();
    let first = found_parents.iter().copied().filter(is_first).count();
    let convincing = |candidacy: &&Candidacy| candidacy.posterior >= CONVINCING;
    let sure = found_parents.iter().copied().filter(convincing).count();
    let wrong: Vec<_> = candidacies.iter().filter(convincing).filter(|candidacy| !truth.is_parent(candidacy)).collect();
    let mut text = format!(
        "True parents among the candidates: {}. Reported: {}; first of their sex: {first};\n\
         with a posterior of at least {CONVINCING}: {sure}.\n\
         Others with a posterior of at least {CONVINCING}: {}",
        parents.len(),
        found_parents.len(),
        wrong.len()
    );
    for candidacy in wrong {
        let panel = &case.profiles.panel;
        let flags: Vec<_> = candidacy.assessment.flags.iter().map(ToString::to_string).collect();
        let _ = write!(
            text,
            "\n  {} for {}: {} in truth; flagged {}",
            panel.id(candidacy.candidate),
            panel.id(candidacy.child),
            truth.of(candidacy.child, candidacy.candidate),
            if flags.is_empty() { "nothing".to_owned() } else { flags.join(", ") }
        );
    }
    text.push_str(".\n");
    text
}
