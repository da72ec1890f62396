//! A family that misses somebody, and who of it gave a sample.

use crate::inheritance::Family;
use crate::profile::SampleIndex;
use serde::{Deserialize, Serialize};

/// A member who gave a sample.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Typed {
    /// Position in the pedigree.
    pub person: usize,
    /// The sample.
    pub sample: SampleIndex,
}

/// One family and who of it gave a sample.
#[derive(Clone, PartialEq, Debug)]
pub struct FamilyWithSamples {
    /// The family.
    pub family: Family,
    /// Its typed members.
    pub typed: Vec<Typed>,
}
