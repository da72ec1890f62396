//! What a program that uses the library needs most: `use filia::prelude::*;`.

pub use crate::inheritance::{MutationModel, Relationship};
pub use crate::io::result_tables::Format;
pub use crate::matching::{Candidacy, Couple, Explanation, Found};
pub use crate::profile::{LocusName, Panel, Role, SampleIndex, Sex};
pub use crate::progress::{NoProgress, Progress, Stage};
pub use crate::run::{
    IdentifyAnswer, IdentifyCase, IdentifyInput, MatchCase, MatchInput, Output, Pair, PersonProfile, Reading, RunError,
    Scorer, SimulateInput, identify_into, match_into, simulate_into,
};
pub use crate::settings::Settings;
pub use crate::statistics::Statistics;
