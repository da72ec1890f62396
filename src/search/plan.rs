//! How a scan is to be done: by look-up, or by exclusion or agreement where a bound and the numbers make that cheaper.
//!
//! The look-up kernel costs the same for every pair. The exclusion kernel costs the making of bitmaps, once a tile
//! however many queries there are, then a fiftieth of a look-up for a pair, then a full look at every survivor. Agreement costs
//! some looks a candidate, however many queries there are, then a full look at every pair that agrees. So each
//! query takes the cheapest kernel, and bitmaps and looks are made where the queries save more than they cost. The constants
//! were measured (see `benches/README.md`); they decide how long a scan takes, never what it finds.

use super::{
    Candidates, Composition, Coverage, Features, Query, Wanted,
    agreement::AgreeingQueries,
    agreement_plan::{self, cost_otherwise},
    exclusion::Build,
    exclusion_plan::Exclusion,
    exclusion_scan::ExclusionScan,
    prospect::{Prospect, cost, cost_of_look_up, prospects},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Candidates that make it worth while to learn a threshold from the first of them.
const LEAST_FOR_BEST_SO_FAR: usize = 20_000;

/// How a scan is to be done. It never changes a hit, and serves any candidates with the same dictionaries.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) work: QueryWork,
    summary: PlanSummary,
}

/// The plan in words and numbers, for the run's manifest.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlanSummary {
    /// The kernel or kernels that do the work.
    pub kernel: String,
    /// The instruction set of the exclusion kernel, where it is used.
    pub build: Option<Cow<'static, str>>,
    /// Why.
    pub reason: Cow<'static, str>,
    /// Queries answered by looking up every candidate (0 where the plan was made without knowing the queries).
    pub queries_looked_up: usize,
    /// Queries answered by agreement.
    pub queries_agreeing: usize,
    /// Queries answered by exclusion.
    pub queries_excluding: usize,
    /// Queries that need no scan, since even the best conceivable candidate misses the threshold.
    pub queries_without_a_chance: usize,
    /// Least and greatest number of mismatching loci with which a candidate can still reach the threshold, over the queries
    /// answered by exclusion.
    pub allowed_low_loci: Option<(usize, usize)>,
    /// Expected share of pairs that the count of mismatching loci alone cannot drop.
    pub expected_survivors: Option<f64>,
    /// Predicted core seconds of this plan.
    pub predicted_seconds: Option<f64>,
    /// Predicted core seconds with every pair looked up.
    pub predicted_seconds_by_look_up: Option<f64>,
}

#[derive(Clone, Debug)]
pub(super) enum QueryWork {
    /// Every query is looked up; totals run over these candidates.
    LookUp(Coverage),
    /// Some queries are answered by exclusion or agreement. With what the plan was made for: number of queries, the sizes
    /// of the candidates' dictionaries, and what is wanted.
    Split(Box<Split>, (usize, Vec<usize>, Wanted)),
    /// Only the best are wanted, whatever their scores: the best so far bound the rest.
    BestSoFar(Features),
}

/// Queries with a threshold, by the kernel that answers them.
#[derive(Clone, Debug)]
pub(super) struct Split {
    pub(super) agreement: Option<AgreeingQueries>,
    pub(super) exclusion: Option<Exclusion>,
    pub(super) look_up: Vec<u32>,
    /// How many need no scan.
    pub(super) unreachable: usize,
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
        candidates: &Composition,
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
        let otherwise = cost_otherwise(candidates);
        let agreement = agreement_plan::choose(queries, candidates, threshold, otherwise);
        let rest = rest_of(queries.len(), agreement.as_ref());
        let thresholds = vec![threshold; queries.len()];
        let prospects = prospects(&rest, queries, candidates, features, &thresholds);
        let saved: f64 = prospects.iter().map(Prospect::saves).sum();
        let bitmap_cost = candidates.len() as f64 * candidates.loci() as f64 * cost::BITMAP;
        let pays = saved > bitmap_cost;
        let look_up_cost = prospects.iter().map(|prospect| prospect.look_up_cost).sum::<f64>();
        let exclusion = pays.then(|| Exclusion::new(candidates.loci(), features, &prospects, &thresholds)).flatten();
        if agreement.is_none() && exclusion.is_none() {
            let reason = match pays {
                true => "more features or rows than there are numbers for",
                false => "bitmaps would cost more than they save",
            };
            return Self::looked_up(queries.len(), reason, Some(look_up_cost)).at_or_above_threshold();
        }
        let by_exclusion = if exclusion.is_some() { bitmap_cost - saved } else { 0.0 };
        let by_agreement = agreement.as_ref().map_or(0.0, |agreement| agreement.cost);
        let cost = by_agreement + look_up_cost + by_exclusion;
        let split = Split::new(agreement, exclusion, &prospects);
        Self::of(split, &prospects, queries, candidates, wanted, cost)
    }

    /// Exclusion for every query that has a bound at all, to test it where it does not pay.
    #[cfg(test)]
    pub(super) fn excluding_regardless_of_cost(
        queries: &[Query],
        candidates: &Composition,
        wanted: &Wanted,
        features: &Features,
    ) -> Option<Self> {
        let thresholds = vec![wanted.threshold?; queries.len()];
        let all = rest_of(queries.len(), None);
        let mut prospects = prospects(&all, queries, candidates, features, &thresholds);
        for prospect in &mut prospects {
            prospect.look_up_cost = f64::MAX;
        }
        let exclusion = Exclusion::new(candidates.loci(), features, &prospects, &thresholds)?;
        let split = Split::new(None, Some(exclusion), &prospects);
        Some(Self::of(split, &prospects, queries, candidates, wanted, 0.0))
    }

    /// Agreement for every query that has a bound for it, and look-up for the others, to test it where it does not pay.
    #[cfg(test)]
    pub(super) fn agreeing_regardless_of_cost(
        queries: &[Query],
        candidates: &Composition,
        wanted: &Wanted,
        features: &Features,
    ) -> Option<Self> {
        let thresholds = vec![wanted.threshold?; queries.len()];
        let agreement = agreement_plan::choose(queries, candidates, wanted.threshold?, 1e300)?;
        let rest = rest_of(queries.len(), Some(&agreement));
        let prospects = prospects(&rest, queries, candidates, features, &thresholds);
        let split = Split::new(Some(agreement), None, &prospects);
        Some(Self::of(split, &prospects, queries, candidates, wanted, 0.0))
    }

    /// Without a threshold: exclusion by the best so far, where there are enough candidates to look at some first.
    fn best_so_far(queries: &[Query], candidates: &Composition, wanted: &Wanted, features: &Features) -> Self {
        if candidates.len() < LEAST_FOR_BEST_SO_FAR || wanted.top > candidates.len() / 100 {
            return Self::looked_up(queries.len(), "no threshold, and too few candidates to learn one", None);
        }
        let mut plan = Self::looked_up(0, "no threshold: the best so far bound the rest, at each stage by cost", None);
        plan.work = QueryWork::BestSoFar(features.clone());
        plan.summary.kernel = "look-up, then exclusion".to_owned();
        plan
    }

    /// The same plan without processor-specific exclusion kernels: for comparison.
    pub fn portable(mut self) -> Self {
        if let QueryWork::Split(split, _) = &mut self.work
            && let Some(exclusion) = &mut split.exclusion
        {
            exclusion.build = Build::Portable;
            self.summary.build = Some(Build::Portable.name().into());
        }
        self
    }

    /// How many pairs the counts of the exclusion kernel leave of those that it is to look at; `None` without it. This is
    /// the kernel's work alone: what a scan takes beside it is the survivors.
    ///
    /// # Panics
    /// A plan for other candidates: a broken invariant.
    pub fn pairs_left(&self, candidates: &Candidates) -> Option<u64> {
        let QueryWork::Split(split, (_, sizes, _)) = &self.work else { return None };
        assert_eq!(sizes, candidates.dictionary_sizes(), "a plan for other candidates");
        Some(ExclusionScan::count(split.exclusion.as_ref()?, candidates))
    }

    /// Which candidates the totals of its scan run over.
    pub fn covers(&self) -> Coverage {
        match self.work {
            QueryWork::LookUp(covers) => covers,
            QueryWork::Split(..) => Coverage::AtOrAboveThreshold,
            QueryWork::BestSoFar(_) => Coverage::Hits,
        }
    }

    /// What is written in the manifest.
    pub fn summary(&self) -> &PlanSummary {
        &self.summary
    }

    fn looked_up(queries: usize, reason: &'static str, cost: Option<f64>) -> Self {
        let summary = PlanSummary {
            kernel: "look-up".to_owned(),
            build: None,
            reason: reason.into(),
            queries_looked_up: queries,
            queries_agreeing: 0,
            queries_excluding: 0,
            queries_without_a_chance: 0,
            allowed_low_loci: None,
            expected_survivors: None,
            predicted_seconds: cost.map(|cost| cost * 1e-9),
            predicted_seconds_by_look_up: cost.map(|cost| cost * 1e-9),
        };
        Self { work: QueryWork::LookUp(Coverage::All), summary }
    }

    /// The plan with totals over the candidates at or above the threshold alone, as exclusion has them.
    fn at_or_above_threshold(mut self) -> Self {
        if let QueryWork::LookUp(covers) = &mut self.work {
            *covers = Coverage::AtOrAboveThreshold;
        }
        self
    }

    /// The plan of a split, where `prospects` are those of the queries that agreement does not answer.
    fn of(
        split: Split,
        prospects: &[Prospect],
        queries: &[Query],
        candidates: &Composition,
        wanted: &Wanted,
        cost: f64,
    ) -> Self {
        let excluding = || prospects.iter().filter(|prospect| split.exclusion.is_some() && prospect.excludes());
        let budgets = || excluding().map(|prospect| prospect.budget);
        let queries_excluding = excluding().count();
        let survivors: f64 = excluding().map(|prospect| prospect.survivors).sum();
        let queries_agreeing = split.agreement.as_ref().map_or(0, |agreement| agreement.queries.len());
        let by_look_up: f64 = queries.iter().map(|query| cost_of_look_up(query.lines(), candidates)).sum();
        let kernels =
            [("agreement", queries_agreeing), ("exclusion", queries_excluding), ("look-up", split.look_up.len())];
        let used: Vec<_> = kernels.iter().filter(|(_, queries)| *queries > 0).map(|(kernel, _)| *kernel).collect();
        let summary = PlanSummary {
            kernel: used.join(" and "),
            build: split.exclusion.as_ref().map(|_| Build::best().name().into()),
            reason: "cheapest by the cost model".into(),
            queries_looked_up: split.look_up.len(),
            queries_agreeing,
            queries_excluding,
            queries_without_a_chance: split.unreachable,
            allowed_low_loci: budgets().min().zip(budgets().max()),
            expected_survivors: (queries_excluding > 0).then(|| survivors / queries_excluding as f64),
            predicted_seconds: Some(cost * 1e-9),
            predicted_seconds_by_look_up: Some(by_look_up * 1e-9),
        };
        let made_for = (queries.len(), candidates.dictionary_sizes().to_vec(), *wanted);
        Self { work: QueryWork::Split(Box::new(split), made_for), summary }
    }
}

impl Split {
    /// `prospects` are those of the queries that agreement does not answer; without exclusion these are looked up.
    pub(super) fn new(
        agreement: Option<AgreeingQueries>,
        exclusion: Option<Exclusion>,
        prospects: &[Prospect],
    ) -> Self {
        let is_looked_up = |prospect: &&Prospect| prospect.looks_up() || exclusion.is_none() && !prospect.unreachable;
        let look_up = prospects.iter().filter(is_looked_up).map(|prospect| prospect.query).collect();
        let unreachable = prospects.iter().filter(|prospect| prospect.unreachable).count();
        Self { agreement, exclusion, look_up, unreachable }
    }
}

/// The queries that agreement does not answer, of so many.
fn rest_of(queries: usize, agreement: Option<&AgreeingQueries>) -> Vec<u32> {
    let mut is_answered = vec![false; queries];
    for agreeing in agreement.iter().flat_map(|agreement| &agreement.queries) {
        is_answered[agreeing.query as usize] = true;
    }
    (0..queries as u32).filter(|&query| !is_answered[query as usize]).collect()
}
