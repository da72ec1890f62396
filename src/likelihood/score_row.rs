//! One row of the score table: what every observation in a dictionary is worth to one query.

use super::evidence::is_diploid;
use super::founder_sum::add;
use super::genotype_table::GenotypeTable;
use super::model::LocusModel;
use super::question::joint_with_genotype;
use super::{LikelihoodError, number::Marginal};
use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::relationship::Hypothesis;
use crate::profile::{Call, Observation};

/// log10 of P(all seen | h1) / P(all seen | h2) at one locus for each observation that the candidate may show, given
/// what was seen of the child and of the known parent.
///
/// An observation without information, of candidate or child, scores 0, and so does what is impossible under `h2` (two alleles
/// on a man's X, say): the locus decides nothing then. What is impossible under `h1` alone scores −∞. No entry is +∞ or no number,
/// so that sums over loci never are. Where a hypothesis has several pedigrees their likelihoods are averaged.
///
/// # Errors
/// An allele that the locus does not have; as [`super::ln_likelihood`].
pub fn score_row(
    model: &LocusModel,
    h1: &Hypothesis,
    h2: &Hypothesis,
    child: Observation,
    known_parent: Option<Observation>,
    drop_in: f64,
    candidates: &[Observation],
) -> Result<Vec<f64>, LikelihoodError> {
    if !child.call.is_informative() {
        return Ok(vec![0.0; candidates.len()]);
    }
    let one = table(model, h1, child, known_parent, drop_in)?;
    let two = table(model, h2, child, known_parent, drop_in)?;
    let log10_scale = (one.ln_scale() - two.ln_scale()) * std::f64::consts::LOG10_E;
    let score = |candidate: &Observation| {
        let seen = seen(model, candidate.call)?;
        if seen == Seen::Nothing {
            return Ok(0.0);
        }
        let under_h1 = one.probability_of(seen, candidate.drop_out, drop_in);
        let under_h2 = two.probability_of(seen, candidate.drop_out, drop_in);
        Ok(match (under_h1 > 0.0, under_h2 > 0.0) {
            (_, false) => 0.0,
            (false, true) => f64::NEG_INFINITY,
            (true, true) => (under_h1 / under_h2).log10() + log10_scale,
        })
    };
    candidates.iter().map(score).collect()
}

/// The weighted mean of the candidate's genotype tables in the pedigrees of a hypothesis.
fn table(
    model: &LocusModel,
    hypothesis: &Hypothesis,
    child: Observation,
    known_parent: Option<Observation>,
    drop_in: f64,
) -> Result<GenotypeTable, LikelihoodError> {
    let piece = |person, observation: Observation| {
        Ok(Evidence { person, seen: seen(model, observation.call)?, drop_out: observation.drop_out, drop_in })
    };
    let mut evidence = vec![piece(hypothesis.child, child)?];
    if let (Some(person), Some(observation)) = (hypothesis.known_parent, known_parent) {
        evidence.push(piece(person, observation)?);
    }
    let mut diploid = true;
    let mut terms: Vec<Marginal> = Vec::with_capacity(hypothesis.pedigrees.len());
    for (weight, pedigree) in &hypothesis.pedigrees {
        let mut term = joint_with_genotype(model, pedigree, &evidence, hypothesis.candidate)?;
        term.ln_scale += weight.ln();
        diploid = is_diploid(model, pedigree, hypothesis.candidate);
        terms.push(term);
    }
    let joint = match <[Marginal; 1]>::try_from(terms) {
        Ok([only]) => only,
        Err(several) => add(&several),
    };
    Ok(GenotypeTable::new(model, joint, diploid))
}

/// A call in terms of this locus's alleles.
///
/// # Errors
/// An allele that the locus does not have.
pub fn seen(model: &LocusModel, call: Call) -> Result<Seen, LikelihoodError> {
    let index = |allele| {
        model.allele_index(allele).ok_or_else(|| LikelihoodError::UnlistedAllele {
            locus: model.name().to_owned(),
            label: crate::profile::Allele::to_string(&allele),
        })
    };
    Ok(match call {
        Call::Missing | Call::SetAside => Seen::Nothing,
        Call::One(one) => Seen::One(index(one)?),
        Call::Two(first, second) => Seen::pair(index(first)?, index(second)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::{KnownParent, Relationship};
    use crate::likelihood::{Chromosome, LocusDefinition};
    use crate::profile::{Allele, Sex};

    /// Without mutation: three alleles, one of them of frequency 0.
    fn model(theta: f64, silent_frequency: f64) -> LocusModel {
        let definition = LocusDefinition {
            name: "L".to_owned(),
            chromosome: Chromosome::Autosomal,
            alleles: ["10", "11", "12"].map(str::to_owned).into(),
            frequencies: vec![0.6 - silent_frequency, 0.4, 0.0],
            mutation: None,
            theta,
            silent_frequency,
        };
        LocusModel::new(definition).unwrap()
    }

    fn observations(drop_out: f64) -> Vec<Observation> {
        let alleles = ["10", "11", "12"].map(|label| label.parse::<Allele>().unwrap());
        let pair = |&one: &Allele| alleles.map(|other| Call::from_alleles(&[one, other]));
        let calls = alleles.iter().flat_map(pair).chain([Call::Missing]);
        calls.map(|call| Observation { call, drop_out }).collect()
    }

    #[test]
    fn theta_makes_nothing_possible_or_impossible() {
        let relationships = [Relationship::Parent, Relationship::FullSibling, Relationship::Identity];
        for (silent, drop_out) in [(0.0, 0.0), (0.02, 0.0), (0.0, 0.1)] {
            let seen = observations(drop_out);
            for (relationship, known) in relationships.iter().flat_map(|&r| [(r, None), (r, Some(KnownParent::Mother))])
            {
                let h1 = relationship.hypothesis(Sex::Male, Sex::Male, known).unwrap();
                let h2 = Relationship::Unrelated.hypothesis(Sex::Male, Sex::Male, known).unwrap();
                for &child in &seen {
                    for parent in seen.iter().copied().filter(|_| known.is_some()).map(Some).chain([None]) {
                        let impossible = |theta| -> Vec<bool> {
                            let row = score_row(&model(theta, silent), &h1, &h2, child, parent, 0.0, &seen).unwrap();
                            row.into_iter().map(|score| score == f64::NEG_INFINITY).collect()
                        };
                        assert_eq!(impossible(0.0), impossible(0.03), "{relationship} {child:?} {parent:?}");
                    }
                }
            }
        }
    }
}
