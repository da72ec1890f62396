//! What was seen of a family at one locus, the locus having one set of alleles.

use super::IdentificationError;
use super::evidence::{evidence_on, with_stranger};
use super::models::{LocusInUse, Models, Unseen};
use crate::inheritance::observation::Evidence;
use crate::inheritance::pedigree::Pedigree;
use crate::likelihood::{GenotypeTable, LikelihoodError, genotype_table, ln_likelihood};
use crate::profile::{Allele, Observation, Sex};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// One family at one locus with the alleles of the table and some more.
#[derive(Debug)]
pub(super) struct FamilyLocus<'a> {
    /// The model with these alleles.
    pub model: LocusInUse<'a>,
    /// What was seen of the typed members.
    pub evidence: Vec<Evidence>,
    /// ln P(evidence).
    ln_family: Result<f64, LikelihoodError>,
    /// Tables of strangers by sex (female, male, unknown): with theta they are the costliest.
    strangers: [OnceLock<GenotypeTable>; 3],
}

impl FamilyLocus<'_> {
    /// ln P(everything seen of the typed members).
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn ln_family(&self) -> Result<f64, LikelihoodError> {
        self.ln_family.clone()
    }

    /// The joint table of all evidence and the genotype of somebody of this sex who is related to nobody of the pedigree.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn stranger_table(&self, pedigree: &Pedigree, sex: Sex) -> Result<&GenotypeTable, IdentificationError> {
        let [female, male, unknown] = &self.strangers;
        let kept = match sex {
            Sex::Female => female,
            Sex::Male => male,
            Sex::Unknown => unknown,
        };
        if let Some(table) = kept.get() {
            return Ok(table);
        }
        let (pedigree, stranger) = with_stranger(pedigree, sex)?;
        let table = genotype_table(&self.model, &pedigree, &self.evidence, stranger)?;
        Ok(kept.get_or_init(|| table))
    }
}

/// One family at one locus, with whatever alleles it is asked for.
#[derive(Debug)]
pub(super) struct FamilyLoci<'a> {
    /// What each typed member shows, nothing that says nothing.
    seen: Vec<(usize, Observation)>,
    /// The unseen alleles that the family shows.
    pub unseen: Unseen,
    /// With these alone.
    pub own: Arc<FamilyLocus<'a>>,
    /// With more.
    wider: Mutex<HashMap<Unseen, Arc<FamilyLocus<'a>>>>,
}

impl<'a> FamilyLoci<'a> {
    /// What these typed members show at a locus (0-based among those in use).
    ///
    /// # Errors
    /// An observation with an allele that the models do not have.
    pub fn new(
        models: Models<'a>,
        locus: usize,
        pedigree: &Pedigree,
        seen: Vec<(usize, Observation)>,
    ) -> Result<Self, IdentificationError> {
        let alleles = seen.iter().flat_map(|(_, shown)| shown.call.alleles().collect::<Vec<_>>());
        let unseen = models.unseen_of(locus, alleles);
        let own = Arc::new(family_locus(models, locus, &unseen, pedigree, &seen)?);
        Ok(Self { seen, unseen, own, wider: Mutex::default() })
    }

    /// The family at the locus that has these unseen alleles, its own among them.
    ///
    /// # Errors
    /// A model that is refused.
    pub fn at(
        &self,
        models: Models<'a>,
        locus: usize,
        unseen: &[Allele],
        pedigree: &Pedigree,
    ) -> Result<Arc<FamilyLocus<'a>>, IdentificationError> {
        if unseen == self.unseen {
            return Ok(Arc::clone(&self.own));
        }
        let known = || self.wider.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wider) = known().get(unseen) {
            return Ok(Arc::clone(wider));
        }
        let wider = Arc::new(family_locus(models, locus, unseen, pedigree, &self.seen)?);
        Ok(Arc::clone(known().entry(unseen.to_vec()).or_insert(wider)))
    }
}

fn family_locus<'a>(
    models: Models<'a>,
    locus: usize,
    unseen: &[Allele],
    pedigree: &Pedigree,
    seen: &[(usize, Observation)],
) -> Result<FamilyLocus<'a>, IdentificationError> {
    let model = models.model(locus, unseen)?;
    let mut evidence = Vec::new();
    for &(person, shown) in seen {
        evidence.extend(evidence_on(&model, person, &[shown], models.drop_in)?);
    }
    let ln_family = ln_likelihood(&model, pedigree, &evidence).map(|ln| *ln);
    Ok(FamilyLocus { model, evidence, ln_family, strangers: [const { OnceLock::new() }; 3] })
}
