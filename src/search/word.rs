//! Bits of many candidates in one register: what the exclusion kernel counts with.
//!
//! The kernel is written once over [`Word`]; each instruction set gives a type of its own, so that nothing is left to the
//! compiler's choice of vectors. `u64` is the portable one.

use super::{TILE, bitmap::Row};

/// As many bits as a register holds, one a candidate.
pub(super) trait Word: Copy {
    /// Words of 64 bits in it.
    const LENGTH: usize;

    /// All 64-bit words equal to this one.
    ///
    /// # Safety
    /// The processor has the type's instruction set.
    unsafe fn splat(word: u64) -> Self;

    /// Part `part` of a row, the row cut into `TILE / 64 / LENGTH` parts.
    ///
    /// # Safety
    /// The processor has the type's instruction set, and the row has such a part.
    unsafe fn load(row: &Row, part: usize) -> Self;

    /// Writes part `part` of a row.
    fn store(self, row: &mut Row, part: usize);

    /// Both bits.
    fn and(self, other: Self) -> Self;

    /// Either bit.
    fn or(self, other: Self) -> Self;

    /// Exactly one bit.
    fn xor(self, other: Self) -> Self;

    /// This bit and not the other.
    fn and_not(self, other: Self) -> Self;

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
    unsafe fn load(row: &Row, part: usize) -> Self {
        // SAFETY: as the caller guarantees.
        unsafe { *row.0.get_unchecked(part) }
    }

    #[inline(always)]
    fn store(self, row: &mut Row, part: usize) {
        row.0[part] = self;
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
    fn and_not(self, other: Self) -> Self {
        self & !other
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self == 0
    }
}

/// Implements [`Word`] for a vector type. A value of the type exists only where `splat` or `load` made it, that is, where
/// the processor has the instruction set: so its other methods are safe.
#[cfg(target_arch = "x86_64")]
macro_rules! vector_word {
    ($type:ty, $length:literal, $splat:ident, $load:ident, $store:ident, $and:ident, $or:ident, $xor:ident, $and_not:ident,
     |$zero:ident| $is_zero:expr $(, |$a:ident, $b:ident, $c:ident| $add:expr)?) => {
        impl Word for $type {
            const LENGTH: usize = $length;

            #[inline(always)]
            unsafe fn splat(word: u64) -> Self {
                // SAFETY: as the caller guarantees.
                unsafe { $splat(word.cast_signed()) }
            }

            #[inline(always)]
            unsafe fn load(row: &Row, part: usize) -> Self {
                debug_assert!(part < TILE / 64 / $length);
                // SAFETY: as the caller guarantees; a row is aligned to 64 bytes, so its parts are to theirs.
                unsafe { $load(row.0.as_ptr().cast::<Self>().add(part)) }
            }

            #[inline(always)]
            fn store(self, row: &mut Row, part: usize) {
                let words = &mut row.0[part * $length..(part + 1) * $length];
                // SAFETY: there is room for the words; a row is aligned to 64 bytes, so its parts are to theirs.
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
            fn and_not(self, other: Self) -> Self {
                // SAFETY: the values exist, so the processor has the instruction set.
                unsafe { $and_not(other, self) }
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
    use super::{Row, TILE, Word};
    use std::arch::x86_64::*;

    vector_word!(
        __m256i,
        4,
        _mm256_set1_epi64x,
        _mm256_load_si256,
        _mm256_store_si256,
        _mm256_and_si256,
        _mm256_or_si256,
        _mm256_xor_si256,
        _mm256_andnot_si256,
        |word| _mm256_testz_si256(word, word) == 1
    );

    // 0x96 is the exclusive or of three bits, 0xe8 their majority.
    vector_word!(
        __m512i,
        8,
        _mm512_set1_epi64,
        _mm512_load_si512,
        _mm512_store_si512,
        _mm512_and_si512,
        _mm512_or_si512,
        _mm512_xor_si512,
        _mm512_andnot_si512,
        |word| _mm512_test_epi64_mask(word, word) == 0,
        |a, b, c| (_mm512_ternarylogic_epi64::<0x96>(a, b, c), _mm512_ternarylogic_epi64::<0xe8>(a, b, c))
    );
}
