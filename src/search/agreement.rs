//! Queries with which few candidates agree: found by what they share in full, not by what they lack.
//!
//! Where identity is asked for, hardly any code of a locus is worth much: the query's own, and one that says nothing. Let A(l) be
//! such a set of *agreeing* codes, all others being mismatching. The claim of [`super::bound`] holds for any choice of what is mismatching, so
//! there is a budget B: whoever reaches the threshold has mismatching codes at no more than B loci of U, the loci whose rows
//! separate anything.
//!
//! Cut the loci into groups, take B + r of those that lie within U. B mismatching loci lie in B of these at most, so a candidate that
//! reaches the threshold has no mismatching code in at least r of them: in at least one union of r, a *set*, it shows one of the Π |A(l)|
//! combinations of agreeing codes. So an index of these combinations for every set finds it, by one look a candidate and set, however
//! many queries there are. What is found is counted once, and scored exactly where its mismatching loci are not too many. With r = 2 there are
//! more sets to look at than with r = 1, but so much larger ones that hardly anybody is found by chance. (Signatures in tables,
//! as for near-duplicate texts: Manku et al. 2007, doi 10.1145/1242572.1242592.)

use super::{
    agreeing_row::AgreeingRow,
    agreement_cut::{AgreementProspect, Cut, GroupSet},
    linear,
};
use crate::profile::Code;

/// The queries that an index finds the candidates of.
#[derive(Clone, Debug)]
pub(super) struct AgreeingQueries {
    /// The loci of each group.
    pub(super) groups: Vec<Vec<usize>>,
    /// The sets that are indexed.
    pub(super) sets: Vec<GroupSet>,
    groups_in_set: usize,
    pub(super) queries: Vec<AgreeingQuery>,
    /// By locus, the group that it is in.
    group_of: Vec<GroupSet>,
    /// Every distinct row of these queries.
    rows: Vec<AgreeingRow>,
    /// The first two agreeing codes (or twice the only one) of every query at every locus.
    first_codes: Vec<[Code; 2]>,
    /// Nanoseconds of one core that it is expected to take.
    pub(super) cost: f64,
}

/// A query, by the first of its tables.
#[derive(Clone, Debug)]
pub(super) struct AgreeingQuery {
    /// Index of the query.
    pub(super) query: u32,
    /// Scale of the terms of the sum, log10.
    pub(super) offset: f64,
    /// The groups by which it is listed, B + r.
    pub(super) groups: GroupSet,
    budget: usize,
    /// Its row at each locus.
    rows: Vec<u32>,
    /// Whether the first two agreeing codes are all at every locus.
    has_two_codes: bool,
}

impl AgreeingQueries {
    /// The listed queries, each with the groups that find it, by a cut; `cost` is what that is expected to take, in nanoseconds.
    pub(super) fn new(
        loci: usize,
        cut: Cut,
        rows: Vec<AgreeingRow>,
        listed: Vec<(&AgreementProspect, GroupSet)>,
        cost: f64,
    ) -> Self {
        let (queries, first_codes) = (Vec::with_capacity(listed.len()), Vec::with_capacity(listed.len() * loci));
        let mut agreement = Self {
            sets: cut.sets(),
            groups_in_set: cut.in_set,
            groups: cut.groups,
            group_of: vec![0; loci],
            queries,
            first_codes,
            rows,
            cost,
        };
        for (group, loci) in agreement.groups.iter().enumerate() {
            loci.iter().for_each(|&locus| agreement.group_of[locus] = 1 << group);
        }
        listed.into_iter().for_each(|(prospect, groups)| agreement.add(prospect, groups));
        agreement
    }

    fn add(&mut self, prospect: &AgreementProspect, groups: GroupSet) {
        let rows = || prospect.rows.iter().map(|&row| &self.rows[row as usize]);
        let has_two_codes = rows().all(|row| row.separates() && row.codes.len() <= 2);
        let offset = linear::offset(rows().map(|row| row.high));
        let first_codes: Vec<_> = rows().map(AgreeingRow::first_codes).collect();
        self.first_codes.extend(first_codes);
        let (query, budget, rows) = (prospect.query, prospect.budget, prospect.rows.clone());
        self.queries.push(AgreeingQuery { query, offset, groups, budget, rows, has_two_codes });
    }

    /// The set in which a candidate with these codes counts as found by a query (by number): the first groups in which it has no
    /// mismatching code. `None` where it has mismatching codes at too many loci.
    pub(super) fn set_that_counts(&self, number: usize, code: impl Fn(usize) -> Code) -> Option<GroupSet> {
        let query = &self.queries[number];
        let loci = self.group_of.len();
        let first_codes = &self.first_codes[number * loci..(number + 1) * loci];
        let (mut mismatches, mut mismatching_groups) = (0, 0);
        for (locus, [one, other]) in first_codes.iter().enumerate() {
            let code = code(locus);
            let agrees = code == *one || code == *other;
            if !agrees && (query.has_two_codes || self.rows[query.rows[locus] as usize].is_mismatch(code)) {
                mismatches += 1;
                mismatching_groups |= self.group_of[locus];
                if mismatches > query.budget {
                    return None;
                }
            }
        }
        let mut agreeing = query.groups & !mismatching_groups;
        let mut set = 0;
        for _ in 0..self.groups_in_set {
            let first = agreeing & agreeing.wrapping_neg();
            (set, agreeing) = (set | first, agreeing & !first);
        }
        Some(set)
    }

    /// A(l) of a query.
    pub(super) fn agreeing(&self, query: &AgreeingQuery, locus: usize) -> &[Code] {
        &self.rows[query.rows[locus] as usize].codes
    }
}
