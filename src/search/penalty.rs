//! A closer look at the survivors of the exclusion kernel, still without their rows: what they have, locus by locus.
//!
//! At each locus a query asks for one or two features, S(l). What a code has of them puts it in a class
//! ([`CodeFeatures::class`](super::CodeFeatures)): it has the first or not, the second or not, another one or not. The
//! penalty of a class is how far the greatest entry of its codes lies below the greatest of the row, in units of 1/32 log10,
//! rounded down and at most 255; so row\[code\] ≤ high − penalty/32. A sum is then at most H − Σ penalty/32, where
//! H = Σ high, and a candidate with Σ penalty > 32·(H − T) scores less than T.
//!
//! The numbers of features and the penalties are bytes, 32 loci side by side: comparisons and choices without a branch, with
//! AVX2 an instruction each.

use super::{
    features::CLASSES,
    survivors::{Survivor, TileSurvivors},
};

/// What the comparison of a bound with a threshold allows for rounding, in log10 units.
pub(super) const MARGIN: f64 = 1e-6;

/// Penalties to one log10 unit.
const SCALE: f64 = 32.0;

/// Loci of a line.
const LINE: usize = 32;

/// In place of a feature: nothing. A candidate with nothing at a locus is open there.
pub(super) const NOTHING: u8 = 0;

/// A feature that no query asks for.
pub(super) const UNASKED: u8 = 1;

/// What one candidate has at up to 32 loci: two features each, or one and [`NOTHING`], or twice [`NOTHING`].
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Held {
    first: Bytes,
    second: Bytes,
}

/// What one query asks for at up to 32 loci.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct PenaltyLine {
    first: Bytes,
    second: Bytes,
    /// By class.
    penalties: [Bytes; CLASSES],
}

/// What a query asks for at one locus: two features (twice the same where there is one) and the penalties of the classes.
pub(super) struct LocusPenalties {
    pub(super) features: [u8; 2],
    pub(super) penalties: [u8; CLASSES],
}

/// The penalties of many queries.
#[derive(Clone, Debug)]
pub(super) struct Penalties {
    /// Lines of a query.
    width: usize,
    /// The lines of all queries, one query after the other.
    lines: Vec<PenaltyLine>,
    /// By query the greatest sum of penalties with which a candidate can reach the threshold.
    most: Vec<u32>,
}

/// The penalty of a class whose greatest entry lies so far below the greatest of the row, in log10 units.
pub(super) fn penalty(gap: f64) -> u8 {
    // `as` maps what is too great to 255, and NaN, the gap of a row without a finite entry, to 0.
    (gap * SCALE) as u8
}

/// How many lines hold so many loci.
pub(super) fn lines(loci: usize) -> usize {
    loci.div_ceil(LINE)
}

impl Held {
    /// Nothing at any locus.
    pub(super) const OPEN: Self = Self { first: Bytes([NOTHING; LINE]), second: Bytes([NOTHING; LINE]) };

    /// Sets what a candidate has at a locus, in its lines.
    #[inline(always)]
    pub(super) fn set(lines: &mut [Self], locus: usize, [first, second]: [u8; 2]) {
        let line = &mut lines[locus / LINE];
        (line.first.0[locus % LINE], line.second.0[locus % LINE]) = (first, second);
    }
}

impl Penalties {
    /// No queries yet, for so many loci.
    pub(super) fn new(loci: usize) -> Self {
        Self { width: lines(loci), lines: Vec::new(), most: Vec::new() }
    }

    /// Adds a query: what it asks for at each locus, the sum of the greatest entries of its rows, and its threshold.
    pub(super) fn add_query(&mut self, loci: &[LocusPenalties], high: f64, threshold: f64) {
        assert_eq!(lines(loci.len()), self.width, "as many loci as were said");
        // `as` maps what is too great, a threshold of -inf too, to the greatest number.
        self.most.push(((high - threshold + MARGIN) * SCALE) as u32);
        for loci in loci.chunks(LINE) {
            let [nothing, none] = [Bytes([NOTHING; LINE]), Bytes([0; LINE])];
            let mut line = PenaltyLine { first: nothing, second: nothing, penalties: [none; CLASSES] };
            for (at, locus) in loci.iter().enumerate() {
                [line.first.0[at], line.second.0[at]] = locus.features;
                line.penalties.iter_mut().zip(locus.penalties).for_each(|(line, penalty)| line.0[at] = penalty);
            }
            self.lines.push(line);
        }
    }

    /// Calls `found` for those survivors of one tile that can reach the threshold of their query. `held` are the lines of the
    /// tile's candidates, one candidate after the other.
    pub(super) fn look_at(&self, survivors: &TileSurvivors, held: &[Held], found: impl FnMut(Survivor)) {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { self.look_at_avx2(survivors, held, found) };
        }
        self.look_at_each(survivors, held, found, PenaltyLine::sum);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn look_at_avx2(&self, survivors: &TileSurvivors, held: &[Held], found: impl FnMut(Survivor)) {
        self.look_at_each(survivors, held, found, |line, held| line.sum_avx2(held));
    }

    #[inline(always)]
    fn look_at_each(
        &self,
        survivors: &TileSurvivors,
        held: &[Held],
        mut found: impl FnMut(Survivor),
        sum: impl Fn(&PenaltyLine, &Held) -> u32,
    ) {
        for survivor in survivors.iter() {
            let (query, at) = (survivor.query as usize, survivor.at as usize);
            // Few panels have more loci than a line: a line alone is found faster than a list of them.
            let penalties = match self.width {
                1 => sum(&self.lines[query], &held[at]),
                width => {
                    let asked = &self.lines[query * width..(query + 1) * width];
                    asked.iter().zip(&held[at * width..(at + 1) * width]).map(|(asked, held)| sum(asked, held)).sum()
                }
            };
            if penalties <= self.most[query] {
                found(survivor);
            }
        }
    }
}

impl PenaltyLine {
    /// The sum of a candidate's penalties.
    fn sum(&self, held: &Held) -> u32 {
        let [first, second, nothing] = [self.first, self.second, Bytes([NOTHING; LINE])];
        let has_first = held.first.equal(first).or(held.second.equal(first));
        let has_second = held.first.equal(second).or(held.second.equal(second));
        let held_or_nothing = [held.first.equal(nothing), held.second.equal(nothing)];
        let first_expected = held.first.equal(first).or(held.first.equal(second)).or(held_or_nothing[0]);
        let second_expected = held.second.equal(first).or(held.second.equal(second)).or(held_or_nothing[1]);
        let no_other = first_expected.and(second_expected);
        let of = &self.penalties;
        let alone = has_second.choose(has_first.choose(of[3], of[2]), has_first.choose(of[1], of[0]));
        let with_another = has_second.choose(has_first.choose(of[7], of[6]), has_first.choose(of[5], of[4]));
        no_other.choose(alone, with_another).sum()
    }

    /// The same.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    #[target_feature(enable = "avx2")]
    fn sum_avx2(&self, held: &Held) -> u32 {
        use std::arch::x86_64::*;
        // SAFETY: as many bytes as are loaded, aligned as a register.
        let load = |bytes: &Bytes| unsafe { _mm256_load_si256(bytes.0.as_ptr().cast()) };
        let (equal, or) = (|one, other| _mm256_cmpeq_epi8(one, other), |one, other| _mm256_or_si256(one, other));
        let choose = |mask, yes, no| _mm256_blendv_epi8(no, yes, mask);
        let nothing = _mm256_set1_epi8(NOTHING.cast_signed());
        let [first, second, held_first, held_second] = [&self.first, &self.second, &held.first, &held.second].map(load);
        let [first_is_first, first_is_second] = [equal(held_first, first), equal(held_first, second)];
        let [second_is_first, second_is_second] = [equal(held_second, first), equal(held_second, second)];
        let [has_first, has_second] = [or(first_is_first, second_is_first), or(first_is_second, second_is_second)];
        let first_expected = or(or(first_is_first, first_is_second), equal(held_first, nothing));
        let second_expected = or(or(second_is_first, second_is_second), equal(held_second, nothing));
        let no_other = _mm256_and_si256(first_expected, second_expected);
        let of = |class: usize| load(&self.penalties[class]);
        let alone = choose(has_second, choose(has_first, of(3), of(2)), choose(has_first, of(1), of(0)));
        let with_another = choose(has_second, choose(has_first, of(7), of(6)), choose(has_first, of(5), of(4)));
        let sums = _mm256_sad_epu8(choose(no_other, alone, with_another), _mm256_setzero_si256());
        let sums = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
        _mm_cvtsi128_si32(_mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums))).cast_unsigned()
    }
}

/// A byte for each locus of a line.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Bytes([u8; LINE]);

impl Bytes {
    fn zip(self, other: Self, operation: impl Fn(u8, u8) -> u8) -> Self {
        let mut result = [0; LINE];
        for ((result, &one), &other) in result.iter_mut().zip(&self.0).zip(&other.0) {
            *result = operation(one, other);
        }
        Self(result)
    }

    /// 255 where both are equal, else 0.
    fn equal(self, other: Self) -> Self {
        self.zip(other, |one, other| if one == other { u8::MAX } else { 0 })
    }

    fn and(self, other: Self) -> Self {
        self.zip(other, |one, other| one & other)
    }

    fn or(self, other: Self) -> Self {
        self.zip(other, |one, other| one | other)
    }

    /// `yes` where this is 255, `no` where it is 0.
    fn choose(self, yes: Self, no: Self) -> Self {
        self.and(yes).or(self.zip(no, |mask, no| !mask & no))
    }

    fn sum(self) -> u32 {
        let mut sum = 0;
        for &byte in &self.0 {
            sum += u32::from(byte);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::CodeFeatures;
    use proptest::prelude::*;

    /// The features that code and query have at one locus; numbers from 2 on, as they are asked for.
    fn locus() -> impl Strategy<Value = (CodeFeatures, [u16; 2], [u8; CLASSES])> {
        let number = 2_u16..6;
        let code = prop_oneof![
            1 => Just(CodeFeatures::Any),
            3 => number.clone().prop_map(CodeFeatures::One),
            6 => (number.clone(), number.clone()).prop_map(|(first, second)| CodeFeatures::Two(first, second)),
        ];
        (code, [number.clone(), number], any::<[u8; CLASSES]>())
    }

    /// Penalties of one query, and a candidate's lines.
    fn prepared(loci: &[(CodeFeatures, [u16; 2], [u8; CLASSES])], high: f64) -> (Penalties, Vec<Held>) {
        let mut penalties = Penalties::new(loci.len());
        let asked = |(_, set, penalties): &(_, [u16; 2], _)| LocusPenalties {
            features: set.map(|feature| feature as u8),
            penalties: *penalties,
        };
        penalties.add_query(&loci.iter().map(asked).collect::<Vec<_>>(), high, 0.0);
        let mut held = vec![Held::OPEN; lines(loci.len())];
        for (locus, (code, ..)) in loci.iter().enumerate() {
            let mut numbers = code.iter().map(|feature| feature as u8);
            Held::set(&mut held, locus, [numbers.next().unwrap_or(NOTHING), numbers.next().unwrap_or(NOTHING)]);
        }
        (penalties, held)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn who_has_more_penalties_than_may_be_is_dropped_and_nobody_else(
            loci in prop::collection::vec(locus(), 1..70),
            off in -2_i32..3,
        ) {
            let sum: u32 = loci.iter().map(|(code, set, penalties)| u32::from(penalties[code.class(*set)])).sum();
            let most = (sum as i32 + off).max(0) as u32;
            let (penalties, held) = prepared(&loci, f64::from(most) / SCALE);
            let mut survivors = TileSurvivors::default();
            survivors.add(0, 0, &[1]);
            let mut portable = 0;
            penalties.look_at_each(&survivors, &held, |_| portable += 1, PenaltyLine::sum);
            let mut chosen = 0;
            penalties.look_at(&survivors, &held, |_| chosen += 1);
            let expected = usize::from(sum <= most);
            prop_assert_eq!([portable, chosen], [expected; 2], "{} {}", sum, most);
        }
    }

    #[test]
    fn penalties_are_rounded_down_and_bounded() {
        assert_eq!([0.0, 0.03, 0.04, 1.0, 7.99, 400.0, f64::INFINITY].map(penalty), [0, 0, 1, 32, 255, 255, 255]);
        assert_eq!(penalty(f64::NAN), 0);
    }
}
