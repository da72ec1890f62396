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

/// Queries between two looks at whether the scan was cancelled.
const QUERIES_AT_ONCE: usize = 2048;

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
        let tiles = self.tiles.len();
        let queries = self.plan.queries.len();
        let parts = (TASKS_PER_THREAD * rayon::current_num_threads()).div_ceil(tiles.max(1));
        let queries_in_task = queries.div_ceil(parts).max(LEAST_QUERIES_IN_TASK);
        let parts = queries.div_ceil(queries_in_task);
        (0..tiles * parts).into_par_iter().try_for_each_init(Vec::new, |rows, task| {
            let (tile, part) = (self.tiles.start + task / parts, task % parts);
            let queries = part * queries_in_task..((part + 1) * queries_in_task).min(queries);
            self.work(tile, queries, rows, watch)
        })
    }

    /// One task: some queries over one tile.
    fn work(&self, tile: usize, queries: Range<usize>, rows: &mut Vec<Row>, watch: &Watch) -> Result<(), Cancelled> {
        self.plan.index.fill(self.candidates, tile, rows);
        let (mut found, mut lines) = (Vec::new(), Vec::new());
        for first in queries.clone().step_by(QUERIES_AT_ONCE) {
            watch.check()?;
            let queries = first..(first + QUERIES_AT_ONCE).min(queries.end);
            let number = queries.len();
            survivors(self.plan.build, rows, &self.plan.counts, queries, |query, row| {
                found.extend(row.ones().map(|at| (query, at)));
            });
            self.look_at(tile, &found, &mut lines);
            found.clear();
            watch.advance((number * self.candidates.tile_len(tile)) as u64);
        }
        Ok(())
    }

    /// The survivors of one tile: a query's number in the plan, a candidate's in the tile.
    fn look_at(&self, tile: usize, found: &[(usize, usize)], lines: &mut Vec<Line>) {
        let penalties = &self.plan.penalties;
        // Fetched for all before any is looked at: one need not wait for another's memory.
        lines.clear();
        for &(query, _) in found {
            penalties.lines(query).iter().for_each(|line| lines.push(*line));
        }
        for (&(query, at), lines) in found.iter().zip(lines.chunks(penalties.width().max(1))) {
            let position = tile * TILE + at;
            let code = |locus| self.candidates.code(position, locus);
            if penalties.sum(lines, code) <= penalties.most(query) {
                self.score(position, &self.plan.queries[query]);
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
