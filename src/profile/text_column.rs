//! A column of texts that most samples lack or share: each distinct text is kept once.

use std::collections::HashMap;

/// An optional text for each sample. A column that is filled for few samples costs little: 8 bytes an entry and
/// nothing for the rest; one that is filled for most costs 4 bytes a sample.
#[derive(Clone, Debug, Default)]
pub(super) struct TextColumn {
    texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
    /// (sample, text number), by sample.
    entries: Vec<(u32, u32)>,
    /// Text number + 1 of each sample (0: none), where that is the smaller of the two.
    dense: Vec<u32>,
}

impl TextColumn {
    /// Bytes of memory, about.
    pub fn bytes(&self) -> usize {
        let texts: usize = self.texts.iter().map(|text| text.len() + size_of::<Box<str>>()).sum();
        texts + self.entries.capacity() * size_of::<(u32, u32)>() + self.dense.capacity() * size_of::<u32>()
    }

    /// Whether no sample has a text.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.dense.is_empty()
    }

    /// Appends a text for a sample later than all those before.
    pub fn push(&mut self, sample: u32, text: &str) {
        let number = self.number_of(text);
        self.entries.push((sample, number));
    }

    /// Appends another column whose sample 0 is this column's sample `offset`.
    pub fn append(&mut self, other: &Self, offset: u32) {
        let numbers: Vec<u32> = other.texts.iter().map(|text| self.number_of(text)).collect();
        self.entries.extend(other.entries.iter().map(|&(sample, number)| (sample + offset, numbers[number as usize])));
    }

    /// The column with its samples in this order (new position → old position).
    pub fn arrange(mut self, order: &[u32]) -> Self {
        if self.entries.is_empty() {
            return self;
        }
        let lookup =
            |sample: u32| self.entries.binary_search_by_key(&sample, |entry| entry.0).ok().map(|at| self.entries[at].1);
        if self.entries.len() > order.len() / 2 {
            self.dense = order.iter().map(|&sample| lookup(sample).map_or(0, |number| number + 1)).collect();
            self.entries = Vec::new();
        } else {
            let numbered = order.iter().enumerate();
            self.entries = numbered.filter_map(|(new, &old)| Some((new as u32, lookup(old)?))).collect();
            self.entries.shrink_to_fit();
        }
        self.numbers = HashMap::new();
        self
    }

    /// The sample's text.
    pub fn get(&self, sample: u32) -> Option<&str> {
        let number = match self.dense.get(sample as usize) {
            Some(&number) => number.checked_sub(1)?,
            None => self.entries[self.entries.binary_search_by_key(&sample, |entry| entry.0).ok()?].1,
        };
        Some(&self.texts[number as usize])
    }

    fn number_of(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparse_and_dense_columns_give_back_their_texts() {
        for filled in [1_usize, 3, 10] {
            let mut column = TextColumn::default();
            for sample in (0..10).filter(|sample| (*sample as usize) < filled) {
                column.push(sample, ["north", "south"][sample as usize % 2]);
            }
            let order: Vec<u32> = (0..10).rev().collect();
            let arranged = column.clone().arrange(&order);
            for sample in 0..10 {
                assert_eq!(arranged.get(9 - sample), column.get(sample));
            }
        }
    }
}
