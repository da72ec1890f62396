//! The best N of a stream in bounded memory.

use super::Hit;
use std::cmp::Ordering;

/// Best first: by score descending, then by member ascending. Total, since a score is never NaN.
pub(super) fn best_first(left: &Hit, right: &Hit) -> Ordering {
    right.score.total_cmp(&left.score).then(left.member.cmp(&right.member))
}

/// Keeps the best `top` hits of all that are offered, whatever the order in which they come.
///
/// The buffer holds at most twice `top` hits (and 64 more); when it is full the worse half is dropped, in linear time.
#[derive(Clone, Debug)]
pub(super) struct Ranking {
    top: usize,
    hits: Vec<Hit>,
    /// The worst hit that was kept when the buffer was last cut: whatever is no better cannot be among the best.
    floor: Option<Hit>,
}

impl Ranking {
    pub(super) fn new(top: usize) -> Self {
        Self { top, hits: Vec::new(), floor: None }
    }

    /// Takes the hit in, unless it cannot be among the best.
    pub(super) fn offer(&mut self, hit: Hit) {
        if self.top == 0 || self.floor.as_ref().is_some_and(|floor| best_first(&hit, floor).is_gt()) {
            return;
        }
        self.hits.push(hit);
        if self.hits.len() == self.top || self.hits.len() >= self.top.saturating_mul(2).saturating_add(64) {
            self.cut();
        }
    }

    /// A score that everything still of interest reaches: `+inf` where nothing is wanted, `-inf` where all is.
    pub(super) fn floor(&self) -> f64 {
        match self.floor {
            _ if self.top == 0 => f64::INFINITY,
            Some(floor) => floor.score,
            None => f64::NEG_INFINITY,
        }
    }

    /// Takes in whatever another ranking kept.
    pub(super) fn absorb(&mut self, other: Self) {
        for hit in other.hits {
            self.offer(hit);
        }
    }

    /// The best hits in order.
    pub(super) fn finish(mut self) -> Vec<Hit> {
        self.hits.sort_unstable_by(best_first);
        self.hits.truncate(self.top);
        self.hits
    }

    fn cut(&mut self) {
        let (_, worst, _) = self.hits.select_nth_unstable_by(self.top - 1, best_first);
        self.floor = Some(*worst);
        self.hits.truncate(self.top);
    }
}
