//! Descents at two linked loci.
//!
//! Given the descents at both, what is seen at one locus is independent of what is seen at the other (Lander & Green 1987, doi
//! 10.1073/pnas.84.8.2363). So P(seen at A and B) = Σ_v Σ_w P(v, w) P(seen at A | v) P(seen at B | w), where P(v, w) is a product
//! over meioses: (1 − ρ) / 2 where both loci come from one slot of the parent, ρ / 2 where they do not. A meiosis that matters at one
//! of the loci only counts ½, one that matters at neither counts 1. A founder's slots are exchangeable and a descent stands for both
//! ways to number them (see [`super::descents`]), so such a founder's meioses count summed over both, at both loci.

use super::family::{Origin, TracedFamily};
use super::genotype_table::GenotypeTable;
use crate::inheritance::observation::Evidence;

/// The slot that each meiosis passed on, by 2 · person + slot of the child; `None` where it does not matter.
#[derive(Clone, Debug)]
pub(super) struct PassedOn(Vec<Option<usize>>);

/// The meioses in which either slot of the parent can be passed on, by parent.
#[derive(Clone, Debug)]
pub(super) struct Meioses {
    parents: Vec<LinkedParent>,
}

#[derive(Clone, Debug)]
struct LinkedParent {
    person: usize,
    /// Whether descents stand for both ways to number this parent's slots.
    is_exchangeable: bool,
    /// 2 · person + slot of each child.
    children: Vec<usize>,
}

impl PassedOn {
    pub fn new(descent: &TracedFamily) -> Self {
        let mut passed_on = Vec::new();
        for member in &descent.members {
            for (slot, origin) in member.slots.iter().enumerate() {
                if let Some(Origin::Parent { from, .. }) = origin {
                    let at = 2 * member.person + slot;
                    passed_on.resize(passed_on.len().max(at + 1), None);
                    passed_on[at] = *from;
                }
            }
        }
        Self(passed_on)
    }

    fn at(&self, meiosis: usize) -> Option<usize> {
        self.0.get(meiosis).copied().flatten()
    }
}

impl Meioses {
    /// The meioses of a family before its descents are told apart.
    pub fn new(family: &TracedFamily) -> Self {
        let mut parents: Vec<LinkedParent> = Vec::new();
        for member in family.members.iter().filter(|member| member.slots[1].is_some()) {
            let is_exchangeable = member.is_exchangeable;
            parents.push(LinkedParent { person: member.person, is_exchangeable, children: Vec::new() });
        }
        for member in &family.members {
            for (slot, origin) in member.slots.iter().enumerate() {
                let Some(Origin::Parent { parent, .. }) = origin else { continue };
                if let Some(parent) = parents.iter_mut().find(|known| known.person == *parent) {
                    parent.children.push(2 * member.person + slot);
                }
            }
        }
        parents.retain(|parent| !parent.children.is_empty());
        Self { parents }
    }

    /// P(v, w) for each descent v of one locus (rows) and each w of the other.
    pub fn joint_probabilities(&self, one: &[PassedOn], other: &[PassedOn], recombination: f64) -> Vec<f64> {
        let joint = |v: &PassedOn, w: &PassedOn| -> f64 {
            self.parents.iter().map(|parent| parent.joint_probability(v, w, recombination)).product()
        };
        one.iter().flat_map(|v| other.iter().map(move |w| joint(v, w))).collect()
    }
}

impl LinkedParent {
    fn joint_probability(&self, v: &PassedOn, w: &PassedOn, recombination: f64) -> f64 {
        let ways = |is_other_way: bool| -> f64 {
            let factor = |&meiosis: &usize| match (v.at(meiosis), w.at(meiosis)) {
                (None, None) => 1.0,
                (Some(_), None) | (None, Some(_)) => 0.5,
                (Some(one), Some(other)) if (one == other) != is_other_way => 0.5 * (1.0 - recombination),
                (Some(_), Some(_)) => 0.5 * recombination,
            };
            self.children.iter().map(factor).product()
        };
        let matters = |passed_on: &PassedOn| self.children.iter().any(|&meiosis| passed_on.at(meiosis).is_some());
        match (self.is_exchangeable, matters(v), matters(w)) {
            (false, ..) | (true, false, false) => ways(false),
            (true, true, true) => 2.0 * (ways(false) + ways(true)),
            (true, ..) => 2.0 * ways(false),
        }
    }
}

/// Two linked loci with one person's genotype left open at both: for each descent of a locus P(evidence, genotype | descent).
#[derive(Clone, Debug)]
pub struct LinkedTables {
    tables: [Vec<GenotypeTable>; 2],
    /// P(v, w), descents of the first locus by row.
    weights: Vec<f64>,
}

/// What is seen of the person at one of two linked loci, by descent of the first.
#[derive(Clone, Debug)]
pub struct SeenByDescent {
    values: Vec<f64>,
    ln_scale: f64,
}

impl LinkedTables {
    pub(super) fn new(tables: [Vec<GenotypeTable>; 2], weights: Vec<f64>) -> Self {
        Self { tables, weights }
    }

    /// P(evidence, and all this seen of the person) at the first locus given the descent; something must be seen (a sum over all
    /// genotypes is no probability where frequencies do not sum to 1).
    pub fn at_first(&self, seen: &[Evidence]) -> SeenByDescent {
        SeenByDescent::new(&self.tables[0], seen)
    }

    /// P(evidence, and all this seen of the person at the second locus, descent of the first).
    pub fn at_second(&self, seen: &[Evidence]) -> SeenByDescent {
        let by_descent = SeenByDescent::new(&self.tables[1], seen);
        let rows = self.weights.chunks(by_descent.values.len().max(1));
        let values =
            rows.map(|weights| weights.iter().zip(&by_descent.values).map(|(weight, value)| weight * value).sum());
        SeenByDescent { values: values.collect(), ..by_descent }
    }
}

impl SeenByDescent {
    fn new(tables: &[GenotypeTable], seen: &[Evidence]) -> Self {
        let ln: Vec<f64> = tables.iter().map(|table| table.ln_probability_of_all(seen)).collect();
        let largest = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let ln_scale = if largest == f64::NEG_INFINITY { 0.0 } else { largest };
        Self { values: ln.iter().map(|ln| (ln - ln_scale).exp()).collect(), ln_scale }
    }

    /// ln P(evidence, and what is seen of the person, at both loci); the other one is of the second locus.
    pub fn ln_joint(&self, second: &Self) -> f64 {
        let sum: f64 = self.values.iter().zip(&second.values).map(|(one, other)| one * other).sum();
        sum.ln() + self.ln_scale + second.ln_scale
    }
}
