//! A factor graph over discrete variables, summed out exactly one variable at a time.
//!
//! Bucket elimination (Dechter 1999, doi 10.1016/S0004-3702(99)00059-4; for pedigrees Lauritzen & Sheehan 2003, doi
//! 10.1214/ss/1081443231). Every table is divided by its largest magnitude as soon as it is made, and the logarithm of
//! the divisor is kept apart, so that hardly anything underflows. What may have is bounded on the way; where that could
//! matter, all is done again in [`Wide`] numbers. Cost: the cells of all tables on the way, see [`EliminationOrder`].

use super::elimination_order::EliminationOrder;
use super::number::{Marginal, Number, multiply};
use super::wide::{EDGE, Wide};
use std::borrow::Cow;

/// The largest number of cells that one elimination may visit: 2 GiB as one table, some seconds of work.
pub(super) const CELL_LIMIT: f64 = (1_u64 << 28) as f64;

/// The largest share of a value that may be lost to underflow; rounding takes about as much of every sum.
const NEGLIGIBLE_LOSS: f64 = 1e-15;

/// A table over the joint states of its scope, row-major (the last variable of the scope runs fastest).
#[derive(Clone, Debug)]
pub(super) struct Factor<N = f64> {
    pub scope: Vec<usize>,
    /// Probabilities, or at least of magnitudes not far above 1.
    pub values: Vec<N>,
}

/// A factor on its way through an elimination.
struct WorkingTable<'f, N: Number> {
    scope: Cow<'f, [usize]>,
    values: Cow<'f, [N]>,
    /// Every value is at most this far from what it would be without underflow.
    lost: f64,
}

/// Variables with their numbers of states, and the factors whose product is the joint distribution.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    sizes: Vec<usize>,
    factors: Vec<Factor>,
}

/// A network whose tables would be too large: the cells of the largest one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TooWide(pub f64);

impl Network {
    /// Adds a variable with this many states; returns its number.
    pub fn add_variable(&mut self, size: usize) -> usize {
        self.sizes.push(size);
        self.sizes.len() - 1
    }

    /// Adds the factor over the distinct `variables` whose value at their states is `value(states)`.
    pub fn add_factor(&mut self, variables: &[usize], mut value: impl FnMut(&[usize]) -> f64) {
        let cells = variables.iter().map(|&variable| self.sizes[variable]).product();
        let mut values = Vec::with_capacity(cells);
        let mut states = [0_usize; 16];
        let mut many_states;
        let states = if variables.len() <= states.len() {
            &mut states[..variables.len()]
        } else {
            many_states = vec![0; variables.len()];
            &mut many_states[..]
        };
        for _ in 0..cells {
            values.push(value(states));
            for (state, &variable) in states.iter_mut().zip(variables).rev() {
                *state += 1;
                if *state < self.sizes[variable] {
                    break;
                }
                *state = 0;
            }
        }
        self.add_table(variables, values);
    }

    /// Adds the factor over the distinct `variables` with these values, row-major.
    pub fn add_table(&mut self, variables: &[usize], values: Vec<f64>) {
        // a variable of one state takes no axis
        let scope = variables.iter().copied().filter(|&variable| self.sizes[variable] > 1).collect();
        self.factors.push(Factor { scope, values });
    }

    /// Adds the factor over the distinct `variables` with these values of at most 1, row-major: as the product of factors
    /// that an f64 can hold.
    pub fn add_wide_table(&mut self, variables: &[usize], values: &[Wide]) {
        let (values, edges): (Vec<f64>, Vec<i64>) = values.iter().map(|value| value.parts()).unzip();
        for many in 1..=edges.iter().copied().max().unwrap_or(0) {
            let values = edges.iter().map(|&edges| if edges >= many { 1.0 / EDGE } else { 1.0 });
            self.add_table(variables, values.collect());
        }
        self.add_table(variables, values);
    }

    /// The cells visited when every variable that is not kept is summed out.
    pub fn cost(&self, kept: &[usize]) -> f64 {
        let scopes: Vec<&[usize]> = self.factors.iter().map(|factor| factor.scope.as_slice()).collect();
        EliminationOrder::find(&self.sizes, &scopes, kept).total()
    }

    /// Sums out every variable that is not kept.
    pub fn sum_out(self, kept: &[usize]) -> Result<Marginal, TooWide> {
        let scopes: Vec<&[usize]> = self.factors.iter().map(|factor| factor.scope.as_slice()).collect();
        let order = EliminationOrder::find(&self.sizes, &scopes, kept);
        if order.largest() > CELL_LIMIT {
            return Err(TooWide(order.largest()));
        }
        // axes in reverse order of elimination: the next variable to go always runs fastest
        let mut rank = vec![0; self.sizes.len()];
        for (at, &variable) in kept.iter().chain(order.variables().iter().rev()).enumerate() {
            rank[variable] = at;
        }
        let (sizes, mut factors) = (self.sizes, self.factors);
        for factor in &mut factors {
            factor.arrange(&sizes, &rank);
        }
        let elimination = Elimination { sizes: &sizes, rank: &rank, order: order.variables(), kept };
        let (marginal, lost) = elimination.run(factors.iter().map(Factor::as_table).collect());
        let nonzero = marginal.values.iter().filter(|value| **value != 0.0);
        let smallest = nonzero.map(|value| value.abs()).reduce(f64::min).unwrap_or(0.0);
        if lost <= NEGLIGIBLE_LOSS * smallest || !may_underflow(&sizes, &factors) {
            return Ok(marginal);
        }
        Ok(elimination.run(factors.iter().map(Factor::to_wide).collect()).0)
    }
}

/// Whether a number other than 0 can come so close to it that it is no longer an exact f64: the product of the smallest
/// values of all factors, divided by no more than all joint states.
fn may_underflow(sizes: &[usize], factors: &[Factor]) -> bool {
    let smallest = |factor: &Factor| {
        let nonzero = factor.values.iter().filter(|value| **value != 0.0);
        nonzero.fold(1.0, |smallest: f64, value| smallest.min(value.abs())).ln()
    };
    let states: f64 = sizes.iter().map(|&size| (size as f64).ln()).sum();
    factors.iter().map(smallest).sum::<f64>() - states < f64::MIN_POSITIVE.ln()
}

/// What is to be summed out of the factors, which have their axes in the order of `rank`.
struct Elimination<'e> {
    sizes: &'e [usize],
    rank: &'e [usize],
    order: &'e [usize],
    kept: &'e [usize],
}

impl Elimination<'_> {
    /// The sum, and how far each of its values (the scale apart) can be off because of underflow.
    fn run<N: Number>(&self, mut tables: Vec<WorkingTable<'_, N>>) -> (Marginal, f64) {
        let mut ln_scale = 0.0;
        for &variable in self.order {
            let (bucket, rest): (Vec<_>, Vec<_>) =
                tables.into_iter().partition(|table| table.scope.last() == Some(&variable));
            tables = rest;
            if !bucket.is_empty() {
                let (mut message, lost) = sum_of_product(&bucket, Some(variable), self.sizes, self.rank);
                let largest = N::normalise(&mut message.values);
                ln_scale += largest.ln();
                let (scope, values) = (Cow::Owned(message.scope), Cow::Owned(message.values));
                tables.push(WorkingTable { scope, values, lost: lost / largest });
            } else {
                ln_scale += (self.sizes[variable] as f64).ln();
            }
        }
        let (mut joint, lost) = sum_of_product(&tables, None, self.sizes, self.rank);
        joint.spread(self.kept, self.sizes);
        let mut marginal = N::into_marginal(joint.values);
        let lost = lost / marginal.ln_scale.exp();
        marginal.ln_scale += ln_scale;
        (marginal, lost)
    }
}

impl Factor {
    fn as_table(&self) -> WorkingTable<'_, f64> {
        WorkingTable { scope: Cow::Borrowed(&self.scope), values: Cow::Borrowed(&self.values), lost: 0.0 }
    }

    fn to_wide(&self) -> WorkingTable<'_, Wide> {
        let values = self.values.iter().copied().map(Wide::from).collect();
        WorkingTable { scope: Cow::Borrowed(&self.scope), values: Cow::Owned(values), lost: 0.0 }
    }

    /// Transposes so that the axes are in the order of their ranks.
    fn arrange(&mut self, sizes: &[usize], rank: &[usize]) {
        if self.scope.is_sorted_by_key(|&variable| rank[variable]) {
            return;
        }
        let mut sorted = self.scope.clone();
        sorted.sort_unstable_by_key(|&variable| rank[variable]);
        let strides = strides_along(&sorted, &self.scope, sizes);
        let mut values = Vec::with_capacity(self.values.len());
        let mut states = vec![0; sorted.len()];
        let mut at = 0;
        for _ in 0..self.values.len() {
            values.push(self.values[at]);
            for (axis, &variable) in sorted.iter().enumerate().rev() {
                states[axis] += 1;
                at += strides[axis];
                if states[axis] < sizes[variable] {
                    break;
                }
                at -= strides[axis] * sizes[variable];
                states[axis] = 0;
            }
        }
        (self.scope, self.values) = (sorted, values);
    }
}

impl<N: Number> Factor<N> {
    /// Repeats values along the kept variables that are not in the scope.
    fn spread(&mut self, kept: &[usize], sizes: &[usize]) {
        if self.scope == kept {
            return;
        }
        let strides = strides_along(kept, &self.scope, sizes);
        let mut offsets = vec![0];
        for (&variable, &stride) in kept.iter().zip(&strides) {
            offsets =
                offsets.iter().flat_map(|at| (0..sizes[variable]).map(move |state| at + state * stride)).collect();
        }
        self.values = offsets.into_iter().map(|offset| self.values[offset]).collect();
        self.scope = kept.to_vec();
    }
}

/// For each of the `axes`, how far a step along it moves in a row-major table over `scope` (0 where it is not in it).
fn strides_along(axes: &[usize], scope: &[usize], sizes: &[usize]) -> Vec<usize> {
    let stride = |axis: &usize| match scope.iter().position(|variable| variable == axis) {
        Some(at) => scope[at + 1..].iter().map(|&variable| sizes[variable]).product(),
        None => 0,
    };
    axes.iter().map(stride).collect()
}

/// The product of the factors, summed over `summed`, which is the last axis of each that has it.
///
/// Walks the axes of the result depth first; as soon as all axes of a factor but the summed one are fixed, it is multiplied,
/// along the summed axis, into a running product. So a product common to many cells is formed once.
///
/// Also returns how far each value can be off because of underflow.
fn sum_of_product<N: Number>(
    factors: &[WorkingTable<'_, N>],
    summed: Option<usize>,
    sizes: &[usize],
    rank: &[usize],
) -> (Factor<N>, f64) {
    let mut scope: Vec<usize> = factors.iter().flat_map(|factor| factor.scope.iter().copied()).collect();
    scope.retain(|&variable| Some(variable) != summed);
    scope.sort_unstable_by_key(|&variable| rank[variable]);
    scope.dedup();
    let width = summed.map_or(1, |variable| sizes[variable]);
    let mut axes: Vec<ResultAxis> = scope
        .iter()
        .map(|&variable| ResultAxis {
            size: sizes[variable],
            moving: Vec::with_capacity(factors.len()),
            ready: Vec::new(),
        })
        .collect();
    let mut running = vec![N::ONE; width * (axes.len() + 2)];
    for (operand, factor) in factors.iter().enumerate() {
        let mut stride = if factor.scope.last().is_some_and(|&last| Some(last) == summed) { width } else { 1 };
        let mut last_axis = None;
        for &variable in factor.scope.iter().rev().filter(|&&variable| Some(variable) != summed) {
            if let Some(axis) = scope.iter().position(|&other| other == variable) {
                axes[axis].moving.push((operand, stride));
                last_axis = last_axis.max(Some(axis));
                stride *= sizes[variable];
            }
        }
        match last_axis {
            Some(axis) => axes[axis].ready.push(operand),
            None => multiply(&mut running[..width], &factor.values),
        }
    }
    let output = Vec::with_capacity(axes.iter().map(|axis| axis.size).product());
    let values: Vec<&[N]> = factors.iter().map(|factor| &*factor.values).collect();
    let mut walk = Walk { axes: &axes, values: &values, offsets: vec![0; factors.len()], width, running, output };
    match axes.is_empty() {
        true => walk.output.push(walk.running[..width].iter().fold(N::ZERO, |sum, &value| sum + value)),
        false => walk.along(0, 0),
    }
    let values = walk.output;
    // no factor is above 1, so its error counts in full at most, as does that of each of the products
    let smallest = f64::from_bits(1);
    let lost = factors.iter().map(|factor| factor.lost + smallest).sum::<f64>() * width as f64;
    (Factor { scope, values }, lost)
}

/// An axis of the result.
struct ResultAxis {
    size: usize,
    /// The factors that have this axis, and how far a step along it moves in their values.
    moving: Vec<(usize, usize)>,
    /// The factors of which this is the last axis (but for the summed one).
    ready: Vec<usize>,
}

/// The state of the walk of [`sum_of_product`].
struct Walk<'a, N> {
    axes: &'a [ResultAxis],
    values: &'a [&'a [N]],
    /// Where each factor stands.
    offsets: Vec<usize>,
    width: usize,
    /// Running products along the summed axis, one behind the other.
    running: Vec<N>,
    output: Vec<N>,
}

impl<N: Number> Walk<'_, N> {
    /// Fixes each state of this axis in turn; `row` is where the running product of the axes before it starts.
    fn along(&mut self, axis: usize, row: usize) {
        if axis + 1 == self.axes.len() {
            return self.put_out(row, &self.axes[axis]);
        }
        let ResultAxis { size, moving, ready } = &self.axes[axis];
        for _ in 0..*size {
            if ready.is_empty() {
                self.along(axis + 1, row);
            } else {
                let (done, next) = self.running.split_at_mut(row + self.width);
                let next = &mut next[..self.width];
                next.copy_from_slice(&done[row..]);
                for &factor in ready {
                    multiply(next, &self.values[factor][self.offsets[factor]..]);
                }
                self.along(axis + 1, row + self.width);
            }
            for &(operand, stride) in moving {
                self.offsets[operand] += stride;
            }
        }
        for &(operand, stride) in moving {
            self.offsets[operand] -= stride * size;
        }
    }

    /// The cells along the last axis: the running product times the last factors, summed.
    fn put_out(&mut self, row: usize, last_axis: &ResultAxis) {
        let width = self.width;
        let (done, next) = self.running.split_at_mut(row + width);
        let done = &done[row..];
        let product = &mut next[..width];
        let Some((&(last, last_stride), before)) = last_axis.moving.split_last() else { return };
        let last_values = &self.values[last][self.offsets[last]..];
        for state in 0..last_axis.size {
            let last_values = &last_values[state * last_stride..];
            if before.is_empty() {
                self.output.push(dot(done, last_values));
                continue;
            }
            product.copy_from_slice(done);
            for &(factor, stride) in before {
                multiply(product, &self.values[factor][self.offsets[factor] + state * stride..]);
            }
            self.output.push(dot(product, last_values));
        }
    }
}

/// Σ cell · value, from the first to the last.
fn dot<N: Number>(product: &[N], values: &[N]) -> N {
    product.iter().zip(values).fold(N::ZERO, |sum, (&cell, &value)| sum + cell * value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};

    /// The sum over all joint states, state by state.
    fn brute_force(network: &Network, kept: &[usize]) -> Vec<f64> {
        let mut table = vec![0.0; kept.iter().map(|&variable| network.sizes[variable]).product()];
        for joint in 0..network.sizes.iter().product::<usize>() {
            let mut rest = joint;
            let states: Vec<usize> = network
                .sizes
                .iter()
                .map(|&size| {
                    let state = rest % size;
                    rest /= size;
                    state
                })
                .collect();
            let cell = |scope: &[usize]| scope.iter().fold(0, |at, &v| at * network.sizes[v] + states[v]);
            let product: f64 = network.factors.iter().map(|factor| factor.values[cell(&factor.scope)]).product();
            table[cell(kept)] += product;
        }
        table
    }

    #[test]
    fn elimination_equals_the_sum_over_all_joint_states() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        for _ in 0..300 {
            let mut network = Network::default();
            for _ in 0..random.random_range(1..7) {
                network.add_variable(random.random_range(1..4));
            }
            let variables = network.sizes.len();
            for _ in 0..random.random_range(0..7) {
                let mut scope: Vec<usize> = (0..variables).filter(|_| random.random_bool(0.4)).collect();
                scope.sort_by_key(|_| random.random::<u32>());
                network.add_factor(&scope, |_| if random.random_bool(0.2) { 0.0 } else { random.random() });
            }
            let kept: Vec<usize> = (0..variables).filter(|_| random.random_bool(0.3)).collect();
            let expected = brute_force(&network, &kept);
            let found = network.sum_out(&kept).unwrap();
            for (found_value, expected_value) in found.values.iter().zip(&expected) {
                let found_value = found_value * found.ln_scale.exp();
                assert!((found_value - expected_value).abs() <= 1e-12 * expected_value.max(1e-3));
            }
            assert_eq!(found.values.len(), expected.len());
        }
    }

    /// Two variables that a hundred factors each pull apart: what underflows in every table is all there is.
    #[test]
    fn what_underflows_everywhere_is_summed_all_the_same() {
        let rare = |states: &[usize]| if states[0] == 0 { 1e-5 } else { 1.0 };
        let common = |states: &[usize]| if states[0] == 0 { 1.0 } else { 1e-5 };
        let mut network = Network::default();
        let variable = network.add_variable(2);
        for _ in 0..100 {
            network.add_factor(&[variable], rare);
            network.add_factor(&[variable], common);
            network.add_factor(&[], |_| 0.1);
        }
        let found = network.clone().sum_out(&[]).unwrap();
        let expected = 2_f64.ln() + 600.0 * 0.1_f64.ln();
        assert!((found.values[0].ln() + found.ln_scale - expected).abs() < 1e-12 * expected.abs());
        let kept = network.sum_out(&[variable]).unwrap();
        assert_eq!(kept.values, [1.0, 1.0]);
        assert!((kept.ln_scale - 600.0 * 0.1_f64.ln()).abs() < 1e-12 * expected.abs());
    }

    #[test]
    fn what_is_impossible_stays_so() {
        let mut network = Network::default();
        let variable = network.add_variable(2);
        for state in [0, 1] {
            network.add_factor(&[variable], |states| if states[0] == state { 1e-300 } else { 0.0 });
        }
        assert_eq!(network.sum_out(&[]).unwrap().values, [0.0]);
    }

    #[test]
    fn tables_beyond_the_limit_are_refused() {
        let mut network = Network::default();
        let variables: Vec<usize> = (0..8).map(|_| network.add_variable(40)).collect();
        for (at, &one) in variables.iter().enumerate() {
            for &other in &variables[..at] {
                network.add_factor(&[one, other], |_| 1.0);
            }
        }
        let cells = 40_f64.powi(8);
        assert!(matches!(network.sum_out(&[]), Err(TooWide(found)) if (found - cells).abs() < 1.0));
    }
}
