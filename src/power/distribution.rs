//! The distribution of a total log10 LR: an exact convolution over independent loci, on a fine grid.
//!
//! At one locus the log10 LR takes finitely many values ([`Atom`]s). A value between two points of the grid is shared out
//! between them so that its mean is kept; its variance grows by at most step²/4, so 24 loci at a step of 0.002 add a
//! standard deviation below 0.005 to a total whose own is several units. All terms are positive, so a tail of 1e-12 is
//! as accurate, relative to itself, as the centre (a Fourier transform would drown it in rounding). Cost: grid points in
//! reach times distinct values, at each locus.
//!
//! Kruijver 2015, doi 10.1016/j.fsigen.2014.12.008, computes LR distributions of kinship cases in this way.

/// One value of a locus's log10 LR and its probability.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Atom {
    /// The log10 LR; minus infinity where the pair is impossible under the first hypothesis.
    pub log10_lr: f64,
    /// Its probability under the truth that the distribution is for.
    pub probability: f64,
}

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

/// The distribution of a total log10 LR.
#[derive(Clone, PartialEq, Debug)]
pub struct LrDistribution {
    step: f64,
    /// Grid index of the first bin: its value is `first * step`.
    first: i64,
    bins: Vec<f64>,
    /// Probability of a total in each bin or above, from the last bin down.
    tails: Vec<f64>,
    /// Probability of totals that are finite but below the grid's lowest.
    pooled: f64,
    /// Probability of minus infinity.
    impossible: f64,
}

/// The bins of a sum that still grows.
#[derive(Clone, Debug)]
pub(super) struct Partial {
    first: i64,
    bins: Vec<f64>,
    pooled: f64,
    impossible: f64,
}

/// One locus's values on the grid: sorted, each index once.
#[derive(Clone, Debug)]
pub(super) struct GridAtoms {
    points: Vec<(i64, f64)>,
    impossible: f64,
}

impl LrDistribution {
    /// The distribution of the sum of one value from each locus. Each locus's probabilities sum to 1.
    pub fn of_sum(loci: &[impl AsRef<[Atom]>], grid: Grid) -> Self {
        let atoms: Vec<_> = loci.iter().map(|atoms| GridAtoms::new(atoms.as_ref(), grid.step)).collect();
        let mut order: Vec<_> = (0..atoms.len()).collect();
        order.sort_by_key(|&locus| atoms[locus].points.len());
        let mut reach: i64 = atoms.iter().map(GridAtoms::largest).sum();
        let mut partial = Partial::start();
        for locus in order {
            reach -= atoms[locus].largest();
            partial = partial.add(&atoms[locus], (grid.lowest / grid.step).floor() as i64 - reach);
        }
        partial.finish(grid.step)
    }

    /// The distributions of the sums over the first 1, 2, ... loci.
    pub fn of_growing_sums(loci: &[impl AsRef<[Atom]>], grid: Grid) -> Vec<Self> {
        let atoms: Vec<_> = loci.iter().map(|atoms| GridAtoms::new(atoms.as_ref(), grid.step)).collect();
        let mut reach: i64 = atoms.iter().map(GridAtoms::largest).sum();
        let mut partial = Partial::start();
        let mut sums = Vec::with_capacity(loci.len());
        for locus in &atoms {
            reach -= locus.largest();
            partial = partial.add(locus, (grid.lowest / grid.step).floor() as i64 - reach.max(0));
            sums.push(partial.clone().finish(grid.step));
        }
        sums
    }

    /// P(log10 LR ≥ `threshold`); a `threshold` below the grid's lowest counts the pooled totals as below it.
    pub fn at_least(&self, threshold: f64) -> f64 {
        if threshold == f64::NEG_INFINITY {
            return 1.0;
        }
        // a value that is a grid point but for rounding is at that point
        let index = (threshold / self.step - 1e-6).ceil() as i64 - self.first;
        match usize::try_from(index) {
            Ok(index) => self.tails.get(index).copied().unwrap_or(0.0),
            Err(_) => self.tails.first().copied().unwrap_or(0.0),
        }
    }

    /// P(log10 LR < `threshold`), impossible pairs included.
    pub fn below(&self, threshold: f64) -> f64 {
        let index = (threshold / self.step - 1e-6).ceil() as i64 - self.first;
        let bins = usize::try_from(index).unwrap_or(0).min(self.bins.len());
        self.impossible + self.pooled + self.bins[..bins].iter().sum::<f64>()
    }

    /// P(minus infinity): the pair is impossible under the first hypothesis.
    pub fn impossible(&self) -> f64 {
        self.impossible
    }

    /// Grid points from low to high with their probabilities.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> + '_ {
        self.bins.iter().enumerate().map(|(at, &mass)| ((self.first + at as i64) as f64 * self.step, mass))
    }

    /// The least threshold (a grid point) with P(log10 LR ≥ threshold) ≤ `rate`.
    pub fn threshold_for(&self, rate: f64) -> f64 {
        let exceeding = self.tails.partition_point(|&tail| tail > rate);
        (self.first + exceeding as i64) as f64 * self.step
    }

    /// The least value with P(log10 LR ≤ value) ≥ `share`; minus infinity where impossible or pooled totals reach that share.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sum = self.impossible + self.pooled;
        if sum >= share {
            return f64::NEG_INFINITY;
        }
        for (value, mass) in self.points() {
            sum += mass;
            if sum >= share {
                return value;
            }
        }
        self.points().next_back().map_or(f64::NEG_INFINITY, |(value, _)| value)
    }

    /// Mean and standard deviation of the totals that are on the grid.
    pub fn mean_and_deviation(&self) -> (f64, f64) {
        let total: f64 = self.bins.iter().sum();
        let mean = self.points().map(|(value, mass)| value * mass).sum::<f64>() / total;
        let variance = self.points().map(|(value, mass)| (value - mean).powi(2) * mass).sum::<f64>() / total;
        (mean, variance.sqrt())
    }

    /// P(the sum of a draw from this distribution and an independent one from `other`, of one step, is at least `threshold`).
    ///
    /// Exact where what was pooled in either cannot reach it.
    pub(super) fn sum_at_least(&self, other: &Self, threshold: f64) -> f64 {
        let wanted = (threshold / self.step - 1e-6).ceil() as i64 - self.first - other.first;
        let reaches = |(at, mass): (usize, &f64)| match usize::try_from(wanted - at as i64) {
            Ok(index) => mass * other.tails.get(index).copied().unwrap_or(0.0),
            Err(_) => mass * other.tails.first().copied().unwrap_or(0.0),
        };
        self.bins.iter().enumerate().map(reaches).sum()
    }

    /// P(a draw from this distribution exceeds each of `rivals` independent draws from `other`), ties counted as lost half.
    ///
    /// Σ_x P(x) · (P(other < x) + P(other = x)/2)^rivals, with ties at one grid point.
    pub fn exceeds_all(&self, other: &Self, rivals: f64) -> f64 {
        let mut below = other.below(self.first as f64 * self.step);
        let mut sum = 0.0;
        for (at, &mass) in self.bins.iter().enumerate() {
            let index = usize::try_from(self.first + at as i64 - other.first);
            let here = index.ok().and_then(|index| other.bins.get(index)).copied().unwrap_or(0.0);
            // ln(1 − tail) keeps the precision that 1 − 1e-12 would lose
            let tail = other.at_least((self.first + at as i64) as f64 * self.step) - here / 2.0;
            let all_below =
                if tail < 0.5 { (rivals * (-tail).ln_1p()).exp() } else { (below + here / 2.0).powf(rivals) };
            sum += mass * all_below;
            below += here;
        }
        sum
    }
}

impl GridAtoms {
    fn new(atoms: &[Atom], step: f64) -> Self {
        let mut points = Vec::with_capacity(atoms.len() * 2);
        let mut impossible = 0.0;
        for atom in atoms.iter().filter(|atom| atom.probability > 0.0) {
            if atom.log10_lr == f64::NEG_INFINITY {
                impossible += atom.probability;
                continue;
            }
            let position = atom.log10_lr / step;
            let (lower, share) = (position.floor(), position - position.floor());
            points.push((lower as i64, atom.probability * (1.0 - share)));
            points.push((lower as i64 + 1, atom.probability * share));
        }
        Self::merged(points, impossible)
    }

    /// Each value at the first grid point that is not below it.
    pub(super) fn rounded_up(atoms: &[Atom], step: f64) -> Self {
        // a value that is a grid point but for rounding is at that point
        let point = |atom: &Atom| ((atom.log10_lr / step - 1e-9).ceil() as i64, atom.probability);
        let (finite, impossible): (Vec<&Atom>, Vec<&Atom>) =
            atoms.iter().partition(|atom| atom.log10_lr > f64::NEG_INFINITY);
        Self::merged(finite.into_iter().map(point).collect(), impossible.iter().map(|atom| atom.probability).sum())
    }

    /// Points in order, each grid point once.
    fn merged(mut points: Vec<(i64, f64)>, impossible: f64) -> Self {
        points.sort_unstable_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)));
        points.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        points.retain(|point| point.1 > 0.0);
        Self { points, impossible }
    }

    /// The highest grid point.
    pub(super) fn largest(&self) -> i64 {
        self.points.last().map_or(0, |point| point.0)
    }
}

impl Partial {
    /// The empty sum: 0 for certain.
    pub(super) fn start() -> Self {
        Self { first: 0, bins: vec![1.0], pooled: 0.0, impossible: 0.0 }
    }

    /// Adds one locus; bins below the grid index `lowest` can no longer come back and are pooled.
    pub(super) fn add(&self, locus: &GridAtoms, lowest: i64) -> Self {
        let possible = 1.0 - locus.impossible;
        let impossible = self.impossible + (1.0 - self.impossible) * locus.impossible;
        let mut pooled = self.pooled * possible;
        let (Some(&(smallest, _)), Some(&(largest, _))) = (locus.points.first(), locus.points.last()) else {
            return Self { first: 0, bins: Vec::new(), pooled, impossible };
        };
        let first = (self.first + smallest).max(lowest);
        let last = self.first + self.bins.len() as i64 - 1 + largest;
        let mut bins = vec![0.0; usize::try_from(last - first + 1).unwrap_or(0)];
        // the mass below each bin, and all of it
        let mut below = Vec::with_capacity(self.bins.len() + 1);
        below.push(0.0);
        below.extend(self.bins.iter().scan(0.0, |sum, mass| {
            *sum += mass;
            Some(*sum)
        }));
        for &(shift, probability) in &locus.points {
            let cut = usize::try_from(first - self.first - shift).unwrap_or(0).min(self.bins.len());
            pooled += below[cut] * probability;
            let Ok(start) = usize::try_from(self.first + shift + cut as i64 - first) else { continue };
            let kept = &self.bins[cut..];
            if let Some(target) = bins.get_mut(start..start + kept.len()) {
                target.iter_mut().zip(kept).for_each(|(sum, value)| *sum += value * probability);
            }
        }
        Self { first, bins, pooled, impossible }
    }

    /// The distribution of the sum.
    pub(super) fn finish(self, step: f64) -> LrDistribution {
        let mut tails = self.bins.clone();
        for at in (1..tails.len()).rev() {
            tails[at - 1] += tails[at];
        }
        let Self { first, bins, pooled, impossible } = self;
        LrDistribution { step, first, bins, tails, pooled, impossible }
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
        assert!((sum.mean_and_deviation().0 - mean).abs() < 1e-12);
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
        assert_eq!(LrDistribution::of_growing_sums(&loci, Grid { step: 0.1, lowest: 0.0 }).len(), 8);
    }

    #[test]
    fn thresholds_and_quantiles_are_where_the_mass_says() {
        let sum =
            LrDistribution::of_sum(&[atoms(&[(0.0, 0.5), (1.0, 0.4), (2.0, 0.1)])], Grid { step: 0.5, lowest: -1.0 });
        assert_eq!(sum.threshold_for(0.1), 1.5);
        assert_eq!(sum.threshold_for(0.05), 2.5);
        assert_eq!(sum.threshold_for(0.6), 0.5);
        assert_eq!((sum.quantile(0.5), sum.quantile(0.51), sum.quantile(1.0)), (0.0, 1.0, 2.0));
    }

    #[test]
    fn the_first_of_many_is_the_largest() {
        let parent = LrDistribution::of_sum(&[atoms(&[(3.0, 0.8), (0.0, 0.2)])], Grid { step: 1.0, lowest: -5.0 });
        let random = LrDistribution::of_sum(&[atoms(&[(1.0, 0.1), (-2.0, 0.9)])], Grid { step: 1.0, lowest: -5.0 });
        assert!((parent.exceeds_all(&random, 3.0) - (0.8 + 0.2 * 0.9_f64.powi(3))).abs() < 1e-12);
    }
}
