//! What the two would see if they pooled their lists: the same integers, added in the clear.

use crate::input::{Adults, Child};
use crate::terms::Terms;

/// The pairs (0-based: child, adult) that are hits, ascending.
pub fn clear_hits(terms: &Terms, children: &[Child], adults: &Adults) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, child) in children.iter().enumerate() {
        let hits = terms.hits(&child.typed());
        for (with, adult) in adults.adults.iter().enumerate() {
            let entry =
                |locus: usize| Some(adults.rows[locus][adult.rows[locus]? as usize][child.classes[locus]? as usize]);
            let score = (0..terms.loci.len()).filter_map(entry).sum::<i32>();
            if hits.contains(&score) {
                found.push((at, with));
            }
        }
    }
    found
}
