//! The states that can be reached before a step, and where each of them stands.

use super::plan::State;
use crate::likelihood::Wide;
use foldhash::fast::FixedState;
use std::collections::HashSet;

/// Over the choices still to be made from a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct After {
    /// Σ of their products.
    pub sum: Wide,
    /// ln of the greatest.
    pub ln_best: f64,
}

/// States before a step, with their sums.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    /// The states, ascending.
    pub states: Vec<State>,
    /// What is still to come from each.
    pub after: Vec<After>,
    /// How many states have leading bits below these; the others are `shift` many.
    first: Vec<u32>,
    shift: u32,
}

impl Layer {
    /// A layer of these states, ascending, at least one; without sums yet.
    pub fn new(states: Vec<State>) -> Self {
        let width = State::BITS - states.last().map_or(0, |state| state.leading_zeros());
        // about as many entries as states
        let shift = width.saturating_sub(states.len().ilog2() + 1);
        let mut first = vec![0; (1 << (width - shift)) + 1];
        states.iter().for_each(|state| first[(state >> shift) as usize + 1] += 1);
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        Self { states, first, shift, ..Self::default() }
    }

    /// Where a state of this layer stands.
    pub fn position(&self, state: State) -> usize {
        let at = (state >> self.shift) as usize;
        let start = self.first[at] as usize;
        if self.shift == 0 {
            return start;
        }
        let end = self.first[at + 1] as usize;
        start + self.states[start..end].partition_point(|&other| other < state)
    }

    /// What is still to come from a state of this layer.
    pub fn after(&self, state: State) -> After {
        self.after[self.position(state)]
    }
}

/// Slots that a bit map can have one bit for each state of: 128 MiB.
const NARROW: u32 = 30;

/// A set of states.
pub(super) enum Reached {
    /// One bit a state, and how many there are.
    Narrow(Vec<u64>, usize),
    /// Where there are too many slots for that, or few states.
    Wide(HashSet<State, FixedState>),
}

impl Reached {
    /// None yet, of those that use nothing but these slots; so many may be put in.
    pub fn new(slots: State, insertions: usize) -> Self {
        let width = State::BITS - slots.leading_zeros();
        let words = (1_usize << width.min(NARROW)).div_ceil(64);
        match width <= NARROW && words <= insertions {
            true => Self::Narrow(vec![0; words], 0),
            false => Self::Wide(HashSet::default()),
        }
    }

    pub fn insert(&mut self, state: State) {
        match self {
            Self::Narrow(bits, count) => {
                let (word, bit) = (&mut bits[(state / 64) as usize], 1 << (state % 64));
                *count += usize::from(*word & bit == 0);
                *word |= bit;
            }
            Self::Wide(states) => {
                states.insert(state);
            }
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(_, count) => *count,
            Self::Wide(states) => states.len(),
        }
    }

    pub fn into_ascending(self) -> Vec<State> {
        match self {
            Self::Narrow(bits, _) => {
                let in_word = |(at, word): (usize, u64)| {
                    (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| (at * 64 + bit) as State)
                };
                bits.into_iter().enumerate().filter(|(_, word)| *word != 0).flat_map(in_word).collect()
            }
            Self::Wide(states) => {
                let mut states: Vec<State> = states.into_iter().collect();
                states.sort_unstable();
                states
            }
        }
    }
}
