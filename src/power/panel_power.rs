//! What a panel can tell of a relationship: error rates by threshold, thresholds by error rate, ranks, loci needed.

use super::distribution::{Grid, LrDistribution};
use super::grid::Atom;
use super::importance::{Estimate, Tail, estimate_tail};
use super::pair_tables::{LocusPairs, PairTyping, PowerError};
use crate::inheritance::Relationship;
use crate::likelihood::LocusModel;
use crate::simulate::{Discrete, Purpose, Streams, uniform};
use rayon::prelude::*;
use serde::Serialize;

/// The truths under which the LR of a tested relationship is looked at, unless others are asked for. Grandparents and half
/// siblings cannot be told from uncles and aunts by unlinked loci.
pub const TRUTHS: [Relationship; 7] = [
    Relationship::Identity,
    Relationship::Parent,
    Relationship::FullSibling,
    Relationship::HalfSibling,
    Relationship::Avuncular,
    Relationship::FirstCousin,
    Relationship::Unrelated,
];

/// What is asked.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PowerQuestion {
    /// The relationship that is tested against unrelated.
    pub tested: Relationship,
    /// The truths under which its LR is looked at; itself and unrelated are among them anyway.
    pub truths: Vec<Relationship>,
    /// How well the two people are typed.
    pub typing: PairTyping,
    /// Thresholds of log10 LR.
    pub thresholds: Vec<f64>,
    /// False positive rates for which a threshold is wanted.
    pub rates: Vec<f64>,
    /// Number of children.
    pub children: u64,
    /// Number of candidates a child is compared with.
    pub candidates: u64,
    /// Draws of each estimate by importance sampling; 0: none.
    pub draws: u64,
    /// Seed of the draws.
    pub seed: u64,
}

/// The LR under one truth.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TruthPower {
    /// What the candidate really is to the child.
    pub truth: Relationship,
    /// Mean of log10 LR, impossible pairs left out; nothing where every pair is impossible.
    pub mean: Option<f64>,
    /// Its standard deviation.
    pub deviation: Option<f64>,
    /// Probability that the pair is impossible under the tested relationship.
    pub impossible: f64,
    /// P(log10 LR ≥ threshold) for each threshold.
    pub at_least: Vec<f64>,
    /// The same by importance sampling.
    pub estimates: Vec<Estimate>,
}

/// A threshold and what it costs.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct ThresholdPower {
    /// log10 LR from which on a candidate is reported.
    pub threshold: f64,
    /// P(reported | unrelated).
    pub false_positive_rate: f64,
    /// The same by importance sampling.
    pub false_positive_estimate: Option<Estimate>,
    /// P(not reported | the tested relationship).
    pub false_negative_rate: f64,
    /// Expected number of unrelated candidates reported over all children.
    pub expected_false_leads: f64,
}

/// What the first so many loci can do.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct GrowingPower {
    /// Number of loci.
    pub loci: usize,
    /// The locus that was added last.
    pub added: String,
    /// Threshold at which one false lead is expected over all children.
    pub threshold: f64,
    /// P(not reported | the tested relationship) there.
    pub false_negative_rate: f64,
}

/// The answers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PanelPower {
    /// What was asked.
    pub question: PowerQuestion,
    /// The loci.
    pub loci: Vec<String>,
    /// Distance of the points, in log10 units, on which distributions are computed: each locus can spread a total by half of it
    /// (standard deviation).
    pub grid_step: f64,
    /// The LR under each truth.
    pub truths: Vec<TruthPower>,
    /// The thresholds asked for.
    pub thresholds: Vec<ThresholdPower>,
    /// The thresholds of the rates asked for.
    pub by_rate: Vec<ThresholdPower>,
    /// Probability that the true one scores higher than every unrelated candidate.
    pub ranked_first: Estimate,
    /// With ever more loci, the least informative first: how many must be typed if it is bad luck which.
    pub growing: Vec<GrowingPower>,
}

/// Children drawn for the probability of the first rank.
const CHILDREN_DRAWN: u64 = 200;

/// Their distributions need no finer grid.
const CHILD_GRID: Grid = Grid { step: 0.02, lowest: -10.0 };

/// Computes what a panel can tell. `people`: the loci as people are drawn from them, in the order of the models.
///
/// # Errors
/// Whatever the likelihood engine refuses.
pub fn panel_power(
    models: &[LocusModel],
    people: &[LocusModel],
    question: &PowerQuestion,
) -> Result<PanelPower, PowerError> {
    let mut truths = question.truths.clone();
    truths.extend([question.tested, Relationship::Unrelated]);
    truths.sort_unstable();
    truths.dedup();
    let loci = models
        .par_iter()
        .zip(people)
        .map(|(model, people)| LocusPairs::new(model, people, &truths, &question.typing))
        .collect::<Result<Vec<_>, _>>()?;
    let distributions = truths
        .par_iter()
        .map(|&truth| {
            let atoms = loci.iter().map(|locus| locus.atoms(question.tested, truth)).collect::<Result<Vec<_>, _>>()?;
            let distribution = LrDistribution::of_sum(&atoms, Grid::of_panel(&atoms));
            Ok((atoms, distribution))
        })
        .collect::<Result<Vec<_>, PowerError>>()?;
    let of = |truth: Relationship| {
        let at = truths.iter().position(|&known| known == truth);
        at.map(|at| &distributions[at]).ok_or(PowerError::NotAsked(truth))
    };
    let (unrelated_atoms, unrelated) = of(Relationship::Unrelated)?;
    let (tested_atoms, tested) = of(question.tested)?;
    let cost = |threshold: f64| threshold_power(question, tested, (unrelated_atoms, unrelated), threshold);
    Ok(PanelPower {
        question: question.clone(),
        loci: loci.iter().map(|locus| locus.name.clone()).collect(),
        grid_step: distributions.iter().map(|(_, distribution)| distribution.step()).fold(0.0, f64::max),
        truths: truths
            .iter()
            .zip(&distributions)
            .map(|(&truth, (atoms, distribution))| truth_power(question, truth, atoms, distribution))
            .collect(),
        thresholds: question.thresholds.iter().map(|&threshold| cost(threshold)).collect(),
        by_rate: question.rates.iter().map(|&rate| cost(unrelated.threshold_for(rate))).collect(),
        ranked_first: ranked_first(&loci, question)?,
        growing: growing(&loci, tested_atoms, unrelated_atoms, question),
    })
}

fn threshold_power(
    question: &PowerQuestion,
    tested: &LrDistribution,
    (unrelated_atoms, unrelated): (&[Vec<Atom>], &LrDistribution),
    threshold: f64,
) -> ThresholdPower {
    let false_positive_rate = unrelated.at_least(threshold);
    let estimate = || estimate_tail(unrelated_atoms, Tail::AtLeast, threshold, question.draws, question.seed);
    ThresholdPower {
        threshold,
        false_positive_rate,
        false_positive_estimate: (question.draws > 0).then(estimate),
        false_negative_rate: tested.below(threshold),
        expected_false_leads: false_positive_rate * question.children as f64 * question.candidates as f64,
    }
}

fn truth_power(
    question: &PowerQuestion,
    truth: Relationship,
    atoms: &[Vec<Atom>],
    distribution: &LrDistribution,
) -> TruthPower {
    let (mean, variance) = mean_and_variance(atoms).unzip();
    let estimate = |&threshold: &f64| estimate_tail(atoms, Tail::AtLeast, threshold, question.draws, question.seed);
    TruthPower {
        truth,
        mean,
        deviation: variance.map(f64::sqrt),
        impossible: distribution.impossible(),
        at_least: question.thresholds.iter().map(|&threshold| distribution.at_least(threshold)).collect(),
        estimates: if question.draws > 0 { question.thresholds.iter().map(estimate).collect() } else { Vec::new() },
    }
}

/// Mean and variance of the total where it is finite: loci are independent, so they are the sums of the loci's. Nothing where a
/// locus makes every pair impossible.
fn mean_and_variance(loci: &[Vec<Atom>]) -> Option<(f64, f64)> {
    let (mut mean, mut variance) = (0.0, 0.0);
    for atoms in loci {
        let possible = || atoms.iter().filter(|atom| atom.log10_lr.is_finite());
        let average = |of: &dyn Fn(f64) -> f64| {
            let total: f64 = possible().map(|atom| atom.probability).sum();
            (total > 0.0).then(|| possible().map(|atom| atom.probability * of(atom.log10_lr)).sum::<f64>() / total)
        };
        let of_locus = average(&|value| value)?;
        mean += of_locus;
        variance += average(&|value| (value - of_locus).powi(2))?;
    }
    Some((mean, variance))
}

/// The mean over drawn children of P(the true one scores higher than all unrelated candidates | the child's profile).
///
/// Candidates' scores depend on one another through the child they are compared with; given the child's profile they are
/// independent, and both distributions are exact.
fn ranked_first(loci: &[LocusPairs], question: &PowerQuestion) -> Result<Estimate, PowerError> {
    let mut shown = Vec::with_capacity(loci.len());
    for locus in loci {
        let rows = locus.child_probabilities(question.tested)?;
        let nothing = 1.0 - rows.iter().sum::<f64>();
        let nothing = if nothing > 1e-12 { nothing } else { 0.0 };
        shown.push((rows.len(), Discrete::new(rows.iter().copied().chain([nothing]))));
    }
    let streams = Streams::new(question.seed, Purpose::Estimate);
    let chances = (0..CHILDREN_DRAWN)
        .into_par_iter()
        .map(|child| {
            let mut random = streams.stream(child | 1 << 63);
            let pick =
                |(rows, chances): &(usize, Discrete)| Some(chances.pick(uniform(&mut random))).filter(|row| row < rows);
            let rows: Vec<_> = shown.iter().map(pick).collect();
            let distribution = |truth| -> Result<LrDistribution, PowerError> {
                let atoms = loci.iter().zip(&rows).map(|(locus, &row)| locus.atoms_given(row, question.tested, truth));
                Ok(LrDistribution::of_sum(&atoms.collect::<Result<Vec<_>, _>>()?, CHILD_GRID))
            };
            let unrelated = distribution(Relationship::Unrelated)?;
            Ok(distribution(question.tested)?.exceeds_all(&unrelated, question.candidates as f64))
        })
        .collect::<Result<Vec<f64>, PowerError>>()?;
    let count = chances.len() as f64;
    let mean = chances.iter().sum::<f64>() / count;
    let variance = chances.iter().map(|chance| (chance - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Ok(Estimate { probability: mean, standard_error: (variance / count).sqrt() })
}

fn growing(
    loci: &[LocusPairs],
    tested: &[Vec<Atom>],
    unrelated: &[Vec<Atom>],
    question: &PowerQuestion,
) -> Vec<GrowingPower> {
    let information = |locus: &usize| -> f64 {
        tested[*locus]
            .iter()
            .filter(|atom| atom.log10_lr.is_finite())
            .map(|atom| atom.log10_lr * atom.probability)
            .sum()
    };
    let mut order: Vec<usize> = (0..loci.len()).collect();
    order.sort_by(|left, right| information(left).total_cmp(&information(right)));
    let ordered = |atoms: &[Vec<Atom>]| order.iter().map(|&locus| atoms[locus].clone()).collect::<Vec<_>>();
    let rate = 1.0 / (question.children as f64 * question.candidates as f64);
    let thresholds =
        LrDistribution::of_growing_sums(&ordered(unrelated), CHILD_GRID, |unrelated| unrelated.threshold_for(rate));
    let mut threshold = thresholds.iter();
    let missed = LrDistribution::of_growing_sums(&ordered(tested), CHILD_GRID, |tested| {
        threshold.next().map_or(1.0, |&threshold| tested.below(threshold))
    });
    let steps = order.iter().zip(thresholds.iter().zip(missed)).enumerate();
    steps
        .map(|(at, (&locus, (&threshold, false_negative_rate)))| GrowingPower {
            loci: at + 1,
            added: loci[locus].name.clone(),
            threshold,
            false_negative_rate,
        })
        .collect()
}
