//! How many loci may go against a pair before its score cannot reach the threshold: the bound that lets the scan drop
//! a pair after counting bits.
//!
//! Fix a query, one of its tables, and for each locus l of some set U a set S(l) of at most two features. Call a code
//! *low* at l if it is not open ([`CodeFeatures::Any`]) and has no feature in S(l). Let high(l) be the greatest entry
//! of the row, low(l) the greatest entry among the low codes, and δ(l) = high(l) − low(l) ≥ 0. Let H = Σ high(l) over
//! all loci.
//!
//! *Claim.* Let δ₁ ≤ δ₂ ≤ … be the δ(l), l in U, in ascending order, T a threshold, and B the greatest number n with
//! H − (δ₁ + … + δₙ) ≥ T (none if H < T). A candidate whose codes are low at more than B loci of U scores less than T.
//!
//! *Proof.* Let Λ ⊆ U be the loci where the candidate's code is low, |Λ| > B. At a locus of Λ its entry is at most
//! high(l) − δ(l), elsewhere at most high(l); so its sum is at most H − Σ_Λ δ(l). The sum of the δ over Λ is at least
//! that of the |Λ| smallest ones, hence of the B + 1 smallest ones (δ ≥ 0). By the choice of B this is more than H − T,
//! so the sum is less than T. The score is the least sum over the tables, so it too is less than T. ∎
//!
//! The claim holds for every choice of U, of S and of the table; these only decide how much is dropped. Entries of `-inf`
//! need no special case: δ = ∞ makes one low locus enough, and a locus with high(l) = −∞ makes H = −∞. Sums are
//! rounded, so B is worked out for T − [`MARGIN`]: f64 sums over a few hundred loci err by far less.
//!
//! Which choice: S(l) is the set with the greatest product of δ and of the share of candidates that are low; U leaves
//! out the loci with the smallest δ, as many as makes the expected share of survivors smallest.

use super::features::CodeFeatures;

/// What the comparison of a bound with a threshold allows for rounding, in log10 units.
pub(super) const MARGIN: f64 = 1e-6;

/// What the bound uses of one row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct RowBound {
    /// The greatest entry.
    pub(super) high: f64,
    /// How much less the greatest entry of the low codes is; 0 where the row separates nothing.
    pub(super) gap: f64,
    /// The features that keep a code from being low (twice the same where there is one).
    pub(super) features: [u16; 2],
    /// Expected share of the candidates that are low.
    pub(super) low_share: f64,
}

/// The bound of one table of one query.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct TableBound {
    /// H, the sum of the greatest entries.
    pub(super) high: f64,
    /// The loci of U, by descending share of low candidates, with what their rows say.
    pub(super) loci: Vec<(usize, RowBound)>,
    /// δ₁ + … + δₙ for n = 1, 2, … |U|.
    pub(super) gap_sums: Vec<f64>,
}

/// Gaps count no more than this when sets of features are compared: past it one low locus is decisive anyway.
const DECISIVE_GAP: f64 = 8.0;

/// Loci that U leaves out at most, beside those that separate nothing.
const MOST_LEFT_OUT: usize = 4;

impl RowBound {
    /// The bound of a row, for codes with these features and these shares among the candidates.
    pub(super) fn new(row: &[f64], features: &[CodeFeatures], shares: &[f64]) -> Self {
        let high = greatest(row.iter().zip(features).map(|(&score, _)| score));
        let choose = |chosen: [u16; 2]| {
            let low = || row.iter().zip(features).enumerate().filter(|(_, (_, has))| !has.meets(chosen));
            let gap = high - greatest(low().map(|(_, (&score, _))| score));
            let low_share = low().map(|(code, _)| shares[code]).sum();
            // Every code low: nothing is known of the features' candidates; no code low: the row separates nothing.
            Self { high, gap: if gap > 0.0 { gap } else { 0.0 }, features: chosen, low_share }
        };
        let mut best = Self { high, gap: 0.0, features: [0, 0], low_share: 0.0 };
        let [first, second, third] = most_needed(row, features);
        let pairs = [(first, first), (second, second), (first, second), (first, third), (second, third)];
        for (left, right) in pairs {
            if let (Some(left), Some(right)) = (left, right) {
                let bound = choose([left, right]);
                best = if bound.weight() > best.weight() { bound } else { best };
            }
        }
        best
    }

    /// What the row takes from a candidate's bound on average.
    fn weight(&self) -> f64 {
        self.gap.min(DECISIVE_GAP) * self.low_share
    }
}

/// The three features whose codes have the highest least entry: those without which a candidate scores low.
fn most_needed(row: &[f64], features: &[CodeFeatures]) -> [Option<u16>; 3] {
    let count = features.iter().flat_map(|has| has.iter()).max().map_or(0, |feature| usize::from(feature) + 1);
    // By feature: the least entry among its codes, then (where that is -inf for many) their greatest.
    let mut range = vec![(f64::INFINITY, f64::NEG_INFINITY); count];
    for (&score, has) in row.iter().zip(features) {
        for feature in has.iter() {
            let (least, greatest) = &mut range[usize::from(feature)];
            (*least, *greatest) = (least.min(score), greatest.max(score));
        }
    }
    let mut best = [None::<u16>; 3];
    for feature in (0..count as u16).filter(|&feature| range[usize::from(feature)].0 < f64::INFINITY) {
        let better =
            |other: Option<u16>| other.is_none_or(|other| range[usize::from(feature)] > range[usize::from(other)]);
        if let Some(at) = best.iter().position(|&other| better(other)) {
            best[at..].rotate_right(1);
            best[at] = Some(feature);
        }
    }
    best
}

impl TableBound {
    /// The bound of a table from the bounds of its rows, with U chosen for this threshold.
    pub(super) fn new(rows: &[RowBound], threshold: f64) -> Self {
        let mut loci: Vec<_> = rows.iter().copied().enumerate().filter(|(_, row)| row.gap > 0.0).collect();
        loci.sort_by(|left, right| left.1.gap.total_cmp(&right.1.gap));
        let high = rows.iter().map(|row| row.high).sum();
        let mut best: Option<(f64, Self)> = None;
        for dropped in 0..=(loci.len() / 2).min(MOST_LEFT_OUT) {
            let bound = Self::over(high, &loci[dropped..]);
            let survivors = bound.survivors(threshold);
            if best.as_ref().is_none_or(|(least, _)| survivors < *least) {
                best = Some((survivors, bound));
            }
        }
        best.map_or_else(|| Self::over(high, &[]), |(_, bound)| bound)
    }

    /// The bound over these loci, given in ascending order of their gaps.
    fn over(high: f64, loci: &[(usize, RowBound)]) -> Self {
        let mut sum = 0.0;
        let gap_sums = loci
            .iter()
            .map(|(_, row)| {
                sum += row.gap;
                sum
            })
            .collect();
        let mut loci = loci.to_vec();
        loci.sort_by(|left, right| right.1.low_share.total_cmp(&left.1.low_share).then(left.0.cmp(&right.0)));
        Self { high, loci, gap_sums }
    }

    /// B: how many low loci a candidate that reaches the threshold can have; `None` where no candidate reaches it.
    pub(super) fn budget(&self, threshold: f64) -> Option<usize> {
        let reaches = |gaps: f64| self.high - gaps >= threshold - MARGIN;
        (threshold == f64::NEG_INFINITY || reaches(0.0)).then(|| {
            if threshold == f64::NEG_INFINITY {
                self.gap_sums.len()
            } else {
                self.gap_sums.partition_point(|&gaps| reaches(gaps))
            }
        })
    }

    /// Expected share of the candidates with at most B low loci.
    pub(super) fn survivors(&self, threshold: f64) -> f64 {
        self.budget(threshold).map_or(0.0, |budget| at_most(&self.loci, budget))
    }
}

/// The chance that at most `budget` of these loci are low, the loci taken as independent.
pub(super) fn at_most(loci: &[(usize, RowBound)], budget: usize) -> f64 {
    if budget >= loci.len() {
        return 1.0;
    }
    let mut chances = vec![0.0; budget + 1];
    chances[0] = 1.0;
    for (_, row) in loci {
        for count in (0..=budget).rev() {
            let before = if count > 0 { chances[count - 1] } else { 0.0 };
            chances[count] = chances[count] * (1.0 - row.low_share) + before * row.low_share;
        }
    }
    chances.iter().sum()
}

/// The greatest of some scores; `-inf` where there is none.
pub(super) fn greatest(scores: impl Iterator<Item = f64>) -> f64 {
    scores.fold(f64::NEG_INFINITY, f64::max)
}
