//! What a panel can tell: the distribution of likelihood ratios under each truth, error rates, thresholds.
//!
//! [`LocusPairs`] lists what two people can show at a locus, with the engine's own probabilities and likelihood ratios;
//! [`LrDistribution`] adds independent loci exactly, on a fine grid; [`estimate_tail`] checks its tails by importance sampling;
//! [`panel_power`] makes error rates, thresholds and ranks of them. Linked loci are taken as independent here.

mod distribution;
mod false_leads;
mod grid;
mod importance;
mod lr_interval;
mod pair_tables;
mod panel_power;
mod stranger_scores;
#[cfg(test)]
mod tests;

pub use distribution::{Grid, LrDistribution};
pub use false_leads::{FalseLeads, RESOLUTION, TypedAlike};
pub use grid::Atom;
pub use importance::{Estimate, Tail, estimate_tail};
pub use lr_interval::{COVERAGE, LrDraws, LrInterval, NumberOfPeopleMissing, interval_of};
pub use pair_tables::{LocusPairs, PairTyping, PowerError};
pub use panel_power::{GrowingPower, PanelPower, PowerQuestion, TRUTHS, ThresholdPower, TruthPower, panel_power};
pub use stranger_scores::StrangerScores;
