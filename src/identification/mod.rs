//! Whose body is this: remains against families with missing members.

mod family;
pub mod joint;

pub use family::{Family, Listed};
