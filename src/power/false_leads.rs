//! How many strangers in a list of candidates score as high by chance, for one actual child.
//!
//! Given what the child shows, the scores of unrelated candidates are independent, and each locus's score has a known
//! distribution. A candidate is compared at the loci it is typed at, so candidates typed at the same loci share one
//! convolution, and candidates typed alike in one half of the loci share that half: with n loci no list, however
//! patchy, needs more than 2 · 2^(n/2) convolutions. The two halves meet in one sum for each threshold.
//!
//! Scores are rounded up, at each locus to the next of a fine grid: an expected number is never too low, and never
//! above the number for a log10 LR lower by what rounding can raise a total ([`FalseLeads::raised`]); a tie with the threshold
//! always counts. That is at most [`RESOLUTION`], unless hundreds of loci or very many patterns of typed loci would need more than
//! [`MOST_POINTS_IN_ALL`] grid points: these bound the memory, 16 bytes a point.

use super::distribution::LrDistribution;
use super::grid::Atom;
use super::grid::{GridAtoms, GridSum};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far, in log10 units, rounding raises a total over all loci at most, where the grid is not bounded by memory.
pub const RESOLUTION: f64 = 0.05;

/// The most grid points of one distribution.
const MOST_POINTS: f64 = 1_048_576.0;

/// The most grid points of all distributions of one child.
const MOST_POINTS_IN_ALL: f64 = 67_108_864.0;

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
    raised: f64,
}

impl FalseLeads {
    /// The scores for one child. `scores`: for each drop-out probability and locus every score with its probability;
    /// `candidates`: how many are typed alike; `lowest`: the least log10 LR that will be asked about.
    pub fn new(scores: &[Vec<Arc<[Atom]>>], candidates: &BTreeMap<TypedAlike, u64>, lowest: f64) -> Self {
        let kinds = scores.iter().enumerate().map(|(kind, loci)| {
            let alike = candidates.iter().filter(move |(group, count)| group.drop_out == kind && **count > 0);
            (loci, alike.map(|(group, &count)| (group.typed.split_at(loci.len() / 2), count)).collect::<Vec<_>>())
        });
        let kinds: Vec<_> = kinds.map(|(loci, alike)| (loci, Patterns::new(&alike), alike)).collect();
        let sums: usize = kinds.iter().map(|(_, patterns, _)| patterns.first.len() + patterns.second.len()).sum();
        let points = MOST_POINTS.min(MOST_POINTS_IN_ALL / sums.max(1) as f64);
        let mut leads = Self { groups: Vec::with_capacity(candidates.len()), lowest, raised: 0.0 };
        for (loci, patterns, alike) in &kinds {
            if alike.is_empty() {
                continue;
            }
            let step = step_for(loci, lowest, points);
            let loci: Vec<GridAtoms> = loci.iter().map(|atoms| GridAtoms::rounded_up(atoms, step)).collect();
            let (first, second) = loci.split_at(loci.len() / 2);
            let gains = |loci: &[GridAtoms]| loci.iter().map(|locus| locus.highest(step).max(0.0)).sum::<f64>();
            let first_sums = sums_over(first, &patterns.first, lowest - gains(second), step);
            let second_sums = sums_over(second, &patterns.second, lowest - gains(first), step);
            let found = |patterns: &[&[bool]], sums: &[Arc<LrDistribution>], typed: &[bool]| {
                patterns.binary_search(&typed).ok().map(|at| Arc::clone(&sums[at]))
            };
            leads.groups.extend(alike.iter().filter_map(|&((one, other), count)| {
                Some((found(&patterns.first, &first_sums, one)?, found(&patterns.second, &second_sums, other)?, count))
            }));
            leads.raised = leads.raised.max(loci.iter().map(GridAtoms::raised).sum());
        }
        leads
    }

    /// The most, in log10 units, by which rounding up raised a total.
    pub fn raised(&self) -> f64 {
        self.raised
    }

    /// Expected number of candidates at or above this log10 LR if all were strangers. For minus infinity: all of them;
    /// below the least log10 LR that was announced, as there.
    pub fn expected_at(&self, log10_lr: f64) -> f64 {
        self.reaching(log10_lr).map(|(probability, count)| count * probability).sum()
    }

    /// The probability that no candidate is at or above this log10 LR if all were strangers.
    pub fn none_at(&self, log10_lr: f64) -> f64 {
        // ln(1 − p) keeps the precision that 1 − 1e-12 would lose
        self.reaching(log10_lr).map(|(probability, count)| count * (-probability).ln_1p()).sum::<f64>().exp()
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

/// What a candidate is typed at in either half of the loci.
type Halves<'a> = (&'a [bool], &'a [bool]);

/// What candidates are typed at in the first and in the second half of the loci: sorted, each once.
struct Patterns<'a> {
    first: Vec<&'a [bool]>,
    second: Vec<&'a [bool]>,
}

impl<'a> Patterns<'a> {
    fn new(alike: &[(Halves<'a>, u64)]) -> Self {
        let distinct = |half: fn(&Halves<'a>) -> &'a [bool]| {
            let mut patterns: Vec<_> = alike.iter().map(|(typed, _)| half(typed)).collect();
            patterns.sort_unstable();
            patterns.dedup();
            patterns
        };
        Self { first: distinct(|typed| typed.0), second: distinct(|typed| typed.1) }
    }
}

/// The coarsest step of these with which rounding raises a total by no more than [`RESOLUTION`], or one with which no half has more
/// than about so many grid points.
fn step_for(loci: &[Arc<[Atom]>], lowest: f64, points: f64) -> f64 {
    let finest = RESOLUTION / loci.len().max(1) as f64;
    let raised = |step: f64| loci.iter().map(|atoms| GridAtoms::rounded_up(atoms, step).raised()).sum::<f64>();
    // where a locus has few values, most of them lie well on a grid of its own
    let coarser = [4.0, 2.0].map(|factor| finest * factor);
    let step = coarser.into_iter().find(|&step| raised(step) <= RESOLUTION).unwrap_or(finest);
    let highest = |atoms: &Arc<[Atom]>| atoms.iter().map(|atom| atom.log10_lr).fold(0.0, f64::max);
    let gains: f64 = loci.iter().map(highest).sum();
    // a half reaches from where the other can still raise it to `lowest` up to its own highest value
    step.max((gains - lowest).max(0.0) / points)
}

/// The distribution of the sum over each of these sets of loci, which are sorted. Sums that cannot rise to `floor` any more
/// are pooled.
fn sums_over(loci: &[GridAtoms], sets: &[&[bool]], floor: f64, step: f64) -> Vec<Arc<LrDistribution>> {
    let mut floors = vec![floor; loci.len() + 1];
    for (at, locus) in loci.iter().enumerate().rev() {
        floors[at] = floors[at + 1] - locus.highest(step).max(0.0);
    }
    let mut sums = vec![None; sets.len()];
    LociSums { loci, floors: &floors, step }.branch(sets, &mut sums, 0, GridSum::start());
    sums.into_iter().flatten().collect()
}

/// Sums over sets of loci; those that begin alike share the sum over their beginning.
struct LociSums<'a> {
    loci: &'a [GridAtoms],
    /// For each locus, below which value a sum over those before it cannot rise to what is asked about.
    floors: &'a [f64],
    step: f64,
}

impl LociSums<'_> {
    /// Fills in the sums of sets that are alike before the locus `at`; `sum` is the sum over that beginning.
    ///
    /// Where sets part, the smaller group goes first while `sum` waits: no more sums wait than the number of sets has
    /// binary digits.
    fn branch(&self, sets: &[&[bool]], sums: &mut [Option<Arc<LrDistribution>>], at: usize, mut sum: GridSum) {
        for at in at..self.loci.len() {
            let without = sets.partition_point(|set| !set[at]);
            let ((sets_without, sets_with), (sums_without, sums_with)) =
                (sets.split_at(without), sums.split_at_mut(without));
            if sets_with.is_empty() {
                continue;
            }
            let add = |sum: &GridSum| sum.add(&self.loci[at], self.floors[at + 1], self.step);
            if sets_without.is_empty() {
                sum = add(&sum);
                continue;
            }
            let with = add(&sum);
            if sets_with.len() <= sets_without.len() {
                self.branch(sets_with, sums_with, at + 1, with);
                return self.branch(sets_without, sums_without, at + 1, sum);
            }
            self.branch(sets_without, sums_without, at + 1, sum);
            return self.branch(sets_with, sums_with, at + 1, with);
        }
        let whole = Arc::new(LrDistribution::of_bins(sum, self.step));
        sums.iter_mut().for_each(|of_set| *of_set = Some(Arc::clone(&whole)));
    }
}
