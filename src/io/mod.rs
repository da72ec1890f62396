//! Files in and out, one file for each format.

pub mod frequency_file;
pub mod table_file;
