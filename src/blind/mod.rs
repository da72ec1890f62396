//! Two sides that do not pool their profiles: what `filia-blind`, which knows no genetics, needs of them.
//!
//! 1. [`Agreement`]: the file that both sides wrote together.
//! 2. [`Codebook`]: loci and classes of genotypes with rare alleles pooled, and the integers that pairs of them score.
//! 3. [`People`]: profiles as classes and rows of that codebook.
//! 4. [`Folder`]: one side's files, and the steps of the exchange.

mod agreement;
mod codebook;
mod folder;
mod people;
mod pooling;
mod rows;

pub use agreement::{AgreedTerms, Agreement, AgreementError, RuleName, UNIT};
pub use codebook::{Codebook, CodebookError};
pub use folder::{Folder, FolderError, Outcome};
pub use people::{People, Person};
