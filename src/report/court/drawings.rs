//! The two propositions as pedigrees.

use super::content::Place;
use crate::inheritance::{Family, Individual, Pedigree, PedigreeError, Relationship};
use crate::profile::Sex;
use crate::report::page::FamilyDrawing;

/// What stands at a person whom nobody knows.
const UNKNOWN: &str = "?";

/// Whom the two propositions on a child are about.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The child, with its sex.
    pub child: (&'a str, Sex),
    /// The candidate, with the place asked about.
    pub candidate: (&'a str, Place),
    /// The child's known parent, if any.
    pub known: Option<&'a str>,
    /// What the first proposition says.
    pub relationship: Relationship,
    /// Those of these people who are remains.
    pub dead: &'a [&'a str],
}

/// A person to be drawn.
struct CourtPerson<'a> {
    /// Nothing for somebody whom nobody knows.
    id: Option<&'a str>,
    sex: Sex,
    father: Option<usize>,
    mother: Option<usize>,
}

impl<'a> CourtPerson<'a> {
    fn founder(id: Option<&'a str>, sex: Sex) -> Self {
        Self { id, sex, father: None, mother: None }
    }
}

/// The pedigree of the first proposition on a child, then that of the second.
///
/// # Errors
/// None that can be expected.
pub fn kinship_drawings(shown: Shown<'_>) -> Result<[FamilyDrawing; 2], PedigreeError> {
    let first = match shown.relationship {
        Relationship::Parent => as_parent(shown),
        relationship => as_relative(shown, relationship),
    };
    Ok([draw(&first, shown.dead)?, draw(&as_stranger(shown), shown.dead)?])
}

/// The family with this body (id, sex) in the place of one of its missing persons, then with the body beside it; nothing where the family is
/// too large to be looked at. `typed` are the positions of those who gave a sample.
///
/// # Errors
/// None that can be expected.
pub fn identity_drawings(
    family: &Family,
    typed: &[usize],
    body: (&str, Sex),
    person: usize,
) -> Result<Option<[FamilyDrawing; 2]>, PedigreeError> {
    let (id, sex) = body;
    let mut first = FamilyDrawing::of(family, &[typed, &[person]].concat());
    let found = &mut first.people[person];
    (found.id, found.is_missing, found.is_dead) = (id.to_owned(), false, true);
    let mut individuals = family.pedigree.individuals().to_vec();
    // the id need only differ from all others here
    individuals.push(Individual::founder("\u{0}", sex));
    let beside = Family { pedigree: Pedigree::new(individuals)?, ..family.clone() };
    let stranger = family.pedigree.individuals().len();
    let mut second = FamilyDrawing::of(&beside, &[typed, &[stranger]].concat());
    (second.people[stranger].id, second.people[stranger].is_dead) = (id.to_owned(), true);
    Ok((first.is_small() && second.is_small()).then_some([first, second]))
}

/// The sex that a candidate has in this place.
fn sex_of(place: Place) -> Sex {
    match place {
        Place::Father => Sex::Male,
        Place::Mother => Sex::Female,
        Place::Either => Sex::Unknown,
    }
}

fn opposite(sex: Sex) -> Sex {
    match sex {
        Sex::Male => Sex::Female,
        Sex::Female => Sex::Male,
        Sex::Unknown => Sex::Unknown,
    }
}

/// The child below these two, the first of whom has this sex.
fn child_of<'a>(shown: Shown<'a>, first: Option<&'a str>, sex: Sex) -> Vec<CourtPerson<'a>> {
    let (father, mother) = if sex == Sex::Female { (1, 0) } else { (0, 1) };
    let (id, own_sex) = shown.child;
    let child = CourtPerson { id: Some(id), sex: own_sex, father: Some(father), mother: Some(mother) };
    vec![CourtPerson::founder(first, sex), CourtPerson::founder(shown.known, opposite(sex)), child]
}

fn as_parent(shown: Shown<'_>) -> Vec<CourtPerson<'_>> {
    let (candidate, place) = shown.candidate;
    child_of(shown, Some(candidate), sex_of(place))
}

/// The child of somebody else, and the candidate beside them.
fn as_stranger(shown: Shown<'_>) -> Vec<CourtPerson<'_>> {
    let (candidate, place) = shown.candidate;
    let sex = sex_of(place);
    let mut people = child_of(shown, None, sex);
    people.push(CourtPerson::founder(Some(candidate), sex));
    people
}

/// The pedigree of the first line of a relationship; who is between the two has a sex only where there is no other line.
fn as_relative(shown: Shown<'_>, relationship: Relationship) -> Vec<CourtPerson<'_>> {
    let (candidate, place) = shown.candidate;
    let Ok(hypothesis) = relationship.hypothesis(shown.child.1, sex_of(place), None) else {
        return as_stranger(shown);
    };
    let (_, pedigree) = &hypothesis.pedigrees[0];
    let person = |(at, individual): (usize, &Individual)| {
        let id = match at {
            at if at == hypothesis.child => Some(shown.child.0),
            at if at == hypothesis.candidate => Some(candidate),
            _ => None,
        };
        let sex = if id.is_some() || hypothesis.pedigrees.len() == 1 { individual.sex } else { Sex::Unknown };
        CourtPerson { id, sex, father: individual.father, mother: individual.mother }
    };
    pedigree.individuals().iter().enumerate().map(person).collect()
}

fn draw(people: &[CourtPerson<'_>], dead: &[&str]) -> Result<FamilyDrawing, PedigreeError> {
    let individual = |(at, person): (usize, &CourtPerson<'_>)| {
        // Ids need only differ here; parents get the sex of their part, so that those of unknown sex are put right below.
        Individual::child(&at.to_string(), Sex::Unknown, person.father, person.mother)
    };
    let pedigree = Pedigree::new(people.iter().enumerate().map(individual).collect())?;
    let of = |is_known: bool| {
        let people = people.iter().enumerate().filter(move |(_, person)| person.id.is_some() == is_known);
        people.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let family = Family { id: String::new(), pedigree, missing: of(false), lines: vec![0; people.len()] };
    let mut drawing = FamilyDrawing::of(&family, &of(true));
    for (drawn, person) in drawing.people.iter_mut().zip(people) {
        drawn.id = person.id.unwrap_or(UNKNOWN).to_owned();
        drawn.is_dead = person.id.is_some_and(|id| dead.contains(&id));
        drawn.sex = person.sex.as_str();
    }
    Ok(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::Listed;

    #[test]
    fn a_body_takes_the_place_of_the_missing_or_stands_beside_the_family() {
        let son = Listed {
            id: "S".into(),
            father: Some("F".into()),
            mother: Some("M".into()),
            sex: Sex::Male,
            missing: true,
            line: 2,
        };
        let family = Family::new("1", vec![son]).unwrap();
        let [first, second] = identity_drawings(&family, &[0], ("B", Sex::Male), 2).unwrap().unwrap();
        let of = |drawing: &FamilyDrawing, id: &str| {
            drawing.people.iter().find(|person| person.id == id).map(|one| (one.is_typed, one.is_missing, one.is_dead))
        };
        assert_eq!([of(&first, "B"), of(&first, "S")], [Some((true, false, true)), None]);
        assert_eq!([of(&second, "B"), of(&second, "S")], [Some((true, false, true)), Some((false, true, false))]);
        assert_eq!(of(&second, "F"), Some((true, false, false)));
    }

    #[test]
    fn a_father_is_drawn_above_and_a_stranger_beside() {
        let shown = Shown {
            child: ("K", Sex::Unknown),
            candidate: ("F", Place::Father),
            known: Some("M"),
            relationship: Relationship::Parent,
            dead: &["F"],
        };
        let people = |drawing: &FamilyDrawing| -> Vec<(String, &'static str, bool)> {
            drawing.people.iter().map(|person| (person.id.clone(), person.sex, person.is_typed)).collect()
        };
        let [first, second] = kinship_drawings(shown).unwrap();
        let expected = [("F", "male", true), ("M", "female", true), ("K", "unknown", true)];
        assert_eq!(people(&first), expected.map(|(id, sex, typed)| (id.to_owned(), sex, typed)));
        assert_eq!(first.people.iter().map(|person| person.is_dead).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!((people(&second)[0].clone(), second.people.len()), (("?".to_owned(), "male", false), 4));
        for relationship in Relationship::ALL {
            let [first, _] =
                kinship_drawings(Shown { relationship, known: None, candidate: ("F", Place::Either), ..shown })
                    .unwrap();
            assert!(first.people.iter().any(|person| person.id == "K"), "{relationship}");
        }
    }
}
