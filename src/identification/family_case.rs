//! One family at every locus: what its typed members show, which loci are used, and the likelihood of the family as it stands.
//!
//! Which alleles a locus has depends on who is compared: those of the table, and those that the people compared show
//! (`crate::model::OpenLocus`). What is said of the family alone has its own; a comparison has those of the bodies in it too.

use super::IdentificationError;
use super::family_locus::{FamilyLoci, FamilyLocus};
use super::linkage::linkage_matters;
use super::linked_rows::LinkedEvidence;
use super::models::{LocusInUse, Models, Unseen};
use super::shared_rows::SharedRows;
use super::typed_family::Typed;
use crate::inheritance::Family;
use crate::inheritance::observation::Evidence;
use crate::inheritance::pedigree::Pedigree;
use crate::likelihood::{Chromosome, GenotypeTable, LikelihoodError, LocusDefinition, LocusModel, genotype_table};
use crate::model::kept_loci;
use crate::profile::{Allele, Observation, Panel, Sex};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A locus that is not used for a family, and why.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UnusedLocus {
    /// 0-based among the loci in use.
    pub locus: usize,
    /// Whether what was seen of the relatives has probability 0, even with mutation; else the engine refuses the locus.
    pub impossible: bool,
    /// Why, in words.
    pub reason: String,
}

/// The group of loci, the sex, and the unseen alleles of each locus.
pub(super) type StrangerKey = (usize, Sex, Vec<Unseen>);

/// One family under one population.
#[derive(Debug)]
pub struct FamilyCase<'a> {
    /// The family.
    pub family: &'a Family,
    /// Who of it is typed.
    pub typed: &'a [Typed],
    /// The models.
    pub models: Models<'a>,
    /// What was seen of the typed members, by locus.
    loci: Vec<FamilyLoci<'a>>,
    /// Whether linked loci are not independent for this family.
    is_linked: bool,
    /// The loci that are not used.
    pub unused: Vec<UnusedLocus>,
    /// Rows that are the same in every family.
    pub(super) shared: &'a SharedRows,
    /// What strangers show beside the family, by code, as far as it was asked for.
    pub(super) strangers: Mutex<HashMap<StrangerKey, HashMap<usize, f64>>>,
}

impl<'a> FamilyCase<'a> {
    /// Gathers what was seen of the family. A locus that the engine refuses, or where what was seen of the relatives has
    /// probability 0 even with mutation, is not used for this family.
    ///
    /// # Errors
    /// An observation with an allele that the models do not have; too many founder alleles for theta.
    pub fn new(
        panel: &Panel,
        models: Models<'a>,
        family: &'a Family,
        typed: &'a [Typed],
        shared: &'a SharedRows,
    ) -> Result<Self, IdentificationError> {
        let mut case = Self {
            family,
            typed,
            models,
            loci: Vec::new(),
            is_linked: linkage_matters(family, typed) || family.missing.len() > 1,
            unused: Vec::new(),
            shared,
            strangers: Mutex::default(),
        };
        for locus in 0..models.loci.len() {
            let members = typed.iter().filter(|_| models.counts[locus]);
            let seen = members
                .map(|member| (member.person, panel.observation(member.sample, models.positions[locus])))
                .filter(|(_, shown)| shown.call.is_informative());
            let seen: Vec<(usize, Observation)> = seen.collect();
            let at_locus = FamilyLoci::new(models, locus, &family.pedigree, seen)?;
            let unused = |impossible, reason| UnusedLocus { locus, impossible, reason };
            match at_locus.own.ln_family() {
                Ok(f64::NEG_INFINITY) => {
                    let reason = "what the relatives show is impossible, even with mutation";
                    case.unused.push(unused(true, reason.to_owned()));
                }
                Ok(_) => {}
                Err(cause @ LikelihoodError::TooManyFounderAlleles { .. }) => {
                    return Err(IdentificationError::Family { family: family.id.clone(), cause });
                }
                Err(refused) => case.unused.push(unused(false, refused.to_string())),
            }
            case.loci.push(at_locus);
        }
        case.set_aside_impossible_groups()?;
        Ok(case)
    }

    /// Linked loci where what the relatives show is impossible together are not used.
    fn set_aside_impossible_groups(&mut self) -> Result<(), IdentificationError> {
        for group in 0..self.models.groups.len() {
            if self.is_joint(group) && self.ln_linked(group)? == f64::NEG_INFINITY {
                let reason = "what the relatives show at linked loci is impossible, even with mutation";
                let unused = |&locus: &usize| UnusedLocus { locus, impossible: true, reason: reason.to_owned() };
                self.unused.extend(self.models.groups[group].loci.iter().map(unused));
            }
        }
        Ok(())
    }

    /// ln P(everything seen of the typed members) at a group of linked loci.
    fn ln_linked(&self, group: usize) -> Result<f64, IdentificationError> {
        let own = self.own_unseen(group);
        self.linked_evidence(&own, group, &self.family.pedigree, |_| true)?.ln_likelihood()
    }

    /// Whether the loci of a group are to be taken together.
    pub(super) fn is_joint(&self, group: usize) -> bool {
        self.is_linked && self.models.groups[group].loci.len() > 1
    }

    /// What was seen at those loci of a group that are used, the loci having these unseen alleles.
    pub(super) fn linked_evidence<'c>(
        &self,
        unseen: &[Unseen],
        group: usize,
        pedigree: &'c Pedigree,
        is_used: impl Fn(usize) -> bool,
    ) -> Result<LinkedEvidence<'a, 'c>, IdentificationError> {
        let is_unused =
            |locus: usize| !self.models.counts[locus] || self.unused.iter().any(|unused| unused.locus == locus);
        let all = &self.models.groups[group];
        let group = kept_loci(all, |locus| is_used(locus) && !is_unused(locus));
        let (mut models, mut evidence) = (Vec::new(), Vec::new());
        for (&locus, unseen) in all.loci.iter().zip(unseen).filter(|(locus, _)| group.loci.contains(locus)) {
            let at_locus = self.at(locus, unseen)?;
            models.push(at_locus.model.clone());
            evidence.push(at_locus.evidence.clone());
        }
        Ok(LinkedEvidence { group, models, evidence, pedigree, drop_in: self.models.drop_in })
    }

    /// The family at a locus that has these unseen alleles, its own among them.
    pub(super) fn at(&self, locus: usize, unseen: &[Allele]) -> Result<Arc<FamilyLocus<'a>>, IdentificationError> {
        self.loci[locus].at(self.models, locus, unseen, &self.family.pedigree)
    }

    /// The family at a locus that has its own alleles and those of the table.
    pub(super) fn own(&self, locus: usize) -> &FamilyLocus<'a> {
        &self.loci[locus].own
    }

    /// The unseen alleles that the family shows at a locus.
    pub(super) fn unseen(&self, locus: usize) -> &Unseen {
        &self.loci[locus].unseen
    }

    /// The same at each locus of a group.
    fn own_unseen(&self, group: usize) -> Vec<Unseen> {
        self.models.groups[group].loci.iter().map(|&locus| self.unseen(locus).clone()).collect()
    }

    /// Number of loci.
    pub fn locus_count(&self) -> usize {
        self.loci.len()
    }

    /// What was seen of the typed members at one locus, in terms of the alleles of [`FamilyCase::model`].
    pub fn evidence(&self, locus: usize) -> &[Evidence] {
        &self.own(locus).evidence
    }

    /// The locus with the alleles of the table and those that the family shows.
    pub fn model(&self, locus: usize) -> &LocusModel {
        &self.own(locus).model
    }

    /// The same without mutation, by which the locus is judged consistent or not.
    ///
    /// # Errors
    /// None, unless a model that was accepted is refused without mutation.
    pub fn without_mutation(&self, locus: usize) -> Result<LocusInUse<'a>, IdentificationError> {
        if !self.models.is_open(locus) {
            return Ok(LocusInUse::Closed(&self.models.without_mutation[locus]));
        }
        let definition = LocusDefinition { mutation: None, theta: 0.0, ..self.model(locus).definition().clone() };
        Ok(LocusInUse::Open(Arc::new(LocusModel::new(definition)?)))
    }

    /// ln P(everything seen of the typed members), over the loci that are used.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn ln_family(&self) -> Result<f64, IdentificationError> {
        let is_used = |locus: &&usize| self.unused.iter().all(|unused| unused.locus != **locus);
        let mut sum = 0.0;
        for (at, group) in self.models.groups.iter().enumerate() {
            if self.is_joint(at) {
                sum += self.ln_linked(at)?;
                continue;
            }
            for &locus in group.loci.iter().filter(is_used) {
                sum += self.own(locus).ln_family()?;
            }
        }
        Ok(sum)
    }

    /// Whether the locus is used for somebody of this sex: the engine takes it, and the sex is known where it matters.
    pub(super) fn is_used(&self, locus: usize, sex: Sex) -> bool {
        let sex_known = sex != Sex::Unknown || !self.is_x(locus);
        sex_known && self.models.counts[locus] && self.unused.iter().all(|unused| unused.locus != locus)
    }

    pub(super) fn is_x(&self, locus: usize) -> bool {
        self.models.loci[locus].chromosome() == Chromosome::X
    }

    /// Whether the relatives say anything of this person, whose body is of this sex, at this locus: it is used, and one of them
    /// is typed.
    pub fn is_informative(&self, locus: usize, person: usize, body: Sex) -> bool {
        let sex = if self.family.sex(person) == Sex::Unknown { body } else { self.family.sex(person) };
        !self.evidence(locus).is_empty() && self.is_used(locus, sex)
    }

    /// The joint table of all evidence and a missing person's genotype; `model` has the alleles of [`FamilyCase::model`].
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn table(&self, model: &LocusModel, locus: usize, person: usize) -> Result<GenotypeTable, IdentificationError> {
        Ok(genotype_table(model, &self.family.pedigree, self.evidence(locus), person)?)
    }

    /// The joint table of all evidence and the genotype of somebody of this sex who is related to nobody.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn stranger_table(&self, locus: usize, sex: Sex) -> Result<&GenotypeTable, IdentificationError> {
        self.own(locus).stranger_table(&self.family.pedigree, sex)
    }
}
