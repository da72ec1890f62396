//! Files in and out, one file for each format.

pub mod delimited;
pub mod problems;
pub mod profiles;
