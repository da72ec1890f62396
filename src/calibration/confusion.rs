//! What reported candidates really are to the child: who is taken for a parent, and what the rivals say.

use crate::inheritance::Relationship;
use crate::matching::{Assessment, Flag, RIVALS};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// From this posterior on a candidate counts as believed here.
pub const CONVINCING: f64 = 0.99;

/// What a candidate really is to a child.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Truth {
    /// Its parent.
    Parent,
    /// Its child.
    Child,
    /// A relative of this kind (not parent or child).
    Kin(Relationship),
    /// Nobody to it that has a name.
    Unrelated,
}

impl Truth {
    /// Every truth, the closest first.
    pub const ALL: [Self; 9] = [
        Self::Kin(Relationship::Identity),
        Self::Parent,
        Self::Child,
        Self::Kin(Relationship::FullSibling),
        Self::Kin(Relationship::HalfSibling),
        Self::Kin(Relationship::Grandparent),
        Self::Kin(Relationship::Avuncular),
        Self::Kin(Relationship::FirstCousin),
        Self::Unrelated,
    ];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Child => "child",
            Self::Kin(relationship) => relationship.name(),
            Self::Unrelated => "unrelated",
        }
    }

    fn position(self) -> usize {
        Self::ALL.iter().position(|&truth| truth == self).unwrap_or(Self::ALL.len() - 1)
    }
}

/// Counts by truth; tallies of several cases add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfusionTally {
    counts: [TruthCounts; Truth::ALL.len()],
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct TruthCounts {
    pairs: u64,
    reported: u64,
    first: u64,
    convincing: u64,
    convincing_flagged: u64,
    best: [u64; RIVALS.len()],
}

/// What became of the candidates of one true relationship.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TruthRow {
    /// What they really are to the child.
    pub truth: &'static str,
    /// Pairs of a child and such a candidate in the lists.
    pub pairs: u64,
    /// Of them reported.
    pub reported: u64,
    /// Reported first among the candidates of their sex.
    pub first: u64,
    /// Reported with a posterior of at least [`CONVINCING`].
    pub convincing: u64,
    /// Of those, flagged: another relationship explains the profiles better, or almost as well.
    pub convincing_flagged: u64,
    /// How often each relationship was named as best supported.
    pub best: BestCounts,
}

/// One count for each of [`RIVALS`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BestCounts(pub [u64; RIVALS.len()]);

impl Serialize for BestCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(RIVALS.len()))?;
        for (rival, count) in RIVALS.iter().zip(self.0) {
            map.serialize_entry(rival.name(), &count)?;
        }
        map.end()
    }
}

impl ConfusionTally {
    /// Adds so many pairs of this truth that were in the lists.
    pub fn add_pairs(&mut self, truth: Truth, pairs: u64) {
        self.counts[truth.position()].pairs += pairs;
    }

    /// Adds a reported candidate.
    pub fn add_candidate(&mut self, truth: Truth, is_first: bool, posterior: f64, assessment: &Assessment) {
        let counts = &mut self.counts[truth.position()];
        let flagged = assessment.flags.iter().any(|flag| matches!(flag, Flag::BetterRival | Flag::CloseRival));
        let convincing = posterior >= CONVINCING;
        counts.reported += 1;
        counts.first += u64::from(is_first);
        counts.convincing += u64::from(convincing);
        counts.convincing_flagged += u64::from(convincing && flagged);
        if let Some(best) = RIVALS.iter().position(|&rival| rival == assessment.best) {
            counts.best[best] += 1;
        }
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: &Self) {
        for (counts, more) in self.counts.iter_mut().zip(&other.counts) {
            counts.pairs += more.pairs;
            counts.reported += more.reported;
            counts.first += more.first;
            counts.convincing += more.convincing;
            counts.convincing_flagged += more.convincing_flagged;
            counts.best.iter_mut().zip(more.best).for_each(|(count, more)| *count += more);
        }
    }

    /// A row for each truth that occurs.
    pub fn finish(&self) -> Vec<TruthRow> {
        let row = |(truth, counts): (&Truth, &TruthCounts)| TruthRow {
            truth: truth.name(),
            pairs: counts.pairs,
            reported: counts.reported,
            first: counts.first,
            convincing: counts.convincing,
            convincing_flagged: counts.convincing_flagged,
            best: BestCounts(counts.best),
        };
        Truth::ALL.iter().zip(&self.counts).filter(|(_, counts)| counts.pairs > 0).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_counted_by_what_they_are() {
        let assessment = |best, flags: &[Flag]| Assessment {
            loci_compared: 24,
            inconsistent: Vec::new(),
            best,
            best_log10_lr: 1.0,
            over_best_rival: 0.0,
            flags: flags.to_vec(),
        };
        let uncle = Truth::Kin(Relationship::Avuncular);
        let mut tally = ConfusionTally::default();
        tally.add_pairs(uncle, 3);
        tally.add_pairs(Truth::Unrelated, 100);
        tally.add_candidate(uncle, true, 0.995, &assessment(Relationship::HalfSibling, &[Flag::BetterRival]));
        tally.add_candidate(uncle, false, 0.2, &assessment(Relationship::Parent, &[]));
        let mut twice = tally.clone();
        twice.merge(&tally);
        let rows = twice.finish();
        assert_eq!(rows.iter().map(|row| row.truth).collect::<Vec<_>>(), ["avuncular", "unrelated"]);
        let row = &rows[0];
        assert_eq!((row.pairs, row.reported, row.first), (6, 4, 2));
        assert_eq!((row.convincing, row.convincing_flagged, row.best.0), (2, 2, [0, 2, 0, 2, 0, 0]));
        assert_eq!(rows[1].reported, 0);
    }
}
