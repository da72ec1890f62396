//! What a run writes: the manifest and the result tables.

pub mod manifest;
