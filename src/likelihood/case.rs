//! A case: loci, what was seen of whom, and the hypotheses to weigh; and its answer.

use super::evidence::LocusEvidence;
use super::question::linked_ln_likelihood;
use super::{LikelihoodError, LocusModel, LogProb};
use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::pedigree::Pedigree;
use std::collections::BTreeMap;

/// Loci that are inherited together.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkageGroup {
    /// Positions of the loci in the case (0-based), in their order on the chromosome.
    pub loci: Vec<usize>,
    /// The recombination fraction between each locus and the next.
    pub recombination: Vec<f64>,
}

impl LinkageGroup {
    /// The names of its loci: `A+B`.
    pub fn name(&self, loci: &[LocusModel]) -> String {
        self.loci.iter().map(|&locus| loci[locus].name()).collect::<Vec<_>>().join("+")
    }
}

/// Everything needed to weigh hypotheses against each other.
#[derive(Clone, Debug)]
pub struct LrCase {
    /// Name of the case.
    pub id: String,
    /// The loci.
    pub loci: Vec<LocusModel>,
    /// Name and pedigree of each hypothesis; the first is compared with each later one.
    pub hypotheses: Vec<(String, Pedigree)>,
    /// What was seen, by person and then by position of the locus.
    pub genotypes: BTreeMap<String, BTreeMap<usize, Seen>>,
    /// Groups of linked loci; no locus is in two of them.
    pub linkage: Vec<LinkageGroup>,
}

/// A likelihood of a case that cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("hypothesis `{hypothesis}`, {loci}: {cause}")]
pub struct CaseError {
    /// The hypothesis.
    pub hypothesis: String,
    /// The locus, or the linked loci (`A+B`).
    pub loci: String,
    /// What went wrong.
    pub cause: LikelihoodError,
}

/// The answer to a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseAnswer {
    /// The case.
    pub id: String,
    /// The loci, linked ones as `A+B`.
    pub loci: Vec<String>,
    /// For each hypothesis its name and ln likelihood by locus, in the order of `loci`.
    pub ln_likelihoods: Vec<(String, Vec<LogProb>)>,
}

impl CaseAnswer {
    /// ln likelihood over all loci of a hypothesis (position).
    pub fn total(&self, hypothesis: usize) -> LogProb {
        LogProb(self.ln_likelihoods[hypothesis].1.iter().map(|value| value.0).sum())
    }

    /// ln likelihood ratio of the first hypothesis over another one (position) by locus, then the total.
    pub fn ln_ratios(&self, other: usize) -> Vec<f64> {
        let ratio = |one: LogProb, other: LogProb| one.0 - other.0;
        let pairs = self.ln_likelihoods[0].1.iter().zip(&self.ln_likelihoods[other].1);
        let by_locus = pairs.map(|(&one, &other)| ratio(one, other));
        by_locus.chain([ratio(self.total(0), self.total(other))]).collect()
    }
}

impl LrCase {
    /// Computes every hypothesis at every locus.
    ///
    /// # Errors
    /// The first likelihood that cannot be computed.
    pub fn answer(&self) -> Result<CaseAnswer, CaseError> {
        let groups = self.groups();
        let loci: Vec<String> = groups.iter().map(|group| group.name(&self.loci)).collect();
        let mut ln_likelihoods = Vec::with_capacity(self.hypotheses.len());
        for (hypothesis, pedigree) in &self.hypotheses {
            let value = |(group, loci): (&LinkageGroup, &String)| {
                self.ln_likelihood(group, pedigree).map_err(|cause| CaseError {
                    hypothesis: hypothesis.clone(),
                    loci: loci.clone(),
                    cause,
                })
            };
            let values = groups.iter().zip(&loci).map(value).collect::<Result<_, _>>()?;
            ln_likelihoods.push((hypothesis.clone(), values));
        }
        Ok(CaseAnswer { id: self.id.clone(), loci, ln_likelihoods })
    }

    /// The same case with every locus on its own.
    pub fn unlinked(&self) -> Self {
        Self { linkage: Vec::new(), ..self.clone() }
    }

    /// Linked groups, and each other locus alone, in the order of their first locus.
    fn groups(&self) -> Vec<LinkageGroup> {
        let mut groups = Vec::new();
        for locus in 0..self.loci.len() {
            let alone = || LinkageGroup { loci: vec![locus], recombination: Vec::new() };
            match self.linkage.iter().find(|group| group.loci.contains(&locus)) {
                None => groups.push(alone()),
                Some(group) if group.loci.iter().min() == Some(&locus) => groups.push(group.clone()),
                Some(_) => {}
            }
        }
        groups
    }

    fn ln_likelihood(&self, group: &LinkageGroup, pedigree: &Pedigree) -> Result<LogProb, LikelihoodError> {
        let evidence: Vec<Vec<Evidence>> = group.loci.iter().map(|&locus| self.evidence(locus, pedigree)).collect();
        let loci: Vec<LocusEvidence> = group
            .loci
            .iter()
            .zip(&evidence)
            .map(|(&locus, evidence)| LocusEvidence { model: &self.loci[locus], evidence })
            .collect();
        linked_ln_likelihood(&loci, &group.recombination, pedigree)
    }

    /// Genotypes of people whom the pedigree does not list are no evidence.
    fn evidence(&self, locus: usize, pedigree: &Pedigree) -> Vec<Evidence> {
        let piece = |(id, seen): (&String, &BTreeMap<usize, Seen>)| {
            Some(Evidence::certain(pedigree.position(id)?, *seen.get(&locus)?))
        };
        self.genotypes.iter().filter_map(piece).collect()
    }
}
