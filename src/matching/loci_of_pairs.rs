//! What each locus says of many pairs: the numbers of [`super::explain`] for the relationship asked about alone, with the rows of a
//! child fetched once.

use super::assess::inconsistent_loci;
use super::explain::{asked_of, by_locus, lowest_population, steps_needed};
use super::roster::Child;
use super::rows::RowsAtHand;
use super::{Case, MatchError};
use crate::profile::SampleIndex;
use rayon::prelude::*;

/// What each locus says of a pair.
#[derive(Clone, PartialEq, Debug)]
pub struct LociOfPair {
    /// The child.
    pub child: SampleIndex,
    /// The candidate.
    pub candidate: SampleIndex,
    /// The known parent of the question, if any.
    pub known_parent: Option<SampleIndex>,
    /// log10 LR of each locus in use, in the population with the lowest LR.
    pub log10_lr: Vec<f64>,
    /// The loci (0-based among those in use) that are impossible unless an allele mutated, with the fewest steps.
    pub inconsistent: Vec<(usize, Option<f64>)>,
}

/// Looks at every locus of these children and candidates, in the order given.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn loci_of_pairs(case: &Case<'_>, children: &[(&Child, Vec<SampleIndex>)]) -> Result<Vec<LociOfPair>, MatchError> {
    let of_child = |(child, candidates): &(&Child, Vec<SampleIndex>)| {
        let mut rows = RowsAtHand::new(case);
        candidates.iter().map(|&candidate| of_pair(&mut rows, child, candidate)).collect::<Result<Vec<_>, _>>()
    };
    let pairs = children.par_iter().map(of_child).collect::<Result<Vec<_>, MatchError>>()?;
    Ok(pairs.into_iter().flatten().collect())
}

fn of_pair(rows: &mut RowsAtHand<'_>, child: &Child, candidate: SampleIndex) -> Result<LociOfPair, MatchError> {
    let case = rows.case();
    let asked = asked_of(case, child, candidate);
    let population = lowest_population(&rows.totals(asked, candidate)?);
    let log10_lr = by_locus(rows.scores(asked, population, candidate)?);
    let impossible = inconsistent_loci(rows, child, asked, candidate)?;
    let steps = |position: usize| {
        let call = |sample| case.panel.observation(sample, case.models.loci[position]).call;
        steps_needed(call(child.sample), asked.known.map(call), call(candidate))
    };
    let positions = case.models.loci.iter().enumerate().filter(|(_, locus)| impossible.contains(locus));
    let inconsistent = positions.map(|(position, _)| (position, steps(position))).collect();
    Ok(LociOfPair { child: child.sample, candidate, known_parent: asked.known, log10_lr, inconsistent })
}
