//! From a family and its evidence to the network.
//!
//! Variables: an allele slot, or both slots of a typed person at once where few genotypes can show what was seen; a selector
//! for each meiosis (which of the parent's slots was passed on) where it is needed. With a selector s, the transmission from
//! slots x, y to slot z is the product of [s = 0: M(x, z), else 1] and [s = 1: M(y, z), else 1], so no table ever holds
//! x, y and z together unless the elimination order wants it. Linked loci have their selectors coupled by the
//! recombination fraction.

use super::coancestry::{DrawAxis, Urn};
use super::family::{Origin, TracedFamily};
use super::frame::{Frame, Genotype, is_compact};
use super::network::Network;
use super::wide::Wide;
use crate::profile::Sex;

/// How the founder alleles of a locus depend on each other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Founders<'p> {
    /// Theta 0.
    Independent,
    /// One table over all of them.
    Joint,
    /// In blocks of one draw each.
    Blocks(&'p [u8]),
    /// Left open: no frequencies.
    Open,
}

/// Where the state of a slot is found: a variable, and which component of its states.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub variable: usize,
    component: usize,
}

/// Two slot variables of at most this many joint states are summed over directly instead of through a selector.
const DIRECT_CELLS: usize = 16;

/// A network under construction.
pub(super) struct Assembly {
    pub network: Network,
    /// The states of each variable, by slot; a selector's are not used.
    domains: Vec<Vec<[u16; 2]>>,
    /// The selectors of the previous linked locus: by member and slot.
    previous: Vec<[Selector; 2]>,
}

/// Which of a parent's slots was passed on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Selector {
    /// Not tracked.
    Absent,
    /// Known to be slot 0.
    First,
    /// A variable.
    Variable(usize),
}

impl Assembly {
    /// An empty network.
    pub fn new(family: &TracedFamily) -> Self {
        let previous = vec![[Selector::Absent; 2]; family.members.len()];
        Self { network: Network::default(), domains: Vec::new(), previous }
    }

    /// The state of a slot when its variable is in this state.
    pub fn state(&self, slot: Slot, variable_state: usize) -> usize {
        usize::from(self.domains[slot.variable][variable_state][slot.component])
    }

    /// Number of states of a slot's variable.
    pub fn variable_states(&self, slot: Slot) -> usize {
        self.states_of(slot.variable)
    }

    /// Number of states of a variable.
    pub fn states_of(&self, variable: usize) -> usize {
        self.domains[variable].len()
    }

    /// Adds one locus; `recombination` is `None` for a locus on its own, else the recombination fraction to the
    /// previous locus of the group (0.5 for the first). Returns the slots of each member.
    pub fn add_locus(
        &mut self,
        family: &TracedFamily,
        frame: &Frame<'_>,
        founders: Founders<'_>,
        recombination: Option<f64>,
    ) -> Vec<[Option<Slot>; 2]> {
        let slots = self.add_members(family, frame, founders);
        match founders {
            Founders::Joint => self.add_joint_founders(frame, &slots),
            Founders::Blocks(_) => self.add_block_frequencies(frame, &slots),
            Founders::Independent | Founders::Open => {}
        }
        for (member, family_member) in family.members.iter().enumerate() {
            for (slot, origin) in family_member.slots.into_iter().enumerate() {
                let (Some(Origin::Parent { parent, sex, from }), Some(to)) = (origin, slots[member][slot]) else {
                    continue;
                };
                let Some(parent) = family.position(parent) else { continue };
                let transmission = SlotTransmission { sources: slots[parent], to, sex };
                match recombination {
                    None => self.add_transmission(frame, &transmission, from),
                    Some(fraction) => {
                        let previous = self.previous[member][slot];
                        let current = self.add_linked(frame, &transmission, from, previous, fraction);
                        self.previous[member][slot] = current;
                    }
                }
            }
        }
        slots
    }

    /// The variables of every member, with their founder frequencies and the evidence.
    fn add_members(
        &mut self,
        family: &TracedFamily,
        frame: &Frame<'_>,
        founders: Founders<'_>,
    ) -> Vec<[Option<Slot>; 2]> {
        let mut slots = Vec::with_capacity(family.members.len());
        let mut blocks: Vec<Option<usize>> = Vec::new();
        for (member, family_member) in family.members.iter().enumerate() {
            let is_founder = family_member.slots.map(|origin| origin == Some(Origin::Founder));
            let by_blocks = matches!(founders, Founders::Blocks(_)) && is_founder.contains(&true);
            let domains = &frame.domains[member];
            match &frame.genotypes[member] {
                Some(genotypes) if !by_blocks && is_compact(genotypes, domains) => {
                    let variable = self.add_variable(genotypes.iter().map(|genotype| genotype.states).collect());
                    let independent = matches!(founders, Founders::Independent);
                    let frequency = |slot: usize, state: u16| match independent && is_founder[slot] {
                        true => Wide::from(frame.space.frequencies[usize::from(state)]),
                        false => Wide::ONE,
                    };
                    let probability = |&Genotype { states: [first, second], weight }: &Genotype| {
                        Wide::from(weight) * frequency(0, first) * frequency(1, second)
                    };
                    self.network.add_wide_table(&[variable], &genotypes.iter().map(probability).collect::<Vec<_>>());
                    let at = |slot| Slot { variable, component: slot };
                    slots.push([Some(at(0)), family_member.slots[1].map(|_| at(1))]);
                }
                genotypes => {
                    let mut member_slots = [None; 2];
                    for slot in 0..2 {
                        if family_member.slots[slot].is_none() {
                            continue;
                        }
                        member_slots[slot] = Some(match founders {
                            Founders::Blocks(of_slot) if is_founder[slot] => {
                                let position = frame.founder_slots.iter().position(|&at| at == (member, slot));
                                let block = position.map_or(0, |position| usize::from(of_slot[position]));
                                self.block(frame, of_slot, block, &mut blocks)
                            }
                            _ => self.add_slot(
                                frame,
                                &domains[slot],
                                is_founder[slot] && matches!(founders, Founders::Independent),
                            ),
                        });
                    }
                    if let Some(genotypes) = genotypes {
                        self.add_evidence(genotypes, member_slots);
                    }
                    slots.push(member_slots);
                }
            }
        }
        slots
    }

    fn add_variable(&mut self, domain: Vec<[u16; 2]>) -> usize {
        self.domains.push(domain);
        self.network.add_variable(self.domains[self.domains.len() - 1].len())
    }

    fn add_slot(&mut self, frame: &Frame<'_>, domain: &[u16], with_frequency: bool) -> Slot {
        let variable = self.add_variable(domain.iter().map(|&state| [state, state]).collect());
        if with_frequency {
            self.network.add_factor(&[variable], |states| frame.space.frequencies[usize::from(domain[states[0]])]);
        }
        Slot { variable, component: 0 }
    }

    /// The variable of a block of founder alleles: the states that all its slots can hold.
    fn block(&mut self, frame: &Frame<'_>, of_slot: &[u8], block: usize, blocks: &mut Vec<Option<usize>>) -> Slot {
        if blocks.len() <= block {
            blocks.resize(block + 1, None);
        }
        let variable = blocks[block].unwrap_or_else(|| {
            let slots = || frame.founder_slots.iter().zip(of_slot).filter(|(_, of)| usize::from(**of) == block);
            let in_all = |state: &u16| slots().all(|(&(member, slot), _)| frame.domains[member][slot].contains(state));
            let domain = (0..frame.space.size() as u16).filter(in_all).map(|state| [state, state]).collect();
            self.add_variable(domain)
        });
        blocks[block] = Some(variable);
        Slot { variable, component: 0 }
    }

    fn add_block_frequencies(&mut self, frame: &Frame<'_>, slots: &[[Option<Slot>; 2]]) {
        let mut variables: Vec<usize> = frame
            .founder_slots
            .iter()
            .filter_map(|&(member, slot)| slots[member][slot])
            .map(|slot| slot.variable)
            .collect();
        variables.sort_unstable();
        variables.dedup();
        for variable in variables {
            let domain = &self.domains[variable];
            self.network.add_factor(&[variable], |states| frame.space.frequencies[usize::from(domain[states[0]][0])]);
        }
    }

    fn add_joint_founders(&mut self, frame: &Frame<'_>, slots: &[[Option<Slot>; 2]]) {
        let founders: Vec<Slot> =
            frame.founder_slots.iter().filter_map(|&(member, slot)| slots[member][slot]).collect();
        let variables = distinct_variables(&founders);
        let drawn_by = |variable: &usize| {
            let slots = founders.iter().filter(|slot| slot.variable == *variable);
            let components: Vec<usize> = slots.map(|slot| slot.component).collect();
            let mut drawn = Vec::with_capacity(components.len() * self.domains[*variable].len());
            for states in &self.domains[*variable] {
                drawn.extend(components.iter().map(|&at| usize::from(states[at])));
            }
            DrawAxis { draws: components.len(), states: drawn }
        };
        let axes: Vec<DrawAxis> = variables.iter().map(drawn_by).collect();
        let urn = Urn::new(&frame.space.frequencies, frame.model.theta(), founders.len());
        match urn.may_underflow() {
            true => self.network.add_wide_table(&variables, &urn.wide_table(&axes)),
            false => self.network.add_table(&variables, urn.table(&axes)),
        }
    }

    /// The evidence on a person whose slots have a variable each (perhaps the same one).
    fn add_evidence(&mut self, genotypes: &[super::frame::Genotype], slots: [Option<Slot>; 2]) {
        let present: Vec<Slot> = slots.into_iter().flatten().collect();
        let variables = distinct_variables(&present);
        let domains = &self.domains;
        self.network.add_factor(&variables, |states| {
            let state = |slot: Option<Slot>| {
                slot.map(|slot| domains[slot.variable][states[axis(&variables, slot)]][slot.component])
            };
            let fits = |genotype: &&super::frame::Genotype| {
                state(slots[0]) == Some(genotype.states[0])
                    && state(slots[1]).is_none_or(|second| second == genotype.states[1])
            };
            genotypes.iter().find(fits).map_or(0.0, |genotype| genotype.weight)
        });
    }

    /// P(to | from) at a locus on its own.
    fn add_transmission(&mut self, frame: &Frame<'_>, transmission: &SlotTransmission, from: Option<usize>) {
        let SlotTransmission { sources, to, sex } = *transmission;
        let sources: Vec<Slot> = match from {
            Some(slot) => sources[slot].into_iter().collect(),
            None => sources.into_iter().flatten().collect(),
        };
        let mut variables = distinct_variables(&sources);
        let cells: usize = variables.iter().map(|&variable| self.domains[variable].len()).product();
        if variables.len() > 1 && cells > DIRECT_CELLS {
            let selector = self.add_selector();
            self.network.add_factor(&[selector], |_| 0.5);
            self.add_selected(frame, transmission, selector);
            return;
        }
        variables.push(to.variable);
        let (matrix, size) = (frame.space.matrix(sex), frame.space.size());
        let share = 1.0 / sources.len() as f64;
        let domains = &self.domains;
        self.network.add_factor(&variables, |states| {
            let state =
                |slot: Slot| usize::from(domains[slot.variable][states[axis(&variables, slot)]][slot.component]);
            sources.iter().map(|&source| matrix[state(source) * size + state(to)]).sum::<f64>() * share
        });
    }

    /// P(to | from) at one of several linked loci; returns the selector.
    fn add_linked(
        &mut self,
        frame: &Frame<'_>,
        transmission: &SlotTransmission,
        from: Option<usize>,
        previous: Selector,
        recombination: f64,
    ) -> Selector {
        let is_first_locus = previous == Selector::Absent;
        if transmission.sources[1].is_none() || (is_first_locus && from.is_some()) {
            self.add_transmission(frame, transmission, Some(0));
            return Selector::First;
        }
        let selector = self.add_selector();
        let moved = |before: usize, now: usize| if before == now { 1.0 - recombination } else { recombination };
        match previous {
            Selector::Absent => self.network.add_factor(&[selector], |_| 0.5),
            Selector::First => self.network.add_factor(&[selector], |states| moved(0, states[0])),
            Selector::Variable(before) => {
                self.network.add_factor(&[before, selector], |states| moved(states[0], states[1]));
            }
        }
        self.add_selected(frame, transmission, selector);
        Selector::Variable(selector)
    }

    fn add_selector(&mut self) -> usize {
        self.add_variable(vec![[0, 0], [1, 1]])
    }

    /// For each slot of the parent: the mutation matrix where the selector points to it, else 1.
    fn add_selected(&mut self, frame: &Frame<'_>, transmission: &SlotTransmission, selector: usize) {
        let (matrix, size) = (frame.space.matrix(transmission.sex), frame.space.size());
        let to = transmission.to;
        let domains = &self.domains;
        for (selected, source) in transmission.sources.into_iter().enumerate() {
            let Some(source) = source else { continue };
            self.network.add_factor(&[selector, source.variable, to.variable], |states| {
                let from_state = usize::from(domains[source.variable][states[1]][source.component]);
                let to_state = usize::from(domains[to.variable][states[2]][to.component]);
                if states[0] == selected { matrix[from_state * size + to_state] } else { 1.0 }
            });
        }
    }
}

/// A child's slot and the slots of the parent it came from.
#[derive(Clone, Copy)]
struct SlotTransmission {
    sources: [Option<Slot>; 2],
    to: Slot,
    sex: Sex,
}

fn distinct_variables(slots: &[Slot]) -> Vec<usize> {
    let mut variables: Vec<usize> = Vec::with_capacity(slots.len());
    for slot in slots {
        if !variables.contains(&slot.variable) {
            variables.push(slot.variable);
        }
    }
    variables
}

fn axis(variables: &[usize], slot: Slot) -> usize {
    variables.iter().position(|&variable| variable == slot.variable).unwrap_or(0)
}

/// The variables of a person's slots, of which two may share one.
pub(super) fn variables_of(slots: [Option<Slot>; 2]) -> Vec<usize> {
    let mut variables: Vec<_> = slots.iter().flatten().map(|slot| slot.variable).collect();
    variables.dedup();
    variables
}
