//! One descent: the alleles that are looked at as a forest, whose roots are founder alleles.
//!
//! Once it is known which slot every meiosis passed on, each slot is a copy (perhaps mutated) of one other, so the slots form
//! trees. What couples the trees is that a typed person shows two slots together, and that theta makes founder alleles
//! depend on each other. The first is summed over genotype by genotype: with the slots of every typed person at known states, what
//! is seen in the tree of founder allele f is a function λ_f(s) of its state s alone. The second is the mixture over partitions of the
//! founder alleles into draws from the population (see [`super::coancestry`]), in which a block B counts
//! c(|B|) Σ_s p_s Π_{f∈B} λ_f(s) with c(m) = (1 − θ) θ^(m−1) (m − 1)!. The sum over all partitions of a set U is
//!
//! Z(U) = Σ_{B ⊆ U, B ∋ first of U} c(|B|) W(B) Z(U ∖ B),  W(B) = Σ_s p_s Π_{f∈B} λ_f(s),
//!
//! 3^k terms for k founder alleles in place of as many networks as there are partitions (Bell numbers: 4,140 against 6,561 terms
//! for k = 8, 4,213,597 against 531,441 for k = 12).
//!
//! The slots of a kept person stay open: the trees that they are in have a message by their states too.
//!
//! Nothing is scaled on the way, so a sum that comes near the end of f64 is done again in [`Wide`] numbers.

use super::coancestry::{block_weight, urn_total};
use super::family::{Family, Origin};
use super::frame::Frame;
use super::network::Marginal;
use super::number::{Number, Wide};
use crate::profile::Sex;

/// A sum of terms of at most 1 that is at least this has lost less than its last bit to underflow, however many terms it has.
const FAR_FROM_UNDERFLOW: f64 = 1e-290;

/// With a largest value of at least this, one that is 0 may be taken for 0: by underflow it is 1e-100 times smaller.
const FAR_ABOVE_UNDERFLOW: f64 = 1e-200;

/// The sum over everything but the genotype of the kept person (one cell where nobody is kept), and what it costs.
pub(super) struct Forest<'f> {
    frame: &'f Frame<'f>,
    nodes: Vec<Node>,
    /// Typed members: their two nodes, and the genotypes that they may have.
    typed: Vec<usize>,
    kept: Option<usize>,
    /// Rows and columns of the result.
    shape: [usize; 2],
}

/// A slot that is looked at: member × 2 + slot.
#[derive(Clone, Copy)]
struct Node {
    at: usize,
    /// The index among the nodes of the slot it is a copy of, and whose meiosis that was; `None` for a founder allele.
    parent: Option<(usize, Sex)>,
}

/// What is seen below a slot, by its state (rows) and by the states of the open slots at or below it (columns).
#[derive(Clone)]
struct Message<N> {
    layout: Layout,
    values: Vec<N>,
    width: usize,
    /// The open slots, in the order of the columns.
    open: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Layout {
    /// Every column of every row.
    Full,
    /// The slot itself is open: one value a row, in the column of the same state; none in the rows beyond the columns.
    Diagonal,
}

impl<'f> Forest<'f> {
    /// The forest of one descent: every `from` of the family is known. `kept` is a member.
    pub fn new(family: &Family, frame: &'f Frame<'f>, kept: Option<usize>, shape: [usize; 2]) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        for (member, family_member) in family.members.iter().enumerate() {
            for (slot, origin) in family_member.slots.iter().enumerate() {
                let parent = match origin {
                    None => continue,
                    Some(Origin::Founder) => None,
                    Some(Origin::Parent { parent, sex, from }) => {
                        let source = family.position(*parent).map(|parent| 2 * parent + from.unwrap_or(0));
                        nodes.iter().position(|node| Some(node.at) == source).map(|node| (node, *sex))
                    }
                };
                nodes.push(Node { at: 2 * member + slot, parent });
            }
        }
        let typed = (0..family.members.len()).filter(|&member| frame.genotypes[member].is_some()).collect();
        Self { frame, nodes, typed, kept, shape }
    }

    /// About how many multiplications the sum takes.
    pub fn cost(&self) -> f64 {
        let states = self.frame.space.size() as f64;
        let genotypes = |&member: &usize| self.frame.genotypes[member].as_ref().map_or(1.0, |list| list.len() as f64);
        let ways: f64 = self.typed.iter().map(genotypes).product();
        let roots = self.nodes.iter().filter(|node| node.parent.is_none()).count() as i32;
        let open = if self.kept.is_some() { states * states * (4.0 + states) } else { 0.0 };
        let messages = self.nodes.len() as f64 * states * 8.0;
        ways * (messages + 2_f64.powi(roots) * states + 3_f64.powi(roots) + open)
    }

    /// The sum.
    pub fn sum(&self) -> Marginal {
        let values: Vec<f64> = self.values();
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let is_far_or_0 = |value: &f64| *value == 0.0 || value.abs() >= FAR_FROM_UNDERFLOW;
        let is_exact = largest >= FAR_ABOVE_UNDERFLOW && values.iter().all(is_far_or_0);
        match is_exact || !self.may_underflow() {
            true => f64::into_marginal(values),
            false => Wide::into_marginal(self.values()),
        }
    }

    /// Whether a term that is not 0 can come near the end of f64: the product of the smallest probabilities.
    fn may_underflow(&self) -> bool {
        let smallest = |values: &mut dyn Iterator<Item = f64>| {
            let nonzero = values.filter(|value| *value != 0.0);
            nonzero.fold(1.0, |smallest: f64, value| smallest.min(value.abs())).ln()
        };
        let space = &self.frame.space;
        let theta = self.frame.model.theta();
        let founder =
            smallest(&mut space.frequencies.iter().copied()) + smallest(&mut [theta, 1.0 - theta].into_iter());
        let meiosis = smallest(&mut space.maternal.iter().chain(space.paternal.iter()).copied());
        let genotype = |&member: &usize| {
            let genotypes = self.frame.genotypes[member].iter().flatten();
            smallest(&mut genotypes.map(|genotype| genotype.weight))
        };
        let founders = self.nodes.iter().filter(|node| node.parent.is_none()).count();
        let meioses = self.nodes.len() - founders;
        let all = founders as f64 * founder + meioses as f64 * meiosis + self.typed.iter().map(genotype).sum::<f64>();
        all < FAR_FROM_UNDERFLOW.ln()
    }

    fn values<N: Number>(&self) -> Vec<N> {
        let mut values = vec![N::ZERO; self.shape[0] * self.shape[1]];
        self.over_genotypes(0, &mut vec![None; 2 * self.frame.domains.len()], N::ONE, &mut values);
        values
    }

    /// Fixes the genotypes of the typed members from number `next` on.
    fn over_genotypes<N: Number>(&self, next: usize, fixed: &mut Vec<Option<u16>>, weight: N, values: &mut [N]) {
        let Some(&member) = self.typed.get(next) else { return self.add_fixed(fixed, weight, values) };
        for genotype in self.frame.genotypes[member].iter().flatten() {
            fixed[2 * member] = Some(genotype.states[0]);
            fixed[2 * member + 1] = Some(genotype.states[1]);
            self.over_genotypes(next + 1, fixed, weight * N::from(genotype.weight), values);
        }
    }

    /// Adds what the typed members' genotypes, at these states, have of the sum.
    fn add_fixed<N: Number>(&self, fixed: &[Option<u16>], weight: N, values: &mut [N]) {
        let roots = self.messages::<N>(fixed);
        let (open, closed): (Vec<_>, Vec<_>) = roots.into_iter().partition(|root| !root.open.is_empty());
        let urn = UrnSum::new(self.frame, &closed, open.len());
        let [rows, columns] = self.shape;
        match open.as_slice() {
            [] => {
                // a kept person who is typed has one genotype here
                let cell = self.kept.map_or(0, |member| {
                    let state = |slot: usize| fixed[2 * member + slot].map_or(0, usize::from);
                    state(0) * columns + if columns > 1 { state(1) } else { 0 }
                });
                values[cell] += weight * urn.total();
            }
            [one] => {
                let by_state = urn.by_state();
                let is_transposed = one.open.first() == Some(&1);
                for (state, &share) in by_state.iter().enumerate() {
                    let (column, message) = one.row(state);
                    for (at, &value) in message.iter().enumerate().map(|(at, value)| (column + at, value)) {
                        let cell = if is_transposed { at % rows * columns + at / rows } else { at };
                        values[cell] += weight * share * value;
                    }
                }
            }
            [first, second, ..] => {
                let (first, second) = if first.open[0] == 0 { (first, second) } else { (second, first) };
                urn.add_by_two_states(first, second, weight, values);
            }
        }
    }

    /// The messages of the founder alleles.
    fn messages<N: Number>(&self, fixed: &[Option<u16>]) -> Vec<Message<N>> {
        let size = self.frame.space.size();
        let ones = Message { layout: Layout::Full, values: vec![N::ONE; size], width: 1, open: Vec::new() };
        let mut below: Vec<Message<N>> = vec![ones; self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let own = std::mem::take(&mut below[index].values);
            let own = Message { values: own, ..below[index].clone() };
            let is_kept = self.kept == Some(node.at / 2) && fixed[node.at].is_none();
            let own = if is_kept { own.opened(node.at % 2, self.shape[node.at % 2]) } else { own };
            match node.parent {
                None => below[index] = own.at(fixed[node.at]),
                Some((parent, sex)) => {
                    let matrix = self.frame.space.matrix(sex);
                    let passed_on = own.passed_on(matrix, size, fixed[node.at]);
                    below[parent].multiply(&passed_on);
                }
            }
        }
        let roots = self.nodes.iter().zip(below).filter(|(node, _)| node.parent.is_none());
        roots.map(|(_, message)| message).collect()
    }
}

impl<N: Number> Message<N> {
    /// With this slot itself open, whose states are the first `width` of all; nothing below it is.
    fn opened(self, slot: usize, width: usize) -> Self {
        Self { layout: Layout::Diagonal, width, open: vec![slot], ..self }
    }

    /// What may be other than 0 in a row: the first column, and the values from there on.
    fn row(&self, state: usize) -> (usize, &[N]) {
        match self.layout {
            Layout::Full => (0, &self.values[state * self.width..(state + 1) * self.width]),
            Layout::Diagonal if state < self.width => (state, &self.values[state..=state]),
            Layout::Diagonal => (0, &[]),
        }
    }

    /// Of a slot that is known to be in this state, if any: nothing in every other.
    fn at(mut self, fixed: Option<u16>) -> Self {
        let Some(fixed) = fixed.map(usize::from) else { return self };
        for (state, row) in self.values.chunks_mut(self.width).enumerate() {
            if state != fixed {
                row.fill(N::ZERO);
            }
        }
        self
    }

    /// By the state of the slot that this one is a copy of: Σ_z M(s, z) · this(z).
    fn passed_on(self, matrix: &[f64], size: usize, fixed: Option<u16>) -> Self {
        let width = self.width;
        let mut values = vec![N::ZERO; size * width];
        let arriving = fixed.map_or(0..size, |state| usize::from(state)..usize::from(state) + 1);
        for (row, to) in values.chunks_mut(width).zip(matrix.chunks(size)) {
            for state in arriving.clone().filter(|&state| to[state] != 0.0) {
                let (probability, (column, below)) = (N::from(to[state]), self.row(state));
                row[column..].iter_mut().zip(below).for_each(|(cell, &below)| *cell += probability * below);
            }
        }
        Self { layout: Layout::Full, values, ..self }
    }

    /// Multiplies by another message of the same slot; its open slots come after those that are here.
    fn multiply(&mut self, other: &Self) {
        if other.width == 1 {
            let rows = self.values.chunks_mut(self.width).zip(&other.values);
            return rows.for_each(|(row, &factor)| row.iter_mut().for_each(|cell| *cell *= factor));
        }
        let rows = self.values.chunks(self.width).zip(other.values.chunks(other.width));
        self.values =
            rows.flat_map(|(left, right)| left.iter().flat_map(move |&l| right.iter().map(move |&r| l * r))).collect();
        self.width *= other.width;
        self.open.extend(&other.open);
    }
}

/// The mixture over the partitions of the founder alleles: the closed ones, and up to two with open slots below.
struct UrnSum<N> {
    /// Number of states.
    size: usize,
    /// c(m) of blocks of m = 1, 2, … alleles.
    weights: Vec<N>,
    /// p_s Π_{f∈B} λ_f(s): a row of states for each subset B of the closed ones.
    blocks: Vec<N>,
    /// Z(U) for each subset U of the closed ones.
    sums: Vec<N>,
    /// What makes the weights of all partitions sum to 1.
    scale: N,
}

impl<N: Number> UrnSum<N> {
    fn new(frame: &Frame<'_>, closed: &[Message<N>], open: usize) -> Self {
        let (theta, frequencies) = (frame.model.theta(), &*frame.space.frequencies);
        let (size, draws) = (frequencies.len(), closed.len() + open);
        let mut blocks = Vec::with_capacity(size << closed.len());
        blocks.extend(frequencies.iter().copied().map(N::from));
        for message in closed {
            for at in 0..blocks.len() {
                blocks.push(blocks[at] * message.values[at % size]);
            }
        }
        let mut urn = Self {
            size,
            weights: (1..=draws).map(|members| N::from(block_weight(theta, members))).collect(),
            blocks,
            sums: Vec::with_capacity(1 << closed.len()),
            scale: N::from(1.0 / urn_total(theta, draws)),
        };
        urn.sum_subsets(1 << closed.len());
        urn
    }

    fn sum_subsets(&mut self, subsets: usize) {
        let sum = |block: &[N]| block.iter().fold(N::ZERO, |sum, &value| sum + value);
        let alone: Vec<N> = self.blocks.chunks(self.size).map(sum).collect();
        self.sums.push(N::ONE);
        for all in 1..subsets {
            let first = all & all.wrapping_neg();
            let others = all & !first;
            let mut sum = N::ZERO;
            for_each_subset(others, |with| {
                let weight = alone[with | first];
                if weight != N::ZERO {
                    sum += self.weight(with, 1) * weight * self.sums[others & !with];
                }
            });
            self.sums.push(sum);
        }
    }

    /// c(m) of the block of these closed alleles and `open` open ones.
    fn weight(&self, closed: usize, open: usize) -> N {
        self.weights[closed.count_ones() as usize + open - 1]
    }

    fn block(&self, closed: usize) -> &[N] {
        &self.blocks[closed * self.size..(closed + 1) * self.size]
    }

    fn everybody(&self) -> usize {
        self.sums.len() - 1
    }

    /// With no open allele.
    fn total(&self) -> N {
        self.sums[self.everybody()] * self.scale
    }

    /// With one open allele, by its state.
    fn by_state(&self) -> Vec<N> {
        let mut by_state = vec![N::ZERO; self.size];
        self.add_blocks(self.everybody(), 1, self.scale, &mut by_state);
        by_state
    }

    /// Adds, by the state of the block that has `open` open alleles, the sum over the partitions of these closed ones.
    fn add_blocks(&self, closed: usize, open: usize, scale: N, by_state: &mut [N]) {
        for_each_subset(closed, |with| {
            let factor = scale * self.weight(with, open) * self.sums[closed & !with];
            if factor != N::ZERO {
                by_state.iter_mut().zip(self.block(with)).for_each(|(cell, &block)| *cell += factor * block);
            }
        });
    }

    /// With two open alleles: adds `weight` times the sum, by the states of the open slots below the first (rows) and the second.
    fn add_by_two_states(&self, first: &Message<N>, second: &Message<N>, weight: N, values: &mut [N]) {
        let (size, all) = (self.size, self.everybody());
        let mut joint = vec![N::ZERO; size * size];
        let mut of_second = vec![N::ZERO; size];
        // both in one block
        self.add_blocks(all, 2, self.scale, &mut of_second);
        of_second.iter().enumerate().for_each(|(state, value)| joint[state * (size + 1)] = *value);
        // each in a block of its own
        for_each_subset(all, |with_first| {
            let factor = self.scale * self.weight(with_first, 1);
            if factor == N::ZERO {
                return;
            }
            of_second.fill(N::ZERO);
            self.add_blocks(all & !with_first, 1, factor, &mut of_second);
            for (row, &block) in
                joint.chunks_mut(size).zip(self.block(with_first)).filter(|(_, block)| **block != N::ZERO)
            {
                row.iter_mut().zip(&of_second).for_each(|(cell, &value)| *cell += block * value);
            }
        });
        let mut half = vec![N::ZERO; second.width];
        for (state, row) in joint.chunks(size).enumerate() {
            half.fill(N::ZERO);
            for (below, &share) in row.iter().enumerate().filter(|(_, share)| **share != N::ZERO) {
                let (column, below) = second.row(below);
                half[column..].iter_mut().zip(below).for_each(|(cell, &below)| *cell += share * below);
            }
            let (top, message) = first.row(state);
            let rows = values.chunks_mut(second.width).skip(top).zip(message);
            for (values, &factor) in rows.filter(|(_, factor)| **factor != N::ZERO) {
                let factor = weight * factor;
                values.iter_mut().zip(&half).for_each(|(cell, &value)| *cell += factor * value);
            }
        }
    }
}

/// Every subset of a set of bits, the empty one and the whole among them.
fn for_each_subset(set: usize, mut visit: impl FnMut(usize)) {
    let mut subset = set;
    loop {
        visit(subset);
        if subset == 0 {
            return;
        }
        subset = (subset - 1) & set;
    }
}
