//! The survivors of the exclusion kernel's count, as a list.

/// A candidate that survives the count of a query.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Survivor {
    /// The query's number.
    pub(super) query: u32,
    /// The candidate's place in its tile.
    pub(super) at: u32,
}

/// The survivors of a tile. They are few and fall anywhere, so that a branch for each could not be foreseen.
#[derive(Clone, Debug, Default)]
pub(super) struct Survivors {
    /// Beyond `length` is room for more.
    buffer: Vec<Survivor>,
    length: usize,
}

impl Survivors {
    /// Takes all out.
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    /// The survivors in the order in which they came.
    pub(super) fn as_slice(&self) -> &[Survivor] {
        &self.buffer[..self.length]
    }

    /// Adds the candidates whose bits are set in these words of a tile, `first` the number of the first word.
    #[inline(always)]
    pub(super) fn add(&mut self, query: u32, first: usize, words: &[u64]) {
        if self.buffer.len() < self.length + 64 * words.len() {
            self.buffer.resize(2 * self.length + 64 * words.len(), Survivor::default());
        }
        let mut length = self.length;
        for (word, &bits) in words.iter().enumerate() {
            let mut bits = bits;
            let next = length + bits.count_ones() as usize;
            // Nearly all words have one bit or none: one is written in any case, and counts if there is one.
            loop {
                self.buffer[length] = Survivor { query, at: ((first + word) * 64) as u32 + bits.trailing_zeros() };
                length += 1;
                bits &= bits.wrapping_sub(1);
                if bits == 0 {
                    break;
                }
            }
            length = next;
        }
        self.length = length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_bit_is_listed_once(words in prop::collection::vec(prop_oneof![Just(0_u64), Just(u64::MAX), any::<u64>()], 0..40)) {
            let mut survivors = Survivors::default();
            for round in 0..2 {
                survivors.clear();
                words.chunks(4).enumerate().for_each(|(query, words)| survivors.add(query as u32, 3, words));
                let bits = words.iter().enumerate().flat_map(|(word, bits)| (0..64).map(move |bit| (word, bits >> bit & 1, bit)));
                let set = bits.filter(|(_, set, _)| *set == 1);
                let expected: Vec<_> = set
                    .map(|(word, _, bit)| Survivor { query: word as u32 / 4, at: (3 + word as u32 % 4) * 64 + bit })
                    .collect();
                prop_assert_eq!(survivors.as_slice(), &expected[..], "{}", round);
            }
        }
    }
}
