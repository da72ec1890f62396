//! Runs from start to end: read, search, write. What the commands call, and what any other program can call.
//!
//! 1. [`MatchCase`]: children against candidates; [`match_into`] writes what was found into a result folder;
//!    [`match_part_into`] does part of the search, and [`merge_into`] puts the parts together.
//! 2. [`IdentifyCase`]: bodies against families; [`identify_into`], and in parts [`identify_part_into`].
//! 3. [`Scorer`]: single pairs of a panel, or of two hand-written profiles ([`PersonProfile`]).
//! 4. [`simulate_into`]: a synthetic case of known truth.
//! 5. [`check()`]: what is wrong with files of profiles.
//! 6. [`calibrate()`]: whether stated posteriors can be believed; [`calibrate_into`].
//! 7. [`power()`]: what a panel can tell.
//! 8. [`convert()`]: profiles from one format into another.
//!
//! What is read of profiles and how is said by [`Reading`], where results go by [`Output`]. A run reads each file once, into the
//! [`Inputs`](crate::io::source::Inputs) of its case. Whoever watches may stop it ([`Progress`](crate::progress::Progress)).

mod calibrate;
mod calibrate_options;
mod check;
mod convert;
mod court;
mod error;
mod familias_project;
mod filiation_with_families;
mod identify_case;
mod identify_notes;
mod identify_results;
mod inputs;
mod linkage;
mod match_case;
mod match_relatives;
mod match_results;
mod other_files;
mod output;
mod page;
mod part_set;
mod parts;
mod person_profile;
mod power;
mod reading;
mod rerun;
mod scorer;
mod synthetic_case;

pub use crate::identification::IdentifyAnswer;
pub use calibrate::{CalibrateInput, Variation, calibrate, calibrate_into};
pub use calibrate_options::{CalibrateInputError, CalibrateOptions, CalibratedCase, Varied};
pub use check::{CheckInput, Findings, check};
pub use convert::{Conversion, Converted, ProfileFormat, convert};
#[cfg(feature = "pdf")]
pub use court::files_of_run;
pub use court::{CourtRequest, CourtSubject, read_court_report};
pub use error::{ConversionError, RunError, in_one_sentence};
pub use identify_case::{IdentifyCase, IdentifyInput};
pub use identify_notes::IdentifyMessages;
pub use identify_results::identify_into;
pub use inputs::{frequency_file, statistics_files};
pub use match_case::{MatchCase, MatchInput};
pub use match_relatives::MatchRelatives;
pub use match_results::match_into;
pub use output::Output;
pub use page::read_report;
pub use part_set::PartsError;
pub use parts::{MergedRun, PartTarget, identify_part_into, match_part_into, merge_into, merge_parts_into};
pub use person_profile::{PersonProfile, ProfileTextError};
pub use power::{MOST_DRAWS, PowerInput, PowerInputError, power, power_of_run};
pub use reading::Reading;
use reading::{SAMPLES_AT_ONCE, reject_call};
pub use rerun::read_again;
pub use scorer::{Pair, Scorer};
pub use synthetic_case::{SimulateInput, describe_case, simulate_into};
