//! Statistics compile to tables: from a panel, frequency tables and settings to the models of a case, and from those to
//! one row of log10 likelihood ratios for each thing that a query can show at a locus.

mod case_models;
mod linkage;
mod open_locus;
mod question;
mod score_tables;
mod unseen_alleles;
mod unseen_by_sample;
mod unusable_calls;

pub use case_models::{AddedAllele, CaseModels, ModelsError, PopulationModels};
pub use linkage::{LinkageError, kept_loci, linkage_groups, single_loci};
pub use open_locus::{LocusSource, OpenLocus, TableLocus, normalised};
pub use question::Question;
pub use score_tables::{PairModel, RowKey, ScoreTables, TableError};
pub use unseen_by_sample::{UnseenAllele, note_unseen, unseen_by_sample};
pub use unusable_calls::{InUse, UnusableCall, UnusableCalls};
