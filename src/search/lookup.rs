//! The look-up kernel: the likelihood ratios of a few queries at once, one vector load and one multiplication a locus.
//!
//! The tables of [`LANES`] queries are interleaved: at a locus the entry of a code is a small vector with one number a
//! query, so that one code, loaded once, serves all of them. Products of ratios (see [`super::linear`]) instead of sums
//! of logarithms cost the same and give the total Σ 10^score without an exponential.
//!
//! The arithmetic is the same operations in the same order in the portable and in the AVX2 build of the kernel, and a
//! query's products do not depend on which queries share its group: the results are equal bit for bit.

use super::{TILE, candidates::BLOCK, linear::LinearRows, linear::START};
use crate::profile::Code;
use std::ops::Range;

/// Queries in a group.
pub(super) const LANES: usize = 4;

/// One number for each query of a group; aligned, so that no load crosses a cache line.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(align(32))]
pub(super) struct Lanes(pub [f64; LANES]);

/// The products of the candidates of one tile with the queries of one group.
pub(super) type Products = [Lanes; TILE];

/// The interleaved tables of one group of queries.
pub(super) struct Group {
    /// Table t, locus l: rows of lanes by code.
    tables: Vec<Vec<Vec<Lanes>>>,
}

impl Group {
    /// Interleaves the rows of these queries (at most [`LANES`]); a lane without a query has products 0.
    pub(super) fn new(linear: &LinearRows, queries: Range<usize>, tables: usize, dictionary_sizes: &[usize]) -> Self {
        let interleave = |table: usize, locus: usize| {
            let mut rows = vec![Lanes([0.0; LANES]); dictionary_sizes[locus]];
            for (lane, query) in queries.clone().enumerate() {
                for (entry, &factor) in rows.iter_mut().zip(linear.row(query, table, locus)) {
                    entry.0[lane] = factor;
                }
            }
            rows
        };
        let loci = 0..dictionary_sizes.len();
        Self { tables: (0..tables).map(|table| loci.clone().map(|locus| interleave(table, locus)).collect()).collect() }
    }

    /// The products of every candidate of a tile, the least over the tables.
    ///
    /// `codes` is the tile: [`TILE`] codes a locus. Codes lie in the dictionaries that the group was made for.
    pub(super) fn products(&self, codes: &[Code], products: &mut Products) {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { products_avx2(&self.tables, codes, products) };
        }
        products_portable(&self.tables, codes, products);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn products_avx2(tables: &[Vec<Vec<Lanes>>], codes: &[Code], products: &mut Products) {
    products_portable(tables, codes, products);
}

#[inline(always)]
fn products_portable(tables: &[Vec<Vec<Lanes>>], codes: &[Code], products: &mut Products) {
    let Some((first, others)) = tables.split_first().filter(|(first, _)| !first.is_empty()) else {
        *products = [Lanes([START; LANES]); TILE];
        return;
    };
    let blocks = codes.chunks_exact(BLOCK * first.len());
    for (codes, out) in blocks.zip(products.as_chunks_mut::<BLOCK>().0) {
        *out = block_products(first, codes);
        for table in others {
            for (least, other) in out.iter_mut().zip(block_products(table, codes)) {
                for (least, other) in least.0.iter_mut().zip(other.0) {
                    *least = if other < *least { other } else { *least };
                }
            }
        }
    }
}

#[inline(always)]
fn block_products(table: &[Vec<Lanes>], codes: &[Code]) -> [Lanes; BLOCK] {
    let mut products = [Lanes([START; LANES]); BLOCK];
    for (rows, codes) in table.iter().zip(codes.as_chunks::<BLOCK>().0) {
        for (product, &code) in products.iter_mut().zip(codes) {
            let row = &rows[usize::from(code)];
            for (product, factor) in product.0.iter_mut().zip(row.0) {
                *product *= factor;
            }
        }
    }
    products
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn avx2_gives_the_same_bits() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            return;
        }
        let codes: Vec<Code> = (0..3 * TILE).map(|at| ((at * 7919) % 11) as Code).collect();
        let factor = |seed: usize| 1.0 / (1.0 + (seed % 97) as f64);
        let entry = |seed: usize| Lanes(std::array::from_fn(|lane| factor(seed * 31 + lane * 17)));
        let tables: Vec<Vec<Vec<Lanes>>> = (0..2)
            .map(|t| (0..3).map(|l| (0..11).map(|code| entry(t * 100 + l * 13 + code)).collect()).collect())
            .collect();
        let (mut portable, mut avx2) = (Box::new([Lanes([0.0; LANES]); TILE]), Box::new([Lanes([0.0; LANES]); TILE]));
        products_portable(&tables, &codes, &mut portable);
        // SAFETY: the processor has AVX2.
        unsafe { products_avx2(&tables, &codes, &mut avx2) };
        assert_eq!(portable, avx2);
    }
}
