//! Samples that come from one and the same person: one rule for every command.
//!
//! - [`rule`]: when two samples are one person's, and what speaks against it beside the DNA.
//! - [`pairs`]: finds the pairs of a list by a scan.
//! - [`reported`]: the reported candidates too, where not everybody was compared with everybody.
//! - [`persons`]: who is one person of the candidates, and which sample stands for it.

mod pairs;
mod persons;
mod reported;
mod rule;

pub use pairs::{DirectMatch, DirectMatches, describe_among, describe_pairs, find_among, find_direct_matches};
pub(in crate::matching) use pairs::{compares_all, find_pairs_with};
pub use persons::Persons;
pub use rule::{DIFFERING_LOCUS, LEAST_LOG10_LR, LEAST_OVER_RELATIVES};
