//! A scan by the exclusion kernel: tile by tile, all queries over a tile; survivors get their exact score.

use super::{
    Candidates, Hit, TILE,
    bitmap::Tile,
    collect::Collected,
    exclusion::survivors,
    exclusion_plan::{Exclusion, PlannedQuery},
    survivors::TileSurvivors,
    watch::{Cancelled, Watch},
};
use crate::threads::EvenlyShared;
use rayon::prelude::*;
use std::ops::Range;

/// Queries that go over a few tiles before the next ones do: what a survivor needs of a query is then near.
const QUERIES_AT_ONCE: usize = 512;

/// Tiles that they go over, at most. What 100,000 queries ask for (32 MB) comes from far away, once for so many tiles.
const MOST_TILES_AT_ONCE: usize = 8;

/// Queries that share the making of a tile's bitmaps, at least.
const LEAST_QUERIES_IN_TASK: usize = 2048;

/// Tasks for each thread, so that all threads end at about the same time.
const TASKS_PER_THREAD: usize = 4;

/// Queries with a useful bound against all candidates.
pub(super) struct ExclusionScan<'scan> {
    pub(super) candidates: &'scan Candidates,
    pub(super) collected: &'scan [Collected<'scan>],
    pub(super) plan: &'scan Exclusion,
    /// The tiles to scan.
    pub(super) tiles: Range<usize>,
}

impl ExclusionScan<'_> {
    /// Scans the tiles.
    pub(super) fn run(&self, watch: &Watch) -> Result<(), Cancelled> {
        let queries = self.plan.queries.len();
        let tiles_at_once = (queries / QUERIES_AT_ONCE).clamp(1, MOST_TILES_AT_ONCE);
        let groups = self.tiles.len().div_ceil(tiles_at_once);
        let parts = (TASKS_PER_THREAD * rayon::current_num_threads()).div_ceil(groups.max(1));
        let queries_in_task = queries.div_ceil(parts).max(LEAST_QUERIES_IN_TASK);
        let parts = queries.div_ceil(queries_in_task);
        (0..groups * parts).into_par_iter().evenly_shared().try_for_each_init(Vec::new, |ready, task| {
            let (first, part) = (self.tiles.start + task / parts * tiles_at_once, task % parts);
            let tiles = first..(first + tiles_at_once).min(self.tiles.end);
            let queries = part * queries_in_task..((part + 1) * queries_in_task).min(queries);
            self.work(tiles, queries, ready, watch)
        })
    }

    /// How many pairs the counts leave: the kernel's work alone.
    pub(super) fn count(plan: &Exclusion, candidates: &Candidates) -> u64 {
        let tasks = (0..candidates.tiles()).into_par_iter();
        let counted = tasks.map_init(Tile::default, |ready, tile| {
            plan.index.fill(candidates, tile, ready);
            let mut left = 0;
            survivors(plan.build, ready.rows(), &plan.counts, 0..plan.queries.len(), |_, _, words| {
                left += words.iter().map(|bits| u64::from(bits.count_ones())).sum::<u64>();
            });
            left
        });
        counted.sum()
    }

    /// One task: some queries over a few tiles.
    fn work(
        &self,
        tiles: Range<usize>,
        queries: Range<usize>,
        ready: &mut Vec<Tile>,
        watch: &Watch,
    ) -> Result<(), Cancelled> {
        ready.resize(tiles.len(), Tile::default());
        for (number, tile) in tiles.clone().zip(ready.iter_mut()) {
            self.plan.index.fill(self.candidates, number, tile);
        }
        let people: usize = tiles.clone().map(|tile| self.candidates.tile_len(tile)).sum();
        let mut found = TileSurvivors::default();
        for first in queries.clone().step_by(QUERIES_AT_ONCE) {
            watch.check()?;
            let queries = first..(first + QUERIES_AT_ONCE).min(queries.end);
            for (number, tile) in tiles.clone().zip(ready.iter()) {
                found.clear();
                survivors(self.plan.build, tile.rows(), &self.plan.counts, queries.clone(), |query, first, words| {
                    found.add(query as u32, first, words);
                });
                self.plan.penalties.look_at(&found, &tile.held, |survivor| {
                    self.score(number * TILE + survivor.at as usize, &self.plan.queries[survivor.query as usize]);
                });
            }
            watch.advance((queries.len() * people) as u64);
        }
        Ok(())
    }

    /// One survivor whose penalties leave it a chance.
    fn score(&self, position: usize, planned: &PlannedQuery) {
        let code = |locus| self.candidates.code(position, locus);
        let collected = &self.collected[planned.query as usize];
        let score = collected.query.score(code);
        if score >= planned.threshold && !collected.excludes(position) {
            let hit = Hit { member: self.candidates.members()[position], score };
            collected.answer().count(hit, planned.offset);
        }
    }
}
