//! Every setting of a run: plain data, with the defaults of the settings file.
//!
//! A settings file sets some of them, the command line overrides some, the manifest holds all. Each has one name:
//! its section and key in the settings file, which is also its path in the manifest and in messages.

mod effects;
mod ranges;
mod written;

pub use effects::{CALIBRATE_IDENTIFY, Given, NoEffect};
pub use ranges::SettingOutOfRange;

use crate::inheritance::{MutationModel, Relationship};
use crate::population::{MinimumAppliesTo, MinimumFrequency, RareAllelePolicy};
use crate::profile::{DropOut, Sex};
use serde::{Deserialize, Serialize};

/// Every setting of a run.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Allele frequencies.
    pub population: PopulationSettings,
    /// How alleles change between parent and child.
    pub mutation: MutationSettings,
    /// What a laboratory sees of a genotype.
    pub observation: ObservationSettings,
    /// Loci that are inherited together.
    pub linkage: LinkageSettings,
    /// What is looked for and reported.
    pub search: SearchSettings,
    /// How far uncertain allele frequencies leave a likelihood ratio uncertain.
    pub interval: IntervalSettings,
    /// Probabilities before the DNA.
    pub prior: PriorSettings,
    /// From which probability on an answer is called what.
    pub status: StatusSettings,
    /// What is known of parents of children.
    pub children: ChildrenSettings,
}

/// `[population]`: allele frequencies.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PopulationSettings {
    /// Bundled names or files; with several, the lowest likelihood ratio is reported.
    pub tables: Vec<String>,
    /// Coancestry, in [0, 1).
    pub theta: f64,
    /// The least frequency of an allele.
    pub minimum_frequency: MinimumFrequency,
    /// Which alleles get it.
    pub minimum_applies_to: MinimumAppliesTo,
    /// What is done where one of several tables lacks a locus.
    pub fallback: Fallback,
    /// Whether frequencies are divided by their sum once unseen alleles have theirs.
    pub renormalise: bool,
}

/// What is done where one of several tables lacks a locus that another has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fallback {
    /// The frequencies of the first table that has it are taken.
    #[default]
    First,
    /// It is left out of that table's likelihood ratio.
    None,
}

/// `[mutation]`: how alleles change between parent and child.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MutationSettings {
    /// The mutation model.
    pub model: MutationModel,
    /// How much less likely each further step is (stepwise, dawid), above 0, at most 1.
    pub range: f64,
    /// Rate of changes between repeat classes, such as 9 to 9.3 (stepwise), in [0, 0.05].
    pub rate2: f64,
    /// Where the rates by locus and sex of the parent come from.
    pub rates: RatesSource,
}

/// `[observation]`: what a laboratory sees of a genotype.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObservationSettings {
    /// Frequency of alleles that are never seen, in [0, 1).
    pub silent_frequency: f64,
    /// Probability of one extra allele at a locus, in [0, 1).
    pub drop_in: f64,
    /// Probability that an allele is not seen, for all or by role; a profile's own value overrides it.
    pub drop_out: DropOut,
}

/// `[linkage]`: loci that are inherited together.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinkageSettings {
    /// Whether `identify` scores linked loci together; otherwise all loci are taken as independent.
    #[serde(rename = "use")]
    pub is_used: bool,
    /// Which loci are linked.
    pub pairs: LinkedPairs,
}

/// Which loci are linked: `"bundled"`, a file, or a list.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "LinkedPairsForm", into = "LinkedPairsForm")]
pub enum LinkedPairs {
    /// The published recombination fractions that come with the program.
    #[default]
    Bundled,
    /// A file with the columns `locus_a,locus_b,recombination`.
    File(String),
    /// The pairs themselves.
    List(Vec<LinkedPair>),
}

/// Two linked loci.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedPair {
    /// Their names.
    pub loci: [String; 2],
    /// Recombination fraction, the same for both sexes, in [0, 0.5].
    pub rho: f64,
}

/// [`LinkedPairs`] as it is written.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"bundled\", a file name, or a list of { loci = [name, name], rho = number }")]
enum LinkedPairsForm {
    Name(String),
    List(Vec<LinkedPair>),
}

impl From<LinkedPairsForm> for LinkedPairs {
    fn from(form: LinkedPairsForm) -> Self {
        match form {
            LinkedPairsForm::Name(name) if name == "bundled" => Self::Bundled,
            LinkedPairsForm::Name(path) => Self::File(path),
            LinkedPairsForm::List(pairs) => Self::List(pairs),
        }
    }
}

impl From<LinkedPairs> for LinkedPairsForm {
    fn from(pairs: LinkedPairs) -> Self {
        match pairs {
            LinkedPairs::Bundled => Self::Name("bundled".to_owned()),
            LinkedPairs::File(path) => Self::Name(path),
            LinkedPairs::List(pairs) => Self::List(pairs),
        }
    }
}

/// `[search]`: what is looked for and reported.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchSettings {
    /// What a candidate may be to a child.
    pub relationship: Relationship,
    /// The least log10 likelihood ratio that is reported; `None` (in files: "none") reports all.
    #[serde(with = "written::none_or_number")]
    pub min_log10_lr: Option<f64>,
    /// The most candidates reported for a child, at least 1.
    pub top: usize,
    /// By what the reported candidates are ranked.
    pub rank_by: RankBy,
    /// Whether each reported candidate has the expected number of unrelated ones that score as high beside it.
    pub expected_false_leads: bool,
    /// How much work the parents of all children at once may take, above 0: 1 is some seconds for each group of children, 60 some
    /// minutes. What it does not suffice for is left open.
    pub joint_work: f64,
}

/// By what candidates are ranked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RankBy {
    /// The log10 likelihood ratio.
    #[default]
    Estimate,
    /// The lower end of its interval.
    Lower,
}

/// `[interval]`: how far uncertain allele frequencies leave a likelihood ratio uncertain.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntervalSettings {
    /// Whether each reported log10 likelihood ratio has its 99% interval beside it.
    pub report: bool,
    /// Number of draws of allele frequencies, at least 1,000.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

/// `[prior]`: probabilities before the DNA.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PriorSettings {
    /// Probability that the parent of a given sex is among the candidates, in [0, 1].
    pub in_list: f64,
    /// Probability that a person of unknown sex is a man, in [0, 1].
    pub male: f64,
    /// Probability that two children, neither of whose fathers is in the lists, have one father, in [0, 1); mothers likewise. `None` (in
    /// files: "by_children"): as [`PriorSettings::shared_unlisted`] has it.
    #[serde(with = "written::by_children_or_number")]
    pub shared_unlisted: Option<f64>,
    /// How long the lists are of which the candidates are those that a screening left.
    pub listed: ListedPrior,
    /// Other relatives of a child among the candidates.
    pub relatives: RelativesPrior,
    /// With families: probability that a body is one of the missing persons, in [0, 1).
    pub identified: f64,
    /// `match` with families: probability that a parent whom no list holds is one of the missing persons, in [0, 1).
    pub missing_parent: f64,
    /// `identify`: of how many other bodies of the list a body is expected to be one person, at least 0.
    pub one_person: f64,
    /// With families: what is alike before the DNA.
    pub assignments: AssignmentPrior,
}

/// `[prior.listed]`: how many candidates were compared in all, where only those are read whom an earlier screening left over. It has
/// no effect where as many or more are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListedPrior {
    /// Men.
    pub men: u32,
    /// Women.
    pub women: u32,
}

impl ListedPrior {
    /// How many are of this sex; of unknown sex nobody is counted.
    pub fn of(&self, sex: Sex) -> f64 {
        match sex {
            Sex::Male => f64::from(self.men),
            Sex::Female => f64::from(self.women),
            Sex::Unknown => 0.0,
        }
    }

    /// All.
    pub fn all(&self) -> f64 {
        f64::from(self.men) + f64::from(self.women)
    }
}

/// `[prior.relatives]`: how many relatives a child is expected to have in the lists, beside its parents; each at least 0.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelativesPrior {
    /// Full siblings.
    pub full_sibling: f64,
    /// Half siblings, grandparents, uncles and aunts.
    pub second_degree: f64,
    /// First cousins.
    pub first_cousin: f64,
}

impl RelativesPrior {
    /// No relatives but parents.
    pub const NONE: Self = Self { full_sibling: 0.0, second_degree: 0.0, first_cousin: 0.0 };
}

/// What is alike before the DNA, in `identify`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentPrior {
    /// A body is each of the missing persons that it can be with equal share.
    #[default]
    ByBody,
    /// Every assignment of bodies to missing persons.
    Flat,
}

/// `[status]`: from which probability on an answer is called what.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatusSettings {
    /// A parent is established, in [0.5, 1].
    pub established: f64,
    /// A parent is probable, or nobody of the lists is, in [0.5, 1].
    pub probable: f64,
}

/// `[children]`: what is known of parents of children.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChildrenSettings {
    /// The least age of a parent at a child's birth, in years.
    pub minimum_parent_age: u16,
    /// Whether candidates who are too young by birth year are left out, not only flagged.
    pub exclude_impossible_ages: bool,
}

/// Where mutation rates come from.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum RatesSource {
    /// The published rates that come with the program.
    #[default]
    Bundled,
    /// A file with the columns `locus,female,male`, or `locus,rate`.
    File(String),
    /// One pair for all loci; of a genotyping error the same rate twice.
    Pair {
        /// Rate for each meiosis of a mother, in [0, 0.05].
        female: f64,
        /// Rate for each meiosis of a father, in [0, 0.05].
        male: f64,
    },
}

impl Default for PopulationSettings {
    fn default() -> Self {
        let tables = vec!["nist1036:cauc".to_owned()];
        Self {
            tables,
            theta: 0.01,
            minimum_frequency: MinimumFrequency::default(),
            minimum_applies_to: MinimumAppliesTo::default(),
            fallback: Fallback::default(),
            renormalise: false,
        }
    }
}

impl Default for MutationSettings {
    fn default() -> Self {
        Self { model: MutationModel::Stepwise, range: 0.1, rate2: 1e-6, rates: RatesSource::default() }
    }
}

impl Default for SearchSettings {
    fn default() -> Self {
        Self {
            relationship: Relationship::Parent,
            min_log10_lr: Some(0.0),
            top: 10,
            rank_by: RankBy::Estimate,
            expected_false_leads: false,
            joint_work: 1.0,
        }
    }
}

impl Default for IntervalSettings {
    fn default() -> Self {
        Self { report: false, draws: 2000, seed: 1 }
    }
}

/// The probability that two of some tens of children share an unlisted parent, unless the settings say otherwise;
const SHARED_BY_FEW: f64 = 0.05;
/// and with how many others of the case a child shares one, at most, on average.
const SIBLINGS_OF_A_CHILD: f64 = 1.0;

impl PriorSettings {
    /// Probability that two of so many children, neither of whose fathers is in the lists, have one father; mothers likewise. Unless it is
    /// stated: 0.05, or less among more than 21 children, so that nobody is expected to have more than one sibling among them by either.
    pub fn shared_unlisted(&self, children: usize) -> f64 {
        let others = children.saturating_sub(1).max(1) as f64;
        self.shared_unlisted.unwrap_or_else(|| SHARED_BY_FEW.min(SIBLINGS_OF_A_CHILD / others))
    }
}

impl Default for PriorSettings {
    fn default() -> Self {
        Self {
            in_list: 0.5,
            male: 0.5,
            shared_unlisted: None,
            listed: ListedPrior::default(),
            relatives: RelativesPrior::default(),
            identified: 0.5,
            missing_parent: 0.5,
            one_person: 0.1,
            assignments: AssignmentPrior::default(),
        }
    }
}

impl Default for RelativesPrior {
    fn default() -> Self {
        Self { full_sibling: 0.1, second_degree: 0.3, first_cousin: 0.5 }
    }
}

impl Default for StatusSettings {
    fn default() -> Self {
        Self { established: 0.999, probable: 0.9 }
    }
}

impl Default for ChildrenSettings {
    fn default() -> Self {
        Self { minimum_parent_age: 12, exclude_impossible_ages: false }
    }
}

impl PopulationSettings {
    /// How rare alleles, and those that a table has not seen, get a frequency.
    pub fn rare_allele_policy(&self) -> RareAllelePolicy {
        RareAllelePolicy {
            minimum: self.minimum_frequency,
            applies_to: self.minimum_applies_to,
            renormalise: self.renormalise,
        }
    }
}

/// The settings that a marker file says itself, locus by locus, so that they are not used beside one.
pub const SAID_BY_MARKERS: [&str; 7] = [
    "population.tables",
    "population.theta",
    "population.minimum_applies_to",
    "population.fallback",
    "population.renormalise",
    "mutation",
    "observation.silent_frequency",
];

impl Settings {
    /// Whether each reported candidate needs its interval: it is asked for, or candidates are ranked by it.
    pub fn reports_intervals(&self) -> bool {
        self.interval.report || self.search.rank_by == RankBy::Lower
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_children_the_less_two_share_an_unlisted_parent() {
        let read = |value: &str| toml::from_str::<Settings>(&format!("[prior]\nshared_unlisted = {value}\n"));
        let by_children = Settings::default().prior;
        assert_eq!(read("\"by_children\"").unwrap().prior, by_children);
        let of = [0, 1, 2, 21, 22, 60, 1001].map(|children| by_children.shared_unlisted(children));
        assert_eq!(of, [0.05, 0.05, 0.05, 0.05, 1.0 / 21.0, 1.0 / 59.0, 0.001]);
        let stated = read("0.2").unwrap().prior;
        assert_eq!([2, 1001].map(|children| stated.shared_unlisted(children)), [0.2, 0.2]);
        let error = read("\"few\"").unwrap_err().to_string();
        assert!(error.contains("a number, or \"by_children\""), "{error}");
    }
}
