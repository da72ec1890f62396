//! Whose body is this: remains against families with missing members.
//!
//! Each family compiles to one score row a locus and missing person; the bodies are
//! coded columns, and their scores sums of look-ups.

mod answer;
mod bodies;
mod coancestry;
mod company;
mod conditional_rows;
mod consistency;
mod evidence;
mod explain;
mod family_case;
mod family_locus;
mod family_rows;
mod founders;
mod identify;
mod joining;
mod linkage;
mod linked_rows;
mod merging;
mod models;
mod one_or_two;
mod pairwise;
mod placements;
mod power;
mod prior;
mod roster;
mod separation;
mod share;
mod shared_rows;
mod twins;
mod typed_family;

pub use crate::inheritance::{Family, Listed};
pub use answer::{AnswerError, IdentifyAnswer, IdentifyChoices, IdentifyTask, coded, populations};
pub use bodies::{Bodies, Body, TooManyObservations};
pub use coancestry::{MOST_MULTIPLICATIONS, QUICK_MULTIPLICATIONS, multiplications};
pub use company::Company;
pub use consistency::{Contradiction, contradiction};
pub use explain::{Asked, IdentityExplained, explain_identity, log10_lr_together};
pub use family_case::{FamilyCase, UnusedLocus};
pub use founders::{Founder, Founders};
pub use identify::{FamilyReport, Identification, Missing, ScannedFamily, ToIdentify, identify};
pub use linkage::linkage_matters;
pub use merging::{KeptApart, Merged, OnePersonsRemains, join_samples, merge_samples};
pub use models::{LocusInUse, Models, Unseen};
pub use pairwise::{PersonScores, sexes_agree};
pub use placements::ln_singles;
pub use power::{Power, power, strangers_score};
pub use prior::{Prior, share_identified};
pub use roster::{Roster, RosterError};
pub use share::ScannedFamilies;
pub use shared_rows::SharedRows;
pub use twins::TwinsLookedFor;
pub use typed_family::{FamilyWithSamples, Typed};

use crate::inheritance::pedigree::PedigreeError;
use crate::likelihood::{LikelihoodError, ModelError};

/// Why an identification cannot be done.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IdentificationError {
    /// The engine refuses the theta of a family.
    #[error("family {family}: {cause}")]
    Family {
        /// The family.
        family: String,
        /// What it says.
        cause: LikelihoodError,
    },
    /// The engine refuses a case.
    #[error(transparent)]
    Likelihood(#[from] LikelihoodError),
    /// A model that cannot be made.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A pedigree that is none.
    #[error(transparent)]
    Pedigree(#[from] PedigreeError),
    /// Theta cannot be had in useful time.
    #[error(
        "family {family}: theta is above 0, and the founder alleles of its untyped people can have come down in too many ways: \
         {} multiplications for each locus or group of linked loci, at most {:.0e} are done{}: set theta = 0 ([population] in the \
         settings, `theta` in a marker file), or list fewer untyped people, or link no more than two loci in a row",
        about(*.multiplications),
        coancestry::MOST_MULTIPLICATIONS,
        others_too(*.others)
    )]
    ThetaTooCostly {
        /// The first such family.
        family: String,
        /// For one locus; infinite where it is beyond the engine's limits too.
        multiplications: f64,
        /// How many more families are too costly.
        others: usize,
    },
    /// The user interrupted.
    #[error("interrupted")]
    Interrupted,
    /// Too much to code.
    #[error(transparent)]
    Observations(#[from] TooManyObservations),
}

fn about(number: f64) -> String {
    if number.is_finite() { format!("about {number:.0e}") } else { "more than 1e10".to_owned() }
}

fn others_too(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (one more family has too many as well)".to_owned(),
        _ => format!(" ({others} more families have too many as well)"),
    }
}
