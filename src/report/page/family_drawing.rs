//! Where the people of a family stand in a drawing, and the lines between them: one row a generation, couples side by side,
//! a line from each couple down to its children (Bennett et al. 2008, doi 10.1007/s10897-008-9169-9, for the symbols).

use crate::inheritance::Family;
use crate::profile::Sex;
use std::collections::BTreeMap;

/// Pixels between two people of a generation.
const ACROSS: u32 = 110;

/// Pixels between two generations.
const DOWN: u32 = 110;

/// Pixels around the whole.
const MARGIN: u32 = 60;

/// Two drawings that are wider have no room beside each other, in pixels: five people.
const WIDE: u32 = 2 * MARGIN + 4 * ACROSS - 1;

/// A family of more people is not drawn.
const MOST_PEOPLE: usize = 60;

/// A family laid out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FamilyDrawing {
    /// The family's id.
    pub id: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Everybody.
    pub people: Vec<DrawnPerson>,
    /// From x, y to x, y.
    pub lines: Vec<[u32; 4]>,
}

/// A person of a drawing; the symbol's middle is at x, y.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DrawnPerson {
    /// The person's id.
    pub id: String,
    /// The sex in a word.
    pub sex: &'static str,
    /// Pixels from the left.
    pub x: u32,
    /// Pixels from the top.
    pub y: u32,
    /// Whether the person gave a sample: shaded.
    pub is_typed: bool,
    /// Whether the person is looked for.
    pub is_missing: bool,
    /// Whether the person is known to be dead, by remains: a slash through the symbol.
    pub is_dead: bool,
}

impl FamilyDrawing {
    /// Lays a family out; `typed` are the positions of those who gave a sample.
    pub fn of(family: &Family, typed: &[usize]) -> Self {
        let generations = generations(family);
        let places = places(family, &generations);
        let individuals = family.pedigree.individuals().iter().enumerate();
        let people: Vec<DrawnPerson> = individuals
            .map(|(at, person)| DrawnPerson {
                id: person.id.clone(),
                sex: sex(person.sex),
                x: MARGIN + places[at] * ACROSS / 2,
                y: MARGIN + generations[at] as u32 * DOWN,
                is_typed: typed.contains(&at),
                is_missing: family.missing.contains(&at),
                is_dead: false,
            })
            .collect();
        let far = |of: fn(&DrawnPerson) -> u32| people.iter().map(of).max().unwrap_or(0) + MARGIN;
        let (width, height) = (far(|person| person.x), far(|person| person.y));
        Self { id: family.id.clone(), width, height, lines: lines(family, &people), people }
    }

    /// Whether it takes the width of a page.
    pub fn is_wide(&self) -> bool {
        self.width > WIDE
    }

    /// Whether it is small enough to be looked at.
    pub fn is_small(&self) -> bool {
        self.people.len() <= MOST_PEOPLE
    }
}

fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Unknown => "unknown",
    }
}

/// The parents that are listed, and their children, by couple.
fn couples(family: &Family) -> BTreeMap<[Option<usize>; 2], Vec<usize>> {
    let mut couples: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, person) in family.pedigree.individuals().iter().enumerate() {
        if person.father.is_some() || person.mother.is_some() {
            couples.entry([person.father, person.mother]).or_default().push(at);
        }
    }
    couples
}

/// The generation of each person (0: the eldest): below the parents, beside whom one has children with.
fn generations(family: &Family) -> Vec<usize> {
    let people = family.pedigree.individuals();
    let mut generations = vec![0; people.len()];
    // Each round moves somebody down, or all is done; no one can be deeper than there are people.
    for _ in 0..people.len() {
        let before = generations.clone();
        for (parents, children) in couples(family) {
            let lowest = parents.iter().flatten().map(|&parent| generations[parent]).max().unwrap_or(0);
            parents.iter().flatten().for_each(|&parent| generations[parent] = lowest.min(people.len()));
            children.iter().for_each(|&child| generations[child] = generations[child].max(lowest + 1));
        }
        if generations == before {
            break;
        }
    }
    generations
}

/// The place of each person in its generation, in halves of a step: children in the order of their parents, partners side by
/// side, and nobody in another's place.
fn places(family: &Family, generations: &[usize]) -> Vec<u32> {
    let places = signed_places(family, generations);
    let first = places.iter().copied().min().unwrap_or(0);
    places.into_iter().map(|place| place.abs_diff(first)).collect()
}

/// The same from any beginning: parents may stand further left than their children.
fn signed_places(family: &Family, generations: &[usize]) -> Vec<i32> {
    let couples = couples(family);
    let deepest = generations.iter().copied().max().unwrap_or(0);
    let mut order: Vec<usize> = vec![0; generations.len()];
    let mut places = vec![0; generations.len()];
    for generation in 0..=deepest {
        let mut row: Vec<usize> = (0..generations.len()).filter(|&at| generations[at] == generation).collect();
        row.sort_by_key(|&at| {
            let person = &family.pedigree.individuals()[at];
            let of_parents = person.father.into_iter().chain(person.mother).map(|parent| order[parent]).min();
            (of_parents.unwrap_or(usize::MAX), at)
        });
        let row = beside_partners(row, &couples);
        row.iter().enumerate().for_each(|(place, &at)| order[at] = place);
    }
    // From the youngest up: parents above the middle of their children, then apart from each other.
    for generation in (0..=deepest).rev() {
        let mut row: Vec<usize> = (0..generations.len()).filter(|&at| generations[at] == generation).collect();
        row.sort_by_key(|&at| order[at]);
        let mut free = None;
        for at in row {
            let wanted = above_children(at, &couples, &places);
            places[at] = wanted.max(free).unwrap_or(0);
            free = Some(places[at] + 2);
        }
    }
    places
}

/// The row with each person's partners right behind the person.
fn beside_partners(row: Vec<usize>, couples: &BTreeMap<[Option<usize>; 2], Vec<usize>>) -> Vec<usize> {
    let mut placed: Vec<usize> = Vec::with_capacity(row.len());
    for &at in &row {
        if placed.contains(&at) {
            continue;
        }
        placed.push(at);
        let partners = couples.keys().filter_map(|parents| match parents {
            [Some(father), Some(mother)] if *father == at => Some(*mother),
            [Some(father), Some(mother)] if *mother == at => Some(*father),
            _ => None,
        });
        for partner in partners {
            if row.contains(&partner) && !placed.contains(&partner) {
                placed.push(partner);
            }
        }
    }
    placed
}

/// Where a parent stands above the middle of the children: the first of a couple half a step left of it.
fn above_children(at: usize, couples: &BTreeMap<[Option<usize>; 2], Vec<usize>>, places: &[i32]) -> Option<i32> {
    let (parents, children) = couples.iter().find(|(parents, _)| parents.contains(&Some(at)))?;
    let middle = children.iter().map(|&child| places[child]).sum::<i32>() / children.len().max(1) as i32;
    let is_couple = parents.iter().flatten().count() == 2;
    Some(if is_couple { middle - 1 } else { middle })
}

/// For each couple: a line between the two, one down from its middle, one above the children, one to each child.
fn lines(family: &Family, people: &[DrawnPerson]) -> Vec<[u32; 4]> {
    let mut lines = Vec::new();
    for (parents, children) in couples(family) {
        let parents: Vec<&DrawnPerson> = parents.iter().flatten().map(|&parent| &people[parent]).collect();
        let (Some(first), Some(last)) = (parents.first(), parents.last()) else { continue };
        let middle = (first.x + last.x) / 2;
        let top = first.y.max(last.y);
        let children: Vec<&DrawnPerson> = children.iter().map(|&child| &people[child]).collect();
        let above = children.iter().map(|child| child.y).min().unwrap_or(top + DOWN) - DOWN * 2 / 5;
        if parents.len() == 2 {
            lines.push([first.x, first.y, last.x, last.y]);
        }
        lines.push([middle, top, middle, above]);
        let ends = children.iter().map(|child| child.x).chain([middle]);
        let (left, right) = (ends.clone().min().unwrap_or(middle), ends.max().unwrap_or(middle));
        lines.push([left, above, right, above]);
        lines.extend(children.iter().map(|child| [child.x, above, child.x, child.y]));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::{Individual, Pedigree};

    /// Two grandparents, their son with his wife, and the two children of these.
    #[test]
    fn parents_stand_above_their_children_and_nobody_on_another() {
        let founder = |id, sex| Individual::founder(id, sex);
        let individuals = vec![
            founder("grandfather", Sex::Male),
            founder("grandmother", Sex::Female),
            Individual::child("father", Sex::Male, Some(0), Some(1)),
            founder("mother", Sex::Female),
            Individual::child("one", Sex::Female, Some(2), Some(3)),
            Individual::child("two", Sex::Unknown, Some(2), Some(3)),
        ];
        let pedigree = Pedigree::new(individuals).unwrap();
        let family = Family { id: "F".into(), pedigree, missing: vec![2], lines: vec![0; 6] };
        let drawing = FamilyDrawing::of(&family, &[1, 4]);
        let rows: Vec<u32> = drawing.people.iter().map(|person| (person.y - MARGIN) / DOWN).collect();
        assert_eq!(rows, [0, 0, 1, 1, 2, 2]);
        let mut places: Vec<_> = drawing.people.iter().map(|person| (person.x, person.y)).collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 6);
        let of = |at: usize| drawing.people[at].x;
        assert_eq!(of(2) + of(3), of(4) + of(5), "the parents' middle is the children's");
        assert!(drawing.people[2].is_missing && drawing.people[1].is_typed && !drawing.people[2].is_typed);
        assert_eq!(drawing.lines.len(), 2 + 2 + 1 + 1 + 1 + 2, "two couples, drops, sibships, children");
    }
}
