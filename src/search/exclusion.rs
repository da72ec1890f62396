//! The exclusion kernel: how many loci are low, for 512 candidates at once, counted in bit slices.
//!
//! At a locus a candidate is low where it lacks both features of the query's set: the AND of two rows of the tile's
//! bitmaps (see [`super::bitmap`]). The masks of four loci go through three carry-save adders, which leave one carry of
//! weight 4; the count is held in bit slices (ones, twos, fours, …), one bit a candidate in each. The count starts at
//! 2^planes − 1 − budget, so that it overflows exactly where more than `budget` loci are low; overflow sticks. Once it
//! has overflowed for every candidate the rest of the loci cannot matter and the query leaves the tile.
//!
//! The code is written once, for words; the AVX2 and AVX-512 builds of it differ only in how many words an instruction
//! takes.

use super::{
    TILE,
    bitmap::{NOTHING_LACKS, Row},
};

/// Loci that are added together.
pub(super) const GROUP: usize = 4;

/// The largest budget that the kernel counts to.
pub(super) const MOST_BUDGET: usize = 15;

/// For each locus of a group the rows of the two features.
pub(super) type LocusGroup = [[u16; 2]; GROUP];

/// What the kernel is asked for one query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count<'plan> {
    /// The loci, the most excluding ones first; filled up with loci that are never low.
    pub(super) groups: &'plan [LocusGroup],
    /// A candidate survives with at most so many low loci (at most [`MOST_BUDGET`]).
    pub(super) budget: usize,
    /// After so many groups it is worth a look whether anybody is left.
    pub(super) leave_after: usize,
}

/// A locus that is never low.
pub(super) const NEVER_LOW: [u16; 2] = [NOTHING_LACKS; 2];

/// The kernel's builds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Build {
    /// Words of 64 candidates.
    Portable,
    /// 256 candidates an instruction.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512 candidates an instruction, three-operand logic.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Build {
    /// All builds that this processor runs, the fastest last.
    pub(super) fn available() -> Vec<Self> {
        let mut builds = vec![Self::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                builds.push(Self::Avx2);
            }
            if std::arch::is_x86_feature_detected!("avx512f") {
                builds.push(Self::Avx512);
            }
        }
        builds
    }

    /// The fastest build that this processor runs.
    pub(super) fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self::Portable)
    }

    /// Its name, for the manifest.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "AVX-512",
        }
    }
}

/// The candidates of a tile with at most `budget` low loci: calls `found` for each query that has any.
///
/// `build` is one of [`Build::available`]; rows named by the queries are among `rows`.
pub(super) fn survivors<'plan>(
    build: Build,
    rows: &[Row],
    queries: impl Iterator<Item = Count<'plan>>,
    found: impl FnMut(usize, Row),
) {
    match build {
        Build::Portable => run::<1>(rows, queries, found),
        // SAFETY: the build is one that this processor runs.
        #[cfg(target_arch = "x86_64")]
        Build::Avx2 => unsafe { run_avx2(rows, queries, found) },
        // SAFETY: the build is one that this processor runs.
        #[cfg(target_arch = "x86_64")]
        Build::Avx512 => unsafe { run_avx512(rows, queries, found) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2<'plan>(rows: &[Row], queries: impl Iterator<Item = Count<'plan>>, found: impl FnMut(usize, Row)) {
    run::<4>(rows, queries, found);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn run_avx512<'plan>(rows: &[Row], queries: impl Iterator<Item = Count<'plan>>, found: impl FnMut(usize, Row)) {
    run::<8>(rows, queries, found);
}

#[inline(always)]
fn run<'plan, const WORDS: usize>(
    rows: &[Row],
    queries: impl Iterator<Item = Count<'plan>>,
    mut found: impl FnMut(usize, Row),
) {
    for (query, count) in queries.enumerate() {
        let mut row = Row([0; TILE / 64]);
        let mut any = 0;
        for (part, out) in row.0.as_chunks_mut::<WORDS>().0.iter_mut().enumerate() {
            *out = if count.budget < 8 {
                part_survivors::<WORDS, 3>(rows, count, part)
            } else {
                part_survivors::<WORDS, 4>(rows, count, part)
            };
            any |= out.iter().fold(0, |any, word| any | word);
        }
        if any != 0 {
            found(query, row);
        }
    }
}

/// The survivors among the candidates of one part of the tile, `WORDS` words of 64.
#[inline(always)]
fn part_survivors<const WORDS: usize, const PLANES: usize>(rows: &[Row], count: Count, part: usize) -> [u64; WORDS] {
    let start = (1 << PLANES) - 1 - count.budget;
    let mut planes: [[u64; WORDS]; PLANES] =
        std::array::from_fn(|plane| if start >> plane & 1 == 1 { [u64::MAX; WORDS] } else { [0; WORDS] });
    let mut over = [0; WORDS];
    for (done, group) in count.groups.iter().enumerate() {
        if done == count.leave_after && over.iter().fold(u64::MAX, |all, word| all & word) == u64::MAX {
            return [0; WORDS];
        }
        let low = group.map(|[first, second]| {
            let first = rows[usize::from(first)].0.as_chunks::<WORDS>().0[part];
            let second = rows[usize::from(second)].0.as_chunks::<WORDS>().0[part];
            zip(first, second, |first, second| first & second)
        });
        let (ones, left) = add(planes[0], low[0], low[1]);
        let (ones, right) = add(ones, low[2], low[3]);
        let (twos, mut carry) = add(planes[1], left, right);
        planes[0] = ones;
        planes[1] = twos;
        for plane in &mut planes[2..] {
            let next = zip(*plane, carry, |plane, carry| plane & carry);
            *plane = zip(*plane, carry, |plane, carry| plane ^ carry);
            carry = next;
        }
        over = zip(over, carry, |over, carry| over | carry);
    }
    over.map(|word| !word)
}

/// A full adder for each bit: sum and carry.
#[inline(always)]
fn add<const WORDS: usize>(a: [u64; WORDS], b: [u64; WORDS], c: [u64; WORDS]) -> ([u64; WORDS], [u64; WORDS]) {
    let half = zip(a, b, |a, b| a ^ b);
    let both = zip(a, b, |a, b| a & b);
    (zip(half, c, |half, c| half ^ c), zip(both, zip(half, c, |half, c| half & c), |both, carry| both | carry))
}

#[inline(always)]
fn zip<const WORDS: usize>(
    left: [u64; WORDS],
    right: [u64; WORDS],
    operation: impl Fn(u64, u64) -> u64,
) -> [u64; WORDS] {
    std::array::from_fn(|word| operation(left[word], right[word]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Counts candidate by candidate.
    fn obvious(rows: &[Row], count: Count) -> Row {
        let bit = |row: u16, at: usize| rows[usize::from(row)].0[at / 64] >> (at % 64) & 1 == 1;
        let mut survivors = Row([0; TILE / 64]);
        for at in 0..TILE {
            let low = count.groups.iter().flatten().filter(|[a, b]| bit(*a, at) && bit(*b, at)).count();
            survivors.0[at / 64] |= u64::from(low <= count.budget) << (at % 64);
        }
        survivors
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_build_counts_right(
            words in prop::collection::vec(any::<[[u64; 8]; 3]>(), 1..9),
            groups in prop::collection::vec(any::<[[u16; 2]; GROUP]>(), 0..9),
            budgets in prop::collection::vec((0..=MOST_BUDGET, 0_usize..9), 1..5),
        ) {
            let dense = |words: [[u64; 8]; 3]| Row(std::array::from_fn(|at| words[0][at] | words[1][at] | words[2][at]));
            let rows: Vec<_> = std::iter::once(Row([0; 8])).chain(words.into_iter().map(dense)).collect();
            let groups: Vec<LocusGroup> =
                groups.iter().map(|group| group.map(|pair| pair.map(|row| row % rows.len() as u16))).collect();
            let counts: Vec<_> = budgets
                .iter()
                .map(|&(budget, leave_after)| Count { groups: &groups, budget, leave_after })
                .collect();
            for build in Build::available() {
                let mut found = vec![Row([0; 8]); counts.len()];
                survivors(build, &rows, counts.iter().copied(), |query, row| found[query] = row);
                for (found, &count) in found.iter().zip(&counts) {
                    prop_assert_eq!(*found, obvious(&rows, count), "{:?}", build);
                }
            }
        }
    }
}
