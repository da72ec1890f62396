//! The exclusion kernel: how many loci are low and how many are half, for 512 candidates at once, counted in bit slices.
//!
//! At a locus a candidate is *low* where it lacks both features of the query's set: the AND of two rows of the tile's
//! bitmaps (see [`super::bitmap`]). It is *half* where it lacks exactly one of the two and has two features: their XOR, AND
//! the row of those with two. The masks of four loci go through three carry-save adders, which leave one carry of weight
//! 4; a count is held in bit slices (ones, twos, fours, …), one bit a candidate in each.
//!
//! The first count is of low loci. It starts at 2^planes − 1 − budget, so that it overflows exactly where more than
//! `budget` loci are low; overflow sticks. Once it has overflowed for every candidate the rest of the loci cannot matter
//! and the query leaves the tile. The second count, only where somebody is left, is of half loci: for a candidate with n
//! low loci it starts at 31 − allowed(n) and overflows where more than allowed(n) are half.
//!
//! The code is written once, over [`Word`]; the builds of it differ in the type of word.

use super::{
    TILE,
    bitmap::{NOTHING_LACKS, Row},
    word::Word,
};
use std::ops::Range;

/// Loci that are added together.
pub(super) const GROUP: usize = 4;

/// The largest budget that the kernel counts to.
pub(super) const MOST_BUDGET: usize = 15;

/// Bit slices of the count of half loci.
const HALF_PLANES: usize = 5;

/// The most half loci that the kernel counts.
pub(super) const MOST_HALF: usize = (1 << HALF_PLANES) - 1 - (GROUP - 1);

/// For each locus of a group the rows of the two features.
type LowGroup = [[u16; 2]; GROUP];

/// For each locus of a group the rows of the two features and of the candidates with two.
type HalfGroup = [[u16; 3]; GROUP];

/// The loci of many queries, as groups of rows; all rows lie below a limit.
#[derive(Clone, Debug)]
pub(super) struct LocusGroups {
    low: Vec<LowGroup>,
    half: Vec<HalfGroup>,
    rows: usize,
}

/// What the kernel is asked for one query.
#[derive(Clone, Debug)]
pub(super) struct Count {
    /// The groups of loci that may be low, the most excluding ones first.
    pub(super) low: Range<usize>,
    /// The groups of loci that may be half.
    pub(super) half: Range<usize>,
    /// By number of low loci, up to the budget: a candidate survives with at most so many half loci.
    pub(super) allowed_half: [u8; MOST_BUDGET + 1],
    /// A candidate survives with at most so many low loci (at most [`MOST_BUDGET`]).
    pub(super) budget: usize,
    /// After so many groups it is worth a look whether anybody is left.
    pub(super) leave_after: usize,
}

impl LocusGroups {
    /// No groups yet, for bitmaps of so many rows (at least one).
    pub(super) fn new(rows: usize) -> Self {
        Self { low: Vec::new(), half: Vec::new(), rows }
    }

    /// Adds the loci of a query that may be low, filled up to whole groups with loci that never are.
    ///
    /// # Panics
    /// A row beyond the bitmaps.
    pub(super) fn push_low(&mut self, loci: &[[u16; 2]]) -> Range<usize> {
        push(&mut self.low, loci, self.rows)
    }

    /// Adds the loci of a query that may be half (at most [`MOST_HALF`]), filled up in the same way.
    ///
    /// # Panics
    /// A row beyond the bitmaps, or too many loci.
    pub(super) fn push_half(&mut self, loci: &[[u16; 3]]) -> Range<usize> {
        assert!(loci.len() <= MOST_HALF, "more half loci than can be counted");
        push(&mut self.half, loci, self.rows)
    }
}

fn push<const ROWS: usize>(groups: &mut Vec<[[u16; ROWS]; GROUP]>, loci: &[[u16; ROWS]], rows: usize) -> Range<usize> {
    assert!(loci.iter().flatten().all(|&row| usize::from(row) < rows), "a row beyond the bitmaps");
    let first = groups.len();
    for loci in loci.chunks(GROUP) {
        let mut group = [[NOTHING_LACKS; ROWS]; GROUP];
        group[..loci.len()].copy_from_slice(loci);
        groups.push(group);
    }
    first..groups.len()
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
        // SAFETY: every processor has words of 64 bits.
        Build::Portable => unsafe { run::<u64>(rows, groups, queries, found) },
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
    // SAFETY: the function has the instruction set.
    unsafe { run::<std::arch::x86_64::__m256i>(rows, groups, queries, found) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn run_avx512<'plan>(
    rows: &[Row],
    groups: &LocusGroups,
    queries: impl Iterator<Item = &'plan Count>,
    found: impl FnMut(usize, Row),
) {
    // SAFETY: the function has the instruction set.
    unsafe { run::<std::arch::x86_64::__m512i>(rows, groups, queries, found) }
}

/// # Safety
/// The processor has the word's instruction set.
#[inline(always)]
unsafe fn run<'plan, W: Word>(
    rows: &[Row],
    groups: &LocusGroups,
    queries: impl Iterator<Item = &'plan Count>,
    mut found: impl FnMut(usize, Row),
) {
    assert!(rows.len() >= groups.rows, "fewer rows than the groups were made for");
    for (query, count) in queries.enumerate() {
        let (low, half) = (&groups.low[count.low.clone()], &groups.half[count.half.clone()]);
        let mut row = Row([0; TILE / 64]);
        let mut any = false;
        for part in 0..TILE / 64 / W::LENGTH {
            // SAFETY: there are as many rows as the groups were made for (checked above), and the rows that groups name
            // lie below that number (checked by `push`); for the instruction set as the caller guarantees.
            let survivors = unsafe {
                if count.budget < 8 {
                    part_survivors::<W, 3>(rows, low, half, count, part)
                } else {
                    part_survivors::<W, 4>(rows, low, half, count, part)
                }
            };
            any |= !survivors.is_zero();
            survivors.store(&mut row, part);
        }
        if any {
            found(query, row);
        }
    }
}

/// The survivors among the candidates of one part of the tile.
///
/// # Safety
/// The rows that the groups name exist, the row has the part, and the processor the word's instruction set.
#[inline(always)]
unsafe fn part_survivors<W: Word, const PLANES: usize>(
    rows: &[Row],
    low: &[LowGroup],
    half: &[HalfGroup],
    count: &Count,
    part: usize,
) -> W {
    // SAFETY: as the caller guarantees.
    let (none, all) = unsafe { (W::splat(0), W::splat(u64::MAX)) };
    // SAFETY: as the caller guarantees.
    let bit = |set: usize| unsafe { W::splat((set as u64 & 1).wrapping_neg()) };
    // SAFETY: as the caller guarantees.
    let row = |row: u16| unsafe { W::load(rows.get_unchecked(usize::from(row)), part) };
    let start = (1 << PLANES) - 1 - count.budget;
    let mut lows = Tally::<W, PLANES> { planes: std::array::from_fn(|plane| bit(start >> plane)), over: none };
    for (done, [a, b, c, d]) in low.iter().enumerate() {
        if done == count.leave_after && all.and_not(lows.over).is_zero() {
            return none;
        }
        let low = |[first, second]: [u16; 2]| row(first).and(row(second));
        lows.add(low(*a), low(*b), low(*c), low(*d));
    }
    let survivors = all.and_not(lows.over);
    if half.is_empty() || survivors.is_zero() {
        return survivors;
    }
    let mut halves = Tally::<W, HALF_PLANES> { planes: [none; HALF_PLANES], over: none };
    for (low, &allowed) in count.allowed_half[..=count.budget].iter().enumerate() {
        let mut as_many = survivors;
        for (plane, counted) in lows.planes.iter().enumerate() {
            as_many = as_many.and_not(counted.xor(bit((start + low) >> plane)));
        }
        let start = (1 << HALF_PLANES) - 1 - usize::from(allowed);
        for (at, plane) in halves.planes.iter_mut().enumerate() {
            *plane = plane.or(as_many.and(bit(start >> at)));
        }
    }
    for [a, b, c, d] in half {
        let half = |[first, second, two]: [u16; 3]| row(first).xor(row(second)).and(row(two));
        halves.add(half(*a), half(*b), half(*c), half(*d));
    }
    survivors.and_not(halves.over)
}

/// A count for each candidate of a word, in bit slices.
struct Tally<W, const PLANES: usize> {
    planes: [W; PLANES],
    /// The candidates whose count has overflowed.
    over: W,
}

impl<W: Word, const PLANES: usize> Tally<W, PLANES> {
    /// Counts four loci.
    #[inline(always)]
    fn add(&mut self, a: W, b: W, c: W, d: W) {
        let (ones, left) = self.planes[0].add(a, b);
        let (ones, right) = ones.add(c, d);
        let (twos, mut carry) = self.planes[1].add(left, right);
        self.planes[0] = ones;
        self.planes[1] = twos;
        for plane in &mut self.planes[2..] {
            let next = plane.and(carry);
            *plane = plane.xor(carry);
            carry = next;
        }
        self.over = self.over.or(carry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Counts candidate by candidate.
    fn obvious(rows: &[Row], low: &[[u16; 2]], half: &[[u16; 3]], count: &Count) -> Row {
        let bit = |row: u16, at: usize| rows[usize::from(row)].0[at / 64] >> (at % 64) & 1 == 1;
        let mut survivors = Row([0; TILE / 64]);
        for at in 0..TILE {
            let low = low.iter().filter(|[a, b]| bit(*a, at) && bit(*b, at)).count();
            let half = half.iter().filter(|[a, b, two]| bit(*a, at) != bit(*b, at) && bit(*two, at)).count();
            let survives = low <= count.budget && half <= usize::from(count.allowed_half[low]);
            survivors.0[at / 64] |= u64::from(survives) << (at % 64);
        }
        survivors
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_build_counts_right(
            words in prop::collection::vec(any::<[[u64; 8]; 3]>(), 1..9),
            low in prop::collection::vec(any::<[u16; 2]>(), 0..30),
            half in prop::collection::vec(any::<[u16; 3]>(), 0..=MOST_HALF),
            budgets in prop::collection::vec((0..=MOST_BUDGET, 0_usize..9, any::<[u8; MOST_BUDGET + 1]>()), 1..5),
        ) {
            let dense = |words: [[u64; 8]; 3]| Row(std::array::from_fn(|at| words[0][at] | words[1][at] | words[2][at]));
            let rows: Vec<_> = std::iter::once(Row([0; 8])).chain(words.into_iter().map(dense)).collect();
            let low: Vec<_> = low.iter().map(|locus| locus.map(|row| row % rows.len() as u16)).collect();
            let half: Vec<_> = half.iter().map(|locus| locus.map(|row| row % rows.len() as u16)).collect();
            let mut groups = LocusGroups::new(rows.len());
            let (low_groups, half_groups) = (groups.push_low(&low), groups.push_half(&half));
            let count = |&(budget, leave_after, allowed): &(usize, usize, [u8; MOST_BUDGET + 1])| Count {
                low: low_groups.clone(),
                half: half_groups.clone(),
                allowed_half: allowed.map(|allowed| allowed % 32),
                budget,
                leave_after,
            };
            let counts: Vec<_> = budgets.iter().map(count).collect();
            for build in Build::available() {
                let mut found = vec![Row([0; 8]); counts.len()];
                survivors(build, &rows, &groups, counts.iter(), |query, row| found[query] = row);
                for (found, count) in found.iter().zip(&counts) {
                    prop_assert_eq!(*found, obvious(&rows, &low, &half, count), "{:?}", build);
                }
            }
        }
    }
}
