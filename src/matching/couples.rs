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
//! and every other pair is scored exactly.

use super::parents::{ParentSearch, Pools};
use super::roster::{Asked, Child, Roster};
use super::{Case, DirectMatches, MatchError};
use crate::inference::log10_add;
use crate::inheritance::Relationship;
use crate::likelihood::CoupleBound;
use crate::model::{Question, TableError};
use crate::profile::{Code, SampleIndex, Sex};
use crate::search::Progress;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// Below this log10 LR a couple cannot change a posterior visibly: where all couples down to here can be scored, they are.
const NEGLIGIBLE_LOG10_LR: f64 = -6.0;

/// Up to this many couples a child, everything above [`NEGLIGIBLE_LOG10_LR`] is scored; beyond, only what can be reported.
const FEW_COUPLES: usize = 250_000;

/// What the sums of bounds and of scores can differ by in rounding, log10.
const ROUNDING: f64 = 1e-9;

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
    /// The probability that these two are the parents, given all couples, all single candidates, and neither.
    pub posterior: f64,
    /// Loci at which the child and at least one of the two have a call.
    pub loci_compared: usize,
    /// Loci that are impossible unless an allele mutated.
    pub loci_inconsistent: usize,
}

/// Finds the couples of every child whose parents are both in question.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn find_couples(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    parents: &ParentSearch,
    progress: &dyn Progress,
) -> Result<Vec<Couple>, MatchError> {
    if case.settings.search.relationship != Relationship::Parent {
        return Ok(Vec::new());
    }
    let with_unknown = |sex| {
        let mut members = roster.candidates_of_sex(case.panel, sex);
        members.extend(roster.candidates_of_sex(case.panel, Sex::Unknown));
        members
    };
    let (fathers, mothers) = (with_unknown(Sex::Male), with_unknown(Sex::Female));
    let asked: Vec<_> = roster
        .children
        .iter()
        .zip(&parents.pools)
        .filter(|(child, _)| child.mother.is_none() && child.father.is_none())
        .collect();
    let children: Vec<_> = asked.iter().map(|(child, _)| child.sample).collect();
    let bounds = Bounds::new(case, &children)?;
    let couples = asked
        .into_par_iter()
        .map(|(child, pools)| {
            if progress.cancelled() {
                return Err(MatchError::Cancelled);
            }
            let allowed = |members: &[SampleIndex]| -> Vec<_> {
                let excluded = case.excluded(child.sample, None, direct, members);
                members.iter().copied().filter(|member| excluded.binary_search(&member.0).is_err()).collect()
            };
            CoupleSearch { case, child, bounds: &bounds, pools }.run(&allowed(&fathers), &allowed(&mothers))
        })
        .collect::<Result<Vec<_>, MatchError>>()?;
    Ok(couples.into_iter().flatten().collect())
}

/// The bounds of all children, each made once for everything that a child can show at a locus.
struct Bounds {
    by_code: Vec<HashMap<Code, CoupleBound>>,
}

impl Bounds {
    fn new(case: &Case<'_>, children: &[SampleIndex]) -> Result<Self, MatchError> {
        let by_code = case
            .models
            .loci
            .par_iter()
            .enumerate()
            .map(|(position, &locus)| {
                let mut codes: Vec<_> =
                    children.iter().map(|child| case.panel.column(locus)[child.0 as usize]).collect();
                codes.sort_unstable();
                codes.dedup();
                let model = &case.models.populations[0].loci[position];
                let dictionary = case.panel.dictionary(locus);
                let drop_in = case.settings.observation.drop_in;
                codes
                    .into_iter()
                    .map(|code| {
                        (
                            code,
                            CoupleBound::new(model, dictionary.observation(code), drop_in, dictionary.observations()),
                        )
                    })
                    .collect()
            })
            .collect();
        Ok(Self { by_code })
    }
}

struct CoupleSearch<'a> {
    case: &'a Case<'a>,
    child: &'a Child,
    bounds: &'a Bounds,
    pools: &'a Pools,
}

/// A candidate and the bound of every couple that it is part of.
#[derive(Clone, Copy)]
struct Bounded {
    sample: SampleIndex,
    bound: f64,
}

impl CoupleSearch<'_> {
    fn run(&self, fathers: &[SampleIndex], mothers: &[SampleIndex]) -> Result<Vec<Couple>, MatchError> {
        let threshold = self.case.settings.search.min_log10_lr.unwrap_or(f64::NEG_INFINITY);
        let few = fathers.len().saturating_mul(mothers.len()) <= FEW_COUPLES;
        let floor = if few { threshold.min(NEGLIGIBLE_LOG10_LR) } else { threshold };
        let fathers = self.bounded(fathers, |bound| &bound.father);
        let mothers = self.bounded(mothers, |bound| &bound.mother);
        let constant = self.constant();
        let mut scored = Scored::default();
        for father in &fathers {
            let reach = match floor {
                f64::NEG_INFINITY => floor,
                _ => floor - ROUNDING - constant - father.bound,
            };
            let within = mothers.partition_point(|mother| mother.bound >= reach);
            if within == 0 {
                break;
            }
            self.score_with(father.sample, &mothers[..within], floor, &mut scored)?;
            if scored.couples.len() > FEW_COUPLES {
                scored.keep_best(threshold, self.case.settings.search.top);
            }
        }
        let couples_possible = fathers.len() as f64 * mothers.len() as f64;
        let total = self.log10_evidence(&scored, couples_possible, floor);
        scored.keep_best(threshold, self.case.settings.search.top);
        scored.couples.iter().enumerate().map(|(index, couple)| self.describe(index + 1, couple, total)).collect()
    }

    /// The candidates with their bounds, best first, ties by id.
    fn bounded(&self, members: &[SampleIndex], row: impl Fn(&CoupleBound) -> &[f64]) -> Vec<Bounded> {
        let rows: Vec<_> = self.columns().map(|(column, bound)| (column, row(bound))).collect();
        let mut bounded: Vec<_> = members
            .iter()
            .map(|&sample| Bounded {
                sample,
                bound: rows.iter().map(|(column, row)| row[usize::from(column[sample.0 as usize])]).sum(),
            })
            .collect();
        bounded.sort_by(|left, right| right.bound.total_cmp(&left.bound).then(left.sample.cmp(&right.sample)));
        bounded
    }

    fn constant(&self) -> f64 {
        self.columns().map(|(_, bound)| bound.constant).sum()
    }

    /// The columns of the loci in use, each with the bound of what this child shows there.
    fn columns(&self) -> impl Iterator<Item = (&[Code], &CoupleBound)> {
        self.case.models.loci.iter().zip(&self.bounds.by_code).map(|(&locus, by_code)| {
            let column = self.case.panel.column(locus);
            (column, &by_code[&column[self.child.sample.0 as usize]])
        })
    }

    /// Scores this father with each of these mothers and keeps the couples from `floor` up.
    fn score_with(
        &self,
        father: SampleIndex,
        mothers: &[Bounded],
        floor: f64,
        scored: &mut Scored,
    ) -> Result<(), TableError> {
        let asked = self.asked(father);
        let tables: Vec<Vec<Arc<[f64]>>> =
            self.case.tables.iter().map(|tables| asked.rows(self.case, tables)).collect::<Result<_, _>>()?;
        let columns = self.case.columns();
        for mother in mothers.iter().filter(|mother| mother.sample != father) {
            let at = mother.sample.0 as usize;
            let total = |rows: &Vec<Arc<[f64]>>| -> f64 {
                rows.iter().zip(&columns).map(|(row, column)| row[usize::from(column[at])]).sum()
            };
            let log10_lr = tables.iter().map(total).fold(f64::INFINITY, f64::min);
            if log10_lr >= floor {
                scored.push(ScoredCouple { father, mother: mother.sample, log10_lr });
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
    fn log10_evidence(&self, scored: &Scored, couples_possible: f64, floor: f64) -> f64 {
        let (fathers, mothers) = (self.pools.fathers(), self.pools.mothers());
        let in_list = self.case.settings.prior.in_list;
        let mut evidence = 2.0 * (1.0 - in_list).log10();
        for pool in [fathers, mothers] {
            if pool.size > 0.0 {
                evidence = log10_add(evidence, (in_list * (1.0 - in_list) / pool.size).log10() + pool.log10_total);
            }
        }
        let weight = self.log10_weight();
        let not_scored = couples_possible - scored.count as f64;
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

    fn describe(&self, rank: usize, couple: &ScoredCouple, log10_evidence: f64) -> Result<Couple, MatchError> {
        let (case, child) = (self.case, self.child.sample);
        let alone = |candidate, sex| -> Result<f64, MatchError> {
            let asked = self.child.asked_with(case, Relationship::Parent, sex, None);
            Ok(asked.lowest(case, candidate)?)
        };
        let strict = self.asked(couple.father).scores(case, &case.consistency, couple.mother)?;
        let has_call = |sample, locus| case.panel.observation(sample, locus).call.is_informative();
        let compared = |&&locus: &&usize| {
            has_call(child, locus) && (has_call(couple.father, locus) || has_call(couple.mother, locus))
        };
        Ok(Couple {
            child,
            rank,
            father: couple.father,
            mother: couple.mother,
            log10_lr: couple.log10_lr,
            log10_lr_father: alone(couple.father, Sex::Male)?,
            log10_lr_mother: alone(couple.mother, Sex::Female)?,
            posterior: 10_f64.powf(self.log10_weight() + couple.log10_lr - log10_evidence).min(1.0),
            loci_compared: case.models.loci.iter().filter(compared).count(),
            loci_inconsistent: strict.iter().filter(|&&score| score == f64::NEG_INFINITY).count(),
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
    count: usize,
    log10_total: f64,
}

impl Default for Scored {
    fn default() -> Self {
        Self { couples: Vec::new(), count: 0, log10_total: f64::NEG_INFINITY }
    }
}

impl Scored {
    fn push(&mut self, couple: ScoredCouple) {
        self.count += 1;
        self.log10_total = log10_add(self.log10_total, couple.log10_lr);
        self.couples.push(couple);
    }

    /// Keeps the `top` best that reach the threshold, best first, ties by id.
    fn keep_best(&mut self, threshold: f64, top: usize) {
        self.couples.retain(|couple| couple.log10_lr >= threshold);
        self.couples.sort_by(|left, right| {
            right.log10_lr.total_cmp(&left.log10_lr).then((left.father, left.mother).cmp(&(right.father, right.mother)))
        });
        self.couples.truncate(top);
    }
}
