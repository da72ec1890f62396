//! The weighted sum over forests: one for each descent.
//!
//! Everything is linear: a table by the states further up, passed on by a meiosis, is a product with the mutation matrix, and the sum
//! of such products is the product of the sum. So the tables of all forests are added up before they are passed on by the meioses
//! that what is seen does not matter to: once for each sequence of meioses, and where two sequences end alike, once for both.
//!
//! A sum that comes near the end of f64 is done again in [`Wide`] numbers.

use super::forest::Forest;
use super::number::{FAR_FROM_UNDERFLOW, Marginal, Number, exact_marginal};
use super::open_table::{Axis, OpenTable};
use super::state_space::StateSpace;
use crate::profile::Sex;
use rayon::prelude::*;

/// Multiplications that are not worth looking for another way, nor sharing among threads.
pub(super) const SEQUENTIAL_LIMIT: f64 = 4e6;

/// How many tables are kept at once before they are added up.
const AT_ONCE: usize = 256;

/// Forests of one locus, each with its weight.
pub(super) struct ForestSum<'f> {
    forests: Vec<(f64, Forest<'f>)>,
    /// Rows and columns of the result.
    shape: [usize; 2],
}

/// A table that still has to be passed on by these meioses of the slots in rows and in columns.
struct Pending<'f, N> {
    tails: [&'f [Sex]; 2],
    table: OpenTable<N>,
}

impl<'f> ForestSum<'f> {
    pub fn new(forests: Vec<(f64, Forest<'f>)>, shape: [usize; 2]) -> Self {
        Self { forests, shape }
    }

    /// About how many multiplications the sum takes.
    pub fn cost(&self) -> f64 {
        let mut tails: Vec<[&[Sex]; 2]> = Vec::new();
        let mut cost = 0.0;
        for (_, forest) in &self.forests {
            cost += forest.cost();
            if !tails.contains(&forest.tails()) {
                tails.push(forest.tails());
                let meioses: usize = forest.tails().iter().map(|tail| tail.len()).sum();
                cost += (meioses * forest.cells() * forest.space().size()) as f64;
            }
        }
        cost
    }

    /// The sum; 0 of no forests.
    pub fn total(&self) -> Marginal {
        exact_marginal(self.values(), || self.may_underflow(), || self.values())
    }

    /// Whether a term that is not 0 can come near the end of f64.
    fn may_underflow(&self) -> bool {
        let ln_smallest = |(weight, forest): &(f64, Forest<'_>)| weight.ln() + forest.ln_smallest_term();
        self.forests.iter().map(ln_smallest).any(|ln| ln < FAR_FROM_UNDERFLOW.ln())
    }

    fn values<N: Number>(&self) -> Vec<N> {
        let [rows, columns] = self.shape;
        let Some((_, first)) = self.forests.first() else { return vec![N::ZERO; rows * columns] };
        let table = pass_on(self.added_up(), first.space());
        // a male's X has one column here, and is a single row there
        table.cropped(if columns == 1 { [1, rows] } else { self.shape })
    }

    /// The tables of all forests, those with the same tails in one.
    fn added_up<N: Number>(&self) -> Vec<Pending<'_, N>> {
        let is_shared = self.forests.len() > 1 && self.cost() > SEQUENTIAL_LIMIT;
        let table = |(weight, forest): &(f64, Forest<'_>)| forest.table(*weight);
        let mut pending = Vec::new();
        for forests in self.forests.chunks(AT_ONCE) {
            let tables: Vec<OpenTable<N>> = match is_shared {
                true => forests.par_iter().map(table).collect(),
                false => forests.iter().map(table).collect(),
            };
            for ((_, forest), table) in forests.iter().zip(tables) {
                add(&mut pending, Pending { tails: forest.tails(), table });
            }
        }
        pending
    }
}

/// Passes on all tables down to the open slots. Those with the most meioses left come first: when they have as many left as others,
/// they may have the same.
fn pass_on<N: Number>(mut pending: Vec<Pending<'_, N>>, space: &StateSpace<'_>) -> OpenTable<N> {
    loop {
        let left = |at: &usize| pending[*at].tails.iter().map(|tail| tail.len()).sum::<usize>();
        let most = (0..pending.len()).max_by_key(left).unwrap_or(0);
        let Pending { mut tails, mut table } = pending.remove(most);
        let axis = if tails[0].len() > tails[1].len() { Axis::Rows } else { Axis::Columns };
        let Some((&sex, rest)) = tails[axis as usize].split_first() else { return table };
        table.pass_on(axis, space.matrix(sex), 0..space.size());
        tails[axis as usize] = rest;
        add(&mut pending, Pending { tails, table });
    }
}

fn add<'f, N: Number>(pending: &mut Vec<Pending<'f, N>>, next: Pending<'f, N>) {
    match pending.iter_mut().find(|other| other.tails == next.tails) {
        Some(same) => same.table.add(&next.table),
        None => pending.push(next),
    }
}
