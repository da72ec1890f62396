//! Cases that are traps: relatives of the children among the candidates, and sexes that nobody recorded.

use super::shape::{CaseShape, FamilyShape, PersonShape};
use crate::profile::{Role, Sex};
use serde::Deserialize;

/// What is added to every family of a case (or left out of its records).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trap {
    /// Every child's father has a full brother among the candidates.
    BrotherOfFather,
    /// Every child has a grown-up full brother among the candidates.
    #[serde(rename = "child's-sibling")]
    ChildsSibling,
    /// Half of the candidates' sexes are not recorded.
    UnknownSex,
    /// Whole families are in the list: every child's full brother, its father's and its mother's full sibling, its father's
    /// father, and a cousin.
    RelatedList,
}

/// A relative is sampled as this.
const ROLE: Role = Role::Detainee;

impl Trap {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::BrotherOfFather, Self::ChildsSibling, Self::UnknownSex, Self::RelatedList];

    /// The name on the command line and in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::BrotherOfFather => "brother-of-father",
            Self::ChildsSibling => "child's-sibling",
            Self::UnknownSex => "unknown-sex",
            Self::RelatedList => "related-list",
        }
    }

    /// The case with the trap in it. Children without a listed family (no father or mother by name) stay as they are.
    pub fn set(self, shape: &CaseShape) -> CaseShape {
        let mut shape = shape.clone();
        if self == Self::UnknownSex {
            for role in [Role::Corpse, Role::Detainee] {
                shape.roles.entry(role).or_default().sex_known = 0.5;
            }
        }
        shape.families.iter_mut().for_each(|family| self.set_in(family));
        shape
    }

    fn set_in(self, family: &mut FamilyShape) {
        let is_child = |person: &&PersonShape| person.samples.contains(&Role::Child);
        let children: Vec<PersonShape> = family.people.iter().filter(is_child).cloned().collect();
        for child in children {
            let (Some(father), Some(mother)) = (child.father.clone(), child.mother.clone()) else { continue };
            match self {
                Self::UnknownSex => {}
                Self::BrotherOfFather => {
                    sibling_of(family, &father, Sex::Male, Some(ROLE));
                }
                Self::ChildsSibling => {
                    sibling_of(family, &child.id, Sex::Male, Some(ROLE));
                }
                Self::RelatedList => {
                    sibling_of(family, &child.id, Sex::Male, Some(ROLE));
                    sibling_of(family, &mother, Sex::Female, Some(ROLE));
                    let uncle = sibling_of(family, &father, Sex::Male, Some(ROLE));
                    let cousin =
                        PersonShape { father: Some(uncle.clone()), ..person(format!("{uncle}'s son"), Sex::Male) };
                    add(family, PersonShape { samples: vec![ROLE], ..cousin });
                    let grandfather = family.people.iter().find(|person| person.id == father);
                    let grandfather = grandfather.and_then(|father| father.father.clone());
                    let sampled = family.people.iter_mut().filter(|person| Some(&person.id) == grandfather.as_ref());
                    sampled.filter(|person| person.samples.is_empty()).for_each(|person| person.samples.push(ROLE));
                }
            }
        }
    }
}

/// Adds a full sibling of somebody, and their parents where the family does not list them; the sibling's name.
fn sibling_of(family: &mut FamilyShape, of: &str, sex: Sex, role: Option<Role>) -> String {
    let word = if sex == Sex::Male { "brother" } else { "sister" };
    let name = format!("{of}'s {word}");
    let parents = [("father", Sex::Male), ("mother", Sex::Female)].map(|(word, sex)| {
        let listed = family.people.iter().find(|person| person.id == of);
        let listed =
            listed.and_then(|person| if sex == Sex::Male { person.father.clone() } else { person.mother.clone() });
        listed.unwrap_or_else(|| {
            let parent = format!("{of}'s {word}");
            add(family, person(parent.clone(), sex));
            parent
        })
    });
    let [father, mother] = parents.map(Some);
    let mut born = None;
    for person in family.people.iter_mut().filter(|person| person.id == of) {
        (person.father, person.mother) = (father.clone(), mother.clone());
        born = person.born.filter(|_| !person.samples.contains(&Role::Child));
    }
    let sibling =
        PersonShape { father, mother, born, samples: role.into_iter().collect(), ..person(name.clone(), sex) };
    add(family, sibling);
    name
}

/// Adds a person, unless somebody has the name.
fn add(family: &mut FamilyShape, person: PersonShape) {
    if family.people.iter().all(|other| other.id != person.id) {
        family.people.push(person);
    }
}

fn person(id: String, sex: Sex) -> PersonShape {
    PersonShape {
        id,
        father: None,
        mother: None,
        sex,
        born: None,
        samples: Vec::new(),
        names: Vec::new(),
        missing: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::Relationship;
    use crate::io::case_shape::parse_case_shape;
    use crate::likelihood::{Chromosome, LocusDefinition, LocusModel};
    use crate::simulate::{ROLES, SyntheticCase};
    use std::collections::BTreeMap;

    const SHAPE: &str = r#"
        [[families]]
        count = 2
        people = [
            { id = "F", samples = ["detainee"] }, { id = "M" },
            { id = "C", father = "F", mother = "M", samples = ["child"] },
            { id = "D", father = "F", mother = "M", samples = ["child"] },
        ]
        [[families]]
        people = [{ id = "S", samples = ["corpse"] }]
    "#;

    /// What the adults are to the first child, and how many there are of each.
    fn relatives(trap: Trap) -> BTreeMap<Option<Relationship>, usize> {
        let shape = trap.set(&parse_case_shape("case", SHAPE).unwrap());
        let locus = LocusModel::new(LocusDefinition {
            name: "TH01".to_owned(),
            chromosome: Chromosome::Autosomal,
            alleles: vec!["6".to_owned(), "7".to_owned()],
            frequencies: vec![0.5; 2],
            mutation: None,
            theta: 0.0,
            silent_frequency: 0.0,
        });
        let case = SyntheticCase::new(shape, &[locus.unwrap()], 1).unwrap();
        let child = case.layout().samples_of(0, 0).into_iter().find(|(_, place)| ROLES[place.list] == Role::Child);
        let adults = case.layout().samples_of(0, 0).into_iter().filter(|(_, place)| ROLES[place.list] != Role::Child);
        let mut found = BTreeMap::new();
        adults.for_each(|(_, place)| *found.entry(case.relation(place, child.unwrap().1)).or_default() += 1);
        found
    }

    #[test]
    fn every_trap_adds_whom_it_names() {
        use Relationship::{Avuncular, FirstCousin, FullSibling, Grandparent, Parent};
        let of = |trap| {
            relatives(trap).into_iter().map(|(relationship, count)| (relationship.unwrap(), count)).collect::<Vec<_>>()
        };
        assert_eq!(of(Trap::UnknownSex), [(Parent, 1)]);
        assert_eq!(of(Trap::BrotherOfFather), [(Parent, 1), (Avuncular, 1)]);
        assert_eq!(of(Trap::ChildsSibling), [(Parent, 1), (FullSibling, 2)]);
        let all = [(Parent, 1), (FullSibling, 2), (Grandparent, 1), (Avuncular, 2), (FirstCousin, 1)];
        assert_eq!(of(Trap::RelatedList), all);
    }

    #[test]
    fn half_of_the_sexes_are_left_out() {
        let shape = Trap::UnknownSex.set(&parse_case_shape("case", SHAPE).unwrap());
        assert!([Role::Corpse, Role::Detainee].iter().all(|role| shape.roles[role].sex_known == 0.5));
        assert!(!shape.roles.contains_key(&Role::Child));
    }
}
