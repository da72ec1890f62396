//! From what was observed to evidence on a person of a pedigree.

use super::IdentificationError;
use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::pedigree::{Individual, Pedigree, PedigreeError};
use crate::likelihood::{GenotypeTable, LikelihoodError, LocusModel};
use crate::profile::{Allele, Call, Observation, Sex};

/// A call in terms of this locus's alleles.
///
/// # Errors
/// An allele that the locus does not have.
pub fn seen(model: &LocusModel, call: Call) -> Result<Seen, LikelihoodError> {
    let index = |allele: Allele| {
        model.allele_index(allele).ok_or_else(|| LikelihoodError::UnlistedAllele {
            locus: model.name().to_owned(),
            label: allele.to_string(),
        })
    };
    Ok(match call {
        Call::Missing | Call::SetAside => Seen::Nothing,
        Call::One(one) => Seen::One(index(one)?),
        Call::Two(first, second) => Seen::pair(index(first)?, index(second)?),
    })
}

/// Evidence on one person, one piece for each observation.
///
/// # Errors
/// An allele that the locus does not have.
pub fn evidence_on(
    model: &LocusModel,
    person: usize,
    observations: &[Observation],
    drop_in: f64,
) -> Result<Vec<Evidence>, LikelihoodError> {
    observations
        .iter()
        .map(|observation| {
            Ok(Evidence { person, seen: seen(model, observation.call)?, drop_out: observation.drop_out, drop_in })
        })
        .collect()
}

/// The pedigree with one more person, unrelated to all others, and that person's position.
///
/// # Errors
/// A pedigree that has somebody of the name given to the stranger.
pub fn with_stranger(pedigree: &Pedigree, sex: Sex) -> Result<(Pedigree, usize), PedigreeError> {
    let mut individuals = pedigree.individuals().to_vec();
    individuals.push(Individual::founder("\u{0}unrelated", sex));
    Ok((Pedigree::new(individuals)?, pedigree.individuals().len()))
}

/// Whether the locus has every allele of these observations.
pub(super) fn has_alleles_of(model: &LocusModel, observations: &[Observation]) -> bool {
    let has = |observation: &Observation| observation.call.alleles().all(|allele| model.allele_index(allele).is_some());
    observations.iter().all(has)
}

/// ln P(shown | evidence) for each list of observations of one person, read from the person's table; 0 for an empty list, −∞ where
/// an allele is shown that the locus does not have.
pub(super) fn shown_row(
    model: &LocusModel,
    table: &GenotypeTable,
    ln_evidence: f64,
    shown: &[Vec<Observation>],
    drop_in: f64,
) -> Result<Vec<f64>, IdentificationError> {
    let ln_shown = |observations: &Vec<Observation>| -> Result<f64, IdentificationError> {
        if !has_alleles_of(model, observations) {
            return Ok(f64::NEG_INFINITY);
        }
        let pieces = evidence_on(model, 0, observations, drop_in)?;
        if pieces.is_empty() {
            return Ok(0.0);
        }
        let ln_joint = table.ln_probability_of_all(&pieces);
        Ok(if ln_joint == f64::NEG_INFINITY { ln_joint } else { ln_joint - ln_evidence })
    };
    shown.iter().map(ln_shown).collect()
}
