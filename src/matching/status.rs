//! In one word what is known of each place of a child's parents.

use super::Case;
use super::families::CasePosterior;
use super::parentage::Parentage;
use super::roster::Child;
use crate::inference::{InList, Place};
use crate::profile::SampleIndex;
use std::fmt;

/// What is known of one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// The child's row names this parent.
    Stated,
    /// One person, at `status.established` or more.
    Established,
    /// One person, at `status.probable` or more.
    Probable,
    /// Somebody of the lists, at `status.probable` or more, but not which of them.
    Disputed,
    /// Nobody of the lists, at `status.probable` or more.
    NoneInTheLists,
    /// Nothing reaches `status.probable`.
    Undecidable,
    /// Nobody was compared for this place.
    NotAsked,
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Stated => "stated",
            Self::Established => "established",
            Self::Probable => "probable",
            Self::Disputed => "disputed",
            Self::NoneInTheLists => "none in the lists",
            Self::Undecidable => "undecidable",
            Self::NotAsked => "not asked",
        })
    }
}

/// Somebody who can be named as a parent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Named {
    /// A person of the lists: the sample that stands for it.
    Sample(SampleIndex),
    /// A missing person (number) who lies among none of the bodies.
    Missing(u32),
}

/// What is known of the parent of one place.
#[derive(Clone, PartialEq, Debug)]
pub struct PlaceStatus {
    /// In one word.
    pub status: Status,
    /// The stated parent, or the likeliest person.
    pub person: Option<Named>,
    /// The likeliest persons with their probabilities (the lowest of the populations), best first; at most [`NAMED`].
    pub persons: Vec<(Named, f64)>,
    /// The probability that it is nobody of the lists, and no missing person (the highest of the populations).
    pub none: Option<f64>,
}

/// What is known of the parents of one child.
#[derive(Clone, PartialEq, Debug)]
pub struct ChildStatus {
    /// The child.
    pub child: SampleIndex,
    /// Father and mother.
    pub places: [PlaceStatus; 2],
}

/// So many persons are named.
const NAMED: usize = 3;

/// Persons below this probability are not named.
const NAMED_FROM: f64 = 0.01;

impl ChildStatus {
    /// From the posteriors of one child: of the case where they are exact beside the limit of what is established, else of
    /// the child alone.
    pub fn of(case: &Case<'_>, child: &Child, parentage: &Parentage, of_case: Option<&CasePosterior>) -> Self {
        let negligible = (1.0 - case.settings.status.established) / 10.0;
        let of_case = of_case.filter(|of_case| of_case.sampled.is_none() && of_case.cut <= negligible);
        let place = |place| place_status(case, child, parentage, of_case, place);
        Self { child: child.sample, places: Place::BOTH.map(place) }
    }
}

fn place_status(
    case: &Case<'_>,
    child: &Child,
    parentage: &Parentage,
    of_case: Option<&CasePosterior>,
    place: Place,
) -> PlaceStatus {
    let in_list = InList::both(case.settings.prior.in_list);
    let stated = if place == Place::Father { child.father } else { child.mother };
    let mut none = parentage.none(in_list, place);
    let mut listed = parentage.of_place(in_list, place);
    let mut missing = Vec::new();
    if let Some(of_case) = of_case.filter(|_| stated.is_none()) {
        missing = of_case.missing(place);
        none = none.or((!missing.is_empty()).then_some(1.0)).map(|_| of_case.none(place));
        for (person, posterior) in &mut listed {
            *posterior = of_case.in_place(place, *person, &parentage.posteriors_in(in_list, place, *person));
        }
    }
    let listed = listed.into_iter().map(|(person, posterior)| (Named::Sample(person), posterior));
    let missing = missing.into_iter().map(|(person, posterior)| (Named::Missing(person), posterior));
    let mut persons: Vec<(Named, f64)> = listed.chain(missing).collect();
    persons.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    let limits = &case.settings.status;
    let best = persons.first().map_or(0.0, |&(_, posterior)| posterior);
    let status = match none {
        _ if stated.is_some() => Status::Stated,
        None => Status::NotAsked,
        Some(_) if best >= limits.established => Status::Established,
        Some(_) if best >= limits.probable => Status::Probable,
        Some(none) if 1.0 - none >= limits.probable => Status::Disputed,
        Some(none) if none >= limits.probable => Status::NoneInTheLists,
        Some(_) => Status::Undecidable,
    };
    persons.retain(|&(_, posterior)| posterior >= NAMED_FROM);
    persons.truncate(NAMED);
    let likeliest = match status {
        Status::Established | Status::Probable | Status::Disputed => persons.first().map(|&(person, _)| person),
        _ => None,
    };
    PlaceStatus { status, person: stated.map(Named::Sample).or(likeliest), persons, none }
}
