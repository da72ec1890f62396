//! Bits of many candidates in one register: what the exclusion kernel counts with.
//!
//! The kernel is written once over [`Word`]; each instruction set gives a type of its own, so that nothing is left to the
//! compiler's choice of vectors. `u64` is the portable one.

use super::rows::{ROW_WORDS, TileRows};

/// Where a row lies: its byte offset divided by eight, which an address can multiply by eight for nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RowOffset(u16);

impl RowOffset {
    /// The greatest number of rows that have offsets.
    pub(super) const MOST_ROWS: usize = (u16::MAX as usize + 1) / ROW_WORDS;

    /// The offset of a row; `None` from [`RowOffset::MOST_ROWS`] on.
    pub(super) fn new(row: u16) -> Option<Self> {
        row.checked_mul(ROW_WORDS as u16).map(Self)
    }

    /// Where word `word` of a tile lies for this row.
    ///
    /// # Safety
    /// There is such a row, and such a word in a tile.
    #[inline(always)]
    unsafe fn address(self, rows: TileRows, word: usize) -> *const u64 {
        let first = word / ROW_WORDS * rows.number() * ROW_WORDS + word % ROW_WORDS;
        debug_assert!(first + usize::from(self.0) < rows.as_slice().len() * ROW_WORDS);
        // SAFETY: as the caller guarantees.
        unsafe { rows.as_slice().as_ptr().cast::<u64>().add(first).add(usize::from(self.0)) }
    }
}

/// As many bits as a register holds, one a candidate.
pub(super) trait Word: Copy {
    /// Words of 64 bits in it.
    const LENGTH: usize;

    /// All 64-bit words equal to this one.
    ///
    /// # Safety
    /// The processor has the type's instruction set.
    unsafe fn splat(word: u64) -> Self;

    /// The bits of part `part` of the tile for a row, the tile cut into `TILE / 64 / LENGTH` parts.
    ///
    /// # Safety
    /// The processor has the type's instruction set, and there is such a row and such a part.
    unsafe fn load(rows: TileRows, row: RowOffset, part: usize) -> Self;

    /// Writes the bits into the first words of this slice.
    fn store(self, words: &mut [u64]);

    /// Both bits.
    fn and(self, other: Self) -> Self;

    /// Either bit.
    fn or(self, other: Self) -> Self;

    /// Exactly one bit.
    fn xor(self, other: Self) -> Self;

    /// The bits that are not set.
    fn not(self) -> Self;

    /// Whether no bit is set.
    fn is_zero(self) -> bool;

    /// A full adder: sum and carry.
    #[inline(always)]
    fn add(self, second: Self, third: Self) -> (Self, Self) {
        let half = self.xor(second);
        (half.xor(third), self.and(second).or(half.and(third)))
    }
}

impl Word for u64 {
    const LENGTH: usize = 1;

    #[inline(always)]
    unsafe fn splat(word: u64) -> Self {
        word
    }

    #[inline(always)]
    unsafe fn load(rows: TileRows, row: RowOffset, part: usize) -> Self {
        // SAFETY: as the caller guarantees.
        unsafe { *row.address(rows, part) }
    }

    #[inline(always)]
    fn store(self, words: &mut [u64]) {
        words[0] = self;
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline(always)]
    fn not(self) -> Self {
        !self
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self == 0
    }
}

/// Two words side by side: half as many addresses to work out, where there are registers enough to hold both.
#[derive(Clone, Copy)]
pub(super) struct WordPair<W>(W, W);

impl<W: Word> Word for WordPair<W> {
    const LENGTH: usize = 2 * W::LENGTH;

    #[inline(always)]
    unsafe fn splat(word: u64) -> Self {
        // SAFETY: as the caller guarantees.
        unsafe { Self(W::splat(word), W::splat(word)) }
    }

    #[inline(always)]
    unsafe fn load(rows: TileRows, row: RowOffset, part: usize) -> Self {
        // SAFETY: as the caller guarantees: a part of this length is two of half the length.
        unsafe { Self(W::load(rows, row, 2 * part), W::load(rows, row, 2 * part + 1)) }
    }

    #[inline(always)]
    fn store(self, words: &mut [u64]) {
        self.0.store(words);
        self.1.store(&mut words[W::LENGTH..]);
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(self.0.and(other.0), self.1.and(other.1))
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0), self.1.or(other.1))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(self.0.xor(other.0), self.1.xor(other.1))
    }

    #[inline(always)]
    fn not(self) -> Self {
        Self(self.0.not(), self.1.not())
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self.0.or(self.1).is_zero()
    }

    #[inline(always)]
    fn add(self, second: Self, third: Self) -> (Self, Self) {
        let (left, right) = (self.0.add(second.0, third.0), self.1.add(second.1, third.1));
        (Self(left.0, right.0), Self(left.1, right.1))
    }
}

/// Implements [`Word`] for a vector type. A value of the type exists only where `splat` or `load` made it, that is, where
/// the processor has the instruction set: so its other methods are safe.
#[cfg(target_arch = "x86_64")]
macro_rules! vector_word {
    ($type:ty, $length:literal, $splat:ident, $load:ident, $store:ident, $and:ident, $or:ident, $xor:ident,
     |$zero:ident| $is_zero:expr $(, |$a:ident, $b:ident, $c:ident| $add:expr)?) => {
        impl Word for $type {
            const LENGTH: usize = $length;

            #[inline(always)]
            unsafe fn splat(word: u64) -> Self {
                // SAFETY: as the caller guarantees.
                unsafe { $splat(word.cast_signed()) }
            }

            #[inline(always)]
            unsafe fn load(rows: TileRows, row: RowOffset, part: usize) -> Self {
                // SAFETY: as the caller guarantees; a row is aligned to 64 bytes, so its parts are to theirs.
                unsafe { $load(row.address(rows, part * $length).cast::<Self>()) }
            }

            #[inline(always)]
            fn store(self, words: &mut [u64]) {
                let words = &mut words[..$length];
                // SAFETY: there is room for the words.
                unsafe { $store(words.as_mut_ptr().cast::<Self>(), self) }
            }

            #[inline(always)]
            fn and(self, other: Self) -> Self {
                // SAFETY: the values exist, so the processor has the instruction set.
                unsafe { $and(self, other) }
            }

            #[inline(always)]
            fn or(self, other: Self) -> Self {
                // SAFETY: the values exist, so the processor has the instruction set.
                unsafe { $or(self, other) }
            }

            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                // SAFETY: the values exist, so the processor has the instruction set.
                unsafe { $xor(self, other) }
            }

            #[inline(always)]
            fn not(self) -> Self {
                // SAFETY: the values exist, so the processor has the instruction set.
                unsafe { self.xor(Self::splat(u64::MAX)) }
            }

            #[inline(always)]
            fn is_zero(self) -> bool {
                let $zero = self;
                // SAFETY: the value exists, so the processor has the instruction set.
                unsafe { $is_zero }
            }

            $(
                #[inline(always)]
                fn add(self, second: Self, third: Self) -> (Self, Self) {
                    let ($a, $b, $c) = (self, second, third);
                    // SAFETY: the values exist, so the processor has the instruction set.
                    unsafe { $add }
                }
            )?
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use super::{RowOffset, TileRows, Word};
    use std::arch::x86_64::*;

    vector_word!(
        __m256i,
        4,
        _mm256_set1_epi64x,
        _mm256_load_si256,
        _mm256_storeu_si256,
        _mm256_and_si256,
        _mm256_or_si256,
        _mm256_xor_si256,
        |word| _mm256_testz_si256(word, word) == 1
    );

    // 0x96 is the exclusive or of three bits, 0xe8 their majority.
    vector_word!(
        __m512i,
        8,
        _mm512_set1_epi64,
        _mm512_load_si512,
        _mm512_storeu_si512,
        _mm512_and_si512,
        _mm512_or_si512,
        _mm512_xor_si512,
        |word| _mm512_test_epi64_mask(word, word) == 0,
        |a, b, c| (_mm512_ternarylogic_epi64::<0x96>(a, b, c), _mm512_ternarylogic_epi64::<0xe8>(a, b, c))
    );
}
