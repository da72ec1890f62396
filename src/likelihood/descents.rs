//! The ways in which the alleles that are looked at can have come down from the founders.
//!
//! With theta above 0 all founder alleles depend on each other. But whatever the selectors of all meioses are, only few founder
//! alleles reach a slot that is looked at (Lander & Green 1987, doi 10.1073/pnas.84.8.2363, call a choice of all selectors
//! an inheritance vector), and what connects them is a forest. So a sum over descents of sums over partitions of
//! few founder alleles replaces one sum over partitions of all of them. Selectors that nobody looks at are never chosen.

use super::family::{Origin, TracedFamily};

/// One way: its probability, and the family with every `from` known and without the slots that nobody looks at.
pub(super) type Descent = (f64, TracedFamily);

/// All descents; `None` where there are more than `limit`.
///
/// A founder's two slots are exchangeable, so the first of a founder's meioses that is decided passes on slot 0.
pub(super) fn descents(family: &TracedFamily, limit: usize) -> Option<Vec<Descent>> {
    let members = family.members.len();
    let mut needed = vec![[false; 2]; members];
    for (needed, member) in needed.iter_mut().zip(&family.members) {
        *needed = member.slots.map(|slot| slot.is_some() && (member.is_typed || member.is_kept));
    }
    let start = DescentChoices { weight: 1.0, family: family.clone(), needed, has_passed_on: vec![false; members] };
    let mut search = DescentSearch { family, limit, found: Vec::new() };
    search.decide(2 * members, start).then_some(search.found)
}

/// What is decided so far.
#[derive(Clone)]
struct DescentChoices {
    weight: f64,
    family: TracedFamily,
    needed: Vec<[bool; 2]>,
    has_passed_on: Vec<bool>,
}

struct DescentSearch<'f> {
    family: &'f TracedFamily,
    limit: usize,
    found: Vec<Descent>,
}

impl DescentSearch<'_> {
    /// Decides the origins of the slots below `next` (2 · member + slot), children before parents; false beyond the limit.
    fn decide(&mut self, mut next: usize, mut choices: DescentChoices) -> bool {
        while next > 0 {
            next -= 1;
            let (member, slot) = (next / 2, next % 2);
            if !choices.needed[member][slot] {
                choices.family.members[member].slots[slot] = None;
                continue;
            }
            let Some(Origin::Parent { parent, .. }) = self.family.members[member].slots[slot] else { continue };
            let Some(parent) = self.family.position(parent) else { continue };
            if self.is_free(parent, &choices) {
                let mut other = choices.clone();
                other.weight /= 2.0;
                other.choose(member, slot, parent, 1);
                if !self.decide(next, other) {
                    return false;
                }
                choices.weight /= 2.0;
            }
            choices.choose(member, slot, parent, 0);
        }
        choices.family.members.retain(|member| member.slots.iter().any(Option::is_some));
        self.found.push((choices.weight, choices.family));
        self.found.len() <= self.limit
    }

    /// Whether it makes a difference which slot this parent passed on.
    fn is_free(&self, parent: usize, choices: &DescentChoices) -> bool {
        let member = &self.family.members[parent];
        let exchangeable = member.is_exchangeable && !choices.has_passed_on[parent];
        member.slots[1].is_some() && !exchangeable
    }
}

impl DescentChoices {
    fn choose(&mut self, member: usize, slot: usize, parent: usize, passed_on: usize) {
        if let Some(Origin::Parent { from, .. }) = &mut self.family.members[member].slots[slot] {
            *from = Some(passed_on);
        }
        self.needed[parent][passed_on] = true;
        self.has_passed_on[parent] = true;
    }
}
