//! Synthetic families and cases with known truth.
//!
//! A case is described by its families ([`CaseShape`]); its samples, and the truth about them, are made on demand from a
//! seed ([`SyntheticCase`]): genes are dropped through pedigrees with the engine's own mutation matrices
//! ([`GeneDrop`]), and what the laboratory reports is drawn from the engine's own observation model ([`Laboratory`]).
//! Any sample can be made alone, so a case of ten million streams in constant memory, with the same result on any number
//! of threads.

mod case;
mod case_panel;
mod discrete;
mod gene_drop;
mod laboratory;
mod layout;
mod pedigrees;
mod relations;
mod shape;
mod shuffle;
mod stream;
#[cfg(test)]
mod tests;
mod trap;

pub use case::{FamilyTruth, Parents, SyntheticCase, SyntheticSample};
pub use case_panel::CasePanel;
pub use discrete::Discrete;
pub use gene_drop::{DrawnGenotype, FamilyGenotypes, GeneDrop, Linkage, Mutation, draw_sexes, gamma};
pub use laboratory::{Laboratory, Quality, Reported};
pub use layout::{CaseLayout, FamilyKind, ROLES, SamplePlace, Whose};
pub use relations::relationship;
pub use shape::{CaseShape, FamilyShape, KnownParentShape, PersonShape, QualityShape, RoleShape, ShapeError};
pub use shuffle::Shuffle;
pub use stream::{Purpose, Streams, below, uniform};
pub use trap::Trap;
