//! How many true parents are found, and how many others are believed, by threshold of the posterior.

use super::proportion::Proportion;
use serde::Serialize;

/// Posteriors from which a reader might believe a candidate.
pub const THRESHOLDS: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 0.9999];

/// What became of the true parents in the lists, and who else was believed; tallies of several cases add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecallTally {
    parents: u64,
    reported: u64,
    first: u64,
    found: [u64; THRESHOLDS.len()],
    believed: [u64; THRESHOLDS.len()],
    wrong: [u64; THRESHOLDS.len()],
}

/// A true parent that was reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundParent {
    /// Whether nobody but other samples of this parent comes before it among those who could take the same place.
    pub is_first: bool,
    /// The highest posterior of any of the parent's samples.
    pub posterior: f64,
}

/// Recall and errors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recall {
    /// True parents in the lists that were reported at any rank.
    pub reported: Proportion,
    /// True parents in the lists that come first among the candidates of their sex.
    pub first: Proportion,
    /// By threshold of the posterior.
    pub thresholds: Vec<ThresholdRecall>,
}

/// What a threshold of the posterior finds and lets through.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ThresholdRecall {
    /// The least posterior.
    pub posterior: f64,
    /// True parents in the lists that reach it.
    pub found: Proportion,
    /// Candidates that reach it and are no parent, of all candidates that reach it.
    pub wrong: Proportion,
}

impl RecallTally {
    /// Adds a true parent that is in the lists, reported or not.
    pub fn add_parent(&mut self, found: Option<FoundParent>) {
        self.parents += 1;
        let Some(FoundParent { is_first, posterior }) = found else { return };
        self.reported += 1;
        self.first += u64::from(is_first);
        for (count, threshold) in self.found.iter_mut().zip(THRESHOLDS) {
            *count += u64::from(posterior >= threshold);
        }
    }

    /// Adds a reported candidate, one for each sample.
    pub fn add_candidate(&mut self, posterior: f64, is_parent: bool) {
        for ((believed, wrong), threshold) in self.believed.iter_mut().zip(&mut self.wrong).zip(THRESHOLDS) {
            let reaches = posterior >= threshold;
            *believed += u64::from(reaches);
            *wrong += u64::from(reaches && !is_parent);
        }
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.parents += other.parents;
        self.reported += other.reported;
        self.first += other.first;
        let pairs =
            [(&mut self.found, &other.found), (&mut self.believed, &other.believed), (&mut self.wrong, &other.wrong)];
        for (counts, more) in pairs {
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        }
    }

    /// Shares and intervals.
    pub fn finish(&self) -> Recall {
        let thresholds = THRESHOLDS.into_iter().enumerate().map(|(at, posterior)| ThresholdRecall {
            posterior,
            found: Proportion::new(self.found[at], self.parents),
            wrong: Proportion::new(self.wrong[at], self.believed[at]),
        });
        Recall {
            reported: Proportion::new(self.reported, self.parents),
            first: Proportion::new(self.first, self.parents),
            thresholds: thresholds.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_and_others_made_by_hand_are_counted() {
        let mut tally = RecallTally::default();
        tally.add_parent(None);
        tally.add_parent(Some(FoundParent { is_first: true, posterior: 0.9995 }));
        tally.add_parent(Some(FoundParent { is_first: false, posterior: 0.3 }));
        for (posterior, is_parent) in [(0.9995, true), (0.3, true), (0.95, false), (0.5, false)] {
            tally.add_candidate(posterior, is_parent);
        }
        let mut twice = tally.clone();
        twice.merge(&tally);
        let (once, twice) = (tally.finish(), twice.finish());
        assert_eq!((once.reported.successes, once.first.successes, once.first.trials), (2, 1, 3));
        assert_eq!((twice.reported.successes, twice.first.successes, twice.first.trials), (4, 2, 6));
        let found = once.thresholds.iter().map(|row| row.found.successes);
        assert_eq!(found.collect::<Vec<_>>(), [1, 1, 1, 1, 0]);
        let wrong = once.thresholds.iter().map(|row| (row.wrong.successes, row.wrong.trials));
        assert_eq!(wrong.collect::<Vec<_>>(), [(2, 3), (1, 2), (0, 1), (0, 1), (0, 0)]);
    }
}
