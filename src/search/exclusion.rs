//! The exclusion kernel: how many loci are low and how many are half, for 1,024 candidates at once, counted in bit slices.
//!
//! At a locus a candidate is *low* where it lacks both features of the query's set: the AND of two rows of the tile's
//! bitmaps (see [`super::bitmap`]); for some queries where it lacks either: their OR. It is *half* where it lacks exactly one of the two and has two features: their XOR, AND
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
    bound::Low,
    word::{Pair, RowOffset, Word},
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
type LowGroup = [[RowOffset; 2]; GROUP];

/// For each locus of a group the rows of the two features and of the candidates with two.
type HalfGroup = [[RowOffset; 3]; GROUP];

/// What the kernel counts for many queries. All rows lie below a limit.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    counts: Vec<Count>,
    low: Vec<LowGroup>,
    half: Vec<HalfGroup>,
    rows: usize,
}

/// What a query asks of the kernel. The rows of its loci, those that may be low and those that may be half.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Which codes are low.
    pub(super) low_means: Low,
    /// The loci that may be low, the most excluding ones first.
    pub(super) low: Vec<[u16; 2]>,
    /// The loci that may be half, at most [`MOST_HALF`].
    pub(super) half: Vec<[u16; 3]>,
    /// A candidate survives with at most so many low loci, at most [`MOST_BUDGET`].
    pub(super) budget: usize,
    /// By number of low loci, up to the budget: a candidate survives with at most so many half loci.
    pub(super) allowed_half: Vec<usize>,
    /// After so many groups it is worth a look whether anybody is left.
    pub(super) leave_after: usize,
}

/// What is counted for one query.
#[derive(Clone, Copy, Debug)]
struct Count {
    low_means: Low,
    /// The first of its groups of loci that may be low, and their number.
    low: u32,
    low_groups: u16,
    /// After so many of them it is worth a look whether anybody is left.
    leave_after: u16,
    /// The first of its groups of loci that may be half, and their number.
    half: u32,
    half_groups: u16,
    /// A candidate survives with at most so many low loci.
    budget: u8,
    /// So many of `half_starts` are not all 0.
    restricted: u8,
    /// A count of half loci starts here for a candidate with `budget`, `budget - 1`, … low loci.
    half_starts: [u8; MOST_BUDGET + 1],
}

impl Counts {
    /// No queries yet, for bitmaps of so many rows: at least one, at most [`RowOffset::MOST_ROWS`].
    pub(super) fn new(rows: usize) -> Self {
        assert!((1..=RowOffset::MOST_ROWS).contains(&rows), "a number of rows that has offsets");
        Self { counts: Vec::new(), low: Vec::new(), half: Vec::new(), rows }
    }

    /// Adds a query.
    ///
    /// # Panics
    /// A row beyond the bitmaps, a budget or loci beyond what can be counted.
    pub(super) fn push(&mut self, asked: &Asked) {
        assert!(asked.budget <= MOST_BUDGET && asked.half.len() <= MOST_HALF, "more than can be counted");
        let start = |slack: usize| {
            let allowed = asked.budget.checked_sub(slack).map_or(MOST_HALF, |low| asked.allowed_half[low]);
            if allowed >= asked.half.len() { 0 } else { ((1 << HALF_PLANES) - 1 - allowed) as u8 }
        };
        let half_starts: [u8; MOST_BUDGET + 1] = std::array::from_fn(start);
        let low_means = asked.low_means;
        let restricted = half_starts.iter().rposition(|&start| start > 0).map_or(0, |last| last + 1);
        let half: &[_] = if restricted > 0 { &asked.half } else { &[] };
        let (low, low_groups) = push(&mut self.low, &asked.low, self.rows);
        let (half, half_groups) = push(&mut self.half, half, self.rows);
        let (restricted, budget) = (restricted as u8, asked.budget as u8);
        let leave_after = asked.leave_after.min(usize::from(low_groups)) as u16;
        self.counts.push(Count {
            low_means,
            low,
            low_groups,
            leave_after,
            half,
            half_groups,
            budget,
            restricted,
            half_starts,
        });
    }
}

/// Adds the rows of loci, filled up to whole groups with loci that never count; returns the first group and their number.
fn push<const ROWS: usize>(
    groups: &mut Vec<[[RowOffset; ROWS]; GROUP]>,
    loci: &[[u16; ROWS]],
    rows: usize,
) -> (u32, u16) {
    let offset = |row: u16| {
        assert!(usize::from(row) < rows, "a row beyond the bitmaps");
        RowOffset::new(row).expect("fewer rows than have offsets")
    };
    let first = groups.len();
    for loci in loci.chunks(GROUP) {
        let mut group = [[offset(NOTHING_LACKS); ROWS]; GROUP];
        for (group, locus) in group.iter_mut().zip(loci) {
            *group = locus.map(offset);
        }
        groups.push(group);
    }
    let number = u16::try_from(groups.len() - first).expect("fewer loci than rows");
    (u32::try_from(first).expect("fewer than 2^32 groups"), number)
}

/// The kernel's builds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Build {
    /// Words of 64 candidates.
    Portable,
    /// 256 candidates an instruction.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512 candidates an instruction, three-operand logic, two instructions for each address.
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

/// The candidates of a tile that survive the counts of some of the queries: calls `found` for each query that has any,
/// with its number among all.
///
/// `build` is one of [`Build::available`].
///
/// # Panics
/// Fewer rows than the counts were made for, or no such queries.
pub(super) fn survivors(
    build: Build,
    rows: &[Row],
    counts: &Counts,
    queries: Range<usize>,
    found: impl FnMut(usize, &Row),
) {
    match build {
        // SAFETY: every processor has words of 64 bits.
        Build::Portable => unsafe { run::<u64>(rows, counts, queries, found) },
        // SAFETY: the build is one that this processor runs.
        #[cfg(target_arch = "x86_64")]
        Build::Avx2 => unsafe { run_avx2(rows, counts, queries, found) },
        // SAFETY: the build is one that this processor runs.
        #[cfg(target_arch = "x86_64")]
        Build::Avx512 => unsafe { run_avx512(rows, counts, queries, found) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2(rows: &[Row], counts: &Counts, queries: Range<usize>, found: impl FnMut(usize, &Row)) {
    // SAFETY: the function has the instruction set.
    unsafe { run::<std::arch::x86_64::__m256i>(rows, counts, queries, found) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn run_avx512(rows: &[Row], counts: &Counts, queries: Range<usize>, found: impl FnMut(usize, &Row)) {
    // SAFETY: the function has the instruction set.
    unsafe { run::<Pair<std::arch::x86_64::__m512i>>(rows, counts, queries, found) }
}

/// # Safety
/// The processor has the word's instruction set.
#[inline(always)]
unsafe fn run<W: Word>(rows: &[Row], counts: &Counts, queries: Range<usize>, mut found: impl FnMut(usize, &Row)) {
    assert!(rows.len() >= counts.rows, "fewer rows than the counts were made for");
    for (query, count) in queries.clone().zip(&counts.counts[queries]) {
        let mut row = Row([0; TILE / 64]);
        let mut any = false;
        for part in 0..TILE / 64 / W::LENGTH {
            // SAFETY: there are as many rows as the counts were made for (checked above), and the rows that groups name
            // lie below that number (checked by `push`); for the instruction set as the caller guarantees.
            let survivors = unsafe {
                let tile = Part { rows, part };
                match (count.low_means, count.budget) {
                    (Low::LacksAll, ..8) => counts.part::<W, 3, false>(count, tile),
                    (Low::LacksAll, _) => counts.part::<W, 4, false>(count, tile),
                    (Low::LacksAny, ..8) => counts.part::<W, 3, true>(count, tile),
                    (Low::LacksAny, _) => counts.part::<W, 4, true>(count, tile),
                }
            };
            any |= !survivors.is_zero();
            survivors.store(&mut row, part);
        }
        if any {
            found(query, &row);
        }
    }
}

/// One part of the rows of a tile, as many candidates as a word has bits.
#[derive(Clone, Copy)]
struct Part<'tile> {
    rows: &'tile [Row],
    part: usize,
}

impl Part<'_> {
    /// # Safety
    /// The row and its part exist, and the processor has the word's instruction set.
    #[inline(always)]
    unsafe fn row<W: Word>(self, row: RowOffset) -> W {
        // SAFETY: as the caller guarantees.
        unsafe { W::load(self.rows, row, self.part) }
    }
}

impl Counts {
    /// The survivors of one query of this list among the candidates of one part of the tile.
    ///
    /// # Safety
    /// The tile has the rows and the part, and the processor the word's instruction set.
    #[inline(always)]
    unsafe fn part<W: Word, const PLANES: usize, const ANY: bool>(&self, count: &Count, tile: Part) -> W {
        let (first, groups) = (count.low as usize, usize::from(count.low_groups));
        let leave_after = usize::from(count.leave_after);
        // SAFETY: `push` made the groups of the counts of this list; for the rest as the caller guarantees.
        unsafe {
            let groups = self.low.get_unchecked(first..first + groups);
            let (before, after) = groups.split_at_unchecked(leave_after);
            let mut lows = Tally::<W, PLANES>::to_overflow_above(count.budget);
            lows.add_low::<ANY>(before, tile);
            if !after.is_empty() {
                let left = lows.left();
                if left.is_zero() {
                    return left;
                }
                lows.add_low::<ANY>(after, tile);
            }
            let survivors = lows.left();
            if count.restricted == 0 || survivors.is_zero() {
                return survivors;
            }
            let first = count.half as usize;
            let groups = self.half.get_unchecked(first..first + usize::from(count.half_groups));
            let starts = count.half_starts.get_unchecked(..usize::from(count.restricted));
            let mut halves = Tally::<W, HALF_PLANES>::starting_by(starts, &lows);
            halves.add_half(groups, tile);
            survivors.and_not(halves.over)
        }
    }
}

/// A count for each candidate of a word, in bit slices.
struct Tally<W, const PLANES: usize> {
    planes: [W; PLANES],
    /// The candidates whose count has overflowed.
    over: W,
}
/// The bit slices of a small number that is the same for all candidates.
const SLICES: [[u64; HALF_PLANES]; 1 << HALF_PLANES] = {
    let mut slices = [[0; HALF_PLANES]; 1 << HALF_PLANES];
    let mut number = 0;
    while number < slices.len() {
        let mut plane = 0;
        while plane < HALF_PLANES {
            slices[number][plane] = (number as u64 >> plane & 1).wrapping_neg();
            plane += 1;
        }
        number += 1;
    }
    slices
};

impl<W: Word, const PLANES: usize> Tally<W, PLANES> {
    /// A count that has overflowed once it has counted more than so many.
    ///
    /// # Safety
    /// The processor has the word's instruction set.
    #[inline(always)]
    unsafe fn to_overflow_above(most: u8) -> Self {
        let slices = &SLICES[(1 << PLANES) - 1 - usize::from(most)];
        // SAFETY: as the caller guarantees.
        unsafe { Self { planes: std::array::from_fn(|plane| W::splat(slices[plane])), over: W::splat(0) } }
    }

    /// A count that starts at `starts[slack]` for a candidate of which another count could count `slack` more before it
    /// overflows, at 0 where there is no such start.
    ///
    /// # Safety
    /// The processor has the word's instruction set.
    #[inline(always)]
    unsafe fn starting_by<const OTHER: usize>(starts: &[u8], other: &Tally<W, OTHER>) -> Self {
        // SAFETY: as the caller guarantees.
        let (none, all) = unsafe { (W::splat(0), W::splat(u64::MAX)) };
        let mut tally = Self { planes: [none; PLANES], over: none };
        for (&start, slack) in starts.iter().zip(&SLICES) {
            let mut has_slack = all;
            for (plane, &slice) in other.planes.iter().zip(slack) {
                // SAFETY: as the caller guarantees.
                has_slack = has_slack.and(plane.xor(unsafe { W::splat(slice) }));
            }
            for (plane, &slice) in tally.planes.iter_mut().zip(&SLICES[usize::from(start)]) {
                // SAFETY: as the caller guarantees.
                *plane = plane.or(has_slack.and(unsafe { W::splat(slice) }));
            }
        }
        tally
    }

    /// The candidates whose count has not overflowed.
    #[inline(always)]
    fn left(&self) -> W {
        self.over.not()
    }

    /// Counts the loci of these groups that are low: that lack both features, or `ANY` of them.
    ///
    /// # Safety
    /// The rows exist, and the processor has the word's instruction set.
    #[inline(always)]
    unsafe fn add_low<const ANY: bool>(&mut self, groups: &[LowGroup], tile: Part) {
        for [a, b, c, d] in groups {
            let low = |[first, second]: &[RowOffset; 2]| {
                // SAFETY: as the caller guarantees.
                let (first, second) = unsafe { (tile.row::<W>(*first), tile.row::<W>(*second)) };
                if ANY { first.or(second) } else { first.and(second) }
            };
            self.add(low(a), low(b), low(c), low(d));
        }
    }

    /// Counts the loci of these groups that are half.
    ///
    /// # Safety
    /// The rows exist, and the processor has the word's instruction set.
    #[inline(always)]
    unsafe fn add_half(&mut self, groups: &[HalfGroup], tile: Part) {
        for [a, b, c, d] in groups {
            let half = |[first, second, two]: &[RowOffset; 3]| {
                // SAFETY: as the caller guarantees.
                unsafe { tile.row::<W>(*first).xor(tile.row(*second)).and(tile.row(*two)) }
            };
            self.add(half(a), half(b), half(c), half(d));
        }
    }

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
    fn obvious(rows: &[Row], asked: &Asked) -> Row {
        let bit = |row: u16, at: usize| rows[usize::from(row)].0[at / 64] >> (at % 64) & 1 == 1;
        let mut survivors = Row([0; TILE / 64]);
        for at in 0..TILE {
            let is_low = |[a, b]: &&[u16; 2]| match asked.low_means {
                Low::LacksAll => bit(*a, at) && bit(*b, at),
                Low::LacksAny => bit(*a, at) || bit(*b, at),
            };
            let low = asked.low.iter().filter(is_low).count();
            let half = asked.half.iter().filter(|[a, b, two]| bit(*a, at) != bit(*b, at) && bit(*two, at)).count();
            let survives = low <= asked.budget && half <= asked.allowed_half[low];
            survivors.0[at / 64] |= u64::from(survives) << (at % 64);
        }
        survivors
    }

    /// Loci, budget, allowed half loci and where to look whether anybody is left.
    fn asked() -> impl Strategy<Value = Asked> {
        let low = prop::collection::vec(any::<[u16; 2]>(), 0..30);
        let half = prop::collection::vec(any::<[u16; 3]>(), 0..=MOST_HALF);
        let allowed = prop::collection::vec(0..=MOST_HALF, MOST_BUDGET + 1);
        let counts = (prop::sample::select(vec![Low::LacksAll, Low::LacksAny]), 0..=MOST_BUDGET, 0_usize..9);
        (low, half, allowed, counts).prop_map(|(low, half, allowed_half, (low_means, budget, leave_after))| Asked {
            low_means,
            low,
            half,
            budget,
            allowed_half,
            leave_after,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_build_counts_right(
            words in prop::collection::vec(any::<[[u64; TILE / 64]; 3]>(), 1..9),
            mut asked in prop::collection::vec(asked(), 1..6),
            first in any::<prop::sample::Index>(),
        ) {
            let dense = |words: [[u64; TILE / 64]; 3]| Row(std::array::from_fn(|at| words[0][at] | words[1][at] | words[2][at]));
            let rows: Vec<_> = std::iter::once(Row([0; TILE / 64])).chain(words.into_iter().map(dense)).collect();
            let mut counts = Counts::new(rows.len());
            for asked in &mut asked {
                asked.low.iter_mut().flatten().for_each(|row| *row %= rows.len() as u16);
                asked.half.iter_mut().flatten().for_each(|row| *row %= rows.len() as u16);
                counts.push(asked);
            }
            let first = first.index(asked.len());
            for build in Build::available() {
                let mut found = vec![Row([0; TILE / 64]); asked.len()];
                survivors(build, &rows, &counts, first..asked.len(), |query, row| found[query] = *row);
                for (query, found) in found.into_iter().enumerate() {
                    let expected = if query < first { Row([0; TILE / 64]) } else { obvious(&rows, &asked[query]) };
                    prop_assert_eq!(found, expected, "{:?}", build);
                }
            }
        }
    }
}
