//! The allele states that a calculation tells apart.
//!
//! Alleles that nobody was seen to have behave alike under some mutation models and can then be one state, exactly: a
//! Markov chain is strongly lumpable where every member of the lump goes to each other state, and to the lump as a
//! whole, with the same probability (Kemeny & Snell, *Finite Markov Chains*, 1960, theorem 6.3.2). That holds for no
//! mutation, `equal` and `proportional`; `stepwise`, `one-step`, `dawid` and custom matrices keep every allele.
//!
//! Frequencies need not sum to 1 (rare alleles are added to a table and the others left alone). A founder allele that reaches
//! nobody who is looked at must count as 1 all the same, whether it is dropped beforehand or summed over. So that both are one,
//! a state "none of them" takes the rest, 1 − Σ p, which may be below 0. It is passed on as it is and nobody can show it,
//! so it adds to nothing but such unused alleles.

use super::model::LocusModel;
use crate::inheritance::observation::{AlleleIndex, Evidence};
use crate::profile::Sex;
use std::borrow::Cow;

/// States (lumps of alleles) of one locus, with their frequencies and mutation matrices.
pub(super) struct StateSpace<'m> {
    pub frequencies: Cow<'m, [f64]>,
    pub maternal: Cow<'m, [f64]>,
    pub paternal: Cow<'m, [f64]>,
    /// One allele that each state stands for; "none of them" has no allele.
    pub representatives: Vec<AlleleIndex>,
    /// The state "none of them", where the frequencies do not sum to 1.
    pub rest: Option<u16>,
}

/// Frequencies that miss 1 by less than this are rounded, not incomplete.
const ROUNDING: f64 = 1e-12;

impl<'m> StateSpace<'m> {
    /// Every allele a state of its own.
    pub fn full(model: &'m LocusModel) -> Self {
        let space = Self {
            frequencies: model.state_frequencies().into(),
            maternal: model.mutation_matrix(Sex::Female).into(),
            paternal: model.mutation_matrix(Sex::Male).into(),
            representatives: (0..model.states() as u16).map(AlleleIndex).collect(),
            rest: None,
        };
        space.completed()
    }

    /// With the state "none of them", where the frequencies do not sum to 1.
    fn completed(mut self) -> Self {
        let missing = 1.0 - self.frequencies.iter().sum::<f64>();
        if missing.abs() <= ROUNDING {
            return self;
        }
        let size = self.size();
        let extend = |matrix: &[f64]| {
            let row = |from: usize| matrix[from * size..(from + 1) * size].iter().copied().chain([0.0]);
            let last = (0..size).map(|_| 0.0).chain([1.0]);
            (0..size).flat_map(row).chain(last).collect::<Vec<_>>()
        };
        self.maternal = extend(&self.maternal).into();
        self.paternal = extend(&self.paternal).into();
        self.frequencies.to_mut().push(missing);
        self.rest = Some(size as u16);
        self
    }

    /// The visible alleles that no evidence shows as one state, where the mutation model allows it.
    pub fn lumped(model: &'m LocusModel, evidence: &[Evidence]) -> Self {
        let exact = model.definition().mutation.as_ref().is_none_or(|mutation| mutation.model.lumps());
        let mut is_seen = vec![false; model.states()];
        is_seen[model.alleles().len()..].fill(true);
        for allele in evidence.iter().flat_map(|piece| piece.seen.alleles()) {
            is_seen[allele.position()] = true;
        }
        let unseen: Vec<usize> = (0..is_seen.len()).filter(|&at| !is_seen[at]).collect();
        if !exact || unseen.len() < 2 {
            return Self::full(model);
        }
        // the seen alleles, then the lump
        let mut groups: Vec<Vec<usize>> = (0..is_seen.len()).filter(|&at| is_seen[at]).map(|at| vec![at]).collect();
        groups.push(unseen);
        let sum = |row: &[f64], group: &[usize]| group.iter().map(|&at| row[at]).sum::<f64>();
        let matrix = |sex| {
            let full = model.mutation_matrix(sex);
            let row = |group: &Vec<usize>| &full[group[0] * model.states()..(group[0] + 1) * model.states()];
            groups.iter().flat_map(|from| groups.iter().map(move |to| sum(row(from), to))).collect::<Vec<_>>()
        };
        let space = Self {
            frequencies: groups.iter().map(|group| sum(model.state_frequencies(), group)).collect(),
            maternal: matrix(Sex::Female).into(),
            paternal: matrix(Sex::Male).into(),
            representatives: groups.iter().map(|group| AlleleIndex(group[0] as u16)).collect(),
            rest: None,
        };
        space.completed()
    }

    /// Number of states.
    pub fn size(&self) -> usize {
        self.frequencies.len()
    }

    /// The mutation matrix for transmissions from a mother or a father.
    pub fn matrix(&self, parent: Sex) -> &[f64] {
        if parent == Sex::Female { &self.maternal } else { &self.paternal }
    }
}

/// Frequencies of the states that nobody can show: the silent allele where there is one, and what the others leave of 1
/// ("none of them") where they do not sum to it.
pub fn frequencies_not_shown(model: &LocusModel) -> Vec<f64> {
    StateSpace::full(model).frequencies[model.alleles().len()..].to_vec()
}
