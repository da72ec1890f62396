//! The likelihood ratio of a parent at one locus in closed form, apart from the likelihood engine: so few numbers that a reader can
//! work it out by hand, and a check of the engine.
//!
//! With a, b the child's alleles, T(x) the probability that the candidate passes x on, K(x) the same of a known parent, and q(x) the
//! probability that the next allele drawn from the population is x after those of the adults (and, where it is the second to be drawn,
//! after the child's first) were seen to be n, of which n(x) are x: q(x) = (n(x) θ + (1 − θ) p(x)) / (1 + (n − 1) θ) (Balding & Nichols
//! 1994, doi 10.1016/0379-0738(94)90222-4).
//!
//! - Child and candidate, a ≠ b: (T(a) q(b) + T(b) q(a)) / (2 q(a) q(b | a)); a = b: T(a) / q(a | a).
//! - With a known parent, a ≠ b: (K(a) T(b) + K(b) T(a)) / (K(a) q(b) + K(b) q(a)); a = b: T(a) / q(a).

use super::Case;
use super::explain::asked_of;
use super::roster::Child;
use crate::inheritance::Relationship;
use crate::likelihood::{Chromosome, LocusModel};
use crate::model::Question;
use crate::profile::{Allele, Call, Observation, SampleIndex, Sex};

/// The closed form of a parent at one locus, with its numbers put in.
#[derive(Clone, PartialEq, Debug)]
pub struct ClosedForm {
    /// The child's alleles; one where it is homozygous.
    pub alleles: Vec<AlleleTerms>,
    /// Whether the child has a known parent, who is typed.
    pub with_known: bool,
    /// Coancestry.
    pub theta: f64,
}

/// What the closed form knows of one allele of the child.
#[derive(Clone, PartialEq, Debug)]
pub struct AlleleTerms {
    /// The allele.
    pub allele: String,
    /// Its frequency, p.
    pub frequency: f64,
    /// The probability that the candidate passes it on, T.
    pub from_candidate: f64,
    /// The probability that the known parent passes it on, K; nothing without one.
    pub from_known: Option<f64>,
    /// The probability that it is drawn next after the adults' alleles.
    pub drawn: Draw,
    /// The probability that it is drawn after these and the child's first allele: of a child without a known parent.
    pub drawn_second: Draw,
}

/// The probability of drawing an allele after others.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Draw {
    /// How many of those seen are this allele.
    pub same: u32,
    /// How many were seen.
    pub seen: u32,
    /// (same θ + (1 − θ) p) / (1 + (seen − 1) θ).
    pub probability: f64,
}

impl Draw {
    fn new(allele: Allele, seen: &[Allele], frequency: f64, theta: f64) -> Self {
        let same = seen.iter().filter(|&&other| other == allele).count() as u32;
        let drawn = f64::from(same) * theta + (1.0 - theta) * frequency;
        let seen = seen.len() as u32;
        Self { same, seen, probability: drawn / (1.0 + (f64::from(seen) - 1.0) * theta) }
    }
}

impl ClosedForm {
    /// The likelihood ratio.
    pub fn likelihood_ratio(&self) -> f64 {
        let known = |terms: &AlleleTerms| terms.from_known.unwrap_or(1.0);
        match &self.alleles[..] {
            [a, b] if self.with_known => {
                (known(a) * b.from_candidate + known(b) * a.from_candidate)
                    / (known(a) * b.drawn.probability + known(b) * a.drawn.probability)
            }
            [a, b] => {
                (a.from_candidate * b.drawn.probability + b.from_candidate * a.drawn.probability)
                    / (2.0 * a.drawn.probability * b.drawn_second.probability)
            }
            [a] if self.with_known => a.from_candidate / a.drawn.probability,
            [a] => a.from_candidate / a.drawn_second.probability,
            _ => f64::NAN,
        }
    }
}

/// The closed form at each locus in use of a candidate parent in one population (0-based), where there is one: on an autosome, all
/// typed, without drop-out, drop-in, silent alleles and genotyping error, the candidate's sex known.
pub fn closed_forms(
    case: &Case<'_>,
    child: &Child,
    candidate: SampleIndex,
    population: usize,
) -> Vec<Option<ClosedForm>> {
    let asked = asked_of(case, child, candidate);
    let loci = case.models.loci.iter().enumerate();
    let Question::Kin { relationship: Relationship::Parent, candidate_sex, known, .. } = asked.question else {
        return loci.map(|_| None).collect();
    };
    let of_locus = |(position, &locus): (usize, &usize)| {
        let seen = |sample| case.panel.observation(sample, locus);
        let candidate = ParentShown { observation: seen(candidate), sex: candidate_sex };
        let known = known.zip(asked.known);
        let known = known.map(|(which, sample)| ParentShown { observation: seen(sample), sex: which.sex() });
        let may_have = case.settings.observation.drop_in > 0.0 || !case.models.populations[population].counts[position];
        if may_have { None } else { closed_form(case, (population, position), seen(child.sample), candidate, known) }
    };
    loci.map(of_locus).collect()
}

struct ParentShown {
    observation: Observation,
    sex: Sex,
}

fn closed_form(
    case: &Case<'_>,
    (population, position): (usize, usize),
    child: Observation,
    candidate: ParentShown,
    known: Option<ParentShown>,
) -> Option<ClosedForm> {
    let people = [Some(&child), Some(&candidate.observation), known.as_ref().map(|known| &known.observation)];
    let is_usable = |seen: &&Observation| seen.call.is_informative() && seen.drop_out == 0.0;
    if candidate.sex == Sex::Unknown || !people.into_iter().flatten().all(|seen| is_usable(&seen)) {
        return None;
    }
    let models = &case.models.populations[population];
    let shown = people.into_iter().flatten().flat_map(|seen| seen.call.alleles());
    let of_these = models.open[position].as_ref().and_then(|open| open.model(&open.unseen_of(shown)).ok());
    let model = of_these.as_deref().unwrap_or(&models.loci[position]);
    let may_err = model.definition().silent_frequency > 0.0 || model.genotyping_error() > 0.0;
    if model.chromosome() != Chromosome::Autosomal || may_err {
        return None;
    }
    let genotype = |parent: &ParentShown| both(parent.observation.call);
    let mut adults = genotype(&candidate)?;
    adults.extend(known.as_ref().and_then(genotype).into_iter().flatten());
    let alleles: Vec<Allele> = child.call.alleles().collect();
    let second: Vec<Allele> = adults.iter().copied().chain(alleles.first().copied()).collect();
    let terms = |&allele: &Allele| {
        let frequency = model.frequencies()[model.allele_index(allele)?.position()];
        Some(AlleleTerms {
            allele: allele.to_string(),
            frequency,
            from_candidate: passed_on(model, &candidate, allele)?,
            from_known: known.as_ref().and_then(|known| passed_on(model, known, allele)),
            drawn: Draw::new(allele, &adults, frequency, model.theta()),
            drawn_second: Draw::new(allele, &second, frequency, model.theta()),
        })
    };
    let alleles = alleles.iter().map(terms).collect::<Option<_>>()?;
    Some(ClosedForm { alleles, with_known: known.is_some(), theta: model.theta() })
}

/// Both alleles of a genotype that shows one or two.
fn both(call: Call) -> Option<Vec<Allele>> {
    let shown: Vec<Allele> = call.alleles().collect();
    Some(vec![*shown.first()?, *shown.last()?])
}

/// The probability that this parent's allele arrives as this one: the mean over the parent's two.
fn passed_on(model: &LocusModel, parent: &ParentShown, allele: Allele) -> Option<f64> {
    let arrives = model.allele_index(allele)?.position();
    let matrix = model.mutation_matrix(parent.sex);
    let states = model.alleles().len();
    let of_one = |own: Allele| Some(matrix[model.allele_index(own)?.position() * states + arrives] / 2.0);
    both(parent.observation.call)?.into_iter().map(of_one).sum()
}
