//! Every setting of a run: plain data, with the defaults of the settings file.
//!
//! A settings file sets some of them, the command line overrides some, the manifest holds all. Each has one name:
//! its section and key in the settings file, which is also its path in the manifest and in messages.

mod effects;
mod written;

pub use effects::{Given, NoEffect};

use crate::inheritance::rates::{EXPECTED_RATE, HIGHEST_RATE};
use crate::inheritance::{MutationModel, Relationship};
use crate::population::{MinimumAppliesTo, MinimumFrequency, RareAllelePolicy};
use crate::profile::{DropOut, DropOutByRole, Sex};
use serde::{Deserialize, Serialize};
use std::fmt;

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
    /// Probability that two children, neither of whose fathers is in the lists, have one father, in [0, 1); mothers likewise.
    pub shared_unlisted: f64,
    /// How long the lists are of which the candidates are those that a screening left.
    pub listed: ListedPrior,
    /// Other relatives of a child among the candidates.
    pub relatives: RelativesPrior,
    /// With families: probability that a body is one of the missing persons, in [0, 1).
    pub identified: f64,
    /// `match` with families: probability that a parent whom no list holds is one of the missing persons, in [0, 1).
    pub missing_parent: f64,
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

impl Default for PriorSettings {
    fn default() -> Self {
        Self {
            in_list: 0.5,
            male: 0.5,
            shared_unlisted: 0.05,
            listed: ListedPrior::default(),
            relatives: RelativesPrior::default(),
            identified: 0.5,
            missing_parent: 0.5,
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

/// A setting out of its range.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("setting `{key}`: found {found}, expected {expected}")]
pub struct SettingOutOfRange {
    /// Section and key, joined by a point.
    pub key: &'static str,
    /// The value.
    pub found: String,
    /// The range.
    pub expected: &'static str,
}

const FROM_0_TO_BELOW_1: &str = "a number from 0 to below 1";
const FROM_0_TO_1: &str = "a number from 0 to 1";
const AT_LEAST_0: &str = "a number of at least 0";
/// Above 1, two repeats more would be likelier than one.
const RANGE: &str = "a number above 0, at most 1 (how much less likely each further step is)";

impl Settings {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// The first setting that is out of range.
    pub fn validate(&self) -> Result<(), SettingOutOfRange> {
        let below_1 = |key, number: f64| check(key, number, (0.0..1.0).contains(&number), FROM_0_TO_BELOW_1);
        let up_to_1 = |key, number: f64| check(key, number, (0.0..=1.0).contains(&number), FROM_0_TO_1);
        let Self { population, mutation, observation, linkage, search, interval, prior, status, children: _ } = self;
        check("population.tables", "none", !population.tables.is_empty(), "at least one table")?;
        below_1("population.theta", population.theta)?;
        if let MinimumFrequency::Fixed(minimum) = population.minimum_frequency {
            let fits = minimum > 0.0 && minimum < 1.0;
            check("population.minimum_frequency", minimum, fits, "a number above 0 and below 1, or \"5/2N\"")?;
        }
        let custom = mutation.model == MutationModel::Custom;
        check("mutation.model", "custom", !custom, "a model without matrices; custom matrices stand in a marker file")?;
        let has_error_rates =
            mutation.model != MutationModel::GenotypingError || mutation.rates != RatesSource::Bundled;
        let expected =
            "a number or a file with the model genotyping-error: the bundled rates are those of mutation at STRs";
        check("mutation.rates", "bundled", has_error_rates, expected)?;
        let range = mutation.range;
        check("mutation.range", range, range > 0.0 && range <= 1.0, RANGE)?;
        let rate = |key, rate: f64| check(key, rate, (0.0..=HIGHEST_RATE).contains(&rate), EXPECTED_RATE);
        rate("mutation.rate2", mutation.rate2)?;
        if let RatesSource::Pair { female, male } = mutation.rates {
            rate("mutation.rates.female", female)?;
            rate("mutation.rates.male", male)?;
        }
        below_1("observation.silent_frequency", observation.silent_frequency)?;
        below_1("observation.drop_in", observation.drop_in)?;
        match observation.drop_out {
            DropOut::Everybody(drop_out) => below_1("observation.drop_out", drop_out)?,
            DropOut::ByRole(DropOutByRole { corpse, detainee, child, relative, default }) => {
                below_1("observation.drop_out.corpse", corpse)?;
                below_1("observation.drop_out.detainee", detainee)?;
                below_1("observation.drop_out.child", child)?;
                below_1("observation.drop_out.relative", relative)?;
                below_1("observation.drop_out.default", default.unwrap_or_default())?;
            }
        }
        if let LinkedPairs::List(pairs) = &linkage.pairs {
            for pair in pairs {
                let fits = (0.0..=0.5).contains(&pair.rho);
                check("linkage.pairs", pair.rho, fits, "a recombination fraction from 0 to 0.5")?;
            }
        }
        let searched = search.relationship.is_searched();
        let relationships = "parent, full-sibling, half-sibling, grandparent, avuncular or identity";
        check("search.relationship", search.relationship, searched, relationships)?;
        if let Some(threshold) = search.min_log10_lr {
            check("search.min_log10_lr", threshold, threshold.is_finite(), "a finite number, or \"none\"")?;
        }
        check("search.top", search.top, search.top >= 1, "a whole number of at least 1")?;
        let (joint_work, expected) = (search.joint_work, "a number above 0 and at most 10000");
        check("search.joint_work", joint_work, joint_work > 0.0 && joint_work <= 10_000.0, expected)?;
        let draws = interval.draws;
        check("interval.draws", draws, (1000..=1_000_000).contains(&draws), "a whole number from 1000 to 1000000")?;
        up_to_1("prior.in_list", prior.in_list)?;
        up_to_1("prior.male", prior.male)?;
        below_1("prior.shared_unlisted", prior.shared_unlisted)?;
        let RelativesPrior { full_sibling, second_degree, first_cousin } = prior.relatives;
        let expected = |key, number: f64| check(key, number, number >= 0.0 && number.is_finite(), AT_LEAST_0);
        expected("prior.relatives.full_sibling", full_sibling)?;
        expected("prior.relatives.second_degree", second_degree)?;
        expected("prior.relatives.first_cousin", first_cousin)?;
        below_1("prior.identified", prior.identified)?;
        below_1("prior.missing_parent", prior.missing_parent)?;
        let from_half = |key, number: f64| check(key, number, (0.5..=1.0).contains(&number), "a number from 0.5 to 1");
        from_half("status.probable", status.probable)?;
        from_half("status.established", status.established)
    }

    /// Whether each reported candidate needs its interval: it is asked for, or candidates are ranked by it.
    pub fn reports_intervals(&self) -> bool {
        self.interval.report || self.search.rank_by == RankBy::Lower
    }
}

fn check(
    key: &'static str,
    found: impl fmt::Display,
    fits: bool,
    expected: &'static str,
) -> Result<(), SettingOutOfRange> {
    if fits { Ok(()) } else { Err(SettingOutOfRange { key, found: found.to_string(), expected }) }
}
