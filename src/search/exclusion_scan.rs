//! A scan by the exclusion kernel: tile by tile, all queries over a tile; survivors get their exact score.

use super::{
    Candidates, Hit, TILE,
    bitmap::Row,
    collect::Collected,
    exclusion::survivors,
    exclusion_plan::{Exclusion, PlannedQuery},
    penalty::Line,
    scan::{Cancelled, Watch},
};
use rayon::prelude::*;
use std::ops::Range;

/// Queries that go over a few tiles before the next ones do: what a survivor needs of a query is then near.
const QUERIES_AT_ONCE: usize = 512;

/// Tiles that they go over.
const TILES_AT_ONCE: usize = 8;

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
        let groups = self.tiles.len().div_ceil(TILES_AT_ONCE);
        let queries = self.plan.queries.len();
        let parts = (TASKS_PER_THREAD * rayon::current_num_threads()).div_ceil(groups.max(1));
        let queries_in_task = queries.div_ceil(parts).max(LEAST_QUERIES_IN_TASK);
        let parts = queries.div_ceil(queries_in_task);
        (0..groups * parts).into_par_iter().try_for_each_init(Vec::new, |rows, task| {
            let (first, part) = (self.tiles.start + task / parts * TILES_AT_ONCE, task % parts);
            let tiles = first..(first + TILES_AT_ONCE).min(self.tiles.end);
            let queries = part * queries_in_task..((part + 1) * queries_in_task).min(queries);
            self.work(tiles, queries, rows, watch)
        })
    }

    /// How many pairs the counts leave: the kernel's work alone.
    pub(super) fn count(plan: &Exclusion, candidates: &Candidates) -> u64 {
        let tasks = (0..candidates.tiles()).into_par_iter();
        let counted = tasks.map_init(Vec::new, |rows, tile| {
            plan.index.fill(candidates, tile, rows);
            let mut left = 0;
            survivors(plan.build, rows, &plan.counts, 0..plan.queries.len(), |_, row| {
                left += row.ones().count() as u64
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
        rows: &mut Vec<Vec<Row>>,
        watch: &Watch,
    ) -> Result<(), Cancelled> {
        rows.resize(tiles.len(), Vec::new());
        for (tile, rows) in tiles.clone().zip(rows.iter_mut()) {
            self.plan.index.fill(self.candidates, tile, rows);
        }
        let people: usize = tiles.clone().map(|tile| self.candidates.tile_len(tile)).sum();
        let (mut found, mut lines) = (Vec::new(), Vec::new());
        for first in queries.clone().step_by(QUERIES_AT_ONCE) {
            watch.check()?;
            let queries = first..(first + QUERIES_AT_ONCE).min(queries.end);
            for (tile, rows) in tiles.clone().zip(rows.iter()) {
                survivors(self.plan.build, rows, &self.plan.counts, queries.clone(), |query, row| {
                    found.extend(row.ones().map(|at| (query as u32, (tile * TILE + at) as u32)));
                });
            }
            self.look_at(&found, &mut lines);
            found.clear();
            watch.advance((queries.len() * people) as u64);
        }
        Ok(())
    }

    /// Survivors: a query's number in the plan, a candidate's position.
    fn look_at(&self, found: &[(u32, u32)], lines: &mut Vec<Line>) {
        let penalties = &self.plan.penalties;
        // Fetched for all before any is looked at: one need not wait for another's memory.
        lines.clear();
        for &(query, _) in found {
            penalties.lines(query as usize).iter().for_each(|line| lines.push(*line));
        }
        for (&(query, position), lines) in found.iter().zip(lines.chunks(penalties.width().max(1))) {
            let code = |locus| self.candidates.code(position as usize, locus);
            if penalties.sum(lines, code) <= penalties.most(query as usize) {
                self.score(position as usize, &self.plan.queries[query as usize]);
            }
        }
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
