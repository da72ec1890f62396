//! Files in and out, one file for each format.

pub mod case_expected;
pub mod case_file;
pub mod delimited;
pub mod frequency_file;
pub mod json;
pub mod marker_file;
pub mod pedigree_file;
pub mod problems;
pub mod profiles;
pub mod table_file;
