//! The rule: two samples are one person's where
//!
//! 1. log10 LR of "one person" against "two unrelated people" is at least max([`LEAST_LOG10_LR`], log10 of the number of pairs
//!    compared), so that less than one chance pair is expected in a run, and
//! 2. it exceeds the log10 LR of full siblings, and that of parent and child, by [`LEAST_OVER_RELATIVES`],
//!
//! under every frequency table. A locus at which the two calls cannot come from one genotype counts [`DIFFERING_LOCUS`] in place of
//! minus infinity: one allele may be mistyped. The second condition knows the drop-out: where much of it is expected, two relatives
//! can pass for one person by the first alone, since what differs may have dropped out. By Markov's inequality
//! P(LR(one person) ≥ 10^x LR(siblings) | siblings) ≤ 10^−x, whatever the drop-out.

use crate::matching::Case;
use crate::profile::{SampleIndex, Sex};

/// log10 LR of a locus at which two samples of one person differ: one call in a thousand is taken to be wrong.
pub const DIFFERING_LOCUS: f64 = -3.0;

/// The least log10 LR of "one person" against "unrelated".
pub const LEAST_LOG10_LR: f64 = 4.0;

/// By how much "one person" exceeds "full siblings" and "parent and child": of a thousand pairs of siblings at most one does.
pub const LEAST_OVER_RELATIVES: f64 = 3.0;

/// From which log10 LR on two samples are one person's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum LeastLr {
    /// By the rule.
    Rule,
    /// This one, asked for by the user, whatever the relatives say.
    Fixed(f64),
}

impl LeastLr {
    /// The least log10 LR against unrelated among so many pairs.
    pub fn among(self, pairs: u64) -> f64 {
        match self {
            Self::Rule => LEAST_LOG10_LR.max((pairs as f64).log10()),
            Self::Fixed(least) => least,
        }
    }

    /// Whether an LR stands far enough above those of the relatives. One pair a population: that of one person, and the greatest
    /// of the relatives.
    pub fn is_above_relatives(self, mut log10_lrs: impl Iterator<Item = (f64, f64)>) -> bool {
        match self {
            Self::Rule => log10_lrs.all(|(one, relatives)| one >= relatives + LEAST_OVER_RELATIVES),
            Self::Fixed(_) => true,
        }
    }
}

/// What beside the DNA says that two samples are not of one person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Contradiction {
    /// Both sexes are known, and differ.
    pub sex: bool,
    /// No year of birth is possible for both.
    pub birth_year: bool,
}

impl Contradiction {
    /// What the records of two samples say.
    pub fn of(case: &Case<'_>, one: SampleIndex, other: SampleIndex) -> Self {
        let panel = case.panel;
        let (sex, other_sex) = (panel.sex(one), panel.sex(other));
        let years = panel.birth_years(one).zip(panel.birth_years(other));
        Self {
            sex: sex != other_sex && sex != Sex::Unknown && other_sex != Sex::Unknown,
            birth_year: years.is_some_and(|(one, other)| one.earliest > other.latest || other.earliest > one.latest),
        }
    }

    /// Whether there is any.
    pub fn is_any(self) -> bool {
        self.sex || self.birth_year
    }

    /// The columns that contradict each other, joined by `;`.
    pub fn columns(self) -> String {
        let columns = [(self.sex, "sex"), (self.birth_year, "birth_year")];
        columns.into_iter().filter(|(is_so, _)| *is_so).map(|(_, name)| name).collect::<Vec<_>>().join(";")
    }
}
