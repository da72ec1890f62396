//! How many loci may go against a pair before its score cannot reach the threshold: the bound that lets the scan drop
//! a pair after counting bits.
//!
//! Fix a query, one of its tables, and for each locus l a set S(l) of one or two features. Call a code *mismatching* at l if it is
//! not open ([`CodeFeatures::Any`]) and has no feature in S(l). Where identity is asked for it is better to call a code mismatching
//! if it lacks any feature of S(l). Let high(l) be the greatest entry of the row, mismatching(l) the greatest entry among the mismatching
//! codes, and δ(l) = max(0, high(l) − mismatching(l)). Let H = Σ high(l) over all loci.
//!
//! *Claim.* Let U be a set of loci and Δₙ the sum of the n smallest δ(l), l in U. A candidate whose codes are mismatching at n loci of
//! U scores at most H − Δₙ.
//!
//! *Proof.* Let Λ ⊆ U be the loci where the candidate's code is mismatching, |Λ| = n. The candidate's entry is at most
//! high(l) − δ(l) at a locus of Λ, high(l) elsewhere; so its sum is at most H − Σ_Λ δ(l). The sum of n of the δ is at least
//! that of the n smallest. The score is the least sum over the tables, so it is no greater. ∎
//!
//! Let T be a threshold. Since Δ ascends, a number follows that a candidate cannot exceed and reach T: the budget B, the
//! greatest n with H − Δₙ ≥ T (none if H < T: then nobody reaches it).
//!
//! The claim holds for every choice of U, S, of what is mismatching, and of the table; these only decide how much is dropped.
//! Entries of `-inf` need no special case: δ = ∞ makes one mismatching locus enough, and a locus with high(l) = −∞ makes H = −∞.
//! Sums are rounded, so B is worked out for T − [`MARGIN`]: f64 sums over a few hundred loci err by far less.
//!
//! Which choice: S(l) is the set with the greatest product of δ and of the share of candidates that are mismatching; U leaves
//! out the loci with the smallest δ, as many as makes the expected share of survivors smallest.
//!
//! Survivors are looked at more closely, by classes of codes in place of mismatching ones alone: see [`super::penalty`].

use super::{
    features::{CLASSES, CodeFeatures},
    penalty::{MARGIN, penalty},
};

/// Which codes are mismatching.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Mismatch {
    /// Those that lack all features of the set.
    LacksAll,
    /// Those that lack any feature of the set.
    LacksAny,
}

impl Mismatch {
    /// Whether a code is mismatching, for this set.
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
    /// How much less the greatest entry of the mismatching codes is; 0 where the row separates nothing.
    pub(super) gap: f64,
    /// The set of features (twice the same where there is one).
    pub(super) features: [u16; 2],
    /// Expected share of the candidates that are mismatching.
    pub(super) mismatch_share: f64,
    /// The penalty of each class of codes.
    pub(super) penalties: [u8; CLASSES],
}

/// The bound of one table of one query, for one threshold.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct TableBound {
    /// Which codes are mismatching.
    pub(super) mismatch: Mismatch,
    /// H, the sum of the greatest entries.
    pub(super) high: f64,
    /// What each row says, in the order of the loci.
    pub(super) rows: Vec<RowBound>,
    /// The loci of U, by descending share of mismatching candidates.
    pub(super) loci: Vec<u16>,
    /// B: how many mismatching loci a candidate that reaches the threshold can have; `None` where no candidate reaches it.
    pub(super) budget: Option<usize>,
    /// Expected share of the candidates with at most B mismatching loci.
    pub(super) survivors: f64,
}

/// Gaps count no more than this when sets of features are compared: past it one mismatching locus is decisive anyway.
pub(super) const DECISIVE_GAP: f64 = 8.0;

/// Loci that U leaves out at most, beside those that separate nothing.
const MOST_LEFT_OUT: usize = 4;

impl RowBound {
    /// The bound of a row, for codes with these features and these shares among the candidates.
    pub(super) fn new(mismatch: Mismatch, row: &[f64], features: &[CodeFeatures], shares: &[f64]) -> Self {
        let high = greatest(row.iter().zip(features).map(|(&score, _)| score));
        let choose = |chosen: [u16; 2]| {
            let mismatches = || row.iter().zip(features).enumerate().filter(|(_, (_, has))| mismatch.is(**has, chosen));
            let gap = high - greatest(mismatches().map(|(_, (&score, _))| score));
            let mismatch_share = mismatches().map(|(code, _)| shares[code]).sum();
            // A row without a finite entry separates nothing: its gap is not a number.
            let gap = if gap > 0.0 { gap } else { 0.0 };
            Self { high, gap, features: chosen, mismatch_share, penalties: [0; CLASSES] }
        };
        let mut best = Self { high, gap: 0.0, features: [0, 0], mismatch_share: 0.0, penalties: [0; CLASSES] };
        let [first, second, third] = most_needed(row, features);
        let pairs = [(first, first), (second, second), (first, second), (first, third), (second, third)];
        for (left, right) in pairs {
            if let (Some(left), Some(right)) = (left, right) {
                let bound = choose([left, right]);
                best = if bound.weight() > best.weight() { bound } else { best };
            }
        }
        if best.gap > 0.0 {
            best.penalties = penalties(row, features, best.features);
        }
        best
    }

    /// What the row takes from a candidate's bound on average.
    fn weight(&self) -> f64 {
        self.gap.min(DECISIVE_GAP) * self.mismatch_share
    }
}

/// The three features whose codes have the highest least entry: those without which a candidate scores mismatch.
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

/// The penalty of each class of codes, for this set; of a class without codes 255.
fn penalties(row: &[f64], features: &[CodeFeatures], set: [u16; 2]) -> [u8; CLASSES] {
    let high = greatest(row.iter().zip(features).map(|(&score, _)| score));
    let mut greatest_of = [f64::NEG_INFINITY; CLASSES];
    for (&score, has) in row.iter().zip(features) {
        let greatest = &mut greatest_of[has.class(set)];
        *greatest = greatest.max(score);
    }
    greatest_of.map(|greatest| penalty(high - greatest))
}

impl TableBound {
    /// The bound of a table for this threshold from the bounds of its rows, with U chosen for it.
    pub(super) fn new(mismatch: Mismatch, rows: Vec<RowBound>, threshold: f64) -> Self {
        let mut loci: Vec<_> = (0_u16..).zip(&rows).filter(|(_, row)| row.gap > 0.0).map(|(locus, _)| locus).collect();
        let row = |locus: &u16| &rows[usize::from(*locus)];
        loci.sort_by(|left, right| row(left).gap.total_cmp(&row(right).gap));
        let high = rows.iter().map(|row| row.high).sum();
        // Who lacks any of two features does so at most loci: to leave one out gains nothing.
        let most_left_out = if mismatch == Mismatch::LacksAll { (loci.len() / 2).min(MOST_LEFT_OUT) } else { 0 };
        let choices = (0..=most_left_out).map(|left_out| {
            let loci = &loci[left_out..];
            let budget = budget(high, loci.iter().map(|locus| row(locus).gap), threshold);
            (left_out, budget, budget.map_or(0.0, |budget| at_most(loci.iter().map(row), budget)))
        });
        let best = choices.min_by(|left, right| left.2.total_cmp(&right.2));
        let (left_out, budget, survivors) = best.expect("at least one choice");
        loci.drain(..left_out);
        loci.sort_by(|left, right| {
            row(right).mismatch_share.total_cmp(&row(left).mismatch_share).then(left.cmp(right))
        });
        Self { mismatch, high, rows, loci, budget, survivors }
    }

    /// The loci of U with what their rows say.
    pub(super) fn chosen(&self) -> impl Iterator<Item = (usize, &RowBound)> {
        self.loci.iter().map(|&locus| (usize::from(locus), &self.rows[usize::from(locus)]))
    }
}

/// B of a table with this H and these δ in ascending order.
pub(super) fn budget(high: f64, gaps: impl Iterator<Item = f64>, threshold: f64) -> Option<usize> {
    let reaches = |gaps: &f64| threshold == f64::NEG_INFINITY || high - gaps >= threshold - MARGIN;
    let add = |sum: &mut f64, gap| {
        *sum += gap;
        Some(*sum)
    };
    reaches(&0.0).then(|| gaps.scan(0.0, add).take_while(reaches).count())
}

/// With more loci than this the chance of few mismatches is bounded, not summed: the sum takes loci × budget steps, and so many loci
/// leave nearly nobody, or nearly everybody, whichever it is.
const MOST_SUMMED: usize = 128;

/// The chance that at most `budget` of these loci are mismatching, the loci taken as independent; with many loci a bound of it.
pub(super) fn at_most<'rows>(loci: impl ExactSizeIterator<Item = &'rows RowBound> + Clone, budget: usize) -> f64 {
    if budget >= loci.len() {
        return 1.0;
    }
    let shares = loci.map(|row| row.mismatch_share);
    if shares.len() > MOST_SUMMED { chernoff_bound(shares, budget as f64) } else { summed_chance(shares, budget) }
}

/// The chance of at most `budget` successes of independent trials with these chances.
fn summed_chance(shares: impl Iterator<Item = f64>, budget: usize) -> f64 {
    let mut chances = vec![0.0; budget + 1];
    chances[0] = 1.0;
    for share in shares {
        for count in (0..=budget).rev() {
            let before = if count > 0 { chances[count - 1] } else { 0.0 };
            chances[count] = chances[count] * (1.0 - share) + before * share;
        }
    }
    chances.iter().sum()
}

/// Chernoff's bound of the same: min over t in (0, 1] of Π (1 − m + m t) / t^budget (Chernoff 1952, doi 10.1214/aoms/1177729330). The
/// best t is where the tilted chances m t / (1 − m + m t) sum to the budget; they ascend with t, so halving finds it. Any t gives a bound.
fn chernoff_bound(shares: impl Iterator<Item = f64> + Clone, budget: f64) -> f64 {
    let tilted = |t: f64| shares.clone().map(|share| share * t / (1.0 - share + share * t)).sum::<f64>();
    if shares.clone().sum::<f64>() <= budget {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if tilted(middle) > budget { high = middle } else { low = middle }
    }
    let of_trials: f64 = shares.map(|share| (1.0 - share + share * high).ln()).sum();
    (of_trials - budget * high.ln()).exp().min(1.0)
}

/// Past this the bound hardly changes.
const HALVINGS: usize = 12;

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

    /// A bound is no less than what it bounds, and not so much more that a plan would be another.
    #[test]
    fn the_chance_with_many_loci_is_bounded_closely() {
        for loci in [130, 400] {
            let shares = (0..loci).map(|at| 0.1 + 0.3 * f64::from(at % 7) / 7.0);
            for budget in [0, 1, 5, loci as usize / 10, loci as usize / 5, loci as usize / 2] {
                let (summed, bound) =
                    (summed_chance(shares.clone(), budget), chernoff_bound(shares.clone(), budget as f64));
                assert!(summed <= bound * (1.0 + 1e-12), "{loci} {budget}: {summed} {bound}");
                assert!(bound <= 1.0 && bound <= summed * 60.0, "{loci} {budget}: {summed} {bound}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn whoever_reaches_the_threshold_keeps_within_budget_and_penalties(
            loci in prop::collection::vec(locus(), 1..9),
            below in 0_i32..12,
            mismatch in prop_oneof![Just(Mismatch::LacksAll), Just(Mismatch::LacksAny)],
        ) {
            let score: f64 = loci.iter().map(|(row, _, code)| row[*code]).sum();
            let threshold = if score.is_finite() { score - f64::from(below) / 4.0 } else { f64::NEG_INFINITY };
            let shares = |row: &[f64]| vec![1.0 / row.len() as f64; row.len()];
            let rows: Vec<_> = loci.iter().map(|(row, has, _)| RowBound::new(mismatch, row, has, &shares(row))).collect();
            let bound = TableBound::new(mismatch, rows, threshold);
            let code = |locus: usize| loci[locus].1[loci[locus].2];
            let mismatches = bound.chosen().filter(|(locus, row)| mismatch.is(code(*locus), row.features)).count();
            prop_assert!(bound.budget.is_some_and(|budget| mismatches <= budget), "{} {:?}", mismatches, bound.budget);
            for (locus, row) in bound.rows.iter().enumerate() {
                let penalty = f64::from(row.penalties[code(locus).class(row.features)]);
                let below_high = row.high - loci[locus].0[loci[locus].2];
                prop_assert!(penalty == 0.0 || penalty / 32.0 <= below_high, "{} {}", penalty, below_high);
            }
        }
    }
}
