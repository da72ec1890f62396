//! What strangers would score, beside what a run found.

/// How many pairs of a run would reach a log10 LR if all were strangers.
#[derive(Clone, PartialEq, Debug)]
pub struct Strangers {
    /// The least whole log10 LR.
    pub first: i64,
    /// Expected number of pairs at or above that log10 LR, the next whole one, and so on.
    pub at_least: Vec<f64>,
    /// Of so many children, or missing persons, this was computed.
    pub computed: usize,
    /// There are so many.
    pub all: usize,
}

impl Strangers {
    /// Expected number of pairs from this whole log10 LR on; nothing below the first.
    pub fn from(&self, log10_lr: i64) -> Option<f64> {
        let at = usize::try_from(log10_lr - self.first).ok()?;
        Some(self.at_least.get(at).copied().unwrap_or(0.0))
    }

    /// The least whole log10 LR from which on fewer than one pair is expected.
    pub fn fewer_than_one(&self) -> i64 {
        self.first + self.at_least.partition_point(|&expected| expected >= 1.0) as i64
    }
}

/// So many of these, evenly apart, stand for all.
pub fn some_of<T>(all: &[T], most: usize) -> Vec<&T> {
    let count = all.len().min(most);
    (0..count).map(|at| &all[at * all.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_one_from_where_the_numbers_say() {
        let strangers = Strangers { first: -1, at_least: vec![30.0, 4.0, 1.0, 0.2], computed: 1, all: 1 };
        assert_eq!(strangers.fewer_than_one(), 2);
        assert_eq!([-2, -1, 2, 9].map(|at| strangers.from(at)), [None, Some(30.0), Some(0.2), Some(0.0)]);
        assert_eq!(some_of(&[1, 2, 3, 4, 5], 2), [&1, &3]);
        assert!(some_of::<u8>(&[], 2).is_empty());
    }
}
