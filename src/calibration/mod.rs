//! Whether stated probabilities can be believed: many simulated cases of known truth through the whole pipeline.
//!
//! 1. [`Statistics`](crate::statistics::Statistics): what cases are drawn from, and what they are analysed with; a [`Scenario`] is a
//!    pair of them.
//! 2. [`run_scenario`]: cases are simulated, searched as `filia match` does, and compared with the truth; [`run_identities`]: the same of
//!    bodies and families, as `filia identify` does.
//! 3. [`Reliability`]: stated posteriors against observed frequencies; [`Recall`]: parents found and others believed;
//!    [`TruthRow`]: what the believed really are; [`LlrQuality`]: what the likelihood ratios are worth. Intervals are exact
//!    ([`Proportion`]).
//!
//! A posterior rests on a prior: the probability that the parent is in the list at all. It can be right on average only where that
//! prior is, so the simulated share of parents in the list serves as the prior, and the simulated number of a child's other
//! relatives ([`ScenarioPrior::Simulated`]).

mod confusion;
mod identities;
mod like;
mod llr;
mod proportion;
mod recall;
mod reliability;
mod run;
mod subjects;
mod tally;
#[cfg(test)]
mod tests;
mod truth;

pub use confusion::{BestCounts, CONVINCING, ConfusionTally, Truth, TruthRow};
pub use identities::run_identities;
pub use like::{LikeError, shape_like};
pub use llr::{LlrQuality, LlrTally, PavStep, TippettStep};
pub use proportion::{CONFIDENCE, Proportion, clopper_pearson};
pub use recall::{FoundParent, Recall, RecallTally, THRESHOLDS, ThresholdRecall};
pub use reliability::{BIN_ENDS, Reliability, ReliabilityBin, ReliabilityTally};
pub use run::{Calibration, CalibrationError, CasePlan, Scenario, ScenarioPrior, ScenarioResult, run_scenario};
pub use subjects::{CalibratedQuestion, Subjects};
