//! What a court report says, as plain data: whichever way it is shown, in whichever language.

use crate::inheritance::{ParentalRates, Relationship};
use crate::io::case_details::CaseDetails;
use crate::matching::ClosedForm;
use crate::report::page::FamilyDrawing;
use crate::settings::Settings;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A court report on one child, one body or one family.
#[derive(Debug)]
pub struct CourtReport {
    /// Whom it is on.
    pub subject: Subject,
    /// What a person wrote of the case.
    pub details: CaseDetails,
    /// The run.
    pub run: RunFacts,
    /// Everybody whose profile counts.
    pub items: Vec<Item>,
    /// Samples that were taken as one body.
    pub merged: Vec<MergedSamples>,
    /// What is weighed, one question after the other.
    pub comparisons: Vec<Comparison>,
    /// Missing persons of a family whom none of the bodies can be.
    pub without: Vec<String>,
    /// Several of these questions at once, where the run has an answer to that.
    pub together: Option<Together>,
    /// What the likelihoods rest on, where the inputs are there and unchanged; else why not.
    pub basis: Result<Basis, String>,
    /// What was read of these people and not used.
    pub rejected: Vec<RejectedCell>,
}

/// Whom a report is on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A child, of whom candidates may be this.
    Child(String, Relationship),
    /// A body, who may be a missing person.
    Body(String),
    /// A family, which misses persons.
    Family(String),
}

impl Subject {
    /// The id of the sample, or of the family.
    pub fn id(&self) -> &str {
        match self {
            Self::Child(id, _) | Self::Body(id) | Self::Family(id) => id,
        }
    }

    /// Whether it is asked who bodies are.
    pub fn is_identification(&self) -> bool {
        !matches!(self, Self::Child(..))
    }
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
    /// How many children, candidates, bodies, families … there were, by the manifest's words.
    pub counts: BTreeMap<String, u64>,
    /// What the run noted, in its words.
    pub notes: Vec<String>,
    /// The tables or columns that this run has not, in words.
    pub lacks: Vec<String>,
    /// When it ended: seconds since 1970, UTC. Where an older manifest does not say it, when that was written.
    pub ended: u64,
}

impl RunFacts {
    /// How many children, candidates, bodies … the run had.
    pub fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }
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
    /// A sample of a body.
    Body,
    /// A relative of a missing person.
    Relative,
}

/// Samples that the run took as one body.
#[derive(Clone, PartialEq, Debug)]
pub struct MergedSamples {
    /// Their ids.
    pub samples: Vec<String>,
    /// The least of the highest log10 LRs of being one person with another of them.
    pub log10_lr: f64,
    /// Loci at which they contradict each other, which are not used.
    pub contradictory: Vec<String>,
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

/// What is weighed against "not related".
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    /// Whether a candidate is a relative of a child.
    Kinship {
        /// The child's sample.
        child: String,
        /// The candidate's sample.
        candidate: String,
        /// What the candidate would be.
        relationship: Relationship,
        /// Where the candidate would stand.
        place: Place,
        /// The other parent under both propositions, where there is one.
        known: Option<String>,
    },
    /// Whether a body is a missing person.
    Identity {
        /// The body: the id of the first of its samples.
        body: String,
        /// The missing person.
        missing: String,
        /// Whose family it is.
        family: String,
    },
}

impl Question {
    /// What tells it from the other questions of a report: the candidate, or the body with the person.
    pub fn name(&self) -> String {
        match self {
            Self::Kinship { candidate, .. } => candidate.clone(),
            Self::Identity { body, missing, .. } => format!("{body} = {missing}"),
        }
    }
}

/// One question and what is known of it.
#[derive(Debug)]
pub struct Comparison {
    /// What is weighed.
    pub question: Question,
    /// Both propositions as pedigrees, where they can be drawn.
    pub pedigrees: Option<[FamilyDrawing; 2]>,
    /// The run's word for this place or this body.
    pub status: Option<Status>,
    /// What the tables say; nothing of a pair that the run does not report.
    pub found: Option<Found>,
    /// What the profiles say, where they are there and unchanged.
    pub evidence: Option<Evidence>,
    /// What else could be.
    pub others: Others,
}

/// What a run says of a place in a child's family, or of who a body is.
#[derive(Clone, PartialEq, Debug)]
pub struct Status {
    /// The word.
    pub word: String,
    /// Whom the run names, with the probability that the word rests on.
    pub named: Option<(String, f64)>,
}

/// What else could be.
#[derive(Clone, PartialEq, Debug)]
pub enum Others {
    /// Other relationships of the two, each with its log10 LR against "not related"; the one asked about is first.
    Relationships(Vec<(Relationship, f64)>),
    /// Other bodies for the person and other persons for the body, the likeliest first.
    Identities(Vec<OtherIdentity>),
}

/// A body and a person.
#[derive(Clone, PartialEq, Debug)]
pub struct OtherIdentity {
    /// The body.
    pub body: String,
    /// The missing person.
    pub missing: String,
    /// The person's family.
    pub family: String,
    /// log10 LR; nothing where the run does not list the pair.
    pub log10_lr: Option<f64>,
    /// The probability given everybody at once.
    pub posterior: Option<f64>,
}

/// What the tables of a run say of a comparison.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Found {
    /// From 1, among the candidates of a child.
    pub rank: Option<u64>,
    /// log10 LR; of several tables the lowest. Nothing where the run lists only higher ones.
    pub log10_lr: Option<f64>,
    /// Probabilities, each with what it is the probability of.
    pub posteriors: Vec<(Posterior, f64)>,
    /// The standard error of the first of them, where it was sampled.
    pub standard_error: Option<f64>,
    /// Loci at which both sides have a call.
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
    /// What the run says of the family.
    pub family: Option<FamilyFound>,
}

/// Of what a probability is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Posterior {
    /// The relationship, given all candidates of the child.
    OfChild,
    /// The relationship, given all children.
    OfCase,
    /// Another relationship.
    Other,
    /// The identity, given all bodies and families.
    Identity,
    /// Any missing person of the family.
    OfFamily,
    /// None of the missing persons.
    Nobody,
}

/// What the run says of a family.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FamilyFound {
    /// Probability that the DNA alone excludes an unrelated body with a full profile.
    pub exclusion: Option<f64>,
    /// Expected log10 LR of the right body with a full profile.
    pub expected_log10_lr: Option<f64>,
    /// Loci that are not used for this family.
    pub unused: Vec<String>,
    /// Whether and how its typed members contradict each other.
    pub contradiction: Option<Contradicted>,
}

/// Relatives who do not fit together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contradicted {
    /// Loci that are impossible without mutation.
    pub loci: Vec<String>,
    /// Who is most likely at fault.
    pub person: String,
    /// Whether mutation explains it.
    pub is_mutation: bool,
}

/// What the profiles say of a comparison.
#[derive(Debug)]
pub struct Evidence {
    /// Whose genotypes are compared.
    pub people: Vec<(String, Part)>,
    /// Locus by locus.
    pub loci: Vec<LocusShown>,
    /// log10 LR over all loci.
    pub log10_lr: f64,
    /// Loci at which both sides have a call.
    pub loci_compared: u64,
    /// log10 LR under other values of theta and each table.
    pub sensitivity: Vec<Sensitivity>,
    /// Alleles that a table gives less than they count for, or does not list.
    pub raised: Vec<RaisedAllele>,
    /// How many others the run could have put in this place.
    pub compared: u64,
}

/// A locus, or linked loci that were taken together.
#[derive(Clone, PartialEq, Debug)]
pub struct LocusShown {
    /// Its name.
    pub locus: String,
    /// What each of the people shows.
    pub calls: Vec<String>,
    /// Its log10 LR.
    pub log10_lr: f64,
    /// Whether it is possible under the first proposition only by mutation.
    pub is_inconsistent: bool,
    /// The fewest repeats by which an allele must have changed for that, where it is known.
    pub steps: Option<f64>,
    /// The closed form, where there is one and its value is the locus's LR.
    pub formula: Option<ClosedForm>,
}

/// The log10 LR under one value of theta.
#[derive(Clone, PartialEq, Debug)]
pub struct Sensitivity {
    /// Coancestry.
    pub theta: f64,
    /// Whether the run had it.
    pub is_of_run: bool,
    /// By table; nothing where the sum is out of reach.
    pub log10_lr: Vec<Option<f64>>,
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

/// Several questions at once.
#[derive(Clone, PartialEq, Debug)]
pub struct Together {
    /// What is held to be so.
    pub of: Jointly,
    /// log10 LR against "nobody is related to anybody else".
    pub log10_lr: f64,
    /// The probability of it.
    pub posterior: Option<f64>,
}

/// What is held to be so at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Jointly {
    /// Both parents of a child.
    Parents {
        /// The child's sample.
        child: String,
        /// The father's sample.
        father: String,
        /// The mother's sample.
        mother: String,
    },
    /// Several missing persons of a family, each with a body.
    Identities {
        /// The family.
        family: String,
        /// Bodies with the persons.
        identities: Vec<(String, String)>,
    },
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
    /// A question of which nothing is known yet.
    pub fn new(question: Question, others: Others) -> Self {
        Self { question, pedigrees: None, status: None, found: None, evidence: None, others }
    }

    /// The log10 LR: as the tables have it, else from the profiles.
    pub fn log10_lr(&self) -> Option<f64> {
        let from_profiles = || Some(self.evidence.as_ref()?.log10_lr);
        self.found.as_ref().and_then(|found| found.log10_lr).or_else(from_profiles)
    }

    /// Whether the tables and the profiles say the same, as far as both are there: to the two decimals that are shown.
    pub fn is_confirmed(&self) -> Option<bool> {
        let (found, evidence) = (self.found.as_ref()?.log10_lr?, self.evidence.as_ref()?);
        let again = evidence.log10_lr;
        Some(found == again || (found - again).abs() < 0.005)
    }
}
