//! What a panel can tell: the distribution of likelihood ratios under each truth, error rates, thresholds.

mod distribution;
mod importance;

pub use distribution::{Atom, Grid, LrDistribution};
pub use importance::{Estimate, Tail, estimate_tail};
