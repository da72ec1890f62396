//! What both sides agree on, as far as the protocol needs it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::RangeInclusive;

/// The most tests of a pair; more would be a mistake in the terms.
const MOST_TESTS: i64 = 4096;

/// The two sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The side that holds the children and casts the ballots.
    Children,
    /// The side that holds the adults and answers.
    Adults,
}

impl Side {
    /// The other side.
    pub fn other(self) -> Self {
        match self {
            Self::Children => Self::Adults,
            Self::Adults => Self::Children,
        }
    }

    /// Its name in files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Children => "children",
            Self::Adults => "adults",
        }
    }
}

/// When a pair is a hit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Rule {
    /// A score of at least this.
    AtLeast(i32),
    /// A score of at most this; every score is a count of loci, so rows hold 0 and 1.
    AtMost(u32),
}

/// A locus of the codebook.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LocusTerms {
    /// Its name.
    pub name: String,
    /// The number of classes that a child can show.
    pub classes: u32,
    /// The lowest entry that a row may have.
    pub lowest: i32,
    /// The highest entry that a row may have.
    pub highest: i32,
}

/// What both sides agree on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// SHA-256 of everything agreed that this crate does not read: the agreement's text, the statistics behind the rows.
    pub agreement: [u8; 32],
    /// The loci, in the order of every child and adult.
    pub loci: Vec<LocusTerms>,
    /// When a pair is a hit.
    pub rule: Rule,
    /// The number of children.
    pub children: u32,
    /// The number of adults.
    pub adults: u32,
    /// Each child shows at least so many loci.
    pub least_loci: u32,
}

/// Terms that cannot be kept.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TermsError {
    /// Nothing to compare.
    #[error("found {what} of 0, expected at least 1")]
    Nothing {
        /// What there is none of.
        what: &'static str,
    },
    /// Limits of rows that contradict each other or the rule.
    #[error("{locus}: found row entries from {lowest} to {highest}, expected {expected}")]
    Limits {
        /// The locus.
        locus: String,
        /// The lower limit.
        lowest: i32,
        /// The upper limit.
        highest: i32,
        /// What the rule allows.
        expected: &'static str,
    },
    /// No pair can be a hit.
    #[error("no pair can be a hit: all loci together reach {reached}, the threshold is {threshold}")]
    NoHit {
        /// The highest score.
        reached: i64,
        /// The threshold.
        threshold: i32,
    },
    /// A pair would take more tests than anybody wants.
    #[error("found {tests} values that are hits, expected at most {MOST_TESTS}")]
    TooManyTests {
        /// How many.
        tests: i64,
    },
}

impl Terms {
    /// Checks that these terms can be kept.
    ///
    /// # Errors
    /// An empty list or codebook; limits that the rule does not allow; no value that is a hit, or too many.
    pub fn check(&self) -> Result<(), TermsError> {
        let counts = [
            ("a number of children", self.children),
            ("a number of adults", self.adults),
            ("a number of loci", self.loci.len() as u32),
            ("a least number of loci", self.least_loci),
        ];
        if let Some(&(what, _)) = counts.iter().find(|(_, count)| *count == 0) {
            return Err(TermsError::Nothing { what });
        }
        self.loci.iter().try_for_each(|locus| self.check_locus(locus))?;
        let hits = self.hits_of(self.loci.iter());
        let tests = i64::from(*hits.end()) - i64::from(*hits.start()) + 1;
        match self.rule {
            Rule::AtLeast(threshold) if tests < 1 => {
                Err(TermsError::NoHit { reached: i64::from(*hits.end()), threshold })
            }
            _ if tests > MOST_TESTS => Err(TermsError::TooManyTests { tests }),
            _ => Ok(()),
        }
    }

    fn check_locus(&self, locus: &LocusTerms) -> Result<(), TermsError> {
        if locus.classes == 0 {
            return Err(TermsError::Nothing { what: "a number of classes" });
        }
        let LocusTerms { lowest, highest, .. } = *locus;
        let (fits, expected) = match self.rule {
            Rule::AtLeast(_) => {
                ((-10_000..=0).contains(&lowest) && (0..=10_000).contains(&highest), "0 among them, all within ±10000")
            }
            Rule::AtMost(_) => (lowest == 0 && highest == 1, "0 and 1"),
        };
        if fits { Ok(()) } else { Err(TermsError::Limits { locus: locus.name.clone(), lowest, highest, expected }) }
    }

    /// The scores that are hits for a child who was typed at these loci; the range is empty where none can be reached.
    pub fn hits(&self, typed: &[bool]) -> RangeInclusive<i32> {
        self.hits_of(self.loci.iter().zip(typed).filter(|(_, typed)| **typed).map(|(locus, _)| locus))
    }

    fn hits_of<'l>(&self, typed: impl Iterator<Item = &'l LocusTerms>) -> RangeInclusive<i32> {
        match self.rule {
            Rule::AtLeast(threshold) => threshold..=typed.map(|locus| locus.highest).sum(),
            Rule::AtMost(most) => 0..=most.min(typed.count() as u32) as i32,
        }
    }

    /// The number of tests of each pair with a child who was typed at these loci.
    pub fn tests(&self, typed: &[bool]) -> usize {
        self.hits(typed).count()
    }

    /// SHA-256 of these terms: what every file of the exchange is bound to.
    pub fn digest(&self) -> [u8; 32] {
        let text = serde_json::to_vec(self).unwrap_or_default();
        Sha256::new().chain_update(b"filia-blind terms 1\n").chain_update(text).finalize().into()
    }
}
