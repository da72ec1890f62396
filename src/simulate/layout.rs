//! Who is where in a synthetic case: families, samples, their order and their ids.
//!
//! Nothing is listed: the sample in any row of any list, and the row of any sample, follow from counts and a seeded
//! permutation, so a case of ten million samples takes no more memory than one of ten.

use super::shape::{CaseShape, FamilyShape, ShapeError};
use super::shuffle::Shuffle;
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::profile::Role;

/// Every role, in the order of the lists.
pub const ROLES: [Role; 4] = [Role::Child, Role::Corpse, Role::Detainee, Role::Relative];

/// One kind of family, checked.
#[derive(Clone, Debug)]
pub struct FamilyKind {
    /// Its members.
    pub pedigree: Pedigree,
    /// How often it occurs.
    pub count: u64,
    /// Number of the first such family in the case (0-based).
    pub first: u64,
    /// The members sampled for each of [`ROLES`]; a member sampled twice occurs twice.
    sampled: [Vec<usize>; 4],
    /// Number of the first such sample of each of [`ROLES`], in the order of the families.
    first_sample: [u64; 4],
}

/// One list of samples.
#[derive(Clone, Debug)]
struct SampleList {
    len: u64,
    order: Shuffle,
    prefix: String,
    digits: usize,
}

/// One sample's place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SamplePlace {
    /// Which of [`ROLES`].
    pub list: usize,
    /// Row in the list (0-based).
    pub row: u64,
}

/// Which person of which family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Whose {
    /// Kind of family (0-based, as in the shape).
    pub kind: usize,
    /// Which family of this kind (0-based).
    pub instance: u64,
    /// Position in the pedigree.
    pub person: usize,
}

/// The layout of a case.
#[derive(Clone, Debug)]
pub struct CaseLayout {
    /// The kinds of family.
    pub families: Vec<FamilyKind>,
    lists: [SampleList; 4],
}

impl CaseLayout {
    /// The layout of this shape.
    ///
    /// # Errors
    /// Families whose members contradict each other.
    pub fn new(shape: &CaseShape, seed: u64) -> Result<Self, ShapeError> {
        let mut families = Vec::with_capacity(shape.families.len());
        let (mut first, mut first_sample) = (0, [0; 4]);
        for (at, family) in shape.families.iter().enumerate() {
            let sampled = ROLES.map(|role| sampled_as(family, role));
            families.push(FamilyKind {
                pedigree: pedigree(family, at + 1)?,
                count: family.count,
                first,
                first_sample,
                sampled,
            });
            first += family.count;
            for (sum, people) in first_sample.iter_mut().zip(ROLES.map(|role| sampled_as(family, role))) {
                *sum += family.count * people.len() as u64;
            }
        }
        let mut at = 0;
        let lists = ROLES.map(|role| {
            let len = first_sample[at];
            let order = Shuffle::new(seed, at as u64, len.max(1));
            at += 1;
            let initials: String = role.to_string().chars().take(2).collect();
            let given = shape.roles.get(&role).and_then(|shape| shape.id_prefix.clone());
            let prefix = given.unwrap_or(initials.to_uppercase() + "-");
            SampleList { len, order, prefix, digits: len.to_string().len().max(3) }
        });
        check_prefixes(&lists)?;
        Ok(Self { families, lists })
    }

    /// Number of samples of each of [`ROLES`].
    pub fn len(&self, list: usize) -> u64 {
        self.lists[list].len
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.lists.iter().all(|list| list.len == 0)
    }

    /// The id of the sample at this place. Ids rise with the rows.
    pub fn id(&self, place: SamplePlace) -> String {
        let SampleList { prefix, digits, .. } = &self.lists[place.list];
        format!("{prefix}{:0digits$}", place.row + 1)
    }

    /// Whose sample is at this place.
    pub fn whose(&self, place: SamplePlace) -> Whose {
        let number = self.lists[place.list].order.backward(place.row);
        let kind = self.families.partition_point(|family| family.first_sample[place.list] <= number) - 1;
        // kinds without samples in this list share their first number with the next: the last is the one that has some
        let family = &self.families[kind];
        let within = number - family.first_sample[place.list];
        let people = &family.sampled[place.list];
        let person = people[(within % people.len() as u64) as usize];
        Whose { kind, instance: within / people.len() as u64, person }
    }

    /// Every sample of one family, as (person, place), in the order of the lists.
    pub fn samples_of(&self, kind: usize, instance: u64) -> Vec<(usize, SamplePlace)> {
        let family = &self.families[kind];
        let mut samples = Vec::new();
        for list in 0..ROLES.len() {
            let people = &family.sampled[list];
            let first = family.first_sample[list] + instance * people.len() as u64;
            for (number, &person) in (first..).zip(people) {
                samples.push((person, SamplePlace { list, row: self.lists[list].order.forward(number) }));
            }
        }
        samples
    }
}

/// Ids are unique where no prefix begins another or digits alone tell them apart.
fn check_prefixes(lists: &[SampleList; 4]) -> Result<(), ShapeError> {
    for (at, one) in lists.iter().enumerate() {
        for other in &lists[at + 1..] {
            let (short, long) = if one.prefix.len() <= other.prefix.len() { (one, other) } else { (other, one) };
            let rest = long.prefix.strip_prefix(&short.prefix);
            if one.len > 0 && other.len > 0 && rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())) {
                return Err(ShapeError::PrefixTwice(short.prefix.clone(), long.prefix.clone()));
            }
        }
    }
    Ok(())
}

fn sampled_as(family: &FamilyShape, role: Role) -> Vec<usize> {
    let people = family.people.iter().enumerate();
    people
        .flat_map(|(at, person)| person.samples.iter().filter(move |&&sample| sample == role).map(move |_| at))
        .collect()
}

fn pedigree(family: &FamilyShape, number: usize) -> Result<Pedigree, ShapeError> {
    let find = |child: &str, parent: &'static str, name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => family.people.iter().position(|person| person.id == *name).map(Some).ok_or_else(|| {
            ShapeError::UnknownParent { family: number, child: child.to_owned(), parent, name: name.clone() }
        }),
    };
    let mut individuals = Vec::with_capacity(family.people.len());
    for person in &family.people {
        let father = find(&person.id, "father", &person.father)?;
        let mother = find(&person.id, "mother", &person.mother)?;
        individuals.push(Individual::child(&person.id, person.sex, father, mother));
    }
    Pedigree::new(individuals).map_err(|cause| ShapeError::Pedigree { family: number, cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_people_find_each_other() {
        let shape: CaseShape = toml::from_str(
            r#"
            [[families]]
            count = 3
            people = [
                { id = "F", samples = ["corpse", "corpse"] },
                { id = "C", father = "F", samples = ["child"] },
            ]
            [[families]]
            count = 2
            people = [{ id = "C", samples = ["child"] }]
            [[families]]
            count = 4
            people = [{ id = "X", samples = ["corpse"] }]
            "#,
        )
        .unwrap();
        let layout = CaseLayout::new(&shape, 1).unwrap();
        assert_eq!([0, 1, 2, 3].map(|list| layout.len(list)), [5, 10, 0, 0]);
        let mut seen = 0;
        for (kind, family) in layout.families.iter().enumerate() {
            for instance in 0..family.count {
                for (person, place) in layout.samples_of(kind, instance) {
                    assert_eq!(layout.whose(place), Whose { kind, instance, person });
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, 15);
        assert_eq!(layout.id(SamplePlace { list: 1, row: 9 }), "CO-010");
    }

    #[test]
    fn a_parent_who_is_not_there_is_named() {
        let shape: CaseShape =
            toml::from_str("families = [{ people = [{ id = 'C', father = 'F', samples = ['child'] }] }]").unwrap();
        assert_eq!(
            CaseLayout::new(&shape, 1).unwrap_err().to_string(),
            "family 1: the father `F` of `C` is not among its people"
        );
    }
}
