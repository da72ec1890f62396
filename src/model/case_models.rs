//! The models of a case: for each population and each locus in use, everything the likelihood engine needs.
//!
//! The alleles of a locus are those of the frequency table and those that samples of the run show; one that the table does
//! not have gets the rare-allele frequency. Where there are such alleles the locus is open: see [`OpenLocus`].

use super::open_locus::{LocusSource, OpenLocus, TableLocus, chromosome_of};
use crate::inheritance::rates::note_unusual_rates;
use crate::inheritance::{MutationDefinition, MutationModel, MutationParameters, MutationRates};
use crate::likelihood::{Chromosome, LocusDefinition, LocusModel, ModelError};
use crate::name_some::{LOCI_NAMED, name_some};
use crate::population::{FrequencyTable, LocusFrequencies};
use crate::profile::{Allele, LocusName, Panel, Sex};
use crate::settings::{Fallback, MutationSettings, Settings};
use serde::{Deserialize, Serialize};

/// Why the models of a case cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// A locus whose model is refused.
    #[error("{population}, {locus}: {source}")]
    Locus {
        /// The frequency table or the marker file.
        population: String,
        /// The locus.
        locus: String,
        /// The cause.
        source: ModelError,
    },
    /// No locus of the profiles has frequencies.
    #[error("none of the {0} loci of the profiles has frequencies: nothing can be compared")]
    NoLocus(usize),
    /// More loci than can be independent.
    #[error(
        "{0} loci have frequencies, at most {MOST_LOCI} can be used together: they are multiplied as independent, and so many lie so close \
         that they are inherited together; choose some thousand that lie far apart (prune by distance or linkage disequilibrium) and leave the others out of the frequency table"
    )]
    TooManyLoci(usize),
}

/// The most loci of a run. A genome of some 3,500 cM has one in every 0.2 cM then; the tables of each also take memory and time.
const MOST_LOCI: usize = 20_000;

/// With more loci than this neighbours lie within some 35 cM of each other on average: the run says what that means.
const MANY_LOCI: usize = 100;

/// An allele that a frequency table has not seen, with the frequency it got.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AddedAllele {
    /// The table.
    pub table: String,
    /// The locus.
    pub locus: String,
    /// The allele.
    pub allele: String,
    /// The frequency that the rare-allele policy gave it.
    pub frequency: f64,
}

/// The models of one population.
#[derive(Debug)]
pub struct PopulationModels {
    /// The table's name.
    pub name: String,
    /// One model for each locus in use, with the alleles of all samples.
    pub loci: Vec<LocusModel>,
    /// The loci in use that have alleles which the table does not list: pairs are scored there without those of strangers.
    pub open: Vec<Option<OpenLocus>>,
    /// Whether each locus counts in this population's likelihood ratios. One that its table lacks, and that is not taken from another,
    /// does not; it has the models of the first table that has it, by which it is judged consistent or not.
    pub counts: Vec<bool>,
    /// How many people the frequencies of each locus were counted in, where it is known.
    pub people: Vec<Option<f64>>,
    /// What the models of each locus are made of.
    pub sources: Vec<LocusSource>,
    /// The same without mutation, by which a locus is judged consistent or not. Theta makes nothing possible or impossible, so it is
    /// left out too: an allele that is drawn again was drawn before.
    pub without_mutation: Vec<LocusModel>,
    /// Alleles that the table does not have.
    pub added: Vec<AddedAllele>,
}

/// The models of a case.
#[derive(Debug)]
pub struct CaseModels {
    /// The panel's loci in use (0-based positions), ascending.
    pub loci: Vec<usize>,
    /// The panel's loci that are not used: no table has frequencies for them.
    pub unused: Vec<LocusName>,
    /// One set of models for each frequency table.
    pub populations: Vec<PopulationModels>,
    /// What the reader of the results must know.
    pub notes: Vec<String>,
}

impl CaseModels {
    /// Models from frequency tables and the mutation settings. A locus that some table lacks falls back to the first table that has it,
    /// or does not count in that population, as the settings say.
    ///
    /// # Errors
    /// No locus with frequencies, or a locus whose model is refused (a mutation rate too high for its model, for example).
    pub fn from_tables(
        panel: &Panel,
        tables: &[FrequencyTable],
        rates: &MutationRates,
        settings: &Settings,
    ) -> Result<Self, ModelsError> {
        let in_some_table = |locus: &LocusName| tables.iter().any(|table| table.locus(locus).is_some());
        let (loci, unused) = split_loci(panel, in_some_table)?;
        let populations = tables
            .iter()
            .map(|table| population_from_tables(panel, &loci, (table, tables), rates, settings))
            .collect::<Result<_, _>>()?;
        let used: Vec<_> = loci.iter().map(|&position| panel.loci()[position].clone()).collect();
        let of_rates = match settings.mutation.model {
            MutationModel::None | MutationModel::GenotypingError => None,
            _ => note_unusual_rates(used.iter().map(|locus| (locus.as_str(), rates.of(locus).rates))),
        };
        let lacking =
            tables.iter().flat_map(|table| notes_on_fallback(table, tables, &used, settings.population.fallback));
        let notes = rates.note(&used).into_iter().chain(of_rates).chain(note_unused(&unused)).chain(lacking);
        let notes = notes.chain(note_x(&used)).chain(note_many(loci.len())).collect();
        Ok(Self { loci, unused, populations, notes }.with_note_of_unknown_sexes(panel))
    }

    /// Models from a marker file, which says everything about each locus itself. Alleles that a locus does not list, or lists
    /// with frequency 0, get the rare-allele frequency that applies without a sample size; those that its mutation
    /// model refuses are not added: calls that show them were taken out before ([`super::UnusableCalls`]).
    ///
    /// # Errors
    /// No locus in common, or a locus whose model is refused.
    pub fn from_markers(
        panel: &Panel,
        name: &str,
        markers: &[LocusDefinition],
        settings: &Settings,
    ) -> Result<Self, ModelsError> {
        let find = |locus: &LocusName| markers.iter().find(|marker| LocusName::new(&marker.name) == *locus);
        let (loci, unused) = split_loci(panel, |locus| find(locus).is_some())?;
        let rare = settings.population.rare_allele_policy().frequency_of_unseen(None);
        let source = |&position: &usize| {
            let marker = find(&panel.loci()[position])?;
            let alleles = panel.dictionary(position).alleles();
            Some(LocusToModel {
                source: LocusSource::Markers(marker.clone(), rare),
                alleles,
                counts: true,
                people: None,
            })
        };
        let population = population_models(name, loci.iter().filter_map(source).collect())?;
        let mutating = markers.iter().filter_map(|marker| Some((marker.name.as_str(), marker.mutation.as_ref()?)));
        let rates = mutating.map(|(name, mutation)| (name, mutation.rates()));
        let notes =
            note_unused(&unused).into_iter().chain(note_unusual_rates(rates)).chain(note_many(loci.len())).collect();
        Ok(Self { loci, unused, populations: vec![population], notes }.with_note_of_unknown_sexes(panel))
    }

    /// Names of the loci in use, in their order.
    pub fn locus_names<'a>(&'a self, panel: &'a Panel) -> impl Iterator<Item = &'a LocusName> {
        self.loci.iter().map(|&position| &panel.loci()[position])
    }

    /// Whether any locus is X-chromosomal, so that sexes decide how many alleles a person has.
    pub fn has_x_loci(&self) -> bool {
        self.populations.iter().flat_map(|population| &population.loci).any(|model| model.chromosome() == Chromosome::X)
    }

    /// Whether a locus in use (0-based position among these) lies on the X chromosome.
    pub fn is_x(&self, index: usize) -> bool {
        self.populations.iter().any(|models| models.loci[index].chromosome() == Chromosome::X)
    }

    fn with_note_of_unknown_sexes(mut self, panel: &Panel) -> Self {
        let unknown = panel.indices().filter(|&sample| panel.sex(sample) == Sex::Unknown).count();
        if unknown > 0 && self.has_x_loci() {
            self.notes.push(format!("{unknown} samples of unknown sex: X-chromosomal loci say nothing about them"));
        }
        self
    }
}

fn split_loci(
    panel: &Panel,
    is_usable: impl Fn(&LocusName) -> bool,
) -> Result<(Vec<usize>, Vec<LocusName>), ModelsError> {
    let (used, unused): (Vec<_>, Vec<_>) = panel.loci().iter().enumerate().partition(|(_, locus)| is_usable(locus));
    if used.is_empty() {
        return Err(ModelsError::NoLocus(panel.loci().len()));
    }
    if used.len() > MOST_LOCI {
        return Err(ModelsError::TooManyLoci(used.len()));
    }
    let positions = used.into_iter().map(|(position, _)| position).collect();
    Ok((positions, unused.into_iter().map(|(_, locus)| locus.clone()).collect()))
}

/// The first of these tables that has the locus.
fn first_with<'t>(
    tables: &'t [FrequencyTable],
    locus: &LocusName,
) -> Option<(&'t FrequencyTable, &'t LocusFrequencies)> {
    tables.iter().find_map(|table| Some((table, table.locus(locus)?)))
}

/// The models of one table, `all` the tables of the run.
fn population_from_tables(
    panel: &Panel,
    loci: &[usize],
    (table, all): (&FrequencyTable, &[FrequencyTable]),
    rates: &MutationRates,
    settings: &Settings,
) -> Result<PopulationModels, ModelsError> {
    let in_use = |&position: &usize| {
        let name = &panel.loci()[position];
        let own = table.locus(name);
        let frequencies = own.or_else(|| Some(first_with(all, name)?.1))?;
        let source = LocusSource::Table(TableLocus {
            name: name.clone(),
            frequencies: frequencies.clone(),
            policy: settings.population.rare_allele_policy(),
            mutation: mutation_definition(name, rates, settings),
            theta: settings.population.theta,
            silent_frequency: settings.observation.silent_frequency,
        });
        let counts = own.is_some() || settings.population.fallback == Fallback::First;
        let alleles = panel.dictionary(position).alleles();
        Some(LocusToModel { source, alleles, counts, people: frequencies.people })
    };
    population_models(&table.name, loci.iter().filter_map(in_use).collect())
}

/// A locus in use: what its model is made from.
struct LocusToModel {
    source: LocusSource,
    /// What any sample shows.
    alleles: Vec<Allele>,
    counts: bool,
    people: Option<f64>,
}

fn population_models(name: &str, in_use: Vec<LocusToModel>) -> Result<PopulationModels, ModelsError> {
    let model_of = |definition: LocusDefinition| {
        let locus = definition.name.clone();
        let refused = |source| ModelsError::Locus { population: name.to_owned(), locus, source };
        LocusModel::new(definition).map_err(refused)
    };
    let (loci, open, without_mutation, added) = Default::default();
    let (counts, people) = in_use.iter().map(|locus| (locus.counts, locus.people)).unzip();
    let sources = in_use.iter().map(|locus| locus.source.clone()).collect();
    let mut models =
        PopulationModels { name: name.to_owned(), loci, open, counts, people, sources, without_mutation, added };
    for LocusToModel { source, alleles, .. } in in_use {
        let (definition, added) = source.definition(&alleles);
        let of_locus = added.iter().map(|&(allele, frequency)| added_allele(name, &definition.name, allele, frequency));
        models.added.extend(of_locus);
        let never_mutates = LocusDefinition { mutation: None, theta: 0.0, ..definition.clone() };
        models.without_mutation.push(model_of(never_mutates)?);
        models.loci.push(model_of(definition)?);
        let unseen: Vec<Allele> = added.into_iter().map(|(allele, _)| allele).collect();
        models.open.push((!unseen.is_empty()).then(|| OpenLocus::new(source, unseen)));
    }
    Ok(models)
}

fn mutation_definition(locus: &LocusName, rates: &MutationRates, settings: &Settings) -> Option<MutationDefinition> {
    let MutationSettings { model, range, rate2, .. } = settings.mutation;
    let rates = rates.of(locus).rates;
    let parameters = |rate| MutationParameters { rate, rate2, range, matrix: None };
    (model != MutationModel::None).then(|| MutationDefinition {
        model,
        female: parameters(rates.female),
        male: parameters(rates.male),
    })
}

/// A sentence on the loci that no likelihood ratio rests on.
fn note_unused(unused: &[LocusName]) -> Option<String> {
    (!unused.is_empty()).then(|| format!("no frequencies, so not used: {}", name_some(unused, LOCI_NAMED)))
}

/// Sentences on the loci in use that a table lacks and another has.
fn notes_on_fallback(
    table: &FrequencyTable,
    all: &[FrequencyTable],
    used: &[LocusName],
    fallback: Fallback,
) -> Vec<String> {
    let lacking: Vec<&LocusName> = used.iter().filter(|&locus| table.locus(locus).is_none()).collect();
    let listed = |loci: &[&LocusName]| name_some(loci, LOCI_NAMED);
    if fallback == Fallback::None && !lacking.is_empty() {
        return vec![format!("{} has no frequencies for {}: left out of its LR", table.name, listed(&lacking))];
    }
    let from = |other: &FrequencyTable| {
        let is_from = |locus: &&&LocusName| first_with(all, locus).is_some_and(|(first, _)| std::ptr::eq(first, other));
        let loci: Vec<&LocusName> = lacking.iter().filter(is_from).copied().collect();
        let what = || {
            format!("{} has no frequencies for {}: those of {} are used there", table.name, listed(&loci), other.name)
        };
        (!loci.is_empty()).then(what)
    };
    all.iter().filter_map(from).collect()
}

/// A sentence on the loci that count as X-chromosomal.
fn note_x(used: &[LocusName]) -> Option<String> {
    let names: Vec<_> = used.iter().filter(|name| chromosome_of(name) == Chromosome::X).collect();
    let what = "X-chromosomal by their names, so men have one allele";
    let linked = "they are taken as independent, which closely linked ones are not";
    (!names.is_empty()).then(|| format!("{what}: {}; {linked}", name_some(names, LOCI_NAMED)))
}

/// A sentence on what a product over many loci rests on.
fn note_many(loci: usize) -> Option<String> {
    (loci > MANY_LOCI).then(|| {
        format!(
            "{loci} loci are multiplied as independent, though loci within some 50 cM of each other are often inherited together: that changes \
             no LR of one parent and one child, but those of siblings, grandparents, cousins and several children of one parent can be too high or \
             too low; loci in linkage disequilibrium (some 0.1 cM apart) make every LR too extreme"
        )
    })
}

fn added_allele(table: &str, locus: &str, allele: Allele, frequency: f64) -> AddedAllele {
    AddedAllele { table: table.to_owned(), locus: locus.to_owned(), allele: allele.to_string(), frequency }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::PanelBuilder;

    #[test]
    fn more_loci_than_can_be_independent_are_refused() {
        let panel = |loci: usize| {
            let names = (0..loci).map(|at| LocusName::new(&format!("rs{at}"))).collect();
            PanelBuilder::new(names).build().unwrap()
        };
        assert_eq!(split_loci(&panel(MOST_LOCI), |_| true).unwrap().0.len(), MOST_LOCI);
        let refused = split_loci(&panel(MOST_LOCI + 1), |_| true).unwrap_err().to_string();
        assert!(refused.starts_with("20001 loci have frequencies, at most 20000 can be used together"), "{refused}");
    }

    #[test]
    fn the_note_on_many_loci_is_for_many() {
        assert_eq!(note_many(MANY_LOCI), None);
        assert!(note_many(MANY_LOCI + 1).unwrap().starts_with("101 loci are multiplied as independent"));
    }
}
