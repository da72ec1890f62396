//! One locus of a question: which alleles each slot of each member can hold.

use super::family::{Origin, TracedFamily};
use super::model::LocusModel;
use super::state_space::StateSpace;
use crate::inheritance::observation::Evidence;

/// A genotype (states of slots 0 and 1, the second 0 where there is no such slot) and the probability of the evidence
/// given it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Genotype {
    pub states: [u16; 2],
    pub weight: f64,
}

/// One locus: its states, and for each member of the family (same order) what the slots can hold.
pub(super) struct Frame<'m> {
    pub model: &'m LocusModel,
    pub space: StateSpace<'m>,
    /// The states of each slot, ascending; empty for a slot that is not there.
    pub domains: Vec<[Vec<u16>; 2]>,
    /// The genotypes that can show the evidence; `None` for an untyped member.
    pub genotypes: Vec<Option<Vec<Genotype>>>,
    /// Slots drawn from the population: member (index into the family) and slot.
    pub founder_slots: Vec<(usize, usize)>,
}

impl<'m> Frame<'m> {
    /// `None` where some slot can hold nothing: the evidence is impossible.
    pub fn new(
        model: &'m LocusModel,
        space: StateSpace<'m>,
        family: &TracedFamily,
        evidence: &[Evidence],
    ) -> Option<Self> {
        let members = family.members.len();
        let mut frame = Self {
            model,
            space,
            domains: Vec::with_capacity(members),
            genotypes: Vec::with_capacity(members),
            founder_slots: Vec::new(),
        };
        for (at, member) in family.members.iter().enumerate() {
            let mut domains = member.slots.map(|origin| match origin {
                None => Vec::new(),
                Some(Origin::Founder) => (0..frame.space.size() as u16).collect(),
                Some(Origin::Parent { parent, sex, from }) => {
                    let parent = family.members[..at].iter().position(|earlier| earlier.person == parent);
                    let sources = parent.map(|parent| &frame.domains[parent]);
                    frame.reachable(sources, frame.space.matrix(sex), from)
                }
            });
            let seen: Vec<&Evidence> = evidence.iter().filter(|piece| piece.person == member.person).collect();
            let typed = seen.iter().any(|piece| piece.seen.alleles().next().is_some());
            if typed || member.is_kept {
                domains.iter_mut().for_each(|domain| domain.retain(|&state| Some(state) != frame.space.rest));
            }
            let genotypes = typed.then(|| {
                let mut genotypes = frame.possible_genotypes(&mut domains, member.slots[1].is_some(), &seen);
                if !member.is_kept && family.is_unordered(member) {
                    take_unordered(&mut genotypes);
                }
                narrow(&mut domains, &genotypes);
                genotypes
            });
            let nothing_left =
                member.slots.iter().zip(&domains).any(|(slot, domain)| slot.is_some() && domain.is_empty());
            if nothing_left {
                return None;
            }
            for (slot, origin) in member.slots.iter().enumerate() {
                if *origin == Some(Origin::Founder) {
                    frame.founder_slots.push((at, slot));
                }
            }
            frame.domains.push(domains);
            frame.genotypes.push(genotypes);
        }
        Some(frame)
    }

    /// The states that a transmission from a parent with these slot domains can arrive as.
    fn reachable(&self, parent: Option<&[Vec<u16>; 2]>, matrix: &[f64], from: Option<usize>) -> Vec<u16> {
        let size = self.space.size();
        let may_pass_on = |slot: &usize| from.is_none_or(|from| from == *slot);
        let slots = parent.into_iter().flat_map(|slots| (0..2).filter(may_pass_on).flat_map(|slot| &slots[slot]));
        let sources: Vec<usize> = slots.map(|&state| usize::from(state)).collect();
        if sources.len() >= size && matrix.iter().all(|&probability| probability > 0.0) {
            return (0..size as u16).collect();
        }
        let reached = |to: &usize| sources.iter().any(|from| matrix[from * size + to] > 0.0);
        (0..size).filter(reached).map(|to| to as u16).collect()
    }

    /// The genotypes in these slot domains that can show all that was seen.
    fn possible_genotypes(&self, domains: &mut [Vec<u16>; 2], diploid: bool, seen: &[&Evidence]) -> Vec<Genotype> {
        let silent = self.model.silent();
        let allele = |state: u16| self.space.representatives[usize::from(state)];
        let is_exact =
            |piece: &&&Evidence| piece.drop_out == 0.0 && piece.drop_in == 0.0 && self.model.genotyping_error() == 0.0;
        for piece in seen.iter().filter(is_exact) {
            let mut shown = piece.seen.alleles().peekable();
            if shown.peek().is_some() {
                let shown: Vec<_> = shown.collect();
                let can_show = |state: &u16| allele(*state) == silent || shown.contains(&allele(*state));
                domains.iter_mut().for_each(|domain| domain.retain(can_show));
            }
        }
        let second_states: &[u16] = if diploid { &domains[1] } else { &[0] };
        let mut genotypes = Vec::with_capacity(domains[0].len() * second_states.len());
        for &first in &domains[0] {
            for &second in second_states {
                let other = diploid.then(|| allele(second));
                let weight: f64 =
                    seen.iter().map(|piece| self.model.probability_of(piece, allele(first), other)).product();
                if weight > 0.0 {
                    genotypes.push(Genotype { states: [first, second], weight });
                }
            }
        }
        genotypes
    }

    /// The logarithm of the product of the smallest probabilities of so many founder alleles, of so many meioses and of what these
    /// members show: no such product that is not 0 is less.
    pub fn ln_smallest_term(&self, founders: usize, meioses: usize, typed: impl Iterator<Item = usize>) -> f64 {
        let smallest = |values: &mut dyn Iterator<Item = f64>| {
            let nonzero = values.filter(|value| *value != 0.0);
            nonzero.fold(1.0, |smallest: f64, value| smallest.min(value.abs())).ln()
        };
        let (space, theta) = (&self.space, self.model.theta());
        let founder =
            smallest(&mut space.frequencies.iter().copied()) + smallest(&mut [theta, 1.0 - theta].into_iter());
        let meiosis = smallest(&mut space.maternal.iter().chain(space.paternal.iter()).copied());
        let genotypes = |member: usize| self.genotypes[member].iter().flatten();
        let shown = |member| smallest(&mut genotypes(member).map(|genotype| genotype.weight));
        founders as f64 * founder + meioses as f64 * meiosis + typed.map(shown).sum::<f64>()
    }

    /// The joint numbers of states of all founder slots, where typed members count their genotypes.
    pub fn founder_cells(&self) -> f64 {
        let mut cells = 1.0;
        for (position, &(member, slot)) in self.founder_slots.iter().enumerate() {
            let domain = self.domains[member][slot].len() as f64;
            let first_of_member = position == 0 || self.founder_slots[position - 1].0 != member;
            match &self.genotypes[member] {
                Some(genotypes) if is_compact(genotypes, &self.domains[member]) => {
                    cells *= if first_of_member { genotypes.len() as f64 } else { 1.0 };
                }
                _ => cells *= domain,
            }
        }
        cells
    }
}

/// Keeps of every two genotypes that differ in the order of their states alone the one that is sorted, for both.
pub(super) fn take_unordered(genotypes: &mut Vec<Genotype>) {
    genotypes.retain(|genotype| genotype.states[0] <= genotype.states[1]);
    let both_orders = genotypes.iter_mut().filter(|genotype| genotype.states[0] != genotype.states[1]);
    both_orders.for_each(|genotype| genotype.weight *= 2.0);
}

/// Leaves in the domains of the slots what is in some genotype.
fn narrow(domains: &mut [Vec<u16>; 2], genotypes: &[Genotype]) {
    for (slot, domain) in domains.iter_mut().enumerate() {
        domain.retain(|&state| genotypes.iter().any(|genotype| genotype.states[slot] == state));
    }
}

/// Whether one variable over whole genotypes is smaller than one variable a slot.
pub(super) fn is_compact(genotypes: &[Genotype], domains: &[Vec<u16>; 2]) -> bool {
    genotypes.len() <= domains[0].len() + domains[1].len()
}
