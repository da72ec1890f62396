//! The store of score rows: each is computed once, when it is first asked for, and shared by all queries that show the
//! same thing at that locus.

use super::{OpenLocus, PopulationModels, Question};
use crate::inheritance::{Hypothesis, MOST_LINES, Relationship, RelationshipError};
use crate::likelihood::{Chromosome, LikelihoodError, LocusModel, ModelError, score_row};
use crate::profile::{Allele, Call, Code, MISSING, Observation, Panel, Sex};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock, RwLock};

/// Why a score row cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The likelihood engine refused the case.
    #[error("{locus}: {source}")]
    Likelihood {
        /// The locus.
        locus: String,
        /// The cause.
        source: LikelihoodError,
    },
    /// The locus has no model with the alleles of these people alone.
    #[error("{locus}: {source}")]
    Model {
        /// The locus.
        locus: String,
        /// The cause.
        source: ModelError,
    },
    /// The question makes no sense.
    #[error(transparent)]
    Question(#[from] RelationshipError),
}

/// What a score row depends on, its locus apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RowKey {
    /// The two hypotheses.
    pub question: Question,
    /// Which line (0-based) of the first hypothesis; where its lines do not differ, the first.
    pub line: u8,
    /// What the child shows.
    pub child: Code,
    /// What the typed known parent shows, where there is one.
    pub known: Option<Code>,
}

/// A locus as it is for one pair.
pub struct PairModel {
    /// The unseen alleles that it has, ascending.
    pub unseen: Vec<Allele>,
    /// The model with these.
    pub model: Arc<LocusModel>,
}

/// A row that was asked for, or not yet.
type RequestedRow = OnceLock<Arc<[f64]>>;

/// The rows of one question and one locus about children who show one code. They stay where they are, so that whoever reads
/// them takes no lock, and need not count who else does.
#[derive(Default)]
struct RowsOfChild {
    without_known: RequestedRow,
    /// By what the known parent shows.
    with_known: OnceLock<Vec<RequestedRow>>,
}

/// The rows of one question: by locus and by the child's code.
type RowsOfQuestion = Vec<Vec<RowsOfChild>>;

/// Score rows of one population over one panel: log10 LR by the candidate's code.
pub struct ScoreTables<'a> {
    models: &'a [LocusModel],
    /// The loci whose alleles depend on who is compared.
    open: Vec<Option<&'a OpenLocus>>,
    /// Whether each locus counts.
    counts: Vec<bool>,
    /// The dictionary of each locus in use, as far as the model can use it.
    observations: Vec<Vec<Observation>>,
    drop_in: f64,
    /// By [`Question::number`], then by line.
    rows: Vec<OnceLock<RowsOfQuestion>>,
    hypotheses: RwLock<HashMap<Question, Arc<(Hypothesis, Hypothesis)>>>,
}

impl<'a> ScoreTables<'a> {
    /// An empty store. `loci` are the panel's loci in use (0-based positions), in the order of the population's models.
    pub fn new(panel: &'a Panel, loci: &'a [usize], population: &'a PopulationModels, drop_in: f64) -> Self {
        let open = population.open.iter().map(Option::as_ref).collect();
        Self { open, ..Self::over(panel, loci, &population.loci, &population.counts, drop_in) }
    }

    /// The same questions of candidates whom the panel does not list: a row goes on after the dictionary's codes with one entry
    /// for each observation of `more`.
    pub fn with_more(
        panel: &'a Panel,
        loci: &'a [usize],
        population: &'a PopulationModels,
        drop_in: f64,
        more: impl Fn(&LocusModel) -> Vec<Observation>,
    ) -> Self {
        let mut tables = Self::new(panel, loci, population, drop_in);
        tables.observations.iter_mut().zip(&population.loci).for_each(|(seen, model)| seen.extend(more(model)));
        tables
    }

    /// The same questions where no allele ever mutates: a score of minus infinity marks an inconsistent locus. Which alleles others show
    /// makes nothing possible or impossible.
    pub fn without_mutation(
        panel: &'a Panel,
        loci: &'a [usize],
        population: &'a PopulationModels,
        drop_in: f64,
    ) -> Self {
        Self::over(panel, loci, &population.without_mutation, &vec![true; loci.len()], drop_in)
    }

    fn over(panel: &'a Panel, loci: &'a [usize], models: &'a [LocusModel], counts: &[bool], drop_in: f64) -> Self {
        let usable = |(&locus, model): (&usize, &LocusModel)| {
            panel.dictionary(locus).observations().iter().map(|&seen| usable(model, seen)).collect()
        };
        let observations = loci.iter().zip(models).map(usable).collect();
        let rows = (0..Question::COUNT * MOST_LINES).map(|_| OnceLock::new()).collect();
        let open = vec![None; models.len()];
        Self { models, open, counts: counts.to_vec(), observations, drop_in, rows, hypotheses: RwLock::default() }
    }

    /// How many loci are in use: the number of rows a query has.
    pub fn locus_count(&self) -> usize {
        self.models.len()
    }

    /// The row of one locus (0-based position among the loci in use): log10 LR for each code of its dictionary.
    ///
    /// A code that says nothing scores 0, and so does a locus that does not count, an X-chromosomal locus where the sex of child or candidate is not
    /// known, and what somebody with two X alleles shows as a father; a pair that is impossible scores minus infinity. Where the known parent cannot
    /// be the child's parent at this locus under either hypothesis, the locus decides nothing and scores 0 throughout.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn row(&self, locus: usize, key: RowKey) -> Result<&Arc<[f64]>, TableError> {
        let row = self.place(locus, key);
        match row.get() {
            Some(row) => Ok(row),
            None => {
                let computed = self.compute(locus, key)?.into();
                Ok(row.get_or_init(|| computed))
            }
        }
    }

    /// Where the row is, or is to be.
    fn place(&self, locus: usize, key: RowKey) -> &RequestedRow {
        let codes = |locus: &Vec<Observation>| locus.iter().map(|_| RowsOfChild::default()).collect();
        let of_line = &self.rows[key.question.number() * MOST_LINES + usize::from(key.line)];
        let of_question = of_line.get_or_init(|| self.observations.iter().map(codes).collect());
        let of_child = &of_question[locus][usize::from(key.child)];
        match key.known {
            None => &of_child.without_known,
            Some(known) => {
                let codes = || self.observations[locus].iter().map(|_| RequestedRow::new()).collect();
                &of_child.with_known.get_or_init(codes)[usize::from(known)]
            }
        }
    }

    /// Computes all the rows that these keys ask for, in parallel.
    ///
    /// # Errors
    /// As [`ScoreTables::row`].
    pub fn prepare(&self, keys: impl Iterator<Item = (usize, RowKey)>) -> Result<(), TableError> {
        let distinct: HashSet<_, FixedState> = keys.collect();
        distinct.into_par_iter().try_for_each(|(locus, key)| self.row(locus, key).map(drop))
    }

    /// What a code of the dictionary stands for at this locus.
    pub fn observation(&self, locus: usize, code: Code) -> Observation {
        self.observations[locus][usize::from(code)]
    }

    /// What the child and the known parent show, as far as it counts; nothing where the child's call decides nothing.
    pub fn seen(&self, locus: usize, key: RowKey) -> Option<(Observation, Option<Observation>)> {
        let (model, observations) = (&self.models[locus], &self.observations[locus]);
        let child = observations[usize::from(key.child)];
        let sex_is_wanting = model.chromosome() == Chromosome::X && !key.question.knows_sexes();
        if !self.counts[locus] || !child.call.is_informative() || sex_is_wanting {
            return None;
        }
        let two_x_of_father = |seen: Observation| {
            let is_father = key.question.known_sex() == Some(Sex::Male);
            model.chromosome() == Chromosome::X && is_father && matches!(seen.call, Call::Two(..))
        };
        let known = key.known.map(|code| observations[usize::from(code)]);
        Some((child, known.map(|seen| if two_x_of_father(seen) { NO_CALL } else { seen })))
    }

    fn compute(&self, locus: usize, key: RowKey) -> Result<Vec<f64>, TableError> {
        let Some((child, known)) = self.seen(locus, key) else {
            return Ok(vec![0.0; self.observations[locus].len()]);
        };
        if let (Question::Couple { child_sex }, Some(father)) = (key.question, known) {
            return self.compute_couples(locus, key, child_sex, father);
        }
        self.score(locus, key, child, known)
    }

    /// The row of a couple. A parent without a call at the locus is not listed there, as in the question of one parent
    /// alone: the row is then the other parent's.
    fn compute_couples(
        &self,
        locus: usize,
        key: RowKey,
        child_sex: Sex,
        father: Observation,
    ) -> Result<Vec<f64>, TableError> {
        let observations = &self.observations[locus];
        let alone = |candidate_sex| {
            let question = Question::Kin { relationship: Relationship::Parent, child_sex, candidate_sex, known: None };
            self.row(locus, RowKey { question, line: 0, child: key.child, known: None })
        };
        if !father.call.is_informative() {
            return Ok(alone(Sex::Female)?.to_vec());
        }
        let of_father = alone(Sex::Male)?[usize::from(key.known.unwrap_or(MISSING))];
        let mut row = self.score(locus, key, observations[usize::from(key.child)], Some(father))?;
        let without_mother = observations.iter().map(|mother| !mother.call.is_informative());
        row.iter_mut().zip(without_mother).filter(|(_, without)| *without).for_each(|(score, _)| *score = of_father);
        Ok(row)
    }

    fn score(
        &self,
        locus: usize,
        key: RowKey,
        child: Observation,
        known: Option<Observation>,
    ) -> Result<Vec<f64>, TableError> {
        let mut row = vec![0.0; self.observations[locus].len()];
        for (unseen, codes) in self.by_unseen_alleles(locus, child, known) {
            let model = self.model_with(locus, &unseen)?;
            let model = model.as_deref().unwrap_or(&self.models[locus]);
            let shown: Vec<Observation> = codes.iter().map(|&code| self.observations[locus][code]).collect();
            let hypotheses = self.hypotheses(key.question)?;
            let tested = hypotheses.0.line(usize::from(key.line));
            let scores = score_row(model, &tested, &hypotheses.1, child, known, self.drop_in, &shown)
                .map_err(|source| TableError::Likelihood { locus: model.name().to_owned(), source })?;
            codes.into_iter().zip(scores).for_each(|(code, score)| row[code] = score);
        }
        Ok(row)
    }

    /// The codes of a locus by the unseen alleles that they, the child and the known parent show together.
    fn by_unseen_alleles(
        &self,
        locus: usize,
        child: Observation,
        known: Option<Observation>,
    ) -> BTreeMap<Vec<Allele>, Vec<usize>> {
        let codes = 0..self.observations[locus].len();
        let Some(open) = self.open[locus] else { return BTreeMap::from([(Vec::new(), codes.collect())]) };
        let own: Vec<Allele> =
            child.call.alleles().chain(known.into_iter().flat_map(|seen| seen.call.alleles())).collect();
        let mut groups: BTreeMap<Vec<Allele>, Vec<usize>> = BTreeMap::new();
        for (code, seen) in codes.zip(&self.observations[locus]) {
            let alleles = own.iter().copied().chain(seen.call.alleles());
            groups.entry(open.unseen_of(alleles)).or_default().push(code);
        }
        groups
    }

    /// The unseen alleles that a pair and the known parent show at a locus (0-based among those in use), ascending, and its model with
    /// these and no others; `None` where the locus has no unseen alleles.
    ///
    /// # Errors
    /// A locus that has no model with these alleles alone.
    pub fn model_of_pair(
        &self,
        locus: usize,
        seen: impl IntoIterator<Item = Observation>,
    ) -> Result<Option<PairModel>, TableError> {
        let Some(open) = self.open[locus] else { return Ok(None) };
        let unseen = open.unseen_of(seen.into_iter().flat_map(|seen| seen.call.alleles().collect::<Vec<_>>()));
        let model = self.model_with(locus, &unseen)?;
        Ok(model.map(|model| PairModel { unseen, model }))
    }

    fn model_with(&self, locus: usize, unseen: &[Allele]) -> Result<Option<Arc<LocusModel>>, TableError> {
        let refused = |source| TableError::Model { locus: self.models[locus].name().to_owned(), source };
        self.open[locus].map(|open| open.model(unseen).map_err(refused)).transpose()
    }

    /// The two hypotheses of a question.
    ///
    /// # Errors
    /// A question that makes no sense.
    pub fn hypotheses(&self, question: Question) -> Result<Arc<(Hypothesis, Hypothesis)>, TableError> {
        if let Some(pair) = read(&self.hypotheses).get(&question) {
            return Ok(Arc::clone(pair));
        }
        let pair = Arc::new(question.hypotheses()?);
        Ok(Arc::clone(write(&self.hypotheses).entry(question).or_insert(pair)))
    }
}

const NO_CALL: Observation = Observation { call: Call::Missing, drop_out: 0.0 };

/// The observation; no call where it shows an allele that the locus does not have (nobody has such a call any more, see
/// [`super::UnusableCalls`], but the dictionary still lists it).
fn usable(model: &LocusModel, seen: Observation) -> Observation {
    let is_listed = seen.call.alleles().all(|allele| model.allele_index(allele).is_some());
    if is_listed { seen } else { NO_CALL }
}

/// A lock that a panicking thread left behind still holds whole entries: rows are inserted finished.
fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}
