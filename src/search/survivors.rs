//! The survivors of the exclusion kernel's count, as a list.

/// A candidate that survives the count of a query.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Survivor {
    /// The query's number.
    pub(super) query: u32,
    /// The candidate's place in its tile.
    pub(super) at: u32,
}

/// 64 candidates of which some survive the count of a query.
#[derive(Clone, Copy, Debug, Default)]
struct SurvivingWord {
    query: u32,
    /// The first candidate's place in its tile.
    first: u32,
    /// A bit is set for each candidate that survives.
    bits: u64,
}

/// The survivors of a tile. They are few and fall anywhere, so that a branch for each word or survivor could not be foreseen:
/// there is none, neither where they are added nor where they are gone through.
#[derive(Clone, Debug, Default)]
pub(super) struct TileSurvivors {
    /// The words with a survivor; beyond `length` is room for more.
    words: Vec<SurvivingWord>,
    length: usize,
}

impl TileSurvivors {
    /// Takes all out.
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    /// Adds the candidates whose bits are set in these words of a tile, `first` the number of the first word.
    #[inline(always)]
    pub(super) fn add(&mut self, query: u32, first: usize, words: &[u64]) {
        if self.words.len() <= self.length + words.len() {
            self.words.resize(2 * self.length + words.len() + 1, SurvivingWord::default());
        }
        let room = &mut self.words[self.length..][..words.len()];
        let mut added = 0;
        for (word, &bits) in words.iter().enumerate() {
            // Written in any case, and kept if somebody survives.
            room[added] = SurvivingWord { query, first: ((first + word) * 64) as u32, bits };
            added += usize::from(bits != 0);
        }
        self.length += added;
    }

    /// The survivors in the order in which they came.
    #[inline(always)]
    pub(super) fn iter(&self) -> impl Iterator<Item = Survivor> {
        let mut number = 0;
        let mut bits = self.words.first().map_or(0, |word| word.bits);
        std::iter::from_fn(move || {
            let word = self.words[..self.length].get(number)?;
            let survivor = Survivor { query: word.query, at: word.first + bits.trailing_zeros() };
            bits &= bits - 1;
            number += usize::from(bits == 0);
            // There is always a word beyond the last.
            let next = self.words[number].bits;
            bits = std::hint::select_unpredictable(bits == 0, next, bits);
            Some(survivor)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Words with few survivors.
    fn words() -> impl Strategy<Value = Vec<u64>> {
        let word = any::<[u64; 4]>().prop_map(|words| words.into_iter().fold(u64::MAX, |all, word| all & word));
        prop::collection::vec(prop_oneof![3 => word, 1 => Just(0), 1 => Just(u64::MAX)], 1..9)
    }

    proptest! {
        #[test]
        fn every_bit_is_listed_once(lists in prop::collection::vec(prop::collection::vec(words(), 0..9), 1..3)) {
            let mut survivors = TileSurvivors::default();
            for list in lists {
                survivors.clear();
                let mut expected = Vec::new();
                for (query, words) in (0_u32..).zip(&list) {
                    survivors.add(query, 3, words);
                    let set = (0..64 * words.len()).filter(|at| words[at / 64] >> (at % 64) & 1 == 1);
                    expected.extend(set.map(|at| Survivor { query, at: 3 * 64 + at as u32 }));
                }
                prop_assert_eq!(survivors.iter().collect::<Vec<_>>(), expected);
            }
        }
    }
}
