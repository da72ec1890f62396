//! Scans whose queries or candidates are more than memory holds at once: queries in batches, candidates in parts that are put
//! together ([`ScanPart`]), as those of several machines are.

use super::evidence::EvidenceColumn;
use super::{Case, MatchError};
use crate::search::{
    Candidates, CodeFeatures, Composition, Plan, PlanSummary, Progress, Query, QueryResult, ScanPart, Wanted, scan_part,
};
use std::time::{Duration, Instant};

/// What is scanned, and for what.
pub(crate) struct Task<'a> {
    /// All candidates, ascending: the plan is made for them.
    pub list: &'a [u32],
    /// Those of them who are scanned, ascending.
    pub members: &'a [u32],
    /// Those of the list whom nobody is compared with, ascending.
    pub left_out: &'a [u32],
    /// What is reported.
    pub wanted: Wanted,
    /// Whether totals run over all candidates.
    pub needs_total: bool,
    /// What is known of the candidates beside the loci; the last rows of each query are these columns'.
    pub beside: Vec<&'a dyn EvidenceColumn>,
}

/// The outcome of a scan.
pub(crate) struct Scanned {
    /// One answer a query, in their order.
    pub part: ScanPart,
    /// What was reported.
    pub wanted: Wanted,
    /// How the list is scanned for the first queries.
    pub plan: Option<PlanSummary>,
    /// In how many parts the candidates came, and the queries.
    pub parts: (usize, usize),
    /// Time to make the queries and the plans.
    pub plan_time: Duration,
    /// Time to compare the pairs.
    pub scan_time: Duration,
}

impl Scanned {
    /// One result a query, in their order.
    pub fn results(self) -> Vec<QueryResult> {
        self.part.finish(&self.wanted)
    }
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
        features.loci.extend(task.beside.iter().map(|column| vec![CodeFeatures::Any; column.size()]));
        let composition = self.composition(task)?;
        let mut all: Option<ScanPart> = None;
        let (mut plan_time, mut scan_time, mut first_plan) = (Duration::ZERO, Duration::ZERO, None);
        for askers in askers.chunks(self.at_once.queries) {
            let started = Instant::now();
            let queries = queries_of(askers)?;
            let plan = Plan::choose(&queries, &composition, &task.wanted, Some(&features), task.needs_total);
            plan_time += started.elapsed();
            let mut found = ScanPart::of_nobody(queries.len(), plan.covers());
            for members in task.members.chunks(self.at_once.candidates) {
                let started = Instant::now();
                let mut candidates = self.candidates(members, &task.beside)?;
                candidates.leave_out(task.left_out);
                found.merge(scan_part(&queries, &candidates, &task.wanted, &plan, progress)?, &task.wanted);
                scan_time += started.elapsed();
            }
            first_plan.get_or_insert_with(|| plan.summary().clone());
            match &mut all {
                Some(all) => all.append(found),
                None => all = Some(found),
            }
        }
        let parts = (task.members.len().div_ceil(self.at_once.candidates), askers.len().div_ceil(self.at_once.queries));
        let part = all.unwrap_or_else(|| ScanPart::of_nobody(0, Plan::lookup().covers()));
        Ok(Scanned { part, wanted: task.wanted, plan: first_plan, parts, plan_time, scan_time })
    }

    /// What the whole list is made up of.
    fn composition(&self, task: &Task<'_>) -> Result<Composition, MatchError> {
        let looked_at = Composition::looked_at(task.list.len()).flat_map(|positions| &task.list[positions]);
        let looked_at: Vec<u32> = looked_at.copied().collect();
        Ok(Composition::of_sample(task.list.len(), &self.candidates(&looked_at, &task.beside)?))
    }

    /// These candidates (ascending), ready to be scanned.
    fn candidates(&self, members: &[u32], beside: &[&dyn EvidenceColumn]) -> Result<Candidates, MatchError> {
        let loci = &self.models.loci;
        let sizes: Vec<_> =
            self.dictionary_sizes().into_iter().chain(beside.iter().map(|column| column.size())).collect();
        if let Some(columns) = self.panel.columns() {
            let columns =
                loci.iter().map(|&locus| &columns[locus][..]).chain(beside.iter().map(|column| column.codes()));
            return Ok(Candidates::new(&columns.collect::<Vec<_>>(), &sizes, members.to_vec()));
        }
        let mut columns = self.panel.gather(members, loci)?;
        let of_members = |column: &&dyn EvidenceColumn| {
            let codes = column.codes();
            members.iter().map(|&member| codes[member as usize]).collect()
        };
        columns.extend(beside.iter().map(of_members));
        let columns: Vec<_> = columns.iter().map(Vec::as_slice).collect();
        Ok(Candidates::of_columns(&columns, &sizes, members.to_vec()))
    }
}
