//! How uncertain an LR is because allele frequencies are estimates.
//!
//! A table's counts leave the frequencies of a locus a Dirichlet posterior, Dirichlet(2N p_i + 1/k) with k alleles and N people
//! typed: the 1/k prior of Curran et al. 2002 (*Science & Justice* 42:29–37; compared with others by Curran & Buckleton 2011,
//! *Forensic Science International: Genetics* 5:512–516; what it leaves out: Taylor et al. 2014, doi
//! 10.1016/j.fsigen.2014.02.003). An allele that the table has not seen counts as often as the frequency that it got stands for.
//! Each draw of frequencies gives a log10 LR at each locus, both hypotheses with the same draw; loci are independent, so the
//! draws of a total are the sums over loci, draw by draw, and their central 99% is the interval.
//!
//! Cost: one [`FrequencyPolynomial`] a hypothesis for each distinct thing that child and candidate show, then some
//! multiplications a draw. Draws are made once and shared by all pairs. Mutation matrices stay those of the table, as does what
//! drops in.

use crate::inheritance::{Evidence, Hypothesis, Seen};
use crate::likelihood::{FrequencyPolynomial, LocusModel, frequencies_not_shown};
use crate::model::{PopulationModels, RowKey, ScoreTables, TableError};
use crate::profile::{Code, Observation};
use crate::simulate::{Purpose, Streams, gamma};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The share of the draws that lies within an interval.
pub const COVERAGE: f64 = 0.99;

/// An interval of log10 LR.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct LrInterval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A table that does not say how many people were typed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{table} does not say how many people were typed at {locus}: an interval of the LR needs their number (n_people, n_alleles or a row N)"
)]
pub struct NumberOfPeopleMissing {
    /// The frequency table or marker file.
    pub table: String,
    /// The locus.
    pub locus: String,
}

/// Draws of allele frequencies of one population, and the LRs that they give.
pub struct LrDraws<'a> {
    models: &'a [LocusModel],
    /// For each locus and each state (visible alleles, silent, none of them) its frequency in each draw.
    frequencies: Vec<Vec<Vec<f64>>>,
    draws: usize,
    drop_in: f64,
    compiled: RwLock<HashMap<Pair, Arc<Compiled>>>,
}

/// Locus, what is asked of which child and known parent, what the candidate shows.
type Pair = (usize, RowKey, Code);

/// One locus's LR as a function of frequencies.
enum Compiled {
    /// 1 whatever they are.
    One,
    /// 0 whatever they are.
    Impossible,
    /// Of two likelihoods.
    Ratio(FrequencyPolynomial, FrequencyPolynomial),
}

impl<'a> LrDraws<'a> {
    /// Draws the frequencies of every locus. Those of one draw depend on the seed, the population's position, the locus's position
    /// and the draw alone.
    ///
    /// # Errors
    /// A locus without the number of people typed.
    pub fn new(
        population: &'a PopulationModels,
        position: usize,
        drop_in: f64,
        draws: usize,
        seed: u64,
    ) -> Result<Self, NumberOfPeopleMissing> {
        let streams = Streams::new(seed, Purpose::Frequencies);
        let frequencies = population
            .loci
            .par_iter()
            .zip(population.people.par_iter().zip(&population.counts))
            .enumerate()
            .map(|(locus, (model, (people, counts)))| {
                if !counts {
                    return Ok(Vec::new());
                }
                let missing =
                    || NumberOfPeopleMissing { table: population.name.clone(), locus: model.name().to_owned() };
                let people = people.ok_or_else(missing)?;
                let mut random = streams.stream((position as u64) << 32 | locus as u64);
                Ok(draw_frequencies(model, people, draws, &mut random))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { models: &population.loci, frequencies, draws, drop_in, compiled: RwLock::default() })
    }

    /// Adds the log10 LRs of one locus (0-based among the loci in use), draw by draw. `tables` are the population's own.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn add(
        &self,
        tables: &ScoreTables<'_>,
        (locus, key, candidate): (usize, RowKey, Code),
        totals: &mut [f64],
    ) -> Result<(), TableError> {
        match &*self.compiled(tables, (locus, key, candidate))? {
            Compiled::One => {}
            Compiled::Impossible => totals.fill(f64::NEG_INFINITY),
            Compiled::Ratio(tested, against) => {
                let (mut over, mut under) = (vec![0.0; self.draws], vec![0.0; self.draws]);
                tested.evaluate(&self.frequencies[locus], &mut over);
                against.evaluate(&self.frequencies[locus], &mut under);
                let ratios = over.iter().zip(&under).map(|(over, under)| (over / under).log10());
                totals.iter_mut().zip(ratios).for_each(|(total, ratio)| *total += ratio);
            }
        }
        Ok(())
    }

    fn compiled(&self, tables: &ScoreTables<'_>, pair: Pair) -> Result<Arc<Compiled>, TableError> {
        if let Some(found) = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(&pair) {
            return Ok(Arc::clone(found));
        }
        let compiled = Arc::new(self.compile(tables, pair)?);
        Ok(Arc::clone(self.compiled.write().unwrap_or_else(PoisonError::into_inner).entry(pair).or_insert(compiled)))
    }

    fn compile(&self, tables: &ScoreTables<'_>, (locus, key, candidate): Pair) -> Result<Compiled, TableError> {
        let log10_lr = tables.row(locus, key)?[usize::from(candidate)];
        let (Some((child, known)), candidate) = (tables.seen(locus, key), tables.observation(locus, candidate)) else {
            return Ok(Compiled::One);
        };
        if log10_lr == f64::NEG_INFINITY {
            return Ok(Compiled::Impossible);
        }
        let hypotheses = tables.hypotheses(key.question)?;
        let polynomial = |hypothesis: &Hypothesis| {
            let model = &self.models[locus];
            let people = [(Some(hypothesis.child), Some(child)), (hypothesis.known_parent, known)];
            let mut evidence: Vec<Evidence> =
                people.into_iter().filter_map(|(person, seen)| Some(self.evidence(model, person?, seen?))).collect();
            evidence.push(self.evidence(model, hypothesis.candidate, candidate));
            FrequencyPolynomial::new(model, &hypothesis.pedigrees, &evidence)
                .map_err(|source| TableError::Likelihood { locus: model.name().to_owned(), source })
        };
        let against = polynomial(&hypotheses.1)?;
        // impossible under both: the locus decides nothing
        let decides = candidate.call.is_informative() && !against.is_zero();
        Ok(if decides {
            Compiled::Ratio(polynomial(&hypotheses.0.line(usize::from(key.line)))?, against)
        } else {
            Compiled::One
        })
    }

    fn evidence(&self, model: &LocusModel, person: usize, seen: Observation) -> Evidence {
        let mut alleles = seen.call.alleles().filter_map(|allele| model.allele_index(allele));
        let shown = match (alleles.next(), alleles.next()) {
            (Some(one), Some(other)) => Seen::pair(one, other),
            (Some(one), None) => Seen::One(one),
            _ => Seen::Nothing,
        };
        Evidence { person, seen: shown, drop_out: seen.drop_out, drop_in: self.drop_in }
    }
}

/// The central interval of these draws, of which there is at least one. Puts them in order.
pub fn central_interval(totals: &mut [f64]) -> LrInterval {
    totals.sort_unstable_by(f64::total_cmp);
    let outside = (1.0 - COVERAGE) / 2.0;
    let at = |share: f64| totals[((totals.len() - 1) as f64 * share).round() as usize];
    LrInterval { low: at(outside), high: at(1.0 - outside) }
}

/// For each state its frequency in each draw. The visible frequencies of a draw sum to what they sum to in the model, so the silent
/// allele and "none of them" keep theirs.
fn draw_frequencies(model: &LocusModel, people: f64, draws: usize, random: &mut impl rand::Rng) -> Vec<Vec<f64>> {
    let visible = model.frequencies();
    let total: f64 = visible.iter().sum();
    let prior = 1.0 / visible.len() as f64;
    let mut frequencies = vec![Vec::with_capacity(draws); visible.len()];
    for _ in 0..draws {
        let weights: Vec<f64> = visible.iter().map(|p| gamma(2.0 * people * p / total + prior, random)).collect();
        let sum: f64 = weights.iter().sum();
        for (of_allele, weight) in frequencies.iter_mut().zip(&weights) {
            // a frequency that underflows to 0 would make an allele that was seen impossible
            of_allele.push((weight / sum * total).max(f64::MIN_POSITIVE));
        }
    }
    frequencies.extend(frequencies_not_shown(model).into_iter().map(|frequency| vec![frequency; draws]));
    frequencies
}
