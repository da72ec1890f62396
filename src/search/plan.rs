//! How a scan is to be done.

use serde::Serialize;

/// How a scan is to be done. It never changes a hit.
#[derive(Clone, Debug, Default)]
pub struct Plan {}

/// The plan in words and numbers, for the run's manifest.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PlanSummary {
    /// The kernel that does the work.
    pub kernel: &'static str,
}

impl Plan {
    /// Every pair is looked up.
    pub fn lookup() -> Self {
        Self {}
    }

    /// What is written in the manifest.
    pub fn summary(&self) -> PlanSummary {
        PlanSummary { kernel: "look-up" }
    }
}
