//! What the statements of a calibration are about, with the prior that they rest on.

use crate::inference::InList;
use crate::settings::{CALIBRATE_IDENTIFY, RelativesPrior};
use serde::{Deserialize, Serialize};

/// Whose posteriors are set against the truth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum CalibratedQuestion {
    /// Who a child's parents are, as `filia match` says.
    #[default]
    #[serde(rename = "match")]
    Parents,
    /// Which missing person a body is, as `filia identify` says.
    #[serde(rename = "identify")]
    Identities,
}

impl CalibratedQuestion {
    /// The command that asks it.
    pub fn command(self) -> &'static str {
        match self {
            Self::Parents => "calibrate",
            Self::Identities => CALIBRATE_IDENTIFY,
        }
    }
}

/// Who takes part in one scenario, and which prior was in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Subjects {
    /// Children and candidates.
    Parents {
        /// Children of all cases.
        children: u64,
        /// Candidates of all cases.
        candidates: u64,
        /// The prior of parents,
        in_list: InList,
        /// and of other relatives.
        relatives: RelativesPrior,
        /// The simulated share of parents in the list.
        simulated_in_list: InList,
    },
    /// Bodies and missing persons.
    Identities {
        /// Bodies of all cases.
        bodies: u64,
        /// Missing persons of all cases.
        missing: u64,
        /// The prior that a body is a missing person (`prior.identified`).
        identified: f64,
        /// The simulated share of bodies that are.
        simulated_identified: f64,
        /// The prior of how many others a body is one person with (`prior.one_person`).
        one_person: f64,
    },
}

impl Subjects {
    /// What the statements are about.
    pub fn question(&self) -> CalibratedQuestion {
        match self {
            Self::Parents { .. } => CalibratedQuestion::Parents,
            Self::Identities { .. } => CalibratedQuestion::Identities,
        }
    }

    /// Those who are asked about, and those who are compared with them, each by its name.
    pub fn counts(&self) -> [(&'static str, u64); 2] {
        match *self {
            Self::Parents { children, candidates, .. } => [("children", children), ("candidates", candidates)],
            Self::Identities { bodies, missing, .. } => [("bodies", bodies), ("missing persons", missing)],
        }
    }
}
