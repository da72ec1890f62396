//! The statistics of a run: the settings with the frequency tables, the mutation rates or the marker file that they name; how one is
//! set apart from another.

use crate::inheritance::{MutationModel, MutationRates};
use crate::io::frequency_file::{FrequencyTableError, load_table};
use crate::io::marker_file::{MarkerFile, MarkerFileError, read_marker_file};
use crate::io::rates_file::load_rates;
use crate::io::settings_file::{SettingsFileError, find_stated};
use crate::io::source::Inputs;
use crate::io::table_file::TableError;
use crate::likelihood::{LocusDefinition, LocusModel};
use crate::model::{CaseModels, InUse, ModelsError, UnseenAllele, note_unseen, unseen_by_sample};
use crate::population::{FrequencyTable, MinimumAppliesTo, name_apart};
use crate::profile::{LocusName, Panel, PanelBuilder, PanelError};
use crate::settings::{Given, RatesSource, SettingOutOfRange, Settings};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Said where nobody chose a frequency table.
const NO_TABLE_CHOSEN: &str = "frequencies of US Caucasians (nist1036:cauc) were used because none were chosen: \
     choose those of the people's own population with --frequencies or `tables` in the settings";

/// What the likelihoods of a run rest on.
///
/// ```
/// use filia::prelude::*;
///
/// let statistics = Statistics::bundled("nist1036:cauc")?;
/// assert_eq!((statistics.population(), statistics.theta()), ("nist1036:cauc", 0.01));
/// # Ok::<(), filia::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Statistics {
    /// The settings in full: mutation model, theta, what a laboratory sees of a genotype.
    pub settings: Settings,
    /// The frequency tables; none where there are markers.
    pub tables: Vec<FrequencyTable>,
    /// The mutation rates, not used where there are markers.
    pub rates: MutationRates,
    /// A marker file, in place of tables and rates.
    pub markers: Option<Markers>,
    /// Where they come from.
    pub source: StatisticsSource,
}

/// A marker file as it was read.
#[derive(Clone, Debug)]
pub struct Markers {
    /// The file as it was named.
    pub name: String,
    /// Its loci.
    pub loci: Vec<LocusDefinition>,
    /// What it says of them that is not used.
    pub notes: Vec<String>,
}

/// Where statistics come from, beside the settings.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct StatisticsSource {
    /// The settings file, where the settings come from one.
    pub config: Option<PathBuf>,
    /// A marker file, which says everything about each locus itself.
    pub markers: Option<PathBuf>,
    /// Whether nobody chose the frequency tables, so that the run must say which they are.
    pub tables_by_default: bool,
    /// Sentences on what the settings file states and the run has no use for.
    pub without_effect: Vec<String>,
}

/// Why statistics cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum StatisticsError {
    /// A setting out of its range.
    #[error(transparent)]
    Setting(#[from] SettingOutOfRange),
    /// A frequency table that is not there or none.
    #[error(transparent)]
    Table(#[from] FrequencyTableError),
    /// Mutation rates that are none.
    #[error(transparent)]
    Rates(#[from] TableError),
    /// A marker file that cannot be used.
    #[error("{name}: {source}")]
    Markers {
        /// The file.
        name: String,
        /// What is wrong.
        source: MarkerFileError,
    },
    /// Several tables where cases are drawn from one population.
    #[error("population.tables: found {0} tables, expected one to draw from")]
    SeveralTables(usize),
}

/// Why a population cannot be simulated.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A locus without frequencies.
    #[error("{population} has no frequencies for {locus}")]
    NoFrequencies {
        /// The table or marker file.
        population: String,
        /// The locus.
        locus: LocusName,
    },
    /// The models are refused.
    #[error(transparent)]
    Models(#[from] ModelsError),
    /// The panel is refused.
    #[error(transparent)]
    Panel(#[from] PanelError),
}

impl StatisticsSource {
    /// The same with what a run of this command must say of it: `chosen` says whether frequency tables were chosen over the settings
    /// file, `families` whether the run is given families that miss somebody.
    ///
    /// # Errors
    /// A settings file that cannot be read.
    pub fn of_run(
        self,
        command: &str,
        chosen: bool,
        families: bool,
        settings: &Settings,
        inputs: &Inputs,
    ) -> Result<Self, SettingsFileError> {
        let given = Given { markers: self.markers.is_some(), families };
        let tables_by_default = !chosen && !self.states("population.tables", inputs)?;
        let without_effect = self.without_effect(command, given, settings, inputs)?;
        Ok(Self { tables_by_default, without_effect, ..self })
    }

    /// Whether the settings file states this key (section and key joined by a point).
    ///
    /// # Errors
    /// A settings file that cannot be read.
    pub fn states(&self, key: &str, inputs: &Inputs) -> Result<bool, SettingsFileError> {
        Ok(match &self.config {
            Some(config) => !find_stated(config, inputs, [key])?.is_empty(),
            None => false,
        })
    }

    /// Sentences on what the settings file states and a run of this command has no use for.
    fn without_effect(
        &self,
        command: &str,
        given: Given,
        settings: &Settings,
        inputs: &Inputs,
    ) -> Result<Vec<String>, SettingsFileError> {
        let Some(config) = &self.config else { return Ok(Vec::new()) };
        let without = settings.without_effect(command, given);
        let stated = find_stated(config, inputs, without.iter().map(|(key, _)| *key))?;
        let why = |key: &str| without.iter().find(|(found, _)| *found == key).map(|(_, why)| why.to_string());
        let note = |(key, place): &(&str, _)| Some(format!("{place}: `{key}` has no effect: {}", why(key)?));
        Ok(stated.iter().filter_map(note).collect())
    }
}

impl Markers {
    /// Reads a marker file.
    ///
    /// # Errors
    /// A file that cannot be read or used.
    pub fn read(path: &Path, inputs: &Inputs) -> Result<Self, StatisticsError> {
        let name = path.display().to_string();
        match read_marker_file(path, inputs) {
            Ok(MarkerFile { loci, notes }) => Ok(Self { name, loci, notes }),
            Err(source) => Err(StatisticsError::Markers { name, source }),
        }
    }

    /// The names of its loci.
    pub fn locus_names(&self) -> impl Iterator<Item = LocusName> + '_ {
        self.loci.iter().map(|marker| LocusName::new(&marker.name))
    }

    /// The file's name and its loci.
    pub fn named_loci(&self) -> (&str, &[LocusDefinition]) {
        (&self.name, &self.loci)
    }
}

impl Statistics {
    /// The default settings with this frequency table: a bundled name (`nist1036:afam`, `asian`, `cauc`, `hisp`) or a file.
    ///
    /// # Errors
    /// No such table, or a file that is none.
    pub fn bundled(name: &str) -> Result<Self, StatisticsError> {
        let mut settings = Settings::default();
        settings.population.tables = vec![name.to_owned()];
        Self::from_settings(&settings)
    }

    /// What these settings name.
    ///
    /// # Errors
    /// A setting out of its range; a file that cannot be read or used.
    pub fn from_settings(settings: &Settings) -> Result<Self, StatisticsError> {
        Self::load(settings.clone(), StatisticsSource::default(), &Inputs::default())
    }

    /// What these settings and this source name, read from these inputs.
    ///
    /// # Errors
    /// As [`Statistics::from_settings`].
    pub fn load(settings: Settings, source: StatisticsSource, inputs: &Inputs) -> Result<Self, StatisticsError> {
        settings.validate()?;
        let markers = source.markers.as_deref().map(|path| Markers::read(path, inputs)).transpose()?;
        let (tables, rates) = match markers {
            Some(_) => (Vec::new(), load_rates(&RatesSource::Bundled, inputs)?),
            None => (load_tables(&settings, inputs)?, load_rates(&settings.mutation.rates, inputs)?),
        };
        Ok(Self { settings, tables, rates, markers, source })
    }

    /// The same, refused where samples cannot be drawn from one population.
    ///
    /// # Errors
    /// Several tables.
    pub fn of_one_population(self) -> Result<Self, StatisticsError> {
        match self.tables.len() {
            0 | 1 => Ok(self),
            several => Err(StatisticsError::SeveralTables(several)),
        }
    }

    /// The same with frequencies as they were counted: a minimum is for likelihood ratios, a population does not have it.
    pub fn as_counted(mut self) -> Self {
        self.settings.population.minimum_applies_to = MinimumAppliesTo::Unseen;
        self
    }

    /// A sentence where nobody chose a frequency table.
    pub fn note_on_tables(&self) -> Option<String> {
        (self.source.tables_by_default && self.markers.is_none()).then(|| NO_TABLE_CHOSEN.to_owned())
    }

    /// Every locus that some table or the marker file names: columns of these names are loci.
    pub fn known_loci(&self) -> Vec<LocusName> {
        let of_tables = self.tables.iter().flat_map(|table| table.loci.iter().map(|locus| locus.locus.clone()));
        of_tables.chain(self.markers.iter().flat_map(Markers::locus_names)).collect()
    }

    /// What decides which calls can be used.
    pub fn in_use(&self, accepts_implausible: bool) -> InUse<'_> {
        InUse {
            markers: self.markers.as_ref().map(|markers| markers.loci.as_slice()),
            tables: &self.tables,
            rare: self.settings.population.rare_allele_policy().frequency_of_unseen(None),
            accepts_implausible,
        }
    }

    /// The alleles that samples show and a table in use does not list; the models get a note of them.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn unseen_alleles(&self, panel: &Panel, models: &mut CaseModels) -> Result<Vec<UnseenAllele>, PanelError> {
        let unseen = unseen_by_sample(panel, &self.tables, self.markers.as_ref().map(Markers::named_loci))?;
        models.notes.extend(note_unseen(&unseen));
        Ok(unseen)
    }

    /// The models with which `filia match` would analyse this panel.
    ///
    /// # Errors
    /// A locus whose model is refused; no locus in common.
    pub fn case_models(&self, panel: &Panel) -> Result<CaseModels, ModelsError> {
        match &self.markers {
            Some(Markers { name, loci, notes }) => {
                let mut models = CaseModels::from_markers(panel, name, loci, &self.settings)?;
                models.notes.extend(notes.iter().cloned());
                Ok(models)
            }
            None => CaseModels::from_tables(panel, &self.tables, &self.rates, &self.settings),
        }
    }

    /// The models that samples are drawn from: those of the first population at these loci, without unseen alleles.
    ///
    /// # Errors
    /// A locus without frequencies, or whose model is refused.
    pub fn world(&self, loci: &[LocusName]) -> Result<Vec<LocusModel>, WorldError> {
        let mut models = self.case_models(&PanelBuilder::new(loci.to_vec()).build()?)?;
        if let Some(locus) = models.unused.first() {
            let population = match &self.markers {
                Some(markers) => markers.name.clone(),
                None => self.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>().join(" or "),
            };
            return Err(WorldError::NoFrequencies { population, locus: locus.clone() });
        }
        Ok(models.populations.swap_remove(0).loci)
    }

    /// Every locus that has frequencies in each table.
    pub fn loci(&self) -> Vec<LocusName> {
        if let Some(markers) = &self.markers {
            return markers.locus_names().collect();
        }
        let in_all = |locus: &LocusName| self.tables.iter().all(|table| table.locus(locus).is_some());
        let first = self.tables.first().into_iter().flat_map(|table| &table.loci);
        first.map(|locus| locus.locus.clone()).filter(in_all).collect()
    }

    /// The name of the population that samples are drawn from.
    pub fn population(&self) -> &str {
        match &self.markers {
            Some(markers) => &markers.name,
            None => self.tables.first().map_or("", |table| &table.name),
        }
    }

    /// The same with the frequencies of this table, read by this name; nothing where a marker file has its own.
    pub fn with_table(&self, name: &str, table: FrequencyTable) -> Option<Self> {
        let mut changed = self.clone();
        changed.settings.population.tables = vec![name.to_owned()];
        changed.tables = vec![table];
        self.markers.is_none().then_some(changed)
    }

    /// The same with this coancestry.
    pub fn with_theta(&self, theta: f64) -> Self {
        let mut changed = self.clone();
        changed.settings.population.theta = theta;
        changed.markers.iter_mut().flat_map(|markers| &mut markers.loci).for_each(|marker| marker.theta = theta);
        changed
    }

    /// The same with every mutation rate times `factor`, at most 1; nothing where there are no rates: without mutation, and
    /// where a marker file gives matrices.
    pub fn with_mutation_factor(&self, factor: f64) -> Option<Self> {
        let mut changed = self.clone();
        changed.rates = self.rates.scaled(factor);
        let Some(markers) = &mut changed.markers else {
            return (self.settings.mutation.model != MutationModel::None).then_some(changed);
        };
        let mutations: Vec<_> = markers.loci.iter_mut().filter_map(|marker| marker.mutation.as_mut()).collect();
        if mutations.is_empty() || mutations.iter().any(|mutation| mutation.model == MutationModel::Custom) {
            return None;
        }
        for mutation in mutations {
            mutation.female.rate = (mutation.female.rate * factor).min(1.0);
            mutation.male.rate = (mutation.male.rate * factor).min(1.0);
        }
        Some(changed)
    }

    /// The coancestry of the first locus.
    pub fn theta(&self) -> f64 {
        match &self.markers {
            Some(markers) => markers.loci.first().map_or(0.0, |marker| marker.theta),
            None => self.settings.population.theta,
        }
    }
}

/// The frequency tables that the settings name, each with a name of its own.
fn load_tables(settings: &Settings, inputs: &Inputs) -> Result<Vec<FrequencyTable>, StatisticsError> {
    let read = settings.population.tables.iter().map(|name| load_table(name, inputs));
    let mut tables = read.collect::<Result<Vec<_>, _>>()?;
    name_apart(&mut tables);
    Ok(tables)
}
