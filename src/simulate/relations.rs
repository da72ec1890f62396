//! What two people of a pedigree are to each other.

use crate::inheritance::pedigree::Pedigree;
use crate::inheritance::relationship::Relationship;

/// The closest simple relationship of two members, or none of those with a name.
///
/// The order of the two does not matter: a parent and its child are [`Relationship::Parent`] either way.
pub fn relationship(pedigree: &Pedigree, one: usize, other: usize) -> Option<Relationship> {
    if one == other {
        return Some(Relationship::Identity);
    }
    let parents = |person: usize| {
        let individual = &pedigree.individuals()[person];
        [individual.father, individual.mother].into_iter().flatten()
    };
    let is_parent = |parent: usize, child: usize| parents(child).any(|listed| listed == parent);
    let shared = |one: usize, other: usize| parents(one).filter(|&parent| is_parent(parent, other)).count();
    let full_siblings = |one: usize, other: usize| one != other && shared(one, other) == 2;
    let either = |holds: &dyn Fn(usize, usize) -> bool| holds(one, other) || holds(other, one);
    if either(&is_parent) {
        Some(Relationship::Parent)
    } else if full_siblings(one, other) {
        Some(Relationship::FullSibling)
    } else if shared(one, other) == 1 {
        Some(Relationship::HalfSibling)
    } else if either(&|elder, younger| parents(younger).any(|parent| is_parent(elder, parent))) {
        Some(Relationship::Grandparent)
    } else if either(&|elder, younger| parents(younger).any(|parent| full_siblings(elder, parent))) {
        Some(Relationship::Avuncular)
    } else if parents(one).any(|left| parents(other).any(|right| full_siblings(left, right))) {
        Some(Relationship::FirstCousin)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::pedigree::Individual;
    use crate::profile::Sex;

    #[test]
    fn the_usual_relationships_are_named() {
        let person = |id: &str, father, mother| Individual::child(id, Sex::Unknown, father, mother);
        let pedigree = Pedigree::new(vec![
            person("grandfather", None, None),
            person("grandmother", None, None),
            person("father", Some(0), Some(1)),
            person("uncle", Some(0), Some(1)),
            person("mother", None, None),
            person("child", Some(2), Some(4)),
            person("half", Some(2), None),
            person("cousin", Some(3), None),
        ])
        .unwrap();
        for (one, other, expected) in [
            (5, 5, Some(Relationship::Identity)),
            (2, 5, Some(Relationship::Parent)),
            (2, 3, Some(Relationship::FullSibling)),
            (5, 6, Some(Relationship::HalfSibling)),
            (0, 5, Some(Relationship::Grandparent)),
            (5, 3, Some(Relationship::Avuncular)),
            (7, 5, Some(Relationship::FirstCousin)),
            (4, 3, None),
        ] {
            assert_eq!(relationship(&pedigree, one, other), expected);
            assert_eq!(relationship(&pedigree, other, one), expected);
        }
    }
}
