//! What a run writes: the manifest and the result tables.

pub mod calibration_tables;
pub mod case_power_tables;
pub mod court;
mod family_tables;
mod identification_tables;
pub mod manifest;
mod match_tables;
pub mod messages;
pub mod page;
mod plain_table;
pub mod power_tables;
mod printable;
mod rejected_table;
pub mod run_comparison;
mod synthetic_tables;
pub mod table;
mod words;

pub use family_tables::{MissingName, case_families_table, identities_table, sibships_table};
pub use identification_tables::IdentificationReport;
pub use manifest::{InputFile, Manifest, Timings};
pub use match_tables::{couples_table, direct_matches_table, matches_table, status_table};
pub use plain_table::{align_right, plain_table};
pub use printable::printable;
pub use rejected_table::rejected_table;
pub use synthetic_tables::SyntheticTables;
pub use table::{counted, probability_in_words, significant};
