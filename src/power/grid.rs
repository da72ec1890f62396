//! Sums of independent loci on a grid of log10 LR: each locus's values as grid points, and the bins of a sum that grows.

/// One value of a locus's log10 LR and its probability.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Atom {
    /// The log10 LR; minus infinity where the pair is impossible under the first hypothesis.
    pub log10_lr: f64,
    /// Its probability under the truth that the distribution is for.
    pub probability: f64,
}

/// A value that is a grid point but for rounding is at that point: this share of a step.
const SAME_POINT: f64 = 1e-9;

/// Up to so many values, each is tried as the one that is a grid point itself.
const MOST_ANCHORS: usize = 64;

/// One locus's values on the grid: sorted, each index once. Index i stands for `base` + i steps.
#[derive(Clone, Debug)]
pub(super) struct GridAtoms {
    base: f64,
    points: Vec<(i64, f64)>,
    impossible: f64,
    /// The most, in log10 units, by which a value was raised to a grid point.
    raised: f64,
}

/// The bins of a sum that still grows.
#[derive(Clone, Debug)]
pub(super) struct GridSum {
    /// The value of grid index 0.
    pub(super) base: f64,
    pub(super) first: i64,
    pub(super) bins: Vec<f64>,
    pub(super) pooled: f64,
    pub(super) impossible: f64,
}

impl GridAtoms {
    /// Each value shared out between the grid points around it so that its mean is kept.
    pub(super) fn shared_out(atoms: &[Atom], step: f64) -> Self {
        let points = finite(atoms).flat_map(|atom| {
            let position = atom.log10_lr / step;
            let (lower, share) = (position.floor(), position - position.floor());
            [(lower as i64, atom.probability * (1.0 - share)), (lower as i64 + 1, atom.probability * share)]
        });
        Self { base: 0.0, points: merged(points.collect()), impossible: impossible(atoms), raised: 0.0 }
    }

    /// Each value at the first grid point that is not below it. The grid is laid such that one of the values is a point of it:
    /// the one with which the others are raised least.
    pub(super) fn rounded_up(atoms: &[Atom], step: f64) -> Self {
        let values: Vec<f64> = finite(atoms).map(|atom| atom.log10_lr).collect();
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raised_from = |base: f64| {
            let raised = values.iter().map(|value| base + grid_index(*value, base, step) as f64 * step - value);
            raised.fold(0.0, f64::max)
        };
        let anchors = if values.len() <= MOST_ANCHORS { &values[..] } else { &[] };
        let best = anchors.iter().map(|&base| (raised_from(base), base));
        let best = best.min_by(|one, other| one.0.total_cmp(&other.0).then(other.1.total_cmp(&one.1)));
        let (raised, base) = best.unwrap_or_else(|| match values.is_empty() {
            true => (0.0, 0.0),
            false => (raised_from(highest), highest),
        });
        let points = finite(atoms).map(|atom| (grid_index(atom.log10_lr, base, step), atom.probability));
        Self { base, points: merged(points.collect()), impossible: impossible(atoms), raised }
    }

    /// Number of grid points.
    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    /// The highest value; 0 where all are minus infinity.
    pub(super) fn highest(&self, step: f64) -> f64 {
        self.points.last().map_or(0.0, |point| self.base + point.0 as f64 * step)
    }

    /// The most, in log10 units, by which a value was raised to a grid point.
    pub(super) fn raised(&self) -> f64 {
        self.raised
    }
}

fn finite(atoms: &[Atom]) -> impl Iterator<Item = &Atom> {
    atoms.iter().filter(|atom| atom.log10_lr > f64::NEG_INFINITY && atom.probability > 0.0)
}

fn impossible(atoms: &[Atom]) -> f64 {
    atoms.iter().filter(|atom| atom.log10_lr == f64::NEG_INFINITY).map(|atom| atom.probability).sum()
}

/// The first grid index at or above this value.
fn grid_index(value: f64, base: f64, step: f64) -> i64 {
    ((value - base) / step - SAME_POINT).ceil() as i64
}

/// Points in order, each grid point once.
fn merged(mut points: Vec<(i64, f64)>) -> Vec<(i64, f64)> {
    points.sort_unstable_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)));
    points.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    points.retain(|point| point.1 > 0.0);
    points
}

impl GridSum {
    /// The empty sum: 0 for certain.
    pub(super) fn start() -> Self {
        Self { base: 0.0, first: 0, bins: vec![1.0], pooled: 0.0, impossible: 0.0 }
    }

    /// Adds one locus; sums below the value `lowest` can no longer come back and are pooled.
    pub(super) fn add(&self, locus: &GridAtoms, lowest: f64, step: f64) -> Self {
        let base = self.base + locus.base;
        // one point lower, for the rounding of the bases
        let lowest = ((lowest - base) / step).floor() as i64 - 1;
        let possible: f64 = locus.points.iter().map(|point| point.1).sum();
        let impossible = self.impossible + (self.pooled + self.bins.iter().sum::<f64>()) * locus.impossible;
        let mut pooled = self.pooled * possible;
        let (Some(&(smallest, _)), Some(&(largest, _))) = (locus.points.first(), locus.points.last()) else {
            return Self { base, first: 0, bins: Vec::new(), pooled, impossible };
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
        Self { base, first, bins, pooled, impossible }
    }
}
