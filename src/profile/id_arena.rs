//! The ids of all samples in one text.

use super::PanelError;
use rayon::prelude::*;

/// Ids in one text, 6 bytes each beside it. Putting them in order moves these 6 bytes alone, never the text.
#[derive(Clone, Debug, Default)]
pub(super) struct IdArena {
    text: String,
    /// Where each id starts in the text, and its length in bytes.
    starts: Vec<u32>,
    lengths: Vec<u16>,
}

/// Ids in a bucket that is sorted at once.
const BUCKET: usize = 1 << 14;

impl IdArena {
    /// Number of ids.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        self.text.capacity() + self.starts.capacity() * size_of::<u32>() + self.lengths.capacity() * size_of::<u16>()
    }

    /// The id at this position.
    #[inline]
    pub fn get(&self, at: usize) -> &str {
        let start = self.starts[at] as usize;
        &self.text[start..start + usize::from(self.lengths[at])]
    }

    /// Appends an id.
    pub fn push(&mut self, id: &str) -> Result<(), PanelError> {
        let start = offset_of(self.text.len(), id.len())?;
        let length = u16::try_from(id.len()).map_err(|_| PanelError::IdTooLong(id.chars().take(20).collect()))?;
        self.text.push_str(id);
        self.starts.push(start);
        self.lengths.push(length);
        Ok(())
    }

    /// Appends all ids of another arena.
    pub fn append(&mut self, other: &Self) -> Result<(), PanelError> {
        let offset = offset_of(self.text.len(), other.text.len())?;
        self.text.push_str(&other.text);
        self.starts.extend(other.starts.iter().map(|&start| start + offset));
        self.lengths.extend_from_slice(&other.lengths);
        Ok(())
    }

    /// The arena with its ids in this order (new position → old position).
    pub fn arrange(mut self, order: &[u32]) -> Self {
        self.text.shrink_to_fit();
        let starts = gather(self.starts, order);
        let lengths = gather(self.lengths, order);
        Self { text: self.text, starts, lengths }
    }

    /// Positions in the order of the ids; equal ids in the order of their positions.
    ///
    /// Ids usually share a prefix, so the eight bytes that follow the prefix common to all decide nearly every
    /// comparison without a look at the text. Positions are first dealt into buckets by that key, so that keys are kept
    /// for no more than a few buckets at a time: 4 bytes an id in all.
    pub fn sorted_order(&self) -> Vec<u32> {
        if (1..self.len()).all(|at| self.get(at - 1) <= self.get(at)) {
            return (0..self.len() as u32).collect();
        }
        let prefix = self.common_prefix();
        let (mut order, ends) = self.deal(prefix);
        let mut buckets = Vec::with_capacity(ends.len());
        let (mut rest, mut start) = (&mut order[..], 0);
        for end in ends {
            let (bucket, behind) = rest.split_at_mut(end - start);
            buckets.push(bucket);
            (rest, start) = (behind, end);
        }
        buckets.into_par_iter().for_each(|bucket| {
            let mut keyed: Vec<(u64, u32)> = bucket.iter().map(|&at| (self.key(at as usize, prefix), at)).collect();
            keyed.sort_unstable_by(|left, right| {
                let by_text = || self.get(left.1 as usize).cmp(self.get(right.1 as usize));
                left.0.cmp(&right.0).then_with(by_text).then(left.1.cmp(&right.1))
            });
            bucket.iter_mut().zip(keyed).for_each(|(at, entry)| *at = entry.1);
        });
        order
    }

    /// Positions dealt into buckets in the order of the keys, and where each bucket ends. Equal keys share a bucket.
    fn deal(&self, prefix: usize) -> (Vec<u32>, Vec<usize>) {
        let step = (BUCKET / 16).min(self.len()).max(1);
        let mut limits: Vec<u64> = (0..self.len()).step_by(step).map(|at| self.key(at, prefix)).collect();
        limits.sort_unstable();
        let mut limits: Vec<u64> = limits.into_iter().skip(16).step_by(16).collect();
        limits.dedup();
        let bucket_of = |at: usize| {
            let key = self.key(at, prefix);
            limits.partition_point(|&limit| limit <= key)
        };
        let mut next = vec![0; limits.len() + 1];
        (0..self.len()).for_each(|at| next[bucket_of(at)] += 1);
        let mut before = 0;
        for count in &mut next {
            (*count, before) = (before, before + *count);
        }
        let mut order = vec![0; self.len()];
        for at in 0..self.len() {
            let place = &mut next[bucket_of(at)];
            order[*place] = at as u32;
            *place += 1;
        }
        (order, next)
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

/// Where a text of this length would start, if it fits.
fn offset_of(text: usize, more: usize) -> Result<u32, PanelError> {
    let fits = u32::try_from(text + more).is_ok();
    u32::try_from(text).ok().filter(|_| fits).ok_or(PanelError::TooMuchIdText)
}

/// The values in this order (new position → old position); takes them, so that no more than one column is there twice.
pub(super) fn gather<T: Copy>(values: Vec<T>, order: &[u32]) -> Vec<T> {
    order.iter().map(|&old| values[old as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

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

    #[test]
    fn many_ids_in_many_buckets_are_sorted() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut arena = IdArena::default();
        let ids: Vec<String> = (0..50_000).map(|_| format!("lab-{}", random.random_range(0..200_000_u32))).collect();
        ids.iter().for_each(|id| arena.push(id).unwrap());
        let mut expected: Vec<u32> = (0..ids.len() as u32).collect();
        expected.sort_by_key(|&at| (&ids[at as usize], at));
        assert_eq!(arena.sorted_order(), expected);
    }

    #[test]
    fn an_id_of_a_page_is_refused() {
        let id = "x".repeat(70_000);
        assert_eq!(IdArena::default().push(&id), Err(PanelError::IdTooLong("x".repeat(20))));
    }
}
