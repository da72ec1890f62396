//! What a laboratory reported at one locus of one sample.

use super::Allele;
use std::fmt;

/// The reported alleles at one locus, without order.
///
/// A single reported allele (`13`, or `13,13`) is not yet a homozygote: where drop-out or silent alleles are
/// possible it may be a heterozygote that shows one allele. That is for the observation model to say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Call {
    /// No result: no information.
    #[default]
    Missing,
    /// One allele reported (once or twice).
    One(Allele),
    /// Two different alleles, the smaller first.
    Two(Allele, Allele),
    /// Three or more alleles: the locus is set aside for this sample.
    SetAside,
}

impl Call {
    /// The call that reports these alleles, in any order, with repetitions.
    pub fn from_alleles(alleles: &[Allele]) -> Self {
        let mut distinct = alleles.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        match *distinct {
            [] => Self::Missing,
            [one] => Self::One(one),
            [small, large] => Self::Two(small, large),
            _ => Self::SetAside,
        }
    }

    /// The reported alleles (none where the call is missing or set aside).
    pub fn alleles(self) -> impl Iterator<Item = Allele> {
        let (first, second) = match self {
            Self::Missing | Self::SetAside => (None, None),
            Self::One(allele) => (Some(allele), None),
            Self::Two(small, large) => (Some(small), Some(large)),
        };
        first.into_iter().chain(second)
    }

    /// Whether the call says anything about the genotype.
    pub fn is_informative(self) -> bool {
        matches!(self, Self::One(_) | Self::Two(..))
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(formatter, "-"),
            Self::One(allele) => write!(formatter, "{allele}"),
            Self::Two(small, large) => write!(formatter, "{small},{large}"),
            Self::SetAside => write!(formatter, "(3+)"),
        }
    }
}
