//! A family that misses somebody.

use super::pedigree::{Individual, Pedigree, PedigreeError};
use crate::profile::Sex;
use std::collections::HashMap;

/// A family tree and who of it is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The family's id.
    pub id: String,
    /// Who is whose parent; people are in the order of their ids.
    pub pedigree: Pedigree,
    /// Positions of the missing persons in the pedigree, ascending.
    pub missing: Vec<usize>,
    /// Where each person is listed: the 1-based line of the pedigree file, 0 for a parent who has no line of their own.
    pub lines: Vec<u64>,
}

/// One person as listed. Parents are ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The person's id, unique in the family.
    pub id: String,
    /// The father's id.
    pub father: Option<String>,
    /// The mother's id.
    pub mother: Option<String>,
    /// Sex.
    pub sex: Sex,
    /// Whether the person is looked for.
    pub missing: bool,
    /// 1-based line of the file.
    pub line: u64,
}

impl Family {
    /// The family of these people, in any order. A parent who is not listed is added, as a founder.
    ///
    /// # Errors
    /// People who form no pedigree.
    pub fn new(id: &str, mut people: Vec<Listed>) -> Result<Self, PedigreeError> {
        add_unlisted_parents(&mut people);
        people.sort_by(|left, right| left.id.cmp(&right.id));
        let positions: HashMap<String, usize> =
            people.iter().enumerate().map(|(position, person)| (person.id.clone(), position)).collect();
        let position = |parent: &Option<String>| parent.as_ref().and_then(|id| positions.get(id).copied());
        let individuals = people.iter().map(|person| Individual {
            id: person.id.clone(),
            father: position(&person.father),
            mother: position(&person.mother),
            sex: person.sex,
        });
        let pedigree = Pedigree::new(individuals.collect())?;
        let missing = people.iter().enumerate().filter(|(_, person)| person.missing).map(|(position, _)| position);
        Ok(Self {
            id: id.to_owned(),
            pedigree,
            missing: missing.collect(),
            lines: people.iter().map(|person| person.line).collect(),
        })
    }

    /// The id of a member.
    pub fn person_id(&self, position: usize) -> &str {
        &self.pedigree.individuals()[position].id
    }

    /// The sex of a member.
    pub fn sex(&self, position: usize) -> Sex {
        self.pedigree.individuals()[position].sex
    }
}

fn add_unlisted_parents(people: &mut Vec<Listed>) {
    let named = people.iter().flat_map(|person| [(&person.father, Sex::Male), (&person.mother, Sex::Female)]);
    let mut added: Vec<Listed> = Vec::new();
    for (parent, sex) in named {
        let Some(id) = parent else { continue };
        let known = people.iter().chain(&added).any(|person| person.id == *id);
        if !known {
            added.push(Listed { id: id.clone(), father: None, mother: None, sex, missing: false, line: 0 });
        }
    }
    people.extend(added);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_without_a_line_are_founders() {
        let child = |id: &str, missing| Listed {
            id: id.into(),
            father: Some("F".into()),
            mother: Some("G".into()),
            sex: Sex::Unknown,
            missing,
            line: 2,
        };
        let family = Family::new("1", vec![child("Z", true), child("B", false)]).unwrap();
        let ids: Vec<_> = (0..4).map(|position| family.person_id(position)).collect();
        assert_eq!(ids, ["B", "F", "G", "Z"]);
        assert_eq!((family.missing.as_slice(), family.lines.as_slice()), (&[3][..], &[2, 0, 0, 2][..]));
        assert_eq!(family.pedigree.individuals()[0].father, Some(1));
        assert_eq!(family.sex(1), Sex::Male);
    }
}
