//! What the likelihood ratio of a block rests on: people who show the same and are related alike have the same ratio, whoever they are.

use super::group::{BlockKey, Groups, Parent, Related, Trio};
use crate::inference::Place;
use crate::likelihood::Chromosome;
use crate::profile::{Code, SampleIndex, Sex};
use std::collections::BTreeMap;

/// Instead of the position of a parent: nobody who has a position,
const ALONE: u32 = u32::MAX;
/// or, from here on, the unlisted parents of a place.
const SHARED: u32 = 1 << 24;

impl Groups<'_> {
    /// The key of a block, whose children are put in the order in which they stand there: the ratio then follows from the key alone, to the
    /// last bit.
    pub(super) fn key(&self, locus: usize, block: &mut Related) -> BlockKey {
        if self.kin.is_some() {
            return BlockKey::Samples(block.clone());
        }
        block.trios.sort_by_cached_key(|trio| self.shown(locus, trio));
        let mut positions: BTreeMap<SampleIndex, u32> = BTreeMap::new();
        let mut people = Vec::new();
        let mut add = |node: SampleIndex, sex: Sex, code: Code| {
            positions.entry(node).or_insert_with(|| {
                people.push((sex, code));
                people.len() as u32 - 1
            });
        };
        let (case, persons) = (self.basis.case, self.basis.persons);
        for &Trio { child, .. } in &block.trios {
            add(persons.stands_for(child), self.sex_of_child(locus, block, child), case.code(child, locus));
        }
        for parent in block.trios.iter().flat_map(|trio| trio.parents) {
            if let Parent::Person(person) = parent {
                let code = case.code_of_person(persons, person, locus);
                add(person, persons.sex(case.panel, person), code);
            }
        }
        let mut shared: [Vec<u32>; 2] = Default::default();
        let mut trio = |trio: &Trio| {
            let named = self.basis.known.get(&trio.child).copied().unwrap_or_default();
            let named = named.map(|named| named.and_then(|named| positions.get(&named)).copied().unwrap_or(ALONE));
            let [father, mother] = Place::BOTH.map(|place| match trio.parents[place.index()] {
                Parent::Alone | Parent::Missing(_) => ALONE,
                Parent::Person(person) => positions[&person],
                Parent::Shared(number) => SHARED + number_of(&mut shared[place.index()], number),
            });
            [positions[&persons.stands_for(trio.child)], father, mother, named[0], named[1]]
        };
        let trios = block.trios.iter().map(&mut trio).collect();
        BlockKey::Shown { trios, people }
    }

    /// By what children of a block are put in order: what they and their parents show.
    fn shown(&self, locus: usize, trio: &Trio) -> (Code, [(u8, Code); 2]) {
        let (case, persons) = (self.basis.case, self.basis.persons);
        let of_parent = |parent| match parent {
            Parent::Alone | Parent::Missing(_) => (0, 0),
            Parent::Shared(_) => (1, 0),
            Parent::Person(person) => (2, case.code_of_person(persons, person, locus)),
        };
        (case.code(trio.child, locus), trio.parents.map(of_parent))
    }

    /// The sex of a child of a block, as far as it counts at a locus.
    pub(super) fn sex_of_child(&self, locus: usize, block: &Related, child: SampleIndex) -> Sex {
        let (case, node) = (self.basis.case, self.basis.persons.stands_for(child));
        let is_parent = || block.trios.iter().any(|trio| trio.parents.contains(&Parent::Person(node)));
        let model = &case.models.populations[self.table].loci[locus];
        match self.kin.is_some() || model.chromosome() == Chromosome::X || is_parent() {
            true => case.panel.sex(child),
            false => Sex::Unknown,
        }
    }
}

/// The position of an unlisted parent among those met so far.
fn number_of(met: &mut Vec<u32>, number: u32) -> u32 {
    let known = met.iter().position(|other| *other == number);
    known.unwrap_or_else(|| {
        met.push(number);
        met.len() - 1
    }) as u32
}
