//! A locus at which samples show alleles that the frequency table does not list.
//!
//! Which alleles a locus has decides how a mutation model shares out its rate, so it decides likelihoods. A pair is scored with the
//! alleles of the table and those that the people it is about show, and with no stranger's: adding a sample to a run changes
//! nobody else's numbers. Both hypotheses have the same alleles.

use super::unseen_alleles::with_unseen;
use crate::inheritance::MutationDefinition;
use crate::likelihood::{Chromosome, LocusDefinition, LocusModel, ModelError};
use crate::population::{LocusFrequencies, MinimumAppliesTo, RareAllelePolicy};
use crate::profile::{self, Allele, Call, LocusName, Observation};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// What a locus is made of before anybody's alleles join it.
#[derive(Clone, Debug)]
pub enum LocusSource {
    /// The frequencies of a table, with the settings' models.
    Table(TableLocus),
    /// A locus of a marker file, and the frequency of alleles that it does not list.
    Markers(LocusDefinition, f64),
}

/// A locus of a frequency table under the settings.
#[derive(Clone, Debug)]
pub struct TableLocus {
    /// The locus in the panel.
    pub name: LocusName,
    /// Its frequencies as they were counted.
    pub frequencies: LocusFrequencies,
    /// How rare and unseen alleles get a frequency.
    pub policy: RareAllelePolicy,
    /// Mutation; `None` where no allele mutates.
    pub mutation: Option<MutationDefinition>,
    /// Coancestry.
    pub theta: f64,
    /// Frequency of the silent allele.
    pub silent_frequency: f64,
}

impl LocusSource {
    /// The frequencies as they were counted; none of a marker file.
    pub fn counted(&self) -> &[(Allele, f64)] {
        match self {
            Self::Table(table) => &table.frequencies.frequencies,
            Self::Markers(..) => &[],
        }
    }

    /// The locus as people are drawn from it: the frequencies are those that were counted, with these alleles (any order, repetitions
    /// allowed) where the source does not list them, and they sum to 1. A minimum is for likelihood ratios; a population does not have
    /// it.
    pub fn population(&self, seen: &[Allele]) -> LocusDefinition {
        match self {
            Self::Table(table) => {
                let policy =
                    RareAllelePolicy { applies_to: MinimumAppliesTo::Unseen, renormalise: true, ..table.policy };
                TableLocus { policy, ..table.clone() }.definition(seen).0
            }
            Self::Markers(..) => normalised(self.definition(seen).0),
        }
    }

    /// The locus with these alleles (any order, repetitions allowed), and those that got the frequency of an unseen allele.
    pub fn definition(&self, seen: &[Allele]) -> (LocusDefinition, Vec<(Allele, f64)>) {
        match self {
            Self::Table(table) => table.definition(seen),
            Self::Markers(marker, rare) => {
                let mut seen = seen.to_vec();
                seen.sort_unstable();
                seen.dedup();
                let with = with_unseen(marker, &seen, *rare);
                (with.definition, with.added.into_iter().map(|allele| (allele, *rare)).collect())
            }
        }
    }
}

impl TableLocus {
    fn definition(&self, seen: &[Allele]) -> (LocusDefinition, Vec<(Allele, f64)>) {
        let alphabet = self.frequencies.alphabet(seen, &self.policy);
        let visible = 1.0 - self.silent_frequency;
        let definition = LocusDefinition {
            name: self.name.to_string(),
            chromosome: chromosome_of(&self.name),
            alleles: alphabet.alleles.iter().map(Allele::to_string).collect(),
            frequencies: alphabet.frequencies.iter().map(|frequency| frequency * visible).collect(),
            mutation: self.mutation.clone(),
            theta: self.theta,
            silent_frequency: self.silent_frequency,
        };
        (definition, alphabet.added)
    }
}

/// The same with frequencies that sum to 1, the silent allele's among them.
pub fn normalised(mut definition: LocusDefinition) -> LocusDefinition {
    let visible: f64 = definition.frequencies.iter().sum();
    let factor = (1.0 - definition.silent_frequency) / visible;
    definition.frequencies.iter_mut().for_each(|frequency| *frequency *= factor);
    definition
}

/// Where a locus of a frequency table lies: its name alone tells.
pub fn chromosome_of(locus: &LocusName) -> Chromosome {
    match locus.chromosome() {
        Some(profile::LocusKind::X) => Chromosome::X,
        _ => Chromosome::Autosomal,
    }
}

/// A locus whose alleles depend on who is compared.
#[derive(Debug)]
pub struct OpenLocus {
    source: LocusSource,
    /// The alleles that some sample shows and the source does not list, ascending.
    unseen: Vec<Allele>,
    /// The models made so far, by which of these alleles they have.
    models: RwLock<HashMap<Vec<Allele>, Arc<LocusModel>>>,
}

impl OpenLocus {
    /// `unseen` are the alleles (ascending) that got the frequency of an unseen allele.
    pub fn new(source: LocusSource, unseen: Vec<Allele>) -> Self {
        Self { source, unseen, models: RwLock::default() }
    }

    /// Those of these alleles that the source does not list, ascending, each once.
    pub fn unseen_of(&self, alleles: impl Iterator<Item = Allele>) -> Vec<Allele> {
        let unseen: BTreeSet<Allele> = alleles.filter(|allele| self.unseen.binary_search(allele).is_ok()).collect();
        unseen.into_iter().collect()
    }

    /// The model with these unseen alleles (as [`OpenLocus::unseen_of`] lists them) and no others.
    ///
    /// # Errors
    /// A mutation model that cannot do with so few alleles.
    pub fn model(&self, unseen: &[Allele]) -> Result<Arc<LocusModel>, ModelError> {
        if let Some(model) = self.models.read().unwrap_or_else(PoisonError::into_inner).get(unseen) {
            return Ok(Arc::clone(model));
        }
        let model = Arc::new(LocusModel::new(self.source.definition(unseen).0)?);
        let mut models = self.models.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(models.entry(unseen.to_vec()).or_insert(model)))
    }

    /// The models of every set of unseen alleles that this child and two of these parents can show together; `None` where there are
    /// more than `most`, or one is refused.
    pub fn models_of_couples(&self, child: Call, parents: &[Observation], most: usize) -> Option<Vec<Arc<LocusModel>>> {
        let of_parents: BTreeSet<Vec<Allele>> =
            parents.iter().map(|parent| self.unseen_of(parent.call.alleles())).chain([Vec::new()]).collect();
        if of_parents.len() > most {
            return None;
        }
        let together = |one: &[Allele], other: &[Allele]| {
            self.unseen_of(child.alleles().chain(one.iter().copied()).chain(other.iter().copied()))
        };
        let sets: BTreeSet<Vec<Allele>> =
            of_parents.iter().flat_map(|one| of_parents.iter().map(move |other| together(one, other))).collect();
        if sets.len() > most {
            return None;
        }
        sets.iter().map(|unseen| self.model(unseen).ok()).collect()
    }
}
