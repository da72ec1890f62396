//! Files in and out, one file for each format.

pub mod case_expected;
pub mod case_file;
pub mod case_shape;
pub mod delimited;
pub mod frequency_file;
pub mod json;
pub mod known_names;
pub mod marker_file;
pub mod missing;
pub mod packed_panel;
pub mod pedigree_file;
mod pedigree_notes;
pub mod problems;
pub mod profiles;
pub mod rates_file;
pub mod recombination;
pub mod rejected_list;
pub mod result_tables;
pub mod run_folder;
pub mod run_reader;
pub mod safe_csv;
pub mod settings_file;
pub mod source;
pub mod table_file;
pub mod unfinished;
pub mod unwinding;
pub mod whole_file;
