//! The main job: children and candidates read, modelled and searched.

use super::identify_case::stated_sexes;
use super::linkage::{independence_note, linkage_groups};
use super::match_relatives::MatchRelatives;
use super::reading::Reading;
use super::{RunError, inputs::named_files};
use crate::identification::{self, Family};
use crate::io::pedigree_file::{Pedigrees, read_pedigrees};
use crate::io::problems::Reason;
use crate::io::profiles::{LeftOut, ProfileSource, ReadProfiles, read_panel_watched};
use crate::io::source::Inputs;
use crate::matching::{
    Case, Child, Explanation, Found, MatchError, MemoryNeeds, Roster, RosterError, ScannedShare, Share, UnusedParent,
    explain, log10_lrs, scan_share, search_each_from, search_from,
};
use crate::model::{CaseModels, UnseenAllele};
use crate::profile::{Panel, Role, SampleIndex, SpillTo};
use crate::progress::{NoProgress, Progress, Stage};
use crate::report::counted;
use crate::report::table::Digits;
use crate::settings::Settings;
use crate::statistics::{Statistics, StatisticsSource};
use rayon::prelude::*;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// With a limit of memory, codes stay in memory up to this fraction of it.
const SHARE_FOR_CODES: u64 = 128;

/// Whose profiles are compared, and how they are read.
#[derive(Clone, Debug, Default)]
pub struct MatchInput {
    /// Files with the children's profiles.
    pub children: Vec<PathBuf>,
    /// Files with the candidates' profiles.
    pub candidates: Vec<PathBuf>,
    /// Whether children are candidates too.
    pub candidates_include_children: bool,
    /// Files with the profiles of relatives, for families that miss somebody.
    pub relatives: Vec<PathBuf>,
    /// These families.
    pub pedigrees: Option<PathBuf>,
    /// How the files are read.
    pub reading: Reading,
    /// Where the statistics come from, beside the settings.
    pub source: StatisticsSource,
    /// Bytes of memory that the run may use; candidates beyond it are kept on the disk.
    pub max_memory: Option<u64>,
    /// What was read already.
    pub inputs: Inputs,
}

impl MatchInput {
    /// These files, read as they say themselves.
    pub fn new<P: Into<PathBuf>>(
        children: impl IntoIterator<Item = P>,
        candidates: impl IntoIterator<Item = P>,
    ) -> Self {
        let paths = |paths: &mut dyn Iterator<Item = P>| paths.map(Into::into).collect();
        let (mut children, mut candidates) = (children.into_iter(), candidates.into_iter());
        Self { children: paths(&mut children), candidates: paths(&mut candidates), ..Self::default() }
    }

    /// Every file that a run with these settings reads.
    pub fn files(&self, settings: &Settings) -> Vec<PathBuf> {
        let own = self.children.iter().chain(&self.candidates).chain(&self.relatives).chain(&self.pedigrees);
        own.cloned().chain(named_files(settings, &self.source)).collect()
    }

    /// The profile files: the children's first, then the candidates', then the relatives'.
    fn sources(&self) -> Vec<ProfileSource> {
        let source = |path: &PathBuf, default_role| ProfileSource { path: path.clone(), default_role };
        let children = self.children.iter().map(|path| source(path, Some(Role::Child)));
        let relatives = self.relatives.iter().map(|path| source(path, Some(Role::Relative)));
        children.chain(self.candidates.iter().map(|path| source(path, None))).chain(relatives).collect()
    }

    /// The positions of the relatives' files among all profile files.
    fn relatives_at(&self) -> Range<usize> {
        let first = self.children.len() + self.candidates.len();
        first..first + self.relatives.len()
    }
}

/// A case of children and candidates, read and modelled, ready to be searched.
#[derive(Debug)]
pub struct MatchCase {
    /// What was read, and how.
    pub input: MatchInput,
    /// The settings in full, with what they name.
    pub statistics: Statistics,
    /// The profiles.
    pub profiles: ReadProfiles,
    /// The models of the loci in use.
    pub models: CaseModels,
    /// The alleles that a table does not list, with who shows them.
    pub unseen: Vec<UnseenAllele>,
    /// Who is a child and who a candidate.
    pub roster: Roster,
    /// The families that miss somebody, where any were given.
    pub relatives: Option<MatchRelatives>,
    /// Time to read the profiles.
    pub read_time: Duration,
    /// Time to make the models.
    pub plan_time: Duration,
}

impl MatchCase {
    /// Reads the profiles of children and of candidates, and makes the models of the loci that they and the statistics share.
    ///
    /// # Errors
    /// Files that cannot be used, by file, line and column; no child; no candidate; no locus in common.
    pub fn read<P: Into<PathBuf>>(
        children: impl IntoIterator<Item = P>,
        candidates: impl IntoIterator<Item = P>,
        settings: &Settings,
    ) -> Result<Self, RunError> {
        Self::read_watched(MatchInput::new(children, candidates), settings.clone(), &NoProgress)
    }

    /// As [`MatchCase::read`], with all there is to choose, while somebody watches.
    ///
    /// # Errors
    /// As [`MatchCase::read`].
    pub fn read_watched(input: MatchInput, settings: Settings, progress: &dyn Progress) -> Result<Self, RunError> {
        Self::read_beside(input, settings, &std::env::temp_dir(), progress)
    }

    /// The same; codes that memory may not hold go to a nameless file on the file system of `scratch`.
    pub(super) fn read_beside(
        input: MatchInput,
        settings: Settings,
        scratch: &Path,
        progress: &dyn Progress,
    ) -> Result<Self, RunError> {
        let started = Instant::now();
        let statistics = Statistics::load(settings, input.source.clone(), &input.inputs)?;
        let spill =
            |limit: u64| SpillTo { folder: scratch.to_owned(), after_bytes: (limit / SHARE_FOR_CODES) as usize };
        let options = input.reading.options(&statistics, &input.inputs, input.max_memory.map(spill));
        let pedigrees = input.pedigrees.as_deref().map(|path| read_pedigrees(path, &input.inputs)).transpose()?;
        let Pedigrees { families, notes } = pedigrees.unwrap_or_default();
        let mut profiles = read_panel_watched(&input.sources(), &options, progress)?;
        profiles.notes.extend(notes);
        progress.begin(Stage::uncounted("making the models"));
        let sexes = stated_sexes(&profiles, &families, input.relatives_at());
        let sex_of =
            |panel: &Panel, sample: SampleIndex| sexes.get(&sample).copied().unwrap_or_else(|| panel.sex(sample));
        input.reading.take_out_unusable_calls(&mut profiles, &statistics, &sex_of)?;
        let read_time = started.elapsed();
        let started = Instant::now();
        let mut models = statistics.case_models(&profiles.panel)?;
        models.notes.extend(statistics.note_on_tables());
        let unseen = statistics.unseen_alleles(&profiles.panel, &mut models)?;
        models.notes.extend(independence_note(&profiles.panel, &models, &statistics.settings, &input.inputs)?);
        models.notes.extend(input.source.without_effect.iter().cloned());
        let mut roster = roster(&input, &mut profiles, &statistics.settings)?;
        let relatives = match input.pedigrees.is_some() {
            true => Some(relatives(&input, &profiles, &statistics.settings, families, &mut models, &mut roster)?),
            false => None,
        };
        let plan_time = started.elapsed();
        Ok(Self { input, statistics, profiles, models, unseen, roster, relatives, read_time, plan_time })
    }

    /// The settings in full.
    pub fn settings(&self) -> &Settings {
        &self.statistics.settings
    }

    /// The profiles.
    pub fn panel(&self) -> &Panel {
        &self.profiles.panel
    }

    /// What every step of a search needs.
    pub fn scoring(&self) -> Case<'_> {
        Case::new(&self.profiles.panel, &self.models, &self.statistics.settings)
    }

    /// Searches: samples of one person, the ranked candidates of each child, couples.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses; a limit of memory that leaves no room.
    pub fn search(&self) -> Result<Found, RunError> {
        self.search_watched(&NoProgress)
    }

    /// As [`MatchCase::search`], while somebody watches, who may stop it.
    ///
    /// # Errors
    /// As [`MatchCase::search`]; an interruption.
    pub fn search_watched(&self, progress: &dyn Progress) -> Result<Found, RunError> {
        let case = self.within_memory()?;
        let first = scan_share(&case, &self.roster, Share::WHOLE, progress)?;
        self.search_from(&case, first, progress)
    }

    /// The search from what its first scans found, with the families where there are some.
    pub(super) fn search_from(
        &self,
        case: &Case<'_>,
        first: ScannedShare,
        progress: &dyn Progress,
    ) -> Result<Found, RunError> {
        let Some(relatives) = &self.relatives else {
            return Ok(search_from(case, &self.roster, first, progress)?);
        };
        let mut found = search_each_from(case, &self.roster, first, progress)?;
        self.weigh_with_families(case, relatives, &mut found, progress)?;
        Ok(found)
    }

    /// The first scans of a search for a share of the candidates, while somebody watches.
    ///
    /// # Errors
    /// As [`MatchCase::search_watched`].
    pub fn scan_share(&self, share: Share, progress: &dyn Progress) -> Result<ScannedShare, RunError> {
        Ok(scan_share(&self.within_memory()?, &self.roster, share, progress)?)
    }

    /// What every step of a search needs, cut so that the limit of memory holds.
    pub(super) fn within_memory(&self) -> Result<Case<'_>, RunError> {
        let mut case = self.scoring();
        if let Some(limit) = self.input.max_memory {
            let beside = self.profiles.origins.bytes() + self.profiles.rejected.bytes();
            case.at_once = MemoryNeeds::of(&case, &self.roster, beside).within(limit)?;
        }
        Ok(case)
    }

    /// One child and one candidate, by their ids, locus by locus.
    ///
    /// # Errors
    /// An id that nobody has, or several; a child that is none; what the likelihood engine refuses.
    pub fn explain(&self, child: &str, candidate: &str) -> Result<Explanation, RunError> {
        let child = self.child(child)?;
        Ok(explain(&self.scoring(), child, self.candidate(candidate)?)?)
    }

    /// log10 LR of each child (a row) with each candidate (a column), in the order of the roster, as shown in tables.
    ///
    /// # Errors
    /// What the likelihood engine refuses; an interruption.
    pub fn log10_lrs(&self, progress: &dyn Progress) -> Result<Vec<Vec<f64>>, RunError> {
        let (case, candidates) = (self.scoring(), &self.roster.candidates);
        progress.begin(Stage::of("scoring", "children", self.roster.children.len() as u64));
        let of_child = |child: &Child| {
            if progress.cancelled() {
                return Err(MatchError::Cancelled);
            }
            let log10_lrs = log10_lrs(&case, child, candidates)?;
            progress.advance(1);
            Ok(log10_lrs.into_iter().map(|log10_lr| Digits::Significant.rounded(log10_lr)).collect())
        };
        Ok(self.roster.children.par_iter().map(of_child).collect::<Result<_, _>>()?)
    }

    /// The child of this name.
    pub(super) fn child(&self, name: &str) -> Result<&Child, RunError> {
        let of_child = |sample: SampleIndex| self.roster.children.iter().find(|listed| listed.sample == sample);
        let sample = self.find(name, |sample| of_child(sample).is_some())?;
        of_child(sample).ok_or_else(|| RunError::NoChild(name.to_owned()))
    }

    /// The candidate of this name.
    pub(super) fn candidate(&self, name: &str) -> Result<SampleIndex, RunError> {
        self.find(name, |sample| self.roster.candidates.contains(&sample))
    }

    /// The sample of this name; of several people with one id the one who is `expected` here.
    fn find(&self, name: &str, expected: impl Fn(SampleIndex) -> bool) -> Result<SampleIndex, RunError> {
        let panel = self.panel();
        let found: Vec<SampleIndex> = panel.find_all(name).collect();
        let expected: Vec<SampleIndex> = found.iter().copied().filter(|&sample| expected(sample)).collect();
        match (&found[..], &expected[..]) {
            ([], _) => Err(RunError::UnknownSample { id: name.to_owned(), samples: panel.len() }),
            ([only], _) | (_, [only]) => Ok(*only),
            _ => {
                let names = found.iter().map(|&sample| panel.full_id(sample).into_owned()).collect();
                Err(RunError::SeveralSamples { id: name.to_owned(), names })
            }
        }
    }
}

/// The families, whose notes join those of the search.
fn relatives(
    input: &MatchInput,
    profiles: &ReadProfiles,
    settings: &Settings,
    families: Vec<Family>,
    models: &mut CaseModels,
    roster: &mut Roster,
) -> Result<MatchRelatives, RunError> {
    let at = input.relatives_at();
    let is_relative = |sample| profiles.came_from_any(sample, &at);
    let is_other = |sample| profiles.came_from_any(sample, &(0..at.start));
    let found = identification::Roster::of_families(&profiles.panel, families, is_other, is_relative)
        .map_err(|source| RunError::NobodyToIdentify { source, cause: None })?;
    roster.notes.extend(found.notes);
    let groups = linkage_groups(&profiles.panel, models, &settings.linkage, &input.inputs)?;
    Ok(MatchRelatives { families: found.families, groups })
}

/// Sorts the samples into children and candidates, and lists who is left out.
fn roster(input: &MatchInput, profiles: &mut ReadProfiles, settings: &Settings) -> Result<Roster, RunError> {
    let (children, all) = (input.children.len(), input.children.len() + input.candidates.len());
    let from = |profiles: &ReadProfiles, sample, positions: Range<usize>| profiles.came_from_any(sample, &positions);
    let (mut roster, left_out) = {
        let in_children = |sample| from(profiles, sample, 0..children);
        let in_candidates = |sample| from(profiles, sample, children..all);
        let include_children = input.candidates_include_children;
        let mut roster = Roster::new(&profiles.panel, in_children, in_candidates, include_children)
            .map_err(|error| with_cause(error, profiles, children..all))?;
        let takes_part = roster.takes_part(&profiles.panel);
        let left_out = profiles.left_out_by_role(in_children, in_candidates, |sample| takes_part[sample.0 as usize]);
        roster.notes.extend(note_left_out(&left_out));
        if !include_children {
            roster.notes.extend(note_in_both_lists(profiles, in_children, in_candidates));
        }
        (roster, left_out)
    };
    roster.notes.extend(profiles.notes_on_use(&settings.observation.drop_out));
    profiles.list_left_out(&left_out)?;
    list_unused_parents(profiles, &roster.unused_parents, input.reading.strict)?;
    Ok(roster)
}

/// Why there is no child, or no candidate (these sources), with what became of their rows.
fn with_cause(source: RosterError, profiles: &ReadProfiles, candidates: Range<usize>) -> RunError {
    let sources = match source {
        RosterError::NoChild => 0..candidates.start,
        RosterError::NoCandidate => candidates,
    };
    RunError::NobodyToMatch { source, cause: profiles.why_nobody(&sources) }
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
fn list_unused_parents(profiles: &mut ReadProfiles, unused: &[UnusedParent], strict: bool) -> Result<(), RunError> {
    let listed = unused.iter().map(|unused| {
        let reason = Reason::of_parent(unused.word(), unused.fault.clone());
        profiles.reject(unused.child, &format!("{}_id", unused.word()), unused.named.clone(), reason)
    });
    let listed: Vec<_> = listed.collect();
    let first = listed.iter().find(|entry| !matches!(entry.reason, Reason::ParentNotFound(_)));
    if let (Some(first), true) = (first, strict) {
        return Err(RunError::Strict(Box::new(first.clone())));
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
