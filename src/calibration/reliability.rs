//! Stated probabilities against what was true.
//!
//! Statements are gathered in bins of stated probability; in each, the share that held is set beside the mean of what was stated
//! (a reliability diagram: Murphy & Winkler 1977, doi 10.2307/2346866). Two scores sum up all statements, the lower the
//! better: the Brier score, the mean of (p − x)² with x 1 where the statement held and 0 elsewhere (Brier 1950, doi
//! 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2), and the logarithmic loss, the mean of −ln of the probability given to
//! what happened (Good 1952, doi 10.1111/j.2517-6161.1952.tb00104.x). Were every statement right on average, the Brier score
//! would be the mean of p (1 − p).

use super::proportion::Proportion;
use serde::Serialize;

/// Where bins of stated probability begin and end; each has its lower end but not its upper, the last has both.
pub const BIN_ENDS: [f64; 13] = [0.0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0];

const BINS: usize = BIN_ENDS.len() - 1;

/// A probability of 0 given to what happened counts as this: the smallest difference from 1 that a stated one can have.
const LEAST_PROBABILITY: f64 = f64::EPSILON;

/// Sums over statements; tallies of several cases add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReliabilityTally {
    bins: [BinTally; BINS],
    squared_error: f64,
    expected_squared_error: f64,
    log_loss: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct BinTally {
    statements: u64,
    held: u64,
    stated: f64,
}

/// How stated probabilities compare with what was true.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reliability {
    /// Statements in all.
    pub statements: u64,
    /// Mean of (p − x)²; none without statements.
    pub brier: Option<f64>,
    /// Mean of p (1 − p): what the Brier score would be, were the statements right.
    pub expected_brier: Option<f64>,
    /// Mean of −ln of the probability given to what was true.
    pub log_loss: Option<f64>,
    /// The bins, from low to high.
    pub bins: Vec<ReliabilityBin>,
}

/// Statements of about the same probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Least probability of the bin.
    pub from: f64,
    /// The next bin's least probability, or 1.
    pub to: f64,
    /// Mean of what was stated; none in an empty bin.
    pub mean_stated: Option<f64>,
    /// How many held, of how many.
    pub held: Proportion,
}

impl ReliabilityTally {
    /// Adds a statement of this probability (in [0, 1]) that held or did not.
    pub fn add(&mut self, stated: f64, held: bool) {
        let bin = &mut self.bins[BIN_ENDS[1..BINS].partition_point(|&end| end <= stated)];
        bin.statements += 1;
        bin.held += u64::from(held);
        bin.stated += stated;
        let given = if held { stated } else { 1.0 - stated };
        self.squared_error += (1.0 - given).powi(2);
        self.expected_squared_error += stated * (1.0 - stated);
        self.log_loss -= given.max(LEAST_PROBABILITY).ln();
    }

    /// Adds the statements of another tally.
    pub fn merge(&mut self, other: &Self) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.statements += more.statements;
            bin.held += more.held;
            bin.stated += more.stated;
        }
        self.squared_error += other.squared_error;
        self.expected_squared_error += other.expected_squared_error;
        self.log_loss += other.log_loss;
    }

    /// Shares, intervals and scores.
    pub fn finish(&self) -> Reliability {
        let statements = self.bins.iter().map(|bin| bin.statements).sum();
        let mean = |sum: f64| (statements > 0).then(|| sum / statements as f64);
        let bins = self.bins.iter().zip(BIN_ENDS.windows(2)).map(|(bin, ends)| ReliabilityBin {
            from: ends[0],
            to: ends[1],
            mean_stated: (bin.statements > 0).then(|| bin.stated / bin.statements as f64),
            held: Proportion::new(bin.held, bin.statements),
        });
        Reliability {
            statements,
            brier: mean(self.squared_error),
            expected_brier: mean(self.expected_squared_error),
            log_loss: mean(self.log_loss),
            bins: bins.collect(),
        }
    }
}

impl ReliabilityBin {
    /// Whether what was stated lies in the interval of what was observed; an empty bin contradicts nothing.
    pub fn is_consistent(&self) -> bool {
        self.mean_stated.is_none_or(|stated| self.held.holds(stated))
    }
}

impl Reliability {
    /// The bins in which what was stated lies outside the interval of what was observed.
    pub fn inconsistent(&self) -> impl Iterator<Item = &ReliabilityBin> {
        self.bins.iter().filter(|bin| !bin.is_consistent())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five statements worked out by hand.
    #[test]
    fn scores_and_bins_of_statements_made_by_hand() {
        let mut tally = ReliabilityTally::default();
        for (stated, held) in [(0.8, true), (0.8, false), (0.6, true), (0.0, false), (1.0, true)] {
            tally.add(stated, held);
        }
        let found = tally.finish();
        assert_eq!(found.statements, 5);
        assert!((found.brier.unwrap() - (0.04 + 0.64 + 0.16) / 5.0).abs() < 1e-15);
        assert!((found.expected_brier.unwrap() - (0.16 + 0.16 + 0.24) / 5.0).abs() < 1e-15);
        let log_loss = -(0.8_f64.ln() + 0.2_f64.ln() + 0.6_f64.ln()) / 5.0;
        assert!((found.log_loss.unwrap() - log_loss).abs() < 1e-15);
        let of = |from: f64| found.bins.iter().find(|bin| bin.from == from).unwrap();
        assert_eq!((of(0.75).held.successes, of(0.75).held.trials, of(0.75).mean_stated), (1, 2, Some(0.8)));
        assert_eq!((of(0.5).held.successes, of(0.5).held.trials), (1, 1));
        assert_eq!((of(0.0).held.successes, of(0.0).held.trials), (0, 1));
        assert_eq!((of(0.999).held.successes, of(0.999).held.trials), (1, 1));
        assert_eq!(of(0.9).mean_stated, None);
        assert_eq!(found.bins.iter().map(|bin| bin.held.trials).sum::<u64>(), 5);
    }

    #[test]
    fn a_probability_belongs_to_the_bin_that_begins_with_it() {
        for (at, end) in BIN_ENDS.into_iter().enumerate() {
            let mut tally = ReliabilityTally::default();
            tally.add(end, false);
            assert_eq!(tally.bins[at.min(BINS - 1)].statements, 1, "{end}");
        }
    }

    #[test]
    fn tallies_of_parts_add_up_to_the_whole() {
        let statements: Vec<_> = (0_i32..64).map(|at| (f64::from(at) / 64.0, at % 3 == 0)).collect();
        let tally = |statements: &[(f64, bool)]| {
            let mut tally = ReliabilityTally::default();
            statements.iter().for_each(|&(stated, held)| tally.add(stated, held));
            tally
        };
        let mut parts = tally(&statements[..20]);
        parts.merge(&tally(&statements[20..]));
        let (parts, whole) = (parts.finish(), tally(&statements).finish());
        assert_eq!(parts.bins, whole.bins);
        assert!((parts.brier.unwrap() - whole.brier.unwrap()).abs() < 1e-15);
        assert!((parts.log_loss.unwrap() - whole.log_loss.unwrap()).abs() < 1e-14);
    }

    #[test]
    fn certainty_that_was_wrong_costs_much_but_not_everything() {
        let mut tally = ReliabilityTally::default();
        tally.add(1.0, false);
        let found = tally.finish();
        assert_eq!(found.brier, Some(1.0));
        assert_eq!(found.log_loss, Some(-f64::EPSILON.ln()));
        assert_eq!(found.inconsistent().count(), 1);
    }
}
