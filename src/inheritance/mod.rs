//! How alleles pass from parents to children, and what a laboratory sees of them.

mod missing_family;
pub mod mutation;
pub mod observation;
pub mod pedigree;
pub mod rates;
pub mod relationship;

pub use missing_family::{Family, Listed};
pub use mutation::{MutationAlleles, MutationDefinition, MutationError, MutationModel, MutationParameters};
pub use observation::{AlleleIndex, Evidence, Seen, Survivors, random_call, survivors};
pub use pedigree::{Individual, Pedigree, PedigreeError};
pub use rates::{LocusRates, MutationRates, ParentalRates};
pub use relationship::{Hypothesis, KnownParent, Line, MOST_LINES, Relationship, RelationshipError};
