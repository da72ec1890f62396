//! What was seen at one locus, and whether it fits pedigree and locus.

use super::LikelihoodError;
use super::model::{Chromosome, LocusModel};
use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::pedigree::Pedigree;
use crate::profile::Sex;

/// One locus and what was seen at it.
#[derive(Clone, Copy, Debug)]
pub struct LocusEvidence<'a> {
    /// The locus.
    pub model: &'a LocusModel,
    /// What was seen.
    pub evidence: &'a [Evidence],
}

/// Whether a person has two slots at this locus: everybody but males on the X.
pub(super) fn is_diploid(model: &LocusModel, pedigree: &Pedigree, person: usize) -> bool {
    model.chromosome() == Chromosome::Autosomal || pedigree.individuals()[person].sex == Sex::Female
}

/// Marks everybody of whom something was seen.
pub(super) fn mark_typed(is_typed: &mut [bool], evidence: &[Evidence]) {
    for piece in evidence.iter().filter(|piece| piece.seen != Seen::Nothing) {
        is_typed[piece.person] = true;
    }
}

/// Loci that can be one linked group: as many fractions as intervals, each in [0, 0.5], all on one chromosome.
pub(super) fn check_linkage(loci: &[LocusEvidence<'_>], recombination: &[f64]) -> Result<(), LikelihoodError> {
    if recombination.len() + 1 != loci.len().max(1) {
        return Err(LikelihoodError::RecombinationFractions { loci: loci.len(), found: recombination.len() });
    }
    if let Some(&value) = recombination.iter().find(|fraction| !(0.0..=0.5).contains(*fraction)) {
        let name = "recombination fraction";
        return Err(LikelihoodError::Parameter { name, value, expected: "a number from 0 to 0.5" });
    }
    match loci.windows(2).find(|pair| pair[0].model.chromosome() != pair[1].model.chromosome()) {
        Some(pair) => {
            let name = |at: usize| pair[at].model.name().to_owned();
            Err(LikelihoodError::MixedChromosomes(name(0), name(1)))
        }
        None => Ok(()),
    }
}

/// Evidence on people of the pedigree, with alleles of the locus.
pub(super) fn check_evidence(locus: &LocusEvidence<'_>, pedigree: &Pedigree) -> Result<(), LikelihoodError> {
    let LocusEvidence { model, evidence } = locus;
    let members = pedigree.individuals().len();
    for piece in *evidence {
        let Some(individual) = pedigree.individuals().get(piece.person) else {
            return Err(LikelihoodError::UnknownPerson { person: piece.person, members });
        };
        let alleles = model.alleles().len();
        if let Some(allele) = piece.seen.alleles().find(|allele| allele.position() >= alleles) {
            return Err(LikelihoodError::UnknownAllele { locus: model.name().to_owned(), allele: allele.0, alleles });
        }
        for (name, value) in [("drop-out probability", piece.drop_out), ("drop-in probability", piece.drop_in)] {
            if !(0.0..1.0).contains(&value) {
                return Err(LikelihoodError::Parameter { name, value, expected: "at least 0 and less than 1" });
            }
        }
        let male_x = model.chromosome() == Chromosome::X && individual.sex == Sex::Male;
        if male_x && piece.drop_in == 0.0 && matches!(piece.seen, Seen::Two(..)) {
            let (locus, person) = (model.name().to_owned(), individual.id.clone());
            return Err(LikelihoodError::TwoAllelesOfMaleX { locus, person });
        }
    }
    Ok(())
}
