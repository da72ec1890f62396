//! What agreement means at one locus of a query: the few codes that its row rewards.

use super::bound::DECISIVE_GAP;
use crate::profile::Code;

/// The most codes that a row's agreeing set may have.
const MOST_CODES: usize = 8;

/// The agreeing codes of a row.
#[derive(Clone, Debug)]
pub(super) struct AgreeingRow {
    /// The greatest entry.
    pub(super) high: f64,
    /// How much less the greatest entry of the mismatching codes is; 0 where the row separates nothing.
    pub(super) gap: f64,
    /// A(l).
    pub(super) codes: Vec<Code>,
    /// How many of these codes were seen among the candidates.
    pub(super) seen: usize,
    /// Expected share of the candidates that agree.
    pub(super) share: f64,
}

/// The codes with the greatest entries, so many at most.
fn greatest_first(codes: usize, most: usize, entry: impl Fn(Code) -> f64) -> Vec<Code> {
    let by_entry = |left: &Code, right: &Code| entry(*right).total_cmp(&entry(*left)).then(left.cmp(right));
    let mut order: Vec<Code> = (0..codes).map(|code| code as Code).collect();
    if order.len() > most {
        order.select_nth_unstable_by(most - 1, by_entry);
        order.truncate(most);
    }
    order.sort_unstable_by(by_entry);
    order
}

impl AgreeingRow {
    pub(super) fn new(row: &[f64], shares: &[f64]) -> Self {
        let entry = |code: Code| row[usize::from(code)];
        let order = greatest_first(shares.len(), MOST_CODES + 1, entry);
        let high = order.first().map_or(f64::NEG_INFINITY, |&code| entry(code));
        // what the row takes from a candidate's bound on average
        let weight = |gap: f64, share: f64| gap.min(DECISIVE_GAP) * (1.0 - share);
        let (mut gap, mut share, mut agreeing, mut share_of_first) = (0.0, 1.0, 0, 0.0);
        for (at, &code) in order.iter().enumerate().take(MOST_CODES) {
            share_of_first += shares[usize::from(code)];
            let gap_here = high - order.get(at + 1).map_or(f64::NEG_INFINITY, |&next| entry(next));
            if weight(gap_here, share_of_first) > weight(gap, share) {
                (gap, share, agreeing) = (gap_here, share_of_first, at + 1);
            }
        }
        let codes = order[..agreeing].to_vec();
        let seen = codes.iter().filter(|&&code| shares[usize::from(code)] > 0.0).count();
        Self { high, gap, codes, seen, share }
    }

    pub(super) fn separates(&self) -> bool {
        self.gap > 0.0
    }

    pub(super) fn is_mismatch(&self, code: Code) -> bool {
        self.separates() && !self.codes.contains(&code)
    }

    pub(super) fn first_codes(&self) -> [Code; 2] {
        match self.codes[..] {
            [] => [0, 0],
            [only] => [only, only],
            [first, second, ..] => [first, second],
        }
    }
}
