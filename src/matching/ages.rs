//! Ages as evidence beside the loci, where the settings leave out candidates who were too young at the child's birth.
//!
//! A candidate's code is the earliest possible year of its birth; a child's row has minus infinity for the years that are too
//! late for its parent and 0 for all others. So a pair costs one look-up more and a child no list of candidates.

use super::Case;
use super::evidence::EvidenceColumn;
use crate::inheritance::Relationship;
use crate::profile::{Code, SampleIndex};
use crate::search::{Hit, QueryResult, Wanted};
use std::collections::HashMap;
use std::sync::Arc;

/// The candidates' earliest years of birth, and the rows of the children.
pub(super) struct Ages {
    /// By sample of the panel; 0 where no year is known.
    codes: Vec<Code>,
    /// By code, how many of the candidates have it.
    counts: Vec<u64>,
    /// By the child's latest year of birth, where it is known.
    rows: HashMap<Option<i16>, Arc<[f64]>>,
}

impl Ages {
    /// The years of these candidates and the rows of these children; nothing where ages leave out nobody, or there is nobody.
    /// Those `left_out` (ascending) are not counted.
    pub fn new(
        case: &Case<'_>,
        candidates: &[u32],
        left_out: &[u32],
        children: impl Iterator<Item = SampleIndex>,
    ) -> Option<Self> {
        if !case.leaves_out_by_age() || candidates.is_empty() {
            return None;
        }
        let earliest = |sample: u32| case.panel.birth_years(SampleIndex(sample)).map(|years| years.earliest);
        let mut years: Vec<i16> = candidates.iter().filter_map(|&candidate| earliest(candidate)).collect();
        years.sort_unstable();
        years.dedup();
        let mut codes = vec![0; case.panel.len()];
        let mut counts = vec![0; years.len() + 1];
        for &candidate in candidates {
            let code = earliest(candidate).map_or(0, |year| 1 + years.partition_point(|&other| other < year));
            codes[candidate as usize] = code as Code;
            counts[code] += u64::from(left_out.binary_search(&candidate).is_err());
        }
        let least_age = i32::from(case.settings.children.minimum_parent_age);
        let entry = |latest: Option<i16>, year: i16| match latest {
            Some(latest) if is_too_late(year, least_age, latest) => f64::NEG_INFINITY,
            _ => 0.0,
        };
        let row = |latest| std::iter::once(0.0).chain(years.iter().map(|&year| entry(latest, year))).collect();
        let latest = children.map(|child| case.latest_birth(child));
        let mut rows: HashMap<Option<i16>, Arc<[f64]>> = HashMap::new();
        latest.for_each(|latest| {
            rows.entry(latest).or_insert_with(|| row(latest));
        });
        Some(Self { codes, counts, rows })
    }

    /// How many of the candidates are too young for this child.
    fn too_young(&self, case: &Case<'_>, child: SampleIndex) -> u64 {
        let row = self.row_of(case, child).iter().zip(&self.counts);
        row.filter(|(entry, _)| **entry == f64::NEG_INFINITY).map(|(_, &count)| count).sum()
    }

    /// The result of a child's scan as if those who are too young had not been among the candidates, and their number.
    /// `excluded` (ascending) are the samples that were not compared with it anyway, `left_out` (ascending) those that are compared
    /// with nobody.
    pub fn leave_out(
        &self,
        case: &Case<'_>,
        child: SampleIndex,
        excluded: &[u32],
        (candidates, left_out): (&[u32], &[u32]),
        wanted: &Wanted,
        result: &mut QueryResult,
    ) -> u64 {
        let is_too_young = |&sample: &u32| case.is_too_young(child, SampleIndex(sample));
        let too_young = self.too_young(case, child);
        let is_compared =
            |sample: &u32| candidates.binary_search(sample).is_ok() && left_out.binary_search(sample).is_err();
        let anyway = excluded.iter().filter(|sample| is_compared(sample) && is_too_young(sample));
        result.compared -= too_young - anyway.count() as u64;
        if wanted.threshold.is_some() {
            return too_young;
        }
        result.at_or_above = result.compared;
        if result.hits.iter().any(|hit| is_too_young(&hit.member)) {
            // whoever is possible is among the hits: the others follow in their order
            let possible = result.hits.partition_point(|hit| hit.score > f64::NEG_INFINITY);
            result.hits.truncate(possible);
            let mut listed: Vec<u32> = result.hits.iter().map(|hit| hit.member).collect();
            listed.sort_unstable();
            let is_left_out = |member: &u32| {
                [&listed, excluded, left_out].iter().any(|others| others.binary_search(member).is_ok())
                    || is_too_young(member)
            };
            let impossible = candidates.iter().filter(|member| !is_left_out(member)).take(wanted.top - possible);
            result.hits.extend(impossible.map(|&member| Hit { member, score: f64::NEG_INFINITY }));
        }
        too_young
    }
}

impl EvidenceColumn for Ages {
    fn codes(&self) -> &[Code] {
        &self.codes
    }

    fn size(&self) -> usize {
        self.counts.len()
    }

    fn row_of(&self, case: &Case<'_>, child: SampleIndex) -> &Arc<[f64]> {
        &self.rows[&case.latest_birth(child)]
    }
}

/// Whether somebody born in `earliest` at the earliest was under so many years old in the year `latest`.
fn is_too_late(earliest: i16, least_age: i32, latest: i16) -> bool {
    i32::from(earliest) + least_age > i32::from(latest)
}

impl Case<'_> {
    /// Whether candidates who are too young are left out, not only flagged.
    pub(super) fn leaves_out_by_age(&self) -> bool {
        let is_parent = self.settings.search.relationship == Relationship::Parent;
        self.settings.children.exclude_impossible_ages && is_parent
    }

    /// Whether the candidate is not compared with the child because it is too young.
    pub(super) fn is_left_out_by_age(&self, child: SampleIndex, candidate: SampleIndex) -> bool {
        self.leaves_out_by_age() && self.is_too_young(child, candidate)
    }

    fn latest_birth(&self, child: SampleIndex) -> Option<i16> {
        self.panel.birth_years(child).map(|years| years.latest)
    }

    /// Whether somebody born in this year at the earliest was too young when the child was born, whatever its exact year.
    pub(super) fn is_born_too_late(&self, child: SampleIndex, earliest: i16) -> bool {
        let least_age = i32::from(self.settings.children.minimum_parent_age);
        self.latest_birth(child).is_some_and(|latest| is_too_late(earliest, least_age, latest))
    }

    /// Whether the candidate cannot have been of the least parental age when the child was born, whatever the exact years.
    pub fn is_too_young(&self, child: SampleIndex, candidate: SampleIndex) -> bool {
        self.panel.birth_years(candidate).is_some_and(|years| self.is_born_too_late(child, years.earliest))
    }
}
