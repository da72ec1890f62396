//! How uncertain an LR is because allele frequencies are estimates.
//!
//! A table's counts leave the frequencies a Dirichlet posterior: Dirichlet(2N p_i + 1/k) with k alleles and N people typed.
//! Each draw of frequencies gives a log10 LR at each locus; the sum over loci, draw by draw, gives the interval (Curran,
//! Buckleton, Triggs & Weir 2002, *Science & Justice* 42:29–37). Loci are independent; one draw serves both hypotheses.

use crate::inheritance::Hypothesis;
use crate::likelihood::{LikelihoodError, LocusDefinition, LocusModel, score_row};
use crate::profile::Observation;
use crate::simulate::{Purpose, Streams, gamma};
use rayon::prelude::*;

/// One locus: its definition, how many people its frequencies were counted in, and what was seen.
#[derive(Clone, Copy, Debug)]
pub struct IntervalLocus<'a> {
    /// The locus as it was used.
    pub definition: &'a LocusDefinition,
    /// People typed; none: the frequencies are taken as exact.
    pub people: Option<f64>,
    /// What the child shows.
    pub child: Observation,
    /// What the typed known parent shows, where there is one.
    pub known_parent: Option<Observation>,
    /// What the candidate shows.
    pub candidate: Observation,
}

/// An interval of log10 LR.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct LrInterval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The central interval of this coverage (0.99) of a pair's log10 LR, by `draws` draws of frequencies.
///
/// The frequencies of one draw depend on the seed, the locus's position and the draw alone, so that different pairs of one run
/// are judged by the same draws. A draw whose model is refused (a mutation rate too high for its frequencies) counts as the
/// model with the frequencies as they are.
///
/// # Errors
/// Whatever the likelihood engine refuses.
pub fn lr_interval(
    loci: &[IntervalLocus<'_>],
    tested: &Hypothesis,
    against: &Hypothesis,
    drop_in: f64,
    coverage: f64,
    draws: u32,
    seed: u64,
) -> Result<LrInterval, LikelihoodError> {
    let streams = Streams::new(seed, Purpose::Frequencies);
    let mut totals = (0..draws.max(1))
        .into_par_iter()
        .map(|draw| {
            let mut total = 0.0;
            for (position, locus) in loci.iter().enumerate() {
                let stream = (position as u64) << 32 | u64::from(draw);
                let Some(model) = drawn_model(locus, &mut streams.stream(stream)) else { continue };
                let candidate = std::slice::from_ref(&locus.candidate);
                let row = score_row(&model, tested, against, locus.child, locus.known_parent, drop_in, candidate)?;
                total += row.iter().sum::<f64>();
            }
            Ok(total)
        })
        .collect::<Result<Vec<f64>, LikelihoodError>>()?;
    totals.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| totals[((totals.len() - 1) as f64 * share).round() as usize];
    let outside = (1.0 - coverage.clamp(0.0, 1.0)) / 2.0;
    Ok(LrInterval { low: at(outside), high: at(1.0 - outside) })
}

/// The locus with frequencies drawn from their posterior.
fn drawn_model(locus: &IntervalLocus<'_>, random: &mut impl rand::Rng) -> Option<LocusModel> {
    let definition = locus.definition;
    let mut drawn = definition.clone();
    if let Some(people) = locus.people {
        let total: f64 = definition.frequencies.iter().sum();
        let prior = 1.0 / definition.frequencies.len() as f64;
        let weights: Vec<f64> =
            definition.frequencies.iter().map(|p| gamma(2.0 * people * p / total + prior, random)).collect();
        let sum: f64 = weights.iter().sum();
        // a frequency that underflows to 0 would make an allele that was seen impossible
        drawn.frequencies = weights.iter().map(|weight| (weight / sum * total).max(f64::MIN_POSITIVE)).collect();
    }
    LocusModel::new(drawn).or_else(|_| LocusModel::new(definition.clone())).ok()
}
