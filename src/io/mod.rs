//! Files in and out, one file for each format.

pub mod case_expected;
pub mod case_file;
pub mod json;
pub mod marker_file;
