//! Whose profile it is: identity, role, sex, age, known relatives.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a sample is in the case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Unidentified remains.
    Corpse,
    /// A living adult whose identity or parenthood is in question.
    Detainee,
    /// A child whose parents are looked for.
    Child,
    /// A person of known identity who gave a reference sample.
    Relative,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Corpse, Self::Detainee, Self::Child, Self::Relative];

    /// `corpse`, `detainee`, `child` or `relative`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Corpse => "corpse",
            Self::Detainee => "detainee",
            Self::Child => "child",
            Self::Relative => "relative",
        }
    }

    /// The role that [`Role::as_str`] spells like this.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Sex, as recorded or as amelogenin shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Not recorded.
    #[default]
    Unknown,
}

impl Sex {
    /// `female`, `male` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The earliest and latest possible year of birth, both inclusive; `i16::MIN` and `i16::MAX` where one end is open.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BirthYears {
    /// Earliest possible year of birth.
    pub earliest: i16,
    /// Latest possible year of birth.
    pub latest: i16,
}

/// Everything about a sample but its calls.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sample {
    /// The laboratory's identifier, unique in a run.
    pub id: String,
    /// What the sample is in the case, where known.
    pub role: Option<Role>,
    /// Sex as recorded, else as amelogenin shows; unknown where the two contradict each other.
    pub sex: Sex,
    /// Whether the recorded sex and amelogenin contradict each other: neither is believed.
    pub sex_conflict: bool,
    /// Possible years of birth.
    pub birth_years: Option<BirthYears>,
    /// Where the sample was taken.
    pub site: Option<String>,
    /// The family that the person belongs to.
    pub family_id: Option<String>,
    /// The sample of the known mother.
    pub mother_id: Option<String>,
    /// The sample of the known father.
    pub father_id: Option<String>,
    /// The population that the person is said to come from.
    pub population: Option<String>,
    /// Probability that an allele drops out, in [0, 1), where the sample states its own.
    pub drop_out: Option<f64>,
}
