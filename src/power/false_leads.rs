//! How many strangers in a list of candidates score as high by chance, for one actual child.
//!
//! Given what the child shows, the scores of unrelated candidates are independent, and each locus's score has a known
//! distribution. A candidate is compared at the loci it is typed at, so candidates typed at the same loci share one
//! convolution, and candidates typed alike in one half of the loci share that half: with n loci no list, however
//! patchy, needs more than 2 · 2^(n/2) convolutions. The two halves meet in one sum for each threshold.
//!
//! Scores are rounded up, at each locus to the next of a fine grid: an expected number is never too low, and never
//! above the number for a log10 LR lower by [`RESOLUTION`]; a tie with the threshold always counts.

use super::distribution::{Atom, GridAtoms, LrDistribution, Partial};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far, in log10 units, rounding can raise a total over all loci.
pub const RESOLUTION: f64 = 0.05;

/// Candidates typed at the same loci, and equally well.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct TypedAlike {
    /// Which of the drop-out probabilities they have (0-based).
    pub drop_out: usize,
    /// Whether they have a call, for each locus in use.
    pub typed: Vec<bool>,
}

/// The scores that a list of strangers would reach against one child.
#[derive(Clone, Debug)]
pub struct FalseLeads {
    /// The distributions of the sums over the first and over the second half of the loci, and how many candidates have these.
    groups: Vec<(Arc<LrDistribution>, Arc<LrDistribution>, u64)>,
    lowest: f64,
}

impl FalseLeads {
    /// The scores for one child. `scores`: for each drop-out probability and locus every score with its probability;
    /// `candidates`: how many are typed alike; `lowest`: the least log10 LR that will be asked about.
    pub fn new(scores: &[Vec<Arc<[Atom]>>], candidates: &BTreeMap<TypedAlike, u64>, lowest: f64) -> Self {
        let mut groups = Vec::with_capacity(candidates.len());
        for (kind, loci) in scores.iter().enumerate() {
            let alike = || candidates.iter().filter(move |(group, count)| group.drop_out == kind && **count > 0);
            let step = RESOLUTION / loci.len().max(1) as f64;
            let loci: Vec<GridAtoms> = loci.iter().map(|atoms| GridAtoms::rounded_up(atoms, step)).collect();
            let middle = loci.len() / 2;
            let gains = |loci: &[GridAtoms]| loci.iter().map(|locus| locus.largest().max(0)).sum::<i64>();
            let floor = (lowest / step).floor() as i64 - 1;
            let half = |loci: &[GridAtoms], others: &[GridAtoms], typed: &dyn Fn(&TypedAlike) -> Vec<bool>| {
                sums_over(loci, alike().map(|(group, _)| typed(group)), floor - gains(others), step)
            };
            let first = half(&loci[..middle], &loci[middle..], &|group| group.typed[..middle].to_vec());
            let second = half(&loci[middle..], &loci[..middle], &|group| group.typed[middle..].to_vec());
            groups.extend(alike().filter_map(|(group, &count)| {
                let (one, other) = group.typed.split_at(middle);
                Some((Arc::clone(first.get(one)?), Arc::clone(second.get(other)?), count))
            }));
        }
        Self { groups, lowest }
    }

    /// Expected number of candidates at or above this log10 LR if all were strangers. For minus infinity: all of them;
    /// below the least log10 LR that was announced, as there.
    pub fn expected_at(&self, log10_lr: f64) -> f64 {
        self.reaching(log10_lr).map(|(probability, count)| count * probability).sum()
    }

    /// The probability that no candidate is at or above this log10 LR if all were strangers.
    pub fn none_at(&self, log10_lr: f64) -> f64 {
        // ln(1 − p) keeps the precision that 1 − 1e-12 would lose
        self.reaching(log10_lr).map(|(probability, count)| count * (-probability.min(1.0)).ln_1p()).sum::<f64>().exp()
    }

    /// P(at or above this log10 LR) and the number of candidates, group by group.
    fn reaching(&self, log10_lr: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.groups.iter().map(move |(one, other, count)| {
            let probability = match log10_lr {
                f64::NEG_INFINITY => 1.0,
                _ => one.sum_at_least(other, log10_lr.max(self.lowest)),
            };
            (probability, *count as f64)
        })
    }
}

/// The distribution of the sum over each of these sets of loci. Sums that cannot rise to `floor` any more are pooled.
///
/// Sets are taken in order, so that those that begin alike share the sums over their beginning.
fn sums_over(
    loci: &[GridAtoms],
    sets: impl Iterator<Item = Vec<bool>>,
    floor: i64,
    step: f64,
) -> BTreeMap<Vec<bool>, Arc<LrDistribution>> {
    let mut sums: BTreeMap<Vec<bool>, Option<Arc<LrDistribution>>> = sets.map(|set| (set, None)).collect();
    let mut gains = vec![0; loci.len() + 1];
    for (at, locus) in loci.iter().enumerate().rev() {
        gains[at] = gains[at + 1] + locus.largest().max(0);
    }
    // the sums over the beginning of the present set: the locus added last, and the sum with it
    let mut beginning: Vec<(usize, Partial)> = Vec::new();
    for (set, sum) in &mut sums {
        let wanted: Vec<usize> = (0..set.len()).filter(|&locus| set[locus]).collect();
        let shared = beginning.iter().zip(&wanted).take_while(|((added, _), locus)| added == *locus).count();
        beginning.truncate(shared);
        for &locus in &wanted[shared..] {
            let next = match beginning.last() {
                Some((_, sum)) => sum.add(&loci[locus], floor - gains[locus + 1]),
                None => Partial::start().add(&loci[locus], floor - gains[locus + 1]),
            };
            beginning.push((locus, next));
        }
        let whole = beginning.last().map_or_else(Partial::start, |(_, sum)| sum.clone());
        *sum = Some(Arc::new(whole.finish(step)));
    }
    sums.into_iter().filter_map(|(set, sum)| Some((set, sum?))).collect()
}
