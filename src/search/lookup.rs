//! The look-up kernel: the likelihood ratios of a few queries at once, one vector load and one multiplication a locus.
//!
//! The tables of [`LANES`] queries are interleaved: at a locus the entry of a code is a small vector with one number a
//! query, so that one code, loaded once, serves all of them. Products of ratios (see [`super::linear`]) instead of sums
//! of logarithms cost the same and give the total Σ 10^score without an exponential.
//!
//! The arithmetic is the same operations in the same order in the portable and in the AVX2 build of the kernel, and a
//! query's products do not depend on which queries share its group: the results are equal bit for bit.

use super::{Candidates, candidates::BLOCK, linear::LinearRows, linear::START};
use crate::profile::Code;
use std::ops::Range;

/// Queries in a group.
pub(super) const LANES: usize = 4;

/// Candidates whose products are worked out together: few enough for the first-level cache.
pub(super) const STRETCH: usize = 512;

/// One number for each query of a group; aligned, so that no load crosses a cache line.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(align(32))]
pub(super) struct Lanes(pub [f64; LANES]);

/// The products of the candidates of one stretch with the queries of one group.
pub(super) type Products = [Lanes; STRETCH];

/// The interleaved tables of one group of queries.
pub(super) struct QueryGroup<'scan> {
    candidates: &'scan Candidates,
    /// The lines of each table.
    tables: Vec<Vec<LookUpLine>>,
}

/// The interleaved rows of one line.
struct LookUpLine {
    /// What the products start from.
    start: Lanes,
    /// Locus l: rows of lanes by code, as many as the locus's dictionary has codes.
    rows: Vec<Vec<Lanes>>,
}

/// What the products of one stretch come to, by query.
pub(super) struct Digest {
    /// Their sum.
    pub(super) sum: Lanes,
    /// The greatest.
    pub(super) greatest: Lanes,
}

impl<'scan> QueryGroup<'scan> {
    /// Interleaves the rows of these queries (at most [`LANES`]); a lane without a query has products 0.
    pub(super) fn new(linear: &LinearRows, queries: Range<usize>, candidates: &'scan Candidates) -> Self {
        let interleave = |table: usize, line: usize, locus: usize| {
            let mut rows = vec![Lanes([0.0; LANES]); candidates.dictionary_sizes()[locus]];
            for (lane, query) in queries.clone().enumerate() {
                for (entry, &factor) in rows.iter_mut().zip(linear.row(query, table, line, locus)) {
                    entry.0[lane] = factor;
                }
            }
            rows
        };
        let line = |table: usize, line: usize| {
            let mut start = Lanes([0.0; LANES]);
            start
                .0
                .iter_mut()
                .zip(queries.clone())
                .for_each(|(start, query)| *start = linear.start(query, table, line));
            LookUpLine { start, rows: (0..candidates.loci()).map(|locus| interleave(table, line, locus)).collect() }
        };
        let lines = linear.lines_of(queries.clone());
        let tables = lines.into_iter().enumerate().map(|(table, lines)| (0..lines).map(|at| line(table, at)).collect());
        Self { candidates, tables: tables.collect() }
    }

    /// The products of every candidate of the stretch that begins at this position, the least over the tables.
    pub(super) fn products(&self, start: usize, products: &mut Products) {
        let codes = self.candidates.stretch(start, STRETCH);
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2; for the codes see below.
            return unsafe { products_avx2(&self.tables, codes, products) };
        }
        // SAFETY: every code of `Candidates` lies in its locus's dictionary (checked when they were made), and the
        // tables, made from the same candidates, have one entry for each code of the dictionary.
        unsafe { products_portable(&self.tables, codes, products) }
    }
}

/// Sum and greatest of these products, by query.
pub(super) fn digest(products: &[Lanes]) -> Digest {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { digest_avx2(products) };
    }
    digest_portable(products)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn products_avx2(tables: &[Vec<LookUpLine>], codes: &[Code], products: &mut Products) {
    // SAFETY: as the caller guarantees.
    unsafe { products_portable(tables, codes, products) };
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn digest_avx2(products: &[Lanes]) -> Digest {
    digest_portable(products)
}

/// # Safety
/// Each code lies below the number of entries of its locus in every table.
#[inline(always)]
unsafe fn products_portable(tables: &[Vec<LookUpLine>], codes: &[Code], products: &mut Products) {
    let loci = tables.first().and_then(|lines| lines.first()).map_or(0, |line| line.rows.len());
    let Some((first, others)) = tables.split_first().filter(|_| loci > 0) else {
        *products = [Lanes([START; LANES]); STRETCH];
        return;
    };
    let blocks = codes.chunks_exact(BLOCK * loci);
    for (codes, out) in blocks.zip(products.as_chunks_mut::<BLOCK>().0) {
        // SAFETY: as the caller guarantees.
        *out = unsafe { table_products(first, codes) };
        for table in others {
            // SAFETY: as the caller guarantees.
            let other = unsafe { table_products(table, codes) };
            for (least, other) in out.iter_mut().zip(other) {
                *least = least.zip(other, |least, other| if other < least { other } else { least });
            }
        }
    }
}

/// The sums over the lines of a table.
///
/// # Safety
/// Each code lies below the number of entries of its locus in every line.
#[inline(always)]
unsafe fn table_products(lines: &[LookUpLine], codes: &[Code]) -> [Lanes; BLOCK] {
    let Some((first, others)) = lines.split_first() else { return [Lanes([0.0; LANES]); BLOCK] };
    // SAFETY: as the caller guarantees.
    let mut sums = unsafe { line_products(first, codes) };
    for line in others {
        // SAFETY: as the caller guarantees.
        let products = unsafe { line_products(line, codes) };
        for (sum, product) in sums.iter_mut().zip(products) {
            *sum = sum.zip(product, |sum, product| sum + product);
        }
    }
    sums
}

/// # Safety
/// Each code lies below the number of entries of its locus.
#[inline(always)]
unsafe fn line_products(line: &LookUpLine, codes: &[Code]) -> [Lanes; BLOCK] {
    let mut products = [line.start; BLOCK];
    for (rows, codes) in line.rows.iter().zip(codes.as_chunks::<BLOCK>().0) {
        for (product, &code) in products.iter_mut().zip(codes) {
            debug_assert!(usize::from(code) < rows.len());
            // SAFETY: as the caller guarantees.
            let row = unsafe { rows.get_unchecked(usize::from(code)) };
            *product = product.zip(*row, |product, factor| product * factor);
        }
    }
    products
}

/// Candidate i goes to partial result i mod [`BLOCK`]: a fixed order, and eight additions under way at once.
#[inline(always)]
fn digest_portable(products: &[Lanes]) -> Digest {
    let mut sums = [Lanes([0.0; LANES]); BLOCK];
    let mut greatest = [Lanes([0.0; LANES]); BLOCK];
    let (blocks, rest) = products.as_chunks::<BLOCK>();
    for block in blocks.iter().map(|block| &block[..]).chain([rest]) {
        for ((sum, greatest), &product) in sums.iter_mut().zip(&mut greatest).zip(block) {
            *sum = sum.zip(product, |sum, product| sum + product);
            *greatest = greatest.zip(product, f64_max);
        }
    }
    let sum = sums.into_iter().fold(Lanes([0.0; LANES]), |left, right| left.zip(right, |left, right| left + right));
    let greatest = greatest.into_iter().fold(Lanes([0.0; LANES]), |left, right| left.zip(right, f64_max));
    Digest { sum, greatest }
}

fn f64_max(left: f64, right: f64) -> f64 {
    if left > right { left } else { right }
}

impl Lanes {
    #[inline(always)]
    fn zip(self, other: Self, operation: impl Fn(f64, f64) -> f64) -> Self {
        Self(std::array::from_fn(|lane| operation(self.0[lane], other.0[lane])))
    }
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
        let codes: Vec<Code> = (0..3 * STRETCH).map(|at| ((at * 7919) % 11) as Code).collect();
        let factor = |seed: usize| 1.0 / (1.0 + (seed % 97) as f64);
        let entry = |seed: usize| Lanes(std::array::from_fn(|lane| factor(seed * 31 + lane * 17)));
        let rows = |t: usize| (0..3).map(|l| (0..11).map(|code| entry(t * 100 + l * 13 + code)).collect()).collect();
        let line = |t: usize| LookUpLine { start: Lanes([START / (t + 1) as f64; LANES]), rows: rows(t) };
        let tables: Vec<Vec<LookUpLine>> = vec![vec![line(0), line(1)], vec![line(2)]];
        let (mut portable, mut avx2) =
            (Box::new([Lanes([0.0; LANES]); STRETCH]), Box::new([Lanes([0.0; LANES]); STRETCH]));
        // SAFETY: every code is below 11, the number of entries.
        unsafe { products_portable(&tables, &codes, &mut portable) };
        // SAFETY: the processor has AVX2, and every code is below 11.
        unsafe { products_avx2(&tables, &codes, &mut avx2) };
        assert_eq!(portable, avx2);
        let portable = digest_portable(&avx2[..509]);
        // SAFETY: the processor has AVX2.
        let avx2 = unsafe { digest_avx2(&avx2[..509]) };
        assert_eq!(portable.sum, avx2.sum);
        assert_eq!(portable.greatest, avx2.greatest);
    }
}
