//! Everything that two people can show at one locus: how likely under each relationship, and which LR it gives.
//!
//! The probabilities are the engine's own ([`genotype_table`]), and the LR is their ratio. What shows nothing, or three
//! alleles, has LR 1. People are drawn with the frequencies of the population, and scored with those of the likelihood ratio, which a
//! minimum frequency can have raised. Cost: one network for each thing a child can show, n (n + 1) / 2 for n alleles, and each
//! relationship; twice that where the two differ.

use super::grid::Atom;
use crate::inheritance::{AlleleIndex, Evidence, Hypothesis, Relationship, RelationshipError, Seen};
use crate::likelihood::{LikelihoodError, LocusModel, genotype_table};
use crate::profile::Sex;
use rayon::prelude::*;

/// How well the two people are typed, and who they are.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct PairTyping {
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
    /// A relationship that the tables were not made for.
    #[error("the relationship {0} is not among those asked for")]
    NotAsked(Relationship),
    /// People who are drawn with other alleles than they are scored with.
    #[error("{0}: people are drawn with other alleles than they are scored with")]
    OtherAlleles(String),
    /// More alleles than an index can count.
    #[error("{0} has too many alleles")]
    TooManyAlleles(String),
}

/// One locus: what a child (rows) and a candidate (columns) can show.
#[derive(Clone, Debug)]
pub struct LocusPairs {
    /// The locus.
    pub name: String,
    size: usize,
    /// As people are scored: unrelated first, then the relationships asked for.
    joint: Vec<Joint>,
    /// As they are drawn, where that is not the same.
    drawn: Option<Vec<Joint>>,
}

/// The probabilities under one relationship.
#[derive(Clone, Debug)]
struct Joint {
    relationship: Relationship,
    /// P(child shows c, candidate shows k), row-major.
    both: Vec<f64>,
    /// P(child shows c).
    child: Vec<f64>,
}

impl LocusPairs {
    /// The table of one locus for these relationships; `people`: the locus as people are drawn from it, with the same alleles.
    ///
    /// # Errors
    /// Whatever the likelihood engine refuses; other alleles.
    pub fn new(
        model: &LocusModel,
        people: &LocusModel,
        relationships: &[Relationship],
        typing: &PairTyping,
    ) -> Result<Self, PowerError> {
        if model.alleles() != people.alleles() {
            return Err(PowerError::OtherAlleles(model.name().to_owned()));
        }
        let calls = calls(model)?;
        let joint = |model: &LocusModel| -> Result<Vec<Joint>, PowerError> {
            let others = relationships.iter().copied().filter(|&one| one != Relationship::Unrelated);
            let all = std::iter::once(Relationship::Unrelated).chain(others);
            all.map(|relationship| Joint::new(model, relationship, typing, &calls)).collect()
        };
        let is_same = model.definition() == people.definition();
        let drawn = if is_same { None } else { Some(joint(people)?) };
        Ok(Self { name: model.name().to_owned(), size: calls.len(), joint: joint(model)?, drawn })
    }

    /// The distribution of the log10 LR of `tested` where `truth` holds.
    ///
    /// # Errors
    /// A relationship that the table was not made for.
    pub fn atoms(&self, tested: Relationship, truth: Relationship) -> Result<Vec<Atom>, PowerError> {
        self.collect(0..self.joint[0].both.len(), tested, truth, 1.0)
    }

    /// The same for one child that shows `row`; a child that shows nothing gives LR 1.
    ///
    /// # Errors
    /// A relationship that the table was not made for.
    pub fn atoms_given(
        &self,
        row: Option<usize>,
        tested: Relationship,
        truth: Relationship,
    ) -> Result<Vec<Atom>, PowerError> {
        let Some(row) = row else { return Ok(vec![Atom { log10_lr: 0.0, probability: 1.0 }]) };
        let total = self.drawn(truth)?.child[row];
        self.collect(row * self.size..(row + 1) * self.size, tested, truth, total)
    }

    /// P(the child shows this), for everything a child can show.
    ///
    /// # Errors
    /// A relationship that the table was not made for.
    pub fn child_probabilities(&self, truth: Relationship) -> Result<&[f64], PowerError> {
        Ok(&self.drawn(truth)?.child)
    }

    fn joint(&self, relationship: Relationship) -> Result<&Joint, PowerError> {
        find(&self.joint, relationship)
    }

    fn drawn(&self, relationship: Relationship) -> Result<&Joint, PowerError> {
        find(self.drawn.as_ref().unwrap_or(&self.joint), relationship)
    }

    fn collect(
        &self,
        cells: std::ops::Range<usize>,
        tested: Relationship,
        truth: Relationship,
        total: f64,
    ) -> Result<Vec<Atom>, PowerError> {
        let (tested, unrelated, truth) = (self.joint(tested)?, &self.joint[0], self.drawn(truth)?);
        let atom = |cell: usize| Atom {
            log10_lr: log10_ratio(tested.both[cell], unrelated.both[cell]),
            probability: truth.both[cell] / total,
        };
        Ok(merge(cells.filter(|&cell| truth.both[cell] > 0.0).map(atom).collect()))
    }
}

fn find(joint: &[Joint], relationship: Relationship) -> Result<&Joint, PowerError> {
    joint.iter().find(|joint| joint.relationship == relationship).ok_or(PowerError::NotAsked(relationship))
}

impl Joint {
    fn new(
        model: &LocusModel,
        relationship: Relationship,
        typing: &PairTyping,
        calls: &[Seen],
    ) -> Result<Self, PowerError> {
        let hypothesis = relationship.hypothesis(Sex::Unknown, typing.candidate_sex, None)?;
        let refused = |source| PowerError::Locus { locus: model.name().to_owned(), source };
        let rows: Vec<(f64, Vec<f64>)> = calls
            .par_iter()
            .map(|&seen| joint_row(model, &hypothesis, typing, seen, calls).map_err(refused))
            .collect::<Result<_, _>>()?;
        let (child, both): (Vec<f64>, Vec<Vec<f64>>) = rows.into_iter().unzip();
        Ok(Self { relationship, both: both.concat(), child })
    }
}

/// What a pair counts that cannot be if the two are unrelated (an allele of frequency 0 that arose by mutation): as much as
/// nothing else.
const IMPOSSIBLE_UNRELATED: f64 = 100.0;

fn log10_ratio(tested: f64, unrelated: f64) -> f64 {
    match (tested > 0.0, unrelated > 0.0) {
        (_, true) => (tested / unrelated).log10(),
        (true, false) => IMPOSSIBLE_UNRELATED,
        // impossible under both: the locus decides nothing
        (false, false) => 0.0,
    }
}

/// Everything that can be seen at a locus: one allele, or two.
fn calls(model: &LocusModel) -> Result<Vec<Seen>, PowerError> {
    let last = u16::try_from(model.alleles().len()).map_err(|_| PowerError::TooManyAlleles(model.name().to_owned()))?;
    let pairs = (0..last).flat_map(|first| (first..last).map(move |second| (first, second)));
    Ok(pairs.map(|(first, second)| Seen::pair(AlleleIndex(first), AlleleIndex(second))).collect())
}

/// P(child shows `seen`), and P(that, and the candidate shows k) for each k.
fn joint_row(
    model: &LocusModel,
    hypothesis: &Hypothesis,
    typing: &PairTyping,
    seen: Seen,
    calls: &[Seen],
) -> Result<(f64, Vec<f64>), LikelihoodError> {
    let evidence =
        [Evidence { person: hypothesis.child, seen, drop_out: typing.child_drop_out, drop_in: typing.drop_in }];
    let (mut child, mut both) = (0.0, vec![0.0; calls.len()]);
    for (weight, pedigree) in &hypothesis.pedigrees {
        let table = genotype_table(model, pedigree, &evidence, hypothesis.candidate)?;
        let probability =
            |shown| weight * table.ln_probability_of(shown, typing.candidate_drop_out, typing.drop_in).exp();
        child += probability(Seen::Nothing);
        both.iter_mut().zip(calls).for_each(|(sum, &shown)| *sum += probability(shown));
    }
    Ok((child, both))
}

/// Puts equal values together, and gives what is left of 1 to LR 1: pairs of which one shows nothing. Frequencies that sum to
/// more than 1 leave less than nothing: the probabilities are divided by their sum.
fn merge(mut atoms: Vec<Atom>) -> Vec<Atom> {
    let rest = 1.0 - atoms.iter().map(|atom| atom.probability).sum::<f64>();
    // rounding is no missing locus
    if rest > 1e-12 {
        atoms.push(Atom { log10_lr: 0.0, probability: rest });
    }
    let total: f64 = atoms.iter().map(|atom| atom.probability).sum();
    atoms.iter_mut().for_each(|atom| atom.probability /= total);
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
