//! Bodies and families, read, modelled and identified.

use super::RunError;
use super::inputs::named_files;
use super::linkage::linkage_groups;
use super::reading::Reading;
use crate::identification::{
    Bodies, Body, Family, IdentifyAnswer, IdentifyChoices, IdentifyTask, Models, Roster, RosterError,
    TooManyObservations, coded, populations,
};
use crate::io::familias::{RELATIVES, REMAINS};
use crate::io::pedigree_file::{Pedigrees, read_pedigrees};
use crate::io::profiles::{ProfileSource, ReadProfiles, read_panel_watched};
use crate::io::source::Inputs;
use crate::likelihood::case::LinkageGroup;
use crate::matching::Case;
use crate::model::{CaseModels, UnseenAllele};
use crate::profile::{LocusName, Panel, Role, SampleIndex, Sex};
use crate::progress::{NoProgress, Progress, Stage};
use crate::report::IdentificationReport;
use crate::settings::Settings;
use crate::statistics::{Statistics, StatisticsSource};
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Assignments that are listed unless somebody says otherwise.
const ASSIGNMENTS: usize = 100;

/// Whose bodies and which families, and how they are read and identified.
#[derive(Clone, Debug)]
pub struct IdentifyInput {
    /// Files with the profiles of the remains.
    pub remains: Vec<PathBuf>,
    /// Files with the profiles of the relatives.
    pub relatives: Vec<PathBuf>,
    /// The families.
    pub pedigrees: PathBuf,
    /// The most assignments that are listed.
    pub assignments: usize,
    /// Whether every sample is a body of its own, samples of one person too.
    pub keep_samples_apart: bool,
    /// The least log10 LR of being one person for two samples to be put together; without it the rule of `match`.
    pub merge_min_log10_lr: Option<f64>,
    /// How the profiles are read.
    pub reading: Reading,
    /// Where the statistics come from, beside the settings.
    pub source: StatisticsSource,
    /// What was read already.
    pub inputs: Inputs,
}

impl IdentifyInput {
    /// These files, read as they say themselves; samples of one person put together, 100 assignments listed.
    pub fn new<P: Into<PathBuf>>(
        remains: impl IntoIterator<Item = P>,
        relatives: impl IntoIterator<Item = P>,
        pedigrees: impl Into<PathBuf>,
    ) -> Self {
        Self {
            remains: remains.into_iter().map(Into::into).collect(),
            relatives: relatives.into_iter().map(Into::into).collect(),
            pedigrees: pedigrees.into(),
            assignments: ASSIGNMENTS,
            keep_samples_apart: false,
            merge_min_log10_lr: None,
            reading: Reading::default(),
            source: StatisticsSource::default(),
            inputs: Inputs::default(),
        }
    }

    /// A project of the program Familias, whose section `[DVI]` has remains, relatives and families; its loci are the markers.
    pub fn of_project(project: &Path) -> Self {
        let part = |name: &str| [format!("{}:{name}", project.display())];
        let source = StatisticsSource { markers: Some(project.to_owned()), ..StatisticsSource::default() };
        Self { source, ..Self::new(part(REMAINS), part(RELATIVES), project) }
    }

    /// Every file that a run with these settings reads.
    pub fn files(&self, settings: &Settings) -> Vec<PathBuf> {
        let own = self.remains.iter().chain(&self.relatives).chain([&self.pedigrees]).cloned();
        own.chain(named_files(settings, &self.source)).collect()
    }

    /// The profile files: those of the remains first, then those of the relatives.
    fn sources(&self) -> Vec<ProfileSource> {
        let source = |role: Role| move |path: &PathBuf| ProfileSource { path: path.clone(), default_role: Some(role) };
        let remains = self.remains.iter().map(source(Role::Corpse));
        remains.chain(self.relatives.iter().map(source(Role::Relative))).collect()
    }
}

/// Bodies and families, read and modelled.
#[derive(Debug)]
pub struct IdentifyCase {
    /// What was read, and how.
    pub input: IdentifyInput,
    /// The settings in full, with what they name.
    pub statistics: Statistics,
    /// The profiles.
    pub profiles: ReadProfiles,
    /// The models of the loci in use.
    pub models: CaseModels,
    /// The names of the loci in use.
    pub loci: Vec<LocusName>,
    /// The alleles that a table does not list, with who shows them.
    pub unseen: Vec<UnseenAllele>,
    /// The loci, linked ones together where the settings ask for it.
    pub groups: Vec<LinkageGroup>,
    /// The samples of the remains and the families.
    pub roster: Roster,
    /// Time to read the profiles.
    pub read_time: Duration,
    /// Time to make the models.
    pub plan_time: Duration,
}

impl IdentifyCase {
    /// Reads remains, relatives and families, and makes the models of the loci that they and the statistics share. With
    /// `search.min_log10_lr` as `None` every pair is listed.
    ///
    /// # Errors
    /// Files that cannot be used, by file, line and column; nobody to compare; no locus in common.
    pub fn read<P: Into<PathBuf>>(
        remains: impl IntoIterator<Item = P>,
        relatives: impl IntoIterator<Item = P>,
        pedigrees: impl Into<PathBuf>,
        settings: &Settings,
    ) -> Result<Self, RunError> {
        Self::read_watched(IdentifyInput::new(remains, relatives, pedigrees), settings.clone(), &NoProgress)
    }

    /// As [`IdentifyCase::read`], with all there is to choose, while somebody watches.
    ///
    /// # Errors
    /// As [`IdentifyCase::read`].
    pub fn read_watched(input: IdentifyInput, settings: Settings, progress: &dyn Progress) -> Result<Self, RunError> {
        let started = Instant::now();
        let inputs = &input.inputs;
        let statistics = Statistics::load(settings, input.source.clone(), inputs)?;
        let Pedigrees { families, notes } = read_pedigrees(&input.pedigrees, inputs)?;
        let options = input.reading.options(&statistics, inputs, None);
        let mut profiles = read_panel_watched(&input.sources(), &options, progress)?;
        profiles.notes.extend(notes);
        progress.begin(Stage::uncounted("making the models"));
        let (remains, all) = (input.remains.len(), input.remains.len() + input.relatives.len());
        let sexes = stated_sexes(&profiles, &families, remains..all);
        let sex_of =
            |panel: &Panel, sample: SampleIndex| sexes.get(&sample).copied().unwrap_or_else(|| panel.sex(sample));
        input.reading.take_out_unusable_calls(&mut profiles, &statistics, &sex_of)?;
        let read_time = started.elapsed();
        let started = Instant::now();
        let mut models = statistics.case_models(&profiles.panel)?;
        models.notes.extend(statistics.note_on_tables());
        let unseen = statistics.unseen_alleles(&profiles.panel, &mut models)?;
        models.notes.extend(input.source.without_effect.iter().cloned());
        let roster = Roster::new(
            &profiles.panel,
            families,
            |sample| profiles.came_from_any(sample, &(0..remains)),
            |sample| profiles.came_from_any(sample, &(remains..all)),
        )
        .map_err(|error| with_row_set_aside(error, &profiles, remains, all))?;
        let groups = linkage_groups(&profiles.panel, &mut models, &statistics.settings.linkage, inputs)?;
        let loci = models.locus_names(&profiles.panel).cloned().collect();
        let plan_time = started.elapsed();
        Ok(Self { input, statistics, profiles, models, loci, unseen, groups, roster, read_time, plan_time })
    }

    /// The settings in full.
    pub fn settings(&self) -> &Settings {
        &self.statistics.settings
    }

    pub(super) fn populations(&self) -> Vec<Models<'_>> {
        self.populations_of(&self.models)
    }

    /// The populations of these models of the loci in use.
    pub(super) fn populations_of<'m>(&'m self, models: &'m CaseModels) -> Vec<Models<'m>> {
        populations(models, &self.groups, self.settings().observation.drop_in)
    }

    /// What these bodies show, coded as the families are scored.
    pub(super) fn coded(&self, bodies: Vec<Body>) -> Result<Bodies, TooManyObservations> {
        coded(&self.profiles.panel, &self.models, &self.groups, bodies)
    }

    /// Identifies: samples of one person, every body against every missing person, the joint answer.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn identify(&self) -> Result<IdentifyAnswer, RunError> {
        self.identify_watched(&NoProgress)
    }

    /// As [`IdentifyCase::identify`], while somebody watches, who may stop it.
    ///
    /// # Errors
    /// As [`IdentifyCase::identify`]; an interruption.
    pub fn identify_watched(&self, progress: &dyn Progress) -> Result<IdentifyAnswer, RunError> {
        self.with_task(|task| Ok(task.answer(progress)?))
    }

    /// Calls `use_it` with what every step of the identification needs.
    pub(super) fn with_task<T>(&self, use_it: impl FnOnce(IdentifyTask<'_>) -> T) -> T {
        let case = Case::new(&self.profiles.panel, &self.models, self.settings());
        let IdentifyInput { assignments, keep_samples_apart, merge_min_log10_lr, .. } = self.input;
        let choices = IdentifyChoices { assignments, keep_samples_apart, merge_min_log10_lr };
        use_it(IdentifyTask { case: &case, groups: &self.groups, roster: &self.roster, choices })
    }

    /// The answer as tables and sentences.
    pub fn report<'a>(&'a self, answer: &'a IdentifyAnswer) -> IdentificationReport<'a> {
        IdentificationReport {
            panel: &self.profiles.panel,
            loci: &self.loci,
            bodies: &answer.bodies,
            families: &self.roster.families,
            found: &answer.found,
        }
    }
}

/// The sexes of the typed relatives (samples of these sources) as the pedigrees state them: they are believed.
pub(super) fn stated_sexes(
    profiles: &ReadProfiles,
    families: &[Family],
    sources: Range<usize>,
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
fn with_row_set_aside(source: RosterError, profiles: &ReadProfiles, remains: usize, sources: usize) -> RunError {
    let list = match &source {
        RosterError::NoBody => Some(0..remains),
        RosterError::NoRelative => Some(remains..sources),
        _ => None,
    };
    let is_empty = |list: &Range<usize>| !profiles.panel.indices().any(|sample| profiles.came_from_any(sample, list));
    let cause = list.filter(is_empty).and_then(|list| profiles.why_nobody(&list));
    RunError::NobodyToIdentify { source, cause }
}
