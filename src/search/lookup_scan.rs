//! A scan by the look-up kernel, cut into tasks: a group of queries over a run of tiles.

use super::{
    Candidates, Coverage, Hit, TILE, Wanted,
    collect::{Collected, QueryAnswer},
    linear::LinearRows,
    lookup::{LANES, Lanes, Products, QueryGroup, STRETCH, digest},
    watch::{Cancelled, Watch},
};
use crate::threads::EvenlyShared;
use rayon::prelude::*;
use std::ops::Range;

/// Tiles in a task.
const TILES_IN_RUN: usize = 16;

/// Candidates of one task. Sums are rounded a task at a time, so that parts of whole tasks give the same sums as the whole.
pub const PART: usize = TILES_IN_RUN * TILE;

/// Queries against all candidates, every pair looked up.
pub(super) struct LookUpScan<'scan> {
    pub(super) candidates: &'scan Candidates,
    pub(super) wanted: &'scan Wanted,
    pub(super) covers: Coverage,
    pub(super) collected: &'scan [Collected<'scan>],
    pub(super) linear: LinearRows,
    /// Which of the queries to scan, as indices into `collected`; the rows in `linear` are in the order of this list.
    pub(super) which: &'scan [u32],
    /// The tiles to scan.
    pub(super) tiles: Range<usize>,
}

/// The part of a query's answer that one task works out.
struct Lane<'scan> {
    collected: &'scan Collected<'scan>,
    /// Position in the list of queries to scan.
    at: usize,
    answer: QueryAnswer,
    sum: f64,
    /// Products from this one on are to be looked at: they may be at or above the threshold.
    look: f64,
    /// Products from this one on are at or above the threshold for certain.
    certain: f64,
    /// Products below this one cannot be among the best.
    rank: f64,
}

impl<'scan> LookUpScan<'scan> {
    /// Scans the tiles.
    pub(super) fn run(&self, watch: &Watch) -> Result<(), Cancelled> {
        let runs = self.tiles.len().div_ceil(TILES_IN_RUN);
        let groups = self.which.len().div_ceil(LANES);
        (0..groups * runs)
            .into_par_iter()
            .evenly_shared()
            .try_for_each(|task| self.work(task / runs, task % runs, watch))
    }

    /// One task: one group of queries over one run of tiles.
    fn work(&self, group: usize, run: usize, watch: &Watch) -> Result<(), Cancelled> {
        let queries = group * LANES..(group * LANES + LANES).min(self.which.len());
        let mut lanes: Vec<_> = queries.clone().map(|query| self.lane(query)).collect();
        let tables = QueryGroup::new(&self.linear, queries, self.candidates);
        let mut products: Box<Products> = Box::new([Lanes([0.0; LANES]); STRETCH]);
        let first = (self.tiles.start + run * TILES_IN_RUN) * TILE;
        let end = (first + PART).min(self.tiles.end * TILE).min(self.candidates.len());
        for start in (first..end).step_by(STRETCH) {
            let length = (end - start).min(STRETCH);
            watch.check()?;
            tables.products(start, &mut products);
            for (at, lane) in lanes.iter().enumerate() {
                for position in lane.collected.excluded_in(start..start + length) {
                    products[position - start].0[at] = 0.0;
                }
            }
            let digest = digest(&products[..length]);
            for (at, lane) in lanes.iter_mut().enumerate() {
                lane.sum += digest.sum.0[at];
                let look = if self.wanted.threshold.is_some() { lane.look } else { lane.rank };
                if digest.greatest.0[at] >= look {
                    self.look_for(start, look, products[..length].iter().map(|product| product.0[at]), lane);
                }
            }
            watch.advance((lanes.len() * length) as u64);
        }
        for mut lane in lanes {
            if self.covers == Coverage::All {
                lane.answer.sum.add(lane.sum);
            }
            lane.collected.answer().absorb(lane.answer);
        }
        Ok(())
    }

    fn lane(&self, at: usize) -> Lane<'scan> {
        let linear = self.linear.query(at);
        let (look, certain) = match self.wanted.threshold {
            Some(threshold) => (linear.least_product(threshold), linear.certain_product(threshold)),
            None => (0.0, 0.0),
        };
        let collected = &self.collected[self.which[at] as usize];
        let rank = linear.least_product(collected.answer().ranking.floor());
        Lane { collected, at, answer: QueryAnswer::new(self.wanted), sum: 0.0, look, certain, rank }
    }

    /// Finds among the candidates from position `start` on those whose product is `look` or more.
    fn look_for(&self, start: usize, look: f64, products: impl Iterator<Item = f64>, lane: &mut Lane) {
        for (position, product) in (start..).zip(products) {
            if product >= look && !lane.collected.excludes(position) {
                self.look_at(position, product, lane);
            }
        }
    }

    /// One candidate that may be at or above the threshold or among the best.
    fn look_at(&self, position: usize, product: f64, lane: &mut Lane) {
        if self.covers == Coverage::All && product < lane.rank && product >= lane.certain {
            lane.answer.at_or_above += 1;
            return;
        }
        let score = lane.collected.query.score(|locus| self.candidates.code(position, locus));
        if self.wanted.threshold.is_some_and(|threshold| score < threshold) {
            return;
        }
        let hit = Hit { member: self.candidates.members()[position], score };
        let linear = self.linear.query(lane.at);
        if self.covers == Coverage::All {
            lane.answer.at_or_above += 1;
            lane.answer.ranking.offer(hit);
        } else {
            lane.answer.count(hit, linear.offset);
        }
        lane.rank = f64::max(lane.rank, linear.least_product(lane.answer.ranking.floor()));
    }
}
