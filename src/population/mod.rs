//! Allele frequencies: tables, the rare-allele policy, the bundled populations, estimates from profiles.
//!
//! A [`FrequencyTable`] is what was counted in a population sample. What a likelihood needs is an [`Alphabet`]: every
//! allele of the table and of the case, each with a frequency above 0. [`RareAllelePolicy`] says how one becomes the
//! other; which alleles it had to help is kept, for the run to report.

mod alphabet;
pub mod bundled;
mod estimate;
mod plausible;
mod table;

pub use alphabet::{Alphabet, DEFAULT_MINIMUM_WITHOUT_PEOPLE, MinimumAppliesTo, MinimumFrequency, RareAllelePolicy};
pub use estimate::{LocusEstimate, PopulationEstimate, estimate};
pub use plausible::{Implausible, PlausibleAlleles, PublishedLocus, published};
pub use table::{FrequencyTable, LocusFrequencies, TableLoci, name_apart};
