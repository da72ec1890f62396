//! What somebody about whom nothing is known shows: a founder of each sex, at every locus.

use super::IdentificationError;
use super::bodies::Bodies;
use super::evidence::shown_row;
use super::models::{Models, Unseen};
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::likelihood::{Chromosome, GenotypeTable, genotype_table};
use crate::profile::{Allele, Sex};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The founders of one population, worked out as they are asked for.
#[derive(Debug)]
pub struct Founders<'a> {
    models: Models<'a>,
    bodies: &'a Bodies,
    /// By locus, then by the unseen alleles that it has.
    loci: Vec<Mutex<HashMap<Unseen, Arc<Founder>>>>,
}

/// A founder at one locus, by the number of chromosomes.
#[derive(Debug)]
pub struct Founder {
    two: (GenotypeTable, Arc<[f64]>),
    /// A male's X.
    one: Option<(GenotypeTable, Arc<[f64]>)>,
    /// An X-chromosomal locus of somebody whose sex is not known says nothing.
    unknown: Option<Arc<[f64]>>,
}

impl<'a> Founders<'a> {
    /// Nothing worked out yet.
    pub fn new(models: Models<'a>, bodies: &'a Bodies) -> Self {
        Self { models, bodies, loci: models.loci.iter().map(|_| Mutex::default()).collect() }
    }

    /// A founder at this locus, which has the alleles of the table and these.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn at(&self, locus: usize, unseen: &[Allele]) -> Result<Arc<Founder>, IdentificationError> {
        let known = || self.loci[locus].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(founder) = known().get(unseen) {
            return Ok(Arc::clone(founder));
        }
        let founder = Arc::new(self.work_out(locus, unseen)?);
        Ok(Arc::clone(known().entry(unseen.to_vec()).or_insert(founder)))
    }

    fn work_out(&self, locus: usize, unseen: &[Allele]) -> Result<Founder, IdentificationError> {
        let (model, shown) = (self.models.model(locus, unseen)?, self.bodies.shown(locus));
        let of = |sex: Sex| -> Result<_, IdentificationError> {
            let pedigree = Pedigree::new(vec![Individual::founder("founder", sex)])?;
            let table = genotype_table(&model, &pedigree, &[], 0)?;
            let row = shown_row(&model, &table, 0.0, shown, self.models.drop_in)?;
            Ok((table, row.into()))
        };
        let is_x = model.chromosome() == Chromosome::X;
        Ok(Founder {
            two: of(Sex::Female)?,
            one: is_x.then(|| of(Sex::Male)).transpose()?,
            unknown: is_x.then(|| vec![0.0; shown.len()].into()),
        })
    }

    /// ln P(everything seen of the bodies), each a stranger to everybody, at loci with the alleles of the table and its own.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn ln_bodies(&self) -> Result<f64, IdentificationError> {
        let mut sum = 0.0;
        for locus in 0..self.bodies.locus_count() {
            for (body, &code) in self.bodies.bodies.iter().zip(self.bodies.column(locus)) {
                let shown = &self.bodies.shown(locus)[usize::from(code)];
                let alleles = shown.iter().flat_map(|observation| observation.call.alleles().collect::<Vec<_>>());
                let founder = self.at(locus, &self.models.unseen_of(locus, alleles))?;
                sum += founder.row(body.sex)[usize::from(code)];
            }
        }
        Ok(sum)
    }
}

impl Founder {
    /// ln P(shown), by code; 0 for code 0, and throughout on the X where the sex is not known; −∞ for alleles that the locus does not
    /// have.
    pub fn row(&self, sex: Sex) -> &Arc<[f64]> {
        match (sex, &self.one, &self.unknown) {
            (Sex::Male, Some((_, row)), _) => row,
            (Sex::Unknown, _, Some(zeros)) => zeros,
            _ => &self.two.1,
        }
    }

    /// The genotype table.
    pub fn table(&self, sex: Sex) -> &GenotypeTable {
        match (sex, &self.one) {
            (Sex::Male, Some((table, _))) => table,
            _ => &self.two.0,
        }
    }
}
