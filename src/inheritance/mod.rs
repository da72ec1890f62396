//! How alleles pass from parents to children, and what a laboratory sees of them.

pub mod rates;
pub mod mutation;
pub mod observation;
pub mod pedigree;
pub mod relationship;
