//! Which two hypotheses a likelihood ratio compares.

use crate::inheritance::{Hypothesis, Individual, KnownParent, Pedigree, Relationship, RelationshipError};
use crate::likelihood::Chromosome;
use crate::profile::Sex;

/// A pair of hypotheses about a child, a candidate and, where there is one, a typed known parent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Question {
    /// The candidate has this relationship to the child, against: candidate and child are unrelated.
    Kin {
        /// The relationship under the first hypothesis.
        relationship: Relationship,
        /// The child's sex (it matters on the X chromosome only).
        child_sex: Sex,
        /// The candidate's sex: as a parent, whose mutation rates apply.
        candidate_sex: Sex,
        /// The child's typed parent, the same under both hypotheses.
        known: Option<KnownParent>,
    },
    /// The known parent (here a candidate father) and the candidate (a mother) are the parents, against: all three unrelated.
    Couple {
        /// The child's sex.
        child_sex: Sex,
    },
}

impl Question {
    /// The sex that the typed known parent (of a couple: the father) has in that part.
    pub fn known_sex(self) -> Option<Sex> {
        match self {
            Self::Kin { known, .. } => known.map(KnownParent::sex),
            Self::Couple { .. } => Some(Sex::Male),
        }
    }

    /// Whether the sexes of child and candidate are known, without which the X chromosome says nothing.
    pub fn knows_sexes(self) -> bool {
        match self {
            Self::Kin { child_sex, candidate_sex, .. } => child_sex != Sex::Unknown && candidate_sex != Sex::Unknown,
            Self::Couple { child_sex } => child_sex != Sex::Unknown,
        }
    }

    /// The same question at a locus: on an autosome without the sexes that make no difference there, so that what is
    /// the same has one name.
    pub fn at(self, chromosome: Chromosome) -> Self {
        match (chromosome, self) {
            (Chromosome::X, _) => self,
            (Chromosome::Autosomal, Self::Couple { .. }) => Self::Couple { child_sex: Sex::Unknown },
            (Chromosome::Autosomal, Self::Kin { relationship, candidate_sex, known, .. }) => {
                let transmits = matches!(relationship, Relationship::Parent | Relationship::Grandparent);
                let candidate_sex = if transmits { candidate_sex } else { Sex::Unknown };
                Self::Kin { relationship, child_sex: Sex::Unknown, candidate_sex, known }
            }
        }
    }

    /// The first hypothesis and the second.
    ///
    /// # Errors
    /// A candidate parent of the same sex as the known parent.
    pub fn hypotheses(self) -> Result<(Hypothesis, Hypothesis), RelationshipError> {
        match self {
            Self::Kin { relationship, child_sex, candidate_sex, known } => Ok((
                relationship.hypothesis(child_sex, candidate_sex, known)?,
                Relationship::Unrelated.hypothesis(child_sex, candidate_sex, known)?,
            )),
            Self::Couple { child_sex } => {
                let couple = Relationship::Parent.hypothesis(child_sex, Sex::Female, Some(KnownParent::Father))?;
                let unrelated = all_founders(&couple)?;
                Ok((couple, unrelated))
            }
        }
    }
}

/// The same people without any relationship among them.
fn all_founders(hypothesis: &Hypothesis) -> Result<Hypothesis, RelationshipError> {
    let founders = |pedigree: &Pedigree| {
        Pedigree::new(pedigree.individuals().iter().map(|person| Individual::founder(&person.id, person.sex)).collect())
    };
    let pedigrees = hypothesis
        .pedigrees
        .iter()
        .map(|(weight, pedigree)| Ok((*weight, founders(pedigree)?)))
        .collect::<Result<_, RelationshipError>>()?;
    Ok(Hypothesis { pedigrees, ..hypothesis.clone() })
}
