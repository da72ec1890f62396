//! What the profiles add to the tables of a run: who shows what at which locus, and what each locus says of a pair.

use super::family_drawing::FamilyDrawing;
use super::strangers::Strangers;
use std::collections::BTreeMap;

/// The profiles of those who are on the page.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Genotypes {
    /// The loci in use.
    pub loci: Vec<String>,
    /// By sample.
    pub typings: BTreeMap<String, Typing>,
    /// By child and candidate.
    pub pairs: BTreeMap<(String, String), PairLoci>,
    /// The families of an identification.
    pub families: Vec<FamilyDrawing>,
    /// What strangers would score, where that is quickly told.
    pub strangers: Option<Strangers>,
}

/// One sample.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typing {
    /// Its sex in a word.
    pub sex: &'static str,
    /// Its call at each locus in use, as `15,17`; `-` without a result.
    pub calls: Vec<String>,
}

/// What each locus says of a pair.
#[derive(Clone, PartialEq, Debug)]
pub struct PairLoci {
    /// log10 LR of the relationship asked about, locus by locus.
    pub log10_lr: Vec<f64>,
    /// The loci (0-based) that need a mutation, with the fewest steps, where repeats can be counted.
    pub inconsistent: Vec<(usize, Option<f64>)>,
    /// The sample of the known parent, if any.
    pub known_parent: Option<String>,
}

impl Typing {
    /// The number of loci with a result.
    pub fn typed(&self) -> usize {
        self.calls.iter().filter(|call| *call != "-").count()
    }
}
