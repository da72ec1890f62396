//! The order in which variables are summed out.
//!
//! Finding the best order is NP-hard (Arnborg et al. 1987, doi 10.1137/0608024); two greedy rules are tried, fewest fill-in
//! (edges weighted by the states they join) and smallest table, and the cheaper order is taken. Where that is dear, the second rule is
//! tried again with the sizes blurred in many ways, always the same ones.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The order, and what it costs.
#[derive(Clone, Debug)]
pub(super) struct EliminationOrder {
    variables: Vec<usize>,
    total_cells: f64,
    largest_cells: f64,
}

#[derive(Clone, Copy)]
enum Rule {
    SmallestTable,
    FewestFill,
    /// The smallest table by sizes that are raised to powers from 0.5 to 1.5, drawn from this seed.
    Blurred(u64),
}

/// Orders of at most so many cells are not worth trying others.
const SEARCH_LIMIT: f64 = 3e6;

/// How many blurred orders are tried.
const TRIES: u64 = 48;

impl EliminationOrder {
    /// An order for every variable that is not kept, given the scopes of the factors (variables of one state are
    /// in none).
    pub fn find(sizes: &[usize], scopes: &[&[usize]], kept: &[usize]) -> Self {
        let graph = Graph::new(sizes, scopes);
        let smallest = graph.clone().eliminate(kept, Rule::SmallestTable);
        let few = 4_096.0;
        if smallest.total_cells <= few {
            return smallest;
        }
        let fill = graph.clone().eliminate(kept, Rule::FewestFill);
        let mut best = if fill.total_cells < smallest.total_cells { fill } else { smallest };
        for seed in 1..=TRIES {
            if best.total_cells <= SEARCH_LIMIT {
                break;
            }
            let other = graph.clone().eliminate(kept, Rule::Blurred(seed));
            if other.total_cells < best.total_cells {
                best = other;
            }
        }
        best
    }

    /// The variables in the order in which they go.
    pub fn variables(&self) -> &[usize] {
        &self.variables
    }

    /// Cells visited by all eliminations.
    pub fn total(&self) -> f64 {
        self.total_cells
    }

    /// Cells visited by the largest elimination.
    pub fn largest(&self) -> f64 {
        self.largest_cells
    }
}

/// Which variables meet in a factor, as one bit set a variable.
#[derive(Clone)]
struct Graph<'s> {
    sizes: &'s [usize],
    words: usize,
    neighbours: Vec<u64>,
}

impl<'s> Graph<'s> {
    fn new(sizes: &'s [usize], scopes: &[&[usize]]) -> Self {
        let words = sizes.len().div_ceil(64).max(1);
        let mut graph = Self { sizes, words, neighbours: vec![0; sizes.len() * words] };
        for scope in scopes {
            for &one in *scope {
                for &other in *scope {
                    if one != other {
                        graph.neighbours[one * words + other / 64] |= 1 << (other % 64);
                    }
                }
            }
        }
        graph
    }

    fn row(&self, variable: usize) -> &[u64] {
        &self.neighbours[variable * self.words..(variable + 1) * self.words]
    }

    /// Cells of the table over a variable and all its neighbours.
    fn cells(&self, variable: usize) -> f64 {
        bits(self.row(variable)).fold(self.sizes[variable] as f64, |cells, other| cells * self.sizes[other] as f64)
    }

    /// The edges that summing out this variable adds, each weighted by the states that it joins.
    fn fill(&self, variable: usize) -> f64 {
        let mut weight = 0.0;
        for one in bits(self.row(variable)) {
            let missing = self.row(variable).iter().zip(self.row(one)).map(|(all, has)| all & !has);
            for (word, set) in missing.enumerate() {
                for other in bits(&[set]).map(|bit| word * 64 + bit).filter(|&other| other > one) {
                    weight += (self.sizes[one] * self.sizes[other]) as f64;
                }
            }
        }
        weight
    }

    fn eliminate(mut self, kept: &[usize], rule: Rule) -> EliminationOrder {
        let mut waiting: Vec<usize> = (0..self.sizes.len()).filter(|variable| !kept.contains(variable)).collect();
        let mut order =
            EliminationOrder { variables: Vec::with_capacity(waiting.len()), total_cells: 0.0, largest_cells: 1.0 };
        let powers: Vec<f64> = match rule {
            Rule::Blurred(seed) => {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                self.sizes.iter().map(|_| random.random_range(0.5..1.5)).collect()
            }
            Rule::SmallestTable | Rule::FewestFill => Vec::new(),
        };
        let cost = |graph: &Self, variable| match rule {
            Rule::SmallestTable => (graph.cells(variable), 0.0),
            Rule::FewestFill => (graph.fill(variable), graph.cells(variable)),
            Rule::Blurred(_) => (graph.cells(variable).powf(powers[variable]), 0.0),
        };
        let mut costs: Vec<(f64, f64)> = (0..self.sizes.len()).map(|variable| cost(&self, variable)).collect();
        while let Some(best) = (0..waiting.len()).min_by(|&a, &b| {
            let (a, b) = (costs[waiting[a]], costs[waiting[b]]);
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        }) {
            let variable = waiting.swap_remove(best);
            let cells = self.cells(variable);
            order.total_cells += cells;
            order.largest_cells = order.largest_cells.max(cells);
            order.variables.push(variable);
            let neighbours: Vec<usize> = bits(self.row(variable)).collect();
            self.connect(variable, &neighbours);
            for &neighbour in &neighbours {
                costs[neighbour] = cost(&self, neighbour);
            }
            if let Rule::FewestFill = rule {
                // a new edge can also spare a second neighbour a fill-in
                for second in neighbours.iter().flat_map(|&neighbour| bits(self.row(neighbour)).collect::<Vec<_>>()) {
                    costs[second] = cost(&self, second);
                }
            }
        }
        let kept_cells = kept.iter().map(|&variable| self.sizes[variable] as f64).product();
        order.largest_cells = order.largest_cells.max(kept_cells);
        order
    }

    /// Takes a variable out and joins its neighbours with each other.
    fn connect(&mut self, variable: usize, neighbours: &[usize]) {
        let words = self.words;
        let all = self.row(variable).to_vec();
        for &one in neighbours {
            for (cell, bit) in self.neighbours[one * words..(one + 1) * words].iter_mut().zip(&all) {
                *cell |= bit;
            }
            for gone in [one, variable] {
                self.neighbours[one * words + gone / 64] &= !(1 << (gone % 64));
            }
        }
    }
}

/// The positions of the bits that are set.
fn bits(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(word, &set)| {
        let mut rest = set;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                word * 64 + bit
            })
        })
    })
}
