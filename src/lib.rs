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
//! 8. [`io`], [`report`], [`cli`]: files in, files out, the command line.
//!
//! [`progress`] tells whoever watches what a run is doing.
//!
//! Data flows one way (read, code, model, table, scan, infer, write), and a module knows only those before it.

pub mod calibration;
pub mod cli;
pub mod identification;
pub mod inference;
pub mod inheritance;
pub mod io;
pub mod likelihood;
pub mod matching;
pub mod model;
pub mod population;
pub mod power;
pub mod profile;
pub mod progress;
pub mod report;
pub mod search;
pub mod settings;
pub mod simulate;
mod threads;
