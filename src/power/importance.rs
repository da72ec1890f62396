//! Tail probabilities by importance sampling, with standard errors.
//!
//! Each locus's values are drawn from the exponentially tilted distribution q(v) ∝ p(v) 10^(s v) with s chosen such that the
//! mean of the total is the threshold; a draw of total t counts M(s) 10^(−s t), M(s) = Π_l Σ p(v) 10^(s v). For the LR of
//! two hypotheses under the second, s = 1 is drawing under the first. Siegmund 1976, doi 10.1214/aos/1176343541; for
//! kinship LRs Kruijver 2015, doi 10.1016/j.fsigen.2014.12.008. No grid is involved, so it checks the convolution.

use super::distribution::Atom;
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

/// Estimates a tail probability of the sum of one value from each locus.
///
/// The same seed gives the same estimate on any number of threads.
pub fn estimate_tail(loci: &[impl AsRef<[Atom]>], tail: Tail, threshold: f64, draws: u64, seed: u64) -> Estimate {
    let possible: f64 = loci.iter().map(|atoms| 1.0 - impossible(atoms.as_ref())).product();
    let finite: Vec<Vec<Atom>> = loci
        .iter()
        .map(|atoms| atoms.as_ref().iter().copied().filter(|atom| atom.log10_lr > f64::NEG_INFINITY).collect())
        .collect();
    let tilt = best_tilt(&finite, tail, threshold);
    let tilted: Vec<_> = finite.iter().map(|atoms| Tilted::new(atoms, tilt)).collect();
    let ln_normaliser: f64 = tilted.iter().map(|locus| locus.ln_normaliser).sum();
    let streams = Streams::new(seed, Purpose::Estimate);
    let chunks: Vec<(f64, f64)> = (0..draws.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut random = streams.stream(chunk);
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in chunk * CHUNK..draws.min((chunk + 1) * CHUNK) {
                let total: f64 =
                    tilted.iter().map(|locus| locus.values[locus.chances.pick(uniform(&mut random))]).sum();
                let inside = match tail {
                    Tail::AtLeast => total >= threshold,
                    Tail::Below => total < threshold,
                };
                if inside {
                    let weight = (ln_normaliser - tilt * total * LN_10).exp();
                    sum += weight;
                    squares += weight * weight;
                }
            }
            (sum, squares)
        })
        .collect();
    let (sum, squares) = chunks.iter().fold((0.0, 0.0), |total, chunk| (total.0 + chunk.0, total.1 + chunk.1));
    let mean = sum / draws as f64;
    let variance = (squares / draws as f64 - mean * mean).max(0.0);
    let certain = if tail == Tail::Below { 1.0 - possible } else { 0.0 };
    Estimate { probability: mean + certain, standard_error: (variance / draws as f64).sqrt() }
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

/// The tilt that puts the mean of the total on the threshold: 0 where the mean is in the tail already.
fn best_tilt(loci: &[Vec<Atom>], tail: Tail, threshold: f64) -> f64 {
    let mean = |tilt: f64| -> f64 {
        let of_locus = |atoms: &Vec<Atom>| {
            let weights = tilted_weights(atoms, tilt);
            let (sum, weighted) = weights
                .zip(atoms)
                .fold((0.0, 0.0), |(sum, weighted), (weight, atom)| (sum + weight, weighted + weight * atom.log10_lr));
            if sum > 0.0 { weighted / sum } else { 0.0 }
        };
        loci.iter().map(of_locus).sum()
    };
    let plain = mean(0.0);
    let (mut low, mut high) = match tail {
        Tail::AtLeast if plain < threshold => (0.0, LARGEST_TILT),
        Tail::Below if plain >= threshold => (-LARGEST_TILT, 0.0),
        _ => return 0.0,
    };
    // the mean rises with the tilt; fifty halvings reach rounding
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if mean(middle) < threshold { low = middle } else { high = middle }
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

    #[test]
    fn the_lower_tail_counts_the_impossible() {
        let exact = LrDistribution::of_sum(&loci(), Grid { step: 0.1, lowest: -20.0 });
        let found = estimate_tail(&loci(), Tail::Below, -11.45, 100_000, 7);
        assert!((found.probability - exact.below(-11.45)).abs() < 4.0 * found.standard_error);
        assert!(found.standard_error > 0.0);
    }
}
