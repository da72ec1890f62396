//! The statistics that families are scored by.

use crate::likelihood::case::LinkageGroup;
use crate::likelihood::{LocusModel, ModelError};
use crate::model::{OpenLocus, PopulationModels};
use crate::profile::Allele;
use std::ops::Deref;
use std::sync::Arc;

/// The alleles that some people show at a locus and the frequency table does not list, ascending. They decide, with those of the
/// table, which alleles the locus has when these people are compared.
pub type Unseen = Vec<Allele>;

/// The models of one population at the loci in use.
#[derive(Clone, Copy, Debug)]
pub struct Models<'a> {
    /// One model a locus, with the alleles of all samples.
    pub loci: &'a [LocusModel],
    /// The loci with alleles that the table does not list: nobody is compared there with those of strangers.
    pub open: &'a [Option<OpenLocus>],
    /// The same as `loci` without mutation (theta does not matter), by which a locus is judged consistent or not.
    pub without_mutation: &'a [LocusModel],
    /// Whether each locus counts in this population.
    pub counts: &'a [bool],
    /// The panel's loci (0-based positions), in the order of the models.
    pub positions: &'a [usize],
    /// The loci (0-based among those in use) in groups; linked ones are together, and every locus is in one.
    pub groups: &'a [LinkageGroup],
    /// Probability that an allele drops in.
    pub drop_in: f64,
}

/// A locus with the alleles of some people.
#[derive(Clone, Debug)]
pub enum LocusInUse<'a> {
    /// The table lists whatever anybody shows: everybody has the same model.
    Closed(&'a LocusModel),
    /// With those unseen alleles alone that these people show.
    Open(Arc<LocusModel>),
}

impl Deref for LocusInUse<'_> {
    type Target = LocusModel;

    fn deref(&self) -> &LocusModel {
        match self {
            Self::Closed(model) => model,
            Self::Open(model) => model,
        }
    }
}

impl<'a> Models<'a> {
    /// The models of one population, whose loci are at these positions of the panel and in these groups.
    pub fn new(
        population: &'a PopulationModels,
        positions: &'a [usize],
        groups: &'a [LinkageGroup],
        drop_in: f64,
    ) -> Self {
        Self {
            loci: &population.loci,
            open: &population.open,
            without_mutation: &population.without_mutation,
            counts: &population.counts,
            positions,
            groups,
            drop_in,
        }
    }

    /// Whether anybody shows an allele at this locus that the table does not list.
    pub fn is_open(&self, locus: usize) -> bool {
        self.open[locus].is_some()
    }

    /// Those of these alleles that the table does not list.
    pub fn unseen_of(&self, locus: usize, alleles: impl Iterator<Item = Allele>) -> Unseen {
        self.open[locus].as_ref().map_or_else(Unseen::new, |open| open.unseen_of(alleles))
    }

    /// The locus with the alleles of the table and these.
    ///
    /// # Errors
    /// A mutation model that cannot do with so few alleles.
    pub fn model(&self, locus: usize, unseen: &[Allele]) -> Result<LocusInUse<'a>, ModelError> {
        match &self.open[locus] {
            Some(open) => Ok(LocusInUse::Open(open.model(unseen)?)),
            None => Ok(LocusInUse::Closed(&self.loci[locus])),
        }
    }
}
