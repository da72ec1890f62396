//! Couples being joined: the sums of their weights, and the best.

use super::MatchError;
use super::alike::Alike;
use super::limits::SPARE;
use super::roster::{LineRows, log10_lr};
use crate::inference::as_shown;
use crate::profile::SampleIndex;
use std::collections::BTreeMap;

/// What all couples come to; weights are LR / (R_f R_m) times the probabilities of the two sexes.
pub(super) struct SummedCouples {
    /// The couples to be reported, best first.
    pub couples: Vec<ScoredCouple>,
    /// By population, log10 of the sum of the weights (of those not scored, of their bounds).
    pub log10_totals: Vec<f64>,
    /// log10 of that part of them which is of bounds.
    pub log10_unscored: f64,
    /// Of everybody who is asked about or part of a reported couple: by population and place, log10 of the sum of the weights of
    /// the person's couples.
    pub of_persons: BTreeMap<SampleIndex, Vec<[f64; 2]>>,
}

/// One couple, by population.
pub(super) struct ScoredCouple {
    pub father: SampleIndex,
    pub mother: SampleIndex,
    pub log10_lrs: Vec<f64>,
    pub log10_weights: Vec<f64>,
}

impl ScoredCouple {
    pub fn log10_lr(&self) -> f64 {
        lowest(&self.log10_lrs)
    }
}

/// The lowest of the populations' numbers.
pub(super) fn lowest(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(f64::INFINITY, f64::min)
}

/// A couple that may be reported.
pub(super) struct RankedCouple {
    pub father: SampleIndex,
    pub mother: SampleIndex,
    /// The lowest of the populations.
    pub log10_lr: f64,
}

/// A weight so much (log10) above the unit of the sums becomes the unit: sums and weights stay within what an f64 can hold.
const ROOM: f64 = 200.0;

/// Couples being joined. Sums are in units of 10^scale.
pub(super) struct CoupleSums {
    pub fathers: Alike,
    pub mothers: Alike,
    /// log10 R by population and group.
    ratios: [Vec<Vec<f64>>; 2],
    pub scale: f64,
    pub couples: Vec<RankedCouple>,
    /// By population.
    totals: Vec<f64>,
    /// What those come to who were not scored, at most.
    pub unscored: f64,
    /// By population and group, the sum over the couples of each member.
    of_fathers: Vec<Vec<f64>>,
    of_mothers: Vec<Vec<f64>>,
}

impl CoupleSums {
    pub fn new(fathers: Alike, mothers: Alike, ratios: [Vec<Vec<f64>>; 2]) -> Self {
        let populations = ratios[0].len();
        Self {
            ratios,
            of_fathers: vec![vec![0.0; fathers.len()]; populations],
            of_mothers: vec![vec![0.0; mothers.len()]; populations],
            fathers,
            mothers,
            scale: 0.0,
            couples: Vec::new(),
            totals: vec![0.0; populations],
            unscored: 0.0,
        }
    }

    /// Takes in the couples of two groups, by the rows of each population. `of_each`: how many each father, and each mother, is part of.
    /// Their lowest log10 LR.
    pub fn add(
        &mut self,
        [father, mother]: [usize; 2],
        rows: &[Vec<LineRows<'_>>],
        shares: [f64; 2],
        of_each: [f64; 2],
        number: f64,
    ) -> f64 {
        let mut lowest = f64::INFINITY;
        for (population, lines) in rows.iter().enumerate() {
            let log10_lr = log10_lr(lines, self.mothers.codes(mother));
            lowest = lowest.min(log10_lr);
            let ratio = self.ratios[0][population][father] + self.ratios[1][population][mother];
            self.make_room_for(log10_lr - ratio);
            let weight = shares[0] * shares[1] * 10_f64.powf(log10_lr - ratio - self.scale);
            self.totals[population] += number * weight;
            self.of_fathers[population][father] += of_each[0] * weight;
            self.of_mothers[population][mother] += of_each[1] * weight;
        }
        lowest
    }

    /// Changes the unit of the sums where a weight of this logarithm is far above it.
    fn make_room_for(&mut self, log10_weight: f64) {
        if log10_weight <= self.scale + ROOM || log10_weight == f64::INFINITY {
            return;
        }
        let factor = 10_f64.powf(self.scale - log10_weight);
        let of_groups = self.of_fathers.iter_mut().chain(&mut self.of_mothers).flatten();
        of_groups.chain(&mut self.totals).for_each(|sum| *sum *= factor);
        self.unscored *= factor;
        self.scale = log10_weight;
    }

    /// Keeps the `top` best that reach the threshold, best first, ties by id.
    pub fn keep_best(&mut self, top: usize) {
        self.rank_by(|couple| couple.log10_lr);
        self.couples.truncate(top.saturating_add(SPARE));
        self.rank_by(|couple| as_shown(couple.log10_lr));
        self.couples.truncate(top);
    }

    fn rank_by(&mut self, score: impl Fn(&RankedCouple) -> f64) {
        self.couples.sort_by(|left, right| {
            let by_score = score(right).total_cmp(&score(left));
            by_score.then((left.father, left.mother).cmp(&(right.father, right.mother)))
        });
    }

    /// `asked` (ascending) are the persons whose couples are summed up; `scored` makes a whole couple of a ranked one.
    pub fn finish(
        mut self,
        top: usize,
        asked: &[SampleIndex],
        scored: impl Fn(&RankedCouple) -> Result<ScoredCouple, MatchError>,
    ) -> Result<SummedCouples, MatchError> {
        self.keep_best(top);
        let in_couples = self.couples.iter().flat_map(|couple| [couple.father, couple.mother]);
        let nothing = vec![[f64::NEG_INFINITY; 2]; self.totals.len()];
        let mut of_persons: BTreeMap<_, _> =
            asked.iter().copied().chain(in_couples).map(|person| (person, nothing.clone())).collect();
        let sides = [(&self.fathers, &self.of_fathers), (&self.mothers, &self.of_mothers)];
        for (place, (alike, sums)) in sides.into_iter().enumerate() {
            for at in 0..alike.len() {
                for member in alike.members(at) {
                    let Some(person) = of_persons.get_mut(member) else { continue };
                    for (of_person, sums) in person.iter_mut().zip(sums) {
                        of_person[place] = sums[at].log10() + self.scale;
                    }
                }
            }
        }
        let log10_total = |sum: &f64| (sum + self.unscored).log10() + self.scale;
        let couples = self.couples.iter().map(scored).collect::<Result<_, _>>()?;
        let log10_totals = self.totals.iter().map(log10_total).collect();
        Ok(SummedCouples { log10_totals, log10_unscored: log10_total(&0.0), of_persons, couples })
    }
}
