//! A father and a mother at once: the couples among the candidates.
//!
//! A couple's LR is P(child, father, mother | they are the parents) against all three unrelated. Two true parents can be a
//! strong couple although one of them alone scores below the threshold (a mutation, few loci). The search therefore does
//! not start from the singles that pass but from a bound that holds for every couple:
//!
//! log10 LR(couple) ≤ K + B(father) + B(mother),
//!
//! where B sums a row of bounds over loci and K is a constant of the child ([`crate::likelihood::CoupleBound`] has the proof).
//! Fathers and mothers sorted by B are joined from the top; pairs whose bound lies below what is wanted are never looked at,
//! and every other pair is scored exactly: once for all candidates who show the same, so that many who show nothing (each of
//! LR 1 exactly) cost no more than one.

use super::couple_sides::{Alike, Bounded, Side, Sides};
use super::parents::{ParentSearch, Pools, SPARE};
use super::roster::{Asked, Child, Roster};
use super::rows::RowsAtHand;
use super::{Case, MatchError};
use crate::inference::{as_shown, log10_add, log10_subtract};
use crate::inheritance::Relationship;
use crate::likelihood::{CoupleBound, LocusModel};
use crate::matching::one_person::{DirectMatches, Persons};
use crate::model::{PopulationModels, Question, TableError};
use crate::profile::{Call, Code, Observation, SampleIndex, Sex};
use crate::progress::{Progress, Stage};
use crate::threads::EvenlyShared;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Below this log10 LR a couple cannot change a posterior visibly: where all couples down to here can be scored, they are.
const NEGLIGIBLE_LOG10_LR: f64 = -6.0;

/// Up to this many couples a child, everything above [`NEGLIGIBLE_LOG10_LR`] is scored; beyond, only what can be reported.
const FEW_COUPLES: f64 = 250_000.0;

/// Where more couples could be reported than are wanted, they are scored from the top down, to log10 LR 0, −1, … as far as
/// minus this, until there are enough. Each step costs several times what the one before it did.
const STEPS: u8 = 12;

/// One reported couple of one child.
#[derive(Clone, Debug, PartialEq)]
pub struct Couple {
    /// The child.
    pub child: SampleIndex,
    /// Position in the child's list, from 1.
    pub rank: usize,
    /// The candidate father.
    pub father: SampleIndex,
    /// The candidate mother.
    pub mother: SampleIndex,
    /// log10 LR of "these two are the parents" against "all three unrelated" (the lowest of the populations).
    pub log10_lr: f64,
    /// log10 LR of the father alone.
    pub log10_lr_father: f64,
    /// log10 LR of the mother alone.
    pub log10_lr_mother: f64,
    /// The probability that these two persons are the parents, given all couples, all single candidates, and neither: the same
    /// for each of their samples.
    pub posterior: f64,
    /// Loci at which the child and at least one of the two have a call.
    pub loci_compared: usize,
    /// Loci that are impossible unless an allele mutated.
    pub loci_inconsistent: usize,
}

/// Finds the couples of every child whose parents are both in question: among all candidates, or (`everyone` false) among
/// those reported for the child.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn find_couples(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    parents: &ParentSearch,
    everyone: bool,
    progress: &dyn Progress,
) -> Result<Vec<Couple>, MatchError> {
    if case.settings.search.relationship != Relationship::Parent {
        return Ok(Vec::new());
    }
    let persons = &parents.persons;
    let shared = everyone.then(|| Sides::new(case, persons, roster.candidates.iter().copied())).transpose()?;
    if shared.as_ref().is_some_and(Sides::has_no_couple) {
        return Ok(Vec::new());
    }
    let both_in_question = |(child, _): &(&Child, &Pools)| child.mother.is_none() && child.father.is_none();
    let asked: Vec<_> = roster.children.iter().zip(&parents.pools).filter(both_in_question).collect();
    progress.begin(Stage::of("couples", "children", asked.len() as u64));
    let children: Vec<_> = asked.iter().map(|(child, _)| child.sample).collect();
    let bounds = Bounds::new(case, &children);
    let couples = asked
        .into_par_iter()
        .evenly_shared()
        .map(|(child, pools)| {
            if progress.cancelled() {
                return Err(MatchError::Cancelled);
            }
            let own;
            let sides = match &shared {
                Some(sides) => sides,
                None => {
                    own = Sides::new(case, persons, parents.candidates_of(child.sample))?;
                    &own
                }
            };
            if sides.has_no_couple() {
                progress.advance(1);
                return Ok(Vec::new());
            }
            let excluded = case.excluded(child.sample, None, direct);
            let bounds = bounds.of(case, child.sample);
            let (fathers, mothers) = (&sides.fathers, &sides.mothers);
            let couples = CoupleSearch { case, child, persons, fathers, mothers, bounds, excluded, pools }.run();
            progress.advance(1);
            couples
        })
        .collect::<Result<Vec<_>, MatchError>>()?;
    Ok(couples.into_iter().flatten().collect())
}

/// With more couples a child than this, and no least log10 LR asked for, only those that DNA speaks for are reported: to find
/// the best of the others takes minutes.
const MANY_COUPLES: f64 = 1_000_000.0;

/// The least log10 LR of a couple where none is asked for.
fn threshold_of_none(possible: f64) -> f64 {
    if possible <= MANY_COUPLES { f64::NEG_INFINITY } else { 0.0 }
}

/// A sentence on the couples that are reported where no least log10 LR is asked for.
pub(super) fn note_on_threshold(case: &Case<'_>, roster: &Roster) -> Option<String> {
    let search = &case.settings.search;
    let of_sex = |sex| roster.candidates.iter().filter(|&&candidate| case.panel.sex(candidate) == sex).count() as f64;
    let unknown = of_sex(Sex::Unknown);
    let possible = (of_sex(Sex::Male) + unknown) * (of_sex(Sex::Female) + unknown);
    let least = threshold_of_none(possible);
    let is_bounded = search.relationship == Relationship::Parent && search.min_log10_lr.is_none() && least.is_finite();
    is_bounded.then(|| {
        format!("{possible:.0} couples are possible for each child: reported are those of log10 LR {least:.0} or more")
    })
}

/// The bounds of all children, each made once for everything that a child can show at a locus.
struct Bounds {
    by_code: Vec<HashMap<Code, CoupleBound>>,
}

impl Bounds {
    fn new(case: &Case<'_>, children: &[SampleIndex]) -> Self {
        let at_locus = |(position, &locus): (usize, &usize)| {
            let mut codes: Vec<_> = children.iter().map(|&child| case.panel.profile(child).code(locus)).collect();
            codes.sort_unstable();
            codes.dedup();
            let population = &case.models.populations[0];
            let dictionary = case.panel.dictionary(locus);
            let shown = |code| match population.counts[position] {
                true => dictionary.observation(code),
                false => Observation { call: Call::Missing, drop_out: 0.0 },
            };
            let drop_in = case.settings.observation.drop_in;
            let bound = |code| bound_at(population, position, shown(code), dictionary.observations(), drop_in);
            codes.into_iter().map(|code| (code, bound(code))).collect()
        };
        Self { by_code: case.models.loci.par_iter().enumerate().map(at_locus).collect() }
    }

    /// The bounds of what this child shows, one for each locus in use.
    fn of<'a>(&'a self, case: &'a Case<'_>, child: SampleIndex) -> Vec<&'a CoupleBound> {
        let profile = case.panel.profile(child);
        case.models.loci.iter().zip(&self.by_code).map(|(&locus, by_code)| &by_code[&profile.code(locus)]).collect()
    }
}

/// So many models of one locus are gone through for a bound of all of them.
const MOST_MODELS: usize = 2048;

/// The bound at a locus (0-based among those in use) for a child who shows this, whichever unseen alleles the parents show.
fn bound_at(
    population: &PopulationModels,
    position: usize,
    child: Observation,
    parents: &[Observation],
    drop_in: f64,
) -> CoupleBound {
    let model = &population.loci[position];
    let Some(open) = &population.open[position] else { return CoupleBound::new(model, child, drop_in, parents) };
    if let Some(models) = open.models_of_couples(child.call, parents, MOST_MODELS) {
        let lists = |alleles: &LocusModel, parent: &Observation| {
            parent
                .call
                .alleles()
                .all(|allele| alleles.allele_index(allele).is_some() || model.allele_index(allele).is_none())
        };
        let bound = |own: &Arc<LocusModel>| {
            CoupleBound::new(own, child, drop_in, parents).only(|code| lists(own, &parents[code]))
        };
        let bounds = models.iter().map(bound);
        if let Some(bound) = bounds.reduce(CoupleBound::or) {
            return bound;
        }
    }
    // the child's call is least probable with its own alleles alone, or, where frequencies are divided by their sum, with all
    let all = CoupleBound::plain(model, child, drop_in, parents.len());
    match open.model(&open.unseen_of(child.call.alleles())) {
        Ok(own) => all.or(CoupleBound::plain(&own, child, drop_in, parents.len())),
        Err(_) => all,
    }
}

/// What a sum of logarithms may lose to rounding: a bound is never held against a couple more closely than this.
const ROUNDING: f64 = 1e-9;

struct CoupleSearch<'a> {
    case: &'a Case<'a>,
    child: &'a Child,
    persons: &'a Persons,
    fathers: &'a Side,
    mothers: &'a Side,
    bounds: Vec<&'a CoupleBound>,
    /// Samples that are not compared with this child, ascending.
    excluded: Vec<u32>,
    pools: &'a Pools,
}

/// By the samples that stand for a couple: the greatest log10 LR of any two of their samples, and that of the two themselves.
type BestOfPersons = BTreeMap<(SampleIndex, SampleIndex), (f64, f64)>;

/// K, and B of every candidate for either place.
struct SideBounds {
    constant: f64,
    fathers: Vec<f64>,
    mothers: Vec<f64>,
}

impl CoupleSearch<'_> {
    fn run(&self) -> Result<Vec<Couple>, MatchError> {
        let possible = self.fathers.members.len() as f64 * self.mothers.members.len() as f64;
        let threshold = self.case.settings.search.min_log10_lr.unwrap_or(threshold_of_none(possible));
        let (floor, mut scored) = self.scored_as_needed(threshold, possible)?;
        let mut evidence = self.log10_evidence(&scored, floor);
        scored.keep_best(threshold, self.case.settings.search.top);
        let mut rows = RowsAtHand::new(self.case);
        let of_persons = self.best_of_persons(&mut rows, &scored.couples)?;
        for &(best, counted) in of_persons.values() {
            evidence = log10_add(evidence, self.log10_weight() + log10_subtract(best, counted));
        }
        let best = scored.couples.iter().enumerate();
        best.map(|(index, couple)| {
            let of_persons = of_persons.get(&self.persons_of(couple)).map_or(couple.log10_lr, |&(best, _)| best);
            self.describe(&mut rows, index + 1, couple, 10_f64.powf(self.log10_weight() + of_persons - evidence))
        })
        .collect()
    }

    /// The samples that stand for a couple.
    fn persons_of(&self, couple: &ScoredCouple) -> (SampleIndex, SampleIndex) {
        (self.persons.stands_for(couple.father), self.persons.stands_for(couple.mother))
    }

    /// Of those couples in which somebody gave several samples: the greatest log10 LR of any two of their samples, and that of the
    /// two that stand for them, which counts so far.
    fn best_of_persons(
        &self,
        rows: &mut RowsAtHand<'_>,
        couples: &[ScoredCouple],
    ) -> Result<BestOfPersons, MatchError> {
        let mut best = BestOfPersons::new();
        for couple in couples {
            let samples = [couple.father, couple.mother].map(|sample| self.persons.samples(sample));
            if samples == [None, None] || best.contains_key(&self.persons_of(couple)) {
                continue;
            }
            let (father, mother) = self.persons_of(couple);
            let counted = rows.lowest(self.asked(father), mother)?;
            let mut greatest = counted;
            for &father in samples[0].unwrap_or(&[father]) {
                for &mother in samples[1].unwrap_or(&[mother]) {
                    greatest = greatest.max(rows.lowest(self.asked(father), mother)?);
                }
            }
            best.insert((father, mother), (greatest, counted));
        }
        Ok(best)
    }

    /// The best couples at or above the threshold, and the log10 LR down to which all couples were scored.
    fn scored_as_needed(&self, threshold: f64, possible: f64) -> Result<(f64, Scored), MatchError> {
        let bounds = self.side_bounds()?;
        if possible <= FEW_COUPLES {
            let floor = threshold.min(NEGLIGIBLE_LOG10_LR);
            return Ok((floor, self.scored_from(&bounds, floor, threshold)?));
        }
        for floor in (0..=STEPS).map(|step| -f64::from(step)).take_while(|&floor| floor > threshold) {
            let scored = self.scored_from(&bounds, floor, threshold)?;
            if scored.couples.len() >= self.case.settings.search.top {
                return Ok((floor, scored));
            }
        }
        Ok((threshold, self.scored_from(&bounds, threshold, threshold)?))
    }

    /// Every couple whose LR is at least `floor`; of those that reach the threshold, at least the best.
    fn scored_from(&self, bounds: &SideBounds, floor: f64, threshold: f64) -> Result<Scored, MatchError> {
        let least = floor - bounds.constant - ROUNDING;
        let best = |bounds: &[f64]| bounds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let beside = |best: f64| if least == f64::NEG_INFINITY { least } else { least - best };
        let fathers = self.reaching(self.fathers, &bounds.fathers, beside(best(&bounds.mothers)));
        let fathers = Alike::new(self.case, self.fathers, fathers)?;
        let mut mothers = self.reaching(self.mothers, &bounds.mothers, beside(best(&bounds.fathers)));
        mothers.sort_by(|left, right| right.bound.total_cmp(&left.bound));
        let mothers = Alike::new(self.case, self.mothers, mothers)?;
        let mut scored = Scored::default();
        for at in 0..fathers.len() {
            let within = mothers.partition_point(|bound| bound >= beside(fathers.bound(at)));
            self.score_with(&fathers, at, &mothers, within, floor, &mut scored)?;
            if scored.couples.len() as f64 > FEW_COUPLES {
                scored.keep_best(threshold, self.case.settings.search.top);
            }
        }
        Ok(scored)
    }

    /// The bounds of everybody, which serve every floor.
    fn side_bounds(&self) -> Result<SideBounds, MatchError> {
        Ok(SideBounds {
            constant: self.bounds.iter().map(|bound| bound.constant).sum(),
            fathers: self.fathers.bounds(self.case, self.bounds.iter().map(|bound| &bound.father))?,
            mothers: self.mothers.bounds(self.case, self.bounds.iter().map(|bound| &bound.mother))?,
        })
    }

    /// The members of a side whose bound reaches this far and who may be compared with the child.
    fn reaching(&self, side: &Side, bounds: &[f64], least: f64) -> Vec<Bounded> {
        let bounded = bounds.iter().enumerate().map(|(position, &bound)| Bounded { position, bound });
        let allowed = |candidate: &Bounded| {
            let member = side.members[candidate.position];
            let is_excluded = self.excluded.binary_search(&member.0).is_ok();
            !is_excluded && !self.case.is_left_out_by_age(self.child.sample, member)
        };
        bounded.filter(|candidate| candidate.bound >= least).filter(allowed).collect()
    }

    /// Scores the fathers at one place of the list with those of the first `within` mothers who can reach `floor` with them, and
    /// keeps the couples that do.
    fn score_with(
        &self,
        fathers: &Alike,
        father: usize,
        mothers: &Alike,
        within: usize,
        floor: f64,
        scored: &mut Scored,
    ) -> Result<(), TableError> {
        let least_ratio = 10_f64.powf(floor - ROUNDING);
        let of_father = self.bounds.iter().zip(fathers.codes(father));
        let features: Vec<_> = of_father.map(|(bound, code)| bound.pair.father[usize::from(code)]).collect();
        let can_reach = |&at: &usize| {
            let by_locus = self.bounds.iter().zip(&features).zip(mothers.codes(at));
            let ratio = |((bound, &of), code): ((&&CoupleBound, _), Code)| {
                bound.pair.of(of, bound.pair.mother[usize::from(code)])
            };
            by_locus.map(ratio).product::<f64>() >= least_ratio
        };
        let most_listed = self.case.settings.search.top.saturating_add(SPARE);
        let mut rows = None;
        for mother in (0..within).filter(can_reach) {
            let couples = fathers.couples_with(father, mothers, mother);
            let Some((first, _)) = couples.first(1).next() else { continue };
            let rows = match &mut rows {
                Some(rows) => rows,
                None => rows.insert(self.case.rows(&self.asked(first))?),
            };
            let log10_lr = self.case.score(rows, mothers.codes(mother));
            if log10_lr >= floor {
                scored.weigh(log10_lr, couples.of_persons());
                let listed = couples.first(most_listed);
                scored.couples.extend(listed.map(|(father, mother)| ScoredCouple { father, mother, log10_lr }));
            }
        }
        Ok(())
    }

    fn asked(&self, father: SampleIndex) -> Asked {
        let question = Question::Couple { child_sex: self.case.child_sex(self.child.sample) };
        Asked { question, child: self.child.sample, known: Some(father) }
    }

    /// log10 of the evidence: the prior-weighted sum over couples, single parents and neither.
    ///
    /// Couples that were not scored count with the LR that they cannot exceed, so that a stated posterior is never too high.
    fn log10_evidence(&self, scored: &Scored, floor: f64) -> f64 {
        let (fathers, mothers) = (self.pools.fathers(), self.pools.mothers());
        let in_list = self.case.settings.prior.in_list;
        let mut evidence = 2.0 * (1.0 - in_list).log10();
        for pool in [fathers, mothers] {
            if pool.size > 0.0 {
                evidence = log10_add(evidence, (in_list * (1.0 - in_list) / pool.size).log10() + pool.log10_total);
            }
        }
        let weight = self.log10_weight();
        let not_scored = self.fathers.persons as f64 * self.mothers.persons as f64 - scored.count as f64;
        if not_scored > 0.0 {
            evidence = log10_add(evidence, weight + not_scored.log10() + floor);
        }
        log10_add(evidence, weight + scored.log10_total)
    }

    /// log10 of the prior probability of one couple.
    fn log10_weight(&self) -> f64 {
        let in_list = self.case.settings.prior.in_list;
        (in_list * in_list / (self.pools.fathers().size * self.pools.mothers().size)).log10()
    }

    fn describe(
        &self,
        rows: &mut RowsAtHand<'_>,
        rank: usize,
        couple: &ScoredCouple,
        posterior: f64,
    ) -> Result<Couple, MatchError> {
        let (case, child) = (self.case, self.child.sample);
        let mut alone = |candidate, sex| -> Result<f64, MatchError> {
            let asked = self.child.asked_with(case, Relationship::Parent, sex, None);
            Ok(rows.lowest(asked, candidate)?)
        };
        let log10_lr_father = alone(couple.father, Sex::Male)?;
        let log10_lr_mother = alone(couple.mother, Sex::Female)?;
        let impossible = rows.impossible(self.asked(couple.father), couple.mother)?;
        let compared = |&locus: &usize| {
            let has_call = |sample| case.panel.observation(sample, locus).call.is_informative();
            has_call(child) && (has_call(couple.father) || has_call(couple.mother))
        };
        let loci = case.models.loci_that_speak(case.panel.sex(child) != Sex::Unknown);
        Ok(Couple {
            child,
            rank,
            father: couple.father,
            mother: couple.mother,
            log10_lr: couple.log10_lr,
            log10_lr_father,
            log10_lr_mother,
            posterior: posterior.min(1.0),
            loci_compared: loci.filter(compared).count(),
            loci_inconsistent: impossible.into_iter().filter(|&impossible| impossible).count(),
        })
    }
}

struct ScoredCouple {
    father: SampleIndex,
    mother: SampleIndex,
    log10_lr: f64,
}

/// The couples scored so far: those that can still be reported, and what all of them weigh.
struct Scored {
    couples: Vec<ScoredCouple>,
    count: u64,
    log10_total: f64,
}

impl Default for Scored {
    fn default() -> Self {
        Self { couples: Vec::new(), count: 0, log10_total: f64::NEG_INFINITY }
    }
}

impl Scored {
    /// Takes in so many couples (of persons) of this LR.
    fn weigh(&mut self, log10_lr: f64, couples: u64) {
        if couples == 0 {
            return;
        }
        self.count += couples;
        let weight = if couples == 1 { 0.0 } else { (couples as f64).log10() };
        self.log10_total = log10_add(self.log10_total, weight + log10_lr);
    }

    /// Keeps the `top` best that reach the threshold, best first, ties by id.
    fn keep_best(&mut self, threshold: f64, top: usize) {
        self.couples.retain(|couple| couple.log10_lr >= threshold);
        self.rank_by(|couple| couple.log10_lr);
        self.couples.truncate(top.saturating_add(SPARE));
        self.rank_by(|couple| as_shown(couple.log10_lr));
        self.couples.truncate(top);
    }

    fn rank_by(&mut self, score: impl Fn(&ScoredCouple) -> f64) {
        self.couples.sort_by(|left, right| {
            let by_score = score(right).total_cmp(&score(left));
            by_score.then((left.father, left.mother).cmp(&(right.father, right.mother)))
        });
    }
}
