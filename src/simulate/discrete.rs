//! Draws from a short list of chances.

/// A distribution over `0..n` from which a uniform number picks one.
#[derive(Clone, Debug, PartialEq)]
pub struct Discrete {
    cumulative: Vec<f64>,
}

impl Discrete {
    /// The distribution proportional to these weights (not negative, not all 0).
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let mut cumulative: Vec<_> = weights
            .into_iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        cumulative.iter_mut().for_each(|value| *value /= sum);
        Self { cumulative }
    }

    /// The one that a uniform number in [0, 1) picks. One of weight 0 is never picked.
    pub fn pick(&self, uniform: f64) -> usize {
        self.cumulative.partition_point(|&bound| bound <= uniform).min(self.cumulative.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_share_the_unit_interval() {
        let discrete = Discrete::new([1.0, 0.0, 3.0]);
        assert_eq!([0.0, 0.2499, 0.25, 0.9999].map(|uniform| discrete.pick(uniform)), [0, 0, 2, 2]);
    }
}
