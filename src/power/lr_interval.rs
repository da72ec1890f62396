//! How uncertain an LR is because allele frequencies are estimates.
//!
//! A table's counts leave the frequencies of a locus a Dirichlet posterior, Dirichlet(c_i + s_i + b) with c_i copies of allele i
//! counted among 2N, s_i = 1 where one of the people compared shows the allele (they are a sample of the population too), and a
//! prior b. No prior serves rare and common alleles alike (Curran et al. 2002, *Science & Justice* 42:29–37; Curran & Buckleton 2011,
//! *Forensic Science International: Genetics* 5:512–516; what an interval leaves out: Taylor et al. 2014, doi
//! 10.1016/j.fsigen.2014.02.003), so there are two, b = 1/k with k alleles and b = 1, and the interval is from the lower of their lower
//! ends to the higher of their higher ends. Frequencies are drawn as they were counted: the minimum frequency is a choice on the safe
//! side, not an estimate.
//! Each draw of frequencies gives a log10 LR at each locus, both hypotheses with the same draw; loci are independent, so the
//! draws of a total are the sums over loci, draw by draw, and their central 99% is the interval.
//!
//! Whether the true LR lies inside as often is tested by simulation with N = 50, 97 and 361 (`matching::intervals`).
//!
//! Cost: one [`FrequencyPolynomial`] a hypothesis for each distinct thing that child and candidate show, then some
//! multiplications a draw. Gamma draws are made once and shared by all pairs: Gamma(c + 1) is Gamma(c) + Gamma(1). Mutation matrices
//! stay those of the table, as does what drops in.

use crate::inheritance::{Evidence, Hypothesis, Seen};
use crate::likelihood::{FrequencyPolynomial, LocusModel, frequencies_not_shown};
use crate::model::{PairModel, PopulationModels, RowKey, ScoreTables, TableError};
use crate::profile::{Allele, Code, Observation};
use crate::simulate::{Purpose, Streams, gamma};
use rand::Rng;
use std::collections::{BTreeSet, HashMap};
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
    population: &'a PopulationModels,
    position: usize,
    streams: Streams,
    /// Draws under each of the priors.
    draws: usize,
    /// By locus and the unseen alleles that its model has.
    drawn: RwLock<DrawsOfLoci>,
    drop_in: f64,
    compiled: RwLock<HashMap<CompiledKey, Arc<Compiled>>>,
}

/// Draws by locus and the unseen alleles of its model.
type DrawsOfLoci = HashMap<(usize, Vec<Allele>), Arc<GammaDraws>>;

/// Locus, what is asked of which child and known parent, what the candidate shows.
type CompiledKey = (usize, RowKey, Code);

/// One locus's LR as a function of frequencies.
enum Compiled {
    /// 1 whatever they are.
    One,
    /// 0 whatever they are.
    Impossible,
    /// Of two likelihoods.
    Ratio(Box<PairRatio>),
}

/// Two likelihoods as functions of the frequencies of one locus.
struct PairRatio {
    tested: FrequencyPolynomial,
    against: FrequencyPolynomial,
    draws: Arc<GammaDraws>,
    /// Positions of the alleles that the pair and the known parent show.
    shown: Vec<usize>,
}

/// Gamma draws of one locus: first those under the one prior, then those under the other.
struct GammaDraws {
    /// By visible allele and draw, Gamma(c + b).
    counted: Vec<Vec<f64>>,
    /// The same, Gamma(1): what one copy more adds.
    more: Vec<Vec<f64>>,
    /// By draw, the sum over the alleles.
    sum: Vec<f64>,
    /// What the visible frequencies sum to.
    visible: f64,
    /// Frequencies of the states that nobody shows.
    not_shown: Vec<f64>,
}

impl GammaDraws {
    fn new(model: &LocusModel, counted: &[(Allele, f64)], people: f64, draws: usize, random: &mut impl Rng) -> Self {
        let copies = |label: &String| {
            let allele = label.parse::<Allele>().ok();
            let found = counted.iter().find(|(other, _)| Some(*other) == allele);
            found.map_or(0.0, |(_, frequency)| 2.0 * people * frequency)
        };
        let copies: Vec<f64> = model.alleles().iter().map(copies).collect();
        let alleles = copies.len();
        let (mut counted, mut more) = (vec![Vec::with_capacity(2 * draws); alleles], vec![Vec::new(); alleles]);
        for prior in [1.0 / alleles as f64, 1.0] {
            for _ in 0..draws {
                for ((counted, more), copies) in counted.iter_mut().zip(&mut more).zip(&copies) {
                    counted.push(gamma(copies + prior, random));
                    more.push(gamma(1.0, random));
                }
            }
        }
        let sum = (0..2 * draws).map(|draw| counted.iter().map(|of_allele| of_allele[draw]).sum()).collect();
        let silent = model.definition().silent_frequency;
        let not_shown = frequencies_not_shown(model).into_iter().enumerate();
        // the silent allele keeps its frequency; drawn frequencies leave nothing to "none of them"
        let not_shown = not_shown.map(|(at, p)| if at == 0 && silent > 0.0 { p } else { 0.0 }).collect();
        Self { counted, more, sum, visible: 1.0 - silent, not_shown }
    }

    /// For each state its frequency in each draw, where these alleles (positions) were seen once more.
    fn frequencies(&self, shown: &[usize]) -> Vec<Vec<f64>> {
        let mut sum = self.sum.clone();
        shown.iter().for_each(|&at| sum.iter_mut().zip(&self.more[at]).for_each(|(sum, more)| *sum += more));
        let of_allele = |(at, counted): (usize, &Vec<f64>)| -> Vec<f64> {
            let is_shown = shown.contains(&at);
            let draws = counted.iter().zip(&self.more[at]).zip(&sum);
            let frequency = |((counted, more), sum): ((&f64, &f64), &f64)| {
                let drawn = if is_shown { counted + more } else { *counted };
                // a frequency that underflows to 0 would make an allele that was seen impossible
                (drawn / sum * self.visible).max(f64::MIN_POSITIVE)
            };
            draws.map(frequency).collect()
        };
        let visible = self.counted.iter().enumerate().map(of_allele);
        visible.chain(self.not_shown.iter().map(|&frequency| vec![frequency; sum.len()])).collect()
    }
}

impl<'a> LrDraws<'a> {
    /// Draws of every locus, made as they are asked for. Those of one draw depend on the seed, the population's position, the locus's position
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
        let counted = population.people.iter().zip(&population.counts).zip(&population.loci);
        if let Some((_, model)) = counted.into_iter().find(|((people, counts), _)| **counts && people.is_none()) {
            return Err(NumberOfPeopleMissing { table: population.name.clone(), locus: model.name().to_owned() });
        }
        let streams = Streams::new(seed, Purpose::Frequencies);
        let (drawn, compiled) = Default::default();
        Ok(Self { population, position, streams, draws, drawn, drop_in, compiled })
    }

    /// How many totals there are: the draws under both priors.
    pub fn totals(&self) -> usize {
        2 * self.draws
    }

    /// The draws of a locus whose model has these unseen alleles.
    fn draws_of(&self, locus: usize, unseen: Vec<Allele>, model: &LocusModel) -> Arc<GammaDraws> {
        let key = (locus, unseen);
        if let Some(found) = self.drawn.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(found);
        }
        let people = self.population.people[locus].unwrap_or_default();
        let mut random = self.streams.stream((self.position as u64) << 32 | locus as u64);
        let drawn = GammaDraws::new(model, self.population.sources[locus].counted(), people, self.draws, &mut random);
        let mut all = self.drawn.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(key).or_insert_with(|| Arc::new(drawn)))
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
            Compiled::Ratio(ratio) => {
                let frequencies = ratio.draws.frequencies(&ratio.shown);
                let (mut over, mut under) = (vec![0.0; self.totals()], vec![0.0; self.totals()]);
                ratio.tested.evaluate(&frequencies, &mut over);
                ratio.against.evaluate(&frequencies, &mut under);
                let ratios = over.iter().zip(&under).map(|(over, under)| (over / under).log10());
                totals.iter_mut().zip(ratios).for_each(|(total, ratio)| *total += ratio);
            }
        }
        Ok(())
    }

    fn compiled(&self, tables: &ScoreTables<'_>, pair: CompiledKey) -> Result<Arc<Compiled>, TableError> {
        if let Some(found) = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(&pair) {
            return Ok(Arc::clone(found));
        }
        let compiled = Arc::new(self.compile(tables, pair)?);
        Ok(Arc::clone(self.compiled.write().unwrap_or_else(PoisonError::into_inner).entry(pair).or_insert(compiled)))
    }

    fn compile(&self, tables: &ScoreTables<'_>, (locus, key, candidate): CompiledKey) -> Result<Compiled, TableError> {
        let log10_lr = tables.row(locus, key)?[usize::from(candidate)];
        let (Some((child, known)), candidate) = (tables.seen(locus, key), tables.observation(locus, candidate)) else {
            return Ok(Compiled::One);
        };
        if log10_lr == f64::NEG_INFINITY {
            return Ok(Compiled::Impossible);
        }
        let hypotheses = tables.hypotheses(key.question)?;
        let seen = [Some(child), known, Some(candidate)].into_iter().flatten();
        let of_pair = tables.model_of_pair(locus, seen.clone())?;
        let (unseen, model) = match &of_pair {
            Some(PairModel { unseen, model }) => (unseen.clone(), &**model),
            None => (Vec::new(), &self.population.loci[locus]),
        };
        let polynomial = |hypothesis: &Hypothesis| {
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
        if !decides {
            return Ok(Compiled::One);
        }
        let tested = polynomial(&hypotheses.0.line(usize::from(key.line)))?;
        let shown = seen.flat_map(|seen| seen.call.alleles().collect::<Vec<_>>());
        let shown: BTreeSet<usize> =
            shown.filter_map(|allele| model.allele_index(allele)).map(|index| index.position()).collect();
        let draws = self.draws_of(locus, unseen, model);
        Ok(Compiled::Ratio(Box::new(PairRatio { tested, against, draws, shown: shown.into_iter().collect() })))
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

/// The interval of these totals, half of them under either prior (at least one each). Puts them in order.
pub fn interval_of(totals: &mut [f64]) -> LrInterval {
    let (one, other) = totals.split_at_mut(totals.len() / 2);
    let (one, other) = (central_interval(one), central_interval(other));
    LrInterval { low: one.low.min(other.low), high: one.high.max(other.high) }
}

fn central_interval(totals: &mut [f64]) -> LrInterval {
    totals.sort_unstable_by(f64::total_cmp);
    let outside = (1.0 - COVERAGE) / 2.0;
    let at = |share: f64| totals[((totals.len() - 1) as f64 * share).round() as usize];
    LrInterval { low: at(outside), high: at(1.0 - outside) }
}
