//! How many loci may go against a pair before its score cannot reach the threshold: the bound that lets the scan drop
//! a pair after counting bits.
//!
//! Fix a query, one of its tables, and for each locus l a set S(l) of one or two features. Call a code *low* at l if it is
//! not open ([`CodeFeatures::Any`]) and has no feature in S(l), and *half* if it has a feature in S(l) and one that is not.
//! Where identity is asked for it is better to call a code low if it lacks any feature of S(l); then none is half.
//! Let high(l) be the greatest entry of the row, low(l) and half(l) the greatest entries among the low and the half codes,
//! δ(l) = max(0, high(l) − low(l)) and ε(l) = max(0, high(l) − half(l)). Let H = Σ high(l) over all loci.
//!
//! *Claim.* Let U and V be sets of loci, Δₙ the sum of the n smallest δ(l), l in U, and Eₘ that of the m smallest ε(l),
//! l in V. A candidate whose codes are low at n loci of U and half at m loci of V scores at most H − Δₙ − Eₘ.
//!
//! *Proof.* Let Λ ⊆ U be the loci where the candidate's code is low, M ⊆ V those where it is half, |Λ| = n, |M| = m. No
//! code is both, so Λ and M have no locus in common. The candidate's entry is at most high(l) − δ(l) at a locus of Λ,
//! high(l) − ε(l) at one of M, high(l) elsewhere; so its sum is at most H − Σ_Λ δ(l) − Σ_M ε(l). The sum of n of the δ is
//! at least that of the n smallest, and so for the ε. The score is the least sum over the tables, so it is no greater. ∎
//!
//! Let T be a threshold. Since Δ and E ascend, two numbers follow that a candidate cannot exceed and reach T: the budget B,
//! the greatest n with H − Δₙ ≥ T (none if H < T: then nobody reaches it), and for each n ≤ B the allowed half loci
//! A(n), the greatest m with H − Δₙ − Eₘ ≥ T.
//!
//! The claim holds for every choice of U, V, S, of what is low, and of the table; these only decide how much is dropped. Entries of `-inf`
//! need no special case: δ = ∞ makes one low locus enough, and a locus with high(l) = −∞ makes H = −∞. Sums are
//! rounded, so B and A are worked out for T − [`MARGIN`]: f64 sums over a few hundred loci err by far less.
//!
//! Which choice: S(l) is the set with the greatest product of δ and of the share of candidates that are low; U leaves
//! out the loci with the smallest δ, as many as makes the expected share of survivors smallest; V leaves out those whose
//! ε is under half the median.

use super::{exclusion::MOST_HALF, features::CodeFeatures};

/// What the comparison of a bound with a threshold allows for rounding, in log10 units.
pub(super) const MARGIN: f64 = 1e-6;

/// Which codes are low.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Low {
    /// Those that lack all features of the set.
    LacksAll,
    /// Those that lack any feature of the set.
    LacksAny,
}

impl Low {
    /// Whether a code is low, for this set.
    fn is(self, code: CodeFeatures, set: [u16; 2]) -> bool {
        match self {
            Self::LacksAll => !code.meets(set),
            Self::LacksAny => code != CodeFeatures::Any && !set.iter().all(|&feature| code.meets([feature; 2])),
        }
    }
}

/// What the bound uses of one row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct RowBound {
    /// The greatest entry.
    pub(super) high: f64,
    /// How much less the greatest entry of the low codes is; 0 where the row separates nothing.
    pub(super) gap: f64,
    /// How much less the greatest entry of the half codes is.
    pub(super) half_gap: f64,
    /// The set of features (twice the same where there is one).
    pub(super) features: [u16; 2],
    /// Expected share of the candidates that are low.
    pub(super) low_share: f64,
}

/// The bound of one table of one query, for one threshold.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct TableBound {
    /// Which codes are low.
    pub(super) low: Low,
    /// T: candidates that score less are of no interest.
    pub(super) threshold: f64,
    /// H, the sum of the greatest entries.
    pub(super) high: f64,
    /// The loci of U, by descending share of low candidates, with what their rows say.
    pub(super) loci: Vec<(usize, RowBound)>,
    /// Δₙ for n = 1, 2, … |U|.
    pub(super) gap_sums: Vec<f64>,
    /// The loci of V, with what their rows say.
    pub(super) half_loci: Vec<(usize, RowBound)>,
    /// Eₘ for m = 1, 2, … |V|.
    pub(super) half_gap_sums: Vec<f64>,
    /// B: how many low loci a candidate that reaches the threshold can have; `None` where no candidate reaches it.
    pub(super) budget: Option<usize>,
    /// Expected share of the candidates with at most B low loci.
    pub(super) survivors: f64,
}

/// Gaps count no more than this when sets of features are compared: past it one low locus is decisive anyway.
const DECISIVE_GAP: f64 = 8.0;

/// Loci that U leaves out at most, beside those that separate nothing.
const MOST_LEFT_OUT: usize = 4;

impl RowBound {
    /// The bound of a row, for codes with these features and these shares among the candidates.
    pub(super) fn new(low: Low, row: &[f64], features: &[CodeFeatures], shares: &[f64]) -> Self {
        let high = greatest(row.iter().zip(features).map(|(&score, _)| score));
        let choose = |chosen: [u16; 2]| {
            let lows = || row.iter().zip(features).enumerate().filter(|(_, (_, has))| low.is(**has, chosen));
            let gap = high - greatest(lows().map(|(_, (&score, _))| score));
            let half = row.iter().zip(features).filter(|(_, has)| has.half_meets(chosen));
            let half_gap = high - greatest(half.map(|(&score, _)| score));
            let low_share = lows().map(|(code, _)| shares[code]).sum();
            // A row without a finite entry separates nothing: its gaps are not numbers.
            let positive = |gap: f64| if gap > 0.0 { gap } else { 0.0 };
            let half_gap = if low == Low::LacksAll { positive(half_gap) } else { 0.0 };
            Self { high, gap: positive(gap), half_gap, features: chosen, low_share }
        };
        let mut best = Self { high, gap: 0.0, half_gap: 0.0, features: [0, 0], low_share: 0.0 };
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
    /// The bound of a table for this threshold from the bounds of its rows, with U chosen for it.
    pub(super) fn new(low: Low, rows: &[RowBound], threshold: f64) -> Self {
        let mut loci: Vec<_> = rows.iter().copied().enumerate().filter(|(_, row)| row.gap > 0.0).collect();
        loci.sort_by(|left, right| left.1.gap.total_cmp(&right.1.gap));
        let high = rows.iter().map(|row| row.high).sum();
        // Who lacks any of two features does so at most loci: to leave one out gains nothing.
        let most_left_out = if low == Low::LacksAll { (loci.len() / 2).min(MOST_LEFT_OUT) } else { 0 };
        let bounds = (0..=most_left_out).map(|left_out| Self::over(low, high, &loci[left_out..], threshold));
        let best = bounds.min_by(|left, right| left.survivors.total_cmp(&right.survivors));
        let mut bound = best.unwrap_or_else(|| Self::over(low, high, &[], threshold));
        (bound.half_loci, bound.half_gap_sums) = half_loci(rows);
        bound
    }

    /// The bound over these loci, given in ascending order of their gaps.
    fn over(low: Low, high: f64, loci: &[(usize, RowBound)], threshold: f64) -> Self {
        let gap_sums = running_sums(loci.iter().map(|(_, row)| row.gap));
        let budget = budget(high, &gap_sums, threshold);
        let mut loci = loci.to_vec();
        loci.sort_by(|left, right| right.1.low_share.total_cmp(&left.1.low_share).then(left.0.cmp(&right.0)));
        let survivors = budget.map_or(0.0, |budget| at_most(&loci, budget));
        let (half_loci, half_gap_sums) = (Vec::new(), Vec::new());
        Self { low, threshold, high, loci, gap_sums, half_loci, half_gap_sums, budget, survivors }
    }

    /// A(n): how many half loci a candidate that reaches the threshold can have beside n low ones, n at most B.
    pub(super) fn allowed_half(&self, low: usize) -> usize {
        let gaps = if low == 0 { 0.0 } else { self.gap_sums[low - 1] };
        self.half_gap_sums.partition_point(|&half| self.high - gaps - half >= self.threshold - MARGIN)
    }
}

/// B of a table with this H and these Δₙ.
fn budget(high: f64, gap_sums: &[f64], threshold: f64) -> Option<usize> {
    let reaches = |gaps: f64| threshold == f64::NEG_INFINITY || high - gaps >= threshold - MARGIN;
    reaches(0.0).then(|| gap_sums.partition_point(|&gaps| reaches(gaps)))
}

/// The loci of V in ascending order of their ε, and Eₘ.
fn half_loci(rows: &[RowBound]) -> (Vec<(usize, RowBound)>, Vec<f64>) {
    let mut loci: Vec<_> = rows.iter().copied().enumerate().filter(|(_, row)| row.half_gap > 0.0).collect();
    loci.sort_by(|left, right| left.1.half_gap.total_cmp(&right.1.half_gap));
    let least = loci.get(loci.len() / 2).map_or(0.0, |(_, row)| row.half_gap / 2.0);
    let small = loci.partition_point(|(_, row)| row.half_gap < least).max(loci.len().saturating_sub(MOST_HALF));
    let sums = running_sums(loci[small..].iter().map(|(_, row)| row.half_gap));
    (loci.split_off(small), sums)
}

/// The first number, the sum of the first two, and so on.
fn running_sums(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let add = |sum: &mut f64, number| {
        *sum += number;
        Some(*sum)
    };
    numbers.scan(0.0, add).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A row, the features of its codes, and the code of one candidate.
    fn locus() -> impl Strategy<Value = (Vec<f64>, Vec<CodeFeatures>, usize)> {
        let entry = prop_oneof![1 => Just(f64::NEG_INFINITY), 9 => (-12_i32..8).prop_map(|n| f64::from(n) / 4.0)];
        let features = prop_oneof![
            1 => Just(CodeFeatures::Any),
            3 => (0_u16..4).prop_map(CodeFeatures::One),
            6 => (0_u16..4, 0_u16..4).prop_map(|(first, second)| CodeFeatures::Two(first, second)),
        ];
        let codes = prop::collection::vec((entry, features), 1..9);
        (codes, any::<prop::sample::Index>()).prop_map(|(codes, of)| {
            let of = of.index(codes.len());
            let (row, features) = codes.into_iter().unzip();
            (row, features, of)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn whoever_reaches_the_threshold_keeps_within_budget_and_allowance(
            loci in prop::collection::vec(locus(), 1..9),
            below in 0_i32..12,
            low in prop_oneof![Just(Low::LacksAll), Just(Low::LacksAny)],
        ) {
            let score: f64 = loci.iter().map(|(row, _, code)| row[*code]).sum();
            let threshold = if score.is_finite() { score - f64::from(below) / 4.0 } else { f64::NEG_INFINITY };
            let shares = |row: &[f64]| vec![1.0 / row.len() as f64; row.len()];
            let rows: Vec<_> = loci.iter().map(|(row, has, _)| RowBound::new(low, row, has, &shares(row))).collect();
            let bound = TableBound::new(low, &rows, threshold);
            let code = |locus: usize| loci[locus].1[loci[locus].2];
            let low = bound.loci.iter().filter(|(locus, row)| low.is(code(*locus), row.features)).count();
            let half = bound.half_loci.iter().filter(|(locus, row)| code(*locus).half_meets(row.features)).count();
            prop_assert!(bound.budget.is_some_and(|budget| low <= budget), "{} {:?}", low, bound.budget);
            if threshold.is_finite() {
                prop_assert!(half <= bound.allowed_half(low));
            }
        }
    }
}
