//! What somebody about whom nothing is known shows: a founder of each sex, at every locus.

use super::IdentificationError;
use super::bodies::Bodies;
use super::evidence::shown_row;
use super::models::Models;
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::likelihood::{Chromosome, GenotypeTable, genotype_table};
use crate::profile::Sex;
use std::sync::Arc;

/// The founders of one population.
#[derive(Clone, Debug)]
pub struct Founders {
    loci: Vec<ByChromosomes>,
}

/// A founder at one locus, by the number of chromosomes.
#[derive(Clone, Debug)]
struct ByChromosomes {
    two: (GenotypeTable, Arc<[f64]>),
    /// A male's X.
    one: Option<(GenotypeTable, Arc<[f64]>)>,
    /// An X-chromosomal locus of somebody whose sex is not known says nothing.
    unknown: Option<Arc<[f64]>>,
}

impl Founders {
    /// Tables and rows at every locus.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn new(models: Models<'_>, bodies: &Bodies) -> Result<Self, IdentificationError> {
        let loci = models.loci.iter().enumerate().map(|(locus, model)| {
            let of = |sex: Sex| -> Result<_, IdentificationError> {
                let pedigree = Pedigree::new(vec![Individual::founder("founder", sex)])?;
                let table = genotype_table(model, &pedigree, &[], 0)?;
                let row = shown_row(model, &table, 0.0, bodies.shown(locus), models.drop_in)?;
                Ok((table, row.into()))
            };
            let is_x = model.chromosome() == Chromosome::X;
            let zeros = || vec![0.0; bodies.shown(locus).len()].into();
            Ok(ByChromosomes {
                two: of(Sex::Female)?,
                one: is_x.then(|| of(Sex::Male)).transpose()?,
                unknown: is_x.then(zeros),
            })
        });
        Ok(Self { loci: loci.collect::<Result<_, IdentificationError>>()? })
    }

    /// ln P(shown), by code; 0 for code 0, and throughout on the X where the sex is not known.
    pub fn row(&self, locus: usize, sex: Sex) -> Arc<[f64]> {
        let locus = &self.loci[locus];
        Arc::clone(match (sex, &locus.one, &locus.unknown) {
            (Sex::Male, Some((_, row)), _) => row,
            (Sex::Unknown, _, Some(zeros)) => zeros,
            _ => &locus.two.1,
        })
    }

    /// The genotype table.
    pub fn table(&self, locus: usize, sex: Sex) -> &GenotypeTable {
        let locus = &self.loci[locus];
        match (sex, &locus.one) {
            (Sex::Male, Some((table, _))) => table,
            _ => &locus.two.0,
        }
    }
}
