//! From likelihood ratios to answers: posteriors, words, and the joint answer over bodies and missing persons.

mod as_shown;
pub mod joint;
mod logarithms;
mod parentage;
mod verbal;

pub use as_shown::as_shown;
pub use logarithms::{log10_add, log10_subtract};
pub use parentage::{InList, ParentSums, ParentWeights, PersonSums, Place};
pub use verbal::{Strength, verbal};
