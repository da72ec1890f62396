//! The mixture over the partitions of founder alleles into draws from the population.
//!
//! With theta the founder alleles are a mixture over their partitions (see [`super::coancestry`]). If what is seen below founder allele
//! f is a function λ_f(s) of its state s alone, a block B counts c(|B|) Σ_s p_s Π_{f∈B} λ_f(s) with
//! c(m) = (1 − θ) θ^(m−1) (m − 1)!. The sum over all partitions of a set U is
//!
//! Z(U) = Σ_{B ⊆ U, B ∋ first of U} c(|B|) W(B) Z(U ∖ B),  W(B) = Σ_s p_s Π_{f∈B} λ_f(s),
//!
//! 3^k terms for k founder alleles in place of as many networks as there are partitions (Bell numbers: 4,140 against 6,561 terms
//! for k = 8, 4,213,597 against 531,441 for k = 12).
//!
//! Founder alleles whose states are known are draws from the urn (Hoppe 1984): n_s of them with state s, and the sum over the others
//! is the same with (1 − θ) p_s + n_s θ in place of (1 − θ) p_s.
//!
//! Up to two founder alleles more are open: nothing is summed over their states, and the sum is a table by them.

use super::coancestry::{block_weight, urn_total};
use super::frame::Frame;
use super::number::{Number, add_scaled, multiply};

/// The sum over the partitions, for a fixed number of closed and of open founder alleles.
pub(super) struct UrnSum<N> {
    /// p_s of each state; where alleles are drawn, p_s + n_s θ / (1 − θ) with n_s of the state drawn.
    frequencies: Vec<N>,
    /// p_s, and n_s.
    states: Vec<(f64, u32)>,
    theta: f64,
    /// c(m) of blocks of m = 1, 2, … alleles.
    weights: Vec<N>,
    /// What makes the weights of all partitions sum to 1.
    scale: N,
    /// p_s Π_{f∈B} λ_f(s): a row of states for each subset B of the closed ones.
    blocks: Vec<N>,
    /// Z(U) for each subset U of the closed ones.
    sums: Vec<N>,
}

impl<N: Number> UrnSum<N> {
    /// For this many founder alleles, of which nothing is seen yet.
    pub fn new(frame: &Frame<'_>, founders: usize) -> Self {
        let theta = frame.model.theta();
        Self {
            frequencies: frame.space.frequencies.iter().copied().map(N::from).collect(),
            states: frame.space.frequencies.iter().map(|&frequency| (frequency, 0)).collect(),
            theta,
            weights: (1..=founders).map(|members| N::from(block_weight(theta, members))).collect(),
            scale: N::from(1.0 / urn_total(theta, founders)),
            blocks: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// Draws a founder allele: its probability, but for the scale. What is summed up then is of the others, given those drawn.
    pub fn draw(&mut self, state: usize) -> N {
        let probability = N::from(1.0 - self.theta) * self.frequencies[state];
        self.set_drawn(state, self.states[state].1 + 1);
        probability
    }

    /// Takes back a draw.
    pub fn put_back(&mut self, state: usize) {
        self.set_drawn(state, self.states[state].1 - 1);
    }

    fn set_drawn(&mut self, state: usize, drawn: u32) {
        let (frequency, before) = &mut self.states[state];
        *before = drawn;
        self.frequencies[state] = N::from(*frequency + f64::from(drawn) * self.theta / (1.0 - self.theta));
    }

    /// With this seen below the closed founder alleles, by their states; the others are open.
    pub fn set<'m>(&mut self, closed: impl Iterator<Item = &'m [N]>)
    where
        N: 'm,
    {
        self.blocks.clone_from(&self.frequencies);
        for message in closed {
            let without = self.blocks.len();
            self.blocks.extend_from_within(..);
            self.blocks[without..].chunks_mut(message.len()).for_each(|with| multiply(with, message));
        }
        self.sum_subsets();
    }

    fn sum_subsets(&mut self) {
        let sum = |block: &[N]| block.iter().fold(N::ZERO, |sum, &value| sum + value);
        let alone = self.blocks.chunks(self.frequencies.len()).map(sum).enumerate();
        let alone: Vec<N> =
            alone.map(|(block, value)| if block == 0 { value } else { self.weight(block, 0) * value }).collect();
        self.sums.clear();
        self.sums.push(N::ONE);
        for all in 1..alone.len() {
            let first = all & all.wrapping_neg();
            let others = all & !first;
            let mut sum = N::ZERO;
            for_each_subset(others, |with| {
                let weight = alone[with | first];
                if weight != N::ZERO {
                    sum += weight * self.sums[others & !with];
                }
            });
            self.sums.push(sum);
        }
    }

    /// c(m) of the block of these closed alleles and `more` others.
    fn weight(&self, closed: usize, more: usize) -> N {
        self.weights[closed.count_ones() as usize + more - 1]
    }

    fn block(&self, closed: usize) -> &[N] {
        let size = self.frequencies.len();
        &self.blocks[closed * size..(closed + 1) * size]
    }

    fn everybody(&self) -> usize {
        self.sums.len() - 1
    }

    /// With no open allele.
    pub fn total(&self) -> N {
        self.sums[self.everybody()] * self.scale
    }

    /// With one open allele: `weight` times the sum, by its state.
    pub fn by_state(&self, weight: N) -> Vec<N> {
        let mut by_state = vec![N::ZERO; self.frequencies.len()];
        self.add_blocks(self.everybody(), 1, weight * self.scale, &mut by_state);
        by_state
    }

    /// Adds, by the state of the block that has `open` open alleles, the sum over the partitions of these closed ones.
    fn add_blocks(&self, closed: usize, open: usize, scale: N, by_state: &mut [N]) {
        for_each_subset(closed, |with| {
            let factor = scale * self.weight(with, open) * self.sums[closed & !with];
            if factor != N::ZERO {
                add_scaled(by_state, factor, self.block(with));
            }
        });
    }

    /// With two open alleles: adds `weight` times the sum, by the states of the first (rows) and the second, to a table. `below` is
    /// what is seen below them.
    pub fn add_by_two_states(&self, weight: N, below: [&[N]; 2], table: &mut [N]) {
        let (size, all, scale) = (self.frequencies.len(), self.everybody(), weight * self.scale);
        let mut of_second = vec![N::ZERO; size];
        // both in one block
        self.add_blocks(all, 2, scale, &mut of_second);
        below.iter().for_each(|below| multiply(&mut of_second, below));
        table.iter_mut().step_by(size + 1).zip(&of_second).for_each(|(cell, &value)| *cell += value);
        // each in a block of its own
        for_each_subset(all, |with_first| {
            let factor = scale * self.weight(with_first, 1);
            if factor == N::ZERO {
                return;
            }
            of_second.fill(N::ZERO);
            self.add_blocks(all & !with_first, 1, factor, &mut of_second);
            multiply(&mut of_second, below[1]);
            let of_first = self.block(with_first).iter().zip(below[0]).map(|(&block, &below)| block * below);
            for (row, of_first) in table.chunks_mut(size).zip(of_first).filter(|(_, of_first)| *of_first != N::ZERO) {
                add_scaled(row, of_first, &of_second);
            }
        });
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
