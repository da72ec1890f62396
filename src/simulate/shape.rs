//! The shape of a synthetic case: which families it has, who of them is sampled, and how well.

use crate::profile::{Role, Sex};
use crate::settings::{LinkedPair, SettingOutOfRange, Settings};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A case described by its families; plain data, read from TOML.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseShape {
    /// The seed of all random numbers.
    #[serde(default = "one")]
    pub seed: u64,
    /// The loci that the laboratory types; empty: every locus of the frequency table.
    #[serde(default)]
    pub loci: Vec<String>,
    /// Partial kits: a name, and the loci that the kit types.
    #[serde(default)]
    pub kits: BTreeMap<String, Vec<String>>,
    /// Pairs of linked loci with their recombination fraction.
    #[serde(default)]
    pub linkage: Vec<LinkedPair>,
    /// How the samples of each role are taken and typed.
    #[serde(default)]
    pub roles: BTreeMap<Role, RoleShape>,
    /// The families.
    pub families: Vec<FamilyShape>,
    /// Settings as in a settings file (population, mutation, ...), for the simulation.
    #[serde(default)]
    pub settings: Settings,
}

/// A family and how often it occurs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyShape {
    /// What is special about it; for the reader only.
    #[serde(default)]
    pub about: String,
    /// Number of such families.
    #[serde(default = "one")]
    pub count: u64,
    /// Its members, in any order.
    pub people: Vec<PersonShape>,
}

/// A member of a family.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonShape {
    /// Name within the family.
    pub id: String,
    /// The father's name within the family.
    #[serde(default)]
    pub father: Option<String>,
    /// The mother's name within the family.
    #[serde(default)]
    pub mother: Option<String>,
    /// Sex; unknown: as the part played implies, else drawn for each family.
    #[serde(default)]
    pub sex: Sex,
    /// Earliest and latest year of birth, both inclusive; the year is drawn between them.
    #[serde(default)]
    pub born: Option<[i16; 2]>,
    /// One entry for each sample of this person: the list that it is in.
    #[serde(default)]
    pub samples: Vec<Role>,
    /// Parents whose samples this person's samples name (`mother`, `father`), where they have any.
    #[serde(default)]
    pub names: Vec<KnownParentShape>,
    /// Whether the person is looked for (`missing` in the pedigree file).
    #[serde(default)]
    pub missing: bool,
}

/// A parent that a sample names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KnownParentShape {
    /// The mother.
    Mother,
    /// The father.
    Father,
}

/// How the samples of one role are taken and typed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoleShape {
    /// What the sample ids begin with; the role's initial by default.
    pub id_prefix: Option<String>,
    /// Places, one drawn for each sample.
    pub sites: Vec<String>,
    /// Years that an age estimate spans, 1 or more: 1 reports the year of birth itself.
    pub age_span: i16,
    /// Probability that the sex is recorded.
    pub sex_known: f64,
    /// Probability that a reported allele is a typing error: another visible allele, drawn by frequency.
    pub typing_error: f64,
    /// Kinds of sample, with their shares; by default one kind, with the drop-out and drop-in of the settings.
    pub quality: Vec<QualityShape>,
}

/// A kind of sample: how much of the profile is left.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QualityShape {
    /// Weight of this kind among those of the role.
    pub share: f64,
    /// Probability that an allele drops out.
    pub drop_out: f64,
    /// Probability that an allele drops in, at each locus.
    pub drop_in: f64,
    /// Probability that a locus gives no result at all.
    pub locus_failure: f64,
    /// The kit used: a name in `kits`; the whole panel if absent.
    pub kit: Option<String>,
}

impl Default for RoleShape {
    fn default() -> Self {
        Self { id_prefix: None, sites: Vec::new(), age_span: 1, sex_known: 1.0, typing_error: 0.0, quality: Vec::new() }
    }
}

impl Default for QualityShape {
    fn default() -> Self {
        Self { share: 1.0, drop_out: 0.0, drop_in: 0.0, locus_failure: 0.0, kit: None }
    }
}

fn one() -> u64 {
    1
}

/// What is wrong with a case shape.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ShapeError {
    /// No family at all, or families without samples.
    #[error(
        "the case has no samples: give at least one of its people `samples = [\"child\"]` (or corpse, detainee, relative)"
    )]
    NoSamples,
    /// More than can be counted, or written.
    #[error("families: {most} of them and of their samples are the most a case can have; lower `count`", most = MOST_SAMPLES)]
    TooMany,
    /// A parent who is not in the family.
    #[error("family {family}: the {parent} `{name}` of `{child}` is not among its people")]
    UnknownParent {
        /// 1-based.
        family: usize,
        /// The child's name.
        child: String,
        /// `father` or `mother`.
        parent: &'static str,
        /// The name that was not found.
        name: String,
    },
    /// People who contradict each other.
    #[error("family {family}: {cause}")]
    Pedigree {
        /// 1-based.
        family: usize,
        /// What is wrong.
        cause: crate::inheritance::pedigree::PedigreeError,
    },
    /// A probability that is none.
    #[error("{key} is {value}, expected a probability from 0 to {most}")]
    Probability {
        /// The key in the file.
        key: String,
        /// What was found.
        value: f64,
        /// The largest value allowed.
        most: f64,
    },
    /// A year range the wrong way round.
    #[error(
        "family {family}: `{person}` is born from {earliest} to {latest}: the first year must not be the later one"
    )]
    Born {
        /// 1-based.
        family: usize,
        /// The person's name.
        person: String,
        /// As given.
        earliest: i16,
        /// As given.
        latest: i16,
    },
    /// A kit that is not described.
    #[error("the kit `{0}` is not among `kits`")]
    UnknownKit(String),
    /// A locus that the panel does not have.
    #[error("{place} names the locus `{locus}`, which is not among the loci of the case")]
    UnknownLocus {
        /// Where it is named.
        place: String,
        /// The name.
        locus: String,
    },
    /// A locus that is the later one of two linked pairs.
    #[error("`{0}` is linked to two loci before it: give linked loci as a chain, in their order")]
    LinkedTwice(String),
    /// Id prefixes that would give two samples one id.
    #[error("the id prefixes `{0}` and `{1}` of two roles can give one and the same id")]
    PrefixTwice(String, String),
    /// A setting out of its range.
    #[error("settings: {0}")]
    Setting(#[from] SettingOutOfRange),
    /// Kinds of sample without weight.
    #[error("the shares of the kinds of {0} sample are all 0")]
    NoShare(Role),
}

/// The most families or samples of a case: a hundred thousand times as many as the largest lists there are.
const MOST_SAMPLES: u64 = 1_000_000_000_000;

impl CaseShape {
    /// Checks whatever can be checked without the loci.
    ///
    /// # Errors
    /// No samples, probabilities out of range, years the wrong way round.
    pub fn check(&self) -> Result<(), ShapeError> {
        self.settings.validate()?;
        if self.families.iter().all(|family| family.count == 0 || family.sample_count() == 0) {
            return Err(ShapeError::NoSamples);
        }
        let (mut families, mut samples) = (0_u64, 0_u64);
        for family in &self.families {
            families = families.saturating_add(family.count);
            samples = samples.saturating_add(family.count.saturating_mul(family.sample_count() as u64));
        }
        if families.max(samples) > MOST_SAMPLES {
            return Err(ShapeError::TooMany);
        }
        for (at, family) in self.families.iter().enumerate() {
            for person in &family.people {
                if let Some([earliest, latest]) = person.born
                    && earliest > latest
                {
                    return Err(ShapeError::Born { family: at + 1, person: person.id.clone(), earliest, latest });
                }
            }
        }
        for pair in &self.linkage {
            check_probability(|| "linkage.rho".into(), pair.rho, 0.5)?;
        }
        self.roles.iter().try_for_each(|(role, shape)| shape.check(*role))
    }
}

impl FamilyShape {
    /// Samples of one such family.
    pub fn sample_count(&self) -> usize {
        self.people.iter().map(|person| person.samples.len()).sum()
    }
}

impl RoleShape {
    fn check(&self, role: Role) -> Result<(), ShapeError> {
        check_probability(|| format!("roles.{role}.sex_known"), self.sex_known, 1.0)?;
        check_probability(|| format!("roles.{role}.typing_error"), self.typing_error, 1.0)?;
        for kind in &self.quality {
            let key = |name: &str| format!("roles.{role}.quality.{name}");
            check_probability(|| key("drop_out"), kind.drop_out, 0.99)?;
            check_probability(|| key("drop_in"), kind.drop_in, 0.99)?;
            check_probability(|| key("locus_failure"), kind.locus_failure, 1.0)?;
            check_probability(|| key("share"), kind.share, f64::MAX)?;
        }
        match self.quality.is_empty() || self.quality.iter().any(|kind| kind.share > 0.0) {
            true => Ok(()),
            false => Err(ShapeError::NoShare(role)),
        }
    }
}

fn check_probability(key: impl Fn() -> String, value: f64, most: f64) -> Result<(), ShapeError> {
    match (0.0..=most).contains(&value) {
        true => Ok(()),
        false => Err(ShapeError::Probability { key: key(), value, most }),
    }
}
