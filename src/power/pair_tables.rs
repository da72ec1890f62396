//! Everything that two people can show at one locus: how likely under each relationship, and which LR it gives.
//!
//! The probabilities and the likelihood ratios are the engine's own: [`genotype_table`] gives P(both | unrelated), and
//! P(both | related) is that times the ratio of [`score_row`]. What shows nothing, or three alleles, has LR 1.
//! Cost: one network for each thing a child can show, n (n + 1) / 2 for n alleles, and each relationship.

use super::distribution::Atom;
use crate::inheritance::{Evidence, Hypothesis, Relationship, RelationshipError, Seen};
use crate::likelihood::{LikelihoodError, LocusModel, genotype_table, score_row};
use crate::profile::{Allele, Call, Observation, Sex};
use rayon::prelude::*;

/// How well the two people are typed, and who they are.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct Typing {
    /// Probability that an allele of the child drops out.
    pub child_drop_out: f64,
    /// Probability that an allele of the candidate drops out.
    pub candidate_drop_out: f64,
    /// Probability that an allele drops in, at each locus of either.
    pub drop_in: f64,
    /// The candidate's sex: as a parent, whose mutation rates apply.
    pub candidate_sex: Sex,
}

/// Why the tables cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PowerError {
    /// A locus that the likelihood engine refuses.
    #[error("{locus}: {source}")]
    Locus {
        /// Its name.
        locus: String,
        /// What is wrong.
        source: LikelihoodError,
    },
    /// A relationship that cannot be.
    #[error(transparent)]
    Relationship(#[from] RelationshipError),
    /// A relationship that has no distribution.
    #[error("the tested relationship is not among those compared")]
    Nothing,
    /// An allele that is no label.
    #[error(transparent)]
    Allele(#[from] crate::profile::AlleleError),
}

/// One locus: what a child (rows) and a candidate (columns) can show.
#[derive(Clone, Debug)]
pub struct LocusPairs {
    /// The locus.
    pub name: String,
    size: usize,
    relationships: Vec<Relationship>,
    /// P(child shows c, candidate shows k | unrelated), row-major.
    unrelated: Vec<f64>,
    /// For each relationship: log10 LR against unrelated, row-major.
    log10_lrs: Vec<Vec<f64>>,
}

impl LocusPairs {
    /// The table of one locus for these relationships.
    ///
    /// # Errors
    /// Whatever the likelihood engine refuses.
    pub fn new(model: &LocusModel, relationships: &[Relationship], typing: &Typing) -> Result<Self, PowerError> {
        let hypothesis = |relationship: Relationship| relationship.hypothesis(Sex::Unknown, typing.candidate_sex, None);
        let strangers = hypothesis(Relationship::Unrelated)?;
        let related = relationships.iter().map(|&one| hypothesis(one)).collect::<Result<Vec<_>, _>>()?;
        let calls = calls(model)?;
        let refused = |source| PowerError::Locus { locus: model.name().to_owned(), source };
        let rows: Vec<(Vec<f64>, Vec<Vec<f64>>)> = calls
            .par_iter()
            .map(|&(call, seen)| row(model, &strangers, &related, typing, (call, seen), &calls).map_err(refused))
            .collect::<Result<_, _>>()?;
        let mut log10_lrs = vec![Vec::with_capacity(calls.len() * calls.len()); relationships.len()];
        let mut unrelated = Vec::with_capacity(calls.len() * calls.len());
        for (joint, ratios) in rows {
            unrelated.extend(joint);
            log10_lrs.iter_mut().zip(ratios).for_each(|(all, row)| all.extend(row));
        }
        Ok(Self {
            name: model.name().to_owned(),
            size: calls.len(),
            relationships: relationships.to_vec(),
            unrelated,
            log10_lrs,
        })
    }

    /// The distribution of the log10 LR of `tested` where `truth` holds.
    pub fn atoms(&self, tested: Relationship, truth: Relationship) -> Vec<Atom> {
        let all = 0..self.unrelated.len();
        merge(all.map(|cell| self.atom(cell, tested, truth, 1.0)).collect(), 1.0)
    }

    /// The same for one child that shows `row`; a row that shows nothing gives LR 1 throughout.
    pub fn atoms_given(&self, row: Option<usize>, tested: Relationship, truth: Relationship) -> Vec<Atom> {
        let Some(row) = row else { return vec![Atom { log10_lr: 0.0, probability: 1.0 }] };
        let of_child = self.child_probability(row);
        let cells = row * self.size..(row + 1) * self.size;
        merge(cells.map(|cell| self.atom(cell, tested, truth, 1.0 / of_child)).collect(), 1.0)
    }

    /// Number of things that can be seen of a child.
    pub fn rows(&self) -> usize {
        self.size
    }

    /// P(the child shows `row` and the candidate anything that is listed | unrelated).
    pub fn child_probability(&self, row: usize) -> f64 {
        self.unrelated[row * self.size..(row + 1) * self.size].iter().sum()
    }

    fn atom(&self, cell: usize, tested: Relationship, truth: Relationship, scale: f64) -> Atom {
        let probability = self.unrelated[cell] * 10_f64.powf(self.log10_lr(cell, truth)) * scale;
        Atom { log10_lr: self.log10_lr(cell, tested), probability }
    }

    fn log10_lr(&self, cell: usize, relationship: Relationship) -> f64 {
        let at = self.relationships.iter().position(|&known| known == relationship);
        at.map_or(0.0, |at| self.log10_lrs[at][cell])
    }
}

/// Everything that can be seen at a locus: one allele, or two.
fn calls(model: &LocusModel) -> Result<Vec<(Call, Seen)>, PowerError> {
    let labels = model.alleles().iter().map(|label| label.parse()).collect::<Result<Vec<Allele>, _>>()?;
    let mut calls = Vec::with_capacity(labels.len() * (labels.len() + 1) / 2);
    for (at, &one) in labels.iter().enumerate() {
        for &other in &labels[at..] {
            if let (Some(first), Some(second)) = (model.allele_index(one), model.allele_index(other)) {
                calls.push((Call::from_alleles(&[one, other]), Seen::pair(first, second)));
            }
        }
    }
    Ok(calls)
}

/// One row: P(both shown | unrelated) for each thing the candidate can show, and the log10 LRs.
fn row(
    model: &LocusModel,
    strangers: &Hypothesis,
    related: &[Hypothesis],
    typing: &Typing,
    (call, seen): (Call, Seen),
    calls: &[(Call, Seen)],
) -> Result<(Vec<f64>, Vec<Vec<f64>>), LikelihoodError> {
    let mut joint = vec![0.0; calls.len()];
    for (weight, pedigree) in &strangers.pedigrees {
        let (drop_out, drop_in) = (typing.child_drop_out, typing.drop_in);
        let evidence = [Evidence { person: strangers.child, seen, drop_out, drop_in }];
        let table = genotype_table(model, pedigree, &evidence, strangers.candidate)?;
        for (sum, &(_, shown)) in joint.iter_mut().zip(calls) {
            *sum += weight * table.ln_probability_of(shown, typing.candidate_drop_out, drop_in).exp();
        }
    }
    let child = Observation { call, drop_out: typing.child_drop_out };
    let candidates: Vec<_> =
        calls.iter().map(|&(call, _)| Observation { call, drop_out: typing.candidate_drop_out }).collect();
    let ratios = related.iter().map(|one| score_row(model, one, strangers, child, None, typing.drop_in, &candidates));
    Ok((joint, ratios.collect::<Result<_, _>>()?))
}

/// Puts equal values together, and gives what is left of `total` to LR 1: pairs of which one shows nothing.
fn merge(mut atoms: Vec<Atom>, total: f64) -> Vec<Atom> {
    atoms.retain(|atom| atom.probability > 0.0);
    let rest = total - atoms.iter().map(|atom| atom.probability).sum::<f64>();
    // rounding is no missing locus
    if rest > 1e-12 {
        atoms.push(Atom { log10_lr: 0.0, probability: rest });
    }
    atoms.sort_unstable_by(|left, right| left.log10_lr.total_cmp(&right.log10_lr));
    atoms.dedup_by(|next, kept| {
        let same = next.log10_lr == kept.log10_lr || next.log10_lr - kept.log10_lr < 1e-12;
        if same {
            kept.probability += next.probability;
        }
        same
    });
    atoms
}
