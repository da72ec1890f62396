//! Whose body is this: remains against families with missing members.

pub mod joint;
