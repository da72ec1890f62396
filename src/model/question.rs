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
    /// How many there are.
    pub const COUNT: usize = (Relationship::ALL.len() * 3 + 1) * 3 * 3;

    /// Its number, below [`Question::COUNT`].
    pub fn number(self) -> usize {
        let of_sex = |sex| match sex {
            Sex::Female => 0,
            Sex::Male => 1,
            Sex::Unknown => 2,
        };
        let (kind, child_sex, candidate_sex) = match self {
            Self::Couple { child_sex } => (3 * Relationship::ALL.len(), child_sex, Sex::Female),
            Self::Kin { relationship, child_sex, candidate_sex, known } => {
                let known = known.map_or(2, |known| of_sex(known.sex()));
                (3 * relationship as usize + known, child_sex, candidate_sex)
            }
        };
        (kind * 3 + of_sex(child_sex)) * 3 + of_sex(candidate_sex)
    }

    /// The sex that the typed known parent (of a couple: the father) has in that part.
    pub fn known_sex(self) -> Option<Sex> {
        match self {
            Self::Kin { known, .. } => known.map(KnownParent::sex),
            Self::Couple { .. } => Some(Sex::Male),
        }
    }

    /// Whether the sexes of child and candidate are known, without which the X chromosome says nothing. Of one person who is
    /// recorded with two sexes, neither is known.
    pub fn knows_sexes(self) -> bool {
        match self {
            Self::Kin { relationship: Relationship::Identity, child_sex, candidate_sex, .. } => {
                child_sex != Sex::Unknown && child_sex == candidate_sex
            }
            Self::Kin { child_sex, candidate_sex, .. } => child_sex != Sex::Unknown && candidate_sex != Sex::Unknown,
            Self::Couple { child_sex } => child_sex != Sex::Unknown,
        }
    }

    /// The same question at a locus, without the sexes that make no difference there, so that what is the same has one name.
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

    /// Whether the lines of the relationship can differ at a locus.
    pub fn lines_differ_at(self, chromosome: Chromosome, sexes_mutate_alike: bool) -> bool {
        match chromosome {
            Chromosome::X => self.knows_sexes(),
            Chromosome::Autosomal => !sexes_mutate_alike,
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_question_has_a_number_of_its_own() {
        let sexes = [Sex::Female, Sex::Male, Sex::Unknown];
        let mut questions = sexes.map(|child_sex| Question::Couple { child_sex }).to_vec();
        for (relationship, child_sex) in Relationship::ALL.iter().flat_map(|&r| sexes.map(|sex| (r, sex))) {
            for known in [None, Some(KnownParent::Mother), Some(KnownParent::Father)] {
                questions.extend(sexes.map(|candidate_sex| Question::Kin {
                    relationship,
                    child_sex,
                    candidate_sex,
                    known,
                }));
            }
        }
        let numbers: HashSet<_> = questions.iter().map(|question| question.number()).collect();
        assert_eq!(numbers.len(), questions.len());
        assert!(numbers.iter().all(|&number| number < Question::COUNT));
    }

    #[test]
    fn sexes_count_where_they_make_a_difference() {
        let kin = |relationship, child_sex, candidate_sex| Question::Kin {
            relationship,
            child_sex,
            candidate_sex,
            known: None,
        };
        let of_siblings = kin(Relationship::FullSibling, Sex::Female, Sex::Male);
        assert_eq!(of_siblings.at(Chromosome::X), of_siblings);
        assert_eq!(of_siblings.at(Chromosome::Autosomal), kin(Relationship::FullSibling, Sex::Unknown, Sex::Unknown));
        let of_parent = kin(Relationship::Parent, Sex::Female, Sex::Male);
        assert_eq!(of_parent.at(Chromosome::Autosomal), kin(Relationship::Parent, Sex::Unknown, Sex::Male));
    }
}
