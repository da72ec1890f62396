//! Pedigrees: who is whose father and mother.

use crate::profile::Sex;

/// One member of a pedigree. Parents are positions (0-based) in the pedigree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Individual {
    /// Name, unique in the pedigree.
    pub id: String,
    /// Position of the father, where he is listed.
    pub father: Option<usize>,
    /// Position of the mother, where she is listed.
    pub mother: Option<usize>,
    /// Sex; a listed parent's follows from the part played.
    pub sex: Sex,
}

impl Individual {
    /// A person without listed parents.
    pub fn founder(id: &str, sex: Sex) -> Self {
        Self { id: id.to_owned(), father: None, mother: None, sex }
    }

    /// A person with these parents.
    pub fn child(id: &str, sex: Sex, father: Option<usize>, mother: Option<usize>) -> Self {
        Self { id: id.to_owned(), father, mother, sex }
    }
}

/// A family tree without contradictions, which may have loops (consanguinity) and several components.
///
/// Every person listed is really there. A person with one parent listed has the other allele drawn from the
/// population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pedigree {
    individuals: Vec<Individual>,
    parents_first: Vec<usize>,
}

/// What makes a list of individuals no pedigree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PedigreeError {
    /// Two members have one name.
    #[error("the id `{0}` names two individuals")]
    DuplicateId(String),
    /// A parent position beyond the list.
    #[error("`{child}` has a parent at position {position}, but the pedigree has {members} individuals")]
    UnknownParent {
        /// The child's id.
        child: String,
        /// The parent's position (0-based).
        position: usize,
        /// Number of individuals.
        members: usize,
    },
    /// A father who is recorded as female, or who is a mother elsewhere.
    #[error("`{father}` is the father of `{child}`, but is not male (recorded as female, or a mother elsewhere)")]
    FatherNotMale {
        /// The father's id.
        father: String,
        /// The child's id.
        child: String,
    },
    /// A mother who is recorded as male, or who is a father elsewhere.
    #[error("`{mother}` is the mother of `{child}`, but is not female (recorded as male, or a father elsewhere)")]
    MotherNotFemale {
        /// The mother's id.
        mother: String,
        /// The child's id.
        child: String,
    },
    /// Somebody is their own ancestor.
    #[error("the parents form a cycle: `{0}` is an ancestor of `{0}`")]
    Cycle(String),
}

impl Pedigree {
    /// Checks the parents of these individuals and puts them in an order in which parents come first.
    ///
    /// A parent of unknown sex gets the sex that the part played implies.
    ///
    /// # Errors
    /// Duplicate ids, parents that do not exist, contradictory sexes, cycles.
    pub fn new(mut individuals: Vec<Individual>) -> Result<Self, PedigreeError> {
        check_ids(&individuals)?;
        check_parents_exist(&individuals)?;
        let parents_first = order_parents_first(&individuals)?;
        for child in 0..individuals.len() {
            assign_parent_sexes(&mut individuals, child)?;
        }
        Ok(Self { individuals, parents_first })
    }

    /// Every member, in the given order.
    pub fn individuals(&self) -> &[Individual] {
        &self.individuals
    }

    /// Positions of all members, each after its parents.
    pub fn parents_first(&self) -> &[usize] {
        &self.parents_first
    }

    /// The position of the member with this id.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.individuals.iter().position(|individual| individual.id == id)
    }
}

fn check_ids(individuals: &[Individual]) -> Result<(), PedigreeError> {
    let mut ids: Vec<&str> = individuals.iter().map(|individual| individual.id.as_str()).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(PedigreeError::DuplicateId(pair[0].to_owned())),
        None => Ok(()),
    }
}

fn check_parents_exist(individuals: &[Individual]) -> Result<(), PedigreeError> {
    let members = individuals.len();
    for child in individuals {
        if let Some(position) = child.father.into_iter().chain(child.mother).find(|&parent| parent >= members) {
            return Err(PedigreeError::UnknownParent { child: child.id.clone(), position, members });
        }
    }
    Ok(())
}

fn assign_parent_sexes(individuals: &mut [Individual], child: usize) -> Result<(), PedigreeError> {
    let child_id = individuals[child].id.clone();
    let parents = [(individuals[child].father, Sex::Male), (individuals[child].mother, Sex::Female)];
    for (parent, sex) in parents {
        let Some(parent) = parent.map(|position| &mut individuals[position]) else { continue };
        if parent.sex == Sex::Unknown {
            parent.sex = sex;
        }
        if parent.sex != sex {
            let parent = parent.id.clone();
            return Err(match sex {
                Sex::Male => PedigreeError::FatherNotMale { father: parent, child: child_id },
                _ => PedigreeError::MotherNotFemale { mother: parent, child: child_id },
            });
        }
    }
    Ok(())
}

/// Depth-first over parents; who is met again while still open is an own ancestor.
fn order_parents_first(individuals: &[Individual]) -> Result<Vec<usize>, PedigreeError> {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        Not,
        Open,
        Done,
    }
    let mut visits = vec![Visit::Not; individuals.len()];
    let mut order = Vec::with_capacity(individuals.len());
    for start in 0..individuals.len() {
        let mut path = vec![start];
        while let Some(&person) = path.last() {
            let parents = [individuals[person].father, individuals[person].mother];
            if visits[person] == Visit::Not {
                visits[person] = Visit::Open;
                for parent in parents.into_iter().flatten() {
                    match visits[parent] {
                        Visit::Not => path.push(parent),
                        Visit::Open => return Err(PedigreeError::Cycle(individuals[parent].id.clone())),
                        Visit::Done => {}
                    }
                }
            } else {
                path.pop();
                if visits[person] == Visit::Open {
                    visits[person] = Visit::Done;
                    order.push(person);
                }
            }
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, sex: Sex, father: Option<usize>, mother: Option<usize>) -> Individual {
        Individual::child(id, sex, father, mother)
    }

    #[test]
    fn parents_come_first_and_unknown_sexes_follow_the_part_played() {
        let pedigree = Pedigree::new(vec![
            person("C", Sex::Unknown, Some(1), Some(2)),
            person("F", Sex::Unknown, None, Some(2)),
            person("M", Sex::Unknown, None, None),
        ])
        .unwrap();
        assert_eq!(pedigree.parents_first(), [2, 1, 0]);
        assert_eq!(pedigree.individuals()[1].sex, Sex::Male);
        assert_eq!(pedigree.individuals()[2].sex, Sex::Female);
        assert_eq!(pedigree.position("M"), Some(2));
    }

    #[test]
    fn contradictions_are_named() {
        let cycle = Pedigree::new(vec![person("A", Sex::Male, Some(1), None), person("B", Sex::Male, Some(0), None)]);
        assert!(matches!(cycle, Err(PedigreeError::Cycle(_))));
        let own = Pedigree::new(vec![person("A", Sex::Male, Some(0), None)]);
        assert_eq!(own, Err(PedigreeError::Cycle("A".into())));
        let both = Pedigree::new(vec![person("A", Sex::Unknown, None, None), person("B", Sex::Male, Some(0), Some(0))]);
        assert_eq!(both, Err(PedigreeError::MotherNotFemale { mother: "A".into(), child: "B".into() }));
        let father = Pedigree::new(vec![person("A", Sex::Female, None, None), person("B", Sex::Male, Some(0), None)]);
        assert_eq!(father, Err(PedigreeError::FatherNotMale { father: "A".into(), child: "B".into() }));
        let twice = Pedigree::new(vec![person("A", Sex::Female, None, None), person("A", Sex::Male, None, None)]);
        assert_eq!(twice, Err(PedigreeError::DuplicateId("A".into())));
        let nobody = Pedigree::new(vec![person("A", Sex::Female, Some(3), None)]);
        assert!(matches!(nobody, Err(PedigreeError::UnknownParent { position: 3, .. })));
    }
}
