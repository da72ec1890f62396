//! One query against every candidate, without kernels.

use super::{Candidates, Query};
use rayon::prelude::*;

/// The exact score of one query with every candidate, in the order of the candidates.
pub fn score_all(query: &Query, candidates: &Candidates) -> Vec<f64> {
    let tiles = (0..candidates.tiles()).into_par_iter();
    let score = |position| query.score(|locus| candidates.code(position, locus));
    tiles.flat_map_iter(|tile| candidates.positions_of(tile).map(score)).collect()
}
