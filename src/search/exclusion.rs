//! The exclusion kernel: at how many loci each candidate is mismatching, counted in bit slices for many candidates at once.
//!
//! A candidate is *mismatching* at a locus where it lacks both features of the query's set: the AND of two rows of the tile's
//! bitmaps (see [`super::bitmap`]); for some queries where it lacks either: their OR. The masks of four loci go through three
//! carry-save adders, which leave one carry of weight 4; the count is held in bit slices (ones, twos, fours, …), one bit a
//! candidate in each. It starts at 2^planes − 1 − budget, so that it overflows exactly where more than `budget` loci are mismatching;
//! overflow sticks.
//!
//! All queries go over one part of a tile before the next: the part of the bitmaps that they use fits in the first-level cache.
//!
//! The code is written once, over [`Word`]; the builds of it differ in the type of word.

use super::{
    TILE,
    bitmap::NOTHING_LACKS,
    bound::Mismatch,
    rows::TileRows,
    word::{RowOffset, Word, WordPair},
};
use std::ops::Range;

/// Loci that are added together.
pub(super) const GROUP: usize = 4;

/// The largest budget that the kernel counts to.
pub(super) const MOST_BUDGET: usize = 15;

/// For each locus of a group the rows of the two features.
type RowGroup = [[RowOffset; 2]; GROUP];

/// What the kernel counts for many queries. All rows lie below a limit.
#[derive(Clone, Debug)]
pub(super) struct KernelCounts {
    counts: Vec<QueryCount>,
    groups: Vec<RowGroup>,
    rows: usize,
}

/// What a query asks of the kernel.
#[derive(Clone, Debug)]
pub(super) struct KernelQuery {
    /// Which codes are mismatching.
    pub(super) mismatch: Mismatch,
    /// The rows of its loci, the most excluding ones first.
    pub(super) loci: Vec<[u16; 2]>,
    /// A candidate survives with at most so many mismatching loci, at most [`MOST_BUDGET`].
    pub(super) budget: usize,
}

/// What is counted for one query.
#[derive(Clone, Copy, Debug)]
struct QueryCount {
    /// The first of its groups of loci, and their number.
    first: u32,
    groups: u16,
    /// A candidate survives with at most so many mismatching loci.
    budget: u8,
    mismatch: Mismatch,
}

impl KernelCounts {
    /// No queries yet, for bitmaps of so many rows: at least one, at most [`RowOffset::MOST_ROWS`].
    pub(super) fn new(rows: usize) -> Self {
        assert!((1..=RowOffset::MOST_ROWS).contains(&rows), "a number of rows that has offsets");
        Self { counts: Vec::new(), groups: Vec::new(), rows }
    }

    /// Adds a query; its last group of loci is filled up with loci that never count.
    ///
    /// # Panics
    /// A row beyond the bitmaps, a budget beyond what can be counted.
    pub(super) fn push(&mut self, asked: &KernelQuery) {
        assert!(asked.budget <= MOST_BUDGET, "more than can be counted");
        let offset = |row: u16| {
            assert!(usize::from(row) < self.rows, "a row beyond the bitmaps");
            RowOffset::new(row).expect("fewer rows than have offsets")
        };
        let first = u32::try_from(self.groups.len()).expect("fewer than 2^32 groups");
        for loci in asked.loci.chunks(GROUP) {
            let mut group = [[offset(NOTHING_LACKS); 2]; GROUP];
            for (group, locus) in group.iter_mut().zip(loci) {
                *group = locus.map(offset);
            }
            self.groups.push(group);
        }
        let groups = u16::try_from(asked.loci.len().div_ceil(GROUP)).expect("fewer loci than rows");
        let (budget, mismatch) = (asked.budget as u8, asked.mismatch);
        self.counts.push(QueryCount { first, groups, budget, mismatch });
    }
}

/// The kernel's builds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Build {
    /// Words of 64 candidates.
    Portable,
    /// 256 candidates an instruction, two instructions for each address.
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
            // Bits of survivors are counted and found by instructions that came before these sets, but are not part of them.
            let finds_bits =
                std::arch::is_x86_feature_detected!("popcnt") && std::arch::is_x86_feature_detected!("bmi1");
            if finds_bits && std::arch::is_x86_feature_detected!("avx2") {
                builds.push(Self::Avx2);
            }
            if finds_bits && std::arch::is_x86_feature_detected!("avx512f") {
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

/// The candidates of a tile that survive the counts of some of the queries: calls `found` with a query's number among all, the
/// first of some words of the tile, and these words, in which a bit is set for each candidate that survives. Words without a
/// survivor may be left out.
///
/// `build` is one of [`Build::available`].
///
/// # Panics
/// Fewer rows than the counts were made for, or no such queries.
pub(super) fn survivors(
    build: Build,
    rows: TileRows,
    counts: &KernelCounts,
    queries: Range<usize>,
    found: impl FnMut(usize, usize, &[u64]),
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
#[target_feature(enable = "avx2,popcnt,bmi1")]
fn run_avx2(rows: TileRows, counts: &KernelCounts, queries: Range<usize>, found: impl FnMut(usize, usize, &[u64])) {
    // SAFETY: the function has the instruction set.
    unsafe { run::<WordPair<std::arch::x86_64::__m256i>>(rows, counts, queries, found) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,popcnt,bmi1")]
fn run_avx512(rows: TileRows, counts: &KernelCounts, queries: Range<usize>, found: impl FnMut(usize, usize, &[u64])) {
    // SAFETY: the function has the instruction set.
    unsafe { run::<WordPair<std::arch::x86_64::__m512i>>(rows, counts, queries, found) }
}

/// # Safety
/// The processor has the word's instruction set.
#[inline(always)]
unsafe fn run<W: Word>(
    rows: TileRows,
    counts: &KernelCounts,
    queries: Range<usize>,
    mut found: impl FnMut(usize, usize, &[u64]),
) {
    assert!(rows.number() >= counts.rows, "fewer rows than the counts were made for");
    for part in 0..TILE / 64 / W::LENGTH {
        let tile = TilePart { rows, part };
        for (query, count) in queries.clone().zip(&counts.counts[queries.clone()]) {
            // SAFETY: there are as many rows as the counts were made for (checked above), and the rows that groups name
            // lie below that number (checked by `push`); for the instruction set as the caller guarantees.
            let survivors: W = unsafe {
                match (count.mismatch, count.budget) {
                    (Mismatch::LacksAll, ..8) => counts.survivors::<W, 3, false>(count, tile),
                    (Mismatch::LacksAll, _) => counts.survivors::<W, 4, false>(count, tile),
                    (Mismatch::LacksAny, ..8) => counts.survivors::<W, 3, true>(count, tile),
                    (Mismatch::LacksAny, _) => counts.survivors::<W, 4, true>(count, tile),
                }
            };
            if !survivors.is_zero() {
                let mut words = [0; TILE / 64];
                survivors.store(&mut words);
                found(query, part * W::LENGTH, &words[..W::LENGTH]);
            }
        }
    }
}

/// One part of the rows of a tile, as many candidates as a word has bits.
#[derive(Clone, Copy)]
struct TilePart<'tile> {
    rows: TileRows<'tile>,
    part: usize,
}

impl TilePart<'_> {
    /// # Safety
    /// The row and its part exist, and the processor has the word's instruction set.
    #[inline(always)]
    unsafe fn row<W: Word>(self, row: RowOffset) -> W {
        // SAFETY: as the caller guarantees.
        unsafe { W::load(self.rows, row, self.part) }
    }
}

impl KernelCounts {
    /// The survivors of one query of this list among the candidates of one part of the tile.
    ///
    /// # Safety
    /// The tile has the rows and the part, and the processor the word's instruction set.
    #[inline(always)]
    unsafe fn survivors<W: Word, const PLANES: usize, const ANY: bool>(&self, count: &QueryCount, tile: TilePart) -> W {
        let (first, groups) = (count.first as usize, usize::from(count.groups));
        // SAFETY: `push` made the groups of the counts of this list; for the rest as the caller guarantees.
        unsafe {
            let groups = self.groups.get_unchecked(first..first + groups);
            let mut tally = BitTally::<W, PLANES>::to_overflow_above(count.budget);
            tally.add_mismatches::<ANY>(groups, tile);
            tally.left()
        }
    }
}

/// A count for each candidate of a word, in bit slices.
struct BitTally<W, const PLANES: usize> {
    planes: [W; PLANES],
    /// The candidates whose count has overflowed.
    over: W,
}

/// Bit slices of the largest count.
const MOST_PLANES: usize = MOST_BUDGET.ilog2() as usize + 1;

/// The bit slices of a small number that is the same for all candidates.
const SLICES: [[u64; MOST_PLANES]; 1 << MOST_PLANES] = {
    let mut slices = [[0; MOST_PLANES]; 1 << MOST_PLANES];
    let mut number = 0;
    while number < slices.len() {
        let mut plane = 0;
        while plane < MOST_PLANES {
            slices[number][plane] = (number as u64 >> plane & 1).wrapping_neg();
            plane += 1;
        }
        number += 1;
    }
    slices
};

impl<W: Word, const PLANES: usize> BitTally<W, PLANES> {
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

    /// The candidates whose count has not overflowed.
    #[inline(always)]
    fn left(&self) -> W {
        self.over.not()
    }

    /// Counts the loci of these groups that are mismatching: that lack both features, or `ANY` of them.
    ///
    /// # Safety
    /// The rows exist, and the processor has the word's instruction set.
    #[inline(always)]
    unsafe fn add_mismatches<const ANY: bool>(&mut self, groups: &[RowGroup], tile: TilePart) {
        for [a, b, c, d] in groups {
            let mismatch = |[first, second]: &[RowOffset; 2]| {
                // SAFETY: as the caller guarantees.
                let (first, second) = unsafe { (tile.row::<W>(*first), tile.row::<W>(*second)) };
                if ANY { first.or(second) } else { first.and(second) }
            };
            self.add(mismatch(a), mismatch(b), mismatch(c), mismatch(d));
        }
    }

    /// Counts four loci.
    #[inline(always)]
    fn add(&mut self, a: W, b: W, c: W, d: W) {
        // What is counted so far comes last: the next group waits for it.
        let (ones, left) = a.add(b, c);
        let (ones, right) = d.add(ones, self.planes[0]);
        let (twos, mut carry) = left.add(right, self.planes[1]);
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
    use super::super::rows::{HalfTileRow, ROW_WORDS};
    use super::*;
    use proptest::prelude::*;

    /// Counts candidate by candidate.
    fn obvious(rows: TileRows, asked: &KernelQuery) -> Vec<usize> {
        let bit = |row: u16, at: usize| {
            let (half, word) = (at / 64 / ROW_WORDS, at / 64 % ROW_WORDS);
            rows.as_slice()[half * rows.number() + usize::from(row)].0[word] >> (at % 64) & 1 == 1
        };
        let survives = |at: &usize| {
            let is_mismatch = |[a, b]: &&[u16; 2]| match asked.mismatch {
                Mismatch::LacksAll => bit(*a, *at) && bit(*b, *at),
                Mismatch::LacksAny => bit(*a, *at) || bit(*b, *at),
            };
            asked.loci.iter().filter(is_mismatch).count() <= asked.budget
        };
        (0..TILE).filter(survives).collect()
    }

    /// The bits that are set, the words being some of a tile from word `first` on.
    fn ones(first: usize, words: &[u64]) -> impl Iterator<Item = usize> {
        let bits =
            words.iter().enumerate().flat_map(|(word, &bits)| (0..64).map(move |bit| (word, bits >> bit & 1, bit)));
        bits.filter(|(_, set, _)| *set == 1).map(move |(word, _, bit)| (first + word) * 64 + bit)
    }

    /// As many candidates at once as with AVX-512, on any processor: words that reach from one half of a tile to the other.
    type Widest = WordPair<WordPair<WordPair<WordPair<u64>>>>;

    /// Loci and budget.
    fn asked() -> impl Strategy<Value = KernelQuery> {
        let loci = prop::collection::vec(any::<[u16; 2]>(), 0..30);
        let mismatch = prop::sample::select(vec![Mismatch::LacksAll, Mismatch::LacksAny]);
        (loci, mismatch, 0..=MOST_BUDGET).prop_map(|(loci, mismatch, budget)| KernelQuery { mismatch, loci, budget })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_build_counts_right(
            words in prop::collection::vec(any::<[[[u64; ROW_WORDS]; 3]; 2]>(), 1..9),
            mut asked in prop::collection::vec(asked(), 1..6),
            first in any::<prop::sample::Index>(),
        ) {
            let dense = |words: &[[u64; ROW_WORDS]; 3]| {
                HalfTileRow(std::array::from_fn(|at| words[0][at] | words[1][at] | words[2][at]))
            };
            let half = |half: usize| words.iter().map(move |words| dense(&words[half]));
            let nothing_lacks = || std::iter::once(HalfTileRow([0; ROW_WORDS]));
            let rows: Vec<_> = nothing_lacks().chain(half(0)).chain(nothing_lacks()).chain(half(1)).collect();
            let rows = TileRows::new(&rows);
            let mut counts = KernelCounts::new(rows.number());
            for asked in &mut asked {
                asked.loci.iter_mut().flatten().for_each(|row| *row %= rows.number() as u16);
                counts.push(asked);
            }
            let queries = first.index(asked.len())..asked.len();
            let expected: Vec<_> = asked[queries.clone()].iter().map(|asked| obvious(rows, asked)).collect();
            for build in Build::available() {
                let mut found = vec![Vec::new(); queries.len()];
                survivors(build, rows, &counts, queries.clone(), |query, first, words| {
                    found[query - queries.start].extend(ones(first, words));
                });
                prop_assert_eq!(&found, &expected, "{:?}", build);
            }
            let mut found = vec![Vec::new(); queries.len()];
            // SAFETY: every processor has words of 64 bits.
            unsafe {
                run::<Widest>(rows, &counts, queries.clone(), |query, first, words| {
                    found[query - queries.start].extend(ones(first, words));
                });
            }
            prop_assert_eq!(&found, &expected);
        }
    }
}
