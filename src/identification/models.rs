//! The statistics that families are scored by.

use crate::likelihood::LocusModel;
use crate::likelihood::case::LinkageGroup;
use crate::model::PopulationModels;

/// The models of one population at the loci in use.
#[derive(Clone, Copy, Debug)]
pub struct Models<'a> {
    /// One model a locus.
    pub loci: &'a [LocusModel],
    /// The same without mutation (theta does not matter), by which a locus is judged consistent or not.
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
            without_mutation: &population.without_mutation,
            counts: &population.counts,
            positions,
            groups,
            drop_in,
        }
    }
}
