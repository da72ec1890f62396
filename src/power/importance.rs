//! Tail probabilities by importance sampling, with standard errors.
//!
//! Each locus's values are drawn from the exponentially tilted distribution q(v) ∝ p(v) 10^(s v) with s chosen such that the
//! mean of the total is the threshold; a draw of total t counts M(s) 10^(−s t), M(s) = Π_l Σ p(v) 10^(s v). For the LR of
//! two hypotheses under the second, s = 1 is drawing under the first. Siegmund 1976, doi 10.1214/aos/1176343541; for
//! kinship LRs Kruijver 2015, doi 10.1016/j.fsigen.2014.12.008. No grid is involved, so it checks the convolution.

use super::grid::Atom;
use crate::simulate::{Discrete, Purpose, Streams, uniform};
use rayon::prelude::*;
use std::f64::consts::LN_10;

/// Draws that share one stream of random numbers.
const CHUNK: u64 = 8192;

/// An estimated probability.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct Estimate {
    /// The estimate.
    pub probability: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Which tail of a distribution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tail {
    /// log10 LR at or above the threshold.
    AtLeast,
    /// log10 LR below the threshold, impossible pairs included.
    Below,
}

/// Totals that are a threshold but for rounding are at it.
const TIE: f64 = 1e-9;

/// Estimates a tail probability of the sum of one value from each locus.
///
/// Of the two sides of the threshold the rarer one is drawn, so that its standard error is small beside it; the other is what it
/// leaves. The same seed gives the same estimate on any number of threads.
pub fn estimate_tail(loci: &[impl AsRef<[Atom]>], tail: Tail, threshold: f64, draws: u64, seed: u64) -> Estimate {
    let possible: f64 = loci.iter().map(|atoms| 1.0 - impossible(atoms.as_ref())).product();
    let finite: Vec<Vec<Atom>> = loci
        .iter()
        .map(|atoms| atoms.as_ref().iter().copied().filter(|atom| atom.log10_lr > f64::NEG_INFINITY).collect())
        .collect();
    let drawn = if mean(&finite, 0.0) < threshold { Tail::AtLeast } else { Tail::Below };
    let Estimate { probability, standard_error } = draw_rare_side(&finite, drawn, threshold, draws, seed);
    let within = if drawn == tail { probability } else { possible - probability };
    let certain = if tail == Tail::Below { 1.0 - possible } else { 0.0 };
    Estimate { probability: (within + certain).clamp(0.0, 1.0), standard_error }
}

/// The probability of finite totals on the side of the threshold on which their mean is not.
///
/// Its standard error is that among the draws, but never below what one draw at the threshold would add: where hardly any draw fell
/// on that side, the draws themselves would show none.
fn draw_rare_side(finite: &[Vec<Atom>], side: Tail, threshold: f64, draws: u64, seed: u64) -> Estimate {
    if draws == 0 || is_out_of_reach(finite, side, threshold) {
        return Estimate { probability: 0.0, standard_error: 0.0 };
    }
    let tilt = best_tilt(finite, side, threshold);
    let tilted: Vec<_> = finite.iter().map(|atoms| Tilted::new(atoms, tilt)).collect();
    let ln_normaliser: f64 = tilted.iter().map(|locus| locus.ln_normaliser).sum();
    let weight_of = |total: f64| (ln_normaliser - tilt * total * LN_10).exp();
    let streams = Streams::new(seed, Purpose::Estimate);
    let chunks: Vec<(f64, f64)> = (0..draws.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut random = streams.stream(chunk);
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in chunk * CHUNK..draws.min((chunk + 1) * CHUNK) {
                let total: f64 =
                    tilted.iter().map(|locus| locus.values[locus.chances.pick(uniform(&mut random))]).sum();
                if (total >= threshold - TIE) == (side == Tail::AtLeast) {
                    let weight = weight_of(total);
                    sum += weight;
                    squares += weight * weight;
                }
            }
            (sum, squares)
        })
        .collect();
    let (sum, squares) = chunks.iter().fold((0.0, 0.0), |total, chunk| (total.0 + chunk.0, total.1 + chunk.1));
    let draws = draws as f64;
    let mean = sum / draws;
    let variance = (squares / draws - mean * mean).max(0.0);
    // the weight at the threshold is the greatest on its side
    let of_one_draw = weight_of(threshold) / draws;
    Estimate { probability: mean, standard_error: (variance / draws).sqrt().max(of_one_draw) }
}

/// Whether no total is on this side of the threshold.
fn is_out_of_reach(finite: &[Vec<Atom>], side: Tail, threshold: f64) -> bool {
    if finite.iter().any(Vec::is_empty) {
        return true;
    }
    let values = |atoms: &'_ Vec<Atom>, start: f64, choose: fn(f64, f64) -> f64| {
        atoms.iter().map(|atom| atom.log10_lr).fold(start, choose)
    };
    match side {
        Tail::AtLeast => {
            finite.iter().map(|atoms| values(atoms, f64::NEG_INFINITY, f64::max)).sum::<f64>() < threshold - TIE
        }
        Tail::Below => {
            finite.iter().map(|atoms| values(atoms, f64::INFINITY, f64::min)).sum::<f64>() >= threshold - TIE
        }
    }
}

fn impossible(atoms: &[Atom]) -> f64 {
    atoms.iter().filter(|atom| atom.log10_lr == f64::NEG_INFINITY).map(|atom| atom.probability).sum()
}

/// One locus's values with their tilted chances.
struct Tilted {
    values: Vec<f64>,
    chances: Discrete,
    ln_normaliser: f64,
}

impl Tilted {
    fn new(atoms: &[Atom], tilt: f64) -> Self {
        let weights: Vec<f64> = tilted_weights(atoms, tilt).collect();
        Self {
            values: atoms.iter().map(|atom| atom.log10_lr).collect(),
            ln_normaliser: weights.iter().sum::<f64>().ln(),
            chances: Discrete::new(weights),
        }
    }
}

fn tilted_weights(atoms: &[Atom], tilt: f64) -> impl Iterator<Item = f64> + '_ {
    atoms.iter().map(move |atom| atom.probability * (tilt * atom.log10_lr * LN_10).exp())
}

/// The mean of the total under this tilt.
fn mean(loci: &[Vec<Atom>], tilt: f64) -> f64 {
    let of_locus = |atoms: &Vec<Atom>| {
        let weights = tilted_weights(atoms, tilt);
        let (sum, weighted) = weights
            .zip(atoms)
            .fold((0.0, 0.0), |(sum, weighted), (weight, atom)| (sum + weight, weighted + weight * atom.log10_lr));
        if sum > 0.0 { weighted / sum } else { 0.0 }
    };
    loci.iter().map(of_locus).sum()
}

/// The tilt that puts the mean of the total on the threshold, which it is not beyond without.
fn best_tilt(loci: &[Vec<Atom>], side: Tail, threshold: f64) -> f64 {
    let (mut low, mut high) = match side {
        Tail::AtLeast => (0.0, LARGEST_TILT),
        Tail::Below => (-LARGEST_TILT, 0.0),
    };
    // the mean rises with the tilt; fifty halvings reach rounding
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if mean(loci, middle) < threshold { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Tilts beyond this only restate that the threshold is out of reach.
const LARGEST_TILT: f64 = 8.0;

#[cfg(test)]
mod tests {
    use super::super::distribution::{Grid, LrDistribution};
    use super::*;

    fn loci() -> Vec<Vec<Atom>> {
        let atom = |log10_lr, probability| Atom { log10_lr, probability };
        vec![vec![atom(0.5, 0.1), atom(0.1, 0.2), atom(-0.8, 0.69), atom(f64::NEG_INFINITY, 0.01)]; 15]
    }

    #[test]
    fn a_tail_of_one_in_a_thousand_million_agrees_with_the_convolution() {
        let exact = LrDistribution::of_sum(&loci(), Grid { step: 0.1, lowest: -20.0 });
        let threshold = exact.threshold_for(3e-9) + 0.05;
        let expected = exact.at_least(threshold);
        assert!(expected < 3e-9 && expected > 1e-11, "{expected}");
        let found = estimate_tail(&loci(), Tail::AtLeast, threshold, 100_000, 7);
        assert!(found.standard_error < 0.05 * expected);
        assert!((found.probability - expected).abs() < 4.0 * found.standard_error, "{found:?} {expected}");
    }

    /// Where nearly all totals are on one side, the error is that of the few on the other: a plain share of the draws would be 1
    /// with an error of 0.
    #[test]
    fn what_is_nearly_certain_has_the_error_of_what_is_rare() {
        let exact = LrDistribution::of_sum(&loci(), Grid { step: 0.1, lowest: -20.0 });
        for (draws, threshold) in [(20_000, -11.85), (20_000, -11.45), (100, -11.45)] {
            let expected = exact.at_least(threshold);
            let found = estimate_tail(&loci(), Tail::AtLeast, threshold, draws, 7);
            let other = estimate_tail(&loci(), Tail::Below, threshold, draws, 7);
            assert!(found.standard_error > 0.0 && found.standard_error == other.standard_error);
            assert!((found.probability - expected).abs() < 4.0 * found.standard_error, "{found:?} {expected}");
            assert!((found.probability + other.probability - 1.0).abs() < 1e-12);
        }
        let rare = 1.0 - exact.impossible() - exact.at_least(-11.85);
        let found = estimate_tail(&loci(), Tail::AtLeast, -11.85, 20_000, 7);
        assert!(rare < 0.01 && found.standard_error < 0.05 * rare, "{found:?} {rare}");
        // no total is as high, or as low
        let error = |tail, threshold| estimate_tail(&loci(), tail, threshold, 1000, 7);
        assert_eq!(error(Tail::AtLeast, 7.51), Estimate { probability: 0.0, standard_error: 0.0 });
        assert_eq!(error(Tail::AtLeast, -12.1).standard_error, 0.0);
    }

    #[test]
    fn where_every_pair_is_impossible_nothing_reaches_a_threshold() {
        let never = vec![vec![Atom { log10_lr: f64::NEG_INFINITY, probability: 1.0 }]];
        let certain = |probability| Estimate { probability, standard_error: 0.0 };
        assert_eq!(estimate_tail(&never, Tail::AtLeast, -3.0, 100, 1), certain(0.0));
        assert_eq!(estimate_tail(&never, Tail::Below, -3.0, 100, 1), certain(1.0));
    }

    #[test]
    fn the_lower_tail_counts_the_impossible() {
        let exact = LrDistribution::of_sum(&loci(), Grid { step: 0.1, lowest: -20.0 });
        let found = estimate_tail(&loci(), Tail::Below, -11.45, 100_000, 7);
        assert!((found.probability - exact.below(-11.45)).abs() < 4.0 * found.standard_error);
        assert!(found.standard_error > 0.0);
    }
}
