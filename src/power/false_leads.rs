//! How many strangers in a list of candidates score as high by chance, for one actual child.
//!
//! Given what the child shows, the scores of unrelated candidates are independent, and each locus's score has a distribution
//! that the engine gives: every genotype a stranger can show, with its probability and its LR. A candidate is compared at
//! the loci it is typed at, so candidates typed at the same loci share one exact convolution ([`LrDistribution`]).

use super::distribution::{Atom, Grid, LrDistribution};
use crate::inheritance::{AlleleIndex, Evidence, Hypothesis, Seen};
use crate::likelihood::{LikelihoodError, LocusModel, genotype_table, score_row};
use crate::profile::{Allele, Call, Observation};
use rayon::prelude::*;

/// A sum over many candidates needs no finer grid; totals far below zero are nobody's concern.
const GRID: Grid = Grid { step: 0.02, lowest: -5.0 };

/// What is compared with the list: a tested hypothesis, its alternative, and what child and known parent show.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// The first hypothesis.
    pub tested: &'a Hypothesis,
    /// The second: the candidate is a stranger.
    pub strangers: &'a Hypothesis,
    /// What the child shows at each locus in use.
    pub child: &'a [Observation],
    /// What the typed known parent shows, where there is one.
    pub known_parent: Option<&'a [Observation]>,
    /// Probability that an allele drops in.
    pub drop_in: f64,
}

/// Candidates typed at the same loci, and equally well.
#[derive(Clone, PartialEq, Debug)]
pub struct TypedAlike {
    /// Whether they have a call, for each locus in use.
    pub typed: Vec<bool>,
    /// Probability that an allele of theirs drops out.
    pub drop_out: f64,
    /// How many there are.
    pub count: u64,
}

/// The scores that a list of strangers would reach against one child.
#[derive(Clone, Debug)]
pub struct FalseLeads {
    groups: Vec<(LrDistribution, f64)>,
}

impl FalseLeads {
    /// The distributions for one child and one list.
    ///
    /// # Errors
    /// Whatever the likelihood engine refuses.
    pub fn new(
        models: &[LocusModel],
        comparison: &Comparison<'_>,
        candidates: &[TypedAlike],
    ) -> Result<Self, LikelihoodError> {
        let mut drop_outs: Vec<f64> = candidates.iter().map(|group| group.drop_out).collect();
        drop_outs.sort_unstable_by(f64::total_cmp);
        drop_outs.dedup();
        let atoms = drop_outs
            .iter()
            .map(|&drop_out| (0..models.len()).map(|at| stranger_atoms(models, comparison, at, drop_out)).collect())
            .collect::<Result<Vec<Vec<_>>, _>>()?;
        let groups = candidates
            .par_iter()
            .map(|group| {
                let kind = drop_outs.partition_point(|&drop_out| drop_out < group.drop_out);
                let compared = atoms[kind].iter().zip(&group.typed).filter(|(_, typed)| **typed);
                let compared: Vec<&[Atom]> = compared.map(|(atoms, _)| &atoms[..]).collect();
                (LrDistribution::of_sum(&compared, GRID), group.count as f64)
            })
            .collect();
        Ok(Self { groups })
    }

    /// Expected number of candidates at or above this log10 LR if all were strangers. Scores below −5 count as −5.
    pub fn expected_at(&self, log10_lr: f64) -> f64 {
        let threshold = log10_lr.max(GRID.lowest);
        self.groups.iter().map(|(distribution, count)| count * distribution.at_least(threshold)).sum()
    }
}

/// Every score that a stranger with a call can have at one locus, given what the child and the known parent show.
fn stranger_atoms(
    models: &[LocusModel],
    comparison: &Comparison<'_>,
    locus: usize,
    drop_out: f64,
) -> Result<Vec<Atom>, LikelihoodError> {
    let (model, drop_in) = (&models[locus], comparison.drop_in);
    let (child, known) = (comparison.child[locus], comparison.known_parent.map(|parent| parent[locus]));
    if !child.call.is_informative() {
        return Ok(vec![Atom { log10_lr: 0.0, probability: 1.0 }]);
    }
    let shown = everything_shown(model);
    let observations: Vec<_> = shown.iter().map(|&(call, _)| Observation { call, drop_out }).collect();
    let scores = score_row(model, comparison.tested, comparison.strangers, child, known, drop_in, &observations)?;
    let mut evidence = Vec::with_capacity(2);
    let strangers = comparison.strangers;
    for (person, observation) in [(Some(strangers.child), Some(child)), (strangers.known_parent, known)] {
        if let (Some(person), Some(observation)) = (person, observation) {
            let seen = seen(model, observation.call);
            evidence.push(Evidence { person, seen, drop_out: observation.drop_out, drop_in });
        }
    }
    let mut weights = vec![0.0; shown.len()];
    for (weight, pedigree) in &strangers.pedigrees {
        let table = genotype_table(model, pedigree, &evidence, strangers.candidate)?;
        for (sum, &(_, seen)) in weights.iter_mut().zip(&shown) {
            *sum += weight * table.ln_probability_of(seen, drop_out, drop_in).exp();
        }
    }
    let total: f64 = weights.iter().sum();
    let atom = |(log10_lr, weight): (f64, f64)| Atom { log10_lr, probability: weight / total };
    Ok(match total > 0.0 {
        true => scores.into_iter().zip(weights).map(atom).collect(),
        // child and known parent contradict each other: the locus decides nothing
        false => vec![Atom { log10_lr: 0.0, probability: 1.0 }],
    })
}

fn everything_shown(model: &LocusModel) -> Vec<(Call, Seen)> {
    let labels: Vec<Allele> = model.alleles().iter().filter_map(|label| label.parse().ok()).collect();
    let mut shown = Vec::with_capacity(labels.len() * (labels.len() + 1) / 2);
    for (at, &first) in labels.iter().enumerate() {
        for &second in &labels[at..] {
            let call = Call::from_alleles(&[first, second]);
            shown.push((call, seen(model, call)));
        }
    }
    shown
}

fn seen(model: &LocusModel, call: Call) -> Seen {
    let indices: Vec<AlleleIndex> = call.alleles().filter_map(|allele| model.allele_index(allele)).collect();
    match indices[..] {
        [one] => Seen::One(one),
        [first, second] => Seen::pair(first, second),
        _ => Seen::Nothing,
    }
}
