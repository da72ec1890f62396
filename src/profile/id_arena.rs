//! The ids of all samples in one text.

use super::PanelError;
use rayon::slice::ParallelSliceMut;

/// Ids one after the other, 4 bytes each beside their text.
#[derive(Clone, Debug, Default)]
pub(super) struct IdArena {
    text: String,
    ends: Vec<u32>,
}

impl IdArena {
    /// Number of ids.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The id at this position.
    pub fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    /// Appends an id.
    pub fn push(&mut self, id: &str) -> Result<(), PanelError> {
        let end = u32::try_from(self.text.len() + id.len()).map_err(|_| PanelError::TooMuchIdText)?;
        self.text.push_str(id);
        self.ends.push(end);
        Ok(())
    }

    /// Appends all ids of another arena.
    pub fn append(&mut self, other: &Self) -> Result<(), PanelError> {
        let offset = self.text.len();
        u32::try_from(offset + other.text.len()).map_err(|_| PanelError::TooMuchIdText)?;
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|&end| end + offset as u32));
        Ok(())
    }

    /// The arena with its ids in this order (new position → old position).
    pub fn arrange(self, order: &[u32]) -> Self {
        let mut arranged = Self { text: String::with_capacity(self.text.len()), ends: Vec::with_capacity(order.len()) };
        for &old in order {
            arranged.text.push_str(self.get(old as usize));
            arranged.ends.push(arranged.text.len() as u32);
        }
        arranged
    }

    /// Positions in the order of the ids; equal ids in the order of their positions.
    ///
    /// Ids usually share a prefix, so the eight bytes that follow the prefix common to all decide nearly every
    /// comparison without a look at the text.
    pub fn sorted_order(&self) -> Vec<u32> {
        if (1..self.len()).all(|at| self.get(at - 1) <= self.get(at)) {
            return (0..self.len() as u32).collect();
        }
        let prefix = self.common_prefix();
        let mut keyed: Vec<(u64, u32)> = (0..self.len()).map(|at| (self.key(at, prefix), at as u32)).collect();
        keyed.par_sort_unstable_by(|left, right| {
            let by_text = || self.get(left.1 as usize).cmp(self.get(right.1 as usize));
            left.0.cmp(&right.0).then_with(by_text).then(left.1.cmp(&right.1))
        });
        keyed.into_iter().map(|entry| entry.1).collect()
    }

    /// Length in bytes of the prefix that all ids share.
    fn common_prefix(&self) -> usize {
        let first = if self.len() == 0 { &[] } else { self.get(0).as_bytes() };
        (1..self.len()).fold(first.len(), |shared, at| {
            let id = self.get(at).as_bytes();
            first[..shared].iter().zip(id).take_while(|(left, right)| left == right).count()
        })
    }

    /// Up to eight bytes after the prefix, as a number in the order of the text.
    fn key(&self, at: usize, prefix: usize) -> u64 {
        let id = &self.get(at).as_bytes()[prefix..];
        let mut bytes = [0; 8];
        let length = id.len().min(8);
        bytes[..length].copy_from_slice(&id[..length]);
        u64::from_be_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_that_of_the_texts() {
        let ids = ["P-10", "P-9", "P-100000000000002", "P-100000000000001", "P-", "P-9", "Q", "", "é"];
        let mut arena = IdArena::default();
        ids.iter().for_each(|id| arena.push(id).unwrap());
        let mut expected: Vec<u32> = (0..ids.len() as u32).collect();
        expected.sort_by_key(|&at| (ids[at as usize], at));
        assert_eq!(arena.sorted_order(), expected);
        assert_eq!(arena.arrange(&expected).get(1), "P-");
    }
}
