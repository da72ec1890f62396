//! What a court report says, as plain data: whichever way it is shown, in whichever language.

use crate::inheritance::{ParentalRates, Relationship};
use crate::io::case_details::CaseDetails;
use crate::matching::{ClosedForm, Explanation};
use crate::settings::Settings;
use std::path::PathBuf;

/// A court report on one child.
#[derive(Debug)]
pub struct CourtReport {
    /// The child's sample.
    pub child: String,
    /// What was asked of the candidates.
    pub relationship: Relationship,
    /// What a person wrote of the case.
    pub details: CaseDetails,
    /// The run.
    pub run: RunFacts,
    /// Everybody whose profile counts: the child, its known parents, the candidates.
    pub items: Vec<Item>,
    /// The candidates that the report is on.
    pub comparisons: Vec<Comparison>,
    /// Father and mother at once, where the run has them among its couples.
    pub couple: Option<CoupleFound>,
    /// What the likelihoods rest on, where the inputs are there and unchanged; else why not.
    pub basis: Result<Basis, String>,
    /// What was read of these people and not used.
    pub rejected: Vec<RejectedCell>,
}

/// What the manifest and the folder say of the run.
#[derive(Debug)]
pub struct RunFacts {
    /// The folder with its results.
    pub folder: PathBuf,
    /// Version of the program that made the run.
    pub version: String,
    /// The settings in full.
    pub settings: Settings,
    /// Whether a marker file says what the settings else say of frequencies and mutation.
    pub has_markers: bool,
    /// Every file that the run read, and what has become of it.
    pub inputs: Vec<InputState>,
    /// Files of the result folder with their SHA-256 as they are now.
    pub results: Vec<(String, String)>,
    /// Pairs compared in the whole run.
    pub pairs: u64,
    /// Number of candidates in the lists.
    pub candidates: u64,
    /// Number of children.
    pub children: u64,
    /// What the run noted, in its words.
    pub notes: Vec<String>,
    /// The tables or columns that this run has not, in words.
    pub lacks: Vec<String>,
    /// When it ended: seconds since 1970, UTC. Where an older manifest does not say it, when that was written.
    pub ended: u64,
}

/// A file that the run read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InputState {
    /// What it was read for.
    pub role: String,
    /// Its path, or the name of a bundled table.
    pub path: String,
    /// 64 hexadecimal digits.
    pub sha256: String,
    /// What has become of it.
    pub state: FileState,
}

/// What has become of a file since it was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileState {
    /// The same bytes.
    Unchanged,
    /// Other bytes.
    Changed,
    /// It is not there, or cannot be read.
    Gone,
}

/// A sample.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// What it is here.
    pub part: Part,
    /// The sex in the profile, `female`, `male` or `unknown`; nothing where the profile was not read.
    pub sex: Option<&'static str>,
    /// File and line where it was read first.
    pub place: Option<(String, u64)>,
}

/// What a person is in the report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The child.
    Child,
    /// A parent whom the child's row names.
    KnownParent,
    /// Somebody who is compared with the child.
    Candidate,
}

/// The place that a candidate has in the family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Father.
    Father,
    /// Mother.
    Mother,
    /// A parent of unknown sex, or another relative.
    Either,
}

/// The child against one candidate.
#[derive(Debug)]
pub struct Comparison {
    /// The candidate's sample.
    pub candidate: String,
    /// What the candidate would be.
    pub place: Place,
    /// The run's word for this place, with the probability that it rests on.
    pub status: Option<(String, Option<f64>)>,
    /// What the tables say; nothing of a candidate whom the run does not report.
    pub found: Option<FoundPair>,
    /// What the profiles say, where they are there and unchanged.
    pub evidence: Option<Evidence>,
}

/// A row of `matches.csv`.
#[derive(Clone, PartialEq, Debug)]
pub struct FoundPair {
    /// From 1.
    pub rank: u64,
    /// log10 LR; of several tables the lowest.
    pub log10_lr: f64,
    /// The probability of the relationship given all candidates of this child at once.
    pub posterior: Option<f64>,
    /// The probability given all children at once.
    pub posterior_case: Option<f64>,
    /// The probability that the candidate is another relative, and the likeliest kind.
    pub other: Option<(f64, String)>,
    /// Loci at which both have a call.
    pub loci_compared: u64,
    /// Loci that need a mutation, by name.
    pub inconsistent: Vec<String>,
    /// The 99 % interval, where the run has one.
    pub interval: Option<(f64, f64)>,
    /// Expected number of strangers of the list who score as high, where the run has it.
    pub false_leads: Option<f64>,
    /// What to be wary of, in the run's words.
    pub flags: Vec<String>,
    /// The best-supported relationship with its log10 LR.
    pub best: Option<(Relationship, f64)>,
}

/// What the profiles say of a comparison.
#[derive(Debug)]
pub struct Evidence {
    /// Locus by locus.
    pub explanation: Explanation,
    /// For each locus the closed form, where there is one and its value is the locus's LR.
    pub formulas: Vec<Option<ClosedForm>>,
    /// log10 LR under other values of theta and each table.
    pub sensitivity: Vec<Sensitivity>,
    /// Alleles that a table gives less than they count for, or does not list.
    pub raised: Vec<RaisedAllele>,
    /// How many candidates could have this place, by their sex.
    pub compared: u64,
}

/// The log10 LR under one value of theta.
#[derive(Clone, PartialEq, Debug)]
pub struct Sensitivity {
    /// Coancestry.
    pub theta: f64,
    /// Whether the run had it.
    pub is_of_run: bool,
    /// By table.
    pub log10_lr: Vec<f64>,
}

/// An allele that counts with more than its table says.
#[derive(Clone, PartialEq, Debug)]
pub struct RaisedAllele {
    /// The locus.
    pub locus: String,
    /// The allele.
    pub allele: String,
    /// What the table says; 0 where it does not list the allele.
    pub counted: f64,
    /// What it counts with.
    pub used: f64,
}

/// Father and mother at once.
#[derive(Clone, PartialEq, Debug)]
pub struct CoupleFound {
    /// The father's sample.
    pub father: String,
    /// The mother's sample.
    pub mother: String,
    /// log10 LR against "all three unrelated".
    pub log10_lr: f64,
    /// The probability that both are the parents.
    pub posterior: Option<f64>,
}

/// What the likelihoods rest on.
#[derive(Clone, PartialEq, Debug)]
pub struct Basis {
    /// The frequency tables by name, each with its population in words, where it is bundled.
    pub tables: Vec<TableUsed>,
    /// The loci in use.
    pub loci: Vec<LocusUsed>,
    /// Loci of the profiles without frequencies.
    pub unused: Vec<String>,
}

/// A frequency table.
#[derive(Clone, PartialEq, Debug)]
pub struct TableUsed {
    /// Its name.
    pub name: String,
    /// Where it was published, of a bundled one.
    pub source: Option<&'static str>,
}

/// A locus in use.
#[derive(Clone, PartialEq, Debug)]
pub struct LocusUsed {
    /// Its name.
    pub locus: String,
    /// How many people each table counted, where it is known.
    pub people: Vec<Option<f64>>,
    /// Mutation rates, where there is mutation and the settings say them.
    pub rates: Option<ParentalRates>,
}

/// Something that was read and not used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectedCell {
    /// The sample.
    pub sample: String,
    /// The locus or column.
    pub locus: String,
    /// What stood there.
    pub value: String,
    /// Why it is not used, in the run's words.
    pub reason: String,
}

impl Comparison {
    /// The log10 LR: as the tables have it, else from the profiles.
    pub fn log10_lr(&self) -> Option<f64> {
        let from_profiles = || Some(self.evidence.as_ref()?.explanation.total_log10_lr[0]);
        self.found.as_ref().map(|found| found.log10_lr).or_else(from_profiles)
    }

    /// Whether the tables and the profiles say the same, as far as both are there: to the two decimals that are shown.
    pub fn is_confirmed(&self) -> Option<bool> {
        let (found, evidence) = (self.found.as_ref()?, self.evidence.as_ref()?);
        let again = evidence.explanation.total_log10_lr[0];
        Some(found.log10_lr == again || (found.log10_lr - again).abs() < 0.005)
    }
}
