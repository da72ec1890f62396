//! How a scan is to be done: by look-up, or by exclusion where a bound and the numbers make that cheaper.
//!
//! The look-up kernel costs the same for every pair. The exclusion kernel costs the making of bitmaps, once a tile
//! however many queries there are, then a fiftieth of a look-up for a pair, then a full look at every survivor. So each
//! query takes the cheaper kernel, and the bitmaps are made where the queries save more than they cost. The constants
//! were measured (see `benches/README.md`); they decide how long a scan takes, never what it finds.

use super::{
    Candidates, Coverage, Features, Query, Wanted,
    exclusion::Build,
    exclusion_plan::Exclusion,
    exclusion_scan::ExclusionScan,
    prospect::{Prospect, cost, prospects},
};
use serde::Serialize;

/// Candidates that make it worth while to learn a threshold from the first of them.
const LEAST_FOR_BEST_SO_FAR: usize = 20_000;

/// How a scan is to be done. It never changes a hit, and serves any candidates with the same dictionaries.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) work: Work,
    summary: PlanSummary,
}

/// The plan in words and numbers, for the run's manifest.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PlanSummary {
    /// The kernel or kernels that do the work.
    pub kernel: &'static str,
    /// The instruction set of the exclusion kernel, where it is used.
    pub build: Option<&'static str>,
    /// Why.
    pub reason: &'static str,
    /// Queries answered by looking up every candidate (0 where the plan was made without knowing the queries).
    pub queries_looked_up: usize,
    /// Queries answered by exclusion.
    pub queries_excluding: usize,
    /// Queries that need no scan, since even the best conceivable candidate misses the threshold.
    pub queries_without_a_chance: usize,
    /// Least and greatest number of low loci with which a candidate can still reach the threshold, over the queries
    /// answered by exclusion.
    pub allowed_low_loci: Option<(usize, usize)>,
    /// Expected share of pairs that the count of low loci alone cannot drop.
    pub expected_survivors: Option<f64>,
    /// Predicted core seconds of this plan.
    pub predicted_seconds: Option<f64>,
    /// Predicted core seconds with every pair looked up.
    pub predicted_seconds_by_look_up: Option<f64>,
}

#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Every query is looked up; totals run over these candidates.
    LookUp(Coverage),
    /// Some queries are answered by exclusion. With what the plan was made for: number of queries, the sizes of the
    /// candidates' dictionaries, and what is wanted.
    Exclusion(Box<Exclusion>, (usize, Vec<usize>, Wanted)),
    /// Only the best are wanted, whatever their scores: the best so far bound the rest.
    BestSoFar(Features),
}

impl Plan {
    /// Every pair is looked up; totals run over all candidates.
    pub fn lookup() -> Self {
        Self::looked_up(0, "asked for", None)
    }

    /// The cheapest plan for these queries and candidates.
    ///
    /// With `needs_total` every pair is looked up, since the total runs over all candidates. Otherwise, with a
    /// threshold, totals run over the candidates at or above the threshold, whichever kernel a query takes; without one,
    /// and where the best so far bound the rest, over the hits.
    ///
    /// # Panics
    /// Rows or features that do not fit the candidates: a broken invariant.
    pub fn choose(
        queries: &[Query],
        candidates: &Candidates,
        wanted: &Wanted,
        features: Option<&Features>,
        needs_total: bool,
    ) -> Self {
        if needs_total {
            return Self::looked_up(queries.len(), "the total over all candidates is wanted", None);
        }
        let Some(features) = features else {
            let plan = Self::looked_up(queries.len(), "no features to exclude by", None);
            return if wanted.threshold.is_some() { plan.at_or_above_threshold() } else { plan };
        };
        let sizes = features.loci.iter().map(Vec::len);
        assert!(sizes.eq(candidates.dictionary_sizes().iter().copied()), "features of every code of every locus");
        let Some(threshold) = wanted.threshold else {
            return Self::best_so_far(queries, candidates, wanted, features);
        };
        let prospects = prospects(queries, candidates, features, &vec![threshold; queries.len()]);
        let look_up_cost = prospects.iter().map(|prospect| prospect.look_up_cost).sum::<f64>();
        let saved: f64 = prospects.iter().map(Prospect::saves).sum();
        let bitmap_cost = candidates.len() as f64 * candidates.loci() as f64 * cost::BITMAP;
        if saved <= bitmap_cost {
            let reason = "bitmaps would cost more than they save";
            return Self::looked_up(queries.len(), reason, Some(look_up_cost)).at_or_above_threshold();
        }
        Self::excluding(queries, candidates, wanted, features, &prospects, look_up_cost + bitmap_cost - saved)
            .unwrap_or_else(|| {
                let reason = "more features or rows than there are numbers for";
                Self::looked_up(queries.len(), reason, Some(look_up_cost)).at_or_above_threshold()
            })
    }

    /// Exclusion for every query that has a bound at all, to test it where it does not pay.
    #[cfg(test)]
    pub(super) fn excluding_regardless_of_cost(
        queries: &[Query],
        candidates: &Candidates,
        wanted: &Wanted,
        features: &Features,
    ) -> Option<Self> {
        let mut prospects = prospects(queries, candidates, features, &vec![wanted.threshold?; queries.len()]);
        for prospect in &mut prospects {
            prospect.look_up_cost = f64::MAX;
        }
        Self::excluding(queries, candidates, wanted, features, &prospects, 0.0)
    }

    /// Without a threshold: exclusion by the best so far, where there are enough candidates to look at some first.
    fn best_so_far(queries: &[Query], candidates: &Candidates, wanted: &Wanted, features: &Features) -> Self {
        if candidates.len() < LEAST_FOR_BEST_SO_FAR || wanted.top > candidates.len() / 100 {
            return Self::looked_up(queries.len(), "no threshold, and too few candidates to learn one", None);
        }
        let mut plan = Self::looked_up(0, "no threshold: the best so far bound the rest, at each stage by cost", None);
        plan.work = Work::BestSoFar(features.clone());
        plan.summary.kernel = "look-up, then exclusion";
        plan
    }

    /// The same plan without processor-specific exclusion kernels: for comparison.
    pub fn portable(mut self) -> Self {
        if let Work::Exclusion(exclusion, _) = &mut self.work {
            exclusion.build = Build::Portable;
            self.summary.build = Some(Build::Portable.name());
        }
        self
    }

    /// How many pairs the counts of the exclusion kernel leave of those that it is to look at; `None` without it. This is
    /// the kernel's work alone: what a scan takes beside it is the survivors.
    ///
    /// # Panics
    /// A plan for other candidates: a broken invariant.
    pub fn pairs_left(&self, candidates: &Candidates) -> Option<u64> {
        let Work::Exclusion(exclusion, (_, sizes, _)) = &self.work else { return None };
        assert_eq!(sizes, candidates.dictionary_sizes(), "a plan for other candidates");
        Some(ExclusionScan::count(exclusion, candidates))
    }

    /// What is written in the manifest.
    pub fn summary(&self) -> &PlanSummary {
        &self.summary
    }

    fn looked_up(queries: usize, reason: &'static str, cost: Option<f64>) -> Self {
        let summary = PlanSummary {
            kernel: "look-up",
            build: None,
            reason,
            queries_looked_up: queries,
            queries_excluding: 0,
            queries_without_a_chance: 0,
            allowed_low_loci: None,
            expected_survivors: None,
            predicted_seconds: cost.map(|cost| cost * 1e-9),
            predicted_seconds_by_look_up: cost.map(|cost| cost * 1e-9),
        };
        Self { work: Work::LookUp(Coverage::All), summary }
    }

    /// The plan with totals over the candidates at or above the threshold alone, as exclusion has them.
    fn at_or_above_threshold(mut self) -> Self {
        if let Work::LookUp(covers) = &mut self.work {
            *covers = Coverage::AtOrAboveThreshold;
        }
        self
    }

    fn excluding(
        queries: &[Query],
        candidates: &Candidates,
        wanted: &Wanted,
        features: &Features,
        prospects: &[Prospect],
        cost: f64,
    ) -> Option<Self> {
        let thresholds = vec![wanted.threshold?; queries.len()];
        let exclusion = Exclusion::new(candidates, features, prospects, &thresholds)?;
        let chosen: Vec<_> = prospects.iter().filter(|prospect| prospect.excludes()).collect();
        let budgets = || chosen.iter().map(|prospect| prospect.budget);
        let survivors: f64 = chosen.iter().map(|prospect| prospect.survivors).sum();
        let look_up_cost: f64 = prospects.iter().map(|prospect| prospect.look_up_cost).sum();
        let summary = PlanSummary {
            kernel: if exclusion.look_up.is_empty() { "exclusion" } else { "exclusion and look-up" },
            build: Some(Build::best().name()),
            reason: "cheapest by the cost model",
            queries_looked_up: exclusion.look_up.len(),
            queries_excluding: exclusion.queries.len(),
            queries_without_a_chance: prospects.iter().filter(|prospect| prospect.hopeless).count(),
            allowed_low_loci: budgets().min().zip(budgets().max()),
            expected_survivors: Some(survivors / chosen.len().max(1) as f64),
            predicted_seconds: Some(cost * 1e-9),
            predicted_seconds_by_look_up: Some(look_up_cost * 1e-9),
        };
        let made_for = (queries.len(), candidates.dictionary_sizes().to_vec(), *wanted);
        Some(Self { work: Work::Exclusion(Box::new(exclusion), made_for), summary })
    }
}
