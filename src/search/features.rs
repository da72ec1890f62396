//! What codes have in common: each code has up to two features, or is open to all of them.

/// The features of one code at one locus (numbers from 0, as many as the caller likes).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeFeatures {
    /// Nothing can be said: the code counts as having every feature.
    Any,
    /// One feature.
    One(u16),
    /// Two features.
    Two(u16, u16),
}

/// Number of classes of codes, see [`CodeFeatures::class`].
pub(super) const CLASSES: usize = 8;

/// The features of every code, by locus. They only steer the pruning: whatever they are, no candidate is lost.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// For each locus the features of its codes, one entry for each code of the dictionary.
    pub loci: Vec<Vec<CodeFeatures>>,
}

impl CodeFeatures {
    /// The features, where there is anything to say.
    pub(super) fn iter(self) -> impl Iterator<Item = u16> {
        let (first, second) = match self {
            Self::Any => (None, None),
            Self::One(feature) => (Some(feature), None),
            Self::Two(first, second) => (Some(first), Some(second)),
        };
        first.into_iter().chain(second)
    }

    /// Whether the code has one of these features, or is open.
    pub(super) fn meets(self, features: [u16; 2]) -> bool {
        self == Self::Any || self.iter().any(|feature| features.contains(&feature))
    }

    /// What the code has of two features (twice the same where there is one), as a number below [`CLASSES`]: 1 for the first,
    /// 2 for the second and 4 for another one, added; 0 where nothing can be said.
    pub(super) fn class(self, [first, second]: [u16; 2]) -> usize {
        let has = |wanted: &dyn Fn(u16) -> bool| usize::from(self.iter().any(wanted));
        has(&|feature| feature == first)
            + 2 * has(&|feature| feature == second)
            + 4 * has(&|feature| feature != first && feature != second)
    }
}
