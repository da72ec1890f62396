//! Theta: founder alleles as draws from a population whose members share recent ancestors.
//!
//! The next founder allele after n draws, n_a of them a, is a with probability (n_a θ + (1 − θ) p_a) / (1 + (n − 1) θ)
//! (Balding & Nichols 1994, doi 10.1016/0379-0738(94)90222-4; the urn of Hoppe 1984). The same distribution is a
//! mixture over the partitions of the founder alleles into blocks that are one and the same draw from the population:
//! the next allele joins a block of size m with probability m θ / (1 + (n − 1) θ), else opens a new one. Both forms are exact;
//! the first is a table over all founder alleles, the second one network for each partition.

use super::LikelihoodError;
use super::number::Number;
use super::wide::Wide;

/// The largest table over all founder alleles that is made; beyond it partitions are summed over.
pub(super) const JOINT_TABLE_LIMIT: f64 = 16_384.0;

/// The most partitions that are summed over: 11 founder alleles that could all be one have 678,570 (the Bell number);
/// 12 would have 4,213,597, minutes for each locus.
pub const PARTITION_LIMIT: usize = 700_000;

/// The urn that founder alleles are drawn from, for a fixed number of draws.
pub(super) struct Urn {
    theta: f64,
    /// (1 − θ) p of each state.
    unrelated: Vec<f64>,
    /// 1 + (n − 1) θ of the draws n = 1, 2, … after the first, and 1 − θ; none without draws.
    denominators: Vec<f64>,
}

impl Urn {
    /// An urn for this many draws of states with these frequencies.
    pub fn new(frequencies: &[f64], theta: f64, draws: usize) -> Self {
        let later = (1..draws).map(|drawn| 1.0 + (drawn as f64 - 1.0) * theta);
        let denominators = later.chain((draws > 0).then_some(1.0 - theta)).collect();
        let unrelated = frequencies.iter().map(|frequency| (1.0 - theta) * frequency).collect();
        Self { theta, unrelated, denominators }
    }

    /// Whether a product of draws that are not impossible can be too small for an exact f64.
    pub fn may_underflow(&self) -> bool {
        let nonzero = self.unrelated.iter().filter(|value| **value != 0.0);
        let rarest = nonzero.fold(1.0, |rarest: f64, value| rarest.min(value.abs())).ln();
        let denominators: f64 = self.denominators.iter().map(|denominator| denominator.ln()).sum();
        self.denominators.len() as f64 * rarest - denominators < f64::MIN_POSITIVE.ln()
    }

    /// The probabilities of all joint states of some variables (row-major, the last runs fastest).
    pub fn table(&self, axes: &[DrawAxis]) -> Vec<f64> {
        let denominator: f64 = self.denominators.iter().product();
        self.table_from(axes, 1.0 / denominator)
    }

    /// The same table where [`Urn::may_underflow`].
    pub fn wide_table(&self, axes: &[DrawAxis]) -> Vec<Wide> {
        let factors = self.denominators.iter().map(|denominator| Wide::from(1.0 / denominator));
        self.table_from(axes, factors.fold(Wide::ONE, |scale, factor| scale * factor))
    }

    fn table_from<N: Number>(&self, axes: &[DrawAxis], scale: N) -> Vec<N> {
        let table = Vec::with_capacity(axes.iter().map(DrawAxis::len).product());
        let (drawn, next) = (vec![0; self.unrelated.len()], self.unrelated.clone());
        let ends_with_all =
            axes.last().is_some_and(|axis| axis.draws == 1 && axis.states.iter().copied().eq(0..next.len()));
        let mut drawing = Drawing { urn: self, drawn, next, ends_with_all, table };
        drawing.extend(axes, scale);
        drawing.table
    }

    /// The probability of drawing these states, one for each draw, in this or any other order.
    #[cfg(test)]
    pub fn probability(&self, states: &[usize]) -> f64 {
        self.table(&states.iter().map(|&state| DrawAxis { draws: 1, states: vec![state] }).collect::<Vec<_>>())[0]
    }
}

/// A variable that stands for one draw or two (a genotype).
pub(super) struct DrawAxis {
    /// How many alleles each state of the variable draws.
    pub draws: usize,
    /// What is drawn, state by state of the variable.
    pub states: Vec<usize>,
}

impl DrawAxis {
    /// How many states the variable has.
    fn len(&self) -> usize {
        self.states.len() / self.draws
    }
}

/// An urn from which some alleles are drawn already.
struct Drawing<'u, N> {
    urn: &'u Urn,
    /// How often each state was drawn.
    drawn: Vec<u32>,
    /// The probability of each state for the next draw, but for the scale.
    next: Vec<f64>,
    /// Whether the last axis is one draw of any state.
    ends_with_all: bool,
    table: Vec<N>,
}

impl<N: Number> Drawing<'_, N> {
    /// Appends the probabilities of what is left to draw.
    fn extend(&mut self, axes: &[DrawAxis], probability: N) {
        let Some((DrawAxis { draws, states }, rest)) = axes.split_first() else { return self.table.push(probability) };
        if rest.is_empty() && self.ends_with_all {
            self.table.extend(self.next.iter().map(|&next| probability * N::from(next)));
            return;
        }
        if rest.is_empty() && *draws == 1 {
            self.table.extend(states.iter().map(|&state| probability * N::from(self.next[state])));
            return;
        }
        for drawn in states.chunks_exact(*draws) {
            let mut with = probability;
            for &state in drawn {
                with *= N::from(self.next[state]);
                self.set_drawn(state, self.drawn[state] + 1);
            }
            self.extend(rest, with);
            for &state in drawn {
                self.set_drawn(state, self.drawn[state] - 1);
            }
        }
    }

    fn set_drawn(&mut self, state: usize, times: u32) {
        self.drawn[state] = times;
        self.next[state] = f64::from(times) * self.urn.theta + self.urn.unrelated[state];
    }
}

/// What a block of this many founder alleles counts in a partition: (1 − θ) θ^(m−1) (m − 1)!.
pub(super) fn block_weight(theta: f64, members: usize) -> f64 {
    (1..members).fold(1.0 - theta, |weight, earlier| weight * earlier as f64 * theta)
}

/// The sum over all partitions of this many founder alleles of the product of their blocks' weights.
pub(super) fn urn_total(theta: f64, draws: usize) -> f64 {
    let first = if draws > 0 { 1.0 - theta } else { 1.0 };
    (1..draws).fold(first, |total, drawn| total * (1.0 + (drawn as f64 - 1.0) * theta))
}

/// A partition of the founder alleles into draws from the population.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Partition {
    /// The block of each founder allele; blocks are numbered in the order of their first member.
    pub blocks: Vec<u8>,
    pub weight: f64,
}

/// The partitions in which all members of a block can be one allele: `domains` lists the states of each founder allele.
///
/// # Errors
/// More than [`PARTITION_LIMIT`] partitions.
pub(super) fn partitions(domains: &[&[u16]], theta: f64) -> Result<Vec<Partition>, LikelihoodError> {
    let mut search = PartitionSearch { domains, theta, blocks: Vec::new(), open: Vec::new(), found: Vec::new() };
    match search.extend(1.0) {
        true => Ok(search.found),
        false => Err(LikelihoodError::TooManyFounderAlleles { founder_alleles: domains.len(), limit: PARTITION_LIMIT }),
    }
}

/// Depth-first over restricted growth strings.
struct PartitionSearch<'d> {
    domains: &'d [&'d [u16]],
    theta: f64,
    blocks: Vec<u8>,
    /// Each open block: its size and the states that all its members can have.
    open: Vec<(usize, Vec<u16>)>,
    found: Vec<Partition>,
}

impl PartitionSearch<'_> {
    /// Whether all partitions that start like this fitted within the limit.
    fn extend(&mut self, weight: f64) -> bool {
        let drawn = self.blocks.len();
        if drawn == self.domains.len() {
            self.found.push(Partition { blocks: self.blocks.clone(), weight });
            return self.found.len() <= PARTITION_LIMIT;
        }
        let domain = self.domains[drawn];
        let total = if drawn == 0 { 1.0 - self.theta } else { 1.0 + (drawn as f64 - 1.0) * self.theta };
        for block in 0..self.open.len() {
            let (size, states) = self.open[block].clone();
            let common: Vec<u16> = states.iter().copied().filter(|state| domain.contains(state)).collect();
            if common.is_empty() {
                continue;
            }
            self.open[block] = (size + 1, common);
            self.blocks.push(block as u8);
            let goes_on = self.extend(weight * size as f64 * self.theta / total);
            self.blocks.pop();
            self.open[block] = (size, states);
            if !goes_on {
                return false;
            }
        }
        let Ok(block) = u8::try_from(self.open.len()) else { return false };
        self.blocks.push(block);
        self.open.push((1, domain.to_vec()));
        let goes_on = self.extend(weight * (1.0 - self.theta) / total);
        self.open.pop();
        self.blocks.pop();
        goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_counted_by_the_bell_numbers_and_weigh_one() {
        let all: &[u16] = &[0, 1, 2];
        for (alleles, bell) in [(0, 1), (1, 1), (2, 2), (3, 5), (4, 15), (5, 52), (6, 203)] {
            let found = partitions(&vec![all; alleles], 0.03).unwrap();
            let total: f64 = found.iter().map(|partition| partition.weight).sum();
            assert_eq!(found.len(), bell);
            assert!((total - 1.0).abs() < 1e-14, "{alleles}: {total}");
        }
    }

    #[test]
    fn partitions_and_the_urn_are_one_distribution() {
        let frequencies = [0.5, 0.3, 0.2];
        for states in [[0, 0, 1, 2], [1, 1, 1, 1], [2, 0, 2, 0]] {
            let domains: Vec<[u16; 1]> = states.iter().map(|&state| [state as u16]).collect();
            let domains: Vec<&[u16]> = domains.iter().map(|domain| &domain[..]).collect();
            let mixture: f64 = partitions(&domains, 0.05)
                .unwrap()
                .iter()
                .map(|partition| {
                    let blocks = partition.blocks.iter().max().map_or(0, |&block| block + 1);
                    let first = |block| partition.blocks.iter().position(|&of| of == block).unwrap();
                    partition.weight * (0..blocks).map(|block| frequencies[states[first(block)]]).product::<f64>()
                })
                .sum();
            let urn = Urn::new(&frequencies, 0.05, states.len()).probability(&states);
            assert!((mixture - urn).abs() < 1e-15 * urn.max(1.0), "{mixture} {urn}");
        }
    }

    #[test]
    fn a_table_holds_every_joint_state_and_sums_to_one() {
        let urn = Urn::new(&[0.5, 0.3, 0.2], 0.05, 4);
        let one = || DrawAxis { draws: 1, states: (0..3).collect() };
        let pair = DrawAxis { draws: 2, states: (0..9).flat_map(|at| [at / 3, at % 3]).collect() };
        let table = urn.table(&[one(), pair, one()]);
        assert!((table.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        for (cell, value) in table.iter().enumerate() {
            let expected = urn.probability(&[cell / 27, cell / 9 % 3, cell / 3 % 3, cell % 3]);
            assert!((value - expected).abs() < 1e-16);
        }
    }

    #[test]
    fn too_many_founder_alleles_are_refused() {
        let all: &[u16] = &[0, 1];
        let refused = partitions(&[all; 12], 0.01);
        assert!(matches!(refused, Err(LikelihoodError::TooManyFounderAlleles { founder_alleles: 12, .. })));
    }
}
