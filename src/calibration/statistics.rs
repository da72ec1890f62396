//! What the statistics of a simulation or an analysis rest on, and how one is set apart from the other.

use crate::inheritance::{MutationModel, MutationRates};
use crate::likelihood::{LocusDefinition, LocusModel};
use crate::model::{CaseModels, ModelsError};
use crate::population::FrequencyTable;
use crate::profile::{LocusName, Panel, PanelBuilder, PanelError};
use crate::settings::Settings;

/// Settings with the tables, rates or markers that they name.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// The settings in full.
    pub settings: Settings,
    /// The frequency tables, not used where there are markers.
    pub tables: Vec<FrequencyTable>,
    /// The mutation rates, not used where there are markers.
    pub rates: MutationRates,
    /// The loci of a marker file and its name, in place of tables and rates.
    pub markers: Option<(String, Vec<LocusDefinition>)>,
}

/// Why a population cannot be simulated.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A locus without frequencies.
    #[error("{population} has no frequencies for {locus}, which is to be simulated")]
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

impl Statistics {
    /// The models with which `filia match` would analyse this panel.
    ///
    /// # Errors
    /// A locus whose model is refused; no locus in common.
    pub fn case_models(&self, panel: &Panel) -> Result<CaseModels, ModelsError> {
        match &self.markers {
            Some((name, markers)) => CaseModels::from_markers(panel, name, markers, &self.settings),
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
                Some((name, _)) => name.clone(),
                None => self.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>().join(" or "),
            };
            return Err(WorldError::NoFrequencies { population, locus: locus.clone() });
        }
        Ok(models.populations.swap_remove(0).loci)
    }

    /// Every locus that has frequencies in each table.
    pub fn loci(&self) -> Vec<LocusName> {
        if let Some((_, markers)) = &self.markers {
            return markers.iter().map(|marker| LocusName::new(&marker.name)).collect();
        }
        let in_all = |locus: &LocusName| self.tables.iter().all(|table| table.locus(locus).is_some());
        let first = self.tables.first().into_iter().flat_map(|table| &table.loci);
        first.map(|locus| locus.locus.clone()).filter(in_all).collect()
    }

    /// The name of the population that samples are drawn from.
    pub fn population(&self) -> &str {
        match &self.markers {
            Some((name, _)) => name,
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
        changed.markers.iter_mut().flat_map(|(_, markers)| markers).for_each(|marker| marker.theta = theta);
        changed
    }

    /// The same with every mutation rate times `factor`, at most 1; nothing where there are no rates: without mutation, and
    /// where a marker file gives matrices.
    pub fn with_mutation_factor(&self, factor: f64) -> Option<Self> {
        let mut changed = self.clone();
        changed.rates = self.rates.scaled(factor);
        let Some((_, markers)) = &mut changed.markers else {
            return (self.settings.mutation.model != MutationModel::None).then_some(changed);
        };
        let mutations: Vec<_> = markers.iter_mut().filter_map(|marker| marker.mutation.as_mut()).collect();
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
            Some((_, markers)) => markers.first().map_or(0.0, |marker| marker.theta),
            None => self.settings.population.theta,
        }
    }
}
