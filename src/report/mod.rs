//! What a run writes: the manifest and the result tables.

pub mod calibration_tables;
pub mod case_power_tables;
mod identification_tables;
pub mod manifest;
mod match_tables;
mod number;
pub mod power_tables;
mod printable;
pub mod run_comparison;

pub use identification_tables::IdentificationReport;
pub use manifest::{InputFile, Manifest, Timings};
pub use match_tables::{write_couples, write_direct_matches, write_matches, write_status};
pub use number::{counted, precise, probability_in_words, significant};
pub use printable::printable;
