//! One descent: the alleles that are looked at as a forest, whose roots are founder alleles.
//!
//! Once it is known which slot every meiosis passed on, each slot is a copy (perhaps mutated) of one other, so the slots form
//! trees. What couples the trees is that a typed person shows two slots together, and that theta makes founder alleles
//! depend on each other. The first is summed over genotype by genotype: with the slots of every typed person at known states, what
//! is seen in the tree of a founder allele is a function of its state alone. The second is the mixture over the partitions of the
//! founder alleles (see [`super::urn_sum`]).
//!
//! The slots of a kept person stay open: of the founder alleles that they are copies of, nothing is summed over the states. The
//! table by these states is passed on down the ways to the open slots, where what is seen beside the way is multiplied in, as far
//! as that depends on what is seen. The rest of the way is the same for all genotypes, and often for many descents: it is left to
//! [`super::forest_sum`].
//!
//! Nothing is scaled on the way.

use super::family::TracedFamily;
use super::forest_node::{Node, nodes};
use super::frame::Frame;
use super::inheritance_path::{InheritancePath, OpenSlots};
use super::number::{Number, dot, multiply};
use super::open_table::{Axis, OpenTable};
use super::state_space::StateSpace;
use super::urn_sum::UrnSum;
use crate::profile::Sex;

/// The sum over everything but the genotype of the kept person (one cell where nobody is kept), and what it costs.
pub(super) struct Forest<'f> {
    frame: &'f Frame<'f>,
    nodes: Vec<Node>,
    /// Typed members: their two nodes, and the genotypes that they may have.
    typed: Vec<usize>,
    /// The founder alleles of which no open slot is a copy.
    closed_founders: Vec<usize>,
    kept: Option<usize>,
    /// The slots of a kept person who is not typed.
    open: OpenSlots,
    /// Rows and columns of the table: a male's X is one row.
    shape: [usize; 2],
}

/// What is made anew for each genotype, and the sum over them.
struct ForestWorking<N> {
    /// The states of the slots of typed members.
    fixed: Vec<Option<u16>>,
    /// A row of states for each node: what is seen at and below it, but for what is below the next node on the way to an open slot.
    below: Vec<N>,
    urn: UrnSum<N>,
    table: OpenTable<N>,
    sum: OpenTable<N>,
}

/// What is seen with one genotype of each typed member.
struct GenotypeSeen<'w, N> {
    space: &'w StateSpace<'w>,
    nodes: &'w [Node],
    fixed: &'w [Option<u16>],
    below: &'w [N],
}

impl<'f> Forest<'f> {
    /// The forest of one descent: every `from` of the family is known. `kept` is a member.
    pub fn new(family: &TracedFamily, frame: &'f Frame<'f>, kept: Option<usize>) -> Self {
        let mut nodes = nodes(family);
        let is_typed = |member: usize| frame.genotypes[member].is_some();
        let is_open = |node: &usize| kept == Some(nodes[*node].at / 2) && !is_typed(nodes[*node].at / 2);
        let open: Vec<usize> = (0..nodes.len()).filter(is_open).collect();
        open.iter().for_each(|&node| nodes[node].is_above_open = true);
        let mut has_closed_copy = vec![false; nodes.len()];
        for index in (0..nodes.len()).rev() {
            if let Some((parent, _)) = nodes[index].parent {
                nodes[parent].is_above_open |= nodes[index].is_above_open;
                has_closed_copy[parent] |= !nodes[index].is_above_open;
            }
        }
        let is_plain = |node: usize| !has_closed_copy[node] && !is_typed(nodes[node].at / 2);
        let is_closed_founder = |node: &usize| nodes[*node].parent.is_none() && !nodes[*node].is_above_open;
        let size = frame.space.size();
        let shape = kept.map_or([1, 1], |kept| family.members[kept].slots[1].map_or([1, size], |_| [size, size]));
        Self {
            frame,
            typed: (0..family.members.len()).filter(|&member| is_typed(member)).collect(),
            closed_founders: (0..nodes.len()).filter(is_closed_founder).collect(),
            kept,
            open: OpenSlots::new(&open, &nodes, is_plain),
            shape,
            nodes,
        }
    }

    /// The states that it is about.
    pub fn space(&self) -> &'f StateSpace<'f> {
        &self.frame.space
    }

    /// The meioses that the table still has to be passed on by, of the slots in rows and in columns.
    pub fn tails(&self) -> [&[Sex]; 2] {
        let mut tails: [&[Sex]; 2] = [&[]; 2];
        self.open.last_ways().for_each(|(axis, way)| tails[axis as usize] = &way.tail);
        tails
    }

    /// Cells of the table.
    pub fn cells(&self) -> usize {
        self.shape[0] * self.shape[1]
    }

    /// About how many multiplications the table takes.
    pub fn cost(&self) -> f64 {
        let (states, cells) = (self.space().size() as f64, self.cells() as f64);
        let genotypes = |&member: &usize| self.frame.genotypes[member].as_ref().map_or(1.0, |list| list.len() as f64);
        let ways: f64 = self.typed.iter().map(genotypes).product();
        let message = |node: &Node| {
            let is_summed = node.parent.is_some() && !node.is_above_open && !self.typed.contains(&(node.at / 2));
            if is_summed { states * (8.0 + states) } else { 8.0 * states }
        };
        let messages: f64 = self.nodes.iter().map(message).sum();
        let closed = self.closed_founders.len() as i32;
        let subsets = 2_f64.powi(closed);
        let open = match &self.open {
            OpenSlots::None => 0.0,
            OpenSlots::One(_) => states * subsets,
            OpenSlots::OneFounder(shared, _) => states * (subsets + states * shared.steps.len() as f64),
            OpenSlots::TwoFounders(_) => states * (3_f64.powi(closed) + states * subsets),
        };
        let steps: usize = self.open.last_ways().map(|(_, way)| way.steps.len()).sum();
        ways * (messages + subsets * states + 3_f64.powi(closed) + open + steps as f64 * states * cells)
    }

    /// The logarithm of the product of the smallest probabilities: no term that is not 0 is less.
    pub fn ln_smallest_term(&self) -> f64 {
        let founders = self.nodes.iter().filter(|node| node.parent.is_none()).count();
        self.frame.ln_smallest_term(founders, self.nodes.len() - founders, self.typed.iter().copied())
    }

    /// `weight` times the sum, by the states that the open slots' tails start from.
    pub fn table<N: Number>(&self, weight: f64) -> OpenTable<N> {
        let founders = self.closed_founders.len() + self.open.founders();
        let mut working = ForestWorking {
            fixed: vec![None; 2 * self.frame.domains.len()],
            below: vec![N::ONE; self.nodes.len() * self.space().size()],
            urn: UrnSum::new(self.frame, founders),
            table: OpenTable::zero(self.shape),
            sum: OpenTable::zero(self.shape),
        };
        self.over_genotypes(0, N::from(weight), &mut working);
        working.sum
    }

    /// Fixes the genotypes of the typed members from number `next` on.
    fn over_genotypes<N: Number>(&self, next: usize, weight: N, working: &mut ForestWorking<N>) {
        let Some(&member) = self.typed.get(next) else { return self.add_fixed(weight, working) };
        for genotype in self.frame.genotypes[member].iter().flatten() {
            working.fixed[2 * member] = Some(genotype.states[0]);
            working.fixed[2 * member + 1] = Some(genotype.states[1]);
            self.over_genotypes(next + 1, weight * N::from(genotype.weight), working);
        }
    }

    /// Adds what the typed members' genotypes, at these states, have of the sum.
    fn add_fixed<N: Number>(&self, weight: N, working: &mut ForestWorking<N>) {
        let ForestWorking { fixed, below, urn, table, sum } = working;
        self.see_below(fixed, below);
        let seen = GenotypeSeen { space: self.space(), nodes: &self.nodes, fixed, below };
        urn.set(self.closed_founders.iter().map(|&founder| seen.below(founder)));
        if let OpenSlots::None = self.open {
            sum.values_mut()[self.cell(fixed)] += weight * urn.total();
            return;
        }
        let is_at_once = self.open.last_ways().all(|(_, way)| way.steps.is_empty());
        let top = if is_at_once { &mut *sum } else { &mut *table };
        match &self.open {
            OpenSlots::None => {}
            OpenSlots::One(way) => top.add_row(&seen.by_founder(way, urn, weight)),
            OpenSlots::OneFounder(shared, _) => top.add_diagonal(&seen.by_last(shared, urn, weight)),
            OpenSlots::TwoFounders(ways) => {
                let below = ways.each_ref().map(|way| seen.below(way.top));
                urn.add_by_two_states(weight, below, top.values_mut());
            }
        }
        if !is_at_once {
            self.open.last_ways().for_each(|(axis, way)| seen.pass_on(table, axis, way));
            sum.add(table);
            table.values_mut().fill(N::ZERO);
        }
    }

    /// The cell of a kept person who is typed, whose genotype is known here.
    fn cell(&self, fixed: &[Option<u16>]) -> usize {
        let [rows, columns] = self.shape;
        self.kept.map_or(0, |member| {
            let state = |slot: usize| fixed[2 * member + slot].map_or(0, usize::from);
            if rows > 1 { state(0) * columns + state(1) } else { state(0) }
        })
    }

    /// What is seen at and below each node.
    fn see_below<N: Number>(&self, fixed: &[Option<u16>], below: &mut [N]) {
        let size = self.space().size();
        below.fill(N::ONE);
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let (others, own) = below.split_at_mut(index * size);
            let own = &mut own[..size];
            let state = fixed[node.at].map(usize::from);
            if let Some(state) = state {
                own[..state].fill(N::ZERO);
                own[state + 1..].fill(N::ZERO);
            }
            if let Some((parent, sex)) = node.parent.filter(|_| !node.is_above_open) {
                let source = &mut others[parent * size..(parent + 1) * size];
                for (cell, to) in source.iter_mut().zip(self.space().matrix(sex).chunks(size)) {
                    *cell *= state.map_or_else(|| dot(to, own), |state| N::from(to[state]) * own[state]);
                }
            }
        }
    }
}

/// Parents before children.
impl<N: Number> GenotypeSeen<'_, N> {
    /// What is seen at and below a node.
    fn below(&self, node: usize) -> &[N] {
        let size = self.space.size();
        &self.below[node * size..(node + 1) * size]
    }

    /// `weight` times the sum by the state of the one founder allele that is open, at the top of this way.
    fn by_founder(&self, way: &InheritancePath, urn: &UrnSum<N>, weight: N) -> Vec<N> {
        let mut by_state = urn.by_state(weight);
        multiply(&mut by_state, self.below(way.top));
        by_state
    }

    /// The same by the state of the slot at the end of the way.
    fn by_last(&self, way: &InheritancePath, urn: &UrnSum<N>, weight: N) -> Vec<N> {
        let mut row = OpenTable::row(self.by_founder(way, urn, weight));
        self.pass_on(&mut row, Axis::Columns, way);
        row.into_values()
    }

    /// Passes on a table by the state of the top of a way, as far as what is seen matters to it.
    fn pass_on(&self, table: &mut OpenTable<N>, axis: Axis, way: &InheritancePath) {
        for &(node, sex) in &way.steps {
            let fixed = self.fixed[self.nodes[node].at].map(usize::from);
            let arriving = fixed.map_or(0..self.space.size(), |state| state..state + 1);
            table.pass_on(axis, self.space.matrix(sex), arriving);
            table.multiply(axis, self.below(node));
        }
    }
}
