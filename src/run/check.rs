//! What is wrong with some files of profiles, before anything is searched.

use super::other_files::name_other_file;
use super::{Reading, RunError, SAMPLES_AT_ONCE, reject_call};
use crate::io::frequency_file::load_table;
use crate::io::problems::{Reason, Rejected};
use crate::io::profiles::{
    LeftOut, LocusCoverage, ProfileError, ProfileSource, ReadOptions, ReadProfiles, check_frequencies, check_profiles,
    guess_loci, locus_coverage, read_panel_watched,
};
use crate::io::rejected_list::RejectedList;
use crate::io::source::Inputs;
use crate::model::{InUse, UnseenAllele, UnusableCalls, unseen_by_sample};
use crate::population::FrequencyTable;
use crate::profile::{LocusName, Panel, Role, SampleIndex, Sex};
use crate::progress::{Progress, Stage};
use crate::settings::Settings;
use crate::statistics::{Markers, StatisticsError};
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::ops::Range;
use std::path::PathBuf;

/// What is checked.
#[derive(Clone, Debug, Default)]
pub struct CheckInput {
    /// Files of anybody's profiles,
    pub files: Vec<PathBuf>,
    /// of children,
    pub children: Vec<PathBuf>,
    /// of adults who may be parents,
    pub candidates: Vec<PathBuf>,
    /// of relatives who gave reference samples,
    pub relatives: Vec<PathBuf>,
    /// of unidentified remains.
    pub remains: Vec<PathBuf>,
    /// Frequency tables by name or file, in place of those of the settings.
    pub frequencies: Vec<String>,
    /// A marker file in place of frequency tables.
    pub markers: Option<PathBuf>,
    /// The settings, where any are given.
    pub settings: Option<Settings>,
    /// How the profiles are read.
    pub reading: Reading,
    /// Whatever was read so far.
    pub inputs: Inputs,
}

/// Everything that a check found.
#[derive(Debug)]
pub struct Findings {
    /// The profiles.
    pub profiles: ReadProfiles,
    /// What was read and is not used, contradicts itself, or is too little.
    pub problems: RejectedList,
    /// By locus, how many samples show something there.
    pub coverage: Vec<LocusCoverage>,
    /// The alleles that a table does not list, with who shows them.
    pub unseen: Vec<UnseenAllele>,
    /// What the frequency tables say of how they were read.
    pub notes: Vec<String>,
}

/// Reads profiles and finds every problem.
///
/// # Errors
/// Files that cannot be used at all; where nothing may be left out, the first thing that is not used.
pub fn check(input: &CheckInput, progress: &dyn Progress) -> Result<Findings, RunError> {
    let tables = input.tables()?;
    let markers = input.markers.as_deref().map(|path| Markers::read(path, &input.inputs)).transpose()?;
    let with_frequencies = loci_with_frequencies(&tables, markers.as_ref());
    let read = input.read_profiles(with_frequencies.clone(), progress);
    let mut profiles = read.map_err(|error| match &error {
        RunError::Profiles(fault) => name_other_file(fault, &input.files).map_or(error, RunError::OtherFile),
        _ => error,
    })?;
    if with_frequencies.is_none() {
        profiles.note_unknown_loci();
    }
    progress.begin(Stage::uncounted("looking for contradictions"));
    let left_out = input.left_out_by_role(&profiles);
    profiles.list_left_out(&left_out)?;
    let population = input.settings.as_ref().map(|settings| settings.population.clone()).unwrap_or_default();
    let in_use = InUse {
        markers: markers.as_ref().map(|markers| markers.loci.as_slice()),
        tables: &tables,
        rare: population.rare_allele_policy().frequency_of_unseen(None),
        accepts_implausible: false,
    };
    list_unusable_calls(&mut profiles, &in_use, input.reading.strict)?;
    let unseen = unseen_by_sample(&profiles.panel, &tables, markers.as_ref().map(Markers::named_loci))?;
    let coverage = locus_coverage(&profiles.panel, with_frequencies.as_deref());
    let mut problems = std::mem::take(&mut profiles.rejected);
    check_profiles(&profiles, &mut problems)?;
    profiles.list_into(&mut problems, check_frequencies(&profiles, &coverage))?;
    let notes = tables.iter().flat_map(|table| table.notes.clone()).collect();
    Ok(Findings { profiles, problems, coverage, unseen, notes })
}

impl Findings {
    /// The number of problems of each kind.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn counts(&self) -> io::Result<BTreeMap<&'static str, usize>> {
        let mut counts = BTreeMap::new();
        for problem in self.problems.iter() {
            *counts.entry(problem?.reason.kind()).or_default() += 1;
        }
        Ok(counts)
    }
}

impl CheckInput {
    /// The tables that are named, else those of the settings; none where a marker file stands in their place.
    fn tables(&self) -> Result<Vec<FrequencyTable>, RunError> {
        let of_settings = self.settings.as_ref().map_or(&[][..], |settings| &settings.population.tables);
        let names = match (&self.markers, self.frequencies.is_empty()) {
            (Some(_), _) => &[],
            (None, true) => of_settings,
            (None, false) => &self.frequencies,
        };
        let load = |name: &String| load_table(name, &self.inputs).map_err(StatisticsError::from);
        Ok(names.iter().map(load).collect::<Result<_, _>>()?)
    }

    /// The profiles; where neither tables nor markers name loci and none is known, those of the columns that hold genotypes.
    fn read_profiles(
        &self,
        with_frequencies: Option<Vec<LocusName>>,
        progress: &dyn Progress,
    ) -> Result<ReadProfiles, RunError> {
        let (are_named, sources) = (with_frequencies.is_some(), self.sources());
        let mut options = self.options(with_frequencies.unwrap_or_default());
        let read = read_panel_watched(&sources, &options, progress);
        let has_none = match &read {
            Ok(read) => read.panel.loci().is_empty(),
            Err(error) => matches!(error, ProfileError::NoLocus { .. }),
        };
        if has_none && !are_named {
            options.extra_loci = sources.iter().flat_map(|source| guess_loci(&source.path, &options)).collect();
        }
        match has_none && !are_named && !options.extra_loci.is_empty() {
            true => Ok(read_panel_watched(&sources, &options, progress)?),
            false => Ok(read?),
        }
    }

    fn options(&self, extra_loci: Vec<LocusName>) -> ReadOptions {
        ReadOptions {
            drop_out: self.settings.as_ref().map(|settings| settings.observation.drop_out).unwrap_or_default(),
            extra_loci,
            inputs: self.inputs.clone(),
            ..self.reading.options_alone()
        }
    }

    fn sources(&self) -> Vec<ProfileSource> {
        let lists = [
            (&self.files, None),
            (&self.children, Some(Role::Child)),
            (&self.candidates, None),
            (&self.relatives, Some(Role::Relative)),
            (&self.remains, Some(Role::Corpse)),
        ];
        let named = lists.iter().flat_map(|&(paths, default_role)| paths.iter().map(move |path| (path, default_role)));
        named.map(|(path, default_role)| ProfileSource { path: path.clone(), default_role }).collect()
    }

    /// The samples that `match` would leave out because of their role.
    fn left_out_by_role(&self, profiles: &ReadProfiles) -> Vec<LeftOut> {
        let (files, children) = (self.files.len(), self.files.len() + self.children.len());
        let candidates = children + self.candidates.len();
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
fn list_unusable_calls(profiles: &mut ReadProfiles, in_use: &InUse<'_>, strict: bool) -> Result<(), RunError> {
    let unusable = UnusableCalls::find(&profiles.panel, in_use);
    let samples: Vec<u32> = profiles.panel.indices().map(|sample| sample.0).collect();
    for samples in samples.chunks(SAMPLES_AT_ONCE) {
        let calls = unusable.of_samples(&profiles.panel, samples, &Panel::sex)?;
        let of_alleles = calls.into_iter().filter(|call| call.reason != Reason::TwoXAlleles);
        let entries: Vec<Rejected> = of_alleles.map(|call| reject_call(profiles, call)).collect();
        if let (Some(first), true) = (entries.first(), strict) {
            return Err(RunError::Strict(Box::new(first.clone())));
        }
        profiles.list_rejected(entries)?;
    }
    Ok(())
}
