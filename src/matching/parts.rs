//! Scans whose queries or candidates are more than memory holds at once: queries in batches, the candidates of each in parts.
//!
//! The results are those of one scan of all, bit by bit ([`PartwiseScan`]).

use super::ages::AgeColumn;
use super::{Case, MatchError};
use crate::search::{Candidates, CodeFeatures, PartwiseScan, Plan, PlanSummary, Progress, Query, QueryResult, Wanted};
use std::time::{Duration, Instant};

/// What is scanned, and for what.
pub(crate) struct Task<'a> {
    /// The candidates, ascending.
    pub members: &'a [u32],
    /// What is reported.
    pub wanted: Wanted,
    /// Whether totals run over all candidates.
    pub needs_total: bool,
    /// The candidates' ages, where they are a column beside the loci; the last row of each query is theirs.
    pub ages: Option<&'a AgeColumn>,
}

/// The outcome of a scan.
pub(crate) struct Scanned {
    /// One result a query, in their order.
    pub results: Vec<QueryResult>,
    /// How the first part was scanned for the first queries.
    pub plan: Option<PlanSummary>,
    /// In how many parts the candidates came, and the queries.
    pub parts: (usize, usize),
    /// Time to make the queries and the plans.
    pub plan_time: Duration,
    /// Time to compare the pairs.
    pub scan_time: Duration,
}

impl Case<'_> {
    /// Scans for the query of each of these askers.
    pub(crate) fn scan<T>(
        &self,
        task: &Task<'_>,
        askers: &[T],
        mut queries_of: impl FnMut(&[T]) -> Result<Vec<Query>, MatchError>,
        progress: &dyn Progress,
    ) -> Result<Scanned, MatchError> {
        let mut features = self.features();
        features.loci.extend(task.ages.map(|ages| vec![CodeFeatures::Any; ages.size()]));
        let mut scanned = Scanned {
            results: Vec::with_capacity(askers.len()),
            plan: None,
            parts: (task.members.len().div_ceil(self.at_once.candidates), askers.len().div_ceil(self.at_once.queries)),
            plan_time: Duration::ZERO,
            scan_time: Duration::ZERO,
        };
        for askers in askers.chunks(self.at_once.queries) {
            let mut started = Instant::now();
            let queries = queries_of(askers)?;
            let mut scan = PartwiseScan::new(&queries, &task.wanted);
            let mut plan: Option<Plan> = None;
            for members in task.members.chunks(self.at_once.candidates) {
                let part = self.candidates(members, task.ages)?;
                let plan = plan.get_or_insert_with(|| {
                    Plan::choose(&queries, &part, &task.wanted, Some(&features), task.needs_total)
                });
                scanned.plan.get_or_insert_with(|| plan.summary().clone());
                scanned.plan_time += started.elapsed();
                started = Instant::now();
                scan.scan(&part, plan, progress)?;
                scanned.scan_time += started.elapsed();
                started = Instant::now();
            }
            scanned.results.extend(scan.finish());
        }
        Ok(scanned)
    }

    /// These candidates (ascending), ready to be scanned.
    fn candidates(&self, members: &[u32], ages: Option<&AgeColumn>) -> Result<Candidates, MatchError> {
        let loci = &self.models.loci;
        let sizes: Vec<_> = self.dictionary_sizes().into_iter().chain(ages.map(AgeColumn::size)).collect();
        if let Some(columns) = self.panel.columns() {
            let columns = loci.iter().map(|&locus| &columns[locus][..]).chain(ages.map(AgeColumn::codes));
            return Ok(Candidates::new(&columns.collect::<Vec<_>>(), &sizes, members.to_vec()));
        }
        let mut columns = self.panel.gather(members, loci)?;
        columns.extend(ages.map(|ages| members.iter().map(|&member| ages.codes()[member as usize]).collect()));
        let columns: Vec<_> = columns.iter().map(Vec::as_slice).collect();
        Ok(Candidates::of_columns(&columns, &sizes, members.to_vec()))
    }
}
