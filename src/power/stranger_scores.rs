//! What an unrelated candidate with a call can show at a locus, how likely that is, and which LR it gives, for one actual
//! child and its known parent.
//!
//! The scores come from the same store of rows as those of the panel's candidates ([`ScoreTables`]); the probabilities are the
//! engine's own, under the question's second hypothesis: P(stranger shows this | child, known parent). With theta the
//! stranger's alleles depend on those already seen. Strangers have the alleles of the table and those of child and known parent, whatever
//! others show, with the frequencies that were counted: a minimum frequency raises what an allele counts for in an LR, not how
//! many people have it.

use super::grid::Atom;
use crate::inheritance::{AlleleIndex, Evidence, Hypothesis, Seen};
use crate::likelihood::{LocusModel, genotype_table};
use crate::model::{PopulationModels, RowKey, ScoreTables, TableError};
use crate::profile::{Allele, Call, Observation, Panel};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The scores of strangers in one population, each row computed once.
pub struct StrangerScores<'a> {
    tables: ScoreTables<'a>,
    population: &'a PopulationModels,
    /// Everything that can be shown at each locus: one allele, or two.
    shown: Vec<Vec<Call>>,
    /// Length of the panel's dictionary at each locus: where strangers begin in a row.
    known_codes: Vec<usize>,
    drop_outs: Vec<f64>,
    drop_in: f64,
    rows: RwLock<HashMap<RowOf, Arc<[Atom]>>>,
    tested: RwLock<HashMap<RowOf, Option<Arc<[f64]>>>>,
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
            population,
            shown: population.loci.iter().map(everything_shown).collect(),
            known_codes: loci.iter().map(|&locus| panel.dictionary(locus).observations().len()).collect(),
            drop_outs: drop_outs.to_vec(),
            drop_in,
            rows: RwLock::default(),
            tested: RwLock::default(),
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

    /// P(this is what somebody shows who is what the question tests), for each score of the row; nothing where nobody can be that, or
    /// the locus decides nothing. The probabilities sum to 1.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn tested(&self, locus: usize, key: RowKey, drop_out: usize) -> Result<Option<Arc<[f64]>>, TableError> {
        let of = (locus, key, drop_out);
        if let Some(tested) = self.tested.read().unwrap_or_else(PoisonError::into_inner).get(&of) {
            return Ok(tested.clone());
        }
        let tested = self.compute_tested(locus, key, drop_out)?.map(Arc::from);
        Ok(self.tested.write().unwrap_or_else(PoisonError::into_inner).entry(of).or_insert(tested).clone())
    }

    fn compute(&self, locus: usize, key: RowKey, drop_out: usize) -> Result<Vec<Atom>, TableError> {
        let nothing = vec![Atom { log10_lr: 0.0, probability: 1.0 }];
        let Some(seen) = self.tables.seen(locus, key) else { return Ok(nothing) };
        let start = self.known_codes[locus] + drop_out * self.shown[locus].len();
        let row = self.tables.row(locus, key)?;
        let strangers = &self.tables.hypotheses(key.question)?.1;
        let weights = self.weights(locus, strangers, seen, self.drop_outs[drop_out])?;
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            // child and known parent contradict each other: the locus decides nothing
            return Ok(nothing);
        }
        let scores = row[start..start + weights.len()].iter().zip(weights).filter(|(_, weight)| *weight > 0.0);
        Ok(scores.map(|(&log10_lr, weight)| Atom { log10_lr, probability: weight / total }).collect())
    }

    fn compute_tested(&self, locus: usize, key: RowKey, drop_out: usize) -> Result<Option<Vec<f64>>, TableError> {
        let Some(seen) = self.tables.seen(locus, key) else { return Ok(None) };
        let hypotheses = self.tables.hypotheses(key.question)?;
        let tested = hypotheses.0.line(usize::from(key.line));
        let strangers = self.weights(locus, &hypotheses.1, seen, self.drop_outs[drop_out])?;
        let weights = self.weights(locus, &tested, seen, self.drop_outs[drop_out])?;
        let listed = weights.into_iter().zip(strangers).filter(|(_, stranger)| *stranger > 0.0);
        let listed: Vec<f64> = listed.map(|(weight, _)| weight).collect();
        let total: f64 = listed.iter().sum();
        Ok((total > 0.0).then(|| listed.iter().map(|weight| weight / total).collect()))
    }

    /// P(child, known parent, a candidate who shows this) under a hypothesis, for everything that can be shown.
    fn weights(
        &self,
        locus: usize,
        hypothesis: &Hypothesis,
        (child, known): (Observation, Option<Observation>),
        drop_out: f64,
    ) -> Result<Vec<f64>, TableError> {
        let (model, drop_in) = (self.people(locus, child, known)?, self.drop_in);
        let people = [(Some(hypothesis.child), Some(child)), (hypothesis.known_parent, known)];
        let pieces = people.into_iter().filter_map(|(person, observation)| person.zip(observation));
        let evidence: Vec<Evidence> = pieces
            .map(|(person, Observation { call, drop_out })| Evidence {
                person,
                seen: seen(&model, call),
                drop_out,
                drop_in,
            })
            .collect();
        let has_alleles_of = |call: Call| call.alleles().all(|allele| model.allele_index(allele).is_some());
        let mut weights = vec![0.0; self.shown[locus].len()];
        for (weight, pedigree) in &hypothesis.pedigrees {
            let table = genotype_table(&model, pedigree, &evidence, hypothesis.candidate)
                .map_err(|source| TableError::Likelihood { locus: model.name().to_owned(), source })?;
            let possible = weights.iter_mut().zip(&self.shown[locus]).filter(|(_, call)| has_alleles_of(**call));
            for (sum, &call) in possible {
                *sum += weight * table.ln_probability_of(seen(&model, call), drop_out, drop_in).exp();
            }
        }
        Ok(weights)
    }

    /// The locus as strangers to this child and known parent are drawn from it.
    fn people(&self, locus: usize, child: Observation, known: Option<Observation>) -> Result<LocusModel, TableError> {
        let pair = self.tables.model_of_pair(locus, known.into_iter().chain([child]))?;
        let unseen = pair.map(|pair| pair.unseen).unwrap_or_default();
        let definition = self.population.sources[locus].population(&unseen);
        let name = definition.name.clone();
        LocusModel::new(definition).map_err(|source| TableError::Model { locus: name, source })
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
