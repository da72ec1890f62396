//! The distribution of a total log10 LR: a convolution over independent loci, on a fine grid.
//!
//! At one locus the log10 LR takes finitely many values ([`Atom`]s). A value between two points of the grid is shared out
//! between them so that its mean is kept; its variance grows by at most step²/4, so 24 loci at a step of 0.002 add a
//! standard deviation below 0.005 to a total whose own is several units. That is all that the grid changes: a total within some
//! hundredths of a threshold can count on its other side. All terms are positive, so a tail of 1e-12 is
//! as accurate, relative to itself, as the centre (a Fourier transform would drown it in rounding). Cost: grid points in
//! reach times distinct values, at each locus.
//!
//! Probabilities are divided by their sum, so none is above 1, and both sides of a threshold add up to 1.
//!
//! Kruijver 2015, doi 10.1016/j.fsigen.2014.12.008, computes LR distributions of kinship cases in this way.

use super::grid::{Atom, GridAtoms, GridSum};

/// How finely and from where on a distribution is computed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Grid {
    /// Distance between grid points, in log10 units.
    pub step: f64,
    /// Totals below this are pooled.
    pub lowest: f64,
}

impl Default for Grid {
    fn default() -> Self {
        Self { step: 0.002, lowest: -20.0 }
    }
}

/// So many loci are computed at the step of [`Grid::default`], fewer at a finer one.
const USUAL_LOCI: usize = 24;

/// The most grid points that a distribution of a panel has.
const MOST_POINTS: f64 = 131_072.0;

impl Grid {
    /// The grid of a panel: finer the fewer loci there are, and coarser where very many could reach too far for
    /// [`MOST_POINTS`] points.
    pub fn of_panel(loci: &[impl AsRef<[Atom]>]) -> Self {
        let usual = Self::default();
        let finest = usual.step * loci.len().clamp(1, USUAL_LOCI) as f64 / USUAL_LOCI as f64;
        let highest = |atoms: &[Atom]| atoms.iter().map(|atom| atom.log10_lr).fold(0.0, f64::max);
        let reach: f64 = loci.iter().map(|atoms| highest(atoms.as_ref())).sum();
        // sums that can still rise to the lowest are kept, so at first the grid goes down as far again
        Self { step: finest.max((2.0 * reach - usual.lowest) / MOST_POINTS), ..usual }
    }
}

/// The distribution of a total log10 LR. Its probabilities sum to 1.
#[derive(Clone, PartialEq, Debug)]
pub struct LrDistribution {
    step: f64,
    /// The value of grid index 0.
    base: f64,
    /// Grid index of the first bin: its value is `base + first * step`.
    first: i64,
    bins: Vec<f64>,
    /// Probability of a total in each bin or above, from the last bin down.
    tails: Vec<f64>,
    /// Probability of totals that are finite but below the grid's lowest.
    pooled: f64,
    /// Probability of minus infinity.
    impossible: f64,
}

/// A threshold that is a grid point but for rounding is at that point: this share of a step.
const SAME_POINT: f64 = 1e-6;

impl LrDistribution {
    /// The distribution of the sum of one value from each locus. Each locus's probabilities sum to 1.
    pub fn of_sum(loci: &[impl AsRef<[Atom]>], grid: Grid) -> Self {
        let atoms: Vec<_> = loci.iter().map(|atoms| GridAtoms::shared_out(atoms.as_ref(), grid.step)).collect();
        let mut order: Vec<_> = (0..atoms.len()).collect();
        order.sort_by_key(|&locus| atoms[locus].len());
        let mut sum = GrowingSum::new(atoms.iter(), grid);
        order.into_iter().for_each(|locus| sum.add(&atoms[locus]));
        sum.distribution()
    }

    /// Shows `visit` the distributions of the sums over the first 1, 2, ... loci, one after the other.
    pub fn of_growing_sums<T>(loci: &[impl AsRef<[Atom]>], grid: Grid, mut visit: impl FnMut(&Self) -> T) -> Vec<T> {
        let atoms: Vec<_> = loci.iter().map(|atoms| GridAtoms::shared_out(atoms.as_ref(), grid.step)).collect();
        let mut sum = GrowingSum::new(atoms.iter(), grid);
        let next = |locus| {
            sum.add(locus);
            visit(&sum.distribution())
        };
        atoms.iter().map(next).collect()
    }

    /// From bins that begin at a grid index: `grid` holds the step, the value of index 0 and that index. The probabilities are
    /// divided by their sum.
    pub(super) fn of_bins(sum: GridSum, step: f64) -> Self {
        let GridSum { base, first, mut bins, mut pooled, mut impossible } = sum;
        let mut tails = bins.clone();
        for at in (1..tails.len()).rev() {
            tails[at - 1] += tails[at];
        }
        let total = impossible + pooled + tails.first().copied().unwrap_or(0.0);
        if total > 0.0 {
            // a division, since no part divided by the sum can exceed 1
            bins.iter_mut().chain(&mut tails).chain([&mut pooled, &mut impossible]).for_each(|part| *part /= total);
        }
        Self { step, base, first, bins, tails, pooled, impossible }
    }

    /// P(log10 LR ≥ `threshold`); a `threshold` below the grid's lowest counts the pooled totals as below it.
    pub fn at_least(&self, threshold: f64) -> f64 {
        if threshold == f64::NEG_INFINITY {
            return 1.0;
        }
        self.tail(self.position(threshold))
    }

    /// P(log10 LR < `threshold`), impossible pairs included.
    pub fn below(&self, threshold: f64) -> f64 {
        let position = self.position(threshold);
        let above = self.tail(position);
        if above <= 0.5 {
            return 1.0 - above;
        }
        let bins = usize::try_from(position).unwrap_or(0).min(self.bins.len());
        self.impossible + self.pooled + self.bins[..bins].iter().sum::<f64>()
    }

    /// P(minus infinity): the pair is impossible under the first hypothesis.
    pub fn impossible(&self) -> f64 {
        self.impossible
    }

    /// Distance between grid points, in log10 units.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// Grid points from low to high with their probabilities.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> + '_ {
        self.bins.iter().enumerate().map(|(at, &mass)| (self.value(at as i64), mass))
    }

    /// The least threshold (a grid point) with P(log10 LR ≥ threshold) ≤ `rate`.
    pub fn threshold_for(&self, rate: f64) -> f64 {
        let exceeding = self.tails.partition_point(|&tail| tail > rate);
        self.value(exceeding as i64)
    }

    /// P(the sum of a draw from this distribution and an independent one from `other`, of one step, is at least `threshold`).
    ///
    /// Exact where what was pooled in either cannot reach it.
    pub(super) fn sum_at_least(&self, other: &Self, threshold: f64) -> f64 {
        let value = threshold - self.base - other.base;
        let wanted = (value / self.step - SAME_POINT).ceil() as i64 - self.first - other.first;
        let reaches = |(at, mass): (usize, &f64)| mass * other.tail(wanted - at as i64);
        self.bins.iter().enumerate().map(reaches).sum::<f64>().min(1.0)
    }

    /// P(a draw from this distribution exceeds each of `rivals` independent draws from `other`), ties counted as lost half.
    /// Both are on one grid.
    ///
    /// Σ_x P(x) · (P(other < x) + P(other = x)/2)^rivals, with ties at one grid point.
    pub fn exceeds_all(&self, other: &Self, rivals: f64) -> f64 {
        let mut below = other.below(self.value(0));
        let mut sum = 0.0;
        for (at, &mass) in self.bins.iter().enumerate() {
            let position = self.first + at as i64 - other.first;
            let here = usize::try_from(position).ok().and_then(|index| other.bins.get(index)).copied().unwrap_or(0.0);
            // ln(1 − tail) keeps the precision that 1 − 1e-12 would lose
            let tail = other.tail(position) - here / 2.0;
            let all_below =
                if tail < 0.5 { (rivals * (-tail).ln_1p()).exp() } else { (below + here / 2.0).powf(rivals) };
            sum += mass * all_below;
            below += here;
        }
        sum.min(1.0)
    }

    /// The value of a bin.
    fn value(&self, at: i64) -> f64 {
        self.base + (self.first + at) as f64 * self.step
    }

    /// The first bin at or above this value: before the first where negative, beyond the last where there is none.
    fn position(&self, value: f64) -> i64 {
        (((value - self.base) / self.step - SAME_POINT).ceil() as i64).saturating_sub(self.first)
    }

    /// Probability of this bin or above.
    fn tail(&self, position: i64) -> f64 {
        match usize::try_from(position) {
            Ok(index) => self.tails.get(index).copied().unwrap_or(0.0),
            Err(_) => self.tails.first().copied().unwrap_or(0.0),
        }
    }
}

/// A sum to which one locus after the other is added.
struct GrowingSum {
    grid: Grid,
    sum: GridSum,
    /// How high the loci that are still to come can raise it.
    reach: f64,
}

impl GrowingSum {
    fn new<'a>(loci: impl Iterator<Item = &'a GridAtoms>, grid: Grid) -> Self {
        Self { grid, sum: GridSum::start(), reach: loci.map(|locus| locus.highest(grid.step).max(0.0)).sum() }
    }

    fn add(&mut self, locus: &GridAtoms) {
        self.reach -= locus.highest(self.grid.step).max(0.0);
        self.sum = self.sum.add(locus, self.grid.lowest - self.reach.max(0.0), self.grid.step);
    }

    fn distribution(&self) -> LrDistribution {
        LrDistribution::of_bins(self.sum.clone(), self.grid.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atoms(values: &[(f64, f64)]) -> Vec<Atom> {
        values.iter().map(|&(log10_lr, probability)| Atom { log10_lr, probability }).collect()
    }

    /// Twenty tosses of a coin that wins 0.3 or loses 0.5: a binomial distribution.
    #[test]
    fn tosses_are_binomial_far_into_the_tail() {
        let toss = atoms(&[(0.3, 0.01), (-0.5, 0.99)]);
        let sum = LrDistribution::of_sum(&vec![toss; 20], Grid { step: 0.1, lowest: -3.0 });
        let choose = |n: u32, k: u32| (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product::<f64>();
        let binomial = |k: u32| choose(20, k) * 0.01_f64.powi(k as i32) * 0.99_f64.powi(20 - k as i32);
        for wins in 9..=20 {
            let threshold = 0.3 * f64::from(wins) - 0.5 * f64::from(20 - wins);
            let expected: f64 = (wins..=20).map(binomial).sum();
            assert!((sum.at_least(threshold) / expected - 1.0).abs() < 1e-12, "{wins}");
            assert!((sum.below(threshold) - (1.0 - expected)).abs() < 1e-12);
        }
    }

    #[test]
    fn values_between_grid_points_keep_mean_and_mass() {
        let locus = atoms(&[(0.12345, 0.25), (-1.777, 0.7), (f64::NEG_INFINITY, 0.05)]);
        let sum = LrDistribution::of_sum(&[locus.clone(), locus], Grid { step: 0.01, lowest: -10.0 });
        assert!((sum.impossible() - (1.0 - 0.95_f64.powi(2))).abs() < 1e-15);
        let mean = 2.0 * (0.12345 * 0.25 - 1.777 * 0.7) / 0.95;
        let found: f64 = sum.points().map(|(value, mass)| value * mass).sum();
        assert!((found / (1.0 - sum.impossible()) - mean).abs() < 1e-12);
        assert!((sum.at_least(f64::NEG_INFINITY) - 1.0).abs() < 1e-15);
        assert!((sum.at_least(-9.0) + sum.below(-9.0) - 1.0).abs() < 1e-14);
    }

    #[test]
    fn pooling_what_cannot_come_back_changes_no_tail() {
        let locus = atoms(&[(1.1, 0.1), (-0.4, 0.3), (-2.7, 0.6)]);
        let loci = vec![locus; 8];
        let whole = LrDistribution::of_sum(&loci, Grid { step: 0.1, lowest: -100.0 });
        let pooled = LrDistribution::of_sum(&loci, Grid { step: 0.1, lowest: 0.0 });
        for threshold in [0.0, 0.5, 3.0, 8.8] {
            assert!((whole.at_least(threshold) - pooled.at_least(threshold)).abs() < 1e-15);
            assert!((whole.below(threshold) - pooled.below(threshold)).abs() < 1e-14);
        }
        let growing = LrDistribution::of_growing_sums(&loci, Grid { step: 0.1, lowest: 0.0 }, LrDistribution::clone);
        assert_eq!((growing.len(), growing[7].at_least(0.5)), (8, pooled.at_least(0.5)));
    }

    #[test]
    fn thresholds_are_where_the_mass_says() {
        let sum =
            LrDistribution::of_sum(&[atoms(&[(0.0, 0.5), (1.0, 0.4), (2.0, 0.1)])], Grid { step: 0.5, lowest: -1.0 });
        assert_eq!(sum.threshold_for(0.1), 1.5);
        assert_eq!(sum.threshold_for(0.05), 2.5);
        assert_eq!(sum.threshold_for(0.6), 0.5);
    }

    #[test]
    fn the_first_of_many_is_the_largest() {
        let parent = LrDistribution::of_sum(&[atoms(&[(3.0, 0.8), (0.0, 0.2)])], Grid { step: 1.0, lowest: -5.0 });
        let random = LrDistribution::of_sum(&[atoms(&[(1.0, 0.1), (-2.0, 0.9)])], Grid { step: 1.0, lowest: -5.0 });
        assert!((parent.exceeds_all(&random, 3.0) - (0.8 + 0.2 * 0.9_f64.powi(3))).abs() < 1e-12);
    }
}
