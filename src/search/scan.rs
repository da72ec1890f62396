//! The scan: queries × candidates cut into tasks, each task a group of queries over a run of tiles.

use super::{
    Candidates, Coverage, Hit, LogSum, Plan, Query, QueryResult, TILE, Wanted,
    linear::LinearRows,
    lookup::{Group, LANES, Lanes, Products, digest},
    ranking::Ranking,
};
use rayon::prelude::*;
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// Whoever watches a scan and may stop it.
pub trait Progress: Sync {
    /// So many more pairs are done.
    fn advance(&self, pairs: u64);
    /// Whether the scan should stop; asked every few thousand pairs.
    fn cancelled(&self) -> bool;
}

/// Nobody watches.
pub struct NoProgress;

impl Progress for NoProgress {
    fn advance(&self, _pairs: u64) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// The scan was stopped by its [`Progress`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the search was cancelled")]
pub struct Cancelled;

/// Tiles in a task, at least; more only where there would be more than [`MOST_RUNS`] runs.
const TILES_IN_RUN: usize = 32;

/// Runs of tiles that the candidates are cut into, at most. What is kept for each query and run is one f64.
const MOST_RUNS: usize = 256;

/// Sums of products below this one may have lost terms by underflow (each under 1e-290).
const LEAST_SUM: f64 = 1e-100;

/// Every query against every candidate. Results are in the order of the queries.
///
/// The rows of every query have one row a locus of `candidates`, with one entry for each code of its dictionary.
///
/// # Errors
/// [`Cancelled`], within milliseconds of the request.
pub fn scan(
    queries: &[Query],
    candidates: &Candidates,
    wanted: &Wanted,
    _plan: &Plan,
    progress: &dyn Progress,
) -> Result<Vec<QueryResult>, Cancelled> {
    let scan = LookUpScan::new(queries, candidates, wanted, progress);
    let groups = queries.len().div_ceil(LANES);
    (0..groups * scan.runs).into_par_iter().for_each(|task| scan.work(task / scan.runs, task % scan.runs));
    if progress.cancelled() || scan.cancelled.load(Ordering::Relaxed) {
        return Err(Cancelled);
    }
    Ok(scan.finish())
}

/// The exact score of one query with every candidate, in the order of the candidates.
pub fn score_all(query: &Query, candidates: &Candidates) -> Vec<f64> {
    let tiles = (0..candidates.tiles()).into_par_iter();
    tiles
        .flat_map_iter(|tile| {
            let positions = tile * TILE..tile * TILE + candidates.tile_len(tile);
            positions.map(|position| query.score(|locus| candidates.code(position, locus)))
        })
        .collect()
}

/// What is known of one query while the scan runs.
struct Collected {
    ranking: Ranking,
    at_or_above: u64,
    /// Sum of products, by run of tiles: added up in this order at the end, whoever finished first.
    sums: Vec<f64>,
}

struct LookUpScan<'scan> {
    queries: &'scan [Query],
    candidates: &'scan Candidates,
    wanted: &'scan Wanted,
    progress: &'scan dyn Progress,
    linear: LinearRows,
    /// For each query the positions of the candidates that it is not paired with.
    excluded: Vec<Vec<u32>>,
    tiles_in_run: usize,
    runs: usize,
    collected: Vec<Mutex<Collected>>,
    cancelled: AtomicBool,
}

/// The part of a query's answer that one task works out.
struct Lane {
    query: usize,
    ranking: Ranking,
    at_or_above: u64,
    sum: f64,
    /// Products below this one need no look at all.
    look: f64,
    /// Products from this one on are at or above the threshold for certain.
    certain: f64,
    /// Products below this one cannot be among the best.
    rank: f64,
}

impl<'scan> LookUpScan<'scan> {
    fn new(
        queries: &'scan [Query],
        candidates: &'scan Candidates,
        wanted: &'scan Wanted,
        progress: &'scan dyn Progress,
    ) -> Self {
        let tiles_in_run = TILES_IN_RUN.max(candidates.tiles().div_ceil(MOST_RUNS));
        let runs = candidates.tiles().div_ceil(tiles_in_run);
        let collect = || Collected { ranking: Ranking::new(wanted.top), at_or_above: 0, sums: vec![0.0; runs] };
        Self {
            queries,
            candidates,
            wanted,
            progress,
            linear: LinearRows::new(queries, candidates),
            excluded: queries.iter().map(|query| candidates.positions(&query.excluded)).collect(),
            tiles_in_run,
            runs,
            collected: queries.iter().map(|_| Mutex::new(collect())).collect(),
            cancelled: AtomicBool::new(false),
        }
    }

    /// One task: one group of queries over one run of tiles.
    fn work(&self, group: usize, run: usize) {
        let queries = group * LANES..(group * LANES + LANES).min(self.queries.len());
        let tables = queries.clone().map(|query| self.queries[query].tables.len()).max().unwrap_or(0);
        let tables = Group::new(&self.linear, queries.clone(), tables, self.candidates);
        let mut lanes: Vec<_> = queries.map(|query| self.lane(query)).collect();
        let mut products: Box<Products> = Box::new([Lanes([0.0; LANES]); TILE]);
        let tiles = run * self.tiles_in_run..((run + 1) * self.tiles_in_run).min(self.candidates.tiles());
        for tile in tiles {
            if self.cancelled.load(Ordering::Relaxed) || self.progress.cancelled() {
                self.cancelled.store(true, Ordering::Relaxed);
                return;
            }
            tables.products(tile, &mut products);
            for (at, lane) in lanes.iter().enumerate() {
                for position in self.excluded_in(lane.query, tile) {
                    products[position].0[at] = 0.0;
                }
            }
            let digest = digest(&products[..self.candidates.tile_len(tile)]);
            for (at, lane) in lanes.iter_mut().enumerate() {
                lane.sum += digest.sum.0[at];
                let look = if self.wanted.threshold.is_some() { lane.look } else { lane.rank };
                if digest.greatest.0[at] >= look {
                    self.look_for(tile, look, products.iter().map(|product| product.0[at]), lane);
                }
            }
            self.progress.advance((lanes.len() * self.candidates.tile_len(tile)) as u64);
        }
        for lane in lanes {
            let mut collected = self.collected[lane.query].lock().unwrap_or_else(PoisonError::into_inner);
            collected.ranking.absorb(lane.ranking);
            collected.at_or_above += lane.at_or_above;
            collected.sums[run] = lane.sum;
        }
    }

    fn lane(&self, query: usize) -> Lane {
        let linear = self.linear.query(query);
        let (look, certain) = match self.wanted.threshold {
            Some(threshold) => (linear.least_product(threshold), linear.certain_product(threshold)),
            None => (0.0, 0.0),
        };
        Lane { query, ranking: Ranking::new(self.wanted.top), at_or_above: 0, sum: 0.0, look, certain, rank: 0.0 }
    }

    /// The candidates of a tile (positions in the tile) that a query is not paired with.
    fn excluded_in(&self, query: usize, tile: usize) -> impl Iterator<Item = usize> {
        let excluded = &self.excluded[query];
        let from = excluded.partition_point(|&position| (position as usize) < tile * TILE);
        let to = excluded.partition_point(|&position| (position as usize) < (tile + 1) * TILE);
        excluded[from..to].iter().map(move |&position| position as usize - tile * TILE)
    }

    /// Finds in one tile the candidates whose product is `look` or more.
    fn look_for(&self, tile: usize, look: f64, products: impl Iterator<Item = f64>, lane: &mut Lane) {
        let excluded: Vec<_> = self.excluded_in(lane.query, tile).collect();
        for (position, product) in products.take(self.candidates.tile_len(tile)).enumerate() {
            if product >= look && excluded.binary_search(&position).is_err() {
                self.look_at(tile * TILE + position, product, lane);
            }
        }
    }

    /// One candidate that may be at or above the threshold or among the best.
    fn look_at(&self, position: usize, product: f64, lane: &mut Lane) {
        let score = || self.queries[lane.query].score(|locus| self.candidates.code(position, locus));
        if product < lane.rank {
            let reaches = match self.wanted.threshold {
                Some(threshold) => product >= lane.certain || score() >= threshold,
                None => false,
            };
            lane.at_or_above += u64::from(reaches);
            return;
        }
        let score = score();
        if self.wanted.threshold.is_none_or(|threshold| score >= threshold) {
            lane.at_or_above += 1;
            lane.ranking.offer(Hit { member: self.candidates.members()[position], score });
            lane.rank = self.linear.query(lane.query).least_product(lane.ranking.floor());
        }
    }

    fn finish(mut self) -> Vec<QueryResult> {
        let all = self.candidates.len() as u64;
        let collected = std::mem::take(&mut self.collected).into_iter().enumerate();
        collected
            .map(|(query, collected)| {
                let collected = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
                let compared = all - self.excluded[query].len() as u64;
                let sum: f64 = collected.sums.iter().sum();
                let log10 =
                    if sum < LEAST_SUM { self.careful_sum(query) } else { self.linear.query(query).log10_of_sum(sum) };
                QueryResult {
                    hits: collected.ranking.finish(),
                    at_or_above: if self.wanted.threshold.is_some() { collected.at_or_above } else { compared },
                    total: LogSum { log10, covers: Coverage::All },
                    compared,
                }
            })
            .collect()
    }

    /// log10 of Σ 10^score from the scores themselves, for a sum that underflows as a sum of products.
    fn careful_sum(&self, query: usize) -> f64 {
        let mut scores = score_all(&self.queries[query], self.candidates);
        for &position in &self.excluded[query] {
            scores[position as usize] = f64::NEG_INFINITY;
        }
        let greatest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if greatest == f64::NEG_INFINITY {
            return greatest;
        }
        scores.iter().map(|score| 10_f64.powf(score - greatest)).sum::<f64>().log10() + greatest
    }
}
