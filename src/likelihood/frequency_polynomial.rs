//! The likelihood at one locus as a function of the allele frequencies.
//!
//! With everything else held fixed (mutation matrices, theta, drop-out), the likelihood is a sum over what the founder alleles
//! that reach somebody typed can be, of the probability of drawing these times that of the evidence given them:
//! Σ c(a₁ … a_k) Π (m_i θ + (1 − θ) p(a_i)) / (1 + (i − 2) θ), m_i of the earlier draws being a_i. The network without its founder frequencies gives the coefficients c; drawn
//! alleles in any order count alike, so equal collections of alleles are one term. A parent and a child have a handful of terms,
//! so thousands of sets of frequencies cost no more than one network.

use super::LikelihoodError;
use super::assembly::{Assembly, Founders, Slot};
use super::descents::{Descent, descents};
use super::evidence::{LocusEvidence, check_evidence, mark_typed};
use super::family::TracedFamily;
use super::frame::Frame;
use super::model::LocusModel;
use super::question::too_wide;
use super::state_space::StateSpace;
use crate::inheritance::observation::Evidence;
use crate::inheritance::pedigree::Pedigree;
use std::collections::BTreeMap;

/// Beyond this many descents, all founder alleles are taken together.
const DESCENT_LIMIT: usize = 256;

/// The most combinations of founder alleles that one table holds.
const LARGEST_TABLE: usize = 1 << 23;

/// Terms that together are below this share of the likelihood, at the model's own frequencies, are left out: several mutations at
/// once, nearly all of the combinations.
const NEGLIGIBLE: f64 = 1e-9;

/// A likelihood as a function of the frequencies of the states: the visible alleles, the silent one where there is one, and
/// "none of them" (1 less the others' sum) where the frequencies do not sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct FrequencyPolynomial {
    theta: f64,
    terms: Vec<Term>,
}

/// One collection of founder alleles.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    coefficient: f64,
    /// States, ascending.
    alleles: Vec<u16>,
}

impl FrequencyPolynomial {
    /// The weighted mean over these pedigrees of P(evidence | pedigree).
    ///
    /// # Errors
    /// As [`super::ln_likelihood`]; more combinations of founder alleles than one table may hold.
    pub fn new(
        model: &LocusModel,
        pedigrees: &[(f64, Pedigree)],
        evidence: &[Evidence],
    ) -> Result<Self, LikelihoodError> {
        let mut terms = BTreeMap::new();
        for (weight, pedigree) in pedigrees {
            check_evidence(&LocusEvidence { model, evidence }, pedigree)?;
            let mut is_typed = vec![false; pedigree.individuals().len()];
            mark_typed(&mut is_typed, evidence);
            let family = TracedFamily::new(pedigree, &is_typed, None, model.chromosome(), false)?;
            let ways = descents(&family, DESCENT_LIMIT).unwrap_or_else(|| vec![(1.0, family)]);
            for (share, family) in ways {
                add_terms(&mut terms, model, evidence, (weight * share, family))?;
            }
        }
        let terms = terms.into_iter().filter(|(_, coefficient)| *coefficient > 0.0);
        let terms = terms.map(|(alleles, coefficient)| Term { coefficient, alleles }).collect();
        Ok(Self { theta: model.theta(), terms }.without_negligible(model))
    }

    /// Its value at many sets of frequencies: `frequencies` holds one list a state with one value a set; `values` is overwritten.
    pub fn evaluate(&self, frequencies: &[Vec<f64>], values: &mut [f64]) {
        values.fill(0.0);
        let mut product = vec![0.0; values.len()];
        for term in &self.terms {
            product.fill(term.coefficient);
            for (at, &allele) in term.alleles.iter().enumerate() {
                let earlier = term.alleles[..at].iter().filter(|&&other| other == allele).count() as f64 * self.theta;
                let frequency = &frequencies[usize::from(allele)];
                for (product, p) in product.iter_mut().zip(frequency) {
                    *product *= earlier + (1.0 - self.theta) * p;
                }
            }
            values.iter_mut().zip(&product).for_each(|(value, term)| *value += term);
        }
    }

    /// Whether it is 0 at any frequencies: the evidence is impossible.
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    fn without_negligible(mut self, model: &LocusModel) -> Self {
        let frequencies: Vec<Vec<f64>> =
            StateSpace::full(model).frequencies.iter().map(|&frequency| vec![frequency]).collect();
        let size = |term: &Term| {
            let mut value = [0.0];
            Self { theta: self.theta, terms: vec![term.clone()] }.evaluate(&frequencies, &mut value);
            value[0].abs()
        };
        let mut sized: Vec<(f64, Term)> = self.terms.iter().map(|term| (size(term), term.clone())).collect();
        let mut left = NEGLIGIBLE * sized.iter().map(|(size, _)| size).sum::<f64>();
        sized.sort_by(|one, other| one.0.total_cmp(&other.0));
        let negligible = sized.iter().take_while(|(size, _)| {
            left -= size;
            left >= 0.0
        });
        let negligible = negligible.count();
        self.terms = sized.into_iter().skip(negligible).map(|(_, term)| term).collect();
        self
    }
}

/// Adds the terms of one descent.
fn add_terms(
    terms: &mut BTreeMap<Vec<u16>, f64>,
    model: &LocusModel,
    evidence: &[Evidence],
    (weight, family): Descent,
) -> Result<(), LikelihoodError> {
    let Some(frame) = Frame::new(model, StateSpace::full(model), &family, evidence) else { return Ok(()) };
    let mut assembly = Assembly::new(&family);
    let slots = assembly.add_locus(&family, &frame, Founders::Open, None);
    let founders: Vec<_> = frame.founder_slots.iter().filter_map(|&(member, slot)| slots[member][slot]).collect();
    let mut kept: Vec<usize> = founders.iter().map(|slot| slot.variable).collect();
    kept.sort_unstable();
    kept.dedup();
    let sizes: Vec<usize> = kept.iter().map(|&variable| assembly.states_of(variable)).collect();
    let cells: f64 = sizes.iter().map(|&size| size as f64).product();
    if cells > LARGEST_TABLE as f64 {
        return Err(LikelihoodError::TooWide { cells, limit: LARGEST_TABLE as f64 });
    }
    let table = std::mem::take(&mut assembly.network).sum_out(&kept).map_err(too_wide)?;
    let draws = founders.len();
    let denominators: f64 = (1..draws).map(|drawn| 1.0 + (drawn as f64 - 1.0) * model.theta()).product();
    let scale = match draws {
        0 => weight,
        _ => weight / ((1.0 - model.theta()) * denominators),
    };
    let product_of = |factor: &dyn Fn(f64) -> f64| -> Vec<f64> {
        let of_variable = |(&variable, &size): (&usize, &usize)| -> Vec<f64> {
            let slots: Vec<&Slot> = founders.iter().filter(|slot| slot.variable == variable).collect();
            let frequency = |slot: &Slot, at: usize| factor(frame.space.frequencies[assembly.state(*slot, at)]);
            (0..size).map(|at| slots.iter().map(|slot| frequency(slot, at)).product()).collect()
        };
        outer_product(&kept.iter().zip(&sizes).map(of_variable).collect::<Vec<_>>())
    };
    // the probability of drawing these alleles is between these two
    let least = product_of(&|p| (1.0 - model.theta()) * p.abs());
    let most = product_of(&|p| draws as f64 * model.theta() + p.abs());
    let total: f64 = least.iter().zip(&table.values).map(|(least, value)| least * value).sum();
    let cutoff = NEGLIGIBLE * 1e-3 * total / table.values.len() as f64;
    let matters = |(cell, value): &(usize, &f64)| **value * most[*cell] > cutoff;
    for (cell, value) in table.values.iter().enumerate().filter(matters) {
        let state_of = |variable: usize| {
            let axis = kept.iter().position(|&other| other == variable).unwrap_or(0);
            cell / sizes[axis + 1..].iter().product::<usize>() % sizes[axis]
        };
        let mut alleles: Vec<u16> =
            founders.iter().map(|&slot| assembly.state(slot, state_of(slot.variable)) as u16).collect();
        alleles.sort_unstable();
        *terms.entry(alleles).or_insert(0.0) += scale * value * table.ln_scale.exp();
    }
    Ok(())
}

/// The products of one number from each list, row-major (the last list runs fastest).
fn outer_product(lists: &[Vec<f64>]) -> Vec<f64> {
    let extend = |products: Vec<f64>, list: &Vec<f64>| {
        products.iter().flat_map(|product| list.iter().map(move |number| product * number)).collect()
    };
    lists.iter().fold(vec![1.0], extend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::{
        AlleleIndex, KnownParent, MutationDefinition, MutationModel, MutationParameters, Relationship, Seen,
    };
    use crate::likelihood::{Chromosome, LocusDefinition, ln_likelihood};
    use crate::profile::Sex;

    fn model(frequencies: &[f64], theta: f64, silent_frequency: f64) -> LocusModel {
        let rates = |rate| MutationParameters { rate, rate2: 1e-4, range: 0.2, matrix: None };
        LocusModel::new(LocusDefinition {
            name: "L".to_owned(),
            chromosome: Chromosome::Autosomal,
            alleles: ["9", "9.3", "10", "11"].map(str::to_owned).to_vec(),
            frequencies: frequencies.to_vec(),
            mutation: Some(MutationDefinition {
                model: MutationModel::Stepwise,
                female: rates(0.01),
                male: rates(0.03),
            }),
            theta,
            silent_frequency,
        })
        .unwrap()
    }

    /// Made from one set of frequencies, the polynomial gives the likelihood at any other.
    #[test]
    fn it_is_the_likelihood_at_any_frequencies() {
        let [here, there] = [[0.3, 0.2, 0.4, 0.13], [0.1, 0.5, 0.25, 0.18]];
        let seen = |one, other| Seen::pair(AlleleIndex(one), AlleleIndex(other));
        let relationships = [
            Relationship::Parent,
            Relationship::FullSibling,
            Relationship::HalfSibling,
            Relationship::Avuncular,
            Relationship::FirstCousin,
            Relationship::Identity,
            Relationship::Unrelated,
        ];
        for (theta, silent, drop_out) in [(0.0, 0.0, 0.0), (0.03, 0.0, 0.0), (0.02, 0.01, 0.1)] {
            let (made, other) = (model(&here, theta, silent), model(&there, theta, silent));
            let full = StateSpace::full(&other);
            let frequencies: Vec<Vec<f64>> = full.frequencies.iter().map(|&frequency| vec![frequency]).collect();
            for (relationship, known) in
                relationships.into_iter().flat_map(|one| [(one, None), (one, Some(KnownParent::Mother))])
            {
                let hypothesis = relationship.hypothesis(Sex::Female, Sex::Male, known).unwrap();
                for (child, candidate) in [(seen(0, 1), seen(1, 3)), (seen(2, 2), seen(0, 3)), (seen(1, 1), seen(1, 1))]
                {
                    let piece = |person, seen| Evidence { person, seen, drop_out, drop_in: 0.0 };
                    let mut evidence = vec![piece(hypothesis.child, child), piece(hypothesis.candidate, candidate)];
                    evidence.extend(hypothesis.known_parent.map(|person| piece(person, seen(0, 2))));
                    let polynomial = FrequencyPolynomial::new(&made, &hypothesis.pedigrees, &evidence).unwrap();
                    let mut found = [0.0];
                    polynomial.evaluate(&frequencies, &mut found);
                    let expected: f64 = hypothesis
                        .pedigrees
                        .iter()
                        .map(|(weight, pedigree)| weight * ln_likelihood(&other, pedigree, &evidence).unwrap().exp())
                        .sum();
                    let same = (found[0] - expected).abs() <= 1e-7 * expected;
                    assert!(same, "{relationship} {known:?} {theta}: {} {expected}", found[0]);
                }
            }
        }
    }

    /// p² of a homozygote, 2pq of a heterozygote: one term each.
    #[test]
    fn a_person_alone_has_the_term_of_hardy_and_weinberg() {
        let hypothesis = Relationship::Unrelated.hypothesis(Sex::Female, Sex::Male, None).unwrap();
        let evidence = [Evidence::certain(0, Seen::pair(AlleleIndex(0), AlleleIndex(2)))];
        let made = model(&[0.3, 0.2, 0.4, 0.1], 0.0, 0.0);
        let found = FrequencyPolynomial::new(&made, &hypothesis.pedigrees, &evidence).unwrap();
        assert_eq!(found.terms, [Term { coefficient: 2.0, alleles: vec![0, 2] }]);
    }
}
