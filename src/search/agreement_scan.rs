//! A scan by agreement: an index of combinations of codes for each set of groups of loci, then one look a candidate and set.

use super::{
    Candidates, Hit,
    agreement::AgreeingQueries,
    agreement_cut::{GroupSet, groups_in},
    collect::Collected,
    watch::{Cancelled, Watch},
};
use crate::profile::Code;
use crate::threads::EvenlyShared;
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::{collections::HashMap, hash::BuildHasher, ops::Range};

/// Tiles that one index is asked about before the next one.
const TILES_AT_ONCE: usize = 16;

/// Combinations that are listed at once, in all indices together: some 60 bytes each.
const LISTED_AT_ONCE: usize = 1 << 20;

/// Queries found by agreement against all candidates.
pub(super) struct AgreementScan<'scan> {
    pub(super) candidates: &'scan Candidates,
    pub(super) collected: &'scan [Collected<'scan>],
    pub(super) plan: &'scan AgreeingQueries,
    /// Candidates that score less are of no interest.
    pub(super) threshold: f64,
}

/// Which queries agree with a combination of codes at the loci of a set.
struct Index {
    set: GroupSet,
    /// One bit for every remainder of a combination's hash; those that no query has are the quickest to drop.
    filter: Vec<u64>,
    /// The queries of each combination, as a range of the list.
    ranges: HashMap<u64, Range<u32>, FixedState>,
    /// Numbers of queries in the plan.
    queries: Vec<u32>,
}

impl AgreementScan<'_> {
    /// Scans all tiles, for as many sets at a time as keeps the indices small.
    pub(super) fn run(&self, watch: &Watch) -> Result<(), Cancelled> {
        watch.check()?;
        let occurs = self.occurring_codes();
        let keys = self.plan.groups.par_iter().map(|loci| self.keys_of_queries(loci, &occurs)).collect::<Vec<_>>();
        let rounds = self.rounds(&keys);
        for (round, sets) in rounds.iter().enumerate() {
            let indices: Vec<_> = sets.par_iter().map(|&set| self.index(set, &keys)).collect();
            self.scan(&indices, (round, rounds.len()), watch)?;
        }
        Ok(())
    }

    /// The sets, in as few rounds as keep within [`LISTED_AT_ONCE`] (or one set is more by itself).
    fn rounds(&self, keys: &[Vec<Vec<u64>>]) -> Vec<Vec<GroupSet>> {
        let (mut rounds, mut listed) = (Vec::<Vec<GroupSet>>::new(), 0);
        for &set in &self.plan.sets {
            let of_query = |number: usize| groups_in(set).map(|group| keys[group][number].len()).product::<usize>();
            let of_set: usize = self.listed_in(set).map(of_query).sum();
            listed += of_set;
            match rounds.last_mut() {
                Some(round) if listed <= LISTED_AT_ONCE => round.push(set),
                _ => {
                    rounds.push(vec![set]);
                    listed = of_set;
                }
            }
        }
        rounds
    }

    /// The numbers of the queries that are listed in a set.
    fn listed_in(&self, set: GroupSet) -> impl Iterator<Item = usize> {
        let queries = self.plan.queries.iter().enumerate();
        queries.filter(move |(_, query)| set & !query.groups == 0).map(|(number, _)| number)
    }

    /// Looks all candidates up in these indices.
    fn scan(&self, indices: &[Index], (round, rounds): (usize, usize), watch: &Watch) -> Result<(), Cancelled> {
        let tiles = self.candidates.tiles();
        (0..tiles.div_ceil(TILES_AT_ONCE)).into_par_iter().evenly_shared().try_for_each_init(Vec::new, |keys, task| {
            watch.check()?;
            let (first, last) = (task * TILES_AT_ONCE, ((task + 1) * TILES_AT_ONCE).min(tiles) - 1);
            let positions = self.candidates.positions_of(first).start..self.candidates.positions_of(last).end;
            self.work(indices, positions.clone(), keys);
            let pairs = self.plan.queries.len() * positions.len();
            watch.advance((pairs * (round + 1) / rounds - pairs * round / rounds) as u64);
            Ok(())
        })
    }

    /// By locus and code, whether any candidate shows it.
    fn occurring_codes(&self) -> Vec<Vec<bool>> {
        let none = || self.candidates.dictionary_sizes().iter().map(|&size| vec![false; size]).collect::<Vec<_>>();
        let add = |mut occurs: Vec<Vec<bool>>, tile: usize| {
            for position in self.candidates.positions_of(tile) {
                for (locus, occurs) in occurs.iter_mut().enumerate() {
                    occurs[self.candidates.code(position, locus)] = true;
                }
            }
            occurs
        };
        let either = |mut one: Vec<Vec<bool>>, other: Vec<Vec<bool>>| {
            for (one, other) in one.iter_mut().flatten().zip(other.into_iter().flatten()) {
                *one |= other;
            }
            one
        };
        (0..self.candidates.tiles()).into_par_iter().fold(none, add).reduce(none, either)
    }

    /// For each query the combinations of its agreeing codes at these loci, of codes that occur.
    fn keys_of_queries(&self, loci: &[usize], occurs: &[Vec<bool>]) -> Vec<Vec<u64>> {
        let keys_of = |query| {
            let mut keys = vec![0];
            for &locus in loci {
                let size = self.candidates.dictionary_sizes()[locus] as u64;
                let codes = self.plan.agreeing(query, locus).iter().filter(|&&code| occurs[locus][usize::from(code)]);
                keys = codes.flat_map(|&code| extended(&keys, size, u64::from(code))).collect();
            }
            keys
        };
        self.plan.queries.iter().map(keys_of).collect()
    }

    fn index(&self, set: GroupSet, keys_by_group: &[Vec<Vec<u64>>]) -> Index {
        let mut listed: Vec<(u64, u32)> = Vec::new();
        for number in self.listed_in(set) {
            let mut keys = vec![0];
            for group in groups_in(set) {
                let (size, of_group) = (self.combinations(group), &keys_by_group[group][number]);
                keys = of_group.iter().flat_map(|&key| extended(&keys, size, key)).collect();
            }
            listed.extend(keys.into_iter().map(|key| (key, number as u32)));
        }
        Index::new(set, listed)
    }

    /// How many combinations of codes a group has (wrapping, as keys do).
    fn combinations(&self, group: usize) -> u64 {
        let sizes = self.plan.groups[group].iter().map(|&locus| self.candidates.dictionary_sizes()[locus] as u64);
        sizes.fold(1, u64::wrapping_mul)
    }

    /// Looks some candidates up in every index. `keys` is room for theirs.
    fn work(&self, indices: &[Index], positions: Range<usize>, keys: &mut Vec<u64>) {
        keys.clear();
        for loci in &self.plan.groups {
            let (first, rest) = loci.split_first().expect("no group is empty");
            keys.extend(positions.clone().map(|position| {
                let code = |&locus: &usize| self.candidates.code(position, locus) as u64;
                let size = |locus: &usize| self.candidates.dictionary_sizes()[*locus] as u64;
                rest.iter().fold(code(first), |key, locus| key.wrapping_mul(size(locus)).wrapping_add(code(locus)))
            }));
        }
        let by_group: Vec<&[u64]> = keys.chunks(positions.len()).collect();
        for index in indices {
            let groups: Vec<_> =
                groups_in(index.set).map(|group| (by_group[group], self.combinations(group))).collect();
            for (at, position) in positions.clone().enumerate() {
                let key =
                    groups.iter().fold(0, |key: u64, (keys, size)| key.wrapping_mul(*size).wrapping_add(keys[at]));
                index.queries_of(key).for_each(|number| self.look_at(position, number, index.set));
            }
        }
    }

    /// One candidate that was found in this set.
    fn look_at(&self, position: usize, number: usize, set: GroupSet) {
        let code = |locus| self.candidates.code(position, locus);
        if self.plan.set_that_counts(number, |locus| code(locus) as Code) != Some(set) {
            return;
        }
        let query = &self.plan.queries[number];
        let collected = &self.collected[query.query as usize];
        let score = collected.query.score(code);
        if score >= self.threshold && !collected.excludes(position) {
            let hit = Hit { member: self.candidates.members()[position], score };
            collected.answer().count(hit, query.offset);
        }
    }
}

impl Index {
    /// `listed` are the combinations of the queries, each with the number of its query.
    fn new(set: GroupSet, mut listed: Vec<(u64, u32)>) -> Self {
        listed.sort_unstable();
        listed.dedup();
        let mut ranges: HashMap<u64, Range<u32>, FixedState> = HashMap::default();
        let mut filter = vec![0; (listed.len() / 4).next_power_of_two()];
        for (&(key, _), at) in listed.iter().zip(0_u32..) {
            ranges.entry(key).or_insert(at..at).end = at + 1;
            let (word, bit) = place_in_filter(key, filter.len());
            filter[word] |= bit;
        }
        Self { set, filter, ranges, queries: listed.into_iter().map(|(_, query)| query).collect() }
    }

    fn queries_of(&self, key: u64) -> impl Iterator<Item = usize> {
        let (word, bit) = place_in_filter(key, self.filter.len());
        let may_be = self.filter[word] & bit != 0;
        let range = if may_be { self.ranges.get(&key).cloned() } else { None };
        range.into_iter().flatten().map(|at| self.queries[at as usize] as usize)
    }
}

/// The combinations with one more part, which has `size` values. Where a number outgrows its type two combinations may share one: what is
/// found by it is looked at in any case.
fn extended(keys: &[u64], size: u64, part: u64) -> impl Iterator<Item = u64> {
    keys.iter().map(move |key| key.wrapping_mul(size).wrapping_add(part))
}

/// The word and the bit of a combination in a filter of so many words (a power of 2).
fn place_in_filter(key: u64, words: usize) -> (usize, u64) {
    let hash = FixedState::default().hash_one(key);
    ((hash >> 6) as usize & (words - 1), 1 << (hash & 63))
}
