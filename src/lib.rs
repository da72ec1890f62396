//! `filia` finds out who children's parents are from DNA profiles.
//!
//! Statistics compile to tables; search is table look-up:
//!
//! 1. [`profile`]: profiles are dictionary-coded columns, one small code for each distinct call at a locus.
//! 2. [`population`] and [`inheritance`]: what the statistics rest on: allele frequencies, mutation,
//!    pedigrees, and what a laboratory sees of a true genotype.
//! 3. [`likelihood`]: one exact network for every hypothesis, and the score rows made from it.
//! 4. [`model`]: from settings, tables and profiles to the models and score tables of a case.
//! 5. [`search`]: the scan. It knows no genetics: the score of a pair is a sum of look-ups.
//! 6. [`inference`] and [`matching`]: posteriors, rival relationships, couples; the main job from start to end, and
//!    [`matching::one_person`]: which samples are one person's, the same for all commands.
//! 7. [`simulate`], [`power`], [`calibration`]: cases of known truth, and what panel and search make of them.
//! 8. [`io`], [`statistics`], [`report`]: files in, what settings name, files out.
//! 9. [`run`]: from files to results; `blind` (behind the feature of this name): two sides that do not pool their profiles;
//!    [`cli`]: arguments to settings, and one call of it.
//!
//! [`progress`] tells whoever watches what a run is doing, and lets them stop it.
//!
//! Data flows one way (read, code, model, table, scan, infer, write), and a module knows only those before it.
//!
//! # As a library
//!
//! The [`prelude`] has what a program needs most. The likelihood ratio of one pair of profiles written by hand:
//!
//! ```
//! use filia::prelude::*;
//!
//! let statistics = Statistics::bundled("nist1036:cauc")?;
//! let child = PersonProfile::new("child", [("D3S1358", "15,17"), ("vWA", "16,18"), ("TH01", "6,9.3")])?;
//! let man = PersonProfile::new("man", [("D3S1358", "14,15"), ("vWA", "16,17"), ("TH01", "9.3")])?.of_sex(Sex::Male);
//! let pair = Pair::new(&statistics, &child, &man)?;
//! assert!(pair.log10_lr(Relationship::Parent)? > pair.log10_lr(Relationship::Avuncular)?);
//! # Ok::<(), RunError>(())
//! ```
//!
//! The main job, from files to the best candidate of each child:
//!
//! ```
//! use filia::prelude::*;
//!
//! let candidates = ["data/demo/corpses.csv", "data/demo/detainees.csv"];
//! let case = MatchCase::read(vec!["data/demo/children.csv"], candidates.to_vec(), &Settings::default())?;
//! let found = case.search()?;
//! for best in found.parents.candidacies.iter().filter(|candidacy| candidacy.rank == 1) {
//!     let (child, candidate) = (case.panel().full_id(best.child), case.panel().full_id(best.candidate));
//!     println!("{child}  {candidate}  log10 LR {:.2}  posterior {:.4}", best.log10_lr, best.posterior);
//! }
//! # Ok::<(), RunError>(())
//! ```
//!
//! More in `examples/`: `pair`, `match_folder`, `simulate_and_score`.

#[cfg(feature = "blind")]
pub mod blind;
pub mod calibration;
pub mod cli;
pub mod identification;
pub mod inference;
pub mod inheritance;
pub mod io;
pub mod likelihood;
pub mod matching;
pub mod model;
mod name_some;
pub mod population;
pub mod power;
pub mod prelude;
pub mod profile;
pub mod progress;
pub mod report;
pub mod run;
pub mod search;
pub mod settings;
pub mod simulate;
pub mod statistics;
mod threads;
