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
use std::ops::Range;

/// Loci that are added together.
pub(super) const GROUP: usize = 4;

/// The largest budget that the kernel counts to.
pub(super) const MOST_BUDGET: usize = 15;

/// For each locus of a group the rows of the two features.
type LocusGroup = [[u16; 2]; GROUP];

/// The loci of many queries, as groups of rows; all rows lie below a limit.
#[derive(Clone, Debug)]
pub(super) struct LocusGroups {
    groups: Vec<LocusGroup>,
    rows: usize,
}

/// What the kernel is asked for one query.
#[derive(Clone, Debug)]
pub(super) struct Count {
    /// The groups of loci, the most excluding ones first.
    pub(super) groups: Range<usize>,
    /// A candidate survives with at most so many low loci (at most [`MOST_BUDGET`]).
    pub(super) budget: usize,
    /// After so many groups it is worth a look whether anybody is left.
    pub(super) leave_after: usize,
}

impl LocusGroups {
    /// No groups yet, for bitmaps of so many rows (at least one).
    pub(super) fn new(rows: usize) -> Self {
        Self { groups: Vec::new(), rows }
    }

    /// Adds the loci of a query, filled up to whole groups with loci that are never low.
    ///
    /// # Panics
    /// A row beyond the bitmaps.
    pub(super) fn push(&mut self, loci: &[[u16; 2]]) -> Range<usize> {
        assert!(loci.iter().flatten().all(|&row| usize::from(row) < self.rows), "a row beyond the bitmaps");
        let first = self.groups.len();
        for loci in loci.chunks(GROUP) {
            let mut group = [[NOTHING_LACKS; 2]; GROUP];
            group[..loci.len()].copy_from_slice(loci);
            self.groups.push(group);
        }
        first..self.groups.len()
    }
}

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
/// `build` is one of [`Build::available`].
///
/// # Panics
/// Fewer rows than the groups were made for.
pub(super) fn survivors<'plan>(
    build: Build,
    rows: &[Row],
    groups: &LocusGroups,
    queries: impl Iterator<Item = &'plan Count>,
    found: impl FnMut(usize, Row),
) {
    match build {
        Build::Portable => run::<2>(rows, groups, queries, found),
        // SAFETY: the build is one that this processor runs.
        #[cfg(target_arch = "x86_64")]
        Build::Avx2 => unsafe { run_avx2(rows, groups, queries, found) },
        // SAFETY: the build is one that this processor runs.
        #[cfg(target_arch = "x86_64")]
        Build::Avx512 => unsafe { run_avx512(rows, groups, queries, found) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2<'plan>(
    rows: &[Row],
    groups: &LocusGroups,
    queries: impl Iterator<Item = &'plan Count>,
    found: impl FnMut(usize, Row),
) {
    run::<8>(rows, groups, queries, found);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn run_avx512<'plan>(
    rows: &[Row],
    groups: &LocusGroups,
    queries: impl Iterator<Item = &'plan Count>,
    found: impl FnMut(usize, Row),
) {
    run::<8>(rows, groups, queries, found);
}

#[inline(always)]
fn run<'plan, const WORDS: usize>(
    rows: &[Row],
    groups: &LocusGroups,
    queries: impl Iterator<Item = &'plan Count>,
    mut found: impl FnMut(usize, Row),
) {
    assert!(rows.len() >= groups.rows, "fewer rows than the groups were made for");
    for (query, count) in queries.enumerate() {
        let groups = &groups.groups[count.groups.clone()];
        let mut row = Row([0; TILE / 64]);
        let mut any = 0;
        for (part, out) in row.0.as_chunks_mut::<WORDS>().0.iter_mut().enumerate() {
            // SAFETY: there are as many rows as the groups were made for (checked above), and the
            // rows that groups name lie below that number (checked by `LocusGroups::push`).
            *out = unsafe {
                if count.budget < 8 {
                    part_survivors::<WORDS, 3>(rows, groups, count, part)
                } else {
                    part_survivors::<WORDS, 4>(rows, groups, count, part)
                }
            };
            any |= out.iter().fold(0, |any, word| any | word);
        }
        if any != 0 {
            found(query, row);
        }
    }
}

/// The survivors among the candidates of one part of the tile, `WORDS` words of 64.
///
/// # Safety
/// The rows that the groups name exist.
#[inline(always)]
unsafe fn part_survivors<const WORDS: usize, const PLANES: usize>(
    rows: &[Row],
    groups: &[LocusGroup],
    count: &Count,
    part: usize,
) -> [u64; WORDS] {
    let start = (1 << PLANES) - 1 - count.budget;
    let mut planes: [[u64; WORDS]; PLANES] =
        std::array::from_fn(|plane| if start >> plane & 1 == 1 { [u64::MAX; WORDS] } else { [0; WORDS] });
    let mut over = [0; WORDS];
    for (done, group) in groups.iter().enumerate() {
        if done == count.leave_after && over.iter().fold(u64::MAX, |all, word| all & word) == u64::MAX {
            return [0; WORDS];
        }
        // SAFETY: as the caller guarantees.
        let [a, b, c, d] = unsafe {
            [low(rows, group[0], part), low(rows, group[1], part), low(rows, group[2], part), low(rows, group[3], part)]
        };
        let (ones, left) = add(planes[0], a, b);
        let (ones, right) = add(ones, c, d);
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

/// The candidates that lack both features of a locus.
///
/// # Safety
/// Both rows exist.
#[inline(always)]
unsafe fn low<const WORDS: usize>(rows: &[Row], [first, second]: [u16; 2], part: usize) -> [u64; WORDS] {
    // SAFETY: as the caller guarantees.
    let (first, second) = unsafe { (rows.get_unchecked(usize::from(first)), rows.get_unchecked(usize::from(second))) };
    zip(first.0.as_chunks::<WORDS>().0[part], second.0.as_chunks::<WORDS>().0[part], |first, second| first & second)
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
    fn obvious(rows: &[Row], loci: &[[u16; 2]], count: &Count) -> Row {
        let bit = |row: u16, at: usize| rows[usize::from(row)].0[at / 64] >> (at % 64) & 1 == 1;
        let mut survivors = Row([0; TILE / 64]);
        for at in 0..TILE {
            let low = loci.iter().filter(|[a, b]| bit(*a, at) && bit(*b, at)).count();
            survivors.0[at / 64] |= u64::from(low <= count.budget) << (at % 64);
        }
        survivors
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_build_counts_right(
            words in prop::collection::vec(any::<[[u64; 8]; 3]>(), 1..9),
            loci in prop::collection::vec(any::<[u16; 2]>(), 0..30),
            budgets in prop::collection::vec((0..=MOST_BUDGET, 0_usize..9), 1..5),
        ) {
            let dense = |words: [[u64; 8]; 3]| Row(std::array::from_fn(|at| words[0][at] | words[1][at] | words[2][at]));
            let rows: Vec<_> = std::iter::once(Row([0; 8])).chain(words.into_iter().map(dense)).collect();
            let loci: Vec<_> = loci.iter().map(|pair| pair.map(|row| row % rows.len() as u16)).collect();
            let mut groups = LocusGroups::new(rows.len());
            let range = groups.push(&loci);
            let count = |&(budget, leave_after): &_| Count { groups: range.clone(), budget, leave_after };
            let counts: Vec<_> = budgets.iter().map(count).collect();
            for build in Build::available() {
                let mut found = vec![Row([0; 8]); counts.len()];
                survivors(build, &rows, &groups, counts.iter(), |query, row| found[query] = row);
                for (found, count) in found.iter().zip(&counts) {
                    prop_assert_eq!(*found, obvious(&rows, &loci, count), "{:?}", build);
                }
            }
        }
    }
}
