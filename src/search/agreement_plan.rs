//! Which queries are found by agreement, and by which cut of the loci.

use super::{
    Composition, Query,
    agreeing_row::AgreeingRow,
    agreement::AgreeingQueries,
    agreement_cut::{AgreementProspect, Cut, GroupSet, groups_in},
    bound::budget,
    envelope::BoundRows,
    exclusion::Build,
    prospect::cost,
};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The most combinations of agreeing codes that a query is listed under in one set.
const MOST_COMBINATIONS: f64 = 4096.0;

/// The most groups that the loci are cut into.
const MOST_GROUPS: usize = 16;

/// So many queries, evenly spaced, say how the loci are best cut.
const MOST_TO_CHOOSE_BY: usize = 1000;

/// The queries for which agreement is cheaper than what a query costs `otherwise` (nanoseconds), if that saves anything.
pub(super) fn choose(
    queries: &[Query],
    candidates: &Composition,
    threshold: f64,
    otherwise: f64,
) -> Option<AgreeingQueries> {
    let (rows, of_query) = distinct_rows(queries, &candidates.shares);
    let prospects: Vec<_> = of_query
        .into_par_iter()
        .filter_map(|(query, of)| AgreementProspect::new(query, of, &rows, threshold))
        .collect();
    let cut = best_cut(&prospects, &rows, candidates, otherwise)?;
    let (listed, saved) = listed(prospects.iter(), &rows, &cut, candidates, otherwise);
    let saved = saved - cut.cost_of_looks(candidates);
    let cost = listed.len() as f64 * otherwise - saved;
    (saved > 0.0).then(|| AgreeingQueries::new(candidates.loci(), cut, rows, listed, cost))
}

/// The cut that saves most, by some of the queries.
fn best_cut(
    prospects: &[AgreementProspect],
    rows: &[AgreeingRow],
    candidates: &Composition,
    otherwise: f64,
) -> Option<Cut> {
    let information = information(prospects, rows, candidates.loci());
    let budgets: BTreeSet<_> = prospects.iter().map(|prospect| prospect.budget).collect();
    let counts = budgets.into_iter().flat_map(|budget| [1, 2].map(|in_set| (budget + in_set, in_set)));
    let step = prospects.len().div_ceil(MOST_TO_CHOOSE_BY).max(1);
    let choices = counts.filter(|&(count, _)| count <= MOST_GROUPS.min(candidates.loci())).map(|(count, in_set)| {
        let cut = Cut { groups: groups(&information, count), in_set };
        let (_, saved) = listed(prospects.iter().step_by(step), rows, &cut, candidates, otherwise);
        (saved * step as f64 - cut.cost_of_looks(candidates), cut)
    });
    choices.max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, cut)| cut)
}

impl Cut {
    /// Nanoseconds of looking all candidates up in the index of every set.
    fn cost_of_looks(&self, candidates: &Composition) -> f64 {
        (self.sets().len() * candidates.len()) as f64 * cost::PROBE
    }
}

/// The distinct rows of the queries' first tables, and by query the row at each locus. Queries without a table are left out.
fn distinct_rows(queries: &[Query], shares: &[Vec<f64>]) -> (Vec<AgreeingRow>, Vec<(u32, Vec<u32>)>) {
    let mut distinct = BoundRows::default();
    let first_tables = (0_u32..).zip(queries).filter_map(|(at, query)| Some((at, query.tables.first()?)));
    let of_query = first_tables.map(|(query, table)| (query, distinct.of(table))).collect();
    let rows = distinct.rows.par_iter().map(|(locus, row)| AgreeingRow::new(row, &shares[*locus])).collect();
    (rows, of_query)
}

impl AgreementProspect {
    /// `None` where nobody can reach the threshold, or who does may be mismatching at too many loci.
    fn new(query: u32, of_query: Vec<u32>, rows: &[AgreeingRow], threshold: f64) -> Option<Self> {
        let of = || of_query.iter().map(|&row| &rows[row as usize]);
        let high = of().map(|row| row.high).sum();
        let mut gaps: Vec<f64> = of().map(|row| row.gap).filter(|&gap| gap > 0.0).collect();
        gaps.sort_by(f64::total_cmp);
        let budget = budget(high, gaps.iter().copied(), threshold)?;
        (budget < gaps.len().min(MOST_GROUPS)).then_some(Self { query, rows: of_query, budget })
    }

    fn rows_at<'a>(&'a self, rows: &'a [AgreeingRow], loci: &'a [usize]) -> impl Iterator<Item = &'a AgreeingRow> {
        loci.iter().map(|&locus| &rows[self.rows[locus] as usize])
    }

    /// The B + r groups within U that fewest agree with by chance, if there are as many.
    fn cheapest_groups(&self, rows: &[AgreeingRow], cut: &Cut) -> Option<GroupSet> {
        let share = |(group, loci): (usize, &Vec<usize>)| {
            let is_usable = self.rows_at(rows, loci).all(AgreeingRow::separates);
            is_usable.then(|| (self.rows_at(rows, loci).map(|row| row.share).product::<f64>(), group))
        };
        let mut usable: Vec<(f64, usize)> = cut.groups.iter().enumerate().filter_map(share).collect();
        usable.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        let enough = usable.get(..self.budget + cut.in_set)?;
        Some(enough.iter().fold(0, |groups, &(_, group)| groups | 1 << group))
    }

    /// Nanoseconds for a query that is listed in the index of a set; `None` where it would have too many combinations.
    fn cost_of_listing(&self, rows: &[AgreeingRow], cut: &Cut, set: GroupSet, candidates: &Composition) -> Option<f64> {
        let (mut combinations, mut listed, mut share) = (1.0, 1.0, 1.0);
        for row in groups_in(set).flat_map(|group| self.rows_at(rows, &cut.groups[group])) {
            combinations *= row.codes.len() as f64;
            listed *= row.seen as f64;
            share *= row.share;
        }
        let cost = listed * cost::COMBINATION + share * candidates.len() as f64 * cost::AGREEING;
        (combinations <= MOST_COMBINATIONS).then_some(cost)
    }
}

/// By locus −ln of the share that agrees, the mean over the queries (0 where a row separates nothing).
fn information(prospects: &[AgreementProspect], rows: &[AgreeingRow], loci: usize) -> Vec<f64> {
    let mut information = vec![0.0; loci];
    for prospect in prospects {
        for (sum, &row) in information.iter_mut().zip(&prospect.rows) {
            let row = &rows[row as usize];
            *sum += if row.separates() { -row.share.max(1e-6).ln() / prospects.len() as f64 } else { 0.0 };
        }
    }
    information
}

/// The loci cut into so many groups of about as much information each.
fn groups(information: &[f64], count: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..information.len()).collect();
    order.sort_by(|&left, &right| information[right].total_cmp(&information[left]).then(left.cmp(&right)));
    let mut groups: Vec<(f64, Vec<usize>)> = vec![(0.0, Vec::new()); count];
    for locus in order {
        let poorest = groups.iter_mut().min_by(|left, right| left.0.total_cmp(&right.0));
        let (sum, loci) = poorest.expect("one group at least");
        *sum += information[locus];
        loci.push(locus);
    }
    groups.into_iter().map(|(_, loci)| loci).collect()
}

/// The queries that are found more cheaply by this cut, each with the groups that find it; and what that saves, looks apart.
fn listed<'p>(
    prospects: impl Iterator<Item = &'p AgreementProspect>,
    rows: &[AgreeingRow],
    cut: &Cut,
    candidates: &Composition,
    otherwise: f64,
) -> (Vec<(&'p AgreementProspect, GroupSet)>, f64) {
    let sets = cut.sets();
    let by_sets = |prospect: &'p AgreementProspect| {
        let groups = prospect.cheapest_groups(rows, cut)?;
        let mine = sets.iter().filter(|&&set| set & !groups == 0);
        let costs = mine.map(|&set| prospect.cost_of_listing(rows, cut, set, candidates));
        let saved = otherwise - costs.sum::<Option<f64>>()?;
        (saved > 0.0).then_some((prospect, groups, saved))
    };
    let found: Vec<_> = prospects.collect::<Vec<_>>().into_par_iter().filter_map(by_sets).collect();
    let saved: f64 = found.iter().map(|(_, _, saved)| saved).sum();
    (found.into_iter().map(|(prospect, groups, _)| (prospect, groups)).collect(), saved)
}

/// What a query costs at least, in nanoseconds, by a kernel that goes through all candidates.
pub(super) fn cost_otherwise(candidates: &Composition) -> f64 {
    let exclusion = 2.0 * candidates.tiles() as f64 * cost::count(Build::best());
    exclusion.min((candidates.len() * candidates.loci()) as f64 * cost::LOOK_UP)
}
