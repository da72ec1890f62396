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
    /// How much less the greatest entry of the low codes is; 0 where the row separates nothing.
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
        let mut best = Self { high, gap: 0.0, codes: Vec::new(), seen: 0, share: 1.0 };
        let (mut share, mut seen) = (0.0, 0);
        for (at, &code) in order.iter().enumerate().take(MOST_CODES) {
            let of_code = shares[usize::from(code)];
            (share, seen) = (share + of_code, seen + usize::from(of_code > 0.0));
            let gap = high - order.get(at + 1).map_or(f64::NEG_INFINITY, |&next| entry(next));
            let candidate = Self { high, gap, codes: order[..=at].to_vec(), seen, share };
            if candidate.weight() > best.weight() {
                best = candidate;
            }
        }
        best
    }

    /// What the row takes from a candidate's bound on average.
    fn weight(&self) -> f64 {
        self.gap.min(DECISIVE_GAP) * (1.0 - self.share)
    }

    pub(super) fn separates(&self) -> bool {
        self.gap > 0.0
    }

    pub(super) fn is_low(&self, code: Code) -> bool {
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
