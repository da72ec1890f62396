//! What an unrelated candidate with a call can show at a locus, how likely that is, and which LR it gives, for one actual
//! child and its known parent.
//!
//! The scores come from the same store of rows as those of the panel's candidates ([`ScoreTables`]); the probabilities are the
//! engine's own, under the question's second hypothesis: P(stranger shows this | child, known parent). With theta the
//! stranger's alleles depend on those already seen.

use super::grid::Atom;
use crate::inheritance::{AlleleIndex, Evidence, Seen};
use crate::likelihood::{LocusModel, genotype_table};
use crate::model::{PopulationModels, RowKey, ScoreTables, TableError};
use crate::profile::{Allele, Call, Observation, Panel};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The scores of strangers in one population, each row computed once.
pub struct StrangerScores<'a> {
    tables: ScoreTables<'a>,
    models: &'a [LocusModel],
    /// Everything that can be shown at each locus: one allele, or two.
    shown: Vec<Vec<Call>>,
    /// Length of the panel's dictionary at each locus: where strangers begin in a row.
    known_codes: Vec<usize>,
    drop_outs: Vec<f64>,
    drop_in: f64,
    rows: RwLock<HashMap<RowOf, Arc<[Atom]>>>,
}

/// Locus, what is asked, and which of the drop-out probabilities.
type RowOf = (usize, RowKey, usize);

impl<'a> StrangerScores<'a> {
    /// An empty store. `loci`: the panel's loci in use (0-based); `drop_outs`: the drop-out probabilities that candidates have.
    pub fn new(
        panel: &'a Panel,
        loci: &'a [usize],
        population: &'a PopulationModels,
        drop_in: f64,
        drop_outs: &[f64],
    ) -> Self {
        let observations = |model: &LocusModel| {
            let shown = everything_shown(model);
            let with = |&drop_out: &f64| shown.iter().map(move |&call| Observation { call, drop_out });
            drop_outs.iter().flat_map(with).collect()
        };
        Self {
            tables: ScoreTables::with_more(panel, loci, population, drop_in, observations),
            models: &population.loci,
            shown: population.loci.iter().map(everything_shown).collect(),
            known_codes: loci.iter().map(|&locus| panel.dictionary(locus).observations().len()).collect(),
            drop_outs: drop_outs.to_vec(),
            drop_in,
            rows: RwLock::default(),
        }
    }

    /// Every score of a stranger at one locus (0-based among the loci in use), with its probability given that there is a
    /// call; `drop_out`: the position of the stranger's drop-out probability. The probabilities sum to 1.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn row(&self, locus: usize, key: RowKey, drop_out: usize) -> Result<Arc<[Atom]>, TableError> {
        let of = (locus, key, drop_out);
        if let Some(row) = self.rows.read().unwrap_or_else(PoisonError::into_inner).get(&of) {
            return Ok(Arc::clone(row));
        }
        let row: Arc<[Atom]> = self.compute(locus, key, drop_out)?.into();
        Ok(Arc::clone(self.rows.write().unwrap_or_else(PoisonError::into_inner).entry(of).or_insert(row)))
    }

    fn compute(&self, locus: usize, key: RowKey, drop_out: usize) -> Result<Vec<Atom>, TableError> {
        let nothing = vec![Atom { log10_lr: 0.0, probability: 1.0 }];
        let Some((child, known)) = self.tables.seen(locus, key) else { return Ok(nothing) };
        let shown = &self.shown[locus];
        let start = self.known_codes[locus] + drop_out * shown.len();
        let row = self.tables.row(locus, key)?;
        let weights = self.weights(locus, key, (child, known), self.drop_outs[drop_out])?;
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            // child and known parent contradict each other: the locus decides nothing
            return Ok(nothing);
        }
        let scores = row[start..start + shown.len()].iter().zip(weights).filter(|(_, weight)| *weight > 0.0);
        Ok(scores.map(|(&log10_lr, weight)| Atom { log10_lr, probability: weight / total }).collect())
    }

    /// P(child, known parent, a stranger who shows this), for everything that can be shown.
    fn weights(
        &self,
        locus: usize,
        key: RowKey,
        (child, known): (Observation, Option<Observation>),
        drop_out: f64,
    ) -> Result<Vec<f64>, TableError> {
        let (model, drop_in) = (&self.models[locus], self.drop_in);
        let hypotheses = self.tables.hypotheses(key.question)?;
        let strangers = &hypotheses.1;
        let people = [(Some(strangers.child), Some(child)), (strangers.known_parent, known)];
        let pieces = people.into_iter().filter_map(|(person, observation)| person.zip(observation));
        let evidence: Vec<Evidence> = pieces
            .map(|(person, Observation { call, drop_out })| Evidence {
                person,
                seen: seen(model, call),
                drop_out,
                drop_in,
            })
            .collect();
        let mut weights = vec![0.0; self.shown[locus].len()];
        for (weight, pedigree) in &strangers.pedigrees {
            let table = genotype_table(model, pedigree, &evidence, strangers.candidate)
                .map_err(|source| TableError::Likelihood { locus: model.name().to_owned(), source })?;
            for (sum, &call) in weights.iter_mut().zip(&self.shown[locus]) {
                *sum += weight * table.ln_probability_of(seen(model, call), drop_out, drop_in).exp();
            }
        }
        Ok(weights)
    }
}

fn everything_shown(model: &LocusModel) -> Vec<Call> {
    let labels: Vec<Allele> = model.alleles().iter().filter_map(|label| label.parse().ok()).collect();
    let pairs =
        labels.iter().enumerate().flat_map(|(at, &first)| labels[at..].iter().map(move |&other| [first, other]));
    pairs.map(|pair| Call::from_alleles(&pair)).collect()
}

fn seen(model: &LocusModel, call: Call) -> Seen {
    let indices: Vec<AlleleIndex> = call.alleles().filter_map(|allele| model.allele_index(allele)).collect();
    match indices[..] {
        [one] => Seen::One(one),
        [first, second] => Seen::pair(first, second),
        _ => Seen::Nothing,
    }
}
