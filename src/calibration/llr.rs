//! How good likelihood ratios are: their cost, the cost that calibration could not take away, and the curves of both.
//!
//! Over the pairs of a child and a candidate who is its parent, or unrelated to it, with likelihood ratio LR of "parent"
//! against "unrelated":
//!
//! Cllr = ½ (mean over parents of log2(1 + 1/LR) + mean over strangers of log2(1 + LR))
//!
//! (Brümmer & du Preez 2006, doi 10.1016/j.csl.2005.08.001): 0 for LRs that are always right and certain, 1 for LRs that say
//! nothing. Pooling adjacent violators gives the best LRs that any rising function of these could give (Zadrozny & Elkan 2002);
//! what they cost is Cllr_min, and Cllr − Cllr_min is what miscalibration costs (Ramos & Gonzalez-Rodriguez 2013,
//! doi 10.1016/j.forsciint.2013.04.014). The Tippett curves are the shares of parents and of strangers with at least a log10 LR.
//!
//! Curves are over classes of log10 LR of width 1/[`CLASSES_PER_UNIT`]; the cost itself is over single LRs.

use serde::Serialize;
use std::collections::BTreeMap;

/// Classes of log10 LR in a unit.
const CLASSES_PER_UNIT: f64 = 100.0;

/// Everything below this log10 LR is one class.
const LEAST: f64 = -20.0;

/// The steps of a Tippett curve are this far apart (log10 LR).
const TIPPETT_STEP: f64 = 0.25;

/// The pairs of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
struct Pairs {
    /// By class.
    counts: BTreeMap<i64, u64>,
    number: u64,
    /// Sum of log2(1 + 1/LR), or of log2(1 + LR).
    cost: f64,
}

impl Pairs {
    fn add(&mut self, log10_lr: f64, cost: f64) {
        *self.counts.entry((log10_lr.max(LEAST) * CLASSES_PER_UNIT).floor() as i64).or_default() += 1;
        self.number += 1;
        self.cost += cost;
    }

    fn merge(&mut self, other: &Self) {
        for (class, count) in &other.counts {
            *self.counts.entry(*class).or_default() += count;
        }
        self.number += other.number;
        self.cost += other.cost;
    }

    fn at_least(&self, class: i64) -> f64 {
        self.counts.range(class..).map(|(_, count)| count).sum::<u64>() as f64 / self.number as f64
    }
}

/// Counts of LRs by truth; tallies of several cases add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LlrTally {
    parents: Pairs,
    strangers: Pairs,
}

/// What the likelihood ratios of one scenario are worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LlrQuality {
    /// Pairs of a child and its parent.
    pub parents: u64,
    /// Pairs of a child and an unrelated candidate.
    pub strangers: u64,
    /// The cost; nothing without pairs of both kinds.
    pub cllr: Option<f64>,
    /// The cost after the best calibration.
    pub cllr_min: Option<f64>,
    /// The best calibration, ascending.
    pub pav: Vec<PavStep>,
    /// The Tippett curves, ascending.
    pub tippett: Vec<TippettStep>,
}

/// LRs that the best calibration makes one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PavStep {
    /// The least log10 LR of the step (those below [`LEAST`] count as that).
    pub from: f64,
    /// The end of its last class.
    pub to: f64,
    /// Parents in it.
    pub parents: u64,
    /// Strangers in it.
    pub strangers: u64,
    /// What its log10 LR should be; minus infinity without parents, infinity without strangers.
    pub log10_lr: f64,
}

/// One point of the Tippett curves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TippettStep {
    /// log10 LR.
    pub log10_lr: f64,
    /// Share of parents with at least this.
    pub parents: f64,
    /// Share of strangers with at least this.
    pub strangers: f64,
}

impl LlrTally {
    /// Takes in the log10 LR of a parent.
    pub fn add_parent(&mut self, log10_lr: f64) {
        self.parents.add(log10_lr, log2_of_one_and(-log10_lr));
    }

    /// Takes in the log10 LR of a stranger.
    pub fn add_stranger(&mut self, log10_lr: f64) {
        self.strangers.add(log10_lr, log2_of_one_and(log10_lr));
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.parents.merge(&other.parents);
        self.strangers.merge(&other.strangers);
    }

    /// Cost and curves.
    pub fn finish(&self) -> LlrQuality {
        let (parents, strangers) = (self.parents.number, self.strangers.number);
        let empty = LlrQuality { parents, strangers, ..LlrQuality::default() };
        if parents == 0 || strangers == 0 {
            return empty;
        }
        let pav = self.pav();
        let cost = |of: &Pairs| of.cost / of.number as f64;
        let cllr = 0.5 * (cost(&self.parents) + cost(&self.strangers));
        let of_step = |step: &PavStep| {
            let of_parents =
                if step.parents == 0 { 0.0 } else { step.parents as f64 * log2_of_one_and(-step.log10_lr) };
            let of_strangers =
                if step.strangers == 0 { 0.0 } else { step.strangers as f64 * log2_of_one_and(step.log10_lr) };
            of_parents / parents as f64 + of_strangers / strangers as f64
        };
        let cllr_min = 0.5 * pav.iter().map(of_step).sum::<f64>();
        LlrQuality { cllr: Some(cllr), cllr_min: Some(cllr_min), tippett: self.tippett(), pav, ..empty }
    }

    /// Pools adjacent classes until the share of parents rises.
    fn pav(&self) -> Vec<PavStep> {
        let mut classes: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        self.parents.counts.iter().for_each(|(&class, &count)| classes.entry(class).or_default().0 = count);
        self.strangers.counts.iter().for_each(|(&class, &count)| classes.entry(class).or_default().1 = count);
        // first class, last class, parents, strangers
        let mut steps: Vec<(i64, i64, u64, u64)> = Vec::new();
        for (class, (parents, strangers)) in classes {
            let mut step = (class, class, parents, strangers);
            while let Some(&(first, _, more_parents, more_strangers)) = steps.last() {
                let falls =
                    u128::from(more_parents) * u128::from(step.3) >= u128::from(step.2) * u128::from(more_strangers);
                if !falls {
                    break;
                }
                steps.pop();
                step = (first, step.1, step.2 + more_parents, step.3 + more_strangers);
            }
            steps.push(step);
        }
        let prior = (self.parents.number as f64 / self.strangers.number as f64).log10();
        let described = |(first, last, parents, strangers): (i64, i64, u64, u64)| PavStep {
            from: first as f64 / CLASSES_PER_UNIT,
            to: (last + 1) as f64 / CLASSES_PER_UNIT,
            parents,
            strangers,
            log10_lr: (parents as f64 / strangers as f64).log10() - prior,
        };
        steps.into_iter().map(described).collect()
    }

    fn tippett(&self) -> Vec<TippettStep> {
        let classes = || self.parents.counts.keys().chain(self.strangers.counts.keys()).copied();
        let (Some(least), Some(greatest)) = (classes().min(), classes().max()) else { return Vec::new() };
        let in_step = (CLASSES_PER_UNIT * TIPPETT_STEP) as i64;
        let step = |number: i64| {
            let class = number * in_step;
            TippettStep {
                log10_lr: class as f64 / CLASSES_PER_UNIT,
                parents: self.parents.at_least(class),
                strangers: self.strangers.at_least(class),
            }
        };
        (least.div_euclid(in_step)..=greatest.div_euclid(in_step) + 1).map(step).collect()
    }
}

/// log2(1 + 10^x).
fn log2_of_one_and(log10: f64) -> f64 {
    if log10 == f64::NEG_INFINITY {
        return 0.0;
    }
    let natural = log10 * std::f64::consts::LN_10;
    (natural.max(0.0) + (-natural.abs()).exp().ln_1p()) / std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tally(parents: &[f64], strangers: &[f64]) -> LlrTally {
        let mut tally = LlrTally::default();
        parents.iter().for_each(|&log10_lr| tally.add_parent(log10_lr));
        strangers.iter().for_each(|&log10_lr| tally.add_stranger(log10_lr));
        tally
    }

    #[test]
    fn what_says_nothing_costs_one_bit_and_what_is_always_right_none() {
        let nothing = tally(&[0.0; 3], &[0.0; 7]).finish();
        assert_eq!((nothing.cllr, nothing.cllr_min), (Some(1.0), Some(1.0)));
        let right = tally(&[20.0, 30.0], &[f64::NEG_INFINITY, -30.0]).finish();
        assert!(right.cllr.unwrap() < 1e-10 && right.cllr_min == Some(0.0), "{right:?}");
        assert_eq!(tally(&[1.0], &[]).finish().cllr, None);
    }

    /// By hand: LRs 10 and 1 of parents, 0.1 and 10 of strangers.
    #[test]
    fn a_cost_worked_out_by_hand() {
        let found = tally(&[1.0, 0.0], &[-1.0, 1.0]).finish();
        let right = 0.5 * ((1.1_f64.log2() + 1.0) / 2.0 + (1.1_f64.log2() + 11_f64.log2()) / 2.0);
        assert!((found.cllr.unwrap() - right).abs() < 1e-12);
        // 0.1: a stranger alone; 1 and 10 are pooled: two parents, one stranger
        let steps: Vec<_> =
            found.pav.iter().map(|step| (step.from, step.parents, step.strangers, step.log10_lr)).collect();
        assert_eq!(steps, [(-1.0, 0, 1, f64::NEG_INFINITY), (0.0, 2, 1, 2_f64.log10())]);
        let least = 0.5 * (1.5_f64.log2() + 3_f64.log2() / 2.0);
        assert!((found.cllr_min.unwrap() - least).abs() < 1e-12);
        let at = |log10_lr: f64| *found.tippett.iter().find(|step| step.log10_lr == log10_lr).unwrap();
        assert_eq!((at(0.0).parents, at(0.0).strangers), (1.0, 0.5));
        assert_eq!((at(1.25).parents, at(1.25).strangers), (0.0, 0.0));
    }

    proptest! {
        /// No rising function of the LRs costs less, the identity among them; and the share of parents rises from step to step.
        #[test]
        fn pooling_is_the_best_that_can_be(
            parents in prop::collection::vec(-30..60_i32, 1..30),
            strangers in prop::collection::vec(-60..30_i32, 1..30),
            slope in 0.0..3.0_f64,
            shift in -2.0..2.0_f64,
        ) {
            let scores = |of: &[i32]| of.iter().map(|&score| f64::from(score) / 10.0).collect::<Vec<_>>();
            let (parents, strangers) = (scores(&parents), scores(&strangers));
            let best = tally(&parents, &strangers).finish();
            let changed = |of: &[f64]| of.iter().map(|score| slope * score + shift).collect::<Vec<_>>();
            let other = tally(&changed(&parents), &changed(&strangers)).finish();
            prop_assert!(best.cllr_min.unwrap() <= best.cllr.unwrap() + 1e-12);
            prop_assert!(best.cllr_min.unwrap() <= other.cllr.unwrap() + 1e-12);
            prop_assert!(best.pav.windows(2).all(|two| two[0].log10_lr < two[1].log10_lr));
        }
    }
}
